//! Points in time in batches: how Arrow holds them, and how they are written.
//!
//! A time without an offset is a timestamp without a zone: what clocks showed where the capture was taken. A time with one is a
//! pair of the instant, in UTC, and the offset in seconds, because Arrow has one zone per column, while a column of a capture may
//! have several offsets.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Int32Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields, TimeUnit};

/// The unit of times with this many digits after the second.
pub fn unit(digits: u32) -> TimeUnit {
    match digits {
        0 => TimeUnit::Second,
        3 => TimeUnit::Millisecond,
        6 => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    }
}

/// How many of these units make a second.
pub fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// The zone of instants.
const UTC: &str = "UTC";

/// The fields of a pair of instant and offset.
pub fn with_offset(digits: u32) -> Fields {
    Fields::from(vec![
        // A null time has neither.
        Field::new("instant", DataType::Timestamp(unit(digits), Some(UTC.into())), true),
        Field::new("offset", DataType::Int32, true),
    ])
}

/// Whether values of this type are pairs of instant and offset: nothing else has 32-bit numbers.
pub fn is_with_offset(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) => fields.len() == 2 && *fields[1].data_type() == DataType::Int32,
        _ => false,
    }
}

/// The instants of a column of pairs; any other column as it is.
pub fn instants(column: &ArrayRef) -> ArrayRef {
    if is_with_offset(column.data_type()) { Arc::clone(column.as_struct().column(0)) } else { Arc::clone(column) }
}

/// A column of times from units since 1970.
pub fn column(values: Vec<i64>, nulls: Option<NullBuffer>, digits: u32, utc: bool) -> ArrayRef {
    fn of<T: ArrowTimestampType>(values: Vec<i64>, nulls: Option<NullBuffer>, utc: bool) -> ArrayRef {
        let times = PrimitiveArray::<T>::new(ScalarBuffer::from(values), nulls);
        Arc::new(if utc { times.with_timezone(UTC) } else { times })
    }
    match unit(digits) {
        TimeUnit::Second => of::<TimestampSecondType>(values, nulls, utc),
        TimeUnit::Millisecond => of::<TimestampMillisecondType>(values, nulls, utc),
        TimeUnit::Microsecond => of::<TimestampMicrosecondType>(values, nulls, utc),
        TimeUnit::Nanosecond => of::<TimestampNanosecondType>(values, nulls, utc),
    }
}

/// Units since 1970, and the unit, of a value that is not null. None where the column has no times.
pub fn value(column: &dyn Array, row: usize) -> Option<(i64, TimeUnit)> {
    let DataType::Timestamp(unit, _) = column.data_type() else { return None };
    Some((
        match unit {
            TimeUnit::Second => column.as_primitive::<TimestampSecondType>().value(row),
            TimeUnit::Millisecond => column.as_primitive::<TimestampMillisecondType>().value(row),
            TimeUnit::Microsecond => column.as_primitive::<TimestampMicrosecondType>().value(row),
            TimeUnit::Nanosecond => column.as_primitive::<TimestampNanosecondType>().value(row),
        },
        *unit,
    ))
}

/// Writes a time that is not null as RFC 3339, without an offset where none is known. Returns whether the column has times.
pub fn write(column: &dyn Array, row: usize, to: &mut String) -> bool {
    write_with(column, row, 'T', to)
}

/// The same with another letter between date and time.
pub fn write_with(column: &dyn Array, row: usize, between: char, to: &mut String) -> bool {
    if is_with_offset(column.data_type()) {
        let pair = column.as_struct();
        let offset = pair.column(1).as_primitive::<Int32Type>().value(row);
        let Some((value, unit)) = value(pair.column(0), row) else { return false };
        write_time(value, unit, Some(offset), between, to);
        return true;
    }
    let Some((value, unit)) = value(column, row) else { return false };
    write_time(value, unit, None, between, to);
    true
}

