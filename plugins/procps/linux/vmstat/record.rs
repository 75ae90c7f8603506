//! What `vmstat` prints: the system, disks, sums and slabs.

use outparse_sdk::{Record, Time};

/// What `vmstat` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// The system.
    System(Box<System>),
    /// A disk (`-d`).
    Disk(Box<Disk>),
    /// A number that only grows, or an amount of memory (`-s`).
    Sum(Sum),
    /// A cache of the kernel (`-m`).
    Slab(Slab),
}

/// The system in an interval; the first line is since the system started.
#[derive(Clone, Debug, Default, Record)]
pub struct System {
    /// Processes that run or wait to.
    #[field(gauge)]
    pub processes_runnable: Option<i64>,
    /// Processes that wait for input or output.
    #[field(gauge)]
    pub processes_blocked: Option<i64>,
    /// Swap in use.
    #[field(unit = "bytes", gauge)]
    pub swap_used: Option<i64>,
    /// Memory not in use.
    #[field(unit = "bytes", gauge)]
    pub free: Option<i64>,
    /// Kernel buffers.
    #[field(unit = "bytes", gauge)]
    pub buffers: Option<i64>,
    /// Page cache.
    #[field(unit = "bytes", gauge)]
    pub cache: Option<i64>,
    /// Memory that was not used lately (`-a`).
    #[field(unit = "bytes", gauge)]
    pub inactive: Option<i64>,
    /// Memory that was used lately (`-a`).
    #[field(unit = "bytes", gauge)]
    pub active: Option<i64>,
    /// Read from swap.
    #[field(unit = "bytes/s", gauge)]
    pub swapped_in_per_second: Option<i64>,
    /// Written to swap.
    #[field(unit = "bytes/s", gauge)]
    pub swapped_out_per_second: Option<i64>,
    /// Read from devices.
    #[field(unit = "bytes/s", gauge)]
    pub read_bytes_per_second: Option<i64>,
    /// Written to devices.
    #[field(unit = "bytes/s", gauge)]
    pub written_bytes_per_second: Option<i64>,
    /// Interrupts.
    #[field(gauge)]
    pub interrupts_per_second: Option<i64>,
    /// Context switches.
    #[field(gauge)]
    pub context_switches_per_second: Option<i64>,
    /// Processor time in programs.
    #[field(unit = "percent", gauge)]
    pub user_percent: Option<i64>,
    /// Processor time in the kernel.
    #[field(unit = "percent", gauge)]
    pub system_percent: Option<i64>,
    /// Processor time idle.
    #[field(unit = "percent", gauge)]
    pub idle_percent: Option<i64>,
    /// Processor time idle while input or output was awaited.
    #[field(unit = "percent", gauge)]
    pub iowait_percent: Option<i64>,
    /// Processor time taken by the host of this virtual machine.
    #[field(unit = "percent", gauge)]
    pub steal_percent: Option<i64>,
    /// Processor time in guests.
    #[field(unit = "percent", gauge)]
    pub guest_percent: Option<i64>,
    /// When the line was printed (`-t`): with an offset where the zone is UTC, local otherwise.
    pub time: Option<Time>,
    /// Zone of that time, as printed.
    pub zone: Option<Vec<u8>>,
}

/// A disk, since the system started.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Its name.
    #[field(key)]
    pub device: Vec<u8>,
    /// Reads.
    #[field(counter)]
    pub reads: Option<i64>,
    /// Reads that were joined with others.
    #[field(counter)]
    pub reads_merged: Option<i64>,
    /// Read.
    #[field(unit = "bytes", counter)]
    pub read_bytes: Option<i64>,
    /// Time that reads took, together.
    #[field(unit = "seconds", counter)]
    pub read_time: Option<f64>,
    /// Writes.
    #[field(counter)]
    pub writes: Option<i64>,
    /// Writes that were joined with others.
    #[field(counter)]
    pub writes_merged: Option<i64>,
    /// Written.
    #[field(unit = "bytes", counter)]
    pub written_bytes: Option<i64>,
    /// Time that writes took, together.
    #[field(unit = "seconds", counter)]
    pub write_time: Option<f64>,
    /// Reads and writes under way.
    #[field(gauge)]
    pub in_flight: Option<i64>,
    /// Time in which there was something to do.
    #[field(unit = "seconds", counter)]
    pub io_time: Option<i64>,
    /// When the line was printed (`-t`).
    pub time: Option<Time>,
    /// Zone of that time, as printed.
    pub zone: Option<Vec<u8>>,
}

/// A number.
#[derive(Clone, Debug, Default, Record)]
pub struct Sum {
    /// What it is, in words.
    #[field(key)]
    pub name: Vec<u8>,
    /// How much memory; null where it is another number.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// The number; null where it is memory.
    pub count: Option<i64>,
}

/// A cache of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Slab {
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// Objects in use.
    #[field(gauge)]
    pub objects_used: i64,
    /// Objects in all.
    #[field(gauge)]
    pub objects: i64,
    /// Size of an object.
    #[field(unit = "bytes")]
    pub object_size: i64,
    /// Number of pages that hold objects, or of objects in a page, as the version has it.
    pub pages: i64,
}
