//! What a user is left with when a parser fails: the place, the bytes, and a report that can be replayed elsewhere.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{HANG, ONE_ROW, Ran, Sandbox, send};
use nix::sys::signal::Signal;

/// A table with a row that is none, after a byte that is no UTF-8 and before an escape sequence.
const BROKEN: &str =
    r"printf 'Filesystem 1K-blocks Used Available Use%% Mounted on\n/dev/a 100 60 40 60%% /\377\n/dev/\033b 1\n'";

fn df(script: &str) -> Sandbox {
    Sandbox::new(&[("df", script)])
}

// The place.

#[test]
fn a_problem_shows_its_line_and_names_plugin_and_version() {
    let ran = df(BROKEN).run(&["df"]);
    assert_eq!((ran.code, ran.records().len()), (0, 1), "{ran:?}");
    ran.says("outparse: df-gnu 0.1.0: error: line 3: ");
    ran.says("\n  3 │ /dev/\\u{1b}b 1\n");
    assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
}

#[test]
fn what_the_system_refuses_is_named() {
    let sandbox = df(ONE_ROW);
    let limited = |limit: &str| {
        let script = format!("ulimit {limit} && exec \"$0\" df");
        Ran::from(sandbox.program("sh").args(["-c", &script]).arg(common::outparse()).output().unwrap())
    };
    for (limit, needed) in [("-n 8", "`ulimit -n`"), ("-v 2000000", "`ulimit -v`")] {
        let ran = limited(limit);
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{ran:?}");
        ran.says(needed);
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    }
    assert_eq!(limited("-n 256").records().len(), 1);
}

#[test]
fn a_column_is_marked() {
    // The second dialect is told where the first gave up, too; all of them mean one line, which is shown once.
    let ran = df("echo 'no table at all'").run(&["df"]);
    assert_eq!(ran.code, 125);
    for dialect in ["gnu", "bsd", "busybox"] {
        ran.says(&format!("  df-{dialect} 0.1.0: line 1"));
    }
    assert_eq!(ran.stderr.matches("  1 │ no table at all\n").count(), 1, "{ran:?}");
    let placed = Sandbox::new(&[("uptime", "echo ' 10:00:00 up 1 day,  1:02,  x users,  load average: 0.1, 0.2, 0.3'")]);
    let ran = placed.run(&["uptime"]);
    ran.says("\n    │ ");
    ran.says("^\n");
}

#[test]
fn a_failure_says_what_can_be_done() {
    let ran = df("echo nothing").run(&["df"]);
    ran.says("`--raw` passes the output through");
    ran.says("`outparse report <command>`");
    // Not where nothing was parsed.
    assert!(!df("echo").run(&["dff"]).stderr.contains("--raw"));
}

#[test]
fn only_the_problems_that_are_shown_show_their_lines() {
    let ran = df(&format!("{ONE_ROW}; for i in $(seq 50); do echo \"bad $i\"; done")).run(&["df"]);
    assert_eq!(ran.stderr.matches(" │ bad ").count(), 10, "{ran:?}");
    ran.says("… and 40 more problems like these");
}

#[test]
fn a_line_is_still_at_hand_when_a_later_one_shows_what_is_wrong() {
    // GNU `df` may wrap a row, so that only the next line tells; the lines come one by one.
    let ran = df(&format!("{ONE_ROW}; sleep 0.2; echo bad 1; sleep 0.2; echo bad 2; sleep 0.2; {}", common::ROW_B)).run(&["df"]);
    assert_eq!(ran.records().len(), 2, "{ran:?}");
    ran.says("\n  3 │ bad 1\n");
    ran.says("\n  4 │ bad 2\n");
}

// The bytes.

#[test]
fn raw_passes_the_bytes_through() {
    let sandbox = df(&format!("{BROKEN}; echo oops >&2; exit 3"));
    let output = sandbox.outparse(&["--raw", "df"]).output().unwrap();
    let expected = b"Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /\xff\n/dev/\x1bb 1\n";
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &expected[..]));
    let ran = Ran::from(output);
    ran.says("oops\n");
    ran.says("`df` failed with exit status 3");
}

