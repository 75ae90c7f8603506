//! `outparse plugin new`: a project for a command that nobody parses yet.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::options::Options;
use crate::printing::saying::{print, say};
use outparse::error::Error;
use outparse_authoring::{Carried, Carry, Language, Reading};

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The folder to make; its name is the plugin's: `lsblk-linux`
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The command that is parsed [default: the one of --capture, or what --template or --module say]
    #[arg(long, value_name = "COMMAND", required_unless_present_any = ["capture", "module", "template"])]
    command: Option<String>,
    /// What the parser is written in
    #[arg(long, value_enum, default_value = "rust")]
    lang: Written,
    /// The Python module that is carried, for jc: one with a class `info` and a function `parse`
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// Run this command, words divided at spaces: what it prints is the first fixture, and its titles become the fields
    #[arg(long, value_name = "COMMAND ARGS")]
    capture: Option<String>,
    /// The folder of the SDK, for Rust [default: found above this folder or this program, else a copy in the project]
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
}

/// What a parser may be written in, or for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lowercase")]
enum Written {
    /// Rust, with the SDK; built by cargo
    Rust,
    /// C, built by `zig cc`
    C,
    /// Python, built by componentize-py
    Python,
    /// JavaScript, built by jco
    #[value(alias = "js")]
    Javascript,
    /// A template for TextFSM, given with --template FILE
    Textfsm,
    /// A Python module for jc, given with --module FILE
    Jc,
}

/// Writes the project, and says what comes next. Returns the exit status.
pub(super) fn new(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    // The same option that elsewhere gives a template for records.
    let template = options.select.template.as_deref();
    if template.is_some() != (arguments.lang == Written::Textfsm) {
        return Err(Error::Usage(
            "`--lang textfsm` needs a template for TextFSM, `--template FILE`, and no other does".to_owned(),
        ));
    }
    if arguments.module.is_some() != (arguments.lang == Written::Jc) {
        return Err(Error::Usage("`--lang jc` needs a Python module, `--module FILE`, and no other does".to_owned()));
    }
    let captured = arguments.capture.as_deref().map(capture).transpose()?;
    let language = match arguments.lang {
        Written::Rust => Language::Rust,
        Written::C => Language::C,
        Written::Python => Language::Python,
        Written::Javascript => Language::Javascript,
        Written::Textfsm => return carry(options, arguments, captured.as_ref(), Carried::Textfsm, template.map(Path::new)),
        Written::Jc => return carry(options, arguments, captured.as_ref(), Carried::Jc, arguments.module.as_deref()),
    };
    let program = |words: &[String]| words.first().map(|program| program.rsplit('/').next().unwrap_or(program).to_owned());
    let command = arguments.command.clone().or_else(|| captured.as_ref().and_then(|(words, _)| program(words)));
    let command = command.filter(|command| is_command(command));
    let command = command.ok_or_else(|| Error::Usage("a command is one or two words, as they are typed".to_owned()))?;
    let project = outparse_authoring::New {
        folder: &arguments.folder,
        command: &command,
        language,
        capture: captured.as_ref().map(|(words, output)| (&words[..], &output[..])),
        sdk: arguments.sdk.as_deref(),
    };
    let (table, source) = outparse_authoring::new(&project)?;
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

/// Writes a project that carries a file, and says what comes next.
fn carry(
    options: &Options,
    arguments: &Arguments,
    captured: Option<&(Vec<String>, Vec<u8>)>,
    carried: Carried,
    file: Option<&Path>,
) -> Result<u8, Error> {
    let file = file.context("the option is required")?;
    let carry = Carry {
        folder: &arguments.folder,
        carried,
        file,
        command: arguments.command.as_deref(),
        platform: options.choose.platform.as_deref(),
        capture: captured.map(|(words, output)| (&words[..], &output[..])),
    };
    let (command, platform) = outparse_authoring::carry(&carry)?;
    let folder = arguments.folder.display();
    let of = platform.map(|platform| format!(" of `{platform}`")).unwrap_or_default();
    let what = command.map_or_else(|| "what its module says".to_owned(), |command| format!("`{command}`{of}"));
    print(&format!(
        "made `{folder}`: carries `{}` for {what}\nnext:\n  outparse plugin build {folder}\n  \
         outparse plugin add {folder}/plugin.wasm\n",
        file.display()
    ))?;
    Ok(0)
}

/// Whether templates can have this as the command.
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
