//! Walks every plugin's fixtures through the real component in the real sandbox.
//!
//! A case is a folder `plugins/<command>/<dialect>/fixtures/<platform-version>/<case>/` with `output` (what was printed), `command`
//! (program and arguments, one a line; absent when they are not known) and `expected.json`. `BLESS=1` writes the last one anew.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "common/parse.rs"]
mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::parse_parts;
use libtest_mimic::{Arguments, Failed, Trial};
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Limits, Sandbox, Source};

fn main() {
    let arguments = Arguments::from_args();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut trials = Vec::new();
    for case in folders(&root, 5).into_iter().filter(|path| path.join("output").exists()) {
        let name = case.strip_prefix(&root).unwrap().to_string_lossy().replace("/fixtures/", "/");
        let sandbox = sandbox.clone();
        trials.push(Trial::test(name, move || check(&sandbox, &case)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The folders at a depth below this one, in order.
fn folders(root: &Path, depth: usize) -> Vec<PathBuf> {
    if depth == 0 {
        return vec![root.to_owned()];
    }
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut below: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    below.sort();
    below.iter().flat_map(|path| folders(path, depth - 1)).collect()
}

fn check(sandbox: &Sandbox, case: &Path) -> Result<(), Failed> {
    let plugin = case.ancestors().nth(3).unwrap();
    let command = plugin.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let name = format!("{command}-{}", plugin.file_name().unwrap().to_str().unwrap());
    let plugin = bundled().iter().find(|bundled| bundled.name == name).ok_or(format!("no plugin is called `{name}`"))?;
    let source = source(case, command)?;
    let output = fs::read(case.join("output")).map_err(|error| error.to_string())?;

    let whole = parse(sandbox, &Candidate::Bundled(plugin), &source, &[&output]);
    let lines: Vec<&[u8]> = output.split_inclusive(|&byte| byte == b'\n').collect();
    let by_line = parse(sandbox, &Candidate::Bundled(plugin), &source, &lines);
    if by_line != whole {
        return Err(format!("line by line, it is parsed differently:\n{by_line}\nand in one piece:\n{whole}").into());
    }

    let expected_file = case.join("expected.json");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected_file, &whole).map_err(|error| error.to_string())?;
        return Ok(());
    }
    let expected = fs::read_to_string(&expected_file).map_err(|error| format!("expected.json: {error}; BLESS=1 writes it"))?;
    if expected != whole {
        return Err(format!("expected:\n{expected}\nfound:\n{whole}").into());
    }
    Ok(())
}

fn source(case: &Path, command: &str) -> Result<Source, String> {
    let Ok(words) = fs::read_to_string(case.join("command")) else {
        return Ok(Source { program: command.to_owned(), arguments: None, platform: None });
    };
    let mut words: Vec<String> = words.lines().map(str::to_owned).collect();
    // `busybox df -h` is `df -h` for its parser.
    if words.len() > 1 && words[1] == command {
        words.remove(0);
    }
    if words.is_empty() {
        return Err("the command is empty".to_owned());
    }
    let program = words.remove(0).rsplit('/').next().unwrap().to_owned();
    Ok(Source { program, arguments: Some(words), platform: None })
}

/// Parses and renders the outcome: a JSON document with a record on each line.
fn parse(sandbox: &Sandbox, candidate: &Candidate, source: &Source, parts: &[&[u8]]) -> String {
    let (parsed, ended) = parse_parts(sandbox, candidate, source, parts);
    let mut text = String::from("{\n\"records\": [");
    list(&mut text, parsed.records.lines().map(str::to_owned));
    text.push_str("],\n\"problems\": [");
    list(&mut text, parsed.problems.iter().map(|problem| serde_json::to_string(problem).unwrap()));
    text.push(']');
    if let Err(error) = ended {
        let _ = write!(text, ",\n\"error\": {}", serde_json::to_string(&error.to_string()).unwrap());
    }
    text.push_str("\n}\n");
    text
}

fn list(text: &mut String, items: impl Iterator<Item = String>) {
    for (index, item) in items.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(text, "{comma}\n  {item}");
    }
}
