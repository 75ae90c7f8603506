//! What is known of a file, whichever `stat` says it.

use outparse_sdk::{Record, Time};

/// A file.
#[derive(Clone, Debug, Default, Record)]
pub struct Inode {
    /// The file, as it was named.
    #[field(key)]
    pub path: Vec<u8>,
    /// What a symbolic link leads to.
    pub target: Option<Vec<u8>>,
    /// Type in words: `regular file`, `directory`, …
    pub r#type: Option<Vec<u8>>,
    /// Type and permissions as `ls -l` prints them.
    pub mode: Option<Vec<u8>>,
    /// Permissions in octal.
    pub permissions: Option<Vec<u8>>,
    /// Size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Number of blocks of 512 bytes that it takes.
    pub blocks: Option<i64>,
    /// Best size of reads and writes.
    #[field(unit = "bytes")]
    pub io_block_size: Option<i64>,
    /// Device that it is on, as printed.
    pub device_number: Option<Vec<u8>>,
    /// Device that it is, as printed, of a device.
    pub special_device_number: Option<Vec<u8>>,
    /// Inode number.
    pub inode: Option<i64>,
    /// Number of hard links.
    pub links: Option<i64>,
    /// User ID of its owner.
    pub uid: Option<i64>,
    /// User who owns it.
    pub owner: Option<Vec<u8>>,
    /// Group ID.
    pub gid: Option<i64>,
    /// Group.
    pub group: Option<Vec<u8>>,
    /// Security context.
    pub context: Option<Vec<u8>>,
    /// When it was last read.
    pub accessed: Option<Time<9>>,
    /// When its contents last changed.
    pub modified: Option<Time<9>>,
    /// When its inode last changed.
    pub changed: Option<Time<9>>,
    /// When it was created; null where the filesystem does not know.
    pub created: Option<Time<9>>,
    /// Flags of the BSDs, as a number.
    pub file_flags: Option<Vec<u8>>,
}

impl Inode {
    /// The fields that every file has, and those about which something is said.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        [
            ("path", true),
            ("target", self.target.is_some()),
            ("type", self.r#type.is_some()),
            ("mode", self.mode.is_some()),
            ("permissions", self.permissions.is_some()),
            ("size", true),
            ("blocks", true),
            ("io_block_size", self.io_block_size.is_some()),
            ("device_number", true),
            ("special_device_number", self.special_device_number.is_some()),
            ("inode", true),
            ("links", true),
            ("uid", self.uid.is_some()),
            ("owner", self.owner.is_some()),
            ("gid", self.gid.is_some()),
            ("group", self.group.is_some()),
            ("context", self.context.is_some()),
            ("accessed", true),
            ("modified", true),
            ("changed", true),
            ("created", self.created.is_some()),
            ("file_flags", self.file_flags.is_some()),
        ]
        .into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name)
    }
}
