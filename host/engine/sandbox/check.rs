//! Checks a batch against the schema it claims to follow, and makes Arrow arrays of its columns without another copy.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, MapArray,
    RecordBatch, StringArray, StructArray, new_null_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Fields, Schema as ArrowSchema};

use super::bindings::exports::outparse::plugin::parser::{Column, Maps, Texts, Times, Values};
use super::describe::count;
use crate::schema::{Field, Kind, Schema, Shape, map_entries, time, with_type, with_types};

/// Turns the columns of a batch into Arrow arrays, preceded by the kind of the records if there are several kinds. Text that is
/// not UTF-8 becomes a binary array in place of the string array, its bytes unchanged. `left` is the number of bytes that
/// may still be spent on arrays for which an answer holds none; its batches share them, and each takes at least one for each of its
/// records. The error is a clause about the plugin's fault.
pub(super) fn record_batch(
    rows: u32,
    columns: Vec<Column>,
    shape: &Shape,
    of: &Schema,
    left: &mut usize,
) -> Result<Option<RecordBatch>, String> {
    if rows == 0 {
        return Ok(None);
    }
    let schema = &shape.schema;
    let kind = shape.kind.and_then(|kind| of.kinds.get(kind));
    let own = usize::from(kind.is_some());
    let mut columns = Columns { unread: columns.into_iter().map(Some).collect(), left };
    let expected = count(&schema.fields[own..]);
    if columns.unread.len() != expected {
        return Err(format!("its batch has {} columns, and its shape {expected} fields", columns.unread.len()));
    }
    let rows = rows as usize;
    *columns.left = columns.left.saturating_sub(rows);
    let mut arrays = Vec::with_capacity(schema.fields.len());
    if let Some(kind) = kind {
        let bytes = rows.checked_mul(kind.name.len() + size_of::<i32>()).and_then(|bytes| columns.left.checked_sub(bytes));
        *columns.left = bytes.ok_or_else(|| format!("its batch has {rows} records, more than a batch may have"))?;
        arrays.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(kind.name.as_str(), rows))) as ArrayRef);
    }
    for (field, arrow) in schema.fields.iter().zip(schema.arrow().fields()).skip(own) {
        arrays.push(array(field, arrow.data_type(), rows, &mut columns)?);
    }
    let fields = with_types(schema.arrow().fields(), &arrays);
    let unchanged = std::ptr::eq(fields.as_ptr(), schema.arrow().fields().as_ptr());
    let arrow = if unchanged { Arc::clone(schema.arrow()) } else { Arc::new(ArrowSchema::new(fields)) };
    RecordBatch::try_new(arrow, arrays).map(Some).map_err(|error| format!("its batch is not consistent: {error}"))
}

/// The columns of a batch on their way to arrays.
struct Columns<'a> {
    unread: Vec<Option<Column>>,
    /// Bytes that may still be spent on arrays for which the answer holds none.
    left: &'a mut usize,
}

impl Columns<'_> {
    fn take(&mut self, field: &Field) -> Result<Column, String> {
        let column = self.unread.get_mut(field.column).and_then(Option::take);
        column.ok_or_else(|| format!("its column `{}` is used twice", field.name))
    }

    /// An array of nulls. It takes no bytes of the batch, so a plugin could choose any size for it: `left` is the limit.
    fn all_null(&mut self, field: &Field, arrow: &DataType, len: usize) -> Result<ArrayRef, String> {
        const WIDEST: usize = size_of::<i64>();
        let left = len.checked_mul(WIDEST).and_then(|bytes| self.left.checked_sub(bytes));
        *self.left = left.ok_or_else(|| format!("its column `{}` has {len} nulls, more than a batch may have", field.name))?;
        Ok(new_null_array(arrow, len))
    }
}

/// The arrays of the fields in a record.
fn siblings(fields: &[Field], arrow: &Fields, len: usize, columns: &mut Columns<'_>) -> Result<Vec<ArrayRef>, String> {
    fields.iter().zip(arrow).map(|(field, arrow)| array(field, arrow.data_type(), len, columns)).collect()
}

