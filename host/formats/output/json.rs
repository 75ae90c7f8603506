//! JSON: one array with a record per line, or the records alone, one per line. Every record has every field of its shape, null or
//! not.

use std::io::Write;

use anyhow::bail;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, LargeStringArray, ListArray, MapArray, RecordBatch, StringArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Fields};

use super::writer::Writer;
use outparse::schema::time;

type Out = Box<dyn Write + Send>;

/// What stands around records.
#[derive(Clone, Copy)]
struct Frame {
    /// Before the first record, between two, and after the last.
    first: &'static [u8],
    between: &'static [u8],
    last: &'static [u8],
    /// What is written instead of all that if there is no record.
    nothing: &'static [u8],
}

/// One array, a record on each line: a document for programs, readable for people.
const ARRAY: Frame = Frame { first: b"[\n", between: b",\n", last: b"\n]\n", nothing: b"[]\n" };

/// A record per line.
const LINES: Frame = Frame { first: b"", between: b"\n", last: b"\n", nothing: b"" };

/// A record per line, in an object that says that it is a record: a record's own fields may have any names.
const TYPED_LINES: Frame = Frame {
    first: b"{\"type\":\"record\",\"record\":",
    between: b"}\n{\"type\":\"record\",\"record\":",
    last: b"}\n",
    nothing: b"",
};

/// Writes records as JSON.
struct Json {
    frame: Frame,
    out: Out,
    bytes: Vec<u8>,
    any: bool,
}

/// One array.
pub(super) fn array(out: Out) -> impl Writer + Send {
    Json { frame: ARRAY, out, bytes: Vec::new(), any: false }
}

/// A record per line.
pub(super) fn lines(out: Out) -> impl Writer + Send {
    Lines(Json { frame: LINES, out, bytes: Vec::new(), any: false })
}

/// A record per line, within an object.
pub(super) fn typed_lines(out: Out) -> impl Writer + Send {
    Lines(Json { frame: TYPED_LINES, out, bytes: Vec::new(), any: false })
}

impl Json {
    /// Writes the records of a batch, and what stands between them and those before.
    fn records(&mut self, batch: &RecordBatch, any: bool) -> anyhow::Result<()> {
        let record = Object::new(batch.schema_ref().fields(), batch.columns())?;
        self.bytes.clear();
        for row in 0..batch.num_rows() {
            let before = if row > 0 || any { self.frame.between } else { self.frame.first };
            self.bytes.extend_from_slice(before);
            record.write(row, &mut self.bytes);
        }
        Ok(())
    }
}

impl Writer for Json {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.records(batch, self.any)?;
        self.any |= batch.num_rows() > 0;
        // A batch is large enough to be written at once.
        Ok(self.out.write_all(&self.bytes)?)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.out.write_all(if self.any { self.frame.last } else { self.frame.nothing })?;
        self.flush()
    }
}

/// Lines, each complete when its batch is written.
struct Lines(Json);

impl Writer for Lines {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.0.records(batch, false)?;
        self.0.bytes.extend_from_slice(self.0.frame.last);
        Ok(self.0.out.write_all(&self.0.bytes)?)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.0.flush()
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.0.flush()
    }
}

/// A group of fields, each with its name as it is written.
struct Object<'a>(Vec<(Vec<u8>, Column<'a>)>);

/// A column, and which of its values are null.
pub(super) struct Column<'a> {
    nulls: Option<&'a NullBuffer>,
    values: Values<'a>,
}

