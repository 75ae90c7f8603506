//! What a row of `sar` is about, and when.

use outparse_sdk::Record;

/// What was measured, and when.
#[derive(Clone, Debug, Default, Record)]
pub struct Subject {
    /// Time of day at its end, as printed; `Average` over all intervals, and `Summary` of filesystems.
    pub timestamp: Option<Vec<u8>>,
    /// Processor; `all` is all together.
    #[field(key)]
    pub cpu: Option<Vec<u8>>,
    /// Device: `sda`, `dev8-0`.
    #[field(key)]
    pub device: Option<Vec<u8>>,
    /// Network interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Serial line.
    #[field(key)]
    pub tty: Option<Vec<u8>>,
    /// Interrupt: its number, or `sum`.
    #[field(key)]
    pub interrupt: Option<Vec<u8>>,
    /// Filesystem.
    #[field(key)]
    pub filesystem: Option<Vec<u8>>,
    /// Where it is mounted (`-F MOUNT`).
    #[field(key)]
    pub mounted_on: Option<Vec<u8>>,
    /// Host adapter of Fibre Channel.
    #[field(key)]
    pub host_adapter: Option<Vec<u8>>,
    /// Number of a fan, a sensor or a battery.
    #[field(key)]
    pub sensor_number: Option<i64>,
    /// Whether it is about all processors together, or the sum of all interrupts.
    pub is_total: Option<bool>,
}
