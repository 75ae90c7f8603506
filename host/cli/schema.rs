//! `outparse schema <command>`: the fields of a command's records.

use std::ffi::OsString;

use super::options::{self, Options};
use crate::error::Error;
use crate::registry::Config;
use crate::sandbox::Sandbox;
use crate::schema::{Field, Kind};

/// Prints the schema of the parser that would be tried first. Returns the exit status.
pub(super) fn schema(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let config = Config::read()?;
    let ranking = options.rank(&options::as_text(words), None, &config)?;
    let Some((first, _)) = ranking.candidates.first() else { return Ok(0) };
    let plugin = first.load(&Sandbox::with_store(config.limits(), Config::store())?)?;
    let about = plugin.about();
    let mut text = format!("{} {}: {}\n\n", about.name, about.version, about.summary);
    for field in &about.schema.fields {
        describe(field, 0, &mut text);
    }
    super::print(&text)?;
    Ok(0)
}

/// A line with name, type and unit, and below it the meaning; children below their parent.
pub(super) fn describe(field: &Field, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let null = if field.nullable { "?" } else { "" };
    let mut type_ = format!("{}{null}", field.kind.name());
    if let Some(unit) = &field.unit {
        type_.push_str(&format!(", {unit}"));
    }
    if field.approximate {
        type_.push_str(", may be rounded");
    }
    if let Some(levels) = field.levels {
        type_.push_str(&format!(", warning at {}, critical at {}", levels.warning, levels.critical));
    }
    text.push_str(&format!("{indent}{} ({type_})\n", field.name));
    if !field.doc.is_empty() {
        text.push_str(&format!("{indent}    {}\n", field.doc));
    }
    match &field.kind {
        Kind::List(item) => describe(item, depth + 1, text),
        Kind::Record(fields) => fields.iter().for_each(|field| describe(field, depth + 1, text)),
        _ => {}
    }
}
