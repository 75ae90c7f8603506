//! The tables of `zpool` and `zfs`: with titles, whose columns `-o` chooses, or with `-H` cells between tabs.

use outparse_sdk::grid::{Grid, Reading, Side, Title, value};
use outparse_sdk::{Argument, Base, CellValue, Cells, Error, Field, Line, Place, Record, Rows, Source, Time};

/// How sizes are read.
pub(super) const SIZE: Reading = Reading::Size(Base::Binary);

/// The titles that stand for properties, by the names that `-o` has for these.
const PROPERTIES: [(&str, &str); 16] = [
    ("allocated", "ALLOC"),
    ("capacity", "CAP"),
    ("checkpoint", "CKPOINT"),
    ("expandsize", "EXPANDSZ"),
    ("fragmentation", "FRAG"),
    ("dedupratio", "DEDUP"),
    ("available", "AVAIL"),
    ("referenced", "REFER"),
    ("usedbysnapshots", "USEDSNAP"),
    ("usedbydataset", "USEDDS"),
    ("usedbyrefreservation", "USEDREFRESERV"),
    ("usedbychildren", "USEDCHILD"),
    ("reservation", "RESERV"),
    ("compressratio", "RATIO"),
    ("compression", "COMPRESS"),
    ("recordsize", "RECSIZE"),
];

/// A table of either command.
pub(crate) struct Table {
    titles: &'static [Title],
    /// The titles where states are set to the left, as older versions print them.
    older: Option<&'static [Title]>,
    /// The columns that there are without `-o`.
    usual: &'static str,
    /// What `-H` leaves out: the columns, in order, where the arguments say them.
    chosen: Option<Vec<Title>>,
    grid: Option<Grid>,
    columns: Vec<Title>,
    places: Vec<Place>,
}

impl Table {
    pub(crate) fn new(source: &Source, titles: &'static [Title], usual: &'static str) -> Table {
        let arguments = source.read_arguments(&OPTIONS);
        let chosen = arguments.and_then(|arguments| {
            let is_bare = arguments.iter().any(|argument| matches!(argument, Argument::Flag("H")));
            let columns = arguments.iter().rev().find_map(|argument| match argument {
                Argument::Value("o", columns) => Some(*columns),
                _ => None,
            });
            is_bare.then(|| columns.unwrap_or(usual).split(',').map(|name| named(name, titles)).collect::<Option<_>>())?
        });
        Table { titles, older: None, usual, chosen, grid: None, columns: Vec::new(), places: Vec::new() }
    }

    /// A table that older versions printed with other titles, where states are set to the left.
    pub(super) fn with_older(self, titles: &'static [Title]) -> Table {
        Table { older: Some(titles), ..self }
    }

