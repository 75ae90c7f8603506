//! `dig`: the sections of a message, a line a resource record, and around them what is known of the message.

mod record;
mod response;
mod zone_text;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use record::EXPECTED;
pub use record::ResourceRecord;
pub use response::Response;
use zone_text::{is_open, without_comment, without_parentheses};

/// What `dig` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A resource record, or a question.
    ResourceRecord(ResourceRecord),
    /// A message that a server sent.
    Response(Box<Response>),
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
            // Where the way down from the root is traced, no header begins a message.
            number: i64::from(has("+trace")),
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
                return Err(Error::malformed(String::from_utf8_lossy(whole.trim_start().bytes)));
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
        let record = ResourceRecord::read(Field::from(text.as_slice()), self.section, self.number);
        let record = record.map_err(|problem| Problem { column: 0, ..problem })?;
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
            self.response.get_or_insert_default().read_header(header)?;
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b";; Got answer") {
            // What follows is of another message than the one above, also where its header is broken or a transfer has none.
            self.begin(rows);
            self.is_announced = true;
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b"; <<>> DiG") {
            self.flush(rows);
            let is_trace = line.fields().any(|word| word.bytes == b"+trace");
            self.number = self.number.max(i64::from(is_trace));
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b";; global options:") || line.bytes.starts_with(b"; (") {
            rows.recognise();
            return Ok(());
        }
        if let Some(flags) = line.strip_prefix(";; flags: ").or_else(|| line.strip_prefix(";; flags:"))
            && let Some(response) = &mut self.response
        {
            return Ok(response.read_flags(flags)?);
        }
        if let Some(name) = line.strip_prefix(";; ").and_then(|line| line.trim_end().strip_suffix(" SECTION:")) {
            self.in_options = false;
            // What stands below a title that is broken is of no section above it.
            self.section = section(name.bytes);
            if self.section.is_none() {
                return Err(line.expected("a section that is known").into());
            }
            rows.recognise();
            return Ok(());
        }
        if let Some(name) = line.strip_prefix(";; ").and_then(|line| line.trim_end().strip_suffix(" PSEUDOSECTION:")) {
            (self.in_options, self.section) = (name.bytes == b"OPT", None);
            return Ok(());
        }
        if let Some(text) = line.strip_prefix(";; ") {
            return Ok(self.trailer(text, rows)?);
        }
        let text = line.split_at(1).1;
        if self.section == Some("question") {
            rows.push(Entry::ResourceRecord(ResourceRecord::question(text, self.section, self.number)?));
            return Ok(());
        }
        if let Some(response) = self.response.as_mut().filter(|_| self.in_options) {
            return Ok(response.read_options(text.trim())?);
        }
        // `; Transfer failed.`
        Err(line.expected(EXPECTED).into())
    }

    /// A line after the sections, or one in which dig says what went wrong.
    fn trailer(&mut self, text: Field<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        if let Some(received) = text.strip_prefix("Received ") {
            // Where the way down from the root is traced, this ends a message.
            let mut response = Response { response: self.number, ..Response::default() };
            response.read_received(received)?;
            self.flush(rows);
            self.number += 1;
            rows.push(Entry::Response(Box::new(response)));
            return Ok(());
        }
        if let Some((name, value)) = text.split_once(": ").filter(|(name, _)| Response::TRAILERS.contains(&name.bytes)) {
            if self.response.is_none() {
                self.begin(rows);
            }
            return self.response.get_or_insert_default().read_trailer(name.bytes, value.trim());
        }
        let failures = ["no servers could be reached", "timed out", "failed", "communications error"];
        let said = text.problem(String::from_utf8_lossy(text.bytes));
        if failures.iter().any(|failure| text.find(failure).is_some()) {
            rows.recognise();
            return Err(said);
        }
        // `WARNING: recursion requested but not available`, `Truncated, retrying in TCP mode.`
        rows.problem(said.into_warning());
        Ok(())
    }
}

