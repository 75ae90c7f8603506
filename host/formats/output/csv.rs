//! Values separated by commas or tabs, with a header line. Lists and records are written as JSON in their cell; null is an empty cell.
//!
//! With either, a cell that holds the separator, a quote or a line end is in quotes, and a quote in it is doubled (RFC 4180): what
//! reads one reads the other, and no text is changed.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_csv::WriterBuilder;
use arrow_schema::{DataType, Field, Schema as ArrowSchema, SchemaRef};

use super::watched::{Failure, Watched};
use super::writer::{Writer, arrow_error};
use outparse::schema::Schema;
use outparse::schema::cell::Cell;
use outparse::schema::times_as_text;

pub(super) struct Csv {
    writer: arrow_csv::Writer<Watched>,
    failure: Failure,
    flat: SchemaRef,
    any: bool,
}

impl Csv {
    pub(super) fn new(schema: &Schema, separator: u8, out: Box<dyn Write + Send>) -> Csv {
        let flat = schema.arrow().fields().iter().map(|field| match field.data_type() {
            DataType::List(_) | DataType::Struct(_) | DataType::Map(..) | DataType::Timestamp(..) | DataType::LargeUtf8 => {
                Arc::new(Field::new(field.name(), DataType::Utf8, true))
            }
            // A record that lacks the field has an empty cell.
            _ => Arc::new(Field::clone(field).with_nullable(true)),
        });
        let flat = Arc::new(ArrowSchema::new(flat.collect::<Vec<_>>()));
        let (out, failure) = Watched::new(out);
        Csv { writer: WriterBuilder::new().with_delimiter(separator).build(out), failure, flat, any: false }
    }
}

impl Writer for Csv {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.any = true;
        let rows = batch.num_rows();
        let columns = self.flat.fields().iter().map(|field| match batch.column_by_name(field.name()) {
            Some(column) => flat(column),
            None => Ok(new_null_array(field.data_type(), rows)),
        });
        let columns = columns.collect::<anyhow::Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.flat), columns).map_err(arrow_error)?;
        self.writer.write(&batch).map_err(|error| self.failure.or(arrow_error(error)))
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        // The writer flushes after every batch.
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if !self.any {
            self.write(&RecordBatch::new_empty(Arc::clone(&self.flat)))?;
        }
        Ok(())
    }
}

/// A column with its nested values as JSON, and its times as text.
fn flat(column: &ArrayRef) -> anyhow::Result<ArrayRef> {
    let column = &times_as_text(column);
    if !column.data_type().is_nested() && *column.data_type() != DataType::LargeUtf8 {
        return Ok(Arc::clone(column));
    }
    let json = |row| (!column.is_null(row)).then(|| serde_json::to_string(&Cell::new(column, row))).transpose();
    Ok(Arc::new((0..column.len()).map(json).collect::<Result<StringArray, _>>()?))
}
