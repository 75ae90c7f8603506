//! `ifconfig` prints a block an interface: its name at the margin, all else indented. net-tools 2, macOS and the BSDs write
//! `flags=…<UP>` and `inet ADDRESS netmask MASK`; net-tools 1 and BusyBox write `Link encap:` and `inet addr:ADDRESS`.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

/// An interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// Its name.
    #[field(key)]
    pub interface: Vec<u8>,
    /// Flags by name: `UP`, `BROADCAST`, `RUNNING`, …
    pub flags: Vec<Vec<u8>>,
    /// The same as the number that is printed: decimal on Linux, hexadecimal on macOS and the BSDs.
    pub flags_value: Option<Vec<u8>>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Metric.
    pub metric: Option<i64>,
    /// Link layer: `Ethernet`, `Local Loopback`, …
    pub link_type: Option<Vec<u8>>,
    /// Link-layer address.
    pub mac_address: Option<Vec<u8>>,
    /// Length of the queue for sending, in packets.
    pub queue_length: Option<i64>,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received in error.
    #[field(counter)]
    pub rx_errors: Option<i64>,
    /// Packets received and dropped.
    #[field(counter)]
    pub rx_dropped: Option<i64>,
    /// Packets lost because they came too fast.
    #[field(counter)]
    pub rx_overruns: Option<i64>,
    /// Packets received with a broken frame.
    #[field(counter)]
    pub rx_frame_errors: Option<i64>,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets not sent for errors.
    #[field(counter)]
    pub tx_errors: Option<i64>,
    /// Packets dropped instead of sent.
    #[field(counter)]
    pub tx_dropped: Option<i64>,
    /// Packets lost because they came too fast to be sent.
    #[field(counter)]
    pub tx_overruns: Option<i64>,
    /// Packets lost with the carrier.
    #[field(counter)]
    pub tx_carrier_errors: Option<i64>,
    /// Collisions.
    #[field(counter)]
    pub collisions: Option<i64>,
    /// Capabilities that are in use (BSD).
    pub options: Vec<Vec<u8>>,
    /// The same as the hexadecimal number that is printed.
    pub options_value: Option<Vec<u8>>,
    /// Options of neighbour discovery (BSD).
    pub neighbour_options: Vec<Vec<u8>>,
    /// The same as the hexadecimal number that is printed.
    pub neighbour_options_value: Option<Vec<u8>>,
    /// Medium (BSD).
    pub media: Option<Vec<u8>>,
    /// Whether it has a carrier, in words (BSD): `active`, `inactive`, `associated`.
    pub status: Option<Vec<u8>>,
    /// All else, by the words before it.
    pub details: Map<Vec<u8>>,
}

/// An address of an interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Address {
    /// Address family: `inet` or `inet6`.
    pub family: &'static str,
    /// The address, without a zone.
    pub address: Vec<u8>,
    /// Zone of the address: an interface.
    pub zone: Option<Vec<u8>>,
    /// Network mask, dotted.
    pub netmask: Option<Vec<u8>>,
    /// Length of the network prefix in bits.
    pub prefix_length: Option<i64>,
    /// Broadcast address.
    pub broadcast: Option<Vec<u8>>,
    /// Address of the other end.
    pub peer: Option<Vec<u8>>,
    /// Scope: `link`, `host`, `global`, `Link`, …
    pub scope: Option<Vec<u8>>,
    /// The scope as the number that is printed, in hexadecimal.
    pub scope_id: Option<Vec<u8>>,
    /// Flags: `autoconf`, `temporary`, `secured`, …
    pub flags: Vec<Vec<u8>>,
}

/// Reads the blocks of `ifconfig`.
pub struct Ifconfig {
    current: Option<Interface>,
    seen: Vec<&'static str>,
}

const EXPECTED: &str = "an interface, `NAME: flags=…<…> mtu …` or `NAME Link encap:…`";

