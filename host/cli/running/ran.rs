//! How a command ended: its exit status, and what is said about it.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::Signal;

use crate::printing::envelope::Ended;
use crate::printing::output_file::OutputFile;
use crate::printing::saying::say;
use crate::running::stop::Asked;
use outparse::capture::command::exit_code;
use outparse::error::{Error, TIMED_OUT};

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) bytes: u64,
    pub(crate) asked: Option<Asked>,
    /// Whether it has ended while its output is still open.
    pub(crate) left_open: bool,
    /// Whether we ended it because nobody wanted the rest.
    pub(crate) broken_off: bool,
    /// Whether that was because there were as many records as `--limit` allows. That is success.
    pub(crate) ended_by_limit: bool,
}

impl Ran {
    pub(crate) fn exit_code(&self) -> u8 {
        match self.asked {
            Some(Asked::Timeout) => TIMED_OUT,
            None if self.ended_by_limit => 0,
            _ => exit_code(self.status),
        }
    }

    /// How it ended, for an envelope.
    pub(crate) fn ended(&self) -> Ended {
        let ended_early = self.asked.map(|asked| match asked {
            Asked::Timeout => "timeout",
            Asked::Signal(_) => "signal",
        });
        Ended { exit_status: Some(self.exit_code()), ended_early }
    }

    /// Whether the user broke it off, through us or at the terminal.
    pub(crate) fn interrupted(&self) -> bool {
        matches!(self.asked, Some(Asked::Signal(_))) || self.status.signal() == Some(Signal::SIGINT as i32)
    }

    /// Puts the output file in its place, unless the run was interrupted.
    pub(crate) fn keep(&self, file: Option<OutputFile>) -> anyhow::Result<()> {
        match file {
            Some(_) if self.interrupted() => say("the output file was not written: the run was interrupted"),
            Some(file) => file.keep()?,
            None => {}
        }
        Ok(())
    }

    /// Says what the exit status alone does not.
    pub(crate) fn comment(&self, program: &str) {
        let nothing = if self.bytes == 0 { " and printed nothing" } else { "" };
        if let Some(how) = self.failure() {
            say(format_args!("`{program}` {how}{nothing}"));
        } else if self.bytes == 0 {
            say(format_args!("`{program}` printed nothing"));
        }
        if self.left_open {
            say(format_args!(
                "`{program}` has ended, but something it started keeps its output open: what that may print is not read"
            ));
        }
    }

    /// How it failed, as a clause; None when it did not.
    fn failure(&self) -> Option<String> {
        if self.asked == Some(Asked::Timeout) {
            return Some("was ended after the time of --timeout".to_owned());
        }
        match (self.status.code(), self.status.signal()) {
            (Some(0), _) => None,
            _ if self.ended_by_limit && self.asked.is_none() => None,
            (Some(code), _) => Some(format!("failed with exit status {code}")),
            (None, signal) => {
                let number = signal.unwrap_or_default();
                let name = Signal::try_from(number).map_or_else(|_| String::new(), |signal| format!(" ({signal})"));
                Some(format!("was killed by signal {number}{name}"))
            }
        }
    }

    /// Says how the command itself failed, which may explain an error of the parse.
    pub(crate) fn explain(&self, program: &str, error: &Error) {
        if let Some(how) = self.failure().filter(|_| !error.is_broken_pipe()) {
            say(format_args!("`{program}` {how}"));
        }
    }
}

/// The exit status of a run that the user would not wait for.
pub(crate) fn left_early(asked: Option<Asked>) -> u8 {
    say("interrupted before all was written");
    match asked {
        Some(Asked::Signal(signal)) => 128 + signal as u8,
        Some(Asked::Timeout) | None => TIMED_OUT,
    }
}
