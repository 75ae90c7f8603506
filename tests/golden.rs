//! Walks every plugin's fixtures through the real component in the real sandbox.
//!
//! A case is a folder `plugins/<command>/<dialect>/fixtures/<platform-version>/<case>/` with `output` (what was printed), `command`
//! (program and arguments, one a line; absent when they are not known) and `expected.json`. `BLESS=1` writes the last one anew.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use outparse::registry::{Candidate, Capture, bundled};
use outparse::sandbox::{Limits, Sandbox};
use outparse_authoring::fixture::{Fixture, of_bundled};

fn main() {
    let arguments = Arguments::from_args();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut trials = Vec::new();
    for plugin in bundled() {
        for (fixture, capture, parser) in of_bundled(&sandbox, plugin, &root).unwrap() {
            let (name, sandbox) = (format!("{}/{}", plugin.name, fixture.name), sandbox.clone());
            trials.push(Trial::test(name, move || check(&sandbox, &fixture, &capture, &parser)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(sandbox: &Sandbox, fixture: &Fixture, capture: &Capture, parser: &Candidate) -> Result<(), Failed> {
    let found = fixture.parse(sandbox, parser, capture)?;
    if std::env::var_os("BLESS").is_some() {
        return Ok(fixture.bless(&found)?);
    }
    let expected = fixture.expected()?.ok_or("expected.json is not there; BLESS=1 writes it")?;
    if expected != found {
        return Err(format!("expected:\n{expected}\nfound:\n{found}").into());
    }
    Ok(())
}
