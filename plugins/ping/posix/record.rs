//! The record: one schema for an answer and for the summary, since both come in one stream.

use outparse_sdk::Record;

/// What happened to a request, or the summary of them all.
#[derive(Clone, Debug, Default, Record)]
pub struct Event {
    /// What the record is about: `reply`; `timeout`, when no answer came in time; the error that came back, such as
    /// `destination_host_unreachable` or `time_to_live_exceeded`; and, last, `summary`.
    #[field(name = "type")]
    pub kind: String,
    /// The host that is pinged, as it was named. Null when ping printed no name.
    pub destination: Option<Vec<u8>>,
    /// Its address.
    pub destination_ip: Option<Vec<u8>>,
    /// The address the requests are sent from, where ping says so (`ping -I`, and `ping6` of BSD and macOS).
    pub source_ip: Option<Vec<u8>>,
    /// Data in each request, without the headers.
    #[field(unit = "bytes")]
    pub data_bytes: Option<i64>,
    /// What fills the requests (`-p`), as hexadecimal digits.
    pub pattern: Option<Vec<u8>>,
    /// When the answer arrived (`-D`), counted from the start of 1970.
    #[field(unit = "seconds-since-1970")]
    pub timestamp: Option<f64>,
    /// Size of the answer, with its ICMP header.
    #[field(unit = "bytes")]
    pub bytes: Option<i64>,
    /// Name of the host that answered, where ping looked it up.
    pub response_host: Option<Vec<u8>>,
    /// Address of the host that answered.
    pub response_ip: Option<Vec<u8>>,
    /// Number of the request.
    pub icmp_seq: Option<i64>,
    /// Hops the answer may still travel; of an error, the hops its request may still travel.
    pub ttl: Option<i64>,
    /// Of a reply, the time from request to answer; of the summary, the time the whole run took.
    #[field(unit = "milliseconds")]
    pub time_ms: Option<f64>,
    /// Whether this request had been answered before: ping marks it, or the sequence number is one of the last 1024 replies'.
    pub duplicate: Option<bool>,
    /// IP version of the request that an error is about (`vr` to `dst`: the header that came back with the error).
    pub vr: Option<i64>,
    /// Length of that header, in words of four bytes.
    pub hl: Option<i64>,
    /// Type of service of that request.
    pub tos: Option<i64>,
    /// Total length of that request, as ping prints it: on some machines in the byte order of the machine.
    pub len: Option<i64>,
    /// Identification of that request.
    pub id: Option<i64>,
    /// Fragment flags of that request.
    pub flg: Option<i64>,
    /// Fragment offset of that request.
    pub off: Option<i64>,
    /// Protocol of that request; 1 is ICMP.
    pub pro: Option<i64>,
    /// Checksum of that request's header.
    pub cks: Option<i64>,
    /// Address that request was sent from.
    pub src: Option<Vec<u8>>,
    /// Address that request was sent to.
    pub dst: Option<Vec<u8>>,
    /// Summary: requests sent.
    pub packets_transmitted: Option<i64>,
    /// Summary: replies received, duplicates left out.
    pub packets_received: Option<i64>,
    /// Summary: requests without a reply.
    #[field(unit = "percent", approximate, warning = 1, critical = 20)]
    pub packet_loss_percent: Option<f64>,
    /// Summary: replies to a request that had been answered before.
    pub duplicates: Option<i64>,
    /// Summary: replies whose data was damaged.
    pub corrupted: Option<i64>,
    /// Summary: errors received.
    pub errors: Option<i64>,
    /// Summary: shortest round trip.
    #[field(unit = "milliseconds")]
    pub round_trip_ms_min: Option<f64>,
    /// Summary: mean round trip.
    #[field(unit = "milliseconds")]
    pub round_trip_ms_avg: Option<f64>,
    /// Summary: longest round trip.
    #[field(unit = "milliseconds")]
    pub round_trip_ms_max: Option<f64>,
    /// Summary: standard deviation of the round trips, which iputils calls `mdev`.
    #[field(unit = "milliseconds")]
    pub round_trip_ms_stddev: Option<f64>,
}
