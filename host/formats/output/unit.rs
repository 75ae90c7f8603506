//! Numbers with the unit that the schema names: sizes and times in the unit that suits them. Numbers of other units stay as
//! they are, and the title says the unit.

use std::borrow::Cow;

use super::screen::printable;
use outparse::schema::{Field, Kind};

/// A number of either type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    pub(super) fn real(self) -> f64 {
        match self {
            Number::Whole(number) => number as f64,
            Number::Real(number) => number,
        }
    }
}

/// What a unit that is shown with the value counts.
enum Unit {
    Percent,
    /// This many bytes.
    Bytes(f64),
    /// This many seconds.
    Seconds(f64),
}

fn known(unit: &str) -> Option<Unit> {
    Some(match unit {
        "percent" => Unit::Percent,
        "bytes" => Unit::Bytes(1.0),
        "kibibytes" => Unit::Bytes(1024.0),
        "mebibytes" => Unit::Bytes(1024.0 * 1024.0),
        "gibibytes" => Unit::Bytes(1024.0 * 1024.0 * 1024.0),
        "seconds" => Unit::Seconds(1.0),
        "milliseconds" => Unit::Seconds(1e-3),
        "microseconds" => Unit::Seconds(1e-6),
        "nanoseconds" => Unit::Seconds(1e-9),
        // Days, hours and minutes are parts of a time or a date more often than times of their own.
        _ => return None,
    })
}

/// A number for people.
pub(super) fn shown(number: Number, unit: Option<&str>) -> String {
    match unit.and_then(known) {
        Some(Unit::Percent) => format!("{}%", percentage(number)),
        Some(Unit::Bytes(each)) => bytes(number.real() * each),
        Some(Unit::Seconds(each)) => duration(number, each),
        None => plain(number),
    }
}

/// A field's name as a title, with the unit where neither the values nor the name say it.
pub(super) fn title(field: &Field) -> String {
    let name = printable(&field.name).replace('_', " ");
    let counted = if let Kind::List(item) = &field.kind { item } else { field };
    let Some(unit) = counted.unit.as_deref().filter(|unit| !unit.is_empty() && known(unit).is_none()) else { return name };
    let singular = |word: &str| word.trim_end_matches('s').to_lowercase();
    if name.split(' ').any(|word| singular(word) == singular(unit)) { name } else { format!("{name} ({})", printable(unit)) }
}

/// A number as it is; beyond what anybody reads digit by digit, with an exponent.
fn plain(number: Number) -> String {
    match number {
        Number::Whole(number) => number.to_string(),
        Number::Real(number) if number == 0.0 || !number.is_finite() || (1e-6..1e15).contains(&number.abs()) => {
            number.to_string()
        }
        Number::Real(number) => format!("{number:e}"),
    }
}

