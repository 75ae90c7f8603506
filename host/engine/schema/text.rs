//! Text whose bytes are not UTF-8, made printable.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, ListArray, MapArray, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Schema as ArrowSchema};

use crate::schema::{map_entries, with_type, with_types};
use anyhow::Context;

/// How bytes that are not UTF-8 are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadText {
    /// Each byte as `\xff`.
    #[default]
    Escape,
    /// Each sequence as U+FFFD.
    Replace,
    /// Not at all: they are an error.
    Fail,
}

impl BadText {
    /// All of them.
    pub const ALL: [BadText; 3] = [BadText::Escape, BadText::Replace, BadText::Fail];

    /// Its name, as an option gives it.
    pub fn name(self) -> &'static str {
        match self {
            BadText::Escape => "escape",
            BadText::Replace => "replace",
            BadText::Fail => "fail",
        }
    }

    /// What it does, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            BadText::Escape => "Each byte as `\\xff`",
            BadText::Replace => "Each sequence as U+FFFD",
            BadText::Fail => "Not at all: they are an error",
        }
    }
}

/// Makes text printable, and counts what it had to change.
#[derive(Debug, Default)]
pub struct Texts {
    how: BadText,
    changed: u64,
}

impl Texts {
    /// Shows bytes that are not UTF-8 as `how` says.
    pub fn new(how: BadText) -> Texts {
        Texts { how, changed: 0 }
    }

    /// The number of values that were changed.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// The batch with all its text made valid UTF-8. With [`BadText::Fail`], text that is not is an error.
    pub fn printable(&mut self, batch: RecordBatch) -> anyhow::Result<RecordBatch> {
        let fields = batch.schema_ref().fields();
        if !fields.iter().any(|field| has_bytes(field.data_type())) {
            return Ok(batch);
        }
        let columns = batch.columns().iter().map(|column| self.column(column)).collect::<anyhow::Result<Vec<_>>>()?;
        let schema = ArrowSchema::new(with_types(fields, &columns));
        RecordBatch::try_new(Arc::new(schema), columns).context("showing text")
    }

    fn column(&mut self, column: &ArrayRef) -> anyhow::Result<ArrayRef> {
        Ok(match column.data_type() {
            DataType::Binary => Arc::new(self.strings(column.as_binary())?),
            DataType::List(item) if has_bytes(item.data_type()) => {
                let (item, offsets, values, nulls) = column.as_list::<i32>().clone().into_parts();
                let values = self.column(&values)?;
                Arc::new(ListArray::new(with_type(&item, &values), offsets, values, nulls))
            }
            DataType::Map(..) if has_bytes(column.data_type()) => {
                let (_, offsets, entries, nulls, sorted) = column.as_map().clone().into_parts();
                let (fields, children, entry_nulls) = entries.into_parts();
                let values = self.column(&children[1])?;
                let field = map_entries(with_type(&fields[1], &values).as_ref().clone());
                let DataType::Struct(inner) = field.data_type().clone() else { return Ok(Arc::clone(column)) };
                let entries = StructArray::new(inner, vec![Arc::clone(&children[0]), values], entry_nulls);
                Arc::new(MapArray::new(Arc::new(field), offsets, entries, nulls, sorted))
            }
            DataType::Struct(fields) if fields.iter().any(|field| has_bytes(field.data_type())) => {
                let (fields, children, nulls) = column.as_struct().clone().into_parts();
                let children = children.iter().map(|child| self.column(child)).collect::<anyhow::Result<Vec<_>>>()?;
                Arc::new(StructArray::new(with_types(&fields, &children), children, nulls))
            }
            _ => Arc::clone(column),
        })
    }

    fn strings(&mut self, column: &BinaryArray) -> anyhow::Result<StringArray> {
        column.iter().map(|value| value.map(|bytes| self.text(bytes)).transpose()).collect()
    }

    fn text(&mut self, bytes: &[u8]) -> anyhow::Result<String> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(text.to_owned());
        }
        self.changed += 1;
        match self.how {
            BadText::Replace => Ok(String::from_utf8_lossy(bytes).into_owned()),
            BadText::Escape => Ok(escaped(bytes)),
            BadText::Fail => anyhow::bail!("`{}` is not UTF-8, and `--bad-text fail` was given", escaped(bytes)),
        }
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

fn has_bytes(data_type: &DataType) -> bool {
    match data_type {
        DataType::Binary => true,
        DataType::List(item) | DataType::Map(item, _) => has_bytes(item.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| has_bytes(field.data_type())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use arrow_schema::Field;

    use super::*;
    use crate::schema::cell::Cell;

    fn batch(bytes: &[u8]) -> RecordBatch {
        let item: ArrayRef = Arc::new(BinaryArray::from(vec![&b"ok"[..], bytes]));
        let list = ListArray::new(
            Arc::new(Field::new("item", DataType::Binary, false)),
            arrow_buffer::OffsetBuffer::from_lengths([2]),
            item,
            None,
        );
        let schema = ArrowSchema::new(vec![Field::new("names", list.data_type().clone(), false)]);
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(list)]).unwrap()
    }

    fn shown(how: BadText, bytes: &[u8]) -> (String, u64) {
        let mut texts = Texts::new(how);
        let batch = texts.printable(batch(bytes)).unwrap();
        (serde_json::to_string(&Cell::new(batch.column(0), 0)).unwrap(), texts.changed())
    }

    #[test]
    fn bad_text_is_shown_as_asked_and_counted() {
        assert_eq!(shown(BadText::Escape, b"caf\xe9"), (r#"["ok","caf\\xe9"]"#.to_owned(), 1));
        assert_eq!(shown(BadText::Replace, b"caf\xe9"), ("[\"ok\",\"caf\u{fffd}\"]".to_owned(), 1));
        assert_eq!(shown(BadText::Escape, "café".as_bytes()), (r#"["ok","café"]"#.to_owned(), 0));
    }

    #[test]
    fn bad_text_can_be_an_error() {
        let error = Texts::new(BadText::Fail).printable(batch(b"\xff")).unwrap_err();
        assert_eq!(error.to_string(), "`\\xff` is not UTF-8, and `--bad-text fail` was given");
    }
}
