//! The records of a command while it runs.

use std::sync::Mutex;
use std::task::Poll;
use std::time::Duration;

use outparse::schema::{BadText, Texts};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{raised, raised_any};
use crate::pool::lock;
use crate::records::{plugin, problems, request, status};
use crate::values;

/// How long to wait for records before signals are looked at.
const PATIENCE: Duration = Duration::from_millis(100);

/// Lists of rows, as they come.
#[pyclass(frozen, module = "outparse")]
pub(crate) struct Stream {
    /// None once it was closed.
    stream: Mutex<Option<outparse::Stream>>,
    /// How the command had ended, once this was closed.
    status: Mutex<Option<i32>>,
}

#[pymethods]
impl Stream {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        loop {
            let next = py.detach(|| lock(&self.stream).as_mut().map_or(Poll::Ready(None), |stream| stream.poll(PATIENCE)));
            match next {
                Poll::Pending => py.check_signals()?,
                Poll::Ready(None) => return Ok(None),
                Poll::Ready(Some(Err(error))) => return Err(raised(py, &error)),
                Poll::Ready(Some(Ok(batch))) => {
                    let batch = Texts::new(BadText::Escape).printable(batch).map_err(|error| raised_any(py, error))?;
                    let rows = (0..batch.num_rows()).map(|row| values::record(py, &batch, row));
                    return Ok(Some(PyList::new(py, rows.collect::<PyResult<Vec<Bound<'py, PyDict>>>>()?)?));
                }
            }
        }
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) {
        self.close(py);
    }

    /// Ends the command.
    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            let stream = lock(&self.stream).take();
            if let Some(stream) = &stream {
                *lock(&self.status) = stream.status().map(status);
            }
        });
    }

    /// What could not be understood since this was asked last.
    fn take_problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let taken = lock(&self.stream).as_mut().map(outparse::Stream::take_problems).unwrap_or_default();
        problems(py, &taken)
    }

    /// The parser, once the first records have come.
    #[getter]
    fn plugin<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        lock(&self.stream).as_ref().and_then(outparse::Stream::about).map(|about| plugin(py, about)).transpose()
    }

    /// How the command ended, once it has.
    #[getter]
    fn status(&self) -> Option<i32> {
        let running = lock(&self.stream).as_ref().and_then(outparse::Stream::status).map(status);
        running.or(*lock(&self.status))
    }
}

/// Runs a command and gives its records while it runs.
#[pyfunction]
#[pyo3(signature = (words, plugin, exact))]
pub(crate) fn stream(py: Python<'_>, words: Vec<String>, plugin: Option<&str>, exact: bool) -> PyResult<Stream> {
    let stream = py.detach(|| request(&words, plugin, exact)?.stream());
    let stream = stream.map_err(|error| raised(py, &error))?;
    Ok(Stream { stream: Mutex::new(Some(stream)), status: Mutex::new(None) })
}
