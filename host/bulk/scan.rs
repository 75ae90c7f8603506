//! A table of many captures: read, parsed and joined by all cores, those of each kind in the order of the files, whatever their number and
//! size.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use arrow_array::RecordBatch;

use super::archives::{self, Input, Members};
use super::gather::{Feed, Heard, MOST_SHAPES, Shared};
use super::taken::{Failure, Taken};
use super::{Plan, Pool};
use outparse::error::Error;
use outparse::registry::{Capture, Config};
use outparse::runtime::receive;
use outparse::schema::{About, Shape};

/// How many jobs may be under way for each thread.
const AHEAD: usize = 2;

/// The most files in one job, and how many jobs there are if files are few. How many there are of either does not depend on the machine:
/// records of several kinds come together by kind, those of one job before those of the next.
const MOST_FILES: usize = 64;
const JOBS: usize = 256;

/// Bytes that a capture may have. One that has more is no capture, but something made to expand without end.
const MOST_BYTES: u64 = 16 << 30;

/// Many captures of one command; of several, where the captures themselves say which they are of.
#[derive(Clone, Debug)]
pub struct Scan {
    config: Config,
    inputs: Vec<String>,
    more: Vec<Input>,
    members: Vec<String>,
    /// What the captures are of: a table for each.
    of: Vec<Capture>,
    plugin: Option<String>,
    bundles: bool,
    threads: usize,
    most: u64,
}

/// What comes of a scan.
#[derive(Debug)]
pub enum Told {
    /// Records of this shape may follow.
    Shape(Arc<Shape>),
    /// Records, each with its capture before all other fields.
    Records(Arc<Shape>, RecordBatch),
    /// Something went wrong with a capture.
    Failure(Box<Failure>),
}

/// Captures, records and failures that have been told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Captures that were found.
    pub captures: u64,
    /// Those that were parsed to their ends.
    pub parsed: u64,
    /// Records in them.
    pub records: u64,
    /// Failures, including problems and warnings.
    pub failures: u64,
}

