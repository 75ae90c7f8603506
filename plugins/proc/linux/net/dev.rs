//! `/proc/net/dev`: interfaces and what they counted.

use outparse_sdk::{About, Ending, Error, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// An interface and what it counted.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface<'a> {
    /// Its name.
    #[field(key)]
    pub interface: &'a [u8],
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: i64,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: i64,
    /// Packets received in error.
    #[field(counter)]
    pub rx_errors: i64,
    /// Packets received and dropped.
    #[field(counter)]
    pub rx_dropped: i64,
    /// Errors of the receive buffer.
    #[field(counter)]
    pub rx_fifo_errors: i64,
    /// Packets received with a broken frame.
    #[field(counter)]
    pub rx_frame_errors: i64,
    /// Packets received compressed.
    #[field(counter)]
    pub rx_compressed: i64,
    /// Multicast packets received.
    #[field(counter)]
    pub rx_multicast: i64,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: i64,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: i64,
    /// Packets not sent for errors.
    #[field(counter)]
    pub tx_errors: i64,
    /// Packets dropped instead of sent.
    #[field(counter)]
    pub tx_dropped: i64,
    /// Errors of the send buffer.
    #[field(counter)]
    pub tx_fifo_errors: i64,
    /// Collisions.
    #[field(counter)]
    pub collisions: i64,
    /// Packets lost with the carrier.
    #[field(counter)]
    pub tx_carrier_errors: i64,
    /// Packets sent compressed.
    #[field(counter)]
    pub tx_compressed: i64,
}

/// Reads `/proc/net/dev`.
pub struct NetDev {
    titles: u32,
}

impl Parser for NetDev {
    const ABOUT: About =
        about!("net-dev", "Interfaces and what they counted, as /proc/net/dev has them", "/proc/net/dev", "/proc/*/net/dev");
    type Record = Interface<'static>;

    fn new(_: &Source) -> Self {
        NetDev { titles: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.titles < 2 {
            let start: &[u8] = if self.titles == 0 { b"Inter-|" } else { b" face |bytes" };
            if !line.bytes.starts_with(start) {
                return Err(Error::Unrecognised(line.expected("the titles `Inter-| Receive | Transmit`")));
            }
            self.titles += 1;
            rows.recognise();
            return Ok(());
        }
        let (interface, numbers) = line.whole().rsplit_once(":").ok_or_else(|| line.expected("`INTERFACE: NUMBER …`"))?;
        let numbers = numbers.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>()?;
        let [
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            rx_fifo_errors,
            rx_frame_errors,
            rx_compressed,
            rx_multicast,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
            tx_fifo_errors,
            collisions,
            tx_carrier_errors,
            tx_compressed,
        ] = numbers[..]
        else {
            return Err(Problem::error(format!("expected 16 numbers, found {}", numbers.len())).into());
        };
        rows.push(Interface {
            interface: interface.trim().bytes,
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            rx_fifo_errors,
            rx_frame_errors,
            rx_compressed,
            rx_multicast,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
            tx_fifo_errors,
            collisions,
            tx_carrier_errors,
            tx_compressed,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Inter-| Receive | Transmit`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn interfaces_are_read() {
        let dev = parse::<NetDev>(
            None,
            b"Inter-|   Receive |  Transmit\n face |bytes    packets\neth0:1:  1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        );
        assert!(dev.records[0].starts_with(r#"{"interface":"eth0:1","rx_bytes":1,"rx_packets":2"#), "{dev:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<NetDev>(["hello\n", ""]);
    }
}
