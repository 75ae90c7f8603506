//! The order of records. All of them have to be in memory for it, or as many as `--limit` may let through.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StructArray, UInt32Array};
use arrow_ord::sort::{SortColumn, SortOptions, lexsort_to_indices};
use arrow_schema::{ArrowError, DataType, Schema as ArrowSchema};
use arrow_select::concat::concat;
use arrow_select::interleave::interleave_record_batch;

use super::path::{Found, find};
use crate::misuse::Misuse;
use outparse::schema::{Kind, Schema, time, with_type, with_types};

const OPTION: &str = "--sort";

/// Records in each batch that comes out.
const BATCH: usize = 8192;

/// Records beyond the limit that are collected before those that cannot get through are dropped.
const SLACK: usize = 65_536;

/// What `--sort` names: a field, and whether its highest values come first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    names: Vec<String>,
    descending: bool,
    text: String,
}

impl Key {
    /// Reads `used`, or `-used` for the highest first.
    pub(super) fn new(text: &str) -> Result<Key, Misuse> {
        let (descending, path) = text.strip_prefix('-').map_or((false, text), |path| (true, path));
        let names: Vec<String> = path.split('.').map(str::to_owned).collect();
        if names.iter().any(String::is_empty) {
            return Err(Misuse::new(OPTION, format!("`{text}` is not the name of a field")));
        }
        Ok(Key { names, descending, text: text.to_owned() })
    }

    /// Whether it names this field of the top level, or something within it.
    pub(super) fn is_within(&self, field: &str) -> bool {
        self.names.first().is_some_and(|name| name == field)
    }

    /// The field in a schema.
    pub(super) fn find(&self, schema: &Schema) -> Result<Found, Misuse> {
        let start = usize::from(self.descending);
        let found = find(schema, &self.names, OPTION, &self.text, start..self.text.len())?;
        match found.field.kind {
            Kind::List(_) | Kind::Map(_) | Kind::Record(_) | Kind::Json => {
                let kind = found.field.kind.name();
                Err(Misuse::new(OPTION, format!("`{}` is a {kind}, which has no order", self.names.join("."))))
            }
            _ => Ok(found),
        }
    }
}

/// Collects records and gives them back in order. Records that are equal stay in the order in which they came.
pub(super) struct Sorter {
    keys: Vec<(Found, SortOptions)>,
    limit: Option<usize>,
    batches: Vec<RecordBatch>,
    rows: usize,
}

impl Sorter {
    pub(super) fn new(keys: &[Key], schema: &Schema, limit: Option<usize>) -> Result<Sorter, Misuse> {
        let options = |key: &Key| SortOptions { descending: key.descending, nulls_first: false };
        let keys = keys.iter().map(|key| Ok((key.find(schema)?, options(key)))).collect::<Result<_, _>>()?;
        Ok(Sorter { keys, limit, batches: Vec::new(), rows: 0 })
    }

    pub(super) fn push(&mut self, batch: RecordBatch) -> Result<(), ArrowError> {
        self.rows += batch.num_rows();
        self.batches.push(batch);
        if self.limit.is_some_and(|limit| self.rows > limit.saturating_mul(2).saturating_add(SLACK)) {
            let kept: Vec<RecordBatch> = self.take()?.collect::<Result<_, _>>()?;
            self.rows = kept.iter().map(RecordBatch::num_rows).sum();
            self.batches = kept;
        }
        Ok(())
    }

    /// All records in order, up to the limit.
    fn take(&mut self) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + use<>, ArrowError> {
        Ok(in_order(vec![self])?.map(|sorted| sorted.map(|(_, batch)| batch)))
    }

    /// Takes the batches, all with the same types for their texts.
    fn batches(&mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        let batches = std::mem::take(&mut self.batches);
        self.rows = 0;
        if batches.iter().all(|batch| batch.schema_ref().fields() == batches[0].schema_ref().fields()) {
            return Ok(batches);
        }
        batches.iter().map(with_texts_as_bytes).collect()
    }
}

