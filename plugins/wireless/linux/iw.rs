//! `iw`: blocks whose first line says what they are about: a network that was seen (`scan`), an interface (`dev`, `info`), a station
//! (`station dump`), or the network that an interface is connected to (`link`).

mod interface;
mod link;
mod network;
mod station;
mod values;

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source};

pub use interface::Interface;
pub use link::Link;
pub use network::{Element, Network, Security};
pub use station::Station;

/// What a block is about.
#[derive(Clone, Debug, Record)]
pub enum Radio {
    /// A network that was seen (`scan`, `scan dump`).
    Network(Network),
    /// An interface (`dev`, `dev … info`).
    Interface(Interface),
    /// A station that an interface talks to (`station dump`, `station get`).
    Station(Station),
    /// The network that an interface is connected to (`link`).
    Link(Link),
}

/// Reads `iw`.
pub struct Iw {
    block: Block<Radio>,
    /// The radio whose interfaces follow.
    radio: Option<i64>,
    /// How far the lines of the block are indented that say something of it: what is further in belongs to the line before.
    indent: Option<usize>,
    /// The element under way.
    element: Option<Vec<u8>>,
}

const EXPECTED: &str = "`BSS ADDRESS(on INTERFACE)`, `Interface NAME`, `phy#NUMBER`, `Station ADDRESS (on INTERFACE)`, `Connected to ADDRESS` or `Not connected.`";

impl Parser for Iw {
    const ABOUT: About = About {
        name: "iw",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Wireless networks, interfaces and stations, as iw prints them",
        commands: &["iw"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Radio;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iw { block: Block::default(), radio: None, indent: None, element: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        let text = whole.trim();
        let indent = text.start();
        if let Some(begun) = begin(text, indent, self.radio).transpose() {
            self.flush(rows);
            self.indent = None;
            self.block.begin(begun)?;
            rows.recognise();
            return Ok(());
        }
        if let Some(number) = text.strip_prefix("phy#").filter(|_| indent == 0) {
            self.flush(rows);
            // Where the number is broken, what follows is of no radio.
            self.radio = None;
            self.radio = Some(number.integer()?);
            rows.recognise();
            return Ok(());
        }
        if indent == 0 {
            self.flush(rows);
            // It may have been a radio.
            self.radio = None;
            return self.block.begin(Err(line.expected(EXPECTED).into()));
        }
        // What stands further out than all that is said of the block is not said of it.
        if self.indent.is_some_and(|first| indent < first) {
            self.flush(rows);
            self.indent = None;
            return self.block.begin(Err(text.expected(EXPECTED).into()));
        }
        let Some(block) = self.block.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        let first = *self.indent.get_or_insert(indent);
        match block {
            Radio::Network(network) if indent > first => network.element_line(&self.element, text),
            Radio::Network(network) => {
                self.element = None;
                network.read(text, &mut self.element)
            }
            Radio::Interface(interface) if indent > first => {
                interface.others.push(text.bytes.to_vec());
                Ok(())
            }
            Radio::Interface(interface) => interface.read(text),
            Radio::Station(station) => station.read(text),
            Radio::Link(link) => link.read(text),
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Iw {
    fn flush(&mut self, rows: &mut Rows<Radio>) {
        self.element = None;
        self.block.take().into_iter().for_each(|block| rows.push(block));
    }
}

/// The block that a line begins.
fn begin(text: Field<'_>, indent: usize, radio: Option<i64>) -> Result<Option<Radio>, Error> {
    if let Some(name) = text.strip_prefix("Interface ") {
        let interface = Some(name.trim().bytes.to_vec());
        return Ok(Some(Radio::Interface(Interface { interface, radio, ..Interface::default() })));
    }
    if text.bytes == b"Interface" {
        return Err(text.expected("`Interface NAME`").into());
    }
    if text.bytes == b"Unnamed/non-netdev interface" {
        return Ok(Some(Radio::Interface(Interface { radio, ..Interface::default() })));
    }
    if indent > 0 {
        return Ok(None);
    }
    if text.bytes == b"Not connected." {
        return Ok(Some(Radio::Link(Link::default())));
    }
    let Some((what, rest)) = ["BSS ", "Station ", "Connected to ", "Joined IBSS "]
        .iter()
        .find_map(|beginning| Some((*beginning, text.strip_prefix(beginning)?)))
    else {
        return Ok(None);
    };
    let (address, behind) = rest.split_at(17);
    if !is_address(address.bytes) {
        return Err(rest.expected("the address of a station, such as `00:11:22:aa:bb:cc`").into());
    }
    let address = address.bytes.to_vec();
    let behind = behind.trim().strip_prefix("(on ").and_then(|rest| rest.split_once(")"));
    let interface = behind.map(|(interface, _)| interface.bytes.to_vec());
    let status = behind.and_then(|(_, status)| status.trim().strip_prefix("-- ")).map(|status| status.bytes.to_vec());
    Ok(Some(match what {
        "BSS " => Radio::Network(Network { bssid: address, interface, status, ..Network::default() }),
        "Station " => Radio::Station(Station { mac_address: address, interface, ..Station::default() }),
        _ => Radio::Link(Link { bssid: Some(address), interface, ..Link::default() }),
    }))
}

/// `00:11:22:aa:bb:cc`
fn is_address(text: &[u8]) -> bool {
    let is_part = |part: &[u8]| part[..2].iter().all(u8::is_ascii_alphanumeric) && part.get(2).is_none_or(|colon| *colon == b':');
    text.len() == 17 && text.chunks(3).all(is_part)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Iw;

    #[test]
    fn interfaces_below_a_broken_radio_are_not_of_the_one_before() {
        let parsed = parse::<Iw>(None, b"phy#0\n\tInterface a\n\t\tifindex 3\nphy#x\n\tInterface b\n\t\tifindex 4\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(0, &[r#""interface":"a""#, r#""radio":0"#]);
        assert!(!parsed.without_nulls()[1].contains("radio"), "{parsed:?}");
    }

    #[test]
    fn lines_below_a_broken_heading_are_not_of_the_interface_before() {
        let parsed = parse::<Iw>(
            None,
            b"phy#0\n\tInterface a\n\t\tifindex 3\n\tx b\n\t\tifindex 4\n\tInterface c\n\t\tifindex 5\nx\n\tInterface d\n\t\tifindex 6\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
        parsed.has(0, &[r#""interface":"a","radio":0,"interface_index":3"#]);
        parsed.has(1, &[r#""interface":"c","radio":0,"interface_index":5"#]);
        assert!(!parsed.without_nulls()[2].contains("radio"), "{parsed:?}");
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed =
            parse::<Iw>(None, b"BSS 00:19:a9:cd:c6:80(on wlan0)\n\tfreq: x\n\tsignal: 5 bananas\nBSS 00:19\n\tSSID: y\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        assert!(!parsed.records[0].contains("\"y\""), "the lines of a block that is lost are nobody's: {parsed:?}");
        assert_unrecognised::<Iw>(["hello\n", "command failed: No such device (-19)\n", "BSS x\n", "\tSSID: y\n"]);
    }
}
