//! A line of the capture, and its fields.

use crate::failure::quoted;
use crate::number::{self, Base};
use crate::{Error, Problem};

/// One line of the capture.
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

    /// Whether there is nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(|&byte| is_blank(byte))
    }

    /// The fields, separated by any number of blanks.
    pub fn fields(&self) -> Fields<'a> {
        Fields { line: self.bytes, at: 0 }
    }

    /// The part of the line between two places, counted in bytes from 0. Places past the end stand for the end.
    pub fn part(&self, from: usize, to: usize) -> Field<'a> {
        Field::within(self.bytes, from.min(self.bytes.len()), to.min(self.bytes.len()))
    }

    /// The first `N - 1` fields, and in the last place all that follows them, blanks inside included. What follows may be
    /// empty, the fields may not.
    pub fn fields_and_rest<const N: usize>(&self) -> Result<[Field<'a>; N], Problem> {
        let mut fields = self.fields();
        let mut found = [self.part(self.bytes.len(), self.bytes.len()); N];
        for (index, place) in found.iter_mut().enumerate() {
            *place = if index + 1 == N {
                fields.rest()
            } else {
                fields.next().ok_or_else(|| Problem::error(format!("expected {N} fields, found {index}")))?
            };
        }
        Ok(found)
    }

    /// An error when the line is not the expected header: the input is not this parser's.
    pub fn expect(&self, expected: &str) -> Result<(), Error> {
        if self.bytes == expected.as_bytes() {
            return Ok(());
        }
        Err(Error::unrecognised(format!("expected `{expected}`, found {}", quoted(self.bytes))))
    }

    /// The line in backticks, shortened and printable, for a message.
    pub fn quoted(&self) -> String {
        quoted(self.bytes)
    }
}

/// A space or a tab.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// A part of a line, which knows where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where the first one stands in the line, from 1.
    pub column: u32,
}

impl<'a> Field<'a> {
    fn within(line: &'a [u8], from: usize, to: usize) -> Field<'a> {
        Field { bytes: &line[from.min(to)..to], column: from as u32 + 1 }
    }

    /// Where the field begins in its line, from 0.
    pub fn start(&self) -> usize {
        self.column as usize - 1
    }

    /// Where the field ends in its line, from 0, exclusive.
    pub fn end(&self) -> usize {
        self.start() + self.bytes.len()
    }

    /// None when the command printed `-` or nothing: it does not know.
    pub fn known(self) -> Option<Field<'a>> {
        (!self.bytes.is_empty() && self.bytes != b"-").then_some(self)
    }

    /// A whole number, perhaps with a sign.
    pub fn integer(&self) -> Result<i64, Problem> {
        number::integer(self.bytes).map_err(|error| self.number_problem(error, "a whole number"))
    }

    /// A number, perhaps with a sign and decimals.
    pub fn float(&self) -> Result<f64, Problem> {
        number::float(self.bytes).map_err(|error| self.number_problem(error, "a number"))
    }

    /// A whole number of percent: `42%` is 42.
    pub fn percent(&self) -> Result<i64, Problem> {
        let digits = self.bytes.strip_suffix(b"%").ok_or_else(|| self.expected("a percentage"))?;
        number::integer(digits).map_err(|error| self.number_problem(error, "a percentage"))
    }

    /// A size in units that a suffix names: `1.5G`, `233Gi`, `12`. `base` is what a bare letter counts in; with `i` it is
    /// always 1024. Rounded down to a whole number.
    pub fn size(&self, base: Base) -> Result<i64, Problem> {
        number::size(self.bytes, base).map_err(|error| self.number_problem(error, "a size"))
    }

    /// A problem with this field.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::error(message).at_column(self.column)
    }

    /// The problem that something else was expected here.
    pub fn expected(&self, what: &str) -> Problem {
        self.problem(format!("expected {what}, found {}", quoted(self.bytes)))
    }

    /// The field in backticks, shortened and printable, for a message.
    pub fn quoted(&self) -> String {
        quoted(self.bytes)
    }

    fn number_problem(&self, error: number::Error, what: &str) -> Problem {
        match error {
            number::Error::Syntax => self.expected(what),
            number::Error::Range => self.problem(format!("{} does not fit into 64 bits", quoted(self.bytes))),
        }
    }
}

/// The fields of a line, separated by blanks.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// All that has not been taken yet, without the blanks before it.
    pub fn rest(&mut self) -> Field<'a> {
        self.skip_blanks();
        let from = std::mem::replace(&mut self.at, self.line.len());
        Field::within(self.line, from, self.line.len())
    }

    fn skip_blanks(&mut self) {
        self.at += self.line[self.at..].iter().take_while(|&&byte| is_blank(byte)).count();
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        self.skip_blanks();
        let from = self.at;
        self.at += self.line[from..].iter().take_while(|&&byte| !is_blank(byte)).count();
        (self.at > from).then(|| Field::within(self.line, from, self.at))
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
    fn fields_know_their_columns() {
        let fields: Vec<_> = line(b"  a\tbc  ").fields().map(|field| (field.bytes, field.column)).collect();
        assert_eq!(fields, [(&b"a"[..], 3), (&b"bc"[..], 5)]);
    }

    #[test]
    fn the_rest_keeps_its_blanks() {
        let [first, rest] = line(b" 1  a  b ").fields_and_rest().unwrap();
        assert_eq!((first.bytes, rest.bytes, rest.column), (&b"1"[..], &b"a  b "[..], 5));
        let [_, none] = line(b"1").fields_and_rest().unwrap();
        assert_eq!(none.bytes, b"");
        let problem = line(b"1").fields_and_rest::<3>().unwrap_err();
        assert_eq!(problem.message, "expected 3 fields, found 1");
    }

    #[test]
    fn parts_past_the_end_are_empty() {
        assert_eq!(line(b"abc").part(1, 9).bytes, b"bc");
        assert_eq!(line(b"abc").part(7, 9).bytes, b"");
    }

    #[test]
    fn numbers_say_where_they_are_wrong() {
        let field = line(b"x 1O").fields().nth(1).unwrap();
        assert_eq!(field.integer().unwrap_err(), Problem::error("expected a whole number, found `1O`").at_column(3));
        let field = line(b"9223372036854775808").fields().next().unwrap();
        assert_eq!(field.integer().unwrap_err().message, "`9223372036854775808` does not fit into 64 bits");
    }
}
