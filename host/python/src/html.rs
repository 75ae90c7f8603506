//! Records as a notebook shows them: the first of them as a table in HTML.

use std::fmt::Write;

use arrow_array::{Array, RecordBatch};
use pyo3::prelude::*;

use crate::values;

/// Rows that are shown; how many there are stands below them.
const ROWS: usize = 50;

/// The table, with a line below it that says what it is of. A field that a record lacks is an empty cell, and `None` one of which the
/// command said nothing.
pub(crate) fn table(py: Python<'_>, batches: &[RecordBatch], rows: usize, caption: &str) -> PyResult<String> {
    let mut names: Vec<&str> = Vec::new();
    for batch in batches {
        for field in batch.schema_ref().fields() {
            if !names.contains(&field.name().as_str()) {
                names.push(field.name());
            }
        }
    }
    let mut html = String::from("<table><thead><tr>");
    for name in &names {
        cell(&mut html, "th", name);
    }
    html.push_str("</tr></thead><tbody>");
    let places = batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    for (batch, row) in places.take(ROWS) {
        html.push_str("<tr>");
        for name in &names {
            match batch.column_by_name(name) {
                None => html.push_str("<td></td>"),
                Some(column) if column.is_null(row) => html.push_str("<td><i>None</i></td>"),
                Some(column) => cell(&mut html, "td", &values::value(py, column, row)?.str()?.to_string_lossy()),
            }
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    let left = if rows > ROWS { format!("the first {ROWS} of ") } else { String::new() };
    cell(&mut html, "p", &format!("{left}{}", caption.trim_matches(['<', '>'])));
    Ok(html)
}

/// An element with a text, which a command has printed: nothing in it is markup.
fn cell(html: &mut String, element: &str, text: &str) {
    let _ = write!(html, "<{element}>");
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    let _ = write!(html, "</{element}>");
}