#[test]
fn raw_needs_no_parser_and_no_line_end() {
    let ran = Sandbox::new(&[("thing", "printf %s \"$LC_CTYPE\"")]).run(&["--raw", "thing"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "C.UTF-8"));
}

#[test]
fn raw_minds_the_timeout_and_the_output_file() {
    let sandbox = df(&format!("{ONE_ROW}; {HANG}"));
    let ran = sandbox.run(&["--raw", "--timeout", "200ms", "--output", "here", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (124, ""), "{ran:?}");
    assert!(fs::read_to_string(sandbox.path("here")).unwrap().ends_with("/dev/b 200 5"));
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn raw_ends_with_its_reader() {
    let sandbox = Sandbox::new(&[]);
    let outparse = common::outparse().display();
    let script =
        format!("({outparse} --raw yes; echo $? > code) | head -c 3; while ! [ -s code ]; do sleep 0.01; done; cat code");
    let output = sandbox.program("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "y\ny141\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_signal_reaches_a_raw_command() {
    let sandbox = df(HANG);
    let child = sandbox.spawn(&["--raw", "df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGTERM);
    assert_eq!(Ran::from(child.wait_with_output().unwrap()).code, 143);
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_capture_is_passed_through_too() {
    let sandbox = Sandbox::new(&[]);
    sandbox.install("capture", "anything\nat all", "644");
    let ran = sandbox.run(&["parse", "--raw", "df", "--input", "capture"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "anything\nat all"));
}

// The report.

/// A report of a `df` that prints a row, something on standard error, and fails.
fn reported() -> Sandbox {
    let sandbox = df(&format!("{ONE_ROW}; echo oops >&2; exit 3"));
    let ran = sandbox.run(&["report", "-o", "report.tar", "df", "-k"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    ran.says("oops\n");
    ran.says("`report.tar` is written: 1 record, 0 problems");
    ran.says("Look at it before you pass it on");
    sandbox
}

/// Replays a report with other members than ours: Python's tar writes anything. None where Python is not there.
fn forge(sandbox: &Sandbox, members: &str) -> Option<Ran> {
    if !common::has(Command::new("python3").arg("-V").output().is_ok(), "`python3`") {
        return None;
    }
    let script = format!(
        "import io, tarfile\nold = tarfile.open('report.tar')\nread = lambda name: old.extractfile(name).read()\n\
         new = tarfile.open('forged.tar', 'w', format=tarfile.GNU_FORMAT)\n\
         def add(name, data=b'', **more):\n    info = tarfile.TarInfo(name)\n    info.size = len(data)\n    \
         for key, value in more.items(): setattr(info, key, value)\n    new.addfile(info, io.BytesIO(data))\n{members}\nnew.close()\n"
    );
    let output = Command::new("python3").args(["-c", &script]).current_dir(sandbox.path("")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(sandbox.run(&["replay", "forged.tar"]))
}

#[test]
fn a_report_has_members_that_anyone_can_read() {
    let sandbox = reported();
    let member = |name: &str| {
        let output = Command::new("tar").args(["-xOf", "report.tar", name]).current_dir(sandbox.path("")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(member("capture").ends_with("/dev/a 100 60 40 60% /a\n"));
    assert_eq!(member("stderr"), "oops\n");
    let facts: serde_json::Value = serde_json::from_str(&member("report.json")).unwrap();
    assert_eq!(facts["command"], serde_json::json!(["df", "-k"]));
    assert_eq!((&facts["exit_status"], &facts["locale"]), (&3.into(), &"C.UTF-8".into()));
    assert_eq!(facts["outcome"]["plugin"]["name"], "df-gnu");
    assert_eq!(facts["outcome"]["plugin"]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_report_is_replayed_with_the_same_outcome() {
    let sandbox = reported();
    let ran = sandbox.run(&["replay", "report.tar", "--format", "csv", "--fields", "filesystem,used"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "filesystem,used\n/dev/a,61440\n"), "{ran:?}");
    ran.says("the outcome is the same as in the report: 1 record, 0 problems");
    assert!(!ran.stderr.contains("another"), "{ran:?}");
    let raw = sandbox.run(&["replay", "--raw", "report.tar"]);
    assert!(raw.stdout.starts_with("Filesystem 1K-blocks"), "{raw:?}");
}

#[test]
fn a_failure_is_replayed_as_a_failure() {
    let sandbox = Sandbox::new(&[]);
    sandbox.install("capture", "nonsense\n", "644");
    let ran = sandbox.run(&["report", "--input", "capture", "df"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.says("`outparse-df.tar` is written: 0 records, 0 problems, and it failed");
    let ran = sandbox.run(&["replay", "outparse-df.tar"]);
    assert_eq!(ran.code, 125, "{ran:?}");
    ran.says("the outcome is the same as in the report");
    ran.says("  1 │ nonsense\n");
}

#[test]
fn another_outcome_and_another_plugin_are_said() {
    let sandbox = reported();
    let forged = forge(
        &sandbox,
        "add('report.json', read('report.json').replace(b'\"records\": 1', b'\"records\": 2')\
         .replace(b'\"sha256\": \"', b'\"sha256\": \"\\\\u001b'))\nadd('capture', read('capture'))",
    );
    let Some(ran) = forged else { return };
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.says("the outcome is another: 1 record, 0 problems here; in the report 2 records, 0 problems");
    ran.says("the plugin here is another one: `df-gnu 0.1.0` (sha256 ");
    assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
}

#[test]
fn a_plugin_from_a_file_travels_with_the_report() {
    let sandbox = df(ONE_ROW);
    let bundled = outparse::registry::bundled().iter().find(|bundled| bundled.name == "df-gnu").unwrap();
    fs::write(sandbox.path("mine.wasm"), bundled.component()).unwrap();
    assert_eq!(sandbox.run(&["report", "--plugin", "./mine.wasm", "-o", "report.tar", "df"]).code, 0);
    fs::remove_file(sandbox.path("mine.wasm")).unwrap();
    fs::remove_dir_all(sandbox.path("cache")).unwrap();
    for arguments in [&["replay", "report.tar"][..], &["replay", "--plugin", "bundle", "report.tar"]] {
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned()]), "{ran:?}");
        ran.says("the outcome is the same");
    }
    // Nothing of it is left here, its compiled code neither.
    assert_eq!(sandbox.files(), ["df", "report.tar"]);
}

#[test]
fn a_report_without_a_component_cannot_be_asked_for_one() {
    let ran = reported().run(&["replay", "--plugin", "bundle", "report.tar"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    ran.says("this one has none");
}

#[test]
fn a_component_in_a_report_is_checked_like_any_other() {
    let sandbox = reported();
    let forged = forge(
        &sandbox,
        "for name in ['report.json', 'capture']: add(name, read(name))\nadd('plugin.wasm', b'\\x7fELF and so on')",
    );
    let Some(ran) = forged else { return };
    assert_eq!(ran.code, 125, "{ran:?}");
    ran.says("plugin `report` ");
}

#[test]
fn a_component_in_a_report_may_not_be_larger_than_any_other() {
    let sandbox = reported();
    sandbox.install("config.toml", "[limits]\ncomponent = 100\n", "644");
    let members = "for name in ['report.json', 'capture']: add(name, read(name))\nadd('plugin.wasm', b'x' * 101)";
    if forge(&sandbox, members).is_none() {
        return;
    }
    let ran = Ran::from(sandbox.outparse(&["replay", "forged.tar"]).env("OUTPARSE_CONFIG", "config.toml").output().unwrap());
    assert_eq!(ran.code, 125, "{ran:?}");
    ran.says("its member `plugin.wasm` has 101 bytes, and 100 are allowed");
}

#[test]
fn a_report_lists_a_thousand_problems_and_counts_all() {
    let sandbox = df(&format!("{ONE_ROW}; for i in $(seq 1200); do echo bad; done"));
    sandbox.run(&["report", "-o", "report.tar", "df"]).says("1 record, 1200 problems");
    let output = Command::new("tar").args(["-xOf", "report.tar", "report.json"]).current_dir(sandbox.path("")).output().unwrap();
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(facts["outcome"]["problems"].as_array().unwrap().len(), 1000);
    sandbox.run(&["replay", "report.tar"]).says("the outcome is the same as in the report: 1 record, 1200 problems");
}

#[test]
fn a_report_that_we_would_not_write_is_refused() {
    let sandbox = reported();
    let whole = "for name in ['report.json', 'capture']: add(name, read(name))\n";
    for (members, why) in [
        ("add('capture', read('capture'))", "it has no member `report.json`"),
        ("add('report.json', read('report.json'))", "it has no member `capture`"),
        ("add('../evil', b'x')", "it has a member `../evil`, which no report has"),
        ("add('/etc/passwd', b'x')", "which no report has"),
        ("add('\\x1b[2J', b'x')", "it has a member `\\u{1b}[2J`"),
        ("add('capture', type=tarfile.SYMTYPE, linkname='/etc/passwd')", "its member `capture` is not a plain file"),
        ("add('capture', type=tarfile.LNKTYPE, linkname='report.json')", "its member `capture` is not a plain file"),
        ("add('capture', type=tarfile.DIRTYPE)", "is not a plain file"),
        ("add('x' * 500, b'x')", "is not a plain file"),
        (&format!("{whole}add('capture', b'x')"), "it has two members `capture`"),
        ("add('report.json', b' ' * (5 << 20))", "its member `report.json` has 5242880 bytes, and 4194304 are allowed"),
        ("add('report.json', b'{'); add('capture')", "its member `report.json` cannot be read"),
        ("add('report.json', b'[' * 1000000); add('capture')", "its member `report.json` cannot be read"),
        ("add('report.json', b'{\"format\": 2}'); add('capture')", "it is of format 2, and this outparse reads 1"),
        (
            "info = tarfile.TarInfo('capture'); info.size = 1 << 62\nnew.fileobj.write(info.tobuf(tarfile.GNU_FORMAT))",
            "it ends within its member `capture`",
        ),
        (
            "add('report.json', read('report.json').replace(b'\"df\"', b'\"\\\\u001b[2J\"')); add('capture', b'')",
            "its command is called `\\u{1b}[2J`",
        ),
        ("new.fileobj.write(b'\\x1b[2Jgarbage' * 100)", "it is no tar file, or not a whole one"),
    ] {
        let Some(ran) = forge(&sandbox, members) else { return };
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{members}: {ran:?}");
        ran.says("outparse: error: `forged.tar` is no report that can be replayed: ");
        ran.says(why);
        assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
    }
    assert_eq!(sandbox.files(), ["df", "forged.tar", "report.tar"]);
}

#[test]
fn compressed_cut_and_foreign_files_are_refused() {
    let sandbox = reported();
    assert!(Command::new("gzip").arg("--keep").arg(sandbox.path("report.tar")).status().unwrap().success());
    sandbox.run(&["replay", "report.tar.gz"]).says("it is compressed: unpack it with `gzip -d` first");
    let whole = fs::read(sandbox.path("report.tar")).unwrap();
    for length in [0, 1, 511, 700, 1024] {
        fs::write(sandbox.path("cut.tar"), &whole[..length]).unwrap();
        let ran = sandbox.run(&["replay", "cut.tar"]);
        assert_eq!(ran.code, 125, "{length}: {ran:?}");
        ran.says("`cut.tar` is no report that can be replayed: it");
    }
    assert_eq!(sandbox.run(&["replay", "/dev/zero"]).code, 125);
    assert_eq!(sandbox.run(&["replay", "no-such-file"]).code, 125);
}

#[test]
fn an_endless_command_is_reported_when_it_is_broken_off() {
    let sandbox = df(&format!("{ONE_ROW}; {HANG}"));
    let child = sandbox.spawn(&["report", "-o", "report.tar", "df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGINT);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.says("`report.tar` is written: 1 record, 1 problem");
    sandbox.run(&["replay", "report.tar"]).says("the outcome is the same as in the report: 1 record, 1 problem");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn nothing_is_written_when_the_command_is_not_there() {
    let sandbox = Sandbox::new(&[]);
    let ran = sandbox.outparse(&["report", "df"]).env("PATH", Path::new("/nowhere")).output().unwrap();
    assert_eq!(ran.status.code(), Some(127), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(sandbox.files(), [""; 0]);
}
