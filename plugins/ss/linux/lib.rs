//! `ss` of iproute2 prints a line a socket; with `-i` or `-m`, and without `-O`, a second line that is indented. Which columns there
//! are is up to what the flags select: `Netid` is missing where one protocol is left, `State` where one state is.

mod details;
mod row;

use outparse_sdk::{About, Argument, Ending, Error, Line, Parser, Record, Rows, Source};
use row::Draft;

/// A socket.
#[derive(Clone, Debug, Default, Record)]
pub struct Socket<'a> {
    /// Protocol or kind of socket, as `ss` names it: `tcp`, `udp`, `u_str`, `nl`, `p_raw`.
    #[field(key)]
    pub protocol: Option<&'a [u8]>,
    /// State: `ESTAB`, `LISTEN`, `UNCONN`, …
    pub state: Option<&'a [u8]>,
    /// Bytes that wait to be read; of a listening TCP socket, connections that wait to be accepted.
    #[field(gauge)]
    pub receive_queue: i64,
    /// Bytes that are not acknowledged; of a listening TCP socket, connections that may wait.
    #[field(gauge)]
    pub send_queue: i64,
    /// Local address; the path of a UNIX socket, the family of a netlink socket. `*` where it is any.
    #[field(key)]
    pub local_address: &'a [u8],
    /// Local port.
    #[field(key)]
    pub local_port: Option<i64>,
    /// Local port by name, as printed without `-n`; `*` where it is any.
    pub local_service: Option<&'a [u8]>,
    /// Address of the other side.
    #[field(key)]
    pub remote_address: &'a [u8],
    /// Port of the other side.
    #[field(key)]
    pub remote_port: Option<i64>,
    /// Port of the other side by name; `*` where it is any.
    pub remote_service: Option<&'a [u8]>,
    /// Interface that the socket is bound to.
    pub interface: Option<&'a [u8]>,
    /// Inode of the socket: of a UNIX socket always, of others with `-e`.
    pub inode: Option<i64>,
    /// Inode of the UNIX socket at the other side; null where it has none.
    pub remote_inode: Option<i64>,
    /// Process that has it: the first, where several do. Of a netlink socket, the number that it is bound to.
    pub pid: Option<i64>,
    /// All that have it open (`-p`).
    pub processes: Vec<Process<'a>>,
    /// The timer that runs (`-o`).
    pub timer: Option<Timer<'a>>,
    /// User ID of the owner; root's is not printed.
    pub uid: Option<i64>,
    /// Number by which the kernel tells sockets apart, in hexadecimal.
    pub cookie: Option<&'a [u8]>,
    /// Control group.
    pub cgroup: Option<&'a [u8]>,
    /// Inode of the file of a UNIX socket.
    pub file_inode: Option<i64>,
    /// Memory (`-m`), by the letters of `ss`: `r` and `w` in use, `rb` and `tb` allowed, `f` reserved, `d` packets dropped.
    pub memory: Option<Memory>,
    /// What TCP knows of the connection (`-i`).
    pub tcp: Option<Tcp<'a>>,
    /// Words without a value, such as `ts`, `sack`, the congestion control, and the arrow that says which directions are open.
    pub flags: Vec<&'a [u8]>,
    /// All else that is printed as `name:value` or `name value`.
    pub details: outparse_sdk::Map<&'a [u8]>,
}

/// A process that has a socket open.
#[derive(Clone, Debug, Default, Record)]
pub struct Process<'a> {
    /// Its name.
    pub command: &'a [u8],
    /// Its process ID.
    pub pid: i64,
    /// Its thread (`-T`).
    pub tid: Option<i64>,
    /// The file descriptor.
    pub fd: i64,
}

/// A timer of a TCP socket.
#[derive(Clone, Debug, Default, Record)]
pub struct Timer<'a> {
    /// What it is for: `on` (retransmission), `keepalive`, `timewait`, `persist`.
    pub name: &'a [u8],
    /// When it goes off. `ss` leaves seconds out from ten minutes on.
    #[field(unit = "seconds", approximate)]
    pub expires: Option<f64>,
    /// Number of retransmissions so far.
    pub retransmits: i64,
}

/// Memory of a socket.
#[derive(Clone, Debug, Default, Record)]
pub struct Memory {
    /// Allocated for what was received.
    #[field(unit = "bytes", gauge)]
    pub receive: Option<i64>,
    /// The most that may be allocated for it.
    #[field(unit = "bytes")]
    pub receive_limit: Option<i64>,
    /// Allocated for what was sent and not yet given to the network.
    #[field(unit = "bytes", gauge)]
    pub transmit: Option<i64>,
    /// The most that may be allocated for it.
    #[field(unit = "bytes")]
    pub transmit_limit: Option<i64>,
    /// Reserved and not in use.
    #[field(unit = "bytes", gauge)]
    pub forward: Option<i64>,
    /// Waits to be sent.
    #[field(unit = "bytes", gauge)]
    pub write_queue: Option<i64>,
    /// Options of the socket.
    #[field(unit = "bytes", gauge)]
    pub option_memory: Option<i64>,
    /// Backlog.
    #[field(unit = "bytes", gauge)]
    pub backlog: Option<i64>,
    /// Packets dropped.
    #[field(counter)]
    pub dropped: Option<i64>,
}

