//! One table of records whose shapes may differ, for formats that fix their columns with the first record.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray, MapArray, RecordBatch, StringArray, StructArray, new_null_array};
use arrow_schema::{DataType, Field as ArrowField, Fields, Schema as ArrowSchema, SchemaRef};

use crate::schema::{Schema, Shape, map_entries, time, with_type, with_types};

/// The columns of a table, and how records get into them.
pub struct Table {
    schema: SchemaRef,
}

impl Table {
    /// A table with these fields. The shapes, if there are any, say whether times have offsets.
    pub fn new(schema: &Schema, shapes: &[Arc<Shape>]) -> Table {
        let shaped: HashMap<&str, &DataType> = shapes
            .iter()
            .rev()
            .flat_map(|shape| shape.schema.arrow().fields())
            .map(|field| (field.name().as_str(), field.data_type()))
            .collect();
        let fields = schema.arrow().fields().iter().map(|field| {
            let data_type = shaped.get(field.name().as_str()).copied().unwrap_or(field.data_type());
            Arc::new(ArrowField::clone(field).with_data_type(instants_type(data_type)))
        });
        let fields: Fields = fields.collect();
        Table { schema: Arc::new(ArrowSchema::new(fields)) }
    }

    /// Its columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The records with these columns: null where they lack one. Fields that the table lacks are left out.
    pub fn conform(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = self.schema.fields().iter().map(|field| {
            let Some(column) = batch.column_by_name(field.name()) else {
                return Ok(new_null_array(field.data_type(), batch.num_rows()));
            };
            let column = instants(column);
            if column.data_type() == field.data_type() {
                return Ok(column);
            }
            if same_kind(column.data_type(), field.data_type()) {
                return Ok(column);
            }
            if column.null_count() == column.len() {
                return Ok(new_null_array(field.data_type(), batch.num_rows()));
            }
            bail!(
                "`{}` is {} at first and {} later: one table cannot have both",
                field.name(),
                field.data_type(),
                column.data_type()
            )
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        // Records that lack a field have a null in it, even if the schema says that it is never null.
        let fields = self.schema.fields().iter().zip(&columns).map(|(field, column)| {
            let field = with_type(field, column);
            if column.null_count() > 0 && !field.is_nullable() {
                Arc::new(ArrowField::clone(&field).with_nullable(true))
            } else {
                field
            }
        });
        let schema = Arc::new(ArrowSchema::new(fields.collect::<Fields>()));
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}

/// Whether two types differ at most in how nested fields are described.
fn same_kind(one: &DataType, other: &DataType) -> bool {
    one.equals_datatype(other)
        || (one.is_nested() && other.is_nested() && std::mem::discriminant(one) == std::mem::discriminant(other))
}

/// The type of a column in which times with offsets are instants.
fn instants_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Struct(fields) if time::is_with_offset(data_type) => fields[0].data_type().clone(),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(instants_field).collect()),
        DataType::List(item) => DataType::List(instants_field(item)),
        DataType::Map(entries, sorted) => DataType::Map(instants_field(entries), *sorted),
        other => other.clone(),
    }
}

fn instants_field(field: &Arc<ArrowField>) -> Arc<ArrowField> {
    Arc::new(ArrowField::clone(field).with_data_type(instants_type(field.data_type())))
}

/// A column in which times with offsets are instants.
pub(super) fn instants(column: &ArrayRef) -> ArrayRef {
    changed(column, &|column| if time::is_with_offset(column.data_type()) { Some(time::instants(column)) } else { None })
}

/// A column in which times are text, as RFC 3339.
fn times_as_text(column: &ArrayRef) -> ArrayRef {
    changed(column, &|column| {
        let is_time = matches!(column.data_type(), DataType::Timestamp(..)) || time::is_with_offset(column.data_type());
        is_time.then(|| {
            let text = |row| {
                let mut text = String::new();
                (column.is_valid(row) && time::write(column, row, &mut text)).then_some(text)
            };
            Arc::new((0..column.len()).map(text).collect::<StringArray>()) as ArrayRef
        })
    })
}

/// All columns of a batch with their times as text.
pub fn batch_with_times_as_text(batch: &RecordBatch) -> Result<RecordBatch> {
    let fields = batch.schema_ref().fields();
    if !fields.iter().any(|field| has_times(field.data_type())) {
        return Ok(batch.clone());
    }
    let columns: Vec<ArrayRef> = batch.columns().iter().map(times_as_text).collect();
    Ok(RecordBatch::try_new(Arc::new(ArrowSchema::new(with_types(fields, &columns))), columns)?)
}

/// Whether values of this type have times in them.
fn has_times(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(..) => true,
        DataType::Struct(fields) => fields.iter().any(|field| has_times(field.data_type())),
        DataType::List(field) | DataType::Map(field, _) => has_times(field.data_type()),
        _ => false,
    }
}

/// A column with some columns in it changed.
fn changed(column: &ArrayRef, change: &dyn Fn(&ArrayRef) -> Option<ArrayRef>) -> ArrayRef {
    if let Some(changed) = change(column) {
        return changed;
    }
    if !has_times(column.data_type()) {
        return Arc::clone(column);
    }
    match column.data_type() {
        DataType::Struct(_) => {
            let (fields, children, nulls) = column.as_struct().clone().into_parts();
            let children: Vec<ArrayRef> = children.iter().map(|child| changed(child, change)).collect();
            Arc::new(StructArray::new(with_types(&fields, &children), children, nulls))
        }
        DataType::List(_) => {
            let (item, offsets, values, nulls) = column.as_list::<i32>().clone().into_parts();
            let values = changed(&values, change);
            Arc::new(ListArray::new(with_type(&item, &values), offsets, values, nulls))
        }
        DataType::Map(..) => {
            let (_, offsets, entries, nulls, sorted) = column.as_map().clone().into_parts();
            let (fields, children, entry_nulls) = entries.into_parts();
            let values = changed(&children[1], change);
            let field = map_entries(with_type(&fields[1], &values).as_ref().clone());
            let DataType::Struct(inner) = field.data_type().clone() else { return Arc::clone(column) };
            let entries = StructArray::new(inner, vec![Arc::clone(&children[0]), values], entry_nulls);
            Arc::new(MapArray::new(Arc::new(field), offsets, entries, nulls, sorted))
        }
        _ => Arc::clone(column),
    }
}
