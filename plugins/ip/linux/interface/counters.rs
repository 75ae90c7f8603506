//! What `-s` counts, and with `-d` a bus of CAN: a line of titles and one of numbers.

use outparse_sdk::{Field, Problem};

use crate::interface::kind::attributes;
use crate::interface::record::Interface;
use crate::words::{Words, count};

/// The titles over a line of numbers.
pub(crate) struct Numbers {
    pub(crate) counted: Counted,
    /// The virtual function that they are of, `vf 0`, where they are not the device's own.
    pub(crate) of: Option<Vec<u8>>,
    pub(crate) titles: Vec<Vec<u8>>,
}

/// What numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Received,
    Sent,
    /// Errors by their causes.
    ReceiveErrors,
    SendErrors,
    /// What happened on a bus of CAN.
    Can,
}

/// The virtual function whose line came last: numbers below it are of that one.
pub(crate) fn virtual_function(interface: &Interface) -> Option<Vec<u8>> {
    let names = interface.details.0.iter().rev().map(|(name, _)| name);
    names
        .map(|name| name.splitn(3, |byte| *byte == b' ').take(2).collect::<Vec<_>>().join(&b' '))
        .find(|name| name.starts_with(b"vf "))
}

/// The numbers that stand under these titles.
pub(crate) fn statistics(interface: &mut Interface, titles: &Numbers, line: Field<'_>, human: bool) -> Result<(), Problem> {
    let mut words = line.words();
    if titles.counted == Counted::Can {
        // What is said of any link stands behind the numbers.
        let behind = words.split_off(words.len().min(titles.titles.len()));
        if let Some(first) = behind.first() {
            attributes(interface, &mut Words::of(line.split_at(first.start() - line.start()).1));
        }
    }
    if words.len() != titles.titles.len() {
        return Err(Problem::error(format!("expected {} numbers, found {}", titles.titles.len(), words.len())));
    }
    for (title, word) in titles.titles.iter().zip(words) {
        let number = if human { count(word)? } else { word.integer().or_else(|_| count(word))? };
        let receives = matches!(titles.counted, Counted::Received | Counted::ReceiveErrors);
        let way: &[u8] = if receives { b"rx_" } else { b"tx_" };
        if let Some(of) = &titles.of {
            interface.details.0.push(([of.as_slice(), b" ", way, title].concat(), word.bytes.to_vec()));
            continue;
        }
        let place = match (titles.counted, title.as_slice()) {
            // Old versions have these two the other way around.
            (Counted::ReceiveErrors | Counted::Received, b"missed") => &mut interface.rx_missed,
            (Counted::ReceiveErrors, _) | (Counted::Received, b"overrun") => {
                interface.rx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (Counted::SendErrors, _) => {
                interface.tx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (Counted::Received, b"bytes") => &mut interface.rx_bytes,
            (Counted::Received, b"packets") => &mut interface.rx_packets,
            (Counted::Received, b"errors") => &mut interface.rx_errors,
            (Counted::Received, b"dropped") => &mut interface.rx_dropped,
            (Counted::Received, b"mcast") => &mut interface.rx_multicast,
            (Counted::Sent, b"bytes") => &mut interface.tx_bytes,
            (Counted::Sent, b"packets") => &mut interface.tx_packets,
            (Counted::Sent, b"errors") => &mut interface.tx_errors,
            (Counted::Sent, b"dropped") => &mut interface.tx_dropped,
            (Counted::Sent, b"carrier") => &mut interface.tx_carrier_errors,
            (Counted::Sent, b"collsns") => &mut interface.tx_collisions,
            (Counted::Can, _) => {
                interface.details.0.push((title.clone(), word.bytes.to_vec()));
                continue;
            }
            (_, other) => {
                interface.details.0.push(([way, other].concat(), word.bytes.to_vec()));
                continue;
            }
        };
        *place = Some(number);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Interfaces;

    #[test]
    fn overruns_of_old_versions_are_not_what_was_missed() {
        let capture = "2: eth0: <UP> mtu 1500 qdisc mq state UP qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    \
            RX: bytes  packets  errors  dropped overrun mcast   \n    1 2 3 4 5 6\n    RX errors: length  crc     frame   fifo    missed\n               \
            0 1 2 3 9\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""rx_missed":9,"rx_multicast":6"#), "{parsed:?}");
        assert!(
            parsed.sound()[0].contains(r#""rx_error_causes":{"overrun":5,"length":0,"crc":1,"frame":2,"fifo":3}"#),
            "{parsed:?}"
        );
    }
}
