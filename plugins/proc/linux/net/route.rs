//! `/proc/net/route`: routes of IPv4.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use super::ipv4::dotted;
use crate::about;

/// A route.
#[derive(Clone, Debug, Default, Record)]
pub struct Route<'a> {
    /// Interface.
    pub interface: &'a [u8],
    /// What it leads to.
    #[field(key)]
    pub destination: String,
    /// Next hop; all zeros where there is none.
    pub gateway: String,
    /// Network mask.
    #[field(key)]
    pub netmask: String,
    /// Flags, in hexadecimal.
    pub route_flags: &'a [u8],
    /// Flags by name.
    pub flags: Vec<&'static str>,
    /// Number of references: always 0.
    pub references: i64,
    /// How often it was used: always 0.
    pub use_count: i64,
    /// Metric.
    pub metric: i64,
    /// Largest packet; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub mtu: i64,
    /// Window of TCP; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub window: i64,
    /// First guess of the round-trip time; 0 where it is the usual one.
    pub initial_rtt: i64,
}

/// Reads `/proc/net/route`.
pub struct NetRoute {
    began: bool,
}

impl Parser for NetRoute {
    const ABOUT: About =
        about!("net-route", "Routes of IPv4, as /proc/net/route has them", "/proc/net/route", "/proc/*/net/route");
    type Record = Route<'static>;

    fn new(_: &Source) -> Self {
        NetRoute { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            line.expect("Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        let [interface, destination, gateway, flags, references, uses, metric, mask, mtu, window, rtt] =
            line.fields_and_rest()?;
        let address = |field: Field<'_>| -> Result<String, Problem> {
            let word = u32::try_from(field.hexadecimal()?).map_err(|_| field.expected("an address in hexadecimal"))?;
            Ok(dotted(word.to_le_bytes()))
        };
        let bits = flags.hexadecimal()?;
        const NAMES: [(i64, &str); 7] =
            [(1, "UP"), (2, "GATEWAY"), (4, "HOST"), (8, "REINSTATE"), (16, "DYNAMIC"), (32, "MODIFIED"), (0x200, "REJECT")];
        rows.push(Route {
            interface: interface.bytes,
            destination: address(destination)?,
            gateway: address(gateway)?,
            netmask: address(mask)?,
            route_flags: flags.bytes,
            flags: NAMES.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect(),
            references: references.integer()?,
            use_count: uses.integer()?,
            metric: metric.integer()?,
            mtu: mtu.integer()?,
            window: window.integer()?,
            initial_rtt: rtt.trim().integer()?,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Iface Destination Gateway …`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn routes_are_read() {
        let route = parse::<NetRoute>(None, b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assert!(route.records[0].contains(r#""destination":"0.0.0.0","gateway":"192.0.2.1","netmask":"0.0.0.0","route_flags":"0003","flags":["UP","GATEWAY"]"#), "{route:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<NetRoute>(["hello\n", ""]);
    }
}
