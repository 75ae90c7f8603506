//! A part of a line that knows where it stands, so that whatever is cut out of it can still say where it is wrong.

use std::borrow::Cow;

use crate::Problem;
use crate::failure::quoted;
use crate::number::{self, Base};
use crate::scan;

/// A part of a line, which knows where it stands.
///
/// What the methods cut out keeps its place. Places inside a field are counted in bytes from 0, and those past its end stand for
/// the end. What is looked for, a `needle`, is text or bytes (`": "`, `b": "`), and is never found when it is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where the first one stands in the line, from 1.
    pub column: u32,
}

/// Where it stands and what is in it.
impl<'a> Field<'a> {
    /// Where the field begins in its line, from 0.
    #[inline(always)]
    pub fn start(&self) -> usize {
        self.column as usize - 1
    }

    /// Where the field ends in its line, from 0, exclusive.
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.start() + self.bytes.len()
    }

    /// Whether there is nothing but blanks: spaces and tabs.
    #[inline(always)]
    pub fn is_blank(&self) -> bool {
        // Most lines show that they are not with their first byte.
        matches!(self.bytes, [] | [b' ' | b'\t', ..]) && scan::skip_blanks(self.bytes, 0) == self.bytes.len()
    }

    /// Where the first of these begins.
    pub fn find(&self, needle: impl AsRef<[u8]>) -> Option<usize> {
        let needle = needle.as_ref();
        if let [byte] = needle {
            return memchr::memchr(*byte, self.bytes);
        }
        // Lines are full of blanks: what follows one is rarer.
        let (before, &byte) = match needle {
            [b' ', second, ..] => (1, second),
            _ => (0, needle.first()?),
        };
        let found = memchr::memchr_iter(byte, self.bytes).filter_map(|at| at.checked_sub(before));
        found.into_iter().find(|&at| self.bytes[at..].starts_with(needle))
    }

    /// Where the last of these begins.
    pub fn rfind(&self, needle: impl AsRef<[u8]>) -> Option<usize> {
        let needle = needle.as_ref();
        memchr::memrchr_iter(*needle.first()?, self.bytes).find(|&at| self.bytes[at..].starts_with(needle))
    }

    /// Whether the field looks like this one: a digit where the shape has `0`, elsewhere the same byte. `12:30` has the shape
    /// `00:00`.
    pub fn has_shape(&self, shape: &str) -> bool {
        let same = |(&byte, wanted): (&u8, u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
        self.bytes.len() == shape.len() && self.bytes.iter().zip(shape.bytes()).all(same)
    }

    /// Whether this is a month as dates have it in English: `Jan` to `Dec`.
    pub fn is_month(&self) -> bool {
        matches!(
            self.bytes,
            b"Jan" | b"Feb" | b"Mar" | b"Apr" | b"May" | b"Jun" | b"Jul" | b"Aug" | b"Sep" | b"Oct" | b"Nov" | b"Dec"
        )
    }

    /// Whether this is a day of the week as dates have it in English: `Mon` to `Sun`.
    pub fn is_weekday(&self) -> bool {
        matches!(self.bytes, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun")
    }

    /// The field, or None when the command printed `-` or nothing: it does not know the value.
    #[inline(always)]
    pub fn known(self) -> Option<Field<'a>> {
        (!self.bytes.is_empty() && self.bytes != b"-").then_some(self)
    }

    /// The words with one space between them, and no blanks around.
    pub fn squeezed(&self) -> Cow<'a, [u8]> {
        let trimmed = self.trim().bytes;
        let mut at = scan::find_blank(trimmed, 0);
        while at < trimmed.len() {
            if trimmed[at] != b' ' || matches!(trimmed.get(at + 1), Some(b' ' | b'\t')) {
                return self.joined(trimmed.len()).into();
            }
            at = scan::find_blank(trimmed, at + 1);
        }
        Cow::Borrowed(trimmed)
    }

    /// The words with one space between them, in at most this many bytes.
    fn joined(&self, most: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(most);
        for word in self.fields() {
            if !text.is_empty() {
                text.push(b' ');
            }
            scan::append(&mut text, word.bytes);
        }
        text
    }
}

/// What is cut out of it.
///
/// These are always put into their callers: a field that is returned goes through memory, and reading it back at once, in other pieces
/// than it was written in, makes the processor wait. It was a third of the time of a parser that splits its lines into words.
impl<'a> Field<'a> {
    /// What stands before a place, and what stands after it.
    #[inline(always)]
    pub fn split_at(&self, place: usize) -> (Field<'a>, Field<'a>) {
        let (before, after) = self.bytes.split_at(place.min(self.bytes.len()));
        (Field { bytes: before, ..*self }, Field { bytes: after, column: self.column + before.len() as u32 })
    }

