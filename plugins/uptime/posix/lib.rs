//! `uptime` prints one line: the time, how long the system is up, users and load. With `-p` it prints the second of these only,
//! with `-s` the moment of the start. How durations are spelled is the matter of [`duration`], times of day of [`clock`].

mod clock;
mod duration;

use outparse_sdk::{About, Ending, Error, Field, Line, Moment, Parser, Problem, Record, Rows, Source, Time};

/// How long a system is up, and how busy it is.
#[derive(Debug, Default, Record)]
pub struct Uptime<'a> {
    /// When that was, in local time: only where it is known when the output was taken, as the command prints no date.
    pub time: Option<Time>,
    /// The time of the day, as printed.
    pub clock: Option<&'a [u8]>,
    /// How long the system is up. Systems print minutes, and seconds in the first minute only.
    #[field(unit = "seconds", approximate, gauge)]
    pub uptime: Option<i64>,
    /// Number of login sessions; null where the system does not know it.
    #[field(gauge)]
    pub users: Option<i64>,
    /// Mean number of runnable processes over the last minute.
    #[field(gauge)]
    pub load_1m: Option<f64>,
    /// The same over 5 minutes.
    #[field(gauge)]
    pub load_5m: Option<f64>,
    /// The same over 15 minutes.
    #[field(gauge)]
    pub load_15m: Option<f64>,
    /// When the system started, in local time, as `-s` prints it.
    pub booted: Option<Time>,
}

/// Reads the line of any `uptime`.
pub struct Up {
    captured: Option<Moment>,
}

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

    fn new(source: &Source) -> Self {
        Up { captured: source.clock() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (uptime, counted) = read(line, self.captured)?;
        let shape: Vec<&str> = match (uptime.clock, uptime.booted) {
            (Some(_), _) => {
                let time = self.captured.map(|_| "time");
                let users = counted.then_some("users");
                time.into_iter().chain(["clock", "uptime"]).chain(users).chain(["load_1m", "load_5m", "load_15m"]).collect()
            }
            (None, Some(_)) => vec!["booted"],
            (None, None) => vec!["uptime"],
        };
        rows.shape(shape);
        rows.push(uptime);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("`TIME up …, load average: …`")
    }
}

/// The record of a line, and whether the line says how many users there are: BusyBox may be built not to count them.
fn read(line: Line<'_>, captured: Option<Moment>) -> Result<(Uptime<'_>, bool), Problem> {
    let [first, rest] = line.fields_and_rest()?;
    if first.bytes == b"up" {
        // That of `uptime -p`, and in the first minute old versions print nothing after `up`.
        return Ok((with_duration(Uptime::default(), &parts(rest))?, false));
    }
    let all = line.whole().trim();
    if clock::is_date_and_time(all)
        && let Some(booted) = Time::iso(all.bytes)
    {
        return Ok((Uptime { booted: Some(booted), ..Uptime::default() }, false));
    }
    let Some(seconds) = clock::time_of_day(first) else {
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
    let (users, counted) = users(&mut parts)?;
    let [load_1m, load_5m, load_15m] = loads(load)?;
    let clock = Uptime {
        time: Time::on_latest_day(seconds, captured),
        clock: Some(first.bytes),
        users,
        load_1m: Some(load_1m),
        load_5m: Some(load_5m),
        load_15m: Some(load_15m),
        ..Uptime::default()
    };
    Ok((with_duration(clock, &parts)?, counted))
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
    Ok(Uptime { uptime: Some(total), ..uptime })
}

/// What stands between the commas, without blanks around.
fn parts(text: Field<'_>) -> Vec<Field<'_>> {
    text.split(",").map(|part| part.trim()).filter(|part| !part.bytes.is_empty()).collect()
}

/// Takes `2 users` off the end of the parts, where it is, and says whether it was.
fn users(parts: &mut Vec<Field<'_>>) -> Result<(Option<i64>, bool), Problem> {
    let count = parts.last().and_then(|last| last.strip_suffix("users").or(last.strip_suffix("user")));
    let Some(count) = count.map(|count| count.trim_end()) else { return Ok((None, false)) };
    parts.pop();
    Ok((if count.bytes == b"?" { None } else { Some(count.integer()?) }, true))
}

/// The three numbers of `load average: 0.00, 0.01, 0.05`, or `load averages: 1.63 0.65 0.44`.
fn loads(all: Field<'_>) -> Result<[f64; 3], Problem> {
    let (_, numbers) = all.split_once(":").ok_or_else(|| all.expected("`load average:`"))?;
    let mut loads = [0.0; 3];
    let mut fields = numbers.fields();
    for load in &mut loads {
        let field = fields.next().ok_or_else(|| all.expected("three numbers"))?;
        *load = field.strip_suffix(",").unwrap_or(field).float()?;
    }
    fields.end()?;
    Ok(loads)
}

outparse_sdk::export!(Up);

#[cfg(test)]
mod tests;
