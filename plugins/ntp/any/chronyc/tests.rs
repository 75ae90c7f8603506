//! Sources and the clock, in both forms.

use outparse_sdk::testing::{assert_unrecognised, parse};

use super::{Sources, Tracking};

#[test]
fn a_name_that_comes_again_is_numbered() {
    let twice = parse::<Tracking>(None, b"Reference ID    : A (b)\nSkew            : 1 ppm\nSkew            : 2 ppm\n");
    assert!(twice.records[0].contains(r#""Skew":"1 ppm","Skew (2)":"2 ppm""#), "{twice:?}");
}

#[test]
fn sources_and_the_clock_are_read() {
    let sources = parse::<Sources>(None, b"MS Name/IP address         Stratum Poll Reach LastRx Last sample\n===============================================================================\n^* ntp.example.org               2   6   377    23   -923us[ -924us] +/-   43ms\n^? b                             0   7     0     -     +0ns[   +0ns] +/-    0ns\n");
    assert_eq!(sources.problems, [""; 0]);
    assert_eq!(
        sources.records[0],
        r#"{"remote":"ntp.example.org","source_mode":"^","tally":"*","stratum":2,"poll":64,"reach":377,"last_heard":23,"offset":-0.000923,"measured_offset":-0.000924,"error":0.043}"#
    );
    let clock = parse::<Tracking>(None, b"Reference ID    : CB00710F (ntp.example.org)\nStratum         : 3\nRef time (UTC)  : Fri Jan 27 09:49:17 2017\nSystem time     : 0.000006523 seconds slow of NTP time\n");
    assert!(clock.records[0].starts_with(r#"{"reference_id":"CB00710F","remote":"ntp.example.org","stratum":3,"time":"2017-01-27T09:49:17Z","offset":-0.000006523"#), "{clock:?}");
    assert_unrecognised::<Sources>(["hello\n", ""]);
    assert_unrecognised::<Tracking>(["hello\n", ""]);
}

#[test]
fn between_commas_stands_the_same() {
    let sources = parse::<Sources>(None, b"^,*,ntp.example.org,2,6,377,23,-0.000923000,-0.000924000,0.043000000\n=,?,b,0,7,0,4294967295,0.000000000,0.000000000,0.000000000\n");
    assert_eq!(
        sources.sound()[0],
        r#"{"remote":"ntp.example.org","source_mode":"^","tally":"*","stratum":2,"poll":64,"reach":377,"last_heard":23,"offset":-0.000923,"measured_offset":-0.000924,"error":0.043}"#
    );
    sources.has(1, &[r#""poll":128,"reach":0,"last_heard":null,"offset":0"#]);
    let clock = parse::<Tracking>(None, b"CB00710F,ntp.example.org,3,1485510557.123456789,0.000006523,-0.000000002,0.000000009,-0.002,-0.000,0.006,0.000005519,0.000000648,0.5,Normal\n");
    clock.has(0, &[
        r#"{"reference_id":"CB00710F","remote":"ntp.example.org","stratum":3,"time":"2017-01-27T09:49:17Z","offset":-0.000006523,"last_offset":-0.000000002"#,
        r#""leap_status":"Normal","properties":{"Reference ID":"CB00710F","Stratum":"3""#,
    ]);
    assert_unrecognised::<Sources>(["a,b,c,d,e,f,g,h,i,j\n"]);
}

#[test]
fn a_blank_before_a_line_hides_nothing() {
    let list = "^,*,a,2,6,377,23,-0.000923000,-0.000924000,0.043000000\n";
    let led = parse::<Sources>(None, format!(" {list}{list} Warning\n").as_bytes());
    assert_eq!((led.records.len(), led.problems.len()), (1, 2), "{led:?}");
    assert_unrecognised::<Sources>([" hello\n MS Name/IP address Stratum Poll Reach LastRx Last sample\n"]);
    let drawn = "\n  .-- Source mode  '^' = server, '=' = peer, '#' = local clock.\n / .- Source state '*' = current best\n\
        | /             'x' = may be in error\n||                                  .- xxxx [ yyyy ] +/- zzzz\n\
        ||      Reachability register (octal) -.           |  xxxx = adjusted offset,\n\
        ||                                \\     |          |  zzzz = estimated error.\n\
        MS Name/IP address         Stratum Poll Reach LastRx Last sample\n===\n\
        ^* a                             2   6   377    23   -923us[ -924us] +/-   43ms\n";
    assert_eq!(parse::<Sources>(None, drawn.as_bytes()).sound().len(), 1);
    let led = parse::<Sources>(None, format!("{drawn} ^* b 2 6 377 23 -923us[ -924us] +/- 43ms\n").as_bytes());
    assert_eq!((led.records.len(), led.problems.len()), (1, 1), "{led:?}");
}

#[test]
fn each_report_is_a_record() {
    let twice = parse::<Tracking>(
        None,
        b"Reference ID    : A (b)\nStratum         : 1\n\nReference ID    : C (d)\nStratum         : 2\n",
    );
    twice.has(0, &[r#""remote":"b","stratum":1"#]);
    twice.has(1, &[r#""remote":"d","stratum":2"#]);
}
