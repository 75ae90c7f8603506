//! What `sar -n` measures of interfaces, sockets and the protocols over IPv4.

use outparse_sdk::Record;

/// Interfaces, sockets and the protocols over IPv4.
#[derive(Clone, Debug, Default, Record)]
pub struct Network {
    /// Packets received.
    #[field(gauge)]
    pub rx_packets_per_second: Option<f64>,
    /// Packets sent.
    #[field(gauge)]
    pub tx_packets_per_second: Option<f64>,
    /// Received.
    #[field(unit = "bytes/s", gauge)]
    pub rx_bytes_per_second: Option<f64>,
    /// Sent.
    #[field(unit = "bytes/s", gauge)]
    pub tx_bytes_per_second: Option<f64>,
    /// Compressed packets received.
    #[field(gauge)]
    pub rx_compressed_per_second: Option<f64>,
    /// Compressed packets sent.
    #[field(gauge)]
    pub tx_compressed_per_second: Option<f64>,
    /// Multicast packets received.
    #[field(gauge)]
    pub rx_multicast_per_second: Option<f64>,
    /// Use of the interface.
    #[field(unit = "percent", gauge)]
    pub interface_use_percent: Option<f64>,
    /// Packets received in error.
    #[field(gauge)]
    pub rx_errors_per_second: Option<f64>,
    /// Packets not sent for errors.
    #[field(gauge)]
    pub tx_errors_per_second: Option<f64>,
    /// Collisions.
    #[field(gauge)]
    pub collisions_per_second: Option<f64>,
    /// Packets received and dropped.
    #[field(gauge)]
    pub rx_dropped_per_second: Option<f64>,
    /// Packets dropped instead of sent.
    #[field(gauge)]
    pub tx_dropped_per_second: Option<f64>,
    /// Packets not sent for want of a carrier.
    #[field(gauge)]
    pub tx_carrier_errors_per_second: Option<f64>,
    /// Frames that were not aligned.
    #[field(gauge)]
    pub rx_frame_errors_per_second: Option<f64>,
    /// Packets received faster than they were read.
    #[field(gauge)]
    pub rx_overruns_per_second: Option<f64>,
    /// Packets that were not sent fast enough.
    #[field(gauge)]
    pub tx_overruns_per_second: Option<f64>,
    /// Sockets.
    #[field(gauge)]
    pub sockets: Option<i64>,
    /// Sockets of TCP.
    #[field(gauge)]
    pub tcp_sockets: Option<i64>,
    /// Sockets of UDP.
    #[field(gauge)]
    pub udp_sockets: Option<i64>,
    /// Raw sockets.
    #[field(gauge)]
    pub raw_sockets: Option<i64>,
    /// Pieces of packets in queues.
    #[field(gauge)]
    pub ip_fragments: Option<i64>,
    /// Connections that wait for their end.
    #[field(gauge)]
    pub tcp_time_wait: Option<i64>,
    /// Sockets of TCP over IPv6.
    #[field(gauge)]
    pub tcp6_sockets: Option<i64>,
    /// Sockets of UDP over IPv6.
    #[field(gauge)]
    pub udp6_sockets: Option<i64>,
    /// Raw sockets of IPv6.
    #[field(gauge)]
    pub raw6_sockets: Option<i64>,
    /// Pieces of packets of IPv6 in queues.
    #[field(gauge)]
    pub ip6_fragments: Option<i64>,
    /// Connections made from here.
    #[field(gauge)]
    pub tcp_active_opens_per_second: Option<f64>,
    /// Connections made to here.
    #[field(gauge)]
    pub tcp_passive_opens_per_second: Option<f64>,
    /// Segments received.
    #[field(gauge)]
    pub tcp_segments_received_per_second: Option<f64>,
    /// Segments sent.
    #[field(gauge)]
    pub tcp_segments_sent_per_second: Option<f64>,
    /// Connections that did not come about.
    #[field(gauge)]
    pub tcp_failed_opens_per_second: Option<f64>,
    /// Connections that were reset.
    #[field(gauge)]
    pub tcp_resets_per_second: Option<f64>,
    /// Segments sent once more.
    #[field(gauge)]
    pub tcp_retransmissions_per_second: Option<f64>,
    /// Segments received in error.
    #[field(gauge)]
    pub tcp_receive_errors_per_second: Option<f64>,
    /// Segments sent that reset a connection.
    #[field(gauge)]
    pub tcp_resets_sent_per_second: Option<f64>,
    /// Datagrams received.
    #[field(gauge)]
    pub udp_received_per_second: Option<f64>,
    /// Datagrams sent.
    #[field(gauge)]
    pub udp_sent_per_second: Option<f64>,
    /// Datagrams for a port that nobody had.
    #[field(gauge)]
    pub udp_no_port_per_second: Option<f64>,
    /// Datagrams that could not be delivered.
    #[field(gauge)]
    pub udp_receive_errors_per_second: Option<f64>,
    /// Packets of IP received.
    #[field(gauge)]
    pub ip_received_per_second: Option<f64>,
    /// Packets of IP passed on.
    #[field(gauge)]
    pub ip_forwarded_per_second: Option<f64>,
    /// Packets of IP delivered.
    #[field(gauge)]
    pub ip_delivered_per_second: Option<f64>,
    /// Packets of IP to be sent.
    #[field(gauge)]
    pub ip_sent_per_second: Option<f64>,
    /// Pieces of packets that were to be put together.
    #[field(gauge)]
    pub ip_pieces_per_second: Option<f64>,
    /// Packets put together.
    #[field(gauge)]
    pub ip_reassembled_per_second: Option<f64>,
    /// Packets that were cut.
    #[field(gauge)]
    pub ip_fragmented_per_second: Option<f64>,
    /// Pieces that this made.
    #[field(gauge)]
    pub ip_fragments_made_per_second: Option<f64>,
    /// Packets of IP with a broken header.
    #[field(gauge)]
    pub ip_header_errors_per_second: Option<f64>,
    /// Packets of IP for an address that is not valid here.
    #[field(gauge)]
    pub ip_address_errors_per_second: Option<f64>,
    /// Packets of IP of a protocol that is not known.
    #[field(gauge)]
    pub ip_unknown_protocols_per_second: Option<f64>,
    /// Packets of IP received and discarded for want of room.
    #[field(gauge)]
    pub ip_receive_discards_per_second: Option<f64>,
    /// Packets of IP discarded instead of sent for want of room.
    #[field(gauge)]
    pub ip_send_discards_per_second: Option<f64>,
    /// Packets of IP discarded for want of a route.
    #[field(gauge)]
    pub ip_no_route_per_second: Option<f64>,
    /// Packets that could not be put together.
    #[field(gauge)]
    pub ip_reassembly_failures_per_second: Option<f64>,
    /// Packets that should have been cut and must not be.
    #[field(gauge)]
    pub ip_fragmentation_failures_per_second: Option<f64>,
    /// Frames of Fibre Channel received.
    #[field(gauge)]
    pub fc_rx_frames_per_second: Option<f64>,
    /// Frames of Fibre Channel sent.
    #[field(gauge)]
    pub fc_tx_frames_per_second: Option<f64>,
    /// Words of Fibre Channel received, of four bytes.
    #[field(gauge)]
    pub fc_rx_words_per_second: Option<f64>,
    /// Words of Fibre Channel sent, of four bytes.
    #[field(gauge)]
    pub fc_tx_words_per_second: Option<f64>,
}
