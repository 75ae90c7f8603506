//! `iostat`: processors and devices. In JSON (`-o JSON`) a column has its title as its name, without the sign of percent.

mod columns;
pub mod record;

use outparse_sdk::document::{Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

use crate::iostat::columns::{Column, column};
use crate::iostat::record::{Cpu, Device, Entry};
use crate::{amount, is_banner, json};

/// Reads `iostat`.
pub struct Iostat {
    /// The columns of devices; the name is one of them.
    columns: Vec<Column>,
    /// The titles of the processors, until their numbers.
    cpu: Option<usize>,
    /// The columns of devices that this report had: where they come again without processors before them, it is the next report.
    reported: Vec<Vec<&'static str>>,
    /// What JSON was printed so far.
    document: Option<Document>,
    sample: i64,
    /// When the report was made.
    timestamp: Option<Vec<u8>>,
    /// When the one was made that is about to begin.
    next_timestamp: Option<Vec<u8>>,
    shaped: Vec<&'static str>,
}

const EXPECTED: &str = "`Linux … (HOST) …`, `avg-cpu: %user …` or the titles `Device …`";

impl Parser for Iostat {
    const ABOUT: About = About {
        name: "iostat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Processors and devices over time, as iostat prints them",
        commands: &["iostat"],
        dialect: "sysstat",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iostat {
            columns: Vec::new(),
            cpu: None,
            reported: Vec::new(),
            document: None,
            sample: 0,
            timestamp: None,
            next_timestamp: None,
            shaped: Vec::new(),
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        if whole.bytes.is_empty() {
            self.columns.clear();
            return Ok(());
        }
        if is_banner(whole.bytes) {
            rows.recognise();
            return Ok(());
        }
        if Document::take(&mut self.document, b'{', !rows.recognised(), line) {
            return Ok(());
        }
        let words = whole.words();
        if words[0].bytes == b"avg-cpu:" {
            self.next_report();
            self.cpu = Some(words.len() - 1);
            rows.recognise();
            return Ok(());
        }
        if let Some(titles) = self.cpu.take() {
            return self.processors(&words, titles, rows);
        }
        let is_title = |word: &Field<'_>| matches!(word.bytes, b"Device" | b"Device:");
        if words.first().is_some_and(is_title) || words.last().is_some_and(is_title) {
            self.columns.clear();
            let columns = words.iter().map(|word| column(word.bytes).ok_or_else(|| word.expected("a title of iostat")));
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            self.begin(columns, rows);
            return Ok(());
        }
        if self.columns.is_empty() {
            // A time stands over a report.
            if rows.recognised() && is_time(&words) {
                self.next_timestamp = Some(whole.bytes.to_vec());
                return Ok(());
            }
            return Err(line.expected(EXPECTED).into());
        }
        Ok(self.device(&words, rows)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            json::reports(&document, |report| self.report(report, rows))?;
        }
        rows.expect_recognised(EXPECTED)
    }
}

/// `11/27/2026 08:00:00 PM`, `2026-11-27T20:00:00+0000`; numbers below a broken title are no time.
fn is_time(words: &[Field<'_>]) -> bool {
    words.len() <= 3
        && words[0].bytes.first().is_some_and(u8::is_ascii_digit)
        && words.iter().any(|word| amount(*word, 1.0).is_err())
}

impl Iostat {
    /// A time stands over its own report alone: where it is missing or broken, that of the report before is none.
    fn next_report(&mut self) {
        self.sample += 1;
        self.timestamp = self.next_timestamp.take();
        self.reported.clear();
    }

    fn processors(&mut self, words: &[Field<'_>], titles: usize, rows: &mut Rows<Entry>) -> Result<(), Error> {
        if words.len() != titles || titles != 6 {
            return Err(Problem::error(format!("expected {titles} numbers, found {}", words.len())).into());
        }
        let number = |at: usize| amount(words[at], 1.0).map(Some);
        rows.push(Entry::Cpu(Cpu {
            user_percent: number(0)?,
            nice_percent: number(1)?,
            system_percent: number(2)?,
            iowait_percent: number(3)?,
            steal_percent: number(4)?,
            idle_percent: number(5)?,
            sample: self.sample,
            timestamp: self.timestamp.clone(),
        }));
        Ok(())
    }

    /// Begins a table of devices.
    fn begin(&mut self, columns: Vec<Column>, rows: &mut Rows<Entry>) {
        self.columns = columns;
        rows.recognise();
        let fields: Vec<&'static str> = self.columns.iter().map(|column| column.field).collect();
        if self.sample == 0 || self.reported.contains(&fields) {
            self.next_report();
        }
        self.reported.push(fields);
        let new: Vec<&'static str> =
            self.columns.iter().map(|column| column.field).filter(|field| !self.shaped.contains(field)).collect();
        if !new.is_empty() {
            self.shaped.extend(new);
            let mut fields = self.shaped.clone();
            fields.extend(["sample", "timestamp"]);
            rows.shape_of(0, fields);
        }
    }

    /// A report in JSON: `{"timestamp": "…", "avg-cpu": {"user": 1.5, …}, "disk": [{"disk_device": "sda", "tps": 0.5, …}]}`.
    fn report(&mut self, report: &Node<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        self.next_report();
        rows.recognise();
        self.timestamp = report.get("timestamp").map(Node::text).transpose()?.map(<[u8]>::to_vec);
        for (name, value) in report.members()? {
            match &**name {
                b"timestamp" => {}
                b"avg-cpu" => {
                    let number = |name: &str| value.get(name).map(|value| Field::from(value.field.bytes).float()).transpose();
                    rows.push(Entry::Cpu(Cpu {
                        user_percent: number("user")?,
                        nice_percent: number("nice")?,
                        system_percent: number("system")?,
                        iowait_percent: number("iowait")?,
                        steal_percent: number("steal")?,
                        idle_percent: number("idle")?,
                        sample: self.sample,
                        timestamp: self.timestamp.clone(),
                    }));
                }
                b"disk" => {
                    for disk in value.items()? {
                        if let Err(problem) = self.disk(disk, rows) {
                            rows.problem(disk.placed(problem));
                        }
                    }
                }
                _ => return Err(value.problem(format!("expected `avg-cpu` or `disk`, found `{}`", name.escape_ascii()))),
            }
        }
        Ok(())
    }

    fn disk(&mut self, disk: &Node<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        let cells = json::cells(disk)?;
        let title = |name: &[u8]| match name {
            b"disk_device" => column(b"Device"),
            _ => column(name).or_else(|| column(&[b"%", name].concat())),
        };
        let unknown = |name: &[u8]| disk.problem(format!("expected a title of iostat, found `{}`", name.escape_ascii()));
        let columns = cells.iter().map(|(name, _)| title(name).ok_or_else(|| unknown(name)));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        self.reported.clear();
        self.begin(columns, rows);
        let words: Vec<Field<'_>> = cells.iter().map(|(_, cell)| *cell).collect();
        self.device(&words, rows)
    }

    fn device(&self, words: &[Field<'_>], rows: &mut Rows<Entry>) -> Result<(), Problem> {
        if words.len() != self.columns.len() {
            return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), words.len())));
        }
        let mut device = Device { sample: self.sample, timestamp: self.timestamp.clone(), ..Device::default() };
        for (column, word) in self.columns.iter().zip(words) {
            if column.field == "device" {
                device.device = word.bytes.to_vec();
                continue;
            }
            let value = Some(amount(*word, column.unit)?);
            let place = match column.field {
                "transfers_per_second" => &mut device.transfers_per_second,
                "bytes_per_second" => &mut device.bytes_per_second,
                "merged_per_second" => &mut device.merged_per_second,
                "written_or_discarded_bytes_per_second" => &mut device.written_or_discarded_bytes_per_second,
                "written_or_discarded_bytes" => &mut device.written_or_discarded_bytes,
                "read_bytes_per_second" => &mut device.read_bytes_per_second,
                "written_bytes_per_second" => &mut device.written_bytes_per_second,
                "discarded_bytes_per_second" => &mut device.discarded_bytes_per_second,
                "read_bytes" => &mut device.read_bytes,
                "written_bytes" => &mut device.written_bytes,
                "discarded_bytes" => &mut device.discarded_bytes,
                "reads_per_second" => &mut device.reads_per_second,
                "writes_per_second" => &mut device.writes_per_second,
                "discards_per_second" => &mut device.discards_per_second,
                "flushes_per_second" => &mut device.flushes_per_second,
                "reads_merged_per_second" => &mut device.reads_merged_per_second,
                "writes_merged_per_second" => &mut device.writes_merged_per_second,
                "discards_merged_per_second" => &mut device.discards_merged_per_second,
                "reads_merged_percent" => &mut device.reads_merged_percent,
                "writes_merged_percent" => &mut device.writes_merged_percent,
                "discards_merged_percent" => &mut device.discards_merged_percent,
                "average_request_size" => &mut device.average_request_size,
                "average_read_size" => &mut device.average_read_size,
                "average_write_size" => &mut device.average_write_size,
                "average_discard_size" => &mut device.average_discard_size,
                "average_queue_size" => &mut device.average_queue_size,
                "wait" => &mut device.wait,
                "read_wait" => &mut device.read_wait,
                "write_wait" => &mut device.write_wait,
                "discard_wait" => &mut device.discard_wait,
                "flush_wait" => &mut device.flush_wait,
                "service_time" => &mut device.service_time,
                _ => &mut device.utilization_percent,
            };
            *place = value;
        }
        rows.push(Entry::Device(Box::new(device)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Iostat;

    #[test]
    fn units_of_the_titles_become_bytes_and_seconds() {
        let capture = "Linux 6.1.0 (vm) \t11/27/26 \t_x86_64_\t(2 CPU)\n\navg-cpu:  %user   %nice %system %iowait  %steal   %idle\n           0.14    0.00    0.16    0.00    0.00   99.70\n\nDevice  r/s  rMB/s avgrq-sz await  %util\nsda    0.50   2.00     8.00  1.50   0.01\n";
        let parsed = parse::<Iostat>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""user_percent":0.14"#), "{parsed:?}");
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"device","device":"sda","read_bytes_per_second":2097152,"reads_per_second":0.5,"average_request_size":4096,"wait":0.0015,"utilization_percent":0.01,"sample":1,"timestamp":null}"#
        );
        assert_any_split::<Iostat>(None, capture.as_bytes());
        let wait = parse::<Iostat>(None, capture.replace(" 1.50 ", " 9.00 ").as_bytes());
        wait.has(1, &[r#""wait":0.009,"#]);
        let human = parse::<Iostat>(None, b"     r/s     rkB/s  %rrqm Device\n   31.36      1.5M  5.6% vda\n");
        assert!(
            human.records[0].contains(r#""read_bytes_per_second":1572864,"reads_per_second":31.36,"reads_merged_percent":5.6"#),
            "{human:?}"
        );
        assert_unrecognised::<Iostat>(["hello\n", "Device what\n", ""]);
    }

    #[test]
    fn devices_alone_and_devices_in_parts_are_counted_by_their_reports() {
        let samples = |capture: &str| {
            let parsed = parse::<Iostat>(None, capture.as_bytes());
            assert_eq!(parsed.problems, [""; 0], "{capture}");
            let sample = |record: &String| record.split("\"sample\":").nth(1).and_then(|rest| rest.chars().next()).unwrap();
            parsed.records.iter().map(sample).collect::<String>()
        };
        let devices = "Device tps\nsda 1.00\nsdb 1.00\n\n";
        assert_eq!(samples(&devices.repeat(3)), "112233");
        let parts = "r/s Device\n1.00 sda\n\nw/s Device\n1.00 sda\n\n";
        assert_eq!(samples(&parts.repeat(2)), "1122");
        let with = format!("avg-cpu:  %user %nice %system %iowait %steal %idle\n 1 1 1 1 1 95\n\n{devices}");
        assert_eq!(samples(&with.repeat(2)), "111222");
    }

    #[test]
    fn a_report_has_no_time_but_its_own() {
        let devices = "Device tps\nsda 1.00\n\n";
        let times = |capture: &str| {
            let parsed =
                parse::<Iostat>(None, format!("Linux 6.1.0 (vm) \t11/27/26 \t_x86_64_\t(2 CPU)\n\n{capture}").as_bytes());
            parsed.records.iter().map(|record| record.split("\"timestamp\":").nth(1).unwrap().to_owned()).collect::<Vec<_>>()
        };
        let first = format!("11/27/2026 08:00:00 PM\n{devices}");
        let time = r#""11/27/2026 08:00:00 PM"}"#;
        assert_eq!(times(&format!("{first}x 08:00:01 PM\n{devices}")), [time, "null}"]);
        assert_eq!(times(&format!("{first}{devices}")), [time, "null}"]);
        // The numbers of processors below broken titles are no time.
        let broken = format!("x  %user %nice %system %iowait %steal %idle\n 1 1 1 1 1 95\n\n{devices}");
        assert_eq!(times(&format!("{first}{broken}")), [time, "null}"]);
    }

    #[test]
    fn short_rows_are_read() {
        let parsed = parse::<Iostat>(
            None,
            b"Device tps kB/s rqm/s await areq-sz aqu-sz %util\nvda 138.32 2.00 29.69 6.07 46.86 0.84 2.44\n",
        );
        assert!(
            parsed.only().contains(r#""bytes_per_second":2048,"merged_per_second":29.69,"average_request_size":47984.64"#),
            "{parsed:?}"
        );
    }

    #[test]
    fn json_has_the_same_records() {
        let json = br#"{"sysstat": {
	"hosts": [{"nodename": "vm", "number-of-cpus": 2,
		"statistics": [
			{"timestamp": "11/29/26 14:05:04",
			 "avg-cpu":  {"user": 0.14, "nice": 0.00, "system": 0.16, "iowait": 0.00, "steal": 0.00, "idle": 99.70},
			 "disk": [{"disk_device": "vda", "r/s": 0.50, "rMB/s": 2.00, "util": 0.01}, {"disk_device": "vdb", "r/s": true}]},
			{"disk": [{"disk_device": "vda", "r/s": 1.50, "rMB/s": 0.00, "util": 0.00}]}
		]}
	]
}}
"#;
        let parsed = parse::<Iostat>(None, json);
        assert_eq!(parsed.problems, ["error: line 6, column 110: expected text or a number, found `true`"]);
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"cpu","user_percent":0.14,"nice_percent":0,"system_percent":0.16,"iowait_percent":0,"steal_percent":0,"idle_percent":99.7,"sample":1,"timestamp":"11/29/26 14:05:04"}"#,
                r#"{"kind":"device","device":"vda","read_bytes_per_second":2097152,"reads_per_second":0.5,"utilization_percent":0.01,"sample":1,"timestamp":"11/29/26 14:05:04"}"#,
                r#"{"kind":"device","device":"vda","read_bytes_per_second":0,"reads_per_second":1.5,"utilization_percent":0,"sample":2,"timestamp":null}"#,
            ]
        );
        assert_unrecognised::<Iostat>(["{}\n", "{\"sysstat\":{\"hosts\":[{}]}}\n", "{\"sysstat\":\n"]);
    }
}
