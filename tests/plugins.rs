//! Plugins end to end: added, listed, shown, chosen, exchanged and removed with the built program in a home of its own.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;
#[path = "common/guest.rs"]
mod guest;
#[path = "common/server.rs"]
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use common::{Ran, Sandbox};
use guest::{Guest, digest};
use server::{Answer, Server};

/// A home with a `df` that prints one row.
fn home() -> Sandbox {
    Sandbox::new(&[("df", guest::DF)])
}

/// Writes a plugin into the home.
fn write(home: &Sandbox, file: &str, guest: &Guest) -> PathBuf {
    let path = home.path(file);
    fs::write(&path, guest.component()).unwrap();
    path
}

/// Adds a plugin that says this of itself.
#[track_caller]
fn add(home: &Sandbox, guest: &Guest) {
    write(home, "guest.wasm", guest);
    let ran = home.run(&["plugin", "add", "guest.wasm"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// The name of the parser that is tried first on a platform.
fn first(home: &Sandbox, platform: &str) -> String {
    let ran = home.run(&["--platform", platform, "which", "--format", "json", "df"]);
    ran.records()[0]["name"].as_str().unwrap().to_owned()
}

fn installed(home: &Sandbox) -> Vec<String> {
    let ran = home.run(&["plugin", "list", "--format", "json"]);
    let records = ran.records();
    let installed = records.iter().filter(|plugin| plugin["origin"] != "bundled");
    installed.map(|plugin| plugin["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plugin_is_added_used_and_removed() {
    let home = home();
    let guest = Guest::new("df-mine").platforms(&["plan9"]);
    let file = write(&home, "mine.wasm", &guest);
    let ran = home.run(&["plugin", "add", "mine.wasm"]);
    let short = &digest(&guest.component())[..12];
    assert_eq!((ran.code, ran.stdout.as_str()), (0, format!("installed df-mine 1.0.0 ({short}), which reads df\n").as_str()));
    // It is kept: the file it came from is no longer needed.
    fs::remove_file(&file).unwrap();
    let ran = home.run(&["--platform", "plan9", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "[\n{\"number\":7,\"word\":\"good\"}\n]\n"), "{ran:?}");
    assert_eq!(home.run(&["--platform", "linux", "df"]).column("filesystem"), ["/dev/a"]);
    let listed = home.run(&["plugin", "list"]).stdout;
    let line = listed.lines().find(|line| line.starts_with("df-mine")).unwrap();
    assert!(line.contains("plan9") && line.ends_with(file.to_str().unwrap()), "{line}");
    let removed = home.run(&["plugin", "remove", "df-mine"]);
    assert_eq!((removed.code, removed.stdout.as_str()), (0, "removed df-mine 1.0.0\n"));
    assert_eq!(home.run(&["--platform", "plan9", "df"]).column("filesystem"), ["/dev/a"]);
    assert_eq!(fs::read_dir(home.path("data/outparse/plugins")).unwrap().count(), 1, "the lock alone is left");
    let again = home.run(&["plugin", "remove", "df-mine"]);
    assert_eq!(again.code, 125);
    again.says("no plugin `df-mine` is installed");
    home.run(&["plugin", "remove", "df-gnu"]).says("it is part of the program");
}

#[test]
fn adding_compiles_once() {
    let home = home();
    add(&home, &Guest::new("df-mine"));
    let store = || {
        let entries = fs::read_dir(home.path("cache/outparse/plugins")).unwrap();
        entries
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.path(), entry.metadata().unwrap().modified().unwrap()))
            .collect::<Vec<_>>()
    };
    let compiled = store();
    assert_eq!(compiled.len(), 1);
    assert_eq!(home.run(&["--plugin", "df-mine", "df"]).code, 0);
    assert_eq!(store(), compiled);
}

#[test]
fn another_plugin_of_the_same_name_needs_to_be_asked_for() {
    let home = home();
    let (one, two) = (Guest::new("df-mine"), Guest::new("df-mine").version("2.0.0"));
    add(&home, &one);
    let same = home.run(&["plugin", "add", "guest.wasm"]);
    assert_eq!((same.code, same.stdout.ends_with("is installed already\n")), (0, true), "{same:?}");
    write(&home, "two.wasm", &two);
    let refused = home.run(&["plugin", "add", "two.wasm"]);
    assert_eq!(refused.code, 125);
    refused.says(&digest(&one.component()));
    refused.says(&digest(&two.component()));
    refused.says("hint: `--replace`");
    let replaced = home.run(&["plugin", "add", "--replace", "two.wasm"]);
    assert_eq!(replaced.code, 0);
    assert!(replaced.stdout.contains("installed df-mine 2.0.0"), "{replaced:?}");
    assert_eq!(installed(&home), ["df-mine"]);
}

#[test]
fn a_component_that_was_changed_is_refused() {
    let home = home();
    add(&home, &Guest::new("df-mine").platforms(&["linux"]));
    let kept = home
        .path("data/outparse/plugins")
        .join(format!("{}.wasm", digest(&Guest::new("df-mine").platforms(&["linux"]).component())));
    fs::write(&kept, Guest::new("df-mine").version("6.6.6").component()).unwrap();
    let ran = home.run(&["--platform", "linux", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (125, ""));
    ran.says("plugin `df-mine` cannot be loaded: its file has changed since it was added");
    ran.says("hint: ");
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o666)).unwrap();
    home.run(&["--platform", "linux", "df"]).says("others can write to it");
}

#[test]
fn only_what_is_a_plugin_is_added() {
    let home = home();
    let bundled = home.run(&["plugin", "export", "df-gnu", "gnu.wasm"]);
    assert_eq!(bundled.code, 0);
    write(&home, "gnu-name.wasm", &Guest::new("gnu"));
    fs::write(home.path("text.wasm"), "hello").unwrap();
    fs::write(home.path("long.wasm"), vec![0; 100]).unwrap();
    home.install("config", "[limits]\ncomponent = 99\n", "644");
    for (reference, why) in [
        ("gnu.wasm", "`df-gnu` is the name of a bundled plugin"),
        ("gnu-name.wasm", "`gnu` is the name of the dialect of a bundled plugin"),
        ("text.wasm", "cannot be loaded: it has 5 bytes and is no WebAssembly"),
        ("none.wasm", "No such file"),
        (".", "it is not a file"),
    ] {
        let ran = home.run(&["plugin", "add", reference]);
        assert_eq!(ran.code, 125, "{ran:?}");
        ran.says(why);
    }
    let mut limited = home.outparse(&["plugin", "add", "long.wasm"]);
    Ran::from(limited.env("OUTPARSE_CONFIG", home.path("config")).output().unwrap()).says("has more than 99 bytes");
    let ran = home.run(&["plugin", "add", "ftp://a/b.wasm"]);
    assert_eq!(ran.code, 2);
    ran.says("`ftp` is not spoken here");
    assert!(!home.path("data").exists());
}

#[test]
fn a_digest_that_was_asked_for_is_compared() {
    let home = home();
    let guest = Guest::new("df-mine");
    write(&home, "a.wasm", &guest);
    let other = home.run(&["plugin", "add", "a.wasm", "--sha256", &"0".repeat(64)]);
    assert_eq!(other.code, 125);
    other.says(&digest(&guest.component()));
    assert!(!home.path("data").exists());
    let same = home.run(&["plugin", "add", "a.wasm", "--sha256", &format!("sha256:{}", digest(&guest.component()))]);
    assert_eq!(same.code, 0, "{same:?}");
}

#[test]
fn a_plugin_is_shown_by_name_and_by_file() {
    let home = home();
    add(&home, &Guest::new("df-mine").platforms(&["plan9"]));
    for plugin in ["df-mine", "./guest.wasm"] {
        let text = home.run(&["plugin", "show", plugin]).stdout;
        for line in
            ["df-mine 1.0.0: A guest", "first on     plan9", "imports      nothing", "  number (integer)", "  word (text?)"]
        {
            assert!(text.contains(line), "`{line}` is not in {text}");
        }
        let shown: serde_json::Value =
            serde_json::from_str(&home.run(&["plugin", "show", plugin, "--format", "json"]).stdout).unwrap();
        assert_eq!(shown["sha256"], digest(&Guest::new("df-mine").platforms(&["plan9"]).component()));
        assert_eq!(shown["exports"], serde_json::json!(["outparse:plugin/parser@0.2.0"]));
        assert_eq!(shown["fields"][1]["nullable"], true);
        assert!(shown["metadata"]["made with"].as_str().unwrap().contains("wit-component"), "{shown}");
    }
    let missing = home.run(&["plugin", "show", "df-yours"]);
    assert_eq!(missing.code, 125);
    missing.says("there is no plugin `df-yours`");
}

#[test]
fn what_is_no_plugin_is_shown_with_the_reason() {
    let home = home();
    fs::write(
        home.path("other.wasm"),
        wat::parse_str("(component (import \"wasi:cli/run@0.2.0\" (func)) (@custom \"authors\" \"A\\1b[31m\"))").unwrap(),
    )
    .unwrap();
    let ran = home.run(&["plugin", "show", "./other.wasm"]);
    assert_eq!(ran.code, 125);
    assert!(ran.stdout.contains("authors      A\\u{1b}[31m\n"), "{ran:?}");
    ran.says("imports `wasi:cli/run@0.2.0`, and a plugin may import nothing");
}

#[test]
fn what_was_exported_can_be_used_elsewhere() {
    let home = home();
    assert_eq!(home.run(&["plugin", "export", "df-gnu", "gnu.wasm"]).code, 0);
    let ran = home.run(&["--plugin", "./gnu.wasm", "df"]);
    assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned()]));
    add(&home, &Guest::new("df-mine"));
    assert_eq!(home.run(&["plugin", "export", "df-mine", "mine.wasm"]).code, 0);
    assert_eq!(fs::read(home.path("mine.wasm")).unwrap(), Guest::new("df-mine").component());
}

