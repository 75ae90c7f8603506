//! `zpool list` and `zfs list`: tables whose columns `-o` chooses. A name may have blanks, so where the titles stand decides.

mod datasets;
mod pools;
mod table;

pub use datasets::{Dataset, ZfsList};
pub use pools::{Pool, ZpoolList};
pub(crate) use table::{Table, exact};
