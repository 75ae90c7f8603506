//! Files in `/proc`: tables and lists that the kernel writes for programs, each in its own way. Numbers that it counts in KiB, sectors,
//! pages or ticks are bytes and seconds here.

pub mod cpu;
pub mod disk;
pub mod memory;
pub mod net;
pub mod process;
pub mod ranges;
pub mod system;
pub mod zone;

pub use cpu::{CpuInfo, Interrupts, Softirqs, Stat};
pub use disk::{Diskstats, Mdstat, MountInfo, Partitions};
pub use memory::{BuddyInfo, MemInfo, SlabInfo, VmStat};
pub use net::{Arp, NetDev, NetRoute, NetTcp, NetUnix};
pub use process::{ProcessIo, ProcessMaps, ProcessSmaps, ProcessStat, ProcessStatm, ProcessStatus};
pub use ranges::Ranges;
pub use system::{Consoles, Devices, Filesystems, LoadAverage, Locks, Modules, Uptime, Version};
pub use zone::ZoneInfo;

outparse_sdk::export!(
    "proc-linux",
    env!("CARGO_PKG_VERSION"),
    "Files in /proc, as Linux has them";
    MemInfo, VmStat, BuddyInfo, CpuInfo, Stat, Interrupts, Softirqs, Diskstats, Partitions, Mdstat, MountInfo, NetDev, NetTcp, NetUnix,
    NetRoute, Arp, ProcessStatus, ProcessStat, ProcessStatm, ProcessIo, ProcessMaps, LoadAverage, Uptime, Version, Filesystems, Devices, Modules,
    Locks, Ranges, ZoneInfo, Consoles, SlabInfo, ProcessSmaps
);

/// What all of these have in common.
macro_rules! about {
    ($name:literal, $summary:literal, $($file:literal),+) => {
        outparse_sdk::About {
            name: $name,
            version: env!("CARGO_PKG_VERSION"),
            summary: $summary,
            files: &[$($file),+],
            dialect: "linux",
            platforms: &["linux"],
            ..outparse_sdk::About::DEFAULT
        }
    };
}
pub(crate) use about;

/// Ticks in a second, in which the kernel tells programs of times, on every architecture in use.
pub(crate) const TICKS_POWER: i32 = -2;
