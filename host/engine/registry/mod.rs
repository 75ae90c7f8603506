//! Which parser reads which command: the plugins there are, and the order in which they are tried.

mod bundled;
mod choices;
mod config;
mod initial;
mod loader;
mod lock;
mod naming;
mod project;
mod rank;
mod trusted;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use bundled::bundled;
pub use config::Config;
pub use loader::Loader;
pub use lock::is_sha256;
pub use lock::{Added, Addition, Installed, sha256};
pub use naming::Capture;
pub use naming::in_full;
pub use rank::{Listed, Query, Ranking, Reason, commands, listed, named, rank};
pub use trusted::Trusted;

use crate::sandbox::{Bundled, Code, Fault, Plugin, PluginError, Sandbox, Session};
use crate::schema::About;

/// A parser that may read a capture, not loaded yet: a plugin and, if it has several parsers, the place of this one among them.
#[derive(Clone)]
pub enum Candidate {
    /// One that ships with the program.
    Bundled(&'static Bundled, usize),
    /// One that the user added.
    Installed(Arc<Installed>, usize),
    /// A component in a file, and the place of the parser; without that, those that read the capture best.
    File(PathBuf, Option<usize>),
    /// The same for a component in memory.
    Memory {
        /// What to call it.
        origin: String,
        /// The component.
        bytes: Arc<[u8]>,
        /// The place of the parser.
        parser: Option<usize>,
    },
}

impl Candidate {
    /// Its name; for a file, its path.
    pub fn name(&self) -> String {
        let of = |plugin: &str, parser: &str, parsers: usize| {
            if parsers == 1 { plugin.to_owned() } else { format!("{plugin}/{parser}") }
        };
        match self {
            Candidate::Bundled(bundled, parser) => {
                of(bundled.name, bundled.parsers.get(*parser).map_or("", |parser| parser.name), bundled.parsers.len())
            }
            Candidate::Installed(installed, parser) => {
                of(&installed.name, installed.parsers.get(*parser).map_or("", |parser| &parser.name), installed.parsers.len())
            }
            Candidate::File(path, _) => path.display().to_string(),
            Candidate::Memory { origin, .. } => origin.clone(),
        }
    }

    /// Its version, where that is known before it is loaded.
    pub fn version(&self) -> Option<&str> {
        match self {
            Candidate::Bundled(bundled, _) => Some(bundled.version),
            Candidate::Installed(installed, _) => Some(&installed.version),
            Candidate::File(..) | Candidate::Memory { .. } => None,
        }
    }

    /// Whether it reads nothing from platforms other than those it names, as far as that is known before it is loaded.
    pub fn is_platform_bound(&self) -> bool {
        match self {
            Candidate::Bundled(bundled, parser) => bundled.parsers.get(*parser).is_some_and(|parser| parser.platform_bound),
            Candidate::Installed(installed, parser) => installed.parsers.get(*parser).is_some_and(|parser| parser.platform_bound),
            Candidate::File(..) | Candidate::Memory { .. } => false,
        }
    }

    /// Whether it belongs to a collection made elsewhere, as far as that is known before it is loaded.
    pub fn is_catalogue(&self) -> bool {
        matches!(self, Candidate::Installed(installed, _) if installed.catalogue.is_some())
    }

    /// Where it came from.
    pub fn origin(&self) -> String {
        match self {
            Candidate::Bundled(..) => "bundled".to_owned(),
            Candidate::Installed(installed, _) => installed.origin.clone(),
            Candidate::File(path, _) => path.display().to_string(),
            Candidate::Memory { origin, .. } => origin.clone(),
        }
    }

    /// Loads its plugin.
    pub fn load(&self, sandbox: &Sandbox) -> Result<Plugin, PluginError> {
        match self {
            Candidate::Bundled(bundled, _) => sandbox.load(Code::Bundled(bundled)),
            Candidate::Installed(installed, _) => {
                let size = installed.as_it_was().filter(|&size| size <= sandbox.limits().component);
                let kept = size.and_then(|size| sandbox.load_kept(&installed.sha256, size, installed.description()));
                kept.unwrap_or_else(|| self.load_component(sandbox))
            }
            Candidate::File(..) | Candidate::Memory { .. } => self.load_component(sandbox),
        }
    }

    fn load_component(&self, sandbox: &Sandbox) -> Result<Plugin, PluginError> {
        let bytes = self.component(sandbox.limits().component)?;
        sandbox.load(Code::Component { origin: &self.origin_name(), bytes: &bytes })
    }

    /// What to call its plugin before that has said its name.
    fn origin_name(&self) -> String {
        match self {
            Candidate::Bundled(bundled, _) => bundled.name.to_owned(),
            Candidate::Installed(installed, _) => installed.name.clone(),
            Candidate::File(..) | Candidate::Memory { .. } => self.name(),
        }
    }

