//! A writer with several owners, for what is written before, between and after the records.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Clones write to the same place.
pub(crate) struct Shared<W>(Arc<Mutex<W>>);

impl<W> Clone for Shared<W> {
    fn clone(&self) -> Shared<W> {
        Shared(Arc::clone(&self.0))
    }
}

impl<W> Shared<W> {
    pub(crate) fn new(out: W) -> Shared<W> {
        Shared(Arc::new(Mutex::new(out)))
    }

    /// Gives access to what is shared.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut W) -> T) -> T {
        look(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared<Vec<u8>> {
    /// Takes what has been written so far.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.with(std::mem::take)
    }
}

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(|out| out.flush())
    }
}
