//! The options that all subcommands share, in a file for each group of them.

mod choose;
mod running;
mod select;
mod show;

use std::ffi::OsString;

use clap::Args;

use crate::error::Error;
use crate::registry::{Config, Query, Ranking, rank, source};
use crate::sandbox::Source;
use choose::Choosing;
use running::Running;
use select::Selecting;
use show::Showing;

#[derive(Args, Debug)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) show: Showing,
    #[command(flatten)]
    pub(super) select: Selecting,
    #[command(flatten)]
    pub(super) choose: Choosing,
    #[command(flatten)]
    pub(super) running: Running,
    /// Print the steps of the run to standard error
    #[arg(long, global = true, help_heading = "Other")]
    pub(super) trace: bool,
}

impl Options {
    /// Prints the steps of the run, if asked to.
    pub(super) fn start_trace(&self) {
        if self.trace {
            tracing_subscriber::fmt()
                .with_writer(std::io::stderr)
                .with_max_level(tracing::Level::DEBUG)
                .without_time()
                .with_level(false)
                .with_target(false)
                .with_ansi(false)
                .log_internal_errors(false)
                .init();
        }
    }

    /// The platform the output is from.
    pub(super) fn platform(&self) -> &str {
        self.choose.platform.as_deref().unwrap_or(std::env::consts::OS)
    }

    /// Ranks the parsers for a command line.
    pub(super) fn rank(&self, command: &[String], implementation: Option<&str>, config: &Config) -> Result<Ranking, Error> {
        if let Some(remark) = config.remark() {
            super::say(remark);
        }
        let query = Query { command, platform: self.platform(), implementation, plugin: self.choose.plugin.as_deref() };
        rank(&query, config)
    }

    /// What the parser is told about a capture. `words` of the command line name the command.
    pub(super) fn source(&self, command: &[String], words: usize, arguments_known: bool) -> Source {
        source(command, words, arguments_known, self.choose.platform.as_deref())
    }
}

/// A command line as text; bytes that are not UTF-8 are replaced.
pub(super) fn as_text(command: &[OsString]) -> Vec<String> {
    command.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}
