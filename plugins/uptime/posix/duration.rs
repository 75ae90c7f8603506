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
    let text = std::str::from_utf8(part.bytes).map_err(|_| unknown())?;
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes) = (whole(hours).ok_or_else(unknown)?, whole(minutes).filter(|&m| m < 60).ok_or_else(unknown)?);
        return Ok(hours.checked_mul(3600).and_then(|seconds| seconds.checked_add(minutes * 60)));
    }
    let (number, name) = text.split_once([' ', '\t']).ok_or_else(unknown)?;
    let name = name.trim_start();
    let is_unit = |start: &str| name.strip_prefix(start).is_some_and(|ending| ENDINGS.contains(&ending));
    let (_, factor) = UNITS.iter().find(|(start, _)| is_unit(start)).ok_or_else(unknown)?;
    Ok(whole(number).ok_or_else(unknown)?.checked_mul(*factor))
}

/// The parts as they were printed, with single blanks.
pub(crate) fn spelling(parts: &[Field<'_>]) -> String {
    let words = |part: &Field<'_>| String::from_utf8_lossy(part.bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    parts.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn whole(digits: &str) -> Option<i64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
