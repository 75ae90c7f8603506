//! `nft list ruleset` and its parts: blocks within tables, of rules, sets, maps and objects.

mod chain;
mod object;
mod rule;
mod set;
mod table;
mod words;

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

pub use chain::Chain;
pub use object::Object;
pub use rule::Rule;
pub use set::Set;
pub use table::Table;
use table::{EXPECTED, EXPECTED_BLOCK};
use words::without_handle;

use crate::nft_json;

/// What a ruleset has.
#[derive(Clone, Debug, Record)]
pub enum Ruleset {
    /// A rule.
    Rule(Rule),
    /// A chain of rules.
    Chain(Chain),
    /// A set, or a map.
    Set(Set),
    /// A counter, a quota, a limit, a flowtable, …
    Object(Object),
    /// A table.
    Table(Table),
}

/// Reads `nft list`.
pub struct Nft {
    table: Option<Table>,
    block: Block,
    /// Whether elements go on in the next line.
    in_elements: bool,
    /// What `-j` printed so far.
    document: Option<Document>,
}

/// The block within a table that is under way.
enum Block {
    None,
    /// A chain, and how many rules it had so far. It is told with its first rule, or its end.
    Chain {
        chain: Box<Chain>,
        rules: i64,
        is_told: bool,
    },
    Set(Box<Set>),
    Object(Box<Object>),
    /// One whose first line could not be read.
    Lost,
}

