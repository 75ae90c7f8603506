//! `outparse plugin test`: parses a plugin's fixtures through the sandbox and compares what comes of them.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::Context;
use notify::{RecursiveMode, Watcher};
use similar::{ChangeTag, TextDiff};

use crate::printing::saying::say;
use outparse::error::Error;
use outparse::registry::{Candidate, Config};
use outparse::sandbox::Sandbox;
use outparse::words::escaped;
use outparse_authoring::fixture::{FOLDER, Fixture, Unsaid};

/// Changes that follow each other within this time count as one.
const QUIET: Duration = Duration::from_millis(100);

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The plugin's folder, or a component beside its folder of fixtures
    #[arg(value_name = "FOLDER|FILE", default_value = ".")]
    tested: PathBuf,
    /// Only fixtures with one of these in their name
    #[arg(value_name = "CASE")]
    cases: Vec<String>,
    /// Take what comes of the fixtures as expected from now on
    #[arg(long)]
    bless: bool,
    /// Test again whenever a file changes, until stopped
    #[arg(long)]
    watch: bool,
}

/// Tests the plugin. Returns the exit status: 1 when a fixture failed.
pub(super) fn test(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let sandbox = config.sandbox()?;
    if !arguments.watch {
        let good = round(arguments, &sandbox, true)?;
        return Ok(u8::from(!good));
    }
    let (_watcher, changes) = watch(folder(&arguments.tested))?;
    let mut build = true;
    loop {
        // What fails now may be mended by the next change.
        if let Err(error) = round(arguments, &sandbox, build) {
            if error.is_broken_pipe() {
                return Err(error);
            }
            crate::printing::saying::complain(&error);
        }
        say("waiting for changes; end with Ctrl-C");
        build = next_change(&changes, &arguments.tested)?;
    }
}

/// Builds where that is needed, and parses every fixture. True when all is as expected.
fn round(arguments: &Arguments, sandbox: &Sandbox, build: bool) -> Result<bool, Error> {
    let component = component(&arguments.tested, sandbox, build)?;
    let candidate = Candidate::File(component, None);
    let plugin = candidate.load(sandbox)?;
    let about = Arc::clone(plugin.description());
    // A fixture without a `command` is taken to be of the first thing that the plugin reads.
    let default = Unsaid::first_of(&about.parsers);

    let fixtures = Fixture::all(folder(&arguments.tested))?;
    let wanted = |fixture: &Fixture| arguments.cases.is_empty() || arguments.cases.iter().any(|case| fixture.name.contains(case));
    let chosen: Vec<&Fixture> = fixtures.iter().filter(|fixture| wanted(fixture)).collect();
    if chosen.is_empty() {
        let where_ = folder(&arguments.tested).join(FOLDER);
        let which = if fixtures.is_empty() { "no fixture" } else { "no fixture of these names" };
        return Err(Error::Other(anyhow::anyhow!("there is {which} in `{}`: nothing was tested", where_.display())));
    }
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), anstream::AutoStream::choice(&std::io::stdout()));
    let mut failed = 0;
    for fixture in &chosen {
        let found = fixture.capture(&default).and_then(|capture| {
            let reader = fixture.reader(sandbox, candidate.each(&plugin, &capture), &capture)?;
            fixture.parse(sandbox, &reader, &capture)
        });
        let expected = fixture.expected()?;
        let name = &fixture.name;
        let verdict = match (found, expected) {
            (Err(error), _) => Err(format!("{error:#}\n")),
            (Ok(found), Some(expected)) if found == expected => Ok("ok"),
            (Ok(found), expected) if arguments.bless => {
                fixture.bless(&found)?;
                difference(&mut out, &expected.unwrap_or_default(), &found)?;
                Ok("blessed")
            }
            (Ok(found), None) => {
                difference(&mut out, "", &found)?;
                Err("it has no `expected.json`: if this is right, `--bless` writes it\n".to_owned())
            }
            (Ok(found), Some(expected)) => {
                difference(&mut out, &expected, &found)?;
                Err(String::new())
            }
        };
        failed += usize::from(verdict.is_err());
        let written = match verdict {
            Ok(word) => writeln!(out, "{GOOD}{word}{GOOD:#} {name}"),
            Err(why) => write!(out, "{BAD}failed{BAD:#} {name}\n{}", printable(&why)),
        };
        written.map_err(anyhow::Error::from)?;
    }
    let passed = chosen.len() - failed;
    writeln!(out, "{} {}: {passed} passed, {failed} failed", about.name, about.version).map_err(anyhow::Error::from)?;
    Ok(failed == 0)
}

