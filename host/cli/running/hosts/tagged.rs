//! `parse --tagged`: the captures of many machines in one stream, a machine's name before each line, as `pdsh`, `clush` and
//! `parallel --tag` print them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use anyhow::Context;

use super::merge::Merge;
use super::outcomes::Outcomes;
use crate::options::Options;
use crate::printing::output_file::OutputFile;
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::say;
use outparse::capture::lines::{Ending, LineCutter, Piece, READ_SIZE};
use outparse::error::Error;
use outparse::parse::Parse;
use outparse::registry::{Candidate, Capture, Config};
use outparse::sandbox::{Ended, Sandbox};
use outparse::words::plain;
use outparse_hosts::{Answer, Count, Counted, Digests, Outcome, Target, Told, Verdict};

/// Lines without a name that are told of.
const SHOWN: u64 = 3;

/// Machines that one stream may have.
const MOST: usize = 100_000;

/// One machine's capture. Small ones wait for the end of the stream: a parser at work needs memory.
struct Tagged {
    target: Arc<Target>,
    /// What has come and is not cut yet.
    held: Vec<u8>,
    cutter: LineCutter,
    bytes: u64,
    parse: Option<Parse>,
    result: Result<(), Error>,
    counted: Counted,
}

/// What all captures share.
struct Parser<'a> {
    sandbox: Sandbox,
    capture: &'a Capture,
    candidates: &'a [Candidate],
    digests: Digests,
    merge: Merge,
}

/// Parses what a stream holds. Returns the exit status.
pub(crate) fn parse(
    options: &Options,
    input: impl Read,
    capture: &Capture,
    candidates: &[Candidate],
    printer: (Printer, Option<OutputFile>),
    config: &Config,
) -> Result<u8, Error> {
    let (printer, file) = printer;
    let (stop, _stopped) = tokio::sync::watch::channel(false);
    let outcomes = Outcomes::new(options.hosts.outcomes.as_deref())?;
    let merge = Merge::new(printer, options, stop, outcomes);
    let mut parser = Parser { sandbox: config.sandbox()?, capture, candidates, digests: Digests::default(), merge };
    let longest = parser.sandbox.limits().line;

    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut all: Vec<Tagged> = Vec::new();
    let mut without = 0_u64;
    let mut input = BufReader::with_capacity(READ_SIZE, input);
    let mut line = Vec::new();
    let mut number = 0_u64;
    // The machine whose line was too long to be read at once.
    let mut unended: Option<usize> = None;
    loop {
        line.clear();
        // A line that is too long is cut here; the capture's own line limit then drops it.
        let read = (&mut input).take(longest as u64 + 4096).read_until(b'\n', &mut line).context("the input cannot be read")?;
        if read == 0 {
            break;
        }
        progress::read(read);
        if let Some(place) = unended.take() {
            // Only its beginning has a name: what follows, whatever it looks like, is the same machine's.
            all[place].take(&line, &mut parser);
            unended = (!line.ends_with(b"\n")).then_some(place);
            continue;
        }
        number += 1;
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
                let target = Arc::new(Target::new(plain(&String::from_utf8_lossy(name), 255)));
                places.insert(name.to_vec(), all.len());
                all.push(Tagged::new(target, longest));
                all.len() - 1
            }
        };
        all[place].take(rest, &mut parser);
        unended = (!line.ends_with(b"\n")).then_some(place);
    }
    if without > SHOWN {
        say(format_args!("… and {} more lines without a name", without - SHOWN));
    }
    for tagged in all {
        let target = Arc::clone(&tagged.target);
        let outcome = tagged.finish(&mut parser);
        parser.merge.take(Told { target, answer: Answer::Outcome(outcome) });
    }
    progress::end();
    let code = parser.merge.conclude(options, None)?;
    file.map_or(Ok(()), OutputFile::keep)?;
    Ok(code)
}

impl Tagged {
    fn new(target: Arc<Target>, longest: usize) -> Tagged {
        let cutter = LineCutter::new(longest);
        Tagged { target, held: Vec::new(), cutter, bytes: 0, parse: None, result: Ok(()), counted: Counted::default() }
    }

    /// Takes a line.
    fn take(&mut self, line: &[u8], parser: &mut Parser<'_>) {
        self.bytes += line.len() as u64;
        if self.result.is_err() {
            return;
        }
        self.held.extend_from_slice(line);
        if self.held.len() >= READ_SIZE {
            self.cutter.buffer().append(&mut self.held);
            let pieces = self.cutter.cut();
            self.result = self.feed(pieces, parser, None);
        }
    }

    /// Feeds a part of the capture, and its end, if it has come.
    fn feed(&mut self, pieces: Vec<Piece>, parser: &mut Parser<'_>, ended: Option<Ended>) -> Result<(), Error> {
        let parse = match &mut self.parse {
            Some(parse) => parse,
            none => none.insert(Parse::new(parser.sandbox.clone(), parser.capture.clone(), parser.candidates.to_vec())?),
        };
        let (merge, digests, target) = (&mut parser.merge, &parser.digests, &self.target);
        let component = parser.sandbox.limits().component;
        let tell = |answer| {
            merge.take(Told { target: Arc::clone(target), answer });
            Ok(())
        };
        let mut count = Count::new(std::mem::take(&mut self.counted), tell, |candidate: &_| digests.of(candidate, component));
        let fed = pieces.into_iter().try_for_each(|piece| parse.feed(piece, &mut count));
        let fed = fed.and_then(|()| ended.map_or(Ok(()), |ended| parse.finish(ended, &mut count)));
        self.counted = count.counted();
        fed
    }

    /// Ends the capture.
    fn finish(mut self, parser: &mut Parser<'_>) -> Outcome {
        if self.result.is_ok() {
            self.cutter.buffer().append(&mut self.held);
            let pieces = self.cutter.finish(Ending::Closed);
            self.result = self.feed(pieces, parser, Some(Ended::COMPLETE));
        }
        let verdict = if self.result.is_ok() { Verdict::Ok } else { Verdict::RefusedByParser };
        let mut outcome = Outcome::new(&self.target.name, verdict);
        outcome.bytes = self.bytes;
        outcome.message = self.result.as_ref().err().map(Error::in_one_line);
        self.counted.into_outcome(&mut outcome);
        outcome
    }
}

/// A machine's name and the line after it, separated by a colon and a blank, or by a tab. An empty line may lack the blank.
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
