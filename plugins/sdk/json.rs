//! Records as JSON, for [`testing`](crate::testing).

use std::fmt::Write;

use crate::bindings::exports::outparse::plugin::parser as wit;

/// What becomes of fields that are null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Kept,
    LeftOut,
}

/// Each record as a line of JSON, its fields in the order of the schema.
pub(crate) fn records(schema: &[wit::Field], batch: &wit::Batch, nulls: Nulls) -> Vec<String> {
    let top = top_level(schema);
    let record = |row| {
        let mut writer = Writer { schema, columns: &batch.columns, nulls, text: String::new() };
        writer.record(&top, row);
        writer.text
    };
    (0..batch.rows as usize).map(record).collect()
}

/// The fields that no other field names.
fn top_level(schema: &[wit::Field]) -> Vec<u32> {
    let children: Vec<u32> = schema
        .iter()
        .flat_map(|field| match &field.type_ {
            wit::FieldType::List(item) => vec![*item],
            wit::FieldType::Record(fields) => fields.clone(),
            _ => Vec::new(),
        })
        .collect();
    (0..schema.len() as u32).filter(|index| !children.contains(index)).collect()
}

struct Writer<'a> {
    schema: &'a [wit::Field],
    columns: &'a [wit::Column],
    nulls: Nulls,
    text: String,
}

impl Writer<'_> {
    fn record(&mut self, fields: &[u32], row: usize) {
        let schema = self.schema;
        self.text.push('{');
        let mut comma = "";
        for &index in fields {
            if self.nulls == Nulls::LeftOut && self.is_null(index, row) {
                continue;
            }
            self.text.push_str(std::mem::replace(&mut comma, ","));
            self.string(&schema[index as usize].name);
            self.text.push(':');
            self.value(index, row);
        }
        self.text.push('}');
    }

    fn is_null(&self, index: u32, row: usize) -> bool {
        let column = &self.columns[index as usize];
        matches!(column.values, wit::Values::Nulls) || column.validity.as_deref().is_some_and(|validity| !bit(validity, row))
    }

    fn value(&mut self, index: u32, row: usize) {
        if self.is_null(index, row) {
            self.text.push_str("null");
            return;
        }
        let (columns, schema) = (self.columns, self.schema);
        match &columns[index as usize].values {
            wit::Values::Booleans(bits) => self.plain(bit(bits, row)),
            wit::Values::Integers(numbers) => self.plain(numbers[row]),
            wit::Values::Floats(numbers) => self.plain(numbers[row]),
            wit::Values::Texts(texts) => {
                let bytes = &texts.bytes[texts.offsets[row] as usize..texts.offsets[row + 1] as usize];
                self.string(&String::from_utf8_lossy(bytes));
            }
            wit::Values::Lists(offsets) => {
                let elements = offsets[row]..offsets[row + 1];
                if let wit::FieldType::List(item) = schema[index as usize].type_ {
                    self.list(item, elements);
                }
            }
            wit::Values::Nulls => {}
            wit::Values::Records => {
                if let wit::FieldType::Record(fields) = &schema[index as usize].type_ {
                    self.record(fields, row);
                }
            }
        }
    }

    fn list(&mut self, item: u32, elements: std::ops::Range<i32>) {
        self.text.push('[');
        let mut comma = "";
        for element in elements {
            self.text.push_str(std::mem::replace(&mut comma, ","));
            self.value(item, element as usize);
        }
        self.text.push(']');
    }

    fn plain(&mut self, value: impl std::fmt::Display) {
        let _ = write!(self.text, "{value}");
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\0'..='\x1f' => self.plain(format_args!("\\u{:04x}", c as u32)),
                _ => self.text.push(c),
            }
        }
        self.text.push('"');
    }
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits[row / 8] >> (row % 8) & 1 == 1
}
