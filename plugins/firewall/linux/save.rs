//! `iptables -S` and `iptables-save`: rules as the options that make them.

use std::collections::HashMap;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What is printed.
#[derive(Debug, Record)]
pub enum Entry {
    /// A rule.
    Rule(Box<Rule>),
    /// A chain.
    Chain(Chain),
}

/// A rule.
#[derive(Clone, Debug, Default, Record)]
pub struct Rule {
    /// Its table, of `iptables-save`.
    pub table: Option<Vec<u8>>,
    /// Its chain.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its number in the chain.
    #[field(key)]
    pub number: i64,
    /// Packets that it matched (`-v`, `-c`).
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes that it matched (`-v`, `-c`).
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
    /// What becomes of a packet: `ACCEPT`, `DROP`, another chain; null where nothing does.
    pub target: Option<Vec<u8>>,
    /// Whether what the target says goes on in the chain before it (`-g`).
    pub is_goto: bool,
    /// Protocol; after `! ` any other.
    pub protocol: Option<Vec<u8>>,
    /// Sender; after `! ` any other.
    pub source: Option<Vec<u8>>,
    /// Destination; after `! ` any other.
    pub destination: Option<Vec<u8>>,
    /// Interface that a packet came in by; after `! ` any other.
    pub input_interface: Option<Vec<u8>>,
    /// Interface that a packet goes out by; after `! ` any other.
    pub output_interface: Option<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// All options of it, as printed.
    pub rule: Vec<u8>,
}

/// A chain.
#[derive(Clone, Debug, Default, Record)]
pub struct Chain {
    /// Its table, of `iptables-save`.
    pub table: Option<Vec<u8>>,
    /// Its name.
    #[field(key)]
    pub chain: Vec<u8>,
    /// What becomes of a packet that no rule takes; null of a chain of the user's.
    pub policy: Option<Vec<u8>>,
    /// Packets that no rule took.
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes that no rule took.
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
}

/// Reads `iptables -S` and `iptables-save`.
pub struct IptablesSave {
    table: Option<Vec<u8>>,
    /// The chain of the last rule.
    chain: Vec<u8>,
    /// The numbers of the last rules of this table's chains. Files that people write have the rules of several chains in any order.
    numbers: HashMap<Vec<u8>, i64>,
}

const EXPECTED: &str = "`-P CHAIN POLICY`, `-A CHAIN …`, `*TABLE` or `:CHAIN POLICY [0:0]`";

impl Parser for IptablesSave {
    const ABOUT: About = About {
        name: "iptables-save",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Rules of the firewall as options, as iptables -S and iptables-save print them",
        commands: &["iptables-save", "ip6tables-save", "iptables", "ip6tables"],
        files: &["/etc/iptables/rules.v4", "/etc/iptables/rules.v6", "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        IptablesSave { table: None, chain: Vec::new(), numbers: HashMap::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.read(line, rows).map_err(|error| match error {
            Error::Line(problem) => self.count_unread(line, problem).into(),
            error => error,
        })
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

impl IptablesSave {
    fn read(&mut self, line: Line<'_>, rows: &mut Rows<Entry>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes[0] == b'#' || line.bytes == b"COMMIT" {
            return Ok(());
        }
        if let Some(table) = whole.strip_prefix("*") {
            self.table = Some(table.trim_end().bytes.to_vec());
            self.chain.clear();
            self.numbers.clear();
            rows.recognise();
            return Ok(());
        }
        let words = words(whole)?;
        let expected = || line.expected(EXPECTED);
        let first = words.first().ok_or_else(expected)?;
        let text = |at: usize| words.get(at).cloned().ok_or_else(expected);
        if let Some(name) = first.strip_prefix(b":") {
            let policy = text(1)?;
            let (packets, bytes) = counters(words.get(2))?;
            rows.push(Entry::Chain(Chain {
                table: self.table.clone(),
                chain: name.to_vec(),
                policy: Some(policy).filter(|policy| policy != b"-"),
                packets,
                bytes,
            }));
            return Ok(());
        }
        match first.as_slice() {
            b"-P" => {
                let (chain, policy) = (text(1)?, text(2)?);
                let number = |at: usize| words.get(at).map(|word| Field::from(word.as_slice()).integer()).transpose();
                let counted = words.get(3).is_some_and(|word| word == b"-c");
                let (packets, bytes) = if counted { (number(4)?, number(5)?) } else { (None, None) };
                rows.push(Entry::Chain(Chain { table: self.table.clone(), chain, policy: Some(policy), packets, bytes }));
            }
            b"-N" => rows.push(Entry::Chain(Chain { table: self.table.clone(), chain: text(1)?, ..Chain::default() })),
            b"-A" => {
                let rule = self.rule(whole, &words[1..], None)?;
                rows.push(Entry::Rule(Box::new(rule)));
            }
            // `[12:3456] -A …`
            counts if counts.starts_with(b"[") && words.get(1).is_some_and(|word| word == b"-A") => {
                let counts = counters(Some(first))?;
                let rule = self.rule(whole, &words[2..], Some(counts))?;
                rows.push(Entry::Rule(Box::new(rule)));
            }
            _ => return Err(expected().into()),
        }
        Ok(())
    }

