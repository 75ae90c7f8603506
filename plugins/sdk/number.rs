//! Numbers as commands print them.

use crate::scan;

/// What a bare size suffix counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `K` is 1024, as with `-h`.
    Binary,
    /// `K` is 1000, as with `-H` and `--si`.
    Decimal,
}

/// Why a text is not the number it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// It does not look like one.
    Syntax,
    /// It is one, and has more than 64 bits.
    Range,
}

/// The suffixes by power, from 1000¹ or 1024¹ up.
const SUFFIXES: &[u8] = b"KMGTPEZYRQ";

pub(crate) fn integer(text: &[u8]) -> Result<i64, Error> {
    let (negative, digits) = sign(text);
    if let Some(value) = scan::digits(digits) {
        // At most 16 digits: they always fit.
        let value = value as i64;
        return Ok(if negative { -value } else { value });
    }
    let value = whole(digits)?;
    i64::try_from(if negative { -value } else { value }).map_err(|_| Error::Range)
}

pub(crate) fn hexadecimal(text: &[u8]) -> Result<i64, Error> {
    let digits = text.strip_prefix(b"0x").or(text.strip_prefix(b"0X")).unwrap_or(text);
    if digits.is_empty() {
        return Err(Error::Syntax);
    }
    let mut value = 0_i64;
    let mut is_too_large = false;
    for byte in digits {
        let digit = char::from(*byte).to_digit(16).ok_or(Error::Syntax)?;
        is_too_large |= value >> 59 != 0;
        value = value << 4 | i64::from(digit);
    }
    if is_too_large { Err(Error::Range) } else { Ok(value) }
}

/// A number, perhaps with decimals. A comma is the decimal point of many countries, if it is the only mark: no command groups the
/// digits of such numbers.
pub(crate) fn float(text: &[u8]) -> Result<f64, Error> {
    // Most have one decimal, and take a third of the time if they are told first.
    if let [whole @ .., b'.', tenths @ b'0'..=b'9'] = text
        && let Some(whole) = scan::digits(whole).filter(|whole| *whole < 1 << 49)
    {
        return Ok((whole * 10 + u64::from(tenths - b'0')) as f64 / 10.0);
    }
    if let Some(number) = Decimal::read(text).and_then(|decimal| decimal.times_ten_to(0)) {
        return Ok(number);
    }
    let marks = || text.iter().filter(|byte| matches!(byte, b'.' | b',' | b'e' | b'E')).count();
    if text.contains(&b',') {
        let inside = text.last().is_some_and(u8::is_ascii_digit) && text.first() != Some(&b',');
        return if marks() == 1 && inside { float(&with_point(text)) } else { Err(Error::Syntax) };
    }
    let plain = text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if !plain {
        return Err(Error::Syntax);
    }
    let number: f64 = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(Error::Syntax)?;
    if number.is_finite() { Ok(number) } else { Err(Error::Range) }
}

/// A number with an optional suffix: a letter of [`SUFFIXES`] in either case, or none; then `i`, `iB` or `B`
/// (and `Bi` for bytes, as macOS writes them). Letters with `i` count
/// in 1024, letters with a bare `B` in 1000, bare letters in `base`.
///
/// A comma is the decimal point before one or two digits and a suffix; elsewhere it might group digits.
pub(crate) fn size(text: &[u8], base: Base) -> Result<i64, Error> {
    // Digits alone are the most common size. At most 16 of them: they always fit.
    if let Some(value) = scan::digits(text) {
        return Ok(value as i64);
    }
    let end = text.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+')).count();
    let (number, suffix) = text.split_at(end);
    if let Some((b',', after)) = suffix.split_first() {
        let decimals = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let suffixed = after.get(decimals).is_some_and(|&letter| power(letter).is_some());
        let plain = number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        return if (1..=2).contains(&decimals) && suffixed && plain { size(&with_point(text), base) } else { Err(Error::Syntax) };
    }
    let (negative, number) = sign(number);
    let (letter, rest) = match suffix {
        [letter, rest @ ..] if power(*letter).is_some() => (power(*letter), rest),
        rest => (None, rest),
    };
    let base = match rest {
        b"i" | b"iB" => 1024i128,
        b"Bi" if letter.is_none() => 1,
        b"B" if letter.is_some() => 1000,
        b"" | b"B" if base == Base::Binary => 1024,
        b"" | b"B" => 1000,
        _ => return Err(Error::Syntax),
    };
    let point = number.iter().position(|&byte| byte == b'.').unwrap_or(number.len());
    let decimals = number.get(point + 1..).unwrap_or_default();
    if point == 0 || point + 1 == number.len() {
        return Err(Error::Syntax);
    }
    // What nearly all sizes are fits into 64 bits on the way, too: numbers twice as wide are slow in the sandbox.
    if point <= 6
        && decimals.len() <= 6
        && let Some(power @ 0..=4) = letter.or(Some(0))
        && let Some(value) = scan::digits(&number[..point])
        && let Some(fraction) = if decimals.is_empty() { Some(0) } else { scan::digits(decimals) }
    {
        let factor = (base as u64).pow(power);
        let value = (value * factor + fraction * factor / 10_u64.pow(decimals.len() as u32)) as i64;
        return Ok(if negative { -value } else { value });
    }
    let factor = base.checked_pow(letter.unwrap_or(0)).ok_or(Error::Range)?;

    let value = whole(&number[..point])?.checked_mul(factor).ok_or(Error::Range)?;
    let fraction = match decimals.len() {
        0 => 0,
        // Enough for any command, and few enough that the product below cannot overflow.
        1..=6 => whole(decimals)? * factor / 10i128.pow(decimals.len() as u32),
        _ => return Err(Error::Syntax),
    };
    let value = value + fraction;
    i64::try_from(if negative { -value } else { value }).map_err(|_| Error::Range)
}

