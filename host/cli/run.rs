//! `outparse <command>`: runs a command and parses what it prints while it runs.

use std::cell::Cell;
use std::ffi::OsString;
use std::future::Future;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::pin::pin;
use std::process::ExitStatus;
use std::rc::Rc;

use anyhow::Context;
use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;

use super::options::{self, Options};
use super::report::Report;
use super::say;
use super::stop::{self, Asked, Stop};
use crate::command::{Command, Input, Process, exit_code, find, ignore_broken_pipe};
use crate::error::{Error, TIMED_OUT};
use crate::lines::{Ending, LineCutter};
use crate::parse::Parse;
use crate::pipeline::{self, Pipeline};
use crate::registry::{Config, Ranking};
use crate::sandbox::Sandbox;

/// Runs and parses. Returns the exit status: the command's own, unless the parse failed.
pub(super) fn run(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let config = Config::read()?;
    let text = options::as_text(words);
    let program = text.first().map_or("", String::as_str);
    let implementation = words.first().and_then(|program| implementation(Path::new(program)));
    let ranking = options.rank(&text, implementation.as_deref(), &config)?;
    let command = command(options, words)?;
    let (report, file) = Report::new(options)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let finished = runtime.block_on(async {
        let mut stop = Stop::new(options.running.timeout, &command.input)?;
        tracing::info!("launching process");
        let process = command.spawn()?;
        stop.started(process.group());
        let (pieces, mut pipeline) = parsing(options, &text, ranking, &config, report)?;
        let capture = capture(process, options.running.input_text.clone(), pieces, config.limits().line, stop.asked());
        let ran = stop.watch(capture).await;
        stop.ended().await;
        let written = stop.watch(pipeline.ended()).await;
        Ok::<_, Error>(ran.zip(written).map(|(ran, ())| (ran, pipeline)).ok_or(stop.asked().get()))
    })?;
    let (ran, pipeline) = match finished {
        Ok((ran, pipeline)) => (ran?, pipeline),
        Err(asked) => return Ok(left_early(asked)),
    };
    let (report, parsed) = pipeline.end();
    parsed.inspect_err(|error| ran.explain(program, error))?;
    ran.comment(program);
    report.map_or(Ok(()), |report| report.close(options.choose.strict))?;
    match file {
        Some(_) if ran.interrupted() => say("the output file was not written: the run was interrupted"),
        Some(file) => file.keep()?,
        None => {}
    }
    Ok(ran.exit_code())
}

/// Starts the parser, which loads while the command starts.
fn parsing(
    options: &Options,
    text: &[String],
    ranking: Ranking,
    config: &Config,
    report: Report,
) -> Result<(pipeline::Input, Pipeline<Report>), Error> {
    let source = options.source(text, ranking.words, true);
    let candidates = ranking.candidates.into_iter().map(|(candidate, _)| candidate).collect();
    let limits = config.limits();
    let parse = move || Parse::new(Sandbox::with_store(limits, Config::store())?, source, candidates);
    Ok(Pipeline::start(parse, report)?)
}

pub(super) fn command(options: &Options, words: &[OsString]) -> Result<Command, Error> {
    let (program, arguments) = words.split_first().ok_or_else(|| Error::Usage("no command was given".to_owned()))?;
    let mut command = Command::new(program).args(arguments).input(options.running.stdin.clone());
    command.locale = options.running.locale.clone();
    command.dies_with_us = true;
    if options.running.input_text.is_some() {
        command.input = Input::Piped;
    }
    Ok(command)
}

/// How a command ended.
struct Ran {
    status: ExitStatus,
    bytes: u64,
    asked: Option<Asked>,
    /// It has ended, and its output has not.
    left_open: bool,
}

impl Ran {
    fn exit_code(&self) -> u8 {
        if self.asked == Some(Asked::Timeout) { TIMED_OUT } else { exit_code(self.status) }
    }

    /// Whether the user broke it off, through us or at the terminal.
    fn interrupted(&self) -> bool {
        matches!(self.asked, Some(Asked::Signal(_))) || self.status.signal() == Some(Signal::SIGINT as i32)
    }

    /// Says what the exit status alone does not.
    fn comment(&self, program: &str) {
        let nothing = if self.bytes == 0 { " and printed nothing" } else { "" };
        if let Some(how) = self.failure() {
            say(format_args!("`{program}` {how}{nothing}"));
        } else if self.bytes == 0 {
            say(format_args!("`{program}` printed nothing"));
        }
        if self.left_open {
            say(format_args!(
                "`{program}` has ended, but something it started keeps its output open: what that may print is not read"
            ));
        }
    }

