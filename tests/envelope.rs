//! `--envelope`: one document that tells everything, whatever happened; and the line that long work shows on a terminal.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use common::terminal::Terminal;
use common::{HANG, ONE_ROW, Ran, Sandbox, send};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

fn df(script: &str) -> Sandbox {
    Sandbox::new(&[("df", script)])
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {ran:?}"))).collect()
}

/// A YAML document without the values that differ from run to run.
fn yaml(ran: &Ran) -> String {
    let changing = ["start", "  sha256", "duration"];
    let line = |line: &str| match line.split_once(": ") {
        Some((key, _)) if changing.contains(&key) => format!("{key}: …\n"),
        _ => format!("{line}\n"),
    };
    ran.stdout.lines().map(line).collect()
}

#[test]
fn an_envelope_tells_where_the_records_come_from() {
    let sandbox = df(&format!("{ONE_ROW}; echo bad; exit 3"));
    let ran = sandbox.run(&["--envelope", "--fields", "filesystem,used", "df", "-k", "a b"]);
    let document = document(&ran);
    assert_eq!(ran.code, 3);
    assert_eq!((&document["command"], &document["arguments"]), (&json!("df"), &json!(["-k", "a b"])));
    assert_eq!(document["records"], json!([{"filesystem": "/dev/a", "used": 61440}]));
    assert_eq!((&document["exit_status"], &document["error"], &document["ended_early"]), (&json!(3), &Value::Null, &Value::Null));
    assert_eq!((&document["problem_count"], &document["problems"][0]["line"]), (&json!(1), &json!(3)));
    let start = document["start"].as_str().unwrap();
    assert!(start.len() == 24 && start.ends_with('Z') && start.as_bytes()[10] == b'T', "{start}");
    assert!(document["duration"].as_f64().unwrap() > 0.0);
    assert_eq!(document["plugin"]["name"], "df-gnu");
}

#[test]
fn the_digest_is_of_the_component_itself() {
    use sha2::{Digest, Sha256};
    let digest = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bundled = outparse::registry::bundled().iter().find(|bundled| bundled.name == "df-gnu").unwrap();
    let sandbox = df(ONE_ROW);
    let named = document(&sandbox.run(&["--envelope", "df"]));
    assert_eq!(named["plugin"]["sha256"], digest(&bundled.component()));
    // A plugin from a file may call itself by any name.
    let mut mine = bundled.component();
    // An empty custom section called `x`, which changes nothing but the bytes.
    mine.extend_from_slice(&[0, 2, 1, b'x']);
    std::fs::write(sandbox.path("mine.wasm"), &mine).unwrap();
    let from_file = document(&sandbox.run(&["--envelope", "--plugin", "./mine.wasm", "df"]));
    assert_eq!((&from_file["plugin"]["name"], &from_file["plugin"]["sha256"]), (&json!("df-gnu"), &json!(digest(&mine))));
}

#[test]
fn jsonl_has_typed_lines() {
    let rows = r"printf 'Filesystem Type 1K-blocks Used Available Use%% Mounted on\n/dev/a ext4 100 60 40 60%% /a\nbad\n'";
    let ran = df(rows).run(&["--envelope", "--format", "jsonl", "--fields", "type,used", "df", "-T"]);
    let lines = lines(&ran);
    let mut kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!((kinds.remove(0), kinds.pop()), ("start", Some("end")), "{ran:?}");
    kinds.sort_unstable();
    assert_eq!(kinds, ["problem", "record"]);
    // A record's own `type` cannot be taken for the line's.
    let record = lines.iter().find(|line| line["type"] == "record").unwrap();
    assert_eq!(record["record"], json!({"type": "ext4", "used": 61440}));
    let end = lines.last().unwrap();
    assert_eq!((&end["records"], &end["problem_count"], &end["exit_status"]), (&json!(1), &json!(1), &json!(0)));
}

