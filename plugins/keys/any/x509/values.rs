//! Values as OpenSSL prints them: times, numbers in hexadecimal.

use outparse_sdk::{Field, Problem, Time, time};

/// `Nov 29 05:47:35 2026 GMT`, or ISO 8601 with `-dateopt iso_8601`.
pub(crate) fn point(text: Field<'_>) -> Result<Time, Problem> {
    let read = || {
        let [month, day, clock, year, zone] = text.fields_and_rest().ok()?;
        let day = u32::try_from(day.as_integer()?).ok()?;
        let time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
        Some(time.with_offset(time::zone_offset(zone.trim().bytes)?))
    };
    let iso = || Time::iso(text.bytes).filter(|time| time.offset.is_some());
    iso().or_else(read).ok_or_else(|| text.expected("a time, as in `Nov 29 05:47:35 2026 GMT`"))
}

/// `54:63:b5`, `5463B5`, `-5`: digits in upper case.
pub(crate) fn hexadecimal(text: Field<'_>) -> Result<Vec<u8>, Problem> {
    let digits: Vec<u8> = text.bytes.iter().filter(|byte| **byte != b':').map(u8::to_ascii_uppercase).collect();
    let bare = digits.strip_prefix(b"-").unwrap_or(&digits);
    if bare.is_empty() || !bare.iter().all(u8::is_ascii_hexdigit) {
        return Err(text.expected("hexadecimal digits"));
    }
    Ok(digits)
}

/// `1234 (0x4d2)`: what stands in the brackets, in pairs of digits.
pub(crate) fn serial(value: Field<'_>) -> Result<Vec<u8>, Problem> {
    let inside = value.split_once("(").and_then(|(_, inside)| inside.strip_suffix(")"));
    let inside = inside.ok_or_else(|| value.expected("`NUMBER (0xNUMBER)`"))?;
    let (sign, digits) = match inside.strip_prefix("-") {
        Some(digits) => ("-", digits),
        None => ("", inside),
    };
    let digits = hexadecimal(digits.strip_prefix("0x").ok_or_else(|| digits.expected("`0x…`"))?)?;
    let zero = if digits.len() % 2 == 1 { "0" } else { "" };
    Ok([sign.as_bytes(), zero.as_bytes(), &digits].concat())
}