    /// Counts a line that could not be read with the rules, so that those behind it keep their numbers: a rule of the chain that it
    /// names or, where it names none, of the chain that the rule before it is of.
    fn count_unread(&mut self, line: Line<'_>, mut problem: Problem) -> Problem {
        let named = line.whole().split_once("-A ").and_then(|(_, rest)| rest.fields().next());
        match named {
            Some(chain) => self.chain = chain.bytes.to_vec(),
            None if self.chain.is_empty() => return problem,
            None => problem.message.push_str(&format!("; it is counted as a rule of {}", Field::from(&self.chain[..]).quoted())),
        }
        self.next_number();
        problem
    }

    /// The number of another rule of this chain.
    fn next_number(&mut self) -> i64 {
        let number = self.numbers.entry(self.chain.clone()).or_default();
        *number += 1;
        *number
    }
}

/// `[12:3456]`
fn counters(word: Option<&Vec<u8>>) -> Result<(Option<i64>, Option<i64>), Problem> {
    let Some(word) = word else { return Ok((None, None)) };
    let text = Field::from(word.as_slice());
    let inner = text.strip_prefix("[").and_then(|text| text.strip_suffix("]")).and_then(|text| text.split_once(":"));
    let (packets, bytes) = inner.ok_or_else(|| Problem::error("expected `[PACKETS:BYTES]`"))?;
    Ok((Some(packets.integer()?), Some(bytes.integer()?)))
}

/// Words between blanks, those in quotes as one, in which a backslash stands before `"` and itself.
fn words(line: Field<'_>) -> Result<Vec<Vec<u8>>, Problem> {
    let mut words = Vec::new();
    let mut bytes = line.bytes.iter().peekable();
    while let Some(&&byte) = bytes.peek() {
        if byte == b' ' {
            bytes.next();
            continue;
        }
        let mut word = Vec::new();
        let mut quoted = false;
        while let Some(&byte) = bytes.next() {
            match byte {
                b'"' => quoted = !quoted,
                b'\\' if quoted => word.extend(bytes.next()),
                b' ' if !quoted => break,
                byte => word.push(byte),
            }
        }
        if quoted {
            return Err(line.expected("a closing quote mark"));
        }
        words.push(word);
    }
    Ok(words)
}

