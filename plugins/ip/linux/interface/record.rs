//! What is said of an interface and its addresses.

use outparse_sdk::{Map, Record};

/// An interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// Its number.
    pub index: Option<i64>,
    /// Its name.
    #[field(key)]
    pub interface: Vec<u8>,
    /// What it lies upon or is the other end of: the name or number after `@`.
    pub parent: Option<Vec<u8>>,
    /// Flags: `UP`, `LOWER_UP`, `BROADCAST`, …
    pub flags: Vec<Vec<u8>>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Queueing discipline.
    pub queue_discipline: Option<Vec<u8>>,
    /// Bridge, bond or VRF that it belongs to.
    pub master: Option<Vec<u8>>,
    /// State: `UP`, `DOWN`, `UNKNOWN`, …
    pub state: Option<Vec<u8>>,
    /// Mode: `DEFAULT` or `DORMANT`.
    pub link_mode: Option<Vec<u8>>,
    /// Group of interfaces.
    pub group: Option<Vec<u8>>,
    /// Length of the queue for sending, in packets.
    pub queue_length: Option<i64>,
    /// Link layer: `ether`, `loopback`, `none`, …
    pub link_type: Option<Vec<u8>>,
    /// Link-layer address; of a tunnel, its local address.
    pub mac_address: Option<Vec<u8>>,
    /// Link-layer broadcast address.
    pub mac_broadcast: Option<Vec<u8>>,
    /// The other end of a tunnel or of a point-to-point link.
    pub link_peer: Option<Vec<u8>>,
    /// Link-layer address that the device has by itself, where another one is in use.
    pub permanent_address: Option<Vec<u8>>,
    /// Number or name of the network namespace of the other end.
    pub network_namespace: Option<Vec<u8>>,
    /// Other names of it.
    pub alternative_names: Vec<Vec<u8>>,
    /// Words for people.
    pub description: Option<Vec<u8>>,
    /// What kind of device it is (`-d`): `veth`, `vlan`, `bridge`, …
    pub device_kind: Option<Vec<u8>>,
    /// What is said of that kind of device, as printed (`-d`).
    pub device_details: Option<Vec<u8>>,
    /// All else that is said of the link, by its keyword (`-d`).
    pub details: Map<Vec<u8>>,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Bytes received.
    #[field(unit = "bytes", approximate, counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received.
    #[field(approximate, counter)]
    pub rx_packets: Option<i64>,
    /// Packets received in error.
    #[field(approximate, counter)]
    pub rx_errors: Option<i64>,
    /// Packets received and dropped.
    #[field(approximate, counter)]
    pub rx_dropped: Option<i64>,
    /// Packets missed for want of room. What old versions print in its place, `overrun`, is another counter, and among the causes.
    #[field(approximate, counter)]
    pub rx_missed: Option<i64>,
    /// Multicast packets received.
    #[field(approximate, counter)]
    pub rx_multicast: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", approximate, counter)]
    pub tx_bytes: Option<i64>,
    /// Packets sent.
    #[field(approximate, counter)]
    pub tx_packets: Option<i64>,
    /// Packets not sent for errors.
    #[field(approximate, counter)]
    pub tx_errors: Option<i64>,
    /// Packets dropped instead of sent.
    #[field(approximate, counter)]
    pub tx_dropped: Option<i64>,
    /// Packets lost with the carrier.
    #[field(approximate, counter)]
    pub tx_carrier_errors: Option<i64>,
    /// Collisions.
    #[field(approximate, counter)]
    pub tx_collisions: Option<i64>,
    /// Errors of reception by their causes (`-s -s`): `crc`, `frame`, …
    pub rx_error_causes: Map<i64>,
    /// Errors of sending by their causes (`-s -s`).
    pub tx_error_causes: Map<i64>,
}

/// An address of an interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Address {
    /// Address family: `inet`, `inet6`, …
    pub family: Option<Vec<u8>>,
    /// The address.
    pub address: Vec<u8>,
    /// Length of the network prefix in bits; of the other end's, where there is one.
    pub prefix_length: Option<i64>,
    /// Address of the other end.
    pub peer: Option<Vec<u8>>,
    /// Broadcast address.
    pub broadcast: Option<Vec<u8>>,
    /// Anycast address.
    pub anycast: Option<Vec<u8>>,
    /// Scope: `global`, `link`, `host`, …
    pub scope: Option<Vec<u8>>,
    /// Flags: `secondary`, `dynamic`, `temporary`, `tentative`, …
    pub flags: Vec<Vec<u8>>,
    /// Label: mostly the interface's name.
    pub label: Option<Vec<u8>>,
    /// Who set it, where that is printed.
    pub protocol: Option<Vec<u8>>,
    /// Metric of the route to its network.
    pub metric: Option<i64>,
    /// How long it is valid; null for ever.
    #[field(unit = "seconds", gauge)]
    pub valid_lifetime: Option<i64>,
    /// How long it is preferred; null for ever.
    #[field(unit = "seconds", gauge)]
    pub preferred_lifetime: Option<i64>,
}

impl Interface {
    /// The fields about which something is said.
    pub(crate) fn has(&self) -> Vec<&'static str> {
        let all = [
            ("index", self.index.is_some()),
            ("interface", true),
            ("parent", self.parent.is_some()),
            ("flags", !self.flags.is_empty()),
            ("mtu", self.mtu.is_some()),
            ("queue_discipline", self.queue_discipline.is_some()),
            ("master", self.master.is_some()),
            ("state", self.state.is_some()),
            ("link_mode", self.link_mode.is_some()),
            ("group", self.group.is_some()),
            ("queue_length", self.queue_length.is_some()),
            ("link_type", self.link_type.is_some()),
            ("mac_address", self.mac_address.is_some()),
            ("mac_broadcast", self.mac_broadcast.is_some()),
            ("link_peer", self.link_peer.is_some()),
            ("permanent_address", self.permanent_address.is_some()),
            ("network_namespace", self.network_namespace.is_some()),
            ("alternative_names", !self.alternative_names.is_empty()),
            ("description", self.description.is_some()),
            ("device_kind", self.device_kind.is_some()),
            ("device_details", self.device_details.is_some()),
            ("details", !self.details.0.is_empty()),
            ("addresses", !self.addresses.is_empty()),
            ("rx_bytes", self.rx_bytes.is_some()),
            ("rx_packets", self.rx_packets.is_some()),
            ("rx_errors", self.rx_errors.is_some()),
            ("rx_dropped", self.rx_dropped.is_some()),
            ("rx_missed", self.rx_missed.is_some()),
            ("rx_multicast", self.rx_multicast.is_some()),
            ("tx_bytes", self.tx_bytes.is_some()),
            ("tx_packets", self.tx_packets.is_some()),
            ("tx_errors", self.tx_errors.is_some()),
            ("tx_dropped", self.tx_dropped.is_some()),
            ("tx_carrier_errors", self.tx_carrier_errors.is_some()),
            ("tx_collisions", self.tx_collisions.is_some()),
            ("rx_error_causes", !self.rx_error_causes.0.is_empty()),
            ("tx_error_causes", !self.tx_error_causes.0.is_empty()),
        ];
        all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
    }
}
