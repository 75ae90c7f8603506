//! `outparse which <command>`: the parsers that would be tried, in order, and why.

use std::ffi::OsString;
use std::path::Path;

use super::options::{self, Options};
use super::run::implementation;
use crate::error::Error;
use crate::registry::{Candidate, Config};

/// Prints a line for each parser. Returns the exit status.
pub(super) fn which(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let config = Config::read()?;
    let implementation = words.first().and_then(|program| implementation(Path::new(program)));
    let ranking = options.rank(&options::as_text(words), implementation.as_deref(), &config)?;
    let mut lines = String::new();
    for (place, (candidate, reason)) in ranking.candidates.iter().enumerate() {
        let version = match candidate {
            Candidate::Bundled(bundled) => bundled.version,
            Candidate::File(_) | Candidate::Memory { .. } => "",
        };
        let origin = match candidate {
            Candidate::Bundled(_) => "bundled",
            Candidate::File(_) | Candidate::Memory { .. } => "file",
        };
        lines.push_str(&format!("{}. {} {version} ({origin}): {reason}\n", place + 1, candidate.name()));
    }
    super::print(&lines)?;
    Ok(0)
}
