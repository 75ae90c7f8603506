//! The grammar of `--where`, and the tree it is read into. Nothing here knows which fields there are.
//!
//! ```text
//! any     = all { "or" all }
//! all     = not { "and" not }
//! not     = "not" not | "(" any ")" | test
//! test    = path
//!         | path ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "!~" ) value
//!         | path [ "not" ] ( "has" | "contains" | "starts with" | "ends with" ) value
//!         | path "is" [ "not" ] "null"
//! path    = name { "." name }
//! value   = "'" … "'" | '"' … '"' | characters up to a blank or a bracket
//! ```
//!
//! Within quotes, a quote is doubled or has a backslash before it. Any other backslash is just a backslash, as patterns need it.

use std::ops::Range;

use crate::misuse::Misuse;

/// How deep brackets and `not` may be nested.
pub(super) const MOST_NESTED: usize = 100;

/// The option that expressions are given with.
pub(super) const OPTION: &str = "--where";

/// A condition that records meet or not.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Test { path: Path, test: Test },
}

/// A field, by the names that lead to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub(super) names: Vec<String>,
    pub(super) place: Range<usize>,
}

/// What is asked about a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    IsTrue,
    IsNull,
    Compare(Comparison, Value),
    Has(Value),
    Text(TextTest, Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What only texts are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
    Matches,
}

