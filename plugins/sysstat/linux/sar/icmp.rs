//! What `sar -n` measures of ICMP.

use outparse_sdk::Record;

/// Messages of ICMP.
#[derive(Clone, Debug, Default, Record)]
pub struct Icmp {
    /// Messages of ICMP received.
    #[field(gauge)]
    pub icmp_received_per_second: Option<f64>,
    /// Messages of ICMP sent.
    #[field(gauge)]
    pub icmp_sent_per_second: Option<f64>,
    /// Requests for an echo received.
    #[field(gauge)]
    pub icmp_echo_requests_received_per_second: Option<f64>,
    /// Echoes received.
    #[field(gauge)]
    pub icmp_echo_replies_received_per_second: Option<f64>,
    /// Requests for an echo sent.
    #[field(gauge)]
    pub icmp_echo_requests_sent_per_second: Option<f64>,
    /// Echoes sent.
    #[field(gauge)]
    pub icmp_echo_replies_sent_per_second: Option<f64>,
    /// Requests for the time received.
    #[field(gauge)]
    pub icmp_timestamp_requests_received_per_second: Option<f64>,
    /// Times received.
    #[field(gauge)]
    pub icmp_timestamp_replies_received_per_second: Option<f64>,
    /// Requests for the time sent.
    #[field(gauge)]
    pub icmp_timestamp_requests_sent_per_second: Option<f64>,
    /// Times sent.
    #[field(gauge)]
    pub icmp_timestamp_replies_sent_per_second: Option<f64>,
    /// Requests for the address mask received.
    #[field(gauge)]
    pub icmp_mask_requests_received_per_second: Option<f64>,
    /// Address masks received.
    #[field(gauge)]
    pub icmp_mask_replies_received_per_second: Option<f64>,
    /// Requests for the address mask sent.
    #[field(gauge)]
    pub icmp_mask_requests_sent_per_second: Option<f64>,
    /// Address masks sent.
    #[field(gauge)]
    pub icmp_mask_replies_sent_per_second: Option<f64>,
    /// Messages of ICMP received that were broken.
    #[field(gauge)]
    pub icmp_receive_errors_per_second: Option<f64>,
    /// Messages of ICMP not sent for errors.
    #[field(gauge)]
    pub icmp_send_errors_per_second: Option<f64>,
    /// Messages received that a destination cannot be reached.
    #[field(gauge)]
    pub icmp_unreachable_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp_unreachable_sent_per_second: Option<f64>,
    /// Messages received that a packet has come to its last hop.
    #[field(gauge)]
    pub icmp_time_exceeded_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp_time_exceeded_sent_per_second: Option<f64>,
    /// Messages received that a header is broken.
    #[field(gauge)]
    pub icmp_parameter_problems_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp_parameter_problems_sent_per_second: Option<f64>,
    /// Messages received to send less.
    #[field(gauge)]
    pub icmp_source_quenches_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp_source_quenches_sent_per_second: Option<f64>,
    /// Messages received that another way is better.
    #[field(gauge)]
    pub icmp_redirects_received_per_second: Option<f64>,
    /// Such messages sent.
    #[field(gauge)]
    pub icmp_redirects_sent_per_second: Option<f64>,
}
