//! What any `top` prints: tasks, and the system.

use outparse_sdk::{Map, Record};

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
    /// Nice value.
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
    /// State, by a letter.
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
    /// Time of day, as printed.
    pub time_of_day: Option<Vec<u8>>,
    /// Time since the system started, to the minute.
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
    /// Number of tasks, by what they are: `total`, `running`, `sleeping`, `stopped`, `zombie`.
    pub tasks: Map<i64>,
    /// Processor time in percent, by the letters of top: `us`, `sy`, `ni`, `id`, `wa`, `hi`, `si`, `st`; of each processor
    /// with its name before them: `Cpu0 us`.
    pub cpu: Map<f64>,
    /// Memory in bytes: `total`, `free`, `used`, `buff/cache`.
    pub memory: Map<i64>,
    /// Swap in bytes: `total`, `free`, `used`, and `avail Mem`, the memory that programs can still get.
    pub swap: Map<i64>,
}
