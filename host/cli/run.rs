//! `outparse <command>`: runs a command and parses what it prints while it runs.

use std::cell::Cell;
use std::ffi::OsString;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::pin::pin;
use std::process::ExitStatus;
use std::rc::Rc;

use anyhow::Context;
use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;

use super::envelope::Ended;
use super::how;
use super::options::{self, Options};
use super::output_file::OutputFile;
use super::report::Report;
use super::stop::{self, Asked, Stop};
use super::{every, hosts, parse, progress, raw, say};
use crate::command::{Command, Input, Process, exit_code, find, ignore_broken_pipe};
use crate::error::{Error, TIMED_OUT};
use crate::lines::{Ending, LineCutter};
use crate::parse::{Parse, Sink};
use crate::pipeline::{self, Pipeline};
use crate::registry::{Capture, Config, Ranking};
use crate::sandbox::Sandbox;

/// Runs and parses. Returns the exit status: the command's own, unless the parse failed.
pub(super) fn run(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    if let Some(list) = &options.hosts.hosts {
        return hosts::run(options, words, list);
    }
    if let Some(every) = options.running.every {
        return every::run(options, words, every);
    }
    progress::allow(options);
    if options.show.raw {
        return raw::run(options, words);
    }
    if let Some(parsed) = file(words).and_then(|path| parse::file(options, path)) {
        return parsed;
    }
    let config = Config::read()?;
    let mut words = words.to_vec();
    let mut text = options::as_text(&words);
    let implementation = words.first().and_then(|program| implementation(Path::new(program)));
    let ranking = options.rank(&text, implementation.as_deref(), &config)?;
    if options.running.exact
        && let Some(exact) = exact(&text, &ranking, &config)?
    {
        tracing::info!("running `{} {}`: these arguments lose nothing", text[0], exact.join(" "));
        text.truncate(1);
        text.extend(exact);
        words = text.iter().map(OsString::from).collect();
    }
    let program = text.first().map_or("", String::as_str);
    let command = command(options, &words)?;
    how::check(options, &ranking, &Capture::of_command(&text), &config, None)?;
    let (mut report, file) = Report::new(options)?;
    report.wrap(options, (program, text.get(1..)), config.limits().component)?;

    let runtime = crate::runtime::new()?;
    let finished = runtime.block_on(async {
        let mut stop = Stop::new(options.running.timeout, &command.input)?;
        let parse = parsing(options, &text, ranking, &config);
        attempt(options, &command, &mut stop, config.limits().line, parse, report).await
    })?;
    match finished {
        Attempt::Ended(ran, pipeline) => conclude(options, program, ran?, pipeline, file),
        Attempt::Left(asked) => Ok(left_early(asked)),
    }
}

/// The file that is named in the place of a command: one that is no program.
fn file(words: &[OsString]) -> Option<&Path> {
    let [word] = words else { return None };
    let path = Path::new(word);
    let metadata = std::fs::metadata(path).ok().filter(|_| word.as_encoded_bytes().contains(&b'/'))?;
    let program = metadata.permissions().mode() & 0o111 != 0;
    (metadata.is_file() && !program).then_some(path)
}

/// The arguments with which the command loses nothing: what the first parser says. None where these are as good.
fn exact(text: &[String], ranking: &Ranking, config: &Config) -> Result<Option<Vec<String>>, Error> {
    let Some((first, _)) = ranking.candidates.first() else { return Ok(None) };
    let mut plugin = first.load(&config.sandbox()?)?;
    let parser = first.parser(&plugin, &Capture::of_command(text));
    let exact = plugin.exact(parser, &text[1..])?;
    if exact.is_none() {
        say(format_args!("`{}` has no arguments that would lose less: it is run as it is", text[0]));
    }
    Ok(exact)
}

/// Says how a run went, completes what was printed, and puts the output file in its place. Returns the exit status.
fn conclude(
    options: &Options,
    program: &str,
    mut ran: Ran,
    pipeline: Pipeline<Report>,
    file: Option<OutputFile>,
) -> Result<u8, Error> {
    progress::end();
    let (mut report, parsed) = outcome(options, program, &mut ran, pipeline);
    let failure = match &mut report {
        Some(report) => report.seal(parsed, ran.ended())?,
        None => parsed.map(|()| None)?,
    };
    ran.keep(file)?;
    match failure {
        Some(failure) => Err(failure),
        None => Ok(report.map_or(ran.exit_code(), |report| report.status(options, ran.exit_code()))),
    }
}

/// What came of a command that has ended, said where the exit status alone does not.
pub(super) fn outcome(
    options: &Options,
    program: &str,
    ran: &mut Ran,
    pipeline: Pipeline<Report>,
) -> (Option<Report>, Result<(), Error>) {
    let (report, parsed) = pipeline.end();
    ran.ended_by_limit = ran.broken_off && report.as_ref().is_some_and(Sink::is_full);
    let parsed = parsed.inspect_err(|error| ran.explain(program, error)).and_then(|()| {
        ran.comment(program);
        report.as_ref().map_or(Ok(()), |report| report.close(options.choose.strict))
    });
    (report, parsed)
}

/// What came of running a command.
pub(super) enum Attempt {
    /// It has ended, and what it printed is parsed and written, or cannot be.
    Ended(Result<Ran, Error>, Pipeline<Report>),
    /// The user would not wait for that.
    Left(Option<Asked>),
}

