//! An Arrow IPC stream, with the schema's units and meanings in the metadata.

use std::io::{BufWriter, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;

use super::{Writer, arrow_error};
use crate::schema::Schema;

pub(super) struct Arrow(StreamWriter<BufWriter<Box<dyn Write + Send>>>);

impl Arrow {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>) -> anyhow::Result<Arrow> {
        StreamWriter::try_new(BufWriter::new(out), schema.arrow()).map(Arrow).map_err(arrow_error)
    }
}

impl Writer for Arrow {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.0.write(batch).map_err(arrow_error)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.0.flush().map_err(arrow_error)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.0.finish().map_err(arrow_error)?;
        self.flush()
    }
}
