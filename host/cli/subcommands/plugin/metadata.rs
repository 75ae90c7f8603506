//! What a component's own custom sections say of it: who made it, under which licence, from what, and with which tools.
//!
//! The sections are those of the tool conventions for WebAssembly (`producers`) and of the OCI annotations that `wasm-tools metadata`
//! writes, which are plain text. Only the framing of the binary format is read here: a preamble, then sections of an id and a length.
//! The bytes are anyone's: reading ends where they make no sense.

use std::collections::BTreeMap;

use serde::Serialize;
use wasm_metadata::Producers;

/// The sections that are plain text, and what they are called here.
const TEXTS: [(&str, &str); 7] = [
    ("description", "description"),
    ("authors", "authors"),
    ("licenses", "licenses"),
    ("version", "released"),
    ("revision", "revision"),
    ("source", "source"),
    ("homepage", "homepage"),
];

/// The fields of `producers`, and what they are called here.
const TOOLS: [(&str, &str); 3] = [("language", "language"), ("processed-by", "made with"), ("sdk", "sdk")];

/// Section ids: the same in modules and components, and those that hold another module or component.
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;
const COMPONENT: u8 = 4;

/// How deep components may be nested here.
const DEEPEST: usize = 8;

/// What the sections say, by kind, in the order of [`TEXTS`] and [`TOOLS`].
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Metadata {
    /// Texts of the component itself; tools also of its parts.
    pub(super) said: BTreeMap<&'static str, String>,
}

impl Metadata {
    /// Reads the sections of a component.
    pub(super) fn read(bytes: &[u8]) -> Metadata {
        let (mut said, mut made) = (BTreeMap::new(), Producers::empty());
        // Whatever was read before the bytes stop making sense is kept.
        let _ = walk(bytes, 0, &mut said, &mut made);
        for (field, kind) in TOOLS {
            if let Some(tools) = made.get(field) {
                let tools: Vec<_> =
                    tools.iter().map(|(name, version)| format!("{name} {version}").trim_end().to_owned()).collect();
                said.insert(kind, tools.join(", "));
            }
        }
        Metadata { said }
    }

    /// Each kind and its text, in a sensible order.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let kinds = TEXTS.iter().chain(&TOOLS).map(|&(_, kind)| kind);
        kinds.filter_map(|kind| Some((kind, self.said.get(kind)?.as_str())))
    }
}

/// Reads the sections of a module or a component. None where they make no sense.
fn walk(bytes: &[u8], depth: usize, said: &mut BTreeMap<&'static str, String>, made: &mut Producers) -> Option<()> {
    let preamble = bytes.first_chunk::<8>().filter(|preamble| preamble.starts_with(b"\0asm"))?;
    let is_component = preamble[6] == 1;
    let mut rest = &bytes[8..];
    while let Some((&id, after)) = rest.split_first() {
        let (section, after) = sized(after)?;
        match id {
            CUSTOM => {
                let (name, data) = sized(section)?;
                custom(std::str::from_utf8(name).ok()?, data, depth, said, made);
            }
            CORE_MODULE | COMPONENT if is_component && depth < DEEPEST => walk(section, depth + 1, said, made)?,
            _ => {}
        }
        rest = after;
    }
    Some(())
}

fn custom(name: &str, data: &[u8], depth: usize, said: &mut BTreeMap<&'static str, String>, made: &mut Producers) {
    if name == "producers" {
        if let Ok(producers) = Producers::from_bytes(data, 0) {
            made.merge(&producers);
        }
        return;
    }
    let text = TEXTS.iter().find(|&&(section, _)| depth == 0 && section == name);
    if let Some(&(_, kind)) = text {
        said.insert(kind, String::from_utf8_lossy(data).into_owned());
    }
}

/// Bytes with their length before them, in LEB128 of 32 bits, and what follows.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0u64;
    for (index, &byte) in bytes.iter().enumerate().take(5) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return bytes[index + 1..].split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component with a module in it, both with sections of their own.
    fn component() -> Vec<u8> {
        wat::parse_str(
            "(component (@custom \"authors\" \"Ada\") (@custom \"licenses\" \"MIT\")
               (core module (@custom \"authors\" \"not she\") (@producers (language \"Rust\" \"\") (processed-by \"rustc\" \"1.95\"))))",
        )
        .unwrap()
    }

    #[test]
    fn texts_are_the_component_s_own_and_tools_also_of_its_parts() {
        let metadata = Metadata::read(&component());
        let lines: Vec<_> = metadata.lines().collect();
        assert_eq!(lines, [("authors", "Ada"), ("licenses", "MIT"), ("language", "Rust"), ("made with", "rustc 1.95")]);
    }

    #[test]
    fn bytes_without_meaning_say_nothing_or_less() {
        let whole = component();
        assert_eq!(Metadata::read(b"\x7fELF, and more"), Metadata::default());
        for length in 0..whole.len() {
            Metadata::read(&whole[..length]);
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[length] = value;
                Metadata::read(&changed);
            }
        }
    }

    #[test]
    fn a_length_is_read_as_far_as_there_are_bytes() {
        assert_eq!(sized(&[2, b'a', b'b', b'c']), Some((&b"ab"[..], &b"c"[..])));
        assert_eq!(sized(&[0x82, 0x00, b'a', b'b']), Some((&b"ab"[..], &b""[..])));
        assert_eq!(sized(&[3, b'a']), None);
        assert_eq!(sized(&[0xff; 9]), None);
    }
}
