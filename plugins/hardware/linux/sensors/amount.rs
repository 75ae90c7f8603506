//! Amounts with their units, and the quantities that units and names stand for.

use outparse_sdk::{Field, Problem};

use super::kinds::Quantity;

/// What a sensor measures by the kernel's name of it, `temp1`, where it has no other label.
pub(super) fn quantity_of(name: Field<'_>) -> Option<Quantity> {
    let digits = name.bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match &name.bytes[..name.bytes.len() - digits] {
        _ if digits == 0 => None,
        b"temp" => Some(Quantity::Temperature),
        b"in" | b"cpu" => Some(Quantity::Voltage),
        b"fan" => Some(Quantity::Fan),
        b"power" => Some(Quantity::Power),
        b"curr" => Some(Quantity::Current),
        b"energy" => Some(Quantity::Energy),
        b"humidity" => Some(Quantity::Humidity),
        _ => None,
    }
}

/// `+41.0°C`, `1200 RPM`, `920.00 mV`: what it is, and how much in that quantity's unit.
pub(super) fn amount(text: Field<'_>) -> Result<(Option<Quantity>, f64), Problem> {
    let end = text.bytes.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-')).count();
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let plain = number.float()?;
    let bare = unit.strip_prefix("°").unwrap_or(unit);
    match bare.bytes {
        b"C" => return Ok((Some(Quantity::Temperature), plain)),
        b"F" => {
            // As many decimals as were printed.
            let celsius = (plain - 32.0) / 1.8;
            return Ok((Some(Quantity::Temperature), (celsius * 10.0).round() / 10.0));
        }
        b"RPM" => return Ok((Some(Quantity::Fan), plain)),
        b"%RH" => return Ok((Some(Quantity::Humidity), plain)),
        b"" | b"s" => return Ok((None, plain)),
        _ => {}
    }
    let (power, letter) = match bare.bytes {
        [letter] => (0, *letter),
        [b'n', letter] => (-9, *letter),
        [b'u', letter] => (-6, *letter),
        [b'm', letter] => (-3, *letter),
        [b'k', letter] => (3, *letter),
        [b'M', letter] => (6, *letter),
        [b'G', letter] => (9, *letter),
        _ => return Err(unit.expected("a unit of what is measured")),
    };
    let quantity = match letter {
        b'V' => Quantity::Voltage,
        b'W' => Quantity::Power,
        b'A' => Quantity::Current,
        b'J' => Quantity::Energy,
        _ => return Err(unit.expected("a unit of what is measured")),
    };
    Ok((Some(quantity), number.float_e(power)?))
}
