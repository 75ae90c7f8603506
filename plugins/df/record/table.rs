//! Reads a capture line by line: messages, the header, rows, rows on several lines, the row of totals.

use std::marker::PhantomData;

use outparse_sdk::{About, Ending, Error, Line, Parser, Problem, Source};

use crate::Filesystem;
use crate::arguments::Arguments;
use crate::body::{Body, Held, Why, is_total, name};
use crate::cells::{Cells, Fit, Part, Plain, Reading};
use crate::layout::{Dialect, Kind, Layout, Title, titles};
use crate::report::{Records, Report};
use crate::units::Units;

/// A table of filesystems being read.
pub struct Table<D: Dialect> {
    program: String,
    arguments: Arguments,
    body: Option<Body>,
    held: Option<Held>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Parser for Table<D> {
    const ABOUT: About = D::ABOUT;
    type Record = Filesystem<'static>;

    fn new(source: &Source) -> Self {
        Table {
            program: source.program().to_owned(),
            arguments: D::arguments(source),
            body: None,
            held: None,
            dialect: PhantomData,
        }
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        D::exact(words)
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Records) -> Result<(), Error> {
        if let (Some(body), None) = (&mut self.body, &self.held)
            && line.end == body.end
            && body.push_plain(line.bytes, Report::here(rows))
        {
            return Ok(());
        }
        if line.is_blank() {
            return Ok(());
        }
        if self.body.is_none() {
            return self.head(line, rows);
        }
        self.row(line, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Records) -> Result<(), Error> {
        self.release(true, rows);
        Ok(())
    }
}

impl<D: Dialect> Table<D> {
    /// A line before the rows: a message, or the header.
    fn head(&mut self, line: Line<'_>, rows: &mut Records) -> Result<(), Error> {
        if self.is_message(line.bytes) {
            rows.problem(message(line));
            return Ok(());
        }
        let bytes = line.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line.bytes);
        match self.header(Line { bytes, ..line }, Report::here(rows)) {
            Some(body) => {
                shape(&body.layout, &self.arguments, rows);
                self.body = Some(body);
            }
            None => return Err(Error::unrecognised(format!("expected the header of {} `df`, found {}", D::NAME, line.quoted()))),
        }
        Ok(())
    }

    fn header(&self, line: Line<'_>, mut report: Report<'_>) -> Option<Body> {
        let titles = titles(line)?;
        let layout = D::layout(&titles, &self.arguments)?;
        let size = layout.columns.iter().position(|column| column.kind == Kind::Size);
        let size = size.and_then(|column| titles.get(column)).map(|title: &Title| title.text.as_str());
        let sized = layout.has(Kind::Used) || layout.has(Kind::Available);
        let units = Units::new::<D>(size, sized, &self.arguments, &mut report);
        if line.bytes.ends_with(b" ") {
            report.problem(Problem::warning(
                "the header ends in blanks, which no `df` prints: those behind the mount points may not be theirs either",
            ));
        }
        if !layout.has(Kind::Filesystem) && !layout.has(Kind::MountedOn) && !self.arguments.known {
            report.problem(Problem::warning(
                "no column names the filesystems, so a last row of totals cannot be told from the others; \
                 the arguments of `df` would settle it",
            ));
        }
        let end = if line.end.is_empty() { b"\n" } else { line.end };
        Some(Body { layout, units, end: end.to_vec(), fitted: false, plain: Plain::default() })
    }

    /// Whether `df` says something rather than listing it: `df: /x: No such file or directory`.
    fn is_message(&self, line: &[u8]) -> bool {
        let Some(name) = line.split(|&byte| byte == b':').next() else { return false };
        let follows = line.get(name.len()..name.len() + 2) == Some(b": ");
        follows && (name == b"df" || name == b"gdf" || !name.is_empty() && name == self.program.as_bytes())
    }

    /// A line after the header that is not a plain row.
    fn row(&mut self, line: Line<'_>, rows: &mut Records) {
        let Some(body) = &mut self.body else { return };
        let with_return;
        let (bytes, cut) = match line.end {
            b"\r\n" if body.end == b"\n" => {
                with_return = [line.bytes, b"\r"].concat();
                (with_return.as_slice(), false)
            }
            end => (line.bytes, end.is_empty()),
        };
        if let Some(held) = &mut self.held
            && held.why == Why::Unfit
            && body.continues::<D>(held, bytes, rows)
        {
            if held.lines == 0 {
                self.held = None;
            }
            return warn_if_cut(cut, rows);
        }
        let reading = body.read::<D>(bytes, Part::Whole);
        let fits = |reading: &Reading| reading.fit > Fit::Rough && !reading.rivalled;
        if !reading.as_ref().is_some_and(fits) && self.is_message(bytes) {
            return rows.problem(message(line));
        }
        self.release(false, rows);
        let Some(body) = &mut self.body else { return };
        // The line before may have been a header.
        match body.read::<D>(bytes, Part::Whole).filter(fits) {
            Some(reading) if !self.arguments.may_be_total(&body.layout, bytes, &reading.cells) => {
                body.fitted |= reading.fit == Fit::Exact;
                let total = is_total(&body.layout, bytes, &reading.cells);
                body.push(bytes, &reading.cells, total, Report::here(rows));
                warn_if_cut(cut, rows);
            }
            found => {
                let why = if found.is_some() { Why::Total } else { Why::Unfit };
                self.held = Some(Held { row: bytes.to_vec(), line: line.number, lines: 1, why });
            }
        }
    }

    /// Decides what the held line is, now that it is known whether another one follows.
    fn release(&mut self, last: bool, rows: &mut Records) {
        let (Some(held), Some(body)) = (self.held.take(), &mut self.body) else { return };
        let reading = body.read::<D>(&held.row, Part::Whole);
        match (held.why, reading) {
            (Why::Total, Some(reading)) => {
                if last && !self.arguments.known {
                    rows.problem(
                        Problem::warning(
                            "a last row called `total` is taken as the totals; the arguments of `df` would settle it",
                        )
                        .on_line(held.line),
                    );
                }
                body.push(&held.row, &reading.cells, last, Report::on_line(rows, held.line));
            }
            (Why::Unfit, Some(reading)) if held.lines == 1 => {
                body.warn_of_fit(&reading, &held, rows);
                let total = is_total(&body.layout, &held.row, &reading.cells);
                body.push(&held.row, &reading.cells, total, Report::on_line(rows, held.line));
            }
            _ => match self.header(Line { number: held.line, bytes: &held.row, end: b"\n" }, Report::on_line(rows, held.line)) {
                Some(next) => {
                    shape(&next.layout, &self.arguments, rows);
                    self.body = Some(Body { end: body_end(&self.body), ..next });
                }
                None => rows.problem(not_a_row(&held)),
            },
        }
    }
}

impl Arguments {
    /// Whether a row may be the totals, if nothing follows it: its mount point, which would tell, is not there.
    fn may_be_total(&self, layout: &Layout, row: &[u8], cells: &Cells) -> bool {
        if !self.may_total() {
            return false;
        }
        match (name(layout, row, cells, Kind::Filesystem), name(layout, row, cells, Kind::MountedOn)) {
            (Some(device), None | Some(b"")) => device == b"total",
            (None, None) => self.total,
            _ => false,
        }
    }
}

/// Says which columns there are.
fn shape(layout: &Layout, arguments: &Arguments, rows: &mut Records) {
    let total = arguments.may_total().then_some("is_total");
    rows.shape(layout.columns.iter().map(|column| column.kind.field()).chain(total));
}

fn body_end(body: &Option<Body>) -> Vec<u8> {
    body.as_ref().map_or_else(|| b"\n".to_vec(), |body| body.end.clone())
}

fn message(line: Line<'_>) -> Problem {
    Problem::warning(format!("a message of the command, not a row: {}", line.quoted()))
}

fn not_a_row(held: &Held) -> Problem {
    let row = Line { number: held.line, bytes: &held.row, end: b"" };
    Problem::error(format!("expected a row with all columns of the header, found {}", row.quoted())).on_line(held.line)
}

fn warn_if_cut(cut: bool, rows: &mut Records) {
    if cut {
        rows.problem(Problem::warning("the last line has no line end: it may have been cut short"));
    }
}
