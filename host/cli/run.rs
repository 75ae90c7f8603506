//! `outparse <command>`: runs a command and parses what it prints while it runs.

use std::ffi::OsString;
use std::future::Future;
use std::path::Path;
use std::process::ExitStatus;

use anyhow::Context;
use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::options::{self, Options};
use super::report::Report;
use super::stop::{self, Stop};
use crate::command::{Command, Input, Process, exit_code, ignore_broken_pipe};
use crate::error::{Error, TIMED_OUT};
use crate::lines::{Ending, LineCutter, Piece};
use crate::parse::Parse;
use crate::pipeline::Pipeline;
use crate::registry::{Config, Ranking};
use crate::sandbox::Sandbox;

/// Runs and parses. Returns the exit status: the command's own, unless the parse failed.
pub(super) fn run(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let config = Config::read()?;
    let text = options::as_text(words);
    let implementation = words.first().and_then(|program| implementation(Path::new(program)));
    let ranking = options.rank(&text, implementation.as_deref(), &config)?;
    let command = command(options, words)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let (ran, report, parsed) = runtime.block_on(async {
        tracing::info!("launching process");
        let process = command.spawn()?;
        let pipeline = parsing(options, &text, ranking, &config)?;
        let ran = capture(process, options, pipeline.input(), config.limits().line).await;
        // What is left is computing and writing: nothing to wait for but this.
        let (report, parsed) = pipeline.end();
        Ok::<_, Error>((ran, report, parsed))
    })?;
    let program = text.first().map_or("", String::as_str);
    let ran = ran?;
    parsed.map_err(|error| ran.blame(program, error))?;
    ran.comment(program);
    report.map_or(Ok(()), |report| report.close(options.strict))?;
    Ok(ran.exit_code())
}

/// Starts the parser, which loads while the command starts.
fn parsing(options: &Options, text: &[String], ranking: Ranking, config: &Config) -> Result<Pipeline<Report>, Error> {
    let source = options.source(text, ranking.words, true);
    let candidates = ranking.candidates.into_iter().map(|(candidate, _)| candidate).collect();
    let limits = config.limits();
    let parse = move || Parse::new(Sandbox::new(limits)?, source, candidates);
    Ok(Pipeline::start(parse, Report::new(options))?)
}

fn command(options: &Options, words: &[OsString]) -> Result<Command, Error> {
    let (program, arguments) = words.split_first().ok_or_else(|| Error::Usage("no command was given".to_owned()))?;
    let mut command = Command::new(program).args(arguments).input(options.stdin.clone());
    command.locale = options.locale.clone();
    if options.input_text.is_some() {
        command.input = Input::Piped;
    }
    Ok(command)
}

/// How a command ended.
struct Ran {
    status: ExitStatus,
    bytes: u64,
    timed_out: bool,
}

impl Ran {
    fn exit_code(&self) -> u8 {
        if self.timed_out { TIMED_OUT } else { exit_code(self.status) }
    }

    /// Says what the exit status alone does not.
    fn comment(&self, program: &str) {
        let nothing = if self.bytes == 0 { " and printed nothing" } else { "" };
        if let Some(how) = self.failure() {
            eprintln!("outparse: `{program}` {how}{nothing}");
        } else if self.bytes == 0 {
            eprintln!("outparse: `{program}` printed nothing");
        }
    }

    /// How it failed, as a clause; None when it did not.
    fn failure(&self) -> Option<String> {
        use std::os::unix::process::ExitStatusExt;
        if self.timed_out {
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

    /// An error of the parse, with the command's own failure where that explains it.
    fn blame(&self, program: &str, error: Error) -> Error {
        match self.failure() {
            Some(how) if !error.is_broken_pipe() => {
                eprintln!("outparse: `{program}` {how}");
                error
            }
            _ => error,
        }
    }
}

/// Reads what the command prints until it has ended, and ends it when it is time.
async fn capture(mut process: Process, options: &Options, pieces: mpsc::Sender<Piece>, longest: usize) -> Result<Ran, Error> {
    let mut stop = Stop::new(process.group(), options.timeout)?;
    let writing = write_input(&mut process, options.input_text.clone());
    let mut bytes = 0;
    let reading = async {
        let refused = feed(&mut process, &pieces, longest, &mut bytes).await?;
        drop(pieces);
        match refused {
            // Nobody wants the rest.
            Feed::Refused => process.terminate(stop::GRACE).await,
            Feed::Ended => process.wait().await,
        }
        .context("waiting for the command")
    };
    let ended = async {
        let (status, written) = tokio::join!(reading, writing);
        written?;
        status
    };
    let (status, timed_out) = stop.watch(ended).await;
    Ok(Ran { status: status?, bytes, timed_out })
}

enum Feed {
    Ended,
    /// The parse has ended early.
    Refused,
}

/// Passes the command's output on as it comes.
async fn feed(process: &mut Process, pieces: &mpsc::Sender<Piece>, longest: usize, bytes: &mut u64) -> anyhow::Result<Feed> {
    let mut cutter = LineCutter::new(longest);
    loop {
        let read = process.read(cutter.buffer()).await.context("reading the command's output")?;
        *bytes += read as u64;
        let cut = if read > 0 {
            cutter.cut()
        } else {
            // A line without an end is whole only if the command was not stopped within it.
            let cut_off = cutter.has_rest() && process.wait().await?.code().is_none();
            cutter.finish(if cut_off { Ending::CutOff } else { Ending::Closed })
        };
        for piece in cut {
            if pieces.send(piece).await.is_err() {
                return Ok(Feed::Refused);
            }
        }
        if read == 0 {
            return Ok(Feed::Ended);
        }
    }
}

/// Writes what `--input-text` gives, while the command runs.
fn write_input(process: &mut Process, text: Option<OsString>) -> impl Future<Output = anyhow::Result<()>> + use<> {
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
    let found = if program.components().count() > 1 {
        program.to_owned()
    } else {
        std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())?
    };
    let target = std::fs::canonicalize(found).ok()?;
    let name = target.file_name()?.to_str()?;
    (program.file_name()? != name).then(|| name.to_owned())
}
