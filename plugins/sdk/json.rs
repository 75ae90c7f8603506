//! Records as JSON, for [`testing`](crate::testing).

use std::fmt::Write;

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::time::civil_from_days;

/// What becomes of fields that are null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Kept,
    LeftOut,
}

/// Each record as a line of JSON, its fields in the order of the shape, after its kind where there are several.
pub(crate) fn records(schema: &wit::Schema, shape: &wit::Shape, batch: &wit::Batch, nulls: Nulls) -> Vec<String> {
    let fields: Vec<wit::Field> = schema.fields.iter().chain(&shape.added).cloned().collect();
    let mut places = vec![None; fields.len()];
    shape.fields.iter().enumerate().for_each(|(place, &field)| places[field as usize] = Some(place));
    let top: Vec<u32> = {
        let top = top_level(&fields);
        shape.fields.iter().copied().filter(|index| top.contains(index)).collect()
    };
    let kind = schema.kinds.get(shape.kind as usize).map(|kind| kind.name.as_str());
    let record = |row| {
        let mut writer = Writer { schema: &fields, shape, places: &places, columns: &batch.columns, nulls, text: String::new() };
        writer.record(kind, &top, row);
        writer.text
    };
    (0..batch.rows as usize).map(record).collect()
}

/// The fields that no other field names.
fn top_level(schema: &[wit::Field]) -> Vec<u32> {
    let children: Vec<u32> = schema
        .iter()
        .flat_map(|field| match &field.type_ {
            wit::FieldType::List(child) | wit::FieldType::Map(child) => vec![*child],
            wit::FieldType::Record(fields) => fields.clone(),
            _ => Vec::new(),
        })
        .collect();
    (0..schema.len() as u32).filter(|index| !children.contains(index)).collect()
}

struct Writer<'a> {
    schema: &'a [wit::Field],
    shape: &'a wit::Shape,
    /// Where the column of each field is.
    places: &'a [Option<usize>],
    columns: &'a [wit::Column],
    nulls: Nulls,
    text: String,
}

impl<'a> Writer<'a> {
    fn record(&mut self, kind: Option<&str>, fields: &[u32], row: usize) {
        let schema = self.schema;
        self.text.push('{');
        let mut comma = "";
        if let Some(kind) = kind {
            self.text.push_str("\"kind\":");
            self.string(kind);
            comma = ",";
        }
        for &index in fields.iter().filter(|&&index| self.places[index as usize].is_some()) {
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

    fn column(&self, index: u32) -> &'a wit::Column {
        &self.columns[self.places[index as usize].unwrap_or_default()]
    }

    fn is_null(&self, index: u32, row: usize) -> bool {
        let column = self.column(index);
        matches!(column.values, wit::Values::Nulls) || column.validity.as_deref().is_some_and(|validity| !bit(validity, row))
    }

    fn value(&mut self, index: u32, row: usize) {
        if self.is_null(index, row) {
            self.text.push_str("null");
            return;
        }
        let schema = self.schema;
        match &self.column(index).values {
            wit::Values::Booleans(bits) => self.plain(bit(bits, row)),
            wit::Values::Integers(numbers) => self.plain(numbers[row]),
            wit::Values::Floats(numbers) => self.plain(numbers[row]),
            wit::Values::Texts(texts) => {
                let text = String::from_utf8_lossy(text(texts, row));
                if matches!(schema[index as usize].type_, wit::FieldType::Json) { self.plain(text) } else { self.string(&text) }
            }
            wit::Values::Times(times) => self.time(index, times.values[row], times.offsets.get(row).copied()),
            wit::Values::Maps(maps) => {
                let entries = maps.offsets[row]..maps.offsets[row + 1];
                if let wit::FieldType::Map(value) = schema[index as usize].type_ {
                    self.map(value, &maps.keys, entries);
                }
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
                    self.record(None, fields, row);
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

    fn map(&mut self, values: u32, keys: &wit::Texts, entries: std::ops::Range<i32>) {
        self.text.push('{');
        let mut comma = "";
        for entry in entries {
            self.text.push_str(std::mem::replace(&mut comma, ","));
            self.string(&String::from_utf8_lossy(text(keys, entry as usize)));
            self.text.push(':');
            self.value(values, entry as usize);
        }
        self.text.push('}');
    }

    /// RFC 3339, without an offset where the clock's is not known.
    fn time(&mut self, index: u32, value: i64, offset: Option<i32>) {
        let wit::FieldType::Time(digits) = self.schema[index as usize].type_ else { return };
        let offset = offset.filter(|_| self.shape.offset_times.contains(&index));
        let units = 10_i64.pow(digits);
        let seconds = value.div_euclid(units) + i64::from(offset.unwrap_or(0));
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        self.plain(format_args!("\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"));
        let nanos = value.rem_euclid(units) * 10_i64.pow(9 - digits);
        match nanos {
            0 => {}
            _ if nanos % 1_000_000 == 0 => self.plain(format_args!(".{:03}", nanos / 1_000_000)),
            _ if nanos % 1_000 == 0 => self.plain(format_args!(".{:06}", nanos / 1_000)),
            _ => self.plain(format_args!(".{nanos:09}")),
        }
        match offset {
            None => {}
            Some(0) => self.text.push('Z'),
            Some(offset) => {
                let (sign, ahead) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
                self.plain(format_args!("{sign}{:02}:{:02}", ahead / 3600, ahead / 60 % 60));
            }
        }
        self.text.push('"');
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

fn text(texts: &wit::Texts, row: usize) -> &[u8] {
    &texts.bytes[texts.offsets[row] as usize..texts.offsets[row + 1] as usize]
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits[row / 8] >> (row % 8) & 1 == 1
}