#[test]
fn yaml_is_one_document() {
    let ran = df(ONE_ROW).run(&["--envelope", "--format", "yaml", "--fields", "used", "df"]);
    assert_eq!(
        yaml(&ran),
        "command: df\narguments: []\nplatform: linux\nstart: …\nplugin:\n  name: df-gnu\n  version: \"0.1.0\"\n  sha256: …\nrecords:\n\
         - used: 61440\nproblems: []\nproblem_count: 0\nduration: …\nexit_status: 0\nended_early: null\nerror: null\n"
    );
    let empty = yaml(&df("echo 'no table'").run(&["--envelope", "--format", "yaml", "df"]));
    assert!(empty.contains("\nplugin: null\nrecords:\n  []\nproblems: []\n"), "{empty}");
}

#[test]
fn of_many_problems_a_thousand_are_listed_and_all_counted() {
    let sandbox = df(&format!("{ONE_ROW}; for i in $(seq 1200); do echo bad; done"));
    let json = document(&sandbox.run(&["--envelope", "df"]));
    assert_eq!((json["problems"].as_array().unwrap().len(), &json["problem_count"]), (1000, &json!(1200)));
    // Where they need not be kept, all are there.
    let ran = sandbox.run(&["--envelope", "--format", "jsonl", "df"]);
    assert_eq!(lines(&ran).iter().filter(|line| line["type"] == "problem").count(), 1200);
}

