//! Reading, parsing and writing side by side, with short queues between them: a slow reader of our output slows the command,
//! and nothing grows.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use arrow_array::RecordBatch;
use tokio::sync::mpsc;

use crate::capture::lines::Piece;
use crate::error::Error;
use crate::parse::{Parse, Sink};
use crate::problem::Problem;
use crate::registry::Candidate;
use crate::sandbox::Ended;
use crate::schema::{About, Shape};

/// Pieces or batches that wait between two of the three.
const QUEUE: usize = 4;

/// How long the writer waits for more before it shows what it has.
pub const IDLE: Duration = Duration::from_millis(50);

/// Where a capture goes, piece by piece, until [`Input::end`]. If this is dropped before that, the capture counts as cut off.
pub struct Input {
    pieces: mpsc::Sender<Fed>,
    /// The writer holds the other end, where there is one.
    written: Option<mpsc::Sender<()>>,
}

/// What goes to the parser's thread.
enum Fed {
    Piece(Piece),
    End(Ended),
}

impl Input {
    /// Passes a piece on. False when the parse or the output has ended early: [`Pipeline::end`] says why.
    pub async fn send(&self, piece: Piece) -> bool {
        self.pieces.send(Fed::Piece(piece)).await.is_ok()
    }

    /// Like [`Input::send`], for a thread that may wait.
    pub fn blocking_send(&self, piece: Piece) -> bool {
        self.pieces.blocking_send(Fed::Piece(piece)).is_ok()
    }

    /// Says how the capture ended.
    pub async fn end(self, ended: Ended) {
        // A parse that has ended early does not want to know.
        let _ = self.pieces.send(Fed::End(ended)).await;
    }

    /// Like [`Input::end`], for a thread that may wait.
    pub fn blocking_end(self, ended: Ended) {
        let _ = self.pieces.blocking_send(Fed::End(ended));
    }

    /// Whether the parse or the output has ended early.
    pub fn is_refused(&self) -> bool {
        self.pieces.is_closed() || self.written.as_ref().is_some_and(mpsc::Sender::is_closed)
    }

    /// Waits until the parse or the output has ended early.
    pub async fn refused(&self) {
        let Some(written) = &self.written else { return self.pieces.closed().await };
        tokio::select! {
            () = self.pieces.closed() => {}
            () = written.closed() => {}
        }
    }
}

/// The parser and the writer at work.
pub struct Pipeline<S> {
    parser: JoinHandle<Result<(), Error>>,
    writer: JoinHandle<(S, anyhow::Result<()>)>,
    /// Each of the two holds a sender while it works. Nothing is sent.
    working: mpsc::Receiver<()>,
}

impl<S: Sink + Send + 'static> Pipeline<S> {
    /// Starts both. `parse` is called on the parser's thread, so that loading a plugin does not delay whoever feeds it.
    pub fn start(parse: impl FnOnce() -> Result<Parse, Error> + Send + 'static, sink: S) -> anyhow::Result<(Input, Pipeline<S>)> {
        let (input, pieces) = mpsc::channel(QUEUE);
        let (events, taken) = sync_channel(QUEUE);
        let (works, working) = mpsc::channel(1);
        let (written, writes) = mpsc::channel(1);
        let named = |name: &str| thread::Builder::new().name(name.to_owned());
        let parser_works = works.clone();
        let parser = named("parser").spawn(move || {
            let _works = parser_works;
            run_parser(parse, pieces, &mut Forward(events))
        });
        let writer = named("writer").spawn(move || {
            let (_works, _writes) = (works, writes);
            run_writer(sink, &taken)
        });
        let parser = parser.context("starting the parser's thread")?;
        let writer = writer.context("starting the writer's thread")?;
        Ok((Input { pieces: input, written: Some(written) }, Pipeline { parser, writer, working }))
    }

    /// Waits until all is parsed and written, or cannot be. The capture must have ended.
    pub async fn ended(&mut self) {
        while self.working.recv().await.is_some() {}
    }

    /// Waits as [`Pipeline::ended`] does, and says how it went.
    pub fn end(self) -> (Option<S>, Result<(), Error>) {
        let Pipeline { parser, writer, .. } = self;
        let parsed = parser.join().unwrap_or_else(|_| Err(Error::Other(anyhow::anyhow!("the parser's thread panicked"))));
        match writer.join() {
            // A writer that wants no more has ended the parse early, which is no error.
            Ok((sink, Ok(()))) if sink.is_full() => (Some(sink), Ok(())),
            // A writer that cannot go on is the reason why the parser did not.
            Ok((sink, written)) => (Some(sink), written.map_err(Error::from).and(parsed)),
            Err(_) => (None, Err(Error::Other(anyhow::anyhow!("the writer's thread panicked")))),
        }
    }
}

