//! Parses a capture: offers it to the parsers in turn until one recognises it, and keeps the records in order.

mod guess;
pub mod pipeline;
mod records;
mod request;
mod stream;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::RecordBatch;

use crate::capture::escapes;
use crate::capture::lines::{Chunk, Piece};
use crate::error::Error;
use crate::problem::{Excerpt, Problem, SHOWN, Severity};
use crate::registry::{Candidate, Capture, Loader};
use crate::sandbox::{Answer, Ended, PluginError, Refusal, Sandbox, Session};
use crate::schema::{About, Shape};
pub use records::{Collect, Records};
pub use request::{Request, parse, run, stream};
pub use stream::Stream;

/// Problems that are kept until a parser is settled on.
const MOST_PROBLEMS_KEPT: usize = 20_000;

/// Takes the outcome of a parse.
pub trait Sink {
    /// This candidate is about to become the parser that is settled on.
    fn chosen(&mut self, _: &Candidate) -> anyhow::Result<()> {
        Ok(())
    }
    /// A parser has been settled on, and all that follows comes from it. Called once, after [`Sink::chosen`] and before all
    /// others, unless the parse fails first.
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()>;
    /// Records of this shape may follow. Called once for each shape, which may be long before the first record if there is a
    /// heading.
    fn shape(&mut self, _: &Arc<Shape>) -> anyhow::Result<()> {
        Ok(())
    }
    /// More records, of a shape that has been announced.
    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()>;
    /// Something could not be understood.
    fn problem(&mut self, problem: Problem) -> anyhow::Result<()>;
    /// There is no more input at the moment: what was taken should be shown now.
    fn idle(&mut self) -> anyhow::Result<()> {
        Ok(())
    }
    /// Whether nothing more is wanted: the rest of the capture need not be read.
    fn is_full(&self) -> bool {
        false
    }
    /// The capture has ended, with or without an error.
    fn end(&mut self) -> anyhow::Result<()> {
        Ok(())
    }
}

/// The parse of one capture.
pub struct Parse {
    loader: Arc<Loader>,
    capture: Capture,
    candidates: VecDeque<Candidate>,
    /// The one that is at work.
    current: Candidate,
    session: Session,
    /// The number of problems that have been given the line they are about.
    excerpts: u64,
    /// The parsers that did not recognise the capture, and why.
    refusals: Vec<(String, Problem)>,
    /// The warning that escape sequences were taken out, until it has been given.
    escapes: Escapes,
    state: State,
}

/// What is to be said about escape sequences.
enum Escapes {
    /// There were none.
    None,
    /// There were some, the first in this line, and nobody was told.
    Untold(u64),
    Told,
}

enum State {
    /// No record yet: the parser may still refuse, and the next one needs these from the start.
    Undecided { pieces: Vec<Piece>, bytes: usize, problems: Vec<Problem>, shapes: Vec<Arc<Shape>> },
    /// There is no way back. The last piece is kept only to show what is wrong in it: a parser may notice that with the next one.
    Settled { last: Option<Piece> },
}

impl Parse {
    /// Loads the first of the candidates. The others are loaded when they are needed.
    pub fn new(sandbox: Sandbox, capture: Capture, candidates: Vec<Candidate>) -> Result<Parse, Error> {
        Parse::with(Arc::new(Loader::new(sandbox)), capture, candidates)
    }

    /// The same with plugins that may have been loaded before.
    pub fn with(loader: Arc<Loader>, capture: Capture, candidates: Vec<Candidate>) -> Result<Parse, Error> {
        let mut candidates = VecDeque::from(candidates);
        let (first, session) = next_of(&mut candidates, &loader, &capture)?
            .ok_or_else(|| Error::NoParser { command: capture.name().to_owned(), known: Vec::new() })?;
        let state = State::Undecided { pieces: Vec::new(), bytes: 0, problems: Vec::new(), shapes: Vec::new() };
        let refusals = Vec::new();
        Ok(Parse { loader, capture, candidates, current: first, session, excerpts: 0, refusals, escapes: Escapes::None, state })
    }

    /// Parses the next piece.
    pub fn feed(&mut self, mut piece: Piece, sink: &mut dyn Sink) -> Result<(), Error> {
        if let Piece::Lines(chunk) = &mut piece
            && !self.session.about().verbatim
            && let Some(line) = escapes::take_out(chunk)
            && matches!(self.escapes, Escapes::None)
        {
            self.escapes = Escapes::Untold(line);
            self.tell_of_escapes(sink)?;
        }
        let (pieces, bytes) = match &mut self.state {
            State::Undecided { pieces, bytes, .. } => (pieces, bytes),
            State::Settled { last } => {
                let last = last.take();
                let mut answer = feed(&mut self.session, &piece)?;
                self.excerpt(&mut answer, last.iter().chain([&piece]));
                self.state = State::Settled { last: Some(piece) };
                return self.take(answer, sink).map(drop);
            }
        };
        if let Piece::Lines(chunk) = &piece {
            *bytes += chunk.bytes.len();
        }
        let too_many = *bytes > self.loader.sandbox().limits().replay;
        let newest = pieces.len();
        pieces.push(piece);
        self.replay(newest, sink)?;
        if too_many {
            self.settle(sink)?;
        }
        Ok(())
    }

