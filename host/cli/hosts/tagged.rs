//! `parse --tagged`: the captures of many machines in one stream, a machine's name before each line, as `pdsh`, `clush` and
//! `parallel --tag` print them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use anyhow::Context;

use super::merge::Merge;
use super::outcomes::Outcomes;
use crate::cli::options::Options;
use crate::cli::output_file::OutputFile;
use crate::cli::report::Report;
use crate::cli::{progress, say};
use crate::error::Error;
use crate::hosts::{Answer, Count, Digests, Outcome, Target, Told, Verdict, in_one_line};
use crate::lines::{Ending, LineCutter, READ_SIZE};
use crate::parse::Parse;
use crate::registry::{Candidate, Capture, Config};
use crate::sandbox::Ended;

/// Lines without a name that are told of.
const SHOWN: u64 = 3;

/// Machines that one stream may have.
const MOST: usize = 100_000;

/// One machine's capture. Small ones wait for the end of the stream: a parser at work needs memory.
struct Tagged {
    target: Arc<Target>,
    cutter: LineCutter,
    held: usize,
    bytes: u64,
    parse: Option<Parse>,
    result: Result<(), Error>,
    count: Sink,
}

type Sink = Count<Box<dyn FnMut(Answer) -> anyhow::Result<()>>, Box<dyn FnMut(&Candidate) -> anyhow::Result<String>>>;

/// Parses what a stream holds. Returns the exit status.
pub(in crate::cli) fn parse(
    options: &Options,
    input: impl Read,
    capture: &Capture,
    candidates: &[Candidate],
    report: (Report, Option<OutputFile>),
    config: &Config,
) -> Result<u8, Error> {
    let (report, file) = report;
    let (stop, _stopped) = tokio::sync::watch::channel(false);
    let outcomes = Outcomes::new(options.hosts.outcomes.as_deref())?;
    let merge = std::rc::Rc::new(std::cell::RefCell::new(Merge::new(report, options, stop, outcomes)));
    let sandbox = config.sandbox()?;
    let digests = std::rc::Rc::new(Digests::default());
    let open = || Parse::new(sandbox.clone(), capture.clone(), candidates.to_vec());
    let (longest, component) = (sandbox.limits().line, sandbox.limits().component);

    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut all: Vec<Tagged> = Vec::new();
    let mut without = 0_u64;
    let mut input = BufReader::with_capacity(READ_SIZE, input);
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        // A line that is too long is cut here, and dropped where the lines of a capture are.
        let read = (&mut input).take(longest as u64 + 4096).read_until(b'\n', &mut line).context("the input cannot be read")?;
        if read == 0 {
            break;
        }
        number += 1;
        progress::read(read);
        let Some((name, rest)) = tag(&line) else {
            without += 1;
            if without <= SHOWN {
                say(format_args!("line {number} begins with no machine's name, and is left out"));
            }
            continue;
        };
        let place = match places.get(name) {
            Some(&place) => place,
            None if all.len() >= MOST => return Err(Error::Usage(format!("there are more than {MOST} machines in it"))),
            None => {
                let target = Arc::new(Target::new(crate::sandbox::plain(&String::from_utf8_lossy(name), 255)));
                places.insert(name.to_vec(), all.len());
                let (merge, told, digests) = (std::rc::Rc::clone(&merge), Arc::clone(&target), std::rc::Rc::clone(&digests));
                let tell = move |answer| {
                    merge.borrow_mut().take(Told { target: Arc::clone(&told), answer });
                    Ok(())
                };
                let count: Sink = Count::new(Box::new(tell), Box::new(move |candidate| digests.of(candidate, component)));
                let cutter = LineCutter::new(longest);
                all.push(Tagged { target, cutter, held: 0, bytes: 0, parse: None, result: Ok(()), count });
                all.len() - 1
            }
        };
        all[place].take(rest, &open);
    }
    if without > SHOWN {
        say(format_args!("… and {} more lines without a name", without - SHOWN));
    }
    for tagged in all {
        let outcome = tagged.finish(&open);
        let target = Arc::new(Target::new(outcome.host.clone()));
        merge.borrow_mut().take(Told { target, answer: Answer::Outcome(outcome) });
    }
    progress::end();
    let merge = std::rc::Rc::into_inner(merge).context("nobody else has the report any more")?.into_inner();
    let code = merge.conclude(options, None)?;
    file.map_or(Ok(()), OutputFile::keep)?;
    Ok(code)
}

impl Tagged {
    /// Takes a line.
    fn take(&mut self, line: &[u8], open: &dyn Fn() -> Result<Parse, Error>) {
        self.bytes += line.len() as u64;
        if self.result.is_err() {
            return;
        }
        self.cutter.buffer().extend_from_slice(line);
        self.held += line.len();
        if self.held >= READ_SIZE {
            self.held = 0;
            let pieces = self.cutter.cut();
            self.result = self.feed(pieces, open);
        }
    }

    fn feed(&mut self, pieces: Vec<crate::lines::Piece>, open: &dyn Fn() -> Result<Parse, Error>) -> Result<(), Error> {
        let parse = match &mut self.parse {
            Some(parse) => parse,
            none => none.insert(open()?),
        };
        pieces.into_iter().try_for_each(|piece| parse.feed(piece, &mut self.count))
    }

    /// Ends the capture.
    fn finish(mut self, open: &dyn Fn() -> Result<Parse, Error>) -> Outcome {
        if self.result.is_ok() {
            let pieces = self.cutter.finish(Ending::Closed);
            let fed = self.feed(pieces, open);
            self.result = fed.and_then(|()| match &mut self.parse {
                Some(parse) => parse.finish(Ended::COMPLETE, &mut self.count),
                None => Ok(()),
            });
        }
        let verdict = if self.result.is_ok() { Verdict::Ok } else { Verdict::RefusedByParser };
        let mut outcome = Outcome::new(&self.target.name, verdict);
        outcome.bytes = self.bytes;
        outcome.message = self.result.as_ref().err().map(in_one_line);
        self.count.counted().into_outcome(&mut outcome);
        outcome
    }
}

/// A machine's name and the line behind it: parted by a colon and a blank, or by a tab. A line that is empty may lack the blank.
fn tag(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = line.iter().position(|&byte| byte == b'\t' || byte == b' ' || byte == b'\n')?;
    let (name, rest) = line.split_at(end);
    match (name.strip_suffix(b":"), rest[0]) {
        (Some(name), b' ') if !name.is_empty() => Some((name, &rest[1..])),
        (Some(name), b'\n') if !name.is_empty() => Some((name, rest)),
        (None, b'\t') if !name.is_empty() => Some((name, &rest[1..])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_with_a_colon_or_a_tab() {
        let read = |line: &'static str| tag(line.as_bytes());
        assert_eq!(read("web1: a b\n"), Some((&b"web1"[..], &b"a b\n"[..])));
        assert_eq!(read("web1:   a\n"), Some((&b"web1"[..], &b"  a\n"[..])));
        assert_eq!(read("web1:\n"), Some((&b"web1"[..], &b"\n"[..])));
        assert_eq!(read("web1\ta: b\n"), Some((&b"web1"[..], &b"a: b\n"[..])));
        assert_eq!(read("::1: a\n"), Some((&b"::1"[..], &b"a\n"[..])));
        for line in ["a b: c\n", "\n", ": x\n", "\tx\n", "word\n"] {
            assert_eq!(read(line), None, "{line:?}");
        }
    }
}
