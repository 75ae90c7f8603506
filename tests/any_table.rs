//! `--table` beside nushell's `detect columns`, on what commands really print.
//!
//! `any_table/` has the outputs, and what a person reads in each: titles, and a cell for each of them in every row. A row counts where each of
//! its cells is right. nushell is given its best try: with and without `--guess`, and without the lines above the titles.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{has, outparse};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a reader makes of an output: the cells of each row.
type Rows = Vec<Vec<String>>;

struct Case {
    name: String,
    output: PathBuf,
    expected: Rows,
}

fn cases() -> Vec<Case> {
    let mut outputs: Vec<PathBuf> = fs::read_dir(Path::new(ROOT).join("tests/any_table"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    outputs.sort();
    let case = |output: PathBuf| Case {
        name: output.file_stem().unwrap().to_string_lossy().into_owned(),
        expected: separated(&fs::read_to_string(output.with_extension("tsv")).unwrap()),
        output,
    };
    outputs.into_iter().map(case).collect()
}

/// The rows of tab-separated values, without the titles.
fn separated(text: &str) -> Rows {
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What `--table` makes of it, and whether it says of a row that it could not be read.
fn ours(case: &Case) -> (Rows, bool) {
    let read = Command::new(outparse())
        .args(["parse", "--table", &case.name, "--format", "tsv"])
        .stdin(fs::File::open(&case.output).unwrap())
        .output()
        .unwrap();
    let rows = separated(&String::from_utf8(read.stdout).unwrap());
    (rows.into_iter().map(|row| row.into_iter().map(unquoted).collect()).collect(), !read.status.success())
}

/// A cell with quotation marks in it is printed between such.
fn unquoted(cell: String) -> String {
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).map(|inner| inner.replace("\"\"", "\""));
    inner.unwrap_or(cell)
}

/// The best that nushell makes of it.
fn theirs(nu: &Path, case: &Case) -> Rows {
    let tries = ["", "--guess", "--skip 1", "--skip 1 --guess"];
    let read = |options: &str| -> Rows {
        let script = format!(
            "open --raw '{}' | detect columns {options} | each {{|row| $row | values}} | to json --raw",
            case.output.display()
        );
        let read = Command::new(nu).args(["--no-config-file", "--commands", &script]).stdin(Stdio::null()).output().unwrap();
        serde_json::from_slice(&read.stdout).unwrap_or_default()
    };
    tries.into_iter().map(read).max_by_key(|rows| right(rows, &case.expected)).unwrap_or_default()
}

/// How many of the expected rows are there, each cell as it should be.
fn right(rows: &Rows, expected: &Rows) -> usize {
    let same = |row: &&Vec<String>| {
        rows.iter().any(|read| read.len() == row.len() && read.iter().zip(row.iter()).all(|(cell, text)| says(cell, text)))
    };
    expected.iter().filter(same).count()
}

/// Whether a cell says what stands in the output: as text, or as the value that the text is.
fn says(cell: &str, text: &str) -> bool {
    cell == text || value(text).is_some_and(|value| cell.parse::<f64>().is_ok_and(|cell| cell == value))
}

/// A number, a percentage, a size in bytes, or a duration in seconds.
fn value(text: &str) -> Option<f64> {
    let units = [
        ("%", 1.0),
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("K", 1024.0),
        ("M", 1_048_576.0),
        ("G", 1_073_741_824.0),
        ("B", 1.0),
        ("d", 86_400.0),
        ("s", 1.0),
    ];
    let number = |digits: &str| digits.parse::<f64>().ok();
    let with_unit =
        |(unit, factor): &(&str, f64)| text.strip_suffix(unit).and_then(number).map(|number| (number * factor).floor());
    let hours = || {
        let (hours, minutes) = text.strip_suffix('m')?.split_once('h')?;
        Some(number(hours)? * 3600.0 + number(minutes)? * 60.0)
    };
    number(text).or_else(|| units.iter().find_map(with_unit)).or_else(hours)
}

#[test]
fn every_row_of_twenty_outputs_is_read() {
    let cases = cases();
    assert!(cases.len() >= 20, "{}", cases.len());
    for case in cases {
        let (rows, failed) = ours(&case);
        assert!(!failed, "{}", case.name);
        assert_eq!(
            (right(&rows, &case.expected), rows.len()),
            (case.expected.len(), case.expected.len()),
            "{}: {rows:?}",
            case.name
        );
    }
}

#[test]
fn more_rows_are_right_than_nushell_finds() {
    let nu = Path::new(ROOT).join("target/tools/nushell/node_modules/.bin/nu");
    if !has(nu.exists(), "nushell") {
        return;
    }
    let mut whole = (0, 0);
    println!("{:12} {:>5} {:>9} {:>9}", "output", "rows", "outparse", "nushell");
    for case in cases() {
        let (ours, theirs) = (right(&ours(&case).0, &case.expected), right(&theirs(&nu, &case), &case.expected));
        println!("{:12} {:>5} {:>9} {:>9}", case.name, case.expected.len(), ours, theirs);
        assert!(ours >= theirs, "{}", case.name);
        let all = case.expected.len();
        whole = (whole.0 + usize::from(ours == all), whole.1 + usize::from(theirs == all));
    }
    println!("whole outputs: {} and {}", whole.0, whole.1);
    assert!(whole.1 > 0, "nushell read nothing: it was not asked rightly");
    assert!(whole.0 > whole.1);
}
