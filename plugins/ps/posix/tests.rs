use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use super::Ps;

const FULL: &[u8] = b"UID          PID    PPID  C STIME TTY          TIME CMD\n\
root           1       0  0 Oct25 ?        00:00:03 /sbin/init splash\n\
alex         812     790  2 09:12 pts/0    00:01:10 vim  two  blanks.txt\n";

#[test]
fn a_full_listing_keeps_the_blanks_of_commands() {
    let parsed = parse::<Ps>(Some(&["ps", "-ef"]), FULL);
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 0));
    for part in [
        r#""user":"alex""#,
        r#""pid":812"#,
        r#""processor_use":2"#,
        r#""started_text":"09:12""#,
        r#""tty":"pts/0""#,
        r#""cpu_time":70"#,
        r#""command":"vim  two  blanks.txt""#,
    ] {
        assert!(parsed.records[1].contains(part), "{part}");
    }
    assert!(parsed.records[0].contains(r#""tty":null"#));
}

#[test]
fn any_split_into_lines_gives_the_same_records() {
    assert_any_split::<Ps>(None, FULL);
}

#[test]
fn dates_of_several_words_stand_in_any_column() {
    let parsed = parse::<Ps>(None, b"  PID                  STARTED CMD\n    1 Mon Nov  3 22:52:25 2025 init\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"2025-11-03T22:52:25","command":"init"}"#);
    let parsed = parse::<Ps>(None, b"  PID COMMAND          STARTED\n    1 a b              Nov 3\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started_text":"Nov 3","command":"a b"}"#);
    let parsed =
        parse::<Ps>(None, b"COMMAND                          STARTED   PID\na b             Mon Nov  3 22:52:25 2025     1\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"2025-11-03T22:52:25","command":"a b"}"#);
}

#[test]
fn a_command_in_the_middle_ends_where_the_last_columns_begin() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         S     TIME\n    7 Web Content     S 00:00:01\n");
    assert_eq!(parsed.only(), r#"{"pid":7,"state":"S","cpu_time":1,"command":"Web Content"}"#);
}

#[test]
fn commands_side_by_side_are_cut_at_their_titles() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         CMD\n    7 Web Content     /usr/lib/x -a b\n");
    assert_eq!(parsed.records, [r#"{"pid":7,"command":"/usr/lib/x -a b","name":"Web Content"}"#]);
    let parsed = parse::<Ps>(None, b"  PID COMMAND  CMD\n    7 Web Content x -a b\n");
    assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 2));
    let aligned =
        b"    PID COMMAND         COMMAND                     STAT\n   7400  lead           sh -c x                     S+\n";
    let parsed = parse::<Ps>(Some(&["ps", "-o", "pid,comm,args,stat"]), aligned);
    assert_eq!(parsed.sound(), [r#"{"pid":7400,"state":"S+","command":"sh -c x","name":" lead"}"#]);
}

#[test]
fn columns_between_two_commands_stand_under_their_titles() {
    let capture = b"  UID COMMAND            VSZ STAT COMMAND\n    0 process api      40372 S<Ll /process api --x  y\n    1 a                    0 S    a b\n";
    let parsed = parse::<Ps>(Some(&["ps", "-o", "uid,comm,vsz,stat,args"]), capture);
    assert_eq!(
        parsed.sound(),
        [
            r#"{"uid":0,"vsz":41340928,"state":"S<Ll","command":"/process api --x  y","name":"process api"}"#,
            r#"{"uid":1,"vsz":0,"state":"S","command":"a b","name":"a"}"#
        ]
    );
}

#[test]
fn two_columns_with_one_title_are_the_name_and_the_command_line() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         COMMAND\n    7 vim             vim -r a\n");
    assert_eq!(parsed.records, [r#"{"pid":7,"command":"vim -r a","name":"vim"}"#]);
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.problems[0].starts_with("warning: line 1, two columns are commands: the one titled `COMMAND`"), "{parsed:?}");
    let known = parse::<Ps>(Some(&["ps", "-o", "pid,args,comm"]), b"  PID COMMAND         COMMAND\n    7 vim -r a        vim\n");
    assert_eq!(known.sound(), [r#"{"pid":7,"command":"vim -r a","name":"vim"}"#]);
}

#[test]
fn a_capture_has_the_fields_of_its_titles() {
    assert_eq!(parse::<Ps>(None, b"  PID TTY          TIME CMD\n").shape(), ["pid", "tty", "cpu_time", "command"]);
}

#[test]
fn a_blank_cell_is_null_and_moves_nothing() {
    let parsed = parse::<Ps>(None, b"  PID STAT ARGS\n   10 S    /sbin/launchd\n   11      python -m pytest\n");
    assert_eq!(
        parsed.sound(),
        [r#"{"pid":10,"state":"S","command":"/sbin/launchd"}"#, r#"{"pid":11,"command":"python -m pytest"}"#]
    );
    let parsed = parse::<Ps>(None, b"  PID COMMAND         STAT\n    1 init            Ss\n    2 a b                 \n");
    assert_eq!(parsed.sound(), [r#"{"pid":1,"state":"Ss","command":"init"}"#, r#"{"pid":2,"command":"a b"}"#]);
}

#[test]
fn titles_that_the_arguments_leave_out_or_choose_are_known_from_them() {
    let parsed = parse::<Ps>(Some(&["ps", "-o", "pid=,lstart=,args="]), b"    1 Mon Nov  3 22:52:25 2025 init -x\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"2025-11-03T22:52:25","command":"init -x"}"#);
    let parsed = parse::<Ps>(Some(&["ps", "-o", "pid=number", "-o", "comm=program"]), b"number program\n    1 init\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"name":"init"}"#);
}

#[test]
fn a_part_of_a_time_is_placed_where_it_is_known_when_it_was_taken() {
    use outparse_sdk::testing::{parse_from, source};
    use outparse_sdk::{Ending, Moment};
    // 2026-11-27 11:00 at an offset of one hour: a Friday.
    let captured = Some(Moment { seconds: 1_795_773_600, offset: Some(3600) });
    let source = outparse_sdk::Source { captured, ..source::<Ps>(None) };
    let started = |text: &str| {
        let capture = format!("  PID STARTED CMD\n    1 {text:>7} a\n");
        let parsed = parse_from::<Ps>(&source, &Ending::COMPLETE, [capture.as_bytes()]);
        let record = parsed.sound()[0].clone();
        record.split(r#""started":""#).nth(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
    };
    for (text, time) in [
        ("09:12", Some("2026-11-27T09:12:00")),
        ("23:59:58", Some("2026-11-26T23:59:58")),
        ("12:05AM", Some("2026-11-27T00:05:00")),
        ("Oct25", Some("2026-10-25T00:00:00")),
        ("Dec31", Some("2025-12-31T00:00:00")),
        ("25Oct24", Some("2024-10-25T00:00:00")),
        ("Fri09AM", Some("2026-11-27T09:00:00")),
        ("Fri01PM", Some("2026-11-20T13:00:00")),
        ("Thu11PM", Some("2026-11-26T23:00:00")),
        ("2024", None),
        ("-", None),
    ] {
        assert_eq!(started(text).as_deref(), time, "{text}");
    }
}

#[test]
fn decimal_commas_and_another_heading_in_the_midst_are_read() {
    let capture = b"  PID %CPU CMD\n    1  0,5 init\n  PID TTY          TIME CMD\n    2 pts/0    00:00:01 sh\n  PID TTY          TIME CMD\n";
    let parsed = parse::<Ps>(None, capture);
    assert_eq!(
        parsed.sound(),
        [r#"{"pid":1,"cpu_percent":0.5,"command":"init"}"#, r#"{"pid":2,"tty":"pts/0","cpu_time":1,"command":"sh"}"#]
    );
}

#[test]
fn what_busybox_cuts_behind_a_command_line_is_told() {
    let capture = b"PID   COMMAND          COMMAND\n    1 busybox          busybox ps -o pid,comm,args,vsz\n";
    let parsed = parse::<Ps>(Some(&["busybox", "ps", "-o", "pid,comm,args,vsz"]), capture);
    assert_eq!(parsed.records, [r#"{"pid":1,"command":"busybox ps -o pid,comm,args,vsz","name":"busybox"}"#]);
    let told =
        "warning: line 1, `VSZ` was asked for and is not printed: ps cuts what stands behind a command line; ask for `args` last";
    assert_eq!(parsed.problems, [told]);
}

#[test]
fn busybox_rounds_memory_and_splits_states() {
    let parsed = parse::<Ps>(None, b"  PID USER       VSZ STAT COMMAND\n  812 root     1232m S N  {worker} /bin/sh\n");
    assert_eq!(parsed.only(), r#"{"user":"root","pid":812,"vsz":1291845632,"state":"S N","command":"{worker} /bin/sh"}"#);
}

#[test]
fn threads_below_their_process_have_no_process_id() {
    let parsed = parse::<Ps>(None, b"  PID TTY      STAT   TIME COMMAND\n    - -        Ssl    0:00 -\n");
    assert_eq!(parsed.only(), r#"{"state":"Ssl","cpu_time":0,"command":"-"}"#);
}

#[test]
fn a_row_that_is_cut_or_wrong_costs_itself_only() {
    let parsed = parse::<Ps>(
        None,
        b"  PID TTY          TIME CMD\r\n    x ?        00:00:00 a\r\n    2 ?        00:00:00 b\xff\xe6\x97\xa5\r\n    3 ?   ",
    );
    assert_eq!(parsed.records.len(), 1);
    let expected =
        ["error: line 2, column 5: expected a whole number, found `x`", "error: line 4, expected 4 columns, found 2 words"];
    assert_eq!(parsed.problems, expected);
}

#[test]
fn repeated_titles_are_no_rows() {
    let parsed = parse::<Ps>(None, b"  PID CMD\n    1 a\n\n  PID CMD\n    2 b\n");
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 0));
}

#[test]
fn nothing_and_titles_alone_give_no_record() {
    for capture in [&b""[..], b"  PID TTY          TIME CMD\n"] {
        let parsed = parse::<Ps>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len(), parsed.failure), (0, 0, None));
    }
}

#[test]
fn garbage_is_unrecognised() {
    let lsof = b"COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n";
    assert_unrecognised::<Ps>([
        &b"hello\n"[..],
        b"\xff\xfe\x00\n",
        lsof,
        b"    1 ?        00:00:00 init\n",
        b"PID\xff CMD\n",
        b"USER TTY\n",
    ]);
}

/// The first row settles where values go, and so is never read in one go.
#[test]
fn what_is_read_in_one_go_is_what_is_dealt_word_by_word() {
    let heading = "USER         PID %CPU STAT TTY      STARTED    TIME COMMAND";
    let usual = "root           1  0.0 Ss   ?        12:00:00 00:01 init";
    let lines = [
        usual,
        "root           1  0.0 S    pts/0    Oct 25   00:01 sh  -c  x ",
        "root           1  0.0 S    pts/0    Oct25    00:01  \\_ x",
        "root           1  0.0 S N  pts/0    12:00    00:01 x",
        "root           1  0.0 S <  pts/0    12:00    00:01 x",
        "root           1  0.0 S    -        -        00:01 x",
        "root           1  0.0      pts/0    12:00    00:01 x",
        "root              0.0 S    pts/0    12:00    00:01 x",
        "root           1  0.0 S    pts/0    12:00    00:01",
        "root           1  0.0 S    pts/0    12:00    00:01   ",
        "root           1  x.0 S    pts/0    12:00    00:01 x",
        "root           1  0.0 S    pts/0    12:00    zero  x",
        "a-long-user-name 12345678 0.0 S pts/0 12:00 00:01 x",
        "root\t1\t0.0\tS\t?\t12:00\t00:01\tx",
        "root 1",
    ];
    for line in lines {
        let first = parse::<Ps>(None, format!("{heading}\n{line}\n").as_bytes());
        let second = parse::<Ps>(None, format!("{heading}\n{usual}\n{line}\n").as_bytes());
        let shifted: Vec<String> = first.problems.iter().map(|problem| problem.replace("line 2", "line 3")).collect();
        assert_eq!((&second.records[1..], &second.problems), (&first.records[..], &shifted), "{line}");
    }
}
