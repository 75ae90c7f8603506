//! The parse of one capture.

use std::sync::Arc;

use arrow_array::RecordBatch;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

use super::bindings::exports::outparse::plugin::parser as wit;
use super::fault::{Fault, PluginError};
use super::known::Known;
use super::limiter::Limiter;
use super::running::Running;
use super::source::Ended;
use super::{Sandbox, check};
use crate::problem::{Problem, Severity};
use crate::schema::{About, Shape};
use crate::words::plain;

/// Problems a single answer may hold; more than that would help nobody.
const MOST_PROBLEMS: usize = 10_000;

/// Shapes that a session may give, and fields that they may have together.
const MOST_SHAPES: usize = 10_000;
const MOST_SHAPE_FIELDS: usize = 100_000;

/// The answer to a call.
#[derive(Debug)]
pub enum Answer {
    /// The parser goes on.
    Records {
        /// Shapes that are new, in order.
        shapes: Vec<Arc<Shape>>,
        /// The records completed since the previous call, in order, each batch with its shape.
        batches: Vec<(Arc<Shape>, RecordBatch)>,
        /// What could not be understood.
        problems: Vec<Problem>,
    },
    /// The parser ended the session.
    Refusal(Refusal),
}

/// Why a parser does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This is not what it reads.
    Unrecognised(Problem),
    /// It is, but it is broken from this place on.
    Malformed(Problem),
}

/// The parse of one capture.
pub struct Session {
    sandbox: Sandbox,
    known: Arc<Known>,
    shapes: Vec<Arc<Shape>>,
    /// The number of fields in all shapes together.
    fields: usize,
    running: Running,
    session: ResourceAny,
    /// Whether it trapped or refused. It is not called again then.
    ended: bool,
}

impl Session {
    pub(super) fn new(sandbox: Sandbox, known: Arc<Known>, running: Running, session: ResourceAny) -> Session {
        Session { sandbox, known, shapes: Vec::new(), fields: 0, running, session, ended: false }
    }

    /// What the parser is.
    pub fn about(&self) -> &Arc<About> {
        &self.known.about
    }

    /// Feeds whole lines; only the last line of a capture may lack its line end. `first_line` counts from 1.
    pub fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<Answer, PluginError> {
        self.answer("feed", lines.len(), |session, store, parser| parser.session().call_feed(store, session, lines, first_line))
    }

    /// Ends the capture.
    pub fn finish(&mut self, ended: Ended) -> Result<Answer, PluginError> {
        let ending = ended.to_wit();
        self.answer("finish", 0, |session, store, parser| parser.session().call_finish(store, session, ending))
    }

    fn answer(
        &mut self,
        name: &'static str,
        fed: usize,
        call: impl FnOnce(ResourceAny, &mut Store<Limiter>, &wit::Guest) -> wasmtime::Result<Result<wit::Answer, wit::Failure>>,
    ) -> Result<Answer, PluginError> {
        if self.ended {
            return Ok(Answer::Records { shapes: Vec::new(), batches: Vec::new(), problems: Vec::new() });
        }
        let session = self.session;
        let answer = self.running.call(&self.sandbox, name, fed, |store, parser| call(session, store, parser));
        let answer = answer.and_then(|answer| match answer {
            Ok(answer) => self.records(answer, fed).map_err(Fault::Inconsistent),
            Err(wit::Failure::Unrecognised(why)) => Ok(Answer::Refusal(Refusal::Unrecognised(problem(why)))),
            Err(wit::Failure::Malformed(why)) => Ok(Answer::Refusal(Refusal::Malformed(problem(why)))),
        });
        self.ended = !matches!(answer, Ok(Answer::Records { .. }));
        answer.map_err(|fault| PluginError { plugin: self.known.about.name.clone(), fault })
    }

    /// Checks an answer. The error is a clause about the plugin's fault.
    fn records(&mut self, answer: wit::Answer, fed: usize) -> Result<Answer, String> {
        let wit::Answer { shapes, batches, problems } = answer;
        let limits = self.sandbox.limits();
        let first_new = self.shapes.len();
        if first_new + shapes.len() > MOST_SHAPES {
            return Err(format!("it has given {} shapes, and {MOST_SHAPES} are allowed", first_new + shapes.len()));
        }
        for shape in &shapes {
            let checked = self.known.shape(shape, limits)?;
            self.fields += shape.fields.len();
            if self.fields > MOST_SHAPE_FIELDS {
                return Err(format!("its shapes have {} fields together, and {MOST_SHAPE_FIELDS} are allowed", self.fields));
            }
            self.shapes.push(checked);
        }
        let mut left = limits.answer(fed);
        let mut checked = Vec::with_capacity(batches.len());
        for wit::Batch { shape: index, rows, columns } in batches {
            let Some(shape) = self.shapes.get(index as usize) else {
                return Err(format!("its batch has shape {index}, and it has given {}", self.shapes.len()));
            };
            if let Some(batch) = check::record_batch(rows, columns, shape, &self.known.about.schema, &mut left)? {
                checked.push((Arc::clone(shape), batch));
            }
        }
        Ok(Answer::Records { shapes: self.shapes[first_new..].to_vec(), batches: checked, problems: shown(problems) })
    }
}

/// A plugin's problems, safe to print. If there are too many, one more says how many were left out.
fn shown(problems: Vec<wit::Problem>) -> Vec<Problem> {
    let count = problems.len();
    let mut shown: Vec<Problem> = problems.into_iter().take(MOST_PROBLEMS).map(problem).collect();
    if count > MOST_PROBLEMS {
        let message = format!("there are {count} problems, of which {} were left out", count - MOST_PROBLEMS);
        shown.insert(0, Problem { severity: Severity::Error, line: 0, column: 0, message, excerpt: None });
    }
    shown
}

fn problem(problem: wit::Problem) -> Problem {
    const LONGEST: usize = 400;
    let severity = match problem.severity {
        wit::Severity::Warning => Severity::Warning,
        wit::Severity::Error => Severity::Error,
    };
    Problem { severity, line: problem.line, column: problem.column, message: plain(&problem.message, LONGEST), excerpt: None }
}
