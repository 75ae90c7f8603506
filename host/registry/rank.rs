//! The order in which the parsers of a command are tried.
//!
//! What was asked for with `--plugin` is tried alone. What the project or the configuration chose goes first. Then come the installed
//! plugins that name the platform: they take the place of the bundled ones there, and nowhere else. Elsewhere they come last, so that
//! adding a plugin changes nothing on the platforms it does not name. Between them stand the bundled ones: that of the program that
//! really runs, the platform's first choice, the others.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::{Candidate, Config, Installed, bundled};
use crate::error::Error;
use crate::sandbox::{Bundled, Source};

/// Why a candidate stands where it does, the best reasons first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// `--plugin` names it: no other is tried.
    Asked,
    /// The project's file names it.
    Project,
    /// The configuration names it.
    Configured,
    /// It is installed, names the platform, and the command is this program.
    InstalledImplementation,
    /// It is installed and names the platform.
    InstalledPlatform,
    /// The command is this program.
    Implementation,
    /// It is the first choice for the platform.
    Platform,
    /// It reads the command.
    Command,
    /// It is installed and reads the command, and does not name the platform.
    InstalledCommand,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Asked => "asked for with --plugin",
            Reason::Project => "set in the project's outparse.toml",
            Reason::Configured => "set in the configuration",
            Reason::InstalledImplementation => "installed for the platform, and the program is of this family",
            Reason::InstalledPlatform => "installed for the platform",
            Reason::Implementation => "the program is of this family",
            Reason::Platform => "first choice for the platform",
            Reason::Command => "reads the command",
            Reason::InstalledCommand => "installed, reads the command, and is not for the platform",
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

impl Ranking {
    /// The parsers alone, best first.
    pub fn into_candidates(self) -> Vec<Candidate> {
        self.candidates.into_iter().map(|(candidate, _)| candidate).collect()
    }

    /// What a parser is told about a capture of this command, from a platform if one is known.
    pub fn source(&self, command: &[String], arguments_known: bool, platform: Option<&str>) -> Source {
        source(command, self.words, arguments_known, platform)
    }
}

/// The same where `words` of the command line name the command.
pub(crate) fn source(command: &[String], words: usize, arguments_known: bool, platform: Option<&str>) -> Source {
    Source {
        program: command.get(words.saturating_sub(1)).map_or("", |program| without_folder(program)).to_owned(),
        arguments: arguments_known.then(|| command.iter().skip(words).cloned().collect()),
        platform: platform.map(str::to_owned),
    }
}

