//! Checks what a plugin says about itself: nothing of it is trusted before it has been here.

use super::bindings::exports::outparse::plugin::parser::{Description, Field as WitField, FieldType};
use super::limits::Limits;
use super::words::{is_plain, plain};
use crate::schema::{About, Field, Kind, Levels, Schema};

/// How deep lists and records may be nested.
const DEEPEST: usize = 16;

/// Turns a description into what the rest of the host knows. The error is a clause about the plugin's fault.
pub(super) fn about(description: Description, limits: &Limits) -> Result<About, String> {
    let Description { name, version, summary, commands, dialect, platforms, schema } = description;
    if !is_name(&name) {
        return Err(format!(
            "it calls itself {}, and a plugin's name is lower-case letters, digits, `-` and `_`, beginning with a letter",
            visible(&name)
        ));
    }
    for (what, word) in [("version", &version), ("summary", &summary), ("dialect", &dialect)] {
        if !is_line(word, 200) {
            return Err(format!("its {what} is not one short line of text: {}", visible(word)));
        }
    }
    for (what, words) in [("command", &commands), ("platform", &platforms)] {
        if let Some(word) = words.iter().find(|word| word.is_empty() || !is_line(word, 100)) {
            return Err(format!("it names a {what} {}", visible(word)));
        }
    }
    let schema = Tree::new(&schema, limits)?.schema()?;
    Ok(About { name, version, summary, commands, dialect, platforms, schema })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// Whether this is one line of text, of no more than so many bytes.
fn is_line(text: &str, longest: usize) -> bool {
    text.len() <= longest && text.chars().all(is_plain)
}

/// A plugin's own words in an error: short, in backticks, on one line.
fn visible(words: &str) -> String {
    format!("`{}`", plain(words, 40))
}

/// The flat list of fields on its way to a tree.
struct Tree<'a> {
    fields: &'a [WitField],
    /// Which fields another one names as its child.
    is_child: Vec<bool>,
}

impl<'a> Tree<'a> {
    fn new(fields: &'a [WitField], limits: &Limits) -> Result<Tree<'a>, String> {
        if fields.is_empty() {
            return Err("its schema has no fields".to_owned());
        }
        if fields.len() > limits.fields {
            return Err(format!("its schema has {} fields, and {} are allowed", fields.len(), limits.fields));
        }
        let mut is_child = vec![false; fields.len()];
        for (parent, field) in fields.iter().enumerate() {
            for &child in children(field) {
                let index = child as usize;
                // Children after their parents: no field can then be its own ancestor.
                if index <= parent || index >= fields.len() {
                    return Err(format!(
                        "its field {parent} names field {child} as its child, and a child comes after its parent among the {} fields",
                        fields.len()
                    ));
                }
                if std::mem::replace(&mut is_child[index], true) {
                    return Err(format!("its field {child} is the child of two fields"));
                }
            }
        }
        Ok(Tree { fields, is_child })
    }

    fn schema(&self) -> Result<Schema, String> {
        let top = (0..self.fields.len()).filter(|&index| !self.is_child[index]);
        Ok(Schema::new(self.siblings(top, 0)?))
    }

    fn siblings(&self, indices: impl Iterator<Item = usize>, depth: usize) -> Result<Vec<Field>, String> {
        let mut fields: Vec<Field> = Vec::new();
        for index in indices {
            let field = self.field(index, depth)?;
            if fields.iter().any(|sibling| sibling.name == field.name) {
                return Err(format!("its schema has two fields named `{}` side by side", field.name));
            }
            fields.push(field);
        }
        Ok(fields)
    }

    fn field(&self, index: usize, depth: usize) -> Result<Field, String> {
        let field = &self.fields[index];
        if depth >= DEEPEST {
            return Err(format!("its schema is nested more than {DEEPEST} levels deep"));
        }
        if !is_name(&field.name) {
            return Err(format!(
                "its schema names a field {}, and names are lower-case letters, digits and `_`, beginning with a letter",
                visible(&field.name)
            ));
        }
        if let Some(unit) = field.unit.as_ref().filter(|unit| !is_line(unit, 40)) {
            return Err(format!("the unit of its field `{}` is not one short word: {}", field.name, visible(unit)));
        }
        if !is_line(&field.doc, 4000) {
            return Err(format!("the meaning of its field `{}` is not one line of text: {}", field.name, visible(&field.doc)));
        }
        let kind = match &field.type_ {
            FieldType::Boolean => Kind::Boolean,
            FieldType::Integer => Kind::Integer,
            FieldType::Float => Kind::Float,
            FieldType::Text => Kind::Text,
            FieldType::List(item) => Kind::List(Box::new(self.field(*item as usize, depth + 1)?)),
            // A record of nothing takes no space: a list could have any number of them.
            FieldType::Record(children) if children.is_empty() => {
                return Err(format!("its field `{}` is a record without fields", field.name));
            }
            FieldType::Record(children) => Kind::Record(self.siblings(children.iter().map(|&child| child as usize), depth + 1)?),
        };
        let levels = field.levels.as_ref().map(|levels| Levels { warning: levels.warning, critical: levels.critical });
        if levels.is_some_and(|levels| !levels.warning.is_finite() || !levels.critical.is_finite()) {
            return Err(format!("the levels of its field `{}` are not finite numbers", field.name));
        }
        if levels.is_some() && !matches!(kind, Kind::Integer | Kind::Float) {
            return Err(format!("its field `{}` has levels, and is no number", field.name));
        }
        if levels.is_some_and(|levels| levels.warning == levels.critical) {
            return Err(format!("the two levels of its field `{}` are the same", field.name));
        }
        Ok(Field {
            name: field.name.clone(),
            kind,
            nullable: field.nullable,
            unit: field.unit.clone(),
            approximate: field.approximate,
            doc: field.doc.clone(),
            levels,
            column: index,
        })
    }
}

fn children(field: &WitField) -> &[u32] {
    match &field.type_ {
        FieldType::List(item) => std::slice::from_ref(item),
        FieldType::Record(children) => children,
        _ => &[],
    }
}
