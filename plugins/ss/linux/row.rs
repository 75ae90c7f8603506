//! The line of a socket: its columns, and what follows them.

use std::ops::Range;

use outparse_sdk::{Field, Line, Problem};

use crate::Socket;
use crate::details;

/// A socket whose lines are not complete.
pub(crate) struct Draft {
    text: Vec<u8>,
    number: u64,
    columns: Columns,
}

/// What a line's columns say, texts by their places: the line is kept until it is known that none follows it.
#[derive(Default)]
struct Columns {
    protocol: Place,
    state: Place,
    receive_queue: i64,
    send_queue: i64,
    local_address: Place,
    local_port: Option<i64>,
    local_service: Place,
    remote_address: Place,
    remote_port: Option<i64>,
    remote_service: Place,
    interface: Place,
    inode: Option<i64>,
    remote_inode: Option<i64>,
    pid: Option<i64>,
    /// Where they end.
    end: usize,
}

/// Where a text stands in its line, if it is there.
type Place = Option<Range<usize>>;

fn place(text: Field<'_>) -> Place {
    Some(text.start()..text.end())
}

impl Draft {
    /// An error where the line does not begin as a socket does.
    pub(crate) fn new(line: Line<'_>, has_protocols: bool) -> Result<Draft, Problem> {
        let columns = columns(line.whole())?;
        if has_protocols && columns.protocol.is_none() {
            return Err(line.whole().expected("a line that begins with its protocol"));
        }
        Ok(Draft { text: line.bytes.to_vec(), number: line.number, columns })
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
        let text = |place: &Place| place.clone().map(|place| &self.text[place]);
        let columns = &self.columns;
        let mut socket = Socket {
            protocol: text(&columns.protocol),
            state: text(&columns.state),
            receive_queue: columns.receive_queue,
            send_queue: columns.send_queue,
            local_address: text(&columns.local_address).unwrap_or_default(),
            local_port: columns.local_port,
            local_service: text(&columns.local_service),
            remote_address: text(&columns.remote_address).unwrap_or_default(),
            remote_port: columns.remote_port,
            remote_service: text(&columns.remote_service),
            interface: text(&columns.interface),
            inode: columns.inode,
            remote_inode: columns.remote_inode,
            pid: columns.pid,
            ..Socket::default()
        };
        details::read(Field::from(self.text.as_slice()).split_at(columns.end).1, &mut socket)?;
        Ok(socket)
    }
}

/// Whether these are the titles. What stands under `Process` is titled so since iproute2 5.
pub(crate) fn is_heading(squeezed: &[u8]) -> bool {
    let start = b"Recv-Q Send-Q Local Address:Port Peer Address:Port";
    squeezed.windows(start.len()).take(14).any(|window| window == start)
}

fn is_protocol(word: &[u8]) -> bool {
    matches!(
        word,
        b"tcp"
            | b"udp"
            | b"raw"
            | b"mptcp"
            | b"dccp"
            | b"sctp"
            | b"icmp6"
            | b"u_str"
            | b"u_dgr"
            | b"u_seq"
            | b"nl"
            | b"p_raw"
            | b"p_dgr"
            | b"v_str"
            | b"v_dgr"
            | b"xdp"
            | b"tipc"
            | b"ti_rd"
            | b"???"
    )
}

fn is_state(word: &[u8]) -> bool {
    word.len() > 4 && word.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'1' | b'2'))
}

fn columns(line: Field<'_>) -> Result<Columns, Problem> {
    let mut columns = Columns::default();
    let mut words = line.fields();
    let mut next =
        || words.next().ok_or_else(|| Problem::error(format!("expected {}, found {}", crate::EXPECTED, line.quoted())));
    let mut word = next()?;
    let protocol = is_protocol(word.bytes).then_some(word);
    if protocol.is_some() {
        word = next()?;
    }
    // Those of an SCTP socket are drawn below it, as branches.
    if word.bytes == b"`-" {
        word = next()?;
    }
    if is_state(word.bytes) {
        columns.state = place(word);
        word = next()?;
    }
    columns.receive_queue = word.integer()?;
    columns.send_queue = next()?.integer()?;
    let first = next()?;
    let rest = line.split_at(first.start()).1;
    columns.protocol = protocol.and_then(place);
    match protocol.map_or(&b""[..], |protocol| protocol.bytes) {
        [b'u', b'_', ..] => unix(&mut columns, rest)?,
        protocol => inet(&mut columns, protocol, rest)?,
    }
    Ok(columns)
}