/// A program without its folder.
fn without_folder(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Ranks the parsers for a command.
pub fn rank(query: &Query<'_>, config: &Config) -> Result<Ranking, Error> {
    let installed = config.installed();
    let (words, reading) = reading(query.command, installed);
    let command = spoken(query.command, words);
    let resolve = |choice: &str, folder: &Path| {
        resolve(choice, &reading, installed, folder).ok_or_else(|| no_such_parser(choice, &command, &reading))
    };
    if let Some(asked) = query.plugin {
        return Ok(Ranking { candidates: vec![(resolve(asked, Path::new(""))?, Reason::Asked)], words });
    }
    let mut candidates: Vec<_> = reading.iter().map(|known| (known.candidate(), known.reason(query))).collect();
    // Stable: parsers of the same rank stay in the order of their names.
    candidates.sort_by_key(|&(_, reason)| reason);
    if let Some((choice, folder, reason)) = config.parser(&command, query.platform) {
        let chosen = resolve(choice, folder)?;
        candidates.retain(|(candidate, _)| candidate.name() != chosen.name());
        candidates.insert(0, (chosen, reason));
    }
    if candidates.is_empty() {
        return Err(Error::NoParser { command, known: known_commands(installed) });
    }
    Ok(Ranking { candidates, words })
}

/// A plugin whose commands and platforms are known before it is loaded.
#[derive(Clone)]
enum Known {
    Bundled(&'static Bundled),
    Installed(Arc<Installed>),
}

impl Known {
    fn candidate(&self) -> Candidate {
        match self {
            Known::Bundled(bundled) => Candidate::Bundled(bundled),
            Known::Installed(installed) => Candidate::Installed(Arc::clone(installed)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Known::Bundled(bundled) => bundled.name,
            Known::Installed(installed) => &installed.name,
        }
    }

    fn dialect(&self) -> &str {
        match self {
            Known::Bundled(bundled) => bundled.dialect,
            Known::Installed(installed) => &installed.dialect,
        }
    }

    fn reads(&self, command: &str) -> bool {
        match self {
            Known::Bundled(bundled) => bundled.commands.contains(&command),
            Known::Installed(installed) => installed.commands.iter().any(|known| known == command),
        }
    }

    fn reason(&self, query: &Query<'_>) -> Reason {
        let implementation = query.implementation.is_some_and(|program| program == self.dialect());
        match self {
            Known::Bundled(_) if implementation => Reason::Implementation,
            Known::Bundled(bundled) if bundled.platforms.contains(&query.platform) => Reason::Platform,
            Known::Bundled(_) => Reason::Command,
            Known::Installed(installed) if !installed.platforms.iter().any(|platform| platform == query.platform) => {
                Reason::InstalledCommand
            }
            Known::Installed(_) if implementation => Reason::InstalledImplementation,
            Known::Installed(_) => Reason::InstalledPlatform,
        }
    }
}

/// All of them: the bundled ones, then the installed ones.
fn all(installed: &[Arc<Installed>]) -> impl Iterator<Item = Known> {
    bundled().iter().map(Known::Bundled).chain(installed.iter().cloned().map(Known::Installed))
}

/// The plugins that read a command, and how many of its words name it. `busybox df` goes before `busybox`.
fn reading(command: &[String], installed: &[Arc<Installed>]) -> (usize, Vec<Known>) {
    for words in (1..=2.min(command.len())).rev() {
        let name = spoken(command, words);
        let found: Vec<_> = all(installed).filter(|known| known.reads(&name)).collect();
        if !found.is_empty() {
            return (words, found);
        }
    }
    (1.min(command.len()), Vec::new())
}

/// The first words of a command, the program without its directory.
fn spoken(command: &[String], words: usize) -> String {
    let mut spoken = command.first().map_or("", |program| without_folder(program)).to_owned();
    for word in command.iter().take(words).skip(1) {
        spoken.push(' ');
        spoken.push_str(word);
    }
    spoken
}

/// A parser by its name, its dialect, or its file. Relative paths are seen from `folder`. A bundled dialect goes before an installed one
/// of the same name.
fn resolve(choice: &str, reading: &[Known], installed: &[Arc<Installed>], folder: &Path) -> Option<Candidate> {
    let by_dialect = || reading.iter().find(|known| known.dialect() == choice).map(Known::candidate);
    named(choice, installed).or_else(by_dialect).or_else(|| by_file(choice, folder))
}

/// A bundled or installed plugin by its name.
pub fn named(name: &str, installed: &[Arc<Installed>]) -> Option<Candidate> {
    all(installed).find(|known| known.name() == name).map(|known| known.candidate())
}

fn by_file(choice: &str, folder: &Path) -> Option<Candidate> {
    choice.contains(['/', '.']).then(|| Candidate::File(folder.join(choice)))
}

fn no_such_parser(parser: &str, command: &str, reading: &[Known]) -> Error {
    let known = reading.iter().flat_map(|known| [format!("`{}`", known.dialect()), format!("`{}`", known.name())]).collect();
    Error::NoSuchParser { parser: parser.to_owned(), command: command.to_owned(), known }
}

/// The commands that bundled plugins read, without those that are typed as a subcommand of another, such as `busybox df`.
pub fn commands() -> Vec<String> {
    known_commands(&[])
}

fn known_commands(installed: &[Arc<Installed>]) -> Vec<String> {
    let bundled = bundled().iter().flat_map(|bundled| bundled.commands).map(|&command| command.to_owned());
    let added = installed.iter().flat_map(|installed| installed.commands.iter().cloned());
    let mut commands: Vec<String> = bundled.chain(added).filter(|command| !command.contains(' ')).collect();
    commands.sort();
    commands.dedup();
    commands
}

#[cfg(test)]
#[path = "rank/tests.rs"]
mod tests;
