//! `ip address` and `ip link`: a block of lines an interface; with `-o` a line an address or interface, with `-br` a short one.

mod address;
mod brief;
mod counters;
mod kind;
mod link;
pub mod record;

use outparse_sdk::document::Document;
use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

use crate::interface::address::address;
use crate::interface::brief::brief;
use crate::interface::counters::{Counted, Numbers, statistics, virtual_function};
use crate::interface::kind::kind;
use crate::interface::link::link_layer;
use crate::interface::record::{Address, Interface};
use crate::json;
use crate::words::{self, Words, flags, lifetime, named, owned};

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
    // What goes on with a line is indented further.
    let goes_on = line.bytes.starts_with(b"\t") || line.bytes.starts_with(b"     ");
    let line = line.trim();
    let mut words = Words::of(line);
    let Some(word) = words.next() else { return Ok(None) };
    let titles = |from: usize| line.fields().skip(from).map(|word| word.bytes.to_vec()).collect();
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
            let counted = if word.bytes == b"RX:" { Counted::Received } else { Counted::Sent };
            return Ok(Some(Numbers { counted, of: virtual_function(interface), titles: titles(1) }));
        }
        b"RX" | b"TX" if words.peek().is_some_and(|word| word.bytes == b"errors:") => {
            let counted = if word.bytes == b"RX" { Counted::ReceiveErrors } else { Counted::SendErrors };
            return Ok(Some(Numbers { counted, of: None, titles: titles(2) }));
        }
        b"re-started" => return Ok(Some(Numbers { counted: Counted::Can, of: None, titles: titles(0) })),
        link if link.starts_with(b"link/") => link_layer(interface, line)?,
        // A virtual function of the device, with a number of its own.
        b"vf" => {
            let number = words.value(word)?;
            let name = [word.bytes, b" ", number.bytes].concat();
            interface.details.0.push((name, words.up_to(&[]).bytes.to_vec()));
        }
        // What its words mean, only that kind knows.
        _ => kind(interface, line, goes_on),
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Interfaces;

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
