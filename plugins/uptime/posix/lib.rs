//! `uptime` prints one line: the time, how long the system is up, users and load. With `-p` it prints the second of these only,
//! with `-s` the moment of the start. How durations are spelled is the matter of [`duration`], times of day of [`clock`].

mod clock;
mod duration;

use clock::Clock;
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// How long a system is up, and how busy it is.
#[derive(Debug, Default, Record)]
pub struct Uptime<'a> {
    /// Local time of day, as printed.
    pub time: Option<&'a [u8]>,
    /// Hour of that time, 0 to 23.
    pub time_hour: Option<i64>,
    /// Minute of that time.
    pub time_minute: Option<i64>,
    /// Second of that time; null where the system prints none.
    pub time_second: Option<i64>,
    /// How long the system is up, as printed, with single blanks.
    pub uptime: Option<Vec<u8>>,
    /// Whole days of it.
    #[field(unit = "days")]
    pub uptime_days: Option<i64>,
    /// Whole hours of it beyond the days.
    #[field(unit = "hours")]
    pub uptime_hours: Option<i64>,
    /// Whole minutes of it beyond the hours.
    #[field(unit = "minutes")]
    pub uptime_minutes: Option<i64>,
    /// All of it. Systems print minutes, and seconds in the first minute only.
    #[field(unit = "seconds", approximate)]
    pub uptime_total_seconds: Option<i64>,
    /// Number of login sessions; null where the system does not count them, as BusyBox may.
    pub users: Option<i64>,
    /// Mean number of runnable processes over the last minute.
    pub load_1m: Option<f64>,
    /// The same over 5 minutes.
    pub load_5m: Option<f64>,
    /// The same over 15 minutes.
    pub load_15m: Option<f64>,
    /// Local time when the system started, as `-s` prints it.
    pub since: Option<&'a [u8]>,
}

/// Reads the line of any `uptime`.
pub struct Up;

impl Parser for Up {
    const ABOUT: About = About {
        name: "uptime-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Uptime, users and load, as any uptime prints them",
        commands: &["uptime", "guptime", "busybox uptime", "toybox uptime"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Uptime<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Up
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if !line.is_blank() {
            rows.push(read(line)?);
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("`TIME up …, load average: …`")
    }
}

fn read(line: Line<'_>) -> Result<Uptime<'_>, Problem> {
    let [first, rest] = line.fields_and_rest()?;
    if first.bytes == b"up" {
        // That of `uptime -p`, and in the first minute old versions print nothing after `up`.
        return with_duration(Uptime::default(), &parts(rest));
    }
    let all = line.whole().trim();
    if clock::is_date_and_time(all) {
        return Ok(Uptime { since: Some(all.bytes), ..Uptime::default() });
    }
    let Some(Clock { hour, minute, second }) = clock::time_of_day(first) else {
        return Err(first.expected("a time of day, `up` or a date"));
    };
    let [_, up, _] = line.fields_and_rest()?;
    if up.bytes != b"up" {
        return Err(up.expected("`up`"));
    }
    let after = line.part(up.end(), usize::MAX);
    let load = after.find("load average").ok_or_else(|| after.expected("`load average:` after it"))?;
    let (duration, load) = after.split_at(load);
    let mut parts: Vec<Field<'_>> = parts(duration);
    let users = users(&mut parts)?;
    let [load_1m, load_5m, load_15m] = loads(load)?;
    let clock = Uptime {
        time: Some(first.bytes),
        time_hour: Some(hour),
        time_minute: Some(minute),
        time_second: second,
        users,
        load_1m: Some(load_1m),
        load_5m: Some(load_5m),
        load_15m: Some(load_15m),
        ..Uptime::default()
    };
    with_duration(clock, &parts)
}

/// Adds the duration whose parts these are. A system that does not know prints question marks.
fn with_duration<'a>(uptime: Uptime<'a>, parts: &[Field<'a>]) -> Result<Uptime<'a>, Problem> {
    if parts.iter().any(|part| part.bytes.starts_with(b"?")) {
        return Ok(uptime);
    }
    let mut total = 0i64;
    for part in parts {
        total = duration::seconds(part)?
            .and_then(|seconds| total.checked_add(seconds))
            .ok_or_else(|| part.problem(format!("{} does not fit into 64 bits as seconds", part.quoted())))?;
    }
    Ok(Uptime {
        uptime: Some(duration::spelling(parts)),
        uptime_days: Some(total / 86_400),
        uptime_hours: Some(total / 3600 % 24),
        uptime_minutes: Some(total / 60 % 60),
        uptime_total_seconds: Some(total),
        ..uptime
    })
}

/// What stands between the commas, without blanks around.
fn parts(text: Field<'_>) -> Vec<Field<'_>> {
    text.split(",").map(|part| part.trim()).filter(|part| !part.bytes.is_empty()).collect()
}

/// Takes `2 users` off the end of the parts, where it is.
fn users(parts: &mut Vec<Field<'_>>) -> Result<Option<i64>, Problem> {
    let count = parts.last().and_then(|last| last.strip_suffix("users").or(last.strip_suffix("user")));
    let Some(count) = count.map(|count| count.trim_end()) else { return Ok(None) };
    parts.pop();
    if count.bytes == b"?" { Ok(None) } else { Ok(Some(count.integer()?)) }
}

/// The three numbers of `load average: 0.00, 0.01, 0.05`, or `load averages: 1.63 0.65 0.44`.
fn loads(all: Field<'_>) -> Result<[f64; 3], Problem> {
    let (_, numbers) = all.split_once(":").ok_or_else(|| all.expected("`load average:`"))?;
    let mut loads = [0.0; 3];
    let mut fields = numbers.fields();
    for load in &mut loads {
        let field = fields.next().ok_or_else(|| all.expected("three numbers"))?;
        let number = field.strip_suffix(",").unwrap_or(field);
        // A comma inside is the decimal mark of another locale.
        let number = number.bytes.iter().map(|&byte| if byte == b',' { b'.' } else { byte }).collect::<Vec<_>>();
        *load = Field { bytes: &number, column: field.column }.float()?;
    }
    fields.end()?;
    Ok(loads)
}

outparse_sdk::export!(Up);

#[cfg(test)]
mod tests;
