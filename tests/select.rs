//! Selecting, sorting and making records over, end to end: what each option prints, what ends a command early, and what is refused
//! before a command is run.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::terminal::Terminal;
use common::{ONE_ROW, Ran, Sandbox, send};
use nix::sys::signal::Signal;

/// Three filesystems, one of which says nothing of its size.
const ROWS: &str = "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'; echo '/dev/a 100 60 40 60% /a'; \
                    echo 'none - - - - /n'; echo '/dev/b 200 190 10 95% /b'";

/// A row now and then, for ever.
const ENDLESS: &str = "echo $$ > started; echo 'Filesystem 1K-blocks Used Available Use% Mounted on'; i=0; \
                       while :; do i=$((i+1)); echo \"/dev/$i 100 60 40 60% /$i\"; sleep 0.02; done";

fn df() -> Sandbox {
    Sandbox::new(&[("df", ROWS)])
}

/// The places where the filesystems are mounted that a selection leaves.
fn mounted(arguments: &[&str]) -> Vec<String> {
    let ran = df().run(&[arguments, &["df"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.says_nothing();
    ran.column("mounted_on")
}

#[test]
fn records_are_selected_by_condition() {
    assert_eq!(mounted(&["--where", "use_percent > 80"]), ["/b"]);
    assert_eq!(mounted(&["--where", "size >= 200KiB or filesystem = none"]), ["/n", "/b"]);
    assert_eq!(mounted(&["--where", "filesystem =~ '^/dev/' and not (use_percent > 200)"]), ["/a", "/b"]);
    assert_eq!(mounted(&["--where", "size is null"]), ["/n"]);
    assert_eq!(mounted(&["--where", "use_percent > 100"]), [""; 0]);
}

#[test]
fn the_order_of_work_is_where_sort_limit_fields() {
    let sandbox = df();
    let arguments =
        ["--where", "size is not null", "--sort", "-used", "--limit", "1", "--fields", "mounted_on", "-f", "jsonl", "df"];
    assert_eq!(sandbox.run(&arguments).stdout, "{\"mounted_on\":\"/b\"}\n");
    assert_eq!(mounted(&["--sort", "use_percent"]), ["/a", "/b", "/n"]);
    assert_eq!(mounted(&["--sort=-use_percent,mounted_on"]), ["/b", "/a", "/n"]);
}

#[test]
fn text_that_is_not_utf8_is_selected_and_sorted_too() {
    let script = format!("{ROWS}; printf '/dev/\\377 300 1 1 1%% /\\351\\n'");
    let sandbox = Sandbox::new(&[("df", &script)]);
    let ran = sandbox.run(&["--sort", "-mounted_on", "--where", "filesystem starts with /dev", "df"]);
    assert_eq!(ran.column("mounted_on"), ["/\\xe9", "/b", "/a"]);
    ran.says("some text is not UTF-8");
    assert_eq!(sandbox.run(&["--where", "filesystem =~ '\u{fffd}'", "df"]).records().len(), 1);
}

#[test]
fn a_limit_ends_the_command_and_that_is_success() {
    for format in ["jsonl", "json"] {
        let sandbox = Sandbox::new(&[("df", ENDLESS)]);
        let ran = sandbox.run(&["--limit", "3", "--fields", "mounted_on", "--format", format, "df"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.says_nothing();
        assert_eq!(ran.stdout.matches("mounted_on").count(), 3, "{ran:?}");
        assert!(!ran.stdout.contains("\"/4\""), "{ran:?}");
        sandbox.wait_until_no_process_is_left();
    }
}

#[test]
fn a_limit_counts_the_records_that_meet_the_condition() {
    let sandbox = Sandbox::new(&[("df", ENDLESS)]);
    let ran = sandbox.run(&["--limit", "2", "--where", "mounted_on ends with 7", "df"]);
    assert_eq!((ran.code, ran.column("mounted_on")), (0, vec!["/7".to_owned(), "/17".to_owned()]), "{ran:?}");
}

#[test]
fn a_command_that_fails_before_the_limit_keeps_its_status() {
    let sandbox = Sandbox::new(&[("df", &format!("{ONE_ROW}; exit 3"))]);
    let ran = sandbox.run(&["--limit", "2", "df"]);
    assert_eq!((ran.code, ran.records().len()), (3, 1));
    ran.says("`df` failed with exit status 3");
}

#[test]
fn a_limit_ends_reading_from_a_pipe_that_stays_open() {
    let sandbox = Sandbox::new(&[]);
    let mut command = sandbox.outparse(&["parse", "df", "--limit", "1", "--format", "jsonl"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let rows = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n/dev/b 100 60 40 60% /b\n";
    stdin.write_all(rows.as_bytes()).unwrap();
    // It ends although the pipe does not.
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 1), "{ran:?}");
    drop(stdin);
}

#[test]
fn the_output_file_is_there_when_a_limit_ended_the_command() {
    let sandbox = Sandbox::new(&[("df", ENDLESS)]);
    let ran = sandbox.run(&["--limit", "1", "--output", "out", "--template", "{{ mounted_on }}", "df"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs::read_to_string(sandbox.path("out")).unwrap(), "/1\n");
}

#[test]
fn jq_works_on_the_array_or_on_each_record() {
    let jq = |arguments: &[&str]| {
        let ran = df().run(&[arguments, &["df"]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    };
    assert_eq!(jq(&["--jq", "length"]), "3\n");
    assert_eq!(
        jq(&["--jq", ".[] | {m: .mounted_on, s: .size}"]),
        "{\"m\":\"/a\",\"s\":102400}\n{\"m\":\"/n\",\"s\":null}\n{\"m\":\"/b\",\"s\":204800}\n"
    );
    assert_eq!(jq(&["--jq", ".mounted_on", "--format", "jsonl"]), "/a\n/n\n/b\n");
    assert_eq!(jq(&["--jq", "map(keys) | add | unique | length", "--fields", "used,size"]), "2\n");
    assert_eq!(jq(&["--jq", "[.[] | .used] | add", "--where", "size is not null"]), "256000\n");
    assert_eq!(jq(&["--jq", "-1"]), "-1\n");
}

#[test]
fn results_of_jq_before_an_error_are_printed() {
    let ran = df().run(&["--jq", ".[] | .mounted_on, .size.x", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (125, "/a\n"));
    ran.says("error: `--jq`: cannot index 102400 with \"x\"");
}

#[test]
fn a_jq_expression_without_end_is_interrupted() {
    let sandbox = df();
    let child = sandbox.spawn(&["--jq", "last(repeat(1))", "df"]);
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    send(child.id() as i32, Signal::SIGINT);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (130, ""));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_template_makes_a_line_of_each_record() {
    let sandbox = df();
    let print = |template: &str| {
        let ran = sandbox.run(&["--template", template, "df"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    };
    assert_eq!(print("{{ mounted_on }}: {{ size | bytes }}"), "/a: 100 KiB\n/n: \n/b: 200 KiB\n");
    assert_eq!(print("{% if use_percent is not none and use_percent > 80 %}{{ mounted_on }}!{% endif %}"), "\n\n/b!\n");
    fs::write(sandbox.path("template"), "<{{ mounted_on }}>\n").unwrap();
    assert_eq!(print("@template"), "</a>\n</n>\n</b>\n");
}

#[test]
fn texts_of_templates_and_jq_cannot_steer_a_terminal() {
    let sandbox = Sandbox::new(&[("env", "printf 'A=\\033[2J\\n'")]);
    for arguments in [["--template", "{{ value }}"], ["--jq", ".[].value"], ["--jq", "."]] {
        let shown = Terminal::start(&sandbox.outparse(&[&arguments[..], &["env"]].concat())).end();
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(!shown.stdout.contains('\u{1b}') && shown.stdout.contains("[2J"), "{arguments:?}: {shown:?}");
        let piped = sandbox.run(&[&arguments[..], &["env"]].concat());
        assert_eq!(piped.stdout.contains('\u{1b}'), arguments[1] != ".", "{arguments:?}: {piped:?}");
    }
}

#[test]
fn binary_formats_are_not_for_terminals() {
    for format in ["arrow", "parquet"] {
        let sandbox = Sandbox::new(&[("df", "echo ran > ran")]);
        let shown = Terminal::start(&sandbox.outparse(&["--format", format, "df"])).end();
        assert_eq!(shown.code, 2, "{shown:?}");
        assert!(shown.stdout.contains("hint: write it to a file with `--output`"), "{shown:?}");
        assert_eq!(sandbox.files(), ["df"]);
    }
}

#[test]
fn exit_status_is_1_when_nothing_was_selected() {
    let code = |arguments: &[&str]| df().run(&[&["--exit-status"], arguments, &["df"]].concat()).code;
    assert_eq!(code(&["--where", "use_percent > 90"]), 0);
    assert_eq!(code(&["--where", "use_percent > 99"]), 1);
    assert_eq!(code(&["--sort", "size", "--where", "use_percent > 99"]), 1);
    assert_eq!(code(&["--limit", "0"]), 1);
    assert_eq!(code(&["--jq", ".[] | select(.use_percent > 90)"]), 0);
    assert_eq!(code(&["--jq", ".[] | select(.use_percent > 99)"]), 1);
    assert_eq!(code(&["--jq", "any(.[]; .use_percent > 99)"]), 1);
    assert_eq!(df().run(&["--where", "use_percent > 99", "df"]).code, 0);
    let failing = Sandbox::new(&[("df", &format!("{ONE_ROW}; exit 3"))]);
    assert_eq!(failing.run(&["--exit-status", "--where", "use_percent > 99", "df"]).code, 3);
    let file = Sandbox::new(&[]);
    let capture =
        file.install("capture", "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100 60 40 60% /a\n", "644");
    let parse = |condition| {
        let input = capture.to_str().unwrap();
        file.run(&["parse", "df", "--input", input, "--exit-status", "--where", condition]).code
    };
    assert_eq!((parse("use_percent > 59"), parse("use_percent > 60")), (0, 1));
}

#[test]
fn what_cannot_be_is_refused_before_the_command_runs() {
    for (arguments, message) in [
        (&["--where", "use_percent >"][..], "`--where`: a value is expected here"),
        (&["--where", "use_procent > 3"], "hint: did you mean `use_percent`?"),
        (&["--where", "filesystem > 3"], "`filesystem` is a text, and this is a number"),
        (&["--where", "filesystem =~ '('"], "invalid regex"),
        (&["--sort", "sise"], "`--sort`: there is no field `sise`"),
        (&["--fields", "sise"], "`--fields`: there is no field `sise`"),
        (&["--limit", "x"], "invalid value 'x'"),
        (&["--jq", ".["], "closing bracket is expected"),
        (&["--jq", "nothing"], "there is no filter `nothing`"),
        (&["--jq", ".", "--format", "csv"], "`--jq` works on json or jsonl"),
        (&["--jq", ".", "--template", "x"], "cannot be used with"),
        (&["--template", "x", "--format", "csv"], "cannot be used with"),
        (&["--template", "{{ mounted_on"], "`--template`: syntax error"),
        (&["--template", "{{ sise }}"], "`--template`: there is no field `sise`"),
        (&["--template", "{{ size | nothing }}"], "`--template`: unknown filter"),
        (&["--template", "{{ size }}", "--fields", "used"], "`--template`: there is no field `size`"),
        (&["--template", "@missing"], "the template `missing` cannot be read"),
        (&["--format", "xml"], "invalid value 'xml'"),
    ] {
        let sandbox = Sandbox::new(&[("df", "echo ran > ran")]);
        let ran = sandbox.run(&[arguments, &["--output", "out", "df"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        ran.says(message);
        assert_eq!(sandbox.files(), ["df"], "{arguments:?}");
    }
}

#[test]
fn the_place_of_a_mistake_is_marked() {
    let ran = df().run(&["--where", "size > 1 and filesystem < 3", "df"]);
    ran.says("\n  size > 1 and filesystem < 3\n                            ^\n");
}

#[test]
fn a_schema_is_printed_in_every_format_and_selected_from() {
    let schema = |arguments: &[&str]| {
        let ran = Sandbox::new(&[]).run(&[&["schema", "df"], arguments].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.says_nothing();
        ran.stdout
    };
    assert!(schema(&[]).starts_with("df-gnu "), "{}", schema(&[]));
    assert!(schema(&[]).contains("use_percent         integer  percent  gauge  yes "), "{}", schema(&[]));
    assert_eq!(
        schema(&["--format", "csv", "--fields", "field,unit", "--where", "warning > 0"]),
        "field,unit\nuse_percent,percent\ninodes_use_percent,percent\n"
    );
    let json: serde_json::Value = serde_json::from_str(&schema(&["--format", "json"])).unwrap();
    assert_eq!(json["items"]["properties"]["size"]["x-unit"], "bytes");
    assert_eq!(
        schema(&["--format", "json", "--fields", "used,size", "--jq", ".items.properties | keys"]),
        "[\"size\",\"used\"]\n"
    );
    let ran = Sandbox::new(&[]).run(&["schema", "df", "--format", "json", "--limit", "1"]);
    assert_eq!(ran.code, 2);
    ran.says("JSON Schema is one document");
}

#[test]
fn memory_is_bounded_with_parquet_and_with_an_order_and_a_limit() {
    let sandbox = Sandbox::new(&[]);
    let rows: String = (0..300_000).map(|row| format!("/dev/{row} 100 60 40 60% /{}\n", row % 7)).collect();
    let capture = sandbox.path("capture");
    fs::write(&capture, format!("Filesystem 1K-blocks Used Available Use% Mounted on\n{rows}")).unwrap();
    let parse = |arguments: &[&str]| {
        let mut child = sandbox.outparse(&[&["parse", "df", "--input", "capture"], arguments].concat()).spawn().unwrap();
        let pid = child.id() as i32;
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            peak = peak.max(common::peak_memory(pid).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(child.wait().unwrap().success());
        peak
    };
    let peak = parse(&["--format", "parquet", "--output", "out.parquet"]);
    assert!(peak < 64 << 10, "{peak} KiB");
    let peak = parse(&["--sort", "-filesystem", "--limit", "10", "--format", "jsonl", "--output", "out.jsonl"]);
    assert!(peak < 64 << 10, "{peak} KiB");
    assert!(fs::read_to_string(sandbox.path("out.jsonl")).unwrap().starts_with("{\"filesystem\":\"/dev/99999\""));
}

#[test]
fn every_way_to_print_ends_quietly_when_nobody_reads_it() {
    let sandbox = Sandbox::new(&[("df", ENDLESS)]);
    for arguments in
        [&["--format", "tsv"][..], &["--format", "csv"], &["--format", "jsonl", "--jq", ".used"], &["--template", "{{ used }}"]]
    {
        let mut child = sandbox.spawn(&[arguments, &["df"]].concat());
        drop(child.stdout.take());
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (141, ""), "{arguments:?}");
    }
    let capture = sandbox.install("capture", "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 1 1 1 1% /a\n", "644");
    for format in ["arrow", "parquet"] {
        // What is short is written at the end: the reader is gone before.
        let shell = format!(
            "sleep 0.2; exec '{}' parse df --format {format} --input '{}'",
            common::outparse().display(),
            capture.display()
        );
        let mut child = sandbox.program("sh").args(["-c", &shell]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (141, ""), "{format}");
    }
}