/// With two decimals, where they are not zero.
fn percentage(number: Number) -> Cow<'static, str> {
    match number {
        Number::Real(real) if real.is_finite() && real.abs() < 1e15 => {
            let text = format!("{real:.2}");
            Cow::Owned(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        other => Cow::Owned(plain(other)),
    }
}

/// Three figures, which can be read at a glance, with at most this many decimals.
fn figures(value: f64, most: usize) -> String {
    let decimals = match value.abs() {
        99.95.. => 0,
        9.995.. => 1,
        0.9995.. => 2,
        _ => 3,
    };
    format!("{value:.0$}", decimals.min(most))
}

/// A size in the largest unit of 1024 that leaves at least 1, with three figures.
pub(super) fn bytes(mut value: f64) -> String {
    const UNITS: [&str; 9] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    let mut unit = 0;
    // From 999.5 on, three figures would show a thousand.
    while value.abs() >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{value:.0} B") } else { format!("{} {}", figures(value, 2), UNITS[unit]) }
}

/// Thirty years in seconds: what is longer is a time since 1970 rather than a duration.
const LONGEST: f64 = 1e9;

/// A duration in the two units that say most; below a minute with three figures, whole numbers as they are. A unit is
/// `each` seconds.
fn duration(number: Number, each: f64) -> String {
    let seconds = number.real() * each;
    let long = seconds.abs();
    if long >= LONGEST || !seconds.is_finite() {
        return format!("{} s", plain(if each == 1.0 { number } else { Number::Real(seconds) }));
    }
    if long >= 59.95 {
        let sign = if seconds < 0.0 { "-" } else { "" };
        // Rounded to tenths first, so that 59.96 is not a minute without its seconds.
        let whole = ((long * 10.0).round() / 10.0) as i64;
        let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60);
        return match (days, hours) {
            (0, 0) => format!("{sign}{minutes}m {:02}s", whole % 60),
            (0, _) => format!("{sign}{hours}h {minutes:02}m"),
            _ => format!("{sign}{days}d {hours}h"),
        };
    }
    let units = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)];
    let own = |&(_, unit): &(&str, f64)| unit == each;
    // From 999.5 on, three figures would show a thousand. A unit smaller than the field's own is only for values below a
    // hundredth of the field's own unit, and zero is shown in the field's own.
    let suits = |&(_, unit): &(&str, f64)| long >= unit * 0.9995 || (unit == each && long >= unit * 0.01);
    let fits = if long == 0.0 { units.iter().find(|unit| own(unit)) } else { units.iter().find(|unit| suits(unit)) };
    let &(name, unit) = fits.unwrap_or(&units[3]);
    match number {
        Number::Whole(whole) if unit == each => format!("{whole} {name}"),
        _ if long == 0.0 => format!("0 {name}"),
        _ => format!("{} {name}", figures(seconds / unit, 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::field;

    fn whole(number: i64, unit: &str) -> String {
        shown(Number::Whole(number), Some(unit))
    }

    fn real(number: f64, unit: &str) -> String {
        shown(Number::Real(number), Some(unit))
    }

    #[test]
    fn sizes_have_three_figures() {
        assert_eq!(whole(0, "bytes"), "0 B");
        assert_eq!(whole(999, "bytes"), "999 B");
        assert_eq!(whole(1000, "bytes"), "0.98 KiB");
        assert_eq!(whole(250_181_844_992, "bytes"), "233 GiB");
        assert_eq!(whole(-1536, "bytes"), "-1.50 KiB");
        assert_eq!(whole(i64::MAX, "bytes"), "8.00 EiB");
        assert_eq!(whole(i64::MIN, "kibibytes"), "-8.00 ZiB");
        assert_eq!(whole(18_652, "kibibytes"), "18.2 MiB");
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!(whole(0, "seconds"), "0 s");
        assert_eq!(whole(59, "seconds"), "59 s");
        assert_eq!(whole(65, "seconds"), "1m 05s");
        assert_eq!(whole(3720, "seconds"), "1h 02m");
        assert_eq!(whole(3 * 86_400 + 4 * 3600 + 59, "seconds"), "3d 4h");
        assert_eq!(whole(-65, "seconds"), "-1m 05s");
        assert_eq!(real(1.5, "seconds"), "1.50 s");
        assert_eq!(real(59.97, "seconds"), "1m 00s");
        assert_eq!(whole(i64::MAX, "seconds"), "9223372036854775807 s");
        assert_eq!(real(1_763_951_000.25, "seconds"), "1763951000.25 s");
    }

    #[test]
    fn short_times_are_shown_in_the_unit_that_suits_them() {
        assert_eq!(whole(12, "milliseconds"), "12 ms");
        assert_eq!(real(12.34, "milliseconds"), "12.3 ms");
        assert_eq!(real(0.045, "milliseconds"), "0.045 ms");
        assert_eq!(real(0.0045, "milliseconds"), "4.50 µs");
        assert_eq!(real(0.25, "seconds"), "0.250 s");
        assert_eq!(real(0.0, "milliseconds"), "0 ms");
        assert_eq!(whole(1500, "milliseconds"), "1.50 s");
        assert_eq!(real(90_061_000.0, "milliseconds"), "1d 1h");
        assert_eq!(real(-0.5, "nanoseconds"), "-0.500 ns");
        assert_eq!(real(f64::NAN, "seconds"), "NaN s");
    }

    #[test]
    fn percentages_have_two_decimals_where_they_matter() {
        assert_eq!(whole(120, "percent"), "120%");
        assert_eq!(real(0.3, "percent"), "0.3%");
        assert_eq!(real(100.0, "percent"), "100%");
        assert_eq!(real(33.3333, "percent"), "33.33%");
        assert_eq!(real(-5.0, "percent"), "-5%");
        assert_eq!(real(1e300, "percent"), "1e300%");
    }

    #[test]
    fn other_numbers_stay_as_they_are() {
        assert_eq!(shown(Number::Whole(i64::MIN), None), "-9223372036854775808");
        assert_eq!(real(0.51, "megabits"), "0.51");
        assert_eq!(real(1e300, "megabits"), "1e300");
        assert_eq!(real(f64::INFINITY, "megabits"), "inf");
    }

    #[test]
    fn the_title_says_a_unit_that_nothing_else_says() {
        let titled = |name: &str, unit: &str| {
            let mut field = field(name, Kind::Integer);
            field.unit = Some(unit.to_owned());
            title(&field)
        };
        assert_eq!(titled("speed", "megabits"), "speed (megabits)");
        assert_eq!(titled("uptime_days", "days"), "uptime days");
        assert_eq!(titled("time_hour", "hours"), "time hour");
        assert_eq!(titled("mounted_size", "bytes"), "mounted size");
        assert_eq!(titled("speed", "\u{1b}[2J"), "speed (\\u{1b}[2J)");
    }
}
