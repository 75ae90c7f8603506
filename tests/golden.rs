//! Walks every plugin's fixtures through the real component in the real sandbox.
//!
//! A case is a folder `plugins/<command>/<dialect>/fixtures/<platform-version>/<case>/` with `output` (what was printed), `command`
//! (program and arguments, one a line; absent when they are not known) and `expected.json`. `BLESS=1` writes the last one anew.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use outparse::fixture::Fixture;
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Limits, Sandbox};

fn main() {
    let arguments = Arguments::from_args();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut trials = Vec::new();
    for plugin in folders(&root).iter().flat_map(|command| folders(command)) {
        for fixture in Fixture::all(&plugin).unwrap() {
            let name = format!("{}/{}", plugin.strip_prefix(&root).unwrap().display(), fixture.name);
            let (sandbox, plugin) = (sandbox.clone(), plugin.clone());
            trials.push(Trial::test(name, move || check(&sandbox, &plugin, &fixture)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The folders in a folder, in order.
fn folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut below: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    below.sort();
    below
}

fn check(sandbox: &Sandbox, plugin: &Path, fixture: &Fixture) -> Result<(), Failed> {
    let last = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let command = last(plugin.parent().unwrap());
    let name = format!("{command}-{}", last(plugin));
    let plugin = bundled().iter().find(|bundled| bundled.name == name).ok_or(format!("no plugin is called `{name}`"))?;
    let found = fixture.parse(sandbox, &Candidate::Bundled(plugin), &command)?;
    if std::env::var_os("BLESS").is_some() {
        return Ok(fixture.bless(&found)?);
    }
    let expected = fixture.expected()?.ok_or("expected.json is not there; BLESS=1 writes it")?;
    if expected != found {
        return Err(format!("expected:\n{expected}\nfound:\n{found}").into());
    }
    Ok(())
}
