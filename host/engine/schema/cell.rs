//! Records and their values as serde sees them, fields in the order of the schema: for the formats that have no writer for
//! Arrow arrays.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::schema::time;

/// All records of a batch, as a sequence.
pub struct Records<'a>(pub &'a RecordBatch);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.0.num_rows()).map(|row| Record { batch: self.0, row }))
    }
}

/// Each record as JSON, with its fields in their order.
pub fn rows(batch: &RecordBatch) -> serde_json::Result<Vec<String>> {
    (0..batch.num_rows()).map(|row| serde_json::to_string(&Record { batch, row })).collect()
}

struct Record<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.batch.num_columns()))?;
        for (field, column) in self.batch.schema_ref().fields().iter().zip(self.batch.columns()) {
            map.serialize_entry(field.name(), &Cell::new(column, self.row))?;
        }
        map.end()
    }
}

/// One value of a column.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    column: &'a dyn Array,
    row: usize,
}

impl<'a> Cell<'a> {
    /// The value in this row of a column.
    pub fn new(column: &'a dyn Array, row: usize) -> Cell<'a> {
        Cell { column, row }
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Cell { column, row } = *self;
        if column.is_null(row) {
            return serializer.serialize_none();
        }
        match column.data_type() {
            DataType::Boolean => serializer.serialize_bool(column.as_boolean().value(row)),
            DataType::Int64 => serializer.serialize_i64(column.as_primitive::<Int64Type>().value(row)),
            DataType::Float64 => serializer.serialize_f64(column.as_primitive::<Float64Type>().value(row)),
            DataType::Utf8 => serializer.serialize_str(column.as_string::<i32>().value(row)),
            DataType::List(_) => {
                let items = column.as_list::<i32>().value(row);
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in 0..items.len() {
                    sequence.serialize_element(&Cell::new(&items, item))?;
                }
                sequence.end()
            }
            DataType::LargeUtf8 => {
                let value: serde_json::Value =
                    serde_json::from_str(column.as_string::<i64>().value(row)).map_err(S::Error::custom)?;
                value.serialize(serializer)
            }
            DataType::Map(..) => {
                let entries = column.as_map();
                let (offsets, keys) = (entries.value_offsets(), entries.keys().as_string::<i32>());
                let entries_of_row = offsets[row] as usize..offsets[row + 1] as usize;
                let mut map = serializer.serialize_map(Some(entries_of_row.len()))?;
                for entry in entries_of_row {
                    map.serialize_entry(keys.value(entry), &Cell::new(entries.values(), entry))?;
                }
                map.end()
            }
            data_type if matches!(data_type, DataType::Timestamp(..)) || time::is_with_offset(data_type) => {
                let mut text = String::new();
                time::write(column, row, &mut text);
                serializer.serialize_str(&text)
            }
            DataType::Struct(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (field, child) in fields.iter().zip(column.as_struct().columns()) {
                    map.serialize_entry(field.name(), &Cell::new(child, row))?;
                }
                map.end()
            }
            other => Err(S::Error::custom(format!("no record has values of type {other}"))),
        }
    }
}
