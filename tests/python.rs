//! The Python package, built as its users build it and tested with the interpreters that are here.
//!
//! Where maturin is not there the tests say so and end; with `OUTPARSE_TEST_ALL=1` they fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

mod common;

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("host/python")
}

/// The program of a virtual environment, or None where its tests are not to be.
fn tool(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    if found.is_none() {
        assert!(!common::all_must_run(), "`{name}` is not installed, and `OUTPARSE_TEST_ALL=1` was given");
        eprintln!("`{name}` is not installed: the package is not built");
    }
    found
}

fn succeeds(command: &mut Command) {
    let ran = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{command:?}\n{out}\n{err}");
}

/// The oldest and the newest of the interpreters that are here and supported.
fn interpreters() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = vec![PathBuf::from("/usr/bin/python3")];
    let managed = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv/versions"));
    if let Some(versions) = managed.and_then(|versions| versions.read_dir().ok()) {
        found.extend(versions.filter_map(Result::ok).map(|version| version.path().join("bin/python3")));
    }
    let version = |python: PathBuf| {
        let asks = "import sys, venv, ensurepip; print(sys.version_info.minor)";
        let ran = Command::new(&python).args(["-c", asks]).output().ok().filter(|ran| ran.status.success())?;
        let minor: u32 = String::from_utf8(ran.stdout).ok()?.trim().parse().ok()?;
        (minor >= 9).then_some((minor, python))
    };
    let mut found: Vec<(u32, PathBuf)> = found.into_iter().filter_map(version).collect();
    found.sort();
    let newest = found.pop();
    found.truncate(1);
    found.into_iter().chain(newest).map(|(_, python)| python).collect()
}

#[test]
fn the_wheel_works_where_it_is_installed() {
    let (Some(maturin), Some(mypy)) = (tool("maturin"), tool("mypy")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let wheels = folder.path().join("wheels");
    let manifest = package().join("Cargo.toml");
    let mut build = Command::new(maturin);
    build.args(["build", "--release", "--offline", "--quiet", "-m"]).arg(&manifest).arg("--out").arg(&wheels);
    // What cargo says to this test is not meant for that build: some crates are built anew when it changes, and all that needs them.
    let told = std::env::vars_os().map(|(name, _)| name);
    for name in told
        .filter(|name| ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"].iter().any(|told| name.to_string_lossy().starts_with(told)))
    {
        build.env_remove(name);
    }
    succeeds(&mut build);
    let wheel = wheels.read_dir().unwrap().next().unwrap().unwrap();
    let bytes = wheel.metadata().unwrap().len();
    assert!(bytes < 40 << 20, "the wheel has {bytes} bytes");

    // The interpreter of the tests has data frames; the others have nothing but the wheel.
    let wheel = wheel.path();
    let site = folder.path().join("site");
    succeeds(Command::new("python3").args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(&site).arg(&wheel));
    let tests = package().join("tests/test_package.py");
    succeeds(Command::new("python3").arg(&tests).env("PYTHONPATH", &site).current_dir(folder.path()));
    // A cluster of two machines on this one, of which now and then something dies.
    let cluster = package().join("tests/test_ray.py");
    succeeds(Command::new("python3").arg(&cluster).env("PYTHONPATH", &site).current_dir(folder.path()));
    succeeds(Command::new(mypy).args(["--strict", "-p", "outparse"]).env("MYPYPATH", &site).current_dir(folder.path()));
    for (number, python) in interpreters().into_iter().enumerate() {
        let env = folder.path().join(format!("env{number}"));
        succeeds(Command::new(&python).args(["-m", "venv"]).arg(&env));
        let python = env.join("bin/python");
        succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-index"]).arg(&wheel));
        let classes = ["Records", "Errors", "Processes", "Commands"];
        let mut run = Command::new(&python);
        run.arg(&tests).args(classes).current_dir(folder.path());
        succeeds(&mut run);
    }
}
