//! `ip maddress`: the multicast addresses that each interface listens to.

use std::net::IpAddr;

use outparse_sdk::document::{Content, Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::json;

/// An interface with the multicast addresses that it listens to.
#[derive(Clone, Debug, Default, Record)]
pub struct Listener {
    /// Its number.
    pub index: i64,
    /// Its name.
    #[field(key)]
    pub interface: Vec<u8>,
    /// The addresses.
    pub addresses: Vec<MulticastAddress>,
}

/// A multicast address.
#[derive(Clone, Debug, Default, Record)]
pub struct MulticastAddress {
    /// Address family: `link`, `inet`, `inet6`.
    pub family: Vec<u8>,
    /// The address.
    pub address: Vec<u8>,
    /// Number of users that listen to it, where they are several.
    pub references: Option<i64>,
    /// Flags: `static` for one that was added by hand.
    pub flags: Vec<Vec<u8>>,
}

/// Reads `ip maddress`.
pub struct Listeners {
    current: Option<Listener>,
    /// What `-j` printed so far.
    document: Option<Document>,
}

const EXPECTED: &str = "an interface, `1: lo`, or below it an address, `inet 224.0.0.1`";

impl Parser for Listeners {
    const ABOUT: About = About {
        name: "listeners",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Multicast addresses of interfaces, as ip maddress prints them",
        commands: &["ip m[address]"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Listener;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Listeners { current: None, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        // `-o` has a backslash in place of each line end.
        for part in line.whole().split("\\").filter(|part| !part.is_blank()) {
            if part.bytes[0].is_ascii_whitespace() {
                // What stands below an interface that could not be read is not the one's before.
                let Some(listener) = &mut self.current else {
                    let problem = part.trim().expected(EXPECTED);
                    return if rows.recognised() { Ok(()) } else { Err(problem.into()) };
                };
                match address(part) {
                    Ok(address) => listener.addresses.push(address),
                    Err(problem) => {
                        // It may have been the line of an interface: then what follows is not the one's before.
                        if !part.fields().any(is_address) {
                            self.flush(rows);
                        }
                        return Err(problem.into());
                    }
                }
                continue;
            }
            let heading = heading(part);
            // With `-o`, each address has its interface before it.
            if let (Some(current), Ok(next)) = (&self.current, &heading)
                && (current.index, &current.interface) == (next.index, &next.interface)
            {
                continue;
            }
            self.flush(rows);
            self.current = Some(heading?);
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            return json::each(&document, rows, |object, rows| {
                rows.push(listener(object)?);
                Ok(())
            });
        }
        self.flush(rows);
        Ok(())
    }
}

impl Listeners {
    fn flush(&mut self, rows: &mut Rows<Listener>) {
        if let Some(listener) = self.current.take() {
            rows.push(listener);
        }
    }
}

/// Whether this is an address of any of the families.
fn is_address(word: Field<'_>) -> bool {
    let is_mac = || word.bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b':') && word.find(":").is_some();
    std::str::from_utf8(word.bytes).is_ok_and(|text| text.parse::<IpAddr>().is_ok()) || is_mac()
}

/// `1: lo`
fn heading(line: Field<'_>) -> Result<Listener, Problem> {
    let [index, name, rest] = line.fields_and_rest()?;
    let index = index.strip_suffix(":").ok_or_else(|| line.expected(EXPECTED))?.integer()?;
    if name.bytes.is_empty() || !rest.is_blank() {
        return Err(line.expected(EXPECTED));
    }
    Ok(Listener { index, interface: name.bytes.to_vec(), addresses: Vec::new() })
}

/// `inet6 ff02::1:ff00:1 users 2`, `link  01:00:5e:00:00:01 static`
fn address(line: Field<'_>) -> Result<MulticastAddress, Problem> {
    let mut words = line.fields();
    let (family, address) = words.next().zip(words.next()).ok_or_else(|| line.trim().expected(EXPECTED))?;
    if !matches!(family.bytes, b"link" | b"inet" | b"inet6") {
        return Err(family.expected("`link`, `inet` or `inet6`"));
    }
    let mut found =
        MulticastAddress { family: family.bytes.to_vec(), address: address.bytes.to_vec(), ..MulticastAddress::default() };
    while let Some(word) = words.next() {
        match word.bytes {
            b"users" => {
                let users =
                    words.next().ok_or_else(|| word.problem("expected a number after `users`, found the end of the line"))?;
                found.references = Some(users.integer()?);
            }
            flag => found.flags.push(flag.to_vec()),
        }
    }
    Ok(found)
}

/// An object of `ip -j maddress`. A link-layer address stands under the name of its family.
fn listener(object: &Node<'_>) -> Result<Listener, Problem> {
    let must = |name: &str| object.get(name).ok_or_else(|| object.expected(&format!("an interface, with `{name}`")));
    let mut found =
        Listener { index: must("ifindex")?.integer()?, interface: must("ifname")?.text()?.to_vec(), addresses: Vec::new() };
    for item in must("maddr")?.items()? {
        let mut address = MulticastAddress::default();
        for (name, value) in item.members()? {
            match &**name {
                b"family" => address.family = value.text()?.to_vec(),
                b"address" => address.address = value.text()?.to_vec(),
                b"link" => (address.family, address.address) = (b"link".to_vec(), value.text()?.to_vec()),
                b"users" => address.references = Some(value.integer()?),
                flag if matches!(value.content, Content::Null | Content::Boolean(true)) => address.flags.push(flag.to_vec()),
                other => return Err(value.problem(format!("expected what an address has, found `{}`", other.escape_ascii()))),
            }
        }
        if address.address.is_empty() {
            return Err(item.expected("an address"));
        }
        found.addresses.push(address);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Listeners;

    const TEXT: &str =
        "1:\tlo\n\tinet  224.0.0.1\n\tinet6 ff02::1\n2:\teth0\n\tlink  01:00:5e:00:00:01 users 2 static\n3:\tifb0\n";

    #[test]
    fn addresses_belong_to_the_interface_above_them() {
        let parsed = parse::<Listeners>(None, TEXT.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(
            parsed.records[1..],
            [
                r#"{"index":2,"interface":"eth0","addresses":[{"family":"link","address":"01:00:5e:00:00:01","references":2,"flags":["static"]}]}"#,
                r#"{"index":3,"interface":"ifb0","addresses":[]}"#
            ]
        );
        assert_any_split::<Listeners>(None, TEXT.as_bytes());
        let lines =
            "1:\tlo\\\tinet  224.0.0.1\n1:\tlo\\\tinet6 ff02::1\n2:\teth0\\\tlink  01:00:5e:00:00:01 users 2 static\n3:\tifb0\n";
        assert_eq!(parse::<Listeners>(None, lines.as_bytes()).records, parsed.records);
        let json = r#"[{"ifindex":1,"ifname":"lo","maddr":[{"family":"inet","address":"224.0.0.1"},{"family":"inet6","address":"ff02::1"}]},{"ifindex":2,"ifname":"eth0","maddr":[{"link":"01:00:5e:00:00:01","users":2,"static":true}]},{"ifindex":3,"ifname":"ifb0","maddr":[]}]"#;
        assert_eq!(parse::<Listeners>(None, json.as_bytes()), parsed);
    }

    #[test]
    fn addresses_of_an_interface_that_cannot_be_read_are_nobodys() {
        let parsed = parse::<Listeners>(None, TEXT.replace("2:\teth0", "2\teth0").as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        assert!(parsed.records[0].contains("ff02::1\"") && !parsed.records.concat().contains("01:00:5e"), "{parsed:?}");
        let unnumbered = parse::<Listeners>(None, TEXT.replace("2:\teth0", "  \teth0").as_bytes());
        assert_eq!((&unnumbered.records, unnumbered.problems.len()), (&parsed.records, 1), "{unnumbered:?}");
        let broken = parse::<Listeners>(None, TEXT.replace("users 2", "users x").as_bytes());
        assert_eq!((broken.records.len(), broken.problems.len()), (3, 1), "{broken:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Listeners>(["hello\n", "\tinet 224.0.0.1\n", "1: lo: <UP>\n", "1:\n", "[{\"ifindex\":1}]\n"]);
    }
}
