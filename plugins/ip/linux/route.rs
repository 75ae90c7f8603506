//! `ip route`: a line a route, and an indented one each next hop where a route has several.

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::json;
use crate::words::{self, Words, lifetime};

/// A route.
#[derive(Clone, Debug, Default, Record)]
pub struct Route {
    /// What it leads to: `default`, an address, or a network with its prefix length.
    #[field(key)]
    pub destination: Vec<u8>,
    /// Length of the network prefix in bits; null where none is printed.
    pub prefix_length: Option<i64>,
    /// Type, where it is not `unicast`: `local`, `broadcast`, `unreachable`, `blackhole`, …
    pub r#type: Option<Vec<u8>>,
    /// Next hop.
    pub gateway: Option<Vec<u8>>,
    /// Interface.
    pub interface: Option<Vec<u8>>,
    /// Who set it: `kernel`, `dhcp`, `static`, …
    pub protocol: Option<Vec<u8>>,
    /// Scope: `link`, `host`, `global`, …
    pub scope: Option<Vec<u8>>,
    /// Address that is used as the sender's.
    pub source: Option<Vec<u8>>,
    /// Metric.
    pub metric: Option<i64>,
    /// Routing table, where it is printed.
    pub table: Option<Vec<u8>>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Preference: `low`, `medium`, `high`.
    pub preference: Option<Vec<u8>>,
    /// When it goes away.
    #[field(unit = "seconds", gauge)]
    pub expires: Option<i64>,
    /// Error that a packet gets.
    pub error: Option<i64>,
    /// The next hops, where there are several.
    pub next_hops: Vec<NextHop>,
    /// Flags: `onlink`, `linkdown`, `dead`, …
    pub flags: Vec<Vec<u8>>,
    /// All else, by its keyword.
    pub details: Map<Vec<u8>>,
}

/// One of several next hops.
#[derive(Clone, Debug, Default, Record)]
pub struct NextHop {
    /// Its address.
    pub gateway: Option<Vec<u8>>,
    /// Interface.
    pub interface: Option<Vec<u8>>,
    /// Its share among them.
    pub weight: Option<i64>,
    /// Flags.
    pub flags: Vec<Vec<u8>>,
}

/// Reads `ip route`.
pub struct Routes {
    /// The route whose next hops may follow.
    current: Option<Route>,
    seen: Vec<&'static str>,
    /// Whether `-r` turns addresses into names.
    names: bool,
    /// What `-j` printed so far.
    document: Option<Document>,
}

const TYPES: [&[u8]; 11] = [
    b"unicast",
    b"local",
    b"broadcast",
    b"multicast",
    b"throw",
    b"unreachable",
    b"prohibit",
    b"blackhole",
    b"nat",
    b"anycast",
    b"xresolve",
];
const FLAGS: [&[u8]; 11] = [
    b"onlink",
    b"linkdown",
    b"dead",
    b"pervasive",
    b"offload",
    b"trap",
    b"rt_offload",
    b"rt_trap",
    b"rt_offload_failed",
    b"unresolved",
    b"notify",
];
const KEYWORDS: [&str; 24] = [
    "via", "dev", "proto", "scope", "src", "metric", "table", "mtu", "pref", "expires", "error", "onlink", "linkdown", "dead",
    "nhid", "encap", "realm", "advmss", "hoplimit", "initcwnd", "initrwnd", "window", "tos", "from",
];
/// Keywords with a value of one word each.
const PAIRS: [&[u8]; 22] = [
    b"nhid",
    b"realm",
    b"realms",
    b"tos",
    b"from",
    b"mark",
    b"uid",
    b"iif",
    b"window",
    b"rtt",
    b"rttvar",
    b"ssthresh",
    b"cwnd",
    b"advmss",
    b"reordering",
    b"hoplimit",
    b"initcwnd",
    b"rto_min",
    b"initrwnd",
    b"quickack",
    b"congctl",
    b"fastopen_no_cookie",
];

