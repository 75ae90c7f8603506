//! Times and durations as systemd prints them.

use outparse_sdk::{Field, Time, time};

/// `2 days 3h 5min`, `1.204s`, `3 weeks 1 day`, as seconds. systemd leaves small units out of large spans.
pub(crate) fn seconds(text: Field<'_>) -> Option<f64> {
    let mut total = 0.0;
    let mut words = text.fields().peekable();
    words.peek()?;
    while let Some(word) = words.next() {
        let digits = word.bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let (number, unit) = word.split_at(digits);
        let unit = if unit.bytes.is_empty() { words.next()? } else { unit };
        let factor = match unit.bytes {
            b"us" | b"\xce\xbcs" => 1e-6,
            b"ms" => 1e-3,
            b"s" | b"sec" => 1.0,
            b"min" | b"m" => 60.0,
            b"h" => 3600.0,
            b"d" | b"day" | b"days" => 86_400.0,
            b"w" | b"week" | b"weeks" => 604_800.0,
            b"month" | b"months" => 2_629_800.0,
            b"y" | b"year" | b"years" => 31_557_600.0,
            _ => return None,
        };
        total += number.as_float()? * factor;
    }
    Some(total)
}

/// `Sat 2020-02-29 00:00:00 UTC`. The name of any other zone says no offset that can be trusted: the time is local then.
pub(crate) fn point(text: Field<'_>) -> Option<Time<6>> {
    let words = text.words();
    let [weekday, date, clock, zone] = words[..] else { return None };
    if !weekday.is_weekday() {
        return None;
    }
    let local = Time::iso(&[date.bytes, b" ", clock.bytes].concat())?;
    Some(time::zone_offset(zone.bytes).map_or(local, |offset| local.with_offset(offset)))
}
