//! One report of what many machines print: their records with the machine in them, and equal shapes merged.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::Schema as ArrowSchema;
use tokio::sync::watch;

use super::outcomes::Outcomes;
use crate::options::Options;
use crate::printing::envelope::Ended;
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::say;
use outparse::error::Error;
use outparse::parse::Sink;
use outparse::schema::{About, Field, Kind, Role, Schema, Shape};
use outparse_formats::Unmade;
use outparse_formats::output::Format;
use outparse_hosts::{Answer, Outcome, Target, Told, Verdict};

/// The field that names the machine, and what it is called if the records have a `host` of their own.
const HOST: &str = "host";
const TARGET: &str = "target";

/// Takes what comes from the machines.
pub(super) struct Merge {
    printer: Printer,
    outcomes: Outcomes,
    /// Ends the visits.
    stop: watch::Sender<bool>,
    /// The first parser that was settled on, with the machine among its fields.
    about: Option<Arc<About>>,
    /// The shapes with the machine in them, each once.
    shapes: Vec<Arc<Shape>>,
    /// For each machine that is at work: its parser, and its shapes as they came.
    machines: HashMap<String, Machine>,
    /// Machines whose records do not fit what is asked of them.
    spoiled: HashMap<String, String>,
    /// Whether all records are in one table, whose columns are fixed by the first of them.
    one_table: bool,
    /// The shapes of that table, each with the machine that had it first.
    shaped: Vec<(String, Arc<Shape>)>,
    /// Why nothing more is printed.
    failure: Option<Error>,
}

#[derive(Default)]
struct Machine {
    about: Option<Arc<About>>,
    shapes: Vec<(Arc<Shape>, Arc<Shape>)>,
}

impl Merge {
    pub(super) fn new(mut printer: Printer, options: &Options, stop: watch::Sender<bool>, outcomes: Outcomes) -> Merge {
        let one_table = options.show.format.is_some_and(Format::is_one_table) && options.select.fields.is_empty();
        printer.be_quiet_of_columns();
        Merge {
            printer,
            outcomes,
            stop,
            about: None,
            shapes: Vec::new(),
            machines: HashMap::new(),
            spoiled: HashMap::new(),
            one_table,
            shaped: Vec::new(),
            failure: None,
        }
    }

    /// Takes an answer.
    pub(super) fn take(&mut self, Told { target, answer }: Told) {
        match answer {
            Answer::Outcome(outcome) => self.outcome(outcome),
            Answer::Errors(line) => {
                if self.failure.is_none() {
                    say(format_args!("{}: {line}", target.name));
                }
            }
            _ if self.failure.is_some() || self.printer.is_full() || self.spoiled.contains_key(&target.name) => {}
            answer => {
                if let Err(error) = progress::aside(|| self.print(&target, answer)) {
                    self.fail(&target, Error::from(error));
                }
            }
        }
        if self.printer.is_full() {
            self.stop.send_replace(true);
        }
    }

    /// Shows what was taken so far.
    pub(super) fn idle(&mut self) {
        if self.failure.is_none()
            && let Err(error) = progress::aside(|| self.printer.idle())
        {
            self.end(Error::from(error));
        }
    }

    fn fail(&mut self, target: &Target, error: Error) {
        match error {
            // The records of other machines may fit.
            Error::Selection { why, .. } if self.about.is_some() => {
                self.spoiled.insert(target.name.clone(), why);
            }
            Error::Other(error) if error.is::<Unmade>() => {
                self.spoiled.insert(target.name.clone(), error.to_string());
            }
            error => self.end(error),
        }
    }

    fn end(&mut self, error: Error) {
        self.failure.get_or_insert(error);
        self.stop.send_replace(true);
    }

    fn print(&mut self, target: &Target, answer: Answer) -> anyhow::Result<()> {
        match answer {
            Answer::Parser(about) => {
                if self.about.is_none() {
                    self.start(&about)?;
                }
                self.machines.entry(target.name.clone()).or_default().about = Some(about);
            }
            Answer::Shape(shape) => {
                let shown = self.shape(target, &shape)?;
                self.machines.entry(target.name.clone()).or_default().shapes.push((shape, shown));
            }
            Answer::Records(shape, batch) => {
                let shapes = self.machines.get(&target.name).map(|machine| machine.shapes.as_slice()).unwrap_or_default();
                let shown = shapes.iter().rev().find(|(came, _)| Arc::ptr_eq(came, &shape)).map(|(_, shown)| Arc::clone(shown));
                let shown = shown.context("records come after their shape")?;
                let batch = named(&batch, &shown, &target.name)?;
                self.printer.records(&shown, batch)?;
            }
            Answer::Problem(problem) => {
                let about = self.machines.get(&target.name).and_then(|machine| machine.about.as_deref());
                let parser = about.map_or_else(String::new, |about| format!(": {} {}", about.name, about.version));
                self.printer.said_by(format!("{}{parser}", target.name));
                self.printer.problem(problem)?;
            }
            Answer::Errors(_) | Answer::Outcome(_) => {}
        }
        Ok(())
    }

