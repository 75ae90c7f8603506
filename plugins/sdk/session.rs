//! Drives a [`Parser`] from the calls of the host.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::batch::{Rows, to_wit};
use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::{About, Error, Line, Problem, Record, Schema};

/// Understands one dialect of one command's output.
pub trait Parser: Sized + 'static {
    /// What the plugin is.
    const ABOUT: About;

    /// What it makes of the output; `Name<'static>` for a record that borrows.
    type Record: Record;

    /// Whether the first line decides if the input is this parser's. Then an [`Error::Line`] counts as [`Error::Unrecognised`]
    /// until there was a record or [`Rows::recognise`].
    const FIRST_LINE_DECIDES: bool = false;

    /// Begins a capture.
    fn new(source: &Source) -> Self;

    /// Takes the next line. An [`Error::Line`], which `?` makes of a [`Problem`], costs this line only.
    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error>;

    /// Ends the capture: what was held back becomes records now.
    fn finish(&mut self, _rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(())
    }
}

/// Where a capture comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The program, without its directory.
    pub program: String,
    /// Its arguments, where they are known: in a pipe they are not.
    pub arguments: Option<Vec<String>>,
    /// The platform it ran on, where that is known: `linux`, `macos`, `freebsd`.
    pub platform: Option<String>,
}

/// A parser at work on one capture.
pub(crate) struct Driver<P: Parser> {
    parser: P,
    rows: Rows<P::Record>,
    /// An error to answer with at the next call, because this one has records to deliver.
    ended: Option<wit::Failure>,
}

impl<P: Parser> Driver<P> {
    pub(crate) fn new(source: &Source) -> Self {
        Driver { parser: P::new(source), rows: Rows::default(), ended: None }
    }

    pub(crate) fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<wit::Batch, wit::Failure> {
        if let Some(failure) = self.ended.take() {
            return Err(failure);
        }
        let mut start = 0;
        let mut number = first_line;
        while start < lines.len() {
            let end = memchr::memchr(b'\n', &lines[start..]).map_or(lines.len(), |newline| start + newline + 1);
            let answer = self.parser.line(Line::new(number, &lines[start..end]), &mut self.rows);
            self.rows.place_problems(number);
            if let Err(error) = answer
                && let Some(failure) = self.failure(error, number)
            {
                return self.stop(failure);
            }
            start = end;
            number += 1;
        }
        Ok(self.rows.take())
    }

    pub(crate) fn finish(&mut self) -> Result<wit::Batch, wit::Failure> {
        if let Some(failure) = self.ended.take() {
            return Err(failure);
        }
        match self.parser.finish(&mut self.rows) {
            Ok(()) => Ok(self.rows.take()),
            // The last call: a failure can no longer be put off, so records that came before it go with it as an error.
            Err(error) => match self.failure(error, 0) {
                Some(wit::Failure::Malformed(problem)) if !self.rows.is_empty() => {
                    let mut batch = self.rows.take();
                    batch.problems.push(problem);
                    Ok(batch)
                }
                Some(failure) => Err(failure),
                None => Ok(self.rows.take()),
            },
        }
    }

    /// Keeps the problem of a lost line and goes on, or says why the session ends.
    fn failure(&mut self, error: Error, line: u64) -> Option<wit::Failure> {
        let placed = |problem: Problem| if problem.line == 0 { problem.on_line(line) } else { problem };
        match error {
            Error::Line(problem) if P::FIRST_LINE_DECIDES && !self.rows.recognised() => {
                Some(wit::Failure::Unrecognised(to_wit(placed(problem))))
            }
            Error::Line(problem) => {
                self.rows.problem(placed(problem));
                None
            }
            Error::Unrecognised(problem) if self.rows.made() == 0 => Some(wit::Failure::Unrecognised(to_wit(placed(problem)))),
            Error::Unrecognised(problem) | Error::Malformed(problem) => Some(wit::Failure::Malformed(to_wit(placed(problem)))),
        }
    }

    fn stop(&mut self, failure: wit::Failure) -> Result<wit::Batch, wit::Failure> {
        if self.rows.is_empty() {
            return Err(failure);
        }
        self.ended = Some(failure);
        Ok(self.rows.take())
    }
}

/// What a parser says about itself, its schema included.
pub(crate) fn about<P: Parser>() -> wit::Description {
    let mut schema = Schema::default();
    P::Record::describe_fields(&mut schema);
    P::ABOUT.with_schema(schema)
}

/// The component that [`export!`](crate::export) makes of a parser.
#[doc(hidden)]
pub struct Component<P>(PhantomData<P>);

/// A session as the host holds it: never called from two places at once.
#[doc(hidden)]
pub struct Session<P: Parser>(RefCell<Driver<P>>);

impl<P: Parser> wit::Guest for Component<P> {
    type Session = Session<P>;

    fn about() -> wit::Description {
        about::<P>()
    }
}

impl<P: Parser> wit::GuestSession for Session<P> {
    fn new(source: wit::Source) -> Self {
        let wit::Source { program, arguments, platform } = source;
        Session(RefCell::new(Driver::new(&Source { program, arguments, platform })))
    }

    fn feed(&self, lines: Vec<u8>, first_line: u64) -> Result<wit::Batch, wit::Failure> {
        self.0.borrow_mut().feed(&lines, first_line)
    }

    fn finish(&self) -> Result<wit::Batch, wit::Failure> {
        self.0.borrow_mut().finish()
    }
}
