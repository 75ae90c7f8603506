//! What an argument of ours can be: commands, plugins, platforms, and the fields of records. The definitions say the rest themselves.

use std::ffi::OsStr;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate, SubcommandCandidates};

use super::line::{COMMAND, Line, named};
use crate::subcommands::help;
use outparse::registry::{Candidate, Capture, Config, Listed, Query, in_full, listed, rank};
use outparse::schema::{Field, Kind, Parser};

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

/// Which fields are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    /// Also those within others, as `user.name`.
    All,
}

/// The definitions, with what the arguments of this line can be.
pub(super) fn with_candidates(definitions: Command, line: &Line<'_>, word: &str) -> Command {
    let context = Context {
        command: line.command.clone(),
        platform: line.value("platform").map(str::to_owned),
        plugin: line.value("plugin").map(str::to_owned),
        word: word.to_owned(),
    };
    let context = Arc::new(context);
    let with = Arc::clone(&context);
    add(definitions, &context).add(SubcommandCandidates::new(move || readable(&with)))
}

fn add(definitions: Command, context: &Arc<Context>) -> Command {
    let with = Arc::clone(context);
    definitions.mut_args(move |arg| add_to(arg, &with)).mut_subcommands(|sub| add(sub, context))
}

fn add_to(arg: Arg, context: &Arc<Context>) -> Arg {
    let context = Arc::clone(context);
    if is_list(&arg) {
        // Whole columns are printed; what is within them can be compared and sorted by.
        let depth = if arg.get_id() == "fields" { Depth::Top } else { Depth::All };
        arg.add(ArgValueCompleter::new(move |current: &OsStr| fields(&context, depth, current)))
    } else if arg.get_id() == "platform" {
        arg.add(ArgValueCandidates::new(platforms))
    } else if is_plugin(&arg) {
        arg.add(ArgValueCandidates::new(move || plugins(&context)))
    } else if named(&arg, "TOPIC") {
        arg.add(ArgValueCandidates::new(|| help::topics().into_iter().map(|(topic, about)| candidate(&topic, &about)).collect()))
    } else if named(&arg, COMMAND) {
        arg.add(ArgValueCandidates::new(move || readable(&context)))
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

/// All parsers; where the installed ones cannot be read, those that ship with the program.
fn all() -> Vec<Listed> {
    let installed = Config::read().map(|config| config.installed().to_vec()).unwrap_or_default();
    listed(&installed)
}

/// The first word of a command, written out: `show` for `sh[ow] ip`.
fn program(command: &str) -> String {
    in_full(command.split(' ').next().unwrap_or_default())
}

/// Whether a parser may read something on the platform of the line.
fn is_for(parser: &Parser, context: &Context) -> bool {
    let platform = context.platform.as_deref().unwrap_or(std::env::consts::OS);
    !parser.platform_bound || parser.platforms.iter().any(|known| known == platform)
}

/// The commands that have parsers.
fn readable(context: &Context) -> Vec<CompletionCandidate> {
    let mut parsers = all();
    parsers.retain(|listed| is_for(&listed.parser, context));
    let mut names: Vec<String> = parsers.iter().flat_map(|listed| &listed.parser.commands).cloned().collect();
    names.retain(|name| !name.contains(' ') || !name.starts_with("busybox ") && !name.starts_with("toybox "));
    let mut names: Vec<String> = names.iter().map(|name| program(name)).collect();
    names.sort();
    names.dedup();
    let summary = |command: &str| {
        let reads = |listed: &&Listed| listed.parser.commands.iter().any(|known| program(known) == command);
        let here = |listed: &&Listed| listed.parser.platforms.iter().any(|platform| platform == std::env::consts::OS);
        // When a command is run here, the parser that is the first choice here is meant.
        let first = parsers.iter().filter(reads).find(here);
        first.or_else(|| parsers.iter().find(reads)).map_or(String::new(), |listed| listed.parser.summary.clone())
    };
    names.iter().map(|command| candidate(command, &summary(command))).collect()
}

/// The names of the plugins, and the dialects of the command when it is known.
fn plugins(context: &Context) -> Vec<CompletionCandidate> {
    let command = context.command.first().map(String::as_str);
    let reads = |listed: &Listed| {
        command.is_none_or(|command| listed.parser.commands.iter().any(|known| program(known) == command))
            && is_for(&listed.parser, context)
    };
    let parsers: Vec<Listed> = all().into_iter().filter(reads).collect();
    let names = parsers.iter().map(|listed| candidate(&listed.candidate.name(), &listed.parser.summary));
    let bundled = parsers.iter().filter(|listed| command.is_some() && matches!(listed.candidate, Candidate::Bundled(..)));
    let dialects = bundled.map(|listed| candidate(&listed.parser.dialect, &listed.parser.summary));
    names.chain(dialects).collect()
}

/// The platforms that plugins name, and this one.
fn platforms() -> Vec<CompletionCandidate> {
    let mut names: Vec<String> = all().into_iter().flat_map(|listed| listed.parser.platforms).collect();
    names.push(std::env::consts::OS.to_owned());
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| candidate(name, "")).collect()
}

/// The fields that fit the end of a list or of an expression.
fn fields(context: &Context, depth: Depth, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let start = current.rfind([',', ' ', '(', '-']).map_or(0, |separator| separator + 1);
    let (before, begun) = current.split_at(start);
    let listed: Vec<&str> = context.word.split([',', '=', '-', ' ']).collect();
    let mut found = Vec::new();
    for fields in schemas(context) {
        collect(&fields, depth, "", &mut found);
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    let fits = |name: &str| name.starts_with(begun) && (name == begun || !listed.contains(&name));
    let fitting = found.into_iter().filter(|(name, _)| fits(name));
    fitting.map(|(name, meaning)| candidate(&format!("{before}{name}"), &meaning)).collect()
}

/// Names and meanings of fields.
fn collect(fields: &[Field], depth: Depth, within: &str, found: &mut Vec<(String, String)>) {
    for field in fields {
        let name = format!("{within}{}", field.name);
        if let (Depth::All, Kind::Record(fields)) = (depth, &field.kind) {
            collect(fields, depth, &format!("{name}."), found);
        }
        found.push((name, field.doc.clone()));
    }
}

/// The fields of the command on the line, or of all commands if there is none yet. What cannot be read has none.
fn schemas(context: &Context) -> Vec<Vec<Field>> {
    let Ok(config) = Config::read() else { return Vec::new() };
    let Ok(sandbox) = config.sandbox() else { return Vec::new() };
    let capture = Capture::of_command(&context.command);
    let load = |candidate: &Candidate| candidate.about(&sandbox, &capture).ok().map(|about| about.schema.fields.clone());
    let named = context.command.iter().any(|word| !word.is_empty()) || context.plugin.is_some();
    if !named {
        // A catalogue's fields are not known before it has parsed something.
        let own = |listed: &&Listed| !matches!(&listed.candidate, Candidate::Installed(plugin, _) if plugin.catalogue.is_some());
        return listed(config.installed()).iter().filter(own).filter_map(|listed| load(&listed.candidate)).collect();
    }
    let platform = context.platform.as_deref().unwrap_or(std::env::consts::OS);
    let query = Query { command: &context.command, platform, plugin: context.plugin.as_deref(), ..Query::default() };
    let best = rank(&query, &config).ok().and_then(|ranking| ranking.candidates.into_iter().next());
    best.and_then(|(candidate, _)| load(&candidate)).into_iter().collect()
}

fn candidate(value: &str, meaning: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help((!meaning.is_empty()).then(|| meaning.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(command: &str, depth: Depth, word: &str) -> Vec<String> {
        let command = command.split_whitespace().map(str::to_owned).collect();
        let context = Context { command, word: word.to_owned(), ..Context::default() };
        let found = fields(&context, depth, OsStr::new(word));
        found.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn fields_fit_the_end_of_what_is_typed() {
        assert_eq!(values("df -h", Depth::All, "mou"), ["mounted_on"]);
        assert_eq!(values("df", Depth::All, "-used,-mou"), ["-used,-mounted_on"]);
        assert_eq!(values("df", Depth::All, "use_percent > 80 and (mou"), ["use_percent > 80 and (mounted_on"]);
        assert_eq!(values("df", Depth::All, "mounted_on,mou"), [""; 0]);
        assert_eq!(values("no-such-command", Depth::All, "mou"), [""; 0]);
        assert!(values("", Depth::All, "mou").contains(&"mounted_on".to_owned()));
    }

    #[test]
    fn what_is_within_fields_is_offered_where_it_can_be_used() {
        assert!(values("ping", Depth::All, "").iter().any(|name| name.contains('.')));
        assert!(values("ping", Depth::Top, "").iter().all(|name| !name.contains('.')));
    }
}