#[test]
fn an_installed_plugin_replaces_the_bundled_one_on_its_platforms_alone() {
    let home = home();
    add(&home, &Guest::new("df-mine").platforms(&["macos", "plan9"]));
    assert_eq!(
        ["macos", "plan9", "linux", "freebsd"].map(|platform| first(&home, platform)),
        ["df-mine", "df-mine", "df-gnu", "df-bsd"]
    );
}

#[test]
fn the_configuration_and_the_project_choose_an_installed_plugin() {
    let home = home();
    add(&home, &Guest::new("df-mine"));
    assert_eq!(first(&home, "linux"), "df-gnu");
    fs::create_dir(home.path("outparse")).unwrap();
    fs::write(home.path("outparse/config.toml"), "[parsers.linux]\ndf = 'df-mine'\n").unwrap();
    assert_eq!(["linux", "macos"].map(|platform| first(&home, platform)), ["df-mine", "df-bsd"]);
    home.install("outparse.toml", "[parsers]\ndf = 'busybox'\n", "644");
    assert_eq!(["linux", "macos"].map(|platform| first(&home, platform)), ["df-busybox", "df-busybox"]);
    let why = home.run(&["which", "df"]);
    assert!(why.stdout.contains("set in the project's outparse.toml"), "{why:?}");
    let flag = home.run(&["--plugin", "gnu", "which", "--format", "json", "df"]);
    assert_eq!(flag.column("name"), ["df-gnu"]);
}

