//! `outparse which <command>`: the parsers that would be tried, in order, and why; and what each answers to a capture. A file may stand
//! in the place of the command.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use arrow_array::RecordBatch;
use serde::Serialize;

use crate::options::{self, Options};
use crate::printing::listing;
use crate::printing::saying::say;
use crate::running::capture;
use outparse::capture::command::implementation;
use outparse::capture::lines::{Ending, LineCutter};
use outparse::error::Error;
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::{Candidate, Capture, Config};
use outparse::sandbox::{Ended, Sandbox};
use outparse::schema::{About, Shape};
use outparse::words::plain;

/// Bytes of a digest that are shown: enough to tell plugins apart.
const SHORT: usize = 12;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Run the command once, or read the file, and say what each parser answers
    #[arg(long = "try")]
    run: bool,
    /// Say what each parser answers to this capture; `-` for standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "run")]
    input: Option<PathBuf>,
    /// The command and its arguments, or a file
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// A parser, and why it stands where it does.
#[derive(Serialize)]
struct Place {
    name: String,
    version: Option<String>,
    origin: String,
    sha256: Option<String>,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

/// What a parser answered to the capture.
#[derive(Serialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
enum Answer {
    /// It knows this.
    Recognised { records: usize, problems: usize, used: bool },
    /// It does not: what it expected, and where.
    Unrecognised {
        line: u64,
        column: u32,
        expected: String,
        /// The line and the column in words.
        #[serde(skip)]
        place: String,
    },
    /// It could not go on.
    Failed { error: String, used: bool },
}

/// Prints a line for each parser. Returns the exit status.
pub(crate) fn which(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    listing::as_json(options)?;
    let config = Config::read()?;
    let words = &arguments.command;
    let text = options::as_text(words);
    let file = file(words).and_then(|path| Some((path, options.rank_file(path, &config).ok()?)));
    let (ranking, path) = match file {
        Some((path, ranking)) => (ranking, Some(path)),
        None => {
            // A capture may be from anywhere.
            let here = words.first().filter(|_| arguments.input.is_none());
            (options.rank(&text, here.and_then(implementation).as_deref(), &config)?, None)
        }
    };
    let limits = config.limits();
    let sandbox = config.sandbox()?;
    let mut places: Vec<Place> = ranking
        .candidates
        .iter()
        .map(|(candidate, reason)| Place::new(candidate, &reason.to_string(), limits.component))
        .collect();
    if let Some(capture) = capture(options, arguments, path)? {
        let subject = match path {
            Some(path) => options.capture_of_file(path),
            None if arguments.run => options.live_capture(&text),
            None => options.capture(&text, text.len() > ranking.words),
        };
        let mut settled = false;
        for (place, (candidate, _)) in places.iter_mut().zip(&ranking.candidates) {
            let answer = ask(candidate, &sandbox, &subject, &capture, settled);
            settled |= !matches!(answer, Answer::Unrecognised { .. });
            place.answer = Some(answer);
        }
    } else if path.is_some() {
        say("nothing was read: `--try` reads the file, `--input FILE` a copy of it, and both show what each parser answers");
    } else {
        say("nothing was run: `--try` runs the command, `--input FILE` reads a capture, and both show what each parser answers");
    }
    listing::print(options, &places, || {
        places.iter().enumerate().map(|(index, place)| format!("{}. {}\n", index + 1, place.text())).collect()
    })?;
    Ok(0)
}

/// The path of a file that stands in the place of a command, which may be a path too.
fn file(words: &[OsString]) -> Option<&str> {
    let [word] = words else { return None };
    word.to_str().filter(|word| word.contains('/'))
}

/// The output of the command or what the file holds, where that is asked for.
fn capture(options: &Options, arguments: &Arguments, file: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    let path = match (file.map(Path::new), &arguments.input) {
        (_, Some(path)) => path,
        (Some(path), None) if arguments.run => path,
        (None, None) if arguments.run => return Ok(Some(capture::capture(options, &arguments.command)?.bytes)),
        _ => return Ok(None),
    };
    let mut bytes = Vec::new();
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?)
    };
    let most = capture::MOST_BYTES as u64;
    input.take(most + 1).read_to_end(&mut bytes).with_context(|| format!("`{}` cannot be read", path.display()))?;
    if bytes.len() as u64 > most {
        return Err(Error::Declined { why: format!("the capture has more than {} MiB", most >> 20), hint: None });
    }
    Ok(Some(bytes))
}

impl Place {
    fn new(candidate: &Candidate, reason: &str, most: u64) -> Place {
        Place {
            name: candidate.name(),
            version: candidate.version().map(str::to_owned),
            origin: candidate.origin(),
            sha256: candidate.sha256(most).ok(),
            reason: reason.to_owned(),
            answer: None,
        }
    }

    fn text(&self) -> String {
        let version = self.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let origin = if self.origin == self.name { "a file" } else { &self.origin };
        let digest = self.sha256.as_deref().map(|digest| format!(", {}", &digest[..SHORT])).unwrap_or_default();
        let place = plain(&format!("{}{version} ({origin}{digest}): {}", self.name, self.reason), 1000);
        match &self.answer {
            Some(answer) => format!("{place}\n   {}", plain(&answer.text(), 1000)),
            None => place,
        }
    }
}

impl Answer {
    fn text(&self) -> String {
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let used = |used: &bool| if *used { "" } else { "; not used: one before it answered" };
        match self {
            Answer::Recognised { records, problems, used: first } => {
                format!("recognised: {}, {}{}", count(*records, "record"), count(*problems, "problem"), used(first))
            }
            Answer::Unrecognised { expected, place, .. } if place.is_empty() => format!("not recognised: {expected}"),
            Answer::Unrecognised { expected, place, .. } => format!("not recognised: {place}: {expected}"),
            Answer::Failed { error, used: first } => format!("failed: {error}{}", used(first)),
        }
    }
}

/// What one parser answers to a capture. `settled` says that one before it took the capture.
fn ask(candidate: &Candidate, sandbox: &Sandbox, subject: &Capture, capture: &[u8], settled: bool) -> Answer {
    let mut count = Count::default();
    let mut parse = || {
        let mut parse = Parse::new(sandbox.clone(), subject.clone(), vec![candidate.clone()])?;
        let mut cutter = LineCutter::new(sandbox.limits().line);
        for part in capture.chunks(outparse::capture::lines::READ_SIZE) {
            cutter.buffer().extend_from_slice(part);
            cutter.cut().into_iter().try_for_each(|piece| parse.feed(piece, &mut count))?;
        }
        cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut count))?;
        parse.finish(Ended::COMPLETE, &mut count)
    };
    let used = !settled;
    match parse() {
        Ok(()) => Answer::Recognised { records: count.records, problems: count.problems, used },
        Err(Error::Unrecognised { mut refusals, .. }) if !refusals.is_empty() => {
            let (_, problem) = refusals.remove(0);
            Answer::Unrecognised { place: problem.place(), line: problem.line, column: problem.column, expected: problem.message }
        }
        Err(error) => Answer::Failed { error: error.to_string(), used },
    }
}

/// Counts what comes of a parse.
#[derive(Default)]
struct Count {
    records: usize,
    problems: usize,
}

impl Sink for Count {
    fn start(&mut self, _: &Arc<About>) -> anyhow::Result<()> {
        Ok(())
    }

    fn records(&mut self, _: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        self.records += batch.num_rows();
        Ok(())
    }

    fn problem(&mut self, _: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        Ok(())
    }
}
