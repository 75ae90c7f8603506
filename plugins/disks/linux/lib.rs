//! Partition tables and filesystems: `fdisk -l` and `sfdisk -l`, `sfdisk -d`, `tune2fs -l`.

pub mod dump;
pub mod fdisk;
pub mod tune2fs;

pub use dump::SfdiskDump;
pub use fdisk::Fdisk;
pub use tune2fs::Tune2fs;

outparse_sdk::export!(
    "disks-linux",
    env!("CARGO_PKG_VERSION"),
    "Partitions and filesystems, as fdisk, sfdisk and tune2fs print them";
    Fdisk, SfdiskDump, Tune2fs
);
