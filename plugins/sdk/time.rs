//! Points in time as commands print them, and durations.
//!
//! A parser has no clock and no time zone: what a command leaves out of a time is worked out from the moment of the capture where
//! that is known, and is missing where it is not.

use crate::{Field, Moment, scan};

/// A point in time, with as many digits after the second as its column has.
///
/// It is what clocks showed at the place of the capture; with an offset from UTC it is a point on everybody's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time<const DIGITS: u32 = 0> {
    /// Seconds since the beginning of 1970 by the clock that showed this time.
    pub wall_seconds: i64,
    /// Billionths of a second after that.
    pub nanos: u32,
    /// Seconds by which that clock was ahead of UTC, where the command says so.
    pub offset: Option<i32>,
}

const DAY: i64 = 86_400;

impl<const DIGITS: u32> Time<DIGITS> {
    /// A time by a clock whose offset is not known. None for a date that does not exist.
    pub fn local(year: i64, month: u32, day: u32, time_of_day: i64) -> Option<Time<DIGITS>> {
        let date = (1..=days_in(year, month)?).contains(&day) && (0..=DAY).contains(&time_of_day);
        date.then(|| Time { wall_seconds: days_from_civil(year, month, day) * DAY + time_of_day, nanos: 0, offset: None })
    }

    /// A time given in seconds since the beginning of 1970, UTC.
    pub fn utc(seconds: i64, nanos: u32) -> Time<DIGITS> {
        Time { wall_seconds: seconds, nanos, offset: Some(0) }
    }

    /// The same time by a clock that is this many seconds ahead of UTC.
    pub fn with_offset(self, offset: i32) -> Time<DIGITS> {
        Time { offset: Some(offset), ..self }
    }

    /// The same with other digits after the second.
    pub fn digits<const OTHER: u32>(self) -> Time<OTHER> {
        Time { wall_seconds: self.wall_seconds, nanos: self.nanos, offset: self.offset }
    }

    /// Reads what C's `asctime` prints, `Sun Aug  7 21:52:56 2022`, with seconds or without them. The day of the week is not compared.
    pub fn asctime(text: Field<'_>) -> Option<Time<DIGITS>> {
        let words = text.words();
        let [_, name, day, clock, year] = words[..] else { return None };
        let day = u32::try_from(day.as_integer()?).ok()?;
        Time::local(year.as_integer()?, month(name.bytes)?, day, time_of_day(clock.bytes)?.0)
    }

    /// Reads ISO 8601: `2026-01-31`, then `T` or a blank and `12:00`, `12:00:59` or `12:00:59.123`, then perhaps `Z`, `+01:00`, `+0100` or
    /// `+01`, with or without a blank before it. A date alone is its midnight.
    pub fn iso(text: &[u8]) -> Option<Time<DIGITS>> {
        let (date, rest) = text.split_at_checked(10)?;
        let [year, month, day] = [date.get(..4)?, date.get(5..7)?, date.get(8..10)?].map(whole);
        if date[4] != b'-' || date[7] != b'-' {
            return None;
        }
        let midnight = Time::local(year?, u32::try_from(month?).ok()?, u32::try_from(day?).ok()?, 0)?;
        let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else { return rest.is_empty().then_some(midnight) };
        let clock_end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b':' | b'.' | b',')).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(clock_end);
        let (seconds, nanos) = time_of_day(clock)?;
        let time = Time { wall_seconds: midnight.wall_seconds + seconds, nanos, offset: None };
        let zone = zone.trim_ascii_start();
        if zone.is_empty() { Some(time) } else { zone_offset(zone).map(|offset| time.with_offset(offset)) }
    }

    /// Seconds since 1970 as a number, perhaps with a fraction: `1767225600.25`.
    pub fn epoch(text: &[u8]) -> Option<Time<DIGITS>> {
        let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits));
        let mut parts = digits.splitn(2, |&byte| byte == b'.' || byte == b',');
        let seconds = whole(parts.next()?)?;
        let nanos = parts.next().map_or(Some(0), fraction)?;
        Some(match (negative, nanos) {
            (false, _) => Time::utc(seconds, nanos),
            (true, 0) => Time::utc(-seconds, 0),
            (true, _) => Time::utc(-seconds - 1, 1_000_000_000 - nanos),
        })
    }

    /// A time without its year, as `ls -l` and syslog print it: the latest such time that is not more than a day after the capture.
    /// None where the capture's time or the offset there is not known.
    pub fn in_latest_year(month: u32, day: u32, time_of_day: i64, captured: Option<Moment>) -> Option<Time<DIGITS>> {
        let moment = captured?;
        let now = moment.seconds.checked_add(i64::from(moment.offset?))?;
        let (year, _, _) = civil_from_days(now.div_euclid(DAY));
        // A leap day may lie years back.
        (0..=8)
            .find_map(|back| Time::local(year + 1 - back, month, day, time_of_day).filter(|time| time.wall_seconds <= now + DAY))
    }

    /// A time of day alone: the latest such time that is at most a minute after the capture. None where the capture's time or the
    /// offset there is not known.
    pub fn on_latest_day(time_of_day: i64, captured: Option<Moment>) -> Option<Time<DIGITS>> {
        let moment = captured?;
        let now = moment.seconds.checked_add(i64::from(moment.offset?))?;
        let today = now.div_euclid(DAY) * DAY + time_of_day;
        let wall_seconds = if today <= now + 60 { today } else { today - DAY };
        Some(Time { wall_seconds, nanos: 0, offset: None })
    }
}

