//! Checks what a plugin says about itself: none of it is trusted before it has been checked here.

use std::collections::HashSet;

use super::bindings::exports::outparse::plugin::parser as wit;
use super::bindings::exports::outparse::plugin::parser::{Field as WitField, FieldType};
use super::limits::Limits;
use crate::schema::{Description, Field, Kind, Levels, Parser, RecordKind, Role, Schema, Shape};
use crate::words::{is_plain, plain};

/// How deep lists and records may be nested.
const DEEPEST: usize = 16;

/// Parsers that a plugin may have.
const MOST_PARSERS: usize = 5_000;

/// Commands, files, platforms or options that a parser may name.
const MOST_WORDS: usize = 1_000;

/// If the data decides which fields a capture has, it may have this many times as many as a schema that an author wrote down.
const ADDED: usize = 10;

/// Turns a description into what the rest of the host knows. The error is a clause about the plugin's fault.
pub(super) fn description(description: wit::Description) -> Result<Description, String> {
    let wit::Description { name, version, summary, catalogue, parsers } = description;
    if !is_name(&name) {
        return Err(format!("it calls itself {}, {NAMES}", visible(&name)));
    }
    for (what, word) in [("version", Some(&version)), ("summary", Some(&summary)), ("catalogue", catalogue.as_ref())] {
        if let Some(word) = word.filter(|word| !is_line(word, 200)) {
            return Err(format!("its {what} is not one short line of text: {}", visible(word)));
        }
    }
    if parsers.is_empty() || parsers.len() > MOST_PARSERS {
        return Err(format!("it has {} parsers, and a plugin has from 1 to {MOST_PARSERS}", parsers.len()));
    }
    let mut known: Vec<Parser> = Vec::with_capacity(parsers.len());
    for parser in parsers {
        let parser = checked(parser)?;
        known.push(parser);
    }
    let mut names: Vec<&str> = known.iter().map(|parser| parser.name.as_str()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("it has two parsers named `{}`", twice[0]));
    }
    Ok(Description { name, version, summary, catalogue, parsers: known })
}

const NAMES: &str = "and names are lower-case letters, digits, `-` and `_`, beginning with a letter";

fn checked(parser: wit::DescriptionOfParser) -> Result<Parser, String> {
    let wit::DescriptionOfParser { name, summary, commands, value_options, files, dialect, platforms, platform_bound, verbatim } =
        parser;
    if !is_name(&name) {
        return Err(format!("it calls a parser {}, {NAMES}", visible(&name)));
    }
    for (what, word) in [("summary", &summary), ("dialect", &dialect)] {
        if !is_line(word, 200) {
            return Err(format!("its {what} is not one short line of text: {}", visible(word)));
        }
    }
    for (what, words) in [("command", &commands), ("platform", &platforms), ("file", &files), ("option", &value_options)] {
        if words.len() > MOST_WORDS {
            return Err(format!("its parser `{name}` names {} {what}s, and {MOST_WORDS} are allowed", words.len()));
        }
        if let Some(word) = words.iter().find(|word| word.is_empty() || !is_line(word, 100)) {
            return Err(format!("it names a {what} {}", visible(word)));
        }
    }
    if let Some(command) = commands.iter().find(|command| !is_pattern(command)) {
        return Err(format!("it names a command {}, in which brackets are not around the end of a word", visible(command)));
    }
    Ok(Parser { name, summary, commands, value_options, files, dialect, platforms, platform_bound, verbatim })
}

/// Whether each word of a command is plain or has its end in brackets.
fn is_pattern(command: &str) -> bool {
    command.split(' ').all(|word| match word.split_once('[') {
        None => !word.is_empty() && !word.contains(']'),
        Some((start, rest)) => {
            !start.is_empty() && rest.strip_suffix(']').is_some_and(|end| !end.is_empty() && !end.contains(['[', ']']))
        }
    })
}