/// A float in units of a power of ten, without the error of a division.
pub(crate) fn float_e(text: &[u8], power: i32) -> Result<f64, Error> {
    if let Some(number) = Decimal::read(text).and_then(|decimal| decimal.times_ten_to(power)) {
        return Ok(number);
    }
    let number = float(text)?;
    if text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return Ok(number * 10f64.powi(power));
    }
    float(&[&with_point(text)[..], format!("e{power}").as_bytes()].concat())
}

/// A number as most commands print it: few digits, with or without decimals. Its digits and the power of ten are then both exact
/// as floats, so one division or product of them gives the nearest float, just as the long way does.
struct Decimal {
    negative: bool,
    digits: u64,
    decimals: i32,
}

impl Decimal {
    /// None for anything that is not this simple.
    fn read(text: &[u8]) -> Option<Decimal> {
        let (negative, text) = sign(text);
        if text.len() > 16 {
            return None;
        }
        // Most numbers have no decimals.
        if text.len() < 16
            && let Some(digits) = scan::digits(text)
        {
            return Some(Decimal { negative, digits, decimals: 0 });
        }
        let point = text.iter().position(|&byte| byte == b'.')?;
        let decimals = text.len() - point - 1;
        let digits = scan::digits(&text[..point])? * 10_u64.pow(decimals as u32) + scan::digits(&text[point + 1..])?;
        Some(Decimal { negative, digits, decimals: decimals as i32 })
    }

    /// None where the power is too large to be exact.
    fn times_ten_to(&self, power: i32) -> Option<f64> {
        const POWERS: [f64; 23] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
            1e21, 1e22,
        ];
        let exponent = power.checked_sub(self.decimals)?;
        let factor = *POWERS.get(exponent.unsigned_abs() as usize)?;
        let digits = self.digits as f64;
        let number = if exponent < 0 { digits / factor } else { digits * factor };
        Some(if self.negative { -number } else { number })
    }
}

fn with_point(text: &[u8]) -> Vec<u8> {
    text.iter().map(|&byte| if byte == b',' { b'.' } else { byte }).collect()
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// Digits, at most as many as fit into 96 bits, so that products of sizes stay within 128 bits.
fn whole(digits: &[u8]) -> Result<i128, Error> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Error::Syntax);
    }
    if digits.len() > 28 {
        return Err(Error::Range);
    }
    Ok(digits.iter().fold(0, |value, byte| value * 10 + i128::from(byte - b'0')))
}

