//! Which parser reads which command: the plugins there are, and the order in which they are tried.

mod bundled;
mod config;
mod lock;
mod project;
mod rank;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use bundled::bundled;
pub use config::Config;
pub(crate) use lock::is_sha256;
pub use lock::{Added, Addition, Installed, sha256};
pub(crate) use rank::source;
pub use rank::{Query, Ranking, Reason, commands, named, rank};

use crate::sandbox::{Bundled, Code, Fault, Plugin, PluginError, Sandbox};

/// A parser that may read a capture, not loaded yet.
#[derive(Clone)]
pub enum Candidate {
    /// One that ships with the program.
    Bundled(&'static Bundled),
    /// One that the user added.
    Installed(Arc<Installed>),
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
            Candidate::Installed(installed) => installed.name.clone(),
            Candidate::File(path) => path.display().to_string(),
            Candidate::Memory { origin, .. } => origin.clone(),
        }
    }

    /// Its version, where that is known before it is loaded.
    pub fn version(&self) -> Option<&str> {
        match self {
            Candidate::Bundled(bundled) => Some(bundled.version),
            Candidate::Installed(installed) => Some(&installed.version),
            Candidate::File(_) | Candidate::Memory { .. } => None,
        }
    }

    /// Where it came from.
    pub fn origin(&self) -> String {
        match self {
            Candidate::Bundled(_) => "bundled".to_owned(),
            Candidate::Installed(installed) => installed.origin.clone(),
            Candidate::File(path) => path.display().to_string(),
            Candidate::Memory { origin, .. } => origin.clone(),
        }
    }

    /// Loads it.
    pub fn load(&self, sandbox: &Sandbox) -> Result<Plugin, PluginError> {
        match self {
            Candidate::Bundled(bundled) => sandbox.load(Code::Bundled(bundled)),
            Candidate::Installed(_) | Candidate::File(_) | Candidate::Memory { .. } => {
                let bytes = self.component(sandbox.limits().component)?;
                sandbox.load(Code::Component { origin: &self.name(), bytes: &bytes })
            }
        }
    }

    /// The component's bytes, unless they are more than this; of an installed one, only those that were added.
    pub fn component(&self, most: u64) -> Result<Cow<'_, [u8]>, PluginError> {
        let fault = |fault| PluginError { plugin: self.name(), fault };
        match self {
            Candidate::Bundled(bundled) => Ok(Cow::Borrowed(bundled.component)),
            Candidate::Installed(installed) => installed.read(most).map(Cow::Owned).map_err(fault),
            Candidate::File(path) => read_component(path, most).map(Cow::Owned).map_err(fault),
            Candidate::Memory { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// Reads a component, unless it is too large to be one.
pub(crate) fn read_component(path: &Path, most: u64) -> Result<Vec<u8>, Fault> {
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
        let this = concat!(env!("CARGO_MANIFEST_DIR"), "/host/registry/mod.rs");
        assert!(why(this, 10).ends_with("bytes, and 10 are allowed"));
    }
}
