//! The short form of `ip -br address` and `ip -br link`: a line an interface.

use outparse_sdk::{Field, Problem};

use crate::interface::address::with_prefix;
use crate::interface::record::{Address, Interface};
use crate::words::{Words, flags, named, owned};

/// `lo UNKNOWN 127.0.0.1/8 ::1/128`, or `lo UNKNOWN 00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>`.
pub(crate) fn brief(line: Field<'_>) -> Result<Interface, Problem> {
    const STATES: [&[u8]; 7] = [b"UP", b"DOWN", b"UNKNOWN", b"DORMANT", b"LOWERLAYERDOWN", b"TESTING", b"NOTPRESENT"];
    let expected = || line.expected("an interface, its state and its addresses");
    let mut words = Words::of(line);
    let (name, state) = words.next().zip(words.next()).ok_or_else(expected)?;
    if !STATES.contains(&state.bytes) {
        return Err(expected());
    }
    let mut interface = Interface { state: owned(state), ..Interface::default() };
    (interface.interface, interface.parent) = named(name);
    while let Some(word) = words.next() {
        match word.bytes {
            b"peer" => {
                let value = words.value(word)?;
                if let Some(last) = interface.addresses.last_mut() {
                    let (peer, prefix) = with_prefix(value)?;
                    (last.peer, last.prefix_length) = (Some(peer), prefix);
                }
            }
            b"metric" => {
                let value = words.value(word)?.integer()?;
                if let Some(last) = interface.addresses.last_mut() {
                    last.metric = Some(value);
                }
            }
            text if text.starts_with(b"<") => {
                interface.flags = flags(word).ok_or_else(|| word.expected("flags, `<…>`"))?;
                // Before the flags stands the link-layer address, which of a tunnel is one of IP.
                if let Some(of_tunnel) = interface.addresses.pop() {
                    interface.mac_address = Some(of_tunnel.address);
                }
            }
            text if is_link_address(text) => interface.mac_address = owned(word),
            _ => {
                let (address, prefix_length) = with_prefix(word)?;
                let family = if address.contains(&b':') { b"inet6".to_vec() } else { b"inet".to_vec() };
                interface.addresses.push(Address { family: Some(family), address, prefix_length, ..Address::default() });
            }
        }
    }
    Ok(interface)
}

/// Bytes in hexadecimal between colons; an address of IPv6 has a prefix there, or a shorter or longer part.
fn is_link_address(text: &[u8]) -> bool {
    let parts: Vec<&[u8]> = text.split(|&byte| byte == b':').collect();
    parts.len() >= 6 && parts.iter().all(|part| part.len() == 2 && part.iter().all(u8::is_ascii_hexdigit))
}
