//! What `sar` measures of devices, filesystems, serial lines and the tables of the kernel.

use outparse_sdk::Record;

/// Devices, filesystems, serial lines and tables of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Devices {
    /// Transfers from and to devices.
    #[field(gauge)]
    pub transfers_per_second: Option<f64>,
    /// Reads from devices.
    #[field(gauge)]
    pub reads_per_second: Option<f64>,
    /// Writes to devices.
    #[field(gauge)]
    pub writes_per_second: Option<f64>,
    /// Discards.
    #[field(gauge)]
    pub discards_per_second: Option<f64>,
    /// Read from devices.
    #[field(unit = "bytes/s", gauge)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to devices.
    #[field(unit = "bytes/s", gauge)]
    pub written_bytes_per_second: Option<f64>,
    /// Discarded.
    #[field(unit = "bytes/s", gauge)]
    pub discarded_bytes_per_second: Option<f64>,
    /// Average size of a request.
    #[field(unit = "bytes", gauge)]
    pub average_request_size: Option<f64>,
    /// Average number of requests that wait.
    #[field(gauge)]
    pub average_queue_size: Option<f64>,
    /// Average time that a request takes.
    #[field(unit = "seconds", gauge)]
    pub wait: Option<f64>,
    /// Average time of service, as old versions worked it out.
    #[field(unit = "seconds", gauge)]
    pub service_time: Option<f64>,
    /// Time with requests.
    #[field(unit = "percent", gauge)]
    pub utilization_percent: Option<f64>,
    /// Entries of directories in caches that nobody uses.
    #[field(gauge)]
    pub unused_dentries: Option<i64>,
    /// Files that are open.
    #[field(gauge)]
    pub files_open: Option<i64>,
    /// Inodes in memory.
    #[field(gauge)]
    pub inodes_in_memory: Option<i64>,
    /// Pseudo terminals.
    #[field(gauge)]
    pub terminals: Option<i64>,
    /// Characters received.
    #[field(gauge)]
    pub serial_received_per_second: Option<f64>,
    /// Characters sent.
    #[field(gauge)]
    pub serial_sent_per_second: Option<f64>,
    /// Characters that did not end where they should.
    #[field(gauge)]
    pub serial_framing_errors_per_second: Option<f64>,
    /// Characters of the wrong parity.
    #[field(gauge)]
    pub serial_parity_errors_per_second: Option<f64>,
    /// Breaks.
    #[field(gauge)]
    pub serial_breaks_per_second: Option<f64>,
    /// Characters that came faster than they were read.
    #[field(gauge)]
    pub serial_overruns_per_second: Option<f64>,
    /// Space not in use.
    #[field(unit = "bytes", gauge)]
    pub filesystem_free: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", gauge)]
    pub filesystem_used: Option<i64>,
    /// Space in use, of what all may use.
    #[field(unit = "percent", gauge)]
    pub filesystem_used_percent: Option<f64>,
    /// Space in use, of what users may use.
    #[field(unit = "percent", gauge)]
    pub filesystem_user_used_percent: Option<f64>,
    /// Inodes not in use.
    #[field(gauge)]
    pub inodes_free: Option<i64>,
    /// Inodes in use.
    #[field(gauge)]
    pub inodes_used: Option<i64>,
    /// Inodes in use.
    #[field(unit = "percent", gauge)]
    pub inodes_use_percent: Option<f64>,
}
