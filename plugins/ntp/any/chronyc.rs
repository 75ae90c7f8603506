//! `chronyc sources` and `chronyc tracking`, for people and between commas (`-c`).

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time, time};

/// A source of time.
#[derive(Clone, Debug, Default, Record)]
pub struct TimeSource<'a> {
    /// Its name or address.
    #[field(key)]
    pub remote: &'a [u8],
    /// What it is, by a sign: `^` a server, `=` a peer, `#` a clock here.
    pub source_mode: &'a [u8],
    /// How it is used, by a sign: `*` the one that is followed, `+` taken in, `-` left out, `x` false, `~` too variable, `?` not known.
    pub tally: &'a [u8],
    /// Distance to a clock.
    pub stratum: i64,
    /// How often it is asked.
    #[field(unit = "seconds")]
    pub poll: f64,
    /// Which of the last eight times it answered, as bits in octal.
    pub reach: i64,
    /// When it was last heard from; null where it was not.
    #[field(unit = "seconds", gauge)]
    pub last_heard: Option<i64>,
    /// By how much its clock is ahead, after what was done about it.
    #[field(unit = "seconds", gauge)]
    pub offset: f64,
    /// By how much it was ahead when it was measured.
    #[field(unit = "seconds", gauge)]
    pub measured_offset: f64,
    /// By how much that may be wrong.
    #[field(unit = "seconds", gauge)]
    pub error: f64,
}

/// Reads `chronyc sources`.
pub struct Sources {
    began: bool,
}

impl Parser for Sources {
    const ABOUT: About = About {
        name: "chronyc-sources",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Sources of time, as chronyc sources prints them",
        commands: &["chronyc sources"],
        dialect: "chrony",
        ..About::DEFAULT
    };
    type Record = TimeSource<'static>;

