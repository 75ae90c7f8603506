//! What entries of all logs have in common.

use outparse_sdk::{Field, Moment, Time, time};

/// Names of the severities of syslog, by number.
pub(crate) const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// Names of the facilities of syslog, by number.
pub(crate) const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit",
    "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// A time as a log prints it: the words before what follows, and what they mean.
pub(crate) struct Stamp<'a> {
    pub(crate) text: Field<'a>,
    pub(crate) time: Option<Time<6>>,
    pub(crate) rest: Field<'a>,
}

/// `Oct 11 22:14:15`, also with a fraction and with a year before the clock, as Cisco has it. The year is the capture's, where it
/// is not printed and the capture's time is known.
pub(crate) fn traditional<'a>(line: Field<'a>, captured: Option<Moment>) -> Option<Stamp<'a>> {
    let mut words = line.fields();
    let (name, day) = (words.next()?, words.next()?);
    let mut clock = words.next()?;
    if !name.is_month() || name.start() != line.start() {
        return None;
    }
    let day_number = day.as_integer().and_then(|day| u32::try_from(day).ok()).filter(|day| (1..=31).contains(day))?;
    let year = clock.as_integer().filter(|year| (1970..10_000).contains(year));
    if year.is_some() {
        clock = words.next()?;
    }
    let digits = clock.strip_suffix(":").unwrap_or(clock);
    let (seconds, nanos) = time::time_of_day(digits.bytes)?;
    let month = time::month(name.bytes)?;
    let found: Option<Time<6>> = match year {
        Some(year) => Time::local(year, month, day_number, seconds),
        None => Time::in_latest_year(month, day_number, seconds, captured),
    };
    let (text, rest) = line.split_at(digits.end() - line.start());
    Some(Stamp { text, time: found.map(|time| Time { nanos, ..time }), rest: rest.strip_prefix(":").unwrap_or(rest) })
}

/// `2020-03-02T10:00:00.123456+01:00`, in one word.
pub(crate) fn iso(line: Field<'_>) -> Option<Stamp<'_>> {
    let end = line.bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(line.bytes.len());
    let (text, rest) = line.split_at(end);
    let time = Time::iso(text.bytes).filter(|_| text.bytes.contains(&b'T'))?;
    Some(Stamp { text, time: Some(time), rest })
}

/// Who wrote an entry: `sshd[747]: text`.
pub(crate) struct Tagged<'a> {
    pub(crate) application: Option<&'a [u8]>,
    pub(crate) pid: Option<i64>,
    pub(crate) message: &'a [u8],
}

/// `sshd[747]: text`, `kernel: text`. Where no tag is, all of it is the message.
pub(crate) fn tagged(text: Field<'_>) -> Tagged<'_> {
    let none = Tagged { application: None, pid: None, message: text.bytes };
    let Some((tag, message)) =
        text.split_once(": ").or_else(|| text.strip_suffix(":").map(|tag| (tag, tag.split_at(usize::MAX).1)))
    else {
        return none;
    };
    let (name, pid) = match tag.split_once("[") {
        Some((name, pid)) => match pid.strip_suffix("]").map(|pid| pid.integer()) {
            Some(Ok(pid)) => (name, Some(pid)),
            _ => return none,
        },
        None => (tag, None),
    };
    // A tag is one word; journald prints names of programs, which may have blanks before a number.
    if name.bytes.is_empty() || pid.is_none() && name.bytes.iter().any(u8::is_ascii_whitespace) {
        return none;
    }
    Tagged { application: Some(name.bytes), pid, message: message.bytes }
}
