//! `unzip -l`, `unzip -v` and `zipinfo`: a table of what is in a ZIP file, with a line of totals.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, time};

/// What is in a ZIP file.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry {
    /// The ZIP file, where it is named.
    #[field(key)]
    pub archive: Option<Vec<u8>>,
    /// Path within it; null in the line of totals.
    #[field(key)]
    pub path: Option<Vec<u8>>,
    /// Size of it.
    #[field(unit = "bytes")]
    pub size: i64,
    /// What it takes in the ZIP file (`unzip -v`, `zipinfo -l`).
    #[field(unit = "bytes")]
    pub compressed_size: Option<i64>,
    /// How much smaller that is (`unzip -v`, `zipinfo -m`).
    #[field(unit = "percent")]
    pub saved_percent: Option<f64>,
    /// How it is compressed: `Stored`, `Defl:N`, `stor`, `defN`, …
    pub method: Option<Vec<u8>>,
    /// When it was last changed. Local: no offset is printed. Null also where it does not say, and where two digits of a year and a day cannot
    /// be told apart.
    pub modified: Option<Time>,
    /// CRC-32 of it, in hexadecimal (`unzip -v`).
    pub digest: Option<Vec<u8>>,
    /// Type and permissions (`zipinfo`).
    pub mode: Option<Vec<u8>>,
    /// Version of the format that made it (`zipinfo`).
    pub format_version: Option<Vec<u8>>,
    /// System that made it: `unx`, `fat`, `ntf`, … (`zipinfo`).
    pub system: Option<Vec<u8>>,
    /// Whether it is taken for text (`zipinfo`).
    pub is_text: Option<bool>,
    /// Whether it is encrypted (`zipinfo`).
    pub is_encrypted: Option<bool>,
    /// Number of entries, in the line of totals.
    pub entries: Option<i64>,
    /// Size of the ZIP file itself, in the line of totals (`zipinfo`).
    #[field(unit = "bytes")]
    pub archive_size: Option<i64>,
    /// Whether this is the line of totals.
    pub is_total: bool,
}

const LISTED: [&str; 7] = ["archive", "path", "size", "modified", "entries", "is_total", "compressed_size"];
const OF_ZIPINFO: [&str; 6] = ["mode", "format_version", "system", "is_text", "is_encrypted", "archive_size"];

/// Reads `unzip -l` and `zipinfo`.
pub struct Zip {
    archive: Option<Vec<u8>>,
    /// Size of the archive, until its line of totals has it.
    archive_size: Option<i64>,
    table: Table,
    /// That a line stands between the name of an archive and its table: a comment, if a table follows.
    apart: Option<Problem>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    None,
    /// `unzip -l`
    Brief,
    /// `unzip -v`
    Verbose,
    /// `zipinfo`
    Info,
}

const EXPECTED: &str = "`Archive:  NAME`, or the titles `Length Date Time Name`";

