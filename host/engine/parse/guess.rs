//! Numbers that a catalogue has as text. Templates for network devices know no types, so that all they say is text: where the user asks
//! for it, a field whose texts are all numbers becomes a number. Only what is printed again as it was: `007`, `1.10`, `+5` and `-0`
//! stay text, and so does a field that has one such text.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, ListArray, MapArray, RecordBatch, StructArray};
use arrow_schema::{DataType, Fields, Schema as ArrowSchema};

use crate::schema::{Field, Kind, Schema, Shape, map_entries, with_type, with_types};

/// The records of one answer, each with its shape.
pub(super) type Batches = Vec<(Arc<Shape>, RecordBatch)>;

/// What the texts of a field have in common, by the names on the way to it: in all shapes, since a field has one type in a capture.
#[derive(Default)]
struct Guesses(HashMap<Vec<String>, Guess>);

#[derive(Clone, Copy)]
struct Guess {
    integer: bool,
    float: bool,
    /// Whether there was a text at all.
    seen: bool,
}

/// The same records with numbers where all texts of a field are some. A catalogue answers with all records of a capture at once.
pub(super) fn numbers(batches: Batches) -> anyhow::Result<Batches> {
    let mut guesses = Guesses::default();
    for (shape, batch) in &batches {
        for (field, column) in shape.schema.fields.iter().zip(batch.columns()) {
            guesses.look(&[], field, column);
        }
    }
    let mut shapes: Vec<(Arc<Shape>, Arc<Shape>)> = Vec::new();
    let converted = batches.into_iter().map(|(shape, batch)| {
        let known = shapes.iter().find(|(known, _)| Arc::ptr_eq(known, &shape)).map(|(_, typed)| Arc::clone(typed));
        let typed = known.unwrap_or_else(|| {
            let typed = Arc::new(guesses.shape(&shape));
            shapes.push((Arc::clone(&shape), Arc::clone(&typed)));
            typed
        });
        let columns = shape.schema.fields.iter().zip(batch.columns());
        let columns = columns.map(|(field, column)| guesses.column(&[], field, column)).collect::<anyhow::Result<Vec<_>>>()?;
        let fields = with_types(typed.schema.arrow().fields(), &columns);
        Ok((typed, RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns).context("showing numbers")?))
    });
    converted.collect()
}

/// The way to what is in a field.
fn below(way: &[String], field: &Field) -> Vec<String> {
    way.iter().chain([&field.name]).cloned().collect()
}

impl Guesses {
    fn look(&mut self, way: &[String], field: &Field, column: &ArrayRef) {
        let way = below(way, field);
        match &field.kind {
            Kind::List(item) => return self.look(&way, item, column.as_list::<i32>().values()),
            Kind::Map(value) => return self.look(&way, value, column.as_map().values()),
            Kind::Record(fields) => {
                let children = column.as_struct().columns();
                return fields.iter().zip(children).for_each(|(field, child)| self.look(&way, field, child));
            }
            _ => {}
        }
        let guess = self.0.entry(way).or_insert(Guess { integer: true, float: true, seen: false });
        match &field.kind {
            Kind::Text => texts(column).flatten().for_each(|text| {
                guess.seen = true;
                guess.integer &= integer(text).is_some();
                guess.float &= float(text).is_some();
            }),
            Kind::Integer => guess.float = false,
            Kind::Float => guess.integer = false,
            _ => (guess.integer, guess.float) = (false, false),
        }
    }

    /// What a field becomes, if it becomes something else.
    fn kind(&self, way: &[String], field: &Field) -> Option<Kind> {
        match &field.kind {
            Kind::Text => {
                let guess = self.0.get(way).filter(|guess| guess.seen)?;
                if guess.integer { Some(Kind::Integer) } else { guess.float.then_some(Kind::Float) }
            }
            Kind::List(item) => Some(Kind::List(Box::new(self.field(way, item)))),
            Kind::Map(value) => Some(Kind::Map(Box::new(self.field(way, value)))),
            Kind::Record(fields) => Some(Kind::Record(fields.iter().map(|field| self.field(way, field)).collect())),
            _ => None,
        }
    }

    fn field(&self, way: &[String], field: &Field) -> Field {
        match self.kind(&below(way, field), field) {
            Some(kind) => Field { kind, ..field.clone() },
            None => field.clone(),
        }
    }

