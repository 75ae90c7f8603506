//! `ufw status`, also `verbose` and `numbered`.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What `ufw status` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A rule.
    Rule(Box<Rule>),
    /// The firewall.
    Firewall(Firewall),
}

/// A rule.
#[derive(Clone, Debug, Default, Record)]
pub struct Rule {
    /// Its number (`numbered`).
    #[field(key)]
    pub number: Option<i64>,
    /// What it is for, as printed: an address, ports, an application, an interface.
    pub destination: Vec<u8>,
    /// What is done: `ALLOW`, `DENY`, `REJECT`, `LIMIT`.
    pub action: Vec<u8>,
    /// `IN`, `OUT` or `FWD`; null where it is not printed.
    pub direction: Option<Vec<u8>>,
    /// Who may come, as printed.
    pub source: Vec<u8>,
    /// Whether it is for IPv6.
    pub is_ipv6: bool,
    /// Ports that it is for, as printed: `22`, `50200:50300`, `80,443`.
    pub ports: Option<Vec<u8>>,
    /// Protocol that it is for: `tcp`, `udp`.
    pub protocol: Option<Vec<u8>>,
    /// Address or network that it is for; null where it is any, or an application.
    pub destination_address: Option<Vec<u8>>,
    /// Interface that stands at the destination (`on eth0`).
    pub destination_interface: Option<Vec<u8>>,
    /// Address or network of who may come; null where it is any.
    pub source_address: Option<Vec<u8>>,
    /// Ports of who may come, as printed.
    pub source_ports: Option<Vec<u8>>,
    /// Interface that stands at the source.
    pub source_interface: Option<Vec<u8>>,
    /// What is logged of it: `log` or `log-all`.
    pub logging: Option<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
}

/// The firewall.
#[derive(Clone, Debug, Default, Record)]
pub struct Firewall {
    /// `active` or `inactive`.
    pub status: Vec<u8>,
    /// Whether it logs, and how much (`verbose`).
    pub logging: Option<Vec<u8>>,
    /// What is done with all else (`verbose`).
    pub defaults: Option<Vec<u8>>,
    /// What is done with applications that come new (`verbose`).
    pub new_profiles: Option<Vec<u8>>,
}

/// Reads `ufw status`.
pub struct Ufw {
    firewall: Option<Firewall>,
    in_rules: bool,
}

const EXPECTED: &str = "`Status: active` or `Status: inactive`";
const ACTIONS: [&[u8]; 4] = [b"ALLOW", b"DENY", b"REJECT", b"LIMIT"];

