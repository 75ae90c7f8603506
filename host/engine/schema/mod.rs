//! What a plugin says about itself and its records, checked.

pub mod cell;
mod table;
mod text;
pub mod time;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field as ArrowField, FieldRef, Fields as ArrowFields, Schema as ArrowSchema, SchemaRef};

use serde::{Deserialize, Serialize};

pub use table::{Table, batch_with_times_as_text};
pub use text::{BadText, Texts};

/// What a plugin is, and which parsers it has.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// Short unique name: `df-gnu`.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// One line for people.
    pub summary: String,
    /// Whose parsers these are, when the plugin carries a collection made elsewhere.
    pub catalogue: Option<String>,
    /// Its parsers. At least one.
    pub parsers: Vec<Parser>,
}

/// What one parser of a plugin reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parser {
    /// Name, unique in the plugin.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// The commands it understands, as typed; what may be left out of a word is in brackets.
    pub commands: Vec<String>,
    /// Options that may stand before a command's later words and take the next word as their value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value_options: Vec<String>,
    /// The files it understands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The family of programs whose output it reads.
    pub dialect: String,
    /// The platforms on which it is the first choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Whether it reads nothing from any other platform.
    #[serde(default)]
    pub platform_bound: bool,
    /// Whether nothing may be taken out of what it reads: no escape sequence, no byte order mark.
    #[serde(default)]
    pub verbatim: bool,
}

/// One parser: what it is and the records it makes.
#[derive(Clone, Debug)]
pub struct About {
    /// The plugin that it is in.
    pub plugin: String,
    /// Short unique name: `df-gnu`; of one among several in a plugin, `plugin/parser`.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// One line for people.
    pub summary: String,
    /// Whose parser it is, when its plugin carries a collection made elsewhere.
    pub catalogue: Option<String>,
    /// The commands it understands, as typed.
    pub commands: Vec<String>,
    /// The files it understands.
    pub files: Vec<String>,
    /// The family of programs whose output it reads.
    pub dialect: String,
    /// The platforms on which it is the first choice.
    pub platforms: Vec<String>,
    /// Whether nothing may be taken out of what it reads.
    pub verbatim: bool,
    /// The records that it makes.
    pub schema: Schema,
}

impl About {
    /// The parser with this index, whose records have this schema.
    pub fn new(plugin: &Description, index: usize, schema: Schema) -> Option<About> {
        let parser = plugin.parsers.get(index)?.clone();
        let alone = plugin.parsers.len() == 1;
        Some(About {
            plugin: plugin.name.clone(),
            name: if alone { plugin.name.clone() } else { format!("{}/{}", plugin.name, parser.name) },
            version: plugin.version.clone(),
            summary: parser.summary,
            catalogue: plugin.catalogue.clone(),
            commands: parser.commands,
            files: parser.files,
            dialect: parser.dialect,
            platforms: parser.platforms,
            verbatim: parser.verbatim,
            schema,
        })
    }

    /// What its records are about: the first command that it understands, or the first file.
    pub fn subject(&self) -> &str {
        let file = || self.files.first().map_or(self.name.as_str(), |file| file.trim_start_matches('/'));
        self.commands.first().map_or_else(file, String::as_str)
    }
}

/// The fields of a record, as a tree.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The top level, in order. With several kinds of records: the field that says which kind a record is, then the fields of all
    /// kinds, each name once.
    pub fields: Vec<Field>,
    /// The kinds of records, the main one first. Empty when there is only one kind.
    pub kinds: Vec<RecordKind>,
    /// Whether a capture may have fields that are not named here.
    pub open: bool,
    arrow: SchemaRef,
}

/// One kind of records among several.
#[derive(Clone, Debug)]
pub struct RecordKind {
    /// Name: its value in the field `kind`.
    pub name: String,
    /// What such a record is.
    pub doc: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// The name of the field that says which kind a record is.
pub const KIND: &str = "kind";

impl Schema {
    /// A schema of these fields, for records of one kind.
    pub fn new(fields: Vec<Field>) -> Schema {
        let arrow = Arc::new(ArrowSchema::new(fields.iter().map(Field::to_arrow).collect::<ArrowFields>()));
        Schema { fields, kinds: Vec::new(), open: false, arrow }
    }

