//! `outparse plugin audit`: whether a plugin that is here was withdrawn, by the digests of a list.
//!
//! ```json
//! {"withdrawn": [{"sha256": "…", "reason": "wrong sizes above 2 TiB"}]}
//! ```
//!
//! A digest is that of a component, or that of the manifest it had in a registry.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::static_list;
use crate::options::Options;
use crate::printing::listing;
use outparse::error::Error;
use outparse::registry::{Config, bundled};
use outparse::words::plain;

/// Characters of a reason that are shown.
const MOST_OF_REASON: usize = 500;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The list of withdrawn plugins; `withdrawn` under `[trust]` in the configuration, unless it is said
    #[arg(long, value_name = "FILE|URL")]
    list: Option<String>,
}

#[derive(Deserialize)]
struct List {
    withdrawn: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    sha256: String,
    reason: Option<String>,
}

/// A plugin that is here.
struct Here<'a> {
    name: &'a str,
    version: &'a str,
    origin: &'a str,
    sha256: &'a str,
    manifest: Option<&'a str>,
}

/// One that is here and was withdrawn.
#[derive(Serialize)]
struct Withdrawn<'a> {
    name: &'a str,
    version: &'a str,
    origin: &'a str,
    sha256: &'a str,
    reason: Option<&'a str>,
}

/// Compares the plugins that are here with the list. Returns the exit status: 1 if one was withdrawn.
pub(super) fn audit(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let configured = ("withdrawn", config.trusted().withdrawn.as_deref());
    let (list, List { withdrawn }) = static_list::read(&config, arguments.list.as_deref(), configured, "--list")?;
    let mut entries = Vec::new();
    for entry in &withdrawn {
        entries.push((static_list::sha256_of(&entry.sha256, &list)?, entry.reason.as_deref()));
    }
    let here: Vec<_> = here(&config).collect();
    let found: Vec<_> = here.iter().filter_map(|plugin| plugin.among(&entries)).collect();
    listing::print(options, &found, || text(&found, here.len()))?;
    Ok(u8::from(!found.is_empty()))
}

/// All plugins that a run may use.
fn here(config: &Config) -> impl Iterator<Item = Here<'_>> {
    let bundled = bundled().iter().map(|one| Here {
        name: one.name,
        version: one.version,
        origin: "bundled",
        sha256: one.sha256,
        manifest: None,
    });
    bundled.chain(config.installed().iter().map(|one| Here {
        name: &one.name,
        version: &one.version,
        origin: &one.origin,
        sha256: &one.sha256,
        manifest: one.manifest.as_deref(),
    }))
}

impl<'a> Here<'a> {
    /// What the list says about it, if it was withdrawn.
    fn among(&self, entries: &[(&str, Option<&'a str>)]) -> Option<Withdrawn<'a>> {
        let manifest = self.manifest.map(|digest| digest.strip_prefix("sha256:").unwrap_or(digest));
        let (_, reason) = entries.iter().find(|(digest, _)| *digest == self.sha256 || Some(*digest) == manifest)?;
        let Here { name, version, origin, sha256, .. } = *self;
        Some(Withdrawn { name, version, origin, sha256, reason: *reason })
    }
}

fn text(found: &[Withdrawn<'_>], all: usize) -> String {
    if found.is_empty() {
        return format!("none of {all} plugins was withdrawn\n");
    }
    let mut text = String::new();
    for Withdrawn { name, version, origin, sha256, reason } in found {
        let reason = reason.map(|reason| format!(": {}", plain(reason, MOST_OF_REASON))).unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name} {version} ({}, {}) was withdrawn{reason}", plain(origin, MOST_OF_REASON), &sha256[..12]);
    }
    text.push_str("`outparse plugin remove NAME` removes an installed one; a newer outparse brings other bundled ones\n");
    text
}
