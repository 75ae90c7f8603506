//! The records of a command while it runs, for a caller that waits for them.

use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use arrow_array::RecordBatch;
use tokio::sync::oneshot;

use crate::capture::command::{Command, Process};
use crate::capture::lines::{Ending, LineCutter};
use crate::error::Error;
use crate::parse::Parse;
use crate::parse::pipeline::{Event, Forward, Input, Pipeline};
use crate::parse::records::{Collect, Records};
use crate::problem::Problem;
use crate::runtime::receive;
use crate::schema::About;

/// Events that wait for the caller. If there are more, the command waits too.
const QUEUE: usize = 4;

/// Problems that are kept until the caller asks for them.
const MOST_PROBLEMS_KEPT: usize = 1000;

/// How long to wait for records before the caller is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long a command that is no longer wanted has to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// The records of a running command: an iterator of batches that waits for each. Dropping it before its end ends the command.
///
/// Memory stays flat: a caller that is slower than the command slows the command.
pub struct Stream {
    /// None once it has ended.
    running: Option<Running>,
    about: Option<Arc<About>>,
    problems: Vec<Problem>,
    status: Option<ExitStatus>,
}

struct Running {
    events: Receiver<Event>,
    reader: JoinHandle<Result<ExitStatus, Error>>,
    /// Dropping it ends the command.
    wanted: oneshot::Sender<()>,
}

impl Stream {
    pub(crate) fn start(
        command: Command,
        longest: usize,
        parse: impl FnOnce() -> Result<Parse, Error> + Send + 'static,
    ) -> Result<Stream, Error> {
        let (sender, events) = sync_channel(QUEUE);
        let (wanted, unwanted) = oneshot::channel();
        let (starting, started) = sync_channel(1);
        let reader = move || {
            let runtime = crate::runtime::new()?;
            runtime.block_on(async {
                let process = match command.spawn() {
                    Ok(process) => process,
                    Err(error) => {
                        // `Stream::start` is waiting for this.
                        let _ = starting.send(Err(error));
                        return Ok(ExitStatus::default());
                    }
                };
                let _ = starting.send(Ok(()));
                let (pieces, mut pipeline) = Pipeline::start(parse, Forward(sender))?;
                let status = read(process, pieces, longest, unwanted).await;
                pipeline.ended().await;
                let (_, parsed) = pipeline.end();
                parsed.and(status)
            })
        };
        let reader = thread::Builder::new().name("reader".to_owned()).spawn(reader).context("starting the reader's thread")?;
        // Nothing comes if the thread ended before the command was started; the thread's result then says why.
        if let Ok(began) = started.recv() {
            began?;
        }
        Ok(Stream { running: Some(Running { events, reader, wanted }), about: None, problems: Vec::new(), status: None })
    }

    /// The parser that reads the output. None until the first batch or problem has come.
    pub fn about(&self) -> Option<&About> {
        self.about.as_deref()
    }

    /// What could not be understood since the last call, as far as the batches have come; of very many problems, the first
    /// thousand.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// How the command ended. None before the stream has ended, and when it ended with an error.
    pub fn status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// All records that are still to come.
    pub(crate) fn collect_all(self) -> Result<Records, Error> {
        self.collect(None, &mut |_| Ok(()))
    }

    /// The next records, if they come within this time; none after the last.
    pub fn poll(&mut self, within: Duration) -> Poll<Option<Result<RecordBatch, Error>>> {
        self.next_batch(Some(within))
    }

    /// Like [`Stream::collect_all`], for a caller that may want to end it: `go_on` is called again and again with the number of
    /// records so far, and its error ends the command.
    pub(crate) fn collect_while(self, go_on: &mut dyn FnMut(usize) -> Result<(), Error>) -> Result<Records, Error> {
        self.collect(Some(PATIENCE), go_on)
    }

    fn collect(
        mut self,
        patience: Option<Duration>,
        go_on: &mut dyn FnMut(usize) -> Result<(), Error>,
    ) -> Result<Records, Error> {
        let mut collect = Collect::default();
        loop {
            match self.event(patience) {
                Poll::Pending => {}
                Poll::Ready(Some(event)) => event?.tell(&mut collect)?,
                Poll::Ready(None) => return Ok(collect.finish(self.status)?),
            }
            go_on(collect.rows())?;
        }
    }

