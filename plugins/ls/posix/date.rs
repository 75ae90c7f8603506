//! The date of a line of `ls -l`, in the forms that its flags and families have.

use outparse_sdk::{Field, Moment, Time, scan, time};

/// A date that was read.
pub(crate) enum Date {
    /// It is known to the year.
    Whole(Time<9>),
    /// The year is missing, and nothing says which one it was; or it is no date that exists.
    Partial,
}

/// Reads the words of a date.
pub(crate) fn read(words: &[Field<'_>], captured: Option<Moment>) -> Date {
    whole(words, captured).map_or(Date::Partial, Date::Whole)
}

fn whole(words: &[Field<'_>], captured: Option<Moment>) -> Option<Time<9>> {
    match words {
        [weekday, rest @ ..] if weekday.is_weekday() => whole(rest, captured),
        // `Nov 3 22:52`, `Nov 3 2025`, `Nov 3 22:52:25 2025`, and the day before the month.
        [one, other, rest @ ..] if one.is_month() => month_first(*one, *other, rest, captured),
        [one, other, rest @ ..] if other.is_month() => month_first(*other, *one, rest, captured),
        // `11-03 22:52` of `--time-style=iso`
        [day, clock] if day.has_shape("00-00") => {
            let (month, day) = day.split_once("-")?;
            let (seconds, nanos) = time::time_of_day(clock.bytes)?;
            let time = Time::in_latest_year(small(month)?, small(day)?, seconds, captured)?;
            Some(Time { nanos, ..time })
        }
        [date] => Time::iso(date.bytes),
        [date, clock] => Time::iso(&[date.bytes, b" ", clock.bytes].concat()),
        [date, clock, zone] => Time::iso(&[date.bytes, b" ", clock.bytes, b" ", zone.bytes].concat()),
        _ => None,
    }
}

/// `Nov 3 22:52`, `Nov 3 2025`, `Nov 3 22:52:25 2025`
#[inline]
pub(crate) fn month_first(month: Field<'_>, day: Field<'_>, rest: &[Field<'_>], captured: Option<Moment>) -> Option<Time<9>> {
    let (month, day) = (time::month(month.bytes)?, small(day)?);
    match rest {
        [clock, year] => Time::local(year.as_integer()?, month, day, time::time_of_day(clock.bytes)?.0),
        [last] => match scan::digits(last.bytes) {
            Some(year) => Time::local(year as i64, month, day, 0),
            None => Time::in_latest_year(month, day, time::time_of_day(last.bytes)?.0, captured),
        },
        _ => None,
    }
}

fn small(digits: Field<'_>) -> Option<u32> {
    scan::digits(digits.bytes).and_then(|number| u32::try_from(number).ok())
}
