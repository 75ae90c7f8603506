//! A chain of rules: what its line of properties says.

use outparse_sdk::{Field, Problem, Record};

use super::words::{pieces, unquoted, words};

/// A chain of rules.
#[derive(Clone, Debug, Default, Record)]
pub struct Chain {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// What it is for: `filter`, `nat`, `route`; null of one that only rules lead to.
    pub r#type: Option<Vec<u8>>,
    /// Where packets come to it: `input`, `prerouting`, …
    pub hook: Option<Vec<u8>>,
    /// Devices whose packets come to it, where it is for these.
    pub devices: Vec<Vec<u8>>,
    /// Its place among those of the same hook.
    pub priority: Option<i64>,
    /// What becomes of a packet that no rule takes.
    pub policy: Option<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
}

impl Chain {
    /// `type filter hook input priority filter; policy drop;`, or a comment. False for a rule.
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<bool, Problem> {
        if let Some(comment) = text.strip_prefix("comment ") {
            self.comment = Some(unquoted(comment));
            return Ok(true);
        }
        if !text.bytes.starts_with(b"type ") {
            return Ok(false);
        }
        for part in text.split(";").map(|part| part.trim()).filter(|part| !part.bytes.is_empty()) {
            self.properties(part)?;
        }
        Ok(true)
    }

    /// `type filter hook ingress devices = { "a", "b" } priority filter - 10`
    fn properties(&mut self, part: Field<'_>) -> Result<(), Problem> {
        let mut words = words(part).into_iter().peekable();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| part.expected("a value after each word"));
            match word.bytes {
                b"type" => self.r#type = Some(value()?.bytes.to_vec()),
                b"hook" => self.hook = Some(value()?.bytes.to_vec()),
                b"policy" => self.policy = Some(value()?.bytes.to_vec()),
                b"device" => self.devices.push(unquoted(value()?)),
                b"devices" => {
                    let _equals = value()?;
                    let list = value()?;
                    let list = list.strip_prefix("{").and_then(|list| list.strip_suffix("}")).unwrap_or(list);
                    self.devices = pieces(list, b',').into_iter().map(|device| unquoted(device.trim())).collect();
                }
                b"priority" => {
                    let base = self.priority_of(value()?)?;
                    let sign = words.next_if(|word| matches!(word.bytes, b"+" | b"-"));
                    let mut number = || words.next().ok_or_else(|| part.expected("a number"))?.integer();
                    self.priority = Some(match sign.map(|sign| sign.bytes) {
                        Some(b"+") => base.saturating_add(number()?),
                        Some(_) => base.saturating_sub(number()?),
                        None => base,
                    });
                }
                _ => return Err(word.expected("`type`, `hook`, `device`, `priority` or `policy`")),
            }
        }
        Ok(())
    }

    /// A number, or the name of one.
    fn priority_of(&self, name: Field<'_>) -> Result<i64, Problem> {
        let is_bridge = self.family == b"bridge";
        Ok(match name.bytes {
            b"raw" => -300,
            b"mangle" => -150,
            b"dstnat" if is_bridge => -300,
            b"dstnat" => -100,
            b"filter" if is_bridge => -200,
            b"filter" => 0,
            b"out" => 100,
            b"security" => 50,
            b"srcnat" if is_bridge => 300,
            b"srcnat" => 100,
            _ => name.integer()?,
        })
    }
}
