//! `nft list ruleset` and its parts: blocks within tables, of rules, sets, maps and objects.

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, time};

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

/// A rule.
#[derive(Clone, Debug, Default, Record)]
pub struct Rule {
    /// Family of its table: `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its chain.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its place in the chain, from 1.
    #[field(key)]
    pub number: i64,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// What becomes of a packet: `accept`, `drop`, `reject`, `jump`, `goto`, `masquerade`, `dnat`, …; null where nothing does, or a map says it.
    pub action: Option<Vec<u8>>,
    /// The chain that `jump` and `goto` lead to.
    pub target: Option<Vec<u8>>,
    /// Packets that its counter counted; null without one, and where it is not shown (`-s`).
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes that its counter counted.
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// All of it but handle and comment, as printed: with `-j` its expressions in JSON.
    pub rule: Vec<u8>,
}

/// A chain of rules.
#[derive(Clone, Debug, Default, Record)]
pub struct Chain {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub chain: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// What it is for: `filter`, `nat`, `route`; null of one that only rules lead to.
    pub r#type: Option<Vec<u8>>,
    /// Where packets come to it: `input`, `prerouting`, …
    pub hook: Option<Vec<u8>>,
    /// Devices whose packets come to it, where it is for these.
    pub devices: Vec<Vec<u8>>,
    /// Its place among those of the same hook.
    pub priority: Option<i64>,
    /// What becomes of a packet that no rule takes.
    pub policy: Option<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
}

/// A set, or a map.
#[derive(Clone, Debug, Default, Record)]
pub struct Set {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub set: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// Type of its elements: `ipv4_addr`, `inet_service`, `ipv4_addr . inet_service`.
    pub r#type: Option<Vec<u8>>,
    /// Type of what a map leads to; null of a set.
    pub maps_to: Option<Vec<u8>>,
    /// `interval`, `timeout`, `dynamic`, `constant`.
    pub flags: Vec<Vec<u8>>,
    /// Time after which an element goes.
    #[field(unit = "seconds")]
    pub timeout: Option<f64>,
    /// Its elements, each as printed.
    pub elements: Vec<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// What else is set, as printed.
    pub options: Vec<Vec<u8>>,
}

/// A counter, a quota, a limit, a flowtable, …
#[derive(Clone, Debug, Default, Record)]
pub struct Object {
    /// Family of its table.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its table.
    #[field(key)]
    pub table: Vec<u8>,
    /// What it is: `counter`, `quota`, `limit`, `flowtable`, `ct helper`, …
    pub r#type: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// Packets counted.
    #[field(counter)]
    pub packets: Option<i64>,
    /// Bytes counted.
    #[field(unit = "bytes", counter)]
    pub bytes: Option<i64>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
    /// What it is made of, as printed.
    pub options: Vec<Vec<u8>>,
}

/// A table.
#[derive(Clone, Debug, Default, Record)]
pub struct Table {
    /// Its family.
    #[field(key)]
    pub family: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub table: Vec<u8>,
    /// Its handle (`-a`).
    pub handle: Option<i64>,
    /// `dormant`, `owner`.
    pub flags: Vec<Vec<u8>>,
    /// The comment on it.
    pub comment: Option<Vec<u8>>,
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
    Chain(Box<Chain>, i64, bool),
    Set(Box<Set>),
    Object(Box<Object>),
    /// One whose first line could not be read.
    Lost,
}

