//! Partition tables and filesystems: `fdisk -l` and `sfdisk -l`, `sfdisk -d`, `tune2fs -l`; and `pvs`, `vgs` and `lvs`.

mod disk;
pub mod dump;
pub mod fdisk;
pub mod lvm;
mod lvm_columns;
pub mod tune2fs;
mod unpartitioned;

pub use dump::SfdiskDump;
pub use fdisk::Fdisk;
pub use lvm::{Lvs, Pvs, Vgs};
pub use tune2fs::Tune2fs;

outparse_sdk::export!(
    "disks-linux",
    env!("CARGO_PKG_VERSION"),
    "Partitions, volumes and filesystems, as fdisk, sfdisk, LVM and tune2fs print them";
    Fdisk, SfdiskDump, Tune2fs, Pvs, Vgs, Lvs
);
