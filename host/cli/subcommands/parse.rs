//! `outparse parse <command>`: parses a capture from standard input or a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};

use crate::options::{self, Options};
use crate::printing::output_file::{OutputFile, remove};
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::say;
use crate::printing::{envelope, form};
use crate::running::hosts::{self, tagged};
use crate::running::raw;
use outparse::capture::lines::{Ending, LineCutter, READ_SIZE};
use outparse::error::Error;
use outparse::parse::pipeline::{self, Pipeline};
use outparse::parse::{Parse, Sink};
use outparse::registry::{Capture, Config, Ranking};
use outparse::sandbox::{Ended, Sandbox};

/// What is read at first; then as much as is there already, up to [`READ_SIZE`].
const FIRST_READ: usize = 8 << 10;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The command that printed it, of one word or several; or the path of the file that it is a copy of
    #[arg(value_name = "COMMAND|PATH", required_unless_present = "input")]
    command: Vec<OsString>,
    /// Read this file instead of standard input. Without a command, its path chooses the parser
    #[arg(long, short, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The captures of many machines, a name before each line, as pdsh, clush and `parallel --tag` print them
    #[arg(long)]
    tagged: bool,
    /// The program that it was, where the command's name leads to another one: busybox, toybox
    #[arg(long, value_name = "NAME")]
    implementation: Option<String>,
    /// The arguments the command was run with, after `--`; they tell units apart that look the same. None after it: it had none
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<OsString>,
}

impl Arguments {
    /// Whether it is the output of many machines.
    pub(crate) fn tagged(&self) -> bool {
        self.tagged
    }
}

/// Parses a capture. Returns the exit status.
pub(crate) fn parse(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    if options.running.every.is_some() {
        return Err(Error::Usage("`--every` runs a command: there is none to run here".to_owned()));
    }
    progress::allow(options.leaves_room_for_progress());
    if options.show.raw {
        let mut input = open(arguments)?;
        return raw::copy(options, &mut input.file, &input.name);
    }
    let config = Config::read()?;
    let Subject { ranking, capture, words } = subject(options, arguments, &config)?;
    let made_over = arguments.tagged.then_some(hosts::with_host as fn(&_) -> _);
    form::check(options, &ranking, &capture, &config, made_over)?;
    let known = capture.arguments_known;
    let candidates = ranking.into_candidates();

    let mut input = open(arguments)?;
    let limits = config.limits();
    if arguments.tagged {
        let (mut printer, file) = Printer::new(options)?;
        let arguments = (known || words.len() > 1).then_some(&words[1..]);
        printer.wrap(options, (&words[0], arguments), limits.component)?;
        return tagged::parse(options, input.file, &capture, &candidates, (printer, file), &config);
    }
    let new_parse = move || Parse::new(Sandbox::with_store(limits, Config::store())?, capture, candidates);
    let mut cutter = LineCutter::new(limits.line);
    let (mut printer, file) = Printer::new(options)?;
    let (program, rest) = words.split_first().map_or(("", &[][..]), |(program, rest)| (program.as_str(), rest));
    printer.wrap(options, (program, (known || !rest.is_empty()).then_some(rest)), limits.component)?;
    if let Some(file) = &file {
        remove_when_interrupted(file)?;
    }
    let outcome;
    if input.fill(cutter.buffer())? == Fill::Ended {
        // The whole capture is here: nothing is gained from threads, nor from dropping the sandbox before the program ends.
        let parsed = new_parse().map(ManuallyDrop::new).and_then(|mut parse| {
            cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut printer))?;
            parse.finish(Ended::COMPLETE, &mut printer)
        });
        let ended = printer.end();
        outcome = ended.map_err(Error::from).and(parsed);
    } else {
        let (pieces, pipeline) = Pipeline::start(new_parse, printer)?;
        let read = feed(&mut input, cutter, pieces, options.select.limit.is_some());
        let (ended, parsed) = pipeline.end();
        progress::end();
        outcome = parsed.and(read);
        match ended {
            Some(ended) => printer = ended,
            None => return outcome.map(|()| 0),
        }
    }
    let outcome = outcome.and_then(|()| printer.close(options.choose.strict));
    let failure = printer.seal(outcome, envelope::Ended::default())?;
    file.map_or(Ok(()), OutputFile::keep)?;
    failure.map_or_else(|| Ok(printer.status(options, 0)), Err)
}

/// What is to be parsed, and by whom.
struct Subject {
    ranking: Ranking,
    capture: Capture,
    /// For an envelope: the command and its arguments, or the file.
    words: Vec<String>,
}

