//! Files that decide what runs: only the user may have written them, and nobody ever sees half of one.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

/// Permissions that let others write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Who may own a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The user's.
    User,
    /// The user's, or the system's.
    UserOrRoot,
}

/// Whether a file or folder is as it should be: nobody else's, and nobody else can write to it. The error is a clause about `what`.
pub(crate) fn check(what: &str, metadata: &Metadata, owner: Owner) -> io::Result<()> {
    let root = owner == Owner::UserOrRoot && metadata.uid() == 0;
    if metadata.uid() != geteuid().as_raw() && !root {
        return Err(io::Error::other(format!("{what} belongs to someone else")));
    }
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(io::Error::other(format!("others can write to {what}")));
    }
    Ok(())
}

/// Opens a file for reading and checks it and its folder. A link is not followed, and a pipe not waited for.
pub(crate) fn open(path: &Path, owner: Owner) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits() | OFlag::O_NONBLOCK.bits()).open(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    check("its folder", &fs::metadata(folder)?, owner)?;
    let metadata = file.metadata()?;
    check("it", &metadata, owner)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok(file)
}

/// Reads a file as [`open`] opens it, unless it is longer than `most`.
pub(crate) fn read(path: &Path, owner: Owner, most: u64) -> io::Result<Vec<u8>> {
    read_opened(&open(path, owner)?, most)
}

/// Reads a file that was opened, unless it is longer than `most`.
pub(crate) fn read_opened(file: &File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// Makes a folder that is the user's alone, or checks that it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    check("the folder", &fs::metadata(folder)?, Owner::User)
}

/// Writes beside the path and renames, so that nobody ever sees half of it.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    let write_new = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        parts.iter().try_for_each(|part| file.write_all(part))
    };
    let written = write_new().and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A note beside a file that says what was found out about its content, for as long as the file is not touched: until then,
/// nobody needs to read the file again.
///
/// The system records each change of a file, whoever makes it, in the file's change time, which no program can set. A change
/// within the same tick of that clock would not show, so nothing is noted about a file that was changed just now.
pub(crate) struct Note {
    path: PathBuf,
}

impl Note {
    /// How long a file must have been left alone before anything is noted of it.
    const SETTLED: Duration = Duration::from_secs(2);
    /// Bytes a note may have.
    const MOST: u64 = 1000;
    /// What its name ends with.
    pub(crate) const EXTENSION: &str = "seen";

    /// The note beside a file.
    pub(crate) fn beside(path: &Path) -> Note {
        Note { path: path.with_extension(Note::EXTENSION) }
    }

    /// What was found out, if the file is as it was then.
    pub(crate) fn read(&self, file: &File) -> Option<String> {
        let note = read(&self.path, Owner::User, Note::MOST).ok().and_then(|note| String::from_utf8(note).ok())?;
        let (stamp, found) = note.split_once('\n')?;
        (stamp == Note::stamp(&file.metadata().ok()?)).then(|| found.to_owned())
    }

    /// Notes what was found in the file as it was when `before` was taken. A failure costs the next reader time and nothing more.
    pub(crate) fn write(&self, before: &Metadata, file: &File, found: &str) {
        let settled = |changed: SystemTime| changed.elapsed().is_ok_and(|age| age >= Note::SETTLED);
        let changed = UNIX_EPOCH.checked_add(Duration::from_secs(before.ctime().unsigned_abs()));
        let stamp = Note::stamp(before);
        let same = file.metadata().is_ok_and(|after| Note::stamp(&after) == stamp);
        if same && changed.is_some_and(settled) {
            let _ = write(&self.path, &[stamp.as_bytes(), b"\n", found.as_bytes()]);
        }
    }

    /// Takes the note away, with the file that it is about.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }

    /// What tells a file from another one, or from an earlier state of it.
    fn stamp(file: &Metadata) -> String {
        let times = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
        format!("{} {} {} {times:?}", file.dev(), file.ino(), file.len())
    }
}

/// Bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::path::PathBuf;

    use super::*;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, &[b"wo", b"rd"]).unwrap();
        (folder, path)
    }

    fn why(path: &Path, owner: Owner) -> String {
        read(path, owner, 10).unwrap_err().to_string()
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_user_s_own_file_is_read() {
        let (folder, path) = file();
        assert_eq!(read(&path, Owner::User, 4).unwrap(), b"word");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(read(&path, Owner::User, 3).unwrap_err().to_string(), "it has more than 3 bytes");
    }

    #[test]
    fn what_others_can_write_to_is_not_read() {
        let (folder, path) = file();
        set_mode(&path, 0o620);
        assert_eq!(why(&path, Owner::User), "others can write to it");
        set_mode(&path, 0o602);
        assert_eq!(why(&path, Owner::UserOrRoot), "others can write to it");
        set_mode(&path, 0o600);
        set_mode(folder.path(), 0o777);
        assert_eq!(why(&path, Owner::UserOrRoot), "others can write to its folder");
    }

    #[test]
    fn what_belongs_to_someone_else_is_not_read() {
        // Only root can give a file away.
        if !geteuid().is_root() {
            return;
        }
        let (folder, path) = file();
        chown(&path, Some(65534), None).unwrap();
        assert_eq!(why(&path, Owner::UserOrRoot), "it belongs to someone else");
        chown(&path, Some(0), None).unwrap();
        chown(folder.path(), Some(65534), None).unwrap();
        assert_eq!(why(&path, Owner::UserOrRoot), "its folder belongs to someone else");
    }

    #[test]
    fn a_note_holds_until_the_file_is_touched() {
        let (_folder, path) = file();
        let opened = || open(&path, Owner::User).unwrap();
        let look = || {
            let file = opened();
            Note::beside(&path).write(&file.metadata().unwrap(), &file, "a word");
        };
        look();
        assert_eq!(Note::beside(&path).read(&opened()), None, "it was changed just now");
        std::thread::sleep(Note::SETTLED);
        look();
        assert_eq!(Note::beside(&path).read(&opened()).as_deref(), Some("a word"));
        // The same length, the same modification time: only the change time tells.
        let modified = opened().metadata().unwrap().modified().unwrap();
        fs::write(&path, "drow").unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert_eq!(Note::beside(&path).read(&opened()), None);
    }

    #[test]
    fn a_note_that_others_can_write_to_says_nothing() {
        let (_folder, path) = file();
        std::thread::sleep(Note::SETTLED);
        let file = open(&path, Owner::User).unwrap();
        let note = Note::beside(&path);
        note.write(&file.metadata().unwrap(), &file, "a word");
        assert!(note.read(&file).is_some());
        set_mode(&note.path, 0o622);
        assert_eq!(note.read(&file), None);
    }

    #[test]
    fn neither_a_link_nor_a_folder_nor_a_pipe_is_read() {
        let (folder, path) = file();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(read(&link, Owner::User, 10).is_err());
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
        assert_eq!(why(&pipe, Owner::User), "it is not a file");
        let below = folder.path().join("below");
        make_folder(&below).unwrap();
        assert_eq!(why(&below, Owner::User), "it is not a file");
    }
}
