//! The fixtures of all plugins, and their parse through the sandbox.

use std::path::Path;

use outparse::error::Error;
use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Ended, Limits, Sandbox};
use outparse_authoring::fixture::{of_bundled, parse_parts};

/// A fixture.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) parser: Candidate,
    pub(crate) capture: Capture,
    pub(crate) bytes: Vec<u8>,
}

/// All fixtures of the plugins that ship with the program.
pub(crate) fn captures() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let mut captures = Vec::new();
    for plugin in bundled() {
        for (fixture, capture, parser) in of_bundled(&sandbox, plugin, &root).unwrap() {
            captures.push(Sample { name: fixture.name.clone(), parser, capture, bytes: fixture.output().unwrap() });
        }
    }
    assert!(captures.len() > 100, "the fixtures are not where they were");
    captures
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
pub(crate) fn parse(sandbox: &Sandbox, parser: &Candidate, capture: &Capture, parts: &[&[u8]]) -> Outcome {
    match parse_parts(sandbox, parser, capture, Ended::COMPLETE, parts) {
        (parsed, Ok(())) => Outcome { records: Some(parsed.records), problems: parsed.problems, fault: None },
        (_, Err(Error::Unrecognised { .. } | Error::Malformed { .. })) => Outcome::default(),
        (_, Err(error)) => Outcome { fault: Some(error.to_string()), ..Outcome::default() },
    }
}
