//! Parses a capture: offers it to the parsers in turn until one recognises it, and keeps the records in order.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::RecordBatch;

use crate::error::Error;
use crate::lines::{Chunk, Piece};
use crate::problem::{Problem, Severity};
use crate::registry::Candidate;
use crate::sandbox::{Answer, Plugin, Refusal, Sandbox, Session, Source};
use crate::schema::About;

/// Problems that are kept until a parser is settled.
const MOST_PROBLEMS_KEPT: usize = 20_000;

/// Takes the outcome of a parse.
pub trait Sink {
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
    session: Session,
    /// The parsers that did not recognise the capture, and why.
    refusals: Vec<(String, Problem)>,
    state: State,
}

enum State {
    /// No record yet: the parser may still refuse, and the next one needs these from the start.
    Undecided { pieces: Vec<Piece>, bytes: usize, problems: Vec<Problem> },
    /// There is no way back.
    Settled,
}

impl Parse {
    /// Loads the first of the candidates. The others are loaded when they are needed.
    pub fn new(sandbox: Sandbox, source: Source, candidates: Vec<Candidate>) -> Result<Parse, Error> {
        let mut candidates = VecDeque::from(candidates);
        let first =
            candidates.pop_front().ok_or_else(|| Error::NoParser { command: source.program.clone(), known: Vec::new() })?;
        let session = open(&sandbox, &source, &first)?;
        let state = State::Undecided { pieces: Vec::new(), bytes: 0, problems: Vec::new() };
        Ok(Parse { sandbox, source, candidates, session, refusals: Vec::new(), state })
    }

    /// Parses the next piece.
    pub fn feed(&mut self, piece: Piece, sink: &mut dyn Sink) -> Result<(), Error> {
        let State::Undecided { pieces, bytes, .. } = &mut self.state else {
            let answer = feed(&mut self.session, &piece)?;
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
            let answer = self.session.finish()?;
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
                let answer = feed(&mut self.session, piece)?;
                if self.take(answer, sink)? == Taken::Refused {
                    refused = true;
                    break;
                }
            }
            if let State::Undecided { pieces, .. } = &mut self.state {
                *pieces = kept;
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
                self.refusals.push((self.session.about().name.clone(), why));
                self.next_candidate()?;
                return Ok(Taken::Refused);
            }
            (Answer::Refusal(Refusal::Unrecognised(why) | Refusal::Malformed(why)), _) => {
                let plugin = self.session.about();
                return Err(Error::Malformed { plugin: format!("{} {}", plugin.name, plugin.version), problem: why });
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
        Ok(())
    }

    /// Makes the parser the one whose records these are.
    fn settle(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        if let State::Undecided { problems, .. } = std::mem::replace(&mut self.state, State::Settled) {
            tracing::debug!("parsing results with {} {}", self.session.about().name, self.session.about().version);
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
        let problem = Problem { severity: Severity::Error, line, column: 0, message };
        Ok(Answer::Records { batch: None, problems: vec![problem] })
    };
    match piece {
        Piece::Lines(Chunk { bytes, first_line }) => Ok(session.feed(bytes, *first_line)?),
        Piece::TooLong(line) => lost(*line, "the line is longer than the limit and was left out".to_owned()),
        Piece::CutOff(line) => lost(*line, "the command was stopped within this line, which was left out".to_owned()),
    }
}
