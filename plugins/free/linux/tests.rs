//! What the parser makes of each form of `free`.

use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, exact, parse};

use super::Free;

const PLAIN: &str = "\
               total        used        free      shared  buff/cache   available
Mem:            2000        1000         400          10         600         900
Swap:            100           0         100
";

fn known(command: &[&str], capture: &str) -> Vec<String> {
    parse::<Free>(Some(command), capture.as_bytes()).sound().to_vec()
}

fn unknown(capture: &str) -> Parsed {
    parse::<Free>(None, capture.as_bytes())
}

#[test]
fn plain_numbers_are_kibibytes_when_the_arguments_are_known() {
    assert_eq!(
        known(&["free"], PLAIN),
        [
            r#"{"kind":"memory","total":2048000,"used":1024000,"free":409600,"shared":10240,"buffers_cache":614400,"available":921600}"#,
            r#"{"kind":"swap","total":102400,"used":0,"free":102400}"#
        ]
    );
}

#[test]
fn plain_numbers_are_taken_for_kibibytes_with_one_warning_when_the_arguments_are_unknown() {
    let parsed = unknown(PLAIN);
    assert_eq!(parsed.records, known(&["free"], PLAIN));
    assert_eq!(parsed.problems.len(), 1);
    assert!(
        parsed.problems[0].starts_with("warning: line 2, the numbers are taken for kibibytes, which is a guess"),
        "{:?}",
        parsed.problems
    );
}

#[test]
fn rows_below_broken_titles_are_of_another_table_than_those_above() {
    let parsed = parse::<Free>(Some(&["free", "-s1"]), format!("{PLAIN}\n{}", PLAIN.replace("total", "x")).as_bytes());
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    let last = |record: &String| record.rsplit(',').next().map(str::to_owned);
    assert_eq!(parsed.records.iter().filter_map(last).collect::<Vec<_>>(), [1, 1, 2, 2].map(|at| format!("\"sample\":{at}}}")));
}

