//! The heading of a run: who is pinged, and with how many bytes.
//!
//! | family | heading |
//! |---|---|
//! | iputils | `PING host (address) 56(84) bytes of data.`, `PING host(host (address)) from address device: 56 data bytes` |
//! | BSD, macOS, BusyBox, inetutils | `PING host (address): 56 data bytes` |
//! | toybox | `Ping host (address): 56(84) bytes.` |
//! | BSD, macOS with a size that grows (`-g`) | `PING host (address): (10 ... 30) data bytes` |
//! | BSD, macOS with IPv6; FreeBSD since its `ping` does both | `PING6(56=40+8+8 bytes) address --> address`, `PING(56=40+8+8 bytes) …` |

use outparse_sdk::{Field, Line};

/// What the heading says.
pub(crate) struct Target {
    pub(crate) destination: Option<Vec<u8>>,
    pub(crate) destination_address: Vec<u8>,
    pub(crate) source_address: Option<Vec<u8>>,
    /// The device that the requests are sent from.
    pub(crate) interface: Option<Vec<u8>>,
    pub(crate) data_bytes: Option<i64>,
    pub(crate) packet_bytes: Option<i64>,
}

impl Target {
    /// Takes the name from the last lines of a run, `--- NAME ping6 statistics ---`, where the heading had the address alone.
    pub(crate) fn named(&mut self, name: &[u8]) {
        if self.destination.as_ref() == Some(&self.destination_address) && !name.is_empty() {
            self.destination = Some(name.to_vec());
        }
    }
}

/// None when the line is not a heading.
pub(crate) fn read(line: Line<'_>) -> Option<Target> {
    if line.bytes.starts_with(b"PING6(") || line.bytes.starts_with(b"PING(") {
        return read_bsd6(line);
    }
    let (_, named) = line.whole().split_at(5);
    let (name, rest) = named.split_at(named.find("(")?);
    let (inside, after) = bracketed(rest)?;
    // iputils with IPv6 repeats the name: `host(host (address))`.
    let address = match inside.find("(") {
        Some(inner) => bracketed(inside.split_at(inner).1)?.0,
        None => inside,
    };
    let after = after.split_at(after.bytes.iter().take_while(|byte| matches!(byte, b':' | b' ')).count()).1;
    let (source, size) = match after.strip_prefix("from ") {
        Some(from) => {
            let (source, size) = from.split_once(": ")?;
            (Some(source), size)
        }
        None => (None, after),
    };
    if size.bytes.starts_with(b"(") && size.bytes.ends_with(b" data bytes") {
        let (range, _) = bracketed(size)?;
        let (least, most) = range.split_once(" ... ")?;
        least.as_integer().and(most.as_integer())?;
        return target(name, address, source, None, None);
    }
    let (size, words) = size.split_at(size.bytes.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let counts_bytes = words.find("bytes").is_some() && matches!(words.bytes, [b'(' | b' ', ..]);
    if !counts_bytes {
        return None;
    }
    let packet = match words.strip_prefix("(") {
        Some(packet) => Some(packet.split_once(")")?.0.as_integer()?),
        None => None,
    };
    target(name, address, source, Some(size.as_integer()?), packet)
}

fn target(
    name: Field<'_>,
    address: Field<'_>,
    source: Option<Field<'_>>,
    data_bytes: Option<i64>,
    packet_bytes: Option<i64>,
) -> Option<Target> {
    let name = name.trim();
    // `ADDRESS`, or `ADDRESS DEVICE`
    let parted = source.and_then(|source| source.split_once(" "));
    let (source, interface) = parted.map_or((source, None), |(source, interface)| (Some(source), Some(interface)));
    (!address.bytes.is_empty()).then(|| Target {
        destination: (!name.bytes.is_empty()).then(|| name.bytes.to_vec()),
        destination_address: address.bytes.to_vec(),
        source_address: source.map(|source| source.bytes.to_vec()),
        interface: interface.map(|interface| interface.bytes.to_vec()),
        data_bytes,
        packet_bytes,
    })
}

/// `PING6(56=40+8+8 bytes) source --> destination`: the whole, and the last of its three parts, the data.
fn read_bsd6(line: Line<'_>) -> Option<Target> {
    let words: Vec<Field<'_>> = line.fields().take(5).collect();
    let [sizes, Field { bytes: b"bytes)", .. }, source, Field { bytes: b"-->", .. }, destination] = words[..] else {
        return None;
    };
    let (_, data) = sizes.rsplit_once("+")?;
    let (_, packet) = sizes.split_once("=")?.0.split_once("(")?;
    Some(Target {
        destination: Some(destination.bytes.to_vec()),
        destination_address: destination.bytes.to_vec(),
        source_address: Some(source.bytes.to_vec()),
        interface: None,
        data_bytes: Some(data.as_integer()?),
        packet_bytes: Some(packet.as_integer()?),
    })
}

/// What stands inside the bracket that a text begins with, and what follows it.
fn bracketed(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some((text.part(1, at), text.split_at(at + 1).1)),
            b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
