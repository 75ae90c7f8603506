//! What is true of any input, tried with inputs that nobody wrote: fixtures that were changed at random, and bytes from nowhere.
//! The generator is seeded with constants, so that a failure comes again.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "properties/captures.rs"]
mod captures;
#[path = "properties/df.rs"]
mod df;
#[path = "properties/random.rs"]
mod random;

use std::collections::BTreeMap;

use captures::{Sample, captures, parse};
use outparse::capture::lines::{Chunk, Ending, LineCutter, Piece};
use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Code, Limits, Sandbox};
use random::Random;

#[test]
fn the_built_components_import_nothing() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    for plugin in bundled() {
        // Loaded as anyone's plugin is: with imports it would be refused, and the error would name them.
        let loaded = sandbox.load(Code::Component { origin: plugin.name, bytes: &plugin.component() });
        assert_eq!(loaded.map(|loaded| loaded.description().name.clone()), Ok(plugin.name.to_owned()));
    }
}

#[test]
fn a_plugin_can_be_in_use_more_than_once() {
    let (first, second) = (Sandbox::new(Limits::default()).unwrap(), Sandbox::new(Limits::default()).unwrap());
    for plugin in bundled() {
        let loaded: Vec<_> = [&first, &first, &second].map(|sandbox| sandbox.load(Code::Bundled(plugin)).unwrap()).into();
        assert!(loaded.iter().all(|loaded| loaded.description().name == plugin.name));
    }
}

#[test]
fn any_split_of_a_capture_gives_the_same_records() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let mut random = Random::new(1);
    for Sample { name, parser, capture, bytes } in captures() {
        let whole = parse(&sandbox, &parser, &capture, &[&bytes]);
        for _ in 0..4 {
            let split = parse(&sandbox, &parser, &capture, &random.split(&bytes));
            assert_eq!(split, whole, "{name}");
        }
    }
}

#[test]
fn any_bytes_give_records_or_an_error() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let mut random = Random::new(2);
    let captures = captures();
    let mut tried = 0;
    let mut faults = BTreeMap::new();
    let mut check = |parser: &Candidate, capture: &Capture, bytes: &[u8], parts: &[&[u8]]| {
        tried += 1;
        if let Some(fault) = parse(&sandbox, parser, capture, parts).fault {
            faults.entry(parser.name()).or_insert_with(|| format!("{fault}\n{capture:?}: {}\n", bytes.escape_ascii()));
        }
    };
    for Sample { parser, capture, bytes, .. } in &captures {
        for _ in 0..8 {
            let other = &captures[random.below(captures.len())].bytes;
            let mutant = random.mutant(bytes, other);
            check(parser, capture, &mutant, &random.split(&mutant));
        }
    }
    let parsers = bundled().iter().flat_map(|plugin| (0..plugin.parsers.len()).map(|index| Candidate::Bundled(plugin, index)));
    for parser in parsers {
        for _ in 0..50 {
            let bytes = random.bytes(2000);
            check(&parser, &Capture::default(), &bytes, &[&bytes]);
        }
    }
    println!("{tried} inputs");
    assert!(faults.is_empty(), "{}", faults.into_values().collect::<String>());
}

#[test]
fn lines_are_cut_as_if_all_of_them_were_there_at_once() {
    let mut random = Random::new(3);
    for _ in 0..20_000 {
        let length = random.below(60);
        let bytes: Vec<u8> =
            (0..length).map(|_| if random.below(5) == 0 { b'\n' } else { b'a' + random.below(3) as u8 }).collect();
        let longest = random.below(12);
        let ending = if random.below(2) == 0 { Ending::Closed } else { Ending::CutOff };
        let mut cutter = LineCutter::new(longest);
        let mut pieces = Vec::new();
        for part in random.split(&bytes) {
            cutter.buffer().extend_from_slice(part);
            pieces.extend(cutter.cut());
        }
        pieces.extend(cutter.finish(ending));
        let cut: Vec<Piece> = pieces.into_iter().flat_map(by_line).collect();
        assert_eq!(cut, model(&bytes, longest, ending), "{} with lines of {longest}", bytes.escape_ascii());
    }
}

/// A chunk as one of each of its lines.
fn by_line(piece: Piece) -> Vec<Piece> {
    let Piece::Lines(Chunk { bytes, first_line }) = piece else { return vec![piece] };
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').zip(first_line..);
    lines.map(|(line, first_line)| Piece::Lines(Chunk { bytes: line.to_vec(), first_line })).collect()
}

/// What is said of the cutter, in other words.
fn model(bytes: &[u8], longest: usize, ending: Ending) -> Vec<Piece> {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').zip(1..);
    let piece = |(line, first_line): (&[u8], u64)| {
        if line.len() > longest {
            return Piece::TooLong(first_line);
        }
        if ending == Ending::CutOff && !line.ends_with(b"\n") {
            return Piece::CutOff(first_line);
        }
        Piece::Lines(Chunk { bytes: line.to_vec(), first_line })
    };
    lines.map(piece).collect()
}
