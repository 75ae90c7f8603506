//! ZFS: `zpool status`, `zpool iostat`, `zpool list` and `zfs list`.

pub mod get;
pub mod iostat;
pub mod list;
pub mod status;

pub use get::Get;
pub use iostat::ZpoolIostat;
pub use list::{ZfsList, ZpoolList};
pub use status::ZpoolStatus;

outparse_sdk::export!(
    "zfs-openzfs",
    env!("CARGO_PKG_VERSION"),
    "Pools and datasets, as zpool and zfs print them";
    ZpoolStatus, ZpoolIostat, ZpoolList, ZfsList, Get
);

use outparse_sdk::{Base, Field, Problem};

/// A size or a count, shortened without `-p`: `2.72T`, `0`, `-` where there is none.
pub(crate) fn amount(cell: Field<'_>) -> Result<Option<i64>, Problem> {
    cell.known().map(|cell| cell.size(Base::Binary)).transpose()
}

/// The devices that the next one may be part of, with how far they are indented.
#[derive(Debug, Default)]
pub(crate) struct Above(Vec<(usize, Vec<u8>)>);

impl Above {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Begins a device, and gives what it is part of.
    pub(crate) fn begin(&mut self, indent: usize, name: &[u8]) -> Option<Vec<u8>> {
        self.0.retain(|(further, _)| *further < indent);
        let parent = self.0.last().map(|(_, name)| name.clone());
        self.0.push((indent, name.to_vec()));
        parent
    }
}