/// A month's number by its English name or the first three letters of it.
pub fn month(name: &[u8]) -> Option<u32> {
    let number = match name.first_chunk::<3>()?.map(|letter| letter.to_ascii_lowercase()) {
        [b'j', b'a', b'n'] => 1,
        [b'f', b'e', b'b'] => 2,
        [b'm', b'a', b'r'] => 3,
        [b'a', b'p', b'r'] => 4,
        [b'm', b'a', b'y'] => 5,
        [b'j', b'u', b'n'] => 6,
        [b'j', b'u', b'l'] => 7,
        [b'a', b'u', b'g'] => 8,
        [b's', b'e', b'p'] => 9,
        [b'o', b'c', b't'] => 10,
        [b'n', b'o', b'v'] => 11,
        [b'd', b'e', b'c'] => 12,
        _ => return None,
    };
    (name.len() == 3 || name.iter().all(u8::is_ascii_alphabetic)).then_some(number)
}

/// Reads `12:00`, `12:00:59` or `12:00:59.123` as seconds and billionths.
pub fn time_of_day(clock: &[u8]) -> Option<(i64, u32)> {
    // The forms in which nearly all of them are written.
    let number = |tens: &u8, ones: &u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    if let [ten_hours @ b'0'..=b'2', hours @ b'0'..=b'9', b':', ten_minutes @ b'0'..=b'5', minutes @ b'0'..=b'9', rest @ ..] =
        clock
        && let Some(seconds) = match rest {
            [] => Some(0),
            [b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9'] => Some(number(tens, ones)),
            _ => None,
        }
    {
        let hours = number(ten_hours, hours);
        return (hours < 24).then_some((hours * 3600 + number(ten_minutes, minutes) * 60 + seconds, 0));
    }
    let (clock, nanos) = match clock.iter().position(|&byte| byte == b'.' || byte == b',') {
        Some(point) => (&clock[..point], fraction(&clock[point + 1..])?),
        None => (clock, 0),
    };
    let mut parts = clock.split(|&byte| byte == b':');
    let (hours, minutes) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), two_digits)?;
    let sound = parts.next().is_none() && hours < 24 && minutes < 60 && seconds <= 60;
    sound.then_some((hours * 3600 + minutes * 60 + seconds, nanos))
}

/// The offset that a zone stands for: `Z`, `UTC`, `GMT`, `+01:00`, `+0100`, `-05`. Other names stand for none that can be
/// trusted.
pub fn zone_offset(zone: &[u8]) -> Option<i32> {
    if matches!(zone, b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_first()? {
        (b'+', digits) => (1, digits),
        (b'-', digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, &b"00"[..]),
        4 => digits.split_at(2),
        5 if digits[2] == b':' => (&digits[..2], &digits[3..]),
        _ => return None,
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) as i32)
}

