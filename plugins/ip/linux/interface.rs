//! `ip address` and `ip link`: a block of lines an interface; with `-o` a line an address or interface, with `-br` a short one.

use outparse_sdk::document::Document;
use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::json;
use crate::words::{self, Words, count, lifetime};

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

/// Reads `ip address` and `ip link`.
pub struct Interfaces {
    brief: bool,
    /// The interface that is being read.
    current: Block<Interface>,
    /// What the next line holds, after one of titles.
    numbers: Option<Numbers>,
    /// Whether `-h` shortens numbers.
    human: bool,
    seen: Vec<&'static str>,
    /// What `-j` printed so far.
    document: Option<Document>,
}

/// The titles over a line of numbers.
struct Numbers {
    receive: bool,
    causes: bool,
    /// The virtual function that they are of, `vf 0`, where they are not the device's own.
    of: Option<Vec<u8>>,
    titles: Vec<Vec<u8>>,
}

const EXPECTED: &str = "an interface, `1: lo: <LOOPBACK,UP> mtu …`";

impl Parser for Interfaces {
    const ABOUT: About = About {
        name: "interfaces",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Interfaces and their addresses, as ip address and ip link print them",
        commands: &["ip a[ddress]", "ip l[ink]", "busybox ip a[ddr]", "busybox ip l[ink]"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Interface;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref().unwrap_or_default();
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        Interfaces {
            brief: has(&["-br", "-bri", "-brie", "-brief", "--brief"]),
            current: Block::default(),
            numbers: None,
            human: has(&["-h", "-human", "-human-readable", "--human-readable"]),
            seen: Vec::new(),
            document: None,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        for part in words::one_line(line.whole()) {
            self.part(part, rows)?;
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            return json::each(&document, rows, |object, rows| {
                let interface = json::interface(object)?;
                self.push(interface, rows);
                Ok(())
            });
        }
        self.flush(rows);
        Ok(())
    }
}

impl Interfaces {
    fn part(&mut self, line: Field<'_>, rows: &mut Rows<Interface>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b" ") || line.bytes.starts_with(b"\t") {
            let human = self.human;
            let numbers = self.numbers.take();
            let Some(interface) = self.current.more(|| line.expected(EXPECTED))? else { return Ok(()) };
            self.numbers = match numbers {
                Some(titles) => {
                    statistics(interface, &titles, line, human)?;
                    None
                }
                None => below(interface, line)?,
            };
            return Ok(());
        }
        if self.brief || !line.bytes[0].is_ascii_digit() {
            let interface = brief(line);
            self.flush(rows);
            return self.current.begin(interface.map_err(Error::from));
        }
        let (interface, address) = match heading(line) {
            Ok(read) => read,
            Err(problem) => {
                self.flush(rows);
                return self.current.begin(Err(problem.into()));
            }
        };
        match (self.current.current(), address) {
            // Another address of the same interface, one a line.
            (Some(current), Some(address)) if current.index == interface.index && current.mtu.is_none() => {
                current.addresses.push(address);
            }
            (_, address) => {
                self.flush(rows);
                self.current.begin(Ok(Interface { addresses: address.into_iter().collect(), ..interface }))?;
            }
        }
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Interface>) {
        self.numbers = None;
        if let Some(interface) = self.current.take() {
            self.push(interface, rows);
        }
    }

    fn push(&mut self, interface: Interface, rows: &mut Rows<Interface>) {
        let new: Vec<&str> = interface.has().into_iter().filter(|name| !self.seen.contains(name)).collect();
        if !new.is_empty() {
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(interface);
    }
}

impl Interface {
    /// The fields about which something is said.
    fn has(&self) -> Vec<&'static str> {
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

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// `eth0@if5`
fn named(name: Field<'_>) -> (Vec<u8>, Option<Vec<u8>>) {
    match name.split_once("@") {
        Some((name, parent)) => (name.bytes.to_vec(), owned(parent)),
        None => (name.bytes.to_vec(), None),
    }
}

/// `<LOOPBACK,UP,LOWER_UP>`
fn flags(word: Field<'_>) -> Option<Vec<Vec<u8>>> {
    let inner = word.strip_prefix("<")?.strip_suffix(">")?;
    Some(inner.split(",").filter(|flag| !flag.bytes.is_empty()).map(|flag| flag.bytes.to_vec()).collect())
}

/// `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 …`, or with `-o`, `1: lo    inet 127.0.0.1/8 …`.
fn heading(line: Field<'_>) -> Result<(Interface, Option<Address>), Problem> {
    let [index, name, rest] = line.fields_and_rest()?;
    let index = index.strip_suffix(":").ok_or_else(|| line.expected(EXPECTED))?.integer()?;
    let mut interface = Interface { index: Some(index), ..Interface::default() };
    let Some(name) = name.strip_suffix(":") else {
        (interface.interface, interface.parent) = named(name);
        return Ok((interface, Some(address(rest)?)));
    };
    (interface.interface, interface.parent) = named(name);
    let mut words = Words::of(rest);
    let first = words.next().ok_or_else(|| line.expected(EXPECTED))?;
    interface.flags = flags(first).ok_or_else(|| first.expected("flags, `<…>`"))?;
    while let Some(word) = words.next() {
        // A program of XDP that is attached: `xdp/id:7`, `xdpgeneric`.
        if word.bytes.starts_with(b"xdp") {
            let (mode, program) = word.split_once("/").unwrap_or((word, word.split_at(usize::MAX).1));
            interface.details.0.push((mode.bytes.to_vec(), program.bytes.to_vec()));
            continue;
        }
        let value = words.value(word)?;
        match word.bytes {
            b"mtu" => interface.mtu = Some(value.integer()?),
            b"qdisc" => interface.queue_discipline = owned(value),
            b"master" | b"vrf" => interface.master = owned(value),
            b"state" => interface.state = owned(value),
            b"mode" => interface.link_mode = owned(value),
            b"group" => interface.group = owned(value),
            b"qlen" => interface.queue_length = Some(value.integer()?),
            _ => interface.details.0.push((word.bytes.to_vec(), value.bytes.to_vec())),
        }
    }
    Ok((interface, None))
}

/// A line under an interface. Returns the titles, where it is those of a line of numbers.
fn below(interface: &mut Interface, line: Field<'_>) -> Result<Option<Numbers>, Problem> {
    let line = line.trim();
    let mut words = Words::of(line);
    let Some(word) = words.next() else { return Ok(None) };
    match word.bytes {
        b"inet" | b"inet6" | b"mctp" => interface.addresses.push(address(line)?),
        b"valid_lft" => {
            let last = interface.addresses.last_mut().ok_or_else(|| word.problem("a lifetime without an address before it"))?;
            last.valid_lifetime = lifetime(words.value(word)?)?;
            if let Some(word) = words.next().filter(|word| word.bytes == b"preferred_lft") {
                last.preferred_lifetime = lifetime(words.value(word)?)?;
            }
        }
        b"altname" => interface.alternative_names.push(words.up_to(&[]).bytes.to_vec()),
        b"alias" => interface.description = owned(words.up_to(&[])),
        b"RX:" | b"TX:" => {
            let titles: Vec<Vec<u8>> = line.fields().skip(1).map(|word| word.bytes.to_vec()).collect();
            return Ok(Some(Numbers { receive: word.bytes[0] == b'R', causes: false, of: virtual_function(interface), titles }));
        }
        b"RX" | b"TX" if words.peek().is_some_and(|word| word.bytes == b"errors:") => {
            let titles: Vec<Vec<u8>> = line.fields().skip(2).map(|word| word.bytes.to_vec()).collect();
            return Ok(Some(Numbers { receive: word.bytes[0] == b'R', causes: true, of: None, titles }));
        }
        link if link.starts_with(b"link/") => link_layer(interface, line)?,
        // A virtual function of the device, with a number of its own.
        b"vf" => {
            let number = words.value(word)?;
            let name = [word.bytes, b" ", number.bytes].concat();
            interface.details.0.push((name, words.up_to(&[]).bytes.to_vec()));
        }
        // What its bridge or bond, or a program attached to it, says of it is not its own kind.
        other if other.ends_with(b"_slave") || other.contains(&b'/') => {
            interface.details.0.push((other.to_vec(), words.up_to(&[]).bytes.to_vec()));
        }
        // `-d` has a line of the device's kind. What its words mean, only that kind knows.
        _ => {
            let rest = words.up_to(&[]);
            if interface.device_kind.is_none() {
                interface.device_kind = owned(word);
                interface.device_details = (!rest.bytes.is_empty()).then(|| rest.bytes.to_vec());
            } else {
                interface.details.0.push((word.bytes.to_vec(), rest.bytes.to_vec()));
            }
        }
    }
    Ok(None)
}

/// The virtual function whose line came last: numbers below it are of that one.
fn virtual_function(interface: &Interface) -> Option<Vec<u8>> {
    let names = interface.details.0.iter().rev().map(|(name, _)| name);
    names
        .map(|name| name.splitn(3, |byte| *byte == b' ').take(2).collect::<Vec<_>>().join(&b' '))
        .find(|name| name.starts_with(b"vf "))
}

/// `link/ether 02:42:… brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 …`
fn link_layer(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let mut words = Words::of(line);
    let Some(kind) = words.next() else { return Ok(()) };
    interface.link_type = kind.strip_prefix("link/").and_then(owned);
    let keyword = |word: &[u8]| matches!(word, b"brd" | b"peer" | b"link-netnsid" | b"link-netns" | b"permaddr" | b"promiscuity");
    if let Some(address) = words.peek().filter(|word| !keyword(word.bytes)) {
        interface.mac_address = owned(address);
        words.next();
    }
    while let Some(word) = words.next() {
        match word.bytes {
            b"brd" => interface.mac_broadcast = owned(words.value(word)?),
            b"peer" => interface.link_peer = owned(words.value(word)?),
            b"permaddr" => interface.permanent_address = owned(words.value(word)?),
            b"link-netnsid" | b"link-netns" => interface.network_namespace = owned(words.value(word)?),
            _ => {
                // A word of `-d`, mostly with a number.
                let value = words.next().map_or_else(Vec::new, |value| value.bytes.to_vec());
                interface.details.0.push((word.bytes.to_vec(), value));
            }
        }
    }
    Ok(())
}

/// `inet 10.0.0.1 peer 10.0.0.2/32 brd 10.0.0.255 scope global secondary dynamic eth0`
fn address(line: Field<'_>) -> Result<Address, Problem> {
    const FLAGS: [&[u8]; 15] = [
        b"secondary",
        b"temporary",
        b"nodad",
        b"optimistic",
        b"home",
        b"deprecated",
        b"tentative",
        b"permanent",
        b"mngtmpaddr",
        b"noprefixroute",
        b"autojoin",
        b"dynamic",
        b"dadfailed",
        b"stable-privacy",
        b"primary",
    ];
    let mut words = Words::of(line);
    let family = words.next().ok_or_else(|| line.expected("an address"))?;
    let mut found = Address { family: owned(family), ..Address::default() };
    let word = words.value(family)?;
    (found.address, found.prefix_length) = with_prefix(word)?;
    while let Some(word) = words.next() {
        match word.bytes {
            b"peer" => {
                let (peer, prefix) = with_prefix(words.value(word)?)?;
                (found.peer, found.prefix_length) = (Some(peer), prefix);
            }
            b"brd" => found.broadcast = owned(words.value(word)?),
            b"any" => found.anycast = owned(words.value(word)?),
            b"scope" => found.scope = owned(words.value(word)?),
            b"metric" => found.metric = Some(words.value(word)?.integer()?),
            b"proto" => found.protocol = owned(words.value(word)?),
            b"valid_lft" => found.valid_lifetime = lifetime(words.value(word)?)?,
            b"preferred_lft" => found.preferred_lifetime = lifetime(words.value(word)?)?,
            // Those that `ip` has no name for.
            b"flags" => found.flags.push([b"flags=", words.value(word)?.bytes].concat()),
            flag if FLAGS.contains(&flag) => found.flags.push(flag.to_vec()),
            // The last word that is none of these.
            _ => found.label = owned(word),
        }
    }
    Ok(found)
}

fn with_prefix(word: Field<'_>) -> Result<(Vec<u8>, Option<i64>), Problem> {
    match word.split_once("/") {
        Some((address, prefix)) => Ok((address.bytes.to_vec(), Some(prefix.integer()?))),
        None => Ok((word.bytes.to_vec(), None)),
    }
}

/// The numbers that stand under these titles.
fn statistics(interface: &mut Interface, titles: &Numbers, line: Field<'_>, human: bool) -> Result<(), Problem> {
    let words = line.words();
    if words.len() != titles.titles.len() {
        return Err(Problem::error(format!("expected {} numbers, found {}", titles.titles.len(), words.len())));
    }
    for (title, word) in titles.titles.iter().zip(words) {
        let number = if human { count(word)? } else { word.integer().or_else(|_| count(word))? };
        if let Some(of) = &titles.of {
            let way = if titles.receive { &b" rx_"[..] } else { b" tx_" };
            interface.details.0.push(([of, way, title].concat(), word.bytes.to_vec()));
            continue;
        }
        let place = match (titles.receive, titles.causes, title.as_slice()) {
            // Old versions have these two the other way around.
            (true, true, b"missed") => &mut interface.rx_missed,
            (true, true, _) | (true, false, b"overrun") => {
                interface.rx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (false, true, _) => {
                interface.tx_error_causes.0.push((title.clone(), number));
                continue;
            }
            (true, _, b"bytes") => &mut interface.rx_bytes,
            (true, _, b"packets") => &mut interface.rx_packets,
            (true, _, b"errors") => &mut interface.rx_errors,
            (true, _, b"dropped") => &mut interface.rx_dropped,
            (true, _, b"missed") => &mut interface.rx_missed,
            (true, _, b"mcast") => &mut interface.rx_multicast,
            (false, _, b"bytes") => &mut interface.tx_bytes,
            (false, _, b"packets") => &mut interface.tx_packets,
            (false, _, b"errors") => &mut interface.tx_errors,
            (false, _, b"dropped") => &mut interface.tx_dropped,
            (false, _, b"carrier") => &mut interface.tx_carrier_errors,
            (false, _, b"collsns") => &mut interface.tx_collisions,
            (receive, _, other) => {
                let name = [if receive { b"rx_" } else { b"tx_" }, other].concat();
                interface.details.0.push((name, word.bytes.to_vec()));
                continue;
            }
        };
        *place = Some(number);
    }
    Ok(())
}

/// `lo UNKNOWN 127.0.0.1/8 ::1/128`, or `lo UNKNOWN 00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>`.
fn brief(line: Field<'_>) -> Result<Interface, Problem> {
    const STATES: [&[u8]; 7] = [b"UP", b"DOWN", b"UNKNOWN", b"DORMANT", b"LOWERLAYERDOWN", b"TESTING", b"NOTPRESENT"];
    let expected = || line.expected("an interface, its state and its addresses");
    let mut words = Words::of(line);
    let (name, state) = words.next().zip(words.next()).ok_or_else(expected)?;
    if !STATES.contains(&state.bytes) {
        return Err(expected());
    }
    let mut interface = Interface { state: owned(state), ..Interface::default() };
    (interface.interface, interface.parent) = named(name);
    while let Some(word) = words.next() {
        match word.bytes {
            b"peer" => {
                let value = words.value(word)?;
                if let Some(last) = interface.addresses.last_mut() {
                    let (peer, prefix) = with_prefix(value)?;
                    (last.peer, last.prefix_length) = (Some(peer), prefix);
                }
            }
            b"metric" => {
                let value = words.value(word)?.integer()?;
                if let Some(last) = interface.addresses.last_mut() {
                    last.metric = Some(value);
                }
            }
            text if text.starts_with(b"<") => {
                interface.flags = flags(word).ok_or_else(|| word.expected("flags, `<…>`"))?;
                // Before the flags stands the link-layer address, which of a tunnel is one of IP.
                if let Some(of_tunnel) = interface.addresses.pop() {
                    interface.mac_address = Some(of_tunnel.address);
                }
            }
            text if is_link_address(text) => interface.mac_address = owned(word),
            _ => {
                let (address, prefix_length) = with_prefix(word)?;
                let family = if address.contains(&b':') { b"inet6".to_vec() } else { b"inet".to_vec() };
                interface.addresses.push(Address { family: Some(family), address, prefix_length, ..Address::default() });
            }
        }
    }
    Ok(interface)
}

/// Bytes in hexadecimal between colons; an address of IPv6 has a prefix there, or a shorter or longer part.
fn is_link_address(text: &[u8]) -> bool {
    let parts: Vec<&[u8]> = text.split(|&byte| byte == b':').collect();
    parts.len() >= 6 && parts.iter().all(|part| part.len() == 2 && part.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Interfaces;

    #[test]
    fn overruns_of_old_versions_are_not_what_was_missed() {
        let capture = "2: eth0: <UP> mtu 1500 qdisc mq state UP qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    \
            RX: bytes  packets  errors  dropped overrun mcast   \n    1 2 3 4 5 6\n    RX errors: length  crc     frame   fifo    missed\n               \
            0 1 2 3 9\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""rx_missed":9,"rx_multicast":6"#), "{parsed:?}");
        assert!(
            parsed.sound()[0].contains(r#""rx_error_causes":{"overrun":5,"length":0,"crc":1,"frame":2,"fifo":3}"#),
            "{parsed:?}"
        );
    }

    #[test]
    fn lines_of_an_interface_are_one_record() {
        let capture = "1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    \
            link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       \
            valid_lft forever preferred_lft 30sec\n2: a@if3: <> mtu 1500\n";
        let parsed = parse::<Interfaces>(Some(&["ip", "address"]), capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""valid_lifetime":null,"preferred_lifetime":30"#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""interface":"a","parent":"if3""#), "{parsed:?}");
        assert_any_split::<Interfaces>(None, capture.as_bytes());
    }

    #[test]
    fn a_backslash_in_a_description_ends_no_line() {
        let lines = [
            "7: v0: <UP> mtu 1500 qdisc noqueue",
            "    link/ether 02:00:00:00:00:01",
            "    alias front door \\ UP",
            "    altname b",
        ];
        let parsed = parse::<Interfaces>(None, (lines.join("\n") + "\n").as_bytes());
        parsed.has(0, &[r#""description":"front door \\ UP""#, r#""alternative_names":["b"]"#]);
        assert!(!parsed.sound()[0].contains("device_kind"), "{parsed:?}");
        assert_eq!(parsed.records, parse::<Interfaces>(None, (lines.join("\\") + "\n").as_bytes()).records);
    }

    #[test]
    fn what_is_said_of_a_part_of_an_interface_is_not_said_of_the_whole() {
        let capture = "4: e0: <UP> mtu 1500 xdp/id:7 qdisc mq master br0 state UP mode DEFAULT group default qlen 1000\n    \
            link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1 minmtu 68\n    \
            bridge_slave state forwarding priority 32\n    \
            RX:  bytes packets errors dropped  missed   mcast\n    1 2 3 4 5 6\n    \
            vf 0     link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto\n    \
            RX: bytes  packets  mcast   bcast   dropped\n    71 72 73 74 75\n    \
            vf 1 MAC 02:00:00:00:00:03, spoof checking off\n    prog/xdp id 7 tag 3b185187f1855c4c jited\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        let record = &parsed.sound()[0];
        assert!(
            !record.contains("device_kind") && record.contains(r#""queue_discipline":"mq","master":"br0","state":"UP""#),
            "{record}"
        );
        parsed.has(
            0,
            &[
                r#""xdp":"id:7""#,
                r#""bridge_slave":"state forwarding priority 32""#,
                r#""vf 0":"link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto""#,
                r#""vf 0 rx_bytes":"71""#,
                r#""vf 1":"MAC 02:00:00:00:00:03, spoof checking off""#,
                r#""prog/xdp":"id 7 tag 3b185187f1855c4c jited""#,
                r#""rx_bytes":1"#,
            ],
        );
    }

    #[test]
    fn the_address_of_a_tunnel_is_no_address_of_a_network() {
        let parsed = parse::<Interfaces>(Some(&["ip", "-br", "link"]), b"sit0@NONE DOWN 0.0.0.0 <NOARP>\n");
        assert!(
            parsed.sound()[0].contains(r#""mac_address":"0.0.0.0""#) && !parsed.sound()[0].contains("addresses"),
            "{parsed:?}"
        );
        let parsed = parse::<Interfaces>(
            None,
            b"2: a    inet6 fe80::1/64 scope link flags 200 \\       valid_lft forever preferred_lft forever\n",
        );
        assert!(parsed.sound()[0].contains(r#""flags":["flags=200"]"#) && !parsed.sound()[0].contains("label"), "{parsed:?}");
    }

    #[test]
    fn what_stands_below_a_broken_heading_is_of_no_interface() {
        let capture = "1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    \
            link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n2 eth0: <UP> mtu 1500 qdisc noop state UP\n    \
            link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 192.0.2.1/24 scope global eth0\n\
            3: eth1: <UP> mtu 1500 qdisc noop state UP\n    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n";
        let parsed = parse::<Interfaces>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""mac_address":"00:00:00:00:00:00""#), "{parsed:?}");
        assert!(!parsed.records[0].contains("192.0.2.1"), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Interfaces>(["hello\n", "1: x\n", "    inet 1.2.3.4\n", "a b c\n", "1: lo: UP mtu 3\n"]);
    }
}
