//! `dig`: the sections of a message, a line a resource record, and around them what is known of the message.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time, time};

/// What `dig` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A resource record, or a question.
    ResourceRecord(ResourceRecord),
    /// A message that a server sent.
    Response(Box<Response>),
}

/// A resource record.
#[derive(Clone, Debug, Default, Record)]
pub struct ResourceRecord {
    /// Section of the message: `question`, `answer`, `authority`, `additional`; null where no section is named.
    pub record_section: Option<&'static str>,
    /// The name that it is about.
    pub name: Option<Vec<u8>>,
    /// How long it may be kept.
    #[field(unit = "seconds")]
    pub time_to_live: Option<i64>,
    /// Class: `IN`.
    pub class: Option<Vec<u8>>,
    /// Type: `A`, `MX`, …
    pub r#type: Option<Vec<u8>>,
    /// Its data, as text; null of a question.
    pub data: Option<Vec<u8>>,
    /// Number of the message, from 1.
    pub response: i64,
}

/// A message.
#[derive(Clone, Debug, Default, Record)]
pub struct Response {
    /// Its ID.
    pub message_id: Option<i64>,
    /// Kind of query: `QUERY`, …
    pub opcode: Option<Vec<u8>>,
    /// Outcome: `NOERROR`, `NXDOMAIN`, …
    pub status: Option<Vec<u8>>,
    /// Flags: `qr`, `rd`, `ra`, `aa`, …
    pub flags: Vec<Vec<u8>>,
    /// Number of questions.
    pub questions: Option<i64>,
    /// Number of answers.
    pub answers: Option<i64>,
    /// Number of records in the authority section.
    pub authorities: Option<i64>,
    /// Number of additional records, that of EDNS included.
    pub additionals: Option<i64>,
    /// Version of EDNS.
    pub edns_version: Option<i64>,
    /// Flags of EDNS.
    pub edns_flags: Vec<Vec<u8>>,
    /// Largest message that the server takes by UDP.
    #[field(unit = "bytes")]
    pub edns_udp_size: Option<i64>,
    /// Options of EDNS, such as `COOKIE`.
    pub edns_options: Map<Vec<u8>>,
    /// Time that the query took.
    #[field(unit = "seconds")]
    pub query_time: Option<f64>,
    /// Server that answered, as printed.
    pub server: Option<Vec<u8>>,
    /// Address of the server.
    pub server_address: Option<Vec<u8>>,
    /// Port of the server.
    pub server_port: Option<i64>,
    /// When it was answered: local, as zones are printed by name; with an offset where that is UTC.
    pub time: Option<Time>,
    /// The same as printed.
    pub when: Option<Vec<u8>>,
    /// Size of the message.
    #[field(unit = "bytes")]
    pub received: Option<i64>,
    /// What is said of a zone's transfer.
    pub transfer: Option<Vec<u8>>,
    /// Number of the message, from 1.
    pub response: i64,
}

/// Reads `dig`.
pub struct Dig {
    short: bool,
    /// Whether `+identify` says behind each answer who gave it.
    identify: bool,
    section: Option<&'static str>,
    response: Option<Response>,
    number: i64,
    /// A record whose parentheses are not closed.
    open: Option<Vec<u8>>,
    /// Whether a record of options goes on.
    in_options: bool,
    /// Whether a line above has begun the message whose header comes next.
    is_announced: bool,
}

const EXPECTED: &str = "a line of dig: `; <<>> DiG …`, a section, or `NAME TTL CLASS TYPE DATA`";

