//! One run of a command: its output is read and parsed while it runs.

use std::cell::Cell;
use std::ffi::OsString;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;

use anyhow::Context;
use tokio::io::AsyncWriteExt;

use crate::options::Options;
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::running::ran::Ran;
use crate::running::stop::{self, Asked, Stop};
use outparse::capture::command::{Command, Input, Process, ignore_broken_pipe};
use outparse::capture::lines::{Ending, LineCutter};
use outparse::error::Error;
use outparse::parse::pipeline::{self, Pipeline};
use outparse::parse::{Parse, Sink};

/// The command as the options want it run.
pub(crate) fn command(options: &Options, words: &[OsString]) -> Result<Command, Error> {
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

/// What came of a command that has ended. Says what the exit status alone does not.
pub(crate) fn outcome(
    options: &Options,
    program: &str,
    ran: &mut Ran,
    pipeline: Pipeline<Printer>,
) -> (Option<Printer>, Result<(), Error>) {
    let (printer, parsed) = pipeline.end();
    ran.ended_by_limit = ran.broken_off && printer.as_ref().is_some_and(Sink::is_full);
    let parsed = parsed.inspect_err(|error| ran.explain(program, error)).and_then(|()| {
        ran.comment(program);
        printer.as_ref().map_or(Ok(()), |printer| printer.close(options.choose.strict))
    });
    (printer, parsed)
}

/// What came of running a command.
pub(crate) enum Attempt {
    /// It has ended, and what it printed is parsed and written, or cannot be.
    Ended(Result<Ran, Error>, Pipeline<Printer>),
    /// The user would not wait for that.
    Left(Option<Asked>),
}

/// Runs a command while its output is parsed. The parser loads while the command starts.
pub(crate) async fn attempt(
    options: &Options,
    command: &Command,
    stop: &mut Stop,
    longest: usize,
    parse: impl FnOnce() -> Result<Parse, Error> + Send + 'static,
    printer: Printer,
) -> Result<Attempt, Error> {
    tracing::info!("launching process");
    let process = command.spawn()?;
    stop.started(process.group());
    let (pieces, mut pipeline) = Pipeline::start(parse, printer)?;
    let capture = capture(process, options.running.input_text.clone(), pieces, longest, stop.asked());
    let ran = stop.watch(progress::beside(capture)).await;
    stop.ended().await;
    let written = stop.watch(progress::beside(pipeline.ended())).await;
    Ok(match ran.zip(written) {
        Some((ran, ())) => Attempt::Ended(ran, pipeline),
        None => Attempt::Left(stop.asked().get()),
    })
}

/// Why the command was asked to end, if it was. What ends it sets this, and what reads its output needs it.
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
pub(crate) async fn beside_input(
    reading: impl Future<Output = Result<Ran, Error>>,
    writing: impl Future<Output = anyhow::Result<()>>,
) -> Result<Ran, Error> {
    let (mut reading, mut writing) = (pin!(reading), pin!(writing));
    tokio::select! {
        // The command has ended, so nobody wants the input that it did not read.
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
            pieces.end(outparse::sandbox::Ended { complete, ..ended }).await;
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
    /// The command has ended, but its output is still open.
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
pub(crate) fn write_input(process: &mut Process, text: Option<OsString>) -> impl Future<Output = anyhow::Result<()>> + use<> {
    let input = process.take_input();
    async move {
        if let (Some(mut input), Some(text)) = (input, text) {
            let written = input.write_all(std::os::unix::ffi::OsStrExt::as_bytes(text.as_os_str())).await;
            ignore_broken_pipe(written).context("writing to the command")?;
        }
        Ok(())
    }
}
