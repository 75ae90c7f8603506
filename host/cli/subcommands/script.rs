//! `outparse script`: what the `sh` of a machine is to read, for a program that reaches machines in its own way, as Ansible does.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use anyhow::Context;
use clap::Args;

use crate::options::Options;
use crate::printing::output::standard_output;
use outparse::error::Error;
use outparse_hosts::Script;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The number in the marks, 32 hexadecimal digits; one that is drawn, unless it is said
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    mark: Option<u128>,
    /// Run the command in this folder
    #[arg(long, value_name = "FOLDER")]
    chdir: Option<OsString>,
    /// Set the variables that standard input names for the command, as `env -0` prints them
    #[arg(long)]
    variables: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

fn number(text: &str) -> Result<u128, String> {
    match u128::from_str_radix(text, 16) {
        Ok(number) if text.len() == 32 => Ok(number),
        _ => Err("32 hexadecimal digits are expected".to_owned()),
    }
}

/// Prints it. Returns the exit status.
pub(crate) fn script(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let mut read = Vec::new();
    if arguments.variables {
        std::io::stdin().lock().read_to_end(&mut read).context("the variables cannot be read")?;
    }
    let variables = read.split(|&byte| byte == 0).filter(|line| !line.is_empty()).map(variable).collect::<Result<Vec<_>, _>>()?;
    let script = Script {
        words: &arguments.command,
        locale: &options.running.locale,
        folder: arguments.chdir.as_deref(),
        variables: &variables,
        number: arguments.mark,
    };
    let text = script.text()?;
    standard_output()?.write_all(&text).context("writing the script")?;
    Ok(0)
}

/// A variable's name and value.
fn variable(line: &[u8]) -> Result<(OsString, OsString), Error> {
    let (name, value) = match line.iter().position(|&byte| byte == b'=') {
        Some(end) => (&line[..end], &line[end + 1..]),
        None => (line, &[][..]),
    };
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    if !name.first().is_some_and(|&byte| begins(byte)) || !name.iter().all(|&byte| begins(byte) || byte.is_ascii_digit()) {
        let name = OsStr::from_bytes(name).to_string_lossy().into_owned();
        return Err(Error::Usage(format!("`{}` is not the name of a variable", name.escape_debug())));
    }
    Ok((OsString::from_vec(name.to_vec()), OsString::from_vec(value.to_vec())))
}
