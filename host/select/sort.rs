//! The order of records. All of them have to be in memory for it, or as many as `--limit` may let through.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StructArray, UInt32Array};
use arrow_ord::sort::{SortColumn, SortOptions, lexsort_to_indices};
use arrow_schema::{ArrowError, DataType, Schema as ArrowSchema};
use arrow_select::concat::concat;
use arrow_select::interleave::interleave_record_batch;

use super::misuse::Misuse;
use super::path::{Found, find};
use crate::schema::{Kind, Schema, with_type, with_types};
use crate::time;

const OPTION: &str = "--sort";

/// Records of a batch that comes out.
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

/// Collects records and gives them back in order. Records that are equal in it stay in the order they came.
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

    /// All records in order, as far as the limit goes. Each batch is put together when it is asked for.
    pub(super) fn take(&mut self) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + use<>, ArrowError> {
        let mut batches = std::mem::take(&mut self.batches);
        self.rows = 0;
        if batches.iter().any(|batch| batch.schema_ref().fields() != batches[0].schema_ref().fields()) {
            batches = batches.iter().map(with_texts_as_bytes).collect::<Result<_, _>>()?;
        }
        let order = self.order(&batches)?;
        let mut starts = Vec::with_capacity(batches.len());
        let mut rows = 0;
        for batch in &batches {
            starts.push(rows);
            rows += batch.num_rows();
        }
        let taken = self.limit.unwrap_or(usize::MAX).min(order.len());
        let mut from = 0;
        Ok(std::iter::from_fn(move || {
            let to = taken.min(from + BATCH);
            let rows: Vec<(usize, usize)> = order.values()[from..to]
                .iter()
                .map(|&row| {
                    let batch = starts.partition_point(|&start| start <= row as usize) - 1;
                    (batch, row as usize - starts[batch])
                })
                .collect();
            from = to;
            let all: Vec<&RecordBatch> = batches.iter().collect();
            (!rows.is_empty()).then(|| interleave_record_batch(&all, &rows))
        }))
    }

    fn order(&self, batches: &[RecordBatch]) -> Result<UInt32Array, ArrowError> {
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let count = u32::try_from(rows).map_err(|_| ArrowError::ComputeError(format!("{rows} records are too many to sort")))?;
        if count == 0 {
            return Ok(UInt32Array::from(Vec::<u32>::new()));
        }
        let mut columns = Vec::with_capacity(self.keys.len() + 1);
        for (key, options) in &self.keys {
            let parts =
                batches.iter().map(|batch| Ok(time::instants(&key.values(batch)?))).collect::<Result<Vec<_>, ArrowError>>()?;
            let parts: Vec<&dyn Array> = parts.iter().map(|part| part.as_ref()).collect();
            columns.push(SortColumn { values: concat(&parts)?, options: Some(*options) });
        }
        columns.push(SortColumn { values: Arc::new((0..i64::from(count)).collect::<Int64Array>()), options: None });
        lexsort_to_indices(&columns, self.limit)
    }
}

/// The same batch with all text as bytes. Texts are bytes where some of them are not UTF-8, and strings in other batches.
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
