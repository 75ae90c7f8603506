//! Builds the page in which the plugins run, and drives it in Chromium: `tests/playground/checks.js` says what it has to do.
//!
//! Where node, Chromium or an npm package is not there, the trials are ignored and their names say so; with `OUTPARSE_TEST_ALL=1` they
//! fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

mod common;

/// What the driver says of itself.
#[derive(Deserialize)]
struct Checks {
    names: Vec<String>,
    missing: Vec<String>,
}

/// What became of one check.
#[derive(Deserialize)]
struct Outcome {
    name: String,
    failure: Option<String>,
}

/// The failures by the checks' names, or why there was no run.
type Run = Result<HashMap<String, Option<String>>, String>;

fn main() {
    let arguments = Arguments::from_args();
    let must_run = common::all_must_run();
    let Checks { names, missing } = checks();
    let run = Arc::new(OnceLock::new());
    let trials = names.into_iter().map(|name| {
        if missing.is_empty() {
            let run = Arc::clone(&run);
            return Trial::test(name.clone(), move || outcome(run.get_or_init(drive), &name));
        }
        let why = format!("{} missing; `tests/tools.sh` installs what is needed", missing.join(", "));
        let message = format!("{why}, and `OUTPARSE_TEST_ALL=1` was given");
        Trial::test(format!("{name} (skipped: {why})"), move || Err(message.into())).with_ignored_flag(!must_run)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn node(script: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(root().join(script)).env("OUTPARSE", env!("CARGO_BIN_EXE_outparse")).stdin(Stdio::null());
    node
}

/// What the checks are called, and what they lack here.
fn checks() -> Checks {
    match node("tests/playground/run.js").arg("--list").output() {
        Ok(output) if output.status.success() => serde_json::from_slice(&output.stdout).unwrap(),
        Ok(output) => panic!("node: {}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => Checks { names: vec!["the page".to_owned()], missing: vec!["`node`".to_owned()] },
    }
}

/// Builds the page and runs all checks.
fn drive() -> Run {
    let page = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("playground");
    succeed(node("host/playground/build.js").arg(&page))?;
    let output = succeed(node("tests/playground/run.js").arg(&page))?;
    let lines = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let outcomes = lines.lines().map(serde_json::from_str::<Outcome>).collect::<Result<Vec<_>, _>>();
    Ok(outcomes.map_err(|error| error.to_string())?.into_iter().map(|Outcome { name, failure }| (name, failure)).collect())
}

fn succeed(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("node: {error}"))?;
    if output.status.success() { Ok(output) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn outcome(run: &Run, name: &str) -> Result<(), Failed> {
    match run.as_ref()?.get(name) {
        Some(None) => Ok(()),
        Some(Some(failure)) => Err(failure.into()),
        None => Err("the run ended before this check".into()),
    }
}