impl Parser for Zip {
    const ABOUT: About = About {
        name: "zip",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What is in a ZIP file, as unzip -l, unzip -v and zipinfo print it",
        commands: &["unzip", "zipinfo", "busybox unzip"],
        dialect: "any",
        platforms: &["linux", "macos", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Zip { archive: None, archive_size: None, table: Table::None, apart: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let squeezed = whole.squeezed();
        if squeezed.is_empty() || squeezed.iter().all(|byte| matches!(byte, b'-' | b' ')) {
            return Ok(());
        }
        if let Some(archive) = whole.strip_prefix("Archive:") {
            self.apart.take().into_iter().for_each(|problem| rows.problem(problem));
            self.table = Table::None;
            rows.recognise();
            let archive = archive.trim();
            let (name, size) = with_size(archive).map_or((archive, None), |(name, size)| (name, Some(size)));
            (self.archive, self.archive_size) = (Some(name.bytes.to_vec()), size);
            return if size.is_some() { self.begin(Table::Info, rows) } else { Ok(()) };
        }
        match &squeezed[..] {
            b"Empty zipfile." if rows.recognised() => return Ok(()),
            b"Length Date Time Name" => return self.begin(Table::Brief, rows),
            b"Length Method Size Cmpr Date Time CRC-32 Name" | b"Length Method Size Ratio Date Time CRC-32 Name" => {
                return self.begin(Table::Verbose, rows);
            }
            said if said.starts_with(b"Zip file size: ") => {
                self.archive_size = whole.words().get(3).and_then(|size| size.as_integer());
                return self.begin(Table::Info, rows);
            }
            // Behind the last of several archives.
            said if rows.recognised() && said.ends_with(b" archives were successfully processed.") => return Ok(()),
            _ => {}
        }
        let first = whole.fields().next().unwrap_or(whole);
        if self.table == Table::None && rows.made() == 0 && is_mode(first) && info(line, whole).is_ok() {
            self.begin(Table::Info, rows)?;
        }
        let archive = self.archive.clone();
        let entry = match self.table {
            // Comments of the file, and what `zipinfo -v` and `unzip` say as they go.
            Table::None if rows.recognised() => {
                self.apart.get_or_insert_with(|| {
                    line.expected("a table of entries: `unzip -l`, `unzip -v` or `zipinfo`").on_line(line.number)
                });
                return Ok(());
            }
            Table::None => return Err(line.expected(EXPECTED).into()),
            Table::Brief => match total(whole) {
                Some((text, entries)) => {
                    Entry { size: text.trim().integer()?, entries: Some(entries), is_total: true, ..Entry::default() }
                }
                None => brief(line, whole, rows)?,
            },
            Table::Verbose => match total(whole) {
                Some((text, entries)) => {
                    let [size, compressed, percent] = text.fields_and_rest()?;
                    Entry {
                        size: size.integer()?,
                        compressed_size: Some(compressed.integer()?),
                        saved_percent: Some(percent.trim().percent()? as f64),
                        entries: Some(entries),
                        is_total: true,
                        ..Entry::default()
                    }
                }
                None => verbose(line, whole, rows)?,
            },
            Table::Info => match of_info(whole)? {
                Some(total) => Entry { archive_size: self.archive_size.take(), ..total },
                None => info(line, whole)?,
            },
        };
        rows.push(Entry { archive, ..entry });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.apart.take().into_iter().for_each(|problem| rows.problem(problem));
        rows.expect_recognised(EXPECTED)
    }
}

impl Zip {
    fn begin(&mut self, table: Table, rows: &mut Rows<Entry>) -> Result<(), Error> {
        self.table = table;
        rows.recognise();
        // What stood between the name of the archive and its table is its comment.
        if self.apart.take().is_some() {
            rows.warn_once("comment", || Problem::warning("the comment of the archive is left out"));
        }
        match table {
            Table::Brief => rows.shape(LISTED.iter().filter(|field| **field != "compressed_size")),
            Table::Verbose => rows.without(OF_ZIPINFO),
            _ => rows.without(["digest"]),
        }
        Ok(())
    }
}

/// `a.zip   1789 bytes   3 files`: the name of an archive and its size, as zipinfo of UnZip 5 prints them.
fn with_size(archive: Field<'_>) -> Option<(Field<'_>, i64)> {
    let (before, files) = archive.rsplit_once(" bytes   ")?;
    let (name, size) = before.rsplit_once("   ")?;
    let number = files.strip_suffix(" files").or_else(|| files.strip_suffix(" file"))?;
    number.as_integer()?;
    Some((name, size.as_integer()?))
}

/// `       5                     3 files`: what stands before the number of files.
fn total(text: Field<'_>) -> Option<(Field<'_>, i64)> {
    let before = text.strip_suffix(" files").or_else(|| text.strip_suffix(" file"))?;
    let (amounts, number) = before.rsplit_once("  ")?;
    let plain = amounts.bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'%' | b'-'));
    plain.then_some(())?;
    Some((amounts, number.trim().as_integer()?))
}

