//! `journalctl` in the forms `short`, `short-precise`, `short-iso`, `short-iso-precise`, `short-full`, `short-unix`, `short-monotonic` and
//! `with-unit`, and in those of JSON.

use outparse_sdk::document::{self, Document};
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Moment, Parser, Problem, Record, Rows, Source, Time, time};

use crate::entry::{Stamp, iso, tagged, traditional};
use crate::journal_json;

/// An entry of the journal.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry<'a> {
    /// When it was written. Without a year that can be told, null; local, where no offset is printed.
    pub time: Option<Time<6>>,
    /// The time as printed.
    pub timestamp: Option<&'a [u8]>,
    /// Time since the system started (`short-monotonic`, JSON).
    #[field(unit = "seconds")]
    pub since_boot: Option<f64>,
    /// Machine.
    pub host: Option<&'a [u8]>,
    /// Who wrote it: a program's name or, with `with-unit`, its unit.
    pub application: Option<&'a [u8]>,
    /// Process that wrote it.
    pub pid: Option<i64>,
    /// The message.
    pub message: &'a [u8],
    /// Whether it is a further line of the entry before it. In JSON, the message has its line ends.
    pub continues: bool,
    /// All other fields of the entry, by their names (JSON). Several of one name stand on a line each.
    pub details: Map<Vec<u8>>,
}

/// Reads `journalctl`.
pub struct Journal {
    captured: Option<Moment>,
    /// Where messages of the entry before begin, which its further lines are indented to.
    began: bool,
    /// An entry of `json-pretty` that is not complete.
    document: Option<Document>,
}

const EXPECTED: &str = "an entry, `TIME HOST PROGRAM[PID]: MESSAGE`";

impl Parser for Journal {
    const ABOUT: About = About {
        name: "journal",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Entries of the journal, as journalctl prints them",
        commands: &["journalctl"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Journal { captured: source.clock(), began: false, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if let Some(document) = &mut self.document {
            document.push(line);
            if line.bytes != b"}" {
                return Ok(());
            }
            let complete = self.document.take().unwrap_or_default();
            self.begin_json(rows);
            return Ok(journal_json::push(&complete.read()?, rows)?);
        }
        if line.bytes == b"{" {
            let mut document = Document::default();
            document.push(line);
            self.document = Some(document);
            return Ok(());
        }
        // `json-sse` and `json-seq` have marks before each entry.
        let object = whole.strip_prefix("data: ").or_else(|| whole.strip_prefix("\x1e")).unwrap_or(whole);
        if object.bytes.starts_with(b"{\"") {
            let entry = document::read(object.bytes, line.number)?;
            self.begin_json(rows);
            return Ok(journal_json::push(&entry, rows)?);
        }
        if line.bytes.is_empty()
            || line.bytes.starts_with(b"-- ") && line.bytes.ends_with(b" --")
            || line.bytes.starts_with(b"-- Logs begin at ")
        {
            rows.recognise();
            return Ok(());
        }
        if self.began && line.bytes.starts_with(b"   ") {
            rows.push(Entry { message: whole.trim_start().bytes, continues: true, ..Entry::default() });
            return Ok(());
        }
        let mut entry = Entry::default();
        let rest = self.stamp(whole, &mut entry).ok_or_else(|| line.expected(EXPECTED))?;
        let rest = rest.strip_prefix(" ").unwrap_or(rest);
        let (host, rest) = rest.split_once(" ").ok_or_else(|| line.expected(EXPECTED))?;
        entry.host = Some(host.bytes);
        let tag = tagged(rest);
        if !self.began && tag.application.is_none() {
            return Err(line.expected(EXPECTED).into());
        }
        (entry.application, entry.pid, entry.message) = (tag.application, tag.pid, tag.message);
        if !self.began {
            self.began = true;
            let always = ["time", "timestamp", "host", "application", "pid", "message", "continues"];
            rows.shape(always.into_iter().chain(entry.since_boot.is_some().then_some("since_boot")));
        }
        if entry.time.is_none() && entry.since_boot.is_none() {
            rows.warn_once("year", || {
                Problem::warning("the year is not printed, so `time` is null; `--captured-at` says when it was, `journalctl -o short-iso` prints it")
            });
        }
        rows.push(entry);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            // It has no end, and so this is what is said of it.
            document.read()?;
        }
        rows.expect_recognised(EXPECTED)
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let chosen = words.iter().any(|word| word.starts_with("-o") || word.starts_with("--output"));
        (!chosen).then(|| ["-o".to_owned(), "short-iso-precise".to_owned()].into_iter().chain(words.iter().cloned()).collect())
    }
}

impl Journal {
    /// Says which fields entries in JSON have.
    fn begin_json(&mut self, rows: &mut Rows<Entry<'static>>) {
        if !std::mem::replace(&mut self.began, true) {
            rows.shape(journal_json::FIELDS);
        }
    }

