//! An Arrow IPC stream, with the schema's units and meanings in the metadata.

use std::io::{BufWriter, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;

use super::writer::{Writer, arrow_error};
use outparse::schema::{Schema, Table};

pub(super) struct Arrow {
    writer: StreamWriter<BufWriter<Box<dyn Write + Send>>>,
    table: Table,
}

impl Arrow {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>) -> anyhow::Result<Arrow> {
        let table = Table::new(schema, &[]);
        let writer = StreamWriter::try_new(BufWriter::new(out), table.schema()).map_err(arrow_error)?;
        Ok(Arrow { writer, table })
    }
}

impl Writer for Arrow {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.writer.write(&self.table.conform(batch)?).map_err(arrow_error)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.writer.flush().map_err(arrow_error)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.writer.finish().map_err(arrow_error)?;
        self.flush()
    }
}