    /// Ends the parse of a capture that ended like this.
    pub fn finish(&mut self, ended: Ended, sink: &mut dyn Sink) -> Result<(), Error> {
        loop {
            let mut answer = self.session.finish(ended)?;
            let pieces = match &mut self.state {
                State::Undecided { pieces, .. } => std::mem::take(pieces),
                State::Settled { last } => last.take().into_iter().collect(),
            };
            self.excerpt(&mut answer, pieces.iter());
            if let State::Undecided { pieces: kept, .. } = &mut self.state {
                *kept = pieces;
            }
            if self.take(answer, sink)? == Taken::Kept {
                return self.settle(sink);
            }
            self.replay(0, sink)?;
        }
    }

    /// Feeds the pieces that are kept, from this one on; with another parser, all of them again.
    fn replay(&mut self, mut from: usize, sink: &mut dyn Sink) -> Result<(), Error> {
        loop {
            let State::Undecided { pieces, .. } = &mut self.state else { return Ok(()) };
            if from >= pieces.len() {
                return Ok(());
            }
            let kept = std::mem::take(pieces);
            let mut refused = false;
            for piece in &kept[from..] {
                let mut answer = feed(&mut self.session, piece)?;
                self.excerpt(&mut answer, kept.iter());
                if self.take(answer, sink)? == Taken::Refused {
                    refused = true;
                    break;
                }
            }
            match &mut self.state {
                State::Undecided { pieces, .. } => *pieces = kept,
                State::Settled { last } => *last = kept.into_iter().next_back(),
            }
            if !refused {
                return Ok(());
            }
            from = 0;
        }
    }

    /// Passes an answer on, or the capture to the next parser.
    fn take(&mut self, answer: Answer, sink: &mut dyn Sink) -> Result<Taken, Error> {
        match (answer, &mut self.state) {
            (Answer::Records { shapes: told, batches, problems: new }, State::Undecided { problems, shapes, .. })
                if batches.is_empty() =>
            {
                shapes.extend(told);
                problems.extend(new);
                // A parser that complains this much has recognised something, and nothing that is kept may grow without end.
                if problems.len() > MOST_PROBLEMS_KEPT {
                    self.settle(sink)?;
                }
            }
            (Answer::Records { shapes, batches, problems }, _) => {
                self.settle(sink)?;
                let (shapes, batches) = self.guessed(shapes, batches)?;
                // A heading is enough: shapes are told before any record.
                shapes.iter().try_for_each(|shape| sink.shape(shape))?;
                batches.into_iter().try_for_each(|(shape, batch)| sink.records(&shape, batch))?;
                problems.into_iter().try_for_each(|problem| sink.problem(problem))?;
            }
            (Answer::Refusal(Refusal::Unrecognised(why)), State::Undecided { problems, shapes, .. }) => {
                problems.clear();
                shapes.clear();
                self.excerpts = 0;
                self.refusals.push((self.plugin(), why));
                self.next_candidate()?;
                return Ok(Taken::Refused);
            }
            (Answer::Refusal(Refusal::Unrecognised(why) | Refusal::Malformed(why)), _) => {
                return Err(Error::Malformed { plugin: self.plugin(), problem: why });
            }
        }
        Ok(Taken::Kept)
    }

    /// The records of a catalogue with numbers for text, if they are asked for.
    fn guessed(&self, mut shapes: Vec<Arc<Shape>>, batches: guess::Batches) -> anyhow::Result<(Vec<Arc<Shape>>, guess::Batches)> {
        if !self.capture.guess_types || self.session.about().catalogue.is_none() {
            return Ok((shapes, batches));
        }
        shapes.retain(|shape| !batches.iter().any(|(of, _)| Arc::ptr_eq(of, shape)));
        let batches = guess::numbers(batches)?;
        for (shape, _) in &batches {
            if !shapes.iter().any(|known| Arc::ptr_eq(known, shape)) {
                shapes.push(Arc::clone(shape));
            }
        }
        Ok((shapes, batches))
    }