/// Turns a schema into what the rest of the host knows.
pub(super) fn schema(schema: &wit::Schema, limits: &Limits) -> Result<Schema, String> {
    if schema.fields.is_empty() && schema.open && schema.kinds.is_empty() {
        return Ok(Schema::new(Vec::new()).opened(true));
    }
    let tree = Tree::new(&schema.fields, limits.fields)?;
    let top: Vec<u32> = (0..schema.fields.len()).filter(|&index| !tree.is_child[index]).map(|index| index as u32).collect();
    if schema.kinds.is_empty() {
        return Ok(Schema::new(tree.siblings(top.into_iter(), 0)?).opened(schema.open));
    }
    let mut owned: Vec<u32> = schema.kinds.iter().flat_map(|kind| kind.fields.iter().copied()).collect();
    owned.sort_unstable();
    if owned != top {
        return Err("its kinds do not have each field of the top level once".to_owned());
    }
    let mut kinds: Vec<RecordKind> = Vec::new();
    for kind in &schema.kinds {
        if !is_name(&kind.name) || kind.name.contains('-') {
            return Err(format!("it calls a kind of records {}, {NAMES}", visible(&kind.name)));
        }
        if kinds.iter().any(|known| known.name == kind.name) {
            return Err(format!("it has two kinds of records named `{}`", kind.name));
        }
        if !is_line(&kind.doc, 4000) {
            return Err(format!("the meaning of its kind `{}` is not one line of text: {}", kind.name, visible(&kind.doc)));
        }
        let fields = tree.siblings(kind.fields.iter().copied(), 0)?;
        if fields.is_empty() {
            return Err(format!("its kind `{}` has no fields", kind.name));
        }
        for field in &fields {
            let same = |other: &Field| other.kind.to_arrow() == field.kind.to_arrow() && other.unit == field.unit;
            let others = kinds.iter().flat_map(|kind| &kind.fields).filter(|other| other.name == field.name);
            if field.name == crate::schema::KIND || !others.into_iter().all(same) {
                return Err(format!("its kinds do not agree on the type and unit of the field `{}`", field.name));
            }
        }
        kinds.push(RecordKind { name: kind.name.clone(), doc: kind.doc.clone(), fields });
    }
    Ok(Schema::of_kinds(kinds).opened(schema.open))
}

/// Checks a shape against its schema.
pub(super) fn shape(shape: &wit::Shape, of: &wit::Schema, known: &Schema, limits: &Limits) -> Result<Shape, String> {
    let kind = match known.kinds.len() {
        0 if shape.kind == 0 => None,
        _ if (shape.kind as usize) < known.kinds.len() => Some(shape.kind as usize),
        kinds => return Err(format!("it gives a shape of kind {}, and has {kinds}", shape.kind)),
    };
    if !shape.added.is_empty() && !known.open {
        return Err("it adds fields to a schema that is not open".to_owned());
    }
    let mut all: Vec<WitField>;
    let fields = if shape.added.is_empty() {
        &of.fields
    } else {
        all = of.fields.clone();
        all.extend(shape.added.iter().cloned());
        &all
    };
    let most = if shape.added.is_empty() { limits.fields } else { limits.fields.saturating_mul(ADDED) };
    let tree = Tree { open_from: of.fields.len(), ..Tree::new(fields, most)? };
    let mut column = vec![None; fields.len()];
    for (place, &index) in shape.fields.iter().enumerate() {
        match column.get_mut(index as usize) {
            Some(slot @ None) => *slot = Some(place),
            Some(Some(_)) => return Err(format!("its shape has field {index} twice")),
            None => return Err(format!("its shape has a field {index}, and there are {}", fields.len())),
        }
    }
    if let Some(time) = shape
        .offset_times
        .iter()
        .find(|&&index| !shape.fields.contains(&index) || !matches!(fields[index as usize].type_, FieldType::Time(_)))
    {
        return Err(format!("its shape says that field {time} has offsets, and that is no time in it"));
    }
    let of_kind = kind.and_then(|kind| of.kinds.get(kind));
    let top = shape.fields.iter().copied().filter(|&index| !tree.is_child[index as usize]);
    let top: Vec<u32> = top.collect();
    if let Some(foreign) =
        top.iter().find(|index| (**index as usize) < of.fields.len() && of_kind.is_some_and(|kind| !kind.fields.contains(index)))
    {
        return Err(format!("its shape has field {foreign} of another kind"));
    }
    if top.is_empty() {
        return Err("it gives a shape without fields".to_owned());
    }
    let shaped = Shaped { tree: &tree, column: &column, offset_times: &shape.offset_times };
    let fields = shaped.siblings(&top, 0)?;
    let reached = count(&fields);
    if reached != shape.fields.len() {
        return Err("its shape has a field without the one that it is in".to_owned());
    }
    Ok(Shape::new(kind, known, fields))
}

/// The number of fields, nested ones included.
pub(super) fn count(fields: &[Field]) -> usize {
    fields
        .iter()
        .map(|field| match &field.kind {
            Kind::List(item) | Kind::Map(item) => 1 + count(std::slice::from_ref(item)),
            Kind::Record(children) => 1 + count(children),
            _ => 1,
        })
        .sum()
}

