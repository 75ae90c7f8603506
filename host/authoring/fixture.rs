//! Fixtures: captures of real commands with the records that a plugin must make of them.
//!
//! A fixture is a folder `fixtures/<platform-version>/<case>/` beside a plugin's source, with `output` (what was printed),
//! `command` (program and arguments, one per line; absent when they are not known), `expected.json` and, where more is known of
//! the capture, `capture.toml`: `command` (its name, where the arguments are not known), `captured-at`, `locale`, `platform`,
//! `path`, `exit-status`, `complete`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use arrow_array::RecordBatch;
use serde::Deserialize;

use outparse::capture::lines::{Ending, LineCutter};
use outparse::error::Error;
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::{Candidate, Capture, in_full};
use outparse::sandbox::{Bundled, Ended, Moment, Sandbox};
use outparse::schema::{About, BadText, Parser, Shape, Texts, time};
use outparse_formats::output::{Format, Screen, Writer, writer};

/// The folder of a plugin that its fixtures are in.
pub const FOLDER: &str = "fixtures";

/// One capture and what is expected of it.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// Where it was captured, and its own name: `debian-12/usual`.
    pub name: String,
    /// Where its files are.
    pub folder: PathBuf,
}

impl Fixture {
    /// The fixtures of a plugin, from the folder with its source, in order. Having none is no error.
    pub fn all(plugin: &Path) -> Result<Vec<Fixture>> {
        let mut all = Vec::new();
        for platform in folders(&plugin.join(FOLDER))? {
            for folder in folders(&platform)? {
                if folder.join("output").exists() {
                    let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    all.push(Fixture { name: format!("{}/{}", last(&platform), last(&folder)), folder });
                }
            }
        }
        Ok(all)
    }

    /// What was printed.
    pub fn output(&self) -> Result<Vec<u8>> {
        let path = self.folder.join("output");
        fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))
    }

    /// Where the capture comes from: what its files say, and otherwise what the plugin reads.
    pub fn capture(&self, unsaid: &Unsaid) -> Result<Capture> {
        let facts = self.facts()?;
        let captured = facts.captured_at.as_deref().map(|text| {
            let read = time::read(text).with_context(|| format!("`captured-at` is no time: `{text}`"));
            read.map(|(seconds, _, offset)| Moment { seconds, offset })
        });
        let mut capture =
            Capture { captured: captured.transpose()?, locale: facts.locale, platform: facts.platform, ..Capture::default() };
        let path = self.folder.join("command");
        match fs::read_to_string(&path) {
            Ok(words) => {
                capture.words = words.lines().map(str::to_owned).collect();
                capture.arguments_known = true;
                anyhow::ensure!(!capture.words.is_empty(), "`{}` is empty", path.display());
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
            }
            Err(_) => match (facts.path, facts.command, unsaid) {
                (Some(path), ..) => capture.path = Some(path),
                (None, Some(command), _) => capture.words = command.split(' ').map(str::to_owned).collect(),
                (None, None, Unsaid::Command(command)) => capture.words = command.split(' ').map(str::to_owned).collect(),
                (None, None, Unsaid::File(path)) => capture.path = Some(path.clone()),
            },
        }
        Ok(capture)
    }

    /// How the capture ended.
    fn ended(&self) -> Result<Ended> {
        let facts = self.facts()?;
        let status = facts.exit_status.map(|code| ExitStatus::from_raw(code << 8));
        Ok(Ended { complete: facts.complete.unwrap_or(true), status })
    }

    fn facts(&self) -> Result<Facts> {
        let path = self.folder.join("capture.toml");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Facts::default()),
            text => {
                let text = text.with_context(|| format!("`{}` cannot be read", path.display()))?;
                toml::from_str(&text).with_context(|| format!("`{}` is not as it should be", path.display()))
            }
        }
    }

    /// What must come of it, as [`outcome`] gives it. None when nobody has said so yet.
    pub fn expected(&self) -> Result<Option<String>> {
        let path = self.expected_file();
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            text => Ok(Some(text.with_context(|| format!("`{}` cannot be read", path.display()))?)),
        }
    }

    /// Records what must come of it from now on.
    pub fn bless(&self, outcome: &str) -> Result<()> {
        let path = self.expected_file();
        fs::write(&path, outcome).with_context(|| format!("`{}` cannot be written", path.display()))
    }

    fn expected_file(&self) -> PathBuf {
        self.folder.join("expected.json")
    }

    /// The one of several parsers that reads it: the first that does not refuse it, as when the program runs.
    pub fn reader(&self, sandbox: &Sandbox, parsers: Vec<Candidate>, capture: &Capture) -> Result<Candidate> {
        let output = self.output()?;
        let takes = |parser: &Candidate| {
            !matches!(parse_parts(sandbox, parser, capture, Ended::COMPLETE, &[&output]).1, Err(Error::Unrecognised { .. }))
        };
        let place = if parsers.len() > 1 { parsers.iter().position(takes) } else { None };
        parsers.into_iter().nth(place.unwrap_or_default()).context("the plugin has no parser")
    }

    /// What comes of it now. An error if it makes a difference in which pieces the capture arrives.
    pub fn parse(&self, sandbox: &Sandbox, parser: &Candidate, capture: &Capture) -> Result<String> {
        let (ended, output) = (self.ended()?, self.output()?);
        let whole = outcome(sandbox, parser, capture, ended, &[&output]);
        let lines: Vec<&[u8]> = output.split_inclusive(|&byte| byte == b'\n').collect();
        let by_line = outcome(sandbox, parser, capture, ended, &lines);
        anyhow::ensure!(by_line == whole, "line by line, it is parsed differently:\n{by_line}\nand in one piece:\n{whole}");
        Ok(whole)
    }
}