    fn next_candidate(&mut self) -> Result<(), Error> {
        let Some((next, session)) = next_of(&mut self.candidates, &self.loader, &self.capture)? else {
            return Err(Error::Unrecognised {
                command: self.capture.name().to_owned(),
                refusals: std::mem::take(&mut self.refusals),
            });
        };
        (self.current, self.session) = (next, session);
        Ok(())
    }

    /// The plugin that is at work, for messages.
    fn plugin(&self) -> String {
        let about = self.session.about();
        format!("{} {}", about.name, about.version)
    }

    /// Adds the lines to the problems that will be shown.
    fn excerpt<'a>(&mut self, answer: &mut Answer, pieces: impl DoubleEndedIterator<Item = &'a Piece> + Clone) {
        let problems = match answer {
            Answer::Records { problems, .. } => problems.as_mut_slice(),
            // A refusal ends the parse, or this plugin's part in it, and is always shown.
            Answer::Refusal(Refusal::Unrecognised(why) | Refusal::Malformed(why)) => return excerpt(why, pieces),
        };
        for problem in problems.iter_mut().take(SHOWN.saturating_sub(self.excerpts) as usize) {
            self.excerpts += 1;
            excerpt(problem, pieces.clone());
        }
    }

    /// Settles on the parser that is at work.
    fn settle(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        if let State::Undecided { pieces, problems, shapes, .. } = &mut self.state {
            let (last, problems, shapes) = (pieces.pop(), std::mem::take(problems), std::mem::take(shapes));
            self.state = State::Settled { last };
            let about = self.session.about();
            let whose = about.catalogue.as_ref().map(|whose| format!(": values are as {whose} has them")).unwrap_or_default();
            tracing::debug!("parsing results with {} {}{whose}", about.name, about.version);
            sink.chosen(&self.current)?;
            sink.start(self.session.about())?;
            shapes.iter().try_for_each(|shape| sink.shape(shape))?;
            problems.into_iter().try_for_each(|problem| sink.problem(problem))?;
            self.tell_of_escapes(sink)?;
            if self.capture.guess_types && self.session.about().catalogue.is_none() {
                let message = format!("types are guessed of catalogues only: {} says them itself", self.plugin());
                sink.problem(Problem { severity: Severity::Warning, line: 0, column: 0, message, excerpt: None })?;
            }
        }
        Ok(())
    }

    /// Warns once that escape sequences were taken out, as soon as there is somebody to tell.
    fn tell_of_escapes(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        if let (Escapes::Untold(line), State::Settled { .. }) = (&self.escapes, &self.state) {
            let message =
                "escape sequences, such as those of colours, were taken out before parsing; `--raw` shows them".to_owned();
            sink.problem(Problem { severity: Severity::Warning, line: *line, column: 0, message, excerpt: None })?;
            self.escapes = Escapes::Told;
        }
        Ok(())
    }
}

/// What became of an answer.
#[derive(PartialEq, Eq)]
enum Taken {
    Kept,
    /// The next parser has been opened, and needs the capture from the start.
    Refused,
}

/// Begins with the next candidate, if any. One that stands for several is replaced by them.
fn next_of(
    candidates: &mut VecDeque<Candidate>,
    loader: &Loader,
    capture: &Capture,
) -> Result<Option<(Candidate, Session)>, PluginError> {
    let Some(next) = candidates.pop_front() else { return Ok(None) };
    let (session, each) = loader.open(&next, capture)?;
    let mut each = each.into_iter();
    let first = each.next().unwrap_or(next);
    each.rev().for_each(|other| candidates.push_front(other));
    Ok(Some((first, session)))
}

fn feed(session: &mut Session, piece: &Piece) -> Result<Answer, Error> {
    let lost = |line: u64, message: String| {
        let problem = Problem { severity: Severity::Error, line, column: 0, message, excerpt: None };
        Ok(Answer::Records { shapes: Vec::new(), batches: Vec::new(), problems: vec![problem] })
    };
    match piece {
        Piece::Lines(Chunk { bytes, first_line }) => Ok(session.feed(bytes, *first_line)?),
        Piece::TooLong(line) => lost(*line, "the line is longer than the limit and was left out".to_owned()),
        Piece::CutOff(line) => lost(*line, "the command was stopped within this line, which was left out".to_owned()),
    }
}

/// Adds the line that a problem is about, where it is in one of the pieces.
fn excerpt<'a>(problem: &mut Problem, pieces: impl DoubleEndedIterator<Item = &'a Piece>) {
    let mut chunks = pieces.rev().filter_map(|piece| match piece {
        Piece::Lines(chunk) if chunk.first_line <= problem.line => Some(chunk),
        _ => None,
    });
    problem.excerpt = chunks.next().and_then(|chunk| Excerpt::of(&chunk.bytes, chunk.first_line, problem.line, problem.column));
}
