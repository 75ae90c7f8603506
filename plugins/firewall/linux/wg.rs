//! `wg show`: tunnels and their peers, in words, or with `dump` between tabs.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time};

/// What `wg show` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A peer of a tunnel.
    Peer(Box<Peer>),
    /// A tunnel.
    Interface(Interface),
}

/// A peer.
#[derive(Clone, Debug, Default, Record)]
pub struct Peer {
    /// The tunnel's interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Its public key.
    #[field(key)]
    pub public_key: Vec<u8>,
    /// The key that both know beforehand, or `(hidden)`.
    pub preshared_key: Option<Vec<u8>>,
    /// Address and port that it was last heard from.
    pub endpoint: Option<Vec<u8>>,
    /// Networks that may come from it.
    pub allowed_ips: Vec<Vec<u8>>,
    /// When it last shook hands (`dump`).
    pub latest_handshake: Option<Time>,
    /// Seconds since 1970 until then, as printed (`dump`): 0 where it never did.
    pub latest_handshake_second: Option<i64>,
    /// How long ago that was, in words.
    pub latest_handshake_text: Option<Vec<u8>>,
    /// Received from it.
    #[field(unit = "bytes", approximate, counter)]
    pub rx_bytes: Option<i64>,
    /// Sent to it.
    #[field(unit = "bytes", approximate, counter)]
    pub tx_bytes: Option<i64>,
    /// How often something is sent so that the way stays open; null where it is off.
    #[field(unit = "seconds")]
    pub keepalive: Option<i64>,
}

/// A tunnel.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// Its interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Its private key, or `(hidden)`.
    pub private_key: Option<Vec<u8>>,
    /// Its public key.
    pub public_key: Option<Vec<u8>>,
    /// Port that it listens on.
    pub listen_port: Option<i64>,
    /// Mark of its packets; null where they have none.
    pub firewall_mark: Option<Vec<u8>>,
}

/// Reads `wg show`.
pub struct Wg {
    /// Name of the interface of what follows.
    interface: Option<Vec<u8>>,
    tunnel: Option<Interface>,
    peer: Option<Peer>,
}

const EXPECTED: &str = "`interface: NAME`, or what `wg show all dump` prints between tabs";

impl Parser for Wg {
    const ABOUT: About = About {
        name: "wg",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Tunnels of WireGuard and their peers, as wg show prints them",
        commands: &["wg show", "wg"],
        dialect: "wireguard",
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Wg { interface: None, tunnel: None, peer: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        let cells: Vec<Field<'_>> = whole.split("\t").collect();
        if cells.len() > 3 {
            let entry = dump(&cells).ok_or_else(|| line.expected(EXPECTED))?;
            rows.push(entry?);
            return Ok(());
        }
        let (name, value) = whole.trim().split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
        match name.bytes {
            b"interface" => {
                self.flush(rows);
                self.interface = Some(value.bytes.to_vec());
                self.tunnel = Some(Interface { interface: self.interface.clone(), ..Interface::default() });
            }
            b"peer" if self.interface.is_some() => {
                self.flush(rows);
                self.peer = Some(Peer { interface: self.interface.clone(), public_key: value.bytes.to_vec(), ..Peer::default() });
            }
            _ => match (&mut self.peer, &mut self.tunnel) {
                (Some(peer), _) => put(peer, name, value)?,
                (None, Some(tunnel)) => match name.bytes {
                    b"public key" => tunnel.public_key = Some(value.bytes.to_vec()),
                    b"private key" => tunnel.private_key = Some(value.bytes.to_vec()),
                    b"listening port" => tunnel.listen_port = Some(value.integer()?),
                    b"fwmark" => tunnel.firewall_mark = Some(value.bytes.to_vec()),
                    _ => return Err(name.expected("a line of `wg show`").into()),
                },
                _ => return Err(line.expected(EXPECTED).into()),
            },
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        (words.is_empty() || words == ["show"] || words == ["show", "all"])
            .then(|| ["show", "all", "dump"].map(str::to_owned).to_vec())
    }
}

impl Wg {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(tunnel) = self.tunnel.take() {
            rows.push(Entry::Interface(tunnel));
        }
        if let Some(peer) = self.peer.take() {
            rows.push(Entry::Peer(Box::new(peer)));
        }
    }
}

fn known(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec()).filter(|text| !matches!(text.as_slice(), b"(none)" | b"off" | b""))
}

