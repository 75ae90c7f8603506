use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use super::Ping;

const BUSYBOX: &[u8] = b"PING 127.0.0.1 (127.0.0.1): 56 data bytes\n64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.209 ms\n\n\
--- 127.0.0.1 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\n\
round-trip min/avg/max = 0.209/0.209/0.209 ms\n";

const UNREACHABLE: &[u8] = b"PING 10.1.1.9 (10.1.1.9): 56 data bytes\nRequest timeout for icmp_seq 0\n\
92 bytes from gw.example (10.1.1.1): Destination Host Unreachable\nVr HL TOS  Len   ID Flg  off TTL Pro  cks      Src      Dst\n \
4  5  00 5400 567b   0 0000  3f  01 a024 10.1.1.2  10.1.1.9 \n\n\
--- 10.1.1.9 ping statistics ---\n2 packets transmitted, 0 packets received, 100.0% packet loss\n";

fn has(record: &str, parts: &[&str]) {
    for part in parts {
        assert!(record.contains(part), "{part} is not in {record}");
    }
}

#[test]
fn replies_come_before_the_summary() {
    let parsed = parse::<Ping>(None, BUSYBOX);
    assert_eq!((parsed.records.len(), parsed.problems.len(), parsed.failure), (2, 0, None));
    has(&parsed.records[0], &[r#""kind":"reply""#, r#""sequence":0"#, r#""ttl":64"#, r#""rtt":0.000209"#, r#""data_bytes":56"#]);
    has(&parsed.records[1], &[r#""kind":"summary""#, r#""packets_received":1"#, r#""rtt_max":0.000209"#]);
}

#[test]
fn a_returned_header_belongs_to_the_error_before_it() {
    let parsed = parse::<Ping>(None, UNREACHABLE);
    assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 0));
    has(&parsed.records[0], &[r#""kind":"timeout""#, r#""sequence":0"#]);
    has(
        &parsed.records[1],
        &[r#""error":"destination_host_unreachable""#, r#""total_length":21504"#, r#""destination":"10.1.1.9"}"#, "gw.example"],
    );
    has(&parsed.records[2], &[r#""packet_loss_percent":100"#, r#""rtt_min":null"#]);
}

#[test]
fn any_split_into_lines_gives_the_same_records() {
    assert_any_split::<Ping>(None, BUSYBOX);
    assert_any_split::<Ping>(None, UNREACHABLE);
}

#[test]
fn every_family_has_its_heading() {
    for (heading, parts) in [
        (
            "PING a.example (192.0.2.1) 56(84) bytes of data.",
            [r#""destination":"a.example""#, r#""destination_address":"192.0.2.1""#],
        ),
        (
            "PING a.example(b.example (2001:db8::1)) 56 data bytes",
            [r#""destination":"a.example""#, r#""destination_address":"2001:db8::1""#],
        ),
        ("PING ::1(::1) from ::1 lo: 56 data bytes", [r#""source_address":"::1""#, r#""data_bytes":56"#]),
        (
            "PING 192.0.2.1 (192.0.2.1) from 192.0.2.7 eth0: 8(36) bytes of data.",
            [r#""source_address":"192.0.2.7","interface":"eth0""#, r#""data_bytes":8,"packet_bytes":36"#],
        ),
        ("PING6(56=40+8+8 bytes) ::2 --> ::1", [r#""source_address":"::2""#, r#""data_bytes":8"#]),
        ("Ping 127.0.0.1 (127.0.0.1): 56(84) bytes.", [r#""destination_address":"127.0.0.1""#, r#""data_bytes":56"#]),
        ("PING  (192.0.2.1) 56(84) bytes of data.", [r#""destination":null"#, r#""data_bytes":56"#]),
    ] {
        let parsed = parse::<Ping>(None, format!("{heading}\n16 bytes from ::1, icmp_seq=0 hlim=64 time=0.081 ms\n").as_bytes());
        assert_eq!(parsed.problems, [""; 0], "{heading}");
        has(&parsed.records[0], &parts);
        has(&parsed.records[0], &[r#""address":"::1""#, r#""ttl":64"#]);
    }
}

#[test]
fn errors_of_iputils_name_their_request() {
    let capture =
        b"PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\nFrom gw (192.0.2.9) icmp_seq=1 Destination Host Unreachable\n\
From 192.0.2.9: icmp_seq=2 Redirect Host(New nexthop: 192.0.2.8)\n[1.5] no answer yet for icmp_seq=3\n";
    let parsed = parse::<Ping>(None, capture);
    assert_eq!(parsed.problems, [""; 0]);
    has(&parsed.records[0], &[r#""error":"destination_host_unreachable""#, r#""address":"192.0.2.9""#, r#""sequence":1"#]);
    has(&parsed.records[1], &[r#""error":"redirect_host""#, r#""sequence":2"#]);
    has(&parsed.records[2], &[r#""kind":"timeout""#, r#""time":"1970-01-01T00:00:01.500Z""#]);
}

#[test]
fn a_second_answer_is_a_duplicate_and_a_late_one_is_not() {
    let capture = b"PING 192.0.2.255 (192.0.2.255): 56 data bytes\nRequest timeout for icmp_seq 0\n\
64 bytes from 192.0.2.1: icmp_seq=0 ttl=64 time=0.2 ms\n64 bytes from 192.0.2.2: icmp_seq=0 ttl=64 time=4.2 ms\n";
    let parsed = parse::<Ping>(None, capture);
    let duplicates: Vec<_> = parsed.records.iter().map(|record| record.contains(r#""duplicate":true"#)).collect();
    assert_eq!(duplicates, [false, false, true]);
}

#[test]
fn a_line_that_is_no_answer_is_a_problem_and_no_more() {
    let capture = b"PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n64 bytes from 127.0.0.1: error - odd\nodd\n\
64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=0.04 ms: odd\n64 bytes from 127.0.0.1: icmp_seq=x\n64 bytes from 127.";
    let parsed = parse::<Ping>(None, capture);
    assert_eq!(parsed.records.len(), 1);
    let severities: Vec<_> = parsed.problems.iter().map(|problem| problem.split(',').next().unwrap_or_default()).collect();
    assert_eq!(severities, ["error: line 2", "error: line 3", "warning: line 4", "error: line 5", "error: line 6"]);
}

#[test]
fn a_reply_without_room_for_the_time_has_none() {
    let parsed =
        parse::<Ping>(None, b"PING 127.0.0.1 (127.0.0.1) 8(36) bytes of data.\r\n16 bytes from 127.0.0.1: icmp_seq=1 ttl=64\r\n");
    assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 0));
    has(&parsed.records[0], &[r#""rtt":null"#, r#""kind":"reply""#]);
}

#[test]
fn the_last_lines_name_whom_the_heading_had_by_its_address() {
    let capture = b"PING6(56=40+8+8 bytes) ::2 --> 2001:db8::1\n16 bytes from 2001:db8::1, icmp_seq=0 hlim=64 time=29,029 ms\n\n\
        --- a.example ping6 statistics ---\n1 packets transmitted, 1 packets received, 0.0% packet loss\n";
    let parsed = parse::<Ping>(None, capture);
    has(&parsed.sound()[0], &[r#""rtt":0.029029"#]);
    has(&parsed.records[1], &[r#""destination":"a.example","destination_address":"2001:db8::1""#]);
}

#[test]
fn a_name_is_no_address() {
    let parsed =
        parse::<Ping>(None, b"PING h (192.0.2.1): 56 data bytes\n64 bytes from h          : seq=0 ttl=64 time=0.209 ms\n");
    has(&parsed.records[0], &[r#""hostname":"h","address":null"#]);
}

#[test]
fn nothing_and_a_heading_alone_give_no_record() {
    assert_eq!(parse::<Ping>(None, b"").records, [""; 0]);
    let parsed = parse::<Ping>(None, b"PING 127.0.0.1 (127.0.0.1): 56 data bytes\n");
    assert_eq!((parsed.records.len(), parsed.problems.len(), parsed.failure), (0, 0, None));
}

#[test]
fn garbage_is_unrecognised() {
    assert_unrecognised::<Ping>([
        &b"hello\n"[..],
        b"\xff\xfe\x00\n",
        b"PING\n",
        b"PING x (\n",
        b"pinging you\n",
        b"64 bytes from ::1: icmp_seq=1\n",
        b"{}\n",
    ]);
}

#[test]
fn verbose_iputils_says_more_before_the_heading_and_of_each_reply() {
    let capture = b"ai->ai_family: AF_INET, ai->ai_canonname: '127.0.0.1'\nPING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n\
        64 bytes from 127.0.0.1: icmp_seq=1 ident=26217 ttl=64 time=0.035 ms\n";
    let parsed = parse::<Ping>(None, capture);
    has(&parsed.sound()[0], &[r#""identifier":26217"#]);
}

#[test]
fn headings_and_ends_of_other_systems_are_known() {
    // FreeBSD 14, whose `ping` does both families.
    let six = b"PING(56=40+8+8 bytes) ::1 --> ::1\n16 bytes from ::1, icmp_seq=0 hlim=64 time=0.156 ms\n\
        16 bytes from ::2, icmp_seq=0 hlim=64 time=0.157 ms(DUP!)\n\n--- ::1 ping statistics ---\n\
        1 packets transmitted, 1 packets received, +1 duplicates, 0.0% packet loss\n";
    has(&parse::<Ping>(None, six).sound()[1], &[r#""data_bytes":8"#, r#""duplicate":true"#]);
    let netbsd = b"PING localhost (127.0.0.1): 56 data bytes\n64 bytes from 127.0.0.1: icmp_seq=0 ttl=255 time=0.031 ms\n\n\
        ----localhost PING Statistics----\n1 packets transmitted, 1 packets received, 0.0% packet loss\n";
    assert_eq!(parse::<Ping>(None, netbsd).sound().len(), 2);
    let growing = b"PING 192.0.2.1 (192.0.2.1): (10 ... 30) data bytes\n18 bytes from 192.0.2.1: icmp_seq=0 ttl=64\n";
    has(&parse::<Ping>(None, growing).sound()[0], &[r#""destination_address":"192.0.2.1","bytes":18"#]);
    let old = b"PING a (192.0.2.7) 56(84) bytes of data.\n64 bytes from b (192.0.2.7): icmp_req=1 ttl=64 time=1.20 ms\n";
    has(&parse::<Ping>(None, old).sound()[0], &[r#""sequence":1,"ttl":64"#]);
}

#[test]
fn a_run_in_which_nothing_was_timed_has_its_summary() {
    let none = b"PING 192.0.2.9 (192.0.2.9) 56(84) bytes of data.\nFrom 192.0.2.2 icmp_seq=1 Destination Host Unreachable\n\n\
        --- 192.0.2.9 ping statistics ---\n2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1018ms\npipe 2\n";
    has(&parse::<Ping>(None, none).sound()[1], &[r#""duration":1.018"#]);
    let nan = b"PING 192.0.2.9 (192.0.2.9): 56 data bytes\n1 packets transmitted, 1 packets received, 0.0% packet loss\n\
        round-trip min/avg/max/stddev = 0.1/0.2/0.3/nan ms\n";
    has(&parse::<Ping>(None, nan).sound()[0], &[r#""rtt_max":0.0003}"#]);
}

#[test]
fn what_is_said_of_an_error_is_kept() {
    let capture = b"PING ::9(::9) 56 data bytes\nFrom ::1 icmp_seq=1 Packet too big: mtu=1280\n\
        From ::1 icmp_seq=2 Destination unreachable: No route\nFrom a (192.0.2.1): icmp_seq=3 Redirect Host(New nexthop: b (192.0.2.7))\n";
    let parsed = parse::<Ping>(None, capture);
    let details = [r#""detail":"mtu=1280""#, r#""detail":"No route""#, r#""detail":"New nexthop: b (192.0.2.7)""#];
    for (record, detail) in parsed.sound().iter().zip(details) {
        has(record, &[detail]);
    }
}

#[test]
fn ping6_of_the_bsds_and_macos_has_words_of_its_own() {
    let heading = "PING6(56=40+8+8 bytes) 2001:db8::1 --> 2001:db8::2\n";
    for (line, expected) in [
        ("Request timeout for icmp_seq=3", r#""kind":"timeout""#),
        ("64 bytes from 2001:db8::3: No Route to Destination", r#""error":"no_route_to_destination""#),
        (
            "64 bytes from 2001:db8::3: Destination Administratively Unreachable",
            r#""error":"destination_administratively_unreachable""#,
        ),
        ("64 bytes from 2001:db8::3: Destination Unreachable Beyond Scope", r#""error":"destination_unreachable_beyond_scope""#),
    ] {
        let parsed = parse::<Ping>(None, format!("{heading}{line}\n").as_bytes());
        has(&parsed.records[0], &[expected]);
    }
}

#[test]
fn sizes_with_headers_and_the_pace_are_kept() {
    let run = |heading: &str, times: &str| {
        let capture = format!(
            "{heading}\n\n--- a ping statistics ---\n3 packets transmitted, 3 received, 0% packet loss, time 3ms\n{times}\n"
        );
        parse::<Ping>(None, capture.as_bytes())
    };
    let iputils = "PING a (192.0.2.1) 56(84) bytes of data.";
    let flood = run(iputils, "rtt min/avg/max/mdev = 0.041/0.048/0.081/0.009 ms, pipe 2, ipg/ewma 0.079/0.056 ms");
    flood.has(
        0,
        &[
            r#""data_bytes":56,"packet_bytes":84"#,
            r#""rtt_deviation":0.000009,"most_pending":2,"inter_packet_gap":0.000079,"rtt_moving_mean":0.000056}"#,
        ],
    );
    run(iputils, "pipe 3").has(0, &[r#""most_pending":3}"#]);
    run(iputils, "rtt min/avg/max/mdev = 1/1/1/0 ms").has(0, &[r#""rtt_deviation":0}"#]);
    assert_eq!(run(iputils, "rtt min/avg/max/mdev = 1/1/1/0 ms, pipe x").problems.len(), 1);
    assert_eq!(run(iputils, "rtt min/avg/max/mdev = 1/1/1/0  ipg/ewma 0.079/0.056 ms").problems.len(), 1);
    run("PING6(56=40+8+8 bytes) ::1 --> ::1", "").has(0, &[r#""data_bytes":8,"packet_bytes":56"#]);
}
