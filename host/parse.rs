//! Parses a capture: offers it to the parsers in turn until one recognises it, and keeps the records in order.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::RecordBatch;

use crate::error::Error;
use crate::excerpt::Excerpt;
use crate::lines::{Chunk, Piece};
use crate::problem::{Problem, SHOWN, Severity};
use crate::registry::Candidate;
use crate::sandbox::{Answer, Plugin, Refusal, Sandbox, Session, Source};
use crate::schema::About;

/// Problems that are kept until a parser is settled.
const MOST_PROBLEMS_KEPT: usize = 20_000;

/// Takes the outcome of a parse.
pub trait Sink {
    /// This one is about to be the parser that is settled on.
    fn chosen(&mut self, _: &Candidate) -> anyhow::Result<()> {
        Ok(())
    }
    /// The parser is settled: all that follows is its. Called once, before the others, unless the parse fails before.
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()>;
    /// More records.
    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()>;
    /// Something could not be understood.
    fn problem(&mut self, problem: Problem) -> anyhow::Result<()>;
    /// No more input is there at the moment: what was taken should be seen now.
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
    sandbox: Sandbox,
    source: Source,
    candidates: VecDeque<Candidate>,
    /// The one that is at work.
    current: Candidate,
    session: Session,
    /// Problems that have been given the line they are about.
    excerpts: u64,
    /// The parsers that did not recognise the capture, and why.
    refusals: Vec<(String, Problem)>,
    state: State,
}

enum State {
    /// No record yet: the parser may still refuse, and the next one needs these from the start.
    Undecided { pieces: Vec<Piece>, bytes: usize, problems: Vec<Problem> },
    /// There is no way back. The last piece is of use only to show what is wrong in it.
    Settled { last: Option<Piece> },
}

impl Parse {
    /// Loads the first of the candidates. The others are loaded when they are needed.
    pub fn new(sandbox: Sandbox, source: Source, candidates: Vec<Candidate>) -> Result<Parse, Error> {
        let mut candidates = VecDeque::from(candidates);
        let first =
            candidates.pop_front().ok_or_else(|| Error::NoParser { command: source.program.clone(), known: Vec::new() })?;
        let session = open(&sandbox, &source, &first)?;
        let state = State::Undecided { pieces: Vec::new(), bytes: 0, problems: Vec::new() };
        Ok(Parse { sandbox, source, candidates, current: first, session, excerpts: 0, refusals: Vec::new(), state })
    }

    /// Parses the next piece.
    pub fn feed(&mut self, piece: Piece, sink: &mut dyn Sink) -> Result<(), Error> {
        let State::Undecided { pieces, bytes, .. } = &mut self.state else {
            let mut answer = feed(&mut self.session, &piece)?;
            self.excerpt(&mut answer, std::slice::from_ref(&piece));
            self.state = State::Settled { last: Some(piece) };
            return self.take(answer, sink).map(drop);
        };
        if let Piece::Lines(chunk) = &piece {
            *bytes += chunk.bytes.len();
        }
        let too_many = *bytes > self.sandbox.limits().replay;
        let newest = pieces.len();
        pieces.push(piece);
        self.replay(newest, sink)?;
        if too_many {
            self.settle(sink)?;
        }
        Ok(())
    }

    /// Ends the capture.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        loop {
            let mut answer = self.session.finish()?;
            let pieces = match &mut self.state {
                State::Undecided { pieces, .. } => std::mem::take(pieces),
                State::Settled { last } => last.take().into_iter().collect(),
            };
            self.excerpt(&mut answer, &pieces);
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
                self.excerpt(&mut answer, &kept);
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
            (Answer::Records { batch: None, problems: new }, State::Undecided { problems, .. }) => {
                problems.extend(new);
                // Who complains so much has recognised something; and nothing that is kept may grow without end.
                if problems.len() > MOST_PROBLEMS_KEPT {
                    self.settle(sink)?;
                }
            }
            (Answer::Records { batch, problems }, _) => {
                self.settle(sink)?;
                if let Some(batch) = batch {
                    sink.records(batch)?;
                }
                problems.into_iter().try_for_each(|problem| sink.problem(problem))?;
            }
            (Answer::Refusal(Refusal::Unrecognised(why)), State::Undecided { problems, .. }) => {
                problems.clear();
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

    fn next_candidate(&mut self) -> Result<(), Error> {
        let Some(next) = self.candidates.pop_front() else {
            return Err(Error::Unrecognised {
                command: self.source.program.clone(),
                refusals: std::mem::take(&mut self.refusals),
            });
        };
        self.session = open(&self.sandbox, &self.source, &next)?;
        self.current = next;
        Ok(())
    }

    /// The plugin that is at work, for messages.
    fn plugin(&self) -> String {
        let about = self.session.about();
        format!("{} {}", about.name, about.version)
    }

    /// Adds the lines to the problems that will be shown.
    fn excerpt(&mut self, answer: &mut Answer, pieces: &[Piece]) {
        let problems = match answer {
            Answer::Records { problems, .. } => problems.as_mut_slice(),
            // It ends the parse, or this plugin's part in it, and is always shown.
            Answer::Refusal(Refusal::Unrecognised(why) | Refusal::Malformed(why)) => return excerpt(why, pieces),
        };
        for problem in problems.iter_mut().take(SHOWN.saturating_sub(self.excerpts) as usize) {
            self.excerpts += 1;
            excerpt(problem, pieces);
        }
    }

    /// Makes the parser the one whose records these are.
    fn settle(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        if !matches!(self.state, State::Undecided { .. }) {
            return Ok(());
        }
        if let State::Undecided { problems, .. } = std::mem::replace(&mut self.state, State::Settled { last: None }) {
            tracing::debug!("parsing results with {} {}", self.session.about().name, self.session.about().version);
            sink.chosen(&self.current)?;
            sink.start(self.session.about())?;
            problems.into_iter().try_for_each(|problem| sink.problem(problem))?;
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

fn open(sandbox: &Sandbox, source: &Source, candidate: &Candidate) -> Result<Session, Error> {
    let mut plugin: Plugin = candidate.load(sandbox)?;
    Ok(plugin.session(source)?)
}

fn feed(session: &mut Session, piece: &Piece) -> Result<Answer, Error> {
    let lost = |line: u64, message: String| {
        let problem = Problem { severity: Severity::Error, line, column: 0, message, excerpt: None };
        Ok(Answer::Records { batch: None, problems: vec![problem] })
    };
    match piece {
        Piece::Lines(Chunk { bytes, first_line }) => Ok(session.feed(bytes, *first_line)?),
        Piece::TooLong(line) => lost(*line, "the line is longer than the limit and was left out".to_owned()),
        Piece::CutOff(line) => lost(*line, "the command was stopped within this line, which was left out".to_owned()),
    }
}

/// Adds the line that a problem is about, where it is in one of the pieces.
fn excerpt(problem: &mut Problem, pieces: &[Piece]) {
    let chunks = pieces.iter().rev().filter_map(|piece| match piece {
        Piece::Lines(chunk) if chunk.first_line <= problem.line => Some(chunk),
        _ => None,
    });
    problem.excerpt = chunks.take(1).find_map(|chunk| Excerpt::of(chunk, problem.line, problem.column));
}
