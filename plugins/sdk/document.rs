//! JSON that commands print themselves, as `lsblk -J` and `ip -j` do.
//!
//! Libraries for JSON give numbers as floats, or forget where a value stood. Here a number is the digits that were printed, and
//! each value knows its place, so that one that does not fit its field is reported like any other. A name that occurs twice in an
//! object is an error, as one of its values would be lost. The format is that of RFC 8259; text that is not UTF-8 keeps its
//! bytes.

use std::borrow::Cow;

use crate::{Field, Line, Problem};

/// How deeply objects and lists may be nested.
const DEEPEST: usize = 64;

/// The lines of a document that is not complete yet.
#[derive(Clone, Debug, Default)]
pub struct Document {
    text: Vec<u8>,
    first_line: u64,
}

impl Document {
    /// Takes a line of a capture that is JSON, which its first line shows by beginning with this byte; it is read at its end.
    /// False if the capture is no JSON.
    pub fn take(document: &mut Option<Document>, opening: u8, is_first: bool, line: Line<'_>) -> bool {
        if is_first && document.is_none() && line.bytes.trim_ascii_start().first() == Some(&opening) {
            *document = Some(Document::default());
        }
        match document {
            Some(document) => document.push(line),
            None => return false,
        }
        true
    }

    /// Adds a line.
    pub fn push(&mut self, line: Line<'_>) {
        if self.text.is_empty() {
            self.first_line = line.number;
        }
        self.text.extend_from_slice(line.bytes);
        self.text.push(b'\n');
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Reads the document. The problem names its line.
    pub fn read(&self) -> Result<Node<'_>, Problem> {
        read(&self.text, self.first_line)
    }

    /// Reads a document in which names may come again in an object: [`Node::get`] gives the first of them, [`Node::members`] all.
    pub fn read_repeated(&self) -> Result<Node<'_>, Problem> {
        Reader { repeats: true, ..Reader::new(&self.text, self.first_line) }.document()
    }
}

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// What it is.
    pub content: Content<'a>,
    /// As it is written.
    pub field: Field<'a>,
    /// The line that it begins in.
    pub line: u64,
}

/// A name in an object, and what stands there.
pub type Member<'a> = (Cow<'a, [u8]>, Node<'a>);

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number, as it is written.
    Number(&'a [u8]),
    /// Text, without its escapes.
    Text(Cow<'a, [u8]>),
    /// `[…]`
    List(Vec<Node<'a>>),
    /// `{…}`, in its order.
    Object(Vec<Member<'a>>),
}

impl<'a> Node<'a> {
    /// The problem that something else was expected here.
    pub fn expected(&self, what: &str) -> Problem {
        self.field.expected(what).on_line(self.line)
    }

    /// A problem with this message, at this place.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        self.field.problem(message).on_line(self.line)
    }

    /// A problem of what was read out of this value: on its line, where it names none.
    pub fn placed(&self, problem: Problem) -> Problem {
        if problem.line == 0 { problem.on_line(self.line) } else { problem }
    }

    /// The value of this name. None where this is no object, has no such name, or says `null`.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        let Content::Object(members) = &self.content else { return None };
        let found = members.iter().find(|(known, _)| **known == *name.as_bytes());
        found.map(|(_, value)| value).filter(|value| value.content != Content::Null)
    }

    /// The values of a list; an error where it is none.
    pub fn items(&self) -> Result<&[Node<'a>], Problem> {
        match &self.content {
            Content::List(items) => Ok(items),
            _ => Err(self.expected("a list")),
        }
    }

    /// The names and values of an object; an error where it is none.
    pub fn members(&self) -> Result<&[Member<'a>], Problem> {
        match &self.content {
            Content::Object(members) => Ok(members),
            _ => Err(self.expected("an object")),
        }
    }

    /// Text, or the digits of a number: commands differ in which of them a value is.
    pub fn text(&self) -> Result<&[u8], Problem> {
        match &self.content {
            Content::Text(text) => Ok(text),
            Content::Number(digits) => Ok(digits),
            _ => Err(self.expected("text or a number")),
        }
    }

    /// The same as a cell of a table, at the column that it is written at.
    pub fn cell(&self) -> Result<Field<'_>, Problem> {
        Ok(Field { bytes: self.text()?, column: self.field.column })
    }

    /// A whole number, written as one or as text.
    pub fn integer(&self) -> Result<i64, Problem> {
        self.cell()?.integer().map_err(|problem| self.placed(problem))
    }

    /// True or false.
    pub fn boolean(&self) -> Result<bool, Problem> {
        match self.content {
            Content::Boolean(value) => Ok(value),
            _ => Err(self.expected("`true` or `false`")),
        }
    }
}