impl Parser for Dig {
    const ABOUT: About = About {
        name: "dig",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Answers of the domain name system, as dig prints them",
        commands: &["dig"],
        dialect: "bind",
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let has = |wanted: &str| source.arguments.as_deref().unwrap_or_default().iter().any(|word| word == wanted);
        Dig {
            short: has("+short"),
            identify: has("+identify"),
            section: None,
            response: None,
            number: 0,
            open: None,
            in_options: false,
            is_announced: false,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.section = None;
            return Ok(());
        }
        if self.short {
            if rows.made() == 0 {
                rows.shape_of(0, ["data"]);
            }
            if line.bytes.starts_with(b";;") {
                return Err(Error::malformed(whole.trim_start().bytes_text()));
            }
            let data = if self.identify { without_server(whole) } else { whole };
            rows.push(Entry::ResourceRecord(ResourceRecord { data: Some(data.bytes.to_vec()), ..ResourceRecord::default() }));
            return Ok(());
        }
        if line.bytes.starts_with(b";") {
            return self.comment(whole, rows);
        }
        let text = match self.open.take() {
            Some(open) => [&open, &b" "[..], without_comment(line.bytes).trim_ascii_start()].concat(),
            None => without_comment(line.bytes).to_vec(),
        };
        if is_open(&text) {
            self.open = Some(text);
            return Ok(());
        }
        let text = without_parentheses(&text);
        let record = self.record(Field::from(text.as_slice())).map_err(|problem| Problem { column: 0, ..problem })?;
        rows.push(Entry::ResourceRecord(record));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        if self.open.is_some() {
            return Err(Error::malformed("the parentheses of the last record are not closed"));
        }
        Ok(())
    }
}

trait Text {
    fn bytes_text(&self) -> String;
}

impl Text for Field<'_> {
    fn bytes_text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }
}

