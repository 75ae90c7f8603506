//! `upower -d` and `upower -i`: blocks of `NAME: VALUE`, in which a section such as `battery` is indented further.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source, Time, time};

/// A source of power, or the daemon.
#[derive(Clone, Debug, Default, Record)]
pub struct PowerDevice {
    /// Its path on the bus; null with `-i`, and of the daemon.
    #[field(key)]
    pub object: Option<Vec<u8>>,
    /// What it is: `battery`, `line-power`, …; `daemon`.
    pub r#type: Option<Vec<u8>>,
    /// Its name in the kernel.
    pub native_path: Option<Vec<u8>>,
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Serial number.
    pub serial: Option<Vec<u8>>,
    /// When it was last looked at. Local, as zones are printed by name.
    pub updated: Option<Time>,
    /// How long ago that is.
    #[field(unit = "seconds", gauge)]
    pub updated_ago: Option<i64>,
    /// State: `charging`, `discharging`, `fully-charged`, …
    pub state: Option<Vec<u8>>,
    /// How full it is.
    #[field(unit = "percent", gauge)]
    pub charge_percent: Option<f64>,
    /// How much it holds of what it was made for.
    #[field(unit = "percent", gauge)]
    pub capacity_percent: Option<f64>,
    /// Time until it is empty.
    #[field(unit = "seconds", approximate, gauge)]
    pub time_to_empty: Option<f64>,
    /// Time until it is full.
    #[field(unit = "seconds", approximate, gauge)]
    pub time_to_full: Option<f64>,
    /// Numbers with a unit, without it, by their names.
    pub amounts: Map<f64>,
    /// All that is printed of it, by its name.
    pub properties: Map<Vec<u8>>,
    /// How full it was lately, as printed: seconds since 1970, percent, state.
    pub charge_history: Vec<Vec<u8>>,
    /// How fast it was emptied or filled lately, as printed: seconds since 1970, watts, state.
    pub rate_history: Vec<Vec<u8>>,
}

/// Reads `upower`.
pub struct Upower {
    device: Option<PowerDevice>,
    /// Whether the line that begins a device could not be read: those below it are nobody's.
    is_lost: bool,
    /// Whether the history that follows is that of the rate.
    of_rate: bool,
}

const EXPECTED: &str = "`Device: PATH`, `Daemon:` or `native-path: …`";