fn array(field: &Field, arrow: &DataType, len: usize, columns: &mut Columns<'_>) -> Result<ArrayRef, String> {
    let Column { validity, values } = columns.take(field)?;
    let nulls = nulls(field, len, validity)?;
    let exactly = |found: usize| {
        if found == len {
            return Ok(());
        }
        Err(format!("its column `{}` has {found} values for {len} records", field.name))
    };
    Ok(match (values, &field.kind, arrow) {
        (Values::Booleans(bits), Kind::Boolean, _) => Arc::new(BooleanArray::new(bitmap(field, len, bits)?, nulls)),
        (Values::Integers(numbers), Kind::Integer, _) => {
            exactly(numbers.len())?;
            Arc::new(Int64Array::new(ScalarBuffer::from(numbers), nulls))
        }
        (Values::Floats(numbers), Kind::Float, _) => {
            exactly(numbers.len())?;
            Arc::new(Float64Array::new(ScalarBuffer::from(numbers), nulls))
        }
        (Values::Texts(Texts { offsets, bytes }), Kind::Text, _) => {
            text(offset_buffer(field, len, offsets, bytes.len())?, bytes, nulls)
        }
        (Values::Texts(Texts { offsets, bytes }), Kind::Json, _) => {
            json(field, &offset_buffer(field, len, offsets, bytes.len())?, bytes, nulls)?
        }
        (Values::Times(Times { values, offsets }), Kind::Time { digits, offset }, _) => {
            exactly(values.len())?;
            if !offset {
                if !offsets.is_empty() {
                    return Err(format!("its column `{}` has offsets, and its shape says that it has none", field.name));
                }
                time::column(values, nulls, *digits, false)
            } else {
                exactly(offsets.len())?;
                if let Some(wrong) = offsets.iter().find(|offset| offset.abs() >= 86_400) {
                    return Err(format!("its column `{}` has an offset of {wrong} seconds, more than a day", field.name));
                }
                let instants = time::column(values, nulls.clone(), *digits, true);
                let offsets: ArrayRef = Arc::new(Int32Array::new(ScalarBuffer::from(offsets), nulls.clone()));
                Arc::new(StructArray::new(time::with_offset(*digits), vec![instants, offsets], nulls))
            }
        }
        (Values::Maps(Maps { offsets, keys }), Kind::Map(value), DataType::Map(entries, _)) => {
            let entries_len = offsets.last().map_or(0, |&last| usize::try_from(last).unwrap_or(0));
            let offsets = offset_buffer(field, len, offsets, entries_len)?;
            let keys = text(offset_buffer(field, entries_len, keys.offsets, keys.bytes.len())?, keys.bytes, None);
            if *keys.data_type() != DataType::Utf8 {
                return Err(format!("its column `{}` has a key that is not UTF-8", field.name));
            }
            if let Some(twice) = key_twice(&offsets, keys.as_string()) {
                return Err(format!("its column `{}` has a map with the key `{twice}` twice", field.name));
            }
            let DataType::Struct(inner) = entries.data_type() else {
                return Err(format!("its column `{}` is not consistent", field.name));
            };
            let values = array(value, inner[1].data_type(), entries_len, columns)?;
            let fields = map_entries(inner[1].as_ref().clone().with_data_type(values.data_type().clone()));
            let DataType::Struct(inner) = fields.data_type().clone() else {
                return Err(format!("its column `{}` is not consistent", field.name));
            };
            let map = StructArray::try_new(inner, vec![keys, values], None)
                .and_then(|entries| MapArray::try_new(Arc::new(fields), offsets, entries, nulls, false));
            Arc::new(map.map_err(|error| format!("its column `{}` is not consistent: {error}", field.name))?)
        }
        (Values::Lists(offsets), Kind::List(item), DataType::List(arrow)) => {
            let items_len = offsets.last().map_or(0, |&last| usize::try_from(last).unwrap_or(0));
            let offsets = offset_buffer(field, len, offsets, items_len)?;
            let items = array(item, arrow.data_type(), items_len, columns)?;
            let list = ListArray::try_new(with_type(arrow, &items), offsets, items, nulls);
            Arc::new(list.map_err(|error| format!("its column `{}` is not consistent: {error}", field.name))?)
        }
        (Values::Records, Kind::Record(children), DataType::Struct(arrow)) => {
            let arrays = siblings(children, arrow, len, columns)?;
            let record = StructArray::try_new_with_length(with_types(arrow, &arrays), arrays, nulls, len);
            Arc::new(record.map_err(|error| format!("its column `{}` is not consistent: {error}", field.name))?)
        }
        (Values::Nulls, Kind::Boolean | Kind::Integer | Kind::Float | Kind::Text | Kind::Time { .. } | Kind::Json, _)
            if field.nullable =>
        {
            columns.all_null(field, arrow, len)?
        }
        (Values::Nulls, ..) => {
            return Err(format!("its column `{}` is all null, and its schema says that it is nested or never null", field.name));
        }
        (_, kind, _) => {
            return Err(format!("its column `{}` does not hold values of type {}, as its schema says", field.name, kind.name()));
        }
    })
}

/// A key that occurs twice in one map, if there is one.
fn key_twice<'a>(offsets: &OffsetBuffer<i32>, keys: &'a StringArray) -> Option<&'a str> {
    let mut seen = HashSet::new();
    offsets.windows(2).find_map(|ends| {
        seen.clear();
        (ends[0]..ends[1]).map(|at| keys.value(at as usize)).find(|key| !seen.insert(*key))
    })
}

