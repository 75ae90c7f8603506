//! What every format does with records.

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use outparse::schema::Schema;

/// Writes batches. Formats that are one table take only batches of one schema.
pub trait Writer {
    /// The records that follow have these fields, which are not those of the records before.
    fn shape(&mut self, _: &Schema) -> anyhow::Result<()> {
        Ok(())
    }
    /// Writes more records.
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()>;
    /// Makes everything written so far visible.
    fn flush(&mut self) -> anyhow::Result<()>;
    /// Completes the output. What was written is then a whole document, whatever came before.
    fn finish(&mut self) -> anyhow::Result<()>;
}

/// Arrow's errors with the system's own errors visible inside: a broken pipe must be recognised.
pub(super) fn arrow_error(error: ArrowError) -> anyhow::Error {
    match error {
        ArrowError::IoError(_, error) => anyhow::Error::from(error),
        other => anyhow::Error::from(other),
    }
}