/// A bundled plugin's fixtures, each with its capture and the one of the plugin's parsers that reads it. `plugins` is the folder
/// with the source of all of them.
pub fn of_bundled(sandbox: &Sandbox, plugin: &'static Bundled, plugins: &Path) -> Result<Vec<(Fixture, Capture, Candidate)>> {
    let parsers: Vec<Parser> = (0..plugin.parsers.len()).map(|parser| plugin.parser(parser)).collect();
    let (command, dialect) = plugin.name.rsplit_once('-').unwrap_or((plugin.name, ""));
    let unsaid = Unsaid::first_of(&parsers);
    let of = |fixture: Fixture| {
        let capture = fixture.capture(&unsaid)?;
        let reading = capture.all_best_of(&parsers).into_iter().map(|parser| Candidate::Bundled(plugin, parser)).collect();
        let parser = fixture.reader(sandbox, reading, &capture)?;
        Ok((fixture, capture, parser))
    };
    Fixture::all(&plugins.join(command).join(dialect))?.into_iter().map(of).collect()
}

/// What a fixture is taken to be of if it does not say so.
#[derive(Clone, Debug)]
pub enum Unsaid {
    /// This command, with arguments that are not known.
    Command(String),
    /// This file.
    File(String),
}

impl Unsaid {
    /// The first thing that a plugin with these parsers reads.
    pub fn first_of(parsers: &[Parser]) -> Unsaid {
        let first = parsers.first();
        match first.map(|first| (first.commands.first(), first.files.first())) {
            Some((Some(command), _)) => Unsaid::Command(in_full(command)),
            Some((None, Some(file))) => Unsaid::File(file.clone()),
            _ => Unsaid::Command(String::new()),
        }
    }
}

/// What `capture.toml` says of a capture, beyond the command.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Facts {
    /// The command's name, where its arguments are not known.
    command: Option<String>,
    /// When it was taken, with the offset there.
    captured_at: Option<String>,
    /// The locale that the command ran in.
    locale: Option<String>,
    /// The platform, if the parser is to be told.
    platform: Option<String>,
    /// The path, if it is a file.
    path: Option<String>,
    exit_status: Option<i32>,
    complete: Option<bool>,
}