    fn shape(&self, shape: &Shape) -> Shape {
        let fields = shape.schema.fields.iter().map(|field| self.field(&[], field)).collect();
        Shape { kind: shape.kind, schema: Schema::new(fields).opened(shape.schema.open) }
    }

    fn column(&self, way: &[String], field: &Field, column: &ArrayRef) -> anyhow::Result<ArrayRef> {
        let way = below(way, field);
        Ok(match (&field.kind, self.kind(&way, field)) {
            (Kind::Text, Some(Kind::Integer)) => {
                Arc::new(texts(column).map(|text| text.and_then(integer)).collect::<Int64Array>())
            }
            (Kind::Text, Some(Kind::Float)) => Arc::new(texts(column).map(|text| text.and_then(float)).collect::<Float64Array>()),
            (Kind::List(item), _) => {
                let (known, offsets, values, nulls) = column.as_list::<i32>().clone().into_parts();
                let values = self.column(&way, item, &values)?;
                Arc::new(ListArray::try_new(with_type(&known, &values), offsets, values, nulls)?)
            }
            (Kind::Map(value), _) => {
                let (_, offsets, entries, nulls, sorted) = column.as_map().clone().into_parts();
                let (known, children, entry_nulls) = entries.into_parts();
                let values = self.column(&way, value, &children[1])?;
                let field = map_entries(with_type(&known[1], &values).as_ref().clone());
                let DataType::Struct(inner) = field.data_type().clone() else { return Ok(Arc::clone(column)) };
                // Its keys may be bytes.
                let inner: Fields = vec![with_type(&inner[0], &children[0]), Arc::clone(&inner[1])].into();
                let field = field.with_data_type(DataType::Struct(inner.clone()));
                let entries = StructArray::try_new(inner, vec![Arc::clone(&children[0]), values], entry_nulls)?;
                Arc::new(MapArray::try_new(Arc::new(field), offsets, entries, nulls, sorted)?)
            }
            (Kind::Record(fields), _) => {
                let (known, children, nulls) = column.as_struct().clone().into_parts();
                let children = fields.iter().zip(&children).map(|(field, child)| self.column(&way, field, child));
                let children = children.collect::<anyhow::Result<Vec<_>>>()?;
                Arc::new(StructArray::try_new(with_types(&known, &children), children, nulls)?)
            }
            _ => Arc::clone(column),
        })
    }
}

/// The texts of a column; none for one that is no UTF-8, and so no number.
fn texts(column: &ArrayRef) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
    match column.data_type() {
        DataType::Utf8 => Box::new(column.as_string::<i32>().iter()),
        DataType::Binary => {
            Box::new(column.as_binary::<i32>().iter().map(|text| text.map(|text| std::str::from_utf8(text).unwrap_or(""))))
        }
        // A column in which nothing is known has no texts.
        _ => Box::new(std::iter::repeat_n(None, column.len())),
    }
}

/// The whole number that is printed like this.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}

/// The number with a decimal point that is printed like this: whatever prints it prints the shortest digits that mean it.
fn float(text: &str) -> Option<f64> {
    let plain = text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    // Beyond fifteen digits, and where it is so small that it is printed with an exponent, others print it otherwise.
    let short = plain && text.len() <= 15;
    text.parse().ok().filter(|number: &f64| short && number.to_string() == text && (number.abs() >= 1e-4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_printed_as_it_was_is_a_number() {
        for (text, number) in [("0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", i64::MAX)] {
            assert_eq!(integer(text), Some(number), "{text}");
        }
        for text in ["", "007", "+5", "-0", "1e3", "0x1f", " 1", "1 ", "1,000", "9223372036854775808", "1.0", "٣", "1_000"] {
            assert_eq!(integer(text), None, "{text}");
        }
        for (text, number) in [("0.5", 0.5), ("-12.25", -12.25), ("15.2", 15.2)] {
            assert_eq!(float(text), Some(number), "{text}");
        }
        for text in [
            "",
            "1",
            "1.0",
            "15.10",
            ".5",
            "5.",
            "1.5e3",
            "-0.0",
            "nan",
            "inf",
            "10.0.0.1",
            "0.1000000000000000055",
            "0.00001",
            "00.5",
        ] {
            assert_eq!(float(text), None, "{text}");
        }
    }
}
