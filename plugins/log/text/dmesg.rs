//! `dmesg`: messages of the kernel, with the time since the system started, with a date (`-T`), or in ISO 8601 (`--time-format iso`),
//! and with facility and severity where `-x` or `-r` print them.

use outparse_sdk::{About, Error, Field, Line, Moment, Parser, Record, Rows, Source, Time, time};

use crate::entry::{FACILITIES, SEVERITIES};

/// A message of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Message<'a> {
    /// Time since the system started.
    #[field(unit = "seconds")]
    pub since_boot: Option<f64>,
    /// Time since the message before (`-d`).
    #[field(unit = "seconds")]
    pub since_last: Option<f64>,
    /// When it was written. Local with `-T`; that time is wrong after the system slept.
    pub time: Option<Time<6>>,
    /// The day and the minute, as `--time-format reltime` prints them where the minute changes.
    pub timestamp: Option<&'a [u8]>,
    /// Facility, by name (`-x`, `-r`).
    pub facility: Option<Vec<u8>>,
    /// Severity, by name (`-x`, `-r`).
    pub severity: Option<Vec<u8>>,
    /// The message.
    pub message: &'a [u8],
    /// Whether it is a further line of the message before it.
    pub continues: bool,
}

/// Reads `dmesg`.
pub struct Dmesg {
    shape: u32,
    bare: bool,
    captured: Option<Moment>,
}

const EXPECTED: &str = "a message of the kernel, `[    0.000000] MESSAGE`";