#[test]
fn flags_choose_the_unit() {
    let total = |command: &[&str]| known(command, PLAIN)[0].split(',').nth(1).map(str::to_owned);
    for (arguments, factor) in [
        (&["-b"][..], 1i64),
        (&["-tk"], 1024),
        (&["-wm"], 1 << 20),
        (&["-g", "-s", "1"], 1 << 30),
        (&["--mega"], 1_000_000),
        (&["--meg"], 1_000_000),
        (&["--si", "-m"], 1_000_000),
        (&["--si"], 1000),
        (&["-s", "-b"], 1024),
        (&["-s1", "-c", "3"], 1024),
        (&["--tebi"], 1 << 40),
    ] {
        let command: Vec<&str> = std::iter::once("free").chain(arguments.iter().copied()).collect();
        assert_eq!(total(&command), Some(format!(r#""total":{}"#, 2000 * factor)), "{arguments:?}");
    }
}

#[test]
fn suffixes_with_i_need_no_arguments() {
    let human = "               total        used        free      shared  buff/cache   available\n\
                 Mem:            23Gi       474Mi        22Gi       8.5Mi       1.2Gi        23Gi\n\
                 Swap:             0B          0B          0B\n";
    let parsed = unknown(human);
    assert_eq!(parsed.problems, [""; 0]);
    assert!(parsed.records[0].contains(r#""total":24696061952,"used":497025024"#), "{}", parsed.records[0]);
    assert!(parsed.records[1].contains(r#""total":0"#));
}

#[test]
fn a_bare_letter_is_binary_with_h_and_decimal_with_si_and_a_guess_without_arguments() {
    let human =
        "  total  used  free  shared  buffers  cache  available\n  Mem:  3.7G  217M  3.2G  11M  267M  1M  3.2G\nSwap: 0 0 0\n";
    assert!(known(&["free", "-h"], human)[0].contains(r#""total":3972844748,"used":227540992"#));
    assert!(known(&["free", "-h", "--si"], human)[0].contains(r#""total":3700000000,"used":217000000"#));
    let parsed = unknown(human);
    assert!(parsed.records[0].contains(r#""total":3700000000"#));
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.problems[0].starts_with("warning: line 2, column 9: `3.7G` is read in powers of 1000"));
    assert!(parsed.records[1].contains(r#""total":0"#), "a bare number beside suffixes is bytes");
}

#[test]
fn old_procps_has_a_row_of_its_own_for_buffers() {
    let old = "             total       used       free     shared    buffers     cached\n\
               Mem:       1000        900        100          0         50        300\n\
               -/+ buffers/cache:        550        450\n\
               Swap:       200          0        200\n";
    let records = known(&["free", "-m"], old);
    assert_eq!(records[1], r#"{"kind":"without_cache","used":576716800,"free":471859200}"#);
    assert!(records[0].contains(r#""buffers":52428800,"cache":314572800"#));
}

#[test]
fn toybox_counts_in_bytes() {
    let toybox = "\t\ttotal        used        free      shared     buffers\nMem:   25276518400  1382375424 23894142976     8933376    15675392\n";
    assert!(known(&["toybox", "free"], toybox)[0].starts_with(r#"{"kind":"memory","total":25276518400,"#));
}

#[test]
fn tables_of_an_interval_are_numbered() {
    let records = known(&["free", "-s", "1", "-c", "2"], &format!("{PLAIN}\n{PLAIN}"));
    assert_eq!(records.len(), 4);
    assert!(records[1].ends_with(r#""sample":1}"#) && records[2].ends_with(r#""sample":2}"#));
}

#[test]
fn a_second_table_numbers_its_records_where_nobody_knew_that_it_comes() {
    let records = unknown(&format!("{PLAIN}\n{PLAIN}")).records;
    assert!(!records[1].contains("sample") && records[2].ends_with(r#""sample":2}"#), "{records:?}");
}

#[test]
fn exact_arguments_print_bytes() {
    for (words, better) in [
        ("", Some("-b")),
        ("-b", None),
        ("-h", Some("-b")),
        ("-hw -t", Some("-b -w -t")),
        ("-ms 1 -c 2", Some("-b -s 1 -c 2")),
        ("-s1 --human --si", Some("-b -s1")),
    ] {
        assert_eq!(exact::<Free>(words).as_deref(), better, "{words}");
    }
}

#[test]
fn the_one_line_form_gives_memory_and_swap() {
    let line = "SwapUse           1 CachUse     1189024 MemUse      482000 MemFree    23282332 \n";
    assert_eq!(
        known(&["free", "-L"], line),
        [r#"{"kind":"memory","used":493568000,"free":23841107968,"buffers_cache":1217560576}"#, r#"{"kind":"swap","used":1024}"#]
    );
}

#[test]
fn a_bad_line_costs_that_line_only() {
    let parsed = parse::<Free>(Some(&["free"]), format!("{PLAIN}Total: 12 x 3\nLow: 1 2\nwhat\nHigh: 1 2 3\n").as_bytes());
    assert_eq!(parsed.records.len(), 3);
    assert_eq!(
        parsed.problems,
        [
            "error: line 4, column 11: expected a size, found `x`",
            "error: line 5, expected 3 numbers, found 2",
            "error: line 6, column 1: expected a row such as `Mem:`, found `what`"
        ]
    );
}

#[test]
fn sums_that_do_not_fit_are_problems() {
    let parsed = parse::<Free>(Some(&["free", "-g"]), format!("{PLAIN}Total: 9223372036854775807 1 1\n").as_bytes());
    assert_eq!(parsed.problems, ["error: line 4, column 8: `9223372036854775807` units do not fit into 64 bits as bytes"]);
}

#[test]
fn any_split_into_whole_lines_gives_the_same_records() {
    let capture = format!("{PLAIN}\n{PLAIN}");
    assert_any_split::<Free>(None, capture.as_bytes());
}

#[test]
fn line_ends_of_windows_are_no_matter() {
    assert_eq!(unknown(&PLAIN.replace('\n', "\r\n")), unknown(PLAIN));
}

#[test]
fn other_input_is_unrecognised() {
    assert_unrecognised::<Free>([
        "",
        "\n\n",
        "hello\n",
        "total used\n",
        "Filesystem 1K-blocks\n",
        "Mem: 1 2 3\n",
        "total used free hits\n",
    ]);
}

#[test]
fn titles_without_rows_are_malformed() {
    let parsed = unknown("total used free\n");
    assert_eq!(parsed.failure.as_deref(), Some("malformed: the titles are there, and no row of memory after them"));
}
