//! How records are printed, settled before the command runs: a mistake in the options must not cost a run.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::options::Options;
use crate::printing::envelope::timestamp;
use outparse::error::Error;
use outparse::registry::{Capture, Config, Ranking};
use outparse::schema::Schema;
use outparse_formats::Misuse;
use outparse_formats::output::jq::{Input, Jq};
use outparse_formats::output::{Database, Format, Screen, Template, Writer, jq_writer, sqlite_writer, template_writer, writer};
use outparse_formats::select::Plan;

/// The way records are printed.
pub(crate) enum Form {
    /// In a format.
    Format(Format),
    /// As a jq expression transforms them.
    Jq(Box<Jq>),
    /// As a line each, made from a template.
    Template(Box<Template>),
    /// Into a table of a database; without a name, the command's.
    Database { database: Database, table: Option<String>, time: String },
}

impl Form {
    /// What the options ask for. `default` is the format to use if none is asked for.
    pub(crate) fn new(options: &Options, default: Format, terminal: bool) -> Result<Form, Error> {
        let format = options.show.format;
        if let Some(text) = &options.select.template {
            return Ok(Form::Template(Box::new(Template::new(&template(text)?)?)));
        }
        if let Some(expression) = &options.select.jq {
            let input = match format {
                None | Some(Format::Json) => Input::Array,
                Some(Format::Jsonl) => Input::Record,
                Some(_) => {
                    return Err(Error::Usage("`--jq` works on json or jsonl, not on the format that was asked for".to_owned()));
                }
            };
            return Ok(Form::Jq(Box::new(Jq::new(expression, input)?)));
        }
        let format = format.unwrap_or(default);
        if format == Format::Sqlite {
            let path = options.show.output.clone();
            let path = path.ok_or_else(|| Misuse::new("--format", "a database is a file").hint("name it with `--output`"))?;
            let time = timestamp(
                options
                    .choose
                    .captured_at
                    .map_or_else(Utc::now, |moment| DateTime::from_timestamp(moment.seconds, 0).unwrap_or_default()),
            );
            return Ok(Form::Database { database: Database::new(path), table: options.show.into_table.clone(), time });
        }
        if options.show.into_table.is_some() {
            return Err(Error::Usage("`--into` names a table of a database: it needs `--format sqlite`".to_owned()));
        }
        if terminal && format.is_binary() {
            let misuse = Misuse::new("--format", "this format is not for a terminal");
            return Err(misuse.hint("write it to a file with `--output`, or to a pipe").into());
        }
        Ok(Form::Format(format))
    }

    /// Checks that it fits a schema, as far as can be known.
    pub(crate) fn check(&self, schema: &Schema) -> Result<(), Error> {
        match self {
            Form::Template(template) => Ok(template.check(schema)?),
            Form::Format(_) | Form::Jq(_) | Form::Database { .. } => Ok(()),
        }
    }

    /// Whether all records are in one table, whose columns are fixed by the first of them.
    pub(crate) fn is_one_table(&self) -> bool {
        matches!(self, Form::Database { .. }) || matches!(self, Form::Format(format) if format.is_one_table())
    }

    /// Whether its fields are only known once the first record has come.
    pub(crate) fn waits_for_a_shape(&self) -> bool {
        self.is_one_table()
            || matches!(self, Form::Format(Format::Table | Format::Prometheus | Format::Influx) | Form::Template(_))
    }

    /// With a jq expression: whether it has had a result that is neither null nor false.
    pub(crate) fn found(&self) -> Option<Arc<AtomicBool>> {
        match self {
            Form::Jq(jq) => Some(jq.found()),
            Form::Format(_) | Form::Template(_) | Form::Database { .. } => None,
        }
    }

    pub(crate) fn writer(
        self,
        command: &str,
        schema: &Schema,
        out: Box<dyn Write + Send>,
        screen: Screen,
    ) -> anyhow::Result<Box<dyn Writer + Send>> {
        match self {
            Form::Format(format) => writer(format, command, schema, out, screen),
            Form::Jq(jq) => Ok(jq_writer(*jq, out, screen.terminal)),
            Form::Template(template) => Ok(template_writer(*template, out, screen.terminal)),
            Form::Database { database, table, time } => {
                let table = table.unwrap_or_else(|| command.replace(|c: char| !c.is_alphanumeric(), "_"));
                sqlite_writer(&database, &table, &time, schema)
            }
        }
    }
}

/// A template's text: given as it is, or in a file after an `@`.
fn template(text: &str) -> Result<String, Error> {
    let Some(path) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let read = std::fs::read_to_string(path).with_context(|| format!("the template `{path}` cannot be read"));
    read.map_err(|error| Error::Usage(format!("{error:#}")))
}

/// Checks what was asked for against the records that the parsers say they make, and against what these are turned into. An error
/// if it fits none of them.
pub(crate) fn check(
    options: &Options,
    ranking: &Ranking,
    capture: &Capture,
    config: &Config,
    made_over: Option<fn(&Schema) -> Schema>,
) -> Result<(), Error> {
    let plan = options.select.plan()?;
    let how = Form::new(options, Format::Json, false)?;
    if !plan.names_fields() && !matches!(how, Form::Template(_)) {
        return Ok(());
    }
    let sandbox = config.sandbox()?;
    let mut first = None;
    for (candidate, _) in &ranking.candidates {
        let about = candidate.about(&sandbox, capture)?;
        // Which fields an open schema has, only the capture can tell.
        if about.schema.open {
            return Ok(());
        }
        let schema = made_over.map_or_else(|| about.schema.clone(), |made_over| made_over(&about.schema));
        match fits(&plan, &how, &schema) {
            Ok(()) => return Ok(()),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), Err)
}

fn fits(plan: &Plan, how: &Form, schema: &Schema) -> Result<(), Error> {
    how.check(plan.selection(schema)?.schema())
}
