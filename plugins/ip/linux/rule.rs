//! `ip rule`: a line a rule.

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::json;
use crate::words::Words;

/// A rule of the routing policy.
#[derive(Clone, Debug, Default, Record)]
pub struct Rule<'a> {
    /// Priority: rules are tried from the smallest on.
    #[field(key)]
    pub priority: i64,
    /// Whether it is for all that does not match.
    pub inverted: bool,
    /// Sender that it is for, `all` or an address with its prefix length.
    pub source: Option<&'a [u8]>,
    /// Destination that it is for.
    pub destination: Option<&'a [u8]>,
    /// Interface that a packet came in by.
    pub interface: Option<&'a [u8]>,
    /// Interface that the socket is bound to.
    pub output_interface: Option<&'a [u8]>,
    /// Mark of the packet, and its mask.
    pub mark: Option<&'a [u8]>,
    /// Protocol.
    pub protocol: Option<&'a [u8]>,
    /// Table that is looked up.
    pub table: Option<&'a [u8]>,
    /// What is done where no table is looked up: `unreachable`, `prohibit`, `blackhole`, `goto`, `nop`.
    pub action: Option<&'a [u8]>,
    /// Flags: `detached`, `l3mdev`, `unresolved`.
    pub flags: Vec<&'a [u8]>,
    /// All else, by its keyword.
    pub details: Map<&'a [u8]>,
}

/// Reads `ip rule`.
pub struct Rules {
    /// What `-j` printed so far.
    document: Option<Document>,
}

impl Parser for Rules {
    const ABOUT: About = About {
        name: "rules",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Rules of the routing policy, as ip rule prints them",
        commands: &["ip ru[le]", "busybox ip ru[le]"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Rule<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Rules { document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        rows.push(read(line.whole())?);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return Ok(()) };
        json::each(&document, rows, json::rule)
    }
}

fn read(line: Field<'_>) -> Result<Rule<'_>, Problem> {
    let expected = || line.expected("a rule, `32766: from all lookup main`");
    let (priority, rest) = line.split_once(":").ok_or_else(expected)?;
    let mut rule = Rule { priority: priority.integer().map_err(|_| expected())?, ..Rule::default() };
    let mut words = Words::of(rest);
    while let Some(word) = words.next() {
        match word.bytes {
            b"not" => rule.inverted = true,
            b"from" => rule.source = Some(words.value(word)?.bytes),
            b"to" => rule.destination = Some(words.value(word)?.bytes),
            b"iif" => rule.interface = Some(words.value(word)?.bytes),
            b"oif" => rule.output_interface = Some(words.value(word)?.bytes),
            b"fwmark" => rule.mark = Some(words.value(word)?.bytes),
            b"ipproto" => rule.protocol = Some(words.value(word)?.bytes),
            b"lookup" | b"table" => match words.value(word)?.bytes {
                // Of a device that stands for others, each has a table of its own.
                b"[l3mdev-table]" => rule.flags.push(b"l3mdev"),
                table => rule.table = Some(table),
            },
            b"unreachable" | b"prohibit" | b"blackhole" | b"nop" => rule.action = Some(word.bytes),
            b"goto" => {
                rule.action = Some(word.bytes);
                rule.details.0.push((b"goto".to_vec(), words.value(word)?.bytes));
            }
            flag if flag.starts_with(b"[") => {
                rule.flags.push(flag.strip_prefix(b"[").and_then(|flag| flag.strip_suffix(b"]")).unwrap_or(flag));
            }
            // `-N` has the number of an action.
            number if number.iter().all(u8::is_ascii_digit) => rule.action = Some(word.bytes),
            b"l3mdev" => rule.flags.push(word.bytes),
            _ => rule.details.0.push((word.bytes.to_vec(), words.value(word)?.bytes)),
        }
    }
    if rule.source.is_none() { Err(expected()) } else { Ok(rule) }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Rules;

    #[test]
    fn what_a_rule_selects_and_does_is_apart() {
        let parsed = parse::<Rules>(
            None,
            b"9:\tnot from 10.0.0.0/8 iif eth0 fwmark 0x1/0xff lookup 100 suppress_prefixlength 0\n8:\tfrom all goto 9\n7:\tfrom all lookup [l3mdev-table]\n",
        );
        assert_eq!(parsed.problems, [""; 0]);
        assert!(parsed.records[0].contains(r#""inverted":true,"source":"10.0.0.0/8""#), "{parsed:?}");
        assert!(
            parsed.records[0].ends_with(r#""table":"100","action":null,"flags":[],"details":{"suppress_prefixlength":"0"}}"#),
            "{parsed:?}"
        );
        assert!(parsed.records[2].ends_with(r#""table":null,"action":null,"flags":["l3mdev"],"details":{}}"#), "{parsed:?}");
    }

    #[test]
    fn what_json_says_of_users_and_ports_is_as_in_the_text() {
        let text = "6:\tfrom all uidrange 0-99 ipproto tcp sport 7 dport 80-90 lookup main suppress_prefixlength 8\n";
        let json = r#"[{"priority":6,"src":"all","uid_start":0,"uid_end":99,"ipproto":"tcp","sport":7,"dport_start":80,"dport_end":90,"table":"main","suppress_prefixlen":8}]"#;
        assert_eq!(parse::<Rules>(None, json.as_bytes()).sound(), parse::<Rules>(None, text.as_bytes()).sound());
        let parsed = parse::<Rules>(None, br#"[{"priority":6,"src":"all","uid_start":0}]"#);
        assert_eq!(parsed.records.len(), 0, "{parsed:?}");
    }

    #[test]
    fn an_action_may_be_a_number() {
        let parsed = parse::<Rules>(None, b"130:\tfrom all oif x [detached] 8\n150:\tfrom all 6 proto 0\n");
        assert_eq!(parsed.problems, [""; 0]);
        assert!(parsed.records[0].contains(r#""action":"8""#) && parsed.records[1].contains(r#""action":"6""#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Rules>(["hello\n", "1: x\n", "x: from all lookup main\n", "1: from\n", "1: lo: <UP> mtu 1\n"]);
    }
}