/// The values of a column.
enum Values<'a> {
    Booleans(&'a BooleanArray),
    Integers(&'a Int64Array),
    Floats(&'a Float64Array),
    Texts(&'a StringArray),
    Json(&'a LargeStringArray),
    Times(&'a dyn Array),
    List(&'a ListArray, Box<Column<'a>>),
    Map(&'a MapArray, &'a StringArray, Box<Column<'a>>),
    Object(Object<'a>),
}

impl<'a> Object<'a> {
    fn new(fields: &Fields, columns: &'a [ArrayRef]) -> anyhow::Result<Object<'a>> {
        let mut members = Vec::with_capacity(columns.len());
        for (place, (field, column)) in fields.iter().zip(columns).enumerate() {
            let mut name = vec![if place == 0 { b'{' } else { b',' }];
            write_text(field.name().as_bytes(), &mut name);
            name.push(b':');
            members.push((name, Column::new(column)?));
        }
        Ok(Object(members))
    }

    #[inline]
    fn write(&self, row: usize, to: &mut Vec<u8>) {
        if self.0.is_empty() {
            to.push(b'{');
        }
        for (name, column) in &self.0 {
            to.extend_from_slice(name);
            column.write(row, to);
        }
        to.push(b'}');
    }
}

impl<'a> Column<'a> {
    pub(super) fn new(column: &'a dyn Array) -> anyhow::Result<Column<'a>> {
        Ok(Column { nulls: column.nulls(), values: Values::new(column)? })
    }

    #[inline]
    fn write(&self, row: usize, to: &mut Vec<u8>) {
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return to.extend_from_slice(b"null");
        }
        self.values.write(row, to);
    }

    /// Writes a value where no JSON is around it: texts and times without quotes, and nothing for null.
    pub(super) fn write_plain(&self, row: usize, to: &mut Vec<u8>) {
        match &self.values {
            _ if self.nulls.is_some_and(|nulls| nulls.is_null(row)) => {}
            Values::Texts(texts) => to.extend_from_slice(texts.value(row).as_bytes()),
            Values::Times(times) => write_time(*times, row, to),
            Values::Floats(numbers) if !numbers.value(row).is_finite() => {
                to.extend_from_slice(numbers.value(row).to_string().as_bytes());
            }
            values => values.write(row, to),
        }
    }
}

impl<'a> Values<'a> {
    fn new(column: &'a dyn Array) -> anyhow::Result<Values<'a>> {
        Ok(match column.data_type() {
            DataType::Boolean => Values::Booleans(column.as_boolean()),
            DataType::Int64 => Values::Integers(column.as_primitive::<Int64Type>()),
            DataType::Float64 => Values::Floats(column.as_primitive::<Float64Type>()),
            DataType::Utf8 => Values::Texts(column.as_string::<i32>()),
            DataType::LargeUtf8 => Values::Json(column.as_string::<i64>()),
            DataType::Timestamp(..) => Values::Times(column),
            DataType::List(_) => {
                let list = column.as_list::<i32>();
                Values::List(list, Box::new(Column::new(list.values())?))
            }
            DataType::Map(..) => {
                let map = column.as_map();
                Values::Map(map, map.keys().as_string::<i32>(), Box::new(Column::new(map.values())?))
            }
            data_type if time::is_with_offset(data_type) => Values::Times(column),
            DataType::Struct(fields) => {
                let group = column.as_struct();
                Values::Object(Object::new(fields, group.columns())?)
            }
            other => bail!("no record has values of type {other}"),
        })
    }

    /// Writes a value that is not null.
    #[inline]
    fn write(&self, row: usize, to: &mut Vec<u8>) {
        match self {
            Values::Booleans(values) => to.extend_from_slice(if values.value(row) { b"true" } else { b"false" }),
            Values::Integers(values) => to.extend_from_slice(itoa::Buffer::new().format(values.value(row)).as_bytes()),
            // JSON has no such numbers.
            Values::Floats(values) if !values.value(row).is_finite() => to.extend_from_slice(b"null"),
            // Writing to a vector cannot fail, and neither can a finite number.
            Values::Floats(values) => drop(serde_json::to_writer(to, &values.value(row))),
            Values::Texts(values) => write_text(values.value(row).as_bytes(), to),
            Values::Json(values) => to.extend_from_slice(values.value(row).as_bytes()),
            Values::Times(values) => {
                to.push(b'"');
                write_time(*values, row, to);
                to.push(b'"');
            }
            Values::List(list, items) => {
                let offsets = list.value_offsets();
                to.push(b'[');
                for item in offsets[row]..offsets[row + 1] {
                    if item > offsets[row] {
                        to.push(b',');
                    }
                    items.write(item as usize, to);
                }
                to.push(b']');
            }
            Values::Map(map, keys, values) => {
                let offsets = map.value_offsets();
                to.push(b'{');
                for entry in offsets[row]..offsets[row + 1] {
                    if entry > offsets[row] {
                        to.push(b',');
                    }
                    write_text(keys.value(entry as usize).as_bytes(), to);
                    to.push(b':');
                    values.write(entry as usize, to);
                }
                to.push(b'}');
            }
            Values::Object(object) => object.write(row, to),
        }
    }
}

fn write_time(times: &dyn Array, row: usize, to: &mut Vec<u8>) {
    let mut text = String::with_capacity(40);
    time::write(times, row, &mut text);
    to.extend_from_slice(text.as_bytes());
}

/// Writes a text in quotes. Most texts have nothing in them that has to be escaped.
fn write_text(text: &[u8], to: &mut Vec<u8>) {
    to.reserve(text.len() + 2);
    to.push(b'"');
    let mut written = 0;
    if !is_plain(text) {
        while let Some(found) = next_special(text, written) {
            to.extend_from_slice(&text[written..found]);
            write_special(text[found], to);
            written = found + 1;
        }
    }
    to.extend_from_slice(&text[written..]);
    to.push(b'"');
}

/// Whether a byte cannot stand in a JSON text as it is.
fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether nothing in a text has to be escaped. Sixteen bytes are looked at together, which compilers make one instruction of; what is left
/// at the end, together with bytes before it.
fn is_plain(text: &[u8]) -> bool {
    fn has_special<const COUNT: usize>(block: &[u8; COUNT]) -> bool {
        block.iter().fold(false, |any, byte| any | is_special(*byte))
    }
    if let Some(last) = text.last_chunk::<16>() {
        return !text.as_chunks::<16>().0.iter().any(has_special) && !has_special(last);
    }
    match (text.first_chunk::<8>(), text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last), ..) => !has_special(first) && !has_special(last),
        (_, _, Some(first), Some(last)) => !has_special(first) && !has_special(last),
        _ => !text.iter().any(|byte| is_special(*byte)),
    }
}

/// The next byte that cannot stand in a JSON text as it is.
#[inline]
fn next_special(text: &[u8], mut at: usize) -> Option<usize> {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        // A byte that is zero after the exclusive or borrows into its high bit; a byte below 0x20 does so after the subtraction.
        let has_zero = |word: u64| word.wrapping_sub(all(1)) & !word & all(0x80);
        let control = word.wrapping_sub(all(0x20)) & !word & all(0x80);
        if has_zero(word ^ all(b'"')) | has_zero(word ^ all(b'\\')) | control != 0 {
            break;
        }
        at += 8;
    }
    text.get(at..)?.iter().position(|&byte| is_special(byte)).map(|place| at + place)
}

#[cold]
fn write_special(byte: u8, to: &mut Vec<u8>) {
    match byte {
        b'"' => to.extend_from_slice(b"\\\""),
        b'\\' => to.extend_from_slice(b"\\\\"),
        b'\n' => to.extend_from_slice(b"\\n"),
        b'\r' => to.extend_from_slice(b"\\r"),
        b'\t' => to.extend_from_slice(b"\\t"),
        0x08 => to.extend_from_slice(b"\\b"),
        0x0c => to.extend_from_slice(b"\\f"),
        other => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            to.extend_from_slice(b"\\u00");
            to.extend_from_slice(&[DIGITS[usize::from(other >> 4)], DIGITS[usize::from(other & 15)]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_byte_is_found_wherever_it_stands() {
        for length in 0..50 {
            assert!(is_plain(&vec![b' '; length]) && is_plain(&vec![0xff; length]));
            for (at, byte) in (0..length).flat_map(|at| [0, 0x1f, b'"', b'\\'].map(|byte| (at, byte))) {
                let mut text = vec![b'a'; length];
                text[at] = byte;
                assert!(!is_plain(&text), "{byte} at {at} of {length}");
            }
        }
    }

    #[test]
    fn texts_are_escaped_wherever_it_stands_and_read_as_they_were() {
        for text in [
            "",
            "a",
            "\"",
            "eight by",
            "12345678\"",
            "1234567\\",
            "a\u{1}b\tc\r\n\u{8}\u{c}\u{7f}é日本",
            "\u{1f}0123456789abcdef",
        ] {
            let mut json = Vec::new();
            write_text(text.as_bytes(), &mut json);
            assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
        }
    }
}