impl Parser for Routes {
    const ABOUT: About = About {
        name: "routes",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Routes, as ip route prints them",
        commands: &["ip r[oute]", "busybox ip r[oute]"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Route;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref().unwrap_or_default();
        let names = words.iter().any(|word| matches!(word.as_str(), "-r" | "-resolve" | "--resolve"));
        Routes { current: None, seen: Vec::new(), names, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        for part in words::one_line(line.whole()) {
            let indented = part.bytes[0].is_ascii_whitespace();
            match (&mut self.current, indented) {
                (Some(route), true) => below(route, part.trim())?,
                (None, true) => return Err(part.expected("a route, `DESTINATION via GATEWAY dev INTERFACE …`").into()),
                (_, false) => {
                    let route = route(part, self.names)?;
                    self.flush(rows);
                    self.current = Some(route);
                }
            }
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            return json::each_of(document.read_repeated(), rows, |object, rows| {
                self.current = Some(json::route(object)?);
                self.flush(rows);
                Ok(())
            });
        }
        self.flush(rows);
        Ok(())
    }
}

impl Routes {
    fn flush(&mut self, rows: &mut Rows<Route>) {
        let Some(route) = self.current.take() else { return };
        let all = [
            ("destination", true),
            ("prefix_length", true),
            ("type", route.r#type.is_some()),
            ("gateway", true),
            ("interface", true),
            ("protocol", route.protocol.is_some()),
            ("scope", route.scope.is_some()),
            ("source", route.source.is_some()),
            ("metric", route.metric.is_some()),
            ("table", route.table.is_some()),
            ("mtu", route.mtu.is_some()),
            ("preference", route.preference.is_some()),
            ("expires", route.expires.is_some()),
            ("error", route.error.is_some()),
            ("next_hops", !route.next_hops.is_empty()),
            ("flags", !route.flags.is_empty()),
            ("details", !route.details.0.is_empty()),
        ];
        let new: Vec<&str> =
            all.into_iter().filter(|(name, has)| *has && !self.seen.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() {
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(route);
    }
}

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// `ADDRESS`, after the family where that is another one: `via inet6 fe80::1`.
fn via<'a>(words: &mut Words<'a>, keyword: Field<'a>) -> Result<Field<'a>, Problem> {
    let word = words.value(keyword)?;
    if matches!(word.bytes, b"inet" | b"inet6") { words.value(word) } else { Ok(word) }
}

/// `default`, or an address or network.
fn is_destination(text: &[u8]) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'.' | b':' | b'/');
    text == b"default"
        || (text.iter().any(is_mark) && text.iter().all(|byte| byte.is_ascii_hexdigit() || is_mark(byte) || *byte == b'%'))
}

fn route(line: Field<'_>, names: bool) -> Result<Route, Problem> {
    let mut words = Words::of(line);
    let expected = || line.expected("a route, `DESTINATION via GATEWAY dev INTERFACE …`");
    let mut first = words.next().ok_or_else(expected)?;
    let mut route = Route::default();
    // `-N` has the number of a type.
    if TYPES.contains(&first.bytes)
        || (first.as_integer().is_some() && words.peek().is_some_and(|word| is_destination(word.bytes)))
    {
        route.r#type = owned(first);
        first = words.next().ok_or_else(expected)?;
    }
    let is_name = || names && words.peek().is_some_and(|word| KEYWORDS.iter().any(|keyword| keyword.as_bytes() == word.bytes));
    if !(is_destination(first.bytes) || is_name()) {
        return Err(expected());
    }
    route.destination = first.bytes.to_vec();
    route.prefix_length = first.split_once("/").map(|(_, length)| length.integer()).transpose()?;
    options(&mut route, &mut words)?;
    Ok(route)
}

fn options<'a>(route: &mut Route, words: &mut Words<'a>) -> Result<(), Problem> {
    while let Some(word) = words.next() {
        match word.bytes {
            b"via" => route.gateway = owned(via(words, word)?),
            b"dev" => route.interface = owned(words.value(word)?),
            b"proto" => route.protocol = owned(words.value(word)?),
            b"scope" => route.scope = owned(words.value(word)?),
            b"src" => route.source = owned(words.value(word)?),
            b"metric" => route.metric = Some(words.value(word)?.integer()?),
            b"table" => route.table = owned(words.value(word)?),
            b"pref" => route.preference = owned(words.value(word)?),
            b"error" => route.error = Some(words.value(word)?.integer()?),
            b"expires" => route.expires = lifetime(words.value(word)?)?,
            b"mtu" => {
                let mut value = words.value(word)?;
                if value.bytes == b"lock" {
                    route.flags.push(b"mtu_locked".to_vec());
                    value = words.value(value)?;
                }
                route.mtu = Some(value.integer()?);
            }
            b"nexthop" => route.next_hops.push(next_hop(words)?),
            // How packets are wrapped has addresses, and a scope, of its own.
            b"encap" => {
                let value = words.up_to(&["via", "dev", "table", "proto", "metric", "scope"]);
                route.details.0.push((word.bytes.to_vec(), value.bytes.to_vec()));
            }
            // So has an object of next hops.
            b"nh_info" => route.details.0.push((word.bytes.to_vec(), words.up_to(&["nexthop"]).bytes.to_vec())),
            pair if PAIRS.contains(&pair) => {
                let mut value = words.value(word)?;
                if value.bytes == b"lock" {
                    route.flags.push([word.bytes, b"_locked"].concat());
                    value = words.value(value)?;
                }
                route.details.0.push((word.bytes.to_vec(), value.bytes.to_vec()));
            }
            flag if FLAGS.contains(&flag) => route.flags.push(flag.to_vec()),
            _ => {
                let value = words.up_to(&KEYWORDS);
                route.details.0.push((word.bytes.to_vec(), value.bytes.to_vec()));
            }
        }
    }
    Ok(())
}

fn next_hop(words: &mut Words<'_>) -> Result<NextHop, Problem> {
    let mut hop = NextHop::default();
    while let Some(word) = words.peek().filter(|word| word.bytes != b"nexthop") {
        words.next();
        match word.bytes {
            b"via" => hop.gateway = owned(via(words, word)?),
            b"dev" => hop.interface = owned(words.value(word)?),
            b"weight" => hop.weight = Some(words.value(word)?.integer()?),
            _ => hop.flags.push(word.bytes.to_vec()),
        }
    }
    Ok(hop)
}

/// `nexthop via …`, or what the kernel keeps of a route, `cache expires …`.
fn below(route: &mut Route, line: Field<'_>) -> Result<(), Problem> {
    let mut words = Words::of(line);
    if let Some(word) = words.peek().filter(|word| word.bytes == b"cache") {
        words.next();
        route.flags.push(word.bytes.to_vec());
        while words.peek().is_some_and(|word| word.bytes.starts_with(b"<")) {
            words.next().into_iter().for_each(|flag| route.flags.push(flag.bytes.to_vec()));
        }
    }
    options(route, &mut words)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Routes;

    #[test]
    fn next_hops_belong_to_the_route_above() {
        let capture = "default proto static metric 20 \n\tnexthop via 10.0.0.1 dev a weight 1 \n\tnexthop via inet6 fe80::1 dev b weight 2 onlink\n\
            unreachable 10.9.0.0/16 metric 9\n";
        let parsed = parse::<Routes>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#"{"gateway":"fe80::1","interface":"b","weight":2,"flags":["onlink"]}"#),
            "{parsed:?}"
        );
        assert_any_split::<Routes>(None, capture.as_bytes());
    }

    #[test]
    fn each_value_is_its_own_keywords() {
        let capture = "10.64.0.0/16 via 10.1.1.250 dev d0 realms 5/6 mtu lock 1200 window 9999 rtt 300ms advmss 1000 hoplimit lock 7 congctl reno\n\
            10.72.0.0/16  encap ip id 100 src 0.0.0.0 dst 10.1.1.77 ttl 0 tos 0 dev d0 scope link \n\
            unicast 10.70.0.0/16 nhid 10 proto boot scope global \n\tnh_info id 10 group 1,20/2 scope link proto unspec \n\tnexthop via 10.1.1.240 dev d0 weight 20 \n\
            6 10.60.0.0/16 metric 9\n1 default via 10.0.0.1 dev d0 proto 4\n";
        let parsed = parse::<Routes>(None, capture.as_bytes());
        let records = parsed.sound();
        parsed.has(0, &[r#""realms":"5/6","window":"9999","rtt":"300ms","advmss":"1000","hoplimit":"7","congctl":"reno""#]);
        parsed.has(0, &[r#""flags":["mtu_locked","hoplimit_locked"]"#, r#""mtu":1200"#]);
        parsed.has(1, &[r#""encap":"ip id 100 src 0.0.0.0 dst 10.1.1.77 ttl 0 tos 0""#, r#""interface":"d0""#]);
        assert!(!records[1].contains("source"), "{records:?}");
        parsed.has(
            2,
            &[
                r#""protocol":"boot","scope":"global""#,
                r#""nh_info":"id 10 group 1,20/2 scope link proto unspec""#,
                r#""weight":20"#,
            ],
        );
        parsed.has(3, &[r#""destination":"10.60.0.0/16""#, r#""type":"6""#]);
        parsed.has(4, &[r#""destination":"default""#, r#""type":"1""#, r#""protocol":"4""#]);
    }

    #[test]
    fn names_stand_for_addresses_where_they_were_asked_for() {
        let line = "local localhost dev lo proto kernel scope host src 127.0.0.1\n";
        parse::<Routes>(Some(&["ip", "-r", "route"]), line.as_bytes()).has(0, &[r#""destination":"localhost""#]);
        assert_unrecognised::<Routes>([line]);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Routes>(["hello\n", "default via\n", "\tnexthop via 1.2.3.4\n", "x dev eth0\n", "Error: x\n"]);
    }
}
