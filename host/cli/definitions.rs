//! What the command line may say: the subcommands, with their help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::options::Options;
use crate::subcommands::complete::shell::{self, Shell};
use crate::subcommands::{mcp, parse, plugin, replay, report, scan, script, which};

/// Runs a command, parses what it prints, and prints typed records
///
/// Options stand before the command; everything after it is the command's own. The parsers are WebAssembly plugins that run in a
/// sandbox, without any rights.
#[derive(Parser, Debug)]
#[command(name = "outparse", version, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, override_usage = USAGE)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const USAGE: &str = "outparse [OPTIONS] COMMAND [ARGS]...\n       outparse [OPTIONS] SUBCOMMAND ...";

const EXAMPLES: &str = "\
Examples:
  outparse df -h
  outparse --format jsonl --fields mounted_on,use_percent df
  df -k | outparse parse df --format csv -- -k";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a command, also one named like a subcommand here
    #[command(after_help = "Examples:\n  outparse run -- df -h")]
    Run {
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Parse the output of a command from standard input or a file
    #[command(after_help = "Examples:\n  df -k | outparse parse df -- -k\n  df > df.txt; outparse parse df --input df.txt")]
    Parse(parse::Arguments),
    /// Make one table of many captures: files, compressed ones, archives
    #[command(
        after_help = "Each record has its capture in the field `capture`, and all cores work. A capture that fails is told of, and kept with `--problems`; the exit \
                      status is 123 unless all were parsed to their ends.\n\n\
                      Examples:\n  mkdir captures; df -k > captures/web1.txt; outparse scan 'captures/*.txt' -- df -k\n  \
                      df -k | gzip > df.gz; outparse scan df.gz --problems bad.jsonl -- df -k"
    )]
    Scan(scan::Arguments),
    /// Keep what is needed to look at a parse elsewhere
    #[command(
        after_help = "The file is `--output`, or `outparse-COMMAND.tar` here. It may hold private data: look at it before you pass it on.\n\n\
                      Examples:\n  outparse report df -h"
    )]
    Report(report::Arguments),
    /// Parse the capture of a report again, and compare what comes of it
    #[command(
        after_help = "The parsers here are used, unless the report carries a component of its own; `--plugin bundle` asks for that one.\n\n\
                      Examples:\n  outparse report df -h; outparse replay outparse-df.tar"
    )]
    Replay(replay::Arguments),
    /// Say which parsers would be used for a command, and why
    #[command(
        after_help = "Examples:\n  outparse which df\n  outparse which --try df -h\n  df -k > df.txt; outparse which --input df.txt df -k"
    )]
    Which(which::Arguments),
    /// Show the fields of a command's records: types, units, meaning
    #[command(after_help = "With --format json it is JSON Schema.\n\nExamples:\n  outparse schema df")]
    Schema {
        /// The command
        #[arg(required = true, num_args = 1.., value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// List the plugins, or work with them
    #[command(visible_alias = "plugins", after_help = "Examples:\n  outparse plugins")]
    Plugin {
        #[command(subcommand)]
        what: Option<plugin::Plugin>,
    },
    /// Serve the parsers to coding agents: the Model Context Protocol
    #[command(
        after_help = "An agent may list parsers, show schemas and parse text. It may run only the commands that `--allow` names, without a shell.\n\n\
                      Examples:\n  outparse mcp\n  outparse mcp --allow df,ps,ss,'git log'"
    )]
    Mcp(mcp::Arguments),
    /// Print the script that `--hosts` lets a machine run
    #[command(
        after_help = "It is what `--hosts` sends, for programs that reach machines in their own way. The machine prints `outparse NUMBER begin`; what it is, a \
                      line each; `outparse NUMBER output`; what the command prints; and `outparse NUMBER end` with the exit status, which need \
                      not begin a line.\n\n\
                      Examples:\n  outparse script df -k | sh"
    )]
    Script(script::Arguments),
    /// Print a script that lets a shell complete command lines
    #[command(after_help = shell::EXAMPLES)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Show the manual page, or write all of them to a folder
    #[command(after_help = "Examples:\n  outparse man\n  outparse man ~/.local/share/man/man1")]
    Man {
        /// Where to write `outparse.1` and a page for each subcommand
        folder: Option<PathBuf>,
    },
    /// Explain a subcommand, `options`, `exit-status`, `environment`, `files`
    #[command(after_help = "Examples:\n  outparse help options\n  outparse help parse")]
    Help {
        /// A subcommand's words, or a topic
        #[arg(value_name = "TOPIC")]
        words: Vec<String>,
    },
    #[command(external_subcommand)]
    External(Vec<OsString>),
}
