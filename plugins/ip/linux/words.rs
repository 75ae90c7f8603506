//! Words in pairs, as all of `ip` prints: a keyword, and mostly its value.

use outparse_sdk::{Base, Field, Problem};

/// The words of a line, to be taken one by one.
pub(crate) struct Words<'a> {
    words: Vec<Field<'a>>,
    next: usize,
    line: Field<'a>,
}

impl<'a> Words<'a> {
    pub(crate) fn of(line: Field<'a>) -> Words<'a> {
        Words { words: line.words(), next: 0, line }
    }

    pub(crate) fn next(&mut self) -> Option<Field<'a>> {
        let word = self.words.get(self.next).copied();
        self.next += 1;
        word
    }

    pub(crate) fn peek(&self) -> Option<Field<'a>> {
        self.words.get(self.next).copied()
    }

    /// The value of a keyword.
    pub(crate) fn value(&mut self, keyword: Field<'a>) -> Result<Field<'a>, Problem> {
        self.next()
            .ok_or_else(|| keyword.problem(format!("expected a value after {}, found the end of the line", keyword.quoted())))
    }

    /// All words up to the next one of these, as they stand.
    pub(crate) fn up_to(&mut self, keywords: &[&str]) -> Field<'a> {
        let first = self.next;
        while self.peek().is_some_and(|word| !keywords.iter().any(|keyword| keyword.as_bytes() == word.bytes)) {
            self.next += 1;
        }
        match self.words.get(first..self.next) {
            Some([from, .., to]) => self.cut(*from, *to),
            Some([only]) => *only,
            _ => self.line.split_at(usize::MAX).1,
        }
    }

    fn cut(&self, from: Field<'a>, to: Field<'a>) -> Field<'a> {
        self.line.part(from.start() - self.line.start(), to.end() - self.line.start())
    }
}

pub(crate) fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// `eth0@if5`
pub(crate) fn named(name: Field<'_>) -> (Vec<u8>, Option<Vec<u8>>) {
    match name.split_once("@") {
        Some((name, parent)) => (name.bytes.to_vec(), owned(parent)),
        None => (name.bytes.to_vec(), None),
    }
}

/// `<LOOPBACK,UP,LOWER_UP>`
pub(crate) fn flags(word: Field<'_>) -> Option<Vec<Vec<u8>>> {
    let inner = word.strip_prefix("<")?.strip_suffix(">")?;
    Some(inner.split(",").filter(|flag| !flag.bytes.is_empty()).map(|flag| flag.bytes.to_vec()).collect())
}

/// The lines that `-o` made one: it has a backslash in place of each line end, before what is indented. A description may have one, too.
pub(crate) fn one_line(line: Field<'_>) -> Vec<Field<'_>> {
    if line.bytes.first().is_none_or(u8::is_ascii_whitespace) {
        return vec![line];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in line.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\\') {
        let after = &line.bytes[at + 1..];
        if after.is_empty() || after.starts_with(b"\t") || after.starts_with(b"    ") {
            parts.push(line.part(from, at));
            from = at + 1;
        }
    }
    parts.push(line.part(from, line.bytes.len()));
    parts.retain(|part| !part.is_blank());
    parts
}

/// A number that `-h` may have shortened: `595M` in thousands, `567Mi` in 1024s.
pub(crate) fn count(word: Field<'_>) -> Result<i64, Problem> {
    word.integer().or_else(|_| word.size(Base::Decimal))
}

/// `86398sec`, or `forever`, which is none.
pub(crate) fn lifetime(word: Field<'_>) -> Result<Option<i64>, Problem> {
    if word.bytes == b"forever" {
        return Ok(None);
    }
    word.strip_suffix("sec").ok_or_else(|| word.expected("seconds such as `3600sec`, or `forever`"))?.integer().map(Some)
}