/// Seconds of a duration by the clock: `[[days-]hours:]minutes:seconds`, perhaps with a fraction.
pub fn clock_duration(field: Field<'_>) -> Option<f64> {
    let text = field.bytes;
    // Most are short: `0:04`.
    if let [minutes @ .., b':', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = text
        && let Some(minutes) = scan::digits(minutes)
    {
        return Some((minutes * 60 + u64::from(tens - b'0') * 10 + u64::from(ones - b'0')) as f64);
    }
    let (days, clock) = match text.iter().position(|&byte| byte == b'-') {
        Some(dash) => (whole(&text[..dash])?, &text[dash + 1..]),
        None => (0, text),
    };
    let mut parts = clock.split(|&byte| byte == b':');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (hours, minutes, last) = match third {
        Some(third) => (Some(first), second, third),
        None => (None, first, second),
    };
    let point = last.iter().position(|&byte| byte == b'.' || byte == b',').unwrap_or(last.len());
    let seconds = whole(&last[..point])? as f64;
    let part = last.get(point + 1..).map_or(Some(0), fraction)?;
    let total = days * 24 + hours.map_or(Some(0), whole)?;
    let total = total * 60 + whole(minutes)?;
    Some(total as f64 * 60.0 + seconds + f64::from(part) / 1e9)
}

/// A duration of numbers that are each followed by a unit, `1d2h3m`. `units` says how many of the result's units each of these
/// has.
pub fn spelt_duration(text: Field<'_>, units: &[(&str, i64)]) -> Option<i64> {
    let mut total = 0_i64;
    let mut rest = text.bytes;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = rest.split_at(digits);
        let letters = after.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (unit, after) = after.split_at(letters);
        let (_, factor) = units.iter().find(|(name, _)| name.as_bytes() == unit)?;
        total = total.checked_add(Field::from(number).as_integer()?.checked_mul(*factor)?)?;
        rest = after;
    }
    (!text.bytes.is_empty()).then_some(total)
}

/// A moment as commands shorten it, to the day or the minute: `12:00`, `9:41AM`, `Oct25`, `Oct 25`, `Oct 25 12:00`, `25Oct24`,
/// `Fri18`, `Mon09AM`. What is left out is worked out from the time of the capture, and anything finer is zero. None for a year
/// alone, and if it cannot be placed.
pub fn dated(text: Field<'_>, captured: Option<Moment>) -> Option<Time<9>> {
    let mut words = [&b""[..]; 4];
    let mut count = 0;
    for (place, word) in words.iter_mut().zip(text.fields()) {
        *place = word.bytes;
        count += 1;
    }
    match words[..count] {
        // `Oct 25`
        [name, day] if month(name).is_some() => Time::in_latest_year(month(name)?, small(day)?, 0, captured),
        // `Oct 25 12:00`
        [name, day, clock] => Time::in_latest_year(month(name)?, small(day)?, time_of_day(clock)?.0, captured),
        // `2024-10-25 12:00`
        [_, _] => Time::iso(&text.squeezed()),
        // All other forms leave out what only the capture's time tells.
        [word] if captured.is_none() => day_month_year(word),
        [word] => clock_time(word, captured)
            .or_else(|| month_and_day(word, captured))
            .or_else(|| day_month_year(word))
            .or_else(|| weekday(word, captured?)),
        _ => None,
    }
}

/// `12:00`, `12:00:59`, `9:41AM`
fn clock_time(word: &[u8], captured: Option<Moment>) -> Option<Time<9>> {
    let (digits, half) = half_of_day(word);
    let (seconds, _) = time_of_day(digits)?;
    Time::on_latest_day(on_the_clock(seconds, half)?, captured)
}

/// `Oct25`
fn month_and_day(word: &[u8], captured: Option<Moment>) -> Option<Time<9>> {
    let (name, day) = word.split_at_checked(3)?;
    Time::in_latest_year(month(name)?, small(day)?, 0, captured)
}

