//! A table: its first line, and what stands in it beside chains, sets and objects.

use outparse_sdk::{Field, Problem, Record};

use super::words::{list, unquoted};

/// What a ruleset begins with.
pub(super) const EXPECTED: &str = "`table FAMILY NAME {`";
/// What a table has.
pub(super) const EXPECTED_BLOCK: &str = "`chain NAME {`, `set NAME {` or their like";

/// A table.
#[derive(Clone, Debug, Default, Record)]
pub struct Table {
    /// Its family.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// `dormant`, `owner`.
    pub flags: Vec<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
}

impl Table {
    /// `table inet filter {`
    pub(super) fn begin(text: Field<'_>, handle: Option<i64>) -> Result<Table, Problem> {
        let expected = || text.expected(EXPECTED);
        let rest = text.strip_prefix("table ").ok_or_else(expected)?;
        let rest = rest.strip_suffix("{").unwrap_or(rest).trim();
        let (family, name) = rest.split_once(" ").ok_or_else(expected)?;
        if !matches!(family.bytes, b"ip" | b"ip6" | b"inet" | b"arp" | b"bridge" | b"netdev") || name.bytes.contains(&b' ') {
            return Err(expected());
        }
        Ok(Table { family: family.bytes.to_vec(), table: name.bytes.to_vec(), handle, ..Table::default() })
    }

    /// A comment, or flags.
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Problem> {
        match text.split_once(" ").map(|(word, rest)| (word.bytes, rest)) {
            Some((b"comment", rest)) => self.comment = Some(unquoted(rest)),
            Some((b"flags", rest)) => self.flags = list(rest),
            _ => return Err(text.expected(EXPECTED_BLOCK)),
        }
        Ok(())
    }
}
