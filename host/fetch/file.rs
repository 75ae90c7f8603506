//! Takes a component from a file.

use std::path::Path;

use super::terms::{Fetched, declined, too_large};
use outparse::error::Error;
use outparse::registry::read_component;
use outparse::sandbox::Fault;

pub(super) fn fetch(path: &Path, most: u64) -> Result<Fetched, Error> {
    let shown = path.display().to_string();
    let bytes = read_component(path, most).map_err(|fault| match fault {
        Fault::TooLarge { .. } => too_large(&shown, most),
        fault => declined(format!("`{shown}` {fault}"), None),
    })?;
    let origin = std::path::absolute(path).map_or(shown, |path| path.display().to_string());
    Ok(Fetched { bytes, origin, manifest: None })
}
