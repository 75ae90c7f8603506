//! What a parser says about input it does not understand.

use std::fmt;

/// What a problem did to the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The record is there, but a value in it was guessed.
    Warning,
    /// The line gave no record, or a value of it became null.
    Error,
}

/// One place in the capture that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Line of the capture, from 1. 0 stands for the line that is being parsed, or for none at the end of the capture.
    pub line: u64,
    /// Byte in the line, from 1. 0 when the whole line is meant.
    pub column: u32,
    /// What was expected and what was found: lower case, no full stop, the input's words in backticks.
    pub message: String,
}

impl Problem {
    /// Something was lost: the line gave no record, or a value of it became null.
    pub fn error(message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Error, line: 0, column: 0, message: message.into() }
    }

    /// The record is there, but a value in it was guessed. Say how, and what would settle it.
    pub fn warning(message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(message) }
    }

    /// The same problem, where the record is there nevertheless.
    pub fn into_warning(self) -> Problem {
        Problem { severity: Severity::Warning, ..self }
    }

    /// The same problem at another line, where it is not the one being parsed.
    pub fn on_line(self, line: u64) -> Problem {
        Problem { line, ..self }
    }

    /// The same problem at a byte of its line, from 1.
    pub fn at_column(self, column: u32) -> Problem {
        Problem { column, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity}: ")?;
        if self.line > 0 {
            write!(f, "line {}, ", self.line)?;
        }
        if self.column > 0 {
            write!(f, "column {}: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a line gave no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Only this line is lost: the next one is tried.
    Line(Problem),
    /// The input is not the dialect this parser reads: the host tries the next parser. Counts as [`Error::Malformed`] once a
    /// record has been made.
    Unrecognised(Problem),
    /// It is the right dialect, and nothing after this place can be read. Records made before are kept.
    Malformed(Problem),
}

impl Error {
    /// The input is not the dialect this parser reads; say what was expected.
    pub fn unrecognised(message: impl Into<String>) -> Error {
        Error::Unrecognised(Problem::error(message))
    }

    /// Nothing from here on can be read; say why.
    pub fn malformed(message: impl Into<String>) -> Error {
        Error::Malformed(Problem::error(message))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        Error::Line(problem)
    }
}

/// The input's own words for a message: at most 60 bytes of them, control characters and bad UTF-8 made visible.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    const MOST: usize = 60;
    let cut = &bytes[..bytes.len().min(MOST)];
    let mut text = String::from("`");
    for chunk in cut.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                text.extend(c.escape_default());
            } else {
                text.push(c);
            }
        }
        // The cut may have split a character: that is not the input's fault.
        if bytes.len() <= MOST
            || !chunk.invalid().is_empty() && !std::ptr::eq(chunk.invalid().as_ptr_range().end, cut.as_ptr_range().end)
        {
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        }
    }
    if bytes.len() > MOST {
        text.push('…');
    }
    text.push('`');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_the_place_it_has() {
        let problem = Problem::error("expected `a`");
        assert_eq!(problem.to_string(), "error: expected `a`");
        let placed = problem.into_warning().on_line(2).at_column(3);
        assert_eq!(placed.to_string(), "warning: line 2, column 3: expected `a`");
    }

    #[test]
    fn quoted_input_is_short_and_printable() {
        assert_eq!(quoted(b"a\tb\xff"), "`a\\tb\\xff`");
        let long = "é".repeat(40);
        assert_eq!(quoted(long.as_bytes()), format!("`{}…`", "é".repeat(30)));
        let odd = format!("x{long}");
        assert_eq!(quoted(odd.as_bytes()), format!("`x{}…`", "é".repeat(29)));
    }
}