    /// Which of the plugin's parsers it is, for a capture.
    pub fn parser(&self, plugin: &Plugin, capture: &Capture) -> usize {
        match self {
            Candidate::Bundled(_, parser) | Candidate::Installed(_, parser) => *parser,
            Candidate::File(_, Some(parser)) | Candidate::Memory { parser: Some(parser), .. } => *parser,
            Candidate::File(_, None) | Candidate::Memory { parser: None, .. } => {
                capture.all_best_of(&plugin.description().parsers).first().copied().unwrap_or_default()
            }
        }
    }

    /// The parsers that it stands for, in the order in which they are asked: several, if it is a component whose parsers are not
    /// known before it is loaded.
    pub fn each(&self, plugin: &Plugin, capture: &Capture) -> Vec<Candidate> {
        let best = || capture.all_best_of(&plugin.description().parsers).into_iter().map(Some);
        match self {
            Candidate::File(path, None) => best().map(|parser| Candidate::File(path.clone(), parser)).collect(),
            Candidate::Memory { origin, bytes, parser: None } => {
                let of = |parser| Candidate::Memory { origin: origin.clone(), bytes: Arc::clone(bytes), parser };
                best().map(of).collect()
            }
            known => vec![known.clone()],
        }
    }

    /// Loads it, and says what it is.
    pub fn about(&self, sandbox: &Sandbox, capture: &Capture) -> Result<Arc<About>, PluginError> {
        let mut plugin = self.load(sandbox)?;
        let parser = self.parser(&plugin, capture);
        plugin.about(parser)
    }

    /// The arguments with which a command loses nothing, as its parser knows them: all words after the program. None if those of
    /// `command` are as good.
    pub fn exact(&self, command: &[String], sandbox: &Sandbox) -> Result<Option<Vec<String>>, PluginError> {
        let mut plugin = self.load(sandbox)?;
        let parser = self.parser(&plugin, &Capture::of_command(command));
        plugin.exact(parser, command.get(1..).unwrap_or_default())
    }

    /// Begins the parse of a capture with its plugin, which has been loaded.
    fn session(&self, plugin: &mut Plugin, capture: &Capture) -> Result<Session, PluginError> {
        let parser = self.parser(plugin, capture);
        let source = plugin.description().parsers.get(parser).map(|parser| capture.source(parser)).unwrap_or_default();
        plugin.session(parser, &source)
    }

    /// Whether another candidate is of the same plugin.
    fn is_plugin_of(&self, other: &Candidate) -> bool {
        match (self, other) {
            (Candidate::Bundled(one, _), Candidate::Bundled(other, _)) => std::ptr::eq(*one, *other),
            (Candidate::Installed(one, _), Candidate::Installed(other, _)) => one.sha256 == other.sha256,
            (Candidate::File(one, _), Candidate::File(other, _)) => one == other,
            (Candidate::Memory { bytes: one, .. }, Candidate::Memory { bytes: other, .. }) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The SHA-256 of its component, unless that has more bytes than this.
    pub fn sha256(&self, most: u64) -> Result<String, PluginError> {
        match self {
            Candidate::Bundled(bundled, _) => Ok(bundled.sha256.to_owned()),
            Candidate::Installed(installed, _) => Ok(installed.sha256.clone()),
            candidate => candidate.component(most).map(|bytes| sha256(&bytes)),
        }
    }

    /// The component's bytes, unless there are more than `most`. For an installed one, only those that were added.
    pub fn component(&self, most: u64) -> Result<Cow<'_, [u8]>, PluginError> {
        let fault = |fault| PluginError { plugin: self.name(), fault };
        match self {
            Candidate::Bundled(bundled, _) => Ok(Cow::Owned(bundled.component())),
            Candidate::Installed(installed, _) => installed.read(most).map(Cow::Owned).map_err(fault),
            Candidate::File(path, _) => read_component(path, most).map(Cow::Owned).map_err(fault),
            Candidate::Memory { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// Reads a component, unless it is too large to be one.
pub fn read_component(path: &Path, most: u64) -> Result<Vec<u8>, Fault> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_an_allowed_size_are_read() {
        let why = |path: &str, most| read_component(Path::new(path), most).unwrap_err().to_string();
        assert_eq!(why("/dev/zero", 10), "cannot be loaded: it is not a file");
        assert_eq!(why("/", 10), "cannot be loaded: it is not a file");
        let this = concat!(env!("CARGO_MANIFEST_DIR"), "/registry/mod.rs");
        assert!(why(this, 10).ends_with("bytes, and 10 are allowed"));
    }
}
