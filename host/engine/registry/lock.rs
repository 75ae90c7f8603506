//! The installed plugins: the components that the user added, and the lock file that says what each is and where it came from.
//!
//! Both are in one folder that is the user's alone, `outparse/plugins` in the user's data folder: `plugins.lock`, and each component as
//! `<sha256>.wasm`. The lock says everything that ranking needs, so that no component is read before its turn; at each use the file's
//! SHA-256 is compared with it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::sandbox::Fault;
use crate::schema::{Description, Parser};
use crate::trust::{self, Note, Owner, hexadecimal};
use crate::words::plain;

/// The file's name.
const NAME: &str = "plugins.lock";

/// What the file begins with.
const HEADER: &str = "\
# The plugins that were added with `outparse plugin add`: what each is, where it came from, and its SHA-256.
# Written by outparse; `outparse plugin list` shows it. A component beside it that no longer has its SHA-256 is not loaded.

";

/// The version of the file's format.
const VERSION: u32 = 2;

/// Bytes the file may have.
const MOST_BYTES: u64 = 4 << 20;

/// An installed plugin, as the lock file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    /// Name, unique among all plugins.
    pub name: String,
    /// Version.
    pub version: String,
    /// One line for people.
    pub summary: String,
    /// Whose parsers these are, when it carries a collection made elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// Where it came from: a path, a URL, or a reference to a registry.
    pub origin: String,
    /// The component's SHA-256.
    pub sha256: String,
    /// For one from a registry, the digest of the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// Its parsers.
    pub parsers: Vec<Parser>,
    /// The component.
    #[serde(skip)]
    pub file: PathBuf,
}

impl Installed {
    /// What it said of itself when it was added.
    pub(crate) fn description(&self) -> Description {
        Description {
            name: self.name.clone(),
            version: self.version.clone(),
            summary: self.summary.clone(),
            catalogue: self.catalogue.clone(),
            parsers: self.parsers.clone(),
        }
    }

    /// Its size, if the component was found to be the one that was added, and was not touched since.
    pub(crate) fn as_it_was(&self) -> Option<u64> {
        let file = trust::open(&self.file, Owner::User).ok()?;
        let found = Note::beside(&self.file).read(&file)?;
        (found == self.sha256).then(|| file.metadata().ok().map(|file| file.len()))?
    }

    /// Reads the component, if it is still the one that was added.
    pub(crate) fn read(&self, most: u64) -> Result<Vec<u8>, Fault> {
        let unusable = |error| Fault::NotAPlugin(format!("`{}` cannot be used: {error}", self.file.display()));
        let file = trust::open(&self.file, Owner::User).map_err(unusable)?;
        let before = file.metadata().map_err(unusable)?;
        let bytes = trust::read_opened(&file, most).map_err(unusable)?;
        let found = sha256(&bytes);
        if found != self.sha256 {
            return Err(Fault::Changed { recorded: self.sha256.clone(), found });
        }
        Note::beside(&self.file).write(&before, &file, &found);
        Ok(bytes)
    }
}

/// The SHA-256 of bytes, as text.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Whether a text can be a SHA-256: nothing else is made a part of a path or a URL.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The file as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    version: u32,
    #[serde(default)]
    plugin: Vec<Installed>,
}

/// A component to be added.
pub struct Addition<'a> {
    /// What it says it is.
    pub about: &'a Description,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it came from.
    pub origin: String,
    /// For one from a registry, the digest of the manifest.
    pub manifest: Option<String>,
}

/// What became of an addition.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It was there already.
    Same,
    /// It took the place of the one with this version and SHA-256.
    Replaced(String, String),
}

/// The installed plugins, by name. None where there is no lock file.
pub(super) fn read(folder: &Path) -> Result<Vec<Arc<Installed>>, Error> {
    let path = folder.join(NAME);
    let text = match trust::read(&path, Owner::User, MOST_BYTES) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => {
            let hint = "it and its folder must be the user's own, and nobody else may be able to write to them".to_owned();
            return Err(Error::Declined { why: format!("`{}` cannot be used: {error}", path.display()), hint: Some(hint) });
        }
    };
    let wrong = |why: String| Error::Declined {
        why: format!("`{}` is damaged: {}", path.display(), why.trim_end()),
        hint: Some("remove the file and the `.wasm` files beside it, and add the plugins again".to_owned()),
    };
    let text = String::from_utf8(text).map_err(|_| wrong("it is not text".to_owned()))?;
    let file: LockFile = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if file.version != VERSION {
        return Err(wrong(format!("its version is {}, and this program reads {VERSION}", file.version)));
    }
    let installed = file.plugin.into_iter().map(|mut plugin| {
        // It is also a file's name.
        if !is_sha256(&plugin.sha256) {
            return Err(wrong(format!("`{}` is no SHA-256", plugin.sha256)));
        }
        plugin.file = component(folder, &plugin.sha256);
        Ok(Arc::new(plugin))
    });
    installed.collect()
}

