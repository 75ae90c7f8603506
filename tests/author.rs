//! What `outparse plugin new`, `build` and `test` do with any language: no tools are needed here. `languages.rs` has the rest.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use common::Sandbox;
use outparse::registry::bundled;

/// A folder with a component, `env.wasm`, and two fixtures.
fn tested() -> Sandbox {
    let sandbox = Sandbox::new(&[]);
    let plugin = bundled().iter().find(|plugin| plugin.name == "env-posix").unwrap();
    fs::write(sandbox.path("env.wasm"), plugin.component()).unwrap();
    for (case, output, value) in [("one", "A=1\n", "1"), ("two", "A=2\n", "2")] {
        let folder = case_folder(&sandbox, case);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("output"), output).unwrap();
        fs::write(folder.join("expected.json"), expected(value)).unwrap();
    }
    sandbox
}

fn case_folder(sandbox: &Sandbox, case: &str) -> PathBuf {
    sandbox.path("fixtures/anywhere-1").join(case)
}

fn expected(value: &str) -> String {
    format!("{{\n\"records\": [\n  {{\"name\":\"A\",\"value\":\"{value}\"}}],\n\"problems\": []\n}}\n")
}

#[test]
fn fixtures_that_are_as_expected_pass() {
    let ran = tested().run(&["plugin", "test", "env.wasm"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("ok anywhere-1/one\nok anywhere-1/two\n"), "{ran:?}");
    assert!(ran.stdout.ends_with(": 2 passed, 0 failed\n"), "{ran:?}");
}

#[test]
fn a_difference_is_shown_and_fails() {
    let sandbox = tested();
    fs::write(case_folder(&sandbox, "two").join("output"), "A=\u{1b}[2J\n").unwrap();
    let ran = sandbox.run(&["plugin", "test", "env.wasm"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("\n-  {\"name\":\"A\",\"value\":\"2\"}],\n+  {\"name\":\"A\",\"value\":\""), "{ran:?}");
    assert!(ran.stdout.contains("failed anywhere-1/two\n"), "{ran:?}");
    assert!(!ran.stdout.contains('\u{1b}'), "neither colours in a pipe nor what the capture has: {ran:?}");
}

#[test]
fn only_the_fixtures_that_are_named_are_tested() {
    let sandbox = tested();
    fs::remove_file(case_folder(&sandbox, "two").join("expected.json")).unwrap();
    let ran = sandbox.run(&["plugin", "test", "env.wasm", "one"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.stdout.contains("two"), "{ran:?}");
    let nothing = sandbox.run(&["plugin", "test", "env.wasm", "three"]);
    assert_eq!(nothing.code, 125, "a test of nothing has not passed: {nothing:?}");
}

#[test]
fn blessing_renews_what_is_expected_and_says_which() {
    let sandbox = tested();
    let folder = case_folder(&sandbox, "two");
    fs::write(folder.join("output"), "A=3\n").unwrap();
    let ran = sandbox.run(&["plugin", "test", "env.wasm", "--bless"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("ok anywhere-1/one\n") && ran.stdout.contains("blessed anywhere-1/two\n"), "{ran:?}");
    assert_eq!(fs::read_to_string(folder.join("expected.json")).unwrap(), expected("3"));
}

#[test]
fn a_watched_plugin_is_tested_again_when_a_fixture_changes() {
    let sandbox = tested();
    let mut child = sandbox.outparse(&["plugin", "test", "env.wasm", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.ends_with(": 2 passed, 0 failed")));
    let output = case_folder(&sandbox, "two").join("output");
    // Until the folder is watched, a change is not seen.
    let change = std::thread::spawn(move || {
        for round in 0.. {
            if fs::write(&output, format!("A=changed {round}\n")).is_err() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
    });
    assert!(lines.any(|line| line.ends_with(": 1 passed, 1 failed")));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(sandbox);
    change.join().unwrap();
}

#[test]
fn a_tool_that_is_not_here_is_named_with_the_command_that_installs_it() {
    let sandbox = Sandbox::new(&[]);
    let tools = [
        ("c", "zig", "/pip install ziglang==0.17.1"),
        ("python", "componentize-py", "/pip install componentize-py==0.25.1"),
        ("javascript", "jco", "npm install --prefix javascript"),
    ];
    for (language, tool, install) in tools {
        let made = sandbox.run(&["plugin", "new", language, "--lang", language, "--command", "own"]);
        assert_eq!(made.code, 0, "{made:?}");
        let built = sandbox.outparse(&["plugin", "build", language]).env("PATH", "/nonexistent").output().unwrap();
        let says = String::from_utf8(built.stderr).unwrap();
        assert_eq!(built.status.code(), Some(125), "{says}");
        let error = format!("error: `{tool}`, which plugins in {language} are built with, is not installed\n");
        assert!(says.contains(&error) && says.contains("hint: install it: ") && says.contains(install), "{says}");
    }
}

#[test]
fn a_new_plugin_needs_a_name_a_command_and_a_capture_that_is_not_empty() {
    let sandbox = Sandbox::new(&[("silent", "true"), ("broken", "echo 'A B'; exit 3")]);
    for arguments in [&["own"][..], &["Own", "--command", "own"], &["own", "--command", "a b c"], &["own", "--capture", " "]] {
        let ran = sandbox.run(&[&["plugin", "new"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    }
    let silent = sandbox.run(&["plugin", "new", "own", "--capture", "silent"]);
    assert_eq!(silent.code, 125, "{silent:?}");
    let missing = sandbox.run(&["plugin", "new", "own", "--capture", "missing-command"]);
    assert_eq!(missing.code, 127, "{missing:?}");
    assert!(!sandbox.path("own").exists(), "nothing is left of what failed");
    let broken = sandbox.run(&["plugin", "new", "own", "--lang", "c", "--capture", "broken"]);
    assert_eq!(broken.code, 0, "what a command printed before it failed is worth parsing: {broken:?}");
    assert!(broken.stderr.contains("exit status: 3"), "{broken:?}");
}

#[test]
fn a_folder_without_a_plugin_is_bad_usage() {
    let ran = Sandbox::new(&[]).run(&["plugin", "build"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("outparse plugin new"), "{ran:?}");
}