/// `        3  2026-11-29 01:39   src/a`
fn brief(line: Line<'_>, text: Field<'_>, rows: &mut Rows<Entry>) -> Result<Entry, Error> {
    let [size, date, clock, _] = text.fields_and_rest()?;
    Ok(Entry {
        size: size.integer()?,
        modified: moment(date, clock, rows)?,
        path: Some(name(line, clock, 3)?),
        ..Entry::default()
    })
}

/// `       3  Stored        3   0% 2026-11-29 01:39 2a67cbfd  src/a`
fn verbose(line: Line<'_>, text: Field<'_>, rows: &mut Rows<Entry>) -> Result<Entry, Error> {
    let [size, method, compressed, percent, date, clock, crc, _] = text.fields_and_rest()?;
    crc.hexadecimal()?;
    Ok(Entry {
        size: size.integer()?,
        method: Some(method.bytes.to_vec()),
        compressed_size: Some(compressed.integer()?),
        saved_percent: Some(percent.percent()? as f64),
        modified: moment(date, clock, rows)?,
        digest: Some(crc.bytes.to_vec()),
        path: Some(name(line, crc, 2)?),
        ..Entry::default()
    })
}

/// `-rw-r--r--  3.0 unx        3 tx stor 26-Nov-29 01:39 src/a`, with `-l` a size and with `-m` a percentage before the method
fn info(line: Line<'_>, text: Field<'_>) -> Result<Entry, Error> {
    let mut words = text.fields();
    let mut next = || words.next().ok_or_else(|| line.expected("a line of zipinfo: `MODE VERSION SYSTEM SIZE …`"));
    let (mode, version, system, size, flags) = (next()?, next()?, next()?, next()?, next()?);
    if !is_mode(mode) {
        return Err(line.expected("a line of zipinfo: `MODE VERSION SYSTEM SIZE …`").into());
    }
    let mut entry = Entry {
        mode: Some(mode.bytes.to_vec()),
        format_version: Some(version.bytes.to_vec()),
        system: Some(system.bytes.to_vec()),
        size: size.integer()?,
        ..Entry::default()
    };
    (entry.is_text, entry.is_encrypted) = match flags.bytes.first() {
        Some(b't') => (Some(true), Some(false)),
        Some(b'T') => (Some(true), Some(true)),
        Some(b'b') => (Some(false), Some(false)),
        Some(b'B') => (Some(false), Some(true)),
        _ => return Err(flags.expected("`t` for text or `b` for other data").into()),
    };
    let mut method = next()?;
    if method.bytes.ends_with(b"%") {
        entry.saved_percent = Some(method.percent()? as f64);
        method = next()?;
    } else if let Some(size) = method.as_integer() {
        entry.compressed_size = Some(size);
        method = next()?;
    }
    entry.method = Some(method.bytes.to_vec());
    let date = next()?;
    let last = if date.has_shape("00000000.000000") {
        entry.modified = compact(date.bytes);
        date
    } else {
        let clock = next()?;
        entry.modified = short(date.bytes, clock.bytes);
        clock
    };
    if entry.modified.is_none() && !matches!(date.bytes, b"80-000-00" | b"19800000.000000") {
        return Err(date.expected("`YY-MONTH-DAY HOUR:MINUTE` or `YYYYMMDD.HHMMSS`").into());
    }
    entry.path = Some(name(line, last, 1)?);
    Ok(entry)
}

/// `3 files, 5 bytes uncompressed, 5 bytes compressed:  0.0%`
fn of_info(text: Field<'_>) -> Result<Option<Entry>, Error> {
    let Some((files, rest)) = text.split_once(" files, ").or_else(|| text.split_once(" file, ")) else { return Ok(None) };
    let Some(entries) = files.as_integer() else { return Ok(None) };
    let expected = || text.expected("`NUMBER files, NUMBER bytes uncompressed, NUMBER bytes compressed: PERCENT%`");
    let (size, rest) = rest.split_once(" bytes uncompressed, ").ok_or_else(expected)?;
    let (compressed, percent) = rest.split_once(" bytes compressed:").ok_or_else(expected)?;
    Ok(Some(Entry {
        size: size.integer()?,
        compressed_size: Some(compressed.integer()?),
        saved_percent: Some(percent.trim().strip_suffix("%").ok_or_else(expected)?.float()?),
        entries: Some(entries),
        is_total: true,
        ..Entry::default()
    }))
}

