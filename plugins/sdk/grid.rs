//! Tables whose columns are as wide as their widest cell, such as libsmartcols, LVM, ZFS, systemd and Docker print them: where a
//! title stands and to which side it is set decides what is in its column, blanks in a cell and empty cells included.

use crate::{Base, CellValue, Cells, Error, Field, Line, Place, Problem, Record, Rows, scan, time};

/// Which side of a column its title and its cells are set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The cells begin where the title begins.
    Left,
    /// The cells end where the title ends, and have no blanks.
    Right,
}

/// How the text of a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As text.
    Text,
    /// As a whole number.
    Integer,
    /// As a number.
    Float,
    /// As a size in bytes, whose suffixes count in this.
    Size(Base),
    /// As a number of these many bytes, or a size with a suffix that counts in 1024.
    Blocks(i64),
    /// As a percentage, with or without its sign.
    Percent,
    /// As `yes` and `no`, `1` and `0`, `true` and `false`, `on` and `off`.
    Boolean,
    /// As a point in time in ISO 8601.
    Time,
    /// As texts between commas.
    List,
}

/// A column that a table may have.
#[derive(Clone, Copy, Debug)]
pub struct Title {
    /// Its title.
    pub title: &'static str,
    /// The field of the record that it becomes.
    pub field: &'static str,
    /// To which side it is set.
    pub side: Side,
    /// How it is read.
    pub reading: Reading,
}

impl Title {
    /// A column set to the left.
    pub const fn left(title: &'static str, field: &'static str, reading: Reading) -> Title {
        Title { title, field, side: Side::Left, reading }
    }

    /// A column set to the right.
    pub const fn right(title: &'static str, field: &'static str, reading: Reading) -> Title {
        Title { title, field, side: Side::Right, reading }
    }
}

/// Where a title stands in its line, in characters, and to which side its cells are set.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// To which side it and its cells are set.
    pub side: Side,
}

/// What stands under each of these titles.
pub fn cells<'a>(titles: &[Span], line: Field<'a>) -> Vec<Option<Field<'a>>> {
    cells_of(titles, line, &Characters::of(line))
}

fn cells_of<'a>(titles: &[Span], line: Field<'a>, characters: &Characters) -> Vec<Option<Field<'a>>> {
    let byte = |character: usize| characters.byte(character);
    let mut cells = vec![None; titles.len()];
    // The end of the part that has not been given to a column, in characters.
    let mut end = characters.count();
    for (at, title) in titles.iter().enumerate().rev() {
        let from = match title.side {
            Side::Left => title.start,
            // It begins after what is left of it: the title before, or the last blank.
            // A line that ends before its column has no cell there.
            Side::Right if end < title.end => end,
            Side::Right => {
                end = if at + 1 == titles.len() { end } else { title.end };
                let before = if at == 0 { 0 } else { titles[at - 1].start };
                let text = &line.bytes[byte(before).min(byte(end))..byte(end)];
                // A value may be printed with a blank of its own at its end.
                let under = &line.bytes[byte(title.start).min(byte(end))..byte(end)];
                let text = if scan::white_end(under) == 0 { text } else { &text[..scan::white_end(text)] };
                let word = text.iter().rev().take_while(|byte| !matches!(byte, b' ' | b'\t')).count();
                characters.before(line, byte(before).min(byte(end)) + text.len() - word)
            }
        };
        let from = if at == 0 { 0 } else { from.min(end) };
        let cell = line.part(byte(from), byte(end));
        // What is drawn before the text of the first column, such as a tree, belongs to it; blanks before its title do not.
        let cell = if at == 0 && title.side == Side::Left {
            let indent = cell.bytes.iter().take(title.start).take_while(|byte| **byte == b' ').count();
            cell.split_at(indent).1.trim_end()
        } else {
            cell.trim()
        };
        cells[at] = (!cell.bytes.is_empty()).then_some(cell);
        end = from;
    }
    cells
}