const EXPECTED: &str = "`table FAMILY NAME {`";

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
            return self.elements(text);
        }
        if text.bytes == b"}" {
            match self.block {
                Block::None if self.table.is_none() => return Err(text.expected(EXPECTED).into()),
                Block::None => self.end_table(rows),
                _ => self.end_block(rows),
            }
            return Ok(());
        }
        let Some(table) = &mut self.table else {
            let table = table(text, handle)?;
            if text.bytes.ends_with(b"{") {
                self.table = Some(table);
            } else {
                // `nft list tables` has nothing in them.
                rows.push(Ruleset::Table(table));
            }
            rows.recognise();
            return Ok(());
        };
        match &mut self.block {
            Block::Lost => Ok(()),
            Block::None => {
                if let Some(head) = text.strip_suffix("{") {
                    let (family, name) = (table.family.clone(), table.table.clone());
                    self.block = begin(head.trim(), family, name, handle).unwrap_or(Block::Lost);
                    return match self.block {
                        Block::Lost => Err(text.expected("`chain NAME {`, `set NAME {` or their like").into()),
                        _ => Ok(()),
                    };
                }
                match text.split_once(" ").map(|(word, rest)| (word.bytes, rest)) {
                    Some((b"comment", rest)) => table.comment = Some(unquoted(rest)),
                    Some((b"flags", rest)) => table.flags = list(rest),
                    _ => return Err(text.expected("`chain NAME {`, `set NAME {` or their like").into()),
                }
                Ok(())
            }
            Block::Chain(chain, number, is_told) => {
                if chain.read(text)? {
                    return Ok(());
                }
                if !std::mem::replace(is_told, true) {
                    rows.push(Ruleset::Chain((**chain).clone()));
                }
                *number += 1;
                rows.push(Ruleset::Rule(rule(text, chain, *number, handle)?));
                Ok(())
            }
            Block::Set(set) => {
                if let Some(elements) = text.strip_prefix("elements = {") {
                    self.in_elements = true;
                    return self.elements(elements.trim());
                }
                set.read(text)
            }
            Block::Object(object) => object.read(text),
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

    /// Ends what has lost its `}`, before a line that can only stand further out.
    fn end_unclosed(&mut self, text: Field<'_>, rows: &mut Rows<Ruleset>) {
        let is_table = self.table.is_some() && table(text, None).is_ok();
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
            Block::Chain(chain, _, false) => rows.push(Ruleset::Chain(*chain)),
            Block::Set(set) => rows.push(Ruleset::Set(*set)),
            Block::Object(object) => rows.push(Ruleset::Object(*object)),
            Block::None | Block::Lost | Block::Chain(..) => {}
        }
    }

    fn end_table(&mut self, rows: &mut Rows<Ruleset>) {
        self.table.take().into_iter().for_each(|table| rows.push(Ruleset::Table(table)));
    }

    /// Elements between commas, the last of them before `}`.
    fn elements(&mut self, text: Field<'_>) -> Result<(), Error> {
        let Block::Set(set) = &mut self.block else {
            self.in_elements = false;
            return Ok(());
        };
        let pieces = pieces(text, b',');
        for piece in pieces {
            let piece = piece.trim();
            let (piece, is_last) = match piece.strip_suffix("}").filter(|inner| !inner.bytes.contains(&b'{')) {
                Some(inner) => (inner.trim(), true),
                None => (piece, false),
            };
            if !piece.bytes.is_empty() {
                set.elements.push(piece.bytes.to_vec());
            }
            self.in_elements &= !is_last;
        }
        Ok(())
    }
}

/// `table inet filter {`
fn table(text: Field<'_>, handle: Option<i64>) -> Result<Table, Error> {
    let expected = || text.expected(EXPECTED);
    let rest = text.strip_prefix("table ").ok_or_else(expected)?;
    let rest = rest.strip_suffix("{").unwrap_or(rest).trim();
    let (family, name) = rest.split_once(" ").ok_or_else(expected)?;
    if !matches!(family.bytes, b"ip" | b"ip6" | b"inet" | b"arp" | b"bridge" | b"netdev") || name.bytes.contains(&b' ') {
        return Err(expected().into());
    }
    Ok(Table { family: family.bytes.to_vec(), table: name.bytes.to_vec(), handle, ..Table::default() })
}

