//! The records of one capture, and of a command that has ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use arrow_array::{RecordBatch, RecordBatchIterator};
use outparse::problem::Problem;
use outparse::registry::{Capture, Config};
use outparse::sandbox::Moment;
use outparse::schema::{BadText, Field, Kind, Texts};
use outparse::{Error, Request};
use outparse_bulk::Plan;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice};

use crate::errors::{raised, raised_any};
use crate::frame::capsule;
use crate::html;
use crate::pool::{Interruptible, kept};
use crate::values;

/// Records, as rows and as Arrow.
#[pyclass(frozen, module = "outparse", sequence)]
pub(crate) struct Records {
    records: outparse::Records,
    batches: Vec<RecordBatch>,
    rows: usize,
}

impl Records {
    pub(crate) fn new(records: outparse::Records) -> anyhow::Result<Records> {
        let mut texts = Texts::new(BadText::Escape);
        let batches = records.batches().iter().map(|batch| texts.printable(batch.clone()));
        let batches = batches.collect::<anyhow::Result<Vec<_>>>()?;
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Records { records, batches, rows })
    }

    fn row<'py>(&self, py: Python<'py>, mut row: usize) -> PyResult<Bound<'py, PyDict>> {
        for batch in &self.batches {
            if row < batch.num_rows() {
                return values::record(py, batch, row);
            }
            row -= batch.num_rows();
        }
        Err(PyIndexError::new_err("there are fewer records"))
    }
}

#[pymethods]
impl Records {
    fn __len__(&self) -> usize {
        self.rows
    }

    fn __getitem__<'py>(&self, py: Python<'py>, place: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(slice) = place.cast::<PySlice>() {
            let slice = slice.indices(self.rows as isize)?;
            let list = PyList::empty(py);
            let mut at = slice.start;
            for _ in 0..slice.slicelength {
                list.append(self.row(py, at as usize)?)?;
                at += slice.step;
            }
            return Ok(list.into_any());
        }
        let Ok(place) = place.extract::<isize>() else {
            return Err(PyTypeError::new_err("records are counted: use a number or a slice"));
        };
        Ok(self.row(py, values::row_at(place, self.rows)?)?.into_any())
    }

    fn __iter__(slf: Py<Self>) -> Rows {
        Rows { records: slf, next: 0.into() }
    }

    fn __repr__(&self) -> String {
        let (records, about) = (if self.rows == 1 { "record" } else { "records" }, self.records.about());
        let problems = match self.records.problems().len() {
            0 => String::new(),
            1 => ", 1 problem".to_owned(),
            problems => format!(", {problems} problems"),
        };
        format!("<{} {records} of {} {}{problems}>", self.rows, about.name, about.version)
    }

    /// The table that a notebook shows.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        html::table(py, &self.batches, self.rows, &self.__repr__())
    }

    /// What could not be understood.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        problems(py, self.records.problems())
    }

    /// The fields.
    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let fields = self.records.schema().fields.iter().map(|field| described(py, field));
        PyList::new(py, fields.collect::<PyResult<Vec<_>>>()?)
    }

    /// The parser.
    #[getter]
    fn plugin<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plugin(py, self.records.about())
    }

    /// The command's exit status; negative for the signal that killed it; None where nothing was run.
    #[getter]
    fn status(&self) -> Option<i32> {
        self.records.status().map(status)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets us ignore what we cannot give.
        let _ = requested_schema;
        let batch = self.records.to_batch().map_err(|error| raised_any(py, error))?;
        let schema = batch.schema();
        capsule(py, RecordBatchIterator::new([Ok(batch)], schema))
    }
}

/// Records one by one.
#[pyclass(frozen)]
pub(crate) struct Rows {
    records: Py<Records>,
    next: AtomicUsize,
}

#[pymethods]
impl Rows {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (records, row) = (self.records.get(), self.next.fetch_add(1, Relaxed));
        (row < records.rows).then(|| records.row(py, row)).transpose()
    }
}

/// How a command ended, as `subprocess` says it.
pub(crate) fn status(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| -signal)).unwrap_or(0)
}

pub(crate) fn plugin<'py>(py: Python<'py>, about: &outparse::schema::About) -> PyResult<Bound<'py, PyAny>> {
    let named = PyDict::new(py);
    named.set_item("name", &about.name)?;
    named.set_item("version", &about.version)?;
    named.set_item("dialect", &about.dialect)?;
    named.set_item("catalogue", &about.catalogue)?;
    py.import("outparse._types")?.getattr("Plugin")?.call((), Some(&named))
}

