//! Numbers as `rsync` prints them: with their digits in groups, or with a suffix.

use outparse_sdk::{Base, Field, Problem};

/// A whole number with its digits in groups, `1,708`, or one with a suffix (`-h`), `1.71K`, which counts in `base`.
pub(super) fn amount(field: Field<'_>, base: Base) -> Result<i64, Problem> {
    if field.bytes.last().is_some_and(u8::is_ascii_alphabetic) {
        return field.size(base);
    }
    let digits = ungrouped(field.bytes).ok_or_else(|| field.expected("a whole number"))?;
    Field { bytes: &digits, ..field }.integer()
}

/// A number with two decimals, its digits in groups: `4,554.00`; perhaps with a suffix.
pub(super) fn rate(field: Field<'_>, base: Base) -> Result<f64, Problem> {
    if field.bytes.last().is_some_and(u8::is_ascii_alphabetic) {
        return Ok(field.size(base)? as f64);
    }
    let expected = || field.expected("a number with two decimals");
    let point = field.bytes.iter().rposition(|byte| matches!(byte, b'.' | b',')).ok_or_else(expected)?;
    let whole = ungrouped(&field.bytes[..point]).ok_or_else(expected)?;
    let text = [&whole[..], b".", &field.bytes[point + 1..]].concat();
    Field { bytes: &text, ..field }.float()
}

/// Without the marks between groups of three digits.
fn ungrouped(text: &[u8]) -> Option<Vec<u8>> {
    let groups: Vec<&[u8]> = text.split(|byte| matches!(byte, b',' | b'.')).collect();
    let (first, rest) = groups.split_first()?;
    let right = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    right.then(|| groups.concat())
}