    /// Reads the time of an entry. Returns what follows.
    fn stamp<'a>(&self, line: Field<'a>, entry: &mut Entry<'a>) -> Option<Field<'a>> {
        if let Some(Stamp { text, time, rest }) = traditional(line, self.captured).or_else(|| iso(line)) {
            (entry.time, entry.timestamp) = (time, Some(text.bytes));
            return Some(rest);
        }
        // `[   12.345678] host …`
        if let Some((inside, rest)) = line.strip_prefix("[").and_then(|line| line.split_once("]")) {
            entry.timestamp = Some(inside.trim().bytes);
            entry.since_boot = Some(inside.trim().as_float()?);
            return Some(rest);
        }
        let end = line.find(" ")?;
        let (first, rest) = line.split_at(end);
        // `1583143200.123456 host …`
        if first.bytes.first().is_some_and(u8::is_ascii_digit) && first.bytes.contains(&b'.') {
            (entry.time, entry.timestamp) = (Some(Time::epoch(first.bytes)?), Some(first.bytes));
            return Some(rest);
        }
        // `Mon 2020-03-02 10:00:00 UTC host …`
        if first.is_weekday() {
            let [_, date, clock, zone] = line.fields_and_rest().ok()?;
            let zone = zone.fields().next()?;
            let local: Time<6> = Time::iso(&[date.bytes, b" ", clock.bytes].concat())?;
            entry.time = Some(time::zone_offset(zone.bytes).map_or(local, |offset| local.with_offset(offset)));
            let (text, rest) = line.split_at(zone.end() - line.start());
            entry.timestamp = Some(text.bytes);
            return Some(rest);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Journal;

    #[test]
    fn each_form_has_its_time() {
        for (line, time) in [
            ("2020-03-02T10:00:00+0100 h a[1]: m: n", r#""time":"2020-03-02T10:00:00+01:00""#),
            ("2020-03-02T10:00:00.5+01:00 h a[1]: m: n", r#""time":"2020-03-02T10:00:00.500+01:00""#),
            ("Mon 2020-03-02 10:00:00 UTC h a[1]: m: n", r#""time":"2020-03-02T10:00:00Z""#),
            ("1583143200.250000 h a[1]: m: n", r#""time":"2020-03-02T10:00:00.250Z""#),
            ("Mar 02 10:00:00 h a[1]: m: n", r#""time":null,"timestamp":"Mar 02 10:00:00""#),
            ("[   12.5] h a[1]: m: n", r#""since_boot":12.5"#),
        ] {
            let parsed = parse::<Journal>(None, format!("{line}\n        more\n-- Boot x --\n").as_bytes());
            assert_eq!(parsed.records.len(), 2, "{line} {parsed:?}");
            assert!(parsed.records[0].contains(time), "{line} {parsed:?}");
            assert!(
                parsed.records[0].ends_with(r#""host":"h","application":"a","pid":1,"message":"m: n","continues":false}"#),
                "{parsed:?}"
            );
            assert!(parsed.records[1].ends_with(r#""message":"more","continues":true}"#), "{parsed:?}");
        }
    }

    #[test]
    fn json_has_what_the_other_forms_have_and_all_other_fields() {
        let entry = r#"{"MESSAGE":"m: n","__REALTIME_TIMESTAMP":"1583143200250000","_PID":"1","SYSLOG_IDENTIFIER":"a","_COMM":"b","_HOSTNAME":"h","PRIORITY":"6","X":[1,255],"Y":["u","v"],"__MONOTONIC_TIMESTAMP":"12500000"}"#;
        let record = "{\"time\":\"2020-03-02T10:00:00.250Z\",\"since_boot\":12.5,\"host\":\"h\",\"application\":\"a\",\"pid\":1,\"message\":\"m: n\",\"continues\":false,\"details\":{\"PRIORITY\":\"6\",\"X\":\"\\u0001\u{fffd}\",\"Y\":\"u\\nv\",\"_COMM\":\"b\"}}";
        let pretty = format!("{{\n\t{}\n}}\n", entry.trim_matches(['{', '}']).replace(",\"", ",\n\t\""));
        for capture in [format!("{entry}\n"), format!("\x1e{entry}\n"), format!("data: {entry}\n\n"), pretty.clone()] {
            let parsed = parse::<Journal>(None, capture.as_bytes());
            assert_eq!((parsed.only(), &parsed.problems[..]), (record, &[][..]), "{capture}");
            assert_any_split::<Journal>(None, capture.as_bytes());
        }
        let large = parse::<Journal>(None, entry.replace("\"m: n\"", "null").as_bytes());
        assert_eq!((large.records.len(), large.problems.len()), (1, 1), "{large:?}");
        let broken = parse::<Journal>(None, format!("{entry}\n{}\n", entry.replace("\"1\"", "\"x\"")).as_bytes());
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 1), "{broken:?}");
        assert_unrecognised::<Journal>(["{\"a\":1}\n", "{\"a\":\n", "{\n}\n", "{\n"]);
        assert_eq!(parse::<Journal>(None, &pretty.as_bytes()[..pretty.len() - 2]).records.len(), 0);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Journal>([
            "hello\n",
            "Mar 02 10:00:00\n",
            "Mar 2 x h a: b\n",
            "    a\n",
            "No journal files were found.\n",
        ]);
    }
}
