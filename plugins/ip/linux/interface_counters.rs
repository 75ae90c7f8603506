//! What `-s` counts: a line of titles and one of numbers.

use outparse_sdk::{Field, Problem};

use crate::interface_record::Interface;
use crate::words::count;

/// The titles over a line of numbers.
pub(crate) struct Numbers {
    pub(crate) receive: bool,
    pub(crate) causes: bool,
    /// The virtual function that they are of, `vf 0`, where they are not the device's own.
    pub(crate) of: Option<Vec<u8>>,
    pub(crate) titles: Vec<Vec<u8>>,
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
    let words = line.words();
    if words.len() != titles.titles.len() {
        return Err(Problem::error(format!("expected {} numbers, found {}", titles.titles.len(), words.len())));
    }
    for (title, word) in titles.titles.iter().zip(words) {
        let number = if human { count(word)? } else { word.integer().or_else(|_| count(word))? };
        if let Some(of) = &titles.of {
            let way = if titles.receive { &b" rx_"[..] } else { b" tx_" };
            interface.details.0.push(([of, way, title].concat(), word.bytes.to_vec()));
            continue;
        }
        let place = match (titles.receive, titles.causes, title.as_slice()) {
            // Old versions have these two the other way around.
            (true, true, b"missed") => &mut interface.rx_missed,
            (true, true, _) | (true, false, b"overrun") => {
                interface.rx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (false, true, _) => {
                interface.tx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (true, _, b"bytes") => &mut interface.rx_bytes,
            (true, _, b"packets") => &mut interface.rx_packets,
            (true, _, b"errors") => &mut interface.rx_errors,
            (true, _, b"dropped") => &mut interface.rx_dropped,
            (true, _, b"missed") => &mut interface.rx_missed,
            (true, _, b"mcast") => &mut interface.rx_multicast,
            (false, _, b"bytes") => &mut interface.tx_bytes,
            (false, _, b"packets") => &mut interface.tx_packets,
            (false, _, b"errors") => &mut interface.tx_errors,
            (false, _, b"dropped") => &mut interface.tx_dropped,
            (false, _, b"carrier") => &mut interface.tx_carrier_errors,
            (false, _, b"collsns") => &mut interface.tx_collisions,
            (receive, _, other) => {
                let name = [if receive { b"rx_" } else { b"tx_" }, other].concat();
                interface.details.0.push((name, word.bytes.to_vec()));
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
