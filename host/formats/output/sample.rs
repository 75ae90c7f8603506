//! Records as samples: which fields say what a record is about, and which are measured. For the formats of metrics.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

use crate::select::values_at;
use outparse::schema::{Field, KIND, Kind, Role, Schema, time};

/// The fields of records, including those within nested records, under joined names.
pub(super) struct Fields(Vec<Place>);

struct Place {
    field: Field,
    /// The column, and the children to follow in it.
    steps: Vec<usize>,
    /// Whether it says which thing a record is about.
    key: bool,
}

/// What one record says.
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// What it is about: names and values.
    pub(super) keys: Vec<(String, String)>,
    /// What it says in words.
    pub(super) texts: Vec<(String, String)>,
    /// What it measures.
    pub(super) numbers: Vec<(&'a Field, Number)>,
}

/// A measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// Nanoseconds since 1970, UTC.
    Time(i128),
}

impl Number {
    /// As a decimal number, multiplied by `factor`; a time is in seconds.
    pub(super) fn times(self, factor: f64) -> String {
        match self {
            Number::Integer(value) if factor == 1.0 => value.to_string(),
            Number::Integer(value) => shortest(value as f64 * factor),
            Number::Float(value) => shortest(value * factor),
            Number::Boolean(value) => u8::from(value).to_string(),
            Number::Time(nanos) => shortest(nanos as f64 / 1e9),
        }
    }
}

/// A number without the noise of a multiplication; NaN and infinities as Prometheus spells them.
fn shortest(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
        rounded.to_string()
    }
}

impl Fields {
    pub(super) fn new(schema: &Schema) -> Fields {
        let mut places = Vec::new();
        collect(&schema.fields, "", &[], &mut places);
        let any_key = places.iter().any(|place| place.field.role == Some(Role::Key));
        for place in &mut places {
            let text = matches!(place.field.kind, Kind::Text);
            let is_kind = place.field.name == KIND && !schema.kinds.is_empty();
            place.key = place.field.role == Some(Role::Key) || is_kind || !any_key && text;
        }
        Fields(places)
    }

    /// Reads the records of a batch.
    ///
    /// # Errors
    /// The batch has other columns than the schema.
    pub(super) fn read<'a>(&'a self, batch: &RecordBatch) -> anyhow::Result<impl Iterator<Item = Reading<'a>> + use<'a>> {
        let column = |place: &'a Place| Ok((place, time::instants(&values_at(batch, &place.steps)?)));
        let columns: Vec<_> = self.0.iter().map(column).collect::<anyhow::Result<_>>()?;
        Ok((0..batch.num_rows()).map(move |row| {
            let mut reading = Reading::default();
            for (place, column) in columns.iter().filter(|(_, column)| column.is_valid(row)) {
                reading.take(place, column, row);
            }
            reading
        }))
    }
}

impl<'a> Reading<'a> {
    fn take(&mut self, Place { field, key, .. }: &'a Place, column: &ArrayRef, row: usize) {
        let number = match column.data_type() {
            DataType::Utf8 => {
                let text = column.as_string::<i32>().value(row).to_owned();
                if *key { &mut self.keys } else { &mut self.texts }.push((field.name.clone(), text));
                return;
            }
            DataType::Int64 => Number::Integer(column.as_primitive::<Int64Type>().value(row)),
            DataType::Float64 => Number::Float(column.as_primitive::<Float64Type>().value(row)),
            DataType::Boolean => Number::Boolean(column.as_boolean().value(row)),
            // What clocks showed there, without a zone, is no point in time that anybody else could place.
            DataType::Timestamp(_, Some(_)) => match time::value(column, row) {
                Some((units, unit)) => Number::Time(i128::from(units) * 1_000_000_000 / i128::from(time::per_second(unit))),
                None => return,
            },
            _ => return,
        };
        if *key {
            self.keys.push((field.name.clone(), number.times(1.0)));
        } else {
            self.numbers.push((field, number));
        }
    }
}

/// How many records had the same labels.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<String, u64>);

impl Seen {
    /// The number of a record among those with the same labels. None for the first of them.
    pub(super) fn again(&mut self, labels: &str) -> Option<u64> {
        let count = self.0.entry(labels.to_owned()).or_default();
        *count += 1;
        Some(*count - 1).filter(|&again| again > 0)
    }
}

fn collect(fields: &[Field], before: &str, steps: &[usize], to: &mut Vec<Place>) {
    for (index, field) in fields.iter().enumerate() {
        let name = if before.is_empty() { field.name.clone() } else { format!("{before}_{}", field.name) };
        let steps = [steps, &[index]].concat();
        match &field.kind {
            Kind::Record(children) => collect(children, &name, &steps, to),
            Kind::List(_) | Kind::Map(_) | Kind::Json => {}
            _ => to.push(Place { field: Field { name, ..field.clone() }, steps, key: false }),
        }
    }
}
