//! Many captures as one table.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use outparse::registry::Config;
use outparse_bulk::{Counts, Failure, GoOn, Input, Part, ScanTable};
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
    /// One of several tables of a pass, until it is read for the first time: the pass goes on when one of them is read.
    part: Mutex<Option<Part>>,
    table: Mutex<Option<ScanTable>>,
    failures: Mutex<Arc<Mutex<Vec<Failure>>>>,
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

impl Scan {
    /// A table whose columns are known.
    fn of(table: ScanTable) -> Scan {
        let scan = Scan::of_part(None);
        scan.found(table);
        scan
    }

    fn of_part(part: Option<Part>) -> Scan {
        Scan {
            part: Mutex::new(part),
            table: Mutex::new(None),
            failures: Mutex::default(),
            counts: Arc::default(),
            rows: Mutex::new(None),
        }
    }

    fn found(&self, table: ScanTable) {
        *lock(&self.failures) = table.failures();
        *lock(&self.counts) = table.counts();
        *lock(&self.table) = Some(table);
    }

    /// Reads as far as the columns are known.
    fn begin(&self, py: Python<'_>) -> PyResult<()> {
        let begun = py.detach(|| {
            // Another thread that reads it waits here.
            let mut part = lock(&self.part);
            let table = part.take().map(|part| ScanTable::new(part, go_on()));
            table.transpose().map(|table| table.into_iter().for_each(|table| self.found(table)))
        });
        begun.map_err(|error| interrupted(py, error))
    }
}

/// Ends what the user has interrupted.
fn go_on() -> GoOn {
    Box::new(|| Python::attach(|py| py.check_signals()).map_err(|raised| ArrowError::ExternalError(Box::new(raised))))
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
        self.begin(py)?;
        let table = lock(&self.table).take().filter(|_| lock(&self.rows).is_none());
        let table = table.ok_or_else(|| PyValueError::new_err("a scan is read once: begin another one"))?;
        capsule(py, Counted { table, counts: Arc::clone(&self.counts) })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.begin(py)?;
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
        let batch = Failure::batch(&lock(&Arc::clone(&lock(&self.failures)))).map_err(|error| raised_any(py, error))?;
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
#[pyo3(signature = (inputs, more, words, arguments, platform, plugin, captured, members, threads))]
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
        if let Some(threads) = threads {
            scan = scan.threads(threads);
        }
        scan.start()
    });
    let scanning = begun.map_err(|error| raised(py, &error))?;
    let table = py.detach(|| ScanTable::new(scanning, go_on())).map_err(|error| interrupted(py, error))?;
    Ok(Scan::of(table))
}

/// Begins one pass over bundles that gives a table of each command.
#[pyfunction]
#[pyo3(signature = (inputs, commands, platform, threads))]
pub(crate) fn sos(
    py: Python<'_>,
    inputs: Vec<String>,
    commands: Vec<Vec<String>>,
    platform: Option<String>,
    threads: Option<usize>,
) -> PyResult<Vec<Scan>> {
    let captures = commands.into_iter().map(|words| capture(words, None, platform.clone(), None));
    let captures: Vec<_> = captures.collect();
    let begun = py.detach(|| {
        let scan = outparse_bulk::Scan::new(inputs).of_each(captures).bundles().config(Config::read()?);
        match threads {
            Some(threads) => scan.threads(threads),
            None => scan,
        }
        .start()
    });
    let parts = begun.map_err(|error| raised(py, &error))?.parts();
    Ok(parts.into_iter().map(|part| Scan::of_part(Some(part))).collect())
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
