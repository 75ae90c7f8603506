//! `outparse plugin list`: what there is.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

use crate::cli::listing;
use crate::cli::options::Options;
use crate::error::Error;
use crate::registry::{Config, bundled, sha256};
use crate::sandbox::plain;

/// A plugin in the list.
#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    version: &'a str,
    summary: &'a str,
    commands: Vec<&'a str>,
    dialect: &'a str,
    platforms: Vec<&'a str>,
    origin: &'a str,
    sha256: String,
    manifest: Option<&'a str>,
}

/// Prints a line for each plugin. Returns the exit status.
pub(super) fn list(options: &Options) -> Result<u8, Error> {
    let config = Config::read()?;
    let bundled = bundled().iter().map(|bundled| Entry {
        name: bundled.name,
        version: bundled.version,
        summary: bundled.summary,
        commands: bundled.commands.to_vec(),
        dialect: bundled.dialect,
        platforms: bundled.platforms.to_vec(),
        origin: "bundled",
        sha256: sha256(bundled.component),
        manifest: None,
    });
    let installed = config.installed().iter().map(|installed| Entry {
        name: &installed.name,
        version: &installed.version,
        summary: &installed.summary,
        commands: installed.commands.iter().map(String::as_str).collect(),
        dialect: &installed.dialect,
        platforms: installed.platforms.iter().map(String::as_str).collect(),
        origin: &installed.origin,
        sha256: installed.sha256.clone(),
        manifest: installed.manifest.as_deref(),
    });
    let entries: Vec<Entry<'_>> = bundled.chain(installed).collect();
    listing::print(options, &entries, || table(&entries))?;
    Ok(0)
}

fn table(entries: &[Entry<'_>]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["name", "version", "reads", "first on", "from"]);
    for entry in entries {
        let cells = [entry.name, entry.version, &entry.commands.join(", "), &entry.platforms.join(", "), entry.origin];
        table.add_row(cells.map(|cell| plain(cell, 300)));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(index > 0), 1));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
