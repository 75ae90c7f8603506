//! `ip neigh`: a line a neighbour.

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::json;
use crate::words::Words;

/// A neighbour.
#[derive(Clone, Debug, Default, Record)]
pub struct Neighbour<'a> {
    /// Its address.
    #[field(key)]
    pub address: &'a [u8],
    /// Interface; not printed where one was selected.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Its link-layer address; null where it is not known.
    pub mac_address: Option<&'a [u8]>,
    /// State: `REACHABLE`, `STALE`, `FAILED`, `PERMANENT`, …
    pub state: Option<&'a [u8]>,
    /// Number of users of the entry (`-s`).
    pub references: Option<i64>,
    /// Time since it was last used (`-s`).
    #[field(unit = "seconds", gauge)]
    pub used_ago: Option<i64>,
    /// Time since it was last confirmed (`-s`).
    #[field(unit = "seconds", gauge)]
    pub confirmed_ago: Option<i64>,
    /// Time since it was last updated (`-s`).
    #[field(unit = "seconds", gauge)]
    pub updated_ago: Option<i64>,
    /// Number of probes (`-s`).
    pub probes: Option<i64>,
    /// Who set it.
    pub protocol: Option<&'a [u8]>,
    /// Flags: `router`, `proxy`, `extern_learn`, …
    pub flags: Vec<&'a [u8]>,
}

/// Reads `ip neigh`.
pub struct Neighbours {
    /// The interface that the arguments select.
    selected: Option<Vec<u8>>,
    statistics: bool,
    /// What `-j` printed so far.
    document: Option<Document>,
}

const STATES: [&[u8]; 8] = [b"REACHABLE", b"STALE", b"DELAY", b"PROBE", b"FAILED", b"INCOMPLETE", b"PERMANENT", b"NOARP"];

impl Parser for Neighbours {
    const ABOUT: About = About {
        name: "neighbours",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Neighbours, as ip neigh prints them",
        commands: &["ip n[eighbour]", "ip neighbor", "ip neighbo", "busybox ip n[eigh]"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Neighbour<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref().unwrap_or_default();
        let selected = words.iter().position(|word| word == "dev").and_then(|at| words.get(at + 1));
        Neighbours { selected: selected.map(|name| name.clone().into_bytes()), statistics: false, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        let neighbour = self.read(line.whole())?;
        self.push(neighbour, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return Ok(()) };
        json::each(&document, rows, |object, rows| {
            let neighbour = json::neighbour(object, self.selected.as_deref())?;
            self.push(neighbour, rows);
            Ok(())
        })
    }
}

impl Neighbours {
    fn push(&mut self, neighbour: Neighbour<'_>, rows: &mut Rows<Neighbour<'static>>) {
        let statistics = self.statistics || neighbour.probes.is_some() || neighbour.used_ago.is_some();
        if !rows.recognised() || statistics != self.statistics {
            self.statistics = statistics;
            let always = ["address", "interface", "mac_address", "state", "protocol", "flags"];
            let more = ["references", "used_ago", "confirmed_ago", "updated_ago", "probes"];
            rows.shape(always.into_iter().chain(more.into_iter().filter(|_| statistics)));
        }
        rows.push(neighbour);
    }

    fn read<'a>(&self, line: Field<'a>) -> Result<Neighbour<'a>, Problem> {
        let mut words = Words::of(line);
        let address = words.next().ok_or_else(|| line.expected("a neighbour"))?;
        if !address.bytes.iter().any(|byte| matches!(byte, b'.' | b':')) {
            return Err(address.expected("the address of a neighbour"));
        }
        let mut found = Neighbour { address: address.bytes, interface: self.selected.clone(), ..Neighbour::default() };
        let mut known = false;
        while let Some(word) = words.next() {
            known |= matches!(word.bytes, b"dev" | b"lladdr") || STATES.contains(&word.bytes);
            match word.bytes {
                b"dev" => found.interface = Some(words.value(word)?.bytes.to_vec()),
                b"lladdr" => found.mac_address = Some(words.value(word)?.bytes),
                b"proto" => found.protocol = Some(words.value(word)?.bytes),
                b"ref" => found.references = Some(words.value(word)?.integer()?),
                b"probes" => found.probes = Some(words.value(word)?.integer()?),
                b"used" => {
                    // No blank stands between the last number and the next keyword.
                    let mut value = words.value(word)?;
                    if let Some(ages) = value.strip_suffix("probes") {
                        found.probes = Some(words.value(value)?.integer()?);
                        value = ages;
                    }
                    let mut ages = value.split("/").map(|age| age.integer());
                    found.used_ago = ages.next().transpose()?;
                    found.confirmed_ago = ages.next().transpose()?;
                    found.updated_ago = ages.next().transpose()?;
                }
                state if STATES.contains(&state) => found.state = Some(state),
                flag => found.flags.push(flag),
            }
        }
        if known { Ok(found) } else { Err(line.expected("a neighbour, `ADDRESS dev INTERFACE lladdr …`")) }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Neighbours;

    #[test]
    fn what_the_arguments_select_is_filled_in() {
        let parsed = parse::<Neighbours>(
            Some(&["ip", "neigh", "show", "dev", "eth0"]),
            b"10.0.0.1 lladdr 02:fc:00:00:00:05 router STALE\n",
        );
        assert_eq!(
            parsed.records,
            [
                r#"{"address":"10.0.0.1","interface":"eth0","mac_address":"02:fc:00:00:00:05","state":"STALE","protocol":null,"flags":["router"]}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Neighbours>(["hello\n", "1.2.3.4\n", "1.2.3.4 hello\n", "::1 dev\n"]);
    }
}
