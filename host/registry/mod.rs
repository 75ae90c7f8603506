//! Which parser reads which command: the plugins there are, and the order in which they are tried.

mod bundled;
mod config;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use bundled::bundled;
pub use config::Config;

use crate::error::Error;
use crate::sandbox::{Bundled, Code, Fault, Plugin, PluginError, Sandbox};

/// A parser that may read a capture, not loaded yet.
#[derive(Clone)]
pub enum Candidate {
    /// One that ships with the program.
    Bundled(&'static Bundled),
    /// A component in a file.
    File(PathBuf),
    /// A component that is at hand.
    Memory {
        /// What to call it.
        origin: String,
        /// The component.
        bytes: Arc<[u8]>,
    },
}

impl Candidate {
    /// Its name; for a file, its path.
    pub fn name(&self) -> String {
        match self {
            Candidate::Bundled(bundled) => bundled.name.to_owned(),
            Candidate::File(path) => path.display().to_string(),
            Candidate::Memory { origin, .. } => origin.clone(),
        }
    }

    /// Loads it.
    pub fn load(&self, sandbox: &Sandbox) -> Result<Plugin, PluginError> {
        match self {
            Candidate::Bundled(bundled) => sandbox.load(Code::Bundled(bundled)),
            Candidate::File(_) | Candidate::Memory { .. } => {
                let bytes = self.component(sandbox.limits().component)?;
                sandbox.load(Code::Component { origin: &self.name(), bytes: &bytes })
            }
        }
    }

    /// The component's bytes, unless they are more than this.
    pub fn component(&self, most: u64) -> Result<Cow<'_, [u8]>, PluginError> {
        match self {
            Candidate::Bundled(bundled) => Ok(Cow::Borrowed(bundled.component)),
            Candidate::File(path) => read(path, most).map(Cow::Owned).map_err(|fault| PluginError { plugin: self.name(), fault }),
            Candidate::Memory { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// Reads a component, unless it is too large to be one.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, Fault> {
    let failed = |error: io::Error| Fault::NotAPlugin(error.to_string());
    // A pipe or a device may never open, or never end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Fault::NotAPlugin("it is not a file".to_owned()));
    }
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > most {
        return Err(Fault::TooLarge { bytes: length, most });
    }
    // It may grow while it is read.
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Why a candidate stands where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `--plugin` names it: no other is tried.
    Asked,
    /// The configuration names it.
    Configured,
    /// The command is this program.
    Implementation,
    /// It is the first choice for the platform.
    Platform,
    /// It reads the command.
    Command,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Reason::Asked => "asked for with --plugin",
            Reason::Configured => "set in the configuration",
            Reason::Implementation => "the program is of this family",
            Reason::Platform => "first choice for the platform",
            Reason::Command => "reads the command",
        })
    }
}

/// What decides which parsers are tried.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// The command and its arguments, as typed.
    pub command: &'a [String],
    /// The platform the output is from.
    pub platform: &'a str,
    /// The program that really runs, where a link leads to another: `busybox`.
    pub implementation: Option<&'a str>,
    /// What `--plugin` names.
    pub plugin: Option<&'a str>,
}

/// The parsers for a command, best first.
pub struct Ranking {
    /// The parsers and why each stands where it does.
    pub candidates: Vec<(Candidate, Reason)>,
    /// How many words of the command line name the command: 2 for `busybox df`.
    pub words: usize,
}

/// Ranks the parsers for a command.
pub fn rank(query: &Query<'_>, config: &Config) -> Result<Ranking, Error> {
    let (words, reading) = reading(query.command);
    let command = spoken(query.command, words);
    if let Some(asked) = query.plugin {
        let candidate = resolve(asked, &reading, Path::new("")).ok_or_else(|| no_such_parser(asked, &command, &reading))?;
        return Ok(Ranking { candidates: vec![(candidate, Reason::Asked)], words });
    }
    let reason = |bundled: &Bundled| {
        if query.implementation.is_some_and(|program| program == bundled.dialect) {
            Reason::Implementation
        } else if bundled.platforms.contains(&query.platform) {
            Reason::Platform
        } else {
            Reason::Command
        }
    };
    let mut candidates: Vec<_> = reading.iter().map(|&bundled| (Candidate::Bundled(bundled), reason(bundled))).collect();
    // Stable: parsers of the same rank stay in the order of their names.
    candidates.sort_by_key(|&(_, reason)| reason as u8);
    if let Some((choice, folder)) = config.parser(&command, query.platform) {
        let chosen = resolve(choice, &reading, folder).ok_or_else(|| no_such_parser(choice, &command, &reading))?;
        candidates.retain(|(candidate, _)| candidate.name() != chosen.name());
        candidates.insert(0, (chosen, Reason::Configured));
    }
    if candidates.is_empty() {
        return Err(Error::NoParser { command, known: commands() });
    }
    Ok(Ranking { candidates, words })
}

/// The plugins that read a command, and how many of its words name it. `busybox df` goes before `busybox`.
fn reading(command: &[String]) -> (usize, Vec<&'static Bundled>) {
    for words in (1..=2.min(command.len())).rev() {
        let name = spoken(command, words);
        let found: Vec<_> = bundled().iter().filter(|bundled| bundled.commands.contains(&name.as_str())).collect();
        if !found.is_empty() {
            return (words, found);
        }
    }
    (1.min(command.len()), Vec::new())
}

/// The first words of a command, the program without its directory.
fn spoken(command: &[String], words: usize) -> String {
    let mut spoken = command.first().map_or("", |program| program.rsplit('/').next().unwrap_or(program)).to_owned();
    for word in command.iter().take(words).skip(1) {
        spoken.push(' ');
        spoken.push_str(word);
    }
    spoken
}

/// A parser by its name, its dialect, or its file. Relative paths are seen from `folder`.
fn resolve(choice: &str, reading: &[&'static Bundled], folder: &Path) -> Option<Candidate> {
    let by_name = bundled().iter().find(|bundled| bundled.name == choice);
    let by_dialect = || reading.iter().copied().find(|bundled| bundled.dialect == choice);
    let by_file = || choice.contains(['/', '.']).then(|| Candidate::File(folder.join(choice)));
    by_name.or_else(by_dialect).map(Candidate::Bundled).or_else(by_file)
}

fn no_such_parser(parser: &str, command: &str, reading: &[&Bundled]) -> Error {
    let known = reading.iter().flat_map(|bundled| [format!("`{}`", bundled.dialect), format!("`{}`", bundled.name)]).collect();
    Error::NoSuchParser { parser: parser.to_owned(), command: command.to_owned(), known }
}

/// The commands that have parsers, without those that are typed as a subcommand of another, such as `busybox df`.
pub fn commands() -> Vec<String> {
    let all = bundled().iter().flat_map(|bundled| bundled.commands);
    let mut commands: Vec<String> = all.filter(|command| !command.contains(' ')).map(|&command| command.to_owned()).collect();
    commands.sort();
    commands.dedup();
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_an_allowed_size_are_read() {
        let why = |path: &str, most| read(Path::new(path), most).unwrap_err().to_string();
        assert_eq!(why("/dev/zero", 10), "cannot be loaded: it is not a file");
        assert_eq!(why("/", 10), "cannot be loaded: it is not a file");
        let this = concat!(env!("CARGO_MANIFEST_DIR"), "/host/registry/mod.rs");
        assert!(why(this, 10).ends_with("bytes, and 10 are allowed"));
    }
}
