//! Times of day as `uptime` prints them: `10:25:20`, `10:25`, `2:34PM`, `10:15am`.

/// A time of day.
pub(crate) struct Clock {
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: Option<i64>,
}

/// Reads a time of day; None when it is not one.
pub(crate) fn time_of_day(text: &[u8]) -> Option<Clock> {
    let lower = text.to_ascii_lowercase();
    let (text, afternoon) = match lower.as_slice() {
        [time @ .., b'a', b'm'] => (time, Some(false)),
        [time @ .., b'p', b'm'] => (time, Some(true)),
        time => (time, None),
    };
    let mut parts = text.split(|&byte| byte == b':');
    let hour = number(parts.next()?, 23)?;
    let minute = number(parts.next()?, 59)?;
    let second = match parts.next() {
        // A leap second is the 61st.
        Some(second) => Some(number(second, 60)?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    let hour = match afternoon {
        Some(false) if hour == 12 => 0,
        Some(true) if hour < 12 => hour + 12,
        _ => hour,
    };
    Some(Clock { hour, minute, second })
}

/// The text itself, when it is `2026-11-23 22:52:25`.
pub(crate) fn date_and_time(text: &[u8]) -> Option<&[u8]> {
    let (date, time) = text.split_at_checked(10)?;
    let digits = |range: std::ops::Range<usize>| date.get(range).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    let is_date = digits(0..4) && date[4] == b'-' && digits(5..7) && date[7] == b'-' && digits(8..10);
    let second = time_of_day(time.strip_prefix(b" ")?)?.second;
    (is_date && second.is_some()).then_some(text)
}

/// One or two digits, no larger than `most`.
fn number(digits: &[u8], most: i64) -> Option<i64> {
    let value = match digits {
        [unit] if unit.is_ascii_digit() => i64::from(unit - b'0'),
        [ten, unit] if ten.is_ascii_digit() && unit.is_ascii_digit() => i64::from(ten - b'0') * 10 + i64::from(unit - b'0'),
        _ => return None,
    };
    (value <= most).then_some(value)
}
