//! A blank cell moves nothing: each word of each fixture is blanked in turn, and what changes is that value alone, or a problem says so.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use outparse::fixture::{Parsed, of_bundled, parse_parts};
use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Ended, Limits, Sandbox};
use serde_json::{Map, Value};

/// Parsers whose input has no cells, where any text is as good as another or all of it decides what each cell is, or, with `wc`, where
/// files can be named like its numbers.
const WITHOUT_CELLS: [&str; 5] = ["env-posix", "table-any", "tr-posix", "uname-posix", "wc-posix"];

/// What is left of these is as good a capture as the whole: a row without a device goes on with the line before it, a line of `ls -lT`
/// without its year has another form, and a name of two words is a name and a type.
const AMBIGUOUS: [&str; 4] = [
    "debian-12-coreutils-9.1/device-is-empty",
    "written/two-captures-after-each-other",
    "freebsd-14/long-full-time",
    "macos-14/human-readable-type-without-inodes",
];

/// Words of a fixture that are tried; the others of a long one look the same.
const MOST_WORDS: usize = 60;

fn parse(sandbox: &Sandbox, parser: &Candidate, capture: &Capture, bytes: &[u8]) -> Option<(Vec<Map<String, Value>>, Parsed)> {
    let (parsed, ended) = parse_parts(sandbox, parser, capture, Ended::COMPLETE, &[bytes]);
    ended.ok()?;
    let records = parsed.records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Some((records, parsed))
}

/// Where the words of the lines after the first are.
fn words(bytes: &[u8]) -> Vec<(usize, usize)> {
    let start = bytes.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let mut words = Vec::new();
    let mut at = start;
    while at < bytes.len() {
        if matches!(bytes[at], b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().position(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(bytes.len() - at);
        words.push((at, at + length));
        at += length;
    }
    let step = words.len().div_ceil(MOST_WORDS).max(1);
    words.into_iter().step_by(step).collect()
}

/// Whether a value may have become another one when this word was blanked: it lost the word, or all of it.
fn may_become(before: Option<&Value>, after: Option<&Value>, word: &str) -> bool {
    match (before, after) {
        (before, after) if before == after => true,
        (_, None | Some(Value::Null)) => true,
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            after.iter().all(|item| before.iter().any(|before| may_become(Some(before), Some(item), word)))
        }
        (Some(Value::String(before)), Some(Value::String(after))) => {
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            let without = |(at, _): (usize, &str)| squeezed(&format!("{}{}", &before[..at], &before[at + word.len()..]));
            // What is nothing but blanks may be a name of blanks. Of two columns that say the same, the other may say it shorter.
            after.trim().is_empty()
                || before.starts_with(after.as_str())
                || before.match_indices(word).map(without).any(|rest| rest == squeezed(after))
        }
        _ => false,
    }
}

/// Titles, rules and the words of sentences are no cells.
fn is_syntax(word: &str, line: &str) -> bool {
    let title = |word: &str| !word.bytes().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let words = || line.split_whitespace();
    // The words of `mount` and `ping`, which are sentences.
    let sentence = ["->", "type", "on", "by", "ping", "ping6", "mounted"].contains(&word)
        || word.contains(['"', '('])
        || line.ends_with(')') && word.ends_with(',');
    sentence
        || word.contains('\\')
        || words().all(title) && words().count() > 1
        || words().count() == 1
        || words().next() == Some("total")
}

#[test]
fn a_blank_cell_moves_nothing() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let (mut tried, mut wrong) = (0, Vec::new());
    for plugin in bundled().iter().filter(|plugin| !WITHOUT_CELLS.contains(&plugin.name)) {
        for (fixture, capture, parser) in of_bundled(&sandbox, plugin, &root).unwrap() {
            let bytes = fixture.output().unwrap();
            let Some((before, clean)) = parse(&sandbox, &parser, &capture, &bytes) else { continue };
            // Where something is wrong before, one problem more or less says nothing.
            if AMBIGUOUS.contains(&fixture.name.as_str()) || before.is_empty() || !clean.problems.is_empty() {
                continue;
            }
            for (start, end) in words(&bytes) {
                let line_start = bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
                let line_end = bytes[end..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| end + at);
                let (Ok(word), line) =
                    (str::from_utf8(&bytes[start..end]), String::from_utf8_lossy(&bytes[line_start..line_end]))
                else {
                    continue;
                };
                if is_syntax(word, &line) {
                    continue;
                }
                let mut blanked = bytes.clone();
                blanked[start..end].fill(b' ');
                tried += 1;
                // An error, or one more problem, is a word.
                let Some((after, parsed)) = parse(&sandbox, &parser, &capture, &blanked) else { continue };
                if !parsed.problems.is_empty() {
                    continue;
                }
                let same = after.len() == before.len()
                    && before.iter().zip(&after).all(|(before, after)| {
                        after.keys().chain(before.keys()).all(|name| may_become(before.get(name), after.get(name), word))
                    });
                if !same {
                    let line = bytes[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
                    wrong.push(format!("{} {}: `{word}` in line {line}\n{}", plugin.name, fixture.name, parsed.records));
                }
            }
        }
    }
    assert!(tried > 3000, "only {tried} were tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
