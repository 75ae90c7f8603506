//! Guesses what a capture's table looks like, so that a new plugin parses it from the start.

use serde::Serialize;

/// The shape of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The titles in the first line. Empty when the first line is a row like the others.
    pub titles: Vec<String>,
    /// One for each column.
    pub fields: Vec<Column>,
    /// How a row is taken apart.
    pub reading: Reading,
    /// What stands between columns, with [`Reading::Separator`].
    pub separator: String,
}

/// A column, and the field it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Name of the field.
    pub name: String,
    /// Its name as a variable: one that is no keyword in any of the languages.
    pub ident: String,
    /// Type of its values.
    pub kind: Kind,
    /// Whether a row may lack it.
    pub nullable: bool,
    /// A first sentence, to be replaced.
    pub doc: String,
}

/// The type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Anything.
    Text,
}

/// How a row is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Word by word; what is left is the last column.
    Words,
    /// By what stands under which title.
    Cells,
    /// At a separator.
    Separator,
}

/// The output of the example, for a plugin without a capture.
const EXAMPLE: &str = "NAME   SIZE  COMMENT\nfirst    12  in the beginning\nsecond    7\n";

/// The most columns that are taken over.
const MOST: usize = 60;

/// Rows that are looked at.
const ROWS: usize = 1000;

/// Words of the languages, and of the templates' own code, that no variable can have as its name.
const TAKEN: &str = " as async await box break case catch class const continue crate def default del delete do dyn elif else enum \
    except export extends extern false finally fn for from function gen global if impl import in instanceof is lambda let line loop \
    match mod move mut new none nonlocal not null or package pass pub raise ref return rows self static struct super switch this throw \
    trait true try type typeof undefined unsafe use var void where while with yield cells parts abstract become do final macro \
    override priv try unsized virtual and assert header source about error parser record field plugin print ";

impl Table {
    /// The example that a plugin without a capture begins with, and its output.
    pub fn example() -> (Table, &'static [u8]) {
        (Table::of(EXAMPLE.as_bytes()), EXAMPLE.as_bytes())
    }

    /// Guesses the table in a capture. If the capture is no table, each row is a line of text.
    pub fn of(capture: &[u8]) -> Table {
        let text = String::from_utf8_lossy(capture);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(ROWS).collect();
        if let Some(separator) = separator(&lines) {
            let rows: Vec<Vec<&str>> = lines.iter().map(|line| line.split(separator).collect()).collect();
            let columns = rows.first().map_or(1, Vec::len);
            return Table::new(Vec::new(), numbered(columns, &rows), Reading::Separator, separator);
        }
        let words: Vec<Vec<&str>> = lines.iter().map(|line| line.split_whitespace().collect()).collect();
        match words.split_first() {
            Some((titles, rows)) if !rows.is_empty() && titles.len() <= MOST && titles.iter().all(|title| is_title(title)) => {
                Table::titled(lines[0], titles, &lines[1..], rows)
            }
            _ => {
                let columns = words.iter().map(Vec::len).min().unwrap_or(1).clamp(1, MOST);
                Table::new(Vec::new(), numbered(columns, &words), Reading::Words, "")
            }
        }
    }

    /// A table with titles, given as its lines and as their words.
    fn titled(first: &str, titles: &[&str], lines: &[&str], rows: &[Vec<&str>]) -> Table {
        let words: Vec<String> = titles.iter().map(|&title| title.to_owned()).collect();
        // If there are more words in the titles than in any row, some titles have several words, as `Mounted on` has.
        let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
        let same = rows.iter().all(|row| row.len() == widest) && widest < words.len();
        let titles = if same { joined(first, &words, lines, widest) } else { None }.unwrap_or(words);
        let columns = titles.len();
        let column = |column: usize, kind: Kind| (titles[column].clone(), kind, format!("Column `{}`.", titles[column]));
        if rows.iter().all(|row| row.len() >= columns) {
            let fields = kinds(columns, rows).enumerate().map(|(index, kind)| column(index, kind)).collect();
            return Table::new(titles, fields, Reading::Words, "");
        }
        let places = places(first, &titles);
        let cells: Vec<Vec<String>> = lines.iter().map(|line| cells(line, &places)).collect();
        let kind_of = |index: usize| kind(cells.iter().map(|row| row[index].as_str()).filter(|cell| !cell.is_empty()));
        let fields = (0..columns).map(|index| column(index, kind_of(index))).collect();
        Table::new(titles, fields, Reading::Cells, "")
    }