#[test]
fn other_formats_have_no_room_for_it() {
    for format in ["table", "csv", "arrow"] {
        let ran = df(ONE_ROW).run(&["--envelope", "--format", format, "df"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        ran.says("`--envelope` needs `--format` json, jsonl or yaml");
    }
}

#[test]
fn a_failed_parse_is_told_in_a_whole_envelope() {
    let sandbox = df("echo 'no table'; exit 3");
    let ran = sandbox.run(&["--envelope", "df"]);
    let document = document(&ran);
    assert_eq!((ran.code, &document["records"]), (125, &json!([])));
    // A command that is still there when nobody reads on is ended.
    assert!([json!(3), json!(143)].contains(&document["exit_status"]), "{document}");
    assert!(document["error"].as_str().unwrap().starts_with("this is not the output of `df`"), "{document}");
    let lines = lines(&sandbox.run(&["--envelope", "--format", "jsonl", "df"]));
    assert_eq!((lines.len(), &lines[0]["plugin"], &lines[1]["type"]), (2, &Value::Null, &json!("end")));
    assert!(lines[1]["error"].is_string());
}

#[test]
fn a_record_that_cannot_be_printed_is_told_in_a_whole_envelope() {
    let sandbox = df(&format!("{ONE_ROW}; sleep 0.3; printf '/dev/\\377 1 1 1 1%% /b\\n'"));
    let ran = sandbox.run(&["--envelope", "--bad-text", "fail", "df"]);
    assert_eq!(ran.code, 125);
    assert!(document(&ran)["error"].as_str().unwrap().contains("is not UTF-8"), "{ran:?}");
}

#[test]
fn strict_problems_are_an_error_in_the_envelope() {
    let ran = df(&format!("{ONE_ROW}; echo bad")).run(&["--envelope", "--strict", "df"]);
    let document = document(&ran);
    assert_eq!((ran.code, document["records"].as_array().unwrap().len()), (125, 1));
    assert_eq!(document["error"], "there was 1 problem and `--strict` was given");
}

#[test]
fn a_file_with_an_envelope_is_kept_also_when_the_parse_failed() {
    let sandbox = df("echo 'no table'");
    assert_eq!(sandbox.run(&["--envelope", "--output", "file", "df"]).code, 125);
    let document: Value = serde_json::from_slice(&std::fs::read(sandbox.path("file")).unwrap()).unwrap();
    assert!(document["error"].is_string());
    assert_eq!(sandbox.run(&["--output", "other", "df"]).code, 125);
    assert!(!sandbox.path("other").exists());
}

#[test]
fn timeouts_and_signals_are_told() {
    let sandbox = df(&format!("{ONE_ROW}; {HANG}"));
    let ran = sandbox.run(&["--envelope", "--timeout", "300ms", "df"]);
    let timed_out = document(&ran);
    assert_eq!((ran.code, &timed_out["exit_status"], &timed_out["ended_early"]), (124, &json!(124), &json!("timeout")));
    assert_eq!(timed_out["records"].as_array().unwrap().len(), 1);

    let sandbox = df(&format!("{ONE_ROW}; {HANG}"));
    let child = sandbox.spawn(&["--envelope", "--format", "jsonl", "df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGTERM);
    let ran = Ran::from(child.wait_with_output().unwrap());
    let end = lines(&ran).pop().unwrap();
    assert_eq!(
        (ran.code, &end["type"], &end["exit_status"], &end["ended_early"]),
        (143, &json!("end"), &json!(143), &json!("signal"))
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = df("echo 'Filesystem 1K-blocks Used Available Use% Mounted on'; while :; do echo '/dev/a 1 1 1 1% /a'; done");
    let script = format!(
        "({} --envelope -f jsonl df; echo $? > code) | head -n 1; while ! [ -s code ]; do sleep 0.01; done; cat code",
        common::outparse().display()
    );
    let output = sandbox.program("sh").args(["-c", &script]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("{\"type\":\"start\"") && shown.ends_with("\n141\n"), "{shown}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_capture_has_no_exit_status() {
    let sandbox = Sandbox::new(&[]);
    sandbox.install("capture", "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n", "644");
    let unknown = document(&sandbox.run(&["parse", "--envelope", "df", "--input", "capture"]));
    assert_eq!((&unknown["exit_status"], &unknown["arguments"], &unknown["command"]), (&Value::Null, &Value::Null, &json!("df")));
    let known = document(&sandbox.run(&["parse", "--envelope", "df", "--input", "capture", "--", "-k"]));
    assert_eq!(known["arguments"], json!(["-k"]));
}

// Progress.

/// Prints a row every tenth of a second for two, and something that is no row.
const SLOW: &str = "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'
for i in $(seq 20); do echo '/dev/a 100 60 40 60% /a'; sleep 0.1; done; echo bad; sleep 0.3";

fn on_a_terminal(sandbox: &Sandbox, redirected: &str, term: &str) -> String {
    let script = format!("{} --format jsonl {redirected}", common::outparse().display());
    let mut command = sandbox.program("sh");
    command.args(["-c", &script]).env("TERM", term);
    let ran = Terminal::start(&command).end();
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout
}

#[test]
fn long_work_shows_its_progress_and_clears_it() {
    let sandbox = df(SLOW);
    for redirected in ["df > records", "--output records df"] {
        let screen = on_a_terminal(&sandbox, redirected, "xterm");
        assert!(screen.contains(" rows, ") && screen.contains("B/s"), "{screen:?}");
        // The message is on a line of its own: what was there has been erased.
        assert!(screen.contains("\x1b[2Koutparse: df-gnu 0.1.0: error: line 22"), "{screen:?}");
        assert!(screen.ends_with("\x1b[2K"), "{screen:?}");
        // No colours: nothing but the erasing of a line.
        assert!(!screen.replace("\x1b[2K", "").contains('\x1b'), "{screen:?}");
    }
}

#[test]
fn nobody_else_sees_a_progress() {
    let sandbox = df(SLOW);
    let message = "outparse: df-gnu 0.1.0: error: line 22";
    // Its records go to the same terminal; it cannot move its cursor; it says something of its own.
    for (redirected, term) in [("df", "xterm"), ("df > records", "dumb"), ("--trace df > records", "xterm")] {
        let screen = on_a_terminal(&sandbox, redirected, term);
        assert!(!screen.contains(" rows, ") && !screen.contains('\x1b') && screen.contains(message), "{redirected}: {screen:?}");
    }
    let ran = sandbox.run(&["df"]);
    assert!(ran.stderr.starts_with(message) && !ran.stderr.contains("rows,"), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
}

#[test]
fn short_work_shows_no_progress() {
    assert_eq!(on_a_terminal(&df(ONE_ROW), "df > records", "xterm"), "");
}
