//! The fixtures of all plugins, and their parse through the sandbox.

use std::fs;
use std::path::{Path, PathBuf};

use outparse::error::Error;
use outparse::fixture::parse_parts;
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Bundled, Sandbox, Source};

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
    match parse_parts(sandbox, &Candidate::Bundled(plugin), source, parts) {
        (parsed, Ok(())) => Outcome { records: Some(parsed.records), problems: parsed.problems, fault: None },
        (_, Err(Error::Unrecognised { .. } | Error::Malformed { .. })) => Outcome::default(),
        (_, Err(error)) => Outcome { fault: Some(error.to_string()), ..Outcome::default() },
    }
}