/// Where a character stands that should be a blank: before a column set to the left, or behind one set to the right, and all between
/// these two.
fn crossed(titles: &[Span], line: Field<'_>, characters: &Characters) -> Option<usize> {
    let is_blank = |at: usize| at >= characters.count() || matches!(line.bytes[characters.byte(at)], b' ' | b'\t');
    let gap = |(title, next): (&Span, &Span)| match (title.side, next.side) {
        (Side::Left, Side::Left) => next.start - 1..next.start,
        (Side::Right, Side::Left) => title.end.min(next.start - 1)..next.start,
        (Side::Right, Side::Right) => title.end..title.end + 1,
        (Side::Left, Side::Right) => 0..0,
    };
    titles.iter().zip(titles.iter().skip(1)).flat_map(gap).find(|&at| !is_blank(at))
}

/// What stands under each of these titles; an error where a cell reaches into the next column.
pub fn checked_cells<'a>(titles: &[Span], line: Field<'a>) -> Result<Vec<Option<Field<'a>>>, Problem> {
    let characters = Characters::of(line);
    match crossed(titles, line, &characters) {
        Some(at) => Err(Problem::error("a cell reaches into the next column").at_column(at as u32 + 1)),
        None => Ok(cells_of(titles, line, &characters)),
    }
}