#[test]
fn a_project_s_parser_is_seen_from_its_file() {
    let home = home();
    write(&home, "parser.wasm", &Guest::new("df-mine"));
    home.install("outparse.toml", "[parsers]\ndf = './parser.wasm'\n", "644");
    fs::create_dir_all(home.path("a/b")).unwrap();
    let mut below = home.outparse(&["df"]);
    let ran = Ran::from(below.current_dir(home.path("a/b")).output().unwrap());
    assert_eq!((ran.code, ran.column("word")), (0, vec!["good".to_owned()]), "{ran:?}");
    ran.says_nothing();
}

#[test]
fn a_project_that_others_can_write_to_is_not_honoured_and_the_user_is_told() {
    let home = home();
    home.install("outparse.toml", "[parsers]\ndf = 'busybox'\n", "666");
    let ran = home.run(&["--platform", "linux", "df"]);
    assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned()]), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1);
    ran.says("outparse.toml` is not used: others can write to it");
    home.install("outparse.toml", "[limits]\nmemory = 1\n", "644");
    let ran = home.run(&["df"]);
    assert_eq!(ran.code, 2);
    ran.says("a project cannot set `[limits]`");
}

#[test]
fn a_lock_that_is_damaged_is_an_error() {
    let home = home();
    add(&home, &Guest::new("df-mine"));
    fs::write(home.path("data/outparse/plugins/plugins.lock"), "version = 1\n[[plugin]]\nname = 3\n").unwrap();
    let ran = home.run(&["df"]);
    assert_eq!(ran.code, 125);
    ran.says("plugins.lock` is damaged");
}

