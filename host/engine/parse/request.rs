//! The library in a few calls: run a command, or parse a capture of one, and get its records.
//!
//! Everything here blocks the caller's thread. Within an asynchronous program, call it where blocking is allowed
//! (`tokio::task::spawn_blocking`), or use [`crate::capture::command`] and [`crate::parse::pipeline`], which this is made of.

use std::ffi::{OsStr, OsString};

use crate::capture::clock;
use crate::capture::command::{Command, Input, implementation};
use crate::capture::lines::{Ending, LineCutter};
use crate::error::Error;
use crate::parse::Parse;
use crate::parse::records::{Collect, Records};
use crate::parse::stream::Stream;
use crate::registry::{Candidate, Capture, Config, Query, rank};
use crate::sandbox::{Ended, Moment, Sandbox};

/// A command, and how its output is read.
///
/// None of the user's settings are read unless [`Request::config`] brings them: the parsers are those that ship with the library,
/// or a file.
#[derive(Clone, Debug)]
pub struct Request {
    words: Vec<OsString>,
    input: Input,
    platform: Option<String>,
    plugin: Option<String>,
    path: Option<String>,
    locale: Option<String>,
    captured: Option<Moment>,
    exact: bool,
    guess_types: bool,
    config: Config,
}

impl Request {
    /// A program and its arguments. The program is looked up in `PATH`; no shell is involved. It reads nothing, and speaks the C
    /// locale.
    pub fn new(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Request {
        Request {
            words: words.into_iter().map(|word| word.as_ref().to_owned()).collect(),
            input: Input::Null,
            platform: None,
            plugin: None,
            path: None,
            locale: None,
            captured: None,
            exact: false,
            guess_types: false,
            config: Config::default(),
        }
    }

    /// A file's content, for which the path chooses the parser. The file itself is not read.
    pub fn file(path: impl Into<String>) -> Request {
        Request { path: Some(path.into()), ..Request::new(std::iter::empty::<&str>()) }
    }

    /// When a capture was taken, and the offset from UTC there: this completes times that the command prints only in part. A
    /// command that is run is captured now.
    pub fn captured_at(mut self, moment: Moment) -> Request {
        self.captured = Some(moment);
        self
    }

    /// The locale that a capture's command ran in.
    pub fn locale(mut self, name: impl Into<String>) -> Request {
        self.locale = Some(name.into());
        self
    }

    /// The platform that a capture is from, such as `macos`: its dialect is tried first. This machine's unless it is set.
    pub fn platform(mut self, name: impl Into<String>) -> Request {
        self.platform = Some(name.into());
        self
    }

    /// Use this parser only: a dialect, a plugin's name, or the path of a component, with a `/` or a `.` in it.
    pub fn plugin(mut self, choice: impl Into<String>) -> Request {
        self.plugin = Some(choice.into());
        self
    }

    /// What the command reads. [`Input::Piped`] is of no use here: there is nobody to write.
    pub fn input(mut self, input: Input) -> Request {
        self.input = input;
        self
    }

    /// Runs the command with arguments that lose nothing, as its parser knows them: `ls -l` becomes `ls -b --time-style=full-iso -l`.
    /// It is run as it is where these are as good. A capture is not changed by it.
    pub fn exact(mut self, exact: bool) -> Request {
        self.exact = exact;
        self
    }

    /// What a catalogue has as text becomes a number where all texts of a field are numbers, and would be printed as they are:
    /// `007` stays text. Parsers that say the types of their fields are not concerned.
    pub fn guess_types(mut self, guess: bool) -> Request {
        self.guess_types = guess;
        self
    }

    /// Choices of parsers, and limits of plugins: [`Config::read`] gives the user's.
    pub fn config(mut self, config: Config) -> Request {
        self.config = config;
        self
    }

    /// Runs the command to its end and keeps all records: for commands that end, with output that fits in memory. A command that
    /// fails is no error: see [`Records::status`].
    ///
    /// # Errors
    /// The command cannot be run, no parser reads it or recognises what it printed, or a plugin misbehaves.
    pub fn run(&self) -> Result<Records, Error> {
        self.stream()?.collect_all()
    }

    /// Like [`Request::run`], for a caller that may want to end it: `go_on` is called several times a second, with the number of
    /// records so far. Its error ends the command and is returned.
    ///
    /// # Errors
    /// Those of [`Request::run`], and what `go_on` returns.
    pub fn run_while(&self, mut go_on: impl FnMut(usize) -> Result<(), Error>) -> Result<Records, Error> {
        self.stream()?.collect_while(&mut go_on)
    }

    /// Runs the command and gives its records while it runs.
    ///
    /// # Errors
    /// The command cannot be run, or no parser reads it. The stream reports what goes wrong later.
    pub fn stream(&self) -> Result<Stream, Error> {
        let (program, arguments) = self.words.split_first().ok_or_else(|| Error::Usage("no command was given".to_owned()))?;
        let (candidates, mut capture) = self.parsers(implementation(program).as_deref())?;
        capture.captured = capture.captured.or_else(|| Some(clock::now()));
        let command = Command::new(program).input(self.input.clone());
        let command = match self.exact_arguments(&candidates, &capture)? {
            Some(exact) => {
                capture.words.splice(1.., exact.iter().cloned());
                command.args(exact)
            }
            None => command.args(arguments),
        };
        let limits = self.config.limits();
        Stream::start(command, limits.line, move || Parse::new(Sandbox::new(limits)?, capture, candidates))
    }

    /// Parses what the command printed elsewhere or before. Nothing is run.
    ///
    /// # Errors
    /// No parser reads the command or recognises the capture, or a plugin misbehaves.
    pub fn parse(&self, capture: &[u8]) -> Result<Records, Error> {
        let (candidates, capture_of) = self.parsers(None)?;
        let limits = self.config.limits();
        let mut records = Collect::default();
        let mut parse = Parse::new(Sandbox::new(limits)?, capture_of, candidates)?;
        let mut cutter = LineCutter::new(limits.line);
        for piece in capture.chunks(crate::capture::lines::READ_SIZE) {
            cutter.buffer().extend_from_slice(piece);
            cutter.cut().into_iter().try_for_each(|piece| parse.feed(piece, &mut records))?;
        }
        cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut records))?;
        parse.finish(Ended::COMPLETE, &mut records)?;
        Ok(records.finish(None)?)
    }

    /// The arguments to run the command with, if they are to lose nothing and its own would.
    fn exact_arguments(&self, candidates: &[Candidate], capture: &Capture) -> Result<Option<Vec<String>>, Error> {
        let Some(first) = candidates.first().filter(|_| self.exact) else { return Ok(None) };
        if let Some(word) = self.words.iter().find(|word| word.to_str().is_none()) {
            return Err(Error::Usage(format!("exact arguments are text, and `{}` is not UTF-8", word.display())));
        }
        Ok(first.exact(&capture.words, &Sandbox::new(self.config.limits())?)?)
    }

    /// The parsers that may read it, and what is known of it.
    fn parsers(&self, implementation: Option<&str>) -> Result<(Vec<Candidate>, Capture), Error> {
        let words: Vec<String> = self.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let platform = self.platform.as_deref().unwrap_or(std::env::consts::OS);
        let query =
            Query { command: &words, path: self.path.as_deref(), platform, implementation, plugin: self.plugin.as_deref() };
        let candidates = rank(&query, &self.config)?.into_candidates();
        let capture = Capture {
            words,
            arguments_known: true,
            path: self.path.clone(),
            platform: self.platform.clone(),
            locale: self.locale.clone(),
            captured: self.captured,
            guess_types: self.guess_types,
        };
        Ok((candidates, capture))
    }
}

/// Runs a command to its end: [`Request::run`].
///
/// # Errors
/// Those of [`Request::run`].
pub fn run(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Records, Error> {
    Request::new(words).run()
}

/// Parses what a command printed: [`Request::parse`].
///
/// # Errors
/// Those of [`Request::parse`].
pub fn parse(words: impl IntoIterator<Item = impl AsRef<OsStr>>, capture: &[u8]) -> Result<Records, Error> {
    Request::new(words).parse(capture)
}

/// Runs a command and gives its records while it runs: [`Request::stream`].
///
/// # Errors
/// Those of [`Request::stream`].
pub fn stream(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Stream, Error> {
    Request::new(words).stream()
}