/// Where a plugin's fixtures are.
fn folder(plugin: &Path) -> &Path {
    let parent = || plugin.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if plugin.is_file() { parent() } else { plugin }
}

/// The component: as it is, or built from its source.
fn component(plugin: &Path, sandbox: &Sandbox, build: bool) -> Result<PathBuf, Error> {
    if plugin.is_file() {
        return Ok(plugin.to_owned());
    }
    // A Rust plugin has sources elsewhere too, and only cargo knows them.
    let manifest =
        outparse_authoring::Manifest::read(plugin)?.filter(|manifest| manifest.language != outparse_authoring::Language::Rust);
    let made = manifest.map(|manifest| plugin.join(manifest.output));
    match made.filter(|component| !build && component.exists() || is_fresh(component, plugin)) {
        Some(component) => Ok(component),
        None => Ok(outparse_authoring::build(plugin, sandbox)?.component),
    }
}

/// Whether a component is newer than everything it is made of.
fn is_fresh(component: &Path, plugin: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let Some(made) = changed(component) else { return false };
    let mut folders = vec![plugin.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { return false };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let seen = path.strip_prefix(plugin).unwrap_or(&path);
            if path.is_dir() {
                // Folders that hold no source are left out: they may be large.
                folders.extend(outparse_authoring::is_source(&seen.join("any.c")).then_some(path));
            } else if outparse_authoring::is_source(seen) && changed(&path).is_none_or(|changed| changed >= made) {
                return false;
            }
        }
    }
    true
}

/// A unified diff, with everything that could steer a terminal escaped.
fn difference(out: &mut impl Write, expected: &str, found: &str) -> Result<(), Error> {
    let diff = TextDiff::from_lines(expected, found);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        text.push_str(&format!("{PLACE}{}{PLACE:#}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', BAD),
                ChangeTag::Insert => ('+', GOOD),
                ChangeTag::Equal => (' ', Style::new()),
            };
            text.push_str(&format!("{style}{sign}{}{style:#}\n", printable(change.value().trim_end_matches('\n'))));
        }
    }
    Ok(out.write_all(text.as_bytes()).map_err(anyhow::Error::from)?)
}

/// Text that cannot steer a terminal. Line ends stay.
fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |c| !c.is_control() || c == '\n')
}

/// Watches a plugin's folder and those in it that hold source or fixtures. Others, such as `.venv`, have folders by the thousand.
fn watch(folder: &Path) -> anyhow::Result<(impl Watcher + use<>, Receiver<PathBuf>)> {
    let (sender, changes) = channel();
    let heard = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_access() {
            return;
        }
        for path in event.paths {
            // Nobody listens any more when the program ends.
            let _ = sender.send(path);
        }
    };
    let mut watcher = notify::recommended_watcher(heard).context("watching for changes")?;
    let failed = || format!("`{}` cannot be watched", folder.display());
    watcher.watch(folder, RecursiveMode::NonRecursive).with_context(failed)?;
    for entry in std::fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        let name = path.file_name().map(Path::new).unwrap_or(&path);
        if path.is_dir() && (name == Path::new(FOLDER) || outparse_authoring::is_source(&name.join("any.c"))) {
            watcher.watch(&path, RecursiveMode::Recursive).with_context(failed)?;
        }
    }
    Ok((watcher, changes))
}

/// Waits for a change that matters. True when it was one of the source.
fn next_change(changes: &Receiver<PathBuf>, plugin: &Path) -> anyhow::Result<bool> {
    let folder = folder(plugin);
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let seen = |path: &Path| path.strip_prefix(folder).or_else(|_| path.strip_prefix(&whole)).unwrap_or(path).to_owned();
    loop {
        let mut paths = vec![changes.recv().context("nothing watches any more")?];
        while let Ok(path) = changes.recv_timeout(QUIET) {
            paths.push(path);
        }
        let paths: Vec<PathBuf> = paths.iter().map(|path| seen(path)).collect();
        if paths.iter().any(|path| outparse_authoring::is_source(path)) {
            return Ok(true);
        }
        // In a plugin's folder, we make the component ourselves, so its change does not count.
        let component = |path: &PathBuf| plugin.is_file() && plugin.ends_with(path);
        if paths.iter().any(|path| path.starts_with(FOLDER) || component(path)) {
            return Ok(false);
        }
    }
}
