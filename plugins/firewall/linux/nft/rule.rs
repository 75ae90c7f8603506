//! A rule of a chain: one line, in which words say what becomes of a packet.

use outparse_sdk::{Field, Problem, Record};

use super::chain::Chain;
use super::words::words;

/// A rule.
#[derive(Clone, Debug, Default, Record)]
pub struct Rule {
    /// Family of its table: `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its chain.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its place in the chain, from 1.
    #[field(key)]
    pub number: i64,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// What becomes of a packet: `accept`, `drop`, `reject`, `jump`, `goto`, `masquerade`, `dnat`, …; null where nothing does, or a map says it.
    pub action: Option<Vec<u8>>,
    /// The chain that `jump` and `goto` lead to.
    pub target: Option<Vec<u8>>,
    /// Packets that its counter counted; null without one, and where it is not shown (`-s`).
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes that its counter counted.
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// All of it but handle and comment, as printed: with `-j` its expressions in JSON.
    pub rule: Vec<u8>,
}

impl Rule {
    /// `tcp dport 22 counter packets 12 bytes 345 jump other comment "x"`
    pub(super) fn read(text: Field<'_>, chain: &Chain, number: i64, handle: Option<i64>) -> Result<Rule, Problem> {
        let (text, comment) = match text.strip_suffix("\"").and_then(|inner| inner.rsplit_once(" comment \"")) {
            Some((before, comment)) => (before, Some(comment.bytes.to_vec())),
            None => (text, None),
        };
        let mut rule = Rule {
            family: chain.family.clone(),
            table: chain.table.clone(),
            chain: chain.chain.clone(),
            number,
            handle,
            comment,
            rule: text.bytes.to_vec(),
            ..Rule::default()
        };
        let words = words(text);
        for (at, word) in words.iter().enumerate() {
            let after = |further: usize| words.get(at + further).copied();
            match word.bytes {
                b"counter" if after(1).is_some_and(|word| word.bytes == b"packets") => {
                    let number = |further: usize| after(further).map(|word| word.integer()).transpose();
                    (rule.packets, rule.bytes) = (number(2)?, number(4)?);
                }
                b"jump" | b"goto" => {
                    rule.action = Some(word.bytes.to_vec());
                    rule.target = after(1).map(|chain| chain.bytes.to_vec());
                }
                b"accept" | b"drop" | b"return" | b"continue" | b"queue" | b"reject" | b"masquerade" | b"redirect" | b"dnat"
                | b"snat" | b"tproxy"
                    if rule.action.is_none() =>
                {
                    rule.action = Some(word.bytes.to_vec());
                }
                _ => {}
            }
        }
        Ok(rule)
    }
}
