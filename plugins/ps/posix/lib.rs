//! `ps` prints a table whose first line names its columns, and those name the fields: which ones there are, and in which
//! order, is up to the flags. So one parser reads the `ps` of Linux (procps), BSD, macOS, BusyBox and toybox.
//!
//! This module owns the rows: how the words of a line are dealt to the columns when a command or a date has blanks inside.
//! [`record`] owns which titles there are, and what is read under each.

mod record;

use outparse_sdk::{About, Error, Field, Header, Line, Parser, Problem, Rows, Source};

pub use record::Process;
use record::{Setter, column};

/// Titles over text with blanks inside.
const COMMANDS: &[&str] = &["COMMAND", "CMD", "ARGS", "CMDLINE", "COMM", "NAME", "EXE"];
/// Titles over moments, which may be written in several words.
const MOMENTS: &[&str] = &["START", "STARTED", "STIME"];
/// One of these must be among the titles of a table of processes.
const REQUIRED: &[&str] = &["PID", "PPID", "TID", "LWP", "COMMAND", "CMD", "ARGS", "COMM"];

/// Reads what `ps` prints.
#[derive(Default)]
pub struct Ps {
    /// The titles; empty before the first line.
    columns: Vec<Column>,
    /// The line of titles, which `--headers` repeats.
    titles: Vec<u8>,
}

struct Column {
    kind: Kind,
    set: Setter,
    /// Where the title begins.
    start: usize,
}

/// How many words a cell has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One.
    Word,
    /// One, or two in BusyBox: `S N`.
    State,
    /// One, or as many as [`moment_words`] finds.
    Moment,
    /// Any number, at least one.
    Command,
}

impl Parser for Ps {
    const ABOUT: About = About {
        name: "ps-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Processes, as the ps of Linux, BSD, macOS and BusyBox prints them under any columns",
        commands: &["ps", "busybox ps", "toybox ps"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Process<'static>;

    fn new(_: &Source) -> Self {
        Ps::default()
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || !self.columns.is_empty() && line.bytes == self.titles {
            return Ok(());
        }
        if self.columns.is_empty() {
            return self.read_titles(line, rows);
        }
        let mut process = Process::default();
        for (column, cell) in self.columns.iter().zip(self.cells(line)?) {
            (column.set)(&mut process, cell)?;
        }
        rows.push(process);
        Ok(())
    }
}

impl Ps {
    fn read_titles(&mut self, line: Line<'_>, rows: &mut Rows<Process<'static>>) -> Result<(), Error> {
        let header = Header::read(line, &[])?;
        if header.titles().count() != line.fields().count() || !header.titles().any(|title| REQUIRED.contains(&title)) {
            return Err(Error::Unrecognised(line.expected("the titles of a table of processes")));
        }
        for (index, title) in header.titles().enumerate() {
            let set =
                column(title).ok_or_else(|| Error::unrecognised(format!("`{title}` is no column of ps that is known here")))?;
            let kind = match title {
                "STAT" => Kind::State,
                title if MOMENTS.contains(&title) => Kind::Moment,
                title if COMMANDS.contains(&title) => Kind::Command,
                _ => Kind::Word,
            };
            if header.position(title) != Some(index) {
                rows.problem(Problem::warning(format!("more than one column is titled `{title}`: the last one is kept")));
            }
            self.columns.push(Column { kind, set, start: header.span(index).unwrap_or_default().start });
        }
        self.titles = line.bytes.to_vec();
        Ok(())
    }

    /// One cell for each column: words are dealt from the left up to the first command, from the right back to the last
    /// one, and what is left is the commands.
    fn cells<'a>(&self, line: Line<'a>) -> Result<Vec<Field<'a>>, Problem> {
        let words: Vec<Field<'a>> = line.fields().collect();
        let first = self.columns.iter().position(|column| column.kind == Kind::Command).unwrap_or(self.columns.len());
        let last = self.columns.iter().rposition(|column| column.kind == Kind::Command).map_or(first, |last| last + 1);
        let missing = || Problem::error(format!("expected {} columns, found {} words", self.columns.len(), words.len()));

        let mut left = 0;
        let mut cells = Vec::with_capacity(self.columns.len());
        for column in self.columns.iter().take(first) {
            let count = match (column.kind, words.get(left..).unwrap_or_default()) {
                (Kind::Moment, words) => moment_words(words),
                (Kind::State, [state, nice, ..]) if is_split_state(state, nice) => 2,
                _ => 1,
            };
            cells.push(words.get(left..left + count).and_then(|words| line.span(words)).ok_or_else(missing)?);
            left += count;
        }
        let mut right = words.len();
        let mut cells_after = Vec::new();
        for column in self.columns.iter().skip(last).rev() {
            let rest = words.get(left..right).unwrap_or_default();
            let lengths: &[usize] = if column.kind == Kind::Moment { &[5, 2, 1] } else { &[1] };
            let fits = |&&count: &&usize| count == 1 || rest.len() >= count && moment_words(&rest[rest.len() - count..]) == count;
            let count = lengths.iter().find(fits).copied().unwrap_or(1);
            right = right.checked_sub(count).filter(|&right| right >= left).ok_or_else(missing)?;
            cells_after.push(words.get(right..right + count).and_then(|words| line.span(words)).ok_or_else(missing)?);
        }
        let middle = words.get(left..right).unwrap_or_default();
        let commands = self.columns.get(first..last).unwrap_or_default();
        match (commands, middle) {
            ([], []) => {}
            ([], [extra, ..]) => return Err(extra.expected("the end of the line")),
            (_, []) => return Err(missing()),
            // The last column keeps its blanks to the end of the line.
            ([_], [from, ..]) if last == self.columns.len() => cells.push(line.part(from.start(), usize::MAX)),
            ([_], words) => cells.extend(line.span(words)),
            (commands, words) if commands.len() == words.len() => cells.extend(words),
            (commands, [from, .., to]) => cells.extend(cut(line, commands, from.start(), to.end())?),
            (_, [_]) => return Err(missing()),
        }
        cells.extend(cells_after.into_iter().rev());
        Ok(cells)
    }
}