    /// What stands between two places.
    #[inline(always)]
    pub fn part(&self, from: usize, to: usize) -> Field<'a> {
        let to = to.min(self.bytes.len());
        self.split_at(to).0.split_at(from.min(to)).1
    }

    /// Without white space at both ends.
    #[inline(always)]
    pub fn trim(&self) -> Field<'a> {
        self.trim_start().trim_end()
    }

    /// Without white space at its beginning.
    #[inline(always)]
    pub fn trim_start(&self) -> Field<'a> {
        self.split_at(scan::white_start(self.bytes)).1
    }

    /// Without white space at its end.
    #[inline(always)]
    pub fn trim_end(&self) -> Field<'a> {
        self.split_at(scan::white_end(self.bytes)).0
    }

    /// What follows a beginning. None when it begins otherwise.
    #[inline(always)]
    pub fn strip_prefix(&self, beginning: impl AsRef<[u8]>) -> Option<Field<'a>> {
        let rest = self.bytes.strip_prefix(beginning.as_ref())?;
        Some(self.split_at(self.bytes.len() - rest.len()).1)
    }

    /// What precedes an ending. None when it ends otherwise.
    #[inline(always)]
    pub fn strip_suffix(&self, ending: impl AsRef<[u8]>) -> Option<Field<'a>> {
        self.bytes.strip_suffix(ending.as_ref()).map(|bytes| Field { bytes, ..*self })
    }

    /// What stands before the first needle, and what stands after it.
    #[inline(always)]
    pub fn split_once(&self, needle: impl AsRef<[u8]>) -> Option<(Field<'a>, Field<'a>)> {
        let needle = needle.as_ref();
        self.find(needle).map(|at| self.around(at, needle.len()))
    }

    /// What stands before the last needle, and what stands after it.
    #[inline(always)]
    pub fn rsplit_once(&self, needle: impl AsRef<[u8]>) -> Option<(Field<'a>, Field<'a>)> {
        let needle = needle.as_ref();
        self.rfind(needle).map(|at| self.around(at, needle.len()))
    }

    /// What stands between the needles: one piece more than there are needles, any of which may be empty.
    #[inline(always)]
    pub fn split<N: AsRef<[u8]>>(&self, needle: N) -> impl Iterator<Item = Field<'a>> + use<'a, N> {
        let mut rest = Some(*self);
        std::iter::from_fn(move || {
            let whole = rest?;
            let (piece, after) = whole.split_once(&needle).map_or((whole, None), |(piece, after)| (piece, Some(after)));
            rest = after;
            Some(piece)
        })
    }

    #[inline(always)]
    fn around(&self, at: usize, length: usize) -> (Field<'a>, Field<'a>) {
        (self.split_at(at).0, self.split_at(at + length).1)
    }

    /// The fields inside, separated by any number of blanks.
    #[inline(always)]
    pub fn fields(&self) -> Fields<'a> {
        Fields { left: *self }
    }

    /// All fields at once.
    pub fn words(&self) -> Vec<Field<'a>> {
        // Most lines have fewer words, and growing again and again would cost more than the spare room. Larger pieces of memory are found
        // less quickly.
        let mut words = Vec::with_capacity(20);
        words.extend(self.fields());
        words
    }

    /// The first `N - 1` fields, and in the last place all that follows them, blanks inside included. What follows may be
    /// empty, the fields may not.
    #[inline(always)]
    pub fn fields_and_rest<const N: usize>(&self) -> Result<[Field<'a>; N], Problem> {
        let mut fields = self.fields();
        let mut found = [self.split_at(self.bytes.len()).1; N];
        for (index, place) in found.iter_mut().enumerate() {
            *place = if index + 1 == N { fields.rest() } else { fields.next().ok_or_else(|| too_few(N, index))? };
        }
        Ok(found)
    }
}

