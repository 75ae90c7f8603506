//! What `sar -m` measures of fans, temperatures, voltages and batteries.

use outparse_sdk::Record;

/// Fans, temperatures, voltages and batteries.
#[derive(Clone, Debug, Default, Record)]
pub struct Sensors {
    /// Speed of a fan.
    #[field(unit = "rpm", gauge)]
    pub fan_speed: Option<f64>,
    /// How much more that is than the least it should be.
    #[field(unit = "rpm", gauge)]
    pub fan_speed_above_minimum: Option<f64>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<f64>,
    /// Where that lies between its limits.
    #[field(unit = "percent", gauge)]
    pub temperature_percent: Option<f64>,
    /// Voltage.
    #[field(unit = "volts", gauge)]
    pub voltage: Option<f64>,
    /// Where that lies between its limits.
    #[field(unit = "percent", gauge)]
    pub voltage_percent: Option<f64>,
    /// What is in a battery.
    #[field(unit = "percent", gauge)]
    pub battery_percent: Option<f64>,
    /// How much more that has become each minute.
    #[field(unit = "percent", gauge)]
    pub battery_percent_per_minute: Option<f64>,
    /// Whether the battery is charged: `Charging`, `Discharging`, `Full`, …
    pub status: Option<Vec<u8>>,
}
