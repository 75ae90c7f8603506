//! The fixtures of all plugins, and their parse through the sandbox.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use outparse::error::Error;
use outparse::lines::{Ending, LineCutter};
use outparse::output::{BadText, Format, Texts, Writer, writer};
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Bundled, Sandbox, Source};
use outparse::schema::About;

/// A fixture.
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) plugin: &'static Bundled,
    pub(crate) source: Source,
    pub(crate) bytes: Vec<u8>,
}

/// All fixtures of the plugins that ship with the program.
pub(crate) fn captures() -> Vec<Capture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut captures = Vec::new();
    for plugin in bundled() {
        let Some((command, dialect)) = plugin.name.rsplit_once('-') else { continue };
        let fixtures = root.join(command).join(dialect).join("fixtures");
        for case in below(&fixtures).iter().flat_map(|platform| below(platform)) {
            let Ok(bytes) = fs::read(case.join("output")) else { continue };
            let arguments = fs::read_to_string(case.join("command")).ok();
            let arguments = arguments.map(|words| words.lines().skip(1).map(str::to_owned).collect());
            let source = Source { program: command.to_owned(), arguments, platform: None };
            captures.push(Capture { name: case.display().to_string(), plugin, source, bytes });
        }
    }
    assert!(captures.len() > 100, "the fixtures are not where they were");
    captures
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut below: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    below.sort();
    below
}

/// What came of a parse.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// A record a line, as JSON. None when it ended with an error: how much came before depends on how the input was cut.
    pub(crate) records: Option<String>,
    pub(crate) problems: Vec<String>,
    /// What the plugin did wrong: it trapped, or broke the interface.
    pub(crate) fault: Option<String>,
}

/// Parses a capture that arrives in these parts.
pub(crate) fn parse(sandbox: &Sandbox, plugin: &'static Bundled, source: &Source, parts: &[&[u8]]) -> Outcome {
    let mut collected = Collected::default();
    let mut run = || {
        let mut parse = Parse::new(sandbox.clone(), source.clone(), vec![Candidate::Bundled(plugin)])?;
        let mut cutter = LineCutter::new(sandbox.limits().line);
        for part in parts {
            cutter.buffer().extend_from_slice(part);
            cutter.cut().into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        }
        cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        parse.finish(&mut collected)
    };
    match run() {
        Ok(()) => {
            let records = String::from_utf8(collected.lines.0.lock().unwrap().clone()).unwrap();
            let mut problems: Vec<String> =
                collected.problems.iter().map(|problem| format!("{}: {problem}", problem.severity)).collect();
            problems.sort();
            Outcome { records: Some(records), problems, fault: None }
        }
        Err(Error::Unrecognised { .. } | Error::Malformed { .. }) => Outcome::default(),
        Err(error) => Outcome { fault: Some(error.to_string()), ..Outcome::default() },
    }
}

#[derive(Default)]
struct Collected {
    lines: Shared,
    writer: Option<Box<dyn Writer + Send>>,
    problems: Vec<Problem>,
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
        self.writer = Some(writer(Format::Jsonl, &about.schema, Box::new(self.lines.clone()), None)?);
        Ok(())
    }
    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()> {
        self.writer.as_mut().unwrap().write(&Texts::new(BadText::Escape).printable(batch)?)
    }
    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems.push(problem);
        Ok(())
    }
}
