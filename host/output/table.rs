//! A table for people: aligned columns, sizes in units, control characters made harmless.

use std::fmt::Write as _;
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table as Drawing, Width};

use super::Writer;
use crate::schema::{Field, Kind, Schema};

/// Rows that are drawn at once. The widths of the columns are settled with the first ones, so that memory stays bounded.
const BLOCK: usize = 1000;

/// What a false value looks like.
const NO: &str = "no";

pub(super) struct Table {
    out: Box<dyn Write + Send>,
    width: Option<u16>,
    fields: Vec<Field>,
    rows: Vec<Vec<Option<String>>>,
    /// The columns' widths, once a block has been drawn.
    widths: Option<Vec<u16>>,
}

impl Table {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>, width: Option<u16>) -> Table {
        Table { out, width, fields: schema.fields.clone(), rows: Vec::new(), widths: None }
    }

    /// Draws the rows that are waiting. `whole` when they are all there will be: columns that say nothing are then left out.
    fn draw(&mut self, whole: bool) -> anyhow::Result<()> {
        let first = self.widths.is_none();
        if self.rows.is_empty() && !first {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let says_something = |row: &Vec<Option<String>>, column: usize| row[column].as_deref().is_some_and(|value| value != NO);
        let filled = |column: usize| !whole || !first || rows.is_empty() || rows.iter().any(|row| says_something(row, column));
        let shown: Vec<usize> = (0..self.fields.len()).filter(|&column| filled(column)).collect();

        let mut drawing = Drawing::new();
        drawing.load_style(NOTHING);
        if let Some(width) = self.width {
            drawing.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        if first {
            drawing.set_header(shown.iter().map(|&column| {
                let title = Cell::new(self.fields[column].name.replace('_', " ")).set_alignment(alignment(&self.fields[column]));
                if self.width.is_some() { title.add_attribute(Attribute::Bold) } else { title }
            }));
        }
        for row in &rows {
            drawing.add_row(
                shown.iter().map(|&column| {
                    Cell::new(row[column].as_deref().unwrap_or("-")).set_alignment(alignment(&self.fields[column]))
                }),
            );
        }
        match &self.widths {
            Some(widths) => {
                drawing.set_constraints(widths.iter().map(|&width| ColumnConstraint::LowerBoundary(Width::Fixed(width))))
            }
            None => &mut drawing,
        };
        for (index, column) in drawing.column_iter_mut().enumerate() {
            column.set_padding((u16::from(index > 0), 1));
        }
        if first {
            self.widths = Some(
                drawing
                    .column_max_content_widths()
                    .iter()
                    .zip(0..)
                    .map(|(&width, column)| width + 1 + u16::from(column > 0))
                    .collect(),
            );
        }
        for line in drawing.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(self.out.flush()?)
    }
}

impl Writer for Table {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        for row in 0..batch.num_rows() {
            self.rows.push(self.fields.iter().zip(batch.columns()).map(|(field, column)| shown(field, column, row)).collect());
            if self.rows.len() >= BLOCK {
                self.draw(false)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() { Ok(()) } else { self.draw(false) }
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.draw(true)
    }
}

fn alignment(field: &Field) -> CellAlignment {
    match field.kind {
        Kind::Integer | Kind::Float => CellAlignment::Right,
        _ => CellAlignment::Left,
    }
}

/// A value for people, None for null.
fn shown(field: &Field, column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Boolean => if column.as_boolean().value(row) { "yes" } else { NO }.to_owned(),
        DataType::Int64 => with_unit(field, column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => match field.unit.as_deref() {
            Some("percent") => format!("{}%", column.as_primitive::<Float64Type>().value(row)),
            _ => column.as_primitive::<Float64Type>().value(row).to_string(),
        },
        DataType::Utf8 => printable(column.as_string::<i32>().value(row)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let Kind::List(item) = &field.kind else { return None };
            let shown: Vec<_> =
                (0..items.len()).map(|index| shown(item, &items, index).unwrap_or_else(|| "-".to_owned())).collect();
            shown.join(", ")
        }
        DataType::Struct(_) => {
            let Kind::Record(children) = &field.kind else { return None };
            let mut text = String::new();
            for (child, values) in children.iter().zip(column.as_struct().columns()) {
                if let Some(value) = shown(child, values, row) {
                    let space = if text.is_empty() { "" } else { " " };
                    let _ = write!(text, "{space}{}={value}", child.name);
                }
            }
            text
        }
        _ => return None,
    })
}

fn with_unit(field: &Field, number: i64) -> String {
    match field.unit.as_deref() {
        Some("bytes") => bytes(number),
        Some("percent") => format!("{number}%"),
        _ => number.to_string(),
    }
}

/// A size in the largest unit of 1024 that leaves at least 1, with three figures.
pub(super) fn bytes(number: i64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = number as f64;
    let mut unit = 0;
    // From 999.5 on, three figures would show a thousand.
    while value.abs() >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = if unit == 0 || value.abs() >= 99.95 {
        0
    } else if value.abs() >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// Text that cannot steer a terminal or break the table.
fn printable(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_figures() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1000), "0.98 KiB");
        assert_eq!(bytes(250_181_844_992), "233 GiB");
        assert_eq!(bytes(-1536), "-1.50 KiB");
        assert_eq!(bytes(i64::MAX), "8.00 EiB");
    }

    #[test]
    fn text_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
    }
}