impl Dig {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(response) = self.response.take() {
            rows.push(Entry::Response(Box::new(response)));
        }
    }

    fn begin(&mut self, rows: &mut Rows<Entry>) {
        self.flush(rows);
        self.number += 1;
        self.response = Some(Response { response: self.number, ..Response::default() });
    }

    /// A line that begins with `;`.
    fn comment(&mut self, line: Field<'_>, rows: &mut Rows<Entry>) -> Result<(), Error> {
        if let Some(header) = line.strip_prefix(";; ->>HEADER<<- ") {
            if !std::mem::take(&mut self.is_announced) {
                self.begin(rows);
            }
            let response = self.response.get_or_insert_default();
            for part in header.split(", ") {
                let (name, value) = part.split_once(": ").ok_or_else(|| part.expected("`opcode:`, `status:` or `id:`"))?;
                match name.bytes {
                    b"opcode" => response.opcode = Some(value.bytes.to_vec()),
                    b"status" => response.status = Some(value.bytes.to_vec()),
                    b"id" => response.message_id = Some(value.integer()?),
                    _ => {}
                }
            }
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b"; <<>> DiG")
            || line.bytes.starts_with(b";; global options:")
            || line.bytes.starts_with(b"; (")
            || line.bytes.starts_with(b";; Got answer")
        {
            // What follows is of another message than the one above, also where its header is broken or a transfer has none.
            if line.bytes.starts_with(b";; Got answer") {
                self.begin(rows);
                self.is_announced = true;
            } else if line.bytes.starts_with(b"; <<>> DiG") {
                self.flush(rows);
            }
            rows.recognise();
            return Ok(());
        }
        if let Some(flags) = line.strip_prefix(";; flags: ").or_else(|| line.strip_prefix(";; flags:"))
            && let Some(response) = &mut self.response
        {
            let (flags, counts) = flags.split_once(";").ok_or_else(|| flags.expected("`;` after the flags"))?;
            response.flags = flags.fields().map(|flag| flag.bytes.to_vec()).collect();
            for part in counts.split(",") {
                let Some((name, value)) = part.split_once(": ") else { continue };
                let number = Some(value.split(";").next().unwrap_or(value).trim().integer()?);
                match name.trim().bytes {
                    b"QUERY" | b"ZONE" => response.questions = number,
                    b"ANSWER" | b"PREREQ" => response.answers = number,
                    b"AUTHORITY" | b"UPDATE" => response.authorities = number,
                    b"ADDITIONAL" => response.additionals = number,
                    _ => {}
                }
            }
            return Ok(());
        }
        if let Some(name) = line.strip_prefix(";; ").and_then(|line| line.trim_end().strip_suffix(" SECTION:")) {
            self.in_options = false;
            self.section = Some(match name.bytes {
                b"QUESTION" => "question",
                b"ANSWER" => "answer",
                b"AUTHORITY" => "authority",
                b"ADDITIONAL" => "additional",
                _ => return Err(line.expected("a section that is known").into()),
            });
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b";; OPT PSEUDOSECTION:") {
            self.in_options = true;
            return Ok(());
        }
        if let Some(text) = line.strip_prefix(";; ") {
            self.trailer(text, rows)?;
            return Ok(());
        }
        let text = line.split_at(1).1;
        if self.section == Some("question") {
            let [name, rest] = text.fields_and_rest()?;
            let [class, kind] = rest.fields_and_rest()?;
            rows.push(Entry::ResourceRecord(ResourceRecord {
                record_section: self.section,
                name: Some(name.bytes.to_vec()),
                class: Some(class.bytes.to_vec()),
                r#type: Some(kind.trim().bytes.to_vec()),
                response: self.number,
                ..ResourceRecord::default()
            }));
            return Ok(());
        }
        if let Some(response) = self.response.as_mut().filter(|_| self.in_options) {
            options(response, text.trim())?;
            return Ok(());
        }
        if rows.recognised() { Ok(()) } else { Err(line.expected(EXPECTED).into()) }
    }

    /// A line after the sections.
    fn trailer(&mut self, text: Field<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        let Some((name, value)) = text.split_once(": ") else {
            if text.find("no servers could be reached").is_some()
                || text.find("timed out").is_some()
                || text.find("failed").is_some()
            {
                rows.recognise();
                return Err(text.problem(text.bytes_text()));
            }
            return Ok(());
        };
        if self.response.is_none() && matches!(name.bytes, b"Query time" | b"SERVER") {
            self.begin(rows);
        }
        let Some(response) = &mut self.response else { return Ok(()) };
        let value = value.trim();
        match name.bytes {
            b"Query time" => {
                let (number, unit) = value.split_once(" ").ok_or_else(|| value.expected("a time such as `25 msec`"))?;
                let power = match unit.bytes {
                    b"msec" => -3,
                    b"usec" => -6,
                    _ => return Err(unit.expected("`msec` or `usec`")),
                };
                response.query_time = Some(number.float_e(power)?);
            }
            b"SERVER" => {
                response.server = Some(value.bytes.to_vec());
                if let Some((address, rest)) = value.split_once("#") {
                    response.server_address = Some(address.bytes.to_vec());
                    response.server_port = rest.split("(").next().and_then(|port| port.trim().as_integer());
                }
            }
            b"WHEN" => {
                response.when = Some(value.bytes.to_vec());
                response.time = when(value);
            }
            b"MSG SIZE  rcvd" => response.received = Some(value.integer()?),
            b"XFR size" => response.transfer = Some(value.bytes.to_vec()),
            _ => {}
        }
        Ok(())
    }

    /// `NAME TTL CLASS TYPE DATA`, of which the time and the class may be left out.
    fn record(&self, line: Field<'_>) -> Result<ResourceRecord, Problem> {
        let expected = || line.expected(EXPECTED);
        let [name, mut rest] = line.fields_and_rest()?;
        let mut record = ResourceRecord {
            record_section: self.section,
            name: Some(name.bytes.to_vec()),
            response: self.number,
            ..ResourceRecord::default()
        };
        let [word, after] = rest.fields_and_rest().map_err(|_| expected())?;
        if let Some(ttl) = ttl(word) {
            record.time_to_live = Some(ttl);
            rest = after;
        }
        let [word, after] = rest.fields_and_rest().map_err(|_| expected())?;
        if matches!(word.bytes, b"IN" | b"CH" | b"HS" | b"CHAOS" | b"ANY" | b"NONE") || word.bytes.starts_with(b"CLASS") {
            record.class = Some(word.bytes.to_vec());
            rest = after;
        }
        let [kind, data] = rest.fields_and_rest().map_err(|_| expected())?;
        let is_type = !kind.bytes.is_empty()
            && kind.bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-');
        if !is_type || record.time_to_live.is_none() && record.class.is_none() {
            return Err(expected());
        }
        record.r#type = Some(kind.bytes.to_vec());
        record.data = Some(data.trim_end().bytes.to_vec());
        Ok(record)
    }
}

