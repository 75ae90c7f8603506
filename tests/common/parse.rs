//! Parses a capture through the sandbox, and keeps everything that comes of it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use outparse::error::Error;
use outparse::lines::{Ending, LineCutter};
use outparse::output::{BadText, Format, Screen, Texts, Writer, writer};
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::Candidate;
use outparse::sandbox::{Sandbox, Source};
use outparse::schema::About;

/// Parses a capture that arrives in these parts, with one parser.
pub(crate) fn parse_parts(
    sandbox: &Sandbox,
    parser: &Candidate,
    source: &Source,
    parts: &[&[u8]],
) -> (Parsed, Result<(), Error>) {
    let mut collected = Collected::default();
    let mut run = || {
        let mut parse = Parse::new(sandbox.clone(), source.clone(), vec![parser.clone()])?;
        let mut cutter = LineCutter::new(sandbox.limits().line);
        for part in parts {
            cutter.buffer().extend_from_slice(part);
            cutter.cut().into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        }
        cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        parse.finish(&mut collected)
    };
    let ended = run();
    (collected.parsed(), ended)
}

/// What came of a capture.
pub(crate) struct Parsed {
    /// A record a line, as JSON.
    pub(crate) records: String,
    /// With their severity, in the order of the alphabet: how they are batched depends on how the capture arrived.
    pub(crate) problems: Vec<String>,
}

#[derive(Default)]
struct Collected {
    lines: Shared,
    writer: Option<Box<dyn Writer + Send>>,
    problems: Vec<String>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink for Collected {
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.writer = Some(writer(Format::Jsonl, &about.schema, Box::new(self.lines.clone()), Screen::default())?);
        Ok(())
    }
    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()> {
        self.writer.as_mut().unwrap().write(&Texts::new(BadText::Escape).printable(batch)?)
    }
    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems.push(format!("{}: {problem}", problem.severity));
        Ok(())
    }
}

impl Collected {
    fn parsed(mut self) -> Parsed {
        self.problems.sort();
        Parsed { records: String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap(), problems: self.problems }
    }
}
