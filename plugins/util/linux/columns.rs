//! The three forms in which libsmartcols prints a list.

use std::borrow::Cow;

use outparse_sdk::grid::{self, Grid, Title};
use outparse_sdk::{Argument, CellValue, Cells, Error, Field, Line, Place, Problem, Record, Rows, Source, escape};

/// What a list is printed as.
enum Form {
    Table(Grid, Vec<&'static Title>),
    /// Cells between single blanks; older versions have a blank after the last one, too.
    Raw {
        titles: Vec<&'static Title>,
        ends_blank: bool,
    },
    /// The titles of the row before: the next one mostly has the same.
    Pairs(Vec<&'static Title>),
}

/// Reads a list whose columns may be these.
pub(crate) struct Columns {
    known: &'static [Title],
    form: Option<Form>,
    /// Whether `-r` was given, where the arguments are known.
    raw: Option<bool>,
    /// Whether there are no titles.
    bare: bool,
}

/// A cell that is not empty, as it was before it was escaped.
pub(crate) type Cell<'a> = (&'static Title, Cow<'a, [u8]>);

/// What a line is.
#[derive(Default)]
pub(crate) struct Read<'a> {
    /// The fields of the record, where their titles are in this line.
    pub(crate) heading: Option<Vec<&'static str>>,
    /// A row. With `-P`, each names its columns, and the first is the heading too.
    pub(crate) row: Option<Vec<Cell<'a>>>,
}

impl<'a> Read<'a> {
    fn heading(fields: Vec<&'static str>) -> Read<'a> {
        Read { heading: Some(fields), row: None }
    }

    fn row(cells: Vec<Cell<'a>>) -> Read<'a> {
        Read { heading: None, row: Some(cells) }
    }
}

/// Where the fields of a table are put.
#[derive(Default)]
pub(crate) struct Places(Vec<(&'static str, Place)>);

impl Places {
    /// Begins a table of these fields.
    pub(crate) fn begin<R: Record>(fields: &[&'static str], rows: &mut Rows<Cells<R>>) -> Places {
        rows.begin_table();
        rows.recognise();
        let places = fields.iter().map(|field| (*field, rows.column(field))).collect();
        rows.end_heading();
        Places(places)
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == field)
    }

    /// Where this field is put, if the table has it.
    pub(crate) fn find(&self, field: &str) -> Option<Place> {
        // Both names mostly are the one of the title: where they are the same text in memory, none has to be compared.
        let itself = self.0.iter().find(|(known, _)| std::ptr::eq(*known, field));
        itself.or_else(|| self.0.iter().find(|(known, _)| *known == field)).map(|(_, place)| *place)
    }

    /// Puts a value into the row under way, if the table has this field.
    pub(crate) fn put<R: Record>(&self, field: &str, value: CellValue<'_>, rows: &mut Rows<Cells<R>>) {
        if let Some(place) = self.find(field) {
            rows.put(place, value);
        }
    }
}

/// Whether there is one cell alone, although the table has one of these fields, whose columns are never blank: words that came from
/// standard error, or a row that has lost its rest.
pub(crate) fn is_alone(cells: &[Cell<'_>], places: &Places, never_blank: &[&str]) -> bool {
    let is_missing = |field: &&str| places.has(field) && cells.iter().all(|(title, _)| title.field != *field);
    cells.len() == 1 && never_blank.iter().any(is_missing)
}

/// The value of a cell. Where it stands in the line is not known any more.
pub(crate) fn value<'a>(title: &Title, text: &'a [u8]) -> Result<CellValue<'a>, Problem> {
    grid::value(title.reading, Field::from(text)).map_err(|problem| Problem { column: 0, ..problem })
}

/// For [`outparse_sdk::Parser::exact`]: sizes in bytes.
pub(crate) fn in_bytes(words: &[String]) -> Option<Vec<String>> {
    let known = words.iter().any(|word| matches!(word.as_str(), "-b" | "--bytes" | "-J" | "--json"));
    (!known).then(|| ["-b".to_owned()].into_iter().chain(words.iter().cloned()).collect())
}

impl Columns {
    pub(crate) fn new(known: &'static [Title], source: &Source, options: &[&'static str]) -> Columns {
        let arguments = source.read_arguments(options);
        let has = |flag: &str| {
            arguments.as_ref().is_some_and(|all| all.iter().any(|argument| *argument == Argument::Flag(flag_of(flag, options))))
        };
        Columns { known, form: None, raw: arguments.is_some().then(|| has("r")), bare: has("n") }
    }

    /// Reads a line.
    pub(crate) fn read<'a>(&mut self, line: Line<'a>) -> Result<Read<'a>, Error> {
        if self.form.is_none() && is_pairs(line.whole()) {
            let cells = pairs(line.whole(), self.known, &[])?;
            self.form = Some(Form::Pairs(cells.iter().map(|(title, _)| *title).collect()));
            let heading = cells.iter().map(|(title, _)| title.field).collect();
            return Ok(Read { heading: Some(heading), row: Some(with_text(cells)) });
        }
        if let Some(grid) = Grid::read(line.whole(), self.known) {
            let fields: Vec<&'static str> = grid.fields().collect();
            let known = |field: &&str| self.known.iter().find(|title| title.field == *field);
            let titles = fields.iter().filter_map(known).collect();
            let raw = self.raw.unwrap_or_else(|| fields.len() > 1 && !line.bytes.windows(2).any(|two| two == b"  "));
            self.form =
                Some(if raw { Form::Raw { titles, ends_blank: line.bytes.ends_with(b" ") } } else { Form::Table(grid, titles) });
            return Ok(Read::heading(fields));
        }
        match &mut self.form {
            None if self.bare => {
                Err(Error::unrecognised("without titles (`-n`) its columns cannot be told apart; leave `-n` out, or use `-P`"))
            }
            None => Err(Error::Unrecognised(line.expected("the titles of its columns"))),
            Some(Form::Pairs(titles)) => Ok(Read::row(with_text(pairs(line.whole(), self.known, titles)?))),
            Some(Form::Raw { titles, ends_blank }) => match raw(line.whole(), titles, *ends_blank) {
                Some(cells) => Ok(Read::row(cells)),
                None => Err(Problem::error(format!("expected {} cells between single blanks", titles.len())).into()),
            },
            Some(Form::Table(grid, titles)) => {
                let cells = grid.checked_cells(line.whole())?;
                // The blanks and lines of a tree stay with its cell. Characters that would spoil the table are escaped: `\x09`.
                let has_escapes = line.whole().find("\\").is_some();
                let text = |cell: Field<'a>| if has_escapes { unescaped(cell.bytes) } else { Cow::Borrowed(cell.bytes) };
                let mut row = Vec::with_capacity(cells.len());
                row.extend(titles.iter().zip(cells).filter_map(|(title, cell)| Some((*title, text(cell?)))));
                Ok(Read::row(row))
            }
        }
    }

