//! A set, or a map: its properties, and its elements over one line or several.

use outparse_sdk::{Field, Problem, Record, time};

use super::words::{list, pieces, unquoted};

/// A set, or a map.
#[derive(Clone, Debug, Default, Record)]
pub struct Set {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub set: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// Type of its elements: `ipv4_addr`, `inet_service`, `ipv4_addr . inet_service`.
    pub r#type: Option<Vec<u8>>,
    /// Type of what a map leads to; null of a set.
    pub maps_to: Option<Vec<u8>>,
    /// `interval`, `timeout`, `dynamic`, `constant`.
    pub flags: Vec<Vec<u8>>,
    /// Time after which an element goes.
    #[field(unit = "seconds")]
    pub timeout: Option<f64>,
    /// Its elements, each as printed.
    pub elements: Vec<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// What else is set, as printed.
    pub options: Vec<Vec<u8>>,
}

impl Set {
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let (word, rest) = text.split_once(" ").unwrap_or((text, text.split_at(usize::MAX).1));
        match word.bytes {
            b"type" | b"typeof" => {
                let (keys, data) = rest.split_once(" : ").map_or((rest, None), |(keys, data)| (keys, Some(data)));
                self.r#type = Some(keys.bytes.to_vec());
                self.maps_to = data.map(|data| data.bytes.to_vec());
            }
            b"flags" => self.flags = list(rest),
            b"timeout" => self.timeout = Some(duration(rest).ok_or_else(|| rest.expected("a duration such as `1h30m`"))?),
            b"comment" => self.comment = Some(unquoted(rest)),
            _ => self.options.push(text.bytes.to_vec()),
        }
        Ok(())
    }

    /// Elements between commas, the last of them before `}`: gives whether more come in the next line.
    pub(super) fn read_elements(&mut self, text: Field<'_>) -> bool {
        let mut goes_on = true;
        for piece in pieces(text, b',') {
            let piece = piece.trim();
            let last = piece.strip_suffix("}").filter(|inner| !inner.bytes.contains(&b'{'));
            let element = last.map_or(piece, |last| last.trim());
            if !element.bytes.is_empty() {
                self.elements.push(element.bytes.to_vec());
            }
            goes_on &= last.is_none();
        }
        goes_on
    }
}

/// `1d2h3m4s5ms`
fn duration(text: Field<'_>) -> Option<f64> {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    time::spelt_duration(text.trim(), &units).map(|thousandths| thousandths as f64 / 1000.0)
}
