//! What comes from a machine.

use std::sync::Arc;

use arrow_array::RecordBatch;
use tokio::sync::mpsc;

use super::outcome::Outcome;
use super::target::Target;
use outparse::problem::Problem;
use outparse::schema::{About, Shape};

/// A part of what comes from a machine.
#[derive(Debug)]
pub enum Answer {
    /// The parser that reads its output.
    Parser(Arc<About>),
    /// Records of this shape may follow.
    Shape(Arc<Shape>),
    /// Records, of a shape that has been told.
    Records(Arc<Shape>, RecordBatch),
    /// Something could not be understood.
    Problem(Problem),
    /// A line of the command's standard error.
    Errors(String),
    /// What came of the machine: the last of each.
    Outcome(Outcome),
}

/// An answer and whose it is.
pub struct Told {
    /// The machine.
    pub target: Arc<Target>,
    /// What comes of it.
    pub answer: Answer,
}

pub(super) type Sender = mpsc::Sender<Told>;

impl Told {
    /// What a machine answers.
    pub fn new(target: &Arc<Target>, answer: Answer) -> Told {
        Told { target: Arc::clone(target), answer }
    }
}
