//! `timedatectl show`: `NAME=VALUE`, those of all properties or of the ones that were asked for.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

use crate::control::{Clocks, boolean, point};

/// Reads `timedatectl show`.
pub struct TimedatectlShow {
    clocks: Clocks,
    /// The names that this report has had.
    names: Vec<Vec<u8>>,
    /// The fields of which they have said something.
    fields: Vec<&'static str>,
}

const EXPECTED: &str = "a property of the clock, such as `Timezone=UTC`";

impl Parser for TimedatectlShow {
    const ABOUT: About = About {
        name: "timedatectl-show",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Clocks and zones, as timedatectl show prints them",
        commands: &["timedatectl show", "timedatectl"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Clocks;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        TimedatectlShow { clocks: Clocks::default(), names: Vec::new(), fields: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once("=").ok_or_else(|| line.expected(EXPECTED))?;
        if !name.bytes.iter().all(u8::is_ascii_alphanumeric) || !rows.recognised() && !is_known(name.bytes) {
            return Err(line.expected(EXPECTED).into());
        }
        rows.recognise();
        // Another report, also where its value cannot be read.
        if self.names.iter().any(|known| known == name.bytes) {
            self.flush(rows);
        }
        self.names.push(name.bytes.to_vec());
        self.fields.extend(fields(name.bytes));
        self.set(name.bytes, value.trim_end())?;
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl TimedatectlShow {
    fn flush(&mut self, rows: &mut Rows<Clocks>) {
        let (clocks, names) = (std::mem::take(&mut self.clocks), std::mem::take(&mut self.names));
        let fields = std::mem::take(&mut self.fields);
        if !names.is_empty() {
            rows.shape(fields);
            rows.push(clocks);
        }
    }

    fn set(&mut self, name: &[u8], value: Field<'_>) -> Result<(), Problem> {
        let text = || Some(value.bytes.to_vec()).filter(|text| !text.is_empty() && text != b"n/a");
        let all = &mut self.clocks;
        match name {
            b"Timezone" => all.time_zone = text(),
            b"LocalRTC" => all.is_hardware_clock_local = boolean(value)?,
            b"NTP" => all.ntp_service = text(),
            b"NTPSynchronized" => all.is_synchronized = boolean(value)?,
            b"TimeUSec" => {
                all.time = point(value);
                if all.time.is_none() && text().is_some() {
                    return Err(value.expected("a time, as in `Tue 2020-03-10 17:53:21 UTC`"));
                }
                all.local_time = text();
            }
            b"RTCTimeUSec" => all.hardware_time = text(),
            _ => all.details.0.push((name.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }
}

/// The fields that a property says something of.
fn fields(name: &[u8]) -> &'static [&'static str] {
    match name {
        b"Timezone" => &["time_zone"],
        b"LocalRTC" => &["is_hardware_clock_local"],
        b"NTP" => &["ntp_service"],
        b"NTPSynchronized" => &["is_synchronized"],
        b"TimeUSec" => &["time", "local_time"],
        b"RTCTimeUSec" => &["hardware_time"],
        _ => &["details"],
    }
}

fn is_known(name: &[u8]) -> bool {
    fields(name) != ["details"] || name == b"CanNTP"
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::TimedatectlShow;

    const REPORT: &str = "Timezone=Europe/Berlin\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=no\nTimeUSec=Tue 2020-03-10 17:53:21 UTC\nRTCTimeUSec=n/a\n";

    #[test]
    fn properties_are_the_fields_of_the_report_for_people() {
        let parsed = parse::<TimedatectlShow>(None, REPORT.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"time":"2020-03-10T17:53:21Z","local_time":"Tue 2020-03-10 17:53:21 UTC","hardware_time":null,"time_zone":"Europe/Berlin","is_synchronized":false,"ntp_service":"yes","is_hardware_clock_local":false,"details":{"CanNTP":"yes"}}"#
            ]
        );
        assert_any_split::<TimedatectlShow>(None, REPORT.repeat(2).as_bytes());
        assert_eq!(parse::<TimedatectlShow>(None, b"NTP=no\n").records, [r#"{"ntp_service":"no"}"#]);
        assert_unrecognised::<TimedatectlShow>(["hello\n", "a=b\n", "ServerName=x\n", "Local time: x\n", ""]);
    }

    #[test]
    fn a_name_that_comes_again_begins_the_next_report() {
        let broken = REPORT.replace("Timezone=", "Timezone ").replace("LocalRTC=no", "LocalRTC=0");
        let parsed = parse::<TimedatectlShow>(None, format!("{REPORT}{broken}{REPORT}").as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
        parsed.has(1, &[r#""is_hardware_clock_local":null"#]);
    }
}
