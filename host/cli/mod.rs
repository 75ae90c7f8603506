//! The command line: what is asked for, and a file for each subcommand.

mod capture;
mod listing;
mod options;
mod output_file;
mod parse;
mod plugin;
mod report;
mod run;
mod schema;
mod stop;
mod terminal;
mod which;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;
use options::Options;

/// Runs a command, parses what it prints in a WebAssembly sandbox, and prints typed records.
///
/// Options stand before the command; everything after it is the command's own.
#[derive(Parser)]
#[command(name = "outparse", version, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, subcommand_value_name = "COMMAND [ARGS]...", subcommand_help_heading = "Commands")]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
A command is run as it stands: `outparse df -h` is `outparse run -- df -h`.

Examples:
  outparse df -h
  outparse --format jsonl --fields mounted_on,use_percent df
  df -k | outparse parse df --format csv -- -k

Exit status:
  the command's own; 128+N when signal N killed it
  2    the arguments make no sense
  124  the command was ended after --timeout
  125  the output could not be parsed or written
  126  the command cannot be executed
  127  there is no such command
  141  nobody reads our output any more";

#[derive(Subcommand)]
enum Command {
    /// Run a command, also one named like a subcommand here
    Run {
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Parse the output of a command from standard input or a file
    Parse(parse::Arguments),
    /// Say which parsers would be used for a command, and why
    Which(which::Arguments),
    /// Show the fields of a command's records: types, units, meaning
    Schema {
        /// The command
        #[arg(required = true, num_args = 1.., value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// List the plugins, or work with them
    #[command(visible_alias = "plugins")]
    Plugin {
        #[command(subcommand)]
        what: Option<plugin::Plugin>,
    },
    #[command(external_subcommand)]
    External(Vec<OsString>),
}

/// Runs the program. The only place where an error becomes an exit status.
pub fn main() -> ExitCode {
    let Cli { options, command } = Cli::parse();
    options.start_trace();
    let ended = match command {
        Command::Run { command } | Command::External(command) => run::run(&options, &command),
        Command::Parse(arguments) => parse::parse(&options, &arguments),
        Command::Which(arguments) => which::which(&options, &arguments),
        Command::Schema { command } => schema::schema(&options, &command),
        Command::Plugin { what } => plugin::plugin(&options, &what.unwrap_or(plugin::Plugin::List)),
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        // Nobody reads any more: end as the signal would have ended us, without a word.
        Err(error) if error.is_broken_pipe() => ExitCode::from(128 + nix::sys::signal::Signal::SIGPIPE as u8),
        Err(error) => {
            complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Prints an error with its causes and what to do about it.
fn complain(error: &Error) {
    let mut text = format!("error: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    say(text);
    if let Some(hint) = error.hint() {
        say(format_args!("hint: {hint}"));
    }
}

/// Says something to the user, on standard error. Where nobody can hear it, that is no reason to stop.
fn say(text: impl std::fmt::Display) {
    use std::io::Write;
    let _ = std::io::stderr().write_all(format!("outparse: {text}\n").as_bytes());
}

/// Prints text that is complete. Our reader may be gone.
fn print(text: &str) -> Result<(), Error> {
    use std::io::Write;
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(anyhow::Error::from)?;
    Ok(())
}
