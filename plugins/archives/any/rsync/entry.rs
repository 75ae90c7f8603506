//! A file that there is, as `rsync --list-only` prints it.

use outparse_sdk::{Base, Field, Problem, Record, Time};

use super::name::path_and_target;
use super::number::amount;
use crate::{is_mode, type_of};

/// A file that there is.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry {
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// What it is: `file`, `directory`, `symlink`, …
    pub r#type: Vec<u8>,
    /// Type and permissions.
    pub mode: Vec<u8>,
    /// Size.
    #[field(unit = "bytes", approximate)]
    pub size: i64,
    /// When it was last changed. Local: no offset is printed.
    pub modified: Option<Time>,
    /// What a link leads to.
    pub target: Option<Vec<u8>>,
}

/// `-rw-r--r--          4,096 2026/11/29 01:39:31 NAME`
pub(super) fn listed(text: Field<'_>, base: Base) -> Result<Option<Entry>, Problem> {
    let Ok([mode, size, date, clock, _]) = text.fields_and_rest() else { return Ok(None) };
    if !is_mode(mode.bytes) || !date.has_shape("0000/00/00") {
        return Ok(None);
    }
    let name = text.part(clock.end() - text.start() + 1, text.bytes.len());
    let iso: Vec<u8> = date.bytes.iter().map(|byte| if *byte == b'/' { b'-' } else { *byte }).collect();
    let modified = Time::iso(&[&iso[..], b" ", clock.bytes].concat()).ok_or_else(|| date.expected("a date and a time of day"))?;
    let (path, target) = path_and_target(name, (mode.bytes[0] == b'l').then_some(" -> "));
    Ok(Some(Entry {
        path,
        r#type: type_of(mode.bytes[0]).unwrap_or_default().as_bytes().to_vec(),
        mode: mode.bytes.to_vec(),
        size: amount(size, base)?,
        modified: Some(modified),
        target,
    }))
}
