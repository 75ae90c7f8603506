//! What can go wrong, and the exit status each kind ends with.

use std::io;

use crate::problem::{Problem, draw};
use crate::sandbox::PluginError;

/// An error of the program itself; a command's own failure is not one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such program.
    #[error("`{program}`: command not found")]
    NotFound {
        /// As it was typed.
        program: String,
    },
    /// There is, and it cannot be run.
    #[error("`{program}` cannot be run")]
    NotExecutable {
        /// As it was typed.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// No parser reads this command.
    #[error("no parser for `{command}`")]
    NoParser {
        /// The command.
        command: String,
        /// The commands that have one.
        known: Vec<String>,
    },
    /// There is no parser of this name for the command.
    #[error("no parser `{parser}` for `{command}`")]
    NoSuchParser {
        /// What was asked for.
        parser: String,
        /// The command.
        command: String,
        /// What there is.
        known: Vec<String>,
    },
    /// No parser recognised the capture.
    #[error("this is not the output of `{command}` that any parser knows{}", list_refusals(refusals))]
    Unrecognised {
        /// The command.
        command: String,
        /// Each parser by name and version, and what it expected.
        refusals: Vec<(String, Problem)>,
    },
    /// A parser recognised the capture, and it is broken.
    #[error("{plugin}: the output is broken: {problem}")]
    Malformed {
        /// Name and version.
        plugin: String,
        /// Where and why.
        problem: Problem,
    },
    /// A plugin misbehaved.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// A plugin's language has a tool that is not here.
    #[error("`{tool}`, which plugins in {language} are built with, is not installed")]
    MissingTool {
        /// The tool.
        tool: String,
        /// The language.
        language: &'static str,
        /// The command that installs it.
        install: String,
    },
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(String),
    /// A plugin is not added, removed or fetched.
    #[error("{why}")]
    Declined {
        /// Why.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A selection that makes no sense for the records.
    #[error("{why}")]
    Selection {
        /// What is wrong, with the place in the expression marked.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// With `--strict`: there were problems.
    #[error("{0} and `--strict` was given")]
    Strict(String),
    /// Anything else, reading and writing above all.
    #[error(transparent)]
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        // An error of ours that passed through an `anyhow::Error` keeps its kind.
        error.downcast().unwrap_or_else(Error::Other)
    }
}

fn list_refusals(refusals: &[(String, Problem)]) -> String {
    refusals.iter().map(|(plugin, problem)| format!("\n  {plugin}: {problem}")).collect()
}

/// The exit status when this program failed, as `env`, `nice` and `timeout` have it; no command that is parsed uses it.
pub const FAILED: u8 = 125;
/// The exit status with `--exit-status` when no record was selected, as `grep` has it.
pub const NOTHING_SELECTED: u8 = 1;
/// The exit status when not all of many machines or captures went well, as `xargs` has it.
pub const NOT_ALL: u8 = 123;
/// The exit status when `--timeout` ended the command, as `timeout` has it.
pub const TIMED_OUT: u8 = 124;

impl Error {
    /// Its text with those of its causes.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        text
    }

    /// The same on one line.
    pub fn in_one_line(&self) -> String {
        self.with_causes().replace("\n  ", "; ")
    }

    /// The exit status.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::NotFound { .. } => 127,
            Error::NotExecutable { .. } => 126,
            Error::Usage(_) | Error::Selection { .. } => 2,
            _ => FAILED,
        }
    }

    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NoParser { known, .. } if !known.is_empty() => {
                Some(format!(
                    "`outparse plugin list --commands` names the {} commands that have one; `--table` reads any table by what stands under what",
                    known.len()
                ))
            }
            Error::NoSuchParser { known, .. } if !known.is_empty() => {
                Some(format!("there are {}; or give a file, with a `/` or a `.` in its name", known.join(", ")))
            }
            Error::Unrecognised { .. } => Some(
                "another language? `outparse <command>` runs commands with LC_ALL=C; for a saved capture, `--platform` or `--plugin` \
                 may help"
                    .to_owned(),
            ),
            Error::MissingTool { install, .. } => Some(format!("install it: {install}")),
            Error::Plugin(error) => error.hint(),
            Error::Declined { hint, .. } | Error::Selection { hint, .. } => hint.clone(),
            _ => None,
        }
    }

    /// The lines of the capture that it is about, with the places marked; empty when it is about none, or they are not at hand.
    pub fn excerpt(&self) -> String {
        match self {
            Error::Unrecognised { refusals, .. } => draw(refusals.iter().map(|(_, problem)| problem)),
            Error::Malformed { problem, .. } => draw([problem]),
            _ => String::new(),
        }
    }

    /// Whether the capture is at odds with the parsers, so that someone may want to look at it.
    pub fn is_of_parsing(&self) -> bool {
        matches!(self, Error::Unrecognised { .. } | Error::Malformed { .. })
    }

    /// Whether our reader has gone away, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        let Error::Other(error) = self else { return false };
        error
            .chain()
            .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
    }
}
