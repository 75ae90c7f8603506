//! Where problems go while a row is read, and which line they are about.

use outparse_sdk::{Problem, Rows};

use crate::Filesystem;

/// The records of a capture.
pub(crate) type Records = Rows<Filesystem<'static>>;

/// Reports problems of one row.
pub(crate) struct Report<'a> {
    pub(crate) rows: &'a mut Records,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// The line being parsed.
    Here,
    /// A line before it.
    Line(u64),
    /// Two lines, put together: columns mean nothing to the user.
    Joined,
}

impl<'a> Report<'a> {
    /// About the line being parsed.
    pub(crate) fn here(rows: &'a mut Records) -> Self {
        Report { rows, place: Place::Here }
    }

    /// About a line before it.
    pub(crate) fn on_line(rows: &'a mut Records, line: u64) -> Self {
        Report { rows, place: Place::Line(line) }
    }

    /// About a row that ends with the line being parsed.
    pub(crate) fn joined(rows: &'a mut Records) -> Self {
        Report { rows, place: Place::Joined }
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        self.rows.problem(match self.place {
            Place::Here => problem,
            Place::Line(line) => problem.on_line(line),
            Place::Joined => problem.at_column(0),
        });
    }
}