    /// A schema of several kinds of records.
    pub fn of_kinds(kinds: Vec<RecordKind>) -> Schema {
        let mut fields = vec![kind_field(&kinds)];
        for field in kinds.iter().flat_map(|kind| &kind.fields) {
            if let Some(known) = fields.iter_mut().find(|known| known.name == field.name) {
                known.nullable |= field.nullable;
            } else {
                fields.push(field.clone());
            }
        }
        // When all kinds are written as one table, a field is null in the records of the kinds that lack it.
        for field in fields.iter_mut().skip(1) {
            field.nullable |= kinds.iter().any(|kind| !kind.fields.iter().any(|own| own.name == field.name));
        }
        Schema { kinds, ..Schema::new(fields) }
    }

    /// The same schema, with `open` saying whether a capture may have other fields.
    pub fn opened(self, open: bool) -> Schema {
        Schema { open, ..self }
    }

    /// The same schema with another field put first, in the records of every kind.
    pub fn led_by(&self, field: &Field) -> Schema {
        let led = |fields: &[Field]| std::iter::once(field).chain(fields).cloned().collect::<Vec<_>>();
        let kinds = self.kinds.iter().map(|kind| RecordKind { fields: led(&kind.fields), ..kind.clone() });
        Schema { kinds: kinds.collect(), open: self.open, ..Schema::new(led(&self.fields)) }
    }

    /// The same schema with the fields that only `other` has, for records of either. The kinds are its own: parsers of one command
    /// have the same ones.
    pub fn joined(&self, other: &Schema) -> Schema {
        let mut fields = self.fields.clone();
        for field in &other.fields {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field.clone());
            }
        }
        Schema { kinds: self.kinds.clone(), open: self.open || other.open, ..Schema::new(fields) }
    }

    /// The same as an Arrow schema. Units, meanings, approximation and levels are in the metadata of its fields.
    pub fn arrow(&self) -> &SchemaRef {
        &self.arrow
    }
}

/// The field that says which kind a record is.
fn kind_field(kinds: &[RecordKind]) -> Field {
    let doc = kinds.iter().map(|kind| format!("`{}`: {}", kind.name, kind.doc)).collect::<Vec<_>>().join(" ");
    Field { doc: format!("Which kind of record this is. {doc}"), ..Field::named(KIND, Kind::Text) }
}

/// The fields that the records of one kind have in one capture, which are those that are written. Null then means that the
/// command had the column, but no value in it.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The kind, as an index into the kinds of the schema, where there are several.
    pub kind: Option<usize>,
    /// The fields. With several kinds, the first one says which this is.
    pub schema: Schema,
}

impl Shape {
    /// A shape of these fields, for records of this kind.
    pub fn new(kind: Option<usize>, of: &Schema, mut fields: Vec<Field>) -> Shape {
        if kind.is_some() {
            fields.insert(0, kind_field(&of.kinds));
        }
        Shape { kind, schema: Schema::new(fields) }
    }
}

/// One field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name, unique among its siblings.
    pub name: String,
    /// Type, with the children of a nested one.
    pub kind: Kind,
    /// Whether values may be absent.
    pub nullable: bool,
    /// What a number counts.
    pub unit: Option<String>,
    /// Whether the command may have rounded the values.
    pub approximate: bool,
    /// What it means.
    pub doc: String,
    /// What it is for, where it does more than describe.
    pub role: Option<Role>,
    /// The values from which a number deserves attention, if there are any.
    pub levels: Option<Levels>,
    /// Its column in a batch.
    pub column: usize,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Identifies, together with the other keys, the thing that the record is about.
    Key,
    /// A number that only grows for as long as that thing exists.
    Counter,
    /// A number that is measured anew each time.
    Gauge,
}

impl Role {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Role::Key => "key",
            Role::Counter => "counter",
            Role::Gauge => "gauge",
        }
    }
}

/// The values from which a number deserves attention. If `critical` is below `warning`, low values are the bad ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Look at it soon.
    pub warning: f64,
    /// Look at it now.
    pub critical: f64,
}

/// How much attention a number deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// None.
    Fine,
    /// Some, soon.
    Warning,
    /// Now.
    Critical,
}

impl Levels {
    /// The level of a value.
    pub fn of(self, value: f64) -> Level {
        let reached = |level: f64| if self.critical < self.warning { value <= level } else { value >= level };
        if reached(self.critical) {
            Level::Critical
        } else if reached(self.warning) {
            Level::Warning
        } else {
            Level::Fine
        }
    }
}

