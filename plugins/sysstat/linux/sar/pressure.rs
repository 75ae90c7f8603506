//! What `sar -q` measures of the time in which tasks waited.

use outparse_sdk::Record;

/// Time in which tasks waited.
#[derive(Clone, Debug, Default, Record)]
pub struct Pressure {
    /// Time in which some tasks waited for processor time, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, in this interval.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, in this interval.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_10s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_60s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_300s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, in this interval.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, in this interval.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_10s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_60s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_300s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, in this interval.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_percent: Option<f64>,
}
