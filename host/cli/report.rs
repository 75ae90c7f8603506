//! Where the records and the problems of a run go: records to the writer, problems to standard error.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;

use super::envelope::{Ended, Envelope};
use super::options::Options;
use super::output_file::OutputFile;
use super::{progress, say};
use crate::error::Error;
use crate::excerpt;
use crate::output::{Format, Texts, Writer, writer};
use crate::parse::Sink;
use crate::problem::{Problem, SHOWN};
use crate::registry::Candidate;
use crate::schema::{About, Schema};

/// Prints a run.
pub(super) struct Report {
    format: Format,
    fields: Vec<String>,
    texts: Texts,
    width: Option<u16>,
    /// Until the parser is settled.
    out: Option<Box<dyn Write + Send>>,
    /// Once the parser is settled.
    printing: Option<Printing>,
    problems: u64,
    /// Whether the records are complete.
    ended: bool,
    /// What is around the records, if anything.
    envelope: Option<Envelope>,
    /// What each record begins with: the time of the run, where there are many.
    stamp: Option<String>,
}

struct Printing {
    about: Arc<About>,
    writer: Box<dyn Writer + Send>,
    /// The columns that are printed, where not all are.
    columns: Option<Vec<usize>>,
}

impl Report {
    /// A report, and the file it is written to, if there is one: to be kept when all went well.
    pub(super) fn new(options: &Options) -> anyhow::Result<(Report, Option<OutputFile>)> {
        let file = options.show.output.as_deref().map(OutputFile::create).transpose()?;
        let terminal = file.is_none() && io::stdout().is_terminal();
        let default = if terminal && !options.show.envelope { Format::Table } else { Format::Json };
        let (file, out): (_, Box<dyn Write + Send>) = match file {
            Some((file, out)) => (Some(file), Box::new(out)),
            None => (None, standard_output()?),
        };
        let report = Report {
            format: options.show.format.unwrap_or(default),
            fields: options.select.fields.clone(),
            texts: Texts::new(options.show.bad_text),
            width: terminal.then(terminal_width).flatten(),
            out: Some(out),
            printing: None,
            problems: 0,
            ended: false,
            envelope: None,
            stamp: None,
        };
        Ok((report, file))
    }

    /// With `--envelope`, wraps the records of this command and its arguments, where they are known.
    pub(super) fn wrap(&mut self, options: &Options, command: (&str, Option<&[String]>), component: u64) -> Result<(), Error> {
        if options.show.envelope {
            let out = self.out.take().context("a report is wrapped before it starts")?;
            self.envelope = Some(Envelope::new(options, self.format, command, component, out)?);
        }
        Ok(())
    }

    /// Lets each record begin with a time, as a line of its own.
    pub(super) fn stamp(&mut self, time: String) {
        self.format = Format::Jsonl;
        self.stamp = Some(time);
    }

    /// Prints to somewhere else, in this format. `width` is the width of the terminal, if it ends there.
    pub(super) fn print_to(&mut self, format: Format, out: Box<dyn Write + Send>, width: Option<u16>) {
        self.format = format;
        self.out = Some(out);
        self.width = width;
    }

    /// Completes the envelope, if there is one. Returns whether there is: then the output tells of an error itself.
    pub(super) fn seal(&mut self, error: Option<&Error>, ended: Ended) -> Result<bool, Error> {
        let gone = error.is_some_and(Error::is_broken_pipe);
        let Some(envelope) = self.envelope.as_mut().filter(|_| !gone) else { return Ok(false) };
        if let Some(printing) = self.printing.as_mut().filter(|_| !self.ended) {
            printing.writer.finish()?;
        }
        envelope.close(error, ended)?;
        Ok(true)
    }

    /// Says what was not shown one by one. With `strict`, any problem is an error.
    pub(super) fn close(&self, strict: bool) -> Result<(), Error> {
        let problems = self.problems;
        if problems > SHOWN {
            say(format_args!("… and {} more problems like these", problems - SHOWN));
        }
        if strict && problems > 0 {
            let were = if problems == 1 { "there was 1 problem".to_owned() } else { format!("there were {problems} problems") };
            return Err(Error::Strict(were));
        }
        Ok(())
    }
}

