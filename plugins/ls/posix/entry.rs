//! The record: one for each name in a listing, and which of its fields a listing has.

use outparse_sdk::{Record, Rows, Time};

use crate::options::Options;

/// A file in a listing.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry<'a> {
    /// Its name, or its path where ls was given one. Line ends inside are kept.
    #[field(key)]
    pub name: &'a [u8],
    /// What a symbolic link points to.
    pub target: Option<&'a [u8]>,
    /// The directory it is listed under, as its heading says. Null for files that were named.
    #[field(key)]
    pub directory: Option<&'a [u8]>,
    /// Type and permissions as printed, such as `-rw-r--r--`; a mark at the end says that there is more: `+` an access control
    /// list, `.` a security context, `@` extended attributes.
    pub mode: Option<&'a [u8]>,
    /// Number of hard links.
    pub links: Option<i64>,
    /// User who owns it: a name, or a number with `-n`.
    pub owner: Option<&'a [u8]>,
    /// Group it belongs to: a name, or a number with `-n`.
    pub group: Option<&'a [u8]>,
    /// Size. With `-h` and `--si` ls rounds it. Null for devices.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// When its contents last changed, in local time or with the offset that is printed; with `-u`, `-c` and `--time` another time, under its
    /// own name. To the second with `--time-style=full-iso` and the like; else to the minute or the day, and what is finer is zero. A
    /// year that ls leaves out is worked out from the time of the capture.
    #[field(approximate)]
    pub modified: Option<Time<9>>,
    /// When it was last read (`-u`).
    #[field(approximate)]
    pub accessed: Option<Time<9>>,
    /// When its inode last changed (`-c`).
    #[field(approximate)]
    pub changed: Option<Time<9>>,
    /// When it was created (`--time=birth`, `-U` of BSD).
    #[field(approximate)]
    pub created: Option<Time<9>>,
    /// The time as printed, where its year is left out and it is not known when the output was taken: `Nov 3 22:52`.
    pub time_text: Option<&'a [u8]>,
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

/// The fields that listings have so far.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// A bit for each field of [`FIELDS`].
    fields: u32,
}

/// The fields in their order, and whether every line of `ls -l` has them.
const FIELDS: [(&str, bool); 19] = [
    ("name", true),
    ("target", true),
    ("directory", false),
    ("mode", true),
    ("links", true),
    ("owner", false),
    ("group", false),
    ("size", true),
    ("modified", false),
    ("accessed", false),
    ("changed", false),
    ("created", false),
    ("time_text", false),
    ("inode", false),
    ("blocks", false),
    ("allocated", false),
    ("major", false),
    ("minor", false),
    ("context", false),
];

impl Shape {
    /// Adds a record. Where it has a field that none before it had, the listing has it from here on.
    pub(crate) fn push(&mut self, entry: Entry<'_>, options: &Options, rows: &mut Rows<Entry<'static>>) {
        // Each bit by itself: a list of what is there would be written byte by byte only to be read at once.
        let bit = |at: u32, there: bool| u32::from(there) << at;
        let mut fields = bit(0, true)
            | bit(1, entry.target.is_some())
            | bit(2, entry.directory.is_some())
            | bit(3, entry.mode.is_some())
            | bit(4, entry.links.is_some())
            | bit(5, entry.owner.is_some())
            | bit(6, entry.group.is_some())
            | bit(7, entry.size.is_some())
            | bit(8, entry.modified.is_some())
            | bit(9, entry.accessed.is_some())
            | bit(10, entry.changed.is_some())
            | bit(11, entry.created.is_some())
            | bit(12, entry.time_text.is_some())
            | bit(13, entry.inode.is_some())
            | bit(14, entry.blocks.is_some())
            | bit(15, entry.allocated.is_some())
            | bit(16, entry.major.is_some())
            | bit(17, entry.minor.is_some())
            | bit(18, entry.context.is_some());
        if self.fields & fields != fields {
            if entry.mode.is_some() {
                let always = |(name, always): (&str, bool)| always || name == options.time.name();
                fields |= FIELDS.iter().enumerate().fold(0, |bits, (at, field)| bits | u32::from(always(*field)) << at);
            }
            self.fields |= fields;
            rows.shape(FIELDS.iter().enumerate().filter(|(at, _)| self.fields >> at & 1 == 1).map(|(_, (name, _))| *name));
        }
        rows.push(entry);
    }
}