/// Runs a command while its output is parsed. The parser loads while the command starts.
pub(super) async fn attempt(
    options: &Options,
    command: &Command,
    stop: &mut Stop,
    longest: usize,
    parse: impl FnOnce() -> Result<Parse, Error> + Send + 'static,
    report: Report,
) -> Result<Attempt, Error> {
    tracing::info!("launching process");
    let process = command.spawn()?;
    stop.started(process.group());
    let (pieces, mut pipeline) = Pipeline::start(parse, report)?;
    let capture = capture(process, options.running.input_text.clone(), pieces, longest, stop.asked());
    let ran = stop.watch(progress::beside(capture)).await;
    stop.ended().await;
    let written = stop.watch(progress::beside(pipeline.ended())).await;
    Ok(match ran.zip(written) {
        Some((ran, ())) => Attempt::Ended(ran, pipeline),
        None => Attempt::Left(stop.asked().get()),
    })
}

/// Makes the parse of the command's output.
fn parsing(
    options: &Options,
    text: &[String],
    ranking: Ranking,
    config: &Config,
) -> impl FnOnce() -> Result<Parse, Error> + Send + 'static {
    let capture = options.live_capture(text);
    let candidates = ranking.into_candidates();
    let limits = config.limits();
    move || Parse::new(Sandbox::with_store(limits, Config::store())?, capture, candidates)
}

/// The command as the options want it run.
pub(super) fn command(options: &Options, words: &[OsString]) -> Result<Command, Error> {
    let (program, arguments) = words.split_first().ok_or_else(|| Error::Usage("no command was given".to_owned()))?;
    let mut command = Command::new(program).args(arguments).input(options.running.stdin.clone());
    command.locale = options.running.locale.clone();
    #[cfg(target_os = "linux")]
    {
        command.dies_with_us = true;
    }
    if options.running.input_text.is_some() {
        command.input = Input::Piped;
    }
    Ok(command)
}

/// How a command ended.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    pub(super) bytes: u64,
    pub(super) asked: Option<Asked>,
    /// It has ended, and its output has not.
    pub(super) left_open: bool,
    /// We ended it: nobody wanted the rest.
    pub(super) broken_off: bool,
    /// The same, for the reason that there were as many records as `--limit` allows. That is success.
    pub(super) ended_by_limit: bool,
}

impl Ran {
    pub(super) fn exit_code(&self) -> u8 {
        match self.asked {
            Some(Asked::Timeout) => TIMED_OUT,
            None if self.ended_by_limit => 0,
            _ => exit_code(self.status),
        }
    }

    /// For an envelope.
    pub(super) fn ended(&self) -> Ended {
        let ended_early = self.asked.map(|asked| match asked {
            Asked::Timeout => "timeout",
            Asked::Signal(_) => "signal",
        });
        Ended { exit_status: Some(self.exit_code()), ended_early }
    }

    /// Whether the user broke it off, through us or at the terminal.
    pub(super) fn interrupted(&self) -> bool {
        matches!(self.asked, Some(Asked::Signal(_))) || self.status.signal() == Some(Signal::SIGINT as i32)
    }

    /// Puts the output file in its place, unless the run was interrupted.
    pub(super) fn keep(&self, file: Option<OutputFile>) -> anyhow::Result<()> {
        match file {
            Some(_) if self.interrupted() => say("the output file was not written: the run was interrupted"),
            Some(file) => file.keep()?,
            None => {}
        }
        Ok(())
    }

    /// Says what the exit status alone does not.
    pub(super) fn comment(&self, program: &str) {
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
            _ if self.ended_by_limit && self.asked.is_none() => None,
            (Some(code), _) => Some(format!("failed with exit status {code}")),
            (None, signal) => {
                let number = signal.unwrap_or_default();
                let name = Signal::try_from(number).map_or_else(|_| String::new(), |signal| format!(" ({signal})"));
                Some(format!("was killed by signal {number}{name}"))
            }
        }
    }

    /// With an error of the parse, the command's own failure, which may explain it.
    pub(super) fn explain(&self, program: &str, error: &Error) {
        if let Some(how) = self.failure().filter(|_| !error.is_broken_pipe()) {
            say(format_args!("`{program}` {how}"));
        }
    }
}

/// The exit status of a run that the user would not wait for.
pub(super) fn left_early(asked: Option<Asked>) -> u8 {
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
    let writing = write_input(&mut process, input);
    beside_input(read_output(process, pieces, longest, asked), writing).await
}

/// Reads while the input is written.
pub(super) async fn beside_input(
    reading: impl Future<Output = Result<Ran, Error>>,
    writing: impl Future<Output = anyhow::Result<()>>,
) -> Result<Ran, Error> {
    let (mut reading, mut writing) = (pin!(reading), pin!(writing));
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
    process.close_output();
    let status = match fed {
        // Nobody wants the rest.
        Feed::Refused => {
            drop(pieces);
            process.terminate(stop::GRACE).await
        }
        Feed::Ended | Feed::LeftOpen => {
            let ended = process.ended_soon().await.context("waiting for the command")?;
            let complete = fed == Feed::Ended && asked.get().is_none();
            pieces.end(crate::sandbox::Ended { complete, ..ended }).await;
            process.wait().await
        }
    };
    let status = status.context("waiting for the command")?;
    let (left_open, broken_off) = (fed == Feed::LeftOpen, fed == Feed::Refused);
    Ok(Ran { status, bytes, asked: asked.get(), left_open, broken_off, ended_by_limit: false })
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
                progress::read(read);
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