/// `25Oct24`, as BSD has it.
fn day_month_year(word: &[u8]) -> Option<Time<9>> {
    let letters = word.iter().position(u8::is_ascii_alphabetic)?;
    let (day, rest) = word.split_at(letters);
    let (name, year) = rest.split_at_checked(3)?;
    let year = i64::from(small(year).filter(|_| year.len() == 2)?);
    // `strftime` and POSIX agree on what two digits stand for.
    Time::local(if year < 69 { 2000 + year } else { 1900 + year }, month(name)?, small(day)?, 0)
}

/// `Mon09AM`: within the last week, to the hour.
fn weekday(word: &[u8], captured: Moment) -> Option<Time<9>> {
    const DAYS: [&[u8]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
    let (name, rest) = word.split_at_checked(3)?;
    let wanted = DAYS.iter().position(|day| *day == name)? as i64;
    let (digits, half) = half_of_day(rest);
    let of_day = on_the_clock(i64::from(small(digits)?) * 3600, half)?;
    let now = captured.seconds.checked_add(i64::from(captured.offset?))?;
    let today = now.div_euclid(86_400);
    // The first day of 1970 was a Thursday.
    let back = (today.rem_euclid(7) - wanted).rem_euclid(7);
    let seconds = (today - back) * 86_400 + of_day;
    let seconds = if seconds > now { seconds - 7 * 86_400 } else { seconds };
    Some(Time { wall_seconds: seconds, nanos: 0, offset: None })
}

/// The digits of a clock, and which half of the day they count in.
fn half_of_day(clock: &[u8]) -> (&[u8], Option<i64>) {
    match clock.split_last_chunk::<2>() {
        Some((digits, b"AM")) => (digits, Some(0)),
        Some((digits, b"PM")) => (digits, Some(12 * 3600)),
        _ => (clock, None),
    }
}

/// The time of the day, where twelve stands for zero in each half.
fn on_the_clock(seconds: i64, half: Option<i64>) -> Option<i64> {
    match half {
        Some(half) => (seconds < 13 * 3600).then_some(seconds % (12 * 3600) + half),
        None => (seconds < 86_400).then_some(seconds),
    }
}

fn small(digits: &[u8]) -> Option<u32> {
    Field::from(digits).as_integer().and_then(|number| u32::try_from(number).ok())
}

/// Billionths of a second from the digits after the point.
fn fraction(digits: &[u8]) -> Option<u32> {
    let kept = &digits[..digits.len().min(9)];
    let value = u32::try_from(whole(kept)?).ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(value * 10_u32.pow(9 - kept.len() as u32))
}

fn two_digits(text: &[u8]) -> Option<i64> {
    if text.len() <= 2 { whole(text) } else { None }
}

/// A whole number of digits and nothing else.
fn whole(text: &[u8]) -> Option<i64> {
    match text.len() {
        0..=16 => scan::digits(text).map(|value| value as i64),
        17 | 18 => text.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))),
        _ => None,
    }
}

fn days_in(year: i64, month: u32) -> Option<u32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    })
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in eras of 400 years that begin in March.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    // Within an era 32 bits are enough, and divisions of 64 are slow in the sandbox.
    let year_of_era = year.rem_euclid(400) as u32;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + i64::from(year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year) - 719_468
}

