//! What `sar` measures of processors and of the tasks that they run.

use outparse_sdk::Record;

/// Processors, tasks and interrupts.
#[derive(Clone, Debug, Default, Record)]
pub struct Processors {
    /// In programs, guests among them.
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
    /// In interrupts.
    #[field(unit = "percent", gauge)]
    pub irq_percent: Option<f64>,
    /// In soft interrupts.
    #[field(unit = "percent", gauge)]
    pub softirq_percent: Option<f64>,
    /// In guests.
    #[field(unit = "percent", gauge)]
    pub guest_percent: Option<f64>,
    /// In guests with less priority.
    #[field(unit = "percent", gauge)]
    pub guest_nice_percent: Option<f64>,
    /// Idle.
    #[field(unit = "percent", gauge)]
    pub idle_percent: Option<f64>,
    /// Frequency of the processor.
    #[field(unit = "hertz", gauge)]
    pub frequency: Option<f64>,
    /// Tasks that wait for a processor or run.
    #[field(gauge)]
    pub processes_runnable: Option<i64>,
    /// Tasks.
    #[field(gauge)]
    pub tasks: Option<i64>,
    /// Load average of one minute.
    #[field(gauge)]
    pub load_1m: Option<f64>,
    /// Load average of five minutes.
    #[field(gauge)]
    pub load_5m: Option<f64>,
    /// Load average of fifteen minutes.
    #[field(gauge)]
    pub load_15m: Option<f64>,
    /// Tasks that wait for input or output.
    #[field(gauge)]
    pub processes_blocked: Option<i64>,
    /// Processes that were made.
    #[field(gauge)]
    pub processes_per_second: Option<f64>,
    /// Context switches.
    #[field(gauge)]
    pub context_switches_per_second: Option<f64>,
    /// Interrupts.
    #[field(gauge)]
    pub interrupts_per_second: Option<f64>,
    /// Frames that a processor took from the network.
    #[field(gauge)]
    pub frames_processed_per_second: Option<f64>,
    /// Frames that were dropped for want of room.
    #[field(gauge)]
    pub frames_dropped_per_second: Option<f64>,
    /// How often a processor ended its turn with frames left.
    #[field(gauge)]
    pub frames_squeezed_per_second: Option<f64>,
    /// How often a processor was woken to take frames.
    #[field(gauge)]
    pub frames_steered_per_second: Option<f64>,
    /// How often the limit of a flow was reached.
    #[field(gauge)]
    pub frames_limited_per_second: Option<f64>,
    /// Frames that wait.
    #[field(gauge)]
    pub frames_waiting: Option<i64>,
}