/// What follows a word and so many blanks.
fn name(line: Line<'_>, word: Field<'_>, blanks: usize) -> Result<Vec<u8>, Error> {
    let name = line.part(word.end() + blanks, line.bytes.len());
    if name.bytes.is_empty() { Err(line.expected("the name of an entry").into()) } else { Ok(name.bytes.to_vec()) }
}

/// `2026-11-29` or `11-29-2026`. Of `11-29-26` nobody knows which is which.
fn moment(date: Field<'_>, clock: Field<'_>, rows: &mut Rows<Entry>) -> Result<Option<Time>, Error> {
    let parts: Vec<&[u8]> = date.bytes.split(|byte| *byte == b'-').collect();
    let iso = match parts[..] {
        [year, _, _] if year.len() == 4 => date.bytes.to_vec(),
        [month, day, year] if year.len() == 4 => [year, b"-", month, b"-", day].concat(),
        [_, _, _] if date.has_shape("00-00-00") => {
            rows.warn_once("dates", || {
                date.problem("of a date with two digits each, nobody knows which is the year: times are left out")
            });
            return Ok(None);
        }
        _ => return Err(date.expected("a date").into()),
    };
    // Nothing was put where the date would be.
    if iso == b"1980-00-00" {
        return Ok(None);
    }
    let time = Time::iso(&[&iso[..], b" ", clock.bytes].concat());
    Ok(Some(time.ok_or_else(|| date.expected("a date and a time of day"))?))
}

/// `20261129.013931`
fn compact(text: &[u8]) -> Option<Time> {
    let number = |from: usize, to: usize| Field::from(&text[from..to]).as_integer();
    let small = |from: usize, to: usize| u32::try_from(number(from, to)?).ok();
    let seconds = number(9, 11)? * 3600 + number(11, 13)? * 60 + number(13, 15)?;
    Time::local(number(0, 4)?, small(4, 6)?, small(6, 8)?, seconds)
}

/// `26-Nov-29` and `01:39`: ZIP knows no year before 1980.
fn short(date: &[u8], clock: &[u8]) -> Option<Time> {
    let parts: Vec<&[u8]> = date.split(|byte| *byte == b'-').collect();
    let [year, month, day] = parts[..] else { return None };
    let year = Field::from(year).as_integer().filter(|_| year.len() == 2)?;
    let day = u32::try_from(Field::from(day).as_integer()?).ok()?;
    let (seconds, _) = time::time_of_day(clock)?;
    Time::local(if year < 80 { 2000 + year } else { 1900 + year }, time::month(month)?, day, seconds)
}

