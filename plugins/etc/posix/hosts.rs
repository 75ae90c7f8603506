//! `/etc/hosts`: addresses and their names.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::comment;

/// An address and its names.
#[derive(Clone, Debug, Default, Record)]
pub struct HostEntry<'a> {
    /// The address.
    #[field(key)]
    pub address: &'a [u8],
    /// Type of socket that the address is for (`getent ahosts`).
    pub socket_type: Option<&'a [u8]>,
    /// Its first name.
    pub host: Option<&'a [u8]>,
    /// All of its names.
    pub names: Vec<&'a [u8]>,
    /// The comment behind them.
    pub comment: Option<&'a [u8]>,
}

/// Reads `/etc/hosts`.
pub struct Hosts {
    /// Whether it may be what `getent ahosts` prints.
    has_sockets: bool,
}

const SOCKETS: [&[u8]; 5] = [b"STREAM", b"DGRAM", b"RAW", b"SEQPACKET", b"RDM"];

impl Parser for Hosts {
    const ABOUT: About = About {
        name: "hosts",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Addresses and their names, as /etc/hosts and getent hosts have them",
        commands: &["getent hosts", "getent ahosts", "getent ahostsv4", "getent ahostsv6"],
        files: &["/etc/hosts"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = HostEntry<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Hosts { has_sockets: source.path.is_none() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let (entry, comment) = comment(line.whole());
        if entry.bytes.is_empty() {
            return Ok(());
        }
        let mut words = entry.fields();
        let address = words.next().ok_or_else(|| line.expected("an address and its names"))?;
        let plain = address.bytes.split(|&byte| byte == b'%').next().unwrap_or_default();
        let is_address = plain.iter().any(|byte| matches!(byte, b'.' | b':'))
            && plain.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'));
        if !is_address {
            return Err(address.expected("an address").into());
        }
        let mut names: Vec<&[u8]> = words.map(|word| word.bytes).collect();
        if names.is_empty() {
            return Err(line.expected("an address and its names").into());
        }
        // `getent ahosts` prints each address for each type of socket, and the name with the first.
        let socket_type = names.first().copied().filter(|word| self.has_sockets && SOCKETS.contains(word));
        if socket_type.is_some() {
            names.remove(0);
        }
        if rows.made() == 0 && socket_type.is_none() {
            rows.without(["socket_type"]);
        }
        let host = names.first().copied();
        let comment = comment.map(|comment| comment.bytes);
        rows.push(HostEntry { address: address.bytes, socket_type, host, names, comment });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Hosts;

    #[test]
    fn names_belong_to_their_address() {
        let parsed = parse::<Hosts>(None, b"# c\n127.0.0.1\tlocalhost a\nfe80::1%lo0 b # why\n\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"address":"127.0.0.1","host":"localhost","names":["localhost","a"],"comment":null}"#,
                r#"{"address":"fe80::1%lo0","host":"b","names":["b"],"comment":"why"}"#
            ]
        );
        let sockets = parse::<Hosts>(None, b"127.0.0.1       STREAM localhost\n127.0.0.1       DGRAM  \n");
        assert_eq!(
            sockets.records,
            [
                r#"{"address":"127.0.0.1","socket_type":"STREAM","host":"localhost","names":["localhost"],"comment":null}"#,
                r#"{"address":"127.0.0.1","socket_type":"DGRAM","host":null,"names":[],"comment":null}"#
            ]
        );
        assert_unrecognised::<Hosts>(["hello there\n", "127.0.0.1\n", "deadbeef x\n"]);
    }
}
