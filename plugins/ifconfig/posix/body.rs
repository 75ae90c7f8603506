//! The lines below the heading of an interface: the first word says what a line is.

use outparse_sdk::{Field, Problem};

use crate::addresses::{inet, inet6, old_inet, old_inet6};
use crate::interface::Interface;
use crate::words::{named_flags, owned};

/// Reads a line.
pub(super) fn read(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let [first, rest] = line.fields_and_rest()?;
    match first.bytes {
        b"inet" if rest.bytes.starts_with(b"addr:") => old_inet(interface, rest)?,
        b"inet6" if rest.bytes.starts_with(b"addr:") => old_inet6(interface, rest)?,
        b"inet" => inet(interface, rest)?,
        b"inet6" => inet6(interface, rest)?,
        // `tunnel inet 192.0.2.1 --> 192.0.2.2`: the ends of a tunnel of a BSD are no link-layer addresses.
        b"tunnel" if rest.bytes.starts_with(b"inet") => interface.add_detail(b"tunnel", rest.bytes),
        b"ether" | b"loop" | b"lladdr" | b"unspec" | b"infiniband" | b"tunnel" | b"sit" | b"ppp" | b"address:" => {
            link(interface, first, rest)?;
        }
        b"RX" | b"TX" => counters(interface, line)?,
        text if text.starts_with(b"collisions:") => counters(interface, line)?,
        b"media:" => interface.media = owned(rest),
        b"status:" => interface.status = owned(rest),
        b"nd6" => {
            if let Some((value, names)) = rest.strip_prefix("options=").and_then(named_flags) {
                (interface.neighbour_options_value, interface.neighbour_options) = (value, names);
            }
        }
        text if text.starts_with(b"options=") => {
            let options = first.strip_prefix("options=").and_then(named_flags);
            (interface.options_value, interface.options) = options.ok_or_else(|| first.expected("`options=…<…>`"))?;
        }
        _ if line.find("MTU:").is_some() => old_flags(interface, line)?,
        _ => {
            // `groups: lo`, `device interrupt 17`, and what else a driver says.
            let (name, value) = line.split_once(": ").unwrap_or((first, rest));
            interface.add_detail(name.strip_suffix(":").unwrap_or(name).bytes, value.trim().bytes);
        }
    }
    Ok(())
}

/// `ether 02:42:…  txqueuelen 1000  (Ethernet)`, `loop  txqueuelen 1000  (Local Loopback)`
fn link(interface: &mut Interface, kind: Field<'_>, rest: Field<'_>) -> Result<(), Problem> {
    let (rest, name) = match rest.split_once("(") {
        Some((rest, name)) => (rest, name.trim_end().strip_suffix(")").and_then(owned)),
        None => (rest, None),
    };
    if name.is_some() {
        interface.link_type = name;
    }
    let mut words = rest.fields();
    while let Some(word) = words.next() {
        if word.bytes == b"txqueuelen" {
            let value = words.next().ok_or_else(|| word.problem("expected a number after `txqueuelen`"))?;
            interface.queue_length = Some(value.integer()?);
        } else if interface.mac_address.is_none() && kind.bytes != b"loop" {
            interface.mac_address = owned(word);
        } else {
            interface.add_detail(kind.bytes, word.bytes);
        }
    }
    Ok(())
}

/// `RX packets 8061  bytes 1514413 (1.4 MiB)`, and with colons, `RX packets:8061 errors:0 …`, `RX bytes:1 (1.0 B)  TX bytes:2 (2.0 B)`.
fn counters(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let mut receives = true;
    let mut words = line.fields();
    let mut in_words = false;
    while let Some(word) = words.next() {
        match word.bytes {
            b"RX" => receives = true,
            b"TX" => receives = false,
            // The same number for people.
            text if text.starts_with(b"(") => in_words = !text.ends_with(b")"),
            text if in_words => in_words = !text.ends_with(b")"),
            _ => {
                let missing = || word.problem(format!("expected a number after {}", word.quoted()));
                let (name, value) = match word.split_once(":") {
                    Some(both) => both,
                    None => (word, words.next().ok_or_else(missing)?),
                };
                match interface.counter(receives, name.bytes) {
                    Some(counter) => *counter = Some(value.integer()?),
                    None => interface.add_detail(name.bytes, value.bytes),
                }
            }
        }
    }
    Ok(())
}

/// `UP BROADCAST RUNNING MULTICAST  MTU:1400  Metric:1`
fn old_flags(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    for word in line.strip_prefix("[NO FLAGS]").unwrap_or(line).fields() {
        match word.split_once(":") {
            Some((name, value)) if name.bytes == b"MTU" => interface.mtu = Some(value.integer()?),
            Some((name, value)) if name.bytes == b"Metric" => interface.metric = Some(value.integer()?),
            Some((name, value)) => interface.add_detail(name.bytes, value.bytes),
            None => interface.flags.push(word.bytes.to_vec()),
        }
    }
    Ok(())
}
