//! What came of a parse, in a form that can be compared with what came of it elsewhere.

use std::io::{self, Read, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::printing::envelope::{Entry, Used};
use crate::printing::shared_writer::Shared;
use outparse::capture::lines::{Ending, LineCutter, READ_SIZE};
use outparse::error::Error;
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::Candidate;
use outparse::sandbox::Ended;
use outparse::schema::{About, BadText, Shape, Texts};
use outparse_formats::output::{Format, Screen, Writer, writer};

/// Problems that are listed; the others are counted.
const MOST_PROBLEMS: usize = 1000;

/// What came of a parse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// None when no plugin recognised the capture.
    pub(crate) plugin: Option<Used>,
    /// Where the plugin came from: `bundled`, `report`, or a file.
    pub(crate) origin: Option<String>,
    pub(crate) records: u64,
    /// The SHA-256 of the records, one per line, as JSON with bytes that are not UTF-8 escaped.
    pub(crate) records_sha256: String,
    pub(crate) problem_count: u64,
    pub(crate) problems: Vec<Entry>,
    pub(crate) error: Option<String>,
}

impl Outcome {
    /// Whether another parse had the same result, whichever plugin it used.
    pub(crate) fn is_same(&self, other: &Outcome) -> bool {
        let result = |outcome: &Outcome| Outcome { plugin: None, origin: None, ..outcome.clone() };
        result(self) == result(other)
    }

    /// In words.
    pub(crate) fn summary(&self) -> String {
        let plural = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let failed = if self.error.is_some() { ", and it failed" } else { "" };
        format!("{}, {}{failed}", plural(self.records, "record"), plural(self.problem_count, "problem"))
    }
}

/// Takes what a parse gives, and passes it on.
pub(crate) struct Observer<S> {
    pub(crate) inner: S,
    /// The plugin that was settled on.
    pub(crate) candidate: Option<Candidate>,
    /// Bytes a component may have.
    component: u64,
    outcome: Outcome,
    texts: Texts,
    digest: Shared<Hashing>,
    writer: Option<Box<dyn Writer + Send>>,
}

impl<S: Sink> Observer<S> {
    pub(crate) fn new(inner: S, component: u64) -> Observer<S> {
        Observer {
            inner,
            candidate: None,
            component,
            outcome: Outcome::default(),
            texts: Texts::new(BadText::Escape),
            digest: Shared::new(Hashing(Sha256::new())),
            writer: None,
        }
    }

    /// Parses a whole capture.
    pub(crate) fn parse(
        &mut self,
        parse: Result<Parse, Error>,
        mut capture: impl Read,
        ending: Ending,
        longest: usize,
    ) -> Result<(), Error> {
        let run = || {
            let mut parse = parse?;
            let mut cutter = LineCutter::new(longest);
            loop {
                let mut part = (&mut capture).take(READ_SIZE as u64);
                let read = part.read_to_end(cutter.buffer()).map_err(anyhow::Error::from)?;
                let pieces = if read == 0 { cutter.finish(ending) } else { cutter.cut() };
                pieces.into_iter().try_for_each(|piece| parse.feed(piece, self))?;
                if read == 0 {
                    return parse.finish(Ended { complete: ending == Ending::Closed, status: None }, self);
                }
            }
        };
        let parsed = run();
        let ended = self.end();
        ended.map_err(Error::from).and(parsed)
    }

    /// What came of it.
    pub(crate) fn outcome(&self, parsed: &Result<(), Error>) -> Outcome {
        let records_sha256 = self.digest.with(|hashing| format!("{:x}", hashing.0.clone().finalize()));
        Outcome { records_sha256, error: parsed.as_ref().err().map(Error::with_causes), ..self.outcome.clone() }
    }
}

impl<S: Sink> Sink for Observer<S> {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.outcome.plugin = Some(Used::of(candidate, self.component)?);
        self.outcome.origin = Some(candidate.origin());
        self.candidate = Some(candidate.clone());
        self.inner.chosen(candidate)
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.outcome.plugin = self.outcome.plugin.take().map(|used| used.named(about));
        self.writer = Some(writer(Format::Jsonl, "", &about.schema, Box::new(self.digest.clone()), Screen::default())?);
        self.inner.start(about)
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        self.inner.shape(shape)
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        self.outcome.records += batch.num_rows() as u64;
        if let Some(writer) = &mut self.writer {
            writer.write(&self.texts.printable(batch.clone())?)?;
        }
        self.inner.records(shape, batch)
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.outcome.problem_count += 1;
        if self.outcome.problems.len() < MOST_PROBLEMS {
            self.outcome.problems.push(Entry::from(&problem));
        }
        self.inner.problem(problem)
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.inner.end()
    }
}

/// Takes records and keeps none.
pub(crate) struct Silent;

impl Sink for Silent {
    fn start(&mut self, _: &Arc<About>) -> anyhow::Result<()> {
        Ok(())
    }

    fn records(&mut self, _: &Arc<Shape>, _: RecordBatch) -> anyhow::Result<()> {
        Ok(())
    }

    fn problem(&mut self, _: Problem) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Digests what is written.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