/// What TCP knows of a connection.
#[derive(Clone, Debug, Default, Record)]
pub struct Tcp<'a> {
    /// Congestion control.
    pub congestion_control: Option<&'a [u8]>,
    /// Round-trip time.
    #[field(unit = "seconds", gauge)]
    pub rtt: Option<f64>,
    /// Its mean deviation.
    #[field(unit = "seconds", gauge)]
    pub rtt_variation: Option<f64>,
    /// The smallest one.
    #[field(unit = "seconds")]
    pub min_rtt: Option<f64>,
    /// Retransmission timeout.
    #[field(unit = "seconds", gauge)]
    pub rto: Option<f64>,
    /// Largest segment.
    #[field(unit = "bytes")]
    pub mss: Option<i64>,
    /// Largest packet on the path.
    #[field(unit = "bytes")]
    pub path_mtu: Option<i64>,
    /// Congestion window, in segments.
    #[field(gauge)]
    pub congestion_window: Option<i64>,
    /// Slow-start threshold, in segments.
    #[field(gauge)]
    pub slow_start_threshold: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub bytes_sent: Option<i64>,
    /// Bytes sent again.
    #[field(unit = "bytes", counter)]
    pub bytes_retransmitted: Option<i64>,
    /// Bytes acknowledged.
    #[field(unit = "bytes", counter)]
    pub bytes_acknowledged: Option<i64>,
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub bytes_received: Option<i64>,
    /// Segments sent.
    #[field(counter)]
    pub segments_sent: Option<i64>,
    /// Segments received.
    #[field(counter)]
    pub segments_received: Option<i64>,
    /// Rate at which it could send.
    #[field(unit = "bits/s", approximate, gauge)]
    pub send_rate: Option<f64>,
    /// Rate at which it sends.
    #[field(unit = "bits/s", approximate, gauge)]
    pub pacing_rate: Option<f64>,
    /// Rate at which what it sent was delivered.
    #[field(unit = "bits/s", approximate, gauge)]
    pub delivery_rate: Option<f64>,
    /// Time since it last sent.
    #[field(unit = "seconds", gauge)]
    pub last_sent: Option<f64>,
    /// Time since it last received.
    #[field(unit = "seconds", gauge)]
    pub last_received: Option<f64>,
}

/// Reads the lines of `ss`.
pub struct Ss {
    /// The socket whose second line may follow.
    draft: Option<Draft>,
    /// The protocol that the arguments select, where it is one and not printed.
    protocol: Option<&'static [u8]>,
    /// Whether there is a column of protocols.
    has_protocols: bool,
    seen: Seen,
}

/// Which of the fields that the flags decide there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen(u32);

impl Seen {
    const NAMES: [&'static str; 18] = [
        "protocol",
        "state",
        "local_port",
        "local_service",
        "remote_port",
        "remote_service",
        "interface",
        "inode",
        "remote_inode",
        "pid",
        "processes",
        "timer",
        "uid",
        "cookie",
        "cgroup",
        "file_inode",
        "memory",
        "tcp",
    ];

    pub(crate) fn of(socket: &Socket<'_>) -> Seen {
        let has = [
            socket.protocol.is_some(),
            socket.state.is_some(),
            socket.local_port.is_some(),
            socket.local_service.is_some(),
            socket.remote_port.is_some(),
            socket.remote_service.is_some(),
            socket.interface.is_some(),
            socket.inode.is_some(),
            socket.remote_inode.is_some(),
            socket.pid.is_some(),
            !socket.processes.is_empty(),
            socket.timer.is_some(),
            socket.uid.is_some(),
            socket.cookie.is_some(),
            socket.cgroup.is_some(),
            socket.file_inode.is_some(),
            socket.memory.is_some(),
            socket.tcp.is_some(),
        ];
        let flags = if socket.flags.is_empty() { 0 } else { 1 << 18 };
        let details = if socket.details.0.is_empty() { 0 } else { 1 << 19 };
        Seen((0..).zip(has).fold(flags | details, |bits, (at, has)| bits | u32::from(has) << at))
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = Seen::NAMES.into_iter().chain(["flags", "details"]);
        let chosen = all.enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| name);
        ["receive_queue", "send_queue", "local_address", "remote_address"].into_iter().chain(chosen)
    }
}

const EXPECTED: &str = "the titles `… Recv-Q Send-Q Local Address:Port Peer Address:Port` or a socket";

