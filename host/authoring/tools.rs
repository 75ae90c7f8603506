//! The languages' own tools: where they are, and what to install where they are not.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use nix::unistd::geteuid;

use super::Language;
use outparse::error::Error;

/// The versions that the templates are tested with; see `tests/requirements.txt` and `templates/javascript/package.json`.
const ZIG: &str = "0.17.1";
const COMPONENTIZE_PY: &str = "0.25.1";

/// A tool in the environment of a folder or of one above it, or in `PATH`.
fn find(folder: &Path, own: &str, tool: &str) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    // Only in folders where not just anybody may put a tool.
    let own = folder.ancestors().take_while(|folder| only_ours(folder)).map(|folder| folder.join(own));
    let path = env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = env::split_paths(&path).collect();
    own.chain(path).map(|place| place.join(tool)).find(|file| file.is_file())
}

/// Whether a folder is this user's, and not everybody can write to it.
fn only_ours(folder: &Path) -> bool {
    const WRITABLE_BY_ANYONE: u32 = 0o002;
    folder.metadata().is_ok_and(|folder| folder.uid() == geteuid().as_raw() && folder.mode() & WRITABLE_BY_ANYONE == 0)
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
    Err(missing(Language::C, "zig", pip_install(folder, "ziglang", ZIG)))
}

/// `componentize-py`.
pub(super) fn componentize_py(folder: &Path) -> Result<Command, Error> {
    const TOOL: &str = "componentize-py";
    let install = || missing(Language::Python, TOOL, pip_install(folder, TOOL, COMPONENTIZE_PY));
    find(folder, ".venv/bin", TOOL).map(Command::new).ok_or_else(install)
}

/// `pip`, with the Python that it belongs to.
pub(super) fn pip(folder: &Path) -> Result<Command, Error> {
    const TOOL: &str = "python3";
    let install = || missing(Language::Python, TOOL, "see https://www.python.org/downloads".to_owned());
    let mut pip = find(folder, ".venv/bin", TOOL).map(Command::new).ok_or_else(install)?;
    pip.args(["-m", "pip"]);
    Ok(pip)
}

/// `jco`.
pub(super) fn jco(folder: &Path) -> Result<Command, Error> {
    let install = || missing(Language::Javascript, "jco", format!("npm install --prefix {}", folder.display()));
    find(folder, "node_modules/.bin", "jco").map(Command::new).ok_or_else(install)
}

/// `cargo`: the one that `CARGO` names, or else the one where Rust is installed or in `PATH`.
pub(super) fn cargo(folder: &Path) -> Result<Command, Error> {
    let set = env::var_os("CARGO").map(PathBuf::from);
    let install = || missing(Language::Rust, "cargo", "see https://rustup.rs".to_owned());
    set.or_else(|| find(folder, ".cargo/bin", "cargo")).map(Command::new).ok_or_else(install)
}

fn pip_install(folder: &Path, package: &str, version: &str) -> String {
    let venv = folder.strip_prefix(".").unwrap_or(folder).join(".venv");
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_tool_is_taken_from_a_folder_above_unless_anyone_can_write_there() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("plugin");
        fs::create_dir_all(&folder).unwrap();
        let tool = above.path().join(".venv/bin/a-tool-of-this-test");
        fs::create_dir_all(tool.parent().unwrap()).unwrap();
        fs::write(&tool, "").unwrap();
        let found = || find(&folder, ".venv/bin", "a-tool-of-this-test");
        assert_eq!(found(), Some(tool.canonicalize().unwrap()));
        fs::set_permissions(above.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(found(), None);
    }
}