impl Parser for Upower {
    const ABOUT: About = About {
        name: "upower",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Sources of power, as upower -d and upower -i print them",
        commands: &["upower"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = PowerDevice;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Upower { device: None, is_lost: false, of_rate: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let indent = whole.bytes.len() - whole.bytes.trim_ascii_start().len();
        if let Some(path) = text.strip_prefix("Device: ").filter(|_| indent == 0) {
            self.flush(rows);
            self.device = Some(PowerDevice { object: Some(path.trim().bytes.to_vec()), ..PowerDevice::default() });
            rows.recognise();
            return Ok(());
        }
        if text.bytes == b"Daemon:" {
            self.flush(rows);
            self.device = Some(PowerDevice { r#type: Some(b"daemon".to_vec()), ..PowerDevice::default() });
            rows.recognise();
            return Ok(());
        }
        if let Some(change) = text.strip_prefix("[").and_then(|text| text.split_once("]")).map(|(_, change)| change.trim()) {
            self.flush(rows);
            self.device = Some(changed(change)?);
            rows.recognise();
            return Ok(());
        }
        if text.bytes.starts_with(b"Monitoring activity ") {
            self.flush(rows);
            rows.recognise();
            return Ok(());
        }
        if self.is_lost {
            return Ok(());
        }
        if self.device.is_none() {
            if !text.bytes.starts_with(b"native-path:") {
                return Err(line.expected(EXPECTED).into());
            }
            rows.recognise();
        }
        // What is said of a device is indented, and names its path once: the line that begins another one is broken.
        let is_outside = |device: &PowerDevice| indent == 0 && device.object.is_some();
        let is_again = |device: &PowerDevice| device.native_path.is_some() && text.bytes.starts_with(b"native-path:");
        if self.device.as_ref().is_some_and(|device| is_outside(device) || is_again(device)) {
            self.flush(rows);
            self.is_lost = !text.bytes.starts_with(b"native-path:");
            return Err(line.expected("`Device: PATH`, `Daemon:` or `[TIME] device changed: PATH`").into());
        }
        let device = self.device.get_or_insert_default();
        match text.split_once(":") {
            Some((Field { bytes: b"History (charge)" | b"History (rate)", .. }, _)) => {
                self.of_rate = text.bytes.starts_with(b"History (rate)");
            }
            Some((name, value)) if !text.bytes[0].is_ascii_digit() => put(device, name, value.trim()),
            // A section, or a line of the history.
            None if !text.bytes[0].is_ascii_digit() => {
                if device.r#type.is_some() || text.bytes.contains(&b' ') {
                    return Err(line.expected("`NAME: VALUE`, or what kind of device it is").into());
                }
                device.r#type = Some(text.bytes.to_vec());
            }
            _ if self.of_rate => device.rate_history.push(text.bytes.to_vec()),
            _ => device.charge_history.push(text.bytes.to_vec()),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Upower {
    fn flush(&mut self, rows: &mut Rows<PowerDevice>) {
        (self.is_lost, self.of_rate) = (false, false);
        self.device.take().into_iter().for_each(|device| rows.push(device));
    }
}

/// `device changed:     PATH`, `daemon changed:`
fn changed(change: Field<'_>) -> Result<PowerDevice, Error> {
    let (what, path) = change.split_once(":").ok_or_else(|| change.expected("what changed"))?;
    Ok(match what.bytes {
        b"daemon changed" => PowerDevice { r#type: Some(b"daemon".to_vec()), ..PowerDevice::default() },
        _ if what.bytes.starts_with(b"device ") => {
            PowerDevice { object: Some(path.trim().bytes.to_vec()), ..PowerDevice::default() }
        }
        _ => return Err(what.expected("`device changed` or `daemon changed`").into()),
    })
}

fn put(device: &mut PowerDevice, name: Field<'_>, value: Field<'_>) {
    let value = value.strip_prefix("'").and_then(|value| value.strip_suffix("'")).unwrap_or(value);
    let some = Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
    device.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
    match name.bytes {
        b"native-path" => device.native_path = some,
        b"vendor" => device.vendor = some,
        b"model" => device.model = some,
        b"serial" => device.serial = some,
        b"state" => device.state = some,
        b"percentage" => device.charge_percent = percent(value),
        b"capacity" => device.capacity_percent = percent(value),
        b"time to empty" => device.time_to_empty = duration(value),
        b"time to full" => device.time_to_full = duration(value),
        b"updated" => {
            let (when, ago) = value.rsplit_once(" (").unwrap_or((value, value.split_at(usize::MAX).1));
            device.updated = point(when);
            device.updated_ago = ago.fields().next().and_then(|number| number.as_integer());
        }
        _ => {
            let words = value.words();
            if let [number, unit] = words[..]
                && let Some(number) = number.as_float()
                && unit.bytes.iter().all(u8::is_ascii_alphabetic)
            {
                device.amounts.0.push((name.bytes.to_vec(), number));
            }
        }
    }
}

/// `68.4773%`, perhaps with a remark behind it.
fn percent(value: Field<'_>) -> Option<f64> {
    value.fields().next()?.strip_suffix("%")?.as_float()
}

/// `2.5 hours`
fn duration(value: Field<'_>) -> Option<f64> {
    let [number, unit] = value.fields_and_rest().ok()?;
    let factor = match unit.bytes {
        b"seconds" => 1.0,
        b"minutes" => 60.0,
        b"hours" => 3600.0,
        b"days" => 86_400.0,
        _ => return None,
    };
    Some(number.as_float()? * factor)
}

/// `Thu Feb  9 18:42:15 2012`, `Tuesday 01 October 2019 12:50:41 PM IST`
fn point(text: Field<'_>) -> Option<Time> {
    let (mut month, mut day, mut year, mut clock, mut half, mut zone) = (None, None, None, None, None, None);
    for word in text.fields() {
        if word.is_weekday() || word.bytes.ends_with(b"day") {
        } else if month.is_none() && time::month(word.bytes).is_some() {
            month = time::month(word.bytes);
        } else if word.bytes.contains(&b':') {
            clock = time::time_of_day(word.bytes);
        } else if matches!(word.bytes, b"AM" | b"PM") {
            half = Some(word.bytes[0] == b'P');
        } else if let Some(number) = word.as_integer() {
            if number >= 1000 { year = Some(number) } else { day = u32::try_from(number).ok() }
        } else {
            zone = time::zone_offset(word.bytes);
        }
    }
    let (mut seconds, _) = clock?;
    match half {
        Some(true) if seconds < 43_200 => seconds += 43_200,
        Some(false) if seconds >= 43_200 => seconds -= 43_200,
        _ => {}
    }
    let local: Time = Time::local(year?, month?, day?, seconds)?;
    Some(zone.map_or(local, |offset| local.with_offset(offset)))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Upower;

    #[test]
    fn devices_and_the_daemon_are_read() {
        let parsed = parse::<Upower>(None, b"Device: /org/x\n  native-path:          BAT0\n  updated:              Tuesday 01 October 2019 12:50:41 PM IST (101 seconds ago)\n  battery\n    state:               charging\n    energy:              22.3998 Wh\n    percentage:          71%\n    time to full:        1.5 hours\n\nDaemon:\n  daemon-version:  0.99\n");
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        for part in [
            r#""object":"/org/x","type":"battery","native_path":"BAT0""#,
            r#""updated":"2019-10-01T12:50:41","updated_ago":101,"state":"charging","charge_percent":71,"capacity_percent":null,"time_to_empty":null,"time_to_full":5400,"amounts":{"energy":22.3998}"#,
        ] {
            assert!(parsed.records[0].contains(part), "{part} {parsed:?}");
        }
        let broken = parse::<Upower>(
            None,
            b"Device: /org/x\n  native-path:          BAT0\nx: /org/y\n  native-path:          BAT1\n  battery\nDaemon:\n  daemon-version:  0.99\n",
        );
        assert_eq!((broken.records.len(), broken.problems.len()), (2, 1), "{broken:?}");
        broken.has(0, &[r#""object":"/org/x","type":null,"native_path":"BAT0""#]);
        assert_unrecognised::<Upower>(["hello\n", "a: b\n"]);
    }

    #[test]
    fn each_change_is_a_record() {
        let parsed = parse::<Upower>(None, b"Monitoring activity from the power daemon. Press Ctrl+C to cancel.\n[10:00:01.123]\tdevice changed:     /org/x\n  native-path:          BAT0\n  battery\n    state:               charging\n\n[10:00:02.123]\tdaemon changed:\n  on-battery:      no\n[10:00:03.123]\tdevice removed:     /org/y\n");
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""object":"/org/x","type":"battery","native_path":"BAT0""#, r#""state":"charging""#]);
        parsed.has(1, &[r#""object":null,"type":"daemon""#]);
        parsed.has(2, &[r#""object":"/org/y","type":null"#]);
    }

    #[test]
    fn a_device_is_of_one_kind() {
        let text =
            b"Device: /a\n  native-path:          a\n    some words\n  battery\n  what\n    state:               charging\n";
        let parsed = parse::<Upower>(None, text);
        assert_eq!(parsed.problems.len(), 2, "{parsed:?}");
        parsed.has(0, &[r#""type":"battery""#, r#""state":"charging""#]);
    }

    #[test]
    fn each_history_is_its_own() {
        let text = b"Device: /a\n  native-path:          a\n  battery\n    state:               charging\n  History (charge):\n    1613048647\t42.5\tcharging\n  History (rate):\n    1613048647\t31.6\tcharging\n";
        let parsed = parse::<Upower>(None, text);
        parsed.has(0, &[r#""charge_history":["1613048647\t42.5\tcharging"],"rate_history":["1613048647\t31.6\tcharging"]"#]);
    }
}