    fn event(&mut self, within: Option<Duration>) -> Poll<Option<Result<Event, Error>>> {
        let Some(running) = &self.running else { return Poll::Ready(None) };
        match receive(&running.events, within) {
            Poll::Ready(Some(event)) => Poll::Ready(Some(Ok(event))),
            Poll::Ready(None) => Poll::Ready(self.ended()),
            Poll::Pending => Poll::Pending,
        }
    }

    /// What the iterator gives next, waiting for it no longer than this.
    fn next_batch(&mut self, within: Option<Duration>) -> Poll<Option<Result<RecordBatch, Error>>> {
        loop {
            match self.event(within) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(event) => {
                    if let Some(next) = self.keep(event) {
                        return Poll::Ready(next);
                    }
                }
            }
        }
    }

    /// What the iterator gives for an event, if anything.
    fn keep(&mut self, event: Option<Result<Event, Error>>) -> Option<Option<Result<RecordBatch, Error>>> {
        match event {
            Some(Ok(Event::Records(_, batch))) => return Some(Some(Ok(batch))),
            Some(Ok(Event::Start(about))) => self.about = Some(about),
            Some(Ok(Event::Problem(problem))) if self.problems.len() < MOST_PROBLEMS_KEPT => self.problems.push(problem),
            Some(Ok(Event::Problem(_) | Event::Chosen(_) | Event::Shape(_))) => {}
            Some(Err(error)) => return Some(Some(Err(error))),
            None => return Some(None),
        }
        None
    }

    /// How it ended, once no more events come.
    fn ended(&mut self) -> Option<Result<Event, Error>> {
        let Running { reader, wanted, .. } = self.running.take()?;
        let ended = reader.join().unwrap_or_else(|_| Err(Error::Other(anyhow::anyhow!("the reader's thread panicked"))));
        drop(wanted);
        match ended {
            Ok(status) => {
                self.status = Some(status);
                None
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl Iterator for Stream {
    type Item = Result<RecordBatch, Error>;

    /// The next records. After an error there are no more.
    fn next(&mut self) -> Option<Self::Item> {
        match self.next_batch(None) {
            Poll::Ready(next) => next,
            // Does not happen: without a time limit, it waits.
            Poll::Pending => None,
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(Running { events, reader, wanted }) = self.running.take() {
            drop((events, wanted));
            // Nobody wants to know how it ended, but it must have ended.
            let _ = reader.join();
        }
    }
}

/// Passes on what the command prints until it has ended, or nobody wants more.
async fn read(
    mut process: Process,
    pieces: Input,
    longest: usize,
    mut unwanted: oneshot::Receiver<()>,
) -> Result<ExitStatus, Error> {
    let mut cutter = LineCutter::new(longest);
    let all = async {
        loop {
            let read = process.read_while_it_runs(cutter.buffer()).await.context("reading the command's output")?;
            let ended = read.is_none_or(|read| read == 0);
            let cut = match read {
                // A line that is still open when the command has ended is not whole.
                None => cutter.finish(Ending::CutOff),
                Some(0) => cutter.finish(if killed(&mut process).await? { Ending::CutOff } else { Ending::Closed }),
                Some(_) => cutter.cut(),
            };
            for piece in cut {
                if !pieces.send(piece).await {
                    return anyhow::Ok(false);
                }
            }
            if ended {
                return Ok(true);
            }
        }
    };
    let finished = tokio::select! {
        finished = all => finished?,
        () = pieces.refused() => false,
        _ = &mut unwanted => false,
    };
    process.close_output();
    if !finished {
        drop(pieces);
        return Ok(process.terminate(GRACE).await.context("waiting for the command")?);
    }
    pieces.end(process.ended_soon().await.context("waiting for the command")?).await;
    Ok(process.wait().await.context("waiting for the command")?)
}

/// Whether a signal ended it.
async fn killed(process: &mut Process) -> anyhow::Result<bool> {
    Ok(process.wait().await.context("waiting for the command")?.code().is_none())
}
