//! What a parser is told of a capture: where it comes from, and how it ended.

use std::os::unix::process::ExitStatusExt;

use super::bindings::exports::outparse::plugin::parser as wit;

/// Where a capture comes from, as parsers are told it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The words that name the command, without the program's directory: `df`, `git log`. Empty for a file.
    pub command: String,
    /// Its other words, where they are known.
    pub arguments: Option<Vec<String>>,
    /// The file's path, where the capture is a file.
    pub path: Option<String>,
    /// The platform it comes from, where that is known.
    pub platform: Option<String>,
    /// The locale that the command ran in, where that is known: `C.UTF-8`.
    pub locale: Option<String>,
    /// When it was taken, where that is known.
    pub captured: Option<Moment>,
}

impl Source {
    /// What to call it in messages: the command, or the file.
    pub fn name(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.command)
    }

    pub(super) fn to_wit(&self) -> wit::Source {
        let input = match &self.path {
            Some(path) => wit::Input::File(path.clone()),
            None => wit::Input::Command(wit::Invocation { command: self.command.clone(), arguments: self.arguments.clone() }),
        };
        wit::Source {
            input,
            platform: self.platform.clone(),
            locale: self.locale.clone(),
            captured: self.captured.map(|Moment { seconds, offset }| wit::Moment { seconds, offset }),
        }
    }
}

/// A point in time at the place of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since the beginning of 1970, UTC.
    pub seconds: i64,
    /// Seconds by which local time there was ahead of UTC, where that is known.
    pub offset: Option<i32>,
}

/// How a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether the output is complete, that is, was not cut off.
    pub complete: bool,
    /// How the command ended, where that is known.
    pub status: Option<std::process::ExitStatus>,
}

impl Ended {
    /// A complete capture of a command whose status is not known.
    pub const COMPLETE: Ended = Ended { complete: true, status: None };

    pub(super) fn to_wit(self) -> wit::Ending {
        let status = self.status.and_then(|status| match (status.code(), status.signal()) {
            (Some(code), _) => Some(wit::Status::Exited(code)),
            (None, Some(signal)) => Some(wit::Status::Killed(signal)),
            (None, None) => None,
        });
        wit::Ending { complete: self.complete, status }
    }
}