/// Seconds, or with `+ttlunits` `1d2h3m4s`.
fn ttl(word: Field<'_>) -> Option<i64> {
    if let Some(seconds) = word.as_integer() {
        return Some(seconds);
    }
    let mut total = 0;
    let mut number = None;
    for &byte in word.bytes {
        match byte {
            b'0'..=b'9' => number = Some(number.unwrap_or(0) * 10 + i64::from(byte - b'0')),
            _ => {
                let factor = match byte {
                    b'w' => 604_800,
                    b'd' => 86_400,
                    b'h' => 3600,
                    b'm' => 60,
                    b's' => 1,
                    _ => return None,
                };
                total += number.take()? * factor;
            }
        }
    }
    number.is_none().then_some(total).filter(|_| word.bytes.first().is_some_and(u8::is_ascii_digit))
}

/// The bytes with their places, and whether each means what it is: it is in no quotes, and no backslash stands before it.
fn bytes(text: &[u8]) -> impl Iterator<Item = (usize, u8, bool)> {
    let (mut quoted, mut escaped) = (false, false);
    text.iter().enumerate().map(move |(at, &byte)| {
        let bare = !quoted && !escaped;
        quoted ^= byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        (at, byte, bare)
    })
}

/// What stands before a comment that is in no quotes.
fn without_comment(line: &[u8]) -> &[u8] {
    let comment = bytes(line).find(|(_, byte, bare)| *bare && *byte == b';');
    comment.map_or(line, |(at, ..)| line[..at].trim_ascii_end())
}

