//! `timedatectl` and `hostnamectl`: `NAME: VALUE`, names set to the right.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time, time};

/// Clocks and zones.
#[derive(Clone, Debug, Default, Record)]
pub struct Clocks {
    /// Time by the clock of this machine: with its offset, where the zone's is printed.
    pub time: Option<Time>,
    /// The same as printed.
    pub local_time: Option<Vec<u8>>,
    /// Time in UTC.
    pub universal_time: Option<Time>,
    /// The same as printed.
    pub universal_time_text: Option<Vec<u8>>,
    /// Time by the clock of the hardware, as printed.
    pub hardware_time: Option<Vec<u8>>,
    /// Time zone: `Europe/Berlin`.
    pub time_zone: Option<Vec<u8>>,
    /// The same as printed, with its short name and offset.
    pub time_zone_text: Option<Vec<u8>>,
    /// Offset of the zone from UTC.
    #[field(unit = "seconds")]
    pub utc_offset: Option<i64>,
    /// Whether the clock is synchronized.
    pub is_synchronized: Option<bool>,
    /// Whether the clock is kept by NTP: as printed, `yes`, `active`, `inactive`, `n/a`.
    pub ntp_service: Option<Vec<u8>>,
    /// Whether the clock of the hardware is in the local zone.
    pub is_hardware_clock_local: Option<bool>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `timedatectl`.
pub struct Timedatectl {
    clocks: Clocks,
    /// Name of the value that may go on.
    last: Vec<u8>,
}

impl Parser for Timedatectl {
    const ABOUT: About = About {
        name: "timedatectl",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Clocks and zones, as timedatectl prints them",
        commands: &["timedatectl", "timedatectl status"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Clocks;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Timedatectl { clocks: Clocks::default(), last: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let text = line.whole().trim();
        // Another report.
        if self.clocks.local_time.is_some() && text.bytes.starts_with(b"Local time: ") {
            rows.push(std::mem::take(&mut self.clocks));
        }
        let all = &mut self.clocks;
        let Some((name, value)) = text.split_once(": ") else {
            // A value goes on in the next line.
            return match all.details.0.iter_mut().find(|(name, _)| rows.recognised() && *name == self.last) {
                Some((_, value)) => {
                    value.extend([b" ", text.bytes].concat());
                    Ok(())
                }
                None => Err(line.expected("`Local time: …`").into()),
            };
        };
        if !rows.recognised() && name.bytes != b"Local time" {
            return Err(line.expected("`Local time: …`").into());
        }
        rows.recognise();
        let value = value.trim();
        let some = Some(value.bytes.to_vec());
        self.last = name.bytes.to_vec();
        match name.bytes {
            b"Local time" => {
                all.time = point(value);
                all.local_time = some;
            }
            b"Universal time" => {
                all.universal_time = point(value);
                all.universal_time_text = some;
            }
            b"RTC time" => all.hardware_time = some,
            b"Time zone" | b"Timezone" => {
                let (zone, rest) = value.split_once(" (").map_or((value, None), |(zone, rest)| (zone, rest.strip_suffix(")")));
                all.time_zone = Some(zone.bytes.to_vec());
                all.time_zone_text = some;
                all.utc_offset = rest
                    .and_then(|rest| rest.rsplit_once(", "))
                    .and_then(|(_, offset)| time::zone_offset(offset.bytes))
                    .map(i64::from);
                if let (Some(time), Some(offset)) = (all.time, all.utc_offset) {
                    all.time = Some(time.with_offset(offset as i32));
                }
            }
            b"System clock synchronized" | b"NTP synchronized" => all.is_synchronized = boolean(value)?,
            b"NTP service" | b"NTP enabled" | b"Network time on" | b"systemd-timesyncd.service active" => all.ntp_service = some,
            b"RTC in local TZ" => all.is_hardware_clock_local = boolean(value)?,
            _ => all.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.clocks));
        }
        rows.expect_recognised("`Local time: …`")
    }
}

/// `yes` or `no`; nothing where it is not known.
pub(crate) fn boolean(value: Field<'_>) -> Result<Option<bool>, Problem> {
    match value.bytes {
        b"yes" => Ok(Some(true)),
        b"no" => Ok(Some(false)),
        b"n/a" => Ok(None),
        _ => Err(value.expected("`yes` or `no`")),
    }
}

/// `Tue 2020-03-10 17:53:21 PDT`
pub(crate) fn point(value: Field<'_>) -> Option<Time> {
    let words: Vec<Field<'_>> = value.fields().filter(|word| !word.is_weekday()).collect();
    let [date, clock, rest @ ..] = &words[..] else { return None };
    let local: Time = Time::iso(&[date.bytes, b" ", clock.bytes].concat())?;
    Some(rest.first().and_then(|zone| time::zone_offset(zone.bytes)).map_or(local, |offset| local.with_offset(offset)))
}

/// Names of a machine.
#[derive(Clone, Debug, Default, Record)]
pub struct Names {
    /// Name that it has from boot to boot.
    pub host: Option<Vec<u8>>,
    /// Name for people.
    pub pretty_name: Option<Vec<u8>>,
    /// What sort of machine it is: `laptop`, `server`, `vm`, …
    pub chassis: Option<Vec<u8>>,
    /// Where it runs, of a virtual machine: `kvm`, …
    pub virtualization: Option<Vec<u8>>,
    /// Identifier of the machine.
    pub machine_id: Option<Vec<u8>>,
    /// Identifier of this run of the system.
    pub boot_id: Option<Vec<u8>>,
    /// System that it runs.
    pub operating_system: Option<Vec<u8>>,
    /// Kernel, with its release.
    pub kernel: Option<Vec<u8>>,
    /// Architecture.
    pub architecture: Option<Vec<u8>>,
    /// Vendor of the hardware.
    pub vendor: Option<Vec<u8>>,
    /// Model of the hardware.
    pub model: Option<Vec<u8>>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `hostnamectl`.
pub struct Hostnamectl(Names);

impl Parser for Hostnamectl {
    const ABOUT: About = About {
        name: "hostnamectl",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Names of a machine, as hostnamectl prints them",
        commands: &["hostnamectl", "hostnamectl status"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Names;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Hostnamectl(Names::default())
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().trim().split_once(": ").ok_or_else(|| line.expected("`Static hostname: …`"))?;
        if !rows.recognised() && !matches!(name.bytes, b"Static hostname" | b"Transient hostname" | b"Pretty hostname") {
            return Err(line.expected("`Static hostname: …`").into());
        }
        rows.recognise();
        // Another report.
        if self.0.host.is_some() && name.bytes == b"Static hostname" {
            rows.push(std::mem::take(&mut self.0));
        }
        let value = value.trim().bytes.to_vec();
        let all = &mut self.0;
        let place = match name.bytes {
            b"Static hostname" => &mut all.host,
            b"Pretty hostname" => &mut all.pretty_name,
            b"Chassis" => &mut all.chassis,
            b"Virtualization" => &mut all.virtualization,
            b"Machine ID" => &mut all.machine_id,
            b"Boot ID" => &mut all.boot_id,
            b"Operating System" => &mut all.operating_system,
            b"Kernel" => &mut all.kernel,
            b"Architecture" => &mut all.architecture,
            b"Hardware Vendor" => &mut all.vendor,
            b"Hardware Model" => &mut all.model,
            _ => {
                all.details.0.push((name.bytes.to_vec(), value));
                return Ok(());
            }
        };
        *place = Some(value);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.0));
        }
        rows.expect_recognised("`Static hostname: …`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::{Hostnamectl, Timedatectl};

    #[test]
    fn the_zones_offset_belongs_to_the_time() {
        let parsed = parse::<Timedatectl>(None, b"      Local time: Tue 2020-03-10 17:53:21 PDT\n  Universal time: Wed 2020-03-11 00:53:21 UTC\n       Time zone: America/Los_Angeles (PDT, -0700)\nNTP synchronized: yes\n Last DST change: DST began at\n                  Sun 2020-03-08\n");
        assert!(parsed.records[0].contains(r#""time":"2020-03-10T17:53:21-07:00""#), "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#""universal_time":"2020-03-11T00:53:21Z""#)
                && parsed.records[0].contains(r#""utc_offset":-25200,"is_synchronized":true"#),
            "{parsed:?}"
        );
        assert!(parsed.records[0].ends_with(r#""details":{"Last DST change":"DST began at Sun 2020-03-08"}}"#), "{parsed:?}");
        assert_unrecognised::<Timedatectl>(["hello\n", "a: b\n", ""]);
    }

    #[test]
    fn what_is_neither_yes_nor_no_is_told() {
        let parsed = parse::<Timedatectl>(
            None,
            b"Local time: Tue 2020-03-10 17:53:21 PDT\nNTP synchronized: maybe\nRTC in local TZ: n/a\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn names_are_read() {
        let parsed = parse::<Hostnamectl>(
            None,
            b"   Static hostname: box\n         Icon name: computer-vm\n           Chassis: vm\n            Kernel: Linux 6.1\n",
        );
        assert!(parsed.records[0].starts_with(r#"{"host":"box","pretty_name":null,"chassis":"vm""#), "{parsed:?}");
        assert_unrecognised::<Hostnamectl>(["hello\n", "a: b\n", ""]);
    }

    #[test]
    fn each_report_is_a_record() {
        let names = parse::<Hostnamectl>(None, b"Static hostname: a\n Chassis: vm\nStatic hostname: b\n Chassis: laptop\n");
        names.has(0, &[r#""host":"a""#, r#""chassis":"vm""#]);
        names.has(1, &[r#""host":"b""#, r#""chassis":"laptop""#]);
        let clocks = parse::<Timedatectl>(
            None,
            b"Local time: Tue 2020-03-10 17:53:21 PDT\nRTC in local TZ: no\nLocal time: Tue 2020-03-10 17:53:22 PDT\n",
        );
        assert_eq!(clocks.records.len(), 2, "{clocks:?}");
    }
}
