//! `sar`: a table an activity, again and again, each row as soon as it is there.

use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Problem, Rows, Source};

use crate::sar_columns::{COLUMNS, Reading};
use crate::sar_sample::Sample;
use crate::{clock, is_banner};

/// Reads `sar`.
pub struct Sar {
    columns: Vec<(Reading, Place)>,
    timestamp: Option<Place>,
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
    type Record = Cells<Sample<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Sar { columns: Vec::new(), timestamp: None, unknown: false, is_after_blank: false }
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
        if cells.len() != self.columns.len() {
            return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), cells.len())).into());
        }
        let mut values = Vec::with_capacity(cells.len());
        for ((reading, place), cell) in self.columns.iter().zip(cells) {
            if let Some(value) = value(*reading, *cell)? {
                values.push((*place, value));
            }
        }
        if let Some(place) = self.timestamp {
            rows.put(place, CellValue::Text(time.as_bytes()));
        }
        values.into_iter().for_each(|(place, value)| rows.put(place, value));
        rows.end_row();
        Ok(())
    }
}

/// Titles have a letter where numbers have none; a table of names alone has a title in capitals first. Where a table may begin, no
/// word that is a number is enough: there is one at least in each row.
fn is_heading(words: &[Field<'_>], may_begin: bool) -> bool {
    let is_title = |word: &Field<'_>| COLUMNS.iter().any(|(title, ..)| title.as_bytes() == word.bytes);
    let is_rate = |word: &Field<'_>| word.bytes.ends_with(b"/s") || word.bytes.starts_with(b"%") || word.bytes.starts_with(b"kb");
    let known = words.iter().filter(|word| is_title(word) || is_rate(word)).count();
    let has_digits =
        words.iter().any(|word| word.bytes.strip_prefix(b"-").unwrap_or(word.bytes).first().is_none_or(u8::is_ascii_digit));
    words.len() > 1 && (known == words.len() || (may_begin || known > words.len() / 2) && !has_digits)
}

impl Sar {
    fn heading(&mut self, titles: &[Field<'_>], rows: &mut Rows<Cells<Sample<'static>>>) -> Result<(), Error> {
        rows.recognise();
        let mut found = Vec::with_capacity(titles.len());
        for word in titles {
            match COLUMNS.iter().find(|(title, ..)| title.as_bytes() == word.bytes) {
                Some(column) => found.push(column),
                None => {
                    self.unknown = true;
                    self.columns.clear();
                    return Err(word.expected("a title of `sar`: the rows of this table are left out").into());
                }
            }
        }
        self.unknown = false;
        rows.begin_table();
        self.timestamp = Some(rows.column("timestamp"));
        self.columns = found.into_iter().map(|(_, field, reading)| (*reading, rows.column(field))).collect();
        rows.end_heading();
        Ok(())
    }
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
        Reading::Text => CellValue::Text(cell.bytes),
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
                r#"{"timestamp":"02:21:43 PM","cpu":"all","user_percent":0.5,"idle_percent":98.99}"#,
                r#"{"timestamp":"02:21:43 PM","free":17894891520,"memory_used_percent":1.4}"#,
                r#"{"timestamp":"02:21:43 PM","interface":"eth0","rx_packets_per_second":2,"rx_bytes_per_second":1536,"interface_use_percent":0}"#,
                r#"{"timestamp":"Average","cpu":"all","user_percent":0.25,"idle_percent":99}"#,
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
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42   totsck    tcpsck\n02:21:43   234   12\n\n02:21:42   newsck    others\n02:21:43   1   2\n\n02:21:42     FAN       rpm      drpm            DEVICE\n02:21:43     1   2345.67   1.0    it87-isa-0290\n";
        let parsed = parse::<Sar>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
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
