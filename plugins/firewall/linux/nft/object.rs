//! A counter, a quota, a limit, a flowtable and their like.

use outparse_sdk::{Field, Problem, Record};

use super::words::unquoted;

/// A counter, a quota, a limit, a flowtable, …
#[derive(Clone, Debug, Default, Record)]
pub struct Object {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// What it is: `counter`, `quota`, `limit`, `flowtable`, `ct helper`, …
    pub r#type: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// Packets counted.
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes counted.
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// What it is made of, as printed.
    pub options: Vec<Vec<u8>>,
}

impl Object {
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Problem> {
        if let Some(comment) = text.strip_prefix("comment ") {
            self.comment = Some(unquoted(comment));
            return Ok(());
        }
        if self.r#type == b"counter"
            && let Some((packets, bytes)) = text.strip_prefix("packets ").and_then(|rest| rest.split_once(" bytes "))
        {
            (self.packets, self.bytes) = (Some(packets.integer()?), Some(bytes.integer()?));
            return Ok(());
        }
        self.options.push(text.bytes.to_vec());
        Ok(())
    }
}
