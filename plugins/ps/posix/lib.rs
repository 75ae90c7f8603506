//! `ps` prints a table whose first line names its columns, and those name the fields: which ones there are, and in which
//! order, is up to the flags. So one parser reads the `ps` of Linux (procps), BSD, macOS, BusyBox and toybox.
//!
//! [`heading`] knows the columns, [`cells`] deals the words of a line to them, and [`record`] owns which fields there are, and what is
//! read into each.

mod cells;
mod heading;
mod record;

use heading::{Asked, Column};
use outparse_sdk::{About, CellValue, Cells, Ending, Error, Field, Line, Moment, Parser, Place, Rows, Source, scan, time};

pub use record::Process;
use record::Values;

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
    buffers: Buffers,
}

/// Memory that each line uses again.
#[derive(Default)]
struct Buffers {
    words: Vec<Field<'static>>,
    cells: Vec<Option<Field<'static>>>,
    values: Values<'static>,
}

/// Where a column puts its values.
#[derive(Clone, Copy)]
enum Put {
    /// Into this field.
    Into(Place),
    /// As text into the first, and with its date into the second, where that is known.
    Started(Place, Option<Place>),
}

type Table = Rows<Cells<Process<'static>>>;

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
        Ps { asked, captured, columns: Vec::new(), places: Vec::new(), titles: Vec::new(), buffers: Buffers::default() }
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
        let buffers = std::mem::take(&mut self.buffers);
        let (mut words, mut cells) = (scan::emptied(buffers.words), scan::emptied(buffers.cells));
        cells::deal(&self.columns, line, &mut words, &mut cells)?;
        if self.places.is_empty() {
            let full = |cell: &Option<Field<'_>>| cell.is_some_and(|cell| cell.fields().count() == 5);
            self.settle(cells.iter().map(full).collect(), rows);
        }
        let mut values = scan::emptied(buffers.values);
        for ((column, cell), put) in self.columns.iter().zip(&cells).zip(&self.places) {
            let Some(cell) = *cell else { continue };
            match *put {
                Put::Into(place) => (column.read)(cell, place, &mut values)?,
                Put::Started(text, dated) => {
                    values.push((text, CellValue::Text(cell.bytes)));
                    let time = dated.and_then(|place| Some((place, time::dated(cell, self.captured)?)));
                    values.extend(time.map(|(place, time)| (place, CellValue::Time(time))));
                }
            }
        }
        rows.put_row(&values);
        self.buffers = Buffers { words: scan::emptied(words), cells: scan::emptied(cells), values: scan::emptied(values) };
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