/// The fields of a tree that are in a shape.
struct Shaped<'a> {
    tree: &'a Tree<'a>,
    /// The place of each field's column in a batch.
    column: &'a [Option<usize>],
    offset_times: &'a [u32],
}

impl Shaped<'_> {
    fn siblings(&self, indices: &[u32], depth: usize) -> Result<Vec<Field>, String> {
        let mut fields: Vec<Field> = Vec::new();
        let mut names = HashSet::new();
        for &index in indices {
            let Some(column) = self.column[index as usize] else { continue };
            let mut field = self.tree.field(index as usize, depth)?;
            field.column = column;
            let own = |child: u32| {
                let mut fields = self.siblings(&[child], depth + 1)?;
                fields.pop().map(Box::new).ok_or_else(|| format!("its shape has `{}` without what is in it", field.name))
            };
            field.kind = match &self.tree.fields[index as usize].type_ {
                FieldType::List(item) => Kind::List(own(*item)?),
                FieldType::Map(value) => Kind::Map(own(*value)?),
                FieldType::Record(children) => {
                    let children = self.siblings(children, depth + 1)?;
                    if children.is_empty() {
                        return Err(format!("its shape has `{}` without what is in it", field.name));
                    }
                    Kind::Record(children)
                }
                FieldType::Time(digits) => Kind::Time { digits: *digits, offset: self.offset_times.contains(&index) },
                _ => field.kind,
            };
            if !names.insert(self.tree.fields[index as usize].name.as_str()) {
                return Err(format!("its shape has two fields named `{}` side by side", field.name));
            }
            fields.push(field);
        }
        Ok(fields)
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// Whether this is one line of text of at most `longest` bytes.
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
    /// From this index on, fields have names that the data decided.
    open_from: usize,
}

impl<'a> Tree<'a> {
    fn new(fields: &'a [WitField], most: usize) -> Result<Tree<'a>, String> {
        if fields.is_empty() {
            return Err("its schema has no fields".to_owned());
        }
        if fields.len() > most {
            return Err(format!("its schema has {} fields, and {most} are allowed", fields.len()));
        }
        let mut is_child = vec![false; fields.len()];
        for (parent, field) in fields.iter().enumerate() {
            for &child in children(field) {
                let index = child as usize;
                // Children come after their parents, so that no field can be its own ancestor.
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
        Ok(Tree { fields, is_child, open_from: fields.len() })
    }

    fn siblings(&self, indices: impl Iterator<Item = u32>, depth: usize) -> Result<Vec<Field>, String> {
        let mut fields: Vec<Field> = Vec::new();
        let mut names = HashSet::new();
        for index in indices {
            let field = self.field(index as usize, depth)?;
            if !names.insert(self.fields[index as usize].name.as_str()) {
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
        let open = index >= self.open_from;
        if open && (field.name.is_empty() || !is_line(&field.name, 200)) {
            return Err(format!("it adds a field named {}, which is not one short line of text", visible(&field.name)));
        }
        if !open && !is_name(&field.name) {
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
            FieldType::Time(digits @ (0 | 3 | 6 | 9)) => Kind::Time { digits: *digits, offset: false },
            FieldType::Time(digits) => {
                return Err(format!(
                    "the times of its field `{}` have {digits} digits after the second, not 0, 3, 6 or 9",
                    field.name
                ));
            }
            FieldType::Json => Kind::Json,
            FieldType::Map(value) => Kind::Map(Box::new(self.field(*value as usize, depth + 1)?)),
            FieldType::List(item) => Kind::List(Box::new(self.field(*item as usize, depth + 1)?)),
            // An empty record takes no space, so a list could have any number of them.
            FieldType::Record(children) if children.is_empty() => {
                return Err(format!("its field `{}` is a record without fields", field.name));
            }
            FieldType::Record(children) => Kind::Record(self.siblings(children.iter().copied(), depth + 1)?),
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
            role: field.role.map(|role| match role {
                wit::Role::Key => Role::Key,
                wit::Role::Counter => Role::Counter,
                wit::Role::Gauge => Role::Gauge,
            }),
            levels,
            column: index,
        })
    }
}

fn children(field: &WitField) -> &[u32] {
    match &field.type_ {
        FieldType::List(item) | FieldType::Map(item) => std::slice::from_ref(item),
        FieldType::Record(children) => children,
        _ => &[],
    }
}