/// JSON values. Each is checked, because it is written as it is.
fn json(field: &Field, offsets: &OffsetBuffer<i32>, mut bytes: Vec<u8>, nulls: Option<NullBuffer>) -> Result<ArrayRef, String> {
    for (row, ends) in offsets.windows(2).enumerate() {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            continue;
        }
        let text = &bytes[ends[0] as usize..ends[1] as usize];
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(text) {
            return Err(format!("its column `{}` has a value that is no JSON: {error}", field.name));
        }
    }
    // A line end can only stand between the parts of a value. A space replaces it, for formats that are read line by line.
    bytes.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    let offsets = OffsetBuffer::new(offsets.iter().map(|&offset| i64::from(offset)).collect());
    let array = LargeStringArray::try_new(offsets, Buffer::from_vec(bytes), nulls);
    Ok(Arc::new(array.map_err(|error| format!("its column `{}` is not consistent: {error}", field.name))?))
}

/// Text as strings where all of it is UTF-8, else as bytes.
fn text(offsets: OffsetBuffer<i32>, bytes: Vec<u8>, nulls: Option<NullBuffer>) -> ArrayRef {
    let bytes = Buffer::from_vec(bytes);
    match StringArray::try_new(offsets.clone(), bytes.clone(), nulls.clone()) {
        Ok(strings) => Arc::new(strings),
        Err(_) => Arc::new(BinaryArray::new(offsets, bytes, nulls)),
    }
}

fn nulls(field: &Field, len: usize, validity: Option<Vec<u8>>) -> Result<Option<NullBuffer>, String> {
    let Some(validity) = validity else { return Ok(None) };
    let nulls = NullBuffer::new(bitmap(field, len, validity)?);
    if nulls.null_count() > 0 && !field.nullable {
        return Err(format!("its column `{}` has nulls, and its schema says that it never does", field.name));
    }
    Ok((nulls.null_count() > 0).then_some(nulls))
}

fn bitmap(field: &Field, len: usize, bits: Vec<u8>) -> Result<BooleanBuffer, String> {
    if bits.len() != len.div_ceil(8) {
        return Err(format!("its column `{}` has {} bytes of bits for {len} values", field.name, bits.len()));
    }
    Ok(BooleanBuffer::new(Buffer::from_vec(bits), 0, len))
}

