//! How names and values are read.

use outparse_sdk::{Base, Field, Time, time};

/// A name and a value.
pub(super) type Named<'a> = (Field<'a>, Field<'a>);

/// `Name: value`, at the margin.
pub(super) fn named(line: Field<'_>) -> Option<Named<'_>> {
    let (name, value) = line.split_once(":")?;
    let name = name.trim();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ');
    let is_name = name.bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && name.bytes.len() < 40
        && name.bytes.iter().all(is_letter)
        && !line.bytes[0].is_ascii_whitespace();
    is_name.then_some((name, value))
}

/// What rpm before its version 4.9 prints beside a value: `bash                         Relocations: (not relocatable)`.
pub(super) fn beside(value: Field<'_>) -> (Field<'_>, Option<Named<'_>>) {
    const NAMES: [&str; 6] = ["Relocations", "Vendor", "Build Date", "Build Host", "Source RPM", "License"];
    for name in NAMES {
        if let Some((before, after)) = value.split_once(format!(" {name}: ")).filter(|(before, _)| before.bytes.ends_with(b" ")) {
            let start = before.bytes.len() + 1;
            return (before, Some((value.part(start, start + name.len()), after)));
        }
    }
    (value, None)
}

/// Names between a separator.
pub(super) fn list(value: Field<'_>, separator: &str) -> Vec<Vec<u8>> {
    value.split(separator).map(|item| item.trim().bytes.to_vec()).filter(|item| !item.is_empty() && item != b"None").collect()
}

/// `1,234 kB`, `13.97 MiB`, `135.71 KiB`.
pub(super) fn printed_size(value: Field<'_>) -> Option<i64> {
    let plain: Vec<u8> = value.bytes.iter().copied().filter(|byte| *byte != b',').collect();
    let text = String::from_utf8(plain).ok()?;
    let (number, unit) = text.split_once(' ').unwrap_or((&text, "B"));
    match unit {
        "B" => Field::from(number).as_float().map(|bytes| bytes as i64),
        // apt counts in thousands.
        "kB" | "MB" | "GB" => Field::from(format!("{number}{}", &unit[..1].to_uppercase()).as_str()).size(Base::Decimal).ok(),
        "KiB" | "MiB" | "GiB" => Field::from(format!("{number}{}", &unit[..2]).as_str()).size(Base::Binary).ok(),
        _ => None,
    }
}

/// `Wed 16 Oct 2019 09:21:42 AM PDT`, `Sat 23 Mar 2024 21:55:47 CET`
pub(super) fn point(value: Field<'_>) -> Option<Time> {
    let words: Vec<Field<'_>> = value.fields().filter(|word| !word.is_weekday()).collect();
    let (day, month, year, clock, rest) = match words[..] {
        [day, month, year, clock, ref rest @ ..] if month.is_month() => (day, month, year, clock, rest),
        [month, day, clock, year] if month.is_month() => (day, month, year, clock, &[][..]),
        _ => return None,
    };
    let (mut seconds, _) = time::time_of_day(clock.bytes)?;
    match rest.first().map(|word| word.bytes) {
        Some(b"PM") if seconds < 43_200 => seconds += 43_200,
        Some(b"AM") if seconds >= 43_200 => seconds -= 43_200,
        _ => {}
    }
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(rest.last().and_then(|zone| time::zone_offset(zone.bytes)).map_or(local, |offset| local.with_offset(offset)))
}
