//! `outparse schema <command>`: the fields of a command's records, as a table, as JSON Schema, or as records in any other format.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Table};

use crate::options::{self, Options};
use crate::printing::form::Form;
use crate::printing::output::{open, terminal_width};
use crate::printing::output_file::OutputFile;
use crate::printing::printer::Printer;
use outparse::error::Error;
use outparse::parse::Sink;
use outparse::registry::{Capture, Config};
use outparse::schema::{About, Field, Kind, Role, Schema, Shape};
use outparse_formats::output::{Format, json_schema};

/// Prints the schema of the parser that would be tried first. Returns the exit status.
pub(crate) fn schema(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let config = Config::read()?;
    let text = options::as_text(words);
    let by_path = match &text[..] {
        [path] if path.contains('/') => options.rank_file(path, &config).ok(),
        _ => None,
    };
    let capture = Capture { path: by_path.is_some().then(|| text[0].clone()), ..options.capture(&text, false) };
    let ranking = by_path.map_or_else(|| options.rank(&text, None, &config), Ok)?;
    let Some((first, _)) = ranking.candidates.first() else { return Ok(0) };
    let about = first.about(&config.sandbox()?, &capture)?;
    if is_document(options) {
        document(options, &about)?
    } else {
        records(options, &about)?
    }
    Ok(0)
}

/// Whether JSON Schema is asked for, and not records that say the same.
fn is_document(options: &Options) -> bool {
    options.show.format == Some(Format::Json) || (options.show.format.is_none() && options.select.jq.is_some())
}

/// Prints JSON Schema, of the fields that are asked for, or what a jq expression makes of it.
fn document(options: &Options, about: &About) -> Result<(), Error> {
    let select = &options.select;
    if select.condition.is_some() || !select.sort.is_empty() || select.limit.is_some() {
        let message = "JSON Schema is one document: `--where`, `--sort` and `--limit` select fields in any other format";
        return Err(Error::Usage(message.to_owned()));
    }
    let selection = select.plan()?.selection(&about.schema)?;
    let kinds = if select.fields.is_empty() { about.schema.clone() } else { selection.schema().clone() };
    let text = json_schema(about, &kinds)?;
    let terminal = options.show.output.is_none() && std::io::stdout().is_terminal();
    let how = Form::new(options, Format::Json, terminal)?;
    let (file, mut out) = open(options)?;
    match how {
        Form::Jq(jq) => jq.document(&text, out, terminal)?,
        Form::Format(_) | Form::Template(_) | Form::Database { .. } => {
            out.write_all(text.as_bytes()).map_err(anyhow::Error::from)?
        }
    }
    Ok(file.map_or(Ok(()), OutputFile::keep)?)
}

/// Prints a record for each field, in a table unless another format is asked for.
fn records(options: &Options, about: &About) -> Result<(), Error> {
    let (mut printer, file) = Printer::with_default(options, Format::Table)?;
    let (described, batch) = describe(&about.schema)?;
    let described = Arc::new(About { schema: described, ..about.clone() });
    let as_table = options.show.format.unwrap_or(Format::Table) == Format::Table && options.select.template.is_none();
    if as_table && file.is_none() {
        crate::printing::saying::print(&format!("{} {}: {}\n\n", about.name, about.version, about.summary))?;
        let terminal = std::io::stdout().is_terminal();
        if let Some(width) = terminal.then(terminal_width).flatten().filter(|_| !options.select.any()) {
            return crate::printing::saying::print(&sheet(&about.schema, width));
        }
    }
    printer.start(&described)?;
    let shape = Arc::new(Shape { kind: None, schema: described.schema.clone() });
    printer.shape(&shape)?;
    printer.records(&shape, batch)?;
    printer.end()?;
    Ok(file.map_or(Ok(()), OutputFile::keep)?)
}

