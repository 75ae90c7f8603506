//! What the `df` parsers share: the one record they all make, and how a table of filesystems is read.
//!
//! A dialect states its titles, its geometry and its arguments ([`Dialect`]); [`Table`] does the rows. Rows are hard because
//! names hold anything: blanks, numbers, percent signs, bytes that are no text. [`cells`](mod@cells) says how they are told apart.

mod arguments;
mod body;
mod cells;
mod layout;
mod listed;
mod report;
mod table;
mod units;
mod width;

use outparse_sdk::Record;

pub use arguments::{Arguments, Block, block_size};
pub use layout::{Dialect, Kind, Layout, Title, Wrapping};
pub use table::Table;
pub use units::UnitTitle;

/// A mounted filesystem.
#[derive(Clone, Copy, Debug, Default, Record)]
pub struct Filesystem<'a> {
    /// What is mounted: a device, a share, a pseudo filesystem; `total` in the row of totals.
    pub filesystem: Option<&'a [u8]>,
    /// Type of the filesystem, such as `ext4`. Printed with `-T` (GNU, BusyBox, FreeBSD), `-Y` (macOS) or `--output`.
    #[field(name = "type")]
    pub kind: Option<&'a [u8]>,
    /// Total space. `df` rounds it to its unit.
    #[field(unit = "bytes", approximate, gauge)]
    pub size: Option<i64>,
    /// Space in use, rounded likewise.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Space that ordinary users can still fill, rounded likewise. Negative where the reserve of the superuser is in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub available: Option<i64>,
    /// Part of the space in use, of what ordinary users can have. Can be over 100.
    #[field(unit = "percent", warning = 80, critical = 90, gauge)]
    pub use_percent: Option<i64>,
    /// Number of inodes. Rounded with `-ih`, like the next two.
    #[field(approximate, gauge)]
    pub inodes: Option<i64>,
    /// Number of inodes in use.
    #[field(approximate, gauge)]
    pub inodes_used: Option<i64>,
    /// Number of free inodes.
    #[field(approximate, gauge)]
    pub inodes_free: Option<i64>,
    /// Part of the inodes in use.
    #[field(unit = "percent", warning = 80, critical = 90, gauge)]
    pub inodes_use_percent: Option<i64>,
    /// The file that `df` was asked about, as it was named. Printed with `--output=file` by GNU.
    pub file: Option<&'a [u8]>,
    /// Where it is mounted. Null in the row of totals.
    #[field(key)]
    pub mounted_on: Option<&'a [u8]>,
    /// Whether this is no filesystem, but the sum of all of them, which `--total` (GNU) and `-c` (FreeBSD, macOS) print last. Only there
    /// where such a row was asked for, or may have been.
    pub is_total: bool,
}
