//! Addresses of an interface, in both styles.

use outparse_sdk::{Field, Problem};

use crate::interface::{Address, Interface};
use crate::words::{owned, value_after};

/// `10.0.0.1  netmask 255.0.0.0  broadcast 10.255.255.255`, `10.0.0.1 --> 10.0.0.2 netmask 0xff000000`
pub(super) fn inet(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.fields();
    let first = words.next().ok_or_else(|| rest.expected("an address"))?;
    let mut found = Address { family: "inet", address: first.bytes.to_vec(), ..Address::default() };
    if let Some((address, length)) = first.split_once("/") {
        (found.address, found.prefix_length) = (address.bytes.to_vec(), Some(length.integer()?));
    }
    while let Some(word) = words.next() {
        let mut value = || value_after(word, &mut words);
        match word.bytes {
            b"netmask" => found.netmask = Some(dotted(value()?)?),
            b"broadcast" => found.broadcast = owned(value()?),
            b"destination" | b"-->" => found.peer = owned(value()?),
            _ => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `0xff000000` as `255.0.0.0`.
fn dotted(mask: Field<'_>) -> Result<Vec<u8>, Problem> {
    if !mask.bytes.starts_with(b"0x") {
        return Ok(mask.bytes.to_vec());
    }
    let bits = u32::try_from(mask.hexadecimal()?).map_err(|_| mask.expected("a mask of 32 bits"))?;
    Ok(bits.to_be_bytes().map(|byte| byte.to_string()).join(".").into_bytes())
}

/// `fe80::1%lo0 prefixlen 64 scopeid 0x1 autoconf secured`, `fe80::1  prefixlen 64  scopeid 0x20<link>`
pub(super) fn inet6(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.fields();
    let first = words.next().ok_or_else(|| rest.expected("an address"))?;
    let (address, zone) = first.split_once("%").map_or((first, None), |(address, zone)| (address, owned(zone)));
    let mut found = Address { family: "inet6", address: address.bytes.to_vec(), zone, ..Address::default() };
    while let Some(word) = words.next() {
        let mut value = || value_after(word, &mut words);
        match word.bytes {
            b"prefixlen" => found.prefix_length = Some(value()?.integer()?),
            b"-->" => found.peer = owned(value()?),
            b"scopeid" => {
                let scope = value()?;
                let (id, name) = scope.split_once("<").map_or((scope, None), |(id, name)| (id, name.strip_suffix(">")));
                (found.scope_id, found.scope) = (owned(id), name.and_then(owned));
            }
            b"pltime" | b"vltime" | b"vhid" => {
                let value = value()?;
                found.flags.push([word.bytes, b" ", value.bytes].concat());
            }
            _ => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0`
pub(super) fn old_inet(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut found = Address { family: "inet", ..Address::default() };
    for word in rest.fields() {
        let (name, value) = word.split_once(":").ok_or_else(|| word.expected("`NAME:ADDRESS`"))?;
        match name.bytes {
            b"addr" => found.address = value.bytes.to_vec(),
            b"Bcast" => found.broadcast = owned(value),
            b"Mask" => found.netmask = owned(value),
            b"P-t-P" => found.peer = owned(value),
            _ => return Err(word.expected("`addr:`, `Bcast:`, `Mask:` or `P-t-P:`")),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `addr: fe80::1/64 Scope:Link`
pub(super) fn old_inet6(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.split_at("addr:".len()).1.fields();
    let address = words.next().ok_or_else(|| rest.expected("an address"))?;
    let (address, length) = address.split_once("/").ok_or_else(|| address.expected("`ADDRESS/LENGTH`"))?;
    let mut found = Address { family: "inet6", address: address.bytes.to_vec(), ..Address::default() };
    found.prefix_length = Some(length.integer()?);
    for word in words {
        match word.strip_prefix("Scope:") {
            Some(scope) => found.scope = owned(scope),
            None => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}
