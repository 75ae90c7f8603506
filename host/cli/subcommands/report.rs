//! `outparse report <command>`: keeps what a parser was given and what came of it, so that it can be looked at elsewhere.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::Utc;
use tempfile::{NamedTempFile, tempfile};

use crate::options::{self, Options};
use crate::printing::envelope::timestamp;
use crate::printing::output_file::OutputFile;
use crate::printing::saying::say;
use crate::running::attempt::command;
use crate::running::raw::{Passed, pass_on};
use crate::subcommands::observed_parse::{Observer, Silent};
use crate::subcommands::report_file::{Contents, Facts, configured};
use outparse::capture::command::{Errors, implementation};
use outparse::capture::lines::Ending;
use outparse::error::Error;
use outparse::parse::Parse;
use outparse::registry::{Candidate, Config};

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Take this capture instead of running the command
    #[arg(long, short, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What is known of how a capture came to be.
#[derive(Default)]
struct Captured {
    exit_status: Option<u8>,
    ended_early: Option<&'static str>,
    cut_off: bool,
}

/// Writes a report. Returns the exit status: 0 when it is written, whatever came of the command and of the parse.
pub(crate) fn report(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    options::refuse(&[(options.choose.guess_types, "--guess-types")], "is for records, and a report has the capture")?;
    let config = Config::read()?;
    let text = options::as_text(&arguments.command);
    let program = text.first().cloned().unwrap_or_default();
    let ran_here = arguments.input.is_none();
    let found = arguments.command.first().filter(|_| ran_here).and_then(implementation);
    let ranking = options.rank(&text, found.as_deref(), &config)?;
    let mut capture = tempfile().context("making a temporary file")?;
    let mut errors = NamedTempFile::new().context("making a temporary file")?;
    let captured = match &arguments.input {
        Some(path) => copy(path, &mut capture)?,
        None => match run(options, &arguments.command, &program, &capture, &errors)? {
            Ok(captured) => captured,
            Err(left_early) => return Ok(left_early),
        },
    };

    let limits = config.limits();
    let known = ran_here || text.len() > ranking.words;
    let subject = if ran_here { options.live_capture(&text) } else { options.capture(&text, known) };
    let moment = subject.captured;
    let candidates = ranking.into_candidates();
    let first = candidates.first().cloned();
    let parse = config.sandbox().map_err(Error::from);
    let parse = parse.and_then(|sandbox| Parse::new(sandbox, subject, candidates));
    let ending = if captured.cut_off { Ending::CutOff } else { Ending::Closed };
    let mut observer = Observer::new(Silent, limits.component);
    capture.rewind().context("reading the capture")?;
    let parsed = observer.parse(parse, &capture, ending, limits.line);
    // If no parser took the capture, the one that was tried first should have. If that cannot be read, the error already says so.
    let component = match observer.candidate.as_ref().or(first.as_ref()) {
        Some(candidate @ (Candidate::Installed(..) | Candidate::File(..) | Candidate::Memory { .. })) => {
            candidate.component(limits.component).ok()
        }
        _ => None,
    };
    let facts = Facts {
        format: Facts::FORMAT,
        outparse: env!("CARGO_PKG_VERSION").to_owned(),
        created: timestamp(Utc::now()),
        command: text,
        implementation: found,
        arguments_known: known,
        platform: options.platform().to_owned(),
        platform_given: options.choose.platform.is_some(),
        plugin_asked: options.choose.plugin().is_some(),
        system: system(),
        kernel: first_line("/proc/sys/kernel/osrelease"),
        locale: options.running.locale.name().filter(|_| ran_here),
        captured: moment.map(|moment| (moment.seconds, moment.offset)),
        exit_status: captured.exit_status,
        ended_early: captured.ended_early.map(str::to_owned),
        cut_off: captured.cut_off,
        limits: configured(&limits),
        outcome: observer.outcome(&parsed),
    };
    let path = options.show.output.clone().unwrap_or_else(|| default_path(&program));
    let (file, out) = OutputFile::create(&path)?;
    let contents =
        Contents { facts: &facts, capture: &mut capture, errors: errors.as_file_mut(), component: component.as_deref() };
    contents.write(out).with_context(|| format!("`{}` cannot be written", path.display()))?;
    file.keep()?;
    let path = path.display();
    say(format_args!("`{path}` is written: {}", facts.outcome.summary()));
    say(format_args!(
        "it holds all that the command printed, and its arguments: names, addresses, paths. Look at it before you pass it on: \
         `tar -xOf {path} report.json`, and the same with `capture` and `stderr`"
    ));
    Ok(0)
}

/// Runs the command. Gives an exit status alone if the user would not wait.
fn run(
    options: &Options,
    words: &[OsString],
    program: &str,
    capture: &File,
    errors: &NamedTempFile,
) -> Result<Result<Captured, u8>, Error> {
    let mut command = command(options, words)?;
    command.errors = Errors::File(errors.path().to_owned());
    let out = capture.try_clone().context("writing the capture")?;
    let passed = pass_on(options, &command, Box::new(out));
    // What the user would have seen at once, only later.
    let said = fs::read(errors.path()).unwrap_or_default();
    let _ = io::stderr().write_all(&said);
    let ran = match passed? {
        Passed::All(ran) => ran,
        Passed::LeftEarly(code) => return Ok(Err(code)),
    };
    ran.comment(program);
    let ended = ran.ended();
    let stopped = ran.left_open || ran.asked.is_some() || ran.status.code().is_none();
    let cut_off = stopped && !ends_with_a_line_end(capture);
    Ok(Ok(Captured { exit_status: ended.exit_status, ended_early: ended.ended_early, cut_off }))
}

fn copy(path: &Path, capture: &mut File) -> Result<Captured, Error> {
    let mut input = File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    io::copy(&mut input, capture).with_context(|| format!("`{}` cannot be copied", path.display()))?;
    Ok(Captured::default())
}

fn ends_with_a_line_end(mut capture: &File) -> bool {
    let mut last = [0];
    capture.seek(SeekFrom::End(-1)).and_then(|_| capture.read(&mut last)).is_ok() && last == [b'\n']
}

/// `outparse-df.tar`, here.
fn default_path(program: &str) -> PathBuf {
    let name = program.rsplit('/').next().unwrap_or_default();
    PathBuf::from(format!("outparse-{name}.tar"))
}

/// The system as it calls itself.
fn system() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn first_line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.lines().next()?.to_owned())
}
