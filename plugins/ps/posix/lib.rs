//! `ps` prints a table whose first line names its columns, and those name the fields: which ones there are, and in which
//! order, is up to the flags. So one parser reads the `ps` of Linux (procps), BSD, macOS, BusyBox and toybox.
//!
//! [`heading`] knows the columns, [`cells`] deals the words of a line to them, and [`record`] owns which fields there are, and what is
//! read into each.

mod cells;
mod heading;
mod record;

use heading::{Asked, Column, Kind};
use outparse_sdk::{About, CellValue, Cells, Ending, Error, Field, Line, Moment, Parser, Place, Problem, Source, scan, time};

pub use record::Process;
use record::Table;

/// Reads what `ps` prints.
pub struct Ps {
    asked: Asked,
    captured: Option<Moment>,
    /// The columns; empty before the first line.
    columns: Vec<Column>,
    /// Where each puts its values. Empty before the first row, which settles some of them.
    places: Vec<Put>,
    /// The line of titles, which `--headers` repeats.
    titles: Vec<u8>,
}

/// Where a column puts its values.
#[derive(Clone, Copy)]
enum Put {
    /// Into this field.
    Into(Place),
    /// As text into the first, and with its date into the second, where that is known.
    Started(Place, Option<Place>),
}

impl Put {
    /// Reads a cell of a column, and puts it where that column puts its values.
    #[inline(always)]
    fn put(self, column: &Column, cell: Field<'_>, captured: Option<Moment>, rows: &mut Table) -> Result<(), Problem> {
        match self {
            Put::Into(place) => (column.read)(cell, place, rows),
            Put::Started(text, dated) => {
                rows.put(text, CellValue::Text(cell.bytes));
                if let Some((place, time)) = dated.and_then(|place| Some((place, time::dated(cell, captured)?))) {
                    rows.put(place, CellValue::Time(time));
                }
                Ok(())
            }
        }
    }
}

impl Parser for Ps {
    const ABOUT: About = About {
        name: "ps-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Processes, as the ps of Linux, BSD, macOS and BusyBox prints them under any columns",
        commands: &["ps", "busybox ps", "toybox ps"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Cells<Process<'static>>;

    fn new(source: &Source) -> Self {
        let captured = source.clock();
        let asked = Asked::read(source);
        Ps { asked, captured, columns: Vec::new(), places: Vec::new(), titles: Vec::new() }
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let wide = |word: &String| word == "-ww" || word == "ww";
        (!words.iter().any(wide)).then(|| words.iter().cloned().chain(["-ww".to_owned()]).collect())
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Table) -> Result<(), Error> {
        if line.is_blank() || !self.columns.is_empty() && line.bytes == self.titles {
            return Ok(());
        }
        if self.columns.is_empty()
            && let Some(columns) = self.asked.untitled()
        {
            self.columns = columns?;
        } else if self.columns.is_empty() || !self.titles.is_empty() && heading::is_heading(line) {
            return self.read_heading(line, rows);
        }
        if !self.words(line, rows) {
            rows.drop_row();
            if let Err(problem) = self.row(line, rows) {
                rows.drop_row();
                return Err(problem.into());
            }
        }
        rows.end_row();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Table) -> Result<(), Error> {
        if !self.columns.is_empty() && self.places.is_empty() {
            self.settle(vec![false; self.columns.len()], rows);
        }
        Ok(())
    }
}

impl Ps {
    /// Puts the cells of a line into its row.
    #[cold]
    fn row(&mut self, line: Line<'_>, rows: &mut Table) -> Result<(), Problem> {
        let cells = cells::deal(&self.columns, line)?;
        if self.places.is_empty() {
            let full = |cell: &Option<Field<'_>>| cell.is_some_and(|cell| cell.fields().count() == 5);
            self.settle(cells.iter().map(full).collect(), rows);
        }
        let mut cells = self.columns.iter().zip(&self.places).zip(cells);
        cells.try_for_each(|((column, put), cell)| cell.map_or(Ok(()), |cell| put.put(column, cell, self.captured, rows)))
    }

    /// The same where each cell is one word but for a command that ends the line, as in nearly all lines. False where that is not certain, or
    /// one of them cannot be read: then the whole line has to be looked at.
    #[inline(never)]
    fn words(&self, line: Line<'_>, rows: &mut Table) -> bool {
        let Some((command, columns)) = self.columns.split_last().filter(|(last, _)| last.kind == Kind::Command) else {
            return false;
        };
        let blanks = scan::Blanks::of(line.bytes);
        let mut before = None;
        let mut at = 0;
        // Empty before the first row.
        let Some((put_command, places)) = self.places.split_last() else { return false };
        for (column, put) in columns.iter().zip(places) {
            let (start, end) = blanks.next_word(line.bytes, at);
            let word = line.part(start, end);
            at = end;
            let is_one = match column.kind {
                Kind::Word => true,
                Kind::State => word.bytes.len() > 1 || !matches!(line.bytes.get(at + 1), Some(b'N' | b'<')),
                Kind::Moment => heading::moment_words(&word) == 1,
                Kind::Command => false,
            };
            if !is_one || word.bytes.is_empty() || column.next_start.is_some_and(|next| start >= next) {
                return false;
            }
            if put.put(column, word, self.captured, rows).is_err() {
                return false;
            }
            before = Some(word);
        }
        let from = line.part(scan::skip_blanks(line.bytes, at), usize::MAX);
        let start = cells::begins(command, columns.last(), before, from, line);
        !from.bytes.is_empty() && put_command.put(command, line.part(start, usize::MAX), self.captured, rows).is_ok()
    }

    fn read_heading(&mut self, line: Line<'_>, rows: &mut Table) -> Result<(), Error> {
        let (columns, problem) = heading::read(line, &self.asked)?;
        if !self.columns.is_empty() && self.places.is_empty() {
            self.settle(vec![false; self.columns.len()], rows);
        }
        self.columns = columns;
        self.places.clear();
        self.titles = line.bytes.to_vec();
        rows.recognise();
        if let Some(problem) = problem {
            rows.problem(problem);
        }
        Ok(())
    }

    /// Settles where values go: a column of moments has whole dates, or parts of them.
    fn settle(&mut self, full: Vec<bool>, rows: &mut Table) {
        rows.begin_table();
        for (column, full) in self.columns.iter_mut().zip(full) {
            if column.field == "started_text" && full {
                (column.field, column.read) = record::field("lstart").unwrap_or((column.field, column.read));
            }
        }
        let whole = self.columns.iter().any(|column| column.field == "started");
        let places = self.columns.iter().map(|column| match column.field {
            "started_text" => {
                let text = rows.column("started_text");
                Put::Started(text, (!whole && self.captured.is_some()).then(|| rows.column("started")))
            }
            field => Put::Into(rows.column(field)),
        });
        self.places = places.collect();
        rows.end_heading();
    }
}

outparse_sdk::export!(Ps);

#[cfg(test)]
mod tests;
