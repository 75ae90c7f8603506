//! What a plugin says about itself and its records, checked.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field as ArrowField, FieldRef, Fields as ArrowFields, Schema as ArrowSchema, SchemaRef};

/// What a plugin is.
#[derive(Clone, Debug)]
pub struct About {
    /// Short unique name: `df-gnu`.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// One line for people.
    pub summary: String,
    /// The commands it understands, as typed.
    pub commands: Vec<String>,
    /// The family of programs whose output it reads.
    pub dialect: String,
    /// The platforms on which it is the first choice.
    pub platforms: Vec<String>,
    /// The shape of its records.
    pub schema: Schema,
}

/// The fields of a record, as a tree.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The top level, in order.
    pub fields: Vec<Field>,
    arrow: SchemaRef,
}

impl Schema {
    /// A schema of these fields.
    pub fn new(fields: Vec<Field>) -> Schema {
        let arrow = Arc::new(ArrowSchema::new(fields.iter().map(Field::to_arrow).collect::<ArrowFields>()));
        Schema { fields, arrow }
    }

    /// The same as an Arrow schema. Units, meanings, approximation and levels are in the metadata of its fields.
    pub fn arrow(&self) -> &SchemaRef {
        &self.arrow
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
    /// From where on a number deserves attention, if anywhere.
    pub levels: Option<Levels>,
    /// Its column in a batch.
    pub(crate) column: usize,
}

/// From where on a number deserves attention. With `critical` below `warning`, low values are the bad ones.
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
    /// Any number of values of one type.
    List(Box<Field>),
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
            Kind::List(_) => "list",
            Kind::Record(_) => "record",
        }
    }

    pub(crate) fn to_arrow(&self) -> DataType {
        match self {
            Kind::Boolean => DataType::Boolean,
            Kind::Integer => DataType::Int64,
            Kind::Float => DataType::Float64,
            Kind::Text => DataType::Utf8,
            Kind::List(item) => DataType::List(Arc::new(item.to_arrow())),
            Kind::Record(fields) => DataType::Struct(fields.iter().map(Field::to_arrow).collect()),
        }
    }
}

impl Field {
    pub(crate) fn to_arrow(&self) -> ArrowField {
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
        if let Some(Levels { warning, critical }) = self.levels {
            metadata.insert("warning".to_owned(), warning.to_string());
            metadata.insert("critical".to_owned(), critical.to_string());
        }
        ArrowField::new(&self.name, self.kind.to_arrow(), self.nullable).with_metadata(metadata)
    }
}

/// A field with the type that its array really has: text may be strings, or bytes that are not UTF-8.
pub(crate) fn with_type(field: &FieldRef, array: &ArrayRef) -> FieldRef {
    if field.data_type() == array.data_type() {
        return Arc::clone(field);
    }
    Arc::new(ArrowField::clone(field).with_data_type(array.data_type().clone()))
}

/// The same for all fields of a record.
pub(crate) fn with_types(fields: &ArrowFields, arrays: &[ArrayRef]) -> ArrowFields {
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