/// The folders in a folder, in order. None when it is not there.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = || format!("`{}` cannot be read", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(failed)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(failed)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// This machine's platform and its version, as fixtures have it: `debian-12`, `macos-14.5`.
pub fn platform() -> String {
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let system = match std::env::consts::OS {
        "linux" => fs::read_to_string("/etc/os-release").ok().and_then(|text| distribution(&text)),
        "macos" => said("sw_vers", "-productVersion").map(|version| format!("macos-{version}")),
        _ => None,
    };
    let system = system.or_else(|| said("uname", "-r").map(|release| format!("{}-{release}", std::env::consts::OS)));
    let system = system.unwrap_or_else(|| std::env::consts::OS.to_owned());
    system.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

/// `ID` and `VERSION_ID` of os-release(5).
fn distribution(text: &str) -> Option<String> {
    let value = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    let id = value("ID")?;
    Some(value("VERSION_ID").map_or_else(|| id.clone(), |version| format!("{id}-{version}")))
}

/// Parses a capture that arrives in these parts and renders what comes of it: a JSON document with a record on each line.
pub fn outcome(sandbox: &Sandbox, parser: &Candidate, capture: &Capture, ended: Ended, parts: &[&[u8]]) -> String {
    let (parsed, outcome) = parse_parts(sandbox, parser, capture, ended, parts);
    let mut text = String::from("{\n\"records\": [");
    list(&mut text, parsed.records.lines().map(str::to_owned));
    text.push_str("],\n\"problems\": [");
    list(&mut text, parsed.problems.iter().map(|problem| serde_json::Value::from(problem.as_str()).to_string()));
    text.push(']');
    if let Err(error) = outcome {
        let _ = write!(text, ",\n\"error\": {}", serde_json::Value::from(unversioned(error)));
    }
    text.push_str("\n}\n");
    text
}

/// An error that stays the same when the plugin gets another version.
fn unversioned(mut error: Error) -> String {
    let cut = |plugin: &mut String| plugin.truncate(plugin.find(' ').unwrap_or(plugin.len()));
    match &mut error {
        Error::Unrecognised { refusals, .. } => refusals.iter_mut().for_each(|(plugin, _)| cut(plugin)),
        Error::Malformed { plugin, .. } => cut(plugin),
        _ => {}
    }
    error.to_string()
}

fn list(text: &mut String, items: impl Iterator<Item = String>) {
    for (index, item) in items.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(text, "{comma}\n  {item}");
    }
}

/// Parses a capture that arrives in these parts, with one parser, and keeps everything that comes of it.
pub fn parse_parts(
    sandbox: &Sandbox,
    parser: &Candidate,
    capture: &Capture,
    how: Ended,
    parts: &[&[u8]],
) -> (Parsed, Result<(), Error>) {
    let mut collected = Collected::default();
    let mut run = || {
        let mut parse = Parse::new(sandbox.clone(), capture.clone(), vec![parser.clone()])?;
        let mut cutter = LineCutter::new(sandbox.limits().line);
        for part in parts {
            cutter.buffer().extend_from_slice(part);
            cutter.cut().into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        }
        cutter.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, &mut collected))?;
        parse.finish(how, &mut collected)
    };
    let ended = run();
    (collected.parsed(), ended)
}

/// What came of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// One record per line, as JSON.
    pub records: String,
    /// With their severity, sorted: how they are batched depends on how the capture arrived.
    pub problems: Vec<String>,
}

#[derive(Default)]
struct Collected {
    lines: Shared,
    writer: Option<Box<dyn Writer + Send>>,
    problems: Vec<String>,
}

/// What the writer writes to, while we keep hold of it.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Collected {
    fn start(&mut self, about: &Arc<About>) -> Result<()> {
        self.writer = Some(writer(Format::Jsonl, "", &about.schema, Box::new(self.lines.clone()), Screen::default())?);
        Ok(())
    }
    fn records(&mut self, _: &Arc<Shape>, batch: RecordBatch) -> Result<()> {
        let writer = self.writer.as_mut().context("records come after the start")?;
        writer.write(&Texts::new(BadText::Escape).printable(batch)?)
    }
    fn problem(&mut self, problem: Problem) -> Result<()> {
        self.problems.push(format!("{}: {problem}", problem.severity));
        Ok(())
    }
}

impl Collected {
    fn parsed(mut self) -> Parsed {
        self.problems.sort();
        let lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        Parsed { records: String::from_utf8_lossy(&lines).into_owned(), problems: self.problems }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_has_a_name_and_perhaps_a_version() {
        assert_eq!(distribution("NAME=x\nID=debian\nVERSION_ID=\"12\"\n").as_deref(), Some("debian-12"));
        assert_eq!(distribution("ID=arch\n").as_deref(), Some("arch"));
        assert_eq!(distribution(""), None);
    }
}
