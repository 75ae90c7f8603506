//! Drives a [`Parser`] from the calls of the host.

use crate::batch::{Rows, to_wit};
use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::{About, Error, Line, Problem, Record};

/// Understands one dialect of one command's output.
pub trait Parser: Sized + 'static {
    /// What the plugin is.
    const ABOUT: About;

    /// What it makes of the output; `Name<'static>` for a record that borrows.
    type Record: Record;

    /// Whether the first line decides if the input is this parser's. Then an [`Error::Line`] counts as [`Error::Unrecognised`]
    /// until there was a record or [`Rows::recognise`].
    const FIRST_LINE_DECIDES: bool = false;

    /// Begins a capture.
    fn new(source: &Source) -> Self;

    /// Takes the next line. An [`Error::Line`], which `?` makes of a [`Problem`], costs this line only.
    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error>;

    /// Ends the capture: what was held back becomes records now.
    fn finish(&mut self, _ending: &Ending, _rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(())
    }

    /// Arguments with which the command loses nothing, instead of these; both are all the words after the program's name. None if
    /// these lose nothing, or no better ones are known. The new ones must not change what the command does or shows, only how it
    /// prints.
    fn exact(_words: &[String]) -> Option<Vec<String>> {
        None
    }
}

/// Where a capture comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The words that name the command, the program without its directory: `df`, `git log`. Empty for a file.
    pub command: String,
    /// Its other words, where they are known: in a pipe they are not.
    pub arguments: Option<Vec<String>>,
    /// The file's path, where the capture is a file.
    pub path: Option<String>,
    /// The platform it comes from, where that is known: `linux`, `macos`, `freebsd`.
    pub platform: Option<String>,
    /// The locale that the command ran in, where that is known: `C.UTF-8`.
    pub locale: Option<String>,
    /// When it was taken, where that is known. There is no other clock.
    pub captured: Option<Moment>,
}

/// A point in time at the place of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since the beginning of 1970, UTC.
    pub seconds: i64,
    /// Seconds by which local time there was ahead of UTC, where that is known.
    pub offset: Option<i32>,
}

/// How a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Whether the output is complete, that is, was not cut off by a limit, a signal to the host, or a lost connection.
    pub complete: bool,
    /// How the command ended, where that is known.
    pub status: Option<Status>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By itself, with this status.
    Exited(i32),
    /// By a signal.
    Killed(i32),
}

impl Source {
    /// When the capture was taken, by the clock there. None also if the offset is not known, as nothing can be placed by it then.
    pub fn clock(&self) -> Option<Moment> {
        self.captured.filter(|moment| moment.offset.is_some())
    }

    /// The program itself: the `df` of `busybox df`, the `git` of `git log`.
    pub fn program(&self) -> &str {
        let mut words = self.command.split(' ');
        match (words.next(), words.next()) {
            (Some("busybox" | "toybox"), Some(applet)) => applet,
            (first, _) => first.unwrap_or_default(),
        }
    }

    pub(crate) fn from_wit(source: wit::Source) -> Source {
        let (command, arguments, path) = match source.input {
            wit::Input::Command(wit::Invocation { command, arguments }) => (command, arguments, None),
            wit::Input::File(path) => (String::new(), None, Some(path)),
        };
        Source {
            command,
            arguments,
            path,
            platform: source.platform,
            locale: source.locale,
            captured: source.captured.map(|moment| Moment { seconds: moment.seconds, offset: moment.offset }),
        }
    }
}

impl Ending {
    /// A complete capture of a command whose status is not known.
    pub const COMPLETE: Ending = Ending { complete: true, status: None };

    pub(crate) fn from_wit(ending: wit::Ending) -> Ending {
        let status = ending.status.map(|status| match status {
            wit::Status::Exited(code) => Status::Exited(code),
            wit::Status::Killed(signal) => Status::Killed(signal),
        });
        Ending { complete: ending.complete, status }
    }
}

/// Messages that may stand above what is recognised: where there are more, there is nothing below them.
const MOST_MESSAGES: usize = 100;

/// A parser at work on one capture.
pub(crate) struct Driver<P: Parser> {
    parser: P,
    rows: Rows<P::Record>,
    /// An error to answer with at the next call, because this one has records to deliver.
    ended: Option<wit::Failure>,
    /// How a message of the command begins: `df: `. Empty for a file.
    message: String,
    /// Messages that came before anything was recognised, as the problems that the parser has with them.
    messages: Vec<Problem>,
}

impl<P: Parser> Driver<P> {
    pub(crate) fn new(source: &Source) -> Self {
        let program = source.program();
        let message = if program.is_empty() { String::new() } else { format!("{program}: ") };
        Driver { parser: P::new(source), rows: Rows::default(), ended: None, message, messages: Vec::new() }
    }

