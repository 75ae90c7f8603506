//! The digests of the components whose parsers are used, each worked out once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use outparse::registry::Candidate;

/// The SHA-256 of components, by the names of their parsers.
#[derive(Default)]
pub struct Digests(Mutex<HashMap<String, String>>);

impl Digests {
    /// Of a parser's component, which may have so many bytes.
    pub fn of(&self, candidate: &Candidate, most: u64) -> anyhow::Result<String> {
        let name = candidate.name();
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(digest) = known().get(&name) {
            return Ok(digest.clone());
        }
        let digest = candidate.sha256(most)?;
        known().insert(name, digest.clone());
        Ok(digest)
    }
}
