//! How words are read that have something behind them.

use outparse_sdk::{Field, Problem};

pub(super) fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// The word behind another one.
pub(super) fn value_after<'a>(word: Field<'a>, words: &mut impl Iterator<Item = Field<'a>>) -> Result<Field<'a>, Problem> {
    words.next().ok_or_else(|| word.problem(format!("expected a value after {}", word.quoted())))
}

/// A number, and the names of its bits.
pub(super) type NamedFlags = (Option<Vec<u8>>, Vec<Vec<u8>>);

/// `8863<UP,BROADCAST>`
pub(super) fn named_flags(text: Field<'_>) -> Option<NamedFlags> {
    let (value, names) = text.split_once("<")?;
    let names = names.strip_suffix(">")?;
    let names = names.split(",").filter(|name| !name.bytes.is_empty()).map(|name| name.bytes.to_vec());
    Some((owned(value), names.collect()))
}