    /// How it failed, as a clause; None when it did not.
    fn failure(&self) -> Option<String> {
        if self.asked == Some(Asked::Timeout) {
            return Some("was ended after the time of --timeout".to_owned());
        }
        match (self.status.code(), self.status.signal()) {
            (Some(0), _) => None,
            (Some(code), _) => Some(format!("failed with exit status {code}")),
            (None, signal) => {
                let number = signal.unwrap_or_default();
                let name = Signal::try_from(number).map_or_else(|_| String::new(), |signal| format!(" ({signal})"));
                Some(format!("was killed by signal {number}{name}"))
            }
        }
    }

    /// With an error of the parse, the command's own failure, which may explain it.
    fn explain(&self, program: &str, error: &Error) {
        if let Some(how) = self.failure().filter(|_| !error.is_broken_pipe()) {
            say(format_args!("`{program}` {how}"));
        }
    }
}

/// The exit status of a run that the user would not wait for.
fn left_early(asked: Option<Asked>) -> u8 {
    say("interrupted before all was written");
    match asked {
        Some(Asked::Signal(signal)) => 128 + signal as u8,
        Some(Asked::Timeout) | None => TIMED_OUT,
    }
}

/// Why the command was asked to end, if it was: known to those who end it, and of use to those who read.
type AskedCell = Rc<Cell<Option<Asked>>>;

/// Reads what the command prints until it has ended.
async fn capture(
    mut process: Process,
    input: Option<OsString>,
    pieces: pipeline::Input,
    longest: usize,
    asked: AskedCell,
) -> Result<Ran, Error> {
    let mut writing = pin!(write_input(&mut process, input));
    let mut reading = pin!(read_output(process, pieces, longest, asked));
    tokio::select! {
        // The command has ended: what it did not read, nobody wants.
        ran = &mut reading => ran,
        written = &mut writing => {
            written?;
            reading.await
        }
    }
}

/// Passes the command's output on as it comes, and waits until it has ended.
async fn read_output(mut process: Process, pieces: pipeline::Input, longest: usize, asked: AskedCell) -> Result<Ran, Error> {
    let mut bytes = 0;
    let fed = feed(&mut process, &pieces, longest, &asked, &mut bytes).await?;
    drop(pieces);
    process.close_output();
    let status = match fed {
        // Nobody wants the rest.
        Feed::Refused => process.terminate(stop::GRACE).await,
        Feed::Ended | Feed::LeftOpen => process.wait().await,
    };
    let status = status.context("waiting for the command")?;
    Ok(Ran { status, bytes, asked: asked.get(), left_open: fed == Feed::LeftOpen })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Feed {
    Ended,
    /// The command has ended, and its output has not.
    LeftOpen,
    /// The parse has ended early.
    Refused,
}

async fn feed(
    process: &mut Process,
    pieces: &pipeline::Input,
    longest: usize,
    asked: &AskedCell,
    bytes: &mut u64,
) -> anyhow::Result<Feed> {
    let mut cutter = LineCutter::new(longest);
    let mut fed = None;
    while fed.is_none() {
        let read = tokio::select! {
            biased;
            read = process.read_while_it_runs(cutter.buffer()) => read.context("reading the command's output")?,
            () = pieces.refused() => return Ok(Feed::Refused),
        };
        let cut = match read {
            Some(read) if read > 0 => {
                *bytes += read as u64;
                cutter.cut()
            }
            end => {
                fed = Some(if end.is_some() { Feed::Ended } else { Feed::LeftOpen });
                // A line without an end is whole only if the command ended it by itself.
                let cut_off = cutter.has_rest()
                    && (end.is_none()
                        || asked.get().is_some()
                        || process.wait().await?.code().is_none()
                        || asked.get().is_some());
                cutter.finish(if cut_off { Ending::CutOff } else { Ending::Closed })
            }
        };
        for piece in cut {
            if !pieces.send(piece).await {
                return Ok(Feed::Refused);
            }
        }
    }
    Ok(fed.unwrap_or(Feed::Ended))
}

/// Writes what `--input-text` gives, while the command runs.
pub(super) fn write_input(process: &mut Process, text: Option<OsString>) -> impl Future<Output = anyhow::Result<()>> + use<> {
    let input = process.take_input();
    async move {
        if let (Some(mut input), Some(text)) = (input, text) {
            let written = input.write_all(std::os::unix::ffi::OsStrExt::as_bytes(text.as_os_str())).await;
            ignore_broken_pipe(written).context("writing to the command")?;
        }
        Ok(())
    }
}

/// The program that a name leads to, where that is another one: `df` may be a link to `busybox`.
pub(super) fn implementation(program: &Path) -> Option<String> {
    let target = std::fs::canonicalize(find(program)?).ok()?;
    let name = target.file_name()?.to_str()?;
    (program.file_name()? != name).then(|| name.to_owned())
}
