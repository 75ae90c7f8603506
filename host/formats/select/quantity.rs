//! Numbers with units: `10GiB`, `80%`, `2h`, in the unit that the field has.

/// A number, exact where it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Number::Whole(number) => number as f64,
            Number::Fraction(number) => number,
        }
    }
}

/// What a unit measures, and how many of the smallest unit it is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit {
    measures: Measure,
    factor: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// In bytes.
    Size,
    /// In nanoseconds.
    Time,
    Share,
}

const SIZES: [&str; 6] = ["K", "M", "G", "T", "P", "E"];

/// A unit as it is typed with a number. `K` and `KiB` are 1024 bytes, `kB` and `KB` 1000.
fn typed(unit: &str) -> Option<Unit> {
    const SECOND: i128 = 1_000_000_000;
    let of = |measures, factor| Some(Unit { measures, factor });
    match unit {
        "%" => return of(Measure::Share, 1),
        "B" => return of(Measure::Size, 1),
        "ns" => return of(Measure::Time, 1),
        "us" | "µs" => return of(Measure::Time, SECOND / 1_000_000),
        "ms" => return of(Measure::Time, SECOND / 1000),
        "s" => return of(Measure::Time, SECOND),
        "m" | "min" => return of(Measure::Time, 60 * SECOND),
        "h" => return of(Measure::Time, 3600 * SECOND),
        "d" => return of(Measure::Time, 86_400 * SECOND),
        _ => {}
    }
    let prefix = unit.get(..1)?;
    let power = SIZES.iter().position(|size| size.eq_ignore_ascii_case(prefix))?;
    let base: i128 = match &unit[1..] {
        "" | "iB" | "ib" => 1024,
        "B" | "b" => 1000,
        _ => return None,
    };
    of(Measure::Size, base.pow(u32::try_from(power).ok()? + 1))
}

/// A unit as schemas name it.
fn of_field(unit: &str) -> Option<Unit> {
    let typed_as = match unit {
        "bytes" => "B",
        "kibibytes" => "KiB",
        "percent" => "%",
        "nanoseconds" => "ns",
        "microseconds" => "us",
        "milliseconds" => "ms",
        "seconds" => "s",
        "minutes" => "min",
        "hours" => "h",
        "days" => "d",
        _ => return None,
    };
    typed(typed_as)
}

/// Whether a word is a unit.
pub(super) fn is_unit(word: &str) -> bool {
    typed(word).is_some()
}

/// Reads a number and converts it to the field's unit. The error says what is wrong with it.
pub(super) fn number(text: &str, field: Option<&str>) -> Result<Number, String> {
    let (number, unit) = split(text);
    let plain = number.parse::<i128>().map(Number::Whole).or_else(|_| {
        let float = number.parse::<f64>().ok().filter(|float| float.is_finite());
        float.map(whole_where_exact).ok_or_else(|| format!("`{text}` is not a number"))
    })?;
    if unit.is_empty() {
        return Ok(plain);
    }
    let Some(typed) = typed(unit) else { return Err(format!("`{unit}` is not a unit; use KiB, MB, %, ms, s, min, h, d, …")) };
    let known = field.and_then(of_field).filter(|known| known.measures == typed.measures);
    let Some(known) = known else {
        return Err(match field {
            Some(field) => format!("`{unit}` does not fit: the field is in {field}"),
            None => format!("`{unit}` does not fit: the field has no unit"),
        });
    };
    Ok(match plain {
        Number::Whole(number) => match number.checked_mul(typed.factor) {
            Some(product) if product % known.factor == 0 => Number::Whole(product / known.factor),
            _ => Number::Fraction(number as f64 * (typed.factor as f64 / known.factor as f64)),
        },
        Number::Fraction(number) => whole_where_exact(number * (typed.factor as f64 / known.factor as f64)),
    })
}

/// Whether a text is a number, with a unit or without.
pub(super) fn looks_like_a_number(text: &str) -> bool {
    let (number, unit) = split(text);
    number.parse::<f64>().is_ok_and(f64::is_finite) && (unit.is_empty() || is_unit(unit))
}

fn split(text: &str) -> (&str, &str) {
    let unit = text.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').len();
    // The `e` of `1e3` stands before digits and is no unit.
    (text[..unit].trim_end(), &text[unit..])
}

fn whole_where_exact(number: f64) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { Number::Whole(number as i128) } else { Number::Fraction(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_1024_or_1000() {
        for (text, bytes) in [
            ("10GiB", 10 << 30),
            ("1K", 1024),
            ("1k", 1024),
            ("1kB", 1000),
            ("1 MB", 1_000_000),
            ("1.5KiB", 1536),
            ("8EiB", 1 << 63),
            ("-1M", -(1 << 20)),
            ("7B", 7),
        ] {
            assert_eq!(number(text, Some("bytes")), Ok(Number::Whole(bytes)), "{text}");
        }
        assert_eq!(number("1MiB", Some("kibibytes")), Ok(Number::Whole(1024)));
        assert_eq!(number("1B", Some("kibibytes")), Ok(Number::Fraction(1.0 / 1024.0)));
    }

    #[test]
    fn times_are_in_the_field_s_unit() {
        assert_eq!(number("2h", Some("seconds")), Ok(Number::Whole(7200)));
        assert_eq!(number("1.5s", Some("milliseconds")), Ok(Number::Whole(1500)));
        assert_eq!(number("90s", Some("minutes")), Ok(Number::Fraction(1.5)));
        assert_eq!(number("5m", Some("seconds")), Ok(Number::Whole(300)));
    }

    #[test]
    fn numbers_without_a_unit_are_as_the_field_has_them() {
        assert_eq!(number("80", Some("percent")), Ok(Number::Whole(80)));
        assert_eq!(number("80%", Some("percent")), Ok(Number::Whole(80)));
        assert_eq!(number("1e3", None), Ok(Number::Whole(1000)));
    }

    #[test]
    fn a_unit_of_something_else_is_refused() {
        for (text, unit, why) in [
            ("3h", Some("bytes"), "`h` does not fit: the field is in bytes"),
            ("3GiB", None, "`GiB` does not fit: the field has no unit"),
            ("3parsec", Some("bytes"), "`parsec` is not a unit; use KiB, MB, %, ms, s, min, h, d, …"),
            ("x", None, "`x` is not a number"),
            ("inf", None, "`inf` is not a number"),
            ("1e999", None, "`1e999` is not a number"),
        ] {
            assert_eq!(number(text, unit), Err(why.to_owned()), "{text}");
        }
    }
}
