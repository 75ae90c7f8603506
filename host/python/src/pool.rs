//! The sandboxes of this process: made when the first capture comes, and kept for those that follow.

use std::io::{self, Read};
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use outparse::Error;
use outparse::registry::Config;
use outparse_bulk::{Pool, Worker};
use pyo3::prelude::*;

/// Captures that are parsed at a time; more wait.
const WORKERS: usize = 64;

/// What the process keeps. A process that was forked has none of its parent's threads, so it makes its own.
static KEPT: Mutex<Option<(u32, Arc<Kept>)>> = Mutex::new(None);

pub(crate) struct Kept {
    pub(crate) pool: Pool,
    idle: Mutex<Idle>,
    returned: Condvar,
}

struct Idle {
    workers: Vec<Worker>,
    made: usize,
}

/// The pool, with the user's configuration and installed plugins.
pub(crate) fn kept() -> Result<Arc<Kept>, Error> {
    let mut kept = lock(&KEPT);
    if let Some((process, kept)) = &*kept
        && *process == process::id()
    {
        return Ok(Arc::clone(kept));
    }
    let pool = Pool::new(Config::read()?, WORKERS)?;
    let made = Arc::new(Kept { pool, idle: Mutex::new(Idle { workers: Vec::new(), made: 0 }), returned: Condvar::new() });
    if let Some((_, before)) = kept.replace((process::id(), Arc::clone(&made))) {
        // Its threads are the parent's, so it cannot be dropped here.
        std::mem::forget(before);
    }
    Ok(made)
}

impl Kept {
    /// Does something with a worker that nobody else is using.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Worker) -> T) -> T {
        let mut idle = lock(&self.idle);
        let mut worker = loop {
            if let Some(worker) = idle.workers.pop() {
                break worker;
            }
            if idle.made < WORKERS {
                idle.made += 1;
                break self.pool.worker();
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        };
        drop(idle);
        let done = work(&mut worker);
        lock(&self.idle).workers.push(worker);
        self.returned.notify_one();
        done
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A capture that is read as long as the user does not interrupt it.
pub(crate) struct Interruptible<'a> {
    pub(crate) capture: &'a [u8],
    pub(crate) raised: &'a mut Option<PyErr>,
}

impl Read for Interruptible<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Err(error) = Python::attach(|py| py.check_signals()) {
            *self.raised = Some(error);
            return Err(io::Error::other("interrupted"));
        }
        self.capture.read(to)
    }
}
