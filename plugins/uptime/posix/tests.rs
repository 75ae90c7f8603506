//! What the parser makes of each form of `uptime`.

use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

use super::Up;

fn uptime(capture: &str) -> Parsed {
    parse::<Up>(None, capture.as_bytes())
}

fn only(capture: &str) -> String {
    uptime(capture).only().to_owned()
}

#[test]
fn linux_has_seconds_and_commas() {
    assert_eq!(
        only(" 10:25:20 up 1 day,  3:07,  1 user,  load average: 0.00, 0.01, 12.50\n"),
        r#"{"clock":"10:25:20","uptime":97620,"users":1,"load_1m":0,"load_5m":0.01,"load_15m":12.5}"#
    );
}

#[test]
fn macos_has_neither() {
    assert_eq!(
        only("10:15  up 20 days, 19:45, 8 users, load averages: 1.63 0.65 0.44\n"),
        r#"{"clock":"10:15","uptime":1799100,"users":8,"load_1m":1.63,"load_5m":0.65,"load_15m":0.44}"#
    );
}

#[test]
fn busybox_may_count_no_users() {
    assert_eq!(
        uptime(" 23:16:31 up 24 min,  load average: 0.15, 0.81, 0.68\n").shape(),
        ["clock", "uptime", "load_1m", "load_5m", "load_15m"]
    );
}

#[test]
fn each_spelling_of_a_duration_is_understood() {
    for (spelling, seconds) in [
        ("24 min", 1440),
        ("0 min", 0),
        ("16:03", 57_780),
        ("2 days, 24 min", 174_240),
        ("1 day, 1 hr", 90_000),
        ("2 hrs", 7200),
        ("59 secs", 59),
        ("1 sec", 1),
        ("3 mins", 180),
        ("5 day(s), 2 hr(s)", 439_200),
        ("1000 days, 0:00", 86_400_000),
    ] {
        let record = only(&format!("1:00  up {spelling}, 2 users, load averages: 1.63, 0.65, 0.44\n"));
        assert!(record.contains(&format!(r#","uptime":{seconds},"users":2"#)), "{spelling}: {record}");
    }
}

#[test]
fn pretty_durations_reach_to_decades() {
    let pretty = only("up 1 decade, 1 year, 2 weeks, 1 day, 4 hours, 5 minutes\n");
    assert_eq!(pretty, r#"{"uptime":348206700}"#);
    assert!(only("up \n").ends_with(r#""uptime":0}"#));
}

#[test]
fn the_start_is_a_time() {
    assert_eq!(only("2026-11-23 22:52:25\n"), r#"{"booted":"2026-11-23T22:52:25"}"#);
}

#[test]
fn the_time_has_its_date_where_it_is_known_when_the_output_was_taken() {
    use outparse_sdk::testing::{parse_from, source};
    use outparse_sdk::{Ending, Moment, Source};
    // 2026-11-27 00:30 at an offset of one hour.
    let captured = Some(Moment { seconds: 1_795_735_800, offset: Some(3600) });
    let source = Source { captured, ..source::<Up>(None) };
    for (clock, time) in [
        ("0:30", "2026-11-27T00:30:00"),
        ("12:01AM", "2026-11-27T00:01:00"),
        ("1:01AM", "2026-11-26T01:01:00"),
        ("12:01PM", "2026-11-26T12:01:00"),
        ("2:34pm", "2026-11-26T14:34:00"),
        ("23:59:58", "2026-11-26T23:59:58"),
    ] {
        let capture = format!("{clock}  up 16:03, 2 users, load averages: 1.63, 0.65, 0.44\n");
        let parsed = parse_from::<Up>(&source, &Ending::COMPLETE, [capture.as_bytes()]);
        assert!(parsed.only().starts_with(&format!(r#"{{"time":"{time}","clock":"{clock}","#)), "{parsed:?}");
    }
}

#[test]
fn decimal_commas_are_understood() {
    assert!(
        only(" 10:25:20 up 16:03,  2 users,  load average: 0,10, 0,01, 0,05\n")
            .ends_with(r#","load_1m":0.1,"load_5m":0.01,"load_15m":0.05}"#)
    );
}

#[test]
fn an_unknown_duration_is_null() {
    assert!(!only(" 10:25:20 up ???? days ??:??,  ? users,  load average: 0.10, 0.01, 0.05\n").contains(r#""uptime""#));
}

#[test]
fn a_bad_line_costs_that_line_only() {
    let good = "10:15 up 1 min, 8 users, load averages: 1 2 3\n";
    let parsed = uptime(&format!(
        "{good}10:15 up 3 moons, load averages: 1 2 3\n10:15 up 1 min, load average: 1, 2\n10:15 up 99999999999999999 days, load average: 1 1 1\n10:16 up\n{good}"
    ));
    assert_eq!(parsed.records.len(), 2);
    assert_eq!(
        parsed.problems,
        [
            "error: line 2, column 10: expected a duration, found `3 moons`",
            "error: line 3, column 17: expected three numbers, found `load average: 1, 2`",
            "error: line 4, column 10: `99999999999999999 days` does not fit into 64 bits as seconds",
            "error: line 5, column 9: expected `load average:` after it, found ``"
        ]
    );
}

#[test]
fn any_split_into_whole_lines_gives_the_same_records() {
    let capture = "10:15 up 1 min, 8 users, load averages: 1 2 3\r\n\nx\n10:16 up 2 mins, 8 users, load averages: 1 2 3";
    assert_any_split::<Up>(None, capture.as_bytes());
    assert_eq!(uptime(capture).records.len(), 2);
}

#[test]
fn other_input_is_unrecognised() {
    assert_unrecognised::<Up>([
        "",
        "\n",
        "up and away\n",
        "10:15\n",
        "10:15 down\n",
        "25:15 up 1 min, load average: 1 2 3\n",
        "2026-11-23\n",
        "load average: 1 2 3 up\n",
        "2026-11-23 22:52\n",
        "10:15 up 1:99, load average: 1 2 3\n",
        "10:15 up 1 min, load average: 1 2 3 4\n",
        "日本 up\n",
    ]);
    assert!(parse::<Up>(None, b"\xff up \xfe, load average: 1 2 3\n").failure.is_some());
}
