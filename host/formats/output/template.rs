//! A template for each record, filled in by minijinja. The result is a line; null shows as nothing.

use std::fmt::Write as _;
use std::io::Write;

use anyhow::anyhow;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields};
use minijinja::{Environment, Error as TemplateError, ErrorKind, UndefinedBehavior, Value};

use super::screen::for_terminal;
use super::unit;
use super::writer::Writer;
use crate::misuse::{Misuse, Unmade, nearest};
use outparse::schema::{Schema, batch_with_times_as_text};
use outparse::words::plain;

const OPTION: &str = "--template";

/// The name under which minijinja knows the template. It has no extension: one such as `.html` would turn on escaping.
const NAME: &str = "template";

/// Characters of an error that are shown.
const SHOWN: usize = 300;

/// A template that has been read.
pub struct Template {
    environment: Environment<'static>,
    text: String,
}

impl Template {
    /// Reads a template. What it names must be there when it is filled in.
    pub fn new(text: &str) -> Result<Template, Misuse> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("bytes", bytes);
        environment.set_formatter(
            |out, state, value| {
                if value.is_none() { Ok(()) } else { minijinja::escape_formatter(out, state, value) }
            },
        );
        environment.set_debug(true);
        environment.add_template_owned(NAME, text.to_owned()).map_err(|error| misuse(&error, text))?;
        Ok(Template { environment, text: text.to_owned() })
    }

    /// Whether all fields it names are in a schema.
    pub fn check(&self, schema: &Schema) -> Result<(), Misuse> {
        let template = self.environment.get_template(NAME).map_err(|error| misuse(&error, &self.text))?;
        let mut named: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        named.sort();
        let known: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
        let globals: Vec<&str> = self.environment.globals().map(|(name, _)| name).collect();
        let Some(missing) = named.iter().find(|name| !known.contains(&name.as_str()) && !globals.contains(&name.as_str())) else {
            return self.check_names(schema);
        };
        let message = format!("there is no field `{}`; the fields are {}", plain(missing, SHOWN), known.join(", "));
        let mut misuse = Misuse::new(OPTION, message);
        if let Some(start) = self.text.find(missing.as_str()) {
            misuse = misuse.at(&self.text, start..start + missing.len());
        }
        Err(match nearest(missing, known.iter().copied()) {
            Some(near) => misuse.hint(format!("did you mean `{near}`?")),
            None => misuse,
        })
    }

    /// Whether the filters, tests and functions it names exist, as far as a record of nulls leads to them.
    fn check_names(&self, schema: &Schema) -> Result<(), Misuse> {
        let template = self.environment.get_template(NAME).map_err(|error| misuse(&error, &self.text))?;
        let nulls = schema.fields.iter().map(|field| (field.name.clone(), Value::from(())));
        match template.render(Value::from_pairs(nulls)) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod
                ) =>
            {
                Err(misuse(&error, &self.text))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn writer(self, out: Box<dyn Write + Send>, terminal: bool) -> TemplateWriter {
        TemplateWriter { template: self, out, terminal }
    }
}

/// What is wrong with a template, with its place.
fn misuse(error: &TemplateError, text: &str) -> Misuse {
    let mut message = what(error);
    if let Some(line) = error.line().filter(|_| text.contains('\n')) {
        let _ = write!(message, " in line {line}");
    }
    let misuse = Misuse::new(OPTION, message);
    match error.range() {
        Some(place) => misuse.at(text, place),
        None => misuse,
    }
}

fn what(error: &TemplateError) -> String {
    let kind = match error.kind() {
        ErrorKind::UndefinedError => "there is no such value".to_owned(),
        kind => kind.to_string(),
    };
    match error.detail() {
        Some(detail) => plain(&format!("{kind}: {detail}"), SHOWN),
        None => kind,
    }
}

