//! `iptables -L`: a table of rules a chain.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What `iptables -L` prints.
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
    /// Its chain.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its number in the chain.
    #[field(key)]
    pub number: i64,
    /// Packets that it matched; shortened without `-x`.
    #[field(approximate, counter)]
    pub packets: Option<i64>,
    /// Bytes that it matched; shortened without `-x`.
    #[field(unit = "bytes", approximate, counter)]
    pub bytes: Option<i64>,
    /// What becomes of a packet: `ACCEPT`, `DROP`, another chain; null where nothing does.
    pub target: Option<Vec<u8>>,
    /// Protocol: `all`, `tcp`, …
    pub protocol: Option<Vec<u8>>,
    /// What is asked of fragments; null where nothing is.
    pub fragments: Option<Vec<u8>>,
    /// Interface that a packet came in by; `*` and `any` are all (`-v`).
    pub input_interface: Option<Vec<u8>>,
    /// Interface that a packet goes out by; `*` and `any` are all (`-v`).
    pub output_interface: Option<Vec<u8>>,
    /// Sender.
    pub source: Option<Vec<u8>>,
    /// Destination.
    pub destination: Option<Vec<u8>>,
    /// All else that a packet must match, and how the target is to do it.
    pub conditions: Option<Vec<u8>>,
}

/// A chain.
#[derive(Clone, Debug, Default, Record)]
pub struct Chain {
    /// Its name.
    #[field(key)]
    pub chain: Vec<u8>,
    /// What becomes of a packet that no rule takes; null of a chain of the user's.
    pub policy: Option<Vec<u8>>,
    /// Packets that no rule took (`-v`).
    #[field(approximate, counter)]
    pub packets: Option<i64>,
    /// Bytes that no rule took (`-v`).
    #[field(unit = "bytes", approximate, counter)]
    pub bytes: Option<i64>,
    /// Number of rules that lead to it; null of a chain with a policy.
    pub references: Option<i64>,
}

/// Reads `iptables -L`.
pub struct Iptables {
    chain: Vec<u8>,
    titles: Vec<String>,
    /// Where each title begins.
    starts: Vec<usize>,
    /// Where the title of the target stands.
    target: usize,
    number: i64,
}

const EXPECTED: &str = "`Chain NAME (policy …)`";

