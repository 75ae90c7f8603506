//! The records and problems of one call, on their way to the host.

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::shape::Shapes;
use crate::{Column, Columns, Error, Problem, Record, Severity, Value};

/// Where a parser puts its records.
pub struct Rows<R: Record> {
    pub(crate) columns: R::Column,
    pub(crate) shapes: Shapes,
    /// Batches that are complete, because a record of another kind or shape came after them.
    done: Vec<wit::Batch>,
    problems: Vec<Problem>,
    /// The problems before this one have their line numbers.
    placed: usize,
    made: u64,
    recognised: bool,
    /// The keys of the warnings that are given once.
    warned: Vec<&'static str>,
    mixed_times: MixedTimes,
}

/// Whether a column has had times of both kinds, those with an offset from UTC and those without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MixedTimes {
    No,
    Found,
    Reported,
}

impl<R: Record> Default for Rows<R> {
    fn default() -> Self {
        Rows {
            columns: R::Column::default(),
            shapes: Shapes::of::<R>(),
            done: Vec::new(),
            problems: Vec::new(),
            placed: 0,
            made: 0,
            recognised: false,
            warned: Vec::new(),
            mixed_times: MixedTimes::No,
        }
    }
}

impl<R: Record> Rows<R> {
    /// Adds a record. It may borrow from the line: its values are copied into their columns.
    #[inline]
    pub fn push<V: Value<Column = R::Column>>(&mut self, record: V) {
        let kind = record.kind();
        if kind != self.shapes.kind() {
            self.turn_to(kind);
        }
        record.push(&mut self.columns);
        self.made += 1;
    }

    /// Says which fields the records of this capture have, by name, those within a group as `group.field`: the others are not
    /// written at all. Without it, records have all fields. The place to call it is a table's heading, before the first record,
    /// and again where a new heading follows.
    ///
    /// A name that the schema does not have ends the session with an error that says so.
    pub fn shape<N: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = N>) {
        self.shape_of(0, fields);
    }

    /// The same for records of one of several kinds, by its place among them.
    pub fn shape_of<N: AsRef<str>>(&mut self, kind: u32, fields: impl IntoIterator<Item = N>) {
        self.flush();
        self.shapes.choose(kind, fields);
    }

    /// All fields but these.
    pub fn without<N: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = N>) {
        self.without_of(0, fields);
    }

    /// All fields but these, for records of one of several kinds.
    pub fn without_of<N: AsRef<str>>(&mut self, kind: u32, fields: impl IntoIterator<Item = N>) {
        self.flush();
        self.shapes.leave_out(kind, fields);
    }

    /// Reports a problem that did not cost the line. One without a line number is about the line being parsed.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports something that every such line would say again: the first of each `key` in a capture, as a warning.
    pub fn warn_once(&mut self, key: &'static str, problem: impl FnOnce() -> Problem) {
        if !self.warned.contains(&key) {
            // Written in full, because `Value` has a `push` too.
            Vec::push(&mut self.warned, key);
            self.problem(problem().into_warning());
        }
    }

    /// Number of records made since the session began.
    pub fn made(&self) -> u64 {
        self.made
    }

    pub(crate) fn count_record(&mut self) {
        self.made += 1;
    }

    /// Says that the input is this parser's, which a header shows; without this, the first record says so.
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
        self.columns.is_empty() && self.done.is_empty() && self.problems.is_empty()
    }

    #[cold]
    fn turn_to(&mut self, kind: u32) {
        self.flush();
        self.shapes.set_kind(kind);
    }

    /// Completes the batch under way.
    pub(crate) fn flush(&mut self) {
        let rows = self.columns.len() as u32;
        if rows == 0 {
            return;
        }
        let mut batch = Batch::new(self.shapes.present());
        self.columns.take_fields(&mut batch);
        if batch.has_mixed_times && self.mixed_times == MixedTimes::No {
            self.mixed_times = MixedTimes::Found;
        }
        let shape = self.shapes.of_batch(&batch.offset_times, &batch.local_times);
        self.done.push(wit::Batch { shape, rows, columns: batch.columns });
    }

    pub(crate) fn take(&mut self) -> Result<wit::Answer, Problem> {
        self.flush();
        if let Some(name) = self.shapes.unknown() {
            return Err(Problem::error(format!(
                "the parser says that this capture has a field `{name}`, and its schema has none"
            )));
        }
        // Once, and on no line: which batch they are in depends on how the capture arrives.
        if self.mixed_times == MixedTimes::Found {
            self.mixed_times = MixedTimes::Reported;
            let message =
                "times are null: one column has times with and without an offset from UTC, and those unlike its first are lost";
            self.problems.push(Problem::error(message));
        }
        self.placed = 0;
        let batches = std::mem::take(&mut self.done);
        let problems = self.problems.drain(..).map(to_wit).collect();
        Ok(wit::Answer { shapes: self.shapes.take_new(), batches, problems })
    }
}

