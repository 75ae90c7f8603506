//! An interface and its addresses.

use outparse_sdk::{Map, Record};

/// An interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// Its name.
    #[field(key)]
    pub interface: Vec<u8>,
    /// Flags by name: `UP`, `BROADCAST`, `RUNNING`, …
    pub flags: Vec<Vec<u8>>,
    /// The same as the number that is printed: decimal on Linux, hexadecimal on macOS and the BSDs.
    pub flags_value: Option<Vec<u8>>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Metric.
    pub metric: Option<i64>,
    /// Link layer: `Ethernet`, `Local Loopback`, …
    pub link_type: Option<Vec<u8>>,
    /// Link-layer address.
    pub mac_address: Option<Vec<u8>>,
    /// Length of the queue for sending, in packets.
    pub queue_length: Option<i64>,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received in error.
    #[field(counter)]
    pub rx_errors: Option<i64>,
    /// Packets received and dropped.
    #[field(counter)]
    pub rx_dropped: Option<i64>,
    /// Packets lost because they came too fast.
    #[field(counter)]
    pub rx_overruns: Option<i64>,
    /// Packets received with a broken frame.
    #[field(counter)]
    pub rx_frame_errors: Option<i64>,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets not sent for errors.
    #[field(counter)]
    pub tx_errors: Option<i64>,
    /// Packets dropped instead of sent.
    #[field(counter)]
    pub tx_dropped: Option<i64>,
    /// Packets lost because they came too fast to be sent.
    #[field(counter)]
    pub tx_overruns: Option<i64>,
    /// Packets lost with the carrier.
    #[field(counter)]
    pub tx_carrier_errors: Option<i64>,
    /// Collisions.
    #[field(counter)]
    pub collisions: Option<i64>,
    /// Capabilities that are in use (BSD).
    pub options: Vec<Vec<u8>>,
    /// The same as the hexadecimal number that is printed.
    pub options_value: Option<Vec<u8>>,
    /// Options of neighbour discovery (BSD).
    pub neighbour_options: Vec<Vec<u8>>,
    /// The same as the hexadecimal number that is printed.
    pub neighbour_options_value: Option<Vec<u8>>,
    /// Medium (BSD).
    pub media: Option<Vec<u8>>,
    /// Whether it has a carrier, in words (BSD): `active`, `inactive`, `associated`.
    pub status: Option<Vec<u8>>,
    /// All else, by the words before it.
    pub details: Map<Vec<u8>>,
}

impl Interface {
    /// The fields about which something is said, and those that every interface has.
    pub(super) fn has(&self) -> Vec<&'static str> {
        let all = [
            ("flags_value", self.flags_value.is_some()),
            ("metric", self.metric.is_some()),
            ("link_type", self.link_type.is_some()),
            ("mac_address", self.mac_address.is_some()),
            ("queue_length", self.queue_length.is_some()),
            ("rx_packets", self.rx_packets.is_some()),
            ("rx_bytes", self.rx_bytes.is_some()),
            ("rx_errors", self.rx_errors.is_some()),
            ("rx_dropped", self.rx_dropped.is_some()),
            ("rx_overruns", self.rx_overruns.is_some()),
            ("rx_frame_errors", self.rx_frame_errors.is_some()),
            ("tx_packets", self.tx_packets.is_some()),
            ("tx_bytes", self.tx_bytes.is_some()),
            ("tx_errors", self.tx_errors.is_some()),
            ("tx_dropped", self.tx_dropped.is_some()),
            ("tx_overruns", self.tx_overruns.is_some()),
            ("tx_carrier_errors", self.tx_carrier_errors.is_some()),
            ("collisions", self.collisions.is_some()),
            ("options", self.options_value.is_some()),
            ("options_value", self.options_value.is_some()),
            ("neighbour_options", self.neighbour_options_value.is_some()),
            ("neighbour_options_value", self.neighbour_options_value.is_some()),
            ("media", self.media.is_some()),
            ("status", self.status.is_some()),
            ("details", !self.details.0.is_empty()),
        ];
        let always = ["interface", "flags", "mtu", "addresses"];
        always.into_iter().chain(all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name)).collect()
    }

    /// Where what is received or sent is counted by this name; the queue for sending has its length among the counters of old versions.
    pub(super) fn counter(&mut self, receives: bool, name: &[u8]) -> Option<&mut Option<i64>> {
        Some(match (receives, name) {
            (true, b"packets") => &mut self.rx_packets,
            (true, b"bytes") => &mut self.rx_bytes,
            (true, b"errors") => &mut self.rx_errors,
            (true, b"dropped") => &mut self.rx_dropped,
            (true, b"overruns") => &mut self.rx_overruns,
            (true, b"frame") => &mut self.rx_frame_errors,
            (false, b"packets") => &mut self.tx_packets,
            (false, b"bytes") => &mut self.tx_bytes,
            (false, b"errors") => &mut self.tx_errors,
            (false, b"dropped") => &mut self.tx_dropped,
            (false, b"overruns") => &mut self.tx_overruns,
            (false, b"carrier") => &mut self.tx_carrier_errors,
            (_, b"collisions") => &mut self.collisions,
            (_, b"txqueuelen") => &mut self.queue_length,
            _ => return None,
        })
    }

    /// Keeps what has no field of its own.
    pub(super) fn add_detail(&mut self, name: &[u8], value: &[u8]) {
        self.details.0.push((name.to_vec(), value.to_vec()));
    }
}

/// An address of an interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Address {
    /// Address family: `inet` or `inet6`.
    pub family: &'static str,
    /// The address, without a zone.
    pub address: Vec<u8>,
    /// Zone of the address: an interface.
    pub zone: Option<Vec<u8>>,
    /// Network mask, dotted.
    pub netmask: Option<Vec<u8>>,
    /// Length of the network prefix in bits.
    pub prefix_length: Option<i64>,
    /// Broadcast address.
    pub broadcast: Option<Vec<u8>>,
    /// Address of the other end.
    pub peer: Option<Vec<u8>>,
    /// Scope: `link`, `host`, `global`, `Link`, …
    pub scope: Option<Vec<u8>>,
    /// The scope as the number that is printed, in hexadecimal.
    pub scope_id: Option<Vec<u8>>,
    /// Flags: `autoconf`, `temporary`, `secured`, …
    pub flags: Vec<Vec<u8>>,
}