    pub(crate) fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<wit::Answer, wit::Failure> {
        if let Some(failure) = self.ended.take() {
            return Err(failure);
        }
        let mut start = 0;
        let mut number = first_line;
        while start < lines.len() {
            let end = memchr::memchr(b'\n', &lines[start..]).map_or(lines.len(), |newline| start + newline + 1);
            let line = &lines[start..end];
            let answer = self.parser.line(Line::new(number, line), &mut self.rows);
            self.rows.place_problems(number);
            if !self.messages.is_empty() && self.rows.recognised() {
                self.messages.drain(..).for_each(|problem| self.rows.problem(problem));
            }
            match answer {
                Ok(()) => {}
                Err(Error::Line(problem) | Error::Unrecognised(problem)) if !self.rows.recognised() && self.is_message(line) => {
                    self.messages.push(problem.on_line(number));
                }
                Err(error) => {
                    if let Some(failure) = self.failure(error, number) {
                        return self.stop(failure);
                    }
                }
            }
            start = end;
            number += 1;
        }
        self.answer()
    }

    /// What has been found since the previous call.
    fn answer(&mut self) -> Result<wit::Answer, wit::Failure> {
        self.rows.take().map_err(|problem| wit::Failure::Malformed(to_wit(problem)))
    }

    pub(crate) fn finish(&mut self, ending: &Ending) -> Result<wit::Answer, wit::Failure> {
        if let Some(failure) = self.ended.take() {
            return Err(failure);
        }
        let finished = self.parser.finish(ending, &mut self.rows);
        if self.rows.recognised() {
            self.messages.drain(..).for_each(|problem| self.rows.problem(problem));
        } else if let Some(message) = self.messages.drain(..).next() {
            return Err(wit::Failure::Unrecognised(to_wit(message)));
        }
        match finished {
            Ok(()) => self.answer(),
            // The last call: a failure can no longer be put off, so records that came before it go with it as an error.
            Err(error) => match self.failure(error, 0) {
                Some(wit::Failure::Malformed(problem)) if !self.rows.is_empty() => {
                    let mut answer = self.answer()?;
                    answer.problems.push(problem);
                    Ok(answer)
                }
                Some(failure) => Err(failure),
                None => self.answer(),
            },
        }
    }

    /// Whether the line is what the command or `sudo` said on standard error, which may have come along: it does not decide whose
    /// output follows.
    fn is_message(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii_start();
        let starts = [self.message.as_bytes(), b"sudo: ", b"WARNING: ", b"Warning: "];
        !self.message.is_empty() && self.messages.len() < MOST_MESSAGES && starts.iter().any(|start| line.starts_with(start))
    }

    /// Keeps the problem of a lost line and goes on, or says why the session ends.
    fn failure(&mut self, error: Error, line: u64) -> Option<wit::Failure> {
        let placed = |problem: Problem| if problem.line == 0 { problem.on_line(line) } else { problem };
        match error {
            Error::Line(problem) if P::FIRST_LINE_DECIDES && !self.rows.recognised() => Some(self.unrecognised(placed(problem))),
            Error::Line(problem) => {
                self.rows.problem(placed(problem));
                None
            }
            Error::Unrecognised(problem) if self.rows.made() == 0 => Some(self.unrecognised(placed(problem))),
            Error::Unrecognised(problem) | Error::Malformed(problem) => Some(wit::Failure::Malformed(to_wit(placed(problem)))),
        }
    }

    /// What the command said first tells more than what follows: `free: command not found`.
    fn unrecognised(&mut self, problem: Problem) -> wit::Failure {
        wit::Failure::Unrecognised(to_wit(self.messages.drain(..).next().unwrap_or(problem)))
    }

    fn stop(&mut self, failure: wit::Failure) -> Result<wit::Answer, wit::Failure> {
        if self.rows.is_empty() {
            return Err(failure);
        }
        self.ended = Some(failure);
        self.answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_any_split, assert_unrecognised, parse};

    /// Reads a number a line.
    struct Count;

    /// A number.
    #[derive(Record)]
    struct Number {
        /// What it is.
        number: i64,
    }

    impl Parser for Count {
        const ABOUT: About =
            About { name: "count", version: "0.1.0", summary: "", commands: &["count"], dialect: "posix", ..About::DEFAULT };
        type Record = Number;
        const FIRST_LINE_DECIDES: bool = true;

        fn new(_: &Source) -> Self {
            Count
        }

        fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
            rows.push(Number { number: line.whole().integer()? });
            Ok(())
        }
    }

    #[test]
    fn messages_of_the_command_above_its_output_are_problems_and_do_not_decide() {
        let capture = "sudo: unable to resolve host a\ncount: b: no such thing\n  WARNING: c\n7\ncount: d\n";
        let parsed = parse::<Count>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.failure), (1, &None), "{parsed:?}");
        let lines: Vec<&str> = parsed.problems.iter().filter_map(|problem| problem.split(", ").next()).collect();
        assert_eq!(lines, ["error: line 1", "error: line 2", "error: line 3", "error: line 5"], "{parsed:?}");
        assert_any_split::<Count>(None, capture.as_bytes());
        let many = "count: a\n".repeat(MOST_MESSAGES + 1) + "7\n";
        assert!(parse::<Count>(None, many.as_bytes()).failure.is_some());
        let failed = parse::<Count>(None, b"count: not found\nx\n").failure;
        assert_eq!(failed.as_deref(), Some("unrecognised: line 1, column 1: expected a whole number, found `count: not found`"));
        assert_unrecognised::<Count>(["count: b: no such thing\n", "count: b\nx\n", "other: b\n7\n"]);
    }
}
