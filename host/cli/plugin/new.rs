//! `outparse plugin new`: a project for a command that nobody parses yet.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::author::{self, Language, Reading};
use crate::cli::{print, say};
use crate::error::Error;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The folder to make; its name is the plugin's: `lsblk-linux`
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The command that is parsed [default: the one of --capture]
    #[arg(long, value_name = "COMMAND", required_unless_present = "capture")]
    command: Option<String>,
    /// What the parser is written in
    #[arg(long, value_enum, default_value = "rust")]
    lang: Language,
    /// Run this command, words divided at spaces: what it prints is the first fixture, and its titles become the fields
    #[arg(long, value_name = "COMMAND ARGS")]
    capture: Option<String>,
    /// The folder of the SDK, for Rust [default: found above this folder or this program]
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
}

/// Writes the project, and says what comes next. Returns the exit status.
pub(super) fn new(arguments: &Arguments) -> Result<u8, Error> {
    let captured = arguments.capture.as_deref().map(capture).transpose()?;
    let program = |words: &[String]| words.first().map(|program| program.rsplit('/').next().unwrap_or(program).to_owned());
    let command = arguments.command.clone().or_else(|| captured.as_ref().and_then(|(words, _)| program(words)));
    let command = command.filter(|command| is_command(command));
    let command = command.ok_or_else(|| Error::Usage("a command is one or two words, as they are typed".to_owned()))?;
    let project = author::New {
        folder: &arguments.folder,
        command: &command,
        language: arguments.lang,
        capture: captured.as_ref().map(|(words, output)| (&words[..], &output[..])),
        sdk: arguments.sdk.as_deref(),
    };
    let (table, source) = author::new(&project)?;
    let folder = arguments.folder.display();
    let from = if captured.is_some() { format!("what `{command}` printed") } else { "an example".to_owned() };
    let fields: Vec<_> = table.fields.iter().map(|field| field.name.as_str()).collect();
    let how = match (table.titles.is_empty(), table.reading) {
        (true, _) => ", which has no titles",
        (false, Reading::Cells) => ", by what stands under which title",
        (false, _) => "",
    };
    let run = arguments.capture.as_deref().unwrap_or(&command);
    let here = if arguments.folder.is_absolute() { "" } else { "./" };
    print(&format!(
        "made `{folder}`: fields {}, from {from}{how}; what they mean is yours to say in `{}`\nnext:\n  \
         outparse plugin build {folder}\n  outparse plugin test {folder} --bless\n  \
         outparse --plugin {here}{folder}/plugin.wasm {run}\n",
        fields.join(", "),
        source.display(),
    ))?;
    Ok(0)
}

/// Whether templates can name it.
fn is_command(command: &str) -> bool {
    let words = command.split(' ').count();
    words <= 2
        && command
            .split(' ')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && !b"`\"\\'*{}".contains(&byte)))
}

/// Runs a command as `outparse` does, and keeps what it prints.
fn capture(line: &str) -> Result<(Vec<String>, Vec<u8>), Error> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let (program, arguments) = words.split_first().ok_or_else(|| Error::Usage("`--capture` names a command".to_owned()))?;
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { program: program.clone() },
        _ => Error::NotExecutable { program: program.clone(), source },
    })?;
    if output.stdout.is_empty() {
        return Err(anyhow::anyhow!("`{line}` printed nothing to parse")).context("no plugin was made").map_err(Error::Other);
    }
    if !output.status.success() {
        say(format_args!("`{line}` ended with {}; what it printed is the fixture all the same", output.status));
    }
    Ok((words, output.stdout))
}