/// A value as it was typed. What it means depends on the field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) place: Range<usize>,
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expression, Misuse> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expression = parser.any()?;
    parser.skip_blanks();
    if parser.at < text.len() {
        let place = parser.at..parser.at + parser.word_length().max(1);
        return Err(parser.wrong("`and`, `or` or the end is expected here", place));
    }
    Ok(expression)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Expression, Misuse> {
        let mut parts = vec![self.all()?];
        while self.keyword("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, Misuse> {
        let mut parts = vec![self.not()?];
        while self.keyword("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn not(&mut self) -> Result<Expression, Misuse> {
        self.skip_blanks();
        let start = self.at;
        if self.depth >= MOST_NESTED {
            return Err(self.wrong(format!("more than {MOST_NESTED} brackets and `not` within each other"), start..start + 1));
        }
        self.depth += 1;
        let expression = if self.symbol("(") {
            let inner = self.any()?;
            self.skip_blanks();
            if !self.symbol(")") {
                return Err(self.wrong("this bracket is not closed", start..start + 1));
            }
            inner
        } else if self.keyword("not") {
            Expression::Not(Box::new(self.not()?))
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn test(&mut self) -> Result<Expression, Misuse> {
        const COMPARISONS: [(&str, Comparison); 7] = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let path = self.path()?;
        self.skip_blanks();
        if self.symbol("=~") {
            return self.about(path, |value| Test::Text(TextTest::Matches, value), false);
        }
        if self.symbol("!~") {
            return self.about(path, |value| Test::Text(TextTest::Matches, value), true);
        }
        for (symbol, comparison) in COMPARISONS {
            if self.symbol(symbol) {
                return self.about(path, |value| Test::Compare(comparison, value), false);
            }
        }
        if self.keyword("is") {
            let not = self.keyword("not");
            self.skip_blanks();
            if !self.keyword("null") {
                return Err(self.wrong("`null` or `not null` is expected here", self.at..self.at + self.word_length().max(1)));
            }
            return Ok(negated(Expression::Test { path, test: Test::IsNull }, not));
        }
        let before = self.at;
        let not = self.keyword("not");
        if self.keyword("has") {
            return self.about(path, Test::Has, not);
        }
        for (first, second, test) in [
            ("contains", None, TextTest::Contains),
            ("starts", Some("with"), TextTest::StartsWith),
            ("ends", Some("with"), TextTest::EndsWith),
        ] {
            if self.keyword(first) {
                if let Some(second) = second
                    && !self.keyword(second)
                {
                    return Err(self.wrong(format!("`{second}` is expected here"), self.at..self.at + self.word_length().max(1)));
                }
                return self.about(path, |value| Test::Text(test, value), not);
            }
        }
        self.at = before;
        Ok(Expression::Test { path, test: Test::IsTrue })
    }

    /// A test with a value, or its negation.
    fn about(&mut self, path: Path, test: impl FnOnce(Value) -> Test, not: bool) -> Result<Expression, Misuse> {
        let test = test(self.value()?);
        Ok(negated(Expression::Test { path, test }, not))
    }

    fn path(&mut self) -> Result<Path, Misuse> {
        self.skip_blanks();
        let start = self.at;
        let mut names = Vec::new();
        loop {
            let name = self.name();
            if name.is_empty() {
                let place = self.at..self.at + self.word_length().max(1);
                return Err(self.wrong("the name of a field is expected here", place));
            }
            names.push(name);
            if !self.symbol(".") {
                return Ok(Path { names, place: start..self.at });
            }
        }
    }

    fn name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let name = &rest[..rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())];
        self.at += name.len();
        name.to_owned()
    }

    fn value(&mut self) -> Result<Value, Misuse> {
        self.skip_blanks();
        let start = self.at;
        let rest = &self.text[start..];
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
            let text = self.quoted(quote)?;
            return Ok(Value { text, quoted: true, place: start..self.at });
        }
        let mut length = self.word_length();
        // `-5GiB`, `80%` and `3 GiB` are numbers with units.
        if rest[..length].parse::<f64>().is_ok() {
            let blanks = rest[length..].len() - rest[length..].trim_start().len();
            let unit = &rest[length + blanks..];
            let unit = &unit[..unit.find(|c: char| !(c.is_alphabetic() || c == '%')).unwrap_or(unit.len())];
            if super::quantity::is_unit(unit) {
                length += blanks + unit.len();
            }
        }
        if length == 0 {
            return Err(self.wrong("a value is expected here", start..start + 1));
        }
        self.at += length;
        Ok(Value { text: rest[..length].to_owned(), quoted: false, place: start..self.at })
    }

    fn quoted(&mut self, quote: char) -> Result<String, Misuse> {
        let start = self.at;
        let mut text = String::new();
        let mut rest = self.text[start + 1..].char_indices().peekable();
        while let Some((index, c)) = rest.next() {
            let next = rest.peek().map(|&(_, next)| next);
            if (c == quote || c == '\\') && next == Some(quote) {
                // With `\'` at the end of the text, the value would never be closed: there the backslash is just a backslash.
                let closes = c == '\\' && self.text[start + 1 + index + 2..].find(quote).is_none();
                if !closes {
                    text.push(quote);
                    rest.next();
                    continue;
                }
            }
            if c == quote {
                self.at = start + 1 + index + 1;
                return Ok(text);
            }
            text.push(c);
        }
        Err(self.wrong("this quote is not closed", start..start + 1))
    }

    /// Skips a keyword, if it stands here.
    fn keyword(&mut self, word: &str) -> bool {
        let rest = self.text[self.at..].trim_start();
        let found = rest.strip_prefix(word).is_some_and(|after| !after.starts_with(|c| is_name(c) || c == '.'));
        if found {
            self.at = self.text.len() - rest.len() + word.len();
        }
        found
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.text[self.at..].starts_with(symbol);
        if found {
            self.at += symbol.len();
        }
        found
    }

    /// The bytes from here to the next blank or bracket.
    fn word_length(&self) -> usize {
        let rest = &self.text[self.at..];
        rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len())
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.text[self.at..].trim_start().len();
    }

    fn wrong(&self, message: impl Into<String>, place: Range<usize>) -> Misuse {
        Misuse::new(OPTION, message).at(self.text, place)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn one_or(mut parts: Vec<Expression>, many: impl FnOnce(Vec<Expression>) -> Expression) -> Expression {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn negated(expression: Expression, not: bool) -> Expression {
    if not { Expression::Not(Box::new(expression)) } else { expression }
}

#[cfg(test)]
mod tests;
