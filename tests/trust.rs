//! Plugins that are found, verified and withdrawn by lists and signatures; and runs afterwards, which ask nobody.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "common/guest.rs"]
mod guest;

mod common;

use std::fs;

use common::{Ran, Sandbox};
use guest::{Guest, digest};
use serde_json::{Value, json};

/// A reference that an index can have; nothing is fetched from it.
const REFERENCE: &str = "https://example.com/df-mine.wasm";

/// A home with a plugin, `df-mine`, in a file.
fn home() -> Sandbox {
    let home = Sandbox::new(&[("df", guest::DF)]);
    fs::write(home.path("mine.wasm"), Guest::new("df-mine").component()).unwrap();
    home
}

fn write(home: &Sandbox, name: &str, value: &Value) {
    fs::write(home.path(name), value.to_string()).unwrap();
}

#[track_caller]
fn added(home: &Sandbox) {
    let ran = home.run(&["plugin", "add", "./mine.wasm"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// With a configuration of its own.
fn configured(home: &Sandbox, text: &str, arguments: &[&str]) -> Ran {
    fs::create_dir_all(home.path("etc")).unwrap();
    fs::write(home.path("etc/config.toml"), text).unwrap();
    Ran::from(home.outparse(arguments).env("OUTPARSE_CONFIG", home.path("etc/config.toml")).output().unwrap())
}

#[test]
fn a_withdrawn_plugin_is_named_with_the_reason() {
    let home = home();
    added(&home);
    let mine = digest(&Guest::new("df-mine").component());
    write(&home, "list", &json!({"withdrawn": [{"sha256": "0".repeat(64)}]}));
    let none = home.run(&["plugin", "audit", "--list", "./list"]);
    assert_eq!(none.code, 0, "{none:?}");
    assert!(none.stdout.starts_with("none of ") && none.stdout.ends_with(" plugins was withdrawn\n"), "{none:?}");
    for named in [mine.clone(), format!("sha256:{mine}")] {
        write(&home, "list", &json!({"withdrawn": [{"sha256": named, "reason": "wrong sizes\u{1b}[31m"}]}));
        let one = home.run(&["plugin", "audit", "--list", "./list"]);
        assert_eq!(one.code, 1, "{one:?}");
        assert!(
            one.stdout.contains("df-mine 1.0.0 (") && one.stdout.contains("was withdrawn: wrong sizes\\u{1b}[31m"),
            "{one:?}"
        );
        let records = home.run(&["plugin", "audit", "--list", "./list", "--format", "json"]).records();
        assert_eq!((records.len(), &records[0]["sha256"]), (1, &json!(mine)));
    }
}

#[test]
fn a_bundled_plugin_can_be_withdrawn_too() {
    let home = home();
    let bundled = outparse::registry::bundled().iter().find(|bundled| bundled.name == "df-gnu").unwrap();
    write(&home, "etc-list", &json!({"withdrawn": [{"sha256": digest(&bundled.component())}]}));
    // Seen from the configuration.
    let ran = configured(&home, "[trust]\nwithdrawn = '../etc-list'\n", &["plugin", "audit"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.starts_with("df-gnu "), "{ran:?}");
}

#[test]
fn a_list_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let home = home();
    for (list, why) in [
        (json!({"withdrawn": [{"sha256": "abc"}]}), "`abc` is no SHA-256"),
        (json!({"plugins": []}), "makes no sense"),
        (json!([]), "makes no sense"),
    ] {
        write(&home, "list", &list);
        let ran = home.run(&["plugin", "audit", "--list", "./list"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{ran:?}");
        ran.says(why);
    }
    assert_eq!(home.run(&["plugin", "audit", "--list", "./none"]).code, 125);
    let unsaid = home.run(&["plugin", "audit"]);
    assert_eq!(unsaid.code, 2, "{unsaid:?}");
    unsaid.says("set `withdrawn` under `[trust]`");
}

#[test]
fn plugins_of_an_index_are_found_by_words_and_added_as_it_says() {
    let home = home();
    let sha256 = digest(&fs::read(home.path("mine.wasm")).unwrap());
    let entry = |name: &str, summary: &str, commands: &[&str]| json!({"name": name, "version": "1.0.0", "summary": summary, "reference": REFERENCE, "sha256": sha256, "commands": commands});
    let index = json!({"plugins": [entry("df-mine", "Space, as I see it", &["df"]), entry("other", "Something else", &["xyz"])]});
    write(&home, "index", &index);
    let names = |words: &[&str]| {
        let arguments = [&["plugin", "search", "--index", "./index", "--format", "json"], words].concat();
        home.run(&arguments).column("name")
    };
    assert_eq!(names(&[]), ["df-mine", "other"]);
    assert_eq!(names(&["DF", "space"]), ["df-mine"]);
    assert_eq!(names(&["df", "something"]), Vec::<String>::new());
    let text = home.run(&["plugin", "search", "--index", "./index", "space"]).stdout;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("outparse ")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(words, ["plugin", "add", REFERENCE, "--sha256", &sha256]);
}

#[test]
fn what_an_index_says_cannot_become_a_command() {
    let home = home();
    for reference in ["https://example.com/$(touch x)", "https://example.com/a;b", "oci://example.com/a b:1", "./file", "-x"] {
        let entry = json!({"name": "n", "version": "1", "summary": "s", "reference": reference, "sha256": "0".repeat(64)});
        write(&home, "index", &json!({"plugins": [entry]}));
        let ran = home.run(&["plugin", "search", "--index", "./index"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{reference}: {ran:?}");
        ran.says("is no reference to a plugin");
    }
}

#[test]
fn where_signatures_are_demanded_nothing_else_is_installed() {
    let home = home();
    let ran = configured(&home, "[trust]\ncosign = ['--key', 'k']\n", &["plugin", "add", "./mine.wasm"]);
    assert_eq!(ran.code, 125, "{ran:?}");
    ran.says("the configuration demands a signature: only what is in a registry has signatures");
    assert!(!home.path("data").exists(), "nothing is installed");
    // Not for a project to say, in either direction.
    fs::write(home.path("outparse.toml"), "[trust]\n").unwrap();
    let project = home.run(&["plugin", "list"]);
    assert_eq!(project.code, 2, "{project:?}");
    project.says("trust");
}

#[test]
fn a_run_touches_no_network_once_a_plugin_is_added() {
    let home = home();
    added(&home);
    // In a network of its own without an interface that is up.
    let alone = |arguments: &[&str]| {
        let mut run = home.program("unshare");
        Ran::from(run.args(["--net", "--map-root-user"]).arg(common::outparse()).args(arguments).output().unwrap())
    };
    for arguments in [&["df"][..], &["--plugin", "df-mine", "df"], &["which", "df"], &["schema", "df"], &["plugin", "list"]] {
        let ran = alone(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    }
    assert_eq!(alone(&["--plugin", "df-mine", "df"]).column("word"), ["good"]);
    // Nor does it try: it asks for no socket of a network. One that has to is seen to do so.
    if common::has(std::process::Command::new("strace").arg("-V").output().is_ok(), "`strace`") {
        let calls = |arguments: &[&str]| {
            let trace = home.path("trace");
            let mut run = home.program("strace");
            run.args(["-f", "-e", "trace=network", "-o"]).arg(&trace).arg(common::outparse()).args(arguments);
            run.output().unwrap();
            fs::read_to_string(&trace).unwrap()
        };
        let run = calls(&["--plugin", "df-mine", "df"]);
        assert!(run.contains("exited with 0") && !run.contains("AF_INET"), "{run}");
        assert!(calls(&["plugin", "add", "http://127.0.0.1:1/a.wasm"]).contains("AF_INET"));
    }
}
