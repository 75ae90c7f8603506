//! Sockets of the network.

use outparse_sdk::{Field, Map, Problem, Record};

use crate::socket_parts::{Place, endpoint, process, program};

/// A socket of the network.
#[derive(Clone, Debug, Default, Record)]
pub struct NetworkSocket<'a> {
    /// Protocol as printed: `tcp`, `tcp6`, `udp4`, `raw`.
    #[field(key)]
    pub protocol: &'a [u8],
    /// The protocol without its family: `tcp`.
    pub transport_protocol: &'a [u8],
    /// `ipv4` or `ipv6`, which may take both: `tcp46`; null where the protocol's name does not say.
    pub network_protocol: Option<&'static str>,
    /// Bytes that wait to be read.
    #[field(gauge)]
    pub receive_queue: i64,
    /// Bytes that are not acknowledged.
    #[field(gauge)]
    pub send_queue: i64,
    /// Local address; `*` where it is any.
    #[field(key)]
    pub local_address: &'a [u8],
    /// Local port.
    #[field(key)]
    pub local_port: Option<i64>,
    /// Local port by name; `*` where it is any.
    pub local_service: Option<&'a [u8]>,
    /// Address of the other side.
    #[field(key)]
    pub remote_address: &'a [u8],
    /// Port of the other side.
    #[field(key)]
    pub remote_port: Option<i64>,
    /// Port of the other side by name; `*` where it is any.
    pub remote_service: Option<&'a [u8]>,
    /// State: `LISTEN`, `ESTABLISHED`, …; of a raw socket a number.
    pub state: Option<&'a [u8]>,
    /// User name or ID of the owner (`-e`).
    pub user: Option<&'a [u8]>,
    /// Inode of the socket (`-e`).
    pub inode: Option<i64>,
    /// Process that has it (`-p`).
    pub pid: Option<i64>,
    /// Name of that process, as much of it as is printed.
    pub command: Option<&'a [u8]>,
    /// Timer that runs (`-o`): `off`, `on`, `keepalive`, `timewait`.
    pub timer: Option<&'a [u8]>,
    /// When it goes off.
    #[field(unit = "seconds", gauge)]
    pub timer_expires: Option<f64>,
    /// Number of retransmissions.
    pub retransmits: Option<i64>,
    /// Number of probes that were not answered.
    pub probes: Option<i64>,
    /// Bytes received (macOS, `-b`).
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Bytes sent (macOS, `-b`).
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Address of the socket in the kernel (BSD, `-A`).
    pub kernel_address: Option<&'a [u8]>,
    /// Hash of the flow (macOS, `-A`).
    pub flow_hash: Option<&'a [u8]>,
    /// Bytes that may wait to be read (macOS, `-v`).
    #[field(unit = "bytes")]
    pub receive_buffer: Option<i64>,
    /// Bytes that may wait to be sent (macOS, `-v`).
    #[field(unit = "bytes")]
    pub send_buffer: Option<i64>,
    /// Process that it works for; 0 where that is the one that has it (macOS, `-v`).
    pub effective_pid: Option<i64>,
    /// What the kernel notes of it, by the titles of macOS: `state`, `options`, `flags`, …
    pub details: Map<&'a [u8]>,
}

/// Titles over sockets of the network.
pub(crate) struct Titles {
    /// Titles before `Proto`: addresses in the kernel.
    before: usize,
    /// The words after `Foreign Address`, phrases as one.
    after: Vec<&'static str>,
    /// The titles after these, whose cells go into `details`.
    details: Vec<&'static str>,
    /// Whether addresses and ports are parted by a point, as on macOS and the BSDs.
    points: bool,
    /// Whether names of protocols end with `4` or `6`, as on macOS and FreeBSD; elsewhere that of IPv4 has no digit.
    names_versions: bool,
}

/// What macOS prints of the kernel's notes (`-v`), which few read.
const DETAILS: [&str; 9] = ["state", "options", "gencnt", "flags", "flags1", "usecnt", "usscnt", "rtncnt", "fltrs"];

/// Bytes that net-tools prints of an address and its port, unless it is told to print all.
const LINUX_WIDTH: usize = 23;

