//! The fixtures of all plugins, and their parse through the sandbox.

use std::path::Path;

use outparse::error::Error;
use outparse::fixture::{Fixture, Unsaid, parse_parts};
use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Bundled, Ended, Sandbox};

/// A fixture.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) plugin: &'static Bundled,
    pub(crate) capture: Capture,
    pub(crate) bytes: Vec<u8>,
}

/// All fixtures of the plugins that ship with the program.
pub(crate) fn captures() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut captures = Vec::new();
    for plugin in bundled() {
        let Some((command, dialect)) = plugin.name.rsplit_once('-') else { continue };
        for fixture in Fixture::all(&root.join(command).join(dialect)).unwrap() {
            let capture = fixture.capture(&Unsaid::Command(command.to_owned())).unwrap();
            captures.push(Sample { name: fixture.name.clone(), plugin, capture, bytes: fixture.output().unwrap() });
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
pub(crate) fn parse(sandbox: &Sandbox, plugin: &'static Bundled, capture: &Capture, parts: &[&[u8]]) -> Outcome {
    match parse_parts(sandbox, &Candidate::Bundled(plugin, 0), capture, Ended::COMPLETE, parts) {
        (parsed, Ok(())) => Outcome { records: Some(parsed.records), problems: parsed.problems, fault: None },
        (_, Err(Error::Unrecognised { .. } | Error::Malformed { .. })) => Outcome::default(),
        (_, Err(error)) => Outcome { fault: Some(error.to_string()), ..Outcome::default() },
    }
}