fn write_time(value: i64, unit: TimeUnit, offset: Option<i32>, between: char, to: &mut String) {
    let units = per_second(unit);
    let seconds = value.div_euclid(units).saturating_add(i64::from(offset.unwrap_or(0)));
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    // Piece by piece, or with all that formatting can do, this would take most of the time of a record that has a time.
    let pair = |number: i64| [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8];
    if (0..=9999).contains(&year) {
        let ([y1, y2], [y3, y4]) = (pair(year / 100), pair(year));
        push_ascii(&[y1, y2, y3, y4], to);
    } else {
        // Writing to a `String` cannot fail.
        let _ = write!(to, "{year:04}");
    }
    let ([m1, m2], [d1, d2]) = (pair(i64::from(month)), pair(i64::from(day)));
    push_ascii(&[b'-', m1, m2, b'-', d1, d2], to);
    to.push(between);
    let ([h1, h2], [n1, n2], [s1, s2]) = (pair(hour), pair(minute), pair(second));
    push_ascii(&[h1, h2, b':', n1, n2, b':', s1, s2], to);
    let nanos = value.rem_euclid(units) * (1_000_000_000 / units);
    let _ = match nanos {
        0 => Ok(()),
        _ if nanos % 1_000_000 == 0 => write!(to, ".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => write!(to, ".{:06}", nanos / 1_000),
        _ => write!(to, ".{nanos:09}"),
    };
    match offset {
        None => {}
        Some(0) => to.push('Z'),
        Some(offset) => {
            let (sign, ahead) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
            let _ = write!(to, "{sign}{:02}:{:02}", ahead / 3600, ahead / 60 % 60);
        }
    }
}

/// Appends characters of ASCII, which always are a text.
fn push_ascii(text: &[u8], to: &mut String) {
    to.push_str(std::str::from_utf8(text).unwrap_or_default());
}

/// Reads `2026-01-31`, `2026-01-31 12:00`, `2026-01-31T12:00:59.5+01:00`: seconds since 1970, billionths, and the offset.
pub fn read(text: &str) -> Option<(i64, u32, Option<i32>)> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let sound = bytes[4] == b'-' && bytes[7] == b'-' && (1..=12).contains(&month) && (1..=31).contains(&day);
    let days = days_from_civil(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    if !sound || civil_from_days(days) != (year, month as u32, day as u32) {
        return None;
    }
    if bytes.len() == 10 {
        return Some((days * 86_400, 0, None));
    }
    let clock_end = (11..bytes.len()).find(|&at| !matches!(bytes[at], b'0'..=b'9' | b':' | b'.')).unwrap_or(bytes.len());
    if !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let (clock, zone) = (&text[11..clock_end], text[clock_end..].trim_start());
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let mut part = |most: i64| parts.next()?.parse::<i64>().ok().filter(|value| (0..=most).contains(value));
    let (hour, minute) = (part(23)?, part(59)?);
    let second = part(60).unwrap_or(0);
    let nanos = match fraction {
        "" => 0,
        digits => format!("{:0<9}", digits.get(..digits.len().min(9))?).parse().ok()?,
    };
    let offset = match zone {
        "" => None,
        "Z" | "z" | "UTC" => Some(0),
        zone => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let digits: String = zone.get(1..)?.chars().filter(|c| *c != ':').collect();
            let hours: i32 = digits.get(..2)?.parse().ok()?;
            let minutes: i32 =
                digits.get(2..).map_or(Some(0), |minutes| if minutes.is_empty() { Some(0) } else { minutes.parse().ok() })?;
            zone.starts_with(['+', '-'])
                .then_some(sign * (hours * 3600 + minutes * 60))
                .filter(|offset| offset.abs() < 86_400)?
                .into()
        }
    };
    Some((days * 86_400 + hour * 3600 + minute * 60 + second - i64::from(offset.unwrap_or(0)), nanos, offset))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * i64::from((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The year, month and day of a day since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) = ((day_of_year - (153 * shifted + 2) / 5 + 1) as u32, ((shifted + 2) % 12 + 1) as u32);
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (text, seconds, nanos, offset) in [
            ("2026-01-01", 1_767_225_600, 0, None),
            ("2026-01-01T12:30:00", 1_767_270_600, 0, None),
            ("2026-01-01T12:30:05.250+01:00", 1_767_267_005, 250_000_000, Some(3600)),
            ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999, Some(0)),
            ("2026-01-01 12:30-0530", 1_767_290_400, 0, Some(-19_800)),
        ] {
            assert_eq!(read(text), Some((seconds, nanos, offset)), "{text}");
        }
        for text in ["", "2026", "2026-02-30", "2026-01-01x", "2026-01-01T25:00", "2026-01-01T12:00+99:00", "today"] {
            assert_eq!(read(text), None, "{text}");
        }
        let mut text = String::new();
        write_time(-1_500, TimeUnit::Millisecond, Some(-19_800), 'T', &mut text);
        assert_eq!(text, "1969-12-31T18:29:58.500-05:30");
    }
}
