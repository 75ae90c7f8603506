//! Times of day as `uptime` prints them: `10:25:20`, `10:25`, `2:34PM`, `10:15am`.

use outparse_sdk::Field;

/// Seconds since midnight of a time of day; None when it is not one.
pub(crate) fn time_of_day(text: Field<'_>) -> Option<i64> {
    let (before, half) = text.split_at(text.bytes.len().saturating_sub(2));
    let (numbers, afternoon) = match half.bytes {
        [b'a' | b'A', b'm' | b'M'] => (before, Some(false)),
        [b'p' | b'P', b'm' | b'M'] => (before, Some(true)),
        _ => (text, None),
    };
    let mut parts = numbers.split(":");
    let hour = number(parts.next()?, 23)?;
    let minute = number(parts.next()?, 59)?;
    let second = match parts.next() {
        // A leap second is the 61st.
        Some(second) => number(second, 60)?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let hour = match afternoon {
        Some(false) if hour == 12 => 0,
        Some(true) if hour < 12 => hour + 12,
        _ => hour,
    };
    Some(hour * 3600 + minute * 60 + second)
}

/// Whether this is like `2026-11-23 22:52:25`.
pub(crate) fn is_date_and_time(text: Field<'_>) -> bool {
    text.has_shape("0000-00-00 00:00:00") && time_of_day(text.split_at(11).1).is_some()
}

/// One or two digits, no larger than `most`.
fn number(digits: Field<'_>, most: i64) -> Option<i64> {
    let fits = digits.has_shape("0") || digits.has_shape("00");
    digits.as_integer().filter(|&value| fits && value <= most)
}
