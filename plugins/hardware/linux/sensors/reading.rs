//! How the lines of one sensor are read: its label with what is said behind it, and with `-u` a line for each value of the kernel's.

use outparse_sdk::{Error, Field, Problem};

use super::amount::{amount, quantity_of};
use super::kinds::Reading;
use super::limits::{alarm_named, known, limit_named};

/// Sorts of sensors, by the numbers that the kernel has for them.
const SORTS: [&str; 7] = ["", "CPU diode", "transistor", "thermal diode", "thermistor", "AMD AMDSI", "Intel PECI"];

impl Reading {
    /// `Core 0:  +41.0°C  (high = +80.0°C, crit = +100.0°C)`, or with `-u` the label alone.
    pub(super) fn labelled(mut self, line: Field<'_>) -> Result<Reading, Error> {
        let (label, said) = line.rsplit_once(":").ok_or_else(|| line.expected("a sensor's label and a colon"))?;
        self.name = label.bytes.to_vec();
        self.quantity = quantity_of(label);
        let said = said.trim();
        match said.bytes {
            b"" => return Ok(self),
            b"ALARM" => self.state = Some("alarm"),
            b"OK" => self.state = Some("ok"),
            b"enabled" => self.state = Some("enabled"),
            b"disabled" => self.state = Some("disabled"),
            _ => self.measured(said)?,
        }
        Ok(self)
    }

    /// `+41.0°C  (high = +80.0°C, crit = +100.0°C)`
    fn measured(&mut self, said: Field<'_>) -> Result<(), Problem> {
        let marks = said.bytes.iter().position(|byte| *byte == b'(').unwrap_or(said.bytes.len());
        let at = said.find("  ").unwrap_or(marks).min(marks);
        let (value, marks) = said.split_at(at);
        match value.trim_end().bytes {
            b"FAULT" => self.is_faulty = true,
            b"N/A" => {}
            _ => {
                let (quantity, value) = amount(value.trim_end())?;
                (self.quantity, self.value) = (quantity, Some(value));
            }
        }
        self.marks(marks.trim_start())
    }

    /// `(high = +80.0°C, hyst = +75.0°C)  ALARM (MAX)  sensor = thermistor`
    pub(super) fn marks(&mut self, marks: Field<'_>) -> Result<(), Problem> {
        let mut rest = marks;
        if let Some(limits) = rest.strip_prefix("(") {
            let (limits, after) = limits.split_once(")").ok_or_else(|| limits.expected("limits and a bracket behind them"))?;
            self.read_limits(limits)?;
            rest = after.trim();
        }
        if let Some(after) = rest.strip_prefix("ALARM") {
            self.is_alarm = true;
            rest = after.trim();
            if let Some((names, after)) = rest.strip_prefix("(").and_then(|names| names.split_once(")")) {
                for name in names.split(", ") {
                    self.alarms.push(alarm_named(name)?);
                }
                rest = after.trim();
            }
        }
        if let Some(after) = rest.strip_prefix("(beep)") {
            rest = after.trim();
        }
        if let Some(sensor) = rest.strip_prefix("sensor = ") {
            self.sensor = Some(sensor.bytes.to_vec());
            return Ok(());
        }
        if rest.is_blank() { Ok(()) } else { Err(rest.expected("limits, an alarm or the sort of sensor")) }
    }

    /// `high = +80.0°C, hyst = +75.0°C`
    fn read_limits(&mut self, limits: Field<'_>) -> Result<(), Problem> {
        let mut before = "";
        for limit in limits.split(", ") {
            let (name, value) = limit.split_once(" = ").ok_or_else(|| limit.expected("`NAME = VALUE`"))?;
            let name = limit_named(name, before)?;
            let (quantity, value) = amount(value.trim())?;
            if self.quantity.is_none() && !matches!(name, "average_interval" | "div") {
                self.quantity = quantity;
            }
            self.limits.push((name, value));
            before = name;
        }
        Ok(())
    }

    /// `temp1_crit: 100.000`, as the kernel names it.
    pub(super) fn raw(&mut self, line: Field<'_>) -> Result<(), Problem> {
        let parts = line.split_once(": ").ok_or_else(|| line.expected("`NAME: VALUE`"))?;
        let (feature, value) = (parts.0, parts.1.trim());
        let value = value.float()?;
        let is_on = value != 0.0;
        let Some((sensor, what)) = feature.split_once("_").filter(|_| feature.bytes != b"beep_enable") else {
            self.state = Some(if is_on { "enabled" } else { "disabled" });
            return Ok(());
        };
        self.quantity = quantity_of(sensor);
        let what = what.bytes;
        match what {
            b"input" | b"vid" => self.value = Some(value),
            b"alarm" if self.quantity.is_none() => self.state = Some(if is_on { "alarm" } else { "ok" }),
            b"alarm" => self.is_alarm |= is_on,
            b"fault" => self.is_faulty = is_on,
            b"type" => {
                self.sensor = SORTS.get(value as usize).filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec());
            }
            _ => {
                if let Some(limit) = what.strip_suffix(b"_alarm") {
                    self.is_alarm |= is_on;
                    if is_on {
                        self.alarms.push(known(limit).ok_or_else(|| feature.expected("a value that the kernel has"))?);
                    }
                } else if let Some(name) = known(what) {
                    self.limits.push((name, value));
                } else {
                    return Err(feature.expected("a value that the kernel has"));
                }
            }
        }
        // A sensor that fails has no value, whatever stands there.
        if self.is_faulty {
            self.value = None;
        }
        Ok(())
    }
}
