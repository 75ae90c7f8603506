//! One place in the input that could not be understood.

mod excerpt;

use std::fmt;

pub use excerpt::Excerpt;

/// How many problems of a run are shown one by one; of the others, only the number is.
pub const SHOWN: u64 = 10;

/// What a problem did to the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The record is there, but a value in it was guessed.
    Warning,
    /// The line gave no record, or a value of it became null.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One place in the capture that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Line of the capture, from 1; 0 when no line in particular is meant.
    pub line: u64,
    /// Byte in that line, from 1; 0 when the whole line is meant.
    pub column: u32,
    /// What was expected and what was found.
    pub message: String,
    /// The line, where it was at hand: for the problems that are shown.
    pub excerpt: Option<Excerpt>,
}

impl Problem {
    /// Where it is: `line 3, column 7`, or nothing.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => String::new(),
            (line, 0) => format!("line {line}"),
            (line, column) => format!("line {line}, column {column}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            _ => write!(f, "{}: {}", self.place(), self.message),
        }
    }
}

/// The lines that problems are about, each once, with all their places marked. Empty when none of the lines is there.
pub fn draw<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> String {
    let mut lines: Vec<(u64, &Excerpt, Vec<u32>)> = Vec::new();
    for problem in problems {
        let Some(excerpt) = &problem.excerpt else { continue };
        match lines.iter_mut().find(|(line, ..)| *line == problem.line) {
            Some((_, _, columns)) => columns.push(problem.column),
            None => lines.push((problem.line, excerpt, vec![problem.column])),
        }
    }
    let drawn: Vec<String> = lines.iter().map(|(line, excerpt, columns)| excerpt.draw(*line, columns)).collect();
    drawn.join("\n")
}