    /// The shape with the machine in it: a known one, or a new one, which is announced.
    fn shape(&mut self, target: &Target, shape: &Shape) -> anyhow::Result<Arc<Shape>> {
        let first = self.about.as_ref().context("shapes come after the start")?;
        let own = self.machines.get(&target.name).and_then(|machine| machine.about.as_ref()).context("a parser has shapes")?;
        // Parsers of one command name their kinds alike, in whatever order.
        let name = shape.kind.and_then(|kind| own.schema.kinds.get(kind)).map(|kind| kind.name.as_str());
        let kind = name.and_then(|name| first.schema.kinds.iter().position(|kind| kind.name == name));
        // The machine's field has the same name in all records, even in those of a kind that has no `host` of its own.
        let schema = with_machine(&shape.schema, has_host(&own.schema) || has_host(&shape.schema));
        if let Some(known) = self.shapes.iter().find(|known| known.kind == kind && known.schema.arrow() == schema.arrow()) {
            return Ok(Arc::clone(known));
        }
        let shown = Arc::new(Shape { kind, schema });
        self.printer.shape(&shown)?;
        if self.one_table {
            self.shaped.push((target.name.clone(), Arc::clone(&shown)));
        }
        self.shapes.push(Arc::clone(&shown));
        Ok(shown)
    }

    fn outcome(&mut self, mut outcome: Outcome) {
        self.machines.remove(&outcome.host);
        if let Some(why) = self.spoiled.remove(&outcome.host) {
            outcome.verdict = Verdict::RefusedByParser;
            outcome.message = Some(why);
        }
        if outcome.verdict == Verdict::Cancelled && self.printer.is_full() {
            outcome.message.get_or_insert_with(|| "there were as many records as --limit allows".to_owned());
        }
        self.outcomes.add(outcome, self.failure.is_none() && !self.printer.is_full());
    }

    /// Whether no machine has printed anything that a parser reads.
    pub(super) fn is_empty(&self) -> bool {
        self.about.is_none() && self.failure.is_none()
    }

    /// Begins a document that will have no records, for the parser that would have been tried first.
    pub(super) fn begin(&mut self, about: &About) {
        if let Err(error) = self.start(about) {
            self.end(Error::from(error));
        }
    }

    fn start(&mut self, about: &About) -> anyhow::Result<()> {
        let about = Arc::new(About { schema: with_host(&about.schema), ..about.clone() });
        self.about = Some(Arc::clone(&about));
        self.printer.start(&about)
    }

    /// Says which fields have no place in one table, and which machines had them first.
    fn tell_left_out(&self) {
        let (mut names, mut machines): (Vec<&str>, Vec<String>) = Default::default();
        for (machine, shape) in &self.shaped {
            for field in shape.schema.fields.iter().filter(|field| !self.printer.has_column(&field.name)) {
                if !names.contains(&field.name.as_str()) {
                    names.push(&field.name);
                }
                if !machines.contains(machine) {
                    machines.push(machine.clone());
                }
            }
        }
        machines.sort();
        if !names.is_empty() {
            say(format_args!(
                "one table has the columns of the first records: {} of {} are not in it; `--fields` chooses columns",
                names.join(", "),
                super::outcomes::names(&machines)
            ));
        }
    }

    /// Completes what was printed, and says how it went. Returns the exit status.
    pub(super) fn conclude(mut self, options: &Options, interrupted: Option<u8>) -> Result<u8, Error> {
        let full = self.printer.is_full();
        let ended = self.failure.take().map_or_else(|| self.printer.end().map_err(Error::from), Err);
        let gone = ended.as_ref().is_err_and(Error::is_broken_pipe);
        self.tell_left_out();
        let code = self.outcomes.exit_code(full);
        self.outcomes.keep()?;
        if !gone {
            self.outcomes.sum_up(full || interrupted.is_some());
        }
        let outcome = ended.and_then(|()| self.printer.close(options.choose.strict));
        self.printer.tell_outcomes(self.outcomes.all());
        let ended = Ended { exit_status: None, ended_early: interrupted.map(|_| "signal") };
        if let Some(error) = self.printer.seal(outcome, ended)? {
            return Err(error);
        }
        Ok(interrupted.unwrap_or_else(|| self.printer.status(options, code)))
    }
}

/// A schema with the machine before all other fields.
pub(crate) fn with_host(schema: &Schema) -> Schema {
    with_machine(schema, has_host(schema))
}

fn has_host(schema: &Schema) -> bool {
    schema.fields.iter().any(|field| field.name == HOST)
}

fn with_machine(schema: &Schema, taken: bool) -> Schema {
    let doc = "The machine that the record is from, by the name it was asked by.".to_owned();
    let name = if taken { TARGET } else { HOST };
    schema.led_by(&Field { doc, role: Some(Role::Key), ..Field::named(name, Kind::Text) })
}

/// Records with the machine in them.
fn named(batch: &RecordBatch, shape: &Shape, machine: &str) -> anyhow::Result<RecordBatch> {
    let host = Arc::clone(&shape.schema.arrow().fields()[0]);
    let fields = batch.schema_ref().fields();
    let schema = ArrowSchema::new(std::iter::once(host).chain(fields.iter().cloned()).collect::<Vec<_>>());
    let machines: ArrayRef = Arc::new(StringArray::from(vec![machine; batch.num_rows()]));
    let columns = std::iter::once(machines).chain(batch.columns().iter().cloned()).collect();
    Ok(RecordBatch::try_new(Arc::new(schema), columns)?)
}
