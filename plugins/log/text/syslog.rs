//! What syslog writes: RFC 3164, with or without its priority and with times of either form, and RFC 5424.

use outparse_sdk::{About, Error, Field, Line, Map, Moment, Parser, Problem, Record, Rows, Source, Time, time};

use crate::entry::{FACILITIES, SEVERITIES, Stamp, iso, tagged, traditional};

/// An entry of a log.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry<'a> {
    /// When it was written. Without a year that can be told, null; local, where no offset is printed.
    pub time: Option<Time<6>>,
    /// The time as printed.
    pub timestamp: Option<&'a [u8]>,
    /// Number of facility and severity together.
    pub priority: Option<i64>,
    /// Facility, by name.
    pub facility: Option<&'static str>,
    /// Severity, by name.
    pub severity: Option<&'static str>,
    /// Version of the format (RFC 5424).
    pub format_version: Option<i64>,
    /// Machine.
    pub host: Option<&'a [u8]>,
    /// Program that wrote it.
    pub application: Option<&'a [u8]>,
    /// Process that wrote it.
    pub pid: Option<i64>,
    /// The same, where it is not a number (RFC 5424).
    pub process: Option<&'a [u8]>,
    /// Kind of message (RFC 5424).
    pub message_id: Option<&'a [u8]>,
    /// Structured data (RFC 5424): parameters by their names, after their element's and a point.
    pub data: Map<Vec<u8>>,
    /// The message; of a line of another form, all of it.
    pub message: &'a [u8],
}

/// Reads files of syslog.
pub struct Syslog {
    captured: Option<Moment>,
    seen: u32,
}

const EXPECTED: &str = "an entry, `[<PRIORITY>]TIME HOST PROGRAM[PID]: MESSAGE`, or one of RFC 5424";

impl Parser for Syslog {
    const ABOUT: About = About {
        name: "syslog",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Entries of logs, as syslog writes them (RFC 3164 and RFC 5424)",
        commands: &["logread"],
        files: &[
            "/var/log/syslog",
            "/var/log/messages",
            "/var/log/auth.log",
            "/var/log/secure",
            "/var/log/kern.log",
            "/var/log/daemon.log",
            "/var/log/user.log",
            "/var/log/mail.log",
            "/var/log/maillog",
            "/var/log/cron",
            "/var/log/cron.log",
            "/var/log/system.log",
        ],
        dialect: "rfc",
        ..About::DEFAULT
    };
    type Record = Entry<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Syslog { captured: source.clock(), seen: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let entry = match read(line.whole(), self.captured) {
            Some(entry) => entry,
            None if rows.recognised() => {
                // A message with line ends in it has been written, or another program's text: it is not lost.
                rows.problem(Problem::warning(format!("not an entry: all of the line is its message: {}", line.quoted())));
                Entry { message: line.bytes, ..Entry::default() }
            }
            None => return Err(line.expected(EXPECTED).into()),
        };
        let bits = u32::from(entry.priority.is_some())
            | u32::from(entry.format_version.is_some()) << 1
            | u32::from(entry.severity.is_some()) << 2;
        if !rows.recognised() || bits & !self.seen != 0 {
            self.seen |= bits;
            let mut fields = vec!["time", "timestamp"];
            if self.seen & 1 != 0 {
                fields.push("priority");
            }
            if self.seen & 4 != 0 {
                fields.extend(["facility", "severity"]);
            }
            if self.seen & 2 != 0 {
                fields.extend(["format_version", "process", "message_id", "data"]);
            }
            fields.extend(["host", "application", "pid", "message"]);
            rows.shape(fields);
        }
        if entry.time.is_none() && entry.timestamp.is_some() {
            rows.warn_once("year", || {
                Problem::warning("the year is not written, so `time` is null; `--captured-at` says when it was")
            });
        }
        rows.push(entry);
        Ok(())
    }
}

