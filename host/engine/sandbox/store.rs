//! Keeps the compiled code of foreign plugins, so that each is compiled once.
//!
//! Loading compiled code means trusting it. So a store is a folder that only the user can write to, and an entry is found by the
//! digest of the component and by everything that the compiler's output depends on. An entry ends with a digest of its own, which
//! is checked when the entry is first read, and again whenever the file has been touched since (see [`Note`]). Otherwise the code
//! is mapped, and only the pages that run are read. An entry is never written to: it is replaced by another. Anything that is not
//! as it should be is not used, and the plugin is compiled again.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::trust::{self, Note, Owner};

/// Entries that are kept; the oldest go first.
const MOST_ENTRIES: usize = 100;

/// Bytes of a digest, which an entry ends with.
const DIGEST: usize = 32;

/// What is noted about an entry whose digest matches its code.
const WHOLE: &str = "whole";

/// The compiled code of one component.
pub(super) struct Entry<'a> {
    engine: &'a Engine,
    folder: &'a Path,
    path: PathBuf,
}

impl<'a> Entry<'a> {
    /// Where the code of the component with this SHA-256 is kept.
    pub(super) fn of(sha256: &str, engine: &'a Engine, folder: &'a Path) -> Entry<'a> {
        let mut compatibility = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut compatibility);
        let name = format!("{sha256}-{:016x}", compatibility.finish());
        Entry { engine, folder, path: folder.join(name) }
    }

    /// Loads the code. None when it is not there, or not as it should be; the trace says why.
    pub(super) fn load(&self) -> Option<Component> {
        match self.map() {
            Ok(component) => Some(component),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::debug!("`{}` is not used: {error}", self.path.display());
                None
            }
        }
    }

    /// Keeps the code for the next run. A failure to do so does not stop the parse.
    pub(super) fn keep(&self, component: &Component) {
        if let Err(error) = self.write(component) {
            tracing::debug!("compiled code is not kept in `{}`: {error}", self.folder.display());
        }
    }

    fn map(&self) -> io::Result<Component> {
        let file = trust::open(&self.path, Owner::User)?;
        let note = Note::beside(&self.path);
        if note.read(&file).as_deref() != Some(WHOLE) {
            let before = file.metadata()?;
            read_whole(&file)?;
            note.write(&before, &file, WHOLE);
        }
        // The very file that was checked, whatever its name leads to by now.
        let opened = format!("/proc/self/fd/{}", file.as_raw_fd());
        // SAFETY: the file was written by this user with `keep`: it and its folder belong to the user, and only the user can
        // write to them. Its digest says that all of it is there, and it has not been touched since the digest was checked.
        // Nothing in this program writes to it while it is mapped.
        #[allow(unsafe_code, reason = "compiled code that this program made; see above")]
        let mapped = unsafe { Component::deserialize_file(self.engine, opened) };
        let component = mapped.or_else(|error| {
            // No `/proc`, or a file system whose files cannot be executed.
            tracing::debug!("`{}` cannot be mapped: {error:#}", self.path.display());
            let code = read_whole(&trust::open(&self.path, Owner::User)?)?;
            // SAFETY: as above, and these bytes are in our own memory.
            #[allow(unsafe_code, reason = "compiled code that this program made; see above")]
            unsafe {
                Component::deserialize(self.engine, code)
            }
        });
        component.map_err(|error| io::Error::other(format!("{error:#}")))
    }

    fn write(&self, component: &Component) -> io::Result<()> {
        trust::make_folder(self.folder)?;
        let code = component.serialize().map_err(|error| io::Error::other(format!("{error:#}")))?;
        trust::write(&self.path, &[&code, &Sha256::digest(&code)])?;
        self.make_room()
    }

    fn make_room(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.folder)? {
            let entry = entry?;
            if entry.path().extension().is_none_or(|extension| extension != Note::EXTENSION) {
                entries.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        entries.sort();
        let surplus = entries.len().saturating_sub(MOST_ENTRIES);
        entries[..surplus].iter().try_for_each(|(_, path)| {
            let _ = fs::remove_file(path.with_extension(Note::EXTENSION));
            fs::remove_file(path)
        })
    }
}

