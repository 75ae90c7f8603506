//! Asks `cosign` whether a plugin in a registry was signed by someone whom the user trusts. Whatever goes wrong, nothing is installed.

use std::process::{Command, Stdio};

use outparse::error::Error;
use outparse::words::plain;
use outparse_fetch::Reference;

/// Characters of what `cosign` says that are passed on.
const MOST_SAID: usize = 2000;

/// Verifies the manifest that was fetched, with these arguments of the user's.
pub(super) fn verify(reference: &Reference, manifest: Option<&str>, arguments: &[String]) -> Result<(), Error> {
    let (Reference::Oci(image), Some(manifest)) = (reference, manifest) else {
        return Err(declined(
            reference,
            "only what is in a registry has signatures",
            "take it from a registry (`oci://…`), or remove `cosign` from `[trust]` in the configuration",
        ));
    };
    // The digest of what was fetched: a tag may lead elsewhere by now.
    let signed = format!("{}/{}@{manifest}", image.registry(), image.repository());
    let run =
        Command::new("cosign").arg("verify").args(arguments).arg(&signed).stdin(Stdio::null()).output().map_err(|error| {
            declined(reference, &format!("`cosign` cannot be run: {error}"), "install cosign, or remove `cosign` from `[trust]`")
        })?;
    if run.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&run.stderr);
    let why = format!("`cosign verify` ended with {}: {}", run.status, plain(said.trim(), MOST_SAID));
    Err(declined(reference, &why, "`cosign` under `[trust]` in the configuration names who has to have signed it"))
}

fn declined(reference: &Reference, why: &str, hint: &str) -> Error {
    Error::Declined {
        why: format!("`{reference}` is not installed, because the configuration demands a signature: {why}"),
        hint: Some(hint.to_owned()),
    }
}
