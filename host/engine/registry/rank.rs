//! The order in which the parsers of a command are tried.
//!
//! What was asked for with `--plugin` is tried alone. What the project or the configuration chose goes first. Then come the
//! installed plugins that name the platform: they take the place of the bundled ones there, and nowhere else. Elsewhere they come
//! last, so that adding a plugin changes nothing on the platforms it does not name. Between them stand the bundled ones: first
//! the one for the program that really runs, then the platform's first choice, then the others. A catalogue's parsers come after
//! all of these.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::naming::{self, Named};
use super::{Candidate, Config, Installed, bundled};
use crate::error::Error;
use crate::sandbox::Bundled;
use crate::schema::Parser;

/// Why a candidate stands where it does, the best reasons first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// `--plugin` names it: no other is tried.
    Asked,
    /// The project's file names it.
    Project,
    /// The configuration names it.
    Configured,
    /// It is installed, names the platform, and reads what the program that really runs prints.
    InstalledImplementation,
    /// It is installed and names the platform.
    InstalledPlatform,
    /// It reads what the program that really runs prints.
    Implementation,
    /// It is the first choice for the platform.
    Platform,
    /// It reads the command, or the file.
    Command,
    /// It is installed and reads it, and does not name the platform.
    InstalledCommand,
    /// It belongs to a collection made elsewhere.
    Catalogue,
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
            Reason::Command => "reads this command or file",
            Reason::InstalledCommand => "installed, reads this command or file, and is not for the platform",
            Reason::Catalogue => "from a catalogue, asked after all others",
        })
    }
}

/// What decides which parsers are tried.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// The command and its arguments, as typed.
    pub command: &'a [String],
    /// The file, where there is no command.
    pub path: Option<&'a str>,
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
}

/// Ranks the parsers for a command, or for a file.
pub fn rank(query: &Query<'_>, config: &Config) -> Result<Ranking, Error> {
    let installed = config.installed();
    let Reading { words, command, parsers } = reading(query, installed);
    let resolve = |choice: &str, folder: &Path| {
        resolve(choice, &parsers, query.platform, installed, folder).ok_or_else(|| no_such_parser(choice, &command, &parsers))
    };
    if let Some(asked) = query.plugin {
        let candidates = resolve(asked, Path::new(""))?.into_iter().map(|chosen| (chosen, Reason::Asked)).collect();
        return Ok(Ranking { candidates, words });
    }
    let mut candidates: Vec<_> = parsers.iter().map(|known| (known.candidate(), known.reason(query))).collect();
    // Stable: parsers of the same rank stay in the order of their names.
    candidates.sort_by_key(|&(_, reason)| reason);
    if let Some((choice, folder, reason)) = config.parser(&command, query.platform) {
        let chosen = resolve(choice, folder)?;
        candidates.retain(|(candidate, _)| chosen.iter().all(|chosen| candidate.name() != chosen.name()));
        candidates.splice(0..0, chosen.into_iter().map(|chosen| (chosen, reason)));
    }
    if candidates.is_empty() {
        return Err(Error::NoParser { command, known: known_commands(installed) });
    }
    Ok(Ranking { candidates, words })
}

/// A parser whose commands and platforms are known before it is loaded.
#[derive(Clone)]
enum Known {
    Bundled(&'static Bundled, usize),
    Installed(Arc<Installed>, usize),
}

impl Known {
    fn candidate(&self) -> Candidate {
        match self {
            Known::Bundled(bundled, parser) => Candidate::Bundled(bundled, *parser),
            Known::Installed(installed, parser) => Candidate::Installed(Arc::clone(installed), *parser),
        }
    }

    /// The name of the plugin.
    fn plugin(&self) -> &str {
        match self {
            Known::Bundled(bundled, _) => bundled.name,
            Known::Installed(installed, _) => &installed.name,
        }
    }

    /// Whether a choice means this one.
    fn is_called(&self, choice: &str) -> bool {
        [self.plugin(), self.dialect(), self.parser()].contains(&choice) || self.candidate().name() == choice
    }

    /// The name of the parser within the plugin.
    fn parser(&self) -> &str {
        match self {
            Known::Bundled(bundled, parser) => bundled.parsers[*parser].name,
            Known::Installed(installed, parser) => &installed.parsers[*parser].name,
        }
    }

