//! The tables of OpenBSD and Windows.

use outparse_sdk::{Field, Problem};

use crate::{Neighbour, is_absent};

/// The titles of OpenBSD.
pub(crate) const OPENBSD: &[u8] = b"Host Ethernet Address Netif Expire Flags";
/// The titles of Windows, below a line for each interface.
pub(crate) const WINDOWS: &[u8] = b"Internet Address Physical Address Type";

/// `192.0.2.1   02:fc:00:00:00:05   em0 18m14s     l`
pub(crate) fn openbsd(line: Field<'_>) -> Result<Neighbour<'_>, Problem> {
    let words = line.words();
    let ([address, mac, interface, expire] | [address, mac, interface, expire, _]) = words[..] else {
        return Err(line.expected("`HOST ADDRESS INTERFACE EXPIRE [FLAGS]`"));
    };
    check(line, mac)?;
    let is_permanent = matches!(expire.bytes, b"permanent" | b"static");
    let expires = if is_permanent || expire.bytes == b"expired" { None } else { Some(duration(expire)?) };
    Ok(Neighbour {
        address: address.bytes,
        mac_address: Some(mac.bytes).filter(|mac| !is_absent(mac)),
        interface: Some(interface.bytes),
        is_permanent,
        expires,
        arp_flags: words.get(4).map(|flags| flags.bytes),
        ..Neighbour::default()
    })
}

/// `Interface: 192.0.2.5 --- 0xb`: the address and the index of an interface.
pub(crate) fn interface(line: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    line.strip_prefix("Interface: ")?.split_once(" --- ")
}

/// `  192.0.2.1             02-fc-00-00-00-05     dynamic`
pub(crate) fn windows<'a>(line: Field<'a>, (address, index): (&'a [u8], &'a [u8])) -> Result<Neighbour<'a>, Problem> {
    let words = line.words();
    let (neighbour, mac, kind) = match words[..] {
        [neighbour, mac, kind] => (neighbour, Some(mac), kind),
        [neighbour, kind] => (neighbour, None, kind),
        _ => return Err(line.expected("`ADDRESS PHYSICAL-ADDRESS TYPE`")),
    };
    mac.map(|mac| check(line, mac)).transpose()?;
    if !matches!(kind.bytes, b"dynamic" | b"static" | b"invalid") || mac.is_some() == (kind.bytes == b"invalid") {
        return Err(line.expected("`dynamic`, `static`, or `invalid` without a physical address"));
    }
    Ok(Neighbour {
        address: neighbour.bytes,
        mac_address: mac.map(|mac| mac.bytes),
        interface: Some(index),
        interface_address: Some(address),
        is_permanent: kind.bytes == b"static",
        flags: vec![kind.bytes],
        ..Neighbour::default()
    })
}

/// Nothing else may stand where the link-layer address belongs.
fn check(line: Field<'_>, mac: Field<'_>) -> Result<(), Problem> {
    let is_address = mac.bytes.contains(&b':') || mac.bytes.contains(&b'-');
    let is_plain = mac.bytes.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-'));
    if is_absent(mac.bytes) || is_address && is_plain {
        Ok(())
    } else {
        Err(line.expected("a link-layer address in the second column"))
    }
}

/// Seconds of `1h18m14s`.
fn duration(text: Field<'_>) -> Result<i64, Problem> {
    let mut seconds = 0;
    let mut number = None;
    for &byte in text.bytes {
        match (byte, number) {
            (b'0'..=b'9', _) => number = Some(number.unwrap_or(0i64).saturating_mul(10).saturating_add(i64::from(byte - b'0'))),
            (b'd', Some(days)) => (seconds, number) = (seconds + days.min(1 << 31) * 86_400, None),
            (b'h', Some(hours)) => (seconds, number) = (seconds + hours.min(1 << 31) * 3600, None),
            (b'm', Some(minutes)) => (seconds, number) = (seconds + minutes.min(1 << 31) * 60, None),
            (b's', Some(rest)) => (seconds, number) = (seconds + rest.min(1 << 31), None),
            _ => return Err(text.expected("a time such as `18m14s`, `permanent` or `expired`")),
        }
    }
    if number.is_some() || text.bytes.is_empty() { Err(text.expected("a time such as `18m14s`")) } else { Ok(seconds) }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use crate::Arp;

    #[test]
    fn the_table_of_openbsd_is_read() {
        let capture = b"Host                                 Ethernet Address   Netif Expire     Flags\n\
            10.0.2.2                             52:54:00:12:35:02    em0 1h18m14s   \n\
            10.0.2.15                            08:00:27:aa:bb:cc    em0 permanent  l\n\
            10.0.2.3                             (incomplete)         em0 expired    \n10.0.2.4 em0 permanent l\n";
        let parsed = parse::<Arp>(None, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"address":"10.0.2.2","mac_address":"52:54:00:12:35:02","arp_flags":null,"interface":"em0","is_permanent":false,"expires":4694}"#,
                r#"{"address":"10.0.2.15","mac_address":"08:00:27:aa:bb:cc","arp_flags":"l","interface":"em0","is_permanent":true,"expires":null}"#,
                r#"{"address":"10.0.2.3","mac_address":null,"arp_flags":null,"interface":"em0","is_permanent":false,"expires":null}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 1);
    }

    #[test]
    fn the_tables_of_windows_are_read() {
        let capture = b"\r\nInterface: 192.0.2.5 --- 0xb\r\n  Internet Address      Physical Address      Type\r\n\
            \x20 192.0.2.1             00-50-56-f7-4a-fc     dynamic   \r\n  192.0.2.9                                   invalid   \r\n\r\n\
            Interface: 10.0.0.1 --- 0x12\r\n  Internet Address      Physical Address      Type\r\n  10.0.0.255            ff-ff-ff-ff-ff-ff     static    \r\n  10.0.0.9  dynamic\r\n";
        let parsed = parse::<Arp>(None, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"address":"192.0.2.1","mac_address":"00-50-56-f7-4a-fc","interface":"0xb","interface_address":"192.0.2.5","is_permanent":false,"flags":["dynamic"]}"#,
                r#"{"address":"192.0.2.9","mac_address":null,"interface":"0xb","interface_address":"192.0.2.5","is_permanent":false,"flags":["invalid"]}"#,
                r#"{"address":"10.0.0.255","mac_address":"ff-ff-ff-ff-ff-ff","interface":"0x12","interface_address":"10.0.0.1","is_permanent":true,"flags":["static"]}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 1);
        assert_any_split::<Arp>(None, capture);
        let broken = String::from_utf8_lossy(capture).replacen("Interface: 10.0.0.1", "Interface  10.0.0.1", 1);
        assert_eq!(parse::<Arp>(None, broken.as_bytes()).records.len(), 2);
        assert_unrecognised::<Arp>(["Interface: 192.0.2.5\n", "Internet Address Physical Address Type\n"]);
    }
}