impl Parser for Ss {
    const ABOUT: About = About {
        name: "ss-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Sockets, as ss of iproute2 prints them",
        commands: &["ss"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Socket<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&OPTIONS).unwrap_or_default();
        let mut protocols = arguments.iter().filter_map(|argument| match argument {
            Argument::Flag(flag) => PROTOCOLS.iter().find(|(name, _)| name == flag).map(|&(_, protocol)| protocol),
            _ => None,
        });
        let protocol = match (protocols.next(), protocols.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        };
        Ss { draft: None, protocol, has_protocols: false, seen: Seen::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b"\t")
            && let Some(draft) = &mut self.draft
        {
            draft.follow(line);
            return Ok(());
        }
        self.flush(rows)?;
        if line.whole().find("Recv-Q").is_some() {
            let text = line.whole().squeezed();
            if row::is_heading(&text) {
                self.has_protocols = text.starts_with(b"Netid ");
                rows.recognise();
                return Ok(());
            }
        }
        if line
            .whole()
            .trim_start()
            .strip_prefix("Total:")
            .is_some_and(|count| count.bytes.first().is_some_and(u8::is_ascii_whitespace))
        {
            return Err(Error::unrecognised("`ss -s` prints counts and no sockets, which this parser does not read"));
        }
        self.draft = Some(Draft::new(line, self.has_protocols)?);
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows)
    }
}

impl Ss {
    /// Makes the record of a socket whose lines are complete.
    fn flush(&mut self, rows: &mut Rows<Socket<'static>>) -> Result<(), Error> {
        let Some(draft) = self.draft.take() else { return Ok(()) };
        let mut socket = match draft.read() {
            Ok(socket) => socket,
            Err(problem) => {
                // It is about a line before the present one.
                rows.problem(problem.on_line(draft.number()));
                return Ok(());
            }
        };
        socket.protocol = socket.protocol.or(self.protocol);
        let seen = Seen(self.seen.0 | Seen::of(&socket).0);
        if seen != self.seen {
            self.seen = seen;
            rows.shape(seen.names());
        }
        rows.push(socket);
        Ok(())
    }
}

const OPTIONS: [&str; 29] = [
    "t tcp",
    "u udp",
    "w raw",
    "x unix",
    "d dccp",
    "S sctp",
    "M mptcp",
    "0 packet",
    "l listening",
    "a all",
    "p processes",
    "n numeric",
    "i info",
    "e extended",
    "m memory",
    "o options",
    "H no-header",
    "O oneline",
    "r resolve",
    "s summary",
    "4 ipv4",
    "6 ipv6",
    "Z context",
    "z contexts",
    "E events",
    "T threads",
    "K kill",
    "f family=",
    "A query=",
];

const PROTOCOLS: [(&str, &[u8]); 7] =
    [("t", b"tcp"), ("u", b"udp"), ("w", b"raw"), ("d", b"dccp"), ("S", b"sctp"), ("M", b"mptcp"), ("0", b"p_raw")];

outparse_sdk::export!(Ss);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ss;

    #[test]
    fn the_interface_of_an_address_may_stand_within_its_brackets() {
        let titles = "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n";
        for (local, remote) in [
            ("[fe80::1]%eth0:22", "[fe80::2]:33"),
            ("[fe80::1%eth0]:22", "[fe80::2%eth0]:33"),
            ("fe80::1%eth0:22", "[fe80::2]%eth0:33"),
        ] {
            let parsed = parse::<Ss>(None, format!("{titles}tcp ESTAB 0 0 {local} {remote}\n").as_bytes());
            parsed.has(
                0,
                &[
                    r#""local_address":"fe80::1","local_port":22"#,
                    r#""remote_address":"fe80::2","remote_port":33"#,
                    r#""interface":"eth0""#,
                ],
            );
        }
    }

    #[test]
    fn a_second_line_belongs_to_the_first() {
        let capture = "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
            ESTAB 0 0 127.0.0.1:8099 127.0.0.1:33518 ino:7\n\t cubic rtt:0.024/0.012 send 109Gbps lastsnd:760\n\
            LISTEN 0 5 [::1]:8098 [::]:*\n";
        let parsed = parse::<Ss>(Some(&["ss", "-tei"]), capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 0), "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#""congestion_control":"cubic","rtt":0.000024,"rtt_variation":0.000012"#),
            "{parsed:?}"
        );
        assert!(parsed.records[0].contains(r#""send_rate":109000000000"#), "{parsed:?}");
        assert!(parsed.records[0].starts_with(r#"{"protocol":"tcp","state":"ESTAB""#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""local_address":"::1","local_port":8098"#), "{parsed:?}");
        assert_any_split::<Ss>(Some(&["ss", "-tei"]), capture.as_bytes());
    }

    #[test]
    fn associations_of_sctp_are_branches_of_their_socket() {
        let capture = "Netid State    Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
            sctp  LISTEN   0      5      192.0.2.2:22       *:*\nsctp  `- ESTAB 0      0      192.0.2.2:22       192.0.2.1:51236\n";
        let parsed = parse::<Ss>(None, capture.as_bytes());
        assert!(parsed.sound()[1].starts_with(r#"{"protocol":"sctp","state":"ESTAB""#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Ss>(["hello\n", "Total: 22\n", "tcp ESTAB 0 0\n", "tcp ESTAB 0 x a:1 b:2\n", "\ttab\n"]);
    }
}