/// What it says as a number.
impl Field<'_> {
    /// A whole number, perhaps with a sign.
    #[inline(always)]
    pub fn integer(&self) -> Result<i64, Problem> {
        // Nearly all are digits alone; at most 16 of them, and so fit.
        scan::digits(self.bytes).map_or_else(|| self.signed_integer(), |value| Ok(value as i64))
    }

    #[inline(never)]
    fn signed_integer(&self) -> Result<i64, Problem> {
        number::integer(self.bytes).map_err(|error| self.number_problem(error, "a whole number"))
    }

    /// A whole number, if it is one. If it may be something else, this costs less than an error that nobody reads.
    pub fn as_integer(&self) -> Option<i64> {
        number::integer(self.bytes).ok()
    }

    /// A number, if it is one.
    pub fn as_float(&self) -> Option<f64> {
        number::float(self.bytes).ok()
    }

    /// A whole number in hexadecimal digits of either case, perhaps after `0x`.
    pub fn hexadecimal(&self) -> Result<i64, Problem> {
        number::hexadecimal(self.bytes).map_err(|error| self.number_problem(error, "a hexadecimal number"))
    }

    /// A number, perhaps with a sign and decimals.
    pub fn float(&self) -> Result<f64, Problem> {
        number::float(self.bytes).map_err(|error| self.number_problem(error, "a number"))
    }

    /// A number in units of a power of ten, exactly: 29.029 milliseconds are `float_e(-3)` seconds, without the error of a division.
    pub fn float_e(&self, power: i32) -> Result<f64, Problem> {
        number::float_e(self.bytes, power).map_err(|error| self.number_problem(error, "a number"))
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

    /// The letter after a size, where it alone does not say what it counts in: `G` of `1.5G`. None for `12`, `233Gi` and `7B`.
    pub fn bare_suffix(&self) -> Option<u8> {
        self.bytes.last().copied().filter(|&last| last.is_ascii_alphabetic() && !matches!(last, b'i' | b'B'))
    }

    fn number_problem(&self, error: number::Error, what: &str) -> Problem {
        match error {
            number::Error::Syntax => self.expected(what),
            number::Error::Range => self.problem(format!("{} does not fit into 64 bits", self.quoted())),
        }
    }
}

/// What is wrong with it.
impl Field<'_> {
    /// A problem with this field.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::error(message).at_column(self.column)
    }

    /// The problem that something else was expected here.
    pub fn expected(&self, what: &str) -> Problem {
        self.problem(format!("expected {what}, found {}", self.quoted()))
    }

    /// The field in backticks, shortened and printable, for a message.
    pub fn quoted(&self) -> String {
        quoted(self.bytes)
    }
}

/// Bytes that are not part of a line, such as an argument or a name that was put together, count as a line of their own.
impl<'a> From<&'a [u8]> for Field<'a> {
    fn from(bytes: &'a [u8]) -> Field<'a> {
        Field { bytes, column: 1 }
    }
}

/// Text that is not part of a line, such as an argument.
impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Field<'a> {
        Field::from(text.as_bytes())
    }
}

#[cold]
fn too_few(expected: usize, found: usize) -> Problem {
    Problem::error(format!("expected {expected} fields, found {found}"))
}

/// The fields of a line, or of a part of it, separated by blanks.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    left: Field<'a>,
}