impl Parser for Ufw {
    const ABOUT: About = About {
        name: "ufw",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Rules of the firewall, as ufw status prints them",
        commands: &["ufw status"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Ufw { firewall: None, in_rules: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        // Another report.
        if whole.bytes.starts_with(b"Status: ") {
            self.in_rules = false;
            self.flush(rows);
        }
        if self.in_rules {
            if whole.trim_start().bytes.starts_with(b"--") {
                return Ok(());
            }
            rows.push(Entry::Rule(Box::new(rule(whole)?)));
            return Ok(());
        }
        if *whole.squeezed() == b"To Action From"[..] {
            self.in_rules = true;
            self.flush(rows);
            return Ok(());
        }
        let (name, value) = whole.split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
        let value = value.trim_end().bytes.to_vec();
        match (name.bytes, &mut self.firewall) {
            (b"Status", firewall) => *firewall = Some(Firewall { status: value, ..Firewall::default() }),
            (b"Logging", Some(firewall)) => firewall.logging = Some(value),
            (b"Default", Some(firewall)) => firewall.defaults = Some(value),
            (b"New profiles", Some(firewall)) => firewall.new_profiles = Some(value),
            _ => return Err(line.expected(EXPECTED).into()),
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl Ufw {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(firewall) = self.firewall.take() {
            rows.push(Entry::Firewall(firewall));
        }
    }
}

/// `[ 1] 22/tcp (v6)   ALLOW IN   Anywhere (v6)  (log)  # comment`
fn rule(line: Field<'_>) -> Result<Rule, Problem> {
    let mut rule = Rule::default();
    let mut rest = line.trim();
    if let Some((number, after)) = rest.strip_prefix("[").and_then(|rest| rest.split_once("]")) {
        rule.number = Some(number.trim().integer()?);
        rest = after.trim();
    }
    // A comment may have the mark of a comment in it, and nothing before it can.
    if let Some((before, comment)) = rest.split_once(" # ") {
        rule.comment = Some(comment.trim().bytes.to_vec());
        rest = before.trim_end();
    }
    let words = rest.words();
    let at = words.iter().skip(1).position(|word| ACTIONS.contains(&word.bytes)).map(|at| at + 1);
    let at = at.ok_or_else(|| line.expected("`TO ACTION FROM`"))?;
    let text = |from: usize, to: usize| match (words.get(from), words.get(to.wrapping_sub(1))) {
        (Some(first), Some(last)) if to > from => {
            rest.part(first.start() - rest.start(), last.end() - rest.start()).squeezed().into_owned()
        }
        _ => Vec::new(),
    };
    rule.destination = text(0, at);
    rule.action = words[at].bytes.to_vec();
    let directed = words.get(at + 1).is_some_and(|word| matches!(word.bytes, b"IN" | b"OUT" | b"FWD"));
    if directed {
        rule.direction = Some(words[at + 1].bytes.to_vec());
    }
    // `(log)`, `(out)`, `(log-all, out)` stand behind all else; which way a rule goes is said before, too.
    let mut end = words.len();
    let first = words.iter().rposition(|word| word.bytes.starts_with(b"(")).unwrap_or(end);
    let attributes: Vec<&[u8]> = words[first..].iter().map(|word| word.bytes).collect();
    let bare = |word: &[u8]| word.iter().copied().filter(|byte| !matches!(byte, b'(' | b')' | b',')).collect::<Vec<u8>>();
    if !attributes.is_empty() && attributes.iter().all(|word| matches!(&bare(word)[..], b"log" | b"log-all" | b"out")) {
        rule.logging = attributes.iter().map(|word| bare(word)).find(|word| word != b"out");
        end = first;
    }
    rule.source = text(at + 1 + usize::from(directed), end);
    if rule.source.is_empty() {
        return Err(line.expected("`TO ACTION FROM`"));
    }
    let destination = Place::of(&words[..at]);
    let source = Place::of(&words[at + 1 + usize::from(directed)..end]);
    let is_v6 = |address: Option<Field<'_>>| address.is_some_and(|address| address.find(":").is_some());
    rule.is_ipv6 = words.iter().any(|word| word.bytes == b"(v6)") || is_v6(destination.address) || is_v6(source.address);
    let owned = |word: Option<Field<'_>>| word.map(|word| word.bytes.to_vec());
    rule.ports = owned(destination.ports);
    rule.protocol = owned(destination.protocol.or(source.protocol));
    rule.destination_address = owned(destination.address);
    rule.destination_interface = owned(destination.interface);
    rule.source_address = owned(source.address);
    rule.source_ports = owned(source.ports);
    rule.source_interface = owned(source.interface);
    Ok(rule)
}

/// One side of a rule: `192.0.2.0/24 8080:8081/tcp on eth0`, `Anywhere`, `192.0.2.1 Apache Full`.
#[derive(Default)]
struct Place<'a> {
    address: Option<Field<'a>>,
    ports: Option<Field<'a>>,
    protocol: Option<Field<'a>>,
    interface: Option<Field<'a>>,
}

impl<'a> Place<'a> {
    fn of(words: &[Field<'a>]) -> Place<'a> {
        let mut place = Place::default();
        let words: Vec<Field<'a>> = words.iter().copied().filter(|word| word.bytes != b"(v6)").collect();
        let mut rest = &words[..];
        if let [before @ .., on, interface] = rest
            && on.bytes == b"on"
            && !before.is_empty()
        {
            (place.interface, rest) = (Some(*interface), before);
        }
        if let Some((first, after)) = rest.split_first() {
            let (what, protocol) = parted(*first);
            if is_address(what.bytes) || what.bytes == b"Anywhere" {
                place.address = Some(what).filter(|what| what.bytes != b"Anywhere");
                (place.protocol, rest) = (protocol, after);
            }
        }
        // More words, or a word that is no number, are the name of an application, which may also stand in parentheses.
        if let [ports, after @ ..] = rest
            && after.first().is_none_or(|word| word.bytes.starts_with(b"("))
            && let (what, protocol) = parted(*ports)
            && is_ports(what.bytes)
        {
            (place.ports, place.protocol) = (Some(what), protocol.or(place.protocol));
        }
        place
    }
}

/// `22/tcp`, `10.0.0.0/8/esp`: a protocol has a letter, the length of a prefix has none.
fn parted(word: Field<'_>) -> (Field<'_>, Option<Field<'_>>) {
    let parts = word.rsplit_once("/").filter(|(_, end)| end.bytes.iter().any(u8::is_ascii_lowercase));
    parts.map_or((word, None), |(what, protocol)| (what, Some(protocol)))
}

/// `22`, `50200:50300`, `80,443`
fn is_ports(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_digit) && word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b','))
}

/// `192.0.2.1`, `2001:db8::/32`
fn is_address(word: &[u8]) -> bool {
    let address = word.split(|byte| *byte == b'/').next().unwrap_or_default();
    std::str::from_utf8(address).is_ok_and(|address| address.parse::<std::net::IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Ufw;

    #[test]
    fn rules_are_taken_apart() {
        let parsed = parse::<Ufw>(None, b"Status: active\nLogging: on (low)\n\nTo                         Action      From\n--                         ------      ----\n[ 1] 22/tcp (v6)                ALLOW IN    Anywhere (v6)              (log) # why not\nApache Full                DENY OUT    192.168.0.7 8080:8081\n");
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"rule","number":1,"destination":"22/tcp (v6)","action":"ALLOW","direction":"IN","source":"Anywhere (v6)","is_ipv6":true,"ports":"22","protocol":"tcp","destination_address":null,"destination_interface":null,"source_address":null,"source_ports":null,"source_interface":null,"logging":"log","comment":"why not"}"#
        );
        assert!(
            parsed.records[2]
                .contains(r#""destination":"Apache Full","action":"DENY","direction":"OUT","source":"192.168.0.7 8080:8081""#),
            "{parsed:?}"
        );
        assert!(parsed.records[2].contains(r#""source_address":"192.168.0.7","source_ports":"8080:8081""#), "{parsed:?}");
        assert_eq!(parse::<Ufw>(None, b"Status: inactive\n").records.len(), 1);
        assert_eq!(parse::<Ufw>(None, b"Status: inactive\nStatus: inactive\n").records.len(), 2);
        let rule =
            |rule: &str| parse::<Ufw>(None, format!("Status: active\n\nTo Action From\n-- ------ ----\n{rule}\n").as_bytes());
        for (line, expected) in [
            (
                "10.0.0.9 80,443/tcp on eth0 ALLOW IN 2001:db8::/32 53 on wg0",
                r#""is_ipv6":true,"ports":"80,443","protocol":"tcp","destination_address":"10.0.0.9","destination_interface":"eth0","source_address":"2001:db8::/32","source_ports":"53","source_interface":"wg0""#,
            ),
            ("Anywhere/esp DENY Anywhere/esp", r#""is_ipv6":false,"ports":null,"protocol":"esp","destination_address":null"#),
            (
                "10.0.0.9 Web on port 80 ALLOW 10.0.0.0/8/esp",
                r#""ports":null,"protocol":"esp","destination_address":"10.0.0.9","destination_interface":null,"source_address":"10.0.0.0/8""#,
            ),
            (
                "53 ALLOW OUT Anywhere on eth0 (out)",
                r#""source":"Anywhere on eth0","is_ipv6":false,"ports":"53","protocol":null,"destination_address":null,"destination_interface":null,"source_address":null,"source_ports":null,"source_interface":"eth0","logging":null"#,
            ),
            ("53 DENY OUT 192.0.2.1 (log-all, out) # a # b", r#""logging":"log-all","comment":"a # b""#),
            ("80,443/tcp (Web 8) ALLOW Anywhere", r#""ports":"80,443","protocol":"tcp""#),
            (
                "Web 80 ALLOW Anywhere",
                r#""destination":"Web 80","action":"ALLOW","direction":null,"source":"Anywhere","is_ipv6":false,"ports":null"#,
            ),
        ] {
            assert!(rule(line).records[1].contains(expected), "{line}: {:?}", rule(line));
        }
        assert_unrecognised::<Ufw>(["hello\n", "Logging: on\n", ""]);
    }
}
