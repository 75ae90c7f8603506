//! The tools, and what they do.

use std::time::{Duration, Instant};

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{self, Wanted};
use outparse::Request;
use outparse::error::Error;
use outparse::registry::{Capture, Config, listed};
use outparse_bulk::Pool;

/// Parsers that are listed at once, unless more are asked for.
const LISTED: usize = 50;

/// Records that a command may print.
const MOST_RECORDS: usize = 200_000;

pub(super) struct Tools {
    config: Config,
    pool: Pool,
    /// The words that each allowed command begins with.
    allowed: Vec<Vec<String>>,
    timeout: Duration,
    /// What agents are told of each.
    described: Vec<Tool>,
}

/// The words of a command: a list, or a line without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    Line(String),
}

impl Words {
    fn list(self) -> Vec<String> {
        match self {
            Words::List(words) => words,
            Words::Line(line) => line.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

#[derive(Deserialize)]
struct ListParsers {
    search: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct ShowSchema {
    command: Words,
    platform: Option<String>,
}

#[derive(Deserialize)]
struct ParseText {
    command: Words,
    text: String,
    platform: Option<String>,
    plugin: Option<String>,
    #[serde(flatten)]
    wanted: Wanted,
}

#[derive(Deserialize)]
struct RunCommand {
    command: Words,
    plugin: Option<String>,
    #[serde(flatten)]
    wanted: Wanted,
}

impl Tools {
    pub(super) fn new(config: Config, allow: &[String], timeout: Duration) -> Result<Tools, Error> {
        let allowed: Vec<Vec<String>> =
            allow.iter().map(|command| command.split_whitespace().map(str::to_owned).collect()).collect();
        if allowed.iter().any(Vec::is_empty) {
            return Err(Error::Usage("`--allow` names commands".to_owned()));
        }
        // Agents ask one thing after the other; room for a few at a time is plenty.
        let pool = Pool::new(config.clone(), 8)?;
        let mut tools = Tools { config, pool, allowed, timeout, described: Vec::new() };
        tools.described = tools.describe();
        Ok(tools)
    }

    pub(super) fn instructions(&self) -> String {
        let runs = match self.allowed.len() {
            0 => "No command may be run here: pass output as text.".to_owned(),
            _ => format!("Commands that may be run: {}.", self.allowed_names()),
        };
        format!(
            "Turns what commands print into typed records: sizes in bytes, times in RFC 3339, percentages as numbers. Ask show_schema \
             for the fields of a command before you name some. {runs}"
        )
    }

    fn allowed_names(&self) -> String {
        self.allowed.iter().map(|words| format!("`{}`", words.join(" "))).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn list(&self) -> Vec<Tool> {
        self.described.clone()
    }

    fn describe(&self) -> Vec<Tool> {
        let words = json!({
            "description": "The command and its arguments, a word each: [\"df\", \"-k\"]. A line without quotes is taken apart at blanks",
            "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
        });
        let text = |doc: &str| json!({"type": "string", "description": doc});
        let plugin = text("Use this parser only: a dialect, or a plugin's name");
        let platform = text("Where the output is from, if not from here: linux, macos, freebsd, …");
        let tool = |name: &'static str, doc: String, properties: Value, required: &[&str]| {
            let schema = json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
            let schema = schema.as_object().cloned().unwrap_or_default();
            Tool::new(name, doc, schema)
        };
        let with_wanted = |mut properties: Value| {
            if let (Some(all), Some(wanted)) = (properties.as_object_mut(), Wanted::schema().as_object()) {
                all.extend(wanted.clone());
            }
            properties
        };
        let mut tools = vec![
            tool(
                "list_parsers",
                "Lists the commands and files that have a parser, with a line about each.".to_owned(),
                json!({
                    "search": text("Only those with this text in their names or descriptions"),
                    "limit": {"type": "integer", "minimum": 1, "description": format!("How many at most; {LISTED} unless it is said")},
                }),
                &[],
            )
            .with_annotations(reads("List parsers")),
            tool(
                "show_schema",
                "Shows the fields that a command's records have: names, types, units, meanings.".to_owned(),
                json!({"command": words, "platform": platform}),
                &["command"],
            )
            .with_annotations(reads("Show a schema")),
            tool(
                "parse_text",
                "Parses what a command printed. Small by default: say what you want with `fields`, `where`, `sort` and `limit`.".to_owned(),
                with_wanted(json!({"command": words, "text": text("What the command printed"), "platform": platform, "plugin": plugin})),
                &["command", "text"],
            )
            .with_annotations(reads("Parse text")),
        ];
        if !self.allowed.is_empty() {
            let doc = format!(
                "Runs a command without a shell and parses what it prints. Only these may be run: {}. Ended after {:?}.",
                self.allowed_names(),
                self.timeout
            );
            tools.push(tool("run_command", doc, with_wanted(json!({"command": words, "plugin": plugin})), &["command"]));
        }
        tools
    }

    /// Does what is asked. The text is JSON.
    pub(super) fn call(&self, name: &str, arguments: JsonObject) -> Result<String, Error> {
        let tool = self.described.iter().find(|tool| tool.name == name);
        let tool = tool.ok_or_else(|| Error::Usage(format!("there is no tool `{name}`")))?;
        let known = tool.input_schema.get("properties").and_then(Value::as_object);
        if let Some(unknown) = arguments.keys().find(|&key| known.is_some_and(|known| !known.contains_key(key))) {
            let known: Vec<String> = known.into_iter().flatten().map(|(key, _)| format!("`{key}`")).collect();
            return Err(Error::Usage(format!("`{name}` has no argument `{unknown}`; there are {}", known.join(", "))));
        }
        match name {
            "list_parsers" => self.list_parsers(read(arguments)?),
            "show_schema" => self.show_schema(read(arguments)?),
            "parse_text" => self.parse_text(read(arguments)?),
            _ => self.run_command(read(arguments)?),
        }
    }

    fn list_parsers(&self, ListParsers { search, limit }: ListParsers) -> Result<String, Error> {
        let search = search.unwrap_or_default().to_lowercase();
        let all = listed(self.config.installed());
        let found = all.iter().filter_map(|listed| {
            let parser = &listed.parser;
            let reads: Vec<&String> = parser.commands.iter().chain(&parser.files).collect();
            let is_it = parser.summary.to_lowercase().contains(&search) || reads.iter().any(|name| name.contains(&search));
            is_it.then(|| json!({"reads": reads, "about": parser.summary, "dialect": parser.dialect}))
        });
        let found: Vec<Value> = found.collect();
        let shown = &found[..found.len().min(limit.unwrap_or(LISTED))];
        Ok(json!({"parsers": shown, "found": found.len(), "shown": shown.len()}).to_string())
    }

    fn show_schema(&self, ShowSchema { command, platform }: ShowSchema) -> Result<String, Error> {
        let capture = capture(command.list(), platform)?;
        let about = self.pool.about(&self.pool.plan(capture, None)?)?;
        Ok(answer::schema(&about))
    }

    fn parse_text(&self, ParseText { command, text, platform, plugin, wanted }: ParseText) -> Result<String, Error> {
        let plan = self.pool.plan(capture(command.list(), platform)?, plugin.as_deref())?;
        let selecting = wanted.plan()?;
        let about = self.pool.about(&plan)?;
        answer::check(&selecting, &about)?;
        let records = self.pool.worker().parse(&plan, text.as_bytes())?;
        answer::records(&records, &selecting, &wanted)
    }

    fn run_command(&self, RunCommand { command, plugin, wanted }: RunCommand) -> Result<String, Error> {
        let words = command.list();
        if !self.allowed.iter().any(|allowed| words.starts_with(allowed)) {
            let asked = words.join(" ");
            return Err(Error::Usage(format!("`{asked}` may not be run: the user allows {}", self.allowed_names())));
        }
        let selecting = wanted.plan()?;
        let plan = self.pool.plan(Capture::of_command(&words), plugin.as_deref())?;
        let about = self.pool.about(&plan)?;
        answer::check(&selecting, &about)?;
        let mut request = Request::new(&words).config(self.config.clone());
        if let Some(plugin) = plugin {
            request = request.plugin(plugin);
        }
        let end = Instant::now() + self.timeout;
        let records = request.run_while(|records| {
            if records > MOST_RECORDS {
                return Err(Error::Usage(format!("the command was ended: it printed more than {MOST_RECORDS} records")));
            }
            if Instant::now() >= end {
                return Err(Error::Usage(format!("the command was ended: it took longer than {:?}", self.timeout)));
            }
            Ok(())
        })?;
        answer::records(&records, &selecting, &wanted)
    }
}

/// The annotations of a tool that only reads.
fn reads(title: &str) -> ToolAnnotations {
    ToolAnnotations::with_title(title).read_only(true)
}

/// Arguments as a tool has them.
fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Error> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| Error::Usage(format!("the arguments do not fit: {error}")))
}

/// A command with its arguments; a path alone is a file.
fn capture(words: Vec<String>, platform: Option<String>) -> Result<Capture, Error> {
    match &words[..] {
        [] => Err(Error::Usage("no command was given".to_owned())),
        [path] if path.starts_with('/') => Ok(Capture { path: Some(path.clone()), platform, ..Capture::default() }),
        // If no arguments are given, nobody knows whether the command had any.
        words => Ok(Capture { arguments_known: words.len() > 1, platform, ..Capture::of_command(words) }),
    }
}
