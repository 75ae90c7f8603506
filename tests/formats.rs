//! Every format is opened again by tools of its own, and holds the same records as `--format json`.
//!
//! Where a tool is not there, its cases are ignored and their names say so; with `OUTPARSE_TEST_ALL=1` they fail instead.
//! `tests/requirements.txt` lists what Python needs.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

mod common;

/// A tool, what has to be there for it, and the formats it opens.
struct Tool {
    name: &'static str,
    /// A Python module; none for what is a program.
    module: Option<&'static str>,
    formats: &'static [&'static str],
}

const TOOLS: [Tool; 6] = [
    Tool { name: "jq", module: None, formats: &["json", "jsonl"] },
    Tool { name: "python_json", module: Some("json"), formats: &["json", "jsonl"] },
    Tool { name: "python_csv", module: Some("csv"), formats: &["csv", "tsv"] },
    Tool { name: "pyyaml", module: Some("yaml"), formats: &["yaml"] },
    Tool { name: "pyarrow", module: Some("pyarrow"), formats: &["arrow", "parquet"] },
    Tool { name: "duckdb", module: Some("duckdb"), formats: &["csv", "tsv", "parquet"] },
];

/// A capture: what it shows, the command that printed it, and its bytes.
struct Capture {
    name: &'static str,
    command: &'static [&'static str],
    bytes: Vec<u8>,
}

fn captures() -> Vec<Capture> {
    let fixture = |path: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins").join(path)).unwrap();
    let capture = |name, command, bytes| Capture { name, command, bytes };
    let header = "Filesystem 1K-blocks Used Available Use% Mounted on\n";
    vec![
        capture("nested", &["id"][..], b"uid=0(root) gid=0(root) groups=0(root),4(adm),1000\n".to_vec()),
        capture("fractions and nulls", &["uptime"], b" 10:04:20 up 3 days,  2:01,  load average: 0.10, 2.00, 1.5\n".to_vec()),
        capture("lists and times", &["ls", "--", "-lR"], fixture("ls/posix/fixtures/debian-12/recursive-long/output")),
        capture("nulls", &["df"], format!("{header}/dev/a 100 60 40 60% /a\nnone - - - - /b\n").into_bytes()),
        capture("not UTF-8", &["df"], [header.as_bytes(), b"/dev/\xff\xfe 100 60 40 60% /caf\xe9\n"].concat()),
        capture("no records", &["df"], header.as_bytes().to_vec()),
        capture(
            "quotes, separators and line ends",
            &["env"],
            b"A=say \"hi\", \\ 'you'\nB=tab\there\nC=one\ntwo\n\nD= blanks \nE=\"\nF=,\n".to_vec(),
        ),
        capture(
            "texts that look like something else",
            &["env"],
            b"A=null\nB=~\nC=yes\nD=no\nE=0x1F\nF=12:30:45\nG=2024-01-31\nH=1_000\nI=- a\nJ=# b\nK=1e3\nL=[x]\nM=&a\nN=!x\nO==\nP=.inf\nQ=on\nR=0o17\nS=<<\nT=: \n\
              U=017\nV=+1\nW=NaN\nX=y\nY=Off\nZ=a: b #c\n"
                .to_vec(),
        ),
        capture("characters that need care", &["env"], "A=日本 🦀 é\u{301}\nB=\u{1}\u{7f}\u{85}\u{2028}\u{feff}x\n".into()),
    ]
}

fn main() {
    let arguments = Arguments::from_args();
    let must_run = common::all_must_run();
    let captures: Vec<Arc<Capture>> = captures().into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    for tool in &TOOLS {
        let missing = missing(tool);
        for &format in tool.formats {
            for capture in &captures {
                let name = format!("{} is opened by {}: {}", format, tool.name, capture.name);
                let capture = Arc::clone(capture);
                trials.push(match &missing {
                    None => Trial::test(name, move || check(tool, format, &capture)),
                    Some(why) => {
                        let message = format!("{why}, and `OUTPARSE_TEST_ALL=1` was given");
                        Trial::test(format!("{name} (skipped: {why})"), move || Err(message.into())).with_ignored_flag(!must_run)
                    }
                });
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// What a tool lacks on this machine.
fn missing(tool: &Tool) -> Option<String> {
    let runs = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    match tool.module {
        None => (!runs(tool.name, &["--version"])).then(|| format!("no program `{}`", tool.name)),
        Some(module) => (!runs("python3", &["-c", &format!("import {module}")])).then(|| format!("no Python module `{module}`")),
    }
}

fn check(tool: &Tool, format: &str, capture: &Capture) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("capture");
    fs::write(&input, &capture.bytes)?;
    let expected: Vec<Value> = serde_json::from_slice(&fs::read(print(folder.path(), &input, capture, "json")?)?)?;
    if capture.name != "no records" && expected.is_empty() {
        return Err("the capture has no records".into());
    }
    let file = print(folder.path(), &input, capture, format)?;
    let found = open(tool, format, &file)?;
    if found.len() != expected.len() {
        return Err(format!("{} records became {}", expected.len(), found.len()).into());
    }
    for (expected, found) in expected.iter().zip(&found) {
        let (expected, found) = (expected.as_object().unwrap(), found.as_object().ok_or("a record is no object")?);
        let names = |record: &serde_json::Map<String, Value>| record.keys().cloned().collect::<Vec<_>>();
        if names(expected) != names(found) {
            return Err(format!("the fields are {:?}", names(found)).into());
        }
        for (name, expected) in expected {
            let same =
                if matches!(format, "csv" | "tsv") { is_cell(expected, &found[name]) } else { is_same(expected, &found[name]) };
            if !same {
                return Err(format!("`{name}` is {}, not {expected}", found[name]).into());
            }
        }
    }
    Ok(())
}

/// Whether two values are equal. A tool may write `2.0` as `2`.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// Whether a cell, which is a text or nothing, stands for a value.
fn is_cell(value: &Value, cell: &Value) -> bool {
    let cell = cell.as_str().unwrap_or_default();
    match value {
        Value::Null => cell.is_empty(),
        Value::String(text) => text == cell,
        Value::Bool(value) => cell == value.to_string(),
        // Numbers and nested values are JSON.
        value => serde_json::from_str::<Value>(cell).is_ok_and(|cell| cell == *value),
    }
}

/// Writes the records of a capture to a file.
fn print(folder: &Path, input: &Path, capture: &Capture, format: &str) -> Result<PathBuf, Failed> {
    let file = folder.join(format!("records.{format}"));
    let mut outparse = Command::new(common::outparse());
    outparse.args(["--format", format, "--output"]).arg(&file).args(["parse", "--input"]).arg(input);
    let ran = outparse.args(capture.command).env("XDG_CONFIG_HOME", folder).output()?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).into_owned().into());
    }
    Ok(file)
}

fn open(tool: &Tool, format: &str, file: &Path) -> Result<Vec<Value>, Failed> {
    let mut command = match tool.module {
        None => Command::new(tool.name),
        Some(_) => Command::new("python3"),
    };
    match tool.module {
        None if format == "jsonl" => command.args(["--slurp", "."]).arg(file),
        None => command.arg(".").arg(file),
        Some(_) => {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/read.py");
            command.arg(script).args([tool.name, format]).arg(file)
        }
    };
    let opened = command.output()?;
    if !opened.status.success() {
        return Err(String::from_utf8_lossy(&opened.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&opened.stdout)?)
}
