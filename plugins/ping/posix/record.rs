//! The records: answers as they come, then the summary, each a kind of its own.

use outparse_sdk::{Record, Time};

/// What happened to a request, or the summary of them all.
#[derive(Clone, Debug, Record)]
pub enum Event {
    /// A request was answered.
    Reply(Reply),
    /// No answer came in time.
    Timeout(Timeout),
    /// A host on the way answered that it could not be done.
    Error(Failure),
    /// How the run went, at its end.
    Summary(Summary),
}

/// Who is pinged, from where, and with what: the same in all records of a run.
macro_rules! of_a_run {
    ($(#[$of:meta])* pub struct $name:ident { $($(#[$meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$of])*
        #[derive(Clone, Debug, Default, Record)]
        pub struct $name {
            /// The host that is pinged, as it was named. Null when ping printed no name.
            #[field(key)]
            pub destination: Option<Vec<u8>>,
            /// Its address.
            #[field(key)]
            pub destination_address: Option<Vec<u8>>,
            /// The address the requests are sent from, where ping says so (`ping -I`, and `ping6` of BSD and macOS).
            pub source_address: Option<Vec<u8>>,
            /// The device they are sent from, where iputils says so (`-I`).
            pub interface: Option<Vec<u8>>,
            /// Data in each request, without the headers.
            #[field(unit = "bytes")]
            pub data_bytes: Option<i64>,
            /// Size of each request with its headers, where ping says so: `56(84) bytes`.
            #[field(unit = "bytes")]
            pub packet_bytes: Option<i64>,
            /// What fills the requests (`-p`), as hexadecimal digits.
            pub pattern: Option<Vec<u8>>,
            $($(#[$meta])* pub $field: $type,)*
        }
    };
}

of_a_run! {
    /// An answer.
    pub struct Reply {
        /// When it arrived (`-D`).
        pub time: Option<Time<6>>,
        /// Size of the answer, with its ICMP header.
        #[field(unit = "bytes")]
        pub bytes: Option<i64>,
        /// Name of the host that answered, where ping looked it up.
        pub hostname: Option<Vec<u8>>,
        /// Address of the host that answered.
        pub address: Option<Vec<u8>>,
        /// Number of the request.
        #[field(key)]
        pub sequence: Option<i64>,
        /// What tells the requests of this run from those of others (iputils, `-v`).
        pub identifier: Option<i64>,
        /// Hops the answer may still travel.
        pub ttl: Option<i64>,
        /// Time from request to answer. Null where the requests have no room for the moment they were sent.
        #[field(unit = "seconds", gauge)]
        pub rtt: Option<f64>,
        /// Whether this request had been answered before: ping marks it, or the sequence number is one of the last 1024 replies'.
        pub duplicate: bool,
    }
}

of_a_run! {
    /// No answer.
    pub struct Timeout {
        /// When that was noticed (`-D`).
        pub time: Option<Time<6>>,
        /// Number of the request.
        #[field(key)]
        pub sequence: Option<i64>,
    }
}

of_a_run! {
    /// An error that came back.
    pub struct Failure {
        /// When it arrived (`-D`).
        pub time: Option<Time<6>>,
        /// The error: `destination_host_unreachable`, `time_to_live_exceeded`, …
        pub error: String,
        /// What is said of the error: `mtu = 1400`, `New nexthop: 192.0.2.1`.
        pub detail: Option<Vec<u8>>,
        /// Size of the answer, with its ICMP header.
        #[field(unit = "bytes")]
        pub bytes: Option<i64>,
        /// Name of the host that answered, where ping looked it up.
        pub hostname: Option<Vec<u8>>,
        /// Address of the host that answered.
        pub address: Option<Vec<u8>>,
        /// Number of the request.
        #[field(key)]
        pub sequence: Option<i64>,
        /// The header of the request, where it came back with the error and ping printed it.
        pub returned_header: Option<Header>,
    }
}

/// The IP header of a request.
#[derive(Clone, Debug, Default, Record)]
pub struct Header {
    /// IP version.
    pub ip_version: i64,
    /// Length of this header, in words of four bytes.
    pub header_length: i64,
    /// Type of service.
    pub tos: i64,
    /// Total length, as ping prints it: on some machines in the byte order of the machine.
    pub total_length: i64,
    /// Identification.
    pub identification: i64,
    /// Fragment flags.
    pub fragment_flags: i64,
    /// Fragment offset.
    pub fragment_offset: i64,
    /// Hops it could still travel.
    pub ttl: i64,
    /// Protocol as a number; 1 is ICMP.
    pub protocol_number: i64,
    /// Checksum of this header.
    pub checksum: i64,
    /// Address it was sent from.
    pub source: Vec<u8>,
    /// Address it was sent to.
    pub destination: Vec<u8>,
}

of_a_run! {
    /// The sums of a run.
    pub struct Summary {
        /// Requests sent.
        pub packets_transmitted: Option<i64>,
        /// Replies received, duplicates left out.
        pub packets_received: Option<i64>,
        /// Requests without a reply.
        #[field(unit = "percent", approximate, warning = 1, critical = 20, gauge)]
        pub packet_loss_percent: Option<f64>,
        /// Replies to a request that had been answered before.
        pub duplicates: Option<i64>,
        /// Replies whose data was damaged.
        pub corrupted: Option<i64>,
        /// Errors received.
        pub errors: Option<i64>,
        /// Time the whole run took, where ping says it.
        #[field(unit = "seconds")]
        pub duration: Option<f64>,
        /// Shortest round trip.
        #[field(unit = "seconds", gauge)]
        pub rtt_min: Option<f64>,
        /// Mean round trip.
        #[field(unit = "seconds", gauge)]
        pub rtt_mean: Option<f64>,
        /// Longest round trip.
        #[field(unit = "seconds", gauge)]
        pub rtt_max: Option<f64>,
        /// Standard deviation of the round trips, which iputils calls `mdev`.
        #[field(unit = "seconds", gauge)]
        pub rtt_deviation: Option<f64>,
        /// Most requests that were under way at once, where there was more than one (iputils: `pipe`).
        pub most_pending: Option<i64>,
        /// Time between two requests, on average (iputils with `-f` or `-A`: `ipg`).
        #[field(unit = "seconds", gauge)]
        pub inter_packet_gap: Option<f64>,
        /// Mean of the round trips in which each new one weighs an eighth (`ewma`).
        #[field(unit = "seconds", gauge)]
        pub rtt_moving_mean: Option<f64>,
    }
}

impl Event {
    /// Fills in what all records of a run have in common.
    pub(crate) fn complete(&mut self, target: &crate::heading::Target, pattern: Option<&Vec<u8>>) {
        macro_rules! complete {
            ($of:expr) => {{
                let of = $of;
                of.destination.clone_from(&target.destination);
                of.destination_address = Some(target.destination_address.clone());
                of.source_address.clone_from(&target.source_address);
                of.interface.clone_from(&target.interface);
                of.data_bytes = target.data_bytes;
                of.packet_bytes = target.packet_bytes;
                of.pattern = pattern.cloned();
            }};
        }
        match self {
            Event::Reply(reply) => complete!(reply),
            Event::Timeout(timeout) => complete!(timeout),
            Event::Error(error) => complete!(error),
            Event::Summary(summary) => complete!(summary),
        }
    }

    /// When it happened, where ping says so.
    pub(crate) fn time(&self) -> Option<Time<6>> {
        match self {
            Event::Reply(reply) => reply.time,
            Event::Timeout(timeout) => timeout.time,
            Event::Error(error) => error.time,
            Event::Summary(_) => None,
        }
    }
}
