//! Many captures in one process. Loading a plugin and mapping memory for it takes longer than parsing a small capture: a [`Pool`]
//! does both once. Each capture is still parsed in an instance of its own, in which nothing is left of any other.
//!
//! ```
//! use outparse_bulk::Pool;
//! use outparse::registry::{Capture, Config};
//!
//! let pool = Pool::new(Config::default(), 1)?;
//! let df = pool.plan(Capture::of_command(&["df".to_owned(), "-k".to_owned()]), None)?;
//! let mut worker = pool.worker();
//! for used in [40, 60] {
//!     let capture = format!("Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda1 100 {used} 40 60% /\n");
//!     let records = worker.parse(&df, capture.as_bytes())?;
//!     assert_eq!(records.rows()?[0]["used"], used * 1024);
//! }
//! # Ok::<(), anyhow::Error>(())
//! ```

mod archives;
mod bundles;
mod gather;
mod pass;
mod scan;
mod table;
mod taken;

use std::fmt::Write;
use std::io::Read;
use std::sync::Arc;

use anyhow::Context;

pub use archives::{Input, files};
pub use pass::Part;
pub use scan::{Counts, Scan, Scanning, Told};
pub use table::{GoOn, ScanTable, Source};
pub use taken::{Failure, Fault, Taken};

use outparse::capture::lines::{Ending, LineCutter, READ_SIZE};
use outparse::error::Error;
use outparse::parse::{Collect, Parse, Records, Sink};
use outparse::registry::{Candidate, Capture, Config, Loader, Query, rank, sha256};
use outparse::sandbox::{Ended, Sandbox};
use outparse::schema::About;

/// Sessions that a worker may have at a time: one that has refused a capture lasts until the next has begun.
const SESSIONS: u32 = 4;

/// Plugins and memory that are kept for the captures to come.
pub struct Pool {
    config: Config,
    loader: Loader,
}

/// The command or file that captures are of, and the parsers that may read them, best first.
#[derive(Clone)]
pub struct Plan {
    /// The command or file.
    pub capture: Capture,
    /// The parsers.
    pub candidates: Vec<Candidate>,
}

impl Pool {
    /// A pool for this many workers at a time. Compiled code of foreign plugins is kept in the user's cache folder.
    ///
    /// # Errors
    /// The machine cannot run a sandbox.
    pub fn new(config: Config, workers: usize) -> anyhow::Result<Pool> {
        let sessions = u32::try_from(workers).unwrap_or(u32::MAX).saturating_mul(SESSIONS);
        let loader = Loader::keeping(Sandbox::pooled(config.limits(), Config::store(), sessions)?);
        Ok(Pool { config, loader })
    }

    /// How captures of a command or a file are read: by the parser that is named, or by all that know it.
    ///
    /// # Errors
    /// No parser reads them.
    pub fn plan(&self, capture: Capture, plugin: Option<&str>) -> Result<Plan, Error> {
        let platform = capture.platform.as_deref().unwrap_or(std::env::consts::OS);
        let query = Query { command: &capture.words, path: capture.path.as_deref(), platform, implementation: None, plugin };
        let candidates = rank(&query, &self.config)?.into_candidates();
        Ok(Plan { capture, candidates })
    }

    /// A SHA-256 of the parsers of a plan: of their names and plugins, in their order. It is the same for plans that read
    /// captures in the same way.
    ///
    /// # Errors
    /// A plugin cannot be read.
    pub fn digest(&self, plan: &Plan) -> Result<String, Error> {
        let most = self.config.limits().component;
        let mut told = String::new();
        for candidate in &plan.candidates {
            let digest = candidate.sha256(most)?;
            let _ = writeln!(told, "{digest} {}", candidate.name());
        }
        Ok(sha256(told.as_bytes()))
    }

    /// The parser that is asked first, and the records it makes.
    ///
    /// # Errors
    /// Its plugin cannot be loaded.
    pub fn about(&self, plan: &Plan) -> Result<Arc<About>, Error> {
        let first = plan.candidates.first().context("a plan has parsers")?;
        Ok(self.loader.about(first, &plan.capture)?)
    }

    /// A worker, to parse on one thread.
    pub fn worker(&self) -> Worker {
        Worker { longest: self.config.limits().line, loader: Arc::new(self.loader.another()) }
    }
}

/// Parses one capture after the other.
pub struct Worker {
    longest: usize,
    loader: Arc<Loader>,
}

impl Worker {
    /// Parses a whole capture and keeps its records.
    ///
    /// # Errors
    /// No parser recognises it, or a plugin misbehaves.
    pub fn parse(&mut self, plan: &Plan, capture: &[u8]) -> Result<Records, Error> {
        self.parse_from(plan, capture)
    }

    /// The same for a capture that is read as it is parsed.
    ///
    /// # Errors
    /// As for [`Worker::parse`], or the capture cannot be read.
    pub fn parse_from(&mut self, plan: &Plan, capture: impl Read) -> Result<Records, Error> {
        let mut records = Collect::default();
        self.parse_into(plan, capture, &mut records)?;
        Ok(records.finish(None)?)
    }

    /// Parses a whole capture and passes on what comes of it.
    ///
    /// # Errors
    /// As for [`Worker::parse`], or the capture cannot be read, or the sink fails.
    pub fn parse_into(&mut self, plan: &Plan, mut capture: impl Read, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut parse = Parse::with(Arc::clone(&self.loader), plan.capture.clone(), plan.candidates.clone())?;
        let mut cutter = LineCutter::new(self.longest);
        while capture.by_ref().take(READ_SIZE as u64).read_to_end(cutter.buffer()).context("reading the capture")? > 0 {
            for piece in cutter.cut() {
                parse.feed(piece, sink)?;
            }
        }
        for piece in cutter.finish(Ending::Closed) {
            parse.feed(piece, sink)?;
        }
        parse.finish(Ended::COMPLETE, sink)
    }
}
