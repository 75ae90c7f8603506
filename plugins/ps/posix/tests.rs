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
        r#""uid":"alex""#,
        r#""pid":812"#,
        r#""c":2"#,
        r#""stime":"09:12""#,
        r#""tty":"pts/0""#,
        r#""cmd":"vim  two  blanks.txt""#,
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
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"Mon Nov  3 22:52:25 2025","cmd":"init"}"#);
    let parsed = parse::<Ps>(None, b"  PID COMMAND          STARTED\n    1 a b              Nov 3\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"Nov 3","command":"a b"}"#);
    let parsed =
        parse::<Ps>(None, b"COMMAND                          STARTED   PID\na b             Mon Nov  3 22:52:25 2025     1\n");
    assert_eq!(parsed.only(), r#"{"pid":1,"started":"Mon Nov  3 22:52:25 2025","command":"a b"}"#);
}

#[test]
fn a_command_in_the_middle_ends_where_the_last_columns_begin() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         S     TIME\n    7 Web Content     S 00:00:01\n");
    assert_eq!(parsed.only(), r#"{"pid":7,"s":"S","time":"00:00:01","command":"Web Content"}"#);
}

#[test]
fn commands_side_by_side_are_cut_at_their_titles() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         CMD\n    7 Web Content     /usr/lib/x -a b\n");
    assert_eq!(parsed.only(), r#"{"pid":7,"command":"Web Content","cmd":"/usr/lib/x -a b"}"#);
    let parsed = parse::<Ps>(None, b"  PID COMMAND  CMD\n    7 Web Content x -a b\n");
    assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1));
}

#[test]
fn the_last_of_two_columns_with_one_title_is_kept() {
    let parsed = parse::<Ps>(None, b"  PID COMMAND         COMMAND\n    7 vim             vim -r a\n");
    assert_eq!(parsed.without_nulls(), [r#"{"pid":7,"command":"vim -r a"}"#]);
    assert_eq!(parsed.problems, ["warning: line 1, more than one column is titled `COMMAND`: the last one is kept"]);
}

#[test]
fn busybox_rounds_memory_and_splits_states() {
    let parsed = parse::<Ps>(None, b"  PID USER       VSZ STAT COMMAND\n  812 root     1232m S N  {worker} /bin/sh\n");
    assert_eq!(parsed.only(), r#"{"user":"root","pid":812,"vsz":1261568,"stat":"S N","command":"{worker} /bin/sh"}"#);
}

#[test]
fn threads_below_their_process_have_no_process_id() {
    let parsed = parse::<Ps>(None, b"  PID TTY      STAT   TIME COMMAND\n    - -        Ssl    0:00 -\n");
    assert_eq!(parsed.only(), r#"{"stat":"Ssl","time":"0:00","command":"-"}"#);
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
