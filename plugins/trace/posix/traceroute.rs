//! `traceroute`: a line a hop, and in it the answers to its probes.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What `traceroute` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A probe.
    Probe(Probe),
    /// What is traced.
    Trace(Trace),
}

/// The kind of probes, by its place in [`Entry`].
const PROBE: u32 = 0;

/// A probe and who answered it.
#[derive(Clone, Debug, Default, Record)]
pub struct Probe {
    /// Number of hops that it was sent.
    #[field(key)]
    pub hop: i64,
    /// Which of the probes of this hop it is, from 1.
    #[field(key)]
    pub probe: i64,
    /// Name of who answered; null where nobody did or names are not looked up.
    pub name: Option<Vec<u8>>,
    /// Address of who answered.
    pub address: Option<Vec<u8>>,
    /// Number of the autonomous system that the address is in (`-A`, `-a`); null where it has none.
    pub as_number: Option<i64>,
    /// Round-trip time; null where nobody answered.
    #[field(unit = "seconds")]
    pub rtt: Option<f64>,
    /// Remark, such as `!H`: why the probe went no further.
    pub annotation: Option<Vec<u8>>,
    /// What the answer carried besides (`-e`, `-T -O info`): `MPLS:L=16,E=0,S=1,T=1`, `syn,ack`.
    pub answer_details: Option<Vec<u8>>,
    /// Hops that the answer took back, where they are other ones (`--back`).
    pub return_hops: Option<i64>,
}

/// The trace.
#[derive(Clone, Debug, Default, Record)]
pub struct Trace {
    /// Name of the destination.
    pub name: Vec<u8>,
    /// Its address.
    pub address: Vec<u8>,
    /// Address that it is traced from.
    pub source: Option<Vec<u8>>,
    /// The most hops that are tried.
    pub hops_limit: Option<i64>,
    /// Size of the packets.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
}

/// Reads `traceroute`.
pub struct Traceroute {
    hop: i64,
    probe: i64,
    /// Who answered last: what follows without a name is theirs.
    last: Probe,
    /// Answers that a hop has, as far as is known.
    most: i64,
    /// Whether answers said more than their time so far. None before the first.
    has_more: Option<bool>,
}

const EXPECTED: &str = "`traceroute to NAME (ADDRESS), …`, or a hop, ` 1  NAME (ADDRESS)  1.234 ms …`";

