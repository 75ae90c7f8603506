//! What the properties and the attributes of a disk say in the fields that all disks have.

use outparse_sdk::{Field, Problem};

use crate::records::{Attribute, Disk};

impl Disk {
    /// Takes what a property says, where it is one that all disks have.
    pub(crate) fn said(&mut self, name: &[u8], value: Field<'_>) -> Result<(), Problem> {
        let text = || Some(value.bytes.to_vec());
        let first = || value.fields().next().unwrap_or(value);
        match name {
            b"Vendor" => self.vendor = text(),
            b"Model Family" => self.model_family = text(),
            b"Device Model" | b"Model Number" | b"Product" => self.model = text(),
            b"Serial Number" | b"Serial number" => self.serial = text(),
            b"Firmware Version" | b"Revision" => self.firmware = text(),
            b"User Capacity" | b"Total NVM Capacity" => self.size = Some(grouped(value)?),
            b"Namespace 1 Size/Capacity" if self.size.is_none() => self.size = Some(grouped(value)?),
            b"Sector Size" | b"Sector Sizes" | b"Logical block size" | b"Namespace 1 Formatted LBA Size" => {
                self.block_size = Some(first().integer()?);
            }
            b"Rotation Rate" => {
                let rpm = value.strip_suffix(" rpm").map(|rpm| rpm.integer()).transpose()?;
                self.rotation_rate = rpm;
            }
            b"SMART support is" => match first().bytes {
                b"Available" => self.smart_available = Some(true),
                b"Unavailable" => self.smart_available = Some(false),
                b"Enabled" => self.smart_enabled = Some(true),
                b"Disabled" => self.smart_enabled = Some(false),
                _ => {}
            },
            b"SMART overall-health self-assessment test result" | b"SMART Health Status" => self.health = text(),
            b"Temperature" | b"Current Drive Temperature" | b"Current Temperature" => {
                let [degrees, unit] = value.fields_and_rest()?;
                if !matches!(unit.bytes, b"C" | b"Celsius") {
                    return Err(unit.expected("`Celsius`"));
                }
                // `?`, where it does not know.
                self.temperature = degrees.as_integer();
            }
            b"Power On Hours" => self.power_on_time = Some(grouped(value)?.saturating_mul(3600)),
            // The name goes on: `hours:minutes 12345:10`.
            b"Accumulated power on time, hours" => {
                let clock = value.strip_prefix("minutes").map(|clock| clock.trim()).unwrap_or(value);
                let parts = clock.fields().next().and_then(|clock| clock.split_once(":"));
                let (hours, minutes) = parts.ok_or_else(|| clock.expected("`HOURS:MINUTES`"))?;
                self.power_on_time = Some(hours.integer()?.saturating_mul(3600).saturating_add(minutes.integer()? * 60));
            }
            b"Power Cycles" => self.power_cycles = Some(grouped(value)?),
            b"Error Information Log Entries" => self.error_count = Some(grouped(value)?),
            b"Percentage Used" => self.life_used_percent = Some(value.percent()?),
            // In thousands of blocks of 512 bytes.
            b"Data Units Read" => self.read = Some(grouped(value)?.saturating_mul(512_000)),
            b"Data Units Written" => self.written = Some(grouped(value)?.saturating_mul(512_000)),
            _ => {}
        }
        Ok(())
    }

    /// The fields of which something was said.
    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let has = |names: &[&str]| self.properties.0.iter().any(|(known, _)| names.iter().any(|name| name.as_bytes() == known));
        let said = [
            ("vendor", self.vendor.is_some()),
            ("model_family", self.model_family.is_some()),
            ("model", self.model.is_some()),
            ("serial", self.serial.is_some()),
            ("firmware", self.firmware.is_some()),
            ("size", self.size.is_some() || has(&["User Capacity", "Total NVM Capacity", "Namespace 1 Size/Capacity"])),
            (
                "block_size",
                self.block_size.is_some()
                    || has(&["Sector Size", "Sector Sizes", "Logical block size", "Namespace 1 Formatted LBA Size"]),
            ),
            ("rotation_rate", has(&["Rotation Rate", "rotation_rate"])),
            ("smart_available", self.smart_available.is_some()),
            ("smart_enabled", self.smart_enabled.is_some()),
            ("health", self.health.is_some()),
            ("temperature", self.temperature.is_some() || has(&["Temperature", "Current Drive Temperature"])),
            ("power_on_time", self.power_on_time.is_some() || has(&["Power On Hours", "Accumulated power on time, hours"])),
            ("power_cycles", self.power_cycles.is_some() || has(&["Power Cycles"])),
            ("error_count", self.error_count.is_some()),
            ("life_used_percent", self.life_used_percent.is_some() || has(&["Percentage Used"])),
            ("read", self.read.is_some() || has(&["Data Units Read"])),
            ("written", self.written.is_some() || has(&["Data Units Written"])),
        ];
        said.into_iter().filter(|(_, is_said)| *is_said).map(|(field, _)| field).collect()
    }

    /// Takes what an attribute says of all disks' properties.
    pub(crate) fn take(&mut self, attribute: &Attribute) {
        match &attribute.name[..] {
            // Whatever the disk counts in, a number with letters is spelt out: `1038h+11m`.
            b"Power_On_Hours" | b"Power_On_Minutes" | b"Power_On_Seconds" | b"Power_On_Half_Minutes" => {
                let unit = if attribute.name == b"Power_On_Hours" { Some(3600) } else { None };
                let whole = attribute.raw_value.zip(unit).map(|(hours, unit)| hours.saturating_mul(unit));
                self.power_on_time = whole.or_else(|| spelt(&attribute.raw));
            }
            b"Power_Cycle_Count" => self.power_cycles = attribute.raw_value,
            // Others of that name are the vendor's: life that is left, for one.
            b"Temperature_Celsius" if attribute.number == 194 => self.temperature = attribute.raw_value,
            b"Airflow_Temperature_Cel" | b"Temperature_Celsius" if self.temperature.is_none() && attribute.number == 190 => {
                self.temperature = attribute.raw_value;
            }
            _ => {}
        }
    }
}

/// Seconds of `1038h+11m` and `12h+30m+01.500s`.
fn spelt(raw: &[u8]) -> Option<i64> {
    let parts = raw.split(|byte| *byte == b'+').map(|part| match part.split_last()? {
        (b'h', number) => Some(Field::from(number).as_integer()?.saturating_mul(3600)),
        (b'm', number) => Some(Field::from(number).as_integer()?.saturating_mul(60)),
        (b's', number) => Some(Field::from(number).as_float()? as i64),
        _ => None,
    });
    parts.sum()
}

/// A number whose digits are grouped as the locale has it, before a unit: `1,000,204,886,016 bytes [1.00 TB]`.
fn grouped(value: Field<'_>) -> Result<i64, Problem> {
    let (number, _) = value.split_once(" [").unwrap_or((value, value));
    let number = number.strip_suffix(" bytes").unwrap_or(number).trim();
    let groups: Vec<&[u8]> = number.bytes.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let is_grouped = groups.len() == 1 || groups.iter().skip(1).all(|group| group.len() == 3);
    let digits = groups.concat();
    if !is_grouped || digits.is_empty() || !number.bytes[0].is_ascii_digit() {
        return Err(number.expected("a number"));
    }
    Field::from(digits.as_slice()).integer().map_err(|problem| problem.at_column(number.column))
}
