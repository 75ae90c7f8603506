//! What any `top` prints: tasks, and the system.

use outparse_sdk::{Map, Record, Rows, Time};

/// What `top` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A task.
    Task(Box<Task>),
    /// The system.
    Summary(Box<Summary>),
}

/// A task.
#[derive(Clone, Debug, Default, Record)]
pub struct Task {
    /// Number of the report, from 1.
    pub sample: i64,
    /// Process ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// User name.
    pub user: Option<Vec<u8>>,
    /// Priority; null where it is of real time.
    pub priority: Option<i64>,
    /// Nice value; null where it has none.
    pub nice: Option<i64>,
    /// Virtual memory; shortened where it is large.
    #[field(unit = "bytes", approximate, gauge)]
    pub vsz: Option<i64>,
    /// Resident memory.
    #[field(unit = "bytes", approximate, gauge)]
    pub rss: Option<i64>,
    /// Memory that it may share.
    #[field(unit = "bytes", approximate, gauge)]
    pub shared: Option<i64>,
    /// State, by a letter, or in a word on FreeBSD and macOS.
    pub state: Option<Vec<u8>>,
    /// Processor time in percent of one processor.
    #[field(unit = "percent", gauge)]
    pub cpu_percent: Option<f64>,
    /// Resident memory in percent of the machine's.
    #[field(unit = "percent", gauge)]
    pub memory_percent: Option<f64>,
    /// Processor time used.
    #[field(unit = "seconds", counter)]
    pub cpu_time: Option<f64>,
    /// Its name, or with `-c` its command line; a `+` ends one that was cut.
    pub command: Option<Vec<u8>>,
    /// Process ID of its parent.
    pub ppid: Option<i64>,
    /// User ID.
    pub uid: Option<i64>,
    /// Process group.
    pub pgid: Option<i64>,
    /// Session.
    pub sid: Option<i64>,
    /// Group ID.
    pub gid: Option<i64>,
    /// Group name.
    pub group: Option<Vec<u8>>,
    /// Terminal; null where it has none.
    pub tty: Option<Vec<u8>>,
    /// Number of its threads.
    pub threads: Option<i64>,
    /// Processor that it ran on last.
    pub processor: Option<i64>,
    /// Memory in swap.
    #[field(unit = "bytes", approximate, gauge)]
    pub swapped: Option<i64>,
    /// Code.
    #[field(unit = "bytes", approximate, gauge)]
    pub code: Option<i64>,
    /// Data and stack.
    #[field(unit = "bytes", approximate, gauge)]
    pub data: Option<i64>,
    /// Memory that it alone is charged for (macOS).
    #[field(unit = "bytes", approximate, gauge)]
    pub footprint: Option<i64>,
    /// Memory that the system may take away (macOS).
    #[field(unit = "bytes", approximate, gauge)]
    pub purgeable: Option<i64>,
    /// Memory that is compressed (macOS).
    #[field(unit = "bytes", approximate, gauge)]
    pub compressed: Option<i64>,
    /// Number of its threads that run (macOS).
    pub threads_running: Option<i64>,
    /// Control group.
    pub cgroup: Option<Vec<u8>>,
    /// All other columns, by their titles.
    pub details: Map<Vec<u8>>,
}

/// The system.
#[derive(Clone, Debug, Default, Record)]
pub struct Summary {
    /// Number of the report, from 1.
    pub sample: i64,
    /// When it was taken (macOS).
    pub time: Option<Time>,
    /// Time of day, as printed.
    pub time_of_day: Option<Vec<u8>>,
    /// Time since the system started; of Linux to the minute.
    #[field(unit = "seconds", counter)]
    pub uptime: Option<i64>,
    /// Number of logins.
    #[field(gauge)]
    pub users: Option<i64>,
    /// Load average of one minute.
    #[field(gauge)]
    pub load_1m: Option<f64>,
    /// Load average of five minutes.
    #[field(gauge)]
    pub load_5m: Option<f64>,
    /// Load average of fifteen minutes.
    #[field(gauge)]
    pub load_15m: Option<f64>,
    /// Number of tasks, by what they are: `total`, `running`, `sleeping`, `stopped`, `zombie`; on macOS `threads`
    /// too.
    pub tasks: Map<i64>,
    /// Processor time in percent, by the letters of top: `us`, `sy`, `ni`, `id`, `wa`, `hi`, `si`, `st`, or by its words; of each
    /// processor with its name before them: `Cpu0 us`.
    pub cpu: Map<f64>,
    /// Memory in bytes, by the words of top: `total`, `free`, `used`, `buff/cache`; on macOS that of all programs together with
    /// its title before them: `VM vsize`.
    pub memory: Map<i64>,
    /// Swap in bytes: `total`, `free`, `used`, and `avail Mem`, the memory that programs can still get.
    pub swap: Map<i64>,
    /// Swap in use, in percent (FreeBSD).
    #[field(unit = "percent", gauge)]
    pub swap_use_percent: Option<f64>,
    /// The cache of ZFS in bytes, by the words of top (FreeBSD).
    pub arc: Map<i64>,
    /// How many bytes one byte of that cache holds, as it is compressed.
    #[field(gauge)]
    pub arc_ratio: Option<f64>,
    /// Process ID that was given last (FreeBSD).
    pub last_pid: Option<i64>,
    /// Number of regions of memory (macOS).
    #[field(gauge)]
    pub memory_regions: Option<i64>,
    /// Pages read from swap (macOS).
    #[field(counter)]
    pub swap_ins: Option<i64>,
    /// Those since the report before.
    #[field(gauge)]
    pub new_swap_ins: Option<i64>,
    /// Pages written to swap (macOS).
    #[field(counter)]
    pub swap_outs: Option<i64>,
    /// Those since the report before.
    #[field(gauge)]
    pub new_swap_outs: Option<i64>,
    /// Packets received (macOS).
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Bytes received (macOS).
    #[field(unit = "bytes", approximate, counter)]
    pub rx_bytes: Option<i64>,
    /// Packets sent (macOS).
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// Bytes sent (macOS).
    #[field(unit = "bytes", approximate, counter)]
    pub tx_bytes: Option<i64>,
    /// Reads of disks (macOS).
    #[field(counter)]
    pub reads: Option<i64>,
    /// Bytes read from disks (macOS).
    #[field(unit = "bytes", approximate, counter)]
    pub read_bytes: Option<i64>,
    /// Writes to disks (macOS).
    #[field(counter)]
    pub writes: Option<i64>,
    /// Bytes written to disks (macOS).
    #[field(unit = "bytes", approximate, counter)]
    pub written_bytes: Option<i64>,
}

/// The kinds, by their places in [`Entry`].
pub(crate) const TASK: u32 = 0;
const SUMMARY: u32 = 1;

/// What Linux says of the system.
pub(crate) const OF_LINUX: [&str; 11] =
    ["sample", "time_of_day", "uptime", "users", "load_1m", "load_5m", "load_15m", "tasks", "cpu", "memory", "swap"];

/// Puts what is known of the system, if anything is, with these fields: its sample ends or its tasks begin.
pub(crate) fn put_summary(summary: &mut Option<Summary>, fields: &[&str], rows: &mut Rows<Entry>) {
    if let Some(summary) = summary.take() {
        rows.shape_of(SUMMARY, fields);
        rows.push(Entry::Summary(Box::new(summary)));
    }
}
