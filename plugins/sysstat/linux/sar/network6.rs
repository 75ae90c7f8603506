//! What `sar -n` measures of the protocols over IPv6.

use outparse_sdk::Record;

/// The protocols over IPv6.
#[derive(Clone, Debug, Default, Record)]
pub struct Network6 {
    /// Packets of IPv6 received.
    #[field(gauge)]
    pub ip6_received_per_second: Option<f64>,
    /// Packets of IPv6 passed on.
    #[field(gauge)]
    pub ip6_forwarded_per_second: Option<f64>,
    /// Packets of IPv6 delivered.
    #[field(gauge)]
    pub ip6_delivered_per_second: Option<f64>,
    /// Packets of IPv6 to be sent.
    #[field(gauge)]
    pub ip6_sent_per_second: Option<f64>,
    /// Pieces of packets that were to be put together.
    #[field(gauge)]
    pub ip6_pieces_per_second: Option<f64>,
    /// Packets put together.
    #[field(gauge)]
    pub ip6_reassembled_per_second: Option<f64>,
    /// Multicast packets received.
    #[field(gauge)]
    pub ip6_multicast_received_per_second: Option<f64>,
    /// Multicast packets sent.
    #[field(gauge)]
    pub ip6_multicast_sent_per_second: Option<f64>,
    /// Packets that were cut.
    #[field(gauge)]
    pub ip6_fragmented_per_second: Option<f64>,
    /// Pieces that this made.
    #[field(gauge)]
    pub ip6_fragments_made_per_second: Option<f64>,
    /// Packets with a broken header.
    #[field(gauge)]
    pub ip6_header_errors_per_second: Option<f64>,
    /// Packets for an address that is not valid here.
    #[field(gauge)]
    pub ip6_address_errors_per_second: Option<f64>,
    /// Packets of a protocol that is not known.
    #[field(gauge)]
    pub ip6_unknown_protocols_per_second: Option<f64>,
    /// Packets that were larger than the next link takes.
    #[field(gauge)]
    pub ip6_too_big_per_second: Option<f64>,
    /// Packets received and discarded for want of room.
    #[field(gauge)]
    pub ip6_receive_discards_per_second: Option<f64>,
    /// Packets discarded instead of sent for want of room.
    #[field(gauge)]
    pub ip6_send_discards_per_second: Option<f64>,
    /// Packets received and discarded for want of a route.
    #[field(gauge)]
    pub ip6_receive_no_route_per_second: Option<f64>,
    /// Packets of this machine discarded for want of a route.
    #[field(gauge)]
    pub ip6_send_no_route_per_second: Option<f64>,
    /// Packets that could not be put together.
    #[field(gauge)]
    pub ip6_reassembly_failures_per_second: Option<f64>,
    /// Packets that should have been cut and could not be.
    #[field(gauge)]
    pub ip6_fragmentation_failures_per_second: Option<f64>,
    /// Packets that ended too early.
    #[field(gauge)]
    pub ip6_truncated_per_second: Option<f64>,
    /// Messages of ICMPv6 received.
    #[field(gauge)]
    pub icmp6_received_per_second: Option<f64>,
    /// Messages of ICMPv6 sent.
    #[field(gauge)]
    pub icmp6_sent_per_second: Option<f64>,
    /// Requests for an echo received.
    #[field(gauge)]
    pub icmp6_echo_requests_received_per_second: Option<f64>,
    /// Echoes received.
    #[field(gauge)]
    pub icmp6_echo_replies_received_per_second: Option<f64>,
    /// Echoes sent.
    #[field(gauge)]
    pub icmp6_echo_replies_sent_per_second: Option<f64>,
    /// Queries for the members of groups received.
    #[field(gauge)]
    pub icmp6_group_queries_received_per_second: Option<f64>,
    /// Reports of members of groups received.
    #[field(gauge)]
    pub icmp6_group_reports_received_per_second: Option<f64>,
    /// Reports of members of groups sent.
    #[field(gauge)]
    pub icmp6_group_reports_sent_per_second: Option<f64>,
    /// Reports received that a member has left.
    #[field(gauge)]
    pub icmp6_group_reductions_received_per_second: Option<f64>,
    /// Such reports sent.
    #[field(gauge)]
    pub icmp6_group_reductions_sent_per_second: Option<f64>,
    /// Requests for routers received.
    #[field(gauge)]
    pub icmp6_router_solicitations_received_per_second: Option<f64>,
    /// Requests for routers sent.
    #[field(gauge)]
    pub icmp6_router_solicitations_sent_per_second: Option<f64>,
    /// Announcements of routers received.
    #[field(gauge)]
    pub icmp6_router_advertisements_received_per_second: Option<f64>,
    /// Requests for neighbours received.
    #[field(gauge)]
    pub icmp6_neighbour_solicitations_received_per_second: Option<f64>,
    /// Requests for neighbours sent.
    #[field(gauge)]
    pub icmp6_neighbour_solicitations_sent_per_second: Option<f64>,
    /// Announcements of neighbours received.
    #[field(gauge)]
    pub icmp6_neighbour_advertisements_received_per_second: Option<f64>,
    /// Announcements of neighbours sent.
    #[field(gauge)]
    pub icmp6_neighbour_advertisements_sent_per_second: Option<f64>,
    /// Messages of ICMPv6 received that were broken.
    #[field(gauge)]
    pub icmp6_receive_errors_per_second: Option<f64>,
    /// Messages received that a destination cannot be reached.
    #[field(gauge)]
    pub icmp6_unreachable_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp6_unreachable_sent_per_second: Option<f64>,
    /// Messages received that a packet has come to its last hop.
    #[field(gauge)]
    pub icmp6_time_exceeded_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp6_time_exceeded_sent_per_second: Option<f64>,
    /// Messages received that a header is broken.
    #[field(gauge)]
    pub icmp6_parameter_problems_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp6_parameter_problems_sent_per_second: Option<f64>,
    /// Messages received that another way is better.
    #[field(gauge)]
    pub icmp6_redirects_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp6_redirects_sent_per_second: Option<f64>,
    /// Messages received that a packet is too large.
    #[field(gauge)]
    pub icmp6_too_big_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp6_too_big_sent_per_second: Option<f64>,
    /// Datagrams received over IPv6.
    #[field(gauge)]
    pub udp6_received_per_second: Option<f64>,
    /// Datagrams sent over IPv6.
    #[field(gauge)]
    pub udp6_sent_per_second: Option<f64>,
    /// Datagrams over IPv6 for a port that nobody had.
    #[field(gauge)]
    pub udp6_no_port_per_second: Option<f64>,
    /// Datagrams over IPv6 that could not be delivered.
    #[field(gauge)]
    pub udp6_receive_errors_per_second: Option<f64>,
}
