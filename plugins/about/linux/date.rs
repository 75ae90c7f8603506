//! `date`: a point in time, in the forms that its options print.

use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source, Time, time};

/// A point in time.
#[derive(Clone, Debug, Record)]
pub struct Instant<'a> {
    /// The time: with an offset where one is printed or the zone is UTC, local otherwise.
    pub time: Time<9>,
    /// Zone, by name.
    pub zone: Option<&'a [u8]>,
    /// As printed.
    pub text: &'a [u8],
}

/// Reads `date`.
pub struct Date;

impl Parser for Date {
    const ABOUT: About = About {
        name: "date",
        version: env!("CARGO_PKG_VERSION"),
        summary: "A point in time, as date prints it",
        commands: &["date", "busybox date", "toybox date", "gdate"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Instant<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Date
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let text = line.whole().trim();
        let (time, zone) =
            read(text).ok_or_else(|| line.expected("a time such as `Fri Nov 27 19:45:08 UTC 2026`, RFC 5322 or ISO 8601"))?;
        rows.push(Instant { time, zone: zone.map(|zone| zone.bytes), text: text.bytes });
        Ok(())
    }
}

fn read(text: Field<'_>) -> Option<(Time<9>, Option<Field<'_>>)> {
    if let Some(time) = Time::iso(text.bytes) {
        return Some((time, None));
    }
    let (mut month, mut day, mut year, mut clock, mut zone, mut half) = (None, None, None, None, None, None);
    for word in text.fields() {
        let plain = word.strip_suffix(",").unwrap_or(word);
        if plain.is_weekday() || word.bytes.ends_with(b"day") || word.bytes.ends_with(b"day,") {
        } else if month.is_none() && time::month(plain.bytes).is_some() && plain.bytes.iter().all(u8::is_ascii_alphabetic) {
            month = time::month(plain.bytes);
        } else if plain.bytes.contains(&b':') {
            clock = Some(time::time_of_day(plain.bytes)?);
        } else if matches!(plain.bytes, b"AM" | b"PM") {
            half = Some(plain.bytes[0] == b'P');
        } else if let Ok(number) =
            plain.integer().map_err(|_| ()).and_then(|number| if plain.bytes[0].is_ascii_digit() { Ok(number) } else { Err(()) })
        {
            if number >= 1000 { year = Some(number) } else { day = u32::try_from(number).ok() }
        } else {
            zone = Some(plain);
        }
    }
    let (mut seconds, nanos) = clock?;
    match half {
        Some(true) if seconds < 43_200 => seconds += 43_200,
        Some(false) if seconds >= 43_200 => seconds -= 43_200,
        _ => {}
    }
    let local: Time<9> = Time::local(year?, month?, day?, seconds)?;
    let local = Time { nanos, ..local };
    // `(UTC+0100)`, as in French.
    let zone = zone.map(|zone| zone.strip_prefix("(UTC").and_then(|zone| zone.strip_suffix(")")).unwrap_or(zone));
    let offset = zone.and_then(|zone| time::zone_offset(zone.bytes));
    let named = zone.filter(|zone| zone.bytes.first().is_some_and(u8::is_ascii_alphabetic));
    Some((offset.map_or(local, |offset| local.with_offset(offset)), named))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Date;

    #[test]
    fn each_form_is_read() {
        for (line, time) in [
            ("Fri Nov 27 19:45:08 UTC 2026", "2026-11-27T19:45:08Z"),
            ("Fri Nov 27 07:45:08 PM CET 2026", "2026-11-27T19:45:08"),
            ("Fri, 27 Nov 2026 19:45:08 +0100", "2026-11-27T19:45:08+01:00"),
            ("2026-11-27T19:45:08+01:00", "2026-11-27T19:45:08+01:00"),
            ("vendredi 27 novembre 2026, 19:45:08 (UTC+0100)", "2026-11-27T19:45:08+01:00"),
        ] {
            let parsed = parse::<Date>(None, format!("{line}\n").as_bytes());
            assert!(parsed.records[0].contains(&format!(r#""time":"{time}""#)), "{line} {parsed:?}");
        }
        assert_unrecognised::<Date>(["hello\n", "Fri Nov 27\n", "1700000000\n"]);
    }
}