/// Installs a component. Another one of the same name is replaced only when that is asked for.
pub(super) fn add(folder: &Path, addition: &Addition<'_>, replace: bool) -> Result<Added, Error> {
    let about = addition.about;
    let new = Installed {
        name: about.name.clone(),
        version: about.version.clone(),
        summary: about.summary.clone(),
        catalogue: about.catalogue.clone(),
        parsers: about.parsers.clone(),
        origin: addition.origin.clone(),
        sha256: sha256(addition.bytes),
        manifest: addition.manifest.clone(),
        file: PathBuf::new(),
    };
    let _exclusive = exclusive(folder)?;
    let mut plugins = read(folder)?;
    let file = component(folder, &new.sha256);
    let before = plugins.iter().find(|plugin| plugin.name == new.name).cloned();
    match &before {
        // Written again below, should its file have been changed or lost.
        Some(same) if same.sha256 == new.sha256 && same.read(addition.bytes.len() as u64).is_ok() => return Ok(Added::Same),
        Some(other) if other.sha256 != new.sha256 && !replace => {
            let why = format!(
                "another `{}` is installed: {} with SHA-256 {} from {}; this one is {} with SHA-256 {}",
                new.name, other.version, other.sha256, other.origin, new.version, new.sha256
            );
            return Err(Error::Declined {
                why: plain(&why, 1000),
                hint: Some("`--replace` puts this one in its place".to_owned()),
            });
        }
        _ => {}
    }
    trust::write(&file, &[addition.bytes]).map_err(|error| cannot("written", &file, &error))?;
    plugins.retain(|plugin| plugin.name != new.name);
    plugins.push(Arc::new(new));
    write(folder, plugins)?;
    match before {
        Some(before) if before.file != file => {
            // The lock no longer names it: left behind, it does no harm.
            let _ = std::fs::remove_file(&before.file);
            Note::beside(&before.file).remove();
            Ok(Added::Replaced(before.version.clone(), before.sha256.clone()))
        }
        _ => Ok(Added::New),
    }
}

/// Removes a plugin. None when there is none of this name.
pub(super) fn remove(folder: &Path, name: &str) -> Result<Option<Arc<Installed>>, Error> {
    if !folder.exists() {
        return Ok(None);
    }
    let _exclusive = exclusive(folder)?;
    let mut plugins = read(folder)?;
    let Some(place) = plugins.iter().position(|plugin| plugin.name == name) else { return Ok(None) };
    let removed = plugins.remove(place);
    write(folder, plugins)?;
    Note::beside(&removed.file).remove();
    match std::fs::remove_file(&removed.file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("removed", &removed.file, &error)),
        _ => Ok(Some(removed)),
    }
}

/// Keeps other runs from changing the lock until it is dropped.
fn exclusive(folder: &Path) -> Result<File, Error> {
    let lock = || {
        trust::make_folder(folder)?;
        let folder = File::open(folder)?;
        folder.lock()?;
        Ok(folder)
    };
    lock().map_err(|error: io::Error| cannot("used", folder, &error))
}

fn write(folder: &Path, mut plugins: Vec<Arc<Installed>>) -> Result<(), Error> {
    plugins.sort_by(|one, other| one.name.cmp(&other.name));
    let plugin = plugins.iter().map(|plugin| Installed::clone(plugin)).collect();
    let path = folder.join(NAME);
    let text = toml::to_string(&LockFile { version: VERSION, plugin })
        .map_err(|error| Error::Other(anyhow::Error::from(error).context("writing the lock file")))?;
    trust::write(&path, &[HEADER.as_bytes(), text.as_bytes()]).map_err(|error| cannot("written", &path, &error))
}

fn component(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(format!("{sha256}.wasm"))
}

fn cannot(be: &str, path: &Path, error: &io::Error) -> Error {
    Error::Declined { why: format!("`{}` cannot be {be}: {error}", path.display()), hint: None }
}

#[cfg(test)]
#[path = "lock/tests.rs"]
mod tests;
