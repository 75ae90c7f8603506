//! `--every`: runs a command again and again, until it is stopped. A run that fails is reported, and the next one is tried.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::Context;
use chrono::Utc;
use tempfile::NamedTempFile;
use tokio::time::Instant;

use crate::options::{self, Options};
use crate::printing::envelope::timestamp;
use crate::printing::live_screen::{self, Frame};
use crate::printing::output::{standard_output, terminal_width};
use crate::printing::output_file::OutputFile;
use crate::printing::printer::Printer;
use crate::printing::saying::complain;
use crate::printing::shared_writer::Shared;
use crate::printing::{form, held_messages};
use crate::running::attempt::{Attempt, attempt, command, outcome};
use crate::running::ran::left_early;
use crate::running::stop::Stop;
use outparse::capture::clock;
use outparse::capture::command::{Command, Errors, implementation};
use outparse::error::Error;
use outparse::parse::Parse;
use outparse::registry::{Candidate, Capture, Config};
use outparse::sandbox::Sandbox;
use outparse_formats::output::{Format, Screen};

/// How the runs are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// A record per line, each with the time of its run.
    Lines,
    /// One table below the other, each with a heading.
    Tables,
    /// One table, which is drawn again.
    Redrawn,
    /// A file, which holds the last run; or a database, which has all.
    File,
}

impl Look {
    pub(crate) fn of(options: &Options) -> Result<Look, Error> {
        let terminal = io::stdout().is_terminal();
        if options.show.output.is_some() {
            return Ok(Look::File);
        }
        match options.show.format {
            None if !terminal => Ok(Look::Lines),
            Some(Format::Jsonl) => Ok(Look::Lines),
            None | Some(Format::Table) => Ok(if terminal && live_screen::can_redraw() { Look::Redrawn } else { Look::Tables }),
            Some(_) => Err(Error::Usage("`--every` needs `--format` jsonl or table, or `--output` with any format".to_owned())),
        }
    }
}

/// Where one run is shown.
pub(crate) struct Page {
    look: Look,
    time: String,
    shown: Shared<Vec<u8>>,
}

impl Page {
    /// Has a printer print here.
    pub(crate) fn new(look: Look, options: &Options, printer: &mut Printer) -> Page {
        let page = Page { look, time: timestamp(Utc::now()), shown: Shared::new(Vec::new()) };
        match look {
            Look::Lines => printer.stamp(page.time.clone()),
            Look::Tables => printer.draw_on(Box::new(page.shown.clone()), Screen::default()),
            Look::File => {}
            Look::Redrawn => {
                held_messages::begin();
                let color = options.show.colored(true);
                printer.draw_on(Box::new(page.shown.clone()), Screen { terminal: true, width: terminal_width(), color });
            }
        }
        page
    }

    /// Shows the run, with the command line above it, and below it what was said.
    pub(crate) fn show(self, title: &str, notes: &str) -> Result<(), Error> {
        let heading = format!("{}  {title}", self.time);
        match self.look {
            Look::Lines | Look::File => Ok(()),
            Look::Tables => write(&[heading.as_bytes(), b"\n", &self.shown.take(), b"\n"].concat()),
            Look::Redrawn => write(Frame { heading: &heading, table: &self.shown.take(), notes }.draw().as_bytes()),
        }
    }
}

/// What all runs share: above all the sandbox, so that a parser is prepared only once.
struct Runs<'a> {
    options: &'a Options,
    command: Command,
    program: String,
    look: Look,
    every: Duration,
    capture: Capture,
    candidates: Vec<Candidate>,
    sandbox: Sandbox,
    /// What the command says on standard error, while the screen is ours.
    errors: Option<NamedTempFile>,
    /// The command line, for headings.
    title: String,
}