#[test]
fn what_each_parser_answers_is_shown() {
    let home = home();
    add(&home, &Guest::new("df-mine").platforms(&["macos"]).refuses());
    let answers = |arguments: &[&str]| {
        let ran = home.run(arguments);
        let answers = ran
            .records()
            .iter()
            .map(|place| format!("{}: {}", place["name"], place["answer"]).replace('"', ""))
            .collect::<Vec<_>>();
        (ran, answers)
    };
    let (ran, tried) = answers(&["--platform", "macos", "which", "--try", "--format", "json", "df"]);
    assert_eq!(tried.len(), 4, "{ran:?}");
    assert!(tried[0].starts_with("df-mine: {answer:unrecognised,column:0,expected:not mine,line:2}"), "{tried:?}");
    assert!(tried[3].contains("df-gnu: {answer:recognised,problems:0,records:1,used:true}"), "{tried:?}");
    ran.says_nothing();
    fs::write(home.path("capture"), "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n/dev/b x\n")
        .unwrap();
    let (_, read) = answers(&["--platform", "linux", "which", "--input", "capture", "--format", "json", "df"]);
    assert!(read[0].contains("recognised,problems:1,records:1"), "{read:?}");
    let text = home.run(&["--platform", "linux", "which", "--input", "capture", "df"]).stdout;
    assert!(text.contains("\n   recognised: 1 record, 1 problem\n"), "{text}");
    assert!(text.ends_with("\n   not recognised: line 2: not mine\n"), "{text}");
}

#[test]
fn without_being_asked_which_runs_nothing_and_says_how_to() {
    let home = Sandbox::new(&[("df", "echo > ran")]);
    let ran = home.run(&["which", "df"]);
    assert_eq!(ran.code, 0);
    ran.says("`--try` runs the command");
    assert_eq!(home.files(), ["df"]);
}

#[test]
fn a_capture_becomes_a_fixture() {
    let home = home();
    let capture = ["plugin", "capture", "--from", "plan9-4", "--folder", "mine", "df", "-h", "--total"];
    let ran = home.run(&capture);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "mine/fixtures/plan9-4/h-total: 76 bytes\n"), "{ran:?}");
    let read = |file: &str| fs::read_to_string(home.path("mine/fixtures/plan9-4/h-total").join(file)).unwrap();
    assert_eq!(read("command"), "df\n-h\n--total\n");
    assert!(read("output").ends_with("/dev/a 100 60 40 60% /a\n"));
    let again = home.run(&capture);
    assert_eq!(again.code, 125);
    again.says("is there already");
    let named = home.run(&["plugin", "capture", "--name", "mine", "df"]);
    assert_eq!(named.code, 0, "{named:?}");
    let outside = home.run(&["plugin", "capture", "--name", "../mine", "df"]);
    assert_eq!(outside.code, 2);
    let missing = home.run(&["plugin", "capture", "no-such-program"]);
    assert_eq!(missing.code, 127);
}