    fn new(_: &Source) -> Self {
        Sources { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(cells) = cells::<10>(line.whole()).filter(|_| !self.began) {
            let source = listed(cells)?;
            rows.recognise();
            rows.push(source);
            return Ok(());
        }
        let before = line.is_blank()
            || line.bytes[0] == b'=' && line.whole().trim().bytes.iter().all(|byte| *byte == b'=')
            || !self.began && is_count(line.whole())
            || is_drawing(line.whole());
        if before {
            return Ok(());
        }
        if !self.began && rows.recognised() {
            return Err(line.expected("the ten values of a source between commas").into());
        }
        if !self.began {
            line.expect("MS Name/IP address Stratum Poll Reach LastRx Last sample")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        rows.push(read(line.whole())?);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `MS Name/IP address …`")
    }
}

/// `210 Number of sources = 4`, which old versions print first.
fn is_count(line: Field<'_>) -> bool {
    line.split_once(" Number of sources = ").is_some_and(|(code, _)| code.as_integer().is_some())
}

/// Whether a line is of the drawing that explains the signs (`-v`): strokes stand at its left, from top to bottom.
///
/// ```text
///   .-- Source mode  '^' = server, '=' = peer, '#' = local clock.
///  / .- Source state '*' = current best, '+' = combined, '-' = not combined,
/// | /             'x' = may be in error, '~' = too variable, '?' = unusable.
/// ||                                                 .- xxxx [ yyyy ] +/- zzzz
/// ```
fn is_drawing(line: Field<'_>) -> bool {
    matches!(line.trim_start().bytes, [b'.', b'-', ..] | [b'/', b' ', ..] | [b'|', b' ' | b'|', ..])
}

/// `-1234us`, `+12ms`, `1.5s`
fn amount(text: Field<'_>) -> Result<f64, Problem> {
    for (unit, power) in [("ns", -9), ("us", -6), ("ms", -3), ("s", 0)] {
        if let Some(number) = text.strip_suffix(unit) {
            return number.float_e(power);
        }
    }
    Err(text.expected("a time such as `-123us`"))
}

/// The cells of a line that has so many between commas.
fn cells<'a, const N: usize>(line: Field<'a>) -> Option<[Field<'a>; N]> {
    line.split(",").collect::<Vec<_>>().try_into().ok()
}

/// `^,*,192.0.2.1,2,6,377,23,-0.000923000,-0.000924000,0.043000000`: amounts are seconds.
fn listed(cells: [Field<'_>; 10]) -> Result<TimeSource<'_>, Problem> {
    let [mode, tally, remote, stratum, poll, reach, heard, offset, measured, error] = cells;
    if !matches!((mode.bytes, tally.bytes), ([b'^' | b'=' | b'#'], [_])) {
        return Err(mode.expected("the signs of a source"));
    }
    let heard = heard.integer()?;
    Ok(TimeSource {
        remote: remote.bytes,
        source_mode: mode.bytes,
        tally: tally.bytes,
        stratum: stratum.integer()?,
        poll: interval(poll)?,
        reach: reach.integer()?,
        // The highest number of 32 bits stands for never.
        last_heard: (heard != i64::from(u32::MAX)).then_some(heard),
        offset: offset.float()?,
        measured_offset: measured.float()?,
        error: error.float()?,
    })
}

/// Seconds of a power of two.
fn interval(poll: Field<'_>) -> Result<f64, Problem> {
    let exponent = poll.integer()?;
    if !(-10..=30).contains(&exponent) {
        return Err(poll.expected("a power of two from -10 to 30"));
    }
    Ok(2f64.powi(exponent as i32))
}

/// `^* ntp.example.org  2   6   377    23   -923us[ -924us] +/-   43ms`
fn read(line: Field<'_>) -> Result<TimeSource<'_>, Problem> {
    let (signs, rest) = line.split_at(2);
    let [remote, stratum, poll, reach, heard, sample] = rest.fields_and_rest()?;
    let expected = || sample.expected("`OFFSET[MEASURED] +/- ERROR`");
    let (offset, after) = sample.split_once("[").ok_or_else(expected)?;
    let (measured, error) = after.split_once("]").ok_or_else(expected)?;
    let error = error.trim().strip_prefix("+/-").ok_or_else(expected)?;
    let poll = interval(poll)?;
    let last_heard = match heard.known() {
        None => None,
        Some(word) => {
            let letter = [("m", 60), ("h", 3600), ("d", 86_400), ("y", 31_557_600)]
                .into_iter()
                .find_map(|(letter, factor)| Some((word.strip_suffix(letter)?, factor)));
            let (number, factor) = letter.unwrap_or((word, 1));
            Some(number.integer()?.saturating_mul(factor))
        }
    };
    Ok(TimeSource {
        remote: remote.bytes,
        source_mode: signs.split_at(1).0.bytes,
        tally: signs.split_at(1).1.bytes,
        stratum: stratum.integer()?,
        poll,
        reach: reach.integer()?,
        last_heard,
        offset: amount(offset.trim())?,
        measured_offset: amount(measured.trim())?,
        error: amount(error.trim())?,
    })
}

/// How well the clock is kept.
#[derive(Clone, Debug, Default, Record)]
pub struct Clock {
    /// Identifier of the source that is followed.
    pub reference_id: Option<Vec<u8>>,
    /// Its name.
    pub remote: Option<Vec<u8>>,
    /// Distance to a clock.
    pub stratum: Option<i64>,
    /// When it was last heard from, in UTC.
    pub time: Option<Time>,
    /// By how much the clock of this machine is ahead of true time.
    #[field(unit = "seconds", gauge)]
    pub offset: Option<f64>,
    /// By how much it was off when it was last set.
    #[field(unit = "seconds", gauge)]
    pub last_offset: Option<f64>,
    /// The same over time.
    #[field(unit = "seconds", gauge)]
    pub rms_offset: Option<f64>,
    /// Time to the clock at the root and back.
    #[field(unit = "seconds", gauge)]
    pub root_delay: Option<f64>,
    /// By how much that clock may be wrong.
    #[field(unit = "seconds", gauge)]
    pub root_dispersion: Option<f64>,
    /// Time between two updates.
    #[field(unit = "seconds", gauge)]
    pub update_interval: Option<f64>,
    /// Whether a second is to be inserted or left out: `Normal`, `Insert second`, …
    pub leap_status: Option<Vec<u8>>,
    /// All that is printed, by its name.
    pub properties: Map<Vec<u8>>,
}

/// Reads `chronyc tracking`.
pub struct Tracking(Option<Clock>);

impl Parser for Tracking {
    const ABOUT: About = About {
        name: "chronyc-tracking",
        version: env!("CARGO_PKG_VERSION"),
        summary: "How well the clock is kept, as chronyc tracking prints it",
        commands: &["chronyc tracking"],
        dialect: "chrony",
        ..About::DEFAULT
    };
    type Record = Clock;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Tracking(None)
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if let Some(cells) = cells::<14>(line.whole()).filter(|[id, ..]| id.bytes.len() == 8 && id.hexadecimal().is_ok()) {
            let clock = Clock::listed(cells)?;
            rows.recognise();
            rows.push(clock);
            return Ok(());
        }
        let (name, value) = line.whole().split_once(" : ").ok_or_else(|| line.expected("`Reference ID    : …`"))?;
        let (name, value) = (name.trim(), value.trim());
        if !rows.recognised() && name.bytes != b"Reference ID" {
            return Err(line.expected("`Reference ID    : …`").into());
        }
        rows.recognise();
        // Another report.
        if name.bytes == b"Reference ID" {
            self.flush(rows);
        }
        let all = self.0.get_or_insert_default();
        all.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        let seconds = || value.fields().next().map(|number| number.float()).transpose();
        match name.bytes {
            b"Reference ID" => {
                let (id, remote) = value.split_once(" (").map_or((value, None), |(id, remote)| (id, remote.strip_suffix(")")));
                all.reference_id = Some(id.bytes.to_vec());
                all.remote = remote.map(|remote| remote.bytes.to_vec()).filter(|remote| !remote.is_empty());
            }
            b"Stratum" => all.stratum = Some(value.integer()?),
            b"Ref time (UTC)" => {
                let words = value.words();
                if let [_, month, day, clock, year] = words[..] {
                    let day = u32::try_from(day.integer()?).ok();
                    let clock = time::time_of_day(clock.bytes);
                    all.time = day
                        .zip(clock)
                        .zip(time::month(month.bytes))
                        .and_then(|((day, (seconds, _)), month)| Time::local(year.as_integer()?, month, day, seconds))
                        .map(|time: Time| time.with_offset(0));
                }
            }
            b"System time" => all.offset = seconds()?.map(|offset| if value.find("slow").is_some() { -offset } else { offset }),
            b"Last offset" => all.last_offset = seconds()?,
            b"RMS offset" => all.rms_offset = seconds()?,
            b"Root delay" => all.root_delay = seconds()?,
            b"Root dispersion" => all.root_dispersion = seconds()?,
            b"Update interval" => all.update_interval = seconds()?,
            b"Leap status" => all.leap_status = Some(value.bytes.to_vec()),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised("`Reference ID    : …`")
    }
}

impl Tracking {
    fn flush(&mut self, rows: &mut Rows<Clock>) {
        self.0.take().into_iter().for_each(|clock| rows.push(clock));
    }
}

/// Names of what `-c` prints, in order.
const NAMES: [&str; 13] = [
    "Reference ID",
    "Stratum",
    "Ref time (UTC)",
    "System time",
    "Last offset",
    "RMS offset",
    "Frequency",
    "Residual freq",
    "Skew",
    "Root delay",
    "Root dispersion",
    "Update interval",
    "Leap status",
];

impl Clock {
    /// `C0000201,192.0.2.1,3,1706348957.123456789,0.000006523,…,Normal`: amounts are seconds.
    fn listed(cells: [Field<'_>; 14]) -> Result<Clock, Problem> {
        let [id, remote, stratum, reference, system, last, rms, _, _, _, delay, dispersion, update, leap] = cells;
        let values = [id].into_iter().chain(cells.into_iter().skip(2));
        let whole = reference.split_once(".").map_or(reference, |(whole, _)| whole);
        Ok(Clock {
            reference_id: Some(id.bytes.to_vec()),
            remote: Some(remote.bytes.to_vec()).filter(|remote| !remote.is_empty()),
            stratum: Some(stratum.integer()?),
            time: Some(Time::epoch(whole.bytes).ok_or_else(|| reference.expected("seconds since 1970"))?),
            // Here a clock that is behind has no sign.
            offset: Some(-system.float()?),
            last_offset: Some(last.float()?),
            rms_offset: Some(rms.float()?),
            root_delay: Some(delay.float()?),
            root_dispersion: Some(dispersion.float()?),
            update_interval: Some(update.float()?),
            leap_status: Some(leap.bytes.to_vec()),
            properties: Map(NAMES
                .iter()
                .map(|name| name.as_bytes().to_vec())
                .zip(values.map(|value| value.bytes.to_vec()))
                .collect()),
        })
    }
}

#[cfg(test)]
mod tests;
