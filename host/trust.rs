//! Files that decide what runs: only the user may have written them, and nobody ever sees half of one.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

/// Permissions that let others write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Whose a file may be.
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
    let mut bytes = Vec::new();
    open(path, owner)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
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