/// Cuts commands that stand side by side where their titles begin.
fn cut<'a>(line: Line<'a>, columns: &[Column], from: usize, to: usize) -> Result<Vec<Field<'a>>, Problem> {
    let starts: Vec<usize> = std::iter::once(from).chain(columns.iter().skip(1).map(|column| column.start)).collect();
    let ends = starts.iter().skip(1).copied().chain([to]);
    let cells: Vec<_> = starts.iter().zip(ends).map(|(&start, end)| line.part(start, end)).collect();
    let aligned = cells.iter().all(|cell| cell.bytes.first().is_some_and(|byte| *byte != b' '))
        && cells.iter().rev().skip(1).all(|cell| cell.bytes.ends_with(b" "));
    if !aligned {
        return Err(line.part(from, to).expected("commands under their titles"));
    }
    Ok(cells.iter().map(|cell| cell.trim_end()).collect())
}

/// Words of a moment that begins here: `Fri Oct 25 12:00:00 2024` five, `Oct 25` and `2024-10-25 12:00` two, `12:00` and
/// `Oct25` one.
fn moment_words(words: &[Field<'_>]) -> usize {
    match words.first() {
        Some(word) if word.is_weekday() => 5,
        Some(word) if word.is_month() || word.has_shape("0000-00-00") => 2,
        _ => 1,
    }
}

/// BusyBox leaves a blank in the state of a process that has memory and is not of normal priority.
fn is_split_state(state: &Field<'_>, nice: &Field<'_>) -> bool {
    state.bytes.len() == 1 && matches!(nice.bytes, b"N" | b"<") && nice.start() == state.end() + 1
}

outparse_sdk::export!(Ps);

#[cfg(test)]
mod tests;