/// The name of a section in records.
fn section(title: &[u8]) -> Option<&'static str> {
    Some(match title {
        b"QUESTION" => "question",
        b"ANSWER" => "answer",
        b"AUTHORITY" => "authority",
        b"ADDITIONAL" => "additional",
        _ => return None,
    })
}

/// `192.0.2.1 from server 192.0.2.9 in 3 ms.`, without the server.
fn without_server(line: Field<'_>) -> Field<'_> {
    line.rsplit_once(" from server ").map_or(line, |(data, _)| data)
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
    fn records_below_a_broken_title_are_not_of_the_section_above() {
        let text = MESSAGE.replace("\n\n;; ANSWER SECTION:", "\n;; ANSWR SECTION:");
        let parsed = parse::<Dig>(None, text.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        parsed.has(1, &[r#""record_section":null,"name":"example.org.","time_to_live":300"#]);
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
    fn what_dig_warns_of_is_told() {
        let warned = MESSAGE.replace("\n\n;; OPT", "\n;; WARNING: recursion requested but not available\n\n;; OPT");
        let parsed = parse::<Dig>(None, warned.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        assert!(parsed.problems[0].starts_with("warning: ") && parsed.problems[0].contains("recursion requested"), "{parsed:?}");
        assert_any_split::<Dig>(None, warned.as_bytes());
        let refused =
            format!(";; communications error to 192.0.2.2#53: timed out\n;; Truncated, retrying in TCP mode.\n{MESSAGE}");
        assert_eq!(parse::<Dig>(None, refused.as_bytes()).problems.len(), 2);
        let failed = parse::<Dig>(
            None,
            b"\n; <<>> DiG 9.18 <<>> AXFR a\n; (1 server found)\n;; global options: +cmd\n; Transfer failed.\n",
        );
        assert_eq!((failed.records.len(), failed.problems.len()), (0, 1), "{failed:?}");
        let option = MESSAGE.replace("; COOKIE: 1f (good)", "; COOKI");
        assert_eq!(parse::<Dig>(None, option.as_bytes()).problems.len(), 1);
    }

    #[test]
    fn what_a_header_says_is_read_or_told() {
        let zero = parse::<Dig>(None, MESSAGE.replace("qr rd ra; QUERY", "qr rd; MBZ: 0x4; QUERY").as_bytes());
        zero.has(2, &[r#""flags":["qr","rd","MBZ: 0x4"],"questions":1,"answers":1"#]);
        assert!(zero.problems.is_empty(), "{zero:?}");
        for (from, to) in [("ANSWER: 1", "ANSER: 1"), ("ANSWER: 1", "1"), ("ANSWER: 1", "ANSWER: x"), ("id: 7", "idd: 7")] {
            let broken = parse::<Dig>(None, MESSAGE.replace(from, to).as_bytes());
            assert_eq!((broken.records.len(), broken.problems.len()), (3, 1), "{to}: {broken:?}");
        }
    }

    #[test]
    fn each_step_of_a_trace_is_a_message() {
        let parsed = parse::<Dig>(
            Some(&["dig", "+trace", "a.org"]),
            b"\n; <<>> DiG 9.18 <<>> +trace a.org\n;; global options: +cmd\n.\t\t5 IN NS a.root.\n;; Received 239 bytes from 192.0.2.1#53(b) in 4 ms\n\n\
            a.org.\t\t47\tIN\tA\t192.0.2.1\n;; Received 40 bytes from 2001:db8::1#53(a.root) in 12 ms\n\n",
        );
        parsed.has(0, &[r#""type":"NS","data":"a.root.","response":1"#]);
        parsed.has(
            1,
            &[
                r#""query_time":0.004,"server":"192.0.2.1#53(b)","server_address":"192.0.2.1","server_port":53"#,
                r#""received":239"#,
                r#""response":1"#,
            ],
        );
        parsed.has(2, &[r#""data":"192.0.2.1","response":2"#]);
        parsed.has(3, &[r#""received":40"#, r#""response":2"#]);
        assert!(parsed.problems.is_empty(), "{parsed:?}");
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
