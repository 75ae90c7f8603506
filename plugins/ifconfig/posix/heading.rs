//! The line at the margin that begins an interface, in both styles.

use outparse_sdk::{Field, Problem};

use crate::interface::Interface;
use crate::words::{named_flags, owned, value_after};

/// What a capture has.
pub(super) const EXPECTED: &str = "an interface, `NAME: flags=…<…> mtu …` or `NAME Link encap:…`";

/// Reads the line.
pub(super) fn read(line: Field<'_>) -> Result<Interface, Problem> {
    match line.split_once(" ").filter(|(_, rest)| rest.trim().bytes.starts_with(b"Link encap:")) {
        Some((name, rest)) => Ok(old(name, rest.trim().split_at("Link encap:".len()).1)),
        None => new(line),
    }
}

/// `lo        Link encap:Local Loopback`, of which both are given that are said.
fn old(name: Field<'_>, rest: Field<'_>) -> Interface {
    let (kind, address) = match rest.split_once("HWaddr ") {
        Some((kind, address)) => (kind.trim(), Some(address.trim())),
        None => (rest.trim(), None),
    };
    Interface {
        interface: name.bytes.to_vec(),
        link_type: owned(kind),
        mac_address: address.and_then(owned),
        ..Interface::default()
    }
}

/// `lo: flags=73<UP,LOOPBACK>  mtu 65536`
fn new(line: Field<'_>) -> Result<Interface, Problem> {
    let expected = || line.expected(EXPECTED);
    let (name, rest) = line.split_once(": flags=").ok_or_else(expected)?;
    if name.bytes.is_empty() || name.bytes.contains(&b' ') {
        return Err(expected());
    }
    let mut words = rest.fields();
    let flags = words.next().ok_or_else(expected)?;
    let (flags_value, flags) = named_flags(flags).ok_or_else(|| flags.expected("flags, `4163<UP,…>`"))?;
    let mut interface = Interface { interface: name.bytes.to_vec(), flags_value, flags, ..Interface::default() };
    while let Some(word) = words.next() {
        let value = value_after(word, &mut words)?;
        match word.bytes {
            b"mtu" => interface.mtu = Some(value.integer()?),
            b"metric" => interface.metric = Some(value.integer()?),
            _ => interface.add_detail(word.bytes, value.bytes),
        }
    }
    Ok(interface)
}
