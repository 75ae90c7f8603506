//! `ifconfig` prints a block an interface: its name at the margin, all else indented. net-tools 2, macOS and the BSDs write
//! `flags=…<UP>` and `inet ADDRESS netmask MASK`; net-tools 1 and BusyBox write `Link encap:` and `inet addr:ADDRESS`, which is the old
//! style in the names here.

mod addresses;
mod body;
mod heading;
mod interface;
mod words;

use heading::EXPECTED;
pub use interface::{Address, Interface};
use outparse_sdk::{About, Ending, Error, Line, Parser, Rows, Source};

/// Reads the blocks of `ifconfig`.
pub struct Ifconfig {
    current: Option<Interface>,
    seen: Vec<&'static str>,
}

impl Parser for Ifconfig {
    const ABOUT: About = About {
        name: "ifconfig-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Interfaces and their addresses, as ifconfig of net-tools, BusyBox, macOS and the BSDs prints them",
        commands: &["ifconfig", "busybox ifconfig", "toybox ifconfig", "netstat"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Interface;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Ifconfig { current: None, seen: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        // The caption of `netstat -ie`.
        if whole.bytes == b"Kernel Interface table" && !rows.recognised() {
            return Ok(());
        }
        if !whole.bytes[0].is_ascii_whitespace() {
            if whole.bytes.starts_with(b"Iface ") || whole.bytes.starts_with(b"Name ") {
                return Err(Error::unrecognised(
                    "`ifconfig -s` prints the table of `netstat -i`: `outparse netstat -i` reads that",
                ));
            }
            // net-tools says this in the midst of an interface.
            if whole.bytes.starts_with(b"Infiniband hardware address can be incorrect!") {
                return Ok(());
            }
            // What stands below a heading that is broken is not of the interface above it.
            self.flush(rows);
            self.current = Some(heading::read(whole)?);
            rows.recognise();
            return Ok(());
        }
        let interface = self.current.as_mut().ok_or_else(|| line.expected(EXPECTED))?;
        Ok(body::read(interface, whole.trim())?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Ifconfig {
    fn flush(&mut self, rows: &mut Rows<Interface>) {
        let Some(interface) = self.current.take() else { return };
        let has = interface.has();
        if has.iter().any(|name| !self.seen.contains(name)) {
            self.seen.extend(has.into_iter().filter(|name| !self.seen.contains(name)).collect::<Vec<_>>());
            rows.shape(&self.seen);
        }
        rows.push(interface);
    }
}

outparse_sdk::export!(Ifconfig);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ifconfig;

    #[test]
    fn the_ends_of_a_tunnel_are_no_link_layer_addresses() {
        let capture = b"gif0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> metric 0 mtu 1280\n\ttunnel inet 192.0.2.1 --> 192.0.2.2\n\tinet 10.0.0.1 --> 10.0.0.2 netmask 0xff000000\n";
        let parsed = parse::<Ifconfig>(None, capture);
        assert!(!parsed.records[0].contains("mac_address"), "{parsed:?}");
        parsed.has(0, &[r#""tunnel":"inet 192.0.2.1 --> 192.0.2.2""#, r#""peer":"10.0.0.2""#]);
    }

    #[test]
    fn each_style_says_the_same() {
        let new = "lo: flags=73<UP,LOOPBACK>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        loop  txqueuelen 1000  (Local Loopback)\n        \
            RX packets 73  bytes 6009 (5.8 KiB)\n        RX errors 0  dropped 0  overruns 0  frame 0\n";
        let old = "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK  MTU:65536  Metric:1\n          \
            RX packets:73 errors:0 dropped:0 overruns:0 frame:0\n          RX bytes:6009 (5.8 KiB)  TX bytes:1 (1.0 B)\n";
        for capture in [new, old] {
            let parsed = parse::<Ifconfig>(None, capture.as_bytes());
            assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
            for part in [
                r#""flags":["UP","LOOPBACK"]"#,
                r#""mtu":65536"#,
                r#""address":"127.0.0.1""#,
                r#""netmask":"255.0.0.0""#,
                r#""rx_packets":73,"rx_bytes":6009,"rx_errors":0"#,
                r#""link_type":"Local Loopback""#,
            ] {
                assert!(parsed.records[0].contains(part), "{part} in {parsed:?}");
            }
            assert_any_split::<Ifconfig>(None, capture.as_bytes());
        }
    }

    #[test]
    fn what_stands_below_a_broken_heading_is_of_no_interface() {
        let capture = "a: flags=73<UP>  mtu 1500\n        inet 192.0.2.1  netmask 255.255.255.0\nb: flgs=73<UP>  mtu 1500\n        \
            inet 192.0.2.2  netmask 255.255.255.0\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert!(!parsed.records[0].contains("192.0.2.2"), "{parsed:?}");
    }

    #[test]
    fn what_net_tools_says_between_the_lines_is_no_interface_and_no_flag() {
        let capture = "ib0: flags=73<UP>  mtu 2044\nInfiniband hardware address can be incorrect! Please read BUGS section in ifconfig(8).\n        \
            infiniband 80:00:00:48  txqueuelen 256  (InfiniBand)\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""mac_address":"80:00:00:48""#), "{parsed:?}");
        let capture = "sit0      Link encap:IPv6-in-IPv4  \n          [NO FLAGS]  MTU:1480  Metric:1\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""flags":[],"mtu":1480"#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Ifconfig>(["hello\n", "  inet 1.2.3.4\n", "Iface MTU\n", "lo: mtu 3\n", "a b: flags=1<> mtu 3\n"]);
    }
}