impl Parser for Iptables {
    const ABOUT: About = About {
        name: "iptables",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Rules of the firewall, as iptables -L prints them",
        commands: &["iptables", "ip6tables", "iptables-legacy", "ip6tables-legacy", "iptables-nft", "ip6tables-nft"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iptables { chain: Vec::new(), titles: Vec::new(), starts: Vec::new(), target: 0, number: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes.starts_with(b"# Warning") {
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("Chain ") {
            self.leave();
            let chain = chain(rest)?;
            self.chain = chain.chain.clone();
            rows.push(Entry::Chain(chain));
            return Ok(());
        }
        if self.chain.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        if self.titles.is_empty() {
            for word in whole.fields() {
                if word.bytes == b"target" {
                    self.target = word.start();
                }
                self.starts.push(word.start());
                self.titles.push(String::from_utf8_lossy(word.bytes).into_owned());
            }
            if !are_titles(&self.titles) {
                self.leave();
                return Err(line.expected("the titles `target prot opt source destination`").into());
            }
            let mut fields = vec!["chain", "number", "target", "protocol", "fragments", "source", "destination", "conditions"];
            if self.titles.iter().any(|title| title == "pkts") {
                fields.extend(["packets", "bytes", "input_interface", "output_interface"]);
            }
            rows.shape_of(0, fields);
            return Ok(());
        }
        // Each chain has titles of its own.
        if whole.fields().any(|word| word.bytes == b"target")
            && are_titles(&whole.fields().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect::<Vec<_>>())
        {
            self.leave();
            return Err(line.expected(EXPECTED).into());
        }
        self.number += 1;
        let rule = self.rule(whole)?;
        rows.push(Entry::Rule(Box::new(rule)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let lists =
            words.iter().any(|word| word == "--list" || word.starts_with('-') && !word.starts_with("--") && word.contains('L'));
        let exact = words.iter().any(|word| {
            word == "-x" || word == "--exact" || word.starts_with('-') && !word.starts_with("--") && word.contains('x')
        });
        (lists && !exact).then(|| words.iter().cloned().chain(["-x".to_owned()]).collect())
    }
}

/// `num pkts bytes target prot opt in out source destination`, some of which depend on the options.
fn are_titles(titles: &[String]) -> bool {
    let rest = titles.iter().map(String::as_str).skip(usize::from(titles.first().is_some_and(|title| title == "num")));
    if titles.iter().any(|title| title == "pkts") {
        rest.eq(["pkts", "bytes", "target", "prot", "opt", "in", "out", "source", "destination"])
    } else {
        rest.eq(["target", "prot", "opt", "source", "destination"])
    }
}

/// `4175`, `1130K`: shortened by thousands.
fn count(word: Field<'_>) -> Result<i64, Problem> {
    word.integer().or_else(|_| word.size(Base::Decimal))
}

/// `INPUT (policy ACCEPT 0 packets, 0 bytes)`, `MINE (2 references)`
fn chain(rest: Field<'_>) -> Result<Chain, Problem> {
    let (name, inner) = rest.split_once(" (").ok_or_else(|| rest.expected("`NAME (policy …)`"))?;
    let inner = inner.trim_end().strip_suffix(")").ok_or_else(|| rest.expected("`NAME (policy …)`"))?;
    let mut chain = Chain { chain: name.bytes.to_vec(), ..Chain::default() };
    if let Some(policy) = inner.strip_prefix("policy ") {
        let words = policy.words();
        let policy = match words[..] {
            [name] => name,
            [name, packets, _, bytes, _] => {
                (chain.packets, chain.bytes) = (Some(count(packets)?), Some(count(bytes)?));
                name
            }
            _ => return Err(policy.expected("`ACCEPT` or `ACCEPT 0 packets, 0 bytes`")),
        };
        chain.policy = Some(policy.bytes.to_vec());
    } else {
        chain.references = inner.fields().next().map(|number| number.integer()).transpose()?;
    }
    Ok(chain)
}

impl Iptables {
    /// Leaves the chain: what follows is of none until another one begins.
    fn leave(&mut self) {
        self.chain.clear();
        self.titles.clear();
        self.starts.clear();
        self.number = 0;
    }

    fn rule(&self, line: Field<'_>) -> Result<Rule, Problem> {
        let mut rule = Rule { chain: self.chain.clone(), number: self.number, ..Rule::default() };
        let mut rest = line;
        // Where the cell before this one begins and ends, and where its title begins.
        let mut before: Option<(usize, usize, usize)> = None;
        for (title, start) in self.titles.iter().zip(&self.starts) {
            // Nothing stands where the target would.
            if title == "target" && self.lacks_target(line) {
                continue;
            }
            let [word, after] = rest.fields_and_rest()?;
            // After the target, a cell begins where its title does, or as much later as the ones before are too long. The sign of
            // what does not match stands in the blank before it.
            let mut at = word.start();
            if let Some((cell, end, before_title)) = before {
                let fits = cell + start - before_title;
                // Of IPv6, older versions ask nothing of fragments, and print blanks.
                if title == "opt" && at >= fits.max(end) + 3 {
                    let blank = fits.max(end);
                    before = Some((blank, blank, *start));
                    continue;
                }
                let is_pushed = end + 2 > fits && (end + 1..=end + 2).contains(&at);
                if at + 1 == fits && word.bytes[0] == b'!' {
                    at = fits;
                } else if at != fits && !is_pushed {
                    return Err(word.expected("a cell under its title"));
                }
            }
            if *start >= self.target {
                before = Some((at, word.end(), *start));
            }
            let some = Some(word.bytes.to_vec());
            match title.as_str() {
                "num" => rule.number = word.integer()?,
                "pkts" => rule.packets = Some(count(word)?),
                "bytes" => rule.bytes = Some(count(word)?),
                "target" => rule.target = some,
                "prot" => rule.protocol = some,
                "opt" => rule.fragments = some.filter(|text| text != b"--"),
                "in" => rule.input_interface = some,
                "out" => rule.output_interface = some,
                "source" => rule.source = some,
                "destination" => rule.destination = some,
                _ => return Err(line.expected("a title of iptables")),
            }
            rest = after;
        }
        rule.conditions = Some(rest.trim_end().bytes.to_vec()).filter(|text| !text.is_empty());
        Ok(rule)
    }

    /// Whether the place of the target is blank. Cells before it may be wider than their columns.
    fn lacks_target(&self, line: Field<'_>) -> bool {
        let before = self.titles.iter().take_while(|title| *title != "target").count();
        let words: Vec<Field<'_>> = line.fields().take(before + 1).collect();
        let end = if before == 0 { 0 } else { words.get(before - 1).map_or(0, |word| word.end() - line.start() + 1) };
        let at = self.target.max(end);
        line.bytes.get(at).is_none_or(|byte| *byte == b' ')
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, exact, parse};

    use super::Iptables;

    #[test]
    fn long_targets_push_what_follows() {
        let titles = "Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination         \n";
        let capture = format!(
            "{titles}PREROUTING_direct  all  --  anywhere             anywhere            \nDOCKER     all  --  anywhere            !loopback/8           ADDRTYPE match\n"
        );
        let parsed = parse::<Iptables>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert!(parsed.records[1].contains(r#""target":"PREROUTING_direct","protocol":"all""#), "{parsed:?}");
        assert!(parsed.records[2].contains(r#""destination":"!loopback/8""#), "{parsed:?}");
        let moved = format!("{titles}DOCKER     all  --  anywhere                                  tcp dpt:22\n");
        assert_eq!(parse::<Iptables>(None, moved.as_bytes()).problems.len(), 1);
    }

    #[test]
    fn rules_know_their_chain_and_may_have_no_target() {
        let capture = "Chain INPUT (policy ACCEPT 5 packets, 1K bytes)\nnum   pkts bytes target     prot opt in     out     source               destination         \n1     4175 1130K ACCEPT     all  --  *      *       0.0.0.0/0            0.0.0.0/0            ctstate RELATED,ESTABLISHED\n2        0     0            tcp  --  lo     *       0.0.0.0/0            0.0.0.0/0           \n\nChain MINE (2 references)\ntarget     prot opt source               destination         \n";
        let parsed = parse::<Iptables>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (4, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[0],
            r#"{"kind":"chain","chain":"INPUT","policy":"ACCEPT","packets":5,"bytes":1000,"references":null}"#
        );
        assert!(
            parsed.records[1]
                .contains(r#""number":1,"packets":4175,"bytes":1130000,"target":"ACCEPT","protocol":"all","fragments":null"#),
            "{parsed:?}"
        );
        assert!(parsed.records[1].ends_with(r#""conditions":"ctstate RELATED,ESTABLISHED"}"#), "{parsed:?}");
        assert!(parsed.records[2].contains(r#""target":null,"protocol":"tcp""#), "{parsed:?}");
        assert_any_split::<Iptables>(None, capture.as_bytes());
        assert_eq!(exact::<Iptables>("-L -v"), Some("-L -v -x".to_owned()));
        assert_unrecognised::<Iptables>(["hello\n", "target prot\n", ""]);
    }

    #[test]
    fn rules_below_a_broken_chain_are_not_of_the_one_before() {
        let titles = "target     prot opt source               destination         \n";
        let rule = "DROP       all  --  anywhere             anywhere            \n";
        for broken in ["Chain MINE\n", "x MINE (1 references)\n", "", "Chain MINE (1 references\n"] {
            let capture = format!(
                "Chain INPUT (policy ACCEPT)\n{titles}{rule}\n{broken}{titles}{rule}\nChain END (0 references)\n{titles}{rule}"
            );
            let parsed = parse::<Iptables>(None, capture.as_bytes());
            assert_eq!(parsed.records.len(), 4, "{broken}: {parsed:?}");
            parsed.has(3, &[r#""chain":"END","number":1"#]);
            assert!(parsed.problems.len() >= 2, "{broken}: {parsed:?}");
        }
        // Without titles of its own, it is not known what its rules mean.
        let capture = format!("Chain INPUT (policy ACCEPT)\n{titles}{rule}\nChain MINE (1 references)\nx\n{rule}");
        assert_eq!(parse::<Iptables>(None, capture.as_bytes()).records.len(), 3);
    }

    #[test]
    fn a_sign_before_a_cell_does_not_move_the_next() {
        let capture = "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination         \n    0     0 LOG       !tcp  -f  !eth0  any    !10.0.0.0/8           anywhere             LOG level warn\n    0     0 LOG        tcp  --  any    any    !10.0.0.0/8          !10.0.0.0/8           LOG level warn\n";
        let parsed = parse::<Iptables>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(
            1,
            &[
                r#""protocol":"!tcp","fragments":"-f","input_interface":"!eth0""#,
                r#""source":"!10.0.0.0/8","destination":"anywhere""#,
            ],
        );
        parsed.has(2, &[r#""source":"!10.0.0.0/8","destination":"!10.0.0.0/8""#]);
    }

    #[test]
    fn older_versions_leave_the_options_of_ipv6_blank() {
        let short = "Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination         \nACCEPT     all      anywhere             anywhere            \nACCEPT     ipv6-icmp    anywhere             anywhere             ipv6-icmp echo-reply\nDROP       tcp     !fe80::/10            2001:db8::/32        tcp dpt:http\n           udp      anywhere             anywhere            \n";
        let long = "Chain FORWARD (policy ACCEPT 12 packets, 800 bytes)\n    pkts      bytes target     prot opt in     out     source               destination         \n       1        104 ACCEPT     all      lo     *       ::/0                 ::/0                \n       0          0 ACCEPT     tcp      *      *      !fe80::/10            2001:db8:1234:5678:9abc:def0:1234:5678  tcp dpt:443\n";
        let parsed = parse::<Iptables>(None, format!("{short}\n{long}").as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(1, &[r#""protocol":"all","fragments":null,"source":"anywhere","destination":"anywhere""#]);
        parsed.has(
            2,
            &[r#""protocol":"ipv6-icmp","fragments":null,"source":"anywhere""#, r#""conditions":"ipv6-icmp echo-reply""#],
        );
        parsed.has(3, &[r#""source":"!fe80::/10","destination":"2001:db8::/32","conditions":"tcp dpt:http""#]);
        parsed.has(4, &[r#""target":null,"protocol":"udp","fragments":null"#]);
        parsed.has(6, &[r#""protocol":"all","fragments":null,"input_interface":"lo","output_interface":"*","source":"::/0""#]);
        parsed.has(
            7,
            &[r#""source":"!fe80::/10","destination":"2001:db8:1234:5678:9abc:def0:1234:5678","conditions":"tcp dpt:443""#],
        );
    }
}
