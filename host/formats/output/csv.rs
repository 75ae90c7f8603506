//! Values separated by commas or tabs, with a header line. Lists and records are written as JSON in their cell; null is an empty cell.
//!
//! With either, a cell that holds the separator, a quote or a line end is in quotes, and a quote in it is doubled (RFC 4180): what
//! reads one reads the other, and no text is changed.

use std::io::Write;

use anyhow::anyhow;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::json::Column;
use super::writer::Writer;
use outparse::schema::Schema;

pub(super) struct Csv {
    separator: u8,
    schema: SchemaRef,
    out: Box<dyn Write + Send>,
    any: bool,
}

impl Csv {
    pub(super) fn new(schema: &Schema, separator: u8, out: Box<dyn Write + Send>) -> Csv {
        Csv { separator, schema: SchemaRef::clone(schema.arrow()), out, any: false }
    }
}

impl Writer for Csv {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let names = self.schema.fields().iter().map(|field| field.name());
        // A record that lacks the field has an empty cell.
        let columns = names.clone().map(|name| batch.column_by_name(name).map(|column| Column::new(column)).transpose());
        let columns = columns.collect::<anyhow::Result<Vec<_>>>()?;
        let mut rows = csv::WriterBuilder::new().delimiter(self.separator).from_writer(Vec::new());
        if !self.any {
            rows.write_record(names)?;
        }
        self.any = true;
        let mut cell = Vec::new();
        for row in 0..batch.num_rows() {
            for column in &columns {
                cell.clear();
                column.iter().for_each(|column| column.write_plain(row, &mut cell));
                rows.write_field(&cell)?;
            }
            rows.write_record([""; 0])?;
        }
        // A batch is large enough to be written at once.
        let rows = rows.into_inner().map_err(|error| anyhow!("{error}"))?;
        Ok(self.out.write_all(&rows)?)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if !self.any {
            self.write(&RecordBatch::new_empty(SchemaRef::clone(&self.schema)))?;
        }
        self.flush()
    }
}
