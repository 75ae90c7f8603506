//! What an argument of ours can be: commands, plugins, platforms, and the fields of records. The definitions say the rest themselves.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate, SubcommandCandidates};

use super::line::{COMMAND, Line, named};
use crate::cli::help;
use crate::registry::{Candidate, Config, Query, bundled, commands, rank};
use crate::sandbox::Sandbox;
use crate::schema::{Field, Kind};

/// The options whose values name fields, also within a longer text.
const FIELD_OPTIONS: [&str; 3] = ["fields", "sort", "where"];

/// The value names of arguments that are plugins.
const PLUGINS: [&str; 3] = ["NAME|FILE", "PLUGIN", "PLUGIN|FILE"];

/// What the candidates depend on.
#[derive(Clone, Default)]
struct Context {
    command: Vec<String>,
    platform: Option<String>,
    plugin: Option<String>,
    /// The word at the cursor.
    word: String,
}

/// The definitions, with what the arguments of this line can be.
pub(super) fn with_candidates(definitions: Command, line: &Line<'_>, word: &str) -> Command {
    let context = Context {
        command: line.command.clone(),
        platform: line.value("platform").map(str::to_owned),
        plugin: line.value("plugin").map(str::to_owned),
        word: word.to_owned(),
    };
    add(definitions, &Arc::new(context)).add(SubcommandCandidates::new(readable))
}

fn add(definitions: Command, context: &Arc<Context>) -> Command {
    let with = Arc::clone(context);
    definitions.mut_args(move |arg| add_to(arg, &with)).mut_subcommands(|sub| add(sub, context))
}

fn add_to(arg: Arg, context: &Arc<Context>) -> Arg {
    let context = Arc::clone(context);
    if is_list(&arg) {
        arg.add(ArgValueCompleter::new(move |current: &OsStr| fields(&context, current)))
    } else if arg.get_id() == "platform" {
        arg.add(ArgValueCandidates::new(platforms))
    } else if is_plugin(&arg) {
        arg.add(ArgValueCandidates::new(move || plugins(&context)))
    } else if named(&arg, "TOPIC") {
        arg.add(ArgValueCandidates::new(|| help::topics().into_iter().map(|(topic, about)| candidate(&topic, &about)).collect()))
    } else if named(&arg, COMMAND) {
        arg.add(ArgValueCandidates::new(readable))
    } else {
        arg
    }
}

/// Whether more can follow a value without a space.
pub(super) fn is_list(arg: &Arg) -> bool {
    FIELD_OPTIONS.iter().any(|id| arg.get_id() == id)
}

/// Whether a plugin is meant, by name or as a file.
pub(super) fn is_plugin(arg: &Arg) -> bool {
    PLUGINS.iter().any(|name| named(arg, name))
}

/// The commands that have parsers.
fn readable() -> Vec<CompletionCandidate> {
    let summary = |command: &str| {
        let reading = bundled().iter().filter(|plugin| plugin.commands.contains(&command));
        // What is first here is meant when it is run here.
        let first = reading.clone().find(|plugin| plugin.platforms.contains(&std::env::consts::OS));
        first.or_else(|| reading.clone().next()).map_or("", |plugin| plugin.summary)
    };
    commands().into_iter().map(|command| candidate(&command, summary(&command))).collect()
}

/// The names of the plugins, and the dialects of the command when it is known.
fn plugins(context: &Context) -> Vec<CompletionCandidate> {
    let command = context.command.first().map(String::as_str);
    let reading = bundled().iter().filter(|plugin| command.is_none_or(|command| plugin.commands.contains(&command)));
    let names = reading.clone().map(|plugin| candidate(plugin.name, plugin.summary));
    let dialects = reading.filter(|_| command.is_some()).map(|plugin| candidate(plugin.dialect, plugin.summary));
    names.chain(dialects).collect()
}

/// The platforms that plugins name, and this one.
fn platforms() -> Vec<CompletionCandidate> {
    let mut names: Vec<_> = bundled().iter().flat_map(|plugin| plugin.platforms.iter().copied()).collect();
    names.push(std::env::consts::OS);
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| candidate(name, "")).collect()
}

/// The fields that fit the end of a list or of an expression.
fn fields(context: &Context, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let start = current.rfind([',', ' ', '(', '-']).map_or(0, |separator| separator + 1);
    let (before, begun) = current.split_at(start);
    let listed: Vec<&str> = context.word.split([',', '=', '-', ' ']).collect();
    let mut found = Vec::new();
    for fields in schemas(context) {
        collect(&fields, "", &mut found);
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    let fits = |name: &str| name.starts_with(begun) && (name == begun || !listed.contains(&name));
    let fitting = found.into_iter().filter(|(name, _)| fits(name));
    fitting.map(|(name, meaning)| candidate(&format!("{before}{name}"), &meaning)).collect()
}

/// Names and meanings of fields, and of what is in them.
fn collect(fields: &[Field], within: &str, found: &mut Vec<(String, String)>) {
    for field in fields {
        let name = format!("{within}{}", field.name);
        if let Kind::Record(fields) = &field.kind {
            collect(fields, &format!("{name}."), found);
        }
        found.push((name, field.doc.clone()));
    }
}

/// The records of the command on the line; of all commands before it is there. What cannot be read has none.
fn schemas(context: &Context) -> Vec<Vec<Field>> {
    let Ok(config) = Config::read() else { return Vec::new() };
    let Ok(sandbox) = Sandbox::with_store(config.limits(), Config::store()) else { return Vec::new() };
    let load = |candidate: &Candidate| candidate.load(&sandbox).ok().map(|plugin| plugin.about().schema.fields.clone());
    let named = context.command.iter().any(|word| !word.is_empty()) || context.plugin.is_some();
    if !named {
        return bundled().iter().map(Candidate::Bundled).filter_map(|candidate| load(&candidate)).collect();
    }
    let platform = context.platform.as_deref().unwrap_or(std::env::consts::OS);
    let query = Query { command: &context.command, platform, implementation: None, plugin: context.plugin.as_deref() };
    let best = rank(&query, &config).ok().and_then(|ranking| ranking.candidates.into_iter().next());
    best.and_then(|(candidate, _)| load(&candidate)).into_iter().collect()
}

fn candidate(value: &str, meaning: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help((!meaning.is_empty()).then(|| meaning.to_owned().into()))
}