/// The fields for people to read: meanings go over several lines, and nothing is cut.
fn sheet(schema: &Schema, width: u16) -> String {
    let mut description = Description::default();
    schema.fields.iter().for_each(|field| description.add(field, ""));
    let mut sheet = Table::new();
    sheet.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    sheet.set_header(["field", "type", "unit", "null", "meaning"].map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    for (row, field) in description.fields.iter().enumerate() {
        let mut meaning = description.meanings[row].clone();
        if description.approximate[row] {
            meaning.push_str(" May be rounded.");
        }
        if let (Some(warning), Some(critical)) = (description.warnings[row], description.criticals[row]) {
            meaning.push_str(&format!(" Warning at {warning}, critical at {critical}."));
        }
        let null = if description.nullable[row] { "yes" } else { "" };
        let unit = description.units[row].as_deref().unwrap_or_default();
        sheet.add_row([field, description.types[row].as_str(), unit, null, meaning.trim()]);
    }
    let last = sheet.column_count() - 1;
    for (index, column) in sheet.column_iter_mut().enumerate() {
        column.set_padding((u16::from(index > 0), u16::from(index < last)));
        if index < last {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    sheet.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What is said of each field.
#[derive(Default)]
struct Description {
    fields: Vec<String>,
    types: Vec<String>,
    units: Vec<Option<String>>,
    roles: Vec<Option<&'static str>>,
    nullable: Vec<bool>,
    approximate: Vec<bool>,
    warnings: Vec<Option<f64>>,
    criticals: Vec<Option<f64>>,
    meanings: Vec<String>,
}

/// The fields of a schema as records, and the schema of these.
fn describe(schema: &Schema) -> anyhow::Result<(Schema, RecordBatch)> {
    let mut description = Description::default();
    for field in &schema.fields {
        description.add(field, "");
    }
    let schema = Schema::new(vec![
        field("field", Kind::Text, false, "Its name; `a.b` is the field `b` of the record, or of the records of the list, `a`"),
        field("type", Kind::Text, false, "The type of its values"),
        field("unit", Kind::Text, true, "What a number counts"),
        field("role", Kind::Text, true, "What it is for: `key`, `counter` or `gauge`"),
        field("nullable", Kind::Boolean, false, "Whether the command may not say"),
        field("approximate", Kind::Boolean, false, "Whether the command may have rounded it"),
        field("warning", Kind::Float, true, "From where on a number deserves attention"),
        field("critical", Kind::Float, true, "From where on it deserves attention at once; below `warning`, low numbers do"),
        field("meaning", Kind::Text, false, "What it means"),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(description.fields)),
        Arc::new(StringArray::from(description.types)),
        Arc::new(StringArray::from(description.units)),
        Arc::new(StringArray::from(description.roles)),
        Arc::new(BooleanArray::from(description.nullable)),
        Arc::new(BooleanArray::from(description.approximate)),
        Arc::new(Float64Array::from(description.warnings)),
        Arc::new(Float64Array::from(description.criticals)),
        Arc::new(StringArray::from(description.meanings)),
    ];
    let batch = RecordBatch::try_new(Arc::clone(schema.arrow()), columns)?;
    Ok((schema, batch))
}

fn field(name: &str, kind: Kind, nullable: bool, doc: &str) -> Field {
    Field { nullable, doc: doc.to_owned(), ..Field::named(name, kind) }
}

impl Description {
    /// Adds a field, and then the fields of its records.
    fn add(&mut self, field: &Field, parent: &str) {
        let name = format!("{parent}{}", field.name);
        let item = match &field.kind {
            Kind::List(item) | Kind::Map(item) => Some(item.as_ref()),
            _ => None,
        };
        self.types.push(
            item.map_or_else(|| field.kind.name().to_owned(), |item| format!("{} of {}", field.kind.name(), item.kind.name())),
        );
        self.units.push(field.unit.clone().or_else(|| item.and_then(|item| item.unit.clone())));
        self.roles.push(field.role.map(Role::name));
        self.nullable.push(field.nullable);
        self.approximate.push(field.approximate || item.is_some_and(|item| item.approximate));
        self.warnings.push(field.levels.map(|levels| levels.warning));
        self.criticals.push(field.levels.map(|levels| levels.critical));
        self.meanings.push(field.doc.clone());
        let below = format!("{name}.");
        self.fields.push(name);
        if let Kind::Record(children) = item.map_or(&field.kind, |item| &item.kind) {
            children.iter().for_each(|child| self.add(child, &below));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outparse::schema::Levels;

    #[test]
    fn on_a_terminal_meanings_are_wrapped_and_nothing_is_cut() {
        let mut used = field("use_percent", Kind::Integer, true, "Part of the space in use, of what ordinary users can have.");
        used.unit = Some("percent".to_owned());
        used.levels = Some(Levels { warning: 80.0, critical: 90.0 });
        let sheet = sheet(&Schema::new(vec![used]), 60);
        assert!(sheet.lines().all(|line| line.chars().count() <= 60), "{sheet}");
        let words = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("use_percent integer percent yes Part of"), "{sheet}");
        assert!(words.ends_with("can have. Warning at 80, critical at 90."), "{sheet}");
    }
}
