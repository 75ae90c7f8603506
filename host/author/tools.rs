//! The languages' own tools: where they are, and what to install where they are not.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use super::Language;
use crate::error::Error;

/// The versions that the templates are tested with; see `tests/requirements.txt` and `templates/javascript/package.json`.
const ZIG: &str = "0.17.1";
const COMPONENTIZE_PY: &str = "0.25.1";

/// A tool in a folder's own environment, or in `PATH`.
fn find(folder: &Path, own: &str, tool: &str) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let own = folder.ancestors().map(|folder| folder.join(own));
    let path = env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = env::split_paths(&path).collect();
    own.chain(path).map(|place| place.join(tool)).find(|file| file.is_file())
}

/// `zig`, which is also a Python package.
pub(super) fn zig(folder: &Path) -> Result<Command, Error> {
    const VENV: &str = ".venv/bin";
    if let Some(zig) = find(folder, VENV, "zig") {
        return Ok(Command::new(zig));
    }
    for python in ["python-zig", "python3"].iter().filter_map(|python| find(folder, VENV, python)) {
        let mut zig = Command::new(&python);
        if python.ends_with("python3") {
            zig.args(["-m", "ziglang"]);
        }
        let mut probe = Command::new(zig.get_program());
        probe.args(zig.get_args()).arg("version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if probe.status().is_ok_and(|status| status.success()) {
            return Ok(zig);
        }
    }
    Err(missing(Language::C, "zig", pip(folder, "ziglang", ZIG)))
}

/// `componentize-py`.
pub(super) fn componentize_py(folder: &Path) -> Result<Command, Error> {
    const TOOL: &str = "componentize-py";
    let install = || missing(Language::Python, TOOL, pip(folder, TOOL, COMPONENTIZE_PY));
    find(folder, ".venv/bin", TOOL).map(Command::new).ok_or_else(install)
}

/// `jco`.
pub(super) fn jco(folder: &Path) -> Result<Command, Error> {
    let install = || missing(Language::Javascript, "jco", format!("(cd {} && npm install)", folder.display()));
    find(folder, "node_modules/.bin", "jco").map(Command::new).ok_or_else(install)
}

/// `cargo`, which is where Rust is.
pub(super) fn cargo(folder: &Path) -> Result<Command, Error> {
    let set = env::var_os("CARGO").map(PathBuf::from);
    let install = || missing(Language::Rust, "cargo", "see https://rustup.rs".to_owned());
    set.or_else(|| find(folder, ".cargo/bin", "cargo")).map(Command::new).ok_or_else(install)
}

fn pip(folder: &Path, package: &str, version: &str) -> String {
    let venv = folder.join(".venv");
    let venv = venv.display();
    format!("python3 -m venv {venv} && {venv}/bin/pip install {package}=={version}")
}

fn missing(language: Language, tool: &str, install: String) -> Error {
    Error::MissingTool { tool: tool.to_owned(), language: language.name(), install }
}

/// Runs a tool. What it prints goes to standard error: it is not ours.
pub(super) fn run(mut command: Command) -> Result<(), Error> {
    let words: Vec<OsString> = std::iter::once(command.get_program()).chain(command.get_args()).map(OsString::from).collect();
    let words = words.join(std::ffi::OsStr::new(" "));
    tracing::debug!("running {}", words.to_string_lossy());
    let program = command.get_program().to_string_lossy().into_owned();
    let ran = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    let status = ran.with_context(|| format!("`{program}` cannot be run"))?;
    if !status.success() {
        return Err(Error::Other(anyhow::anyhow!("`{program}` failed with {status}; what it said is above")));
    }
    Ok(())
}