/// Runs until it is stopped, or as often as asked. Returns the exit status: of the signal that stopped it, or of the last run.
pub(crate) fn run(options: &Options, words: &[OsString], every: Duration) -> Result<u8, Error> {
    let look = Look::of(options)?;
    let config = Config::read()?;
    let text = options::as_text(words);
    let implementation = words.first().and_then(implementation);
    let ranking = options.rank(&text, implementation.as_deref(), &config)?;
    form::check(options, &ranking, &options.live_capture(&text), &config, None)?;
    let mut command = command(options, words)?;
    let errors = match look {
        Look::Redrawn => Some(NamedTempFile::new().context("making a temporary file")?),
        _ => None,
    };
    if let Some(file) = &errors {
        command.errors = Errors::File(file.path().to_owned());
    }
    let runs = Runs {
        options,
        command,
        program: text.first().cloned().unwrap_or_default(),
        look,
        every,
        capture: options.live_capture(&text),
        candidates: ranking.into_candidates(),
        sandbox: config.sandbox()?,
        errors,
        title: text.join(" "),
    };
    let runtime = outparse::runtime::new()?;
    runtime.block_on(runs.repeat())
}

impl Runs<'_> {
    async fn repeat(&self) -> Result<u8, Error> {
        let mut stop = Stop::new(self.options.running.timeout, &self.command.input)?;
        let mut run = 1;
        loop {
            // From start to start; a run that takes longer than that is followed at once.
            let next = Instant::now() + self.every;
            let code = match self.once(&mut stop).await? {
                ControlFlow::Continue(code) => code,
                ControlFlow::Break(code) => return Ok(code),
            };
            if self.options.running.times.is_some_and(|times| run >= times) {
                return Ok(code);
            }
            run += 1;
            stop.again(&self.command.input)?;
            if let Some(signal) = stop.pause(next).await {
                return Ok(128 + signal as u8);
            }
        }
    }

    /// Makes one run, and shows it. Gives its exit status; a break means that there is to be no other run.
    async fn once(&self, stop: &mut Stop) -> Result<ControlFlow<u8, u8>, Error> {
        let (mut printer, file) = Printer::new(self.options)?;
        let page = Page::new(self.look, self.options, &mut printer);
        let outcome = self.parsed(stop, printer).await;
        let code = match outcome {
            Ok(code) => {
                // A run that failed leaves what the previous one wrote.
                file.filter(|_| code.is_continue()).map_or(Ok(()), OutputFile::keep)?;
                Ok(code)
            }
            // Nobody reads, or what is wrong now will be wrong again.
            Err(error) if is_final(&error) => Err(error),
            Err(error) => {
                complain(&error);
                Ok(ControlFlow::Continue(error.exit_code()))
            }
        };
        let notes = self.take_notes();
        let code = code?;
        page.show(&self.title, &notes)?;
        Ok(code)
    }

    async fn parsed(&self, stop: &mut Stop, printer: Printer) -> Result<ControlFlow<u8, u8>, Error> {
        let (sandbox, candidates) = (self.sandbox.clone(), self.candidates.clone());
        let captured = self.options.choose.captured_at.unwrap_or_else(clock::now);
        let capture = Capture { captured: Some(captured), ..self.capture.clone() };
        let line = sandbox.limits().line;
        let parse = move || Parse::new(sandbox, capture, candidates);
        let (mut ran, pipeline) = match attempt(self.options, &self.command, stop, line, parse, printer).await? {
            Attempt::Ended(ran, pipeline) => (ran?, pipeline),
            Attempt::Left(asked) => return Ok(ControlFlow::Break(left_early(asked))),
        };
        let (_, parsed) = outcome(self.options, &self.program, &mut ran, pipeline);
        match stop.signal() {
            Some(signal) => Ok(ControlFlow::Break(128 + signal as u8)),
            _ if ran.interrupted() => Ok(ControlFlow::Break(ran.exit_code())),
            _ => parsed.map(|()| ControlFlow::Continue(ran.exit_code())),
        }
    }

    /// What was said during a run, by the command and by us.
    fn take_notes(&self) -> String {
        let mut notes = String::new();
        if let Some(file) = &self.errors {
            notes = String::from_utf8_lossy(&std::fs::read(file.path()).unwrap_or_default()).into_owned();
        }
        notes + &held_messages::take()
    }
}

/// Whether an error will be there at each run, or nobody reads any more.
pub(crate) fn is_final(error: &Error) -> bool {
    error.is_broken_pipe()
        || matches!(
            error,
            Error::Usage(_)
                | Error::NoParser { .. }
                | Error::NoSuchParser { .. }
                | Error::NotFound { .. }
                | Error::NotExecutable { .. }
        )
}

fn write(bytes: &[u8]) -> Result<(), Error> {
    let mut out = standard_output()?;
    Ok(out.write_all(bytes).map_err(anyhow::Error::from)?)
}