/// The records of several sorters with the same keys in one order, up to the limit: each batch with the place of its sorter, put
/// together when it is asked for.
pub(super) fn in_order(
    mut sorters: Vec<&mut Sorter>,
) -> Result<impl Iterator<Item = Result<(usize, RecordBatch), ArrowError>> + use<>, ArrowError> {
    let limit = sorters.first().and_then(|sorter| sorter.limit);
    let batches: Vec<Vec<RecordBatch>> = sorters.iter_mut().map(|sorter| sorter.batches()).collect::<Result<_, _>>()?;
    let order = order(&sorters, &batches, limit)?;
    // For each batch, the number of its first row among all rows, and where the batch is.
    let mut starts = Vec::new();
    let mut rows = 0;
    for (sorter, batches) in batches.iter().enumerate() {
        for (place, batch) in batches.iter().enumerate() {
            starts.push((rows, sorter, place));
            rows += batch.num_rows();
        }
    }
    let taken = limit.unwrap_or(usize::MAX).min(order.len());
    let mut from = 0;
    Ok(std::iter::from_fn(move || {
        let find = |row: u32| {
            let (start, sorter, place) = starts[starts.partition_point(|&(start, ..)| start <= row as usize) - 1];
            (sorter, (place, row as usize - start))
        };
        let most = taken.min(from + BATCH);
        let (sorter, _) = find(*order.values().get(from).filter(|_| from < most)?);
        let rows: Vec<(usize, usize)> = order.values()[from..most]
            .iter()
            .map(|&row| find(row))
            .take_while(|&(of, _)| of == sorter)
            .map(|(_, place)| place)
            .collect();
        from += rows.len();
        let all: Vec<&RecordBatch> = batches[sorter].iter().collect();
        Some(interleave_record_batch(&all, &rows).map(|batch| (sorter, batch)))
    }))
}

fn order(sorters: &[&mut Sorter], batches: &[Vec<RecordBatch>], limit: Option<usize>) -> Result<UInt32Array, ArrowError> {
    let rows: usize = batches.iter().flatten().map(RecordBatch::num_rows).sum();
    let count = u32::try_from(rows).map_err(|_| ArrowError::ComputeError(format!("{rows} records are too many to sort")))?;
    if count == 0 {
        return Ok(UInt32Array::from(Vec::<u32>::new()));
    }
    let keys = sorters.first().map_or(0, |sorter| sorter.keys.len());
    let mut columns = Vec::with_capacity(keys + 1);
    for key in 0..keys {
        let mut parts = Vec::new();
        for (sorter, batches) in sorters.iter().zip(batches) {
            for batch in batches {
                parts.push(time::instants(&sorter.keys[key].0.values(batch)?));
            }
        }
        if parts.iter().any(|part| part.data_type() != parts[0].data_type()) {
            parts = parts.iter().map(texts_as_bytes).collect();
        }
        let parts: Vec<&dyn Array> = parts.iter().map(|part| part.as_ref()).collect();
        columns.push(SortColumn { values: concat(&parts)?, options: Some(sorters[0].keys[key].1) });
    }
    columns.push(SortColumn { values: Arc::new((0..i64::from(count)).collect::<Int64Array>()), options: None });
    lexsort_to_indices(&columns, limit)
}

/// The same batch with all text as bytes. A column of text is bytes in batches where some of it is not UTF-8, and strings in
/// others.
fn with_texts_as_bytes(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = batch.columns().iter().map(texts_as_bytes).collect();
    let fields = with_types(batch.schema_ref().fields(), &columns);
    RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns)
}

fn texts_as_bytes(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8 => Arc::new(BinaryArray::from(array.as_string::<i32>().clone())),
        DataType::List(_) => {
            let (item, offsets, values, nulls) = array.as_list::<i32>().clone().into_parts();
            let values = texts_as_bytes(&values);
            Arc::new(ListArray::new(with_type(&item, &values), offsets, values, nulls))
        }
        DataType::Struct(_) if !time::is_with_offset(array.data_type()) => {
            let (fields, children, nulls) = array.as_struct().clone().into_parts();
            let children: Vec<ArrayRef> = children.iter().map(texts_as_bytes).collect();
            Arc::new(StructArray::new(with_types(&fields, &children), children, nulls))
        }
        _ => Arc::clone(array),
    }
}