/// The name of a field from a title that the data chooses: `NOMINATED NODE` is `nominated_node`. Empty where it has no letters.
pub fn field_name(title: &str) -> String {
    let mut name = String::new();
    for letter in title.chars().flat_map(char::to_lowercase) {
        match letter {
            letter if letter.is_alphanumeric() => name.push(letter),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

/// Where the characters of a line begin, in bytes.
#[derive(Clone, Debug)]
pub struct Characters {
    /// None where each is a byte, as in most lines.
    starts: Option<Vec<usize>>,
    length: usize,
}

impl Characters {
    /// Those of this line.
    pub fn of(line: Field<'_>) -> Characters {
        let starts = || line.bytes.iter().enumerate().filter(|(_, byte)| begins(**byte)).map(|(at, _)| at).collect();
        // All bytes at once, which the compiler does in large pieces.
        let is_ascii = line.bytes.iter().fold(0, |all, byte| all | byte).is_ascii();
        Characters { starts: (!is_ascii).then(starts), length: line.bytes.len() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.starts.as_ref().map_or(self.length, Vec::len)
    }

    /// Where one begins; after the last one, the end of the line.
    pub fn byte(&self, character: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(character).copied().unwrap_or(self.length),
            None => character.min(self.length),
        }
    }

    /// How many of the line begin before this byte.
    fn before(&self, line: Field<'_>, byte: usize) -> usize {
        if self.starts.is_some() { count(&line.bytes[..byte]) } else { byte }
    }
}

/// Whether a byte of UTF-8 is a character's first.
fn begins(byte: u8) -> bool {
    (byte & 0xc0) != 0x80
}

/// Number of characters.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| begins(**byte)).count()
}

/// A table under its titles.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: Vec<Column>,
    /// Where their titles stand.
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    known: Title,
    place: Option<Place>,
}

impl Grid {
    /// Reads a line of titles, each of which must be one of these. None where the line has another word.
    pub fn read(line: Field<'_>, known: &[Title]) -> Option<Grid> {
        let mut grid = Grid::default();
        let mut from = 0;
        while let Some(offset) = line.bytes.get(from..)?.iter().position(|byte| *byte != b' ' && *byte != b'\t') {
            let at = from + offset;
            let rest = &line.bytes[at..];
            let found = known
                .iter()
                // Rows are tried as titles, too, and most of them fail with their first byte.
                .filter(|title| rest.first() == title.title.as_bytes().first() && rest.starts_with(title.title.as_bytes()))
                .filter(|title| matches!(rest.get(title.title.len()), None | Some(b' ' | b'\t')))
                .max_by_key(|title| title.title.len())?;
            from = at + found.title.len();
            let start = count(&line.bytes[..at]);
            grid.columns.push(Column { known: *found, place: None });
            grid.spans.push(Span { start, end: start + count(found.title.as_bytes()), side: found.side });
        }
        (!grid.columns.is_empty()).then_some(grid)
    }

    /// These columns, for cells that do not come from a line.
    pub fn of(titles: Vec<Title>) -> Grid {
        Grid { columns: titles.into_iter().map(|known| Column { known, place: None }).collect(), spans: Vec::new() }
    }

    /// The fields that the columns become, in order.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.known.field)
    }

    /// Its columns.
    pub fn titles(&self) -> impl Iterator<Item = Title> {
        self.columns.iter().map(|column| column.known)
    }

    /// What stands in each column.
    pub fn cells<'a>(&self, line: Field<'a>) -> Vec<Option<Field<'a>>> {
        cells(&self.spans, line)
    }

    /// Whether a character stands where the titles leave a blank between two columns: then the line is not of this table, or its
    /// columns have moved.
    pub fn is_crossed(&self, line: Field<'_>) -> Option<usize> {
        crossed(&self.spans, line, &Characters::of(line))
    }

    /// What stands in each column; an error where a cell reaches into the next one.
    pub fn checked_cells<'a>(&self, line: Field<'a>) -> Result<Vec<Option<Field<'a>>>, Problem> {
        checked_cells(&self.spans, line)
    }

    /// Begins a table of records that are put together cell by cell.
    pub fn begin<R: Record>(&mut self, rows: &mut Rows<Cells<R>>, more: &[&str]) -> Vec<Place> {
        rows.begin_table();
        for column in &mut self.columns {
            column.place = Some(rows.column(column.known.field));
        }
        let places = more.iter().map(|field| rows.column(field)).collect();
        rows.end_heading();
        places
    }

    /// Puts the cells of a line into the row under way: what is broken is found before any of them is put.
    pub fn put<'a, R: Record>(&self, cells: &[Option<Field<'a>>], rows: &mut Rows<Cells<R>>) -> Result<(), Problem> {
        self.put_with(cells, rows, |title, cell| value(title.reading, cell).map(Some))
    }

    /// The same where a command has forms of its own: `read` says what a cell is under its title, if anything.
    pub fn put_with<'a, R: Record>(
        &self,
        cells: &[Option<Field<'a>>],
        rows: &mut Rows<Cells<R>>,
        read: impl Fn(&Title, Field<'a>) -> Result<Option<CellValue<'a>>, Problem>,
    ) -> Result<(), Problem> {
        let mut found = Vec::with_capacity(cells.len());
        for (column, cell) in self.columns.iter().zip(cells) {
            if let (Some(place), Some(cell)) = (column.place, cell)
                && let Some(value) = read(&column.known, *cell)?
            {
                found.push((place, value));
            }
        }
        found.into_iter().for_each(|(place, value)| rows.put(place, value));
        Ok(())
    }

    /// Reads a line as a record of its own.
    pub fn row<R: Record>(&self, line: Line<'_>, rows: &mut Rows<Cells<R>>) -> Result<(), Error> {
        self.put(&self.checked_cells(line.whole())?, rows)?;
        rows.end_row();
        Ok(())
    }
}

