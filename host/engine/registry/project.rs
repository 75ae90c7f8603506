//! A project's own choice of parsers: `outparse.toml` in the current folder, or in the nearest one above it that has it.
//!
//! ```toml
//! [parsers]
//! df = "./parsers/df.wasm"  # as in the configuration; paths are relative to this file
//!
//! [parsers.macos]
//! df = "bsd"
//! ```
//!
//! It takes precedence over the user's configuration. It cannot set limits: a project must not widen what plugins may do. And it
//! is honoured only if it and its folder belong to the user or to root and nobody else can write to them, so that entering a
//! folder that others prepared does not exchange parsers; the user is told when it is not honoured.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::choices::Choices;
use crate::error::Error;
use crate::trust::{self, Owner};
use crate::words::plain;

/// The file's name.
const NAME: &str = "outparse.toml";

/// Bytes the file may have.
const MOST_BYTES: u64 = 1 << 20;

/// A project's choices.
#[derive(Clone, Debug, Default)]
pub(super) struct Project {
    pub(super) parsers: Choices,
    /// What relative paths are relative to.
    pub(super) folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectFile {
    #[serde(default)]
    parsers: Choices,
    /// Accepted here, so that the error can say more than that it is unknown.
    limits: Option<toml::Table>,
}

/// The outcome of looking for a project file.
#[derive(Debug)]
pub(super) enum Found {
    /// There is none.
    Nothing,
    /// One that is honoured.
    Project(Project),
    /// One that is not. Why, as a sentence.
    Ignored(String),
}

/// Looks for the project file from a folder upwards.
pub(super) fn find(from: &Path) -> Result<Found, Error> {
    for folder in from.ancestors() {
        let path = folder.join(NAME);
        match trust::read(&path, Owner::UserOrRoot, MOST_BYTES) {
            Ok(bytes) => return parse(&bytes, &path).map(Found::Project),
            // A folder that cannot be entered is not the user's.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
                ) => {}
            Err(error) => {
                let why =
                    if error.raw_os_error() == Some(nix::libc::ELOOP) { "it is a link".to_owned() } else { error.to_string() };
                // The folder's name is in the message, and whoever made the folder chose it.
                return Ok(Found::Ignored(plain(&format!("the project file `{}` is not used: {why}", path.display()), 1000)));
            }
        }
    }
    Ok(Found::Nothing)
}

fn parse(bytes: &[u8], path: &Path) -> Result<Project, Error> {
    let wrong = |why: &str| Error::Usage(format!("`{}`: {}", path.display(), why.trim_end()));
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not text"))?;
    let file: ProjectFile = toml::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    if file.limits.is_some() {
        return Err(wrong("a project cannot set `[limits]`; they belong in the user's own configuration"));
    }
    Ok(Project { parsers: file.parsers, folder: path.parent().map(Path::to_owned).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    fn project(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        trust::write(&folder.path().join(NAME), &[text.as_bytes()]).unwrap();
        folder
    }

    fn ignored(folder: &Path) -> String {
        match find(folder).unwrap() {
            Found::Ignored(why) => why,
            found => panic!("{found:?}"),
        }
    }

    #[test]
    fn the_nearest_file_above_is_found() {
        let outer = project("[parsers]\ndf = 'bsd'\n");
        let below = outer.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        let Found::Project(found) = find(&below).unwrap() else { panic!("nothing was found") };
        assert_eq!((found.parsers.choice("df", "linux"), found.folder.as_path()), (Some("bsd"), outer.path()));
    }

    #[test]
    fn limits_are_refused() {
        let why = find(project("[limits]\nmemory = 1\n").path()).unwrap_err();
        assert!(why.to_string().contains("a project cannot set `[limits]`"), "{why}");
        let why = find(project("[parser]\n").path()).unwrap_err().to_string();
        assert!(why.contains("line 1") && why.contains("parser"), "{why}");
    }

    #[test]
    fn a_file_that_others_can_write_to_is_ignored() {
        let folder = project("");
        fs::set_permissions(folder.path().join(NAME), fs::Permissions::from_mode(0o664)).unwrap();
        assert!(ignored(folder.path()).ends_with("is not used: others can write to it"));
        fs::set_permissions(folder.path().join(NAME), fs::Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(ignored(folder.path()).ends_with("is not used: others can write to its folder"));
    }

    #[test]
    fn a_file_of_someone_else_is_ignored() {
        // Only root can give a file away.
        if !nix::unistd::geteuid().is_root() {
            return;
        }
        let folder = project("");
        chown(folder.path().join(NAME), Some(65534), None).unwrap();
        assert!(ignored(folder.path()).ends_with("is not used: it belongs to someone else"));
        chown(folder.path().join(NAME), Some(0), None).unwrap();
        chown(folder.path(), Some(65534), None).unwrap();
        assert!(ignored(folder.path()).ends_with("is not used: its folder belongs to someone else"));
    }

    #[test]
    fn a_link_is_ignored_and_so_is_a_file_without_end() {
        let folder = tempfile::Builder::new().prefix("\u{1b}[31m").tempdir().unwrap();
        symlink("/dev/zero", folder.path().join(NAME)).unwrap();
        let why = ignored(folder.path());
        assert!(why.ends_with("is not used: it is a link") && !why.contains('\u{1b}'), "{why:?}");
        let large = project(&"#".repeat(MOST_BYTES as usize + 1));
        assert!(ignored(large.path()).ends_with("it has more than 1048576 bytes"));
    }
}
