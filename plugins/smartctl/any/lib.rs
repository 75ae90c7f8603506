//! `smartctl -a` and its like: what a disk is and how it does, its attributes, error counters and self-tests.

mod disk;
mod json;
mod records;
mod report;
mod rows;

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Line, Parser, Rows, Source};

use records::{ATTRIBUTE, DISK, SELF_TEST};
pub use records::{Attribute, Disk, ErrorCounter, Found, Remark, SelfTest, Smart};
use rows::{EXPECTED, Part};

/// Reads `smartctl`.
pub struct Smartctl {
    disk: Disk,
    /// What comes behind the record of the disk.
    more: Vec<Smart>,
    part: Part,
    section: Option<Vec<u8>>,
    /// The beginning of a name that stands on two lines.
    name: Option<Vec<u8>>,
    /// Whether the line above is of a property, so that its value may go on.
    goes_on: bool,
    has_properties: bool,
    /// Whether a part of the report has begun: what is said before is why there is none.
    has_begun: bool,
    /// The fields that the disks have.
    fields: Vec<&'static str>,
    is_scan: bool,
    /// A report in JSON that is not complete.
    document: Option<Document>,
}

impl Parser for Smartctl {
    const ABOUT: About = About {
        name: "smartctl-any",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What disks say of themselves, as smartctl prints it",
        commands: &["smartctl"],
        dialect: "smartmontools",
        ..About::DEFAULT
    };
    type Record = Smart;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Smartctl {
            disk: Disk::default(),
            more: Vec::new(),
            part: Part::Remarks,
            section: None,
            name: None,
            goes_on: false,
            has_properties: false,
            has_begun: false,
            fields: Vec::new(),
            is_scan: false,
            document: None,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if self.document.is_some() || whole.bytes.starts_with(b"{") {
            let is_compact = self.document.is_none() && whole.trim_end().bytes.ends_with(b"}");
            self.document.get_or_insert_default().push(line);
            return if is_compact || whole.bytes == b"}" { self.complete(rows) } else { Ok(()) };
        }
        if whole.bytes.starts_with(b"smartctl ") && whole.find(" [").is_some() {
            self.flush(rows);
            rows.recognise();
            return Ok(());
        }
        // A disk that could not be opened (`--scan-open`).
        if whole.bytes.starts_with(b"# /") && whole.find(" -d ").is_some() {
            rows.push(Smart::Remark(Remark { section: None, text: whole.trim_end().bytes.to_vec() }));
            self.is_scan = true;
            return Ok(());
        }
        if self.is_scan && !whole.is_blank() || !rows.recognised() && whole.find(" -d ").is_some() {
            rows.push(Smart::Found(rows::found(whole)?));
            self.is_scan = true;
            return Ok(());
        }
        if !rows.recognised() && !whole.is_blank() {
            return Err(line.expected(EXPECTED).into());
        }
        self.read(whole, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.document.is_some() {
            return self.complete(rows);
        }
        self.flush(rows);
        Ok(())
    }
}

impl Smartctl {
    /// Reads a report in JSON, all of whose lines are there.
    fn complete(&mut self, rows: &mut Rows<Smart>) -> Result<(), Error> {
        let document = self.document.take().unwrap_or_default();
        let read = document.read().and_then(|whole| {
            let is_ata = whole.get("ata_smart_self_test_log").is_some();
            Ok((is_ata, json::read(&whole)?))
        });
        let (is_ata, (disk, more)) = match read {
            Ok(read) => read,
            Err(problem) if rows.recognised() => return Err(problem.into()),
            Err(problem) => return Err(Error::Unrecognised(problem)),
        };
        rows.recognise();
        rows.without_of(ATTRIBUTE, [""; 0]);
        rows.without_of(SELF_TEST, if is_ata { ["segment"] } else { ["remaining_percent"] });
        self.has_properties = disk.is_some();
        self.disk = disk.unwrap_or_default();
        self.more = more;
        self.flush(rows);
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Smart>) {
        self.unfinished();
        let disk = std::mem::take(&mut self.disk);
        if std::mem::take(&mut self.has_properties) {
            // What one sort of disks says, others do not.
            let new = disk.fields().into_iter().filter(|field| !self.fields.contains(field)).collect::<Vec<_>>();
            if !new.is_empty() {
                self.fields.extend(new);
                rows.shape_of(DISK, self.fields.iter().chain(&["properties"]));
            }
            rows.push(Smart::Disk(Box::new(disk)));
        }
        self.more.drain(..).for_each(|record| rows.push(record));
        (self.part, self.section, self.has_begun) = (Part::Remarks, None, false);
    }
}

outparse_sdk::export!(Smartctl);

#[cfg(test)]
mod tests;