impl Parser for Traceroute {
    const ABOUT: About = About {
        name: "traceroute",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Hops of a way through a network, as traceroute prints them",
        commands: &["traceroute", "traceroute6", "busybox traceroute", "busybox traceroute6", "tcptraceroute"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Traceroute { hop: 0, probe: 0, last: Probe::default(), most: probes(source).unwrap_or(3), has_more: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b"traceroute: Warning:") || line.bytes.starts_with(b"traceroute6: Warning:") {
            rows.recognise();
            rows.problem(Problem::warning(String::from_utf8_lossy(line.bytes).into_owned()));
            return Ok(());
        }
        if line.bytes.starts_with(b"traceroute to ") || line.bytes.starts_with(b"traceroute6 to ") {
            rows.push(Entry::Trace(trace(whole)?));
            return Ok(());
        }
        let mut words = whole.fields().peekable();
        let first = words.peek().copied();
        // Further answers to the same hop may stand in a line of their own.
        let continues = match first.map(|word| word.integer()) {
            Some(Ok(hop)) if first.is_some_and(|word| word.bytes.len() <= 3) => {
                (self.hop, self.probe, self.last) = (hop, 0, Probe::default());
                words.next();
                false
            }
            // It begins with who answered.
            _ if self.hop > 0 && whole.bytes[0].is_ascii_whitespace() => {
                self.last = Probe::default();
                true
            }
            _ => return Err(line.expected(EXPECTED).into()),
        };
        let rest: Vec<Field<'_>> = words.collect();
        if !rows.recognised() && !rest.iter().any(|word| word.bytes == b"ms" || word.bytes == b"*") {
            return Err(line.expected(EXPECTED).into());
        }
        let found = self.probes(&rest)?;
        let probe = found.last().map_or(self.probe, |probe| probe.probe);
        if continues && probe > self.most {
            return Err(line.expected("the number of a hop: the one before it has all its answers").into());
        }
        (self.probe, self.most) = (probe, self.most.max(probe));
        let says_more = found.iter().any(|probe| probe.answer_details.is_some() || probe.return_hops.is_some());
        let has_more = self.has_more == Some(true) || says_more;
        if self.has_more != Some(has_more) && !found.is_empty() {
            self.has_more = Some(has_more);
            rows.without_of(PROBE, ["answer_details", "return_hops"].into_iter().filter(|_| !has_more));
        }
        found.into_iter().for_each(|probe| rows.push(Entry::Probe(probe)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

impl Traceroute {
    /// The answers that a line has.
    fn probes(&mut self, words: &[Field<'_>]) -> Result<Vec<Probe>, Problem> {
        let mut count = self.probe;
        let mut found: Vec<Probe> = Vec::new();
        let mut at = 0;
        let mut as_number = None;
        while let Some(word) = words.get(at) {
            at += 1;
            if word.bytes == b"*" {
                count += 1;
                found.push(Probe { hop: self.hop, probe: count, ..Probe::default() });
            } else if word.bytes.starts_with(b"!") || word.bytes.starts_with(b"(ttl=") {
                let last = found.last_mut().ok_or_else(|| word.problem("a remark without a probe before it"))?;
                let before = last.annotation.take().into_iter();
                last.annotation = Some(before.chain([word.bytes.to_vec()]).collect::<Vec<_>>().join(&b' '));
            } else if let Some(said) = word.strip_prefix("<").and_then(|word| word.strip_suffix(">")) {
                self.last.answer_details = Some(said.bytes.to_vec());
            } else if let Some(hops) = word.strip_prefix("'-").and_then(|word| word.strip_suffix("'")) {
                self.last.return_hops = Some(hops.integer()?);
            } else if let Some(number) = word.strip_prefix("[").and_then(|word| word.strip_suffix("]")) {
                // After the name on Linux, before it on macOS and the BSDs; `*` where it is not known.
                let number = number.strip_prefix("AS").and_then(|number| number.as_integer());
                as_number = number;
                self.last.as_number = number.or(self.last.as_number);
            } else if words.get(at).is_some_and(|unit| unit.bytes == b"ms") {
                at += 1;
                count += 1;
                if self.last.address.is_none() && self.last.name.is_none() {
                    return Err(word.expected("who answered before the time that it took"));
                }
                found.push(Probe { hop: self.hop, probe: count, rtt: Some(word.float_e(-3)?), ..self.last.clone() });
            } else if let Some(address) =
                words.get(at).and_then(|next| next.strip_prefix("(")).and_then(|next| next.strip_suffix(")"))
            {
                at += 1;
                self.last = Probe {
                    name: Some(word.bytes.to_vec()),
                    address: Some(address.bytes.to_vec()),
                    as_number: as_number.take(),
                    ..Probe::default()
                };
            } else if word.bytes.iter().any(|byte| matches!(byte, b'.' | b':'))
                && !word.bytes.starts_with(b"(")
                && word.as_float().is_none()
            {
                // The `traceroute6` of the BSDs prints a name without its address.
                let who = Some(word.bytes.to_vec());
                let (name, address) = if is_address(word.bytes) { (None, who) } else { (who, None) };
                self.last = Probe { name, address, as_number: as_number.take(), ..Probe::default() };
            } else {
                return Err(word.expected("a name and its address, a time in ms, `*`, or a remark"));
            }
        }
        Ok(found)
    }
}

/// Whether this is an address of IPv4 or IPv6, and no name.
fn is_address(text: &[u8]) -> bool {
    text.contains(&b':') || text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Options of traceroute that have a value.
const OPTIONS: &[&str] = &[
    "q queries=",
    "f first=",
    "g gateway=",
    "i interface=",
    "m max-hops=",
    "N sim-queries=",
    "p port=",
    "t tos=",
    "l flowlabel=",
    "w wait=",
    "s source=",
    "z sendwait=",
    "M module=",
    "O options=",
    "sport=",
    "fwmark=",
];

/// How many answers a hop is asked for, where the arguments say it.
fn probes(source: &Source) -> Option<i64> {
    source.read_arguments(OPTIONS)?.iter().find_map(|argument| match argument {
        Argument::Value("q", count) => count.parse().ok(),
        _ => None,
    })
}

/// `traceroute to example.org (192.0.2.1) from 192.0.2.2, 30 hops max, 60 byte packets`
fn trace(line: Field<'_>) -> Result<Trace, Problem> {
    let expected = || line.expected("`traceroute to NAME (ADDRESS), 30 hops max, 60 byte packets`");
    let (_, rest) = line.split_once(" to ").ok_or_else(expected)?;
    let (name, rest) = rest.split_once(" (").ok_or_else(expected)?;
    let (address, rest) = rest.split_once(")").ok_or_else(expected)?;
    let mut trace = Trace { name: name.bytes.to_vec(), address: address.bytes.to_vec(), ..Trace::default() };
    for part in rest.split(",") {
        let part = part.trim();
        if let Some(source) = part.strip_prefix("from ") {
            trace.source = Some(source.bytes.to_vec());
        } else if let Some(hops) = part.strip_suffix(" hops max") {
            trace.hops_limit = Some(hops.integer()?);
        } else if let Some(size) = part.strip_suffix(" byte packets") {
            trace.size = Some(size.integer()?);
        }
    }
    Ok(trace)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Traceroute;

    #[test]
    fn what_stands_beside_an_address_is_no_address() {
        let capture = " 1  gw (10.0.0.1) <MPLS:L=1,E=0,S=1,T=1>  4 ms  5 ms\n 2  10.0.0.2 <syn,ack>  1.5 ms\n 3  b (10.0.0.3) '-5'  2 ms (ttl=9!)\n \
            4  a.org  2 ms\n";
        let parsed = parse::<Traceroute>(None, capture.as_bytes());
        for (record, part) in parsed.sound().iter().zip([
            r#""address":"10.0.0.1","rtt":0.004,"answer_details":"MPLS:L=1,E=0,S=1,T=1""#,
            r#""rtt":0.005,"answer_details":"MPLS:L=1,E=0,S=1,T=1""#,
            r#""address":"10.0.0.2","rtt":0.0015,"answer_details":"syn,ack""#,
            r#""rtt":0.002,"annotation":"(ttl=9!)","return_hops":5"#,
            r#""name":"a.org","rtt":0.002"#,
        ]) {
            assert!(record.contains(part), "{part} in {record}");
        }
    }

    #[test]
    fn probes_belong_to_who_answered_them() {
        let capture = "traceroute to a.org (192.0.2.1), 30 hops max, 60 byte packets\n 1  gw (10.0.0.1) [AS7]  4.024 ms * 3.706 ms\n 2  10.0.0.2  1.5 ms !H  b (10.0.0.3)  2 ms\n    c (10.0.0.4)  3 ms\n 3  * * *\n";
        let parsed = parse::<Traceroute>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (10, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[2],
            r#"{"kind":"probe","hop":1,"probe":2,"name":null,"address":null,"as_number":null,"rtt":null,"annotation":null}"#
        );
        assert_eq!(
            parsed.records[3],
            r#"{"kind":"probe","hop":1,"probe":3,"name":"gw","address":"10.0.0.1","as_number":7,"rtt":0.003706,"annotation":null}"#
        );
        assert_eq!(
            parsed.records[4],
            r#"{"kind":"probe","hop":2,"probe":1,"name":null,"address":"10.0.0.2","as_number":null,"rtt":0.0015,"annotation":"!H"}"#
        );
        assert_eq!(
            parsed.records[6],
            r#"{"kind":"probe","hop":2,"probe":3,"name":"c","address":"10.0.0.4","as_number":null,"rtt":0.003,"annotation":null}"#
        );
        assert_any_split::<Traceroute>(None, capture.as_bytes());
        assert_unrecognised::<Traceroute>(["hello\n", " 1 x\n", "traceroute to x\n", ""]);
    }
}