    /// Each column is given by its title, its type, and its meaning.
    fn new(titles: Vec<String>, columns: Vec<(String, Kind, String)>, reading: Reading, separator: &str) -> Table {
        let mut fields: Vec<Column> = Vec::new();
        for (index, (title, kind, doc)) in columns.into_iter().enumerate() {
            let mut name = name(&title);
            if fields.iter().any(|other| other.name == name) {
                name = format!("{name}_column_{}", index + 1);
            }
            let taken = TAKEN.split_whitespace().any(|word| word == name);
            let ident = if taken { format!("{name}_") } else { name.clone() };
            fields.push(Column { name, ident, kind, nullable: reading == Reading::Cells, doc });
        }
        Table { titles, fields, reading, separator: separator.to_owned() }
    }
}

/// The words of the first line as this many titles, each word with the column that it stands over or next to. None if a column
/// has no word.
fn joined(first: &str, words: &[String], lines: &[&str], columns: usize) -> Option<Vec<String>> {
    let mut extents = vec![(usize::MAX, 0); columns];
    for line in lines {
        let row: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        for (extent, (from, to)) in extents.iter_mut().zip(places(line, &row)) {
            *extent = (extent.0.min(from), extent.1.max(to));
        }
    }
    let mut titles = vec![String::new(); columns];
    for (word, (from, to)) in words.iter().zip(places(first, words)) {
        // Between two columns, it is the beginning of the second one's title.
        let nearest = (0..columns).rev().min_by_key(|&column| distance(extents[column], from, to))?;
        titles[nearest] = format!("{} {word}", titles[nearest]).trim_start().to_owned();
    }
    titles.iter().all(|title| !title.is_empty()).then_some(titles)
}

/// Columns without titles.
fn numbered(columns: usize, rows: &[Vec<&str>]) -> Vec<(String, Kind, String)> {
    let named = |(index, kind)| (format!("column_{index}"), kind, format!("Column {index} of a line."));
    (1..).zip(kinds(columns, rows)).map(named).collect()
}

/// The types of columns of words; more words than columns make the last one text.
fn kinds(columns: usize, rows: &[Vec<&str>]) -> impl Iterator<Item = Kind> {
    let free = rows.iter().any(|row| row.len() > columns);
    (0..columns).map(move |column| {
        let is_free = free && column + 1 == columns;
        if is_free { Kind::Text } else { kind(rows.iter().filter_map(|row| row.get(column).copied())) }
    })
}

/// The narrowest type that fits all of these. A number with a leading zero is text: it is a name, such as a mode.
fn kind<'a>(cells: impl Iterator<Item = &'a str>) -> Kind {
    let cells: Vec<&str> = cells.collect();
    let digits = |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = |cell: &&str| {
        let text = cell.strip_prefix('-').unwrap_or(cell);
        digits(text) && (text == "0" || !text.starts_with('0'))
    };
    let number = |cell: &&str| {
        let (before, after) =
            cell.strip_prefix('-').unwrap_or(cell).split_once('.').unwrap_or((cell.trim_start_matches('-'), "0"));
        whole(&before) && digits(after)
    };
    match &cells[..] {
        [] => Kind::Text,
        cells if cells.iter().all(whole) => Kind::Integer,
        cells if cells.iter().all(number) => Kind::Float,
        _ => Kind::Text,
    }
}

/// Whether a word can be a title: `%CPU`, `1K-blocks`, `MAJ:MIN`, not `12` nor `Architecture:`.
fn is_title(word: &str) -> bool {
    let plain = word.bytes().all(|byte| byte.is_ascii_graphic());
    plain
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !word.ends_with([':', ';'])
        && !word.contains(['=', '`', '"', '\\'])
}

/// What stands between columns, where every line has it equally often.
fn separator(lines: &[&str]) -> Option<&'static str> {
    let often = |separator: &str| {
        let mut counts = lines.iter().map(|line| line.matches(separator).count());
        let first = counts.next()?;
        (first > 1 && first < MOST && counts.all(|count| count == first)).then_some(())
    };
    // Lines of several words are not lists separated by `:`, `;` or `|`: times have colons too.
    let spaced = lines.iter().all(|line| line.split_whitespace().count() > 2);
    ["\t", ":", ";", "|"].into_iter().find(|separator| (!spaced || *separator == "\t") && often(separator).is_some())
}

/// The name of a field: `Use%` is `use_percent`, `MAJ:MIN` is `maj_min`.
fn name(title: &str) -> String {
    let title = title.replace('%', " percent ").to_ascii_lowercase();
    let words: Vec<&str> = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.starts_with(|c: char| c.is_ascii_lowercase()) { name } else { format!("column_{name}") }
}