/// The code in an entry, if its digest is there and right.
fn read_whole(mut file: &File) -> io::Result<Vec<u8>> {
    let mut code = Vec::new();
    file.read_to_end(&mut code)?;
    let length = code.len().checked_sub(DIGEST).ok_or_else(|| io::Error::other("it is damaged"))?;
    let digest = code.split_off(length);
    if Sha256::digest(&code)[..] != digest {
        return Err(io::Error::other("it is damaged"));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use nix::unistd::geteuid;

    use super::*;
    use crate::trust::hexadecimal;

    const COMPONENT: &str = "(component)";

    struct Kept {
        engine: Engine,
        folder: tempfile::TempDir,
        component: Vec<u8>,
        sha256: String,
    }

    impl Kept {
        /// A store that has the code of one component.
        fn new() -> Kept {
            let engine = Engine::new(&super::super::engine::config()).unwrap();
            let component = wat::parse_str(COMPONENT).unwrap();
            let sha256 = hexadecimal(&Sha256::digest(&component));
            let kept = Kept { engine, folder: tempfile::tempdir().unwrap(), component, sha256 };
            kept.entry().keep(&Component::from_binary(&kept.engine, &kept.component).unwrap());
            assert!(kept.entry().load().is_some(), "what was kept is found");
            kept
        }

        fn entry(&self) -> Entry<'_> {
            Entry::of(&self.sha256, &self.engine, self.folder.path())
        }

        /// What loading says after this was done to the entry.
        fn after(&self, attack: impl FnOnce(&Path)) -> Option<String> {
            attack(&self.entry().path);
            let why = self.entry().map().err().map(|error| error.to_string());
            assert_eq!(self.entry().load().is_none(), why.is_some());
            why
        }
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let kept = Kept::new();
        let whole = fs::read(kept.entry().path).unwrap();
        for place in (0..whole.len()).step_by(97) {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            assert_eq!(kept.after(|path| fs::write(path, &changed).unwrap()).as_deref(), Some("it is damaged"), "byte {place}");
        }
    }

    #[test]
    fn a_truncated_entry_is_not_used() {
        let kept = Kept::new();
        let whole = fs::read(kept.entry().path).unwrap();
        for length in [0, 1, DIGEST - 1, DIGEST, DIGEST + 1, whole.len() - 1] {
            assert!(kept.after(|path| fs::write(path, &whole[..length]).unwrap()).is_some(), "{length} bytes");
        }
    }

    #[test]
    fn an_entry_that_others_can_write_to_is_not_used() {
        let kept = Kept::new();
        assert_eq!(kept.after(|path| set_mode(path, 0o620)).as_deref(), Some("others can write to it"));
        assert_eq!(kept.after(|path| set_mode(path, 0o602)).as_deref(), Some("others can write to it"));
        assert_eq!(kept.after(|path| set_mode(path, 0o600)), None);
        assert_eq!(kept.after(|_| set_mode(kept.folder.path(), 0o777)).as_deref(), Some("others can write to its folder"));
    }

    #[test]
    fn an_entry_of_someone_else_is_not_used() {
        // Only root can give a file away.
        if !geteuid().is_root() {
            return;
        }
        let kept = Kept::new();
        let give = |path: &Path| std::os::unix::fs::chown(path, Some(65534), None).unwrap();
        assert_eq!(kept.after(give).as_deref(), Some("it belongs to someone else"));
        assert_eq!(kept.after(|_| give(kept.folder.path())).as_deref(), Some("its folder belongs to someone else"));
    }

    #[test]
    fn an_entry_is_never_a_link_nor_a_pipe() {
        let kept = Kept::new();
        let elsewhere = kept.folder.path().join("elsewhere");
        let link = |path: &Path| {
            fs::rename(path, &elsewhere).unwrap();
            symlink(&elsewhere, path).unwrap();
        };
        assert!(kept.after(link).is_some());
        let folder = |path: &Path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        };
        assert_eq!(kept.after(folder).as_deref(), Some("it is not a file"));
    }

    #[test]
    fn an_entry_that_is_exchanged_after_it_was_opened_makes_no_difference() {
        let kept = Kept::new();
        let component = kept.entry().load().unwrap();
        trust::write(&kept.entry().path, &[b"something else"]).unwrap();
        assert!(component.serialize().is_ok());
        assert!(kept.entry().load().is_none());
    }

    #[test]
    fn what_was_found_whole_is_read_again_once_it_was_touched() {
        let kept = Kept::new();
        let note = || Note::beside(&kept.entry().path).read(&File::open(kept.entry().path).unwrap());
        // It was written just now.
        assert_eq!(note(), None);
        std::thread::sleep(std::time::Duration::from_secs(3));
        assert!(kept.entry().load().is_some());
        assert_eq!(note().as_deref(), Some(WHOLE));
        let mut changed = fs::read(kept.entry().path).unwrap();
        changed[DIGEST] ^= 1;
        assert_eq!(kept.after(|path| fs::write(path, &changed).unwrap()).as_deref(), Some("it is damaged"));
    }

    #[test]
    fn another_engine_s_code_is_another_entry() {
        let kept = Kept::new();
        let mut other = super::super::engine::config();
        other.epoch_interruption(false);
        let other = Engine::new(&other).unwrap();
        assert_ne!(Entry::of(&kept.sha256, &other, kept.folder.path()).path, kept.entry().path);
        assert!(Entry::of(&kept.sha256, &other, kept.folder.path()).load().is_none());
    }

    #[test]
    fn the_oldest_entries_make_room() {
        let kept = Kept::new();
        for number in 0..MOST_ENTRIES {
            fs::write(kept.folder.path().join(number.to_string()), b"").unwrap();
        }
        kept.entry().keep(&Component::from_binary(&kept.engine, &kept.component).unwrap());
        assert_eq!(fs::read_dir(kept.folder.path()).unwrap().count(), MOST_ENTRIES);
        assert!(kept.entry().load().is_some());
    }

    #[test]
    fn a_store_that_cannot_be_written_is_no_reason_to_fail() {
        let kept = Kept::new();
        let component = Component::from_binary(&kept.engine, &kept.component).unwrap();
        let nowhere = Path::new("/proc/none");
        Entry::of(&kept.sha256, &kept.engine, nowhere).keep(&component);
        assert!(Entry::of(&kept.sha256, &kept.engine, nowhere).load().is_none());
    }
}
