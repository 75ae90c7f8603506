//! `sar`: a table an activity, again and again, each row as soon as it is there.

mod columns;
pub mod devices;
pub mod icmp;
pub mod memory;
pub mod network;
pub mod network6;
pub mod nfs;
pub mod pressure;
pub mod processors;
pub mod sample;
pub mod sensors;
pub mod subject;

use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Problem, Rows, Source};

use crate::sar::columns::{COLUMNS, Reading};
use crate::sar::sample::Sample;
use crate::{clock, is_banner};

/// Reads `sar`.
pub struct Sar {
    columns: Vec<(Reading, Place)>,
    /// The processors whose numbers stand side by side, in a table of interrupts (`-I -P`), and the column for their names.
    processors: Option<(Place, Vec<Vec<u8>>)>,
    timestamp: Option<Place>,
    /// The columns of processors and interrupts, of which there are totals, and the one that says so.
    totals: Option<(Vec<Place>, Place)>,
    /// Whether the columns of the table are not known: its rows are left out.
    unknown: bool,
    /// Whether a blank line stands before this one, as before each table.
    is_after_blank: bool,
}

const EXPECTED: &str = "`Linux … (HOST) …`, or `TIME` and the titles of an activity";

impl Parser for Sar {
    const ABOUT: About = About {
        name: "sar",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What a system did over time, as sar prints it",
        commands: &["sar"],
        dialect: "sysstat",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<Sample>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Sar { columns: Vec::new(), processors: None, timestamp: None, totals: None, unknown: false, is_after_blank: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        let is_after_blank = std::mem::replace(&mut self.is_after_blank, whole.bytes.is_empty());
        if whole.bytes.is_empty() {
            return Ok(());
        }
        if is_banner(whole.bytes) {
            rows.recognise();
            return Ok(());
        }
        let words = whole.words();
        let Some((skip, time)) = clock(&words) else { return Err(line.expected(EXPECTED).into()) };
        let cells = &words[skip..];
        // After a restart of the system a line says so.
        if let [first, second, ..] = cells
            && first.bytes == b"LINUX"
            && second.bytes == b"RESTART"
        {
            rows.warn_once("restart", || line.whole().problem("the system was started anew here"));
            return Ok(());
        }
        // So does one with a comment of the one who keeps the file.
        if cells.first().is_some_and(|first| first.bytes == b"COM") {
            rows.warn_once("comments", || line.whole().problem("comments are left out"));
            return Ok(());
        }
        if is_heading(cells, is_after_blank && rows.recognised()) {
            return self.heading(cells, rows);
        }
        if self.unknown {
            return Ok(());
        }
        if self.columns.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        if self.processors.is_some() {
            return self.interrupt(&time, cells, rows);
        }
        let has_rest = self.columns.last().is_some_and(|(reading, _)| *reading == Reading::Rest);
        let fits = if has_rest { cells.len() >= self.columns.len() } else { cells.len() == self.columns.len() };
        if !fits {
            return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), cells.len())).into());
        }
        let mut values = Vec::with_capacity(cells.len());
        for ((reading, place), cell) in self.columns.iter().zip(cells) {
            let cell = if *reading == Reading::Rest { whole.split_at(cell.start() - whole.start()).1 } else { *cell };
            if let Some(value) = value(*reading, cell)? {
                values.push((*place, value));
            }
        }
        self.put(&time, &values, rows);
        Ok(())
    }
}

