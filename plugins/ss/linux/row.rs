//! The line of a socket: its columns, and what follows them.

use outparse_sdk::{Field, Line, Problem};

use crate::Socket;
use crate::details;

/// A socket whose lines are not complete.
pub(crate) struct Draft {
    text: Vec<u8>,
    number: u64,
}

impl Draft {
    pub(crate) fn new(line: Line<'_>) -> Draft {
        Draft { text: line.bytes.to_vec(), number: line.number }
    }

    /// Adds an indented line.
    pub(crate) fn follow(&mut self, line: Line<'_>) {
        self.text.push(b' ');
        self.text.extend_from_slice(line.bytes);
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn read(&self) -> Result<Socket<'_>, Problem> {
        let (mut socket, rest) = columns(Field::from(self.text.as_slice()))?;
        details::read(rest, &mut socket)?;
        Ok(socket)
    }
}

/// Whether these are the titles. What stands under `Process` is titled so since iproute2 5.
pub(crate) fn is_heading(squeezed: &[u8]) -> bool {
    let start = b"Recv-Q Send-Q Local Address:Port Peer Address:Port";
    squeezed.windows(start.len()).take(14).any(|window| window == start)
}

/// An error where the line does not begin as a socket does.
pub(crate) fn check(line: Field<'_>, has_protocols: bool) -> Result<(), Problem> {
    let (socket, _) = columns(line)?;
    if has_protocols && socket.protocol.is_none() {
        return Err(line.expected("a line that begins with its protocol"));
    }
    Ok(())
}

const KINDS: [&[u8]; 16] = [
    b"tcp", b"udp", b"raw", b"mptcp", b"dccp", b"sctp", b"u_str", b"u_dgr", b"u_seq", b"nl", b"p_raw", b"p_dgr", b"v_str",
    b"v_dgr", b"xdp", b"tipc",
];
const MORE_KINDS: [&[u8]; 3] = [b"icmp6", b"ti_rd", b"???"];

fn is_state(word: &[u8]) -> bool {
    word.len() > 4 && word.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'1' | b'2'))
}

/// The columns of a line, and what follows them.
fn columns(line: Field<'_>) -> Result<(Socket<'_>, Field<'_>), Problem> {
    let mut socket = Socket::default();
    let mut words = line.fields().peekable();
    let mut next =
        || words.next().ok_or_else(|| Problem::error(format!("expected {}, found {}", crate::EXPECTED, line.quoted())));
    let mut word = next()?;
    if KINDS.contains(&word.bytes) || MORE_KINDS.contains(&word.bytes) {
        socket.protocol = Some(word.bytes);
        word = next()?;
    }
    if is_state(word.bytes) {
        socket.state = Some(word.bytes);
        word = next()?;
    }
    socket.receive_queue = word.integer()?;
    socket.send_queue = next()?.integer()?;
    let first = next()?;
    let rest = line.split_at(first.start()).1;
    let is_unix = socket.protocol.is_some_and(|kind| kind.starts_with(b"u_"));
    let rest = if is_unix { unix(&mut socket, rest)? } else { inet(&mut socket, rest)? };
    Ok((socket, rest))
}

/// `ADDRESS:PORT ADDRESS:PORT`
fn inet<'a>(socket: &mut Socket<'a>, columns: Field<'a>) -> Result<Field<'a>, Problem> {
    let [local, remote, rest] = columns.fields_and_rest()?;
    let place = split(local)?;
    (socket.local_address, socket.interface) = (place.address, place.interface);
    match socket.protocol {
        // The number that a netlink socket is bound to is mostly the process's, after its name.
        Some(b"nl") => {
            let (_, port) = local.split_once(":").unwrap_or((local, local));
            socket.local_service = Some(port.bytes);
            socket.pid = port.rsplit_once("/").and_then(|(_, pid)| pid.integer().ok());
        }
        // A packet socket has a protocol, and the interface in place of a port.
        Some(b"p_raw" | b"p_dgr") => {
            socket.interface = Some(place.port).filter(|&name| name != b"*");
        }
        _ => (socket.local_port, socket.local_service) = port(place.port),
    }
    if remote.bytes == b"*" {
        socket.remote_address = remote.bytes;
        return Ok(rest);
    }
    let place = split(remote)?;
    socket.remote_address = place.address;
    (socket.remote_port, socket.remote_service) = port(place.port);
    Ok(rest)
}

/// `PATH INODE PATH INODE`. The first path may contain blanks, and numbers.
fn unix<'a>(socket: &mut Socket<'a>, columns: Field<'a>) -> Result<Field<'a>, Problem> {
    let words: Vec<Field<'a>> = columns.fields().collect();
    let is_number =
        |at: usize| words.get(at).is_some_and(|word| !word.bytes.is_empty() && word.bytes.iter().all(u8::is_ascii_digit));
    // What follows a path is its inode, the other side's path, and its inode; then words that cannot be part of a path.
    let ends = |at: usize| {
        words.get(at).is_none_or(|word| word.bytes.contains(&b':') || matches!(word.bytes, b"<->" | b"-->" | b"<--" | b"---"))
    };
    let inode = (1..words.len()).find(|&at| is_number(at) && !is_number(at + 1) && is_number(at + 2) && ends(at + 3));
    let inode = inode.ok_or_else(|| columns.expected("`PATH INODE PATH INODE`"))?;
    let text = |from: usize, to: usize| columns.part(words[from].start() - columns.start(), words[to].end() - columns.start());
    socket.local_address = text(0, inode - 1).bytes;
    socket.inode = Some(words[inode].integer()?);
    socket.remote_address = words[inode + 1].bytes;
    socket.remote_inode = Some(words[inode + 2].integer()?).filter(|&inode| inode != 0);
    Ok(columns.split_at(words[inode + 2].end() - columns.start()).1)
}

struct Placed<'a> {
    address: &'a [u8],
    interface: Option<&'a [u8]>,
    port: &'a [u8],
}

/// `127.0.0.1:22`, `127.0.0.53%lo:53`, `[::1]:22`, `[fe80::1]%eth0:546`, `::ffff:1.2.3.4:22`, `*:*`, `rtnl:kernel`.
fn split(place: Field<'_>) -> Result<Placed<'_>, Problem> {
    let (address, port) = place.rsplit_once(":").ok_or_else(|| place.expected("`ADDRESS:PORT`"))?;
    // With an address missing, what follows the two is in its place.
    let is_detail = port.bytes.starts_with(b"(") || [&b"uid"[..], b"ino", b"sk", b"cgroup"].contains(&address.bytes);
    if address.bytes.is_empty() || port.bytes.is_empty() || is_detail {
        return Err(place.expected("`ADDRESS:PORT`"));
    }
    let (address, interface) = match address.rsplit_once("%") {
        Some((address, interface)) => (address, Some(interface.bytes)),
        None => (address, None),
    };
    let address = match address.bytes {
        [b'[', inner @ .., b']'] => inner,
        all => all,
    };
    Ok(Placed { address, interface, port: port.bytes })
}

/// A port by number, or by name: `*` where it is any.
fn port(text: &[u8]) -> (Option<i64>, Option<&[u8]>) {
    match Field::from(text).integer() {
        Ok(number) => (Some(number), None),
        Err(_) => (None, Some(text)),
    }
}