fn read(line: Field<'_>, captured: Option<Moment>) -> Option<Entry<'_>> {
    let mut entry = Entry::default();
    let mut rest = line;
    if let Some(after) = rest.strip_prefix("<") {
        let (priority, after) = after.split_once(">")?;
        let priority = priority.as_integer().filter(|number| (0..192).contains(number))?;
        entry.priority = Some(priority);
        entry.facility = FACILITIES.get(priority as usize / 8).copied();
        entry.severity = SEVERITIES.get(priority as usize % 8).copied();
        rest = after;
    }
    if let Some((version, after)) = rest.split_once(" ").and_then(|(first, after)| Some((version(first)?, after))) {
        entry.format_version = Some(version);
        return modern(after, entry);
    }
    let Stamp { text, time, rest } = traditional(rest, captured).or_else(|| iso(rest)).or_else(|| dated(rest))?;
    (entry.time, entry.timestamp) = (time, Some(text.bytes));
    let rest = rest.strip_prefix(" ")?;
    // What the daemon of macOS says of itself has no host.
    if rest.bytes.starts_with(b"--- ") && rest.bytes.ends_with(b" ---") {
        entry.message = rest.bytes;
        return Some(entry);
    }
    // A program that writes by itself may leave the host out, and `logread` of OpenWrt has none.
    let (first, after) = rest.split_once(" ").filter(|(first, _)| !first.bytes.is_empty())?;
    let text = if first.bytes.ends_with(b":") || named_priority(first).is_some() {
        rest
    } else {
        entry.host = Some(first.bytes);
        after
    };
    // BusyBox writes the names of the priority.
    let text = match text.split_once(" ").and_then(|(first, after)| Some((named_priority(first)?, after))) {
        Some(((facility, severity), after)) if entry.priority.is_none() => {
            (entry.facility, entry.severity) = (Some(facility), Some(severity));
            after
        }
        _ => text,
    };
    let tag = tagged(text);
    (entry.application, entry.pid, entry.message) = (tag.application, tag.pid, tag.message);
    Some(entry)
}

/// A number of up to three digits that does not begin with zero.
fn version(word: Field<'_>) -> Option<i64> {
    (word.bytes.len() <= 3 && word.bytes[..].first() != Some(&b'0'))
        .then(|| word.as_integer())
        .flatten()
        .filter(|version| *version > 0)
}

/// `Sat Nov 28 03:42:11 2026`
fn dated(line: Field<'_>) -> Option<Stamp<'_>> {
    let mut words = line.fields();
    let [weekday, month, day, clock, year] = std::array::from_fn(|_| words.next());
    let number = |field: Option<Field<'_>>| field?.as_integer();
    let month = weekday.filter(Field::is_weekday).and_then(|_| time::month(month?.bytes))?;
    let (seconds, nanos) = time::time_of_day(clock?.bytes)?;
    let time = Time::local(number(year)?, month, u32::try_from(number(day)?).ok()?, seconds)?;
    let (text, rest) = line.split_at(year?.end() - line.start());
    Some(Stamp { text, time: Some(Time { nanos, ..time }), rest })
}

/// `daemon.info`
fn named_priority(word: Field<'_>) -> Option<(&'static str, &'static str)> {
    let (facility, severity) = word.split_once(".")?;
    let of = |names: &[&'static str], name: Field<'_>| names.iter().find(|known| known.as_bytes() == name.bytes).copied();
    // Older names of two of them.
    let severity = match severity.bytes {
        b"warn" => "warning",
        b"error" => "err",
        _ => of(&SEVERITIES, severity)?,
    };
    Some((of(&FACILITIES, facility)?, severity))
}

/// `2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [id name="value"] message`
fn modern<'a>(line: Field<'a>, mut entry: Entry<'a>) -> Option<Entry<'a>> {
    let [stamp, host, application, process, id, rest] = line.fields_and_rest().ok()?;
    entry.time = match stamp.known() {
        Some(stamp) => Some(Time::iso(stamp.bytes)?),
        None => None,
    };
    entry.timestamp = stamp.known().map(|stamp| stamp.bytes);
    entry.host = host.known().map(|host| host.bytes);
    entry.application = application.known().map(|name| name.bytes);
    entry.pid = process.as_integer();
    entry.process = process.known().filter(|process| process.as_integer().is_none()).map(|process| process.bytes);
    entry.message_id = id.known().map(|id| id.bytes);
    let rest = match rest.strip_prefix("-") {
        Some(rest) => rest,
        None => structured(rest, &mut entry.data)?,
    };
    let message = rest.strip_prefix(" ").unwrap_or(rest);
    // A byte order mark says that the message is UTF-8.
    entry.message = message.strip_prefix("\u{feff}").unwrap_or(message).bytes;
    Some(entry)
}

/// `[id name="value" …][id …]`. `"`, `\` and `]` in a value have a backslash before them.
fn structured<'a>(text: Field<'a>, data: &mut Map<Vec<u8>>) -> Option<Field<'a>> {
    let mut rest = text.strip_prefix("[")?;
    loop {
        let end = rest.bytes.iter().position(|byte| matches!(byte, b' ' | b']'))?;
        let (id, after) = rest.split_at(end);
        if id.bytes.is_empty() {
            return None;
        }
        rest = after;
        let mut empty = true;
        while let Some(after) = rest.strip_prefix(" ") {
            let (name, after) = after.split_once("=\"")?;
            let mut value = Vec::new();
            let mut at = 0;
            loop {
                match (after.bytes.get(at)?, after.bytes.get(at + 1)) {
                    (b'"', _) => break,
                    (b'\\', Some(escaped @ (b'"' | b'\\' | b']'))) => {
                        value.push(*escaped);
                        at += 2;
                    }
                    (byte, _) => {
                        value.push(*byte);
                        at += 1;
                    }
                }
            }
            data.0.push(([id.bytes, b".", name.bytes].concat(), value));
            empty = false;
            rest = after.split_at(at + 1).1;
        }
        if empty {
            data.0.push((id.bytes.to_vec(), Vec::new()));
        }
        rest = rest.strip_prefix("]")?;
        match rest.strip_prefix("[") {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Syslog;

    #[test]
    fn what_the_daemon_of_macos_says_has_no_host() {
        let parsed =
            parse::<Syslog>(None, b"May  1 12:14:00 mbp a[9]: x\nMay  1 12:14:00 --- last message repeated 2 times ---\n");
        assert!(parsed.records[1].contains(r#""host":null"#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""message":"--- last message repeated 2 times ---""#), "{parsed:?}");
    }

    #[test]
    fn a_line_of_another_form_is_kept_and_told() {
        let capture =
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed\nOct 11 22:14:15 10.0.0.1 sshd[7]: a: b\n<7>what is this\n";
        let parsed = parse::<Syslog>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
        assert_eq!(
            parsed.records[0],
            r#"{"time":null,"timestamp":"Oct 11 22:14:15","priority":34,"facility":"auth","severity":"crit","host":"mymachine","application":"su","pid":null,"message":"'su root' failed"}"#
        );
        assert!(parsed.records[2].ends_with(r#""message":"<7>what is this"}"#), "{parsed:?}");
        assert_any_split::<Syslog>(None, capture.as_bytes());
    }

    #[test]
    fn names_of_a_priority_are_no_program() {
        let capture = "Nov 28 03:42:11 gate daemon.info dnsmasq[7]: started\n";
        assert_eq!(
            parse::<Syslog>(None, capture.as_bytes()).records,
            [
                r#"{"time":null,"timestamp":"Nov 28 03:42:11","facility":"daemon","severity":"info","host":"gate","application":"dnsmasq","pid":7,"message":"started"}"#
            ]
        );
        let capture = "Sat Nov 28 03:42:12 2026 kern.warn kernel: [   1.5] up: yes\n";
        assert_eq!(
            parse::<Syslog>(None, capture.as_bytes()).records,
            [
                r#"{"time":"2026-11-28T03:42:12","timestamp":"Sat Nov 28 03:42:12 2026","facility":"kern","severity":"warning","host":null,"application":"kernel","pid":null,"message":"[   1.5] up: yes"}"#
            ]
        );
    }

    #[test]
    fn structured_data_are_read_with_their_escapes() {
        let capture = "<165>1 2003-10-11T22:14:15.003Z h app - ID47 [a@1 x=\"1\" y=\"q\\\"\\]\"][b@2] \u{feff}An event\n";
        let parsed = parse::<Syslog>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"time":"2003-10-11T22:14:15.003Z","timestamp":"2003-10-11T22:14:15.003Z","priority":165,"facility":"local4","severity":"notice","format_version":1,"host":"h","application":"app","pid":null,"process":null,"message_id":"ID47","data":{"a@1.x":"1","a@1.y":"q\"]","b@2":""},"message":"An event"}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        let later = parse::<Syslog>(None, b"<1>12 - h - - ID47 - a message\n");
        assert!(later.records[0].contains(r#""format_version":12,"host":"h""#), "{later:?}");
        assert_unrecognised::<Syslog>(["hello\n", "<999>Oct 11 22:14:15 h a: b\n", "<34>1 x h a - - - m\n"]);
    }
}