const STATES: [&[u8]; 12] = [
    b"ESTABLISHED",
    b"SYN_SENT",
    b"SYN_RECV",
    b"FIN_WAIT1",
    b"FIN_WAIT2",
    b"TIME_WAIT",
    b"CLOSE",
    b"CLOSE_WAIT",
    b"LAST_ACK",
    b"LISTEN",
    b"CLOSING",
    b"UNKNOWN",
];

impl Titles {
    pub(crate) fn of(line: Field<'_>) -> Option<Titles> {
        let (before, after) = line.split_once("Foreign Address")?;
        let before: Vec<&[u8]> = before.fields().map(|word| word.bytes).collect();
        let proto = before.iter().position(|&word| word == b"Proto")?;
        // Those of Windows have no queues.
        before.iter().find(|&&word| word == b"Recv-Q")?;
        let mut words = after.fields().map(|word| word.bytes);
        let mut titles = Vec::new();
        let mut details = Vec::new();
        while let Some(word) = words.next() {
            // The first of them is `state`, and not the state of a connection.
            if !details.is_empty() || word == b"state" {
                details.push(*DETAILS.iter().find(|known| known.as_bytes() == word)?);
                continue;
            }
            titles.push(match word {
                // The last is the title of OpenBSD.
                b"State" | b"(state)" | b"TCP-State" => "state",
                b"User" => "user",
                b"Inode" => "inode",
                b"PID/Program" => {
                    words.next().filter(|&word| word == b"name")?;
                    "program"
                }
                b"Timer" => "timer",
                b"rxbytes" => "rx_bytes",
                b"txbytes" => "tx_bytes",
                b"rhiwat" => "receive_buffer",
                b"shiwat" => "send_buffer",
                b"pid" => "pid",
                b"process:pid" => "process",
                b"epid" => "effective_pid",
                _ => return None,
            });
        }
        let names_versions = after.find("(state)").is_some();
        let points = names_versions || after.find("TCP-State").is_some();
        Some(Titles { before: proto, after: titles, details, points, names_versions })
    }

    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let mut fields = vec![
            "protocol",
            "transport_protocol",
            "network_protocol",
            "receive_queue",
            "send_queue",
            "local_address",
            "local_port",
            "local_service",
            "remote_address",
            "remote_port",
            "remote_service",
        ];
        fields.extend(["kernel_address", "flow_hash"].into_iter().take(self.before));
        for &title in &self.after {
            match title {
                "program" | "process" => fields.extend(["pid", "command"]),
                "timer" => fields.extend(["timer", "timer_expires", "retransmits", "probes"]),
                title => fields.push(title),
            }
        }
        fields.extend((!self.details.is_empty()).then_some("details"));
        fields
    }

    /// Whether an address is as long as what is printed of one.
    pub(crate) fn may_be_cut(&self, line: Field<'_>) -> bool {
        let width = if self.points { 0 } else { LINUX_WIDTH };
        width > 0 && line.fields().skip(self.before + 3).take(2).any(|address| address.bytes.len() == width)
    }

    fn cells<'a>(&self, line: Field<'a>) -> Result<(NetworkSocket<'a>, Field<'a>), Problem> {
        let mut socket = NetworkSocket::default();
        let mut rest = line;
        let mut next = || -> Result<Field<'a>, Problem> {
            let [word, after] = rest.fields_and_rest()?;
            rest = after;
            Ok(word)
        };
        if self.before > 0 {
            socket.kernel_address = Some(next()?.bytes);
        }
        if self.before > 1 {
            socket.flow_hash = Some(next()?.bytes);
        }
        socket.protocol = next()?.bytes;
        (socket.transport_protocol, socket.network_protocol) = self.protocols(socket.protocol);
        socket.receive_queue = next()?.integer()?;
        socket.send_queue = next()?.integer()?;
        let local = next()?;
        let remote = next()?;
        (socket.local_address, socket.local_port, socket.local_service) = self.address(local)?;
        (socket.remote_address, socket.remote_port, socket.remote_service) = self.address(remote)?;
        Ok((socket, rest))
    }

    pub(crate) fn read<'a>(&self, line: Field<'a>) -> Result<NetworkSocket<'a>, Problem> {
        let (mut socket, mut rest) = self.cells(line)?;
        for &title in &self.after {
            let [word, after] = if rest.is_blank() { [rest, rest] } else { rest.fields_and_rest()? };
            match title {
                "state" => {
                    let is_number = word.bytes.first().is_some_and(u8::is_ascii_digit);
                    let is_state = if self.points {
                        !word.bytes.is_empty() && !is_number
                    } else {
                        STATES.contains(&word.bytes) || socket.protocol.starts_with(b"raw") && is_number
                    };
                    if is_state {
                        socket.state = Some(word.bytes);
                        rest = after;
                    }
                }
                "user" => {
                    socket.user = Some(word.bytes).filter(|user| !user.is_empty());
                    rest = after;
                }
                "inode" => {
                    socket.inode = Some(word.integer()?);
                    rest = after;
                }
                "program" => {
                    let (name, after) = program(rest.trim_start());
                    (socket.pid, socket.command) = process(name)?;
                    rest = after;
                }
                "timer" => {
                    socket.timer = Some(word.bytes);
                    let broken = || after.expected("a timer such as `off (0.00/0/0)`");
                    let inner = after.trim().strip_prefix("(").and_then(|inner| inner.strip_suffix(")")).ok_or_else(broken)?;
                    let parts: Vec<Field<'_>> = inner.split("/").collect();
                    let [time, retransmits, probes] = parts[..] else { return Err(broken()) };
                    socket.timer_expires = Some(time.float()?);
                    socket.retransmits = Some(retransmits.integer()?);
                    socket.probes = Some(probes.integer()?);
                    rest = after.split_at(usize::MAX).1;
                }
                "process" => {
                    let (name, pid, after) = named_process(rest)?;
                    (socket.command, socket.pid) = (Some(name), Some(pid));
                    rest = after;
                }
                title => {
                    let place = match title {
                        "rx_bytes" => &mut socket.rx_bytes,
                        "tx_bytes" => &mut socket.tx_bytes,
                        "receive_buffer" => &mut socket.receive_buffer,
                        "send_buffer" => &mut socket.send_buffer,
                        "pid" => &mut socket.pid,
                        _ => &mut socket.effective_pid,
                    };
                    *place = Some(word.integer()?);
                    rest = after;
                }
            }
        }
        for &title in &self.details {
            let [word, after] = if rest.is_blank() { [rest, rest] } else { rest.fields_and_rest()? };
            if word.is_blank() {
                return Err(line.expected(&format!("a cell below `{title}`")));
            }
            socket.details.0.push((title.as_bytes().to_vec(), word.bytes));
            rest = after;
        }
        if rest.is_blank() { Ok(socket) } else { Err(rest.trim().expected("the end of the line")) }
    }

    /// The protocol and its family: `tcp6` is `tcp` and `ipv6`.
    fn protocols<'a>(&self, printed: &'a [u8]) -> (&'a [u8], Option<&'static str>) {
        match printed {
            [name @ .., b'4', b'6'] | [name @ .., b'6'] => (long(name), Some("ipv6")),
            [name @ .., b'4'] => (long(name), Some("ipv4")),
            // Of a socket that has no family yet, macOS prints no digit. Others print none of IPv4, and have few protocols.
            b"tcp" | b"udp" | b"udpl" | b"udplite" | b"raw" | b"icmp" | b"sctp" if !self.names_versions => {
                (printed, Some("ipv4"))
            }
            name => (long(name), None),
        }
    }

    /// `ADDRESS:PORT`, or `ADDRESS.PORT` on macOS and the BSDs.
    fn address<'a>(&self, text: Field<'a>) -> Result<Place<'a>, Problem> {
        endpoint(text, if self.points { "." } else { ":" })
    }
}

/// macOS shortens names to three letters.
fn long(name: &[u8]) -> &[u8] {
    if name == b"icm" { b"icmp" } else { name }
}

/// `Google Chrome H:1234` of macOS, and what follows.
fn named_process(rest: Field<'_>) -> Result<(&[u8], i64, Field<'_>), Problem> {
    let text = rest.trim_start();
    for word in text.fields() {
        if let Some(pid) = word.rsplit_once(":").and_then(|(_, pid)| pid.as_integer()) {
            let (whole, after) = rest.split_at(word.end() - rest.start());
            let name = whole.trim_start().rsplit_once(":").map_or(whole, |(name, _)| name);
            return Ok((name.bytes, pid, after));
        }
    }
    Err(text.expected("a process, `NAME:PID`"))
}