    fn dialect(&self) -> &str {
        match self {
            Known::Bundled(bundled, parser) => bundled.parsers[*parser].dialect,
            Known::Installed(installed, parser) => &installed.parsers[*parser].dialect,
        }
    }

    /// The words of a command line by which it recognises the command.
    fn names(&self, words: &[String]) -> Option<Named> {
        match self {
            Known::Bundled(bundled, parser) => naming::names_bundled(bundled, *parser, words),
            Known::Installed(installed, parser) => installed.parsers[*parser].names(words),
        }
    }

    fn reads_file(&self, path: &str) -> bool {
        match self {
            Known::Bundled(bundled, parser) => {
                bundled.parsers[*parser].files.iter().any(|pattern| naming::is_file(pattern, path))
            }
            Known::Installed(installed, parser) => {
                installed.parsers[*parser].files.iter().any(|pattern| naming::is_file(pattern, path))
            }
        }
    }

    fn is_for(&self, platform: &str) -> bool {
        match self {
            Known::Bundled(bundled, parser) => bundled.parsers[*parser].platforms.contains(&platform),
            Known::Installed(installed, parser) => installed.parsers[*parser].platforms.iter().any(|known| known == platform),
        }
    }

    fn is_bound(&self) -> bool {
        self.candidate().is_platform_bound()
    }

    /// The catalogue that it belongs to, if any.
    fn catalogue(&self) -> Option<&str> {
        match self {
            Known::Installed(installed, _) if installed.catalogue.is_some() => Some(&installed.name),
            _ => None,
        }
    }

