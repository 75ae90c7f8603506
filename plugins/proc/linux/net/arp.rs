//! `/proc/net/arp`: which link-layer addresses the neighbours have.

use outparse_sdk::{About, Ending, Error, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// An entry of the ARP cache.
#[derive(Clone, Debug, Default, Record)]
pub struct Neighbour<'a> {
    /// Its address.
    #[field(key)]
    pub address: &'a [u8],
    /// Type of the link layer, in hexadecimal: `0x1` is Ethernet.
    pub hardware_type: &'a [u8],
    /// Flags, in hexadecimal: `0x2` complete, `0x4` permanent, `0x8` published.
    pub arp_flags: &'a [u8],
    /// Its link-layer address; all zeros where it is not known.
    pub mac_address: &'a [u8],
    /// Mask: `*`.
    pub netmask: &'a [u8],
    /// Interface.
    #[field(key)]
    pub interface: &'a [u8],
}

/// Reads `/proc/net/arp`.
pub struct Arp {
    began: bool,
}

impl Parser for Arp {
    const ABOUT: About = about!("net-arp", "The ARP cache, as /proc/net/arp has it", "/proc/net/arp", "/proc/*/net/arp");
    type Record = Neighbour<'static>;

    fn new(_: &Source) -> Self {
        Arp { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            line.expect("IP address HW type Flags HW address Mask Device")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        // Titles of another reading.
        if line.bytes.starts_with(b"IP address ") {
            return Ok(());
        }
        let [address, kind, flags, mac, mask, interface] = line.fields_and_rest()?;
        if interface.bytes.is_empty() {
            return Err(Problem::error("expected 6 fields, found fewer").into());
        }
        rows.push(Neighbour {
            address: address.bytes,
            hardware_type: kind.bytes,
            arp_flags: flags.bytes,
            mac_address: mac.bytes,
            netmask: mask.bytes,
            interface: interface.trim().bytes,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `IP address HW type Flags HW address Mask Device`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn neighbours_are_read() {
        let arp = parse::<Arp>(None, b"IP address       HW type     Flags       HW address            Mask     Device\n192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n");
        assert_eq!(arp.records.len(), 1, "{arp:?}");
    }

    #[test]
    fn titles_that_come_again_are_no_neighbour() {
        let text = "IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1         0x1         0x2         00:11:22:33:44:55     *        eth0\n";
        assert_eq!(parse::<Arp>(None, text.repeat(2).as_bytes()).sound().len(), 2);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Arp>(["hello\n", ""]);
    }
}
