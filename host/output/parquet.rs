//! A Parquet file, with the schema's units and meanings in its metadata.

use std::io::Write;
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::{Writer, arrow_error};
use crate::schema::Schema;

/// Rows and bytes of a row group, which is in memory until it is written.
const MOST_ROWS: usize = 1 << 18;
const MOST_BYTES: usize = 16 << 20;

pub(super) struct Parquet {
    writer: ArrowWriter<Box<dyn Write + Send>>,
    schema: arrow_schema::SchemaRef,
}

impl Parquet {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>) -> anyhow::Result<Parquet> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(MOST_ROWS))
            .set_max_row_group_bytes(Some(MOST_BYTES))
            .build();
        let schema = Arc::clone(schema.arrow());
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(parquet_error)?;
        Ok(Parquet { writer, schema })
    }
}

impl Writer for Parquet {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        // A batch's own schema may lack what the metadata says.
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec()).map_err(arrow_error)?;
        self.writer.write(&batch).map_err(parquet_error)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        // Nothing can be read before the end is there.
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.writer.finish().map_err(parquet_error)?;
        Ok(self.writer.inner_mut().flush()?)
    }
}

/// The system's own errors visible inside: a broken pipe must be recognised.
fn parquet_error(error: ParquetError) -> anyhow::Error {
    match error {
        ParquetError::External(error) => anyhow::Error::from_boxed(error),
        other => anyhow::Error::from(other),
    }
}