impl Scan {
    /// A scan of files, of all files below folders, and of all that match patterns (`captures/**/*.txt`): captures, compressed
    /// ones, and archives of them. What command they are of is for [`Scan::of`] to say.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<String>>) -> Scan {
        Scan {
            config: Config::default(),
            inputs: inputs.into_iter().map(Into::into).collect(),
            more: Vec::new(),
            members: Vec::new(),
            of: vec![Capture::default()],
            plugin: None,
            bundles: false,
            threads: thread::available_parallelism().map_or(1, usize::from),
            most: MOST_BYTES,
        }
    }

    /// Also reads these, as they are: a file that is not there is a [`Failure`] of the scan, not an error.
    pub fn and(mut self, inputs: impl IntoIterator<Item = Input>) -> Scan {
        self.more.extend(inputs);
        self
    }

    /// The command or file that the captures are of.
    pub fn of(mut self, capture: Capture) -> Scan {
        self.of = vec![capture];
        self
    }

    /// Several commands, of which [bundles](Scan::bundles) have the outputs: a table for each, in one pass over the files.
    /// [`Scanning::poll_table`] says which table something belongs to.
    pub fn of_each(mut self, captures: impl IntoIterator<Item = Capture>) -> Scan {
        self.of = captures.into_iter().collect();
        self
    }

    /// Use this parser only.
    pub fn plugin(mut self, choice: Option<String>) -> Scan {
        self.plugin = choice;
        self
    }

    /// The files are bundles as `sos report` makes them. From each, the outputs of the command are taken, with the arguments, the
    /// machine and the time that the bundle states. For a command with arguments, they are those of runs with these arguments,
    /// and perhaps more.
    pub fn bundles(mut self) -> Scan {
        self.bundles = true;
        self
    }

    /// From archives, take only the members that match one of these patterns.
    pub fn members(mut self, patterns: Vec<String>) -> Scan {
        self.members = patterns;
        self
    }

    /// Choices of parsers, and limits of plugins.
    pub fn config(mut self, config: Config) -> Scan {
        self.config = config;
        self
    }

    /// Use this many threads; all cores, unless it is set.
    pub fn threads(mut self, threads: usize) -> Scan {
        self.threads = threads.max(1);
        self
    }

    /// Bytes that a capture may have once it is expanded.
    pub fn most_bytes(mut self, bytes: u64) -> Scan {
        self.most = bytes;
        self
    }

    /// Starts the scan.
    ///
    /// # Errors
    /// A file or folder is not there, a pattern matches nothing or is invalid, no parser reads the command, or the machine cannot
    /// run a sandbox. What goes wrong with a capture is no error: it is told as a [`Failure`].
    pub fn start(self) -> Result<Scanning, Error> {
        let files: VecDeque<_> = archives::files(&self.inputs)?.into_iter().map(Input::File).chain(self.more).collect();
        let members = Members::new(&self.members)?;
        let threads = self.threads.min(files.len()).max(1);
        let pool = Pool::new(self.config, threads + 1)?;
        if self.of.is_empty() || self.bundles && self.of.iter().any(|capture| capture.path.is_some()) {
            return Err(Error::Usage("a bundle has the outputs of commands: name one".to_owned()));
        }
        if self.of.len() > 1 && !self.bundles {
            return Err(Error::Usage("only bundles say which file is the output of which command: name one command".to_owned()));
        }
        let plans = self.of.into_iter().map(|capture| pool.plan(capture, self.plugin.as_deref()));
        let plans = plans.collect::<Result<Vec<_>, _>>()?;
        let abouts = plans.iter().map(|plan| about(&pool, plan)).collect::<Result<Vec<_>, _>>()?;
        let at_once = (files.len() / JOBS).clamp(1, MOST_FILES);
        let (order, jobs) = sync_channel(threads * AHEAD);
        let feed = Feed { files, at_once, order: Some(order) };
        let (plugin, bundles, most) = (self.plugin, self.bundles, self.most);
        let shared = Arc::new(Shared { feed: Mutex::new(feed), members, pool, plans, plugin, bundles, most });
        let workers = (0..threads).map(|_| {
            let (shared, worker) = (Arc::clone(&shared), shared.pool.worker());
            let thread = thread::Builder::new().name("scan".to_owned());
            thread.spawn(move || shared.work(worker)).context("starting a thread")
        });
        let workers = workers.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Scanning {
            counts: vec![Counts::default(); abouts.len()],
            abouts,
            jobs: Some(jobs),
            current: None,
            workers,
            shapes: Vec::new(),
            ready: VecDeque::new(),
        })
    }
}

/// What the records of a plan are like: the fields of all parsers that may read them, the first one's first.
fn about(pool: &Pool, plan: &Plan) -> Result<Arc<About>, Error> {
    let mut all = (*pool.about(plan)?).clone();
    for candidate in plan.candidates.iter().skip(1) {
        if candidate.is_catalogue() {
            // It is asked last, is large, and says nothing about its fields.
            all.schema.open = true;
        } else {
            all.schema = all.schema.joined(&pool.loader.about(candidate, &plan.capture)?.schema);
        }
    }
    all.schema = Taken::lead(&all.schema);
    Ok(Arc::new(all))
}

/// A scan under way: what it tells, records of each kind in the order of the files.
///
/// Memory stays flat: a slow reader slows the threads. Dropping it ends them.
pub struct Scanning {
    /// What the records of each table are like.
    abouts: Vec<Arc<About>>,
    /// The jobs that are under way or done, in their order.
    jobs: Option<Receiver<Receiver<Heard>>>,
    current: Option<Receiver<Heard>>,
    workers: Vec<JoinHandle<()>>,
    /// Shapes of the threads, each with its table and the equal one that was told.
    shapes: Vec<(usize, Arc<Shape>, Arc<Shape>)>,
    ready: VecDeque<(usize, Told)>,
    counts: Vec<Counts>,
}

