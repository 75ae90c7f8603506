//! Interfaces and what they counted.

use outparse_sdk::{Field, Problem, Record};

/// An interface, or one of its addresses.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface<'a> {
    /// Its name.
    #[field(key)]
    pub interface: &'a [u8],
    /// Whether it is up: macOS and the BSDs mark those that are not with `*`.
    pub is_up: Option<bool>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Network, or `<Link#1>` or `<Link>` for the link layer.
    pub network: Option<&'a [u8]>,
    /// Address, of the link layer or of the network.
    pub address: Option<&'a [u8]>,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Packets received in error.
    #[field(counter)]
    pub rx_errors: Option<i64>,
    /// Packets received and dropped.
    #[field(counter)]
    pub rx_dropped: Option<i64>,
    /// Packets lost because they came too fast.
    #[field(counter)]
    pub rx_overruns: Option<i64>,
    /// Bytes received (`-b`).
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received in error or dropped (OpenBSD).
    #[field(counter)]
    pub rx_failed: Option<i64>,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// Packets not sent for errors.
    #[field(counter)]
    pub tx_errors: Option<i64>,
    /// Packets dropped instead of sent.
    #[field(counter)]
    pub tx_dropped: Option<i64>,
    /// Packets lost because they came too fast to be sent.
    #[field(counter)]
    pub tx_overruns: Option<i64>,
    /// Bytes sent (`-b`).
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets not sent for errors, or dropped (OpenBSD).
    #[field(counter)]
    pub tx_failed: Option<i64>,
    /// Collisions.
    #[field(counter)]
    pub collisions: Option<i64>,
    /// Packets dropped, in either direction (BSD, `-d`).
    #[field(counter)]
    pub dropped: Option<i64>,
    /// Flags by their letters: `BMRU` is broadcast, multicast, running, up.
    pub interface_flags: Option<&'a [u8]>,
}

/// Titles over interfaces, as names of fields.
pub(crate) struct Titles {
    columns: Vec<&'static str>,
    bsd: bool,
}

impl Titles {
    pub(crate) fn of(words: &[String]) -> Option<Titles> {
        let mut columns = Vec::new();
        for title in words {
            columns.push(match title.as_str() {
                "Iface" | "Name" => "interface",
                "MTU" | "Mtu" => "mtu",
                "Met" => "metric",
                "Network" => "network",
                "Address" => "address",
                "RX-OK" | "Ipkts" => "rx_packets",
                "RX-ERR" | "Ierrs" => "rx_errors",
                "RX-DRP" | "Idrop" => "rx_dropped",
                "RX-OVR" => "rx_overruns",
                "Ibytes" => "rx_bytes",
                "TX-OK" | "Opkts" => "tx_packets",
                "TX-ERR" | "Oerrs" => "tx_errors",
                "TX-DRP" => "tx_dropped",
                "TX-OVR" => "tx_overruns",
                "Obytes" => "tx_bytes",
                "Coll" | "Colls" => "collisions",
                "Ifail" => "rx_failed",
                "Ofail" => "tx_failed",
                "Drop" => "dropped",
                "Flg" => "interface_flags",
                _ => return None,
            });
        }
        Some(Titles { bsd: words.first().is_some_and(|word| word == "Name"), columns })
    }

    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let known = self.columns.iter().copied().filter(|&column| column != "metric");
        known.chain(self.bsd.then_some("is_up")).collect()
    }

    pub(crate) fn read<'a>(&self, line: Field<'a>) -> Result<Interface<'a>, Problem> {
        let words = line.words();
        // net-tools has one sentence for an interface without statistics, an alias say.
        if let [name, mtu, dash, no, statistics, available, dash_too, flags] = words[..]
            && !self.bsd
            && [dash, no, statistics, available, dash_too].iter().map(|word| word.bytes).eq([
                &b"-"[..],
                b"no",
                b"statistics",
                b"available",
                b"-",
            ])
        {
            let (interface, interface_flags) = (name.bytes, Some(flags.bytes));
            return Ok(Interface { interface, mtu: Some(mtu.integer()?), interface_flags, ..Interface::default() });
        }
        let address = self.columns.iter().position(|&column| column == "address");
        let lacks = match self.columns.len().checked_sub(words.len()) {
            Some(0) => None,
            // The one column that may be blank.
            Some(1) if address.is_some() => address,
            _ => return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), words.len()))),
        };
        let mut words = words.into_iter();
        let mut found = Interface::default();
        for (at, &column) in self.columns.iter().enumerate() {
            if lacks == Some(at) {
                continue;
            }
            let Some(word) = words.next() else { break };
            let number = || word.known().map(|word| word.integer()).transpose();
            match column {
                "interface" => {
                    let name = if self.bsd { word.strip_suffix("*") } else { None };
                    found.is_up = self.bsd.then_some(name.is_none());
                    found.interface = name.unwrap_or(word).bytes;
                }
                "mtu" => found.mtu = number()?,
                "network" => found.network = Some(word.bytes),
                "address" => found.address = Some(word.bytes),
                "rx_packets" => found.rx_packets = number()?,
                "rx_errors" => found.rx_errors = number()?,
                "rx_dropped" => found.rx_dropped = number()?,
                "rx_overruns" => found.rx_overruns = number()?,
                "rx_bytes" => found.rx_bytes = number()?,
                "tx_packets" => found.tx_packets = number()?,
                "tx_errors" => found.tx_errors = number()?,
                "tx_dropped" => found.tx_dropped = number()?,
                "tx_overruns" => found.tx_overruns = number()?,
                "tx_bytes" => found.tx_bytes = number()?,
                "collisions" => found.collisions = number()?,
                "rx_failed" => found.rx_failed = number()?,
                "tx_failed" => found.tx_failed = number()?,
                "dropped" => found.dropped = number()?,
                "metric" => {}
                _ => found.interface_flags = Some(word.bytes),
            }
        }
        // Only a row of the link itself has no address.
        if lacks.is_some() && !found.network.is_some_and(|network| network.starts_with(b"<Link")) {
            return Err(line.expected("an address, as the network is not a link"));
        }
        Ok(found)
    }
}
