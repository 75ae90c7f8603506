//! The record: one for each name in a listing.

use outparse_sdk::Record;

/// A file in a listing.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry<'a> {
    /// Its name, or its path where ls was given one. Line ends inside are kept.
    pub filename: &'a [u8],
    /// What a symbolic link points to.
    pub link_to: Option<&'a [u8]>,
    /// The directory it is listed under, as its heading says. Null without headings.
    pub parent: Option<&'a [u8]>,
    /// Type and permissions as printed, such as `-rw-r--r--`; a mark at the end says that there is more: `+` an access control
    /// list, `.` a security context, `@` extended attributes.
    pub flags: Option<&'a [u8]>,
    /// Number of hard links.
    pub links: Option<i64>,
    /// User who owns it: a name, or a number with `-n`.
    pub owner: Option<&'a [u8]>,
    /// Group it belongs to: a name, or a number with `-n`.
    pub group: Option<&'a [u8]>,
    /// Size. With `-h` and `--si` ls rounds it. Null for devices.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Last change as printed, its words separated by one blank.
    pub date: Option<&'a [u8]>,
    /// Inode number (`-i`).
    pub inode: Option<i64>,
    /// Blocks it takes (`-s`): of 1024 bytes in GNU and BusyBox, of 512 in BSD and macOS, unless told otherwise.
    pub blocks: Option<i64>,
    /// Space it takes (`-s` with `-h`).
    #[field(unit = "bytes", approximate)]
    pub allocated: Option<i64>,
    /// Major number of a device.
    pub major: Option<i64>,
    /// Minor number of a device.
    pub minor: Option<i64>,
    /// Security context (`-Z`).
    pub context: Option<&'a [u8]>,
}
