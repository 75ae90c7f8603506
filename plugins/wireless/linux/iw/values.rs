//! Numbers with their units, as all blocks of `iw` have them.

use outparse_sdk::{Error, Field};

/// A name and what stands behind its colon, which may be nothing.
pub(super) fn named(text: Field<'_>) -> (Field<'_>, Field<'_>) {
    let (name, value) = text.split_once(":").unwrap_or((text, text.split_at(usize::MAX).1));
    (name, value.trim())
}

/// `2412`, with a fraction in newer versions: `2412.0`.
pub(super) fn megahertz(value: Field<'_>) -> Result<f64, Error> {
    Ok(value.float_e(6)?)
}

/// `-52 dBm`, `-45.00 dBm`, `-52 [-55, -56] dBm` with each antenna's.
pub(super) fn dbm(value: Field<'_>) -> Result<f64, Error> {
    let number = value.strip_suffix("dBm").ok_or_else(|| value.expected("a number of dBm"))?;
    Ok(number.fields().next().unwrap_or(number).float()?)
}

/// `390.0 MBit/s VHT-MCS 4 80MHz`; nothing where it is not known.
pub(super) fn bit_rate(value: Field<'_>) -> Result<Option<f64>, Error> {
    if value.bytes == b"(unknown)" {
        return Ok(None);
    }
    let (number, _) = value.split_once(" MBit/s").ok_or_else(|| value.expected("`NUMBER MBit/s`"))?;
    Ok(Some(number.float_e(6)?))
}