impl Parser for Nft {
    const ABOUT: About = About {
        name: "nft",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Rules, chains, sets and objects of nftables, as nft list prints them",
        commands: &["nft list", "nft"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Ruleset;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Nft { table: None, block: Block::None, in_elements: false, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        if self.document.is_some() || self.table.is_none() && whole.bytes.starts_with(b"{") {
            let is_whole = whole.bytes == b"}" || self.document.is_none() && whole.bytes.ends_with(b"}");
            self.document.get_or_insert_default().push(line);
            return if is_whole { self.complete(rows) } else { Ok(()) };
        }
        let (text, handle) = without_handle(whole.trim());
        if text.bytes.is_empty() || text.bytes.starts_with(b"#") {
            return Ok(());
        }
        if text.bytes.ends_with(b"{") {
            self.end_unclosed(text, rows);
        }
        if self.in_elements {
            self.in_elements = match &mut self.block {
                Block::Set(set) => set.read_elements(text),
                _ => false,
            };
            return Ok(());
        }
        if text.bytes == b"}" {
            match self.block {
                Block::None if self.table.is_none() => return Err(text.expected(EXPECTED).into()),
                Block::None => self.end_table(rows),
                _ => self.end_block(rows),
            }
            return Ok(());
        }
        if self.table.is_none() {
            return self.begin_table(text, handle, rows);
        }
        match &mut self.block {
            Block::Lost => Ok(()),
            Block::None => self.table_line(text, handle),
            Block::Chain { chain, rules, is_told } => {
                if chain.read(text)? {
                    return Ok(());
                }
                if !std::mem::replace(is_told, true) {
                    rows.push(Ruleset::Chain((**chain).clone()));
                }
                *rules += 1;
                rows.push(Ruleset::Rule(Rule::read(text, chain, *rules, handle)?));
                Ok(())
            }
            Block::Set(set) => match text.strip_prefix("elements = {") {
                Some(elements) => {
                    self.in_elements = set.read_elements(elements.trim());
                    Ok(())
                }
                None => Ok(set.read(text)?),
            },
            Block::Object(object) => Ok(object.read(text)?),
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.document.is_some() {
            return self.complete(rows);
        }
        self.end_block(rows);
        self.end_table(rows);
        Ok(())
    }
}

impl Nft {
    /// Reads a document, all of whose lines are there.
    fn complete(&mut self, rows: &mut Rows<Ruleset>) -> Result<(), Error> {
        let document = self.document.take().unwrap_or_default();
        let was_recognised = rows.recognised();
        let read = document.read().and_then(|whole| nft_json::read(&whole, rows));
        read.map_err(|problem| if was_recognised { problem.into() } else { Error::Unrecognised(problem) })
    }

    /// `table inet filter {`; `nft list tables` has nothing in them, and no brace.
    fn begin_table(&mut self, text: Field<'_>, handle: Option<i64>, rows: &mut Rows<Ruleset>) -> Result<(), Error> {
        let table = Table::begin(text, handle)?;
        if text.bytes.ends_with(b"{") {
            self.table = Some(table);
        } else {
            rows.push(Ruleset::Table(table));
        }
        rows.recognise();
        Ok(())
    }

    /// A line of a table that stands in no block: one may begin.
    fn table_line(&mut self, text: Field<'_>, handle: Option<i64>) -> Result<(), Error> {
        let Some(table) = &mut self.table else { return Ok(()) };
        let Some(head) = text.strip_suffix("{") else { return Ok(table.read(text)?) };
        let block = begin(head.trim(), table.family.clone(), table.table.clone(), handle);
        let is_known = block.is_some();
        self.block = block.unwrap_or(Block::Lost);
        if is_known { Ok(()) } else { Err(text.expected(EXPECTED_BLOCK).into()) }
    }

    /// Ends what has lost its `}`, before a line that can only stand further out.
    fn end_unclosed(&mut self, text: Field<'_>, rows: &mut Rows<Ruleset>) {
        let is_table = self.table.is_some() && Table::begin(text, None).is_ok();
        let begins = |head: Field<'_>| begin(head.trim(), Vec::new(), Vec::new(), None).is_some();
        let is_block = !matches!(self.block, Block::None) && text.strip_suffix("{").is_some_and(begins);
        if is_table || is_block {
            rows.problem(text.problem("expected the `}` of what stands above".to_owned()));
            self.end_block(rows);
        }
        if is_table {
            self.end_table(rows);
        }
    }

    fn end_block(&mut self, rows: &mut Rows<Ruleset>) {
        self.in_elements = false;
        match std::mem::replace(&mut self.block, Block::None) {
            Block::Chain { chain, is_told: false, .. } => rows.push(Ruleset::Chain(*chain)),
            Block::Set(set) => rows.push(Ruleset::Set(*set)),
            Block::Object(object) => rows.push(Ruleset::Object(*object)),
            Block::None | Block::Lost | Block::Chain { .. } => {}
        }
    }

    fn end_table(&mut self, rows: &mut Rows<Ruleset>) {
        self.table.take().into_iter().for_each(|table| rows.push(Ruleset::Table(table)));
    }
}

/// `chain input`, `ct helper ftp`
fn begin(head: Field<'_>, family: Vec<u8>, table: Vec<u8>, handle: Option<i64>) -> Option<Block> {
    let (what, name) = head.rsplit_once(" ")?;
    let name = name.bytes.to_vec();
    Some(match what.bytes {
        b"chain" => {
            let chain = Box::new(Chain { family, table, chain: name, handle, ..Chain::default() });
            Block::Chain { chain, rules: 0, is_told: false }
        }
        b"set" | b"map" => Block::Set(Box::new(Set { family, table, set: name, handle, ..Set::default() })),
        b"counter" | b"quota" | b"limit" | b"flowtable" | b"secmark" | b"synproxy" | b"ct helper" | b"ct timeout"
        | b"ct expectation" | b"meter" => {
            let r#type = what.bytes.to_vec();
            Block::Object(Box::new(Object { family, table, r#type, name, handle, ..Object::default() }))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Nft;

    const RULES: &[u8] = b"table inet filter { # handle 1\n\tcomment \"the main one\"\n\tflags dormant\n\tcounter web { # handle 3\n\t\tpackets 1 bytes 2\n\t}\n\n\
        \tset blocked {\n\t\ttype ipv4_addr . inet_service\n\t\tflags interval,timeout\n\t\tauto-merge\n\t\ttimeout 1h30m\n\
        \t\telements = { 192.0.2.0/24 . 22 expires 59m59s988ms, 198.51.100.7 comment \"x, } y\",\n\t\t\t     203.0.113.1 }\n\t}\n\n\
        \tmap verdicts {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 192.0.2.1 : accept, 192.0.2.2 : jump other }\n\t}\n\n\
        \tchain input { # handle 7\n\t\ttype filter hook input priority filter - 10; policy drop;\n\
        \t\tiifname \"drop accept\" counter packets 12 bytes 345 accept comment \"known # handle 1\" # handle 9\n\
        \t\ttcp dport { 22, 80 } log prefix \"jump: \" goto other\n\t\tudp dport vmap { 53 : accept, 67 : drop }\n\t}\n\n\tchain other {\n\t}\n}\n\
        table netdev dev {\n\tchain in {\n\t\ttype filter hook ingress devices = { \"lo\", \"eth0\" } priority -5; policy accept;\n\t}\n}\n";

    #[test]
    fn what_begins_behind_a_lost_brace_is_not_of_what_stands_above() {
        let capture = "table ip a {\n\tcounter c {\n\t\tpackets 1 bytes 2\n\tx\n\tchain d {\n\t\taccept\n\tx\n\tchain e {\n\t\tdrop\n\t}\nx\ntable ip b {\n\tchain f {\n\t\treturn\n\t}\n}\n";
        let parsed = parse::<Nft>(None, capture.as_bytes());
        assert_eq!(parsed.problems.len(), 4, "{parsed:?}");
        let rules: Vec<_> = parsed.records.iter().filter(|record| record.contains(r#""kind":"rule""#)).collect();
        for (rule, (place, text)) in [
            (r#""table":"a","chain":"d""#, "accept"),
            (r#""table":"a","chain":"d""#, "x"),
            (r#""table":"a","chain":"e""#, "drop"),
            (r#""table":"b","chain":"f""#, "return"),
        ]
        .into_iter()
        .enumerate()
        {
            assert!(rules[rule].contains(place) && rules[rule].ends_with(&format!(r#""rule":"{text}"}}"#)), "{parsed:?}");
        }
    }

    #[test]
    fn a_ruleset_is_read() {
        let parsed = parse::<Nft>(None, RULES);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"object","family":"inet","table":"filter","type":"counter","name":"web","handle":3,"packets":1,"bytes":2,"options":[]}"#,
                r#"{"kind":"set","family":"inet","table":"filter","set":"blocked","type":"ipv4_addr . inet_service","flags":["interval","timeout"],"timeout":5400,"elements":["192.0.2.0/24 . 22 expires 59m59s988ms","198.51.100.7 comment \"x, } y\"","203.0.113.1"],"options":["auto-merge"]}"#,
                r#"{"kind":"set","family":"inet","table":"filter","set":"verdicts","type":"ipv4_addr","maps_to":"verdict","flags":[],"elements":["192.0.2.1 : accept","192.0.2.2 : jump other"],"options":[]}"#,
                r#"{"kind":"chain","family":"inet","table":"filter","chain":"input","handle":7,"type":"filter","hook":"input","devices":[],"priority":-10,"policy":"drop"}"#,
                r#"{"kind":"rule","family":"inet","table":"filter","chain":"input","number":1,"handle":9,"action":"accept","packets":12,"bytes":345,"comment":"known # handle 1","rule":"iifname \"drop accept\" counter packets 12 bytes 345 accept"}"#,
                r#"{"kind":"rule","family":"inet","table":"filter","chain":"input","number":2,"action":"goto","target":"other","rule":"tcp dport { 22, 80 } log prefix \"jump: \" goto other"}"#,
                r#"{"kind":"rule","family":"inet","table":"filter","chain":"input","number":3,"rule":"udp dport vmap { 53 : accept, 67 : drop }"}"#,
                r#"{"kind":"chain","family":"inet","table":"filter","chain":"other","devices":[]}"#,
                r#"{"kind":"table","family":"inet","table":"filter","handle":1,"flags":["dormant"],"comment":"the main one"}"#,
                r#"{"kind":"chain","family":"netdev","table":"dev","chain":"in","type":"filter","hook":"ingress","devices":["lo","eth0"],"priority":-5,"policy":"accept"}"#,
                r#"{"kind":"table","family":"netdev","table":"dev","flags":[]}"#,
            ]
        );
        assert_any_split::<Nft>(None, RULES);
        assert_eq!(
            parse::<Nft>(None, b"table inet filter\n").only(),
            r#"{"kind":"table","family":"inet","table":"filter","flags":[]}"#
        );
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let text = b"table ip a {\n\tchain b {\n\t\ttype filter hook input priority much; policy drop;\n\t\tcounter packets x bytes 1\n\t\taccept\n\t}\n\twhat is this {\n\t\taccept\n\t}\n\thello\n}\n";
        let parsed = parse::<Nft>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 4), "{parsed:?}");
        assert_unrecognised::<Nft>(["hello\n", "table\n", "table of things\n", "chain input {\n", "}\n"]);
    }

    #[test]
    fn json_has_the_records_of_the_text() {
        let json = r#"{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "t", "handle": 1}}, {"map": {"family": "ip", "name": "m", "table": "t", "type": ["ipv4_addr", "inet_service"], "handle": 2, "map": "verdict", "flags": ["interval"], "timeout": 3600, "size": 9, "elem": [[{"concat": [{"prefix": {"addr": "10.0.0.0", "len": 8}}, {"range": [80, 90]}]}, {"accept": null}], ["x", {"jump": {"target": "o"}}]]}}, {"chain": {"family": "ip", "table": "t", "name": "c", "handle": 3, "type": "filter", "hook": "ingress", "prio": -10, "dev": "eth0", "policy": "drop"}}, {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": 4, "comment": "a b", "expr": [{"counter": {"packets": 5, "bytes": 300}}, {"goto": {"target": "o"}}]}}, {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": 5, "expr": [{"counter": "http"}, {"reject": null}]}}, {"counter": {"family": "ip", "name": "http", "table": "t", "handle": 6, "packets": 1, "bytes": 2}}, {"quota": {"family": "ip", "name": "q", "table": "t", "handle": 7, "bytes": 9}}]}"#;
        let parsed = parse::<Nft>(None, format!("{json}\n").as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"set","family":"ip","table":"t","set":"m","handle":2,"type":"ipv4_addr . inet_service","maps_to":"verdict","flags":["interval"],"timeout":3600,"elements":["10.0.0.0/8 . 80-90 : accept","x : jump o"],"options":["size 9"]}"#,
                r#"{"kind":"chain","family":"ip","table":"t","chain":"c","handle":3,"type":"filter","hook":"ingress","devices":["eth0"],"priority":-10,"policy":"drop"}"#,
                r#"{"kind":"rule","family":"ip","table":"t","chain":"c","number":1,"handle":4,"action":"goto","target":"o","packets":5,"bytes":300,"comment":"a b","rule":"[{\"counter\": {\"packets\": 5, \"bytes\": 300}}, {\"goto\": {\"target\": \"o\"}}]"}"#,
                r#"{"kind":"rule","family":"ip","table":"t","chain":"c","number":2,"handle":5,"action":"reject","rule":"[{\"counter\": \"http\"}, {\"reject\": null}]"}"#,
                r#"{"kind":"object","family":"ip","table":"t","type":"counter","name":"http","handle":6,"packets":1,"bytes":2,"options":[]}"#,
                r#"{"kind":"object","family":"ip","table":"t","type":"quota","name":"q","handle":7,"options":["bytes 9"]}"#,
                r#"{"kind":"table","family":"ip","table":"t","handle":1,"flags":[]}"#,
            ]
        );
        assert_unrecognised::<Nft>(["{}\n", "{\n", "{\"nftables\": 1}\n"]);
    }
}