impl<'a> Fields<'a> {
    /// All that has not been taken yet, without the blanks before it.
    #[inline(always)]
    pub fn rest(&mut self) -> Field<'a> {
        self.skip_blanks();
        let (_, nothing) = self.left.split_at(usize::MAX);
        std::mem::replace(&mut self.left, nothing)
    }

    /// An error when there is another field.
    pub fn end(&mut self) -> Result<(), Problem> {
        self.next().map_or(Ok(()), |more| Err(more.expected("the end of the line")))
    }

    #[inline(always)]
    fn skip_blanks(&mut self) {
        self.left = self.left.split_at(scan::skip_blanks(self.left.bytes, 0)).1;
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Field<'a>> {
        let (start, end) = scan::next_word(self.left.bytes, 0);
        let field = self.left.part(start, end);
        self.left = self.left.split_at(end).1;
        (end > start).then_some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Line;

    fn field(text: &str) -> Field<'_> {
        Field::from(text)
    }

    fn place(field: Field<'_>) -> (&str, u32) {
        (std::str::from_utf8(field.bytes).unwrap(), field.column)
    }

    #[test]
    fn fields_know_their_columns() {
        let fields: Vec<_> = field("  a\tbc  ").fields().map(place).collect();
        assert_eq!(fields, [("a", 3), ("bc", 5)]);
    }

    #[test]
    fn what_is_cut_out_keeps_its_place() {
        let all = field("x  key: a, b  ");
        let inner = all.split_at(1).1;
        assert_eq!(place(inner.trim()), ("key: a, b", 4));
        assert_eq!(place(inner.trim().part(1, 3)), ("ey", 5));
        let (key, value) = inner.trim().split_once(": ").unwrap();
        assert_eq!((place(key), place(value)), (("key", 4), ("a, b", 9)));
        assert_eq!(value.split(", ").map(place).collect::<Vec<_>>(), [("a", 9), ("b", 12)]);
        assert_eq!(inner.trim().rsplit_once(b" ").map(|(_, last)| place(last)), Some(("b", 12)));
        assert_eq!(key.strip_prefix("k").map(place), Some(("ey", 5)));
        assert_eq!(key.strip_suffix("y").map(place), Some(("ke", 4)));
        assert_eq!(value.fields().map(place).collect::<Vec<_>>(), [("a,", 9), ("b", 12)]);
        assert_eq!(value.fields_and_rest().map(|[first, rest]| (place(first), place(rest))), Ok((("a,", 9), ("b", 12))));
    }

    #[test]
    fn places_past_the_end_are_the_end() {
        assert_eq!(place(field("abc").part(1, 9)), ("bc", 2));
        assert_eq!(place(field("abc").part(7, 9)), ("", 4));
        assert_eq!(place(field("abc").part(2, 1)), ("", 2));
        assert_eq!(place(field("abc").split_at(9).1), ("", 4));
    }

    #[test]
    fn needles_are_found_from_both_ends_and_never_when_empty() {
        assert_eq!((field("abcabc").find("bc"), field("abcabc").rfind("bc")), (Some(1), Some(4)));
        assert_eq!((field("aab").find("ab"), field("abb").rfind("bb"), field("ab").find("abc")), (Some(1), Some(1), None));
        assert_eq!((field("a").find(""), field("a").rfind(""), field("").find("a")), (None, None, None));
        assert_eq!(field("a,,b,").split(",").map(place).collect::<Vec<_>>(), [("a", 1), ("", 3), ("b", 4), ("", 6)]);
        assert_eq!(field("ab").split("").map(place).collect::<Vec<_>>(), [("ab", 1)]);
    }

    #[test]
    fn the_rest_keeps_its_blanks() {
        let [first, rest] = field(" 1  a  b ").fields_and_rest().unwrap();
        assert_eq!((place(first), place(rest)), (("1", 2), ("a  b ", 5)));
        let [_, none] = field("1").fields_and_rest().unwrap();
        assert_eq!(place(none), ("", 2));
        let problem = field("1").fields_and_rest::<3>().unwrap_err();
        assert_eq!(problem.message, "expected 3 fields, found 1");
    }

    #[test]
    fn blanks_are_squeezed_and_only_then_copied() {
        assert!(matches!(field(" Oct 5 ").squeezed(), Cow::Borrowed(b"Oct 5")));
        assert_eq!(field("Oct  5\t10:00").squeezed(), &b"Oct 5 10:00"[..]);
        assert_eq!(field("  ").squeezed(), &b""[..]);
    }

    #[test]
    fn dates_are_known_by_their_looks() {
        assert!(field("2024-02-29").has_shape("0000-00-00"));
        assert!(!field("2024-2-29").has_shape("0000-00-00") && !field("2024-02-2x").has_shape("0000-00-00"));
        assert!(field("Feb").is_month() && field("Sun").is_weekday());
        assert!(!field("nFe").is_month() && !field("").is_month() && !field("feb").is_month() && !field("eTh").is_weekday());
    }

    #[test]
    fn numbers_say_where_they_are_wrong() {
        let line = Line::new(1, b"x 1O 9223372036854775808 0x");
        let [_, letter, large, hexadecimal] = line.fields_and_rest().unwrap();
        assert_eq!(letter.integer().unwrap_err(), Problem::error("expected a whole number, found `1O`").at_column(3));
        assert_eq!(large.integer().unwrap_err().message, "`9223372036854775808` does not fit into 64 bits");
        assert_eq!(hexadecimal.hexadecimal().unwrap_err().message, "expected a hexadecimal number, found `0x`");
    }

    #[test]
    fn a_suffix_is_bare_when_it_does_not_name_its_base() {
        let suffixes = ["1.5G", "12k", "233Gi", "7B", "1GB", "12", ""].map(|size| field(size).bare_suffix());
        assert_eq!(suffixes, [Some(b'G'), Some(b'k'), None, None, None, None, None]);
    }

    #[test]
    fn another_field_is_not_the_end() {
        let line = field("a b");
        let mut fields = line.fields();
        fields.next();
        assert_eq!(fields.end().map_err(|problem| problem.message), Err("expected the end of the line, found `b`".to_owned()));
        assert_eq!(fields.end(), Ok(()));
    }
}
