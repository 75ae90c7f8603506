//! Passes on what a parse gives as the answers of a machine, and counts it.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::outcome::Outcome;
use super::told::Answer;
use outparse::parse::Sink;
use outparse::problem::Problem;
use outparse::registry::Candidate;
use outparse::schema::{About, Shape};

/// What is told of one machine's output.
pub struct Count<T, D> {
    tell: T,
    digest_of: D,
    counted: Counted,
}

/// What came of its parse.
#[derive(Default)]
pub struct Counted {
    records: u64,
    problems: u64,
    plugin: Option<String>,
    digest: Option<String>,
}

impl<T, D> Count<T, D> {
    /// Goes on from what is counted. Answers go to `tell`; `digest_of` knows the SHA-256 of a parser's component.
    pub fn new(counted: Counted, tell: T, digest_of: D) -> Count<T, D> {
        Count { tell, digest_of, counted }
    }

    /// What was counted.
    pub fn counted(self) -> Counted {
        self.counted
    }
}

impl Counted {
    /// Says so in an outcome.
    pub fn into_outcome(self, outcome: &mut Outcome) {
        outcome.records = self.records;
        outcome.problems = self.problems;
        outcome.plugin = self.plugin;
        outcome.digest = self.digest;
    }
}

impl<T: FnMut(Answer) -> anyhow::Result<()>, D: FnMut(&Candidate) -> anyhow::Result<String>> Sink for Count<T, D> {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.counted.digest = Some((self.digest_of)(candidate)?);
        Ok(())
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.counted.plugin = Some(format!("{} {}", about.name, about.version));
        (self.tell)(Answer::Parser(Arc::clone(about)))
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        (self.tell)(Answer::Shape(Arc::clone(shape)))
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        self.counted.records += batch.num_rows() as u64;
        (self.tell)(Answer::Records(Arc::clone(shape), batch))
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.counted.problems += 1;
        (self.tell)(Answer::Problem(problem))
    }
}
