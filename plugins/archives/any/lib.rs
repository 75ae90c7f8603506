//! What is in an archive, and what is copied: `tar -tv`, `unzip -l`, `zipinfo` and `rsync`.

pub mod rsync;
pub mod tar;
pub mod zip;

pub use rsync::Rsync;
pub use tar::Tar;
pub use zip::Zip;

outparse_sdk::export!(
    "archives-any",
    env!("CARGO_PKG_VERSION"),
    "Archives and copies, as tar, unzip, zipinfo and rsync print them";
    Tar, Zip, Rsync
);

/// What the first letter of a mode stands for.
pub(crate) fn type_of(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'-' | b'C' => "file",
        b'd' => "directory",
        b'l' => "symlink",
        b'h' => "hardlink",
        b'b' => "block device",
        b'c' => "character device",
        b'p' => "fifo",
        b's' => "socket",
        _ => return None,
    })
}

/// Whether these are type and permissions as `ls -l` has them, perhaps with a mark behind.
pub(crate) fn is_mode(bytes: &[u8]) -> bool {
    let Some((first, permissions)) = bytes.split_first() else { return false };
    let (permissions, mark) = permissions.split_at(permissions.len().min(9));
    type_of(*first).is_some()
        && permissions.len() == 9
        && permissions.iter().all(|byte| b"rwxsStT-".contains(byte))
        && matches!(mark, b"" | b"." | b"+" | b"*" | b"@")
}
