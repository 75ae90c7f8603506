//! An output whose own errors are not lost in those of a library: a broken pipe must be recognised.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Passes everything on, and keeps the error that ended it.
pub(super) struct Watched {
    out: Box<dyn Write + Send>,
    failure: Failure,
}

/// Where the error is kept.
#[derive(Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Watched {
    /// Watches an output.
    pub(super) fn new(out: Box<dyn Write + Send>) -> (Watched, Failure) {
        let failure = Failure::default();
        (Watched { out, failure: failure.clone() }, failure)
    }

    fn keep<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            let again = error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error);
            if again.kind() != io::ErrorKind::Interrupted {
                *self.failure.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(again);
            }
        })
    }
}

impl Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.keep(flushed)
    }
}

impl Failure {
    /// The output's own error, if it is the reason, or else the library's.
    pub(super) fn or(&self, error: impl Into<anyhow::Error>) -> anyhow::Error {
        let failure = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or_else(|| error.into(), anyhow::Error::from)
    }
}
