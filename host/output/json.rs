//! JSON: one array, a record a line, or the records alone, one a line. Nulls are written, so that every record has every field.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_json::WriterBuilder;
use arrow_json::writer::{JsonFormat, LineDelimited, Writer as ArrowWriter};
use arrow_schema::ArrowError;

use super::{Writer, arrow_error};

/// An array with a record on each line: a document for programs, readable for people.
#[derive(Debug, Default)]
struct ArrayOfLines;

impl JsonFormat for ArrayOfLines {
    fn start_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"[")?)
    }

    fn start_row<W: Write>(&self, writer: &mut W, is_first_row: bool) -> Result<(), ArrowError> {
        Ok(writer.write_all(if is_first_row { b"\n" } else { b",\n" })?)
    }

    fn end_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"\n]\n")?)
    }
}

/// A record a line, in an object that says it is one: a record may have any fields.
#[derive(Debug, Default)]
struct TypedLines;

impl JsonFormat for TypedLines {
    fn start_row<W: Write>(&self, writer: &mut W, _: bool) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"{\"type\":\"record\",\"record\":")?)
    }

    fn end_row<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"}\n")?)
    }
}

type Out = Box<dyn Write + Send>;

/// Either of the two, over a vector that is passed on when it is worth a write.
struct Json<F: JsonFormat> {
    writer: ArrowWriter<Vec<u8>, F>,
    out: Out,
    any: bool,
}

/// One array.
pub(super) fn array(out: Out) -> impl Writer + Send {
    Array(Json::new(out))
}

/// A record a line.
pub(super) fn lines(out: Out) -> impl Writer + Send {
    Json::<LineDelimited>::new(out)
}

/// A record a line, within an object.
pub(super) fn typed_lines(out: Out) -> impl Writer + Send {
    Json::<TypedLines>::new(out)
}

impl<F: JsonFormat> Json<F> {
    fn new(out: Out) -> Json<F> {
        Json { writer: WriterBuilder::new().with_explicit_nulls(true).build(Vec::new()), out, any: false }
    }
}

impl<F: JsonFormat> Writer for Json<F> {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.any = true;
        self.writer.write(batch).map_err(arrow_error)?;
        // A batch is large enough to be written at once.
        let bytes = self.writer.get_mut();
        self.out.write_all(bytes)?;
        bytes.clear();
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.writer.finish().map_err(arrow_error)?;
        self.out.write_all(self.writer.get_ref())?;
        self.flush()
    }
}

/// An array, which is `[]` without records.
struct Array(Json<ArrayOfLines>);

impl Writer for Array {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.0.write(batch)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.0.flush()
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if self.0.any {
            return self.0.finish();
        }
        self.0.out.write_all(b"[]\n")?;
        self.0.flush()
    }
}
