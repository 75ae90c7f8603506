use outparse_sdk::testing::{Parsed, assert_any_split, exact, parse};

use super::Ls;

const DIRECTORIES: &[u8] = b"/a:\ntotal 8\n-rw-r--r--. 1 alex staff  12 Oct 25 10:56 notes\n\n/a/b:\ntotal 0\n\n/a/c:\ntotal 4\n\
lrwxrwxrwx  1 root root   7 Apr 10  2018 bin -> usr/bin\n";

fn all(parsed: &Parsed) -> &[String] {
    assert_eq!(parsed.failure, None);
    parsed.without_nulls()
}

#[test]
fn headings_name_the_parent() {
    let parsed = parse::<Ls>(None, DIRECTORIES);
    assert_eq!(
        all(&parsed),
        [
            r#"{"name":"notes","directory":"/a","mode":"-rw-r--r--.","links":1,"owner":"alex","group":"staff","size":12,"time_text":"Oct 25 10:56"}"#,
            r#"{"name":"bin","target":"usr/bin","directory":"/a/c","mode":"lrwxrwxrwx","links":1,"owner":"root","group":"root","size":7,"modified":"2018-04-10T00:00:00"}"#,
        ]
    );
    assert_eq!(parsed.problems, [""; 0]);
    assert_eq!(
        all(&parse::<Ls>(None, b"x\n\na:\ny\n\nb:\n\nc:\nz:\n")),
        [r#"{"name":"x"}"#, r#"{"name":"y","directory":"a"}"#, r#"{"name":"z:","directory":"c"}"#]
    );
}

#[test]
fn any_split_into_lines_gives_the_same_records() {
    let newlines = b"total 0\n-rw-r--r-- 1 a b 0 Oct 25 10:56 \nx\n\ny\n\n-rw-r--r-- 1 a b 0 Oct 25 10:56 z\n";
    for capture in [DIRECTORIES, newlines, b"total 3\n1 a\n2 b c\n"] {
        assert_any_split::<Ls>(None, capture);
    }
}

#[test]
fn names_keep_their_blanks() {
    assert_eq!(all(&parse::<Ls>(None, b" a  b \n\xe6\x97\xa5\r\n")), [r#"{"name":" a  b "}"#, r#"{"name":"日"}"#]);
    let parsed = parse::<Ls>(None, b"-rw-r--r-- 1 a b 0 Oct 25 10:56  Oct 26 11:00 c \n");
    assert_eq!(
        all(&parsed),
        [
            r#"{"name":" Oct 26 11:00 c ","mode":"-rw-r--r--","links":1,"owner":"a","group":"b","size":0,"time_text":"Oct 25 10:56"}"#
        ]
    );
}

#[test]
fn names_keep_their_line_ends() {
    let capture =
        b"a:\ntotal 0\n-rw-r--r-- 1 a b 0 Oct 25 10:56 \nx\n\ny\n\n\nb:\ntotal 0\n-rw-r--r-- 1 a b 0 Oct 25 10:56 z\n\n";
    let parsed = parse::<Ls>(None, capture);
    assert!(parsed.records[0].starts_with(r#"{"name":"\nx\n\ny\n","#), "{}", parsed.records[0]);
    assert!(parsed.records[1].starts_with(r#"{"name":"z\n","#), "{}", parsed.records[1]);
    assert_eq!(parsed.problems.len(), 2);
}

#[test]
fn dates_come_in_many_forms() {
    const LINE: &str = r#"{"name":"n","mode":"-rw-r--r--","links":1,"owner":"a","group":"b","size":0,TIME}"#;
    for (date, time) in [
        ("Oct 25 10:56", r#""time_text":"Oct 25 10:56""#),
        ("25 Oct 10:56", r#""time_text":"25 Oct 10:56""#),
        ("10-25 10:56", r#""time_text":"10-25 10:56""#),
        ("Apr 10 2018", r#""modified":"2018-04-10T00:00:00""#),
        ("Oct 25 10:56:01 2024", r#""modified":"2024-10-25T10:56:01""#),
        ("Fri Oct 25 10:56:01 2024", r#""modified":"2024-10-25T10:56:01""#),
        ("2024-10-25 10:56", r#""modified":"2024-10-25T10:56:00""#),
        ("2024-10-25 10:56:01 +0000", r#""modified":"2024-10-25T10:56:01Z""#),
        ("2024-10-25 10:56:01.500000000 +0200", r#""modified":"2024-10-25T10:56:01.500+02:00""#),
        ("2024-10-25", r#""modified":"2024-10-25T00:00:00""#),
        ("2018-04-10 ", r#""modified":"2018-04-10T00:00:00""#),
    ] {
        let parsed = parse::<Ls>(None, format!("-rw-r--r-- 1 a b 0 {date} n\n").as_bytes());
        assert_eq!(all(&parsed), [LINE.replace("TIME", time)]);
    }
}

#[test]
fn a_year_that_is_left_out_is_known_from_the_capture_and_flags_choose_the_time() {
    use outparse_sdk::testing::{parse_from, source};
    use outparse_sdk::{Ending, Moment, Source};
    // 2026-11-27 00:30 at an offset of one hour.
    let captured = Some(Moment { seconds: 1_795_735_800, offset: Some(3600) });
    for (flags, date, time) in [
        ("-l", "Nov 27 00:29", r#""modified":"2026-11-27T00:29:00""#),
        ("-lu", "Dec  3 10:56", r#""accessed":"2025-12-03T10:56:00""#),
        ("-lc", "Nov 26  2024", r#""changed":"2024-11-26T00:00:00""#),
        ("--time=birth", "11-03 22:52", r#""created":"2026-11-03T22:52:00""#),
    ] {
        let source = Source { captured, ..source::<Ls>(Some(&["ls", "-l", flags])) };
        let parsed = parse_from::<Ls>(&source, &Ending::COMPLETE, [format!("-rw-r--r-- 1 a b 0 {date} n\n").as_bytes()]);
        assert!(parsed.sound()[0].contains(time), "{parsed:?}");
        assert!(!parsed.shape().contains(&"time_text"), "{parsed:?}");
    }
}

#[test]
fn a_listing_has_the_fields_of_its_lines() {
    assert_eq!(parse::<Ls>(None, b"a\nb\n").shape(), ["name"]);
    let long = parse::<Ls>(None, b"total 0\n-rw-r--r-- 1 a b 0 2018-04-10 n\n");
    assert_eq!(long.shape(), ["name", "target", "mode", "links", "owner", "group", "size", "modified"]);
}

#[test]
fn a_long_listing_in_another_language_is_no_list_of_names() {
    let german = parse::<Ls>(None, "insgesamt 0\n-rw-r--r-- 1 a b 0 29. Mär 18:23 n\n".as_bytes());
    assert_eq!((german.records.len(), german.problems.len()), (0, 1));
    let iso = parse::<Ls>(None, "合計 0\n-rw-r--r-- 1 a b 0 2018-04-10 n\n".as_bytes());
    assert_eq!((iso.records.len(), iso.problems.len()), (1, 0));
    let names = |capture: &[u8]| parse::<Ls>(None, capture).records;
    assert_eq!(names(b"chapter 1\nx\n"), [r#"{"name":"chapter 1"}"#, r#"{"name":"x"}"#]);
    assert_eq!(names(b"chapter 1\n"), [r#"{"name":"chapter 1"}"#]);
}

#[test]
fn names_out_of_order_may_have_line_ends_and_one_warning_says_so() {
    use outparse_sdk::Source;
    use outparse_sdk::testing::{parse_from, source};
    let problems = |flags: &[&str], capture: &[u8]| {
        let source = Source { locale: Some("C.UTF-8".to_owned()), ..source::<Ls>(Some(flags)) };
        parse_from::<Ls>(&source, &outparse_sdk::Ending::COMPLETE, [capture]).problems.len()
    };
    assert_eq!(problems(&["ls"], b"a\nx\nb\nc\nA\n"), 1);
    assert_eq!((problems(&["ls", "-t"], b"x\nb\n"), problems(&["ls"], b"B\na\nb\n")), (0, 0));
}

#[test]
fn exact_arguments_show_all_of_names_times_and_sizes() {
    for (words, better) in [
        ("-l", Some("-b --time-style=full-iso -l")),
        ("-lh --time-style=iso dir", Some("-b --time-style=full-iso -l dir")),
        ("-N --si", Some("-b --time-style=full-iso")),
        ("-b --time-style=full-iso", None),
    ] {
        assert_eq!(exact::<Ls>(words).as_deref(), better, "{words}");
    }
}

#[test]
fn sizes_are_bytes_whatever_the_suffix() {
    for (size, bytes) in [("4.0K", 4096), ("288B", 288), ("1.1G", 1_181_116_006), ("12", 12), ("4.1k", 4100)] {
        let parsed = parse::<Ls>(None, format!("-rw-r--r--  1 a  b  {size} Oct 25 10:56 n\n").as_bytes());
        assert!(parsed.records[0].contains(&format!(r#""size":{bytes},"#)), "{size}");
    }
    let si = parse::<Ls>(Some(&["ls", "-l", "--si"]), b"-rw-r--r-- 1 a b 4.1M Oct 25 10:56 n\n");
    assert!(si.records[0].contains(r#""size":4100000,"#));
    assert_eq!(si.problems, [""; 0]);
}

#[test]
fn devices_have_numbers_in_the_place_of_a_size() {
    for (numbers, major, minor) in [("1,   3", 1, 3), ("0x1000002", 1, 2), ("10, 0x12", 10, 18)] {
        let parsed = parse::<Ls>(None, format!("crw-rw-rw- 1 root root {numbers} Oct 25 10:56 n\n").as_bytes());
        let expected = format!(
            r#"{{"name":"n","mode":"crw-rw-rw-","links":1,"owner":"root","group":"root","time_text":"Oct 25 10:56","major":{major},"minor":{minor}}}"#
        );
        assert_eq!(all(&parsed), [expected]);
    }
}

#[test]
fn inodes_blocks_and_contexts_are_told_apart() {
    let parsed = parse::<Ls>(Some(&["ls", "-lisZ"]), b"total 4\n 71 4 -rw-r--r--. 1 a b u:object_r:t:s0 1 Oct 25 10:56 n\n");
    let expected = r#"{"name":"n","mode":"-rw-r--r--.","links":1,"owner":"a","group":"b","size":1,"time_text":"Oct 25 10:56","inode":71,"blocks":4,"context":"u:object_r:t:s0"}"#;
    assert_eq!(all(&parsed), [expected]);
    assert_eq!(all(&parse::<Ls>(Some(&["ls", "-is"]), b"total 4\n 71 4 n m\n")), [r#"{"name":"n m","inode":71,"blocks":4}"#]);
    assert_eq!(all(&parse::<Ls>(Some(&["ls", "-i"]), b" 71 n m\n")), [r#"{"name":"n m","inode":71}"#]);
    assert_eq!(all(&parse::<Ls>(None, b"total 4\n4.0K 7 n\n")), [r#"{"name":"7 n","allocated":4096}"#]);
    assert_eq!(all(&parse::<Ls>(None, b"total 4\nn\n")), [r#"{"name":"total 4"}"#, r#"{"name":"n"}"#]);
}

#[test]
fn what_only_the_arguments_settle_is_a_warning() {
    let line = b"5 -rw-r--r-- 1 a 2.0M Oct 25 10:56 n\n";
    assert_eq!(parse::<Ls>(None, line).problems.len(), 3);
    let parsed = parse::<Ls>(Some(&["ls", "-sghG"]), line);
    assert_eq!(parsed.problems, [""; 0]);
    assert!(parsed.records[0].contains(r#""group":"a""#) && parsed.records[0].contains(r#""blocks":5"#));
    assert_eq!(parse::<Ls>(None, b"12 a\n13 b\n").problems.len(), 1);
    assert_eq!(parse::<Ls>(None, b"a:\nb\n").problems.len(), 1);
    assert_eq!(parse::<Ls>(Some(&["ls"]), b"a:\nb\n").records.len(), 2);
}

#[test]
fn a_group_may_have_blanks() {
    let parsed = parse::<Ls>(None, b"-rw-r--r--  1 alex  Domain Users  0 Oct 25 10:56 n\n");
    assert_eq!(
        all(&parsed),
        [
            r#"{"name":"n","mode":"-rw-r--r--","links":1,"owner":"alex","group":"Domain Users","size":0,"time_text":"Oct 25 10:56"}"#
        ]
    );
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn escapes_and_quotes_and_indicators_are_undone_where_asked_for() {
    let escaped = parse::<Ls>(Some(&["ls", "-b"]), b"a\\ b\\nc\\303\\251\\\\\n");
    assert_eq!(escaped.records.len(), 1);
    assert_eq!(escaped.records, [r#"{"name":"a b\ncé\\"}"#]);
    let quoted = parse::<Ls>(Some(&["ls", "-lQ"]), b"lrwxrwxrwx 1 a b 1 Oct 25 10:56 \"x -> \\\"\" -> \"y\"\n");
    assert!(quoted.records[0].starts_with(r#"{"name":"x -> \"","target":"y","#), "{}", quoted.records[0]);
    assert_eq!(all(&parse::<Ls>(Some(&["ls", "-F"]), b"a/\nb*\nc\n")), [r#"{"name":"a"}"#, r#"{"name":"b"}"#, r#"{"name":"c"}"#]);
    assert_eq!(all(&parse::<Ls>(None, b"a\\ b/\n")), [r#"{"name":"a\\ b/"}"#]);
}

#[test]
fn the_size_of_a_link_places_its_arrow() {
    let parsed = parse::<Ls>(None, b"lrwxrwxrwx 1 a b 1 Oct 25 10:56 x -> y -> z\n");
    assert!(parsed.records[0].starts_with(r#"{"name":"x -> y","target":"z","#));
}

#[test]
fn a_file_that_could_not_be_looked_at_has_a_name() {
    let parsed = parse::<Ls>(None, b"total 0\nd????????? ? ? ? ?            ? a b\n");
    assert_eq!(all(&parsed), [r#"{"name":"a b","mode":"d?????????"}"#]);
}

#[test]
fn a_line_that_is_cut_or_wrong_costs_itself_only() {
    let capture = b"total 4\n-rw-r--r-- x a b 1 Oct 25 10:56 n\n-rw-r--r-- 1 a b 1 Oct 25 10:56 m\nls: cannot open directory 'q': Permission denied\n-rw-r--r-- 1 a";
    let parsed = parse::<Ls>(None, capture);
    assert_eq!(parsed.records.len(), 1);
    let places: Vec<_> =
        parsed.problems.iter().map(|problem| problem.split(&[',', ':'][..]).nth(1).unwrap_or_default()).collect();
    assert_eq!(places, [" line 2", " line 4", " line 5"]);
}

#[test]
fn names_do_not_grow_without_bound() {
    let mut capture = b"-rw-r--r-- 1 a b 1 Oct 25 10:56 n\n".to_vec();
    capture.extend(b"0123456789\n".repeat(2000));
    let parsed = parse::<Ls>(None, &capture);
    assert!(parsed.records.len() == 1 && parsed.records[0].len() < 3 * super::LONGEST);
    assert!(parsed.problems.iter().any(|problem| problem.starts_with("error")));
}

#[test]
fn nothing_and_a_total_alone_give_no_record() {
    for capture in [&b""[..], b"total 0\n", b"a:\n\nb:\ntotal 0\n"] {
        assert_eq!(all(&parse::<Ls>(None, capture)), [""; 0]);
    }
}

#[test]
fn several_names_on_a_line_and_bytes_no_name_has_are_unrecognised() {
    for (command, capture) in [(None, &b"a\0b\n"[..]), (Some(&["ls", "-C"][..]), b"a  b\n"), (Some(&["ls", "-m"]), b"a, b\n")] {
        let failure = parse::<Ls>(command, capture).failure.unwrap_or_default();
        assert!(failure.starts_with("unrecognised: line 1"), "{failure}");
    }
}

#[test]
fn attributes_and_access_lists_of_macos_are_no_part_of_the_name() {
    let capture = b"-rw-r--r--@ 1 a  b  1 Oct 25 10:56 n\n\tcom.apple.quarantine\t 57 \n 0: group:everyone deny delete\n";
    let parsed = parse::<Ls>(None, capture);
    assert_eq!(
        all(&parsed),
        [r#"{"name":"n","mode":"-rw-r--r--@","links":1,"owner":"a","group":"b","size":1,"time_text":"Oct 25 10:56"}"#]
    );
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn the_other_names_of_ls_say_what_it_says() {
    for program in ["dir", "gls", "vdir"] {
        let capture = format!("a\n{program}: cannot access 'x': No such file or directory\n");
        let parsed = parse::<Ls>(Some(&[program]), capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
