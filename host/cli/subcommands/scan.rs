//! `outparse scan PATHS -- COMMAND`: one table of many captures of one command.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::options::{self, Options};
use crate::printing::output_file::{OutputFile, format_of};
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::say;
use crate::subcommands::parse::remove_when_interrupted;
use outparse::error::{Error, NOT_ALL};
use outparse::parse::Sink;
use outparse::problem::{Problem, SHOWN, Severity};
use outparse::registry::{Capture, Config};
use outparse_bulk::{Failure, Scan, Scanning, Told};
use outparse_formats::output::{Format, Screen, Writer, writer};

/// Failures that are written at once.
const FAILURES: usize = 1024;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Files, folders, and patterns in quotes: 'captures/**/*.txt'. Any of them may be compressed (gzip, xz, zstd) or an archive (tar, zip)
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<String>,
    /// Read more paths from this file, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,
    /// Of archives, take the members that fit this pattern only: '*/sos_commands/filesys/df_*'. May be given more than once
    #[arg(long, value_name = "PATTERN")]
    member: Vec<String>,
    /// The files are bundles of `sos report`: take the command's outputs in them, with the arguments, machine and time that their manifests say
    #[arg(long, conflicts_with = "member")]
    sos: bool,
    /// Use this many threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Write what went wrong to this file, a record for each failure and each problem; its name says the format: .json, .jsonl, .csv, .tsv, .yaml, .md, .arrow, .parquet
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
    /// What the captures are of: a command, with its arguments where they are known, or the path of a file such as /etc/passwd
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Scans. Returns the exit status.
pub(crate) fn scan(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    refuse(options)?;
    progress::allow(options.leaves_room_for_progress());
    let config = Config::read()?;
    let mut paths = arguments.paths.clone();
    if let Some(file) = &arguments.files_from {
        read_paths(file, &mut paths)?;
    }
    let mut scan = Scan::new(paths)
        .of(capture(options, arguments))
        .plugin(options.choose.plugin().map(str::to_owned))
        .members(arguments.member.clone())
        .config(config);
    if arguments.sos {
        scan = scan.bundles();
    }
    if let Some(threads) = arguments.threads {
        scan = scan.threads(threads.into());
    }
    let (mut printer, file) = Printer::new(options)?;
    let mut problems = Problems::new(arguments.problems.as_deref())?;
    if let Some(file) = &file {
        remove_when_interrupted(file)?;
    }
    let mut scanning = scan.start()?;
    let printed = print(&mut scanning, &mut printer, &mut problems);
    progress::end();
    let full = printer.is_full();
    let outcome = printed.and_then(|()| printer.end().map_err(Error::from)).and_then(|()| printer.close(options.choose.strict));
    let counts = scanning.counts();
    if outcome.as_ref().is_err_and(Error::is_broken_pipe) {
        return outcome.map(|()| 0);
    }
    problems.close()?;
    if !full && counts.parsed < counts.captures {
        say(format_args!("{} of {} captures were parsed to their ends", counts.parsed, counts.captures));
    } else if !full && counts.captures == 0 && outcome.is_ok() {
        say("there was no capture in any of the files");
    }
    outcome?;
    file.map_or(Ok(()), OutputFile::keep)?;
    let code = if full || counts.parsed == counts.captures && problems.unread == 0 { 0 } else { NOT_ALL };
    Ok(printer.status(options, code))
}

fn print(scanning: &mut Scanning, printer: &mut Printer, problems: &mut Problems) -> Result<(), Error> {
    printer.start(scanning.about())?;
    let mut beside = progress::Beside::new();
    for told in scanning {
        beside.step();
        match told {
            Told::Shape(shape) => printer.shape(&shape)?,
            Told::Records(shape, batch) => printer.records(&shape, batch)?,
            Told::Failure(failure) => {
                problems.add(&failure)?;
                if !failure.fault.is_end() {
                    tell(printer, &failure)?;
                }
            }
        }
        if printer.is_full() {
            break;
        }
    }
    Ok(())
}

/// Reports a problem of a capture whose other records are there.
fn tell(printer: &mut Printer, failure: &Failure) -> Result<(), Error> {
    let severity = if failure.fault == outparse_bulk::Fault::Warning { Severity::Warning } else { Severity::Error };
    let (line, column, message) = (failure.line, failure.column, failure.message.clone());
    let parser = failure.plugin.as_ref().map_or_else(String::new, |plugin| format!(": {plugin}"));
    printer.said_by(format!("{}{parser}", failure.taken.name()));
    Ok(printer.problem(Problem { severity, line, column, message, excerpt: None })?)
}

/// Refuses options that do not apply to many captures.
fn refuse(options: &Options) -> Result<(), Error> {
    let refused = [
        (options.show.raw, "--raw"),
        (options.show.envelope, "--envelope"),
        (options.running.every.is_some(), "--every"),
        // What is a number in one capture may be text in the next, and all stand in one table.
        (options.choose.guess_types, "--guess-types"),
    ];
    options::refuse(&refused, "is for one capture, and not for `scan`")
}

/// What the captures are of: a path means a file.
fn capture(options: &Options, arguments: &Arguments) -> Capture {
    let words = options::as_text(&arguments.command);
    match &words[..] {
        [path] if path.starts_with('/') => options.capture_of_file(path),
        words => options.capture(words, false),
    }
}

fn read_paths(file: &Path, paths: &mut Vec<String>) -> Result<(), Error> {
    let failed = || format!("`{}` cannot be read", file.display());
    let from: Box<dyn Read> =
        if file == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(File::open(file).with_context(failed)?) };
    for line in BufReader::new(from).lines() {
        paths.push(line.with_context(failed)?);
    }
    Ok(())
}

/// What went wrong: the first failures are told, and all are kept in a file.
struct Problems {
    told: u64,
    /// Files that could not be read, or not to their ends.
    unread: u64,
    waiting: Vec<Failure>,
    file: Option<(Box<dyn Writer + Send>, OutputFile)>,
}

impl Problems {
    fn new(path: Option<&Path>) -> Result<Problems, Error> {
        let file = path.map(|path| {
            let format: Format = format_of(path, "--problems")?;
            let (file, out) = OutputFile::create_named(path)?;
            let writer = writer(format, "capture", &Failure::schema(), Box::new(out), Screen::default())?;
            Ok::<_, Error>((writer, file))
        });
        Ok(Problems { told: 0, unread: 0, waiting: Vec::new(), file: file.transpose()? })
    }

    fn add(&mut self, failure: &Failure) -> Result<(), Error> {
        if failure.fault.is_end() {
            self.unread += u64::from(failure.fault == outparse_bulk::Fault::Unreadable);
            self.told += 1;
            if self.told <= SHOWN {
                say(format_args!("{}: {}: {}", failure.taken.name(), failure.fault.name(), failure.message));
            }
        }
        if self.file.is_some() {
            self.waiting.push(failure.clone());
            if self.waiting.len() >= FAILURES {
                self.write()?;
            }
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), Error> {
        if let Some((writer, _)) = self.file.as_mut().filter(|_| !self.waiting.is_empty()) {
            writer.write(&Failure::batch(&self.waiting)?)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Completes the file, and says how many were not told of.
    fn close(&mut self) -> Result<(), Error> {
        if self.told > SHOWN {
            say(format_args!("… and {} more captures with a failure; `--problems FILE` keeps all", self.told - SHOWN));
        }
        self.write()?;
        if let Some((mut writer, file)) = self.file.take() {
            writer.finish()?;
            file.keep()?;
        }
        Ok(())
    }
}