/// Where the titles begin and end in their line, from 0.
fn places(line: &str, titles: &[String]) -> Vec<(usize, usize)> {
    let mut end = 0;
    let mut places = Vec::new();
    for title in titles {
        let mut start = None;
        for word in title.split(' ') {
            let at = line[end..].find(word).map_or(end, |at| end + at);
            start = start.or(Some(at));
            end = (at + word.len()).min(line.len());
        }
        places.push((start.unwrap_or(end), end));
    }
    places
}

/// Bytes between a place and a word; 0 where one stands under the other.
fn distance((from, to): (usize, usize), start: usize, end: usize) -> usize {
    (from + 1).saturating_sub(end).max((start + 1).saturating_sub(to))
}

/// The words under each title, or nearer to it than to any other.
fn cells(line: &str, places: &[(usize, usize)]) -> Vec<String> {
    let mut cells = vec![String::new(); places.len()];
    let mut end = 0;
    for word in line.split_whitespace() {
        let start = line[end..].find(word).map_or(end, |at| end + at);
        end = start + word.len();
        let nearest = (0..places.len()).min_by_key(|&column| distance(places[column], start, end));
        if let Some(cell) = nearest.and_then(|column| cells.get_mut(column)) {
            *cell = format!("{cell} {word}").trim_start().to_owned();
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields as `name: type`.
    fn fields(capture: &str) -> (Reading, Vec<String>) {
        let table = Table::of(capture.as_bytes());
        let null = |nullable| if nullable { "?" } else { "" };
        let fields = table.fields.iter().map(|field| format!("{}: {:?}{}", field.name, field.kind, null(field.nullable)));
        (table.reading, fields.collect())
    }

    #[test]
    fn a_table_without_blanks_is_read_word_by_word() {
        let (reading, fields) = fields("PID %CPU  COMMAND\n1  0.0 init\n12 1.5 a b\n");
        assert_eq!(reading, Reading::Words);
        assert_eq!(fields, ["pid: Integer", "percent_cpu: Float", "command: Text"]);
    }

    #[test]
    fn a_table_with_blanks_is_read_by_what_stands_under_its_titles() {
        let (reading, fields) = fields("NAME RO MOUNTPOINTS\nsda   0\nsdb   1 /a b\n");
        assert_eq!(reading, Reading::Cells);
        assert_eq!(fields, ["name: Text?", "ro: Integer?", "mountpoints: Text?"]);
    }

    #[test]
    fn titles_may_have_several_words() {
        let table = Table::of(b"Filesystem 1K-blocks Use% Mounted on\n/dev/a             5  10% /\n");
        assert_eq!(table.titles.last().map(String::as_str), Some("Mounted on"));
        let names: Vec<_> = table.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["filesystem", "column_1k_blocks", "use_percent", "mounted_on"]);
    }

    #[test]
    fn a_title_of_several_words_stands_over_its_column() {
        let capture = "\
State  Recv-Q Local Address:Port Peer Address:PortProcess
LISTEN 0           127.0.0.1:876      0.0.0.0:*          
LISTEN 128           0.0.0.0:20       0.0.0.0:*          
";
        let titles = Table::of(capture.as_bytes()).titles;
        assert_eq!(titles, ["State", "Recv-Q", "Local Address:Port", "Peer Address:PortProcess"]);
    }

    #[test]
    fn lists_without_titles_have_numbered_columns() {
        assert_eq!(fields("root:x:0:/root\nme:x:1000:\n").1[2..], ["column_3: Integer", "column_4: Text"]);
        assert_eq!(fields("root:x:0:/root\nme:x:1000:\n").0, Reading::Separator);
        assert_eq!(fields("8\n"), (Reading::Words, vec!["column_1: Integer".to_owned()]));
        assert_eq!(fields("").1, ["column_1: Text"]);
    }

    #[test]
    fn names_are_unique_and_no_words_of_a_language() {
        let table = Table::of(b"TYPE A a\nx 0644 2\n");
        let names: Vec<_> = table.fields.iter().map(|field| (field.name.as_str(), field.ident.as_str())).collect();
        assert_eq!(names, [("type", "type_"), ("a", "a"), ("a_column_3", "a_column_3")]);
        assert_eq!(table.fields[1].kind, Kind::Text, "a mode is no number");
    }

    #[test]
    fn any_capture_gives_a_table() {
        for capture in ["\n", "\u{0}", "a\u{a0}b c\nd\n", "\u{fffd} x\n\n", "A B\n\u{e9} \u{e9}\u{e9}\u{e9}\u{e9}\nx\n"] {
            let table = Table::of(capture.as_bytes());
            assert!(!table.fields.is_empty(), "{capture:?}");
        }
    }
}
