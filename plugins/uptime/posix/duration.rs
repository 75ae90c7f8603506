//! Durations as `uptime` spells them: `16:03`, `24 min`, `20 days`, `1 hr`, `3 day(s)`, and with `-p` up to decades.

use outparse_sdk::{Field, Problem};

/// The units, by the beginnings of their names. procps counts a year as 365 days, and a decade as 10 of these.
const UNITS: [(&str, i64); 8] = [
    ("sec", 1),
    ("min", 60),
    ("hr", 3600),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 7 * 86_400),
    ("year", 365 * 86_400),
    ("decade", 3650 * 86_400),
];

/// What may follow the beginning of a unit's name.
const ENDINGS: [&str; 7] = ["", "s", "(s)", "ond", "onds", "ute", "utes"];

/// Seconds of one part of a duration; None where they do not fit.
pub(crate) fn seconds(part: &Field<'_>) -> Result<Option<i64>, Problem> {
    let unknown = || part.expected("a duration");
    if let Some((hours, minutes)) = part.split_once(":") {
        let (hours, minutes) = (whole(hours).ok_or_else(unknown)?, whole(minutes).filter(|&m| m < 60).ok_or_else(unknown)?);
        return Ok(hours.checked_mul(3600).and_then(|seconds| seconds.checked_add(minutes * 60)));
    }
    let [number, name] = part.fields_and_rest().map_err(|_| unknown())?;
    let is_ending = |field: Field<'_>| ENDINGS.iter().any(|ending| ending.as_bytes() == field.bytes);
    let (_, factor) = UNITS.iter().find(|(start, _)| name.strip_prefix(start).is_some_and(is_ending)).ok_or_else(unknown)?;
    Ok(whole(number).ok_or_else(unknown)?.checked_mul(*factor))
}

fn whole(digits: Field<'_>) -> Option<i64> {
    digits.as_integer().filter(|_| digits.bytes.iter().all(u8::is_ascii_digit))
}
