//! `arp` prints the ARP cache as a table, or with `-a` as sentences: `NAME (ADDRESS) at LINK-LAYER-ADDRESS [TYPE] on INTERFACE`. The words
//! around them are other ones in net-tools, BusyBox, macOS and FreeBSD.

mod tables;

use std::borrow::Cow;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// An entry of the ARP cache.
#[derive(Clone, Debug, Default, Record)]
pub struct Neighbour<'a> {
    /// Its name; null where it has none or none was looked up.
    pub name: Option<&'a [u8]>,
    /// Its address; in a table without `-n` its name, where it has one.
    #[field(key)]
    pub address: &'a [u8],
    /// Type of the link layer: `ether`, `ethernet`.
    pub link_type: Option<&'a [u8]>,
    /// Link-layer address; null where it is not known.
    pub mac_address: Option<&'a [u8]>,
    /// Flags by their letters: `C` complete, `M` permanent, `P` published.
    pub arp_flags: Option<&'a [u8]>,
    /// Mask of a published network.
    pub netmask: Option<&'a [u8]>,
    /// Interface; its index on Windows.
    #[field(key)]
    pub interface: Option<&'a [u8]>,
    /// Address of the interface (Windows).
    pub interface_address: Option<&'a [u8]>,
    /// Whether it stays: `PERM`, `permanent`, or the flag `M`.
    pub is_permanent: bool,
    /// When it is forgotten (the BSDs); null where it is permanent or has expired.
    #[field(unit = "seconds", gauge)]
    pub expires: Option<i64>,
    /// All else that the sentence says: `ifscope`, `PUP`, `published`.
    pub flags: Vec<&'a [u8]>,
}

/// Reads `arp`.
pub struct Arp {
    titles: Option<Titles>,
    shaped: bool,
    /// Address and index of the interface that the table of Windows is about.
    interface: Option<(Vec<u8>, Vec<u8>)>,
}

/// Whose titles stand above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Titles {
    NetTools,
    OpenBsd,
    Windows,
}

const EXPECTED: &str = "`NAME (ADDRESS) at …`, or the titles `Address HWtype HWaddress …`";

