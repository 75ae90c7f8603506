//! What the `mount` parsers share: the one record they all make.

use outparse_sdk::{Record, Time};

/// A mounted filesystem.
#[derive(Debug, Default, Record)]
pub struct Mount<'a> {
    /// What is mounted: a device, a share, a directory of a server, or the name of a pseudo filesystem.
    pub filesystem: &'a [u8],
    /// The directory it is mounted on.
    #[field(key)]
    pub mounted_on: &'a [u8],
    /// Type of the filesystem: `ext4`, `apfs`, `nfs4`. macOS and FreeBSD print it as the first option.
    #[field(name = "type")]
    pub kind: Option<&'a [u8]>,
    /// Mount options, as printed and in that order. On macOS and FreeBSD the first one is the type.
    pub options: Vec<&'a [u8]>,
    /// The filesystem's label, which `mount -l` of Linux prints where there is one.
    pub label: Option<&'a [u8]>,
    /// The server of a remote filesystem, where it is printed apart: on AIX.
    pub host: Option<&'a [u8]>,
    /// When it was mounted, in local time. AIX prints no year: only there where it is known when the output was taken.
    pub mounted: Option<Time>,
    /// The same as printed: `Sep 06 11:46`.
    pub mounted_text: Option<&'a [u8]>,
}
