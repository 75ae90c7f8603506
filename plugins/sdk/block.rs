//! Records that take several lines: one line begins a record, and those below it add to it.

use crate::{Error, Problem};

/// The record that is under way.
///
/// If the line that begins a record could not be read, the lines below it belong to no record, up to the next one that begins a
/// record: they add nothing to the record before.
///
/// ```
/// use outparse_sdk::{Block, Problem};
///
/// let mut block = Block::default();
/// let unread = || Problem::error("expected a name");
/// assert!(block.more(unread).is_err(), "nothing has begun");
/// block.begin(Ok("a".to_owned())).unwrap_or_default();
/// block.more(unread).ok().flatten().map(|record: &mut String| record.push('+'));
/// assert_eq!(block.take().as_deref(), Some("a+"));
/// assert!(block.begin(Err(unread().into())).is_err());
/// assert_eq!(block.more(unread), Ok(None));
/// ```
#[derive(Clone, Debug)]
pub struct Block<T> {
    record: Option<T>,
    is_lost: bool,
}

impl<T> Default for Block<T> {
    fn default() -> Self {
        Block { record: None, is_lost: false }
    }
}

impl<T> Block<T> {
    /// Begins a record with what its first line gave, or the error that it could not be read. The record before must have been
    /// taken.
    pub fn begin(&mut self, begun: Result<T, Error>) -> Result<(), Error> {
        self.is_lost = begun.is_err();
        self.record = None;
        self.record = Some(begun?);
        Ok(())
    }

    /// What follows belongs to no record, up to the next line that begins one.
    pub fn skip(&mut self) {
        (self.record, self.is_lost) = (None, true);
    }

    /// Ends the record, and gives it.
    pub fn take(&mut self) -> Option<T> {
        self.is_lost = false;
        self.record.take()
    }

    /// Whether the lines below belong to no record.
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The record that is under way, if any.
    pub fn current(&mut self) -> Option<&mut T> {
        self.record.as_mut()
    }

    /// The record that a line below its first one adds to; None if that line belongs to no record. A line before all records is
    /// an error.
    pub fn more(&mut self, expected: impl FnOnce() -> Problem) -> Result<Option<&mut T>, Problem> {
        match &mut self.record {
            Some(record) => Ok(Some(record)),
            None if self.is_lost => Ok(None),
            None => Err(expected()),
        }
    }
}