impl Parser for Arp {
    const ABOUT: About = About {
        name: "arp-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The ARP cache, as arp of net-tools, BusyBox, macOS, the BSDs and Windows prints it",
        commands: &["arp", "busybox arp"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Neighbour<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Arp { titles: None, shaped: false, interface: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // What is no entry begins with one of these letters.
        let text = if matches!(line.bytes.trim_ascii_start(), [b'A' | b'E' | b'a' | b'H' | b'I', ..]) {
            line.whole().squeezed()
        } else {
            Cow::default()
        };
        if line.is_blank() {
            // What follows is of another interface.
            if self.titles == Some(Titles::Windows) {
                (self.titles, self.interface) = (None, None);
            }
            return Ok(());
        }
        if is_count(&text) || *text == b"arp: in 0 entries no match found."[..] {
            // The count comes with `-v`; the sentence is what an empty cache is told with.
            rows.recognise();
            return Ok(());
        }
        if *text == b"Address HWtype HWaddress Flags Mask Iface"[..] {
            self.titles = Some(Titles::NetTools);
            rows.shape(["address", "link_type", "mac_address", "arp_flags", "netmask", "interface", "is_permanent"]);
            return Ok(());
        }
        if *text == *tables::OPENBSD {
            self.titles = Some(Titles::OpenBsd);
            rows.shape(["address", "mac_address", "arp_flags", "interface", "is_permanent", "expires"]);
            return Ok(());
        }
        if let Some((address, index)) = tables::interface(line.whole()) {
            self.titles = None;
            self.interface = Some((address.bytes.to_vec(), index.trim_end().bytes.to_vec()));
            rows.shape(["address", "mac_address", "interface", "interface_address", "is_permanent", "flags"]);
            return Ok(());
        }
        if *text == *tables::WINDOWS && self.interface.is_some() {
            self.titles = Some(Titles::Windows);
            return Ok(());
        }
        match self.titles {
            Some(Titles::NetTools) => {
                rows.push(row(line.whole())?);
                return Ok(());
            }
            Some(Titles::OpenBsd) => {
                rows.push(tables::openbsd(line.whole())?);
                return Ok(());
            }
            Some(Titles::Windows) => {
                let (address, index) =
                    self.interface.as_ref().map(|(address, index)| (&address[..], &index[..])).unwrap_or_default();
                rows.push(tables::windows(line.whole(), (address, index))?);
                return Ok(());
            }
            None => {}
        }
        let entry = sentence(line.whole())?;
        if !self.shaped {
            self.shaped = true;
            rows.shape(["name", "address", "link_type", "mac_address", "interface", "is_permanent", "expires", "flags"]);
        }
        rows.push(entry);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(())
    }
}

/// `Entries: 1    Skipped: 0    Found: 1`
fn is_count(text: &[u8]) -> bool {
    let words = Field::from(text).fields().filter(|word| word.bytes.ends_with(b":")).map(|word| word.bytes);
    words.eq([&b"Entries:"[..], b"Skipped:", b"Found:"])
}

/// `192.0.2.1  ether  02:fc:00:00:00:05  C  eth0`, or with `(incomplete)` in place of type and address.
fn row(line: Field<'_>) -> Result<Neighbour<'_>, Problem> {
    if line.bytes.first() == Some(&b' ') || line.fields().any(|word| word.bytes.ends_with(b":")) {
        return Err(line.expected("an address in the first column"));
    }
    let words = line.words();
    let mut entry = match words[..] {
        [address, incomplete, interface] if matches!(incomplete.bytes, b"(incomplete)" | b"<incomplete>") => {
            Neighbour { address: address.bytes, interface: Some(interface.bytes), ..Neighbour::default() }
        }
        [address, kind, mac, flags, interface] => Neighbour {
            address: address.bytes,
            link_type: Some(kind.bytes).filter(|kind| *kind != b"*"),
            mac_address: Some(mac.bytes).filter(|mac| !is_absent(mac)),
            arp_flags: Some(flags.bytes),
            interface: Some(interface.bytes),
            ..Neighbour::default()
        },
        [address, kind, mac, flags, mask, interface] => Neighbour {
            address: address.bytes,
            link_type: Some(kind.bytes).filter(|kind| *kind != b"*"),
            mac_address: Some(mac.bytes).filter(|mac| !is_absent(mac)),
            arp_flags: Some(flags.bytes),
            netmask: Some(mask.bytes).filter(|mask| *mask != b"*"),
            interface: Some(interface.bytes),
            ..Neighbour::default()
        },
        _ => return Err(line.expected("`ADDRESS HWTYPE HWADDRESS FLAGS [MASK] INTERFACE`")),
    };
    entry.is_permanent = entry.arp_flags.is_some_and(|flags| flags.contains(&b'M'));
    Ok(entry)
}

/// What stands where there is no link-layer address: it is not known yet, or is that of the interface, which answers for others.
fn is_absent(mac: &[u8]) -> bool {
    matches!(mac, b"<incomplete>" | b"(incomplete)" | b"<from_interface>" | b"*")
}

/// `gateway (192.0.2.1) at 02:fc:00:00:00:05 [ether] PERM on eth0`
fn sentence(line: Field<'_>) -> Result<Neighbour<'_>, Problem> {
    let expected = || line.expected(EXPECTED);
    let (name, rest) = line.split_once(" (").ok_or_else(expected)?;
    let (address, rest) = rest.split_once(") at ").ok_or_else(expected)?;
    let mut entry =
        Neighbour { name: Some(name.trim().bytes).filter(|name| *name != b"?"), address: address.bytes, ..Neighbour::default() };
    let mut words = rest.fields();
    let mac = words.next().ok_or_else(expected)?;
    entry.mac_address = match mac.bytes {
        absent if is_absent(absent) => None,
        // Not so the words of another language.
        address if address.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.')) => Some(address),
        _ => return Err(mac.expected("a link-layer address, or `<incomplete>`")),
    };
    while let Some(word) = words.next() {
        match word.bytes {
            b"on" => entry.interface = Some(words.next().ok_or_else(|| word.problem("expected an interface after `on`"))?.bytes),
            b"PERM" | b"permanent" => entry.is_permanent = true,
            b"netmask" => entry.netmask = words.next().map(|mask| mask.bytes),
            b"expires" => {
                // `expires in 1187 seconds`
                let value =
                    words.find(|word| word.bytes != b"in").ok_or_else(|| word.problem("expected a time after `expires`"))?;
                entry.expires = Some(value.integer()?);
                words.next();
            }
            [b'[', kind @ .., b']'] => entry.link_type = Some(kind),
            // `published (proxy only)`
            [b'(', ..] => {
                let close =
                    words.find(|word| word.bytes.ends_with(b")")).ok_or_else(|| word.expected("a bracket that is closed"))?;
                let words = rest.part(word.start() - rest.start() + 1, close.end() - rest.start() - 1);
                entry.flags.push(words.bytes);
            }
            flag => entry.flags.push(flag),
        }
    }
    if entry.interface.is_none() { Err(expected()) } else { Ok(entry) }
}

outparse_sdk::export!(Arp);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Arp;

    #[test]
    fn sentences_of_all_platforms_are_read() {
        let capture = "? (192.0.2.1) at 02:fc:00:00:00:05 [ether] PERM on eth0\nmbp (10.0.0.2) at f0:18:98:5:d8:39 on en0 ifscope [ethernet]\n\
            ? (10.0.0.9) at (incomplete) on en0 expired [ethernet]\n? (10.0.0.3) at 00:11:22:33:44:55 on em0 expires in 1187 seconds [ethernet]\n";
        let parsed = parse::<Arp>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (4, &[][..]), "{parsed:?}");
        assert!(
            parsed.records[3].ends_with(r#""interface":"em0","is_permanent":false,"expires":1187,"flags":[]}"#),
            "{parsed:?}"
        );
    }

    #[test]
    fn an_entry_that_answers_for_others_has_no_address_of_the_link() {
        let capture =
            "? (192.0.2.9) at * PERM PUP on eth0\nhost (192.0.2.4) at 52:54:00:12:35:02 on em0 published (proxy only) [vlan]\n";
        let parsed = parse::<Arp>(None, capture.as_bytes());
        assert!(parsed.sound()[0].starts_with(r#"{"address":"192.0.2.9","interface":"eth0""#), "{parsed:?}");
        assert!(parsed.records[1].ends_with(r#""flags":["published","proxy only"]}"#), "{parsed:?}");
        let capture = "Address                  HWtype  HWaddress           Flags Mask            Iface\n\
            192.0.2.8                *       <from_interface>    MP    255.255.255.255 eth0\n\
            192.0.2.9                ether   02:fc:00:00:00:05   C     *               eth0\n";
        let parsed = parse::<Arp>(None, capture.as_bytes());
        assert!(
            parsed.sound()[0].starts_with(r#"{"address":"192.0.2.8","arp_flags":"MP","netmask":"255.255.255.255""#),
            "{parsed:?}"
        );
        assert!(parsed.sound()[1].contains(r#""arp_flags":"C","interface":"eth0""#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Arp>([
            "\nInterface: 192.0.2.1\n",
            "hello\n",
            "a (b) at\n",
            "a (b) at c\n",
            "? (b) at <不完全> on d0\n",
            "Address HWtype\n",
        ]);
    }
}
