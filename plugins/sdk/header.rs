//! Columns by the position of their titles, for tables with blank cells.

use crate::{Error, Field, Line};

/// The titles of a table, and where they stand.
#[derive(Clone, Debug, Default)]
pub struct Header {
    titles: Vec<Title>,
}

#[derive(Clone, Debug)]
struct Title {
    text: String,
    start: usize,
    end: usize,
}

/// What stands under one title.
pub type Cell<'a> = Option<Field<'a>>;

impl Header {
    /// Reads a header line. Titles of more than one word are given in `phrases`; all others are single words.
    pub fn read(line: Line<'_>, phrases: &[&str]) -> Result<Header, Error> {
        let mut titles: Vec<Title> = Vec::new();
        let mut skip_to = 0;
        for field in line.fields().filter(|field| field.bytes.is_ascii()) {
            if field.start() < skip_to {
                continue;
            }
            let rest = &line.bytes[field.start()..];
            let phrase = phrases
                .iter()
                .map(|phrase| phrase.as_bytes())
                .find(|phrase| rest.starts_with(phrase) && matches!(rest.get(phrase.len()), None | Some(b' ' | b'\t')));
            let text = phrase.unwrap_or(field.bytes);
            skip_to = field.start() + text.len();
            titles.push(Title { text: String::from_utf8_lossy(text).into_owned(), start: field.start(), end: skip_to });
        }
        if titles.is_empty() {
            return Err(Error::unrecognised(format!("expected the titles of a table, found {}", line.quoted())));
        }
        Ok(Header { titles })
    }

    /// The titles, in order.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(|title| title.text.as_str())
    }

    /// Which column has this title.
    pub fn position(&self, title: &str) -> Option<usize> {
        self.titles().position(|text| text == title)
    }

    /// Where a column's title begins and ends in the header line, from 0.
    pub fn span(&self, column: usize) -> Option<std::ops::Range<usize>> {
        self.titles.get(column).map(|title| title.start..title.end)
    }

    /// One cell for each title: the words that stand under it, or nearer to it than to any other. Works for columns aligned
    /// left or right, as long as they do not overflow into each other.
    pub fn cells<'a>(&self, line: Line<'a>) -> Vec<Cell<'a>> {
        let mut cells: Vec<Cell<'a>> = vec![None; self.titles.len()];
        for field in line.fields() {
            let nearest = self.titles.iter().map(|title| distance(title, field)).enumerate().min_by_key(|&(_, far)| far);
            if let Some(cell) = nearest.and_then(|(column, _)| cells.get_mut(column)) {
                let from = cell.map_or(field.start(), |first| first.start());
                *cell = Some(line.part(from, field.end()));
            }
        }
        cells
    }
}

/// Bytes between a title and a field; 0 where one stands under the other.
fn distance(title: &Title, field: Field<'_>) -> usize {
    title.start.saturating_sub(field.end().saturating_sub(1)).max((field.start() + 1).saturating_sub(title.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(header: &str, line: &str) -> Vec<String> {
        let header = Header::read(Line::new(1, header.as_bytes()), &["Mounted on"]).unwrap();
        let cells = header.cells(Line::new(2, line.as_bytes()));
        cells.iter().map(|cell| cell.map_or(String::new(), |cell| String::from_utf8_lossy(cell.bytes).into_owned())).collect()
    }

    #[test]
    fn cells_are_found_by_position_and_may_be_blank() {
        assert_eq!(texts("NAME  SIZE Mounted on", "sda    12G /boot"), ["sda", "12G", "/boot"]);
        assert_eq!(texts("NAME  SIZE Mounted on", "sda        /a b"), ["sda", "", "/a b"]);
        assert_eq!(texts("NAME  SIZE Mounted on", "      12G"), ["", "12G", ""]);
    }

    #[test]
    fn a_line_without_titles_is_unrecognised() {
        assert!(matches!(Header::read(Line::new(1, b"  "), &[]), Err(Error::Unrecognised(_))));
    }
}