/// Starts a parser alone, on a thread of its own. It reports to the sink, and calls `done` when it has ended.
pub fn parse_beside<S: Sink + Send + 'static>(
    parse: impl FnOnce() -> Result<Parse, Error> + Send + 'static,
    mut sink: S,
    done: impl FnOnce(S, Result<(), Error>) + Send + 'static,
) -> anyhow::Result<Input> {
    let (input, pieces) = mpsc::channel(QUEUE);
    let work = move || {
        let parsed = run_parser(parse, pieces, &mut sink);
        done(sink, parsed);
    };
    thread::Builder::new().name("parser".to_owned()).spawn(work).context("starting the parser's thread")?;
    Ok(Input { pieces: input, written: None })
}

fn run_parser(
    parse: impl FnOnce() -> Result<Parse, Error>,
    mut pieces: mpsc::Receiver<Fed>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let mut parse = parse()?;
    let mut ended = Ended { complete: false, status: None };
    while let Some(fed) = pieces.blocking_recv() {
        match fed {
            Fed::Piece(piece) => parse.feed(piece, sink)?,
            Fed::End(how) => ended = how,
        }
    }
    parse.finish(ended, sink)
}

/// What a parse tells a sink that is on another thread.
pub(crate) enum Event {
    Chosen(Candidate),
    Start(Arc<About>),
    Shape(Arc<Shape>),
    Records(Arc<Shape>, RecordBatch),
    Problem(Problem),
}

/// The end of a queue that a parse writes to.
pub(crate) struct Forward(pub(crate) SyncSender<Event>);

impl Event {
    /// Tells it to the sink.
    pub(crate) fn tell(self, sink: &mut dyn Sink) -> anyhow::Result<()> {
        match self {
            Event::Chosen(candidate) => sink.chosen(&candidate),
            Event::Start(about) => sink.start(&about),
            Event::Shape(shape) => sink.shape(&shape),
            Event::Records(shape, batch) => sink.records(&shape, batch),
            Event::Problem(problem) => sink.problem(problem),
        }
    }
}

impl Forward {
    fn send(&self, event: Event) -> anyhow::Result<()> {
        self.0.send(event).ok().context("the output has ended")
    }
}

impl Sink for Forward {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.send(Event::Chosen(candidate.clone()))
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.send(Event::Start(Arc::clone(about)))
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        self.send(Event::Shape(Arc::clone(shape)))
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        self.send(Event::Records(Arc::clone(shape), batch))
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.send(Event::Problem(problem))
    }
}

fn run_writer<S: Sink>(mut sink: S, events: &Receiver<Event>) -> (S, anyhow::Result<()>) {
    let written = write(&mut sink, events).and_then(|()| sink.end());
    (sink, written)
}

fn write(sink: &mut dyn Sink, events: &Receiver<Event>) -> anyhow::Result<()> {
    let mut shown = true;
    while !sink.is_full() {
        let next = if shown { events.recv().map_err(RecvTimeoutError::from) } else { events.recv_timeout(IDLE) };
        shown = matches!(next, Err(RecvTimeoutError::Timeout));
        match next {
            Ok(event) => event.tell(sink)?,
            Err(RecvTimeoutError::Timeout) => sink.idle()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
    Ok(())
}