    /// Whether each row names its columns.
    pub(crate) fn are_pairs(&self) -> bool {
        matches!(self.form, Some(Form::Pairs(_)))
    }
}

fn flag_of(flag: &str, options: &[&'static str]) -> &'static str {
    options.iter().filter_map(|option| option.split([' ', '=']).next()).find(|name| *name == flag).unwrap_or("")
}

/// Whether the line is `NAME="…" …`.
fn is_pairs(line: Field<'_>) -> bool {
    line.split_once("=\"").is_some_and(|(name, _)| {
        !name.bytes.is_empty()
            && name.bytes.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b':' | b'-' | b'%' | b'_'))
    }) && line.trim_end().bytes.ends_with(b"\"")
}

/// `NAME="sda" MAJ:MIN="8:0"`. Quotes and backslashes in a value are `\x22` and `\x5c`.
fn pairs<'a>(line: Field<'a>, known: &'static [Title], before: &[&'static Title]) -> Result<Vec<Cell<'a>>, Problem> {
    let mut rest = line.trim();
    let mut cells: Vec<Cell<'a>> = Vec::with_capacity(before.len());
    while !rest.bytes.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or_else(|| rest.expected("`NAME=\"value\"`"))?;
        let (value, after) = after.split_once("\"").ok_or_else(|| after.expected("a closing quote mark"))?;
        let is_it = |title: &&Title| title.title.as_bytes() == name.bytes || is_shell_name(name.bytes, title.title);
        let title = before.get(cells.len()).copied().filter(is_it).or_else(|| known.iter().find(is_it));
        cells.push((title.ok_or_else(|| name.expected("the title of a column that is known"))?, unescaped(value.bytes)));
        rest = after.trim_start();
    }
    Ok(cells)
}

/// Whether this is what newer versions make of a title for a shell: `MAJ_MIN`, `FSUSE_PCT`.
fn is_shell_name(name: &[u8], title: &str) -> bool {
    let mut rest = name;
    title.bytes().all(|byte| {
        let wanted = match &byte {
            b'-' | b':' => &b"_"[..],
            b'%' => &b"_PCT"[..],
            other => std::slice::from_ref(other),
        };
        rest.strip_prefix(wanted).map(|after| rest = after).is_some()
    }) && rest.is_empty()
}

/// The cells that are not empty.
fn with_text(cells: Vec<Cell<'_>>) -> Vec<Cell<'_>> {
    cells.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// Cells between single blanks, of which any may be empty.
fn raw<'a>(line: Field<'a>, titles: &[&'static Title], ends_blank: bool) -> Option<Vec<Cell<'a>>> {
    let line = if ends_blank { line.strip_suffix(" ").unwrap_or(line) } else { line };
    let words: Vec<Field<'_>> = line.split(" ").collect();
    if words.len() != titles.len() {
        return None;
    }
    let cells = titles.iter().zip(words).filter(|(_, word)| !word.bytes.is_empty());
    Some(cells.map(|(title, word)| (*title, unescaped(word.bytes))).collect())
}

/// A text without its escapes, of which most have none.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'\\') { Cow::Owned(escape::hexadecimal(text)) } else { Cow::Borrowed(text) }
}
