//! Errors as the exceptions of `outparse.errors`.

use outparse::Error;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The exception for an error.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error {
        Error::Unrecognised { .. } => "UnrecognisedError",
        Error::Malformed { .. } => "MalformedError",
        Error::NoParser { .. } | Error::NoSuchParser { .. } => "NoParserError",
        Error::NotFound { .. } => "CommandNotFoundError",
        Error::NotExecutable { .. } => "CommandNotExecutableError",
        Error::Plugin(_) => "PluginError",
        Error::Usage(_) | Error::Selection { .. } => "UsageError",
        _ => "OutparseError",
    };
    let (mut line, mut column, mut plugin) = (None, None, None);
    match error {
        Error::Malformed { plugin: of, problem } => {
            line = Some(problem.line).filter(|&line| line > 0);
            column = Some(problem.column).filter(|&column| column > 0);
            plugin = Some(of.clone());
        }
        Error::Unrecognised { refusals, .. } => {
            if let Some((of, problem)) = refusals.first() {
                line = Some(problem.line).filter(|&line| line > 0);
                column = Some(problem.column).filter(|&column| column > 0);
                plugin = Some(of.clone());
            }
        }
        Error::Plugin(of) => plugin = Some(of.plugin.clone()),
        _ => {}
    }
    let made = || -> PyResult<PyErr> {
        let named = PyDict::new(py);
        named.set_item("line", line)?;
        named.set_item("column", column)?;
        named.set_item("plugin", plugin)?;
        named.set_item("hint", error.hint())?;
        named.set_item("excerpt", Some(error.excerpt()).filter(|excerpt| !excerpt.is_empty()))?;
        let class = py.import("outparse.errors")?.getattr(class)?;
        Ok(PyErr::from_value(class.call((error.with_causes(),), Some(&named))?))
    };
    made().unwrap_or_else(|failure| failure)
}

/// The same for any error.
pub(crate) fn raised_any(py: Python<'_>, error: anyhow::Error) -> PyErr {
    raised(py, &Error::from(error))
}
