//! What is said of the link layer of an interface.

use outparse_sdk::{Field, Problem};

use crate::interface::kind::attribute;
use crate::interface::record::Interface;
use crate::words::{Words, owned};

/// `link/ether 02:42:… brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 …`
pub(crate) fn link_layer(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let mut words = Words::of(line);
    let Some(kind) = words.next() else { return Ok(()) };
    interface.link_type = kind.strip_prefix("link/").and_then(owned);
    let keyword = |word: &[u8]| matches!(word, b"brd" | b"peer" | b"link-netnsid" | b"link-netns" | b"permaddr" | b"promiscuity");
    if let Some(address) = words.peek().filter(|word| !keyword(word.bytes)) {
        interface.mac_address = owned(address);
        words.next();
    }
    while let Some(word) = words.next() {
        match word.bytes {
            b"brd" => interface.mac_broadcast = owned(words.value(word)?),
            b"peer" => interface.link_peer = owned(words.value(word)?),
            b"permaddr" => interface.permanent_address = owned(words.value(word)?),
            b"link-netnsid" | b"link-netns" => interface.network_namespace = owned(words.value(word)?),
            _ => attribute(interface, word, &mut words),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Interfaces;

    #[test]
    fn what_is_said_of_a_part_of_an_interface_is_not_said_of_the_whole() {
        let capture = "4: e0: <UP> mtu 1500 xdp/id:7 qdisc mq master br0 state UP mode DEFAULT group default qlen 1000\n    \
            link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1 minmtu 68\n    \
            bridge_slave state forwarding priority 32\n    \
            RX:  bytes packets errors dropped  missed   mcast\n    1 2 3 4 5 6\n    \
            vf 0     link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto\n    \
            RX: bytes  packets  mcast   bcast   dropped\n    71 72 73 74 75\n    \
            vf 1 MAC 02:00:00:00:00:03, spoof checking off\n    prog/xdp id 7 tag 3b185187f1855c4c jited\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        let record = &parsed.sound()[0];
        assert!(
            !record.contains("device_kind") && record.contains(r#""queue_discipline":"mq","master":"br0","state":"UP""#),
            "{record}"
        );
        parsed.has(
            0,
            &[
                r#""xdp":"id:7""#,
                r#""bridge_slave":"state forwarding priority 32""#,
                r#""vf 0":"link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto""#,
                r#""vf 0 rx_bytes":"71""#,
                r#""vf 1":"MAC 02:00:00:00:00:03, spoof checking off""#,
                r#""prog/xdp":"id 7 tag 3b185187f1855c4c jited""#,
                r#""rx_bytes":1"#,
            ],
        );
    }
}
