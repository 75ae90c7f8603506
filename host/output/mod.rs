//! Prints records: one writer for each format.

mod arrow;
mod cell;
mod csv;
mod json;
mod table;
mod text;
mod yaml;

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use crate::schema::Schema;

pub use text::{BadText, Texts};

/// How records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: aligned, sizes in units.
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header line; nested values as JSON.
    Csv,
    /// One YAML sequence.
    Yaml,
    /// An Arrow IPC stream.
    Arrow,
}

/// Writes batches of one schema.
pub trait Writer {
    /// Writes more records.
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()>;
    /// Makes everything written so far visible.
    fn flush(&mut self) -> anyhow::Result<()>;
    /// Completes the output. What was written is then a whole document, whatever came before.
    fn finish(&mut self) -> anyhow::Result<()>;
}

/// A writer for a format. `width` is the width of the terminal, if there is one.
pub fn writer(
    format: Format,
    schema: &Schema,
    out: Box<dyn Write + Send>,
    width: Option<u16>,
) -> anyhow::Result<Box<dyn Writer + Send>> {
    Ok(match format {
        Format::Table => Box::new(table::Table::new(schema, out, width)),
        Format::Json => Box::new(json::array(out)),
        Format::Jsonl => Box::new(json::lines(out)),
        Format::Csv => Box::new(csv::Csv::new(schema, out)?),
        Format::Yaml => Box::new(yaml::Yaml::new(out)),
        Format::Arrow => Box::new(arrow::Arrow::new(schema, out)?),
    })
}

/// A writer for the records within a document that tells more than them. For the formats that have such documents.
pub(crate) fn writer_within(
    format: Format,
    schema: &Schema,
    out: Box<dyn Write + Send>,
) -> anyhow::Result<Box<dyn Writer + Send>> {
    Ok(match format {
        Format::Jsonl => Box::new(json::typed_lines(out)),
        Format::Yaml => Box::new(yaml::Yaml::in_mapping(out)),
        other => writer(other, schema, out, None)?,
    })
}

/// Arrow's errors with the system's own errors visible inside: a broken pipe must be recognised.
fn arrow_error(error: ArrowError) -> anyhow::Error {
    match error {
        ArrowError::IoError(_, error) => anyhow::Error::from(error),
        other => anyhow::Error::from(other),
    }
}
