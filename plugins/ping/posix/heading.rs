//! The heading of a run: who is pinged, and with how many bytes.
//!
//! | family | heading |
//! |---|---|
//! | iputils | `PING host (address) 56(84) bytes of data.`, `PING host(host (address)) from address device: 56 data bytes` |
//! | BSD, macOS, BusyBox, inetutils | `PING host (address): 56 data bytes` |
//! | toybox | `Ping host (address): 56(84) bytes.` |
//! | BSD, macOS with IPv6 | `PING6(56=40+8+8 bytes) address --> address` |

use outparse_sdk::Line;

use crate::Event;

/// What the heading says.
pub(crate) struct Target {
    destination: Option<Vec<u8>>,
    destination_ip: Vec<u8>,
    source_ip: Option<Vec<u8>>,
    data_bytes: Option<i64>,
}

impl Target {
    /// Completes a record of this run.
    pub(crate) fn fill(&self, event: &mut Event) {
        event.destination = self.destination.clone();
        event.destination_ip = Some(self.destination_ip.clone());
        event.source_ip = self.source_ip.clone();
        event.data_bytes = self.data_bytes;
    }
}

/// None when the line is not a heading.
pub(crate) fn read(line: Line<'_>) -> Option<Target> {
    if line.bytes.starts_with(b"PING6(") {
        return read_bsd6(line);
    }
    let named = line.part(5, usize::MAX);
    let open = find(named.bytes, b"(")?;
    let close = matching(named.bytes, open)?;
    let name = named.bytes.get(..open)?.trim_ascii();
    let inside = named.bytes.get(open + 1..close)?;
    // iputils with IPv6 repeats the name: `host(host (address))`.
    let address = match find(inside, b"(") {
        Some(inner) => inside.get(inner + 1..matching(inside, inner)?)?,
        None => inside,
    };
    let after = line.part(named.start() + close + 1, usize::MAX);
    let after = line.part(after.start() + after.bytes.iter().take_while(|byte| matches!(byte, b':' | b' ')).count(), usize::MAX);
    let (source, size) = match after.bytes.strip_prefix(b"from ") {
        Some(from) => {
            let colon = find(from, b": ")?;
            let source = from.get(..colon)?.split(|&byte| byte == b' ').next()?;
            (Some(source.to_vec()), after.start() + 5 + colon + 2)
        }
        None => (None, after.start()),
    };
    let size = line.part(size, usize::MAX);
    let digits = size.bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let words = size.bytes.get(digits..)?;
    if address.is_empty() || find(words, b"bytes").is_none() || !(words.starts_with(b"(") || words.starts_with(b" ")) {
        return None;
    }
    Some(Target {
        destination: (!name.is_empty()).then(|| name.to_vec()),
        destination_ip: address.to_vec(),
        source_ip: source,
        data_bytes: Some(line.part(size.start(), size.start() + digits).integer().ok()?),
    })
}

/// `PING6(56=40+8+8 bytes) source --> destination`: the last of the three parts is the data.
fn read_bsd6(line: Line<'_>) -> Option<Target> {
    let mut fields = line.fields();
    let sizes = fields.next()?;
    let [b"bytes)", source, b"-->", destination] =
        [fields.next()?.bytes, fields.next()?.bytes, fields.next()?.bytes, fields.next()?.bytes]
    else {
        return None;
    };
    let plus = sizes.bytes.iter().rposition(|&byte| byte == b'+')?;
    Some(Target {
        destination: Some(destination.to_vec()),
        destination_ip: destination.to_vec(),
        source_ip: Some(source.to_vec()),
        data_bytes: Some(line.part(sizes.start() + plus + 1, sizes.end()).integer().ok()?),
    })
}

/// Where `wanted` begins.
pub(crate) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Where the bracket that opens at `open` closes.
fn matching(text: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate().skip(open) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at),
            b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
