//! `outparse plugin list`: the plugins and commands there are.

use std::collections::BTreeMap;

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

use crate::options::Options;
use crate::printing::listing;
use outparse::error::Error;
use outparse::registry::{Config, Listed, bundled, in_full, listed};
use outparse::schema::Parser;
use outparse::words::plain;

#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// A line for each command, with the parsers that read it
    #[arg(long)]
    commands: bool,
}

/// A command in the list.
#[derive(Serialize)]
struct Reading {
    command: String,
    parsers: Vec<String>,
}

/// A plugin in the list.
#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    version: &'a str,
    summary: &'a str,
    catalogue: Option<&'a str>,
    parsers: Vec<Parser>,
    origin: &'a str,
    sha256: String,
    manifest: Option<&'a str>,
}

/// Prints a line for each plugin, or for each command. Returns the exit status.
pub(super) fn list(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    if arguments.commands {
        let commands = commands(&config);
        listing::print(options, &commands, || {
            lined(["command", "parsers"], commands.iter().map(|reading| [reading.command.clone(), reading.parsers.join(", ")]))
        })?;
        return Ok(0);
    }
    let bundled = bundled().iter().map(|bundled| Entry {
        name: bundled.name,
        version: bundled.version,
        summary: bundled.summary,
        catalogue: None,
        parsers: (0..bundled.parsers.len()).map(|parser| bundled.parser(parser)).collect(),
        origin: "bundled",
        sha256: bundled.sha256.to_owned(),
        manifest: None,
    });
    let installed = config.installed().iter().map(|installed| Entry {
        name: &installed.name,
        version: &installed.version,
        summary: &installed.summary,
        catalogue: installed.catalogue.as_deref(),
        parsers: installed.parsers.clone(),
        origin: &installed.origin,
        sha256: installed.sha256.clone(),
        manifest: installed.manifest.as_deref(),
    });
    let entries: Vec<Entry<'_>> = bundled.chain(installed).collect();
    listing::print(options, &entries, || table(&entries))?;
    Ok(0)
}

/// All commands, each with its parsers.
fn commands(config: &Config) -> Vec<Reading> {
    let mut commands: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Listed { candidate, parser } in listed(config.installed()) {
        for command in &parser.commands {
            commands.entry(in_full(command)).or_default().push(candidate.name());
        }
    }
    commands.into_iter().map(|(command, parsers)| Reading { command, parsers }).collect()
}

/// What a plugin reads; if it has several parsers, only how much.
fn reads(entry: &Entry<'_>) -> String {
    if let [parser] = &entry.parsers[..] {
        return parser.commands.iter().chain(&parser.files).cloned().collect::<Vec<_>>().join(", ");
    }
    let of = |count: fn(&Parser) -> usize| entry.parsers.iter().map(count).sum::<usize>();
    let (commands, files) = (of(|parser| parser.commands.len()), of(|parser| parser.files.len()));
    let whose = entry.catalogue.map(|whose| format!(" of {whose}")).unwrap_or_default();
    format!("{} parsers{whose}: {commands} commands, {files} files", entry.parsers.len())
}

fn table(entries: &[Entry<'_>]) -> String {
    let row = |entry: &Entry<'_>| {
        let mut platforms: Vec<&str> = Vec::new();
        for platform in entry.parsers.iter().flat_map(|parser| &parser.platforms) {
            if !platforms.contains(&platform.as_str()) {
                platforms.push(platform);
            }
        }
        [entry.name.to_owned(), entry.version.to_owned(), reads(entry), platforms.join(", "), entry.origin.to_owned()]
    };
    lined(["name", "version", "reads", "first on", "from"], entries.iter().map(row))
}

/// Rows under their titles.
fn lined<const COLUMNS: usize>(titles: [&str; COLUMNS], rows: impl Iterator<Item = [String; COLUMNS]>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(titles);
    for row in rows {
        table.add_row(row.map(|cell| plain(&cell, 300)));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(index > 0), 1));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