/// Reads the text of a cell.
pub fn value(reading: Reading, cell: Field<'_>) -> Result<CellValue<'_>, Problem> {
    Ok(match reading {
        Reading::Text => CellValue::Text(cell.bytes),
        Reading::Integer => CellValue::Integer(cell.integer()?),
        Reading::Float => CellValue::Float(cell.float()?),
        Reading::Size(base) => CellValue::Integer(cell.size(base)?),
        Reading::Blocks(size) => match cell.as_integer() {
            Some(blocks) => CellValue::Integer(blocks.saturating_mul(size)),
            None => CellValue::Integer(cell.size(Base::Binary)?),
        },
        Reading::Percent => CellValue::Float(cell.strip_suffix("%").unwrap_or(cell).float()?),
        Reading::Boolean => CellValue::Boolean(match cell.bytes {
            b"1" | b"yes" | b"true" | b"on" | b"Y" => true,
            b"0" | b"no" | b"false" | b"off" | b"N" => false,
            _ => return Err(cell.expected("yes or no")),
        }),
        Reading::Time => CellValue::Time(time::Time::iso(cell.bytes).ok_or_else(|| cell.expected("a time in ISO 8601"))?),
        Reading::List => {
            CellValue::Texts(cell.split(",").map(|item| item.trim().bytes).filter(|item| !item.is_empty()).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [Title; 6] = [
        Title::left("NAME", "name", Reading::Text),
        Title::right("SIZE", "size", Reading::Size(Base::Binary)),
        Title::right("RO", "ro", Reading::Boolean),
        Title::left("MODEL", "model", Reading::Text),
        Title::left("UNIT FILE", "unit", Reading::Text),
        Title::right("RA", "ra", Reading::Integer),
    ];

    fn cells(header: &str, row: &str) -> Vec<String> {
        let grid = Grid::read(Field::from(header), &TITLES).unwrap();
        let text = |cell: Option<Field<'_>>| cell.map_or("-".to_owned(), |cell| String::from_utf8_lossy(cell.bytes).into_owned());
        grid.cells(Field::from(row)).into_iter().map(text).collect()
    }

    #[test]
    fn cells_stand_where_their_side_says() {
        let header = "NAME          SIZE RO MODEL            RA";
        assert_eq!(cells(header, "sda            20G  0 VMware Virtual S 96"), ["sda", "20G", "0", "VMware Virtual S", "96"]);
        assert_eq!(cells(header, "└─a b               0                 "), ["└─a b", "-", "0", "-", "-"]);
        assert_eq!(cells(header, "├─é           1.5G                   4096"), ["├─é", "1.5G", "-", "-", "4096"]);
        assert_eq!(cells(header, "x"), ["x", "-", "-", "-", "-"]);
        assert_eq!(cells("UNIT FILE  MODEL", "a.service  b c"), ["a.service", "b c"]);
    }

    #[test]
    fn a_cell_set_to_the_right_may_end_with_a_blank_of_its_own() {
        let header = "NAME   RA UNIT FILE";
        assert_eq!(cells(header, "ata  1.0  x"), ["ata", "1.0", "x"]);
        assert_eq!(cells(header, "ata       x"), ["ata", "-", "x"]);
    }

    #[test]
    fn a_number_that_ends_behind_its_title_is_no_shorter_number() {
        let grid = Grid::read(Field::from("NAME  SIZE  MODEL"), &TITLES).unwrap();
        assert!(grid.checked_cells(Field::from("sda    96K  x y")).is_ok());
        for moved in ["sda     96K x y", "sda      96K x"] {
            assert!(grid.checked_cells(Field::from(moved)).is_err(), "{moved}");
        }
    }

    #[test]
    fn other_titles_are_none() {
        assert!(Grid::read(Field::from("NAME WHAT"), &TITLES).is_none());
        assert!(Grid::read(Field::from("UNIT"), &TITLES).is_none());
        assert!(Grid::read(Field::from(""), &TITLES).is_none());
    }

    #[test]
    fn titles_name_fields() {
        let names = ["NOMINATED NODE", "PORT(S)", "Use %", " -x- ", "%"].map(field_name);
        assert_eq!(names, ["nominated_node", "port_s", "use", "x", ""]);
    }

    #[test]
    fn a_cell_in_the_way_is_noticed() {
        let grid = Grid::read(Field::from("NAME MODEL"), &TITLES).unwrap();
        assert_eq!(grid.is_crossed(Field::from("abcdefgh x")), Some(4));
        assert_eq!(grid.is_crossed(Field::from("abcd efg")), None);
        let numbers = Grid::read(Field::from("NAME SIZE RO"), &TITLES).unwrap();
        assert_eq!(numbers.is_crossed(Field::from("abcd 10.5G 1")), Some(9));
        assert_eq!(numbers.is_crossed(Field::from("abcd 1.5G  1")), None);
    }
}
