//! The program end to end, in ordinary use: what each option does, and what is said about each way a command ends.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use common::{ONE_ROW, Ran, Sandbox};

const MACOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seed/df-macos.txt");

/// Two filesystems as GNU df prints them.
const TWO_ROWS: &str = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n/dev/b 200 50 150 25% /b\n";

fn nothing() -> Sandbox {
    Sandbox::new(&[])
}

fn df() -> Sandbox {
    Sandbox::new(&[("df", &format!("printf '%s' '{TWO_ROWS}'"))])
}

/// Runs it with something to read.
fn run_with_input(arguments: &[&str], input: &str) -> Ran {
    let sandbox = nothing();
    let mut child =
        sandbox.outparse(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::from(child.wait_with_output().unwrap())
}

#[test]
fn this_machine_s_filesystems_are_printed() {
    let ran = nothing().run(&["df", "-h"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.column("mounted_on").contains(&"/".to_owned()), "{ran:?}");
    ran.says_nothing();
}

#[test]
fn a_command_can_be_spelled_out() {
    for words in [&["run", "--", "df"][..], &["run", "df"], &["--format", "json", "df"], &["run", "--format", "json", "df"]] {
        let ran = df().run(words);
        assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned(), "/dev/b".to_owned()]), "{words:?}");
    }
}

#[test]
fn what_follows_the_command_is_the_command_s_own() {
    let sandbox = Sandbox::new(&[("df", &format!("echo \"$*\" > arguments; {ONE_ROW}"))]);
    assert_eq!(sandbox.run(&["df", "--format", "csv", "--trace", "--", "-x"]).code, 0);
    assert_eq!(sandbox.wait_for("arguments"), "--format csv --trace -- -x\n");
}

#[test]
fn arguments_are_no_shell_s() {
    let sandbox = Sandbox::new(&[("df", &format!("printf '%s\\n' \"$@\" > arguments; {ONE_ROW}"))]);
    assert_eq!(sandbox.run(&["df", "$(touch a)", "`touch b`", "; touch c", "> d", "*", "a b"]).code, 0);
    assert_eq!(sandbox.wait_for("arguments"), "$(touch a)\n`touch b`\n; touch c\n> d\n*\na b\n");
    assert_eq!(sandbox.files(), ["arguments", "df"]);
}

