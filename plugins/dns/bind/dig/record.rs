//! A resource record, or a question: a line of a message.

use outparse_sdk::{Field, Problem, Record};

/// What a capture has.
pub(super) const EXPECTED: &str = "a line of dig: `; <<>> DiG …`, a section, or `NAME TTL CLASS TYPE DATA`";

/// A resource record.
#[derive(Clone, Debug, Default, Record)]
pub struct ResourceRecord {
    /// Section of the message: `question`, `answer`, `authority`, `additional`; null where no section is named.
    pub record_section: Option<&'static str>,
    /// The name that it is about.
    pub name: Option<Vec<u8>>,
    /// How long it may be kept.
    #[field(unit = "seconds")]
    pub time_to_live: Option<i64>,
    /// Class: `IN`.
    pub class: Option<Vec<u8>>,
    /// Type: `A`, `MX`, …
    pub r#type: Option<Vec<u8>>,
    /// Its data, as text; null of a question.
    pub data: Option<Vec<u8>>,
    /// Number of the message, from 1.
    pub response: i64,
}

impl ResourceRecord {
    /// `NAME TTL CLASS TYPE DATA`, of which the time and the class may be left out.
    pub(super) fn read(line: Field<'_>, section: Option<&'static str>, response: i64) -> Result<ResourceRecord, Problem> {
        let expected = || line.expected(EXPECTED);
        let [name, mut rest] = line.fields_and_rest()?;
        let mut record =
            ResourceRecord { record_section: section, name: Some(name.bytes.to_vec()), response, ..ResourceRecord::default() };
        let [word, after] = rest.fields_and_rest().map_err(|_| expected())?;
        if let Some(ttl) = ttl(word) {
            record.time_to_live = Some(ttl);
            rest = after;
        }
        let [word, after] = rest.fields_and_rest().map_err(|_| expected())?;
        if matches!(word.bytes, b"IN" | b"CH" | b"HS" | b"CHAOS" | b"ANY" | b"NONE") || word.bytes.starts_with(b"CLASS") {
            record.class = Some(word.bytes.to_vec());
            rest = after;
        }
        let [kind, data] = rest.fields_and_rest().map_err(|_| expected())?;
        let is_type = !kind.bytes.is_empty()
            && kind.bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-');
        if !is_type || record.time_to_live.is_none() && record.class.is_none() {
            return Err(expected());
        }
        record.r#type = Some(kind.bytes.to_vec());
        record.data = Some(data.trim_end().bytes.to_vec());
        Ok(record)
    }

    /// `NAME CLASS TYPE`
    pub(super) fn question(line: Field<'_>, section: Option<&'static str>, response: i64) -> Result<ResourceRecord, Problem> {
        let [name, rest] = line.fields_and_rest()?;
        let [class, kind] = rest.fields_and_rest()?;
        Ok(ResourceRecord {
            record_section: section,
            name: Some(name.bytes.to_vec()),
            class: Some(class.bytes.to_vec()),
            r#type: Some(kind.trim().bytes.to_vec()),
            response,
            ..ResourceRecord::default()
        })
    }
}

/// Seconds, or with `+ttlunits` `1d2h3m4s`.
fn ttl(word: Field<'_>) -> Option<i64> {
    if let Some(seconds) = word.as_integer() {
        return Some(seconds);
    }
    let mut total = 0;
    let mut number = None;
    for &byte in word.bytes {
        match byte {
            b'0'..=b'9' => number = Some(number.unwrap_or(0) * 10 + i64::from(byte - b'0')),
            _ => {
                let factor = match byte {
                    b'w' => 604_800,
                    b'd' => 86_400,
                    b'h' => 3600,
                    b'm' => 60,
                    b's' => 1,
                    _ => return None,
                };
                total += number.take()? * factor;
            }
        }
    }
    number.is_none().then_some(total).filter(|_| word.bytes.first().is_some_and(u8::is_ascii_digit))
}