/// `192.0.2.1 from server 192.0.2.9 in 3 ms.`, without the server.
fn without_server(line: Field<'_>) -> Field<'_> {
    line.rsplit_once(" from server ").map_or(line, |(data, _)| data)
}

/// The same record as if it stood in one line: parentheses in no quotes only join lines.
fn without_parentheses(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for (_, byte, bare) in bytes(text) {
        let joins = matches!(byte, b'(' | b')');
        let doubled = byte == b' ' && plain.last() == Some(&b' ');
        if !bare || !joins && !doubled {
            plain.push(byte);
        }
    }
    plain.trim_ascii_end().to_vec()
}

/// Whether a parenthesis is open.
fn is_open(text: &[u8]) -> bool {
    let bare = bytes(text).filter(|(.., bare)| *bare);
    bare.map(|(_, byte, _)| i32::from(byte == b'(') - i32::from(byte == b')')).sum::<i32>() > 0
}

/// `EDNS: version: 0, flags: do; MBZ: 0x0005, udp: 4096`, `COOKIE: 1f (good)`
fn options(response: &mut Response, text: Field<'_>) -> Result<(), Problem> {
    let Some((name, value)) = text.split_once(": ") else { return Ok(()) };
    if name.bytes != b"EDNS" {
        response.edns_options.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        return Ok(());
    }
    for part in value.bytes.split(|byte| matches!(byte, b',' | b';')).map(Field::from) {
        let part = part.trim();
        match part.split_once(":").map(|(name, value)| (name.bytes, value.trim())) {
            Some((b"version", version)) => response.edns_version = Some(version.integer()?),
            Some((b"flags", flags)) => response.edns_flags = flags.fields().map(|flag| flag.bytes.to_vec()).collect(),
            Some((b"udp", size)) => response.edns_udp_size = Some(size.integer()?),
            Some((name, value)) => response.edns_options.0.push((name.to_vec(), value.bytes.to_vec())),
            None => {}
        }
    }
    Ok(())
}

/// `Wed Oct 30 05:13:22 PDT 2019`
fn when(text: Field<'_>) -> Option<Time> {
    let words = text.words();
    let (month, day, clock, zone, year) = match words[..] {
        [_, month, day, clock, zone, year] => (month, day, clock, Some(zone), year),
        [_, month, day, clock, year] => (month, day, clock, None, year),
        _ => return None,
    };
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
    Some(zone.and_then(|zone| time::zone_offset(zone.bytes)).map_or(local, |offset| local.with_offset(offset)))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Dig;

    const MESSAGE: &str = "\n; <<>> DiG 9.18 <<>> example.org\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7\n\
        ;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags: do; udp: 4096\n; COOKIE: 1f (good)\n\
        ;; QUESTION SECTION:\n;example.org.\t\t\tIN\tTXT\n\n;; ANSWER SECTION:\nexample.org.\t\t300\tIN\tTXT\t\"a ; (b\" \"c\"\n\n;; Query time: 25 msec\n\
        ;; SERVER: 192.0.2.2#53(192.0.2.2) (UDP)\n;; WHEN: Wed Oct 30 05:13:22 UTC 2019\n;; MSG SIZE  rcvd: 95\n\n";

    #[test]
    fn what_follows_a_broken_header_is_of_no_message_above() {
        let message = |header: &str, time: u8| {
            format!(
                "\n; <<>> DiG 9.18 <<>> a\n;; global options: +cmd\n;; Got answer:\n{header}\n;; flags: qr; QUERY: 0, ANSWER: 0\n\n;; Query time: {time} msec\n"
            )
        };
        let capture = message(";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7", 1) + &message(";; ->>HEAD", 2);
        let parsed = parse::<Dig>(None, capture.as_bytes());
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#""message_id":7"#) && parsed.records[0].contains(r#""query_time":0.001"#),
            "{parsed:?}"
        );
        assert!(
            parsed.records[1].contains(r#""message_id":null"#) && parsed.records[1].contains(r#""query_time":0.002"#),
            "{parsed:?}"
        );
    }

    #[test]
    fn a_message_is_its_records_and_what_is_known_of_it() {
        let parsed = parse::<Dig>(None, MESSAGE.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#""record_section":"question","name":"example.org.","time_to_live":null"#),
            "{parsed:?}"
        );
        assert!(
            parsed.records[1].contains(r#""time_to_live":300,"class":"IN","type":"TXT","data":"\"a ; (b\" \"c\"""#),
            "{parsed:?}"
        );
        for part in [
            r#""edns_flags":["do"],"edns_udp_size":4096,"edns_options":{"COOKIE":"1f (good)"},"query_time":0.025"#,
            r#""server_address":"192.0.2.2","server_port":53,"time":"2019-10-30T05:13:22Z""#,
        ] {
            assert!(parsed.records[2].contains(part), "{parsed:?}");
        }
        assert_any_split::<Dig>(None, MESSAGE.as_bytes());
    }

    #[test]
    fn records_alone_and_over_lines_and_short_ones_are_read() {
        let alone = parse::<Dig>(None, b"a.org.\t\t47\tIN\tA\t192.0.2.1\n");
        assert_eq!(alone.records.len(), 1);
        let lines = parse::<Dig>(None, b"a.org.\t\t1h30m IN SOA ns. me. (\n\t\t7 ; serial\n\t\t300 )\n");
        assert!(
            lines.records[0].contains(r#""time_to_live":5400,"class":"IN","type":"SOA","data":"ns. me. 7 300""#),
            "{lines:?}"
        );
        let short = parse::<Dig>(Some(&["dig", "+short", "a.org"]), b"192.0.2.1\n\"a b\"\n");
        assert_eq!(
            short.records,
            [r#"{"kind":"resource_record","data":"192.0.2.1"}"#, r#"{"kind":"resource_record","data":"\"a b\""}"#]
        );
        let named = parse::<Dig>(Some(&["dig", "+short", "+identify"]), b"192.0.2.1 from server 192.0.2.9 in 3 ms.\n");
        assert_eq!(named.records, [r#"{"kind":"resource_record","data":"192.0.2.1"}"#]);
        let one = parse::<Dig>(None, b"a.org. 60 IN TXT \"a (  b\" \"c\"\na.org. 60 IN SOA ns.a.org. x.a.org. 2026 7200\n");
        let several = parse::<Dig>(
            None,
            b"a.org. 60 IN TXT ( \"a (  b\"\n\t\t\"c\" )\na.org. 60 IN SOA ns.a.org. x.a.org. (\n\t\t2026  ; serial\n\t\t7200  ; refresh (2 hours)\n\t\t)\n",
        );
        assert_eq!(one.sound(), several.sound());
        assert_unrecognised::<Dig>(["hello\n", "a b c\n", "; x\n", "192.0.2.1\n"]);
    }
}
