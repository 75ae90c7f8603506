//! A list of objects in JSON as the table that the same command prints: each name is a column, each object a row.
//!
//! What reads the cells of the table reads these, too, so that both forms make the same records.

use crate::document::{Content, Node};
use crate::grid::{Grid, Title};
use crate::{Field, Problem};

/// A list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its columns: all that any of its objects has.
    pub grid: Grid,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// An object of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line that it begins in.
    pub line: u64,
    cells: Vec<Option<(Vec<u8>, u32)>>,
}

impl Row {
    /// What would stand in each column of the table. What is null or empty is none.
    pub fn cells(&self) -> Vec<Option<Field<'_>>> {
        self.cells.iter().map(|cell| cell.as_ref().map(|(text, column)| Field { bytes: text, column: *column })).collect()
    }
}

/// Reads a list. `known` says which column a name is; a name that is none is a problem, as its values would be lost.
pub fn read(list: &Node<'_>, known: impl Fn(&[u8]) -> Option<Title>) -> Result<Listing, Problem> {
    let mut titles: Vec<Title> = Vec::new();
    let mut rows = Vec::new();
    for object in list.items()? {
        let mut cells = vec![None; titles.len()];
        for (name, value) in object.members()? {
            let title = known(name).ok_or_else(|| {
                value.problem(format!("expected the name of a column that is known, found `{}`", name.escape_ascii()))
            })?;
            let at = titles.iter().position(|column| column.field == title.field).unwrap_or_else(|| {
                titles.push(title);
                cells.push(None);
                titles.len() - 1
            });
            cells[at] = text(value)?.filter(|text| !text.is_empty()).map(|text| (text, value.field.column));
        }
        rows.push(Row { line: object.line, cells });
    }
    Ok(Listing { grid: Grid::of(titles), rows })
}

/// The text of a cell: a list is its items between commas.
fn text(value: &Node<'_>) -> Result<Option<Vec<u8>>, Problem> {
    Ok(match &value.content {
        Content::Null => None,
        Content::Boolean(value) => Some(if *value { b"yes".to_vec() } else { b"no".to_vec() }),
        Content::List(items) => {
            let texts = items.iter().map(Node::text).collect::<Result<Vec<_>, _>>()?;
            if texts.iter().any(|text| text.contains(&b',')) {
                return Err(value.expected("a list of texts without commas"));
            }
            Some(texts.join(&b','))
        }
        _ => Some(value.text()?.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::document;
    use crate::grid::{Reading, Title};

    const TITLES: [Title; 3] =
        [Title::left("A", "a", Reading::Text), Title::left("B", "b", Reading::Integer), Title::left("C", "c", Reading::List)];

    fn listed(text: &str) -> Result<(Vec<&'static str>, Vec<Vec<String>>), String> {
        let node = document::read(text.as_bytes(), 1).unwrap();
        let known = |name: &[u8]| TITLES.into_iter().find(|title| title.title.as_bytes().eq_ignore_ascii_case(name));
        let listing = read(&node, known).map_err(|problem| problem.to_string())?;
        let cell =
            |cell: Option<crate::Field<'_>>| cell.map_or("-".to_owned(), |cell| String::from_utf8_lossy(cell.bytes).into());
        let rows = listing.rows.iter().map(|row| row.cells().into_iter().map(cell).collect()).collect();
        Ok((listing.grid.fields().collect(), rows))
    }

    #[test]
    fn names_are_columns_and_objects_rows_whatever_they_lack() {
        let (fields, rows) = listed(r#"[{"b":1,"a":"x y"},{"a":null,"c":["p","q"]},{}]"#).unwrap();
        assert_eq!(fields, ["b", "a", "c"]);
        assert_eq!(rows, [&["1", "x y"][..], &["-", "-", "p,q"], &["-", "-", "-"]]);
        assert_eq!(listed("[]").unwrap().1.len(), 0);
    }

    #[test]
    fn what_would_be_lost_is_told() {
        for (text, problem) in [
            (r#"[{"d":1}]"#, "error: line 1, column 7: expected the name of a column that is known, found `d`"),
            (r#"[{"c":["p,q"]}]"#, "error: line 1, column 7: expected a list of texts without commas, found `[\"p,q\"]`"),
            (r#"[{"a":{}}]"#, "error: line 1, column 7: expected text or a number, found `{}`"),
            ("{}", "error: line 1, column 1: expected a list, found `{}`"),
        ] {
            assert_eq!(listed(text).unwrap_err(), problem, "{text}");
        }
    }
}
