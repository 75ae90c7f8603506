//! The records and problems of one call.

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::{Column, Columns, Error, Problem, Record, Severity, Value};

/// Where a parser puts its records.
pub struct Rows<R: Record> {
    columns: R::Column,
    problems: Vec<Problem>,
    /// The problems before this one have their line numbers.
    placed: usize,
    made: u64,
    recognised: bool,
    /// The keys of the warnings that are given once.
    warned: Vec<&'static str>,
}

impl<R: Record> Default for Rows<R> {
    fn default() -> Self {
        Rows { columns: R::Column::default(), problems: Vec::new(), placed: 0, made: 0, recognised: false, warned: Vec::new() }
    }
}

impl<R: Record> Rows<R> {
    /// Adds a record. It may borrow from the line: its values are copied into their columns.
    #[inline]
    pub fn push<V: Value<Column = R::Column>>(&mut self, record: V) {
        record.push(&mut self.columns);
        self.made += 1;
    }

    /// Reports a problem that did not cost the line. One without a line number is about the line being parsed.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports something that every such line would say again: the first of each `key` in a capture, as a warning.
    pub fn warn_once(&mut self, key: &'static str, problem: impl FnOnce() -> Problem) {
        if !self.warned.contains(&key) {
            // Not the push of a `Value`.
            Vec::push(&mut self.warned, key);
            self.problem(problem().into_warning());
        }
    }

    /// Number of records made since the session began.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// Says that the input is this parser's, which otherwise its first record says: for a header.
    pub fn recognise(&mut self) {
        self.recognised = true;
    }

    /// Whether the input is known to be this parser's: there was a record, or [`Rows::recognise`].
    pub fn recognised(&self) -> bool {
        self.recognised || self.made > 0
    }

    /// An error when nothing was recognised: for the end of a capture that cannot be empty. `what` says what was expected.
    pub fn expect_recognised(&self, what: &str) -> Result<(), Error> {
        if self.recognised() { Ok(()) } else { Err(Error::unrecognised(format!("expected {what}, found nothing"))) }
    }

    /// Gives problems that have no line number the one of the line that was parsed last.
    pub(crate) fn place_problems(&mut self, line: u64) {
        for problem in self.problems[self.placed..].iter_mut().filter(|problem| problem.line == 0) {
            problem.line = line;
        }
        self.placed = self.problems.len();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.problems.is_empty()
    }

    pub(crate) fn take(&mut self) -> wit::Batch {
        let rows = self.columns.len() as u32;
        self.placed = 0;
        let mut batch = Batch::default();
        if rows > 0 {
            self.columns.take_fields(&mut batch);
        }
        wit::Batch { rows, columns: batch.columns, problems: self.problems.drain(..).map(to_wit).collect() }
    }
}

/// The columns on their way out, in the order of the schema.
#[derive(Default)]
pub struct Batch {
    columns: Vec<wit::Column>,
}

impl Batch {
    /// Adds the column of a nested record, which has no values of its own.
    pub fn records(&mut self) {
        self.column(wit::Values::Records);
    }

    pub(crate) fn column(&mut self, values: wit::Values) {
        self.columns.push(wit::Column { validity: None, values });
    }

    /// Adds a column, and its children, with the given validity.
    pub(crate) fn nullable(&mut self, validity: Option<Vec<u8>>, take: impl FnOnce(&mut Batch)) {
        let index = self.columns.len();
        take(self);
        self.columns[index].validity = validity;
    }
}

pub(crate) fn to_wit(problem: Problem) -> wit::Problem {
    wit::Problem {
        severity: match problem.severity {
            Severity::Warning => wit::Severity::Warning,
            Severity::Error => wit::Severity::Error,
        },
        line: problem.line,
        column: problem.column,
        message: problem.message,
    }
}
