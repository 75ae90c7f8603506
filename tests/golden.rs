//! Walks every plugin's fixtures through the real component in the real sandbox.
//!
//! A case is a folder `plugins/<command>/<dialect>/fixtures/<platform-version>/<case>/` with `output` (what was printed), `command`
//! (program and arguments, one a line; absent when they are not known) and `expected.json`. `BLESS=1` writes the last one anew.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use outparse::fixture::{Fixture, Unsaid};
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Bundled, Limits, Sandbox};

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
    // A plugin may have several parsers: the one of this folder.
    let with_name = |bundled: &'static Bundled| {
        let parser = bundled.parsers.iter().position(|parser| parser.name == name)?;
        Some((bundled, parser))
    };
    let (plugin, parser) = bundled().iter().find_map(with_name).ok_or(format!("no parser is called `{name}`"))?;
    let parser_of = &plugin.parsers[parser];
    let unsaid = match (parser_of.commands.first(), parser_of.files.first()) {
        (None, Some(file)) => Unsaid::File((*file).to_owned()),
        (first, _) => Unsaid::Command(first.map_or(command, |first| first.replace(['[', ']'], ""))),
    };
    let found = fixture.parse(sandbox, &Candidate::Bundled(plugin, parser), &unsaid)?;
    if std::env::var_os("BLESS").is_some() {
        return Ok(fixture.bless(&found)?);
    }
    let expected = fixture.expected()?.ok_or("expected.json is not there; BLESS=1 writes it")?;
    if expected != found {
        return Err(format!("expected:\n{expected}\nfound:\n{found}").into());
    }
    Ok(())
}