/// Offsets that begin at 0, never run backwards, and end with the values.
fn offset_buffer(field: &Field, len: usize, offsets: Vec<i32>, end: usize) -> Result<OffsetBuffer<i32>, String> {
    let wrong = |what: String| Err(format!("the offsets of its column `{}` {what}", field.name));
    if offsets.len() != len + 1 {
        return wrong(format!("are {} for {len} values, and there must be one more than values", offsets.len()));
    }
    if offsets[0] != 0 {
        return wrong(format!("begin at {}, not at 0", offsets[0]));
    }
    if !offsets.is_sorted() {
        return wrong("run backwards".to_owned());
    }
    if offsets[len] as usize != end {
        return wrong(format!("end at {}, and there are {end} bytes", offsets[len]));
    }
    Ok(OffsetBuffer::new(ScalarBuffer::from(offsets)))
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;

    use super::*;

    fn field(name: &str, kind: Kind, column: usize) -> Field {
        Field { column, ..Field::named(name, kind) }
    }

    fn batch_of(rows: u32, columns: Vec<Column>, fields: Vec<Field>, most: usize) -> Result<Option<RecordBatch>, String> {
        let schema = Schema::new(fields.clone());
        let mut left = most;
        record_batch(rows, columns, &Shape::new(None, &schema, fields), &schema, &mut left)
    }

    fn check(rows: u32, kind: Kind, columns: Vec<(Option<Vec<u8>>, Values)>) -> Result<RecordBatch, String> {
        let columns = columns.into_iter().map(|(validity, values)| Column { validity, values }).collect();
        batch_of(rows, columns, vec![field("x", kind, 0)], 1 << 20).map(|batch| batch.expect("rows"))
    }

    fn texts(offsets: &[i32], bytes: &[u8]) -> Values {
        Values::Texts(Texts { offsets: offsets.to_vec(), bytes: bytes.to_vec() })
    }

    #[test]
    fn well_formed_columns_become_arrays() {
        let batch = check(2, Kind::Text, vec![(None, texts(&[0, 1, 3], b"abc"))]).unwrap();
        assert_eq!(batch.column(0).as_ref(), &StringArray::from(vec!["a", "bc"]) as &dyn Array);
    }

    #[test]
    fn text_that_is_not_utf8_keeps_its_bytes() {
        let batch = check(1, Kind::Text, vec![(None, texts(&[0, 2], b"a\xff"))]).unwrap();
        assert_eq!(batch.column(0).as_ref(), &BinaryArray::from(vec![&b"a\xff"[..]]) as &dyn Array);
        // Two halves of a character are each not UTF-8, though the bytes together are.
        let batch = check(2, Kind::Text, vec![(None, texts(&[0, 1, 2], "é".as_bytes()))]).unwrap();
        assert_eq!(batch.column(0).data_type(), &DataType::Binary);
    }

    #[test]
    fn nested_columns_are_checked_with_their_children() {
        let kind = || Kind::List(Box::new(field("item", Kind::Integer, 1)));
        let batch = check(2, kind(), vec![(None, Values::Lists(vec![0, 0, 2])), (None, Values::Integers(vec![1, 2]))]).unwrap();
        assert_eq!(batch.num_rows(), 2);
        let error =
            check(2, kind(), vec![(None, Values::Lists(vec![0, 0, 3])), (None, Values::Integers(vec![1, 2]))]).unwrap_err();
        assert_eq!(error, "its column `item` has 2 values for 3 records");
    }

    #[test]
    fn the_batches_of_an_answer_share_what_may_be_spent_on_nulls() {
        let fields = vec![Field { nullable: true, ..field("x", Kind::Integer, 0) }];
        let schema = Schema::new(fields.clone());
        let shape = Shape::new(None, &schema, fields);
        let mut left = 200;
        let mut next = || {
            let nulls = vec![Column { validity: None, values: Values::Nulls }];
            record_batch(10, nulls, &shape, &schema, &mut left).map(|batch| batch.map(|batch| batch.num_rows()))
        };
        assert_eq!([next(), next()], [Ok(Some(10)), Ok(Some(10))]);
        assert_eq!(next(), Err("its column `x` has 10 nulls, more than a batch may have".to_owned()));
    }

    #[test]
    fn nulls_that_come_from_nothing_are_limited() {
        let nullable = |name: &str, column| Field { nullable: true, ..field(name, Kind::Integer, column) };
        let fields = || vec![nullable("x", 0), nullable("y", 1)];
        let nulls = || vec![Column { validity: None, values: Values::Nulls }, Column { validity: None, values: Values::Nulls }];
        assert_eq!(batch_of(10, nulls(), fields(), 170).unwrap().unwrap().num_rows(), 10);
        let error = batch_of(10, nulls(), fields(), 169).unwrap_err();
        assert_eq!(error, "its column `y` has 10 nulls, more than a batch may have");
        let error = batch_of(u32::MAX, nulls(), fields(), 1 << 20).unwrap_err();
        assert_eq!(error, "its column `x` has 4294967295 nulls, more than a batch may have");
    }

    #[test]
    fn every_way_to_break_a_batch_is_named() {
        type Columns = Vec<(Option<Vec<u8>>, Values)>;
        let cases: Vec<(Kind, Columns, &str)> = vec![
            (Kind::Text, vec![], "its batch has 0 columns, and its shape 1 fields"),
            (Kind::Text, vec![(None, Values::Records)], "its column `x` does not hold values of type text, as its schema says"),
            (Kind::Integer, vec![(None, Values::Integers(vec![1]))], "its column `x` has 1 values for 2 records"),
            (Kind::Boolean, vec![(None, Values::Booleans(vec![]))], "its column `x` has 0 bytes of bits for 2 values"),
            (
                Kind::Text,
                vec![(None, texts(&[0, 1], b"a"))],
                "the offsets of its column `x` are 2 for 2 values, and there must be one more than values",
            ),
            (Kind::Text, vec![(None, texts(&[1, 1, 1], b"a"))], "the offsets of its column `x` begin at 1, not at 0"),
            (Kind::Text, vec![(None, texts(&[0, 2, 1], b"a"))], "the offsets of its column `x` run backwards"),
            (Kind::Text, vec![(None, texts(&[0, -5, 1], b"a"))], "the offsets of its column `x` run backwards"),
            (Kind::Text, vec![(None, texts(&[0, 1, 9], b"a"))], "the offsets of its column `x` end at 9, and there are 1 bytes"),
            (
                Kind::Integer,
                vec![(Some(vec![1]), Values::Integers(vec![1, 2]))],
                "its column `x` has nulls, and its schema says that it never does",
            ),
            (
                Kind::Integer,
                vec![(None, Values::Nulls)],
                "its column `x` is all null, and its schema says that it is nested or never null",
            ),
            (
                Kind::Integer,
                vec![(Some(vec![]), Values::Integers(vec![1, 2]))],
                "its column `x` has 0 bytes of bits for 2 values",
            ),
        ];
        for (kind, columns, expected) in cases {
            assert_eq!(check(2, kind, columns).unwrap_err(), expected);
        }
    }
}