/// Titles have a letter where numbers have none; a table of names alone has a title in capitals first. Where a table may begin, no
/// word that is a number is enough: there is one at least in each row.
fn is_heading(words: &[Field<'_>], may_begin: bool) -> bool {
    let is_title = |word: &Field<'_>| COLUMNS.iter().any(|(title, ..)| title.as_bytes() == word.bytes);
    if processors(words).is_some() {
        return true;
    }
    let is_rate = |word: &Field<'_>| word.bytes.ends_with(b"/s") || word.bytes.starts_with(b"%") || word.bytes.starts_with(b"kb");
    let known = words.iter().filter(|word| is_title(word) || is_rate(word)).count();
    let has_digits =
        words.iter().any(|word| word.bytes.strip_prefix(b"-").unwrap_or(word.bytes).first().is_none_or(u8::is_ascii_digit));
    words.len() > 1 && (known == words.len() || (may_begin || known > words.len() / 2) && !has_digits)
}

impl Sar {
    fn heading(&mut self, titles: &[Field<'_>], rows: &mut Rows<Cells<Sample>>) -> Result<(), Error> {
        rows.recognise();
        self.columns.clear();
        let processors = processors(titles);
        let titles = if processors.is_some() { &titles[..1] } else { titles };
        let mut found = Vec::with_capacity(titles.len());
        let is_nfs = titles.iter().any(|title| title.bytes == b"call/s");
        for word in titles {
            match COLUMNS.iter().find(|(title, ..)| title.as_bytes() == word.bytes) {
                // TCP has a title of the same name.
                Some((_, _, reading)) if is_nfs && word.bytes == b"retrans/s" => {
                    found.push(("nfs_retransmissions_per_second", *reading))
                }
                Some((_, field, reading)) => found.push((field, *reading)),
                None => {
                    self.unknown = true;
                    return Err(word.expected("a title of `sar`: the rows of this table are left out").into());
                }
            }
        }
        self.unknown = false;
        rows.begin_table();
        self.timestamp = Some(rows.column("timestamp"));
        if processors.is_some() {
            found.push(("interrupts_per_second", Reading::Float));
        }
        self.processors = processors.map(|names| (rows.column("cpu"), names));
        self.columns = found.iter().map(|(field, reading)| (*reading, rows.column(field))).collect();
        let subjects = found.iter().map(|(field, _)| *field).chain(self.processors.iter().map(|_| "cpu"));
        let counted: Vec<Place> =
            subjects.filter(|field| matches!(*field, "cpu" | "interrupt")).map(|field| rows.column(field)).collect();
        self.totals = (!counted.is_empty()).then(|| (counted, rows.column("is_total")));
        rows.end_heading();
        Ok(())
    }

    /// Makes a record of each processor's number.
    fn interrupt(&self, time: &str, cells: &[Field<'_>], rows: &mut Rows<Cells<Sample>>) -> Result<(), Error> {
        let (Some((cpu, names)), [(_, name), (reading, rate)]) = (&self.processors, &self.columns[..]) else { return Ok(()) };
        let Some((first, rates)) = cells.split_first().filter(|(_, rates)| rates.len() == names.len()) else {
            return Err(Problem::error(format!("expected {} fields, found {}", names.len() + 1, cells.len())).into());
        };
        let rates = rates.iter().map(|cell| value(*reading, *cell)).collect::<Result<Vec<_>, Problem>>()?;
        for (processor, number) in names.iter().zip(rates) {
            let mut values = vec![(*name, CellValue::Text(first.bytes)), (*cpu, CellValue::Text(processor))];
            values.extend(number.map(|number| (*rate, number)));
            self.put(time, &values, rows);
        }
        Ok(())
    }

    fn put(&self, time: &str, values: &[(Place, CellValue<'_>)], rows: &mut Rows<Cells<Sample>>) {
        if let Some(place) = self.timestamp {
            rows.put(place, CellValue::Text(time.as_bytes()));
        }
        if let Some((counted, is_total)) = &self.totals {
            let is_all = |(place, value): &(Place, CellValue<'_>)| {
                counted.contains(place) && matches!(value, CellValue::Text(b"all" | b"sum"))
            };
            rows.put(*is_total, CellValue::Boolean(values.iter().any(is_all)));
        }
        rows.put_row(values);
    }
}

/// `INTR all CPU0 CPU1`: the processors, as other tables name them.
fn processors(titles: &[Field<'_>]) -> Option<Vec<Vec<u8>>> {
    let (first, others) = titles.split_first()?;
    let name = |title: &Field<'_>| match title.strip_prefix("CPU") {
        Some(number) if number.as_integer().is_some() => Some(number.bytes.to_vec()),
        _ => (title.bytes == b"all").then(|| b"all".to_vec()),
    };
    let names: Option<Vec<Vec<u8>>> = others.iter().map(name).collect();
    // Of all together alone, there is no processor to tell.
    names.filter(|names| first.bytes == b"INTR" && names.iter().any(|name| name != b"all"))
}

/// The value of a cell; nothing where there is none.
fn value(reading: Reading, cell: Field<'_>) -> Result<Option<CellValue<'_>>, Problem> {
    if matches!(cell.bytes, b"-" | b"nan" | b"-nan") {
        return Ok(None);
    }
    let whole = |unit: i64| -> Result<CellValue<'_>, Problem> {
        Ok(CellValue::Integer(match cell.integer() {
            Ok(number) => number.saturating_mul(unit),
            // An average has decimals.
            Err(problem) => match cell.float() {
                Ok(number) => (number * unit as f64) as i64,
                Err(_) => cell.size(outparse_sdk::Base::Binary).map_err(|_| problem)?,
            },
        }))
    };
    Ok(Some(match reading {
        Reading::Text | Reading::Rest => CellValue::Text(cell.bytes),
        Reading::Integer => whole(1)?,
        Reading::Kibibytes => whole(1 << 10)?,
        Reading::Mebibytes => whole(1 << 20)?,
        Reading::Milli => CellValue::Float(cell.float_e(-3)?),
        Reading::Mega => CellValue::Float(cell.float_e(6)?),
        Reading::Float => CellValue::Float(crate::amount(cell, 1.0)?),
        Reading::Blocks => CellValue::Float(crate::amount(cell, 512.0)?),
        Reading::Kibi => CellValue::Float(crate::amount(cell, 1024.0)?),
    }))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use super::Sar;

    const TEXT: &[u8] = b"Linux 6.1.0-18-amd64 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42 PM     CPU     %user     %idle\n02:21:43 PM     all      0.50     98.99\n\
        \n02:21:42 PM    kbmemfree  %memused\n02:21:43 PM     17475480      1.40\n\n02:21:42 PM        IFACE   rxpck/s    rxkB/s   %ifutil\n02:21:43 PM         eth0      2.00      1.50      0.00\n\
        \nAverage:        CPU     %user     %idle\nAverage:        all      0.25     99.00\n\nAverage:    kbmemfree  %memused\nAverage:     17475480      1.40\n\
        \nSummary:     MBfsfree  MBfsused FILESYSTEM\nSummary:       225733     32286 /dev/vda\n";

    #[test]
    fn each_activity_has_its_fields() {
        let parsed = parse::<Sar>(None, TEXT);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"timestamp":"02:21:43 PM","cpu":"all","is_total":true,"user_percent":0.5,"idle_percent":98.99}"#,
                r#"{"timestamp":"02:21:43 PM","free":17894891520,"memory_used_percent":1.4}"#,
                r#"{"timestamp":"02:21:43 PM","interface":"eth0","rx_packets_per_second":2,"rx_bytes_per_second":1536,"interface_use_percent":0}"#,
                r#"{"timestamp":"Average","cpu":"all","is_total":true,"user_percent":0.25,"idle_percent":99}"#,
                r#"{"timestamp":"Average","free":17894891520,"memory_used_percent":1.4}"#,
                r#"{"timestamp":"Summary","filesystem":"/dev/vda","filesystem_free":236698206208,"filesystem_used":33854324736}"#,
            ]
        );
        assert_any_split::<Sar>(None, TEXT);
    }

    #[test]
    fn what_is_not_known_is_left_out_with_a_word() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42   what/s   %new\n02:21:43   1.00   2.00\n\n02:21:42     CPU     %user\n02:21:43     all      x\n02:21:44     all      1.00\n02:21:45     all\n";
        let parsed = parse::<Sar>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        let failure = |text: &[u8]| parse::<Sar>(None, text).failure.unwrap_or_default();
        for text in ["hello\n", "02:21:43     all      1.00\n", "Average: 1 2\n"] {
            assert!(failure(text.as_bytes()).starts_with("unrecognised"), "{text}");
        }
    }

    #[test]
    fn rows_below_titles_that_are_not_known_are_of_no_other_table() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42   totsck    tcpsck\n02:21:43   234   12\n\n02:21:42   newsck    others\n02:21:43   1   2\n\n02:21:42     BUS  idvendor    idprod\n02:21:43     1   1a2b   3c4d\n";
        let parsed = parse::<Sar>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
    }

    #[test]
    fn titles_that_two_activities_have_are_told_by_the_others() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42    call/s retrans/s    read/s\n02:21:43      3.00      1.00      2.00\n\n02:21:42    atmptf/s  estres/s retrans/s\n02:21:43        0.00      0.00      4.00\n";
        assert_eq!(
            parse::<Sar>(None, text).sound(),
            [
                r#"{"timestamp":"02:21:43","nfs_calls_per_second":3,"nfs_retransmissions_per_second":1,"nfs_reads_per_second":2}"#,
                r#"{"timestamp":"02:21:43","tcp_failed_opens_per_second":0,"tcp_resets_per_second":0,"tcp_retransmissions_per_second":4}"#,
            ]
        );
    }

    #[test]
    fn interrupts_of_each_processor_are_records() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42        INTR       all      CPU0      CPU1\n02:21:43          24      3.00      1.00      2.00\n02:21:43         NMI      3.00      1.00\n\n02:21:42        INTR       all\n02:21:43         sum      3.00\n";
        let parsed = parse::<Sar>(None, text);
        assert_eq!(
            parsed.records,
            [
                r#"{"timestamp":"02:21:43","cpu":"all","interrupt":"24","is_total":true,"interrupts_per_second":3}"#,
                r#"{"timestamp":"02:21:43","cpu":"0","interrupt":"24","is_total":false,"interrupts_per_second":1}"#,
                r#"{"timestamp":"02:21:43","cpu":"1","interrupt":"24","is_total":false,"interrupts_per_second":2}"#,
                r#"{"timestamp":"02:21:43","interrupt":"sum","is_total":true,"interrupts_per_second":3}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    }

    #[test]
    fn fans_temperatures_voltages_and_batteries_are_read() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42      FAN       rpm      drpm DEVICE\n02:21:43        1   2345.67   1345.67 it87-isa-0290\n\n02:21:42     TEMP      degC     %temp               DEVICE\n02:21:43        1     47.00     78.33       atk0110-acpi-0\n\n02:21:42       IN       inV       %in DEVICE\n02:21:43        0      1.10     33.87 atk0110-acpi-0\n\n02:21:42      BAT      %cap   cap/min status\n02:21:43        0     80.00     -0.50 Not charging\n";
        assert_eq!(
            parse::<Sar>(None, text).sound(),
            [
                r#"{"timestamp":"02:21:43","device":"it87-isa-0290","sensor_number":1,"fan_speed":2345.67,"fan_speed_above_minimum":1345.67}"#,
                r#"{"timestamp":"02:21:43","device":"atk0110-acpi-0","sensor_number":1,"temperature":47,"temperature_percent":78.33}"#,
                r#"{"timestamp":"02:21:43","device":"atk0110-acpi-0","sensor_number":0,"voltage":1.1,"voltage_percent":33.87}"#,
                r#"{"timestamp":"02:21:43","sensor_number":0,"battery_percent":80,"battery_percent_per_minute":-0.5,"status":"Not charging"}"#,
            ]
        );
    }

    #[test]
    fn the_titles_of_older_versions_are_read() {
        let text = b"Linux 3.10.0-1160.el7.x86_64 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n12:00:01 AM       DEV       tps  rd_sec/s  wr_sec/s  avgrq-sz  avgqu-sz     await     svctm     %util\n12:10:01 AM    dev8-0      1.25      4.00      8.00     16.00      0.00      0.50      0.25      0.02\n\n12:00:01 AM   frmpg/s   bufpg/s   campg/s\n12:10:01 AM      1.00      2.00     -3.00\n";
        assert_eq!(
            parse::<Sar>(None, text).sound(),
            [
                r#"{"timestamp":"12:10:01 AM","device":"dev8-0","transfers_per_second":1.25,"read_bytes_per_second":2048,"written_bytes_per_second":4096,"average_request_size":8192,"average_queue_size":0,"wait":0.0005,"service_time":0.00025,"utilization_percent":0.02}"#,
                r#"{"timestamp":"12:10:01 AM","free_pages_per_second":1,"buffer_pages_per_second":2,"cached_pages_per_second":-3}"#,
            ]
        );
    }
}
