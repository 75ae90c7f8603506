//! The three programs outparse grew from, as examples of the library, against the transcripts of the originals in `seed/`.
//!
//! Process ids and byte counts are `N` there, and the padding of columns is one space.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A built example; cargo builds them all before it runs a test.
fn example(name: &str) -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    deps.parent().unwrap().parent().unwrap().join("examples").join(name)
}

fn run(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(example(name)).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Numbers that differ from run to run become `N`, runs of spaces one.
fn normalised(text: &str) -> String {
    let line = |line: &str| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let number = words.iter().position(|word| word.parse::<u64>().is_ok());
        if let Some(number) = number.filter(|_| matches!(words[0], "process" | "pid") || words.ends_with(&["from", "stdout"])) {
            words[number] = "N";
        }
        words.join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn transcript(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed").join(name)).unwrap()
}

#[test]
fn the_protocol_prints_the_steps_and_the_free_space() {
    assert_eq!(normalised(&run("protocol", &["tests/seed/df-macos.txt"])), normalised(&transcript("protocol.txt")));
}

#[test]
fn the_stream_echoes_each_line_and_reports_the_same() {
    assert_eq!(normalised(&run("stream", &["tests/seed/df-macos.txt"])), normalised(&transcript("stream.txt")));
}

#[test]
fn text_goes_through_tr_and_comes_back() {
    assert_eq!(normalised(&run("to_upper", &[])), normalised(&transcript("to_upper.txt")));
}

#[test]
fn this_machine_s_filesystems_are_reported_too() {
    for name in ["protocol", "stream"] {
        let report = run(name, &["df", "-hl", "/"]);
        let (_, rows) = report.split_once("\nFree space:\n").unwrap_or_else(|| panic!("{report}"));
        assert_eq!(rows.lines().count(), 1, "{report}");
        assert!(rows.starts_with("/ "), "{report}");
    }
}

#[test]
fn a_command_that_fails_has_no_results() {
    for name in ["protocol", "stream"] {
        let report = run(name, &["sh", "-c", "df -hl; exit 3"]);
        assert!(report.ends_with("return code 3\nerror exit 3\n"), "{report}");
    }
}

#[test]
fn a_gigabyte_goes_through_tr_without_growing() {
    // With 200 MB of address space, nothing can hold what is sent.
    let script = format!("ulimit -v 200000; exec {} 1000000000", example("to_upper").display());
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(
        report.ends_with("return code 0\nChanged : 1000000000 bytes\n"),
        "{report}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
