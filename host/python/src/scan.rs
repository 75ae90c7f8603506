//! Many captures as one table.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use outparse::registry::Config;
use outparse_bulk::{Counts, Failure, Input, ScanTable};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyCapsule, PyDict};

use crate::errors::{raised, raised_any};
use crate::frame::capsule;
use crate::pool::{kept, lock};
use crate::records::capture;
use crate::values;

/// A scan: its table can be read once.
#[pyclass(frozen, module = "outparse")]
pub(crate) struct Scan {
    table: Mutex<Option<ScanTable>>,
    failures: Arc<Mutex<Vec<Failure>>>,
    counts: Arc<Mutex<Counts>>,
    /// The batch whose rows are being given one by one.
    rows: Mutex<Option<(RecordBatch, usize)>>,
}

/// The table on its way to a reader; keeps the counts up to date.
struct Counted {
    table: ScanTable,
    counts: Arc<Mutex<Counts>>,
}

impl Iterator for Counted {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.table.next();
        *lock(&self.counts) = self.table.counts();
        next
    }
}

impl RecordBatchReader for Counted {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }
}

#[pymethods]
impl Scan {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets us ignore what we cannot give.
        let _ = requested_schema;
        let table = lock(&self.table).take().filter(|_| lock(&self.rows).is_none());
        let table = table.ok_or_else(|| PyValueError::new_err("a scan is read once: begin another one"))?;
        capsule(py, Counted { table, counts: Arc::clone(&self.counts) })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        loop {
            if let Some((batch, row)) = &mut *lock(&self.rows)
                && *row < batch.num_rows()
            {
                let record = values::record(py, batch, *row)?;
                *row += 1;
                return Ok(Some(record));
            }
            let next = py.detach(|| {
                let mut table = lock(&self.table);
                let next = table.as_mut()?.next();
                *lock(&self.counts) = table.as_ref()?.counts();
                next
            });
            match next {
                Some(Ok(batch)) => *lock(&self.rows) = Some((batch, 0)),
                Some(Err(error)) => return Err(interrupted(py, error)),
                None => return Ok(None),
            }
        }
    }

    /// What went wrong so far, as a table.
    #[getter]
    fn problems(&self, py: Python<'_>) -> PyResult<Failures> {
        let batch = Failure::batch(&lock(&self.failures)).map_err(|error| raised_any(py, error))?;
        Ok(Failures { batch })
    }

    /// Captures, those parsed to their ends, records, failures: so far.
    #[getter]
    fn counts(&self) -> (u64, u64, u64, u64) {
        let Counts { captures, parsed, records, failures } = *lock(&self.counts);
        (captures, parsed, records, failures)
    }
}

/// A table of failures.
#[pyclass(frozen, module = "outparse", sequence)]
pub(crate) struct Failures {
    batch: RecordBatch,
}

#[pymethods]
impl Failures {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, place: isize) -> PyResult<Bound<'py, PyDict>> {
        values::record(py, &self.batch, values::row_at(place, self.batch.num_rows())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        capsule(py, RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema()))
    }
}

/// The exception that ended a scan.
fn interrupted(py: Python<'_>, error: ArrowError) -> PyErr {
    match error {
        ArrowError::ExternalError(error) => match error.downcast::<PyErr>() {
            Ok(raised) => *raised,
            Err(error) => raised_any(py, anyhow::anyhow!("{error}")),
        },
        other => raised_any(py, anyhow::Error::from(other)),
    }
}

/// Begins a scan.
#[pyfunction]
#[pyo3(signature = (inputs, more, words, arguments, platform, plugin, captured, members, bundles, threads))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn scan(
    py: Python<'_>,
    inputs: Vec<String>,
    more: Vec<(String, Option<PyBackedBytes>)>,
    words: Vec<String>,
    arguments: Option<Vec<String>>,
    platform: Option<String>,
    plugin: Option<String>,
    captured: Option<(i64, Option<i32>)>,
    members: Vec<String>,
    bundles: bool,
    threads: Option<usize>,
) -> PyResult<Scan> {
    let capture = capture(words, arguments, platform, captured);
    let more = more.into_iter().map(|(name, bytes)| match bytes {
        Some(bytes) => Input::Held { name, bytes: bytes.to_vec() },
        None => Input::File(name.into()),
    });
    let more: Vec<Input> = more.collect();
    let begun = py.detach(|| {
        let mut scan =
            outparse_bulk::Scan::new(inputs).and(more).of(capture).plugin(plugin).members(members).config(Config::read()?);
        if bundles {
            scan = scan.bundles();
        }
        if let Some(threads) = threads {
            scan = scan.threads(threads);
        }
        scan.start()
    });
    let scanning = begun.map_err(|error| raised(py, &error))?;
    let go_on =
        Box::new(|| Python::attach(|py| py.check_signals()).map_err(|raised| ArrowError::ExternalError(Box::new(raised))));
    let table = py.detach(|| ScanTable::new(scanning, go_on)).map_err(|error| interrupted(py, error))?;
    let (failures, counts) = (table.failures(), Arc::new(Mutex::new(table.counts())));
    Ok(Scan { table: Mutex::new(Some(table)), failures, counts, rows: Mutex::new(None) })
}

/// A digest of the parsers that read captures.
#[pyfunction]
pub(crate) fn digest(
    py: Python<'_>,
    words: Vec<String>,
    arguments: Option<Vec<String>>,
    platform: Option<String>,
    plugin: Option<String>,
) -> PyResult<String> {
    let capture = capture(words, arguments, platform, None);
    let digest = py.detach(|| {
        let kept = kept()?;
        kept.pool.digest(&kept.pool.plan(capture, plugin.as_deref())?)
    });
    digest.map_err(|error| raised(py, &error))
}

/// The files that a scan of these reads, in its order.
#[pyfunction]
pub(crate) fn files(py: Python<'_>, inputs: Vec<String>) -> PyResult<Vec<OsString>> {
    let found = py.detach(|| outparse_bulk::files(&inputs)).map_err(|error| raised(py, &error))?;
    Ok(found.into_iter().map(PathBuf::into_os_string).collect())
}
