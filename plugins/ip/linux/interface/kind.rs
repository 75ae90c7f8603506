//! What `-d` says of the kind of an interface, or of the bridge or bond that it belongs to, and behind that of any link.

use outparse_sdk::Field;

use crate::interface::record::Interface;
use crate::words::Words;

/// The words that begin what is said of any link.
const OF_ANY_LINK: [&str; 2] = ["addrgenmode", "numtxqueues"];

/// A line that is no other: `vlan protocol 802.1Q id 5 <REORDER_HDR> addrgenmode eui64 numtxqueues 1 …`, or one that goes on with it, which is
/// indented further: `ingress-qos-map { 1:2 }` of a VLAN, `bitrate 500000` of CAN.
pub(crate) fn kind(interface: &mut Interface, line: Field<'_>, goes_on: bool) {
    let mut words = Words::of(line);
    let own = words.up_to(&OF_ANY_LINK);
    if let Some(name) = own.fields().next() {
        let rest = own.split_at(name.bytes.len()).1.trim();
        if name.bytes.ends_with(b"_slave") || name.bytes.contains(&b'/') {
            // What its bridge or bond, or a program attached to it, says of it is not its own kind.
            interface.details.0.push((name.bytes.to_vec(), rest.bytes.to_vec()));
        } else if interface.device_kind.is_none() {
            interface.device_kind = Some(name.bytes.to_vec());
            interface.device_details = Some(rest.bytes.to_vec()).filter(|text| !text.is_empty());
        } else if goes_on {
            let details = interface.device_details.get_or_insert_default();
            if !details.is_empty() {
                details.push(b' ');
            }
            details.extend_from_slice(own.bytes);
        } else {
            interface.details.0.push((name.bytes.to_vec(), rest.bytes.to_vec()));
        }
    }
    attributes(interface, &mut words);
}

/// What is said of any link: words and their values.
pub(crate) fn attributes(interface: &mut Interface, words: &mut Words<'_>) {
    while let Some(word) = words.next() {
        attribute(interface, word, words);
    }
}

/// A word of `-d` and its value, mostly a number.
pub(crate) fn attribute(interface: &mut Interface, word: Field<'_>, words: &mut Words<'_>) {
    // This one has none.
    let value = if word.bytes == b"netns-immutable" { None } else { words.next() };
    interface.details.0.push((word.bytes.to_vec(), value.map_or_else(Vec::new, |value| value.bytes.to_vec())));
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use crate::Interfaces;

    #[test]
    fn what_is_said_of_a_kind_may_go_on_in_further_lines() {
        let lines = [
            "3: v5@d0: <UP> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000",
            "    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 ",
            "    vlan protocol 802.1Q id 5 <REORDER_HDR> ",
            "      ingress-qos-map { 1:2 } ",
            "      egress-qos-map { 0:1 } addrgenmode eui64 numtxqueues 1 netns-immutable parentbus pci ",
            "    inet 192.0.2.1/24 scope global v5",
        ];
        let capture = lines.join("\n") + "\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(
            0,
            &[
                r#""device_kind":"vlan","device_details":"protocol 802.1Q id 5 <REORDER_HDR> ingress-qos-map { 1:2 } egress-qos-map { 0:1 }""#,
                r#""details":{"promiscuity":"0","addrgenmode":"eui64","numtxqueues":"1","netns-immutable":"","parentbus":"pci"}"#,
            ],
        );
        assert_any_split::<Interfaces>(None, capture.as_bytes());
        assert_eq!(parsed.records, parse::<Interfaces>(None, (lines.join("\\") + "\n").as_bytes()).records);
        // Old versions have the lines of the maps also with `-o`.
        let half = format!("{}\n{}\n", lines[..3].join("\\"), lines[3..].join("\n"));
        assert_eq!(parsed.records, parse::<Interfaces>(None, half.as_bytes()).records);
    }

    #[test]
    fn a_bus_of_can_is_told_in_lines_and_counted_in_a_table() {
        let capture = "4: can0: <NOARP,UP> mtu 72 qdisc pfifo_fast state UP mode DEFAULT group default qlen 10\n    link/can  promiscuity 0 minmtu 0\n    can <FD> state ERROR-ACTIVE (berr-counter tx 0 rx 0) restart-ms 100 \n\t  bitrate 500000 sample-point 0.875 \n\t  flexcan: tseg1 2..96 brp_inc 1\n\t  clock 40000000 \n\t  re-started bus-errors arbit-lost\n\t  0          7          2         numtxqueues 1 parentbus spi \n    RX:  bytes packets errors dropped  missed   mcast           \n             8       1      0       0       0       0 \n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(
            0,
            &[
                r#""device_details":"<FD> state ERROR-ACTIVE (berr-counter tx 0 rx 0) restart-ms 100 bitrate 500000 sample-point 0.875 flexcan: tseg1 2..96 brp_inc 1 clock 40000000""#,
                r#""details":{"promiscuity":"0","minmtu":"0","numtxqueues":"1","parentbus":"spi","re-started":"0","bus-errors":"7","arbit-lost":"2"}"#,
                r#""rx_bytes":8"#,
            ],
        );
        let broken = parse::<Interfaces>(None, capture.replace("0          7 ", "0          x ").as_bytes());
        assert_eq!(broken.problems.len(), 1, "{broken:?}");
    }
}
