//! A Parquet file, with the schema's units and meanings in its metadata.

use std::io::Write;
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::watched::{Failure, Watched};
use super::writer::{Writer, arrow_error};
use outparse::schema::{Schema, Table};

/// Rows and bytes of a row group, which is in memory until it is written.
const MOST_ROWS: usize = 1 << 18;
const MOST_BYTES: usize = 16 << 20;

pub(super) struct Parquet {
    writer: ArrowWriter<Watched>,
    failure: Failure,
    table: Table,
}

impl Parquet {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>) -> anyhow::Result<Parquet> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(MOST_ROWS))
            .set_max_row_group_bytes(Some(MOST_BYTES))
            .build();
        let table = Table::new(schema, &[]);
        let (out, failure) = Watched::new(out);
        let writer =
            ArrowWriter::try_new(out, Arc::clone(table.schema()), Some(properties)).map_err(|error| failure.or(error))?;
        Ok(Parquet { writer, failure, table })
    }
}

impl Writer for Parquet {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        // A batch's own schema may lack what the metadata says.
        let columns = self.table.conform(batch)?.columns().to_vec();
        let batch = RecordBatch::try_new(Arc::clone(self.table.schema()), columns).map_err(arrow_error)?;
        self.writer.write(&batch).map_err(|error| self.failure.or(error))
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        // Nothing can be read before the end of the file is written.
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.writer.finish().map_err(|error| self.failure.or(error))?;
        Ok(self.writer.inner_mut().flush()?)
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::StringArray;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;
    use outparse::schema::{Field, Kind};

    /// The row groups of a file with texts of this length.
    fn groups(rows: usize, length: usize) -> usize {
        let field = Field::named("text", Kind::Text);
        let schema = Schema::new(vec![field]);
        let file = tempfile::tempfile().unwrap();
        let mut writer = Parquet::new(&schema, Box::new(file.try_clone().unwrap())).unwrap();
        for start in (0..rows).step_by(8192) {
            let texts: StringArray = (start..rows.min(start + 8192)).map(|row| Some(incompressible(row, length))).collect();
            writer.write(&RecordBatch::try_new(Arc::clone(schema.arrow()), vec![Arc::new(texts)]).unwrap()).unwrap();
        }
        writer.finish().unwrap();
        SerializedFileReader::new(file).unwrap().num_row_groups()
    }

    fn incompressible(row: usize, length: usize) -> String {
        let mut seed = row as u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b' ' + (seed >> 33) as u8 % 90)
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_row_group_has_a_limit_of_rows_and_one_of_bytes() {
        assert_eq!(groups(MOST_ROWS, 1), 1);
        assert_eq!(groups(MOST_ROWS + 1, 1), 2);
        let of_a_kilobyte = MOST_BYTES / 1000;
        assert_eq!(groups(of_a_kilobyte / 2, 1000), 1);
        assert!(groups(of_a_kilobyte * 3, 1000) > 2);
    }
}
