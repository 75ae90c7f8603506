//! One YAML sequence, written a record at a time.

use std::io::Write;

use anyhow::Context;
use arrow_array::RecordBatch;

use super::writer::Writer;
use outparse::schema::cell::Records;

pub(super) struct Yaml {
    out: Box<dyn Write + Send>,
    any: bool,
    /// What is written when there are no records.
    nothing: &'static [u8],
}

impl Yaml {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Yaml {
        Yaml { out, any: false, nothing: b"[]\n" }
    }

    /// The value of a key that has been written on the line before. There a sequence needs no indentation, but `[]` does.
    pub(super) fn in_mapping(out: Box<dyn Write + Send>) -> Yaml {
        Yaml { nothing: b"  []\n", ..Yaml::new(out) }
    }
}

impl Writer for Yaml {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.any = true;
        // One sequence written after another is one sequence.
        let yaml = serde_saphyr::to_string(&Records(batch)).context("writing YAML")?;
        self.out.write_all(yaml.as_bytes())?;
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if !self.any {
            self.out.write_all(self.nothing)?;
        }
        self.flush()
    }
}
