//! `outparse <command>`: runs a command and parses what it prints while it runs.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::options::{self, Options};
use crate::printing::form;
use crate::printing::output_file::OutputFile;
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::say;
use crate::running::attempt::{Attempt, attempt, command, outcome};
use crate::running::ran::{Ran, left_early};
use crate::running::stop::Stop;
use crate::running::{every, hosts, raw};
use crate::subcommands::parse;
use outparse::capture::command::implementation;
use outparse::error::Error;
use outparse::parse::Parse;
use outparse::parse::pipeline::Pipeline;
use outparse::registry::{Capture, Config, Ranking};
use outparse::sandbox::Sandbox;

/// Runs and parses. Returns the exit status: the command's own, unless the parse failed.
pub(crate) fn run(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    if let Some(list) = &options.hosts.hosts {
        return hosts::run(options, words, list);
    }
    if let Some(every) = options.running.every {
        return every::run(options, words, every);
    }
    progress::allow(options.leaves_room_for_progress());
    if options.show.raw {
        return raw::run(options, words);
    }
    if let Some(path) = file(words)
        && parse::reads(options, path)
    {
        return match words.get(1) {
            None => parse::file(options, path),
            Some(more) => Err(Error::Usage(format!(
                "`{}` is a file and takes no arguments: if `{}` is an option of outparse, it stands before it",
                path.display(),
                more.display()
            ))),
        };
    }
    let config = Config::read()?;
    let mut words = words.to_vec();
    let mut text = options::as_text(&words);
    let implementation = words.first().and_then(implementation);
    let ranking = options.rank(&text, implementation.as_deref(), &config)?;
    if options.running.exact
        && let Some(exact) = exact(&words, &text, &ranking, &config)?
    {
        tracing::info!("running `{} {}`: these arguments lose nothing", text[0], exact.join(" "));
        text.truncate(1);
        text.extend(exact);
        words = text.iter().map(OsString::from).collect();
    }
    let program = text.first().map_or("", String::as_str);
    let command = command(options, &words)?;
    form::check(options, &ranking, &Capture::of_command(&text), &config, None)?;
    let (mut printer, file) = Printer::new(options)?;
    printer.wrap(options, (program, text.get(1..)), config.limits().component)?;

    let runtime = outparse::runtime::new()?;
    let finished = runtime.block_on(async {
        let mut stop = Stop::new(options.running.timeout, &command.input)?;
        let parse = parsing(options, &text, ranking, &config);
        attempt(options, &command, &mut stop, config.limits().line, parse, printer).await
    })?;
    match finished {
        Attempt::Ended(ran, pipeline) => conclude(options, program, ran?, pipeline, file),
        Attempt::Left(asked) => Ok(left_early(asked)),
    }
}

/// The file that is named in place of a command, if it is no program.
fn file(words: &[OsString]) -> Option<&Path> {
    let word = words.first().filter(|word| word.as_encoded_bytes().contains(&b'/'))?;
    let path = Path::new(word);
    let metadata = std::fs::metadata(path).ok()?;
    let program = metadata.permissions().mode() & 0o111 != 0;
    (metadata.is_file() && !program).then_some(path)
}

/// The arguments with which the command loses nothing, as the first parser knows them. None if the given ones are as good.
fn exact(words: &[OsString], text: &[String], ranking: &Ranking, config: &Config) -> Result<Option<Vec<String>>, Error> {
    if let Some(word) = words.iter().find(|word| word.to_str().is_none()) {
        return Err(Error::Usage(format!("exact arguments are text, and `{}` is not UTF-8", word.display())));
    }
    let Some((first, _)) = ranking.candidates.first() else { return Ok(None) };
    let exact = first.exact(text, &config.sandbox()?)?;
    if exact.is_none() {
        say(format_args!("`{}` has no arguments that would lose less: it is run as it is", text[0]));
    }
    Ok(exact)
}

/// Says how a run went, completes what was printed, and puts the output file in its place. Returns the exit status.
fn conclude(
    options: &Options,
    program: &str,
    mut ran: Ran,
    pipeline: Pipeline<Printer>,
    file: Option<OutputFile>,
) -> Result<u8, Error> {
    progress::end();
    let (mut printer, parsed) = outcome(options, program, &mut ran, pipeline);
    let failure = match &mut printer {
        Some(printer) => printer.seal(parsed, ran.ended())?,
        None => parsed.map(|()| None)?,
    };
    ran.keep(file)?;
    match failure {
        Some(failure) => Err(failure),
        None => Ok(printer.map_or(ran.exit_code(), |printer| printer.status(options, ran.exit_code()))),
    }
}

/// Makes the parse of the command's output.
fn parsing(
    options: &Options,
    text: &[String],
    ranking: Ranking,
    config: &Config,
) -> impl FnOnce() -> Result<Parse, Error> + Send + 'static {
    let capture = options.live_capture(text);
    let candidates = ranking.into_candidates();
    let limits = config.limits();
    move || Parse::new(Sandbox::with_store(limits, Config::store())?, capture, candidates)
}