/// The columns of a batch on their way out, in the order of the schema.
#[derive(Default)]
pub struct Batch {
    columns: Vec<wit::Column>,
    /// The field that the next column belongs to.
    next: usize,
    /// Which fields are in the shape.
    present: Vec<bool>,
    /// Fields whose times have offsets, and those whose times have none. Neither where all are null.
    offset_times: Vec<u32>,
    local_times: Vec<u32>,
    /// Whether a column had times of both kinds.
    has_mixed_times: bool,
}

impl Batch {
    pub(crate) fn new(present: Vec<bool>) -> Batch {
        Batch { present, ..Batch::default() }
    }

    /// Adds the column of a nested record, which has no values of its own.
    pub fn records(&mut self) {
        self.column(wit::Values::Records);
    }

    pub(crate) fn column(&mut self, values: wit::Values) {
        if self.present.get(self.next).copied().unwrap_or(true) {
            self.columns.push(wit::Column { validity: None, values });
        }
        self.next += 1;
    }

    /// Adds a column of times, with offsets or without; None where all are null.
    pub(crate) fn times(&mut self, times: wit::Times, offsets: Option<bool>, is_mixed: bool) {
        match offsets {
            Some(true) => Vec::push(&mut self.offset_times, self.next as u32),
            Some(false) => Vec::push(&mut self.local_times, self.next as u32),
            None => {}
        }
        self.has_mixed_times |= is_mixed;
        self.column(wit::Values::Times(times));
    }

    /// Says that no column is to be left out: those that are not in the shape are not added at all.
    pub(crate) fn all_present(&mut self) {
        self.present.clear();
    }

    /// Says which field the next column belongs to, where columns are not those of all fields.
    pub(crate) fn at_field(&mut self, index: usize) {
        self.next = index;
    }

    /// Adds a column, and its children, with the given validity.
    pub(crate) fn nullable(&mut self, validity: Option<Vec<u8>>, take: impl FnOnce(&mut Batch)) {
        let (index, present) = (self.columns.len(), self.present.get(self.next).copied().unwrap_or(true));
        take(self);
        if let Some(column) = self.columns.get_mut(index).filter(|_| present) {
            // The column may have nulls of its own.
            column.validity = match (validity, column.validity.take()) {
                (Some(outer), Some(inner)) => Some(outer.iter().zip(&inner).map(|(outer, inner)| outer & inner).collect()),
                (outer, inner) => outer.or(inner),
            };
        }
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

#[cfg(test)]
mod tests {
    use crate::testing::{assert_line_by_line, parse};
    use crate::{About, Error, Line, Parser, Record, Rows, Source, Time};

    /// A time and a word.
    #[derive(Record)]
    struct Entry<'a> {
        /// When it was.
        time: Option<Time<0>>,
        /// What it was.
        word: Option<&'a [u8]>,
    }

    /// Reads `TIME WORD`; after a line `BARE` there are no words.
    struct Entries;

    impl Parser for Entries {
        const ABOUT: About =
            About { name: "entries", version: "0.1.0", summary: "", commands: &["entries"], dialect: "posix", ..About::DEFAULT };
        type Record = Entry<'static>;

        fn new(_: &Source) -> Self {
            Entries
        }

        fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
            if line.bytes == b"BARE" {
                rows.without(["word"]);
                return Ok(());
            }
            let (time, word) = line.whole().split_at(line.whole().find(" ").unwrap_or(usize::MAX));
            rows.push(Entry { time: Time::iso(time.bytes), word: Some(word.trim().bytes) });
            Ok(())
        }
    }

    #[test]
    fn times_of_both_kinds_in_one_column_are_reported_once_and_on_no_line() {
        let (with_offset, local) = ("2026-03-01T12:00:00+01:00", "2026-03-01T12:00:00");
        let capture = format!("{with_offset} a\n{local} b\nBARE\n{local}\n{with_offset}\n");
        let parsed = parse::<Entries>(None, capture.as_bytes());
        let reported = "error: times are null: one column has times with and without an offset from UTC, and those unlike its first are lost";
        assert_eq!(parsed.problems, [reported]);
        let times: Vec<_> = parsed.without_nulls().iter().map(|record| record.contains("time")).collect();
        assert_eq!(times, [true, false, false, true]);
        assert_line_by_line::<Entries>(None, capture.as_bytes());
    }
}
