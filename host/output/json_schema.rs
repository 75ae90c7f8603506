//! A schema as JSON Schema, draft 2020-12: what `--format json` prints validates against it.
//!
//! Units, rounding and levels have no keyword there and are annotations of ours: `x-unit`, `x-approximate`, `x-warning` and
//! `x-critical`.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::schema::{About, Field, Kind, Levels, Schema};

/// The JSON Schema of the records that a plugin makes, of all fields or of some: one document, indented.
pub fn json_schema(about: &About, schema: &Schema) -> anyhow::Result<String> {
    let document = Document { about, schema };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

struct Document<'a> {
    about: &'a About,
    schema: &'a Schema,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let About { name, version, summary, .. } = self.about;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("$schema", "https://json-schema.org/draft/2020-12/schema")?;
        map.serialize_entry("$id", &format!("urn:outparse:{}:{}", escaped(name), escaped(version)))?;
        map.serialize_entry("title", &format!("{name} {version}"))?;
        map.serialize_entry("description", summary)?;
        map.serialize_entry("type", "array")?;
        map.serialize_entry("items", &Record(&self.schema.fields))?;
        map.end()
    }
}

/// A text of a plugin's as a part of a URN, which has few characters.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// An object that has all of these fields and no other.
struct Record<'a>(&'a [Field]);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "object")?;
        shape(&mut map, self.0)?;
        map.end()
    }
}

fn shape<M: SerializeMap>(map: &mut M, fields: &[Field]) -> Result<(), M::Error> {
    map.serialize_entry("properties", &Properties(fields))?;
    map.serialize_entry("required", &fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>())?;
    map.serialize_entry("additionalProperties", &false)
}

struct Properties<'a>(&'a [Field]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|field| (&field.name, Property { field, title: true })))
    }
}

struct Property<'a> {
    field: &'a Field,
    /// An item of a list has no name worth telling.
    title: bool,
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let field = self.field;
        let mut map = serializer.serialize_map(None)?;
        if self.title {
            map.serialize_entry("title", &field.name.replace('_', " "))?;
        }
        if !field.doc.is_empty() {
            map.serialize_entry("description", &field.doc)?;
        }
        let name = match field.kind {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "number",
            Kind::Text => "string",
            Kind::List(_) => "array",
            Kind::Record(_) => "object",
        };
        // JSON has no numbers that are infinite or none: they are printed as null.
        if field.nullable || matches!(field.kind, Kind::Float) {
            map.serialize_entry("type", &[name, "null"])?;
        } else {
            map.serialize_entry("type", name)?;
        }
        match &field.kind {
            Kind::List(item) => map.serialize_entry("items", &Property { field: item, title: false })?,
            Kind::Record(fields) => shape(&mut map, fields)?,
            _ => {}
        }
        if let Some(unit) = &field.unit {
            map.serialize_entry("x-unit", unit)?;
        }
        if field.approximate {
            map.serialize_entry("x-approximate", &true)?;
        }
        if let Some(Levels { warning, critical }) = field.levels {
            map.serialize_entry("x-warning", &warning)?;
            map.serialize_entry("x-critical", &critical)?;
        }
        map.end()
    }
}
