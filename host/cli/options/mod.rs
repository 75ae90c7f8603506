//! The options that all subcommands share, in a file for each group of them.

mod choose;
mod hosts;
pub(crate) mod running;
mod select;
mod show;

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::Args;

use choose::Choosing;
use hosts::Hosting;
use outparse::capture::clock;
use outparse::error::Error;
use outparse::registry::{Capture, Config, Query, Ranking, rank};
use running::Running;
use select::Selecting;
use show::Showing;

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) show: Showing,
    #[command(flatten)]
    pub(crate) select: Selecting,
    #[command(flatten)]
    pub(crate) choose: Choosing,
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) hosts: Hosting,
    /// Print the steps of the run to standard error
    #[arg(long, global = true, help_heading = "Other")]
    pub(crate) trace: bool,
}

impl Options {
    /// Prints the steps of the run, if asked to.
    pub(crate) fn start_trace(&self) {
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

    /// Whether a line of progress would be in nobody's way: the records go elsewhere, and there is no trace.
    pub(crate) fn leaves_room_for_progress(&self) -> bool {
        let elsewhere = self.show.output.is_some() || !io::stdout().is_terminal();
        elsewhere && !self.trace
    }

    /// The platform the output is from.
    pub(crate) fn platform(&self) -> &str {
        self.choose.platform.as_deref().unwrap_or(std::env::consts::OS)
    }

    /// Ranks the parsers for a command line.
    pub(crate) fn rank(&self, command: &[String], implementation: Option<&str>, config: &Config) -> Result<Ranking, Error> {
        if let Some(remark) = config.remark() {
            crate::printing::saying::say(remark);
        }
        let platform = self.platform();
        rank(&Query { command, path: None, platform, implementation, plugin: self.choose.plugin() }, config)
    }

    /// Ranks the parsers for a command line on another platform.
    pub(crate) fn rank_for(&self, command: &[String], platform: &str, config: &Config) -> Result<Ranking, Error> {
        rank(&Query { command, platform, plugin: self.choose.plugin(), ..Query::default() }, config)
    }

    /// Ranks the parsers for a file.
    pub(crate) fn rank_file(&self, path: &str, config: &Config) -> Result<Ranking, Error> {
        let (platform, plugin) = (self.platform(), self.choose.plugin());
        rank(&Query { path: Some(path), platform, plugin, ..Query::default() }, config)
    }

    /// What a parser is told about a capture that was taken elsewhere or before.
    pub(crate) fn capture(&self, command: &[String], arguments_known: bool) -> Capture {
        Capture {
            words: command.to_vec(),
            arguments_known,
            path: None,
            platform: self.choose.platform.clone(),
            locale: None,
            captured: self.choose.captured_at,
            guess_types: self.choose.guess_types,
        }
    }

    /// What a parser is told about a file, or a copy of it.
    pub(crate) fn capture_of_file(&self, path: &str) -> Capture {
        Capture { path: Some(path.to_owned()), ..self.capture(&[], false) }
    }

    /// What a parser is told about a command that is run here and now.
    pub(crate) fn live_capture(&self, command: &[String]) -> Capture {
        Capture {
            locale: self.running.locale.name(),
            captured: self.choose.captured_at.or_else(|| Some(clock::now())),
            ..self.capture(command, true)
        }
    }
}

/// An error about the first of these options that was given. `why` is a clause about it.
pub(crate) fn refuse(options: &[(bool, &str)], why: &str) -> Result<(), Error> {
    match options.iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => Err(Error::Usage(format!("`{option}` {why}"))),
        None => Ok(()),
    }
}

/// A command line as text; bytes that are not UTF-8 are replaced.
pub(crate) fn as_text(command: &[OsString]) -> Vec<String> {
    command.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}
