//! `outparse plugin show`: everything that is known about one plugin.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::metadata::Metadata;
use crate::options::Options;
use crate::printing::listing;
use crate::printing::saying::print;
use outparse::error::Error;
use outparse::registry::{Candidate, Capture, Config, named, sha256};
use outparse::schema::{Field, Kind};
use outparse::words::plain;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The name of a bundled or installed plugin, or a component's file
    #[arg(value_name = "NAME|FILE")]
    plugin: String,
}

/// What the file alone tells.
struct Component {
    origin: String,
    bytes: usize,
    sha256: String,
    manifest: Option<String>,
    /// What its own sections say of it.
    metadata: Metadata,
}

/// Prints what is known. Returns the exit status.
pub(super) fn show(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let json = listing::as_json(options)?;
    let config = Config::read()?;
    let sandbox = config.sandbox()?;
    let candidate = find(&arguments.plugin, &config)?;
    let bytes = candidate.component(config.limits().component)?;
    let component = Component {
        origin: candidate.origin(),
        bytes: bytes.len(),
        sha256: sha256(&bytes),
        manifest: match &candidate {
            Candidate::Installed(installed, _) => installed.manifest.clone(),
            Candidate::Bundled(..) | Candidate::File(..) | Candidate::Memory { .. } => None,
        },
        metadata: Metadata::read(&bytes),
    };
    let mut plugin = match candidate.load(&sandbox) {
        Ok(plugin) => plugin,
        // The error says why it is no plugin; what the file tells nevertheless may help.
        Err(error) => {
            if !json {
                print(&component.text())?;
            }
            return Err(error.into());
        }
    };
    let (description, exports) = (Arc::clone(plugin.description()), plugin.exports());
    let chosen = candidate.parser(&plugin, &Capture::default());
    let abouts = if description.parsers.len() == 1 { vec![plugin.about(0)?] } else { vec![plugin.about(chosen)?] };
    let about = &abouts[0];
    if json {
        let Component { origin, bytes, sha256, manifest, metadata } = component;
        let value = json!({
            "name": description.name, "version": description.version, "summary": description.summary,
            "catalogue": description.catalogue, "parsers": description.parsers, "origin": origin, "bytes": bytes, "sha256": sha256,
            "manifest": manifest, "imports": [], "exports": exports, "metadata": metadata,
            "fields": about.schema.fields.iter().map(field).collect::<Vec<_>>(),
        });
        listing::print(options, &value, String::new)?;
        return Ok(0);
    }
    let mut text = format!("{} {}: {}\n\n", description.name, description.version, description.summary);
    if let [parser] = &description.parsers[..] {
        line(&mut text, "reads", &parser.commands.iter().chain(&parser.files).cloned().collect::<Vec<_>>().join(", "));
        line(&mut text, "dialect", &parser.dialect);
        let none = parser.platforms.is_empty();
        line(&mut text, "first on", &if none { "no platform".to_owned() } else { parser.platforms.join(", ") });
    } else {
        line(&mut text, "parsers", &description.parsers.len().to_string());
    }
    line(&mut text, "imports", "nothing");
    line(&mut text, "exports", &exports.join(", "));
    text.push_str(&component.text());
    text.push_str(&if description.parsers.len() == 1 {
        "\nFields:\n".to_owned()
    } else {
        format!("\nFields of {}:\n", about.name)
    });
    about.schema.fields.iter().for_each(|field| describe(field, 1, &mut text));
    print(&text)?;
    Ok(0)
}

/// The plugin of this name, or in this file.
pub(super) fn find(plugin: &str, config: &Config) -> Result<Candidate, Error> {
    let by_file = || plugin.contains(['/', '.']).then(|| Candidate::File(plugin.into(), None));
    named(plugin, config.installed()).or_else(by_file).ok_or_else(|| Error::Declined {
        why: format!("there is no plugin `{plugin}`"),
        hint: Some("`outparse plugin list` shows their names; or give a file, with a `/` or a `.` in its name".to_owned()),
    })
}

impl Component {
    fn text(&self) -> String {
        let mut text = String::new();
        line(&mut text, "from", &self.origin);
        line(&mut text, "size", &format!("{} bytes", self.bytes));
        line(&mut text, "SHA-256", &self.sha256);
        if let Some(manifest) = &self.manifest {
            line(&mut text, "manifest", manifest);
        }
        self.metadata.lines().for_each(|(kind, words)| line(&mut text, kind, words));
        text
    }
}

fn line(text: &mut String, kind: &str, words: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{kind:<12} {}", plain(words, 500));
}

fn field(field: &Field) -> Value {
    let children: &[Field] = match &field.kind {
        Kind::List(item) | Kind::Map(item) => std::slice::from_ref(item),
        Kind::Record(fields) => fields,
        _ => &[],
    };
    json!({
        "name": field.name, "type": field.kind.name(), "nullable": field.nullable, "unit": field.unit, "approximate": field.approximate,
        "doc": field.doc, "role": field.role.map(outparse::schema::Role::name), "fields": children.iter().map(self::field).collect::<Vec<_>>(),
    })
}

/// A line with name, type and unit, and below it the meaning; children below their parent.
fn describe(field: &Field, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let null = if field.nullable { "?" } else { "" };
    let mut type_ = format!("{}{null}", field.kind.name());
    if let Some(unit) = &field.unit {
        type_.push_str(&format!(", {unit}"));
    }
    if field.approximate {
        type_.push_str(", may be rounded");
    }
    if let Some(role) = field.role {
        type_.push_str(&format!(", {}", role.name()));
    }
    if let Some(levels) = field.levels {
        type_.push_str(&format!(", warning at {}, critical at {}", levels.warning, levels.critical));
    }
    text.push_str(&format!("{indent}{} ({type_})\n", field.name));
    if !field.doc.is_empty() {
        text.push_str(&format!("{indent}    {}\n", field.doc));
    }
    match &field.kind {
        Kind::List(item) | Kind::Map(item) => describe(item, depth + 1, text),
        Kind::Record(fields) => fields.iter().for_each(|field| describe(field, depth + 1, text)),
        _ => {}
    }
}