impl Sink for Report {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.envelope.as_mut().map_or(Ok(()), |envelope| envelope.chosen(candidate))
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        let (columns, schema) = select(&about.schema, &self.fields)?;
        let writer = match &mut self.envelope {
            Some(envelope) => envelope.open(about, &schema)?,
            None => writer(self.format, &schema, self.out.take().context("a report starts once")?, self.width)?,
        };
        self.printing = Some(Printing { about: Arc::clone(about), writer, columns });
        Ok(())
    }

    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()> {
        let printing = self.printing.as_mut().context("records come after the start")?;
        let batch = match &printing.columns {
            Some(columns) => batch.project(columns)?,
            None => batch,
        };
        progress::rows(batch.num_rows());
        let told = self.texts.changed() > 0;
        let batch = self.texts.printable(batch)?;
        if self.texts.changed() > 0 && !told {
            let name = &printing.about.name;
            say(format_args!("{name}: warning: some text is not UTF-8: its bytes are shown as set with `--bad-text`"));
        }
        if let Some(envelope) = &mut self.envelope {
            envelope.records(batch.num_rows());
        }
        match &self.stamp {
            Some(time) => printing.writer.write(&stamped(&batch, time)?),
            None => printing.writer.write(&batch),
        }
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        if let Some(envelope) = &mut self.envelope {
            envelope.problem(&problem)?;
        }
        if self.problems <= SHOWN {
            let plugin = self
                .printing
                .as_ref()
                .map_or_else(|| "parser".to_owned(), |Printing { about, .. }| format!("{} {}", about.name, about.version));
            let mut text = format!("{plugin}: {}: {problem}", problem.severity);
            let excerpt = excerpt::draw([&problem]);
            if !excerpt.is_empty() {
                text.push('\n');
                text.push_str(&excerpt);
            }
            say(text);
        }
        Ok(())
    }

    fn idle(&mut self) -> anyhow::Result<()> {
        self.printing.as_mut().map_or(Ok(()), |printing| printing.writer.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.ended = true;
        self.printing.as_mut().map_or(Ok(()), |printing| printing.writer.finish())
    }
}

/// The columns and the schema that are left of a selection of fields; no columns when all are.
fn select(schema: &Schema, names: &[String]) -> Result<(Option<Vec<usize>>, Schema), Error> {
    if names.is_empty() {
        return Ok((None, schema.clone()));
    }
    let columns = names.iter().map(|name| {
        schema.fields.iter().position(|field| field.name == *name).ok_or_else(|| {
            let known: Vec<_> = schema.fields.iter().map(|field| field.name.as_str()).collect();
            Error::Usage(format!("there is no field `{name}`; the fields are {}", known.join(", ")))
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let schema = Schema::new(columns.iter().map(|&column| schema.fields[column].clone()).collect());
    Ok((Some(columns), schema))
}

/// Records that begin with a time.
fn stamped(batch: &RecordBatch, time: &str) -> anyhow::Result<RecordBatch> {
    let fields = batch.schema_ref().fields();
    // A record that has a time of its own keeps it under its name.
    let taken = fields.iter().any(|field| field.name() == "timestamp");
    let name = if taken { "run_timestamp" } else { "timestamp" };
    let field = Arc::new(arrow_schema::Field::new(name, DataType::Utf8, false));
    let times: ArrayRef = Arc::new(StringArray::from(vec![time; batch.num_rows()]));
    let schema = arrow_schema::Schema::new(std::iter::once(field).chain(fields.iter().cloned()).collect::<Vec<_>>());
    let columns = std::iter::once(times).chain(batch.columns().iter().cloned()).collect();
    Ok(RecordBatch::try_new(Arc::new(schema), columns)?)
}

/// Our standard output without the line buffer of the standard library: batches are written whole.
pub(super) fn standard_output() -> anyhow::Result<Box<dyn Write + Send>> {
    let fd = io::stdout().as_fd().try_clone_to_owned().context("opening standard output")?;
    Ok(Box::new(std::fs::File::from(fd)))
}

pub(super) fn terminal_width() -> Option<u16> {
    terminal_size::terminal_size().map(|(width, _)| width.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_s_own_timestamp_keeps_its_name() {
        let batch = |name: &str| {
            let column: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
            RecordBatch::try_from_iter([(name, column)]).unwrap()
        };
        let names = |batch: RecordBatch| batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        assert_eq!(names(stamped(&batch("used"), "now").unwrap()), ["timestamp", "used"]);
        assert_eq!(names(stamped(&batch("timestamp"), "now").unwrap()), ["run_timestamp", "timestamp"]);
    }
}