    fn reason(&self, query: &Query<'_>) -> Reason {
        let implementation = query.implementation.is_some_and(|program| program == self.dialect());
        let platform = self.is_for(query.platform);
        match self {
            _ if self.catalogue().is_some() => Reason::Catalogue,
            Known::Bundled(..) if implementation => Reason::Implementation,
            Known::Bundled(..) if platform => Reason::Platform,
            Known::Bundled(..) => Reason::Command,
            Known::Installed(..) if !platform => Reason::InstalledCommand,
            Known::Installed(..) if implementation => Reason::InstalledImplementation,
            Known::Installed(..) => Reason::InstalledPlatform,
        }
    }
}

/// All known parsers: the bundled ones, then the installed ones.
fn all(installed: &[Arc<Installed>]) -> impl Iterator<Item = Known> {
    let bundled = bundled().iter().flat_map(|bundled| (0..bundled.parsers.len()).map(|parser| Known::Bundled(bundled, parser)));
    let installed = installed
        .iter()
        .flat_map(|installed| (0..installed.parsers.len()).map(|parser| Known::Installed(Arc::clone(installed), parser)));
    bundled.chain(installed)
}

/// The parsers that read a command or a file.
struct Reading {
    /// How many words name the command.
    words: usize,
    /// The command as they spell it, or the path.
    command: String,
    parsers: Vec<Known>,
}

/// The parsers that read a command or a file. Only those that know the most words of a command are kept: for `busybox df`, those
/// of `busybox df` and not those of `busybox`. A catalogue's parsers are compared only with each other, and kept even if others
/// know more words.
fn reading(query: &Query<'_>, installed: &[Arc<Installed>]) -> Reading {
    let fits = |known: &Known| !known.is_bound() || known.is_for(query.platform);
    if let Some(path) = query.path {
        let parsers = all(installed).filter(|known| (fits(known) || query.plugin.is_some()) && known.reads_file(path)).collect();
        return Reading { words: 0, command: path.to_owned(), parsers };
    }
    let naming = |known: Known| known.names(query.command).map(|named| (known, named));
    let mut named: Vec<(Known, Named)> = all(installed).filter_map(naming).collect();
    // One that is asked for by its name may be for another platform.
    let is_here = |choice: &str| named.iter().any(|(known, _)| fits(known) && known.is_called(choice));
    if query.plugin.is_none_or(is_here) {
        named.retain(|(known, _)| fits(known));
    }
    let words = |(_, named): &(Known, Named)| named.words.len();
    // Our own parsers are compared with each other, and a catalogue's with those of the same catalogue.
    let longest = |known: &Known| named.iter().filter(|(other, _)| other.catalogue() == known.catalogue()).map(words).max();
    let best: Vec<_> = named.iter().map(|(known, _)| longest(known)).collect();
    let own = named.iter().filter(|(known, _)| known.catalogue().is_none()).map(words).max();
    let most = own.or_else(|| named.iter().map(words).max());
    let named: Vec<_> =
        named.into_iter().zip(best).filter(|(found, best)| Some(words(found)) == *best).map(|(found, _)| found).collect();
    let program = query.command.first().map_or("", |program| naming::without_folder(program));
    let first = named.first().map_or_else(|| program.to_owned(), |(_, named)| named.spelling.clone());
    Reading {
        words: most.unwrap_or_else(|| 1.min(query.command.len())),
        command: first,
        parsers: named.into_iter().map(|(known, _)| known).collect(),
    }
}

/// Finds a parser by its name, its dialect, or its file. Relative paths start from `folder`. A bundled dialect takes precedence
/// over an installed one of the same name. For a plugin with several parsers, the result is those that read the command, the ones
/// for the platform first.
fn resolve(
    choice: &str,
    reading: &[Known],
    platform: &str,
    installed: &[Arc<Installed>],
    folder: &Path,
) -> Option<Vec<Candidate>> {
    let those = |is: &dyn Fn(&Known) -> bool| {
        let mut chosen: Vec<&Known> = reading.iter().filter(|known| is(known)).collect();
        chosen.sort_by_key(|known| !known.is_for(platform));
        let plugin = chosen.first()?.plugin();
        Some(chosen.iter().filter(|known| known.plugin() == plugin).map(|known| known.candidate()).collect())
    };
    let by_plugin = || those(&|known| known.plugin() == choice);
    let by_dialect = || those(&|known| known.dialect() == choice);
    let one = |candidate| vec![candidate];
    by_plugin().or_else(|| named(choice, installed).map(one)).or_else(by_dialect).or_else(|| by_file(choice, folder).map(one))
}

/// A bundled or installed plugin by its name, or the only parser of that name.
pub fn named(name: &str, installed: &[Arc<Installed>]) -> Option<Candidate> {
    let plugin = all(installed).find(|known| known.plugin() == name || known.candidate().name() == name);
    let parser = || {
        let mut parsers = all(installed).filter(|known| known.parser() == name);
        parsers.next().filter(|_| parsers.next().is_none())
    };
    plugin.or_else(parser).map(|known| known.candidate())
}

fn by_file(choice: &str, folder: &Path) -> Option<Candidate> {
    choice.contains(['/', '.']).then(|| Candidate::File(folder.join(choice), None))
}

fn no_such_parser(parser: &str, command: &str, reading: &[Known]) -> Error {
    let known =
        reading.iter().flat_map(|known| [format!("`{}`", known.dialect()), format!("`{}`", known.candidate().name())]).collect();
    Error::NoSuchParser { parser: parser.to_owned(), command: command.to_owned(), known }
}

/// A parser as listings show it.
pub struct Listed {
    /// What to load.
    pub candidate: Candidate,
    /// What it says of itself.
    pub parser: Parser,
}

/// All parsers: the bundled ones, then the installed ones.
pub fn listed(installed: &[Arc<Installed>]) -> Vec<Listed> {
    let parser = |known: &Known| match known {
        Known::Bundled(bundled, parser) => bundled.parser(*parser),
        Known::Installed(installed, parser) => installed.parsers[*parser].clone(),
    };
    all(installed).map(|known| Listed { candidate: known.candidate(), parser: parser(&known) }).collect()
}

/// The commands that bundled plugins read, without those that are typed as a subcommand of another, such as `busybox df`.
pub fn commands() -> Vec<String> {
    known_commands(&[])
}

fn known_commands(installed: &[Arc<Installed>]) -> Vec<String> {
    let bundled = bundled()
        .iter()
        .flat_map(|bundled| bundled.parsers)
        .flat_map(|parser| parser.commands)
        .map(|&command| command.to_owned());
    let added = installed.iter().flat_map(|installed| &installed.parsers).flat_map(|parser| parser.commands.iter().cloned());
    let first = |command: String| naming::in_full(command.split(' ').next().unwrap_or_default());
    let foreign = ["busybox", "toybox"];
    let mut commands: Vec<String> =
        bundled.chain(added).map(first).filter(|command| !foreign.contains(&command.as_str())).collect();
    commands.sort();
    commands.dedup();
    commands
}

#[cfg(test)]
#[path = "rank/tests.rs"]
mod tests;
