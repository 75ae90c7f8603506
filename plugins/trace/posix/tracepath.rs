//! `tracepath`: a line an answer, and what is known of the whole path.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What `tracepath` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// An answer, or none.
    Hop(Hop),
    /// The path as a whole.
    Path(Path),
}

/// An answer to a probe.
#[derive(Clone, Debug, Default, Record)]
pub struct Hop {
    /// Number of hops that the probe was sent.
    pub hop: i64,
    /// Whether that number is a guess.
    pub is_guess: bool,
    /// Who answered, by name or address; null where nobody did.
    pub name: Option<Vec<u8>>,
    /// Their address (`-b`).
    pub address: Option<Vec<u8>>,
    /// Round-trip time.
    #[field(unit = "seconds")]
    pub rtt: Option<f64>,
    /// Largest packet on the path so far.
    #[field(unit = "bytes")]
    pub path_mtu: Option<i64>,
    /// Number of hops back, where it is another one than forth.
    pub asymmetric_hops: Option<i64>,
    /// Whether it is the destination.
    pub is_reached: bool,
    /// What else is said of it: `!H`, `send failed`.
    pub annotation: Option<Vec<u8>>,
}

/// The path.
#[derive(Clone, Debug, Default, Record)]
pub struct Path {
    /// Largest packet.
    #[field(unit = "bytes")]
    pub path_mtu: Option<i64>,
    /// Number of hops forth.
    pub forward_hops: Option<i64>,
    /// Number of hops back.
    pub return_hops: Option<i64>,
}

/// Reads `tracepath`.
pub struct Tracepath;

const EXPECTED: &str = "a hop, ` 1:  NAME  1.234ms`";

impl Parser for Tracepath {
    const ABOUT: About = About {
        name: "tracepath",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Hops of a way through a network, as tracepath prints them",
        commands: &["tracepath", "tracepath6"],
        dialect: "iputils",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Tracepath
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        if whole.bytes.is_empty() {
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("Resume:") {
            let mut path = Path::default();
            let words = rest.words();
            for pair in words.chunks(2) {
                let [name, value] = pair else { continue };
                match name.bytes {
                    b"pmtu" => path.path_mtu = Some(value.integer()?),
                    b"hops" => path.forward_hops = Some(value.integer()?),
                    b"back" => path.return_hops = Some(value.integer()?),
                    _ => {}
                }
            }
            rows.push(Entry::Path(path));
            return Ok(());
        }
        if whole.bytes.starts_with(b"Too many hops") {
            rows.problem(Problem::warning("the destination was not reached: too many hops"));
            return Ok(());
        }
        let (number, rest) = whole.split_once(":").ok_or_else(|| line.expected(EXPECTED))?;
        let guess = number.strip_suffix("?");
        let mut hop = Hop {
            hop: guess.unwrap_or(number).integer().map_err(|_| line.expected(EXPECTED))?,
            is_guess: guess.is_some(),
            ..Hop::default()
        };
        let rest = rest.trim();
        if matches!(rest.bytes, b"no reply" | b"send failed") {
            hop.annotation = Some(rest.bytes.to_vec()).filter(|text| text != b"no reply");
            rows.push(Entry::Hop(hop));
            return Ok(());
        }
        let mut words = rest.fields();
        let name = words.next().ok_or_else(|| line.expected(EXPECTED))?;
        if matches!(name.bytes, b"no" | b"reply" | b"pmtu") || name.bytes[0] == b'(' || is_time(name) {
            return Err(name.expected("a name or an address").into());
        }
        hop.name = Some(name.bytes.to_vec());
        while let Some(word) = words.next() {
            if let Some(address) = word.strip_prefix("(").and_then(|word| word.strip_suffix(")")) {
                hop.address = Some(address.bytes.to_vec());
            } else if let Some(millis) = word.strip_suffix("ms") {
                hop.rtt = Some(millis.float_e(-3)?);
            } else if word.bytes == b"pmtu" {
                hop.path_mtu = Some(words.next().ok_or_else(|| word.problem("expected a number after `pmtu`"))?.integer()?);
            } else if word.bytes == b"asymm" {
                hop.asymmetric_hops =
                    Some(words.next().ok_or_else(|| word.problem("expected a number after `asymm`"))?.integer()?);
            } else if word.bytes == b"reached" {
                hop.is_reached = true;
            } else if !rows.recognised() {
                return Err(line.expected(EXPECTED).into());
            } else if word.as_float().is_some() {
                return Err(word.expected("what the number is").into());
            } else {
                let before = hop.annotation.take().into_iter();
                hop.annotation = Some(before.chain([word.bytes.to_vec()]).collect::<Vec<_>>().join(&b' '));
            }
        }
        rows.push(Entry::Hop(hop));
        Ok(())
    }
}

/// `161.527ms`
fn is_time(word: Field<'_>) -> bool {
    word.strip_suffix("ms").is_some_and(|number| number.as_float().is_some())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Tracepath;

    #[test]
    fn hops_and_the_path_are_read() {
        let parsed = parse::<Tracepath>(None, b" 1?: [LOCALHOST]                      pmtu 1500\n 2:  gw  24.5ms asymm  3 reached\n 3:  no reply\n     Too many hops: pmtu 1500\n     Resume: pmtu 1500 hops 2 back 3\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (4, 1), "{parsed:?}");
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"hop","hop":2,"is_guess":false,"name":"gw","address":null,"rtt":0.0245,"path_mtu":null,"asymmetric_hops":3,"is_reached":true,"annotation":null}"#
        );
        let more = parse::<Tracepath>(None, b" 1:  gw  24.5ms\n 2:  b  24.5ms !H\n 3:  send failed\n");
        assert!(more.records[1].contains(r#""annotation":"!H""#), "{more:?}");
        assert!(more.records[2].contains(r#""name":null"#) && more.records[2].contains("send failed"), "{more:?}");
        assert_eq!(parsed.records[3], r#"{"kind":"path","path_mtu":1500,"forward_hops":2,"return_hops":3}"#);
        assert_unrecognised::<Tracepath>(["hello\n", "x: y\n", "1: a b c\n"]);
    }
}