/// `chain input`, `ct helper ftp`
fn begin(head: Field<'_>, family: Vec<u8>, table: Vec<u8>, handle: Option<i64>) -> Option<Block> {
    let (what, name) = head.rsplit_once(" ")?;
    let name = name.bytes.to_vec();
    Some(match what.bytes {
        b"chain" => Block::Chain(Box::new(Chain { family, table, chain: name, handle, ..Chain::default() }), 0, false),
        b"set" | b"map" => Block::Set(Box::new(Set { family, table, set: name, handle, ..Set::default() })),
        b"counter" | b"quota" | b"limit" | b"flowtable" | b"secmark" | b"synproxy" | b"ct helper" | b"ct timeout"
        | b"ct expectation" | b"meter" => {
            let r#type = what.bytes.to_vec();
            Block::Object(Box::new(Object { family, table, r#type, name, handle, ..Object::default() }))
        }
        _ => return None,
    })
}

impl Chain {
    /// `type filter hook input priority filter; policy drop;`, or a comment. False for a rule.
    fn read(&mut self, text: Field<'_>) -> Result<bool, Error> {
        if let Some(comment) = text.strip_prefix("comment ") {
            self.comment = Some(unquoted(comment));
            return Ok(true);
        }
        if !text.bytes.starts_with(b"type ") {
            return Ok(false);
        }
        for part in text.split(";").map(|part| part.trim()).filter(|part| !part.bytes.is_empty()) {
            let mut words = pieces(part, b' ').into_iter().filter(|word| !word.bytes.is_empty()).peekable();
            while let Some(word) = words.next() {
                let mut value = || words.next().ok_or_else(|| part.expected("a value after each word"));
                match word.bytes {
                    b"type" => self.r#type = Some(value()?.bytes.to_vec()),
                    b"hook" => self.hook = Some(value()?.bytes.to_vec()),
                    b"policy" => self.policy = Some(value()?.bytes.to_vec()),
                    b"device" => self.devices.push(unquoted(value()?)),
                    b"devices" => {
                        // `devices = { "a", "b" }`
                        value()?;
                        let inner = value()?;
                        let inner = inner.strip_prefix("{").and_then(|inner| inner.strip_suffix("}")).unwrap_or(inner);
                        self.devices = pieces(inner, b',').into_iter().map(|device| unquoted(device.trim())).collect();
                    }
                    b"priority" => {
                        let name = value()?;
                        let mut priority = self.priority_of(name)?;
                        if let Some(sign) = words.next_if(|word| matches!(word.bytes, b"+" | b"-")) {
                            let number = words.next().ok_or_else(|| part.expected("a number"))?.integer()?;
                            priority = if sign.bytes == b"+" {
                                priority.saturating_add(number)
                            } else {
                                priority.saturating_sub(number)
                            };
                        }
                        self.priority = Some(priority);
                    }
                    _ => return Err(word.expected("`type`, `hook`, `device`, `priority` or `policy`").into()),
                }
            }
        }
        Ok(true)
    }

    /// A number, or the name of one.
    fn priority_of(&self, name: Field<'_>) -> Result<i64, Problem> {
        let is_bridge = self.family == b"bridge";
        Ok(match name.bytes {
            b"raw" => -300,
            b"mangle" => -150,
            b"dstnat" if is_bridge => -300,
            b"dstnat" => -100,
            b"filter" if is_bridge => -200,
            b"filter" => 0,
            b"out" => 100,
            b"security" => 50,
            b"srcnat" if is_bridge => 300,
            b"srcnat" => 100,
            _ => name.integer()?,
        })
    }
}

impl Set {
    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        let (word, rest) = text.split_once(" ").unwrap_or((text, text.split_at(usize::MAX).1));
        match word.bytes {
            b"type" | b"typeof" => {
                let (keys, data) = rest.split_once(" : ").map_or((rest, None), |(keys, data)| (keys, Some(data)));
                self.r#type = Some(keys.bytes.to_vec());
                self.maps_to = data.map(|data| data.bytes.to_vec());
            }
            b"flags" => self.flags = list(rest),
            b"timeout" => self.timeout = Some(duration(rest).ok_or_else(|| rest.expected("a duration such as `1h30m`"))?),
            b"comment" => self.comment = Some(unquoted(rest)),
            _ => self.options.push(text.bytes.to_vec()),
        }
        Ok(())
    }
}

impl Object {
    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        if let Some(comment) = text.strip_prefix("comment ") {
            self.comment = Some(unquoted(comment));
            return Ok(());
        }
        if self.r#type == b"counter"
            && let Some((packets, bytes)) = text.strip_prefix("packets ").and_then(|rest| rest.split_once(" bytes "))
        {
            (self.packets, self.bytes) = (Some(packets.integer()?), Some(bytes.integer()?));
            return Ok(());
        }
        self.options.push(text.bytes.to_vec());
        Ok(())
    }
}

/// `tcp dport 22 counter packets 12 bytes 345 jump other comment "x"`
fn rule(text: Field<'_>, chain: &Chain, number: i64, handle: Option<i64>) -> Result<Rule, Error> {
    let (text, comment) = match text.strip_suffix("\"").and_then(|inner| inner.rsplit_once(" comment \"")) {
        Some((before, comment)) => (before, Some(comment.bytes.to_vec())),
        None => (text, None),
    };
    let mut rule = Rule {
        family: chain.family.clone(),
        table: chain.table.clone(),
        chain: chain.chain.clone(),
        number,
        handle,
        comment,
        rule: text.bytes.to_vec(),
        ..Rule::default()
    };
    let words: Vec<Field<'_>> = pieces(text, b' ').into_iter().filter(|word| !word.bytes.is_empty()).collect();
    for (at, word) in words.iter().enumerate() {
        let after = |further: usize| words.get(at + further).copied();
        match word.bytes {
            b"counter" if after(1).is_some_and(|word| word.bytes == b"packets") => {
                let number = |further: usize| after(further).map(|word| word.integer()).transpose();
                (rule.packets, rule.bytes) = (number(2)?, number(4)?);
            }
            b"jump" | b"goto" => {
                rule.action = Some(word.bytes.to_vec());
                rule.target = after(1).map(|chain| chain.bytes.to_vec());
            }
            b"accept" | b"drop" | b"return" | b"continue" | b"queue" | b"reject" | b"masquerade" | b"redirect" | b"dnat"
            | b"snat" | b"tproxy"
                if rule.action.is_none() =>
            {
                rule.action = Some(word.bytes.to_vec());
            }
            _ => {}
        }
    }
    Ok(rule)
}

/// What stands before `# handle NUMBER`, and the number.
fn without_handle(text: Field<'_>) -> (Field<'_>, Option<i64>) {
    let parts = text.rsplit_once("# handle ");
    match parts.and_then(|(before, number)| Some((before.trim(), number.as_integer()?))) {
        Some((before, number)) => (before, Some(number)),
        None => (text, None),
    }
}

/// Between separators that stand in no quotes, braces or parentheses.
fn pieces(text: Field<'_>, separator: u8) -> Vec<Field<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut depth, mut quoted) = (0, 0_i32, false);
    for (at, byte) in text.bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth = (depth - 1).max(0),
            byte if *byte == separator && depth == 0 => {
                pieces.push(text.part(from, at));
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text.part(from, text.bytes.len()));
    pieces
}

fn unquoted(text: Field<'_>) -> Vec<u8> {
    text.strip_prefix("\"").and_then(|text| text.strip_suffix("\"")).unwrap_or(text).bytes.to_vec()
}

fn list(text: Field<'_>) -> Vec<Vec<u8>> {
    text.split(",").map(|item| item.trim().bytes.to_vec()).collect()
}

/// `1d2h3m4s5ms`
fn duration(text: Field<'_>) -> Option<f64> {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    time::spelt_duration(text.trim(), &units).map(|thousandths| thousandths as f64 / 1000.0)
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
