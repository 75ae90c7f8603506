//! Arrow's values as Python's: numbers, text, lists, dictionaries, and `datetime` for points in time.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use outparse::schema::time;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A row by its place, which counts from the end where it is negative.
pub(crate) fn row_at(place: isize, rows: usize) -> PyResult<usize> {
    let row = if place < 0 { place + rows as isize } else { place };
    let row = usize::try_from(row).ok().filter(|&row| row < rows);
    row.ok_or_else(|| PyIndexError::new_err(format!("there are {rows} records, and no {place}")))
}

/// One record.
pub(crate) fn record<'py>(py: Python<'py>, batch: &RecordBatch, row: usize) -> PyResult<Bound<'py, PyDict>> {
    let record = PyDict::new(py);
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        record.set_item(field.name(), value(py, column, row)?)?;
    }
    Ok(record)
}

/// One value.
pub(crate) fn value<'py>(py: Python<'py>, column: &dyn Array, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if column.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).into_bound_py_any(py),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into_bound_py_any(py),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).into_bound_py_any(py),
        DataType::Utf8 => column.as_string::<i32>().value(row).into_bound_py_any(py),
        DataType::LargeUtf8 => py.import("json")?.call_method1("loads", (column.as_string::<i64>().value(row),)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let list = PyList::empty(py);
            for item in 0..items.len() {
                list.append(value(py, &items, item)?)?;
            }
            Ok(list.into_any())
        }
        DataType::Map(..) => {
            let map = column.as_map();
            let (offsets, keys) = (map.value_offsets(), map.keys().as_string::<i32>());
            let values = PyDict::new(py);
            for entry in offsets[row] as usize..offsets[row + 1] as usize {
                values.set_item(keys.value(entry), value(py, map.values(), entry)?)?;
            }
            Ok(values.into_any())
        }
        DataType::Timestamp(_, zone) => datetime(py, column, row, zone.is_some().then_some(0)),
        kind if time::is_with_offset(kind) => {
            let parts = column.as_struct();
            let offset = parts.column(1).as_primitive::<Int32Type>().value(row);
            datetime(py, parts.column(0), row, Some(offset))
        }
        DataType::Struct(fields) => {
            let record = PyDict::new(py);
            for (field, child) in fields.iter().zip(column.as_struct().columns()) {
                record.set_item(field.name(), value(py, child, row)?)?;
            }
            Ok(record.into_any())
        }
        other => Err(PyTypeError::new_err(format!("no record has values of type {other}"))),
    }
}

/// A point in time: aware where its offset from UTC is known, and what clocks showed there where it is not. Python's times have
/// microseconds; anything finer is only in Arrow.
fn datetime<'py>(py: Python<'py>, column: &dyn Array, row: usize, offset: Option<i32>) -> PyResult<Bound<'py, PyAny>> {
    let Some((ticks, unit)) = time::value(column, row) else { return Ok(py.None().into_bound(py)) };
    let (seconds, micros) = match unit {
        TimeUnit::Second => (ticks, 0),
        TimeUnit::Millisecond => (ticks.div_euclid(1_000), ticks.rem_euclid(1_000) * 1_000),
        TimeUnit::Microsecond => (ticks.div_euclid(1_000_000), ticks.rem_euclid(1_000_000)),
        TimeUnit::Nanosecond => (ticks.div_euclid(1_000_000_000), ticks.rem_euclid(1_000_000_000) / 1_000),
    };
    let module = py.import("datetime")?;
    let delta = |seconds: i64, micros: i64| module.getattr("timedelta")?.call1((0, seconds, micros));
    let class = module.getattr("datetime")?;
    let begin = class.call1((1970, 1, 1))?;
    let Some(offset) = offset else { return begin.add(delta(seconds, micros)?) };
    let zone = module.getattr("timezone")?.call1((delta(offset.into(), 0)?,))?;
    let local = begin.add(delta(seconds + i64::from(offset), micros)?)?;
    let named = PyDict::new(py);
    named.set_item("tzinfo", zone)?;
    local.call_method("replace", (), Some(&named))
}