/// Reads a document whose first line has this number.
pub fn read(text: &[u8], first_line: u64) -> Result<Node<'_>, Problem> {
    Reader::new(text, first_line).document()
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
    /// Where the current line begins.
    line_start: usize,
    /// Whether a name may come again in an object.
    repeats: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8], line: u64) -> Reader<'a> {
        Reader { text, at: 0, line, line_start: 0, repeats: false }
    }

    fn document(mut self) -> Result<Node<'a>, Problem> {
        let node = self.value(0)?;
        self.skip_blanks();
        if self.at < self.text.len() { Err(self.expected("the end of the document")) } else { Ok(node) }
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.text.get(self.at) {
            self.at += 1;
            if self.text[self.at - 1] == b'\n' {
                (self.line, self.line_start) = (self.line + 1, self.at);
            }
        }
    }

    /// What stands from a place on, up to another or to the end of the line.
    fn field(&self, from: usize, to: Option<usize>) -> Field<'a> {
        let rest = &self.text[from..];
        let end = to.map_or_else(|| memchr::memchr(b'\n', rest).unwrap_or(rest.len()), |to| to - from);
        Field { bytes: &rest[..end], column: (from - self.line_start) as u32 + 1 }
    }

    fn expected(&self, what: &str) -> Problem {
        self.field(self.at, None).expected(what).on_line(self.line)
    }

    /// Takes a byte that must stand here, after blanks.
    fn take(&mut self, byte: u8, what: &str) -> Result<(), Problem> {
        self.skip_blanks();
        if self.text.get(self.at) != Some(&byte) {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Problem> {
        self.skip_blanks();
        if depth > DEEPEST {
            return Err(self.field(self.at, None).problem(format!("more than {DEEPEST} lists and objects within each other")));
        }
        let (from, line, column) = (self.at, self.line, (self.at - self.line_start) as u32 + 1);
        let content = match self.text.get(from) {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Content::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z') => self.word()?,
            _ => return Err(self.expected("a value of JSON")),
        };
        Ok(Node { content, field: Field { bytes: &self.text[from..self.at], column }, line })
    }

    fn object(&mut self, depth: usize) -> Result<Content<'a>, Problem> {
        self.at += 1;
        let mut members: Vec<Member<'a>> = Vec::new();
        self.skip_blanks();
        if self.text.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(Content::Object(members));
        }
        loop {
            self.skip_blanks();
            if self.text.get(self.at) != Some(&b'"') {
                return Err(self.expected("a name in quotes"));
            }
            let begin = self.field(self.at, None);
            let name = self.string()?;
            if !self.repeats && members.iter().any(|(known, _)| *known == name) {
                return Err(begin.problem("this name comes twice in one object").on_line(self.line));
            }
            self.take(b':', "`:`")?;
            members.push((name, self.value(depth + 1)?));
            if self.is_last(b'}')? {
                return Ok(Content::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Content<'a>, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Content::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.is_last(b']')? {
                return Ok(Content::List(items));
            }
        }
    }

    /// Whether the list or object ends here, rather than going on after a comma.
    fn is_last(&mut self, end: u8) -> Result<bool, Problem> {
        self.skip_blanks();
        let byte = self.text.get(self.at).copied();
        if byte != Some(b',') && byte != Some(end) {
            return Err(self.expected(&format!("`,` or `{}`", char::from(end))));
        }
        self.at += 1;
        Ok(byte == Some(end))
    }

    fn word(&mut self) -> Result<Content<'a>, Problem> {
        let words = [(&b"null"[..], Content::Null), (b"true", Content::Boolean(true)), (b"false", Content::Boolean(false))];
        let letters = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let word = &self.text[self.at..self.at + letters];
        let found = words.into_iter().find(|(known, _)| *known == word);
        let (_, content) = found.ok_or_else(|| self.expected("a value of JSON"))?;
        self.at += letters;
        Ok(content)
    }

    fn number(&mut self) -> Result<Content<'a>, Problem> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let digits = &rest[..length];
        if !is_number(digits) {
            return Err(self.field(self.at, Some(self.at + length)).expected("a number of JSON").on_line(self.line));
        }
        self.at += length;
        Ok(Content::Number(digits))
    }

    /// Text in quotes, the first of which stands here.
    fn string(&mut self) -> Result<Cow<'a, [u8]>, Problem> {
        let from = self.at + 1;
        let mut text: Cow<'a, [u8]> = Cow::Borrowed(&[]);
        let mut at = from;
        loop {
            let end = at
                + self.text[at..]
                    .iter()
                    .position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20)
                    .unwrap_or(usize::MAX - at);
            let piece = self.text.get(at..end).ok_or_else(|| self.expected("a closing quote mark"))?;
            match &mut text {
                Cow::Borrowed(empty) if at == from => *empty = piece,
                _ => text.to_mut().extend_from_slice(piece),
            }
            at = end;
            match self.text[end] {
                b'"' => {
                    self.at = end + 1;
                    return Ok(text);
                }
                b'\\' => {
                    let wrong = || self.field(end, None).expected("an escape of JSON").on_line(self.line);
                    let (letter, read) = escaped(&self.text[end + 1..]).ok_or_else(wrong)?;
                    text.to_mut().extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    at += 1 + read;
                }
                _ => return Err(self.field(end, None).expected("text without control characters").on_line(self.line)),
            }
        }
    }
}