/// The year, month and day of a day since 1970-01-01.
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097) as u32);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * shifted + 2) / 5 + 1, (shifted + 2) % 12 + 1);
    (i64::from(year_of_era) + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<(i64, u32, Option<i32>)> {
        Time::<9>::iso(text.as_bytes()).map(|time| (time.wall_seconds, time.nanos, time.offset))
    }

    #[test]
    fn durations_are_spelt_in_their_units() {
        let units = [("d", 86_400_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
        let read = |text: &str| spelt_duration(Field::from(text), &units);
        assert_eq!([read("1d2s"), read("3m5ms"), read("0s")], [Some(86_402_000), Some(180_005), Some(0)]);
        for bad in ["", "5", "s", "1h", "1m s", "-1s", "1.5s", "9999999999999999d"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_of_c_are_read() {
        let read = |text: &str| Time::<0>::asctime(Field::from(text));
        assert_eq!(read("Sun Aug  7 21:52:56 2022"), Time::iso(b"2022-08-07T21:52:56"));
        assert_eq!(read("Sun Aug 7 21:52 2022"), Time::iso(b"2022-08-07T21:52"));
        for broken in
            ["n/a", "Aug 7 21:52:56 2022", "Sun Aug 32 21:52:56 2022", "Sun Aug -7 21:52:56 2022", "Sun Xyz 7 21:52:56 2022"]
        {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    #[test]
    fn iso_times_are_read_with_what_they_say_and_no_more() {
        assert_eq!(iso("1970-01-02"), Some((86_400, 0, None)));
        assert_eq!(iso("2026-01-01 12:30"), Some((1_767_270_600, 0, None)));
        assert_eq!(iso("2026-01-01T12:30:05.25Z"), Some((1_767_270_605, 250_000_000, Some(0))));
        assert_eq!(iso("2026-01-01 12:30:05.123456789 +0530"), Some((1_767_270_605, 123_456_789, Some(19_800))));
        assert_eq!(iso("2026-01-01T12:30:05-05"), Some((1_767_270_605, 0, Some(-18_000))));
        for wrong in ["2026-02-29", "2026-13-01", "2026-01-01 25:00", "2026-01-01 12:30 CET", "2026/01/01", "", "2026-01-01x"] {
            assert_eq!(iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_of_day_are_the_same_with_a_fraction_and_without() {
        assert_eq!(time_of_day(b"23:59:59"), Some((86_399, 0)));
        assert_eq!(time_of_day(b"23:59:60"), Some((86_400, 0)), "a leap second");
        for text in ["00:00:00", "09:05:07", "24:00:00", "12:60:00", "12:00:61", "1:2:3", "12:00:", "12:00:0x", "12:00:001"] {
            assert_eq!(time_of_day(text.as_bytes()), time_of_day(format!("{text}.0").as_bytes()), "{text}");
        }
    }

    #[test]
    fn days_and_dates_agree_over_centuries() {
        for days in (-200_000..200_000).step_by(97) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
    }

    #[test]
    fn a_year_that_was_left_out_comes_from_the_capture() {
        let captured = |seconds| Some(Moment { seconds, offset: Some(3600) });
        let year = |month, day, captured| {
            let time: Time = Time::in_latest_year(month, day, 0, captured)?;
            Some(civil_from_days(time.wall_seconds / DAY).0)
        };
        // 2026-01-02 UTC.
        let january = captured(1_767_312_000);
        assert_eq!(year(1, 1, january), Some(2026));
        assert_eq!(year(1, 3, january), Some(2026), "clocks differ");
        assert_eq!(year(12, 31, january), Some(2025));
        assert_eq!(year(2, 29, january), Some(2024));
        assert_eq!(year(1, 1, None), None);
    }

    #[test]
    fn durations_by_the_clock_are_seconds() {
        let seconds = |text: &str| clock_duration(Field::from(text.as_bytes()));
        assert_eq!(seconds("02:03"), Some(123.0));
        assert_eq!(seconds("1:02:03"), Some(3723.0));
        assert_eq!(seconds("2-00:00:01"), Some(172_801.0));
        assert_eq!(seconds("0:00.25"), Some(0.25));
        assert_eq!(seconds("12"), None);
        assert_eq!(seconds("1:2:3:4"), None);
    }

    #[test]
    fn seconds_since_1970_may_have_a_fraction_and_a_sign() {
        let epoch = |text: &str| Time::<9>::epoch(text.as_bytes()).map(|time| (time.wall_seconds, time.nanos));
        assert_eq!(epoch("1.5"), Some((1, 500_000_000)));
        assert_eq!(epoch("-1.25"), Some((-2, 750_000_000)));
        assert_eq!(epoch("x"), None);
    }
}
