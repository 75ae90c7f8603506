//! `outparse replay FILE`: parses the capture of a report again, and says whether the same comes of it.
//!
//! The parser is the one this program would choose here, so that a repaired one can be tried. But if the report carries a
//! component, because the parser did not ship with the program, that one is used; it runs in the sandbox like any other, and
//! leaves nothing in the store of compiled code.

use std::io;
use std::path::PathBuf;

use anyhow::Context;

use crate::options::Options;
use crate::printing::envelope::{Ended, Used};
use crate::printing::output::standard_output;
use crate::printing::output_file::OutputFile;
use crate::printing::printer::Printer;
use crate::printing::saying::say;
use crate::subcommands::observed_parse::{Observer, Outcome};
use crate::subcommands::report_file::{Bundle, Facts};
use outparse::capture::lines::Ending;
use outparse::error::Error;
use outparse::parse::Parse;
use outparse::registry::{Candidate, Config, Query, rank};
use outparse::sandbox::{Limits, Moment, Sandbox};
use outparse::words::{escaped, is_plain};

/// What `--plugin` calls the report's own component.
const OWN: &str = "bundle";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The file that `outparse report` has written
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Replays a report. Returns the exit status, as `outparse parse` does.
pub(crate) fn replay(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let limits = config.limits();
    let mut bundle = Bundle::read(&arguments.file, limits.component)?;
    if options.show.raw {
        let mut out = standard_output()?;
        io::copy(&mut bundle.capture().context("reading the capture")?, &mut out).map_err(anyhow::Error::from)?;
        return Ok(0);
    }
    let parse = parse(options, &mut bundle, &config, limits)?;
    let (mut report, file) = Printer::new(options)?;
    let facts = bundle.facts.clone();
    let (program, rest) = facts.command.split_first().map_or(("", &[][..]), |(program, rest)| (program.as_str(), rest));
    report.wrap(options, (program, facts.arguments_known.then_some(rest)), limits.component)?;

    let ending = if facts.cut_off { Ending::CutOff } else { Ending::Closed };
    let mut observer = Observer::new(report, limits.component);
    let capture = bundle.capture().context("reading the capture")?;
    let parsed = observer.parse(parse, capture, ending, limits.line);
    if !parsed.as_ref().is_err_and(Error::is_broken_pipe) {
        compare(&observer.outcome(&parsed), &facts);
    }
    let mut report = observer.inner;
    let parsed = parsed.and_then(|()| report.close(options.choose.strict));
    let ended = Ended { exit_status: facts.exit_status, ended_early: None };
    let failure = report.seal(parsed, ended)?;
    file.map_or(Ok(()), OutputFile::keep)?;
    failure.map_or_else(|| Ok(report.status(options, 0)), Err)
}

/// Begins the parse, with the parsers that are to be tried. The outer error says that nothing could be tried.
fn parse(options: &Options, bundle: &mut Bundle, config: &Config, limits: Limits) -> Result<Result<Parse, Error>, Error> {
    let facts = &bundle.facts;
    let plugin = options.choose.plugin();
    let own = bundle.component.take().filter(|_| plugin.is_none_or(|name| name == OWN));
    if plugin == Some(OWN) && own.is_none() {
        return Err(Error::Usage("`--plugin bundle` needs a report with a component, and this one has none".to_owned()));
    }
    let query = Query {
        command: &facts.command,
        path: None,
        platform: options.choose.platform.as_deref().unwrap_or(&facts.platform),
        implementation: facts.implementation.as_deref(),
        plugin: plugin.filter(|&name| name != OWN),
    };
    let ranking = match (&own, rank(&query, config)) {
        // No plugin here reads the command: the report's own does.
        (Some(_), Err(Error::NoParser { .. } | Error::NoSuchParser { .. })) => None,
        (_, ranking) => Some(ranking?),
    };
    let mut subject = options.capture(&facts.command, facts.arguments_known);
    if facts.platform_given && subject.platform.is_none() {
        subject.platform = Some(facts.platform.clone());
    }
    subject.locale = facts.locale.clone();
    subject.captured = subject.captured.or(facts.captured.map(|(seconds, offset)| Moment { seconds, offset }));
    let alone = own.is_some() && (plugin.is_some() || facts.plugin_asked);
    let store = if own.is_some() { None } else { Config::store() };
    let own = own.map(|bytes| Candidate::Memory { origin: "report".to_owned(), bytes: bytes.into(), parser: None });
    let here = ranking.filter(|_| !alone).into_iter().flat_map(|ranking| ranking.candidates).map(|(candidate, _)| candidate);
    let candidates = own.into_iter().chain(here).collect();
    let sandbox = Sandbox::with_store(limits, store)?;
    Ok(Parse::new(sandbox, subject, candidates))
}

/// Says what differs from the report.
fn compare(here: &Outcome, facts: &Facts) {
    let there = &facts.outcome;
    let named = |used: &Used| {
        let digest: String = used.sha256.chars().take(12).collect();
        plain(&format!("`{} {}` (sha256 {digest}…)", used.name, used.version))
    };
    match (&here.plugin, &there.plugin) {
        (Some(here), Some(there)) if here != there => {
            say(format_args!("the plugin here is another one: {}, and the report's is {}", named(here), named(there)));
        }
        (None, Some(there)) => say(format_args!("no plugin took it here, and {} did in the report", named(there))),
        (Some(here), None) => say(format_args!("{} took it here, and no plugin did in the report", named(here))),
        _ => {}
    }
    if here.is_same(there) {
        say(format_args!("the outcome is the same as in the report: {}", here.summary()));
    } else {
        let same_counts = here.summary() == there.summary();
        let how = if same_counts { "not with the same contents" } else { &there.summary() };
        say(format_args!("the outcome is another: {} here; in the report {how}", here.summary()));
    }
}

/// A report's own words, safe to print.
fn plain(text: &str) -> String {
    escaped(&text.chars().take(200).collect::<String>(), is_plain).into_owned()
}
