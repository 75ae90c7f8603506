//! `outparse plugin capture`: runs a command and keeps what it prints as a fixture: `fixtures/<platform-version>/<case>/` with
//! `output` and `command`. The records that are expected of it are written by the plugin's tests.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::options::Options;
use crate::printing::saying::{print, say};
use crate::running::capture;
use outparse::error::Error;
use outparse_authoring::fixture::platform;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The case's name [default: made of the arguments]
    #[arg(long, value_name = "CASE")]
    name: Option<String>,
    /// The plugin's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Where it was captured: debian-12, macos-14, … [default: this machine's]
    #[arg(long, value_name = "PLATFORM-VERSION")]
    from: Option<String>,
    /// Put it in the place of a case of the same name
    #[arg(long)]
    replace: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Captures the output. Returns the exit status.
pub(super) fn capture(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let words = &arguments.command;
    if words.iter().any(|word| word.as_bytes().contains(&b'\n')) {
        return Err(Error::Usage("a fixture has an argument on each line, and one of these has a line end in it".to_owned()));
    }
    let case = arguments.name.clone().unwrap_or_else(|| case_name(words));
    let from = arguments.from.clone().unwrap_or_else(platform);
    for name in [&case, &from] {
        if !is_name(name) {
            return Err(Error::Usage(format!("`{name}` is no name for a folder: letters, digits, `-`, `_` and `.` are")));
        }
    }
    let folder = arguments.folder.join("fixtures").join(&from).join(&case);
    if folder.join("output").exists() && !arguments.replace {
        return Err(Error::Declined {
            why: format!("`{}` is there already", folder.display()),
            hint: Some("`--name` names another case, `--replace` captures this one anew".to_owned()),
        });
    }
    let captured = capture::capture(options, words)?;
    if !captured.status.success() {
        say(format_args!("the command failed ({}); what it printed is kept", captured.status));
    }
    if captured.bytes.is_empty() {
        say("the command printed nothing");
    }
    write(&folder, &captured.bytes, words).with_context(|| format!("`{}` cannot be written", folder.display()))?;
    print(&format!("{}: {} bytes\n", folder.display(), captured.bytes.len()))?;
    Ok(0)
}

fn write(folder: &Path, output: &[u8], words: &[OsString]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let command: Vec<u8> = words.iter().flat_map(|word| [word.as_bytes(), b"\n"].concat()).collect();
    fs::write(folder.join("command"), command)?;
    fs::write(folder.join("output"), output)
}

/// The arguments as a name: `df -h --total` is `h-total`.
fn case_name(words: &[OsString]) -> String {
    let text: Vec<_> = words.iter().skip(1).map(|word| word.to_string_lossy()).collect();
    let parts: Vec<String> = text
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    if parts.is_empty() { "no-flags".to_owned() } else { parts.join("-").chars().take(60).collect() }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_named_after_the_arguments() {
        let name = |words: &[&str]| case_name(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(name(&["df"]), "no-flags");
        assert_eq!(name(&["df", "-h", "--total", "/a/../b"]), "h-total-a-b");
        assert_eq!(name(&["df", "..", "/"]), "no-flags");
    }

    #[test]
    fn a_name_leads_to_no_other_folder() {
        assert!(is_name("h-total_1.0"));
        for name in ["", "..", ".x", "a/b", "a b", "\u{1b}"] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