#[test]
fn a_capture_is_parsed_from_standard_input() {
    for arguments in [&["parse", "df"][..], &["--format", "json", "parse", "df"], &["parse", "df", "--format", "json"]] {
        let ran = run_with_input(arguments, TWO_ROWS);
        assert_eq!((ran.code, ran.column("used")), (0, vec!["61440".to_owned(), "51200".to_owned()]), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_capture_is_parsed_from_a_file() {
    let ran = nothing().run(&["parse", "--platform", "macos", "df", "--input", MACOS, "--fields", "mounted_on"]);
    assert_eq!((ran.code, ran.column("mounted_on").len()), (0, 3), "{ran:?}");
    let missing = nothing().run(&["parse", "df", "--input", "no-such-file"]);
    assert_eq!(missing.code, 125);
    missing.says("`no-such-file` cannot be read: No such file");
}

#[test]
fn the_parser_is_told_the_arguments_of_a_capture() {
    let capture = "Filesystem Size Used Avail Use% Mounted on\n/dev/a 1.0M 500k 500k 50% /a\n";
    let binary = run_with_input(&["parse", "df", "--", "-h"], capture);
    let decimal = run_with_input(&["parse", "df", "--", "-H"], capture);
    assert_eq!((binary.column("size"), decimal.column("size")), (vec!["1048576".to_owned()], vec!["1000000".to_owned()]));
}

#[test]
fn every_format_is_printed() {
    let print = |format| {
        let ran = df().run(&["--format", format, "--fields", "filesystem,used", "df"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    };
    assert_eq!(print("json"), "[\n{\"filesystem\":\"/dev/a\",\"used\":61440},\n{\"filesystem\":\"/dev/b\",\"used\":51200}\n]\n");
    assert_eq!(print("jsonl"), "{\"filesystem\":\"/dev/a\",\"used\":61440}\n{\"filesystem\":\"/dev/b\",\"used\":51200}\n");
    assert_eq!(print("csv"), "filesystem,used\n/dev/a,61440\n/dev/b,51200\n");
    assert_eq!(print("yaml"), "- filesystem: /dev/a\n  used: 61440\n- filesystem: /dev/b\n  used: 51200\n");
    assert_eq!(print("table"), "filesystem      used\n/dev/a      60.0 KiB\n/dev/b      50.0 KiB\n");
    // The continuation marker of an encapsulated message, with which an Arrow stream begins.
    let arrow = df().outparse(&["--format", "arrow", "df"]).output().unwrap();
    assert_eq!(arrow.stdout[..4], [0xff; 4]);
}

#[test]
fn markdown_shows_values_as_a_table_does() {
    let ran = df().run(&["--format", "markdown", "--fields", "filesystem,used", "df"]);
    assert_eq!(
        ran.stdout,
        "| filesystem |     used |\n|------------|---------:|\n| /dev/a     | 60.0 KiB |\n| /dev/b     | 50.0 KiB |\n"
    );
}

#[test]
fn no_records_are_a_document_too() {
    let sandbox = Sandbox::new(&[("df", "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'")]);
    let print = |format| sandbox.run(&["--format", format, "--fields", "filesystem,used", "df"]).stdout;
    assert_eq!(print("json"), "[]\n");
    assert_eq!(print("jsonl"), "");
    assert_eq!(print("csv"), "filesystem,used\n");
    assert_eq!(print("yaml"), "[]\n");
}

#[test]
fn fields_are_printed_in_the_order_asked_for() {
    let ran = df().run(&["--format", "csv", "--fields", "used,filesystem", "df"]);
    assert_eq!(ran.stdout, "used,filesystem\n61440,/dev/a\n51200,/dev/b\n");
}

#[test]
fn an_unknown_field_is_a_usage_error_that_names_the_fields() {
    let ran = df().run(&["--fields", "used,size_of", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    ran.says("there is no field `size_of`; the fields are filesystem, ");
}

#[test]
fn another_platform_s_capture_is_read() {
    let ran = nothing().run(&["--platform", "macos", "parse", "df", "--input", MACOS]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.column("available"), ["250181844992", "168577466368", "2528876743884"], "{ran:?}");
}

#[test]
fn a_parser_is_asked_for_by_dialect_and_by_name() {
    for plugin in ["bsd", "df-bsd"] {
        let ran = nothing().run(&["--plugin", plugin, "parse", "df", "--input", MACOS]);
        assert_eq!((ran.code, ran.records().len()), (0, 3), "{ran:?}");
    }
    let unknown = nothing().run(&["--plugin", "vms", "parse", "df", "--input", MACOS]);
    assert_eq!(unknown.code, 125);
    unknown.says("no parser `vms` for `df`");
    unknown.says("`df-bsd`");
}

#[test]
fn a_parser_is_asked_for_by_file() {
    let missing = nothing().run(&["--plugin", "./no-such.wasm", "parse", "df", "--input", MACOS]);
    assert_eq!(missing.code, 125);
    missing.says("./no-such.wasm");
    let Some(component) = component("outparse_df_bsd") else { return };
    let ran = nothing().run(&["--plugin", component.to_str().unwrap(), "parse", "df", "--input", MACOS]);
    assert_eq!((ran.code, ran.records().len()), (0, 3), "{ran:?}");
}

#[test]
fn of_a_plugin_with_several_parsers_for_a_command_each_is_asked() {
    const TREE: &str = "/:  Bus 02.Port 1: Dev 1, Class=root_hub, Driver=uhci_hcd/2p, 12M\n";
    let component = component("outparse_hardware_linux");
    let file = component.as_deref().map(|component| component.to_str().unwrap());
    for plugin in [Some("hardware-linux"), file].into_iter().flatten() {
        let ran = run_with_input(&["--plugin", plugin, "parse", "lsusb"], TREE);
        assert_eq!((ran.code, ran.column("driver")), (0, vec!["uhci_hcd".to_owned()]), "{plugin}: {ran:?}");
        let refused = run_with_input(&["--plugin", plugin, "parse", "lsusb"], "hello\n");
        refused.says("expected a device, `Bus 001 Device 001");
        refused.says("expected a bus, as in");
    }
}

/// A component as the build left it beside the binary.
fn component(name: &str) -> Option<std::path::PathBuf> {
    let builds = std::fs::read_dir(common::outparse().parent()?.join("build")).ok()?;
    let files = builds.filter_map(|build| Some(build.ok()?.path().join("out").join(name).with_extension("component.wasm")));
    files.filter(|file| file.exists()).max_by_key(|file| file.metadata().and_then(|metadata| metadata.modified()).ok())
}

#[test]
fn the_configuration_chooses_the_parser() {
    let sandbox = nothing();
    let first = |configuration: &str, platform: &str| {
        let file = sandbox.install("config", configuration, "644");
        let output = sandbox.outparse(&["--platform", platform, "which", "df"]).env("OUTPARSE_CONFIG", file).output().unwrap();
        Ran::from(output).stdout.lines().next().unwrap().to_owned()
    };
    assert!(first("[parsers]\ndf = 'bsd'\n", "linux").starts_with("1. df-bsd"));
    let per_platform = "[parsers]\ndf = 'bsd'\n[parsers.macos]\ndf = 'busybox'\n";
    assert!(first(per_platform, "linux").starts_with("1. df-bsd"));
    assert!(first(per_platform, "macos").starts_with("1. df-busybox"));
    let broken = sandbox.install("config", "[parser]\n", "644");
    let ran = Ran::from(sandbox.outparse(&["df"]).env("OUTPARSE_CONFIG", broken).output().unwrap());
    assert_eq!(ran.code, 2);
    ran.says("unknown field `parser`");
}

#[test]
fn the_parsers_and_the_reasons_are_listed() {
    let ran = df().run(&["--platform", "linux", "which", "df", "-h"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 3), "{ran:?}");
    assert!(ran.stdout.starts_with("1. df-gnu 0.1.0 (bundled, "), "{ran:?}");
    assert!(ran.stdout.lines().next().unwrap().ends_with("): first choice for the platform"), "{ran:?}");
}

#[test]
fn the_parsers_of_a_file_are_listed_and_asked() {
    let sandbox = Sandbox::new(&[]);
    // Not the program `stat` of the folder `/proc`.
    let listed = sandbox.run(&["which", "/proc/stat"]);
    assert!(listed.stdout.starts_with("1. proc-linux/stat "), "{listed:?}");
    assert_eq!(
        listed.stderr,
        "outparse: nothing was read: `--try` reads the file, `--input FILE` a copy of it, and both show what each parser answers\n"
    );
    let copy = sandbox.install("copy", "root:x:0:0:root:/root:/bin/sh\nx\n", "644");
    let asked = [&["which", "--try", "/proc/loadavg"][..], &["which", "--input", copy.to_str().unwrap(), "/etc/passwd"]];
    let answers = asked.map(|words| sandbox.run(words).stdout.lines().nth(1).unwrap().to_owned());
    assert_eq!(answers, ["   recognised: 1 record, 0 problems", "   recognised: 1 record, 1 problem"]);
    // A program by its path is none; one that is not there has no family.
    assert!(sandbox.run(&["--platform", "linux", "which", "/nowhere/df"]).stdout.starts_with("1. df-gnu"));
}

#[test]
fn a_file_takes_no_arguments() {
    let ran = Sandbox::new(&[]).run(&["/proc/loadavg", "--format", "csv"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    ran.says("`/proc/loadavg` is a file and takes no arguments: if `--format` is an option of outparse, it stands before it");
}

#[test]
fn a_command_speaks_c_with_utf8_characters_unless_asked_otherwise() {
    let sandbox = Sandbox::new(&[(
        "df",
        &format!("echo \"<$LC_ALL/$LC_CTYPE/$LC_MESSAGES/$LANGUAGE$POSIXLY_CORRECT$DU_BLOCK_SIZE>\" > locale; {ONE_ROW}"),
    )]);
    let locale = |arguments: &[&str]| {
        let output = sandbox
            .outparse(arguments)
            .env("LC_ALL", "de_DE.UTF-8")
            .env("LANGUAGE", "de")
            .env("POSIXLY_CORRECT", "1")
            .env("DU_BLOCK_SIZE", "M")
            .env_remove("LC_CTYPE")
            .output()
            .unwrap();
        assert!(output.status.success());
        sandbox.wait_for("locale")
    };
    assert_eq!(locale(&["df"]), "</C.UTF-8/C/>\n");
    assert_eq!(locale(&["--locale", "inherit", "df"]), "<de_DE.UTF-8///de1M>\n");
    assert_eq!(locale(&["--locale", "ja_JP.UTF-8", "df"]), "<ja_JP.UTF-8///de1M>\n");
}

#[test]
fn a_command_reads_what_it_is_given() {
    let sandbox = nothing();
    let text = |ran: Ran| {
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.records().iter().flat_map(|record| record.as_object().unwrap().values()).map(ToString::to_string).collect::<String>()
    };
    assert!(text(sandbox.run(&["--input-text", "abc", "tr", "a-c", "A-C"])).contains("ABC"));
    let file = sandbox.install("input", "cab\n", "644");
    assert!(text(sandbox.run(&["--stdin", file.to_str().unwrap(), "tr", "a-c", "A-C"])).contains("CAB"));
    assert_eq!(text(sandbox.run(&["--stdin", "null", "tr", "a", "b"])), "");
    assert!(text(run_with_input(&["tr", "a-c", "A-C"], "bca\n")).contains("BCA"));
    let missing = sandbox.run(&["--stdin", "no-such-file", "tr", "a", "b"]);
    assert_eq!(missing.code, 125);
    missing.says("`no-such-file` cannot be read");
}

#[test]
fn the_steps_of_a_run_are_traced() {
    let ran = df().run(&["--trace", "df"]);
    assert_eq!((ran.code, ran.records().len()), (0, 2));
    let mut last = 0;
    for step in ["launching process", "process started ", "read 101 bytes from stdout", "process exited", "return code 0"] {
        last += ran.stderr[last..].find(step).unwrap_or_else(|| panic!("`{step}` does not follow: {ran:?}"));
    }
    ran.says("parsing results with df-gnu");
}

#[test]
fn a_bad_row_is_reported_and_the_others_are_kept() {
    let sandbox = Sandbox::new(&[("df", &format!("{ONE_ROW}; echo 'not a row'; echo '/dev/b 200 50 150 25% /b'"))]);
    let ran = sandbox.run(&["df"]);
    assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned(), "/dev/b".to_owned()]), "{ran:?}");
    ran.says("line 3");
    let strict = sandbox.run(&["--strict", "df"]);
    assert_eq!((strict.code, strict.records().len()), (125, 2));
    strict.says("and `--strict` was given");
}

#[test]
fn text_that_is_not_utf8_is_shown_as_asked() {
    let sandbox = Sandbox::new(&[("df", &format!("{ONE_ROW}; printf '/dev/b 200 50 150 25%% /caf\\351\\n'"))]);
    let last = |how| sandbox.run(&["--bad-text", how, "df"]).column("mounted_on").pop();
    assert_eq!(last("escape").unwrap(), "/caf\\xe9");
    assert_eq!(last("replace").unwrap(), "/caf\u{fffd}");
    let failed = sandbox.run(&["--bad-text", "fail", "df"]);
    assert_eq!(failed.code, 125);
    failed.says("is not UTF-8");
}

#[test]
fn a_command_without_a_parser_is_an_error_that_names_those_with_one() {
    let ran = nothing().run(&["no-such-thing"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (125, ""));
    ran.says("no parser for `no-such-thing`");
    ran.says("hint: `outparse plugin list --commands` names the ");
    let listed = nothing().run(&["plugin", "list", "--commands"]).stdout;
    assert!(
        listed.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["df", "df-bsd,", "df-busybox,", "df-gnu"]),
        "{listed}"
    );
}

#[test]
fn a_command_that_is_not_there_is_127() {
    let ran = Ran::from(nothing().outparse(&["df"]).env("PATH", "/no-such-folder").output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (127, "", "outparse: error: `df`: command not found\n"));
    assert_eq!(nothing().run(&["./df"]).code, 127);
}

#[test]
fn a_command_that_cannot_be_executed_is_126() {
    let sandbox = nothing();
    let file = sandbox.install("df", "no program", "644");
    for name in ["df", file.to_str().unwrap()] {
        let ran = Ran::from(sandbox.outparse(&[name]).env("PATH", file.parent().unwrap()).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (126, ""));
        ran.says("df` cannot be run: Permission denied");
    }
}

#[test]
fn a_script_whose_interpreter_is_missing_is_126() {
    let sandbox = nothing();
    let script = sandbox.install("df", "#!/no/such/shell -e\n", "755");
    for name in ["df", script.to_str().unwrap()] {
        // Another `df` later in `PATH` would be run instead, as by a shell.
        let ran = Ran::from(sandbox.outparse(&[name]).env("PATH", script.parent().unwrap()).output().unwrap());
        assert_eq!(ran.code, 126);
        ran.says("df` cannot be run: its interpreter `/no/such/shell` is not there");
    }
}

#[test]
fn a_command_that_fails_keeps_its_status_and_its_rows() {
    let ran = Sandbox::new(&[("df", &format!("{ONE_ROW}; exit 7"))]).run(&["df"]);
    assert_eq!((ran.code, ran.column("filesystem")), (7, vec!["/dev/a".to_owned()]));
    assert_eq!(ran.stderr, "outparse: `df` failed with exit status 7\n");
}

#[test]
fn a_command_that_prints_nothing_is_told_of() {
    let quiet = Sandbox::new(&[("df", "exit 0")]).run(&["df"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "[]\n", "outparse: `df` printed nothing\n"));
    let failed = Sandbox::new(&[("df", "echo 'df: oh no' >&2; exit 3")]).run(&["df"]);
    assert_eq!((failed.code, failed.stdout.as_str()), (3, "[]\n"));
    assert_eq!(failed.stderr, "df: oh no\noutparse: `df` failed with exit status 3 and printed nothing\n");
}

#[test]
fn what_df_can_say_is_printed_with_its_own_complaint_and_status() {
    let ran = nothing().run(&["df", "/nonexistent", "/"]);
    assert_eq!((ran.code, ran.column("mounted_on")), (1, vec!["/".to_owned()]), "{ran:?}");
    ran.says("/nonexistent");
    ran.says("outparse: `df` failed with exit status 1\n");
}

#[test]
fn garbage_is_refused_with_every_parser_s_reason() {
    let ran = Sandbox::new(&[("df", "echo garbage; echo more garbage")]).run(&["df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (125, ""));
    for text in [
        "this is not the output of `df` that any parser knows",
        "df-gnu 0.1.0: line 1",
        "df-bsd 0.1.0: line 1",
        "df-busybox 0.1.0: line 1",
    ] {
        ran.says(text);
    }
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let sandbox = df();
    for arguments in [&["--output", "out.json", "df"][..], &["parse", "df", "--input", MACOS, "--output", "out.json"]] {
        std::fs::write(sandbox.path("out.json"), "before").unwrap();
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
        let written = std::fs::read_to_string(sandbox.path("out.json")).unwrap();
        assert!(written.starts_with("[\n{\"filesystem\"") && written.ends_with("}\n]\n"), "{written}");
        assert_eq!(sandbox.files(), ["df", "out.json"]);
    }
}

#[test]
fn a_file_is_left_as_it_was_when_the_run_fails() {
    let sandbox = Sandbox::new(&[("df", "echo garbage"), ("out.json", "before")]);
    for arguments in [&["--output", "out.json", "df"][..], &["--output", "out.json", "--strict", "parse", "df", "--input", "df"]]
    {
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{ran:?}");
        assert_eq!(std::fs::read_to_string(sandbox.path("out.json")).unwrap(), "#!/bin/sh\nbefore\n");
        assert_eq!(sandbox.files(), ["df", "out.json"]);
    }
    let nowhere = sandbox.run(&["--output", "no-such-folder/out.json", "df"]);
    assert_eq!(nowhere.code, 125);
    nowhere.says("`no-such-folder/out.json` cannot be written: No such file");
}

#[test]
fn a_link_or_a_device_given_for_output_stays_what_it_is() {
    let sandbox = df();
    std::os::unix::fs::symlink("target.json", sandbox.path("link.json")).unwrap();
    std::fs::write(sandbox.path("target.json"), "before").unwrap();
    assert_eq!(sandbox.run(&["--output", "link.json", "df"]).code, 0);
    assert!(std::fs::symlink_metadata(sandbox.path("link.json")).unwrap().is_symlink());
    assert!(std::fs::read_to_string(sandbox.path("target.json")).unwrap().starts_with("[\n{"));
    assert_eq!(sandbox.run(&["--output", "/dev/stdout", "df"]).records().len(), 2);
}

#[test]
fn a_full_disk_is_an_error() {
    let full = Path::new("/dev/full");
    let output = df().outparse(&["df"]).stdout(std::fs::File::options().write(true).open(full).unwrap()).output().unwrap();
    let ran = Ran::from(output);
    assert_eq!(ran.code, 125);
    ran.says("No space left on device");
}

#[test]
fn messages_that_nobody_can_hear_change_nothing() {
    let sandbox = Sandbox::new(&[("df", &format!("{ONE_ROW}; echo 'not a row'; exit 4"))]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = Ran::from(sandbox.outparse(&["--trace", "df"]).stderr(full).output().unwrap());
    assert_eq!((ran.code, ran.records().len()), (4, 1), "{ran:?}");
}

#[test]
fn wrong_arguments_are_a_usage_error() {
    for arguments in [&["--format", "xml", "df"][..], &["--timeout", "5d", "df"], &["--no-such-option", "df"], &["run"], &[]] {
        assert_eq!(nothing().run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn the_help_names_the_exit_statuses() {
    let help = nothing().run(&["help", "exit-status"]).stdout;
    for status in ["124", "125", "126", "127", "128+N"] {
        assert!(help.contains(status), "{help}");
    }
}

#[test]
fn a_database_gets_the_rows_of_each_run() {
    let sandbox = df();
    let into = ["--format", "sqlite", "--output", "inventory.db"];
    for arguments in [&["df"][..], &["--where", "use_percent > 50", "df"], &["--into", "disks", "df"]] {
        let ran = sandbox.run(&[&into[..], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{arguments:?}");
    }
    let database = sandbox.path("inventory.db");
    let Some(counted) =
        common::sqlite3(&database, "select count(*), count(distinct recorded_at) <= 2 from df; select count(*) from disks")
    else {
        return;
    };
    assert_eq!(counted, "3|1\n2\n");
    assert_eq!(
        common::sqlite3(&database, "select typeof(size), typeof(mounted_on), typeof(recorded_at) from df limit 1").unwrap(),
        "integer|text|text\n"
    );
    assert!(common::sqlite3(&database, ".schema df").unwrap().contains("\"size\" INTEGER -- bytes"));
}

#[test]
fn a_database_has_all_of_a_run_or_nothing() {
    let sandbox = Sandbox::new(&[("df", &format!("{ONE_ROW}; echo 'not a row'"))]);
    let ran = sandbox.run(&["--format", "sqlite", "--output", "inventory.db", "--strict", "df"]);
    assert_eq!(ran.code, 125, "{ran:?}");
    assert_eq!(
        common::sqlite3(&sandbox.path("inventory.db"), "select count(*) from sqlite_master").unwrap_or("0\n".to_owned()),
        "0\n"
    );
    let refused = |arguments: &[&str], said: &str| {
        let ran = sandbox.run(arguments);
        assert!(ran.code != 0 && ran.stderr.contains(said), "{arguments:?}: {ran:?}");
    };
    refused(&["--format", "sqlite", "df"], "a database is a file");
    refused(&["--into", "x", "--output", "y.json", "df"], "needs `--format sqlite`");
    std::fs::write(sandbox.path("text.db"), "no database at all, however long one looks at it".repeat(20)).unwrap();
    refused(&["--format", "sqlite", "--output", "text.db", "df"], "cannot be written as an SQLite database");
}