/// `ADDRESS:PORT ADDRESS:PORT`
fn inet(columns: &mut Columns, protocol: &[u8], text: Field<'_>) -> Result<(), Problem> {
    let [local, remote, rest] = text.fields_and_rest()?;
    columns.end = rest.start();
    let end = split(local)?;
    columns.local_address = place(end.address);
    columns.interface = end.interface.and_then(place);
    match protocol {
        // The number that a netlink socket is bound to is mostly the process's, after its name.
        b"nl" => {
            let (_, port) = local.split_once(":").unwrap_or((local, local));
            columns.local_service = place(port);
            columns.pid = port.rsplit_once("/").and_then(|(_, pid)| pid.as_integer());
        }
        // A packet socket has a protocol, and the interface in place of a port.
        b"p_raw" | b"p_dgr" => columns.interface = Some(end.port).filter(|name| name.bytes != b"*").and_then(place),
        _ => (columns.local_port, columns.local_service) = port(end.port),
    }
    if remote.bytes == b"*" {
        columns.remote_address = place(remote);
        return Ok(());
    }
    let end = split(remote)?;
    columns.remote_address = place(end.address);
    columns.interface = columns.interface.take().or(end.interface.and_then(place));
    (columns.remote_port, columns.remote_service) = port(end.port);
    Ok(())
}

/// `PATH INODE PATH INODE`. The first path may contain blanks, and numbers.
fn unix(columns: &mut Columns, text: Field<'_>) -> Result<(), Problem> {
    let words = text.words();
    let is_number =
        |at: usize| words.get(at).is_some_and(|word| !word.bytes.is_empty() && word.bytes.iter().all(u8::is_ascii_digit));
    // What follows a path is its inode, the other side's path, and its inode; then words that cannot be part of a path.
    let ends = |at: usize| {
        words.get(at).is_none_or(|word| word.bytes.contains(&b':') || matches!(word.bytes, b"<->" | b"-->" | b"<--" | b"---"))
    };
    let inode = (1..words.len()).find(|&at| is_number(at) && !is_number(at + 1) && is_number(at + 2) && ends(at + 3));
    let inode = inode.ok_or_else(|| text.expected("`PATH INODE PATH INODE`"))?;
    columns.local_address = Some(words[0].start()..words[inode - 1].end());
    columns.inode = Some(words[inode].integer()?);
    columns.remote_address = place(words[inode + 1]);
    columns.remote_inode = Some(words[inode + 2].integer()?).filter(|&inode| inode != 0);
    columns.end = words[inode + 2].end();
    Ok(())
}

/// One end of a connection.
struct End<'a> {
    address: Field<'a>,
    interface: Option<Field<'a>>,
    port: Field<'a>,
}

/// `127.0.0.1:22`, `127.0.0.53%lo:53`, `[::1]:22`, `[fe80::1]%eth0:546`, `::ffff:1.2.3.4:22`, `*:*`, `rtnl:kernel`.
fn split<'a>(place: Field<'a>) -> Result<End<'a>, Problem> {
    let (address, port) = place.rsplit_once(":").ok_or_else(|| place.expected("`ADDRESS:PORT`"))?;
    // With an address missing, what follows the two is in its place.
    let is_detail = port.bytes.starts_with(b"(") || [&b"uid"[..], b"ino", b"sk", b"cgroup"].contains(&address.bytes);
    if address.bytes.is_empty() || port.bytes.is_empty() || is_detail {
        return Err(place.expected("`ADDRESS:PORT`"));
    }
    let bare = |address: Field<'a>| address.strip_prefix("[").and_then(|inner| inner.strip_suffix("]")).unwrap_or(address);
    // The interface stands behind the brackets, or within.
    let address = bare(address);
    let (address, interface) = match address.rsplit_once("%") {
        Some((address, interface)) => (bare(address), Some(interface)),
        None => (address, None),
    };
    Ok(End { address, interface, port })
}

/// A port by number, or by name: `*` where it is any.
fn port(text: Field<'_>) -> (Option<i64>, Place) {
    match text.as_integer() {
        Some(number) => (Some(number), None),
        None => (None, place(text)),
    }
}
