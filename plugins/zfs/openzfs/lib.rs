//! ZFS: `zpool status`, `zpool iostat`, `zpool list` and `zfs list`.

pub mod iostat;
pub mod list;
pub mod status;

pub use iostat::ZpoolIostat;
pub use list::{ZfsList, ZpoolList};
pub use status::ZpoolStatus;

outparse_sdk::export!(
    "zfs-openzfs",
    env!("CARGO_PKG_VERSION"),
    "Pools and datasets, as zpool and zfs print them";
    ZpoolStatus, ZpoolIostat, ZpoolList, ZfsList
);

use outparse_sdk::{Base, Field, Problem};

/// A size or a count, shortened without `-p`: `2.72T`, `0`, `-` where there is none.
pub(crate) fn amount(cell: Field<'_>) -> Result<Option<i64>, Problem> {
    cell.known().map(|cell| cell.size(Base::Binary)).transpose()
}