/// A size for people, as the table has it.
fn bytes(value: Value) -> Result<Value, TemplateError> {
    if value.is_none() {
        return Ok(value);
    }
    let number = i64::try_from(value.clone()).ok();
    let number =
        number.ok_or_else(|| TemplateError::new(ErrorKind::InvalidOperation, format!("`{value}` is no number of bytes")))?;
    Ok(Value::from(unit::bytes(number as f64)))
}

pub(super) struct TemplateWriter {
    template: Template,
    out: Box<dyn Write + Send>,
    terminal: bool,
}

impl Writer for TemplateWriter {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let batch = &batch_with_times_as_text(batch)?;
        let template = self.template.environment.get_template(NAME)?;
        let mut lines = String::new();
        for row in 0..batch.num_rows() {
            match template.render(record(batch.schema_ref().fields(), batch.columns(), row)?) {
                Ok(line) => {
                    lines.push_str(&for_terminal(&line, self.terminal));
                    lines.push('\n');
                }
                Err(error) => {
                    self.out.write_all(lines.as_bytes())?;
                    return Err(Unmade(misuse(&error, &self.template.text).to_string()).into());
                }
            }
        }
        Ok(self.out.write_all(lines.as_bytes())?)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.flush()
    }
}

fn record(fields: &Fields, columns: &[ArrayRef], row: usize) -> anyhow::Result<Value> {
    let pairs = fields.iter().zip(columns).map(|(field, column)| Ok((field.name().clone(), value(column, row)?)));
    Ok(Value::from_pairs(pairs.collect::<anyhow::Result<Vec<_>>>()?))
}

/// A value as templates know it.
fn value(column: &dyn Array, row: usize) -> anyhow::Result<Value> {
    if column.is_null(row) {
        return Ok(Value::from(()));
    }
    Ok(match column.data_type() {
        DataType::Boolean => Value::from(column.as_boolean().value(row)),
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Value::from(column.as_string::<i32>().value(row)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            Value::from((0..items.len()).map(|item| value(&items, item)).collect::<anyhow::Result<Vec<_>>>()?)
        }
        DataType::LargeUtf8 => from_json(serde_json::from_str(column.as_string::<i64>().value(row))?),
        DataType::Map(..) => {
            let entries = column.as_map();
            let (offsets, keys) = (entries.value_offsets(), entries.keys().as_string::<i32>());
            let entry = |entry: usize| Ok((keys.value(entry).to_owned(), value(entries.values(), entry)?));
            let pairs = (offsets[row] as usize..offsets[row + 1] as usize).map(entry);
            Value::from_pairs(pairs.collect::<anyhow::Result<Vec<_>>>()?)
        }
        DataType::Struct(fields) => record(fields, column.as_struct().columns(), row)?,
        other => return Err(anyhow!("no record has values of type {other}")),
    })
}

/// A JSON value as templates know it.
fn from_json(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(value) => Value::from(value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => Value::from(items.into_iter().map(from_json).collect::<Vec<_>>()),
        serde_json::Value::Object(members) => {
            Value::from_pairs(members.into_iter().map(|(name, value)| (name, from_json(value))).collect::<Vec<_>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Template::new(text).err().unwrap().to_string()
    }

    #[test]
    fn mistakes_are_marked() {
        assert_eq!(
            wrong("{{ a b }}"),
            "`--template`: syntax error: unexpected identifier, expected end of variable block\n  {{ a b }}\n       ^"
        );
        assert!(wrong("x\n{{ a").contains("in line 2\n  {{ a\n"), "{}", wrong("x\n{{ a"));
    }

    #[test]
    fn what_the_template_names_must_be_there() {
        let schema = Schema::new(vec![]);
        let check = |text| Template::new(text).unwrap().check(&schema).map_err(|misuse| misuse.to_string());
        assert_eq!(check("{{ range(3) | join }}"), Ok(()));
        assert!(check("{{ sise }}").unwrap_err().contains("there is no field `sise`"));
        let filter = check("{{ 1 | nothing }}").unwrap_err();
        assert_eq!(filter, "`--template`: unknown filter: filter nothing is unknown\n  {{ 1 | nothing }}\n         ^^^^^^^");
    }
}