/// The type of a field.
#[derive(Clone, Debug)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A signed 64-bit whole number.
    Integer,
    /// A 64-bit floating-point number.
    Float,
    /// Text.
    Text,
    /// A point in time.
    Time {
        /// Digits after the second: 0, 3, 6 or 9.
        digits: u32,
        /// Whether each value has its offset from UTC; if not, it is what clocks showed where the capture was taken. A schema
        /// leaves this open; a shape says it.
        offset: bool,
    },
    /// A value whose type only the data decides.
    Json,
    /// Any number of values of one type.
    List(Box<Field>),
    /// Values under keys that the data decides.
    Map(Box<Field>),
    /// A group of named fields.
    Record(Vec<Field>),
}

impl Kind {
    /// Its name in listings.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Text => "text",
            Kind::Time { .. } => "time",
            Kind::Json => "json",
            Kind::List(_) => "list",
            Kind::Map(_) => "map",
            Kind::Record(_) => "record",
        }
    }

    /// The same as an Arrow type.
    pub fn to_arrow(&self) -> DataType {
        match self {
            Kind::Boolean => DataType::Boolean,
            Kind::Integer => DataType::Int64,
            Kind::Float => DataType::Float64,
            Kind::Text => DataType::Utf8,
            Kind::Time { digits, offset: false } => DataType::Timestamp(time::unit(*digits), None),
            Kind::Time { digits, offset: true } => DataType::Struct(time::with_offset(*digits)),
            // No other field has this type, which is how writers recognise it.
            Kind::Json => DataType::LargeUtf8,
            Kind::Map(value) => DataType::Map(Arc::new(map_entries(value.to_arrow())), false),
            Kind::List(item) => DataType::List(Arc::new(item.to_arrow())),
            Kind::Record(fields) => DataType::Struct(fields.iter().map(Field::to_arrow).collect()),
        }
    }
}

/// The entries of a map in Arrow.
pub(crate) fn map_entries(value: ArrowField) -> ArrowField {
    let key = ArrowField::new("key", DataType::Utf8, false);
    ArrowField::new("entries", DataType::Struct(vec![Arc::new(key), Arc::new(value)].into()), false)
}

impl Field {
    /// A field of which nothing is known but its name and type.
    pub fn named(name: &str, kind: Kind) -> Field {
        Field {
            name: name.to_owned(),
            kind,
            nullable: false,
            unit: None,
            approximate: false,
            doc: String::new(),
            role: None,
            levels: None,
            column: 0,
        }
    }

    /// The same as an Arrow field.
    pub fn to_arrow(&self) -> ArrowField {
        let mut metadata = HashMap::new();
        if let Some(unit) = &self.unit {
            metadata.insert("unit".to_owned(), unit.clone());
        }
        if self.approximate {
            metadata.insert("approximate".to_owned(), "true".to_owned());
        }
        if !self.doc.is_empty() {
            metadata.insert("doc".to_owned(), self.doc.clone());
        }
        if let Some(role) = self.role {
            metadata.insert("role".to_owned(), role.name().to_owned());
        }
        if matches!(self.kind, Kind::Json) {
            metadata.insert("ARROW:extension:name".to_owned(), "arrow.json".to_owned());
        }
        if let Some(Levels { warning, critical }) = self.levels {
            metadata.insert("warning".to_owned(), warning.to_string());
            metadata.insert("critical".to_owned(), critical.to_string());
        }
        ArrowField::new(&self.name, self.kind.to_arrow(), self.nullable).with_metadata(metadata)
    }
}

/// A field with the type that its array really has: text may be strings, or bytes that are not UTF-8.
pub fn with_type(field: &FieldRef, array: &ArrayRef) -> FieldRef {
    if field.data_type() == array.data_type() {
        return Arc::clone(field);
    }
    Arc::new(ArrowField::clone(field).with_data_type(array.data_type().clone()))
}

/// The same for all fields of a record.
pub fn with_types(fields: &ArrowFields, arrays: &[ArrayRef]) -> ArrowFields {
    if fields.iter().zip(arrays).all(|(field, array)| field.data_type() == array.data_type()) {
        return fields.clone();
    }
    fields.iter().zip(arrays).map(|(field, array)| with_type(field, array)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_values_are_bad_or_low_ones() {
        let full = Levels { warning: 80.0, critical: 90.0 };
        assert_eq!(
            [79.9, 80.0, 90.0, 100.0].map(|value| full.of(value)),
            [Level::Fine, Level::Warning, Level::Critical, Level::Critical]
        );
        let charge = Levels { warning: 20.0, critical: 5.0 };
        assert_eq!(
            [21.0, 20.0, 5.0, 0.0].map(|value| charge.of(value)),
            [Level::Fine, Level::Warning, Level::Critical, Level::Critical]
        );
        assert_eq!(full.of(f64::NAN), Level::Fine);
    }
}