/// Whether this is `-1.5e-3` or the like.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest[0] == b'0' {
        return false;
    }
    let rest = match rest[whole..].strip_prefix(b".") {
        Some(part) if digits(part) == 0 => return false,
        Some(part) => &part[digits(part)..],
        None => &rest[whole..],
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', power @ ..] | [b'e' | b'E', power @ ..] => !power.is_empty() && digits(power) == power.len(),
        _ => false,
    }
}

/// The character that an escape stands for, and how many bytes it takes after the backslash.
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let plain = match text.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = four_digits(&text[1..])?;
            if let Some(letter) = char::from_u32(first) {
                return Some((letter, 5));
            }
            // Two halves of a character.
            let second = four_digits(text[5..].strip_prefix(b"\\u")?)?;
            let [Ok(letter)] = char::decode_utf16([first as u16, second as u16]).collect::<Vec<_>>()[..] else { return None };
            return Some((letter, 11));
        }
        _ => return None,
    };
    Some((plain, 1))
}

fn four_digits(text: &[u8]) -> Option<u32> {
    let digits = text.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        read(text.as_bytes(), 1).unwrap_err().to_string()
    }

    #[test]
    fn numbers_are_the_digits_that_were_printed_and_values_know_their_places() {
        let text =
            b"{\n  \"a\": 18446744073709551616, \"b\":[1.50, -0e3 ,true,null],\"c\":\"x\\u00e9\\ud83d\\ude00\\n\",\"\":{}}\n";
        let node = read(text, 7).unwrap();
        let a = node.get("a").unwrap();
        assert_eq!((&a.content, a.line, a.field.column), (&Content::Number(b"18446744073709551616"), 8, 8));
        assert_eq!(
            a.integer().unwrap_err().to_string(),
            "error: line 8, column 8: `18446744073709551616` does not fit into 64 bits"
        );
        let numbers: Vec<_> = node.get("b").unwrap().items().unwrap().iter().map(|item| item.field.bytes).collect();
        assert_eq!(numbers, [&b"1.50"[..], b"-0e3", b"true", b"null"]);
        assert_eq!(node.get("c").unwrap().text(), Ok("xé😀\n".as_bytes()));
        assert_eq!(node.get("").unwrap().members(), Ok(&[][..]));
        assert_eq!(node.get("d"), None);
        assert_eq!(read(b"\"\xff\"", 1).unwrap().text(), Ok(&b"\xff"[..]));
    }

    #[test]
    fn problems_of_a_cell_are_told_at_the_place_of_its_value() {
        let node = read(b"{\n  \"a\": \"5 x\"}", 7).unwrap();
        let a = node.get("a").unwrap();
        let problem = a.cell().unwrap().integer().unwrap_err();
        assert_eq!(a.placed(problem).to_string(), "error: line 8, column 8: expected a whole number, found `5 x`");
        let of_another = node.expected("a list");
        assert_eq!(a.placed(of_another.clone()), of_another);
    }

    #[test]
    fn a_name_may_come_again_where_that_is_asked_for() {
        let document = Document { text: b"{\"a\":1,\"a\":2}".to_vec(), ..Document::default() };
        assert!(document.read().is_err());
        let node = document.read_repeated().unwrap();
        assert_eq!((node.get("a").unwrap().integer(), node.members().unwrap().len()), (Ok(1), 2));
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        for (text, problem) in [
            ("", "error: line 1, column 1: expected a value of JSON, found ``"),
            ("{\"a\":1,\n\"a\":2}", "error: line 2, column 1: this name comes twice in one object"),
            ("[1,]", "error: line 1, column 4: expected a value of JSON, found `]`"),
            ("[1 2]", "error: line 1, column 4: expected `,` or `]`, found `2]`"),
            ("[01]", "error: line 1, column 2: expected a number of JSON, found `01`"),
            ("[1.]", "error: line 1, column 2: expected a number of JSON, found `1.`"),
            ("{} x", "error: line 1, column 4: expected the end of the document, found `x`"),
            ("\"a", "error: line 1, column 1: expected a closing quote mark, found `\"a`"),
            ("\"\\x\"", "error: line 1, column 2: expected an escape of JSON, found `\\x\"`"),
            ("\"\\ud800\"", "error: line 1, column 2: expected an escape of JSON, found `\\ud800\"`"),
            ("nul", "error: line 1, column 1: expected a value of JSON, found `nul`"),
            ("{a:1}", "error: line 1, column 2: expected a name in quotes, found `a:1}`"),
        ] {
            assert_eq!(wrong(text), problem, "{text}");
        }
        assert!(wrong(&"[".repeat(100)).contains("more than 64 lists"));
    }
}