impl Scanning {
    /// The parser that is asked first, with all fields that records may have: the capture's first. Of several tables, the first
    /// one's.
    pub fn about(&self) -> &Arc<About> {
        &self.abouts[0]
    }

    /// The same for each table.
    pub fn abouts(&self) -> &[Arc<About>] {
        &self.abouts
    }

    /// What has been told so far, of all tables.
    pub fn counts(&self) -> Counts {
        self.counts.iter().fold(Counts::default(), |sum, counts| Counts {
            captures: sum.captures + counts.captures,
            parsed: sum.parsed + counts.parsed,
            records: sum.records + counts.records,
            failures: sum.failures + counts.failures,
        })
    }

    /// What has been told so far of one table.
    pub fn counts_of(&self, table: usize) -> Counts {
        self.counts.get(table).copied().unwrap_or_default()
    }

    /// What a job says next; with a time, pending when nothing comes within it.
    fn hear(&mut self, within: Option<Duration>) -> Poll<Option<Heard>> {
        loop {
            if let Some(current) = &self.current {
                match receive(current, within) {
                    Poll::Ready(None) => self.current = None,
                    heard => return heard,
                }
            }
            let Some(jobs) = &self.jobs else { return Poll::Ready(None) };
            match receive(jobs, within) {
                Poll::Ready(Some(job)) => self.current = Some(job),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// What is told next, if it comes within this time; none after the last.
    pub fn poll(&mut self, within: Duration) -> Poll<Option<Told>> {
        self.told(Some(within)).map(|told| told.map(|(_, told)| told))
    }

    /// The same, with the table that it belongs to: the place of its command among those of [`Scan::of_each`].
    pub fn poll_table(&mut self, within: Duration) -> Poll<Option<(usize, Told)>> {
        self.told(Some(within))
    }

    fn told(&mut self, within: Option<Duration>) -> Poll<Option<(usize, Told)>> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Poll::Ready(Some(told));
            }
            let heard = match self.hear(within) {
                Poll::Ready(Some(heard)) => heard,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            match heard {
                Heard::Done { table, captures, parsed } => {
                    self.counts[table].captures += captures;
                    self.counts[table].parsed += parsed;
                }
                Heard::Records(table, shape, batch) => {
                    let shape = self.shape(table, &shape);
                    self.counts[table].records += batch.num_rows() as u64;
                    self.ready.push_back((table, Told::Records(shape, batch)));
                }
                Heard::Failure(table, failure) => {
                    self.counts[table].failures += 1;
                    return Poll::Ready(Some((table, Told::Failure(failure))));
                }
            }
        }
    }

    /// The shape that was told, for a thread's own equal one.
    fn shape(&mut self, table: usize, own: &Arc<Shape>) -> Arc<Shape> {
        let mut known = self.shapes.iter().filter(|(of, ..)| *of == table);
        if let Some((.., told)) = known.clone().find(|(_, known, _)| Arc::ptr_eq(known, own)) {
            return Arc::clone(told);
        }
        let same = |told: &Arc<Shape>| told.kind == own.kind && told.schema.arrow() == own.schema.arrow();
        let told = known.find(|(.., told)| same(told)).map(|(.., told)| Arc::clone(told));
        let shape = told.unwrap_or_else(|| {
            self.ready.push_back((table, Told::Shape(Arc::clone(own))));
            Arc::clone(own)
        });
        if self.shapes.len() >= MOST_SHAPES {
            // Shapes without fields of their own will come again.
            self.shapes.clear();
        }
        self.shapes.push((table, Arc::clone(own), Arc::clone(&shape)));
        shape
    }
}

impl Iterator for Scanning {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        match self.told(None) {
            Poll::Ready(told) => told.map(|(_, told)| told),
            // Does not happen: without a time limit, it waits.
            Poll::Pending => None,
        }
    }
}

impl Drop for Scanning {
    fn drop(&mut self) {
        // A thread that still has something to say finds that nobody listens, and ends.
        self.current = None;
        self.jobs = None;
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}
