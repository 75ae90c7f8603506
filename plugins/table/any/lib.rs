//! Any output with titles over columns, `key: value` lines, `key=value` pairs, or comma-separated values with a header: records by what
//! stands under what, for commands that have no parser of their own.
//!
//! Nothing is decided before the end: whether a column is blank, or holds numbers, is known when all of it is there. [`layout`] finds the
//! columns, [`pairs`] and [`csv`] read the other forms, [`values`] finds the types.

mod csv;
mod layout;
mod pairs;
mod values;

use outparse_sdk::grid::field_name;
use outparse_sdk::{About, Cells, Ending, Error, FieldInfo, Line, Parser, Problem, Record, Rows, Source};

/// A row. The table names its fields itself.
#[derive(Record)]
pub struct Row {
    /// Stands for the columns of the table: its titles name the fields, and what stands below them decides their types.
    pub columns: Option<i64>,
}

/// Reads any table.
#[derive(Default)]
pub struct Table {
    lines: Vec<Text>,
    bytes: usize,
}

/// A line and its number.
#[derive(Clone, Debug)]
struct Text {
    number: u64,
    text: Vec<char>,
}

/// What was read: titles, and a cell for each of them in each row.
#[derive(Debug, Default, PartialEq)]
struct Grid {
    titles: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
    problems: Vec<Problem>,
}

/// A table is held until its end.
const MOST: usize = 8 << 20;

type Out = Rows<Cells<Row, true>>;

impl Parser for Table {
    const ABOUT: About = About {
        name: "table-any",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Any table: titles over columns, `key: value`, `key=value`, or comma-separated values",
        dialect: "any",
        ..About::DEFAULT
    };
    type Record = Cells<Row, true>;

    fn new(_: &Source) -> Self {
        Table::default()
    }

    fn line(&mut self, line: Line<'_>, _: &mut Out) -> Result<(), Error> {
        self.bytes += line.bytes.len();
        if self.bytes > MOST {
            return Err(Error::malformed(format!(
                "a table of more than {} MiB cannot be read by what stands under what",
                MOST >> 20
            )));
        }
        self.lines.push(Text { number: line.number, text: untabbed(&String::from_utf8_lossy(line.bytes)) });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Out) -> Result<(), Error> {
        let lines = std::mem::take(&mut self.lines);
        let first = lines.iter().position(|line| !line.is_blank()).unwrap_or(lines.len());
        let lines = &lines[first..];
        let Some(heading) = lines.first() else { return Err(Error::unrecognised("nothing was printed")) };
        let grid = csv::read(lines).or_else(|| pairs::read(lines)).or_else(|| layout::read(lines)).ok_or_else(|| {
            Error::Unrecognised(
                Problem::error("expected titles over columns, `key: value` or `key=value` lines, or comma-separated values")
                    .on_line(heading.number),
            )
        })?;
        print(grid, rows);
        Ok(())
    }
}

/// Gives each column its type, and the rows their cells.
fn print(mut grid: Grid, rows: &mut Out) {
    rows.recognise();
    let columns: Vec<values::Column> = (0..grid.titles.len()).map(|at| values::column(&grid, at)).collect();
    let names = names(&grid.titles, &columns);
    let fields: Vec<_> = columns.iter().zip(&names).map(|(column, name)| (name.as_str(), column.cell, column.info())).collect();
    let places = rows.open_table(&fields);
    for (column, name) in columns.iter().zip(&names) {
        grid.problems.extend(column.doubt.map(|doubt| Problem::warning(format!("`{name}`: {doubt}"))));
    }
    for row in &grid.rows {
        for ((place, column), cell) in places.iter().zip(&columns).zip(row) {
            if let Some(value) = cell.as_deref().and_then(|cell| column.value(cell)) {
                rows.put(*place, value);
            }
        }
        rows.end_row();
    }
    grid.problems.into_iter().for_each(|problem| rows.problem(problem));
}

/// Names of fields from titles: `USE%` is `use_percent`, `CPU(s)` is `cpu_s`.
fn names(titles: &[String], columns: &[values::Column]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (title, column) in titles.iter().zip(columns) {
        let mut name = field_name(&title.replace('%', " percent "));
        if column.info().unit == Some("percent") && !name.contains("percent") {
            name.push_str("_percent");
        }
        if name.is_empty() {
            name = format!("column_{}", names.len() + 1);
        }
        let same = names.iter().filter(|known| **known == name || known.starts_with(&format!("{name}__"))).count();
        names.push(if same > 0 { format!("{name}__{}", same + 1) } else { name });
    }
    names
}

impl Text {
    fn is_blank(&self) -> bool {
        self.text.iter().all(|letter| *letter == ' ')
    }

    /// What stands between two places.
    fn part(&self, from: usize, to: usize) -> String {
        self.text.iter().skip(from).take(to.saturating_sub(from)).collect::<String>().trim().to_owned()
    }

    fn string(&self) -> String {
        self.text.iter().collect()
    }

    /// The words, each with its place.
    fn words(&self) -> Vec<(usize, String)> {
        let mut words: Vec<(usize, String)> = Vec::new();
        let mut inside = false;
        for (at, letter) in self.text.iter().enumerate() {
            match (inside, *letter) {
                (_, ' ') => inside = false,
                (true, letter) => words.iter_mut().last().into_iter().for_each(|(_, word)| word.push(letter)),
                (false, letter) => {
                    words.push((at, letter.to_string()));
                    inside = true;
                }
            }
        }
        words
    }
}

/// A tab reaches to the next of every eighth column.
fn untabbed(line: &str) -> Vec<char> {
    let mut text = Vec::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '\t' => text.resize((text.len() / 8 + 1) * 8, ' '),
            letter => text.push(letter),
        }
    }
    text
}

/// What is known of a field whose name the data decides.
pub(crate) const fn info(unit: Option<&'static str>, approximate: bool) -> FieldInfo {
    FieldInfo { unit, approximate, doc: "What stands in this column of the table.", ..FieldInfo::named("") }
}

outparse_sdk::export!(Table);

#[cfg(test)]
mod tests;
