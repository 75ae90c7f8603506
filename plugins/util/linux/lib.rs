//! The lists of util-linux: `lsblk`, `findmnt`, `swapon` and `blkid`. The first three are printed by libsmartcols, in three forms:
//! as a table, perhaps with a tree in one of its columns; with `-r`, between single blanks; with `-P`, as `NAME="value"`. With `-J`, `lsblk` and
//! `findmnt` print JSON.

pub mod blkid;
mod columns;
pub mod findmnt;
mod listed;
pub mod lsblk;
pub mod swapon;
mod tree;

pub use blkid::Blkid;
pub use findmnt::Findmnt;
pub use lsblk::Lsblk;
pub use swapon::Swapon;

outparse_sdk::export!(
    "util-linux",
    env!("CARGO_PKG_VERSION"),
    "Block devices, mounts and swap, as the commands of util-linux print them";
    Lsblk, Findmnt, Swapon, Blkid
);
