//! Dates, in the forms that `--date` knows and that say a point in time.

use outparse_sdk::{Field, Time, time};

/// `Mon Mar 2 10:00:00 2020 +0100`, `2020-03-02 10:00:00 +0100`, `2020-03-02T10:00:00+01:00`, `Mon, 2 Mar 2020 10:00:00 +0100`,
/// `1583139600 +0100`, `1583139600`.
pub(super) fn date(text: Field<'_>) -> Option<Time> {
    if let Some(time) = Time::iso(text.bytes) {
        return Some(time);
    }
    let words = text.words();
    let (day, month, year, clock, zone) = match words[..] {
        [seconds] => return Time::epoch(seconds.bytes).filter(|time| time.wall_seconds > 9999),
        [seconds, zone] => {
            let offset = time::zone_offset(zone.bytes)?;
            let time: Time = Time::epoch(seconds.bytes)?;
            return Some(Time { wall_seconds: time.wall_seconds + i64::from(offset), ..time }.with_offset(offset));
        }
        // The day of the week first, and with `--date=local` no zone.
        [_, month, day, clock, year] if month.is_month() => (day, month, year, clock, None),
        [_, month, day, clock, year, zone] if month.is_month() => (day, month, year, clock, Some(zone)),
        [_, day, month, year, clock, zone] => (day, month, year, clock, Some(zone)),
        _ => return None,
    };
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
    match zone {
        Some(zone) => Some(local.with_offset(time::zone_offset(zone.bytes)?)),
        None => Some(local),
    }
}
