//! A schema as JSON Schema, draft 2020-12: what `--format json` prints validates against it.
//!
//! A record has the fields of its capture's shape, so none is required. Units, rounding, roles and levels have no keyword there and are
//! annotations of ours: `x-unit`, `x-approximate`, `x-role`, `x-warning` and `x-critical`.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use outparse::schema::{About, Field, Kind, Levels, Schema};

/// The JSON Schema of the records that a plugin makes, of all fields or of some: one document, indented.
pub fn json_schema(about: &About, schema: &Schema) -> anyhow::Result<String> {
    let document = Document { about, schema };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// A point in time, with an offset from UTC or without.
const TIME: &str = r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$";

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
        let every: Vec<(&str, &[Field])> =
            self.schema.kinds.iter().map(|kind| (kind.name.as_str(), kind.fields.as_slice())).collect();
        if every.is_empty() {
            map.serialize_entry("items", &Record { kind: None, fields: &self.schema.fields, open: self.schema.open })?;
        } else {
            map.serialize_entry("items", &AnyOf(&every, self.schema.open))?;
        }
        map.end()
    }
}

/// A plugin's text as a part of a URN, in which few characters are allowed.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A record of one of these kinds.
struct AnyOf<'a>(&'a [(&'a str, &'a [Field])], bool);

impl Serialize for AnyOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kinds: Vec<Record> = self.0.iter().map(|&(kind, fields)| Record { kind: Some(kind), fields, open: self.1 }).collect();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("anyOf", &kinds)?;
        map.end()
    }
}

/// An object that has some of these fields, those of its capture's shape, and no other unless the schema is open.
struct Record<'a> {
    kind: Option<&'a str>,
    fields: &'a [Field],
    open: bool,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "object")?;
        map.serialize_entry("properties", &Properties { kind: self.kind, fields: self.fields })?;
        if self.kind.is_some() {
            map.serialize_entry("required", &[outparse::schema::KIND])?;
        }
        map.serialize_entry("additionalProperties", &self.open)?;
        map.end()
    }
}

fn shape<M: SerializeMap>(map: &mut M, fields: &[Field]) -> Result<(), M::Error> {
    map.serialize_entry("properties", &Properties { kind: None, fields })?;
    map.serialize_entry("additionalProperties", &false)
}

struct Properties<'a> {
    kind: Option<&'a str>,
    fields: &'a [Field],
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = self.kind {
            map.serialize_entry(outparse::schema::KIND, &Constant { constant: kind })?;
        }
        for field in self.fields {
            map.serialize_entry(&field.name, &Property { field, title: true })?;
        }
        map.end()
    }
}

/// A text that is always the same.
#[derive(Serialize)]
struct Constant<'a> {
    #[serde(rename = "const")]
    constant: &'a str,
}

struct Property<'a> {
    field: &'a Field,
    /// Whether it has a title: an item of a list has no name worth telling.
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
            Kind::Text | Kind::Time { .. } => "string",
            Kind::List(_) => "array",
            Kind::Map(_) | Kind::Record(_) => "object",
            Kind::Json => return map.end(),
        };
        // JSON has no NaN and no infinities: they are printed as null.
        if field.nullable || matches!(field.kind, Kind::Float) {
            map.serialize_entry("type", &[name, "null"])?;
        } else {
            map.serialize_entry("type", name)?;
        }
        match &field.kind {
            Kind::List(item) => map.serialize_entry("items", &Property { field: item, title: false })?,
            Kind::Map(value) => map.serialize_entry("additionalProperties", &Property { field: value, title: false })?,
            // RFC 3339, or the same without an offset where none is known: `format: date-time` would not allow that.
            Kind::Time { .. } => map.serialize_entry("pattern", TIME)?,
            Kind::Record(fields) => shape(&mut map, fields)?,
            _ => {}
        }
        if let Some(unit) = &field.unit {
            map.serialize_entry("x-unit", unit)?;
        }
        if field.approximate {
            map.serialize_entry("x-approximate", &true)?;
        }
        if let Some(role) = field.role {
            map.serialize_entry("x-role", role.name())?;
        }
        if let Some(Levels { warning, critical }) = field.levels {
            map.serialize_entry("x-warning", &warning)?;
            map.serialize_entry("x-critical", &critical)?;
        }
        map.end()
    }
}
