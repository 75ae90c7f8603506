//! A line of the capture.

use crate::failure::quoted;
use crate::{Error, Field, Fields, Problem};

/// One line of the capture.
///
/// The methods that are used most are here too; [`Line::whole`] has all of them.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// The line without its end.
    pub bytes: &'a [u8],
    /// Its end: `\n`, `\r\n`, or nothing for a last line that lacks one.
    pub end: &'a [u8],
}

impl<'a> Line<'a> {
    /// Splits a line, given with its end.
    pub(crate) fn new(number: u64, whole: &'a [u8]) -> Line<'a> {
        let content = match whole {
            [content @ .., b'\r', b'\n'] | [content @ .., b'\n'] => content.len(),
            _ => whole.len(),
        };
        let (bytes, end) = whole.split_at(content);
        Line { number, bytes, end }
    }

    /// All of it, without its end.
    #[inline(always)]
    pub fn whole(&self) -> Field<'a> {
        Field::from(self.bytes)
    }

    /// Whether there is nothing but blanks: spaces and tabs.
    pub fn is_blank(&self) -> bool {
        self.whole().is_blank()
    }

    /// The fields, separated by any number of blanks.
    #[inline(always)]
    pub fn fields(&self) -> Fields<'a> {
        self.whole().fields()
    }

    /// All fields at once.
    pub fn words(&self) -> Vec<Field<'a>> {
        self.whole().words()
    }

    /// The first `N - 1` fields, and in the last place all that follows them: see [`Field::fields_and_rest`].
    #[inline(always)]
    pub fn fields_and_rest<const N: usize>(&self) -> Result<[Field<'a>; N], Problem> {
        self.whole().fields_and_rest()
    }

    /// The part of the line between two places, counted in bytes from 0. Places past the end stand for the end.
    #[inline(always)]
    pub fn part(&self, from: usize, to: usize) -> Field<'a> {
        self.whole().part(from, to)
    }

    /// From the beginning of the first of these fields to the end of the last. None when there are none.
    #[inline(always)]
    pub fn span(&self, fields: &[Field<'_>]) -> Option<Field<'a>> {
        Some(self.part(fields.first()?.start(), fields.last()?.end()))
    }

    /// An error when the line does not have the words of these titles: the input is not this parser's.
    pub fn expect(&self, titles: &str) -> Result<(), Error> {
        if self.whole().squeezed() == titles.as_bytes() {
            return Ok(());
        }
        Err(Error::Unrecognised(self.expected(&format!("the titles `{titles}`"))))
    }

    /// The problem that another line was expected here. `line.whole().expected(…)` blames its first byte.
    pub fn expected(&self, what: &str) -> Problem {
        Problem::error(format!("expected {what}, found {}", self.quoted()))
    }

    /// The line in backticks, shortened and printable, for a message.
    pub fn quoted(&self) -> String {
        quoted(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Line<'_> {
        Line::new(1, bytes)
    }

    #[test]
    fn a_line_keeps_its_end_apart() {
        assert_eq!((line(b"a\r\n").bytes, line(b"a\r\n").end), (&b"a"[..], &b"\r\n"[..]));
        assert_eq!((line(b"a\n").bytes, line(b"a\n").end), (&b"a"[..], &b"\n"[..]));
        assert_eq!((line(b"a\r").bytes, line(b"a\r").end), (&b"a\r"[..], &b""[..]));
        assert_eq!((line(b"\n").bytes, line(b"\n").end), (&b""[..], &b"\n"[..]));
    }

    #[test]
    fn spans_reach_over_fields() {
        let line = line(b" a  b c");
        let fields: Vec<_> = line.fields().collect();
        assert_eq!(line.span(&fields[..2]).map(|span| (span.bytes, span.column)), Some((&b"a  b"[..], 2)));
        assert_eq!(line.span(&[]), None);
    }

    #[test]
    fn another_line_is_unrecognised_where_titles_are_expected() {
        assert_eq!(line(b"NAME   SIZE \n").expect("NAME SIZE"), Ok(()));
        let problem = Problem::error("expected the titles `NAME SIZE`, found `NAME`");
        assert_eq!(line(b"NAME\n").expect("NAME SIZE"), Err(Error::Unrecognised(problem)));
    }
}
