//! The native part of the Python package: what is slow in Python, and what only Rust has.

#![allow(missing_docs, reason = "the documentation is Python's: in the stubs")]

mod errors;
mod frame;
mod html;
mod pool;
mod records;
mod scan;
mod stream;
mod values;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::records::{Records, parse, run};
    #[pymodule_export]
    use super::scan::{Failures, Scan, digest, files, scan, sos};
    #[pymodule_export]
    use super::stream::{Stream, stream};

    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        pool::imported();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
