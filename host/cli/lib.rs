//! The program: what is asked for on the command line, and what is done about it.

mod definitions;
mod lean_definitions;
mod options;
mod printing;
mod running;
mod subcommands;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use definitions::{Cli, Command};
use printing::progress;
use printing::saying::complain;
use subcommands::{complete, help, man, mcp, parse, plugin, replay, report, run, scan, schema, script, which};

/// Runs the program. The only place where an error becomes an exit status.
pub fn main() -> ExitCode {
    if let Some(cursor) = std::env::var_os(complete::VARIABLE) {
        return complete::answer(&cursor);
    }
    let words: Vec<OsString> = std::env::args_os().collect();
    let all_definitions = || Cli::try_parse_from(&words).unwrap_or_else(|error| help::exit(&error));
    let Cli { options, command } = lean_definitions::read(&words).unwrap_or_else(all_definitions);
    options.start_trace();
    let runs = matches!(command, Command::Run { .. } | Command::External(_));
    let tagged = matches!(&command, Command::Parse(arguments) if arguments.tagged());
    let ended = options.hosts.check(runs, tagged).and_then(|()| match command {
        Command::Run { command } | Command::External(command) => run::run(&options, &command),
        Command::Parse(arguments) => parse::parse(&options, &arguments),
        Command::Scan(arguments) => scan::scan(&options, &arguments),
        Command::Report(arguments) => report::report(&options, &arguments),
        Command::Replay(arguments) => replay::replay(&options, &arguments),
        Command::Which(arguments) => which::which(&options, &arguments),
        Command::Schema { command } => schema::schema(&options, &command),
        Command::Plugin { what } => plugin::plugin(&options, &what.unwrap_or_else(plugin::Plugin::listed)),
        Command::Script(arguments) => script::script(&options, &arguments),
        Command::Mcp(arguments) => mcp::serve(&options, &arguments),
        Command::Completions { shell } => complete::script(shell),
        Command::Man { folder } => man::man(folder.as_deref()),
        Command::Help { words } => help::help(&words),
    });
    progress::end();
    match ended {
        Ok(code) => ExitCode::from(code),
        // Nothing reads our output any more, so exit the way SIGPIPE would have killed us, without a word.
        Err(error) if error.is_broken_pipe() => ExitCode::from(128 + nix::sys::signal::Signal::SIGPIPE as u8),
        Err(error) => {
            complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
