//! Arguments that lose nothing, by what a machine is: asked of a parser once for all machines that are alike.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use outparse::error::Error;
use outparse::registry::Candidate;
use outparse::sandbox::Sandbox;

/// What tells machines apart here: the parser that is tried first.
type Parser = String;

/// The arguments of the one command, by the parser for it. None where it knows no better ones.
#[derive(Default)]
pub(super) struct Exacts(Mutex<HashMap<Parser, Option<Vec<String>>>>);

impl Exacts {
    /// The command with arguments that lose nothing, by the first of these parsers. None where those that it has are as good.
    pub(super) fn of(
        &self,
        words: &[String],
        candidates: &[Candidate],
        sandbox: &Sandbox,
    ) -> Result<Option<Vec<OsString>>, Error> {
        let (Some(first), Some(program)) = (candidates.first(), words.first()) else { return Ok(None) };
        // One at a time: the machines that wait for this are answered from what it finds.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = first.name();
        let arguments = match known.get(&name) {
            Some(arguments) => arguments.clone(),
            None => {
                let arguments = first.exact(words, sandbox)?;
                known.insert(name, arguments.clone());
                arguments
            }
        };
        Ok(arguments.map(|arguments| [program].into_iter().chain(&arguments).map(OsString::from).collect()))
    }
}
