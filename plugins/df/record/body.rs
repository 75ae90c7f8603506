//! The rows under a header: how each is read and becomes a record, and what is held until the next line decides about it.

use outparse_sdk::{Field, Problem};

use crate::cells::{self, Cells, Fit, Part, Plain, Reading, Span};
use crate::layout::{Dialect, Kind, Layout, Wrapping};
use crate::report::{Records, Report};
use crate::units::{Units, percent};
use crate::{Filesystem, listed};

/// What follows a header.
pub(crate) struct Body {
    pub(crate) layout: Layout,
    pub(crate) units: Units,
    /// The line end of the header: a carriage return that it lacks is part of a name.
    pub(crate) end: Vec<u8>,
    /// Whether any row stood under the titles.
    pub(crate) fitted: bool,
    /// The row that was read last, if it was a plain one.
    pub(crate) plain: Plain,
}

/// A line whose meaning the next one decides. At most two lines of the capture.
pub(crate) struct Held {
    pub(crate) row: Vec<u8>,
    pub(crate) line: u64,
    pub(crate) lines: usize,
    pub(crate) why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It is no row that stands under the titles: the names of a row that goes on, a new header, or damage.
    Unfit,
    /// It is the row of totals if it is the last one.
    Total,
}

impl Body {
    pub(crate) fn read<D: Dialect>(&self, row: &[u8], part: Part) -> Option<Reading> {
        match &self.layout.core {
            Some(_) => cells::search(&self.layout, row, part, D::ABSOLUTE),
            None => listed::read(&self.layout, row),
        }
    }

    /// Whether a line goes on with the row that the held lines began; if it ends it, the record is made and no line held.
    pub(crate) fn continues<D: Dialect>(&mut self, held: &mut Held, line: &[u8], rows: &mut Records) -> bool {
        if self.mounted_below::<D>(held, line, rows) {
            return true;
        }
        if self.layout.wrapping == Wrapping::Never || !line.starts_with(b" ") {
            return false;
        }
        let Some(reading) = self.read::<D>(line, Part::Continued).filter(|found| found.fit > Fit::Rough && !found.rivalled)
        else {
            let only_type = self.layout.has(Kind::Type) && held.lines == 1 && line.trim_ascii().iter().all(|&byte| byte != b' ');
            if only_type {
                held.row.extend_from_slice(line);
                held.lines += 1;
            }
            return only_type;
        };
        let shift = held.row.len();
        let core = self.layout.core.clone().unwrap_or_default();
        let mut cells = reading.cells;
        for cell in &mut cells[core.start..=core.end] {
            *cell = Span { start: cell.start + shift, end: cell.end + shift };
        }
        held.row.extend_from_slice(line);
        let names = &held.row[..cells[core.start].start];
        let (device, kind) = cells::split_names(names, self.layout.has(Kind::Type), None);
        cells[0] = device;
        if core.start > 1 {
            cells[1] = kind;
        }
        self.push(&held.row, &cells, false, Report::joined(rows));
        held.lines = 0;
        true
    }

    /// The same for a line that is the mount point of the row above it, as some mailers and ticket systems break long lines.
    fn mounted_below<D: Dialect>(&mut self, held: &mut Held, line: &[u8], rows: &mut Records) -> bool {
        let names = self.layout.core.is_some() && held.lines == 1 && line.starts_with(b"/");
        if !names || self.read::<D>(line, Part::Whole).is_some() {
            return false;
        }
        let row = [held.row.trim_ascii_end(), b" ", line].concat();
        let Some(reading) = self.read::<D>(&row, Part::Whole).filter(|found| found.fit > Fit::Rough && !found.rivalled) else {
            return false;
        };
        self.push(&row, &reading.cells, false, Report::joined(rows));
        held.lines = 0;
        true
    }

    /// Says that a row may have been read wrongly. In a table that never stands under its titles, a row of as many words as
    /// there are columns can be meant in one way only; among rows that do, one that does not may have been forged by a name.
    pub(crate) fn warn_of_fit(&self, reading: &Reading, held: &Held, rows: &mut Records) {
        let words = held.row.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).count();
        let message = if reading.rivalled {
            "more than one reading of this row fits its columns: the names may be split at the wrong place"
        } else if self.fitted || words != self.layout.columns.len() {
            "the row does not stand under the titles: its names may be split at the wrong place"
        } else {
            return;
        };
        rows.problem(Problem::warning(message).on_line(held.line));
    }

    pub(crate) fn push(&mut self, row: &[u8], cells: &Cells, total: bool, mut report: Report<'_>) {
        let unread = Plain { cells: *cells, ..Plain::default() };
        let record = record(&self.layout, &mut self.units, row, &unread, total, &mut report);
        report.rows.push(record);
    }

    /// Makes a record of a plain row. False for any other row.
    #[inline]
    pub(crate) fn push_plain(&mut self, row: &[u8], mut report: Report<'_>) -> bool {
        let Body { layout, units, plain, fitted, .. } = self;
        if !plain.read(layout, row) {
            return false;
        }
        *fitted = true;
        let record = record(layout, units, row, plain, false, &mut report);
        report.rows.push(record);
        true
    }
}

/// A record of a row taken apart.
#[inline]
fn record<'a>(
    layout: &Layout,
    units: &mut Units,
    row: &'a [u8],
    plain: &Plain,
    total: bool,
    report: &mut Report<'_>,
) -> Filesystem<'a> {
    let mut record = Filesystem { is_total: total, ..Filesystem::default() };
    for ((column, span), &number) in layout.columns.iter().zip(&plain.cells).zip(&plain.numbers) {
        let text = span.of(row);
        let field = Field { bytes: text, column: span.start as u32 + 1 };
        let known = || (!total).then_some(text).filter(|name| !matches!(*name, b"-" | b""));
        match column.kind {
            Kind::Filesystem => record.filesystem = Some(text),
            Kind::Type => record.kind = known(),
            Kind::Size => record.size = units.bytes(number, field, report),
            Kind::Used => record.used = units.bytes(number, field, report),
            Kind::Available => record.available = units.bytes(number, field, report),
            Kind::UsePercent => record.use_percent = percent(number, field, report),
            Kind::Inodes => record.inodes = units.count(number, field, report),
            Kind::InodesUsed => record.inodes_used = units.count(number, field, report),
            Kind::InodesFree => record.inodes_free = units.count(number, field, report),
            Kind::InodesUsePercent => record.inodes_use_percent = percent(number, field, report),
            Kind::File => record.file = known(),
            Kind::MountedOn => record.mounted_on = known(),
        }
    }
    record
}

/// Whether a row is the totals, whatever follows: mount points are absolute, this one is not.
pub(crate) fn is_total(layout: &Layout, row: &[u8], cells: &Cells) -> bool {
    let names = (name(layout, row, cells, Kind::Filesystem), name(layout, row, cells, Kind::MountedOn));
    matches!(names, (Some(b"total"), Some(b"-")) | (None, Some(b"total")))
}

/// The text in the column of a kind, where there is one.
pub(crate) fn name<'a>(layout: &Layout, row: &'a [u8], cells: &Cells, kind: Kind) -> Option<&'a [u8]> {
    let index = layout.columns.iter().position(|column| column.kind == kind)?;
    cells.get(index).map(|span| span.of(row))
}