impl Parser for Ifconfig {
    const ABOUT: About = About {
        name: "ifconfig-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Interfaces and their addresses, as ifconfig of net-tools, BusyBox, macOS and the BSDs prints them",
        commands: &["ifconfig", "busybox ifconfig", "toybox ifconfig", "netstat"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Interface;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Ifconfig { current: None, seen: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        // The caption of `netstat -ie`.
        if whole.bytes == b"Kernel Interface table" && !rows.recognised() {
            return Ok(());
        }
        if !whole.bytes[0].is_ascii_whitespace() {
            if whole.bytes.starts_with(b"Iface ") || whole.bytes.starts_with(b"Name ") {
                return Err(Error::unrecognised(
                    "`ifconfig -s` prints the table of `netstat -i`: `outparse netstat -i` reads that",
                ));
            }
            // net-tools says this in the midst of an interface.
            if whole.bytes.starts_with(b"Infiniband hardware address can be incorrect!") {
                return Ok(());
            }
            // What stands below a heading that is broken is not of the interface above it.
            self.flush(rows);
            self.current = Some(heading(whole)?);
            rows.recognise();
            return Ok(());
        }
        let interface = self.current.as_mut().ok_or_else(|| line.expected(EXPECTED))?;
        Ok(below(interface, whole.trim())?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Ifconfig {
    fn flush(&mut self, rows: &mut Rows<Interface>) {
        let Some(interface) = self.current.take() else { return };
        let has = interface.has();
        if has.iter().any(|name| !self.seen.contains(name)) {
            self.seen.extend(has.into_iter().filter(|name| !self.seen.contains(name)).collect::<Vec<_>>());
            rows.shape(&self.seen);
        }
        rows.push(interface);
    }
}

impl Interface {
    /// The fields about which something is said, and those that every interface has.
    fn has(&self) -> Vec<&'static str> {
        let all = [
            ("flags_value", self.flags_value.is_some()),
            ("metric", self.metric.is_some()),
            ("link_type", self.link_type.is_some()),
            ("mac_address", self.mac_address.is_some()),
            ("queue_length", self.queue_length.is_some()),
            ("rx_packets", self.rx_packets.is_some()),
            ("rx_bytes", self.rx_bytes.is_some()),
            ("rx_errors", self.rx_errors.is_some()),
            ("rx_dropped", self.rx_dropped.is_some()),
            ("rx_overruns", self.rx_overruns.is_some()),
            ("rx_frame_errors", self.rx_frame_errors.is_some()),
            ("tx_packets", self.tx_packets.is_some()),
            ("tx_bytes", self.tx_bytes.is_some()),
            ("tx_errors", self.tx_errors.is_some()),
            ("tx_dropped", self.tx_dropped.is_some()),
            ("tx_overruns", self.tx_overruns.is_some()),
            ("tx_carrier_errors", self.tx_carrier_errors.is_some()),
            ("collisions", self.collisions.is_some()),
            ("options", self.options_value.is_some()),
            ("options_value", self.options_value.is_some()),
            ("neighbour_options", self.neighbour_options_value.is_some()),
            ("neighbour_options_value", self.neighbour_options_value.is_some()),
            ("media", self.media.is_some()),
            ("status", self.status.is_some()),
            ("details", !self.details.0.is_empty()),
        ];
        let always = ["interface", "flags", "mtu", "addresses"];
        always.into_iter().chain(all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name)).collect()
    }
}

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// A number, and the names of its bits.
type NamedFlags = (Option<Vec<u8>>, Vec<Vec<u8>>);

/// `8863<UP,BROADCAST>`
fn named_flags(text: Field<'_>) -> Option<NamedFlags> {
    let (value, names) = text.split_once("<")?;
    let names = names.strip_suffix(">")?;
    let names = names.split(",").filter(|name| !name.bytes.is_empty()).map(|name| name.bytes.to_vec());
    Some((owned(value), names.collect()))
}

fn heading(line: Field<'_>) -> Result<Interface, Problem> {
    let mut interface = Interface::default();
    if let Some((name, rest)) = line.split_once(" ").filter(|(_, rest)| rest.trim().bytes.starts_with(b"Link encap:")) {
        interface.interface = name.bytes.to_vec();
        let rest = rest.trim().split_at("Link encap:".len()).1;
        let (kind, address) = match rest.split_once("HWaddr ") {
            Some((kind, address)) => (kind.trim(), Some(address.trim())),
            None => (rest.trim(), None),
        };
        interface.link_type = owned(kind);
        interface.mac_address = address.and_then(owned);
        return Ok(interface);
    }
    let expected = || line.expected(EXPECTED);
    let (name, rest) = line.split_once(": flags=").ok_or_else(expected)?;
    if name.bytes.is_empty() || name.bytes.contains(&b' ') {
        return Err(expected());
    }
    interface.interface = name.bytes.to_vec();
    let mut words = rest.fields();
    let flags = words.next().ok_or_else(expected)?;
    (interface.flags_value, interface.flags) = named_flags(flags).ok_or_else(|| flags.expected("flags, `4163<UP,…>`"))?;
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| word.problem(format!("expected a value after {}", word.quoted())))?;
        match word.bytes {
            b"mtu" => interface.mtu = Some(value.integer()?),
            b"metric" => interface.metric = Some(value.integer()?),
            _ => interface.details.0.push((word.bytes.to_vec(), value.bytes.to_vec())),
        }
    }
    Ok(interface)
}

fn below(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let [first, rest] = line.fields_and_rest()?;
    match first.bytes {
        b"inet" if rest.bytes.starts_with(b"addr:") => old_inet(interface, rest),
        b"inet6" if rest.bytes.starts_with(b"addr:") => old_inet6(interface, rest),
        b"inet" => inet(interface, rest),
        b"inet6" => inet6(interface, rest),
        b"ether" | b"loop" | b"lladdr" | b"unspec" | b"infiniband" | b"tunnel" | b"sit" | b"ppp" | b"address:"
            if !first.bytes.ends_with(b":") || first.bytes == b"address:" =>
        {
            link(interface, first, rest)
        }
        b"RX" | b"TX" => counters(interface, line),
        text if text.starts_with(b"collisions:") => counters(interface, line),
        b"media:" => {
            interface.media = owned(rest);
            Ok(())
        }
        b"status:" => {
            interface.status = owned(rest);
            Ok(())
        }
        b"nd6" => {
            let options = rest.strip_prefix("options=").and_then(named_flags);
            if let Some((value, names)) = options {
                (interface.neighbour_options_value, interface.neighbour_options) = (value, names);
            }
            Ok(())
        }
        text if text.starts_with(b"options=") => {
            let options = first.strip_prefix("options=").and_then(named_flags);
            (interface.options_value, interface.options) = options.ok_or_else(|| first.expected("`options=…<…>`"))?;
            Ok(())
        }
        _ if line.find("MTU:").is_some() => old_flags(interface, line),
        _ => {
            // `groups: lo`, `device interrupt 17`, and what else a driver says.
            let (name, value) = line.split_once(": ").unwrap_or((first, rest));
            let name = name.strip_suffix(":").unwrap_or(name);
            interface.details.0.push((name.bytes.to_vec(), value.trim().bytes.to_vec()));
            Ok(())
        }
    }
}

/// `10.0.0.1  netmask 255.0.0.0  broadcast 10.255.255.255`, `10.0.0.1 --> 10.0.0.2 netmask 0xff000000`
fn inet(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.fields();
    let first = words.next().ok_or_else(|| rest.expected("an address"))?;
    let mut found = Address { family: "inet", address: first.bytes.to_vec(), ..Address::default() };
    if let Some((address, length)) = first.split_once("/") {
        (found.address, found.prefix_length) = (address.bytes.to_vec(), Some(length.integer()?));
    }
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| word.problem(format!("expected a value after {}", word.quoted())));
        match word.bytes {
            b"netmask" => found.netmask = Some(dotted(value()?)?),
            b"broadcast" => found.broadcast = owned(value()?),
            b"destination" | b"-->" => found.peer = owned(value()?),
            _ => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `0xff000000` as `255.0.0.0`.
fn dotted(mask: Field<'_>) -> Result<Vec<u8>, Problem> {
    if !mask.bytes.starts_with(b"0x") {
        return Ok(mask.bytes.to_vec());
    }
    let bits = u32::try_from(mask.hexadecimal()?).map_err(|_| mask.expected("a mask of 32 bits"))?;
    Ok(bits.to_be_bytes().map(|byte| byte.to_string()).join(".").into_bytes())
}

/// `fe80::1%lo0 prefixlen 64 scopeid 0x1 autoconf secured`, `fe80::1  prefixlen 64  scopeid 0x20<link>`
fn inet6(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.fields();
    let first = words.next().ok_or_else(|| rest.expected("an address"))?;
    let (address, zone) = first.split_once("%").map_or((first, None), |(address, zone)| (address, owned(zone)));
    let mut found = Address { family: "inet6", address: address.bytes.to_vec(), zone, ..Address::default() };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| word.problem(format!("expected a value after {}", word.quoted())));
        match word.bytes {
            b"prefixlen" => found.prefix_length = Some(value()?.integer()?),
            b"-->" => found.peer = owned(value()?),
            b"scopeid" => {
                let scope = value()?;
                let (id, name) = scope.split_once("<").map_or((scope, None), |(id, name)| (id, name.strip_suffix(">")));
                (found.scope_id, found.scope) = (owned(id), name.and_then(owned));
            }
            b"pltime" | b"vltime" | b"vhid" => {
                let value = value()?;
                found.flags.push([word.bytes, b" ", value.bytes].concat());
            }
            _ => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `ether 02:42:…  txqueuelen 1000  (Ethernet)`, `loop  txqueuelen 1000  (Local Loopback)`
fn link(interface: &mut Interface, kind: Field<'_>, rest: Field<'_>) -> Result<(), Problem> {
    let (rest, name) = match rest.split_once("(") {
        Some((rest, name)) => (rest, name.trim_end().strip_suffix(")").and_then(owned)),
        None => (rest, None),
    };
    if name.is_some() {
        interface.link_type = name;
    }
    let mut words = rest.fields();
    while let Some(word) = words.next() {
        if word.bytes == b"txqueuelen" {
            let value = words.next().ok_or_else(|| word.problem("expected a number after `txqueuelen`"))?;
            interface.queue_length = Some(value.integer()?);
        } else if interface.mac_address.is_none() && kind.bytes != b"loop" {
            interface.mac_address = owned(word);
        } else {
            interface.details.0.push((kind.bytes.to_vec(), word.bytes.to_vec()));
        }
    }
    Ok(())
}

/// `RX packets 8061  bytes 1514413 (1.4 MiB)`, and with colons, `RX packets:8061 errors:0 …`, `RX bytes:1 (1.0 B)  TX bytes:2 (2.0 B)`.
fn counters(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    let mut receive = true;
    let mut words = line.fields();
    let mut in_words = false;
    while let Some(word) = words.next() {
        match word.bytes {
            b"RX" => receive = true,
            b"TX" => receive = false,
            // The same number for people.
            text if text.starts_with(b"(") => in_words = !text.ends_with(b")"),
            text if in_words => in_words = !text.ends_with(b")"),
            _ => {
                let (name, value) = match word.split_once(":") {
                    Some((name, value)) => (name, value),
                    None => {
                        (word, words.next().ok_or_else(|| word.problem(format!("expected a number after {}", word.quoted())))?)
                    }
                };
                let place = match (receive, name.bytes) {
                    (true, b"packets") => &mut interface.rx_packets,
                    (true, b"bytes") => &mut interface.rx_bytes,
                    (true, b"errors") => &mut interface.rx_errors,
                    (true, b"dropped") => &mut interface.rx_dropped,
                    (true, b"overruns") => &mut interface.rx_overruns,
                    (true, b"frame") => &mut interface.rx_frame_errors,
                    (false, b"packets") => &mut interface.tx_packets,
                    (false, b"bytes") => &mut interface.tx_bytes,
                    (false, b"errors") => &mut interface.tx_errors,
                    (false, b"dropped") => &mut interface.tx_dropped,
                    (false, b"overruns") => &mut interface.tx_overruns,
                    (false, b"carrier") => &mut interface.tx_carrier_errors,
                    (_, b"collisions") => &mut interface.collisions,
                    (_, b"txqueuelen") => &mut interface.queue_length,
                    _ => {
                        interface.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
                        continue;
                    }
                };
                *place = Some(value.integer()?);
            }
        }
    }
    Ok(())
}

/// `addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0`
fn old_inet(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut found = Address { family: "inet", ..Address::default() };
    for word in rest.fields() {
        let (name, value) = word.split_once(":").ok_or_else(|| word.expected("`NAME:ADDRESS`"))?;
        match name.bytes {
            b"addr" => found.address = value.bytes.to_vec(),
            b"Bcast" => found.broadcast = owned(value),
            b"Mask" => found.netmask = owned(value),
            b"P-t-P" => found.peer = owned(value),
            _ => return Err(word.expected("`addr:`, `Bcast:`, `Mask:` or `P-t-P:`")),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `addr: fe80::1/64 Scope:Link`
fn old_inet6(interface: &mut Interface, rest: Field<'_>) -> Result<(), Problem> {
    let mut words = rest.split_at("addr:".len()).1.fields();
    let address = words.next().ok_or_else(|| rest.expected("an address"))?;
    let (address, length) = address.split_once("/").ok_or_else(|| address.expected("`ADDRESS/LENGTH`"))?;
    let mut found = Address { family: "inet6", address: address.bytes.to_vec(), ..Address::default() };
    found.prefix_length = Some(length.integer()?);
    for word in words {
        match word.strip_prefix("Scope:") {
            Some(scope) => found.scope = owned(scope),
            None => found.flags.push(word.bytes.to_vec()),
        }
    }
    interface.addresses.push(found);
    Ok(())
}

/// `UP BROADCAST RUNNING MULTICAST  MTU:1400  Metric:1`
fn old_flags(interface: &mut Interface, line: Field<'_>) -> Result<(), Problem> {
    for word in line.strip_prefix("[NO FLAGS]").unwrap_or(line).fields() {
        match word.split_once(":") {
            Some((name, value)) if name.bytes == b"MTU" => interface.mtu = Some(value.integer()?),
            Some((name, value)) if name.bytes == b"Metric" => interface.metric = Some(value.integer()?),
            Some((name, value)) => interface.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
            None => interface.flags.push(word.bytes.to_vec()),
        }
    }
    Ok(())
}

outparse_sdk::export!(Ifconfig);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ifconfig;

    #[test]
    fn each_style_says_the_same() {
        let new = "lo: flags=73<UP,LOOPBACK>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        loop  txqueuelen 1000  (Local Loopback)\n        \
            RX packets 73  bytes 6009 (5.8 KiB)\n        RX errors 0  dropped 0  overruns 0  frame 0\n";
        let old = "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK  MTU:65536  Metric:1\n          \
            RX packets:73 errors:0 dropped:0 overruns:0 frame:0\n          RX bytes:6009 (5.8 KiB)  TX bytes:1 (1.0 B)\n";
        for capture in [new, old] {
            let parsed = parse::<Ifconfig>(None, capture.as_bytes());
            assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
            for part in [
                r#""flags":["UP","LOOPBACK"]"#,
                r#""mtu":65536"#,
                r#""address":"127.0.0.1""#,
                r#""netmask":"255.0.0.0""#,
                r#""rx_packets":73,"rx_bytes":6009,"rx_errors":0"#,
                r#""link_type":"Local Loopback""#,
            ] {
                assert!(parsed.records[0].contains(part), "{part} in {parsed:?}");
            }
            assert_any_split::<Ifconfig>(None, capture.as_bytes());
        }
    }

    #[test]
    fn what_stands_below_a_broken_heading_is_of_no_interface() {
        let capture = "a: flags=73<UP>  mtu 1500\n        inet 192.0.2.1  netmask 255.255.255.0\nb: flgs=73<UP>  mtu 1500\n        \
            inet 192.0.2.2  netmask 255.255.255.0\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert!(!parsed.records[0].contains("192.0.2.2"), "{parsed:?}");
    }

    #[test]
    fn what_net_tools_says_between_the_lines_is_no_interface_and_no_flag() {
        let capture = "ib0: flags=73<UP>  mtu 2044\nInfiniband hardware address can be incorrect! Please read BUGS section in ifconfig(8).\n        \
            infiniband 80:00:00:48  txqueuelen 256  (InfiniBand)\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""mac_address":"80:00:00:48""#), "{parsed:?}");
        let capture = "sit0      Link encap:IPv6-in-IPv4  \n          [NO FLAGS]  MTU:1480  Metric:1\n";
        let parsed = parse::<Ifconfig>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""flags":[],"mtu":1480"#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Ifconfig>(["hello\n", "  inet 1.2.3.4\n", "Iface MTU\n", "lo: mtu 3\n", "a b: flags=1<> mtu 3\n"]);
    }
}