pub(crate) fn problems<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyList>> {
    let class = py.import("outparse._types")?.getattr("Problem")?;
    let made = problems.iter().map(|problem| {
        let named = PyDict::new(py);
        named.set_item("severity", problem.severity.to_string())?;
        named.set_item("line", Some(problem.line).filter(|&line| line > 0))?;
        named.set_item("column", Some(problem.column).filter(|&column| column > 0))?;
        named.set_item("message", &problem.message)?;
        class.call((), Some(&named))
    });
    PyList::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

fn described<'py>(py: Python<'py>, field: &Field) -> PyResult<Bound<'py, PyAny>> {
    let children: Vec<&Field> = match &field.kind {
        Kind::List(item) | Kind::Map(item) => vec![item],
        Kind::Record(fields) => fields.iter().collect(),
        _ => Vec::new(),
    };
    let named = PyDict::new(py);
    named.set_item("name", &field.name)?;
    named.set_item("type", field.kind.name())?;
    named.set_item("unit", &field.unit)?;
    named.set_item("nullable", field.nullable)?;
    named.set_item("approximate", field.approximate)?;
    named.set_item("role", field.role.map(|role| role.name()))?;
    named.set_item("doc", &field.doc)?;
    let children = children.into_iter().map(|child| described(py, child)).collect::<PyResult<Vec<_>>>()?;
    named.set_item("fields", children)?;
    py.import("outparse._types")?.getattr("Field")?.call((), Some(&named))
}

/// What is known about a capture.
pub(crate) fn capture(
    words: Vec<String>,
    arguments: Option<Vec<String>>,
    platform: Option<String>,
    captured: Option<(i64, Option<i32>)>,
) -> Capture {
    let captured = captured.map(|(seconds, offset)| Moment { seconds, offset });
    match &words[..] {
        [path] if path.starts_with('/') && arguments.is_none() => {
            Capture { path: Some(path.clone()), platform, captured, ..Capture::default() }
        }
        _ => {
            let arguments_known = arguments.is_some();
            let words = words.into_iter().chain(arguments.into_iter().flatten()).collect();
            Capture { words, arguments_known, platform, captured, ..Capture::default() }
        }
    }
}

/// Parses a capture.
#[pyfunction]
#[pyo3(signature = (words, data, arguments, platform, plugin, captured))]
pub(crate) fn parse(
    py: Python<'_>,
    words: Vec<String>,
    data: &[u8],
    arguments: Option<Vec<String>>,
    platform: Option<String>,
    plugin: Option<&str>,
    captured: Option<(i64, Option<i32>)>,
) -> PyResult<Records> {
    let capture = capture(words, arguments, platform, captured);
    let mut interrupted = None;
    let parsed = py.detach(|| {
        let kept = kept()?;
        let plan = Plan { capture: capture.clone(), ..kept.plan(&capture, plugin)? };
        let from = Interruptible { capture: data, raised: &mut interrupted };
        kept.with(|worker| worker.parse_from(&plan, from)).and_then(|records| Ok(Records::new(records)?))
    });
    match (interrupted, parsed) {
        (Some(raised), _) => Err(raised),
        (None, parsed) => parsed.map_err(|error| raised(py, &error)),
    }
}

/// A request with the user's configuration.
pub(crate) fn request(words: &[String], plugin: Option<&str>, exact: bool) -> Result<Request, Error> {
    let request = Request::new(words).config(Config::read()?).exact(exact);
    Ok(match plugin {
        Some(plugin) => request.plugin(plugin),
        None => request,
    })
}

/// Runs a command to its end.
#[pyfunction]
#[pyo3(signature = (words, plugin, timeout, exact))]
pub(crate) fn run(
    py: Python<'_>,
    words: Vec<String>,
    plugin: Option<&str>,
    timeout: Option<f64>,
    exact: bool,
) -> PyResult<Records> {
    let end = timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).map(|time| Instant::now() + time);
    let mut interrupted = None;
    let mut late = false;
    let ran = py.detach(|| {
        let go_on = |_| {
            late = end.is_some_and(|end| Instant::now() >= end);
            interrupted = Python::attach(|py| py.check_signals()).err();
            if late || interrupted.is_some() { Err(Error::Usage("the command was ended".to_owned())) } else { Ok(()) }
        };
        request(&words, plugin, exact)?.run_while(go_on).and_then(|records| Ok(Records::new(records)?))
    });
    match (interrupted, ran) {
        (Some(raised), _) => Err(raised),
        (None, Err(_)) if late => {
            let text = format!("`{}` was ended: it took longer than {} seconds", words.join(" "), timeout.unwrap_or_default());
            Err(pyo3::exceptions::PyTimeoutError::new_err(text))
        }
        (None, ran) => ran.map_err(|error| raised(py, &error)),
    }
}
