//! Completion of command lines in shells.
//!
//! A shell's script asks the program: with [`VARIABLE`] set to the number of the word at the cursor, its arguments are the words of a
//! line, and it prints what fits. The first line of the answer says how to take the others:
//!
//! | first line | |
//! |---|---|
//! | `words`, `list` | each line is a value, a tab, and its meaning; after a value of a list no space follows |
//! | `files`, `folders`, `programs` | whatever the shell itself offers |
//! | `command N` | an argument of the command that begins with word N: the shell completes that command's line |
//! | `command N NAME` | the same, with NAME in the place of word N |

mod candidates;
mod line;
pub(crate) mod shell;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::{Arg, CommandFactory, ValueHint};
use clap_complete::engine::{CompletionCandidate, complete};

use self::shell::Shell;
use crate::definitions::Cli;
use crate::printing::saying::{print, say};
use candidates::{is_list, is_plugin, with_candidates};
use line::{Line, Place};
use outparse::error::{Error, FAILED};

/// Set by the scripts of shells when they ask what fits.
pub(crate) const VARIABLE: &str = "OUTPARSE_COMPLETE";

/// Prints the script for a shell. Returns the exit status.
pub(crate) fn script(shell: Shell) -> Result<u8, Error> {
    print(match shell {
        Shell::Bash => include_str!("outparse.bash"),
        Shell::Zsh => include_str!("outparse.zsh"),
        Shell::Fish => include_str!("outparse.fish"),
    })?;
    Ok(0)
}

/// Answers a shell's script.
pub(crate) fn answer(cursor: &OsStr) -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let cursor =
        cursor.to_str().and_then(|number| number.parse().ok()).filter(|&number: &usize| number > 0 && number < words.len());
    let Some(cursor) = cursor else {
        say(format_args!("error: `{VARIABLE}` is set, and is not the number of a word: it is for completion in shells only"));
        return ExitCode::from(FAILED);
    };
    match print(&answer_to(words, cursor)) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads what would be said.
        Err(_) => ExitCode::from(FAILED),
    }
}

fn answer_to(words: Vec<OsString>, cursor: usize) -> String {
    let mut definitions = Cli::command();
    definitions.build();
    let text = crate::options::as_text(&words);
    let line = Line::read(&definitions, &text, cursor);
    let word = &text[cursor];
    let otherwise = match line.at {
        Place::Inside(start) => return format!("command {start}\n"),
        Place::After(dashes) => {
            return format!("command {dashes} {}\n", line.command.first().map_or("", String::as_str));
        }
        Place::Program if word.contains('/') => return "programs\n".to_owned(),
        Place::Program => "programs",
        Place::Value(arg) => match hint(arg, word) {
            (true, hint) => return format!("{hint}\n"),
            (false, hint) => hint,
        },
        Place::Own => "words",
    };
    let mut known = with_candidates(Cli::command(), &line, word);
    let directory = std::env::current_dir().ok();
    let mut found = complete(&mut known, words, cursor, directory.as_deref()).unwrap_or_default();
    if !word.starts_with('-') && found.iter().any(|candidate| !is_option(candidate)) {
        found.retain(|candidate| !is_option(candidate));
    }
    let list = matches!(line.at, Place::Value(arg) if is_list(arg));
    let kind = if found.is_empty() {
        otherwise
    } else if list {
        "list"
    } else {
        "words"
    };
    let lines: String = found.iter().map(as_line).collect();
    format!("{kind}\n{lines}")
}

/// What the shell offers for an argument, and whether it does so at once or only when we know nothing that fits.
fn hint(arg: &Arg, word: &str) -> (bool, &'static str) {
    match arg.get_value_hint() {
        ValueHint::DirPath => (true, "folders"),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::ExecutablePath => (true, "files"),
        _ if is_plugin(arg) => (word.contains(['/', '.']), "files"),
        _ => (false, "words"),
    }
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_value().to_string_lossy().starts_with('-')
}

fn as_line(candidate: &CompletionCandidate) -> String {
    let value = candidate.get_value().to_string_lossy().into_owned();
    let meaning = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    // Meanings may come from a plugin, and must not look like further lines.
    let plain = |text: &str| text.lines().next().unwrap_or_default().replace(char::is_control, " ");
    format!("{}\t{}\n", plain(&value), plain(&meaning))
}