impl IptablesSave {
    fn rule(&mut self, line: Field<'_>, words: &[Vec<u8>], counts: Option<(Option<i64>, Option<i64>)>) -> Result<Rule, Problem> {
        let chain = words.first().ok_or_else(|| line.expected("a chain"))?.clone();
        let (packets, bytes) = counts.unwrap_or_default();
        let from = line.find("-A ").unwrap_or(0);
        let rule_text = line.split_at(from).1.split_at(3).1.trim().split_at(chain.len()).1.trim().bytes.to_vec();
        let mut rule = Rule { table: self.table.clone(), chain, packets, bytes, rule: rule_text, ..Rule::default() };
        let mut at = 1;
        while let Some(word) = words.get(at) {
            let negated = at > 1 && words[at - 1] == b"!";
            let value =
                || words.get(at + 1).map(|value| if negated { [b"! ", value.as_slice()].concat() } else { value.clone() });
            match word.as_slice() {
                b"-p" => rule.protocol = value(),
                b"-s" => rule.source = value(),
                b"-d" => rule.destination = value(),
                b"-i" => rule.input_interface = value(),
                b"-o" => rule.output_interface = value(),
                b"-j" => rule.target = value(),
                b"-g" => (rule.target, rule.is_goto) = (value(), true),
                b"--comment" => rule.comment = value(),
                b"-c" => {
                    let number = |at: usize| words.get(at).map(|word| Field::from(word.as_slice()).integer()).transpose();
                    (rule.packets, rule.bytes) = (number(at + 1)?, number(at + 2)?);
                    at += 1;
                }
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
        self.chain.clone_from(&rule.chain);
        rule.number = self.next_number();
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::IptablesSave;

    #[test]
    fn options_are_taken_apart() {
        let parsed = parse::<IptablesSave>(None, b"# x\n*filter\n:INPUT ACCEPT [5:6]\n:MINE - [0:0]\n[1:2] -A INPUT ! -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -m comment --comment \"a \\\"b\\\" c\" -j MINE\nCOMMIT\n");
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert_eq!(parsed.records[1], r#"{"kind":"chain","table":"filter","chain":"MINE","policy":null,"packets":0,"bytes":0}"#);
        assert!(
            parsed.records[2].contains(r#""chain":"INPUT","number":1,"packets":1,"bytes":2,"target":"MINE","is_goto":false,"protocol":"tcp","source":"! 10.0.0.0/8""#)
                && parsed.records[2].contains(r#""comment":"a \"b\" c""#),
            "{parsed:?}"
        );
        let listed = parse::<IptablesSave>(None, b"-P INPUT DROP\n-N MINE\n-A INPUT -i lo -j ACCEPT\n");
        assert!(
            listed.records[2]
                .ends_with(r#""input_interface":"lo","output_interface":null,"comment":null,"rule":"-i lo -j ACCEPT"}"#),
            "{listed:?}"
        );
        assert_unrecognised::<IptablesSave>(["hello\n", "-A\n", ""]);
    }

    /// The chain and the number of each rule.
    fn numbers(capture: &str) -> Vec<String> {
        let parsed = parse::<IptablesSave>(None, format!("*filter\n{capture}").as_bytes());
        let number = |record: &String| Some(record.split_once(r#""chain":"#)?.1.split_once(r#","packets""#)?.0.to_owned());
        parsed.records.iter().filter(|record| record.contains(r#""number""#)).filter_map(number).collect()
    }

    #[test]
    fn rules_behind_a_line_that_cannot_be_read_keep_their_numbers() {
        for broken in ["-A A -m comment --comment \"x", "-A A -c 1 x -j ACCEPT", "[1:x] -A A -j ACCEPT", "[1 -A A", "-j DROP"] {
            let capture = format!("-A A -j ACCEPT\n{broken}\n-A A -j DROP\n");
            assert_eq!(numbers(&capture), [r#""A","number":1"#, r#""A","number":3"#], "{broken}");
        }
        let parsed = parse::<IptablesSave>(None, b"-A A -j ACCEPT\n-j DROP\n");
        assert!(parsed.problems[0].ends_with("; it is counted as a rule of `A`"), "{parsed:?}");
        assert_eq!(numbers(":A ACCEPT [x]\n-A A -j DROP\n"), [r#""A","number":1"#]);
    }

    #[test]
    fn chains_in_any_order_count_for_themselves() {
        let rules = "-A A -j ACCEPT\n-A B -j ACCEPT\n-A A -j DROP\n";
        let filter = [r#""A","number":1"#, r#""B","number":1"#, r#""A","number":2"#];
        assert_eq!(numbers(&format!("{rules}COMMIT\n*nat\n{rules}")), [filter, filter].concat());
    }
}