fn power(letter: u8) -> Option<u32> {
    let index = SUFFIXES.iter().position(|&suffix| suffix == letter.to_ascii_uppercase())?;
    Some(index as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_reach_to_the_ends_of_64_bits() {
        assert_eq!(integer(b"-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(integer(b"9223372036854775807"), Ok(i64::MAX));
        assert_eq!(integer(b"9223372036854775808"), Err(Error::Range));
        assert_eq!(integer(b"00000000000000000000000000000000"), Err(Error::Range));
        for bad in ["", "-", "1.0", "1 ", "0x1", "١"] {
            assert_eq!(integer(bad.as_bytes()), Err(Error::Syntax), "{bad}");
        }
    }

    #[test]
    fn hexadecimal_digits_may_have_a_prefix() {
        assert_eq!((hexadecimal(b"0x1aF"), hexadecimal(b"00ff")), (Ok(431), Ok(255)));
        assert_eq!(hexadecimal(b"7fffffffffffffff"), Ok(i64::MAX));
        assert_eq!(hexadecimal(b"8000000000000000"), Err(Error::Range));
        for bad in ["", "0x", "x1", "-1", "1g", "0x0x1"] {
            assert_eq!(hexadecimal(bad.as_bytes()), Err(Error::Syntax), "{bad}");
        }
    }

    #[test]
    fn suffixes_count_in_the_given_base() {
        assert_eq!(size(b"233Gi", Base::Decimal), Ok(250_181_844_992));
        assert_eq!(size(b"1.9G", Base::Binary), Ok(2_040_109_465));
        assert_eq!(size(b"1.9G", Base::Decimal), Ok(1_900_000_000));
        assert_eq!(size(b"1.9GB", Base::Binary), Ok(1_900_000_000));
        assert_eq!(size(b"12k", Base::Decimal), Ok(12_000));
        assert_eq!(size(b"0Bi", Base::Binary), Ok(0));
        assert_eq!(size(b"7B", Base::Binary), Ok(7));
        assert_eq!(size(b"-1.5K", Base::Binary), Ok(-1536));
        assert_eq!(size(b"1,5G", Base::Binary), Ok(1_610_612_736));
        assert_eq!(size(b"7.9E", Base::Binary), Ok(9_108_079_886_394_091_110));
    }

    #[test]
    fn sizes_past_64_bits_are_out_of_range() {
        for suffix in ["Z", "Y", "R", "Q", "Qi", "QB"] {
            assert_eq!(size(format!("1{suffix}").as_bytes(), Base::Binary), Err(Error::Range), "{suffix}");
            assert_eq!(size(format!("0{suffix}").as_bytes(), Base::Binary), Ok(0), "{suffix}");
        }
        assert_eq!(size(b"8E", Base::Binary), Err(Error::Range));
    }

    #[test]
    fn sizes_are_not_guessed() {
        let bad_commas = ["1,500G", "1,5", "1,234", "1,2,3G", "1G,2", ",5G", "1.5,3G", "1KB,"];
        let bad_digits = ["", "G", ".5G", "5.G", "1G2", "1GG", "1i5", "--1", "1.5.5", "1.2345678"];
        for bad in bad_commas.into_iter().chain(bad_digits) {
            assert_eq!(size(bad.as_bytes(), Base::Binary), Err(Error::Syntax), "{bad}");
        }
    }

    #[test]
    fn short_numbers_are_the_same_floats_as_by_the_long_way() {
        let digits = ["0", "1", "7", "10", "12", "99", "123", "4096", "86400", "999999", "1234567", "123456789012345"];
        for (whole, part) in digits.iter().flat_map(|whole| digits.iter().map(move |part| (whole, part))) {
            for text in [(*whole).to_owned(), format!("-{whole}.{part}"), format!("{whole}.00{part}")] {
                assert_eq!(float(text.as_bytes()).map(f64::to_bits), Ok(text.parse::<f64>().unwrap().to_bits()), "{text}");
                for power in [-9, -6, -3, 2, 3, 25, -25] {
                    let long = format!("{text}e{power}").parse::<f64>().unwrap();
                    assert_eq!(float_e(text.as_bytes(), power), Ok(long), "{text} times ten to {power}");
                }
            }
        }
        assert_eq!(float(b"-0").map(f64::to_bits), Ok((-0.0_f64).to_bits()));
    }

    #[test]
    fn floats_are_plain_numbers() {
        assert_eq!((float(b"0.50"), float(b"-29,029")), (Ok(0.5), Ok(-29.029)));
        for bad in ["inf", "nan", "", "1,5.2", "1,2,3", ",5", "5,", "1,5e3"] {
            assert_eq!(float(bad.as_bytes()), Err(Error::Syntax), "{bad}");
        }
        assert_eq!(float(b"1e999"), Err(Error::Range));
    }
}