/// `-rw-r--r--`; of other systems `-rw-a--`.
fn is_mode(word: Field<'_>) -> bool {
    let letters = |bytes: &[u8]| bytes.iter().all(|byte| b"-rwxdlsStTahpcb?".contains(byte));
    (7..=10).contains(&word.bytes.len()) && letters(word.bytes)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Zip;

    #[test]
    fn lists_are_read() {
        let text = b"Archive:  a b.zip\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n        3  2026-11-29 01:39   src/a\n\
            \x20       2  11-30-2026 01:39    b c\n---------                     -------\n        5                     2 files\n";
        assert_eq!(
            parse::<Zip>(None, text).sound(),
            [
                r#"{"archive":"a b.zip","path":"src/a","size":3,"modified":"2026-11-29T01:39:00","is_total":false}"#,
                r#"{"archive":"a b.zip","path":" b c","size":2,"modified":"2026-11-30T01:39:00","is_total":false}"#,
                r#"{"archive":"a b.zip","size":5,"entries":2,"is_total":true}"#,
            ]
        );
        assert_any_split::<Zip>(None, text);
        let text = b"Archive:  t.zip\n Length   Method    Size  Cmpr    Date    Time   CRC-32   Name\n--------  ------  ------- ---- ---------- ----- --------  ----\n\
            \x20      3  Defl:N        2  33% 2026-11-29 01:39 2a67cbfd  5 files\n--------          -------  ---                            -------\n       3                2  33%                            1 file\n";
        assert_eq!(
            parse::<Zip>(None, text).sound(),
            [
                r#"{"archive":"t.zip","path":"5 files","size":3,"compressed_size":2,"saved_percent":33,"method":"Defl:N","modified":"2026-11-29T01:39:00","digest":"2a67cbfd","is_total":false}"#,
                r#"{"archive":"t.zip","size":3,"compressed_size":2,"saved_percent":33,"entries":1,"is_total":true}"#,
            ]
        );
    }

    #[test]
    fn zipinfo_is_read() {
        let text = b"Archive:  t.zip\nZip file size: 451 bytes, number of entries: 3\n-rw-r--r--  3.0 unx        3 tx stor 26-Nov-29 01:39 src/a\n\
            -rw-a--     2.0 fat        9 BX  33% defN 99-Jan-02 01:39  b\ndrwxr-xr-x  3.0 unx        0 bx        0 stor 20261129.013931 src/\n3 files, 12 bytes uncompressed, 9 bytes compressed:  25.0%\n";
        let parsed = parse::<Zip>(None, text);
        let records = parsed.sound();
        assert_eq!(
            records[0],
            r#"{"archive":"t.zip","path":"src/a","size":3,"method":"stor","modified":"2026-11-29T01:39:00","mode":"-rw-r--r--","format_version":"3.0","system":"unx","is_text":true,"is_encrypted":false,"is_total":false}"#
        );
        assert!(
            records[1].contains(r#""path":" b","size":9,"saved_percent":33,"method":"defN","modified":"1999-01-02T01:39:00""#),
            "{}",
            records[1]
        );
        assert!(records[2].contains(r#""compressed_size":0,"method":"stor","modified":"2026-11-29T01:39:31""#), "{}", records[2]);
        assert_eq!(
            records[3],
            r#"{"archive":"t.zip","size":12,"compressed_size":9,"saved_percent":25,"entries":3,"archive_size":451,"is_total":true}"#
        );
        // As UnZip 5.52 prints it.
        let old = b"Archive:  a b.zip   451 bytes   1 file\n-rw-r--r--  2.3 unx        3 tx stor 29-Nov-06 01:39 a\n1 file, 3 bytes uncompressed, 3 bytes compressed:  0.0%\n\n1 archives were successfully processed.\n";
        let parsed = parse::<Zip>(None, old);
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert!(parsed.sound().iter().all(|record| record.contains(r#""archive":"a b.zip""#)), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""archive_size":451"#), "{parsed:?}");
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let text = b"Archive:  t.zip\n  Length     Date   Time    Name\n --------    ----   ----    ----\n        3  11-10-09 01:39   a\n        x  11-10-09 01:39   b\n";
        let parsed = parse::<Zip>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        parsed.has(0, &[r#""modified":null"#]);
        assert_unrecognised::<Zip>(["hello\n", "src/a\n", "-rw-r--r-- root/root 3 2026-11-29 01:39 a\n", ""]);
    }

    #[test]
    fn an_entry_may_have_no_date_and_the_archive_a_comment() {
        let text = b"Archive:  x.zip\na comment\non two lines\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n        1  1980-00-00 00:00   a\n";
        let parsed = parse::<Zip>(None, text);
        assert_eq!(parsed.problems, ["warning: line 4, the comment of the archive is left out"]);
        parsed.has(0, &[r#""path":"a","size":1,"modified":null"#]);
        let told = parse::<Zip>(None, b"Archive:  x.zip\nZip file size: 101 bytes, number of entries: 1\n?rw-------  2.0 unx        1 b- stor 80-000-00 00:00 a\n");
        assert_eq!(told.problems, [""; 0]);
        told.has(0, &[r#""path":"a","size":1"#]);
    }
}
