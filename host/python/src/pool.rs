//! The sandboxes of this process: made when the first capture comes, and kept for those that follow.

use std::collections::HashMap;
use std::io::{self, Read};
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use outparse::Error;
use outparse::registry::{Capture, Config};
use outparse_bulk::{Plan, Pool, Worker};
use pyo3::prelude::*;

/// Captures that are parsed at a time; more wait.
const WORKERS: usize = 64;

/// Plans that are kept: a program parses captures of few commands, many times.
const MOST_PLANS: usize = 256;

/// What one process keeps. A process that was forked has none of its parent's threads, so it needs sandboxes of its own, and what
/// those threads had locked when it was forked stays locked in it for ever. So it does not look at its parent's, but keeps its own
/// behind it.
struct Process {
    id: u32,
    kept: Mutex<Option<Arc<Kept>>>,
    forked: OnceLock<Box<Process>>,
}

/// The process that has imported the package, and behind it those that it was forked to.
static IMPORTED: OnceLock<Process> = OnceLock::new();

impl Process {
    fn new() -> Process {
        Process { id: process::id(), kept: Mutex::new(None), forked: OnceLock::new() }
    }

    fn current() -> &'static Process {
        let id = process::id();
        let mut process = IMPORTED.get_or_init(Process::new);
        while process.id != id {
            process = process.forked.get_or_init(|| Box::new(Process::new()));
        }
        process
    }
}

/// Called when the package is imported, before a thread could parse while another one forks.
pub(crate) fn imported() {
    Process::current();
}

pub(crate) struct Kept {
    pub(crate) pool: Pool,
    plans: Mutex<Plans>,
    idle: Mutex<Idle>,
    returned: Condvar,
}

/// The plans that were made, by all that they depend on.
type Plans = HashMap<(Vec<String>, bool, Option<String>, Option<String>, Option<String>), Plan>;

struct Idle {
    workers: Vec<Worker>,
    made: usize,
}

/// The pool, with the user's configuration and installed plugins.
pub(crate) fn kept() -> Result<Arc<Kept>, Error> {
    let mut kept = lock(&Process::current().kept);
    if let Some(kept) = &*kept {
        return Ok(Arc::clone(kept));
    }
    let pool = Pool::new(Config::read()?, WORKERS)?;
    let idle = Mutex::new(Idle { workers: Vec::new(), made: 0 });
    let made = Arc::new(Kept { pool, plans: Mutex::default(), idle, returned: Condvar::new() });
    Ok(Arc::clone(kept.insert(made)))
}

impl Kept {
    /// How a capture is read.
    pub(crate) fn plan(&self, capture: &Capture, plugin: Option<&str>) -> Result<Plan, Error> {
        let Capture { words, arguments_known, path, platform, .. } = capture;
        let key = (words.clone(), *arguments_known, path.clone(), platform.clone(), plugin.map(str::to_owned));
        let mut plans = lock(&self.plans);
        if let Some(plan) = plans.get(&key) {
            return Ok(plan.clone());
        }
        let plan = self.pool.plan(capture.clone(), plugin)?;
        if plans.len() >= MOST_PLANS {
            plans.clear();
        }
        plans.insert(key, plan.clone());
        Ok(plan)
    }

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