#[test]
fn a_capture_that_is_too_long_or_cut_short_is_not_kept() {
    let home = Sandbox::new(&[("df", "head -c 20000000 /dev/zero; echo; exec sleep 60"), ("w", "echo x; exec sleep 60")]);
    let long = home.run(&["plugin", "capture", "df"]);
    assert_eq!(long.code, 125);
    long.says("`df` printed more than 16 MiB");
    let late = home.run(&["--timeout", "200ms", "plugin", "capture", "w"]);
    assert_eq!(late.code, 125);
    late.says("`w` was ended before it had printed everything");
    assert!(!home.path("fixtures").exists());
    fs::write(home.path("long"), vec![b'x'; (16 << 20) + 1]).unwrap();
    home.run(&["which", "--input", "long", "df"]).says("the capture has more than 16 MiB");
    home.wait_until_no_process_is_left();
}

#[test]
fn a_plugin_is_downloaded() {
    let home = home();
    let guest = Guest::new("df-mine");
    let server = Server::start(vec![("/a.wasm", Answer::ok(guest.component())), ("/b.wasm", Answer::redirect("/a.wasm"))]);
    let ran = home.run(&["plugin", "add", &server.url("/b.wasm")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lock = fs::read_to_string(home.path("data/outparse/plugins/plugins.lock")).unwrap();
    assert!(lock.contains(&format!("origin = \"{}\"", server.url("/b.wasm"))), "{lock}");
}

#[test]
fn a_download_that_goes_wrong_installs_nothing() {
    let home = home();
    home.install("config", "[limits]\ncomponent = 200000\n", "644");
    let server = Server::start(vec![
        ("/none", Answer::status("404 Not Found")),
        ("/large", Answer::ok(vec![0; 200_001])),
        ("/endless", Answer::endless()),
        ("/short", Answer::ok(b"half".to_vec()).claiming(400)),
        ("/away", Answer::redirect("http://example.com/a.wasm")),
        ("/round", Answer::redirect("/round")),
        ("/text", Answer::ok(b"hello, world".to_vec())),
    ]);
    for (path, why) in [
        ("/none", "the server answers 404 Not Found"),
        ("/large", "has more than 200000 bytes"),
        ("/endless", "has more than 200000 bytes"),
        ("/short", "cannot be fetched"),
        ("/away", "it leads to a place that is not encrypted"),
        ("/round", "there are too many redirects"),
        ("/text", "is no WebAssembly"),
    ] {
        let mut add = home.outparse(&["plugin", "add", &server.url(path)]);
        let ran = Ran::from(add.env("OUTPARSE_CONFIG", home.path("config")).output().unwrap());
        assert_eq!(ran.code, 125, "{ran:?}");
        ran.says(why);
    }
    // The other end speaks no TLS.
    let encrypted = home.run(&["plugin", "add", &server.url("/text").replace("http:", "https:")]);
    assert_eq!(encrypted.code, 125);
    encrypted.says("cannot be fetched");
    let plain = home.run(&["plugin", "add", "http://example.com/a.wasm"]);
    assert_eq!(plain.code, 125);
    plain.says("is not encrypted");
    assert!(!home.path("data").exists());
}

#[test]
fn the_fuzz_target_has_every_plugin() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = fs::read_to_string(root.join("tests/fuzz/Cargo.toml")).unwrap();
    for manifest in glob::glob(&format!("{}/plugins/*/*/Cargo.toml", root.display())).unwrap() {
        let manifest = manifest.unwrap();
        let is_plugin = fs::read_to_string(&manifest).unwrap().contains("\"cdylib\"");
        let folder = manifest.parent().unwrap().strip_prefix(root).unwrap().display().to_string();
        assert!(!is_plugin || listed.contains(&format!("\"../../{folder}\"")), "tests/fuzz/Cargo.toml lacks {folder}");
    }
}
