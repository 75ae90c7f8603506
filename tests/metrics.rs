//! The formats of metrics, read again by the ecosystems' own tools: `promtool`, Prometheus's client library, and a parser of InfluxDB's line
//! protocol; and held against the records of `--format json`.
//!
//! Where a tool is not there its test says so and ends; with `OUTPARSE_TEST_ALL=1` it fails instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Ran, Sandbox};
use serde_json::{Value, json};

mod common;

/// Commands and files with counters, gauges, times, texts, nested records and several kinds of records.
const COMMANDS: [&str; 14] = [
    "df",
    "ps aux",
    "free",
    "ls -l /",
    "ls --full-time /",
    "id",
    "env",
    "mount",
    "uptime",
    "lscpu",
    "/proc/stat",
    "/proc/net/dev",
    "/proc/meminfo",
    "/proc/self/status",
];

/// Names that both formats have to escape.
const AWKWARD: &str = "Filesystem 1K-blocks Used Available Use% Mounted on
/dev/a 100 60 40 60% /a b,c=d\"e\\
/dev/b 200 50 - - /caf\u{e9}\\
";

/// What the tools of a format read in a text.
fn read(tool: &str, text: &str) -> Vec<Value> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/metrics.py");
    let ran = Ran::from(Command::new("python3").arg(script).arg(tool).arg(file.path()).output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn run(sandbox: &Sandbox, format: &str, command: &str) -> String {
    let ran = sandbox.run(&[&["-f", format], &command.split(' ').collect::<Vec<_>>()[..]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout
}

fn awkward(format: &str) -> String {
    let sandbox = Sandbox::new(&[]);
    sandbox.install("capture", AWKWARD, "644");
    let ran = sandbox.run(&["-f", format, "parse", "df", "--input", "capture", "--", "-k"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout
}

#[test]
fn promtool_has_nothing_to_say() {
    if !common::has(Command::new("promtool").arg("--version").output().is_ok(), "promtool") {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    let texts = COMMANDS.iter().map(|command| (*command, run(&sandbox, "prometheus", command)));
    for (command, text) in texts.chain([("awkward names", awkward("prometheus"))]) {
        sandbox.install("metrics", &text, "644");
        let input = fs::File::open(sandbox.path("metrics")).unwrap();
        let ran = Ran::from(Command::new("promtool").args(["check", "metrics"]).stdin(input).output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {ran:?}\n{text}");
        assert!(text.contains("# TYPE "), "{command}");
    }
}

#[test]
fn samples_are_the_numbers_of_the_records() {
    if !common::has_module("prometheus_client") {
        return;
    }
    let samples = read("prometheus", &awkward("prometheus"));
    let labelled = |name: &str, mounted_on: &str| {
        let found = samples.iter().find(|sample| sample["name"] == name && sample["labels"]["mounted_on"] == mounted_on);
        found.map(|sample| sample["value"].as_f64().unwrap())
    };
    assert_eq!(labelled("df_size_bytes", "/a b,c=d\"e\\"), Some(102_400.0));
    assert_eq!(labelled("df_use_ratio", "/a b,c=d\"e\\"), Some(0.6));
    assert_eq!(labelled("df_used_bytes", "/caf\u{e9}\\"), Some(51_200.0));
    assert_eq!(labelled("df_use_ratio", "/caf\u{e9}\\"), None);
    let info = samples.iter().find(|sample| sample["name"] == "df_info" && sample["labels"]["filesystem"] == "/dev/b");
    assert_eq!(info.unwrap()["labels"]["mounted_on"], "/caf\u{e9}\\");

    let sandbox = Sandbox::new(&[]);
    let interfaces: Vec<Value> = serde_json::from_str(&run(&sandbox, "json", "/proc/net/dev")).unwrap();
    let samples = read("prometheus", &run(&sandbox, "prometheus", "/proc/net/dev"));
    let of = |name: &str| samples.iter().filter(|sample| sample["name"] == name).count();
    assert_eq!(of("proc_net_dev_rx_bytes_total"), interfaces.len(), "{samples:?}");
    let modified = run(&sandbox, "prometheus", "ls --full-time /");
    let samples = read("prometheus", &modified);
    let root =
        samples.iter().find(|sample| sample["name"] == "ls_modified_timestamp_seconds" && sample["labels"]["name"] == "etc");
    let seconds = std::os::unix::fs::MetadataExt::mtime(&fs::metadata("/etc").unwrap());
    assert!((root.unwrap()["value"].as_f64().unwrap() - seconds as f64).abs() < 1.0, "{root:?}");
}

#[test]
fn lines_are_the_records() {
    if !common::has_module("line_protocol_parser") {
        return;
    }
    let lines = read("influx", &awkward("influx"));
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["measurement"], "df");
    assert_eq!(lines[0]["tags"], json!({"mounted_on": "/a b,c=d\"e\\x5c"}));
    assert_eq!(
        lines[0]["fields"],
        json!({"filesystem": "/dev/a", "size": 102_400, "used": 61_440, "available": 40_960, "use_percent": 60})
    );
    assert_eq!(lines[1]["fields"], json!({"filesystem": "/dev/b", "size": 204_800, "used": 51_200}));
    let sandbox = Sandbox::new(&[]);
    for command in COMMANDS {
        let text = run(&sandbox, "influx", command);
        let lines = read("influx", &text);
        assert_eq!(lines.len(), text.lines().count(), "{command}");
        assert!(!lines.is_empty(), "{command}");
        let points: std::collections::BTreeSet<String> =
            lines.iter().map(|line| format!("{} {}", line["tags"], line["time"])).collect();
        assert_eq!(points.len(), lines.len(), "{command}: a database would keep fewer");
    }
}

#[test]
fn a_collector_s_file_is_replaced_as_a_whole() {
    let sandbox = Sandbox::new(&[("df", common::ONE_ROW)]);
    sandbox.install("df.prom", "before\n", "644");
    let ran = sandbox.run(&["-f", "prometheus", "-o", "df.prom", "df"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = fs::read_to_string(sandbox.path("df.prom")).unwrap();
    assert!(text.starts_with("# HELP df_available_bytes ") && text.ends_with("} 61440\n"), "{text}");
}