/// A path names a file; anything else, a command.
fn subject(options: &Options, arguments: &Arguments, config: &Config) -> Result<Subject, Error> {
    let mut words: Vec<String> =
        options::as_text(&arguments.command).iter().flat_map(|word| word.split_whitespace().map(str::to_owned)).collect();
    let path = match (&words[..], &arguments.input) {
        ([], Some(path)) => Some(path.display().to_string()),
        ([path], _) if path.contains('/') => Some(path.clone()),
        _ => None,
    };
    if let Some(path) = path {
        let named = options.rank_file(&path, config);
        // A program may be named by its path too.
        if named.is_ok() || words.is_empty() {
            let capture = options.capture_of_file(&path);
            return Ok(Subject { ranking: named?, capture, words: vec![path] });
        }
    }
    words.extend(options::as_text(&arguments.arguments));
    let ranking = options.rank(&words, arguments.implementation.as_deref(), config)?;
    let capture = options.capture(&words, !arguments.arguments.is_empty() || says_that_there_were_none());
    Ok(Subject { ranking, capture, words })
}

/// Whether the command line ends with `--`. The arguments follow it, and clap cannot tell an empty list of them from no list.
fn says_that_there_were_none() -> bool {
    std::env::args_os().next_back().is_some_and(|word| word == "--")
}

/// Whether a parser reads such files.
pub(crate) fn reads(options: &Options, path: &Path) -> bool {
    let config = Config::read().ok();
    config.zip(path.to_str()).is_some_and(|(config, path)| options.rank_file(path, &config).is_ok())
}

/// Parses a file that was named in the place of a command. Returns the exit status.
pub(crate) fn file(options: &Options, path: &Path) -> Result<u8, Error> {
    let arguments = Arguments {
        command: Vec::new(),
        input: Some(path.to_owned()),
        tagged: false,
        implementation: None,
        arguments: Vec::new(),
    };
    parse(options, &arguments)
}

/// Makes sure that a signal that ends us leaves no file behind. Reading may wait for ever, so a thread of its own takes the
/// signals.
pub(crate) fn remove_when_interrupted(file: &OutputFile) -> anyhow::Result<()> {
    let Some(beside) = file.beside().map(Path::to_owned) else { return Ok(()) };
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT].into_iter().collect();
    // All threads that are started from here on leave the signals to that one.
    signals.thread_block().context("blocking signals")?;
    let wait = move || {
        if let Ok(signal) = signals.wait() {
            remove(&beside);
            std::process::exit(128 + signal as i32);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait).context("starting the thread for signals")?;
    Ok(())
}

/// Feeds the pieces of the input until it or the parse has ended. With a `limit`, the parse may end while the input is silent.
fn feed(input: &mut Source, mut cutter: LineCutter, pieces: pipeline::Input, limit: bool) -> Result<(), Error> {
    let mut ended = false;
    let mut beside = progress::Beside::new();
    loop {
        beside.step();
        let cut = if ended { cutter.finish(Ending::Closed) } else { cutter.cut() };
        for piece in cut {
            // The parse has ended early, and says why itself.
            if !pieces.blocking_send(piece) {
                return Ok(());
            }
        }
        if ended {
            pieces.blocking_end(Ended::COMPLETE);
            return Ok(());
        }
        while limit && !ready(input.file.as_fd(), PATIENCE) {
            if pieces.is_refused() {
                return Ok(());
            }
        }
        let read = input.read(cutter.buffer(), READ_SIZE)?;
        progress::read(read);
        ended = read == 0;
    }
}

/// Where the capture is read from.
struct Source {
    name: String,
    file: File,
}

#[derive(PartialEq, Eq)]
enum Fill {
    /// The input has ended.
    Ended,
    /// There may be more.
    More,
}

fn open(arguments: &Arguments) -> Result<Source, Error> {
    if let Some(path) = &arguments.input {
        let name = format!("`{}`", path.display());
        let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
        return Ok(Source { name, file });
    }
    let stdin = io::stdin();
    if stdin.is_terminal() {
        say("reading from the terminal; end with Ctrl-D");
    }
    let file = File::from(stdin.as_fd().try_clone_to_owned().context("opening standard input")?);
    Ok(Source { name: "standard input".to_owned(), file })
}

impl Source {
    /// Reads all that is there now, as far as one buffer goes.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> Result<Fill, Error> {
        while buffer.len() < READ_SIZE {
            if !buffer.is_empty() && !ready(self.file.as_fd(), 0) {
                return Ok(Fill::More);
            }
            // Most captures are small, and room that is not used would have to be cleared first.
            let size = buffer.len().clamp(FIRST_READ, READ_SIZE);
            if self.read(buffer, size)? == 0 {
                return Ok(Fill::Ended);
            }
        }
        Ok(Fill::More)
    }

    /// Appends the next bytes, no more than `most`. Returns their number, 0 at the end.
    fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> Result<usize, Error> {
        let before = buffer.len();
        buffer.resize(before + most, 0);
        let read = loop {
            match self.file.read(&mut buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        buffer.truncate(before + *read.as_ref().unwrap_or(&0));
        Ok(read.with_context(|| format!("{} cannot be read", self.name))?)
    }
}

/// How many milliseconds an input may be silent before we look whether more of it is wanted.
const PATIENCE: u8 = 100;

/// Whether a read would not wait, after this time at the latest.
fn ready(fd: BorrowedFd<'_>, patience: u8) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::POLLIN)];
    poll(&mut fds, PollTimeout::from(patience)).is_ok_and(|ready| ready > 0)
}