impl Parser for Dmesg {
    const ABOUT: About = About {
        name: "dmesg",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Messages of the kernel, as dmesg prints them",
        commands: &["dmesg", "busybox dmesg", "toybox dmesg"],
        files: &["/var/log/dmesg"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Message<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref().unwrap_or_default();
        let bare = words.iter().any(|word| word == "-t" || word == "--notime");
        Dmesg { shape: 0, bare, captured: source.clock() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.bytes.is_empty() {
            return Ok(());
        }
        let message = match read(line.whole(), self.captured) {
            Some(message) => message,
            None if self.bare => Message { message: line.bytes, ..Message::default() },
            None if rows.recognised() => Message { message: line.bytes, continues: true, ..Message::default() },
            None => return Err(line.expected(EXPECTED).into()),
        };
        if message.timestamp.is_some() && message.time.is_none() {
            rows.warn_once("year", || {
                line.whole()
                    .problem("the year is not printed, so `time` is null; `--captured-at` says when it was")
                    .into_warning()
            });
        }
        let has = [
            message.since_boot.is_some(),
            message.since_last.is_some(),
            message.time.is_some() || message.timestamp.is_some(),
            message.severity.is_some(),
            message.timestamp.is_some(),
        ];
        let bits = (0..).zip(has).fold(0, |bits, (at, has)| bits | u32::from(has) << at);
        if !rows.recognised() || bits & !self.shape != 0 {
            self.shape |= bits;
            let names = ["since_boot", "since_last", "time", "severity"];
            let mut fields: Vec<&str> =
                (0..).zip(names).filter(|(at, _)| self.shape & (1 << at) != 0).map(|(_, name)| name).collect();
            fields.extend((self.shape & 8 != 0).then_some("facility"));
            fields.extend((self.shape & 16 != 0).then_some("timestamp"));
            fields.extend(["message", "continues"]);
            rows.shape(fields);
        }
        rows.push(message);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let plain = words.iter().all(|word| matches!(word.as_str(), "-H" | "--human" | "-e" | "--reltime" | "-T" | "--ctime"));
        (plain && !words.is_empty()).then(|| vec!["--time-format=iso".to_owned()])
    }
}

fn read(line: Field<'_>, captured: Option<Moment>) -> Option<Message<'_>> {
    let mut message = Message::default();
    let mut rest = line;
    if let Some((priority, after)) = rest.strip_prefix("<").and_then(|rest| rest.split_once(">")) {
        let number = priority.as_integer().filter(|number| (0..192).contains(number))? as usize;
        message.facility = Some(FACILITIES[number / 8].as_bytes().to_vec());
        message.severity = Some(SEVERITIES[number % 8].as_bytes().to_vec());
        rest = after;
    } else if let Some((facility, severity, after)) = decoded(rest) {
        message.facility = Some(facility.bytes.to_vec());
        // dmesg has a shorter word for one of them.
        message.severity = Some(if severity.bytes == b"warn" { b"warning".to_vec() } else { severity.bytes.to_vec() });
        rest = after;
    }
    if let Some((stamp, after)) = rest.strip_prefix("[").and_then(|rest| {
        with_caller(rest)
            .or_else(|| rest.split_once("] "))
            .or_else(|| rest.strip_suffix("]").map(|stamp| (stamp, stamp.split_at(usize::MAX).1)))
    }) {
        let stamp = stamp.trim();
        let (stamp, delta) = match stamp.split_once("<") {
            Some((stamp, delta)) => (stamp.trim(), Some(delta.strip_suffix(">")?.trim())),
            None => (stamp, None),
        };
        message.since_last = match delta {
            Some(delta) => Some(delta.as_float()?),
            None => None,
        };
        if let Some(relative) = stamp.strip_prefix("+") {
            message.since_last = Some(relative.as_float()?);
        } else if let Some(seconds) = stamp.as_float() {
            message.since_boot = Some(seconds);
        } else if let Some(time) = dated(stamp) {
            message.time = Some(time);
        } else if is_short_date(stamp) {
            message.timestamp = Some(stamp.bytes);
            let (day, clock) = (stamp.part(3, 5).trim(), stamp.part(6, 11));
            let text = [stamp.part(0, 3).bytes, day.bytes, clock.bytes].join(&b' ');
            message.time = time::dated(Field::from(text.as_slice()), captured).map(Time::digits);
        } else {
            return None;
        }
        message.message = after.bytes;
        return Some(message);
    }
    // `2026-11-27T05:57:40,000000+00:00 Linux version …`
    let (stamp, after) = rest.split_once(" ")?;
    message.time = Some(Time::iso(stamp.bytes).filter(|_| stamp.bytes.contains(&b'T'))?);
    message.message = after.bytes;
    Some(message)
}

/// `    2.000000][    T1] a`: kernels that name the task or the processor that wrote say so between the time and the message, of which
/// it stays a part.
fn with_caller(rest: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let (stamp, after) = rest.split_once("][")?;
    let (caller, _) = after.split_once("] ")?;
    let is_caller = matches!(caller.trim_start().bytes, [b'T' | b'C', number @ ..] if !number.is_empty() && number.iter().all(u8::is_ascii_digit));
    is_caller.then(|| (stamp, rest.split_at(stamp.bytes.len() + 1).1))
}

/// `kern  :notice: `
fn decoded(line: Field<'_>) -> Option<(Field<'_>, Field<'_>, Field<'_>)> {
    let (facility, rest) = line.split_once(":")?;
    let (severity, rest) = rest.split_once(":")?;
    let (facility, severity) = (facility.trim(), severity.trim());
    let known = FACILITIES.iter().any(|name| name.as_bytes() == facility.bytes)
        && (severity.bytes == b"warn" || SEVERITIES.iter().any(|name| name.as_bytes() == severity.bytes));
    known.then(|| (facility, severity, rest.strip_prefix(" ").unwrap_or(rest)))
}

/// `Fri Nov 27 05:57:40 2026`
fn dated(stamp: Field<'_>) -> Option<Time<6>> {
    let words = stamp.words();
    let [weekday, month, day, clock, year] = words[..] else { return None };
    if !weekday.is_weekday() {
        return None;
    }
    let (seconds, nanos) = time::time_of_day(clock.bytes)?;
    let day = u32::try_from(day.as_integer()?).ok()?;
    let time: Time<6> = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(Time { nanos, ..time })
}

/// `Nov27 05:57`, to the minute and without a year: `--time-format reltime` begins each minute with it.
fn is_short_date(stamp: Field<'_>) -> bool {
    stamp.bytes.len() == 11 && stamp.part(0, 3).is_month() && stamp.part(6, 11).has_shape("00:00")
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Dmesg;

    #[test]
    fn every_form_has_its_time_and_level() {
        for (capture, record) in [
            ("[    1.500000] a: [b]", r#"{"since_boot":1.5,"message":"a: [b]","continues":false}"#),
            ("[    1.500000 <    0.250000>] a", r#"{"since_boot":1.5,"since_last":0.25,"message":"a","continues":false}"#),
            ("[    2.500000][    T1] a", r#"{"since_boot":2.5,"message":"[    T1] a","continues":false}"#),
            ("[Fri Nov 27 05:57:40 2026] a", r#"{"time":"2026-11-27T05:57:40","message":"a","continues":false}"#),
            ("2026-11-27T05:57:40,250000+01:00 a", r#"{"time":"2026-11-27T05:57:40.250+01:00","message":"a","continues":false}"#),
            (
                "<12>[    1.500000] a",
                r#"{"since_boot":1.5,"facility":"user","severity":"warning","message":"a","continues":false}"#,
            ),
            (
                "kern  :warn  : [    1.500000] a",
                r#"{"since_boot":1.5,"facility":"kern","severity":"warning","message":"a","continues":false}"#,
            ),
        ] {
            let parsed = parse::<Dmesg>(None, format!("{capture}\n").as_bytes());
            assert_eq!((&parsed.records[..], &parsed.problems[..]), (&[record.to_owned()][..], &[][..]), "{parsed:?}");
        }
    }

    #[test]
    fn a_date_without_its_year_is_kept() {
        let capture = b"[Nov 7 05:57] a\n[  +0.250000] b\n[Feb29 12:13] c\n";
        let parsed = parse::<Dmesg>(None, capture);
        assert_eq!(parsed.records[0], r#"{"time":null,"timestamp":"Nov 7 05:57","message":"a","continues":false}"#);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    }

    #[test]
    fn a_further_line_is_kept() {
        let parsed = parse::<Dmesg>(None, b"[    1.500000] a\nsecond\n");
        assert_eq!(parsed.records[1], r#"{"since_boot":null,"message":"second","continues":true}"#);
        assert_unrecognised::<Dmesg>(["hello\n", "[x] a\n", "dmesg: read kernel buffer failed: Operation not permitted\n"]);
    }
}
