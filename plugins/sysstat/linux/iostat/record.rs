//! What `iostat` measures: processors and devices.

use outparse_sdk::Record;

/// What `iostat` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A device.
    Device(Box<Device>),
    /// The processors together.
    Cpu(Cpu),
}

/// Processors: shares of their time.
#[derive(Clone, Debug, Default, Record)]
pub struct Cpu {
    /// In programs.
    #[field(unit = "percent", gauge)]
    pub user_percent: Option<f64>,
    /// In programs with less priority.
    #[field(unit = "percent", gauge)]
    pub nice_percent: Option<f64>,
    /// In the kernel.
    #[field(unit = "percent", gauge)]
    pub system_percent: Option<f64>,
    /// Idle while input or output was awaited.
    #[field(unit = "percent", gauge)]
    pub iowait_percent: Option<f64>,
    /// Taken by the host of this virtual machine.
    #[field(unit = "percent", gauge)]
    pub steal_percent: Option<f64>,
    /// Idle.
    #[field(unit = "percent", gauge)]
    pub idle_percent: Option<f64>,
    /// Number of the report, from 1: the first is since the system started.
    pub sample: i64,
    /// When it was made, as printed (`-t`).
    pub timestamp: Option<Vec<u8>>,
}

/// A device.
#[derive(Clone, Debug, Default, Record)]
pub struct Device {
    /// Its name.
    #[field(key)]
    pub device: Vec<u8>,
    /// Reads, writes and discards.
    #[field(gauge)]
    pub transfers_per_second: Option<f64>,
    /// Read, written and discarded (`-s`).
    #[field(unit = "bytes/s", gauge)]
    pub bytes_per_second: Option<f64>,
    /// Reads, writes and discards that were joined with others (`-s`).
    #[field(gauge)]
    pub merged_per_second: Option<f64>,
    /// Written and discarded (`-s -d`).
    #[field(unit = "bytes/s", gauge)]
    pub written_or_discarded_bytes_per_second: Option<f64>,
    /// Written and discarded, in the time of the report (`-s -d`).
    #[field(unit = "bytes")]
    pub written_or_discarded_bytes: Option<f64>,
    /// Read.
    #[field(unit = "bytes/s", gauge)]
    pub read_bytes_per_second: Option<f64>,
    /// Written.
    #[field(unit = "bytes/s", gauge)]
    pub written_bytes_per_second: Option<f64>,
    /// Discarded.
    #[field(unit = "bytes/s", gauge)]
    pub discarded_bytes_per_second: Option<f64>,
    /// Read, in the time of the report.
    #[field(unit = "bytes")]
    pub read_bytes: Option<f64>,
    /// Written, in the time of the report.
    #[field(unit = "bytes")]
    pub written_bytes: Option<f64>,
    /// Discarded, in the time of the report.
    #[field(unit = "bytes")]
    pub discarded_bytes: Option<f64>,
    /// Reads.
    #[field(gauge)]
    pub reads_per_second: Option<f64>,
    /// Writes.
    #[field(gauge)]
    pub writes_per_second: Option<f64>,
    /// Discards.
    #[field(gauge)]
    pub discards_per_second: Option<f64>,
    /// Flushes.
    #[field(gauge)]
    pub flushes_per_second: Option<f64>,
    /// Reads that were joined with others.
    #[field(gauge)]
    pub reads_merged_per_second: Option<f64>,
    /// Writes that were joined with others.
    #[field(gauge)]
    pub writes_merged_per_second: Option<f64>,
    /// Discards that were joined with others.
    #[field(gauge)]
    pub discards_merged_per_second: Option<f64>,
    /// Share of reads that were joined.
    #[field(unit = "percent", gauge)]
    pub reads_merged_percent: Option<f64>,
    /// Share of writes that were joined.
    #[field(unit = "percent", gauge)]
    pub writes_merged_percent: Option<f64>,
    /// Share of discards that were joined.
    #[field(unit = "percent", gauge)]
    pub discards_merged_percent: Option<f64>,
    /// Average size of what was read or written.
    #[field(unit = "bytes", gauge)]
    pub average_request_size: Option<f64>,
    /// Average size of reads.
    #[field(unit = "bytes", gauge)]
    pub average_read_size: Option<f64>,
    /// Average size of writes.
    #[field(unit = "bytes", gauge)]
    pub average_write_size: Option<f64>,
    /// Average size of discards.
    #[field(unit = "bytes", gauge)]
    pub average_discard_size: Option<f64>,
    /// Average number of what waits.
    #[field(gauge)]
    pub average_queue_size: Option<f64>,
    /// Average time of reads and writes, the wait included.
    #[field(unit = "seconds", gauge)]
    pub wait: Option<f64>,
    /// Average time of reads.
    #[field(unit = "seconds", gauge)]
    pub read_wait: Option<f64>,
    /// Average time of writes.
    #[field(unit = "seconds", gauge)]
    pub write_wait: Option<f64>,
    /// Average time of discards.
    #[field(unit = "seconds", gauge)]
    pub discard_wait: Option<f64>,
    /// Average time of flushes.
    #[field(unit = "seconds", gauge)]
    pub flush_wait: Option<f64>,
    /// Average time without the wait, as old versions guess it.
    #[field(unit = "seconds", gauge)]
    pub service_time: Option<f64>,
    /// Share of the time in which it had something to do.
    #[field(unit = "percent", gauge)]
    pub utilization_percent: Option<f64>,
    /// Number of the report, from 1: the first is since the system started.
    pub sample: i64,
    /// When it was made, as printed (`-t`).
    pub timestamp: Option<Vec<u8>>,
}