/// A line between tabs; of `all`, the interface stands first.
fn dump(cells: &[Field<'_>]) -> Option<Result<Entry, Problem>> {
    let (interface, cells) = match cells.len() {
        5 | 9 => (Some(cells[0].bytes.to_vec()), &cells[1..]),
        4 | 8 => (None, cells),
        _ => return None,
    };
    Some(match *cells {
        [private, public, port, mark] => port.integer().map(|port| {
            Entry::Interface(Interface {
                interface,
                private_key: known(private),
                public_key: known(public),
                listen_port: Some(port),
                firewall_mark: known(mark),
            })
        }),
        [public, preshared, endpoint, allowed, handshake, received, sent, keepalive] => (|| {
            let second = handshake.integer()?;
            Ok(Entry::Peer(Box::new(Peer {
                interface,
                public_key: public.bytes.to_vec(),
                preshared_key: known(preshared),
                endpoint: known(endpoint),
                allowed_ips: allowed.split(",").filter_map(known).collect(),
                latest_handshake: (second != 0).then(|| Time::utc(second, 0)),
                latest_handshake_second: Some(second),
                latest_handshake_text: None,
                rx_bytes: Some(received.integer()?),
                tx_bytes: Some(sent.integer()?),
                keepalive: if keepalive.bytes == b"off" { None } else { Some(keepalive.integer()?) },
            })))
        })(),
        _ => return None,
    })
}

fn put(peer: &mut Peer, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
    match name.bytes {
        b"preshared key" => peer.preshared_key = Some(value.bytes.to_vec()),
        b"endpoint" => peer.endpoint = Some(value.bytes.to_vec()),
        b"allowed ips" => peer.allowed_ips = value.split(",").map(|network| network.trim()).filter_map(known).collect(),
        b"latest handshake" => peer.latest_handshake_text = Some(value.bytes.to_vec()),
        b"transfer" => {
            // `1.47 MiB received, 480.78 KiB sent`
            let (received, sent) = value.split_once(" received, ").ok_or_else(|| value.expected("`N received, N sent`"))?;
            let amount = |text: Field<'_>| -> Result<i64, Problem> {
                let [number, unit] = text.fields_and_rest()?;
                let unit = unit.trim().bytes;
                let suffix = if unit == b"B" { &b""[..] } else { unit };
                Field::from([number.bytes, suffix].concat().as_slice())
                    .size(Base::Binary)
                    .map_err(|_| text.expected("an amount such as `1.47 MiB`"))
            };
            peer.rx_bytes = Some(amount(received)?);
            peer.tx_bytes = sent.strip_suffix(" sent").map(amount).transpose()?;
        }
        b"persistent keepalive" => {
            let number =
                value.strip_prefix("every ").and_then(|text| text.fields().next()).map(|number| number.integer()).transpose()?;
            let minutes = value.find("minute").is_some();
            peer.keepalive = number.map(|number| if minutes { number * 60 } else { number });
        }
        _ => return Err(name.expected("a line of `wg show`")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Wg;

    #[test]
    fn words_and_dumps_are_read() {
        let words = parse::<Wg>(None, b"interface: wg0\n  public key: A=\n  private key: (hidden)\n  listening port: 51820\n\npeer: B=\n  endpoint: 192.0.2.1:5\n  allowed ips: 10.0.0.2/32, fd00::/64\n  latest handshake: 1 minute, 5 seconds ago\n  transfer: 1.5 KiB received, 92 B sent\n  persistent keepalive: every 25 seconds\n");
        assert_eq!((words.records.len(), &words.problems[..]), (2, &[][..]), "{words:?}");
        assert!(
            words.records[1].contains(r#""allowed_ips":["10.0.0.2/32","fd00::/64"]"#)
                && words.records[1].ends_with(r#""rx_bytes":1536,"tx_bytes":92,"keepalive":25}"#),
            "{words:?}"
        );
        let dump =
            parse::<Wg>(None, b"wg0\tP=\tA=\t51820\toff\nwg0\tB=\t(none)\t192.0.2.1:5\t10.0.0.2/32\t1829439251\t7\t8\toff\n");
        assert!(dump.records[1].contains(r#""preshared_key":null,"endpoint":"192.0.2.1:5","allowed_ips":["10.0.0.2/32"],"latest_handshake":"2027-12-22T01:34:11Z""#), "{dump:?}");
        assert_unrecognised::<Wg>(["hello\n", "peer: x\n", "a\tb\tc\td\n"]);
    }
}