    /// The cells of a line. None for titles, and where there is nothing to tell.
    pub(crate) fn cells<'a, R: Record>(
        &mut self,
        line: Line<'a>,
        rows: &mut Rows<Cells<R>>,
    ) -> Result<Option<Vec<Option<Field<'a>>>>, Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(None);
        }
        if matches!(whole.trim().bytes, b"no pools available" | b"no datasets available") {
            rows.recognise();
            return Ok(None);
        }
        if self.columns.is_empty() {
            if let Some(older) = self.older.filter(|_| whole.find("HEALTH   ").is_some()) {
                self.titles = older;
            }
            if let Some(grid) = Grid::read(whole, self.titles).filter(|grid| grid.fields().next() == Some(self.titles[0].field)) {
                let of = |field: &str| self.titles.iter().find(|title| title.field == field).copied();
                self.columns = grid.fields().filter_map(of).collect();
                self.grid = Some(grid);
                self.begin(&[], rows);
                return Ok(None);
            }
            self.columns = self.untitled(whole).ok_or_else(|| line.expected("titles such as `NAME SIZE …` or `NAME USED …`"))?;
            self.begin(&[], rows);
        }
        // The titles of another table, whose columns are as wide as they have to be.
        if let Some(grid) = Grid::read(whole, self.titles).filter(|grid| grid.fields().eq(self.fields())) {
            self.grid = Some(grid);
            return Ok(None);
        }
        let Some(grid) = &self.grid else {
            let cells: Vec<_> = whole.split("\t").map(Some).collect();
            if cells.len() != self.columns.len() {
                return Err(line.expected(&format!("{} cells between tabs", self.columns.len())).into());
            }
            return Ok(Some(cells));
        };
        grid.checked_cells(whole).map(Some).or_else(|problem| {
            // A number that is wider than its column, such as `12.34x`, moves the others. There is a word in each cell, so that as
            // many words as columns are the cells.
            let words = whole.words();
            let are_cells = words.len() == self.columns.len() && self.columns.iter().any(|title| title.side == Side::Right);
            if are_cells { Ok(Some(words.into_iter().map(Some).collect())) } else { Err(problem.into()) }
        })
    }

    /// The columns where a line is no titles: what `-H` chose, or the usual ones where there are as many cells between tabs.
    fn untitled(&self, line: Field<'_>) -> Option<Vec<Title>> {
        if let Some(chosen) = &self.chosen {
            return Some(chosen.clone());
        }
        let is_usual = line.find("\t").is_some() && line.split("\t").count() == self.usual.split(',').count();
        is_usual.then(|| self.usual.split(',').filter_map(|name| named(name, self.titles)).collect())
    }

    /// Begins a table of these columns and more: gives the places of the latter.
    pub(crate) fn begin<R: Record>(&mut self, more: &[&str], rows: &mut Rows<Cells<R>>) -> Vec<Place> {
        rows.begin_table();
        self.places = self.columns.iter().map(|title| rows.column(title.field)).collect();
        let more = more.iter().map(|field| rows.column(field)).collect();
        rows.end_heading();
        rows.recognise();
        more
    }

    /// Whether cells stand below titles, and not between tabs.
    pub(super) fn has_titles(&self) -> bool {
        self.grid.is_some()
    }

    /// The place of its first column.
    pub(super) fn first_place(&self) -> Option<Place> {
        self.places.first().copied()
    }

    /// The fields of its columns.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|title| title.field)
    }

    /// What is put for the cells of a line, all but the first of them where that is not what its title says.
    pub(crate) fn values<'a>(&self, cells: &[Option<Field<'a>>], skip: usize) -> Result<Vec<(Place, CellValue<'a>)>, Error> {
        let mut read = Vec::with_capacity(cells.len());
        for ((title, place), cell) in self.columns.iter().zip(&self.places).zip(cells).skip(skip) {
            let Some(cell) = cell.and_then(|cell| cell.trim().known()) else { continue };
            let value = match (title.field, title.reading) {
                ("created", _) => CellValue::Time(created(cell).ok_or_else(|| cell.expected("a date"))?.digits()),
                ("quota" | "reservation", _) if cell.bytes == b"none" => continue,
                (_, Reading::Float) => CellValue::Float(cell.strip_suffix("x").unwrap_or(cell).float()?),
                (_, reading) => value(reading, cell)?,
            };
            read.push((*place, value));
        }
        Ok(read)
    }
}

/// Options with a value, of both commands.
const OPTIONS: [&str; 6] = ["o=", "t=", "s=", "S=", "d=", "T="];

/// The column that a word of `-o` stands for.
fn named(name: &str, titles: &[Title]) -> Option<Title> {
    let title = PROPERTIES.iter().find(|(property, _)| *property == name).map_or(name, |(_, title)| title);
    titles.iter().find(|known| known.title.eq_ignore_ascii_case(title)).copied()
}

/// `Sun Feb 12 11:40 2023`; with `-p` seconds since 1970.
fn created(text: Field<'_>) -> Option<Time> {
    let mut words = text.fields();
    match (words.next(), words.next()) {
        (Some(seconds), None) => Time::epoch(seconds.bytes),
        _ => Time::asctime(text),
    }
}

/// `-p` prints whole numbers.
pub(crate) fn exact(words: &[String]) -> Option<Vec<String>> {
    let source = Source { arguments: Some(words.to_vec()), ..Source::default() };
    let is_exact = source.read_arguments(&OPTIONS)?.contains(&Argument::Flag("p"));
    let (verb, rest) = words.split_first().filter(|_| !is_exact)?;
    Some([&[verb.clone(), "-p".to_owned()], rest].concat())
}
