//! `outparse mcp`, asked by the protocol's own client from PyPI.
//!
//! Where it is not there the tests say so and end; with `OUTPARSE_TEST_ALL=1` they fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use common::{Ran, Sandbox};
use serde_json::{Value, json};

const DF: &str = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n/dev/b 200 50 150 25% /b\n";

/// The answers of a server with these options: what it says of itself, then one for each call.
fn ask(sandbox: &Sandbox, options: &[&str], calls: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents/client.py");
    let mut client = sandbox.program(Path::new("python3"));
    client.arg(script).arg(common::outparse()).arg("mcp").args(options);
    let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = calls.iter().fold(String::new(), |mut lines, call| {
        let _ = writeln!(lines, "{call}");
        lines
    });
    client.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ran = Ran::from(client.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    let answers: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), calls.len() + 1, "{ran:?}");
    answers
}

/// What a call answered, which was no error.
fn told(answer: &Value) -> Value {
    assert_eq!(answer["error"], false, "{answer}");
    serde_json::from_str(answer["text"].as_str().unwrap()).unwrap()
}

/// What a call answered, which was an error.
fn refused(answer: &Value) -> &str {
    assert_eq!(answer["error"], true, "{answer}");
    answer["text"].as_str().unwrap()
}

#[test]
fn text_is_parsed_and_what_is_wanted_of_it_chosen() {
    if !common::has_module("mcp") {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    let wanted = json!({"command": ["df", "-k"], "text": DF, "fields": ["mounted_on", "used"], "where": "use_percent > 50"});
    let many = format!("{DF}{}", "/dev/c 1 1 1 1% /c\n".repeat(100));
    let answers = ask(
        &sandbox,
        &[],
        &[
            json!(["parse_text", wanted]),
            json!(["parse_text", {"command": "df", "text": many}]),
            json!(["parse_text", {"command": "df", "text": many, "sort": ["-used"], "limit": 1}]),
            json!(["parse_text", {"command": "df", "text": format!("{DF}not a row\n")}]),
        ],
    );
    assert_eq!(answers[0]["server"], "outparse");
    assert_eq!(told(&answers[1])["records"], json!([{"mounted_on": "/a", "used": 61440}]));
    let cut = told(&answers[2]);
    assert_eq!((&cut["found"], &cut["shown"]), (&json!(102), &json!(50)));
    assert!(cut["left_out"].as_str().unwrap().contains("`limit`"));
    assert_eq!(told(&answers[3])["records"][0]["mounted_on"], "/a");
    assert_eq!(told(&answers[4])["problems_in_all"], 1);
}

#[test]
fn errors_say_how_to_do_better() {
    if !common::has_module("mcp") {
        return;
    }
    let answers = ask(
        &Sandbox::new(&[]),
        &[],
        &[
            json!(["parse_text", {"command": "df", "text": DF, "fields": ["mount"]}]),
            json!(["parse_text", {"command": "df", "text": DF, "where": "usage > 3"}]),
            json!(["parse_text", {"command": "df", "text": "garbage\n"}]),
            json!(["parse_text", {"command": "no-such-command", "text": ""}]),
            json!(["parse_text", {"command": "df", "text": DF, "filds": []}]),
            json!(["run_command", {"command": "df"}]),
        ],
    );
    assert!(refused(&answers[1]).contains("mounted_on"), "{}", answers[1]);
    assert!(refused(&answers[2]).contains("use_percent"), "{}", answers[2]);
    assert!(refused(&answers[3]).contains("line 1"), "{}", answers[3]);
    assert!(refused(&answers[4]).contains("no parser"), "{}", answers[4]);
    assert!(refused(&answers[5]).contains("filds"), "{}", answers[5]);
    assert!(refused(&answers[6]).contains("no tool `run_command`"), "{}", answers[6]);
}

#[test]
fn only_what_is_allowed_is_run_and_without_a_shell() {
    if !common::has_module("mcp") {
        return;
    }
    let script = format!("printf '%s|' \"$@\" > arguments; printf '%s' '{DF}'");
    let sandbox = Sandbox::new(&[("df", &script), ("ps", "touch ran"), ("slow", "exec sleep 60")]);
    let answers = ask(
        &sandbox,
        &["--allow", "df,git log,slow", "--run-timeout", "1s"],
        &[
            json!("tools"),
            json!(["run_command", {"command": ["df", "-k", "; touch ran", "$(touch ran)"], "limit": 1}]),
            json!(["run_command", {"command": "ps aux"}]),
            json!(["run_command", {"command": "/usr/bin/ps aux"}]),
            json!(["run_command", {"command": ["git", "push"]}]),
            json!(["run_command", {"command": "df", "fields": ["nothing"]}]),
            json!(["run_command", {"command": "slow", "plugin": "df-gnu"}]),
        ],
    );
    let names: Vec<&str> = answers[1].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["list_parsers", "show_schema", "parse_text", "run_command"]);
    let ran = told(&answers[2]);
    assert_eq!((&ran["found"], &ran["shown"], &ran["exit_status"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(std::fs::read_to_string(sandbox.path("arguments")).unwrap(), "-k|; touch ran|$(touch ran)|");
    for answer in &answers[3..6] {
        assert!(refused(answer).contains("may not be run: the user allows `df`, `git log`, `slow`"), "{answer}");
    }
    assert!(refused(&answers[6]).contains("nothing"), "{}", answers[6]);
    assert!(refused(&answers[7]).contains("it took longer than 1s"), "{}", answers[7]);
    assert!(!sandbox.path("ran").exists());
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn parsers_and_their_fields_are_looked_up() {
    if !common::has_module("mcp") {
        return;
    }
    let answers = ask(
        &Sandbox::new(&[]),
        &[],
        &[
            json!(["list_parsers", {"search": "filesystems"}]),
            json!(["list_parsers", {}]),
            json!(["show_schema", {"command": "df"}]),
            json!(["show_schema", {"command": "/etc/passwd"}]),
        ],
    );
    assert!(told(&answers[1])["found"].as_u64().unwrap() >= 2);
    assert_eq!(told(&answers[2])["shown"], 50);
    let size = told(&answers[3])["fields"].as_array().unwrap().iter().find(|field| field["name"] == "size").cloned().unwrap();
    assert_eq!((&size["type"], &size["unit"]), (&json!("integer"), &json!("bytes")));
    assert!(told(&answers[4])["about"].as_str().unwrap().contains("passwd"));
}
