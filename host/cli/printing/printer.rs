//! Where the records and the problems of a run go: records to the writer, problems to standard error.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_schema::DataType;

use crate::options::Options;
use crate::printing::envelope::{Ended, Envelope};
use crate::printing::form::Form;
use crate::printing::output_file::OutputFile;
use crate::printing::progress;
use crate::printing::saying::say;
use outparse::error::{Error, NOTHING_SELECTED};
use outparse::parse::Sink;
use outparse::problem::{Problem, SHOWN, draw};
use outparse::registry::{Candidate, in_full};
use outparse::schema::{About, Field, Schema, Shape, Table, Texts};
use outparse_formats::Misuse;
use outparse_formats::output::{Format, Screen, Writer};
use outparse_formats::select::{Plan, Selection, finish};
use outparse_hosts::Outcome;

/// What bytes are written to.
pub(crate) type Out = Box<dyn Write + Send>;

/// Prints a run.
pub(crate) struct Printer {
    plan: Plan,
    /// The kind of records that is wanted; `all` for all in one table.
    kind: Option<String>,
    screen: Screen,
    /// None once a parser has been settled on.
    out: Option<(Form, Page<Out>)>,
    /// With a jq expression: whether it has found anything.
    found: Option<Arc<AtomicBool>>,
    /// None until a parser has been settled on.
    printing: Option<Printing>,
    problems: u64,
    /// Whether the records are complete.
    ended: bool,
    /// What is around the records, if anything.
    envelope: Option<Envelope>,
    /// Whose problems the next ones are, if there are several machines or captures.
    speaker: Option<String>,
    /// Whether someone else says which fields have no column in a table.
    is_quiet: bool,
}

struct Printing {
    about: Arc<About>,
    /// Kept until the first shape is known, for what depends on it.
    waiting: Option<(Form, Page<Out>)>,
    page: Option<Page<Box<dyn Writer + Send>>>,
    /// Shapes whose records have not come yet. As the data decides which fields there are, more of them may follow, and what
    /// becomes of them is decided together.
    pending: Vec<Arc<Shape>>,
    /// What becomes of the records of each shape.
    shown: Vec<Shown>,
    /// The shape whose fields the writer knows.
    current: usize,
    /// The table, if all records are in one.
    table: Option<Table>,
    /// Records that may still be printed, of all kinds together.
    left: Option<usize>,
    /// Why no record of some kind can be selected.
    misuse: Option<Error>,
}

/// One shape, and what becomes of its records.
struct Shown {
    shape: Arc<Shape>,
    /// The fields that are printed.
    schema: Schema,
    /// Fields that the records lack, and that are asked for by their names: null in each.
    lacking: Vec<Field>,
    /// None where they are not wanted, or cannot be selected.
    selection: Option<Selection>,
    /// Records that have no place in the table.
    left_out: u64,
}

/// Where records are printed.
struct Page<T> {
    out: T,
    texts: Texts,
    /// What each record begins with: the time of the run, where there are many.
    stamp: Option<String>,
}

impl Printer {
    /// A printer, and the file it prints to, if there is one: to be kept when all went well.
    pub(crate) fn new(options: &Options) -> Result<(Printer, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        let default = if terminal && !options.show.envelope { Format::Table } else { Format::Json };
        Printer::with_default(options, default)
    }

    /// The same with another default format.
    pub(crate) fn with_default(options: &Options, default: Format) -> Result<(Printer, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        // Anything wrong with the options is found before anything is touched.
        let plan = options.select.plan()?;
        let how = Form::new(options, default, terminal)?;
        let (file, out): (_, Out) = match &how {
            // A database is appended to, by its own writer.
            Form::Database { database, .. } => (Some(OutputFile::database(database.clone())), Box::new(io::sink())),
            _ => open(options)?,
        };
        let printer = Printer {
            plan,
            kind: options.select.kind.clone(),
            screen: Screen {
                terminal,
                width: terminal.then(terminal_width).flatten(),
                color: options.show.colored(file.is_none()),
            },
            found: how.found(),
            out: Some((how, Page { out, texts: Texts::new(options.show.bad_text), stamp: None })),
            printing: None,
            problems: 0,
            ended: false,
            envelope: None,
            speaker: None,
            is_quiet: false,
        };
        Ok((printer, file))
    }

    /// With `--envelope`, wraps the records of this command and its arguments, where they are known.
    pub(crate) fn wrap(&mut self, options: &Options, command: (&str, Option<&[String]>), component: u64) -> Result<(), Error> {
        if !options.show.envelope {
            return Ok(());
        }
        let (how, page) = self.out.as_mut().context("a report is wrapped before it starts")?;
        let Form::Format(format) = how else {
            return Err(Error::Usage("`--envelope` wraps records, and not what `--jq` or `--template` makes of them".to_owned()));
        };
        let out = std::mem::replace(&mut page.out, Box::new(io::sink()));
        self.envelope = Some(Envelope::new(options, *format, command, component, out)?);
        Ok(())
    }

    /// Makes each record begin with a time, and be a line of its own.
    pub(crate) fn stamp(&mut self, time: String) {
        if let Some((how, page)) = &mut self.out {
            *how = Form::Format(Format::Jsonl);
            page.stamp = Some(time);
        }
    }

    /// Prints a table somewhere else, for this screen.
    pub(crate) fn draw_on(&mut self, out: Out, screen: Screen) {
        if let Some((how, page)) = &mut self.out {
            *how = Form::Format(Format::Table);
            page.out = out;
            self.screen = screen;
        }
    }

    /// The problems that follow are those of this machine and parser.
    pub(crate) fn said_by(&mut self, speaker: String) {
        self.speaker = Some(speaker);
    }

    /// Leaves it to someone else to say which fields have no column.
    pub(crate) fn be_quiet_of_columns(&mut self) {
        self.is_quiet = true;
    }

    /// Whether a field has a column, where all records stand in one table.
    pub(crate) fn has_column(&self, name: &str) -> bool {
        let table = self.printing.as_ref().and_then(|printing| printing.table.as_ref());
        table.is_none_or(|table| table.schema().field_with_name(name).is_ok())
    }

    /// Gives the envelope what came of the machines.
    pub(crate) fn tell_outcomes(&mut self, outcomes: &[Outcome]) {
        if let Some(envelope) = &mut self.envelope {
            envelope.outcomes(outcomes);
        }
    }

    /// Completes the envelope, if there is one. The output then tells of a failure itself and is to be kept, so the failure is
    /// returned as a value. Without an envelope, it is the error.
    pub(crate) fn seal(&mut self, outcome: Result<(), Error>, ended: Ended) -> Result<Option<Error>, Error> {
        let gone = outcome.as_ref().is_err_and(Error::is_broken_pipe);
        let Some(envelope) = self.envelope.as_mut().filter(|_| !gone) else { return outcome.map(|()| None) };
        if let Some(page) = self.printing.as_mut().filter(|_| !self.ended).and_then(|printing| printing.page.as_mut()) {
            page.out.finish()?;
        }
        let records = self.printing.as_ref().map_or(0, Printing::selected);
        envelope.close(records, outcome.as_ref().err(), ended)?;
        Ok(outcome.err())
    }

    /// Says what was not shown one by one. With `strict`, any problem is an error.
    pub(crate) fn close(&self, strict: bool) -> Result<(), Error> {
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

    /// The exit status of a run that would end with `code`: another one with `--exit-status`, if nothing was selected.
    pub(crate) fn status(&self, options: &Options, code: u8) -> u8 {
        if code == 0 && options.select.exit_status && !self.selected() { NOTHING_SELECTED } else { code }
    }

    /// Whether anything was selected.
    fn selected(&self) -> bool {
        match &self.found {
            Some(found) => found.load(Ordering::Relaxed),
            None => self.printing.as_ref().is_some_and(|printing| printing.selected() > 0),
        }
    }
}

impl Page<Box<dyn Writer + Send>> {
    /// Writes a batch, and says once that some text had to be changed for it.
    fn print(&mut self, batch: RecordBatch, about: &About) -> anyhow::Result<()> {
        progress::rows(batch.num_rows());
        let told = self.texts.changed() > 0;
        let batch = self.texts.printable(batch)?;
        if self.texts.changed() > 0 && !told {
            let name = &about.name;
            say(format_args!("{name}: warning: some text is not UTF-8: its bytes are shown as set with `--bad-text`"));
        }
        match &self.stamp {
            Some(time) => self.out.write(&stamped(&batch, time)?),
            None => self.out.write(&batch),
        }
    }
}

impl Sink for Printer {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.envelope.as_mut().map_or(Ok(()), |envelope| envelope.chosen(candidate))
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        let kinds = &about.schema.kinds;
        if let Some(kind) = self.kind.as_deref().filter(|kind| *kind != ALL)
            && !kinds.iter().any(|known| known.name == kind)
        {
            let known: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.name)).collect();
            let message = match &known[..] {
                [] => "the records are all of one kind".to_owned(),
                known => format!("there is no kind `{kind}`; the kinds are {}", known.join(", ")),
            };
            return Err(Error::from(Misuse::new("--kind", message)).into());
        }
        let (how, page) = self.out.take().context("a report starts once")?;
        let mut printing = Printing {
            about: Arc::clone(about),
            waiting: Some((how, page)),
            page: None,
            pending: Vec::new(),
            shown: Vec::new(),
            current: 0,
            table: None,
            left: self.plan.limit(),
            misuse: None,
        };
        // Most formats take records as they come; their document is begun at once.
        if !printing.waiting.as_ref().is_some_and(|(how, _)| how.waits_for_a_shape()) {
            printing.open(&about.schema, self.envelope.as_mut(), self.screen)?;
        }
        self.printing = Some(printing);
        Ok(())
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        let printing = self.printing.as_mut().context("shapes come after the start")?;
        let kinds = &printing.about.schema.kinds;
        if printing.about.schema.open && kinds.is_empty() {
            printing.pending.push(Arc::clone(shape));
            return Ok(());
        }
        let wanted = match (self.kind.as_deref(), shape.kind.and_then(|kind| kinds.get(kind))) {
            (None | Some(ALL), _) | (_, None) => true,
            (Some(wanted), Some(kind)) => kind.name == wanted,
        };
        let one_table = printing.table.is_some() || printing.waiting.as_ref().is_some_and(|(how, _)| how.is_one_table());
        // One table has one kind of records: the main one, unless another one or all are asked for.
        let main = self.kind.is_some() || shape.kind.is_none_or(|kind| kind == 0);
        let selection = match self.plan.selection(&shape.schema) {
            _ if !wanted || one_table && !main => None,
            Ok(selection) => Some(selection),
            Err(misuse) if kinds.is_empty() => return Err(Error::from(misuse).into()),
            Err(misuse) => {
                printing.misuse.get_or_insert(Error::from(misuse));
                None
            }
        };
        if let Some(selection) = &selection
            && printing.waiting.is_some()
        {
            let all = one_table && self.kind.as_deref() == Some(ALL) && !kinds.is_empty();
            let union = if all { Some(self.plan.selection(&printing.about.schema).map_err(Error::from)?) } else { None };
            let schema = union.as_ref().map_or(selection.schema(), Selection::schema).clone();
            printing.open(&schema, self.envelope.as_mut(), self.screen)?;
            printing.current = printing.shown.len();
        }
        let schema = selection.as_ref().map_or(&shape.schema, Selection::schema).clone();
        printing.shown.push(Shown { shape: Arc::clone(shape), schema, lacking: Vec::new(), selection, left_out: 0 });
        Ok(())
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let printing = self.printing.as_mut().context("records come after the start")?;
        printing.settle(&self.plan, self.envelope.as_mut(), self.screen)?;
        printing.take(shape, batch)
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        if let Some(envelope) = &mut self.envelope {
            envelope.problem(&problem)?;
        }
        if self.problems <= SHOWN {
            let about = self.printing.as_ref().map(|printing| &printing.about);
            let plugin = self.speaker.clone().or_else(|| about.map(|about| format!("{} {}", about.name, about.version)));
            let plugin = plugin.unwrap_or_else(|| "parser".to_owned());
            let mut text = format!("{plugin}: {}: {problem}", problem.severity);
            let excerpt = draw([&problem]);
            if !excerpt.is_empty() {
                text.push('\n');
                text.push_str(&excerpt);
            }
            say(text);
        }
        Ok(())
    }

    fn idle(&mut self) -> anyhow::Result<()> {
        self.printing.as_mut().and_then(|printing| printing.page.as_mut()).map_or(Ok(()), |page| page.out.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.ended = true;
        let Some(printing) = &mut self.printing else { return Ok(()) };
        printing.end(&self.plan, self.envelope.as_mut(), self.screen)?;
        let names = if self.is_quiet { Vec::new() } else { printing.without_column() };
        if !names.is_empty() {
            let names = names.join(", ");
            say(format_args!(
                "one table has the columns of the first records: {names} of later ones are not in it; other formats have all"
            ));
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.printing.as_ref().is_some_and(Printing::is_full)
    }
}

impl Printing {
    /// Begins the output, for records with these fields.
    fn open(&mut self, schema: &Schema, envelope: Option<&mut Envelope>, screen: Screen) -> anyhow::Result<()> {
        let Some((how, Page { out, texts, stamp })) = self.waiting.take() else { return Ok(()) };
        how.check(schema)?;
        self.table = how.is_one_table().then(|| Table::new(schema, &[]));
        let out = match envelope {
            Some(envelope) => envelope.open(&self.about, schema)?,
            None => how.writer(&in_full(self.about.subject()), schema, out, screen)?,
        };
        self.page = Some(Page { out, texts, stamp });
        Ok(())
    }

    /// Decides what becomes of the records of shapes that came together. A field that is asked for by its name may be in any of
    /// them; one table has the fields of all.
    fn settle(&mut self, plan: &Plan, envelope: Option<&mut Envelope>, screen: Screen) -> anyhow::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let mut all: Vec<Field> = Vec::new();
        let mut known = HashSet::new();
        let shapes = self.shown.iter().map(|shown| &shown.shape).chain(&pending);
        for field in shapes.flat_map(|shape| &shape.schema.fields) {
            if known.insert(field.name.as_str()) {
                all.push(field.clone());
            }
        }
        let all = Schema::new(all);
        let of_all = plan.selection(&all).map_err(Error::from)?;
        let mut first = None;
        let before = self.shown.len();
        for shape in &pending {
            let own: HashSet<&str> = shape.schema.fields.iter().map(|field| field.name.as_str()).collect();
            let lacking = all.fields.iter().filter(|field| !own.contains(field.name.as_str()) && plan.may_name(&field.name));
            let lacking: Vec<Field> = lacking.map(|field| Field { nullable: true, ..field.clone() }).collect();
            let selection = if lacking.is_empty() {
                plan.selection(&shape.schema)
            } else {
                plan.selection(&Schema::new(shape.schema.fields.iter().chain(&lacking).cloned().collect()))
            };
            let selection = selection.map_err(Error::from)?;
            let schema = selection.schema().clone();
            first.get_or_insert_with(|| schema.clone());
            self.shown.push(Shown { shape: Arc::clone(shape), schema, lacking, selection: Some(selection), left_out: 0 });
        }
        let one_table = self.waiting.as_ref().is_some_and(|(how, _)| how.is_one_table());
        if let Some(first) = first.filter(|_| self.waiting.is_some()) {
            self.open(if one_table { of_all.schema() } else { &first }, envelope, screen)?;
            self.current = before;
        }
        Ok(())
    }

    /// Fields of some shapes that the one table has no column for.
    fn without_column(&self) -> Vec<String> {
        let Some(table) = &self.table else { return Vec::new() };
        let mut names = Vec::new();
        let shown = self.shown.iter().filter(|shown| shown.selection.as_ref().is_some_and(|selection| selection.selected() > 0));
        for field in shown.flat_map(|shown| &shown.schema.fields) {
            if table.schema().field_with_name(&field.name).is_err() && !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        }
        names
    }

    /// Number of records that were selected.
    fn selected(&self) -> u64 {
        self.shown.iter().filter_map(|shown| shown.selection.as_ref()).map(Selection::selected).sum()
    }

    fn is_full(&self) -> bool {
        let waits = |shown: &Shown| shown.selection.as_ref().is_some_and(|selection| !selection.is_full());
        self.left == Some(0) || !self.shown.is_empty() && self.about.schema.kinds.is_empty() && !self.shown.iter().any(waits)
    }

    fn take(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let place = self.shown.iter().rposition(|shown| Arc::ptr_eq(&shown.shape, shape));
        let place = place.context("records come after their shape")?;
        let shown = &mut self.shown[place];
        let Some(selection) = &mut shown.selection else {
            shown.left_out += batch.num_rows() as u64;
            return Ok(());
        };
        match selection.take(with_nulls(batch, &shown.lacking)?)? {
            Some(batch) => self.print(place, batch),
            None => Ok(()),
        }
    }

    /// Prints records of one shape.
    fn print(&mut self, place: usize, mut batch: RecordBatch) -> anyhow::Result<()> {
        if let Some(left) = &mut self.left {
            batch = batch.slice(0, batch.num_rows().min(*left));
            *left -= batch.num_rows();
        }
        let page = self.page.as_mut().context("a shape has begun the output")?;
        if self.current != place && self.table.is_none() && batch.num_rows() > 0 {
            self.current = place;
            page.out.shape(&self.shown[place].schema)?;
        }
        page.print(batch, &self.about)
    }

    fn end(&mut self, plan: &Plan, mut envelope: Option<&mut Envelope>, screen: Screen) -> anyhow::Result<()> {
        self.settle(plan, envelope.as_deref_mut(), screen)?;
        if self.waiting.is_some() {
            if let Some(misuse) = self.misuse.take().filter(|_| self.shown.iter().all(|shown| shown.selection.is_none())) {
                return Err(misuse.into());
            }
            // No record has come: the fields that the parser knows are the best there is.
            let schema =
                plan.selection(&self.about.schema).map_or_else(|_| self.about.schema.clone(), |all| all.schema().clone());
            self.open(&schema, envelope, screen)?;
        }
        // Records of one kind are sorted together, whatever their shapes; those of the next kind follow.
        let kinds: BTreeSet<Option<usize>> = self.shown.iter().map(|shown| shown.shape.kind).collect();
        for kind in kinds {
            let of_kind = self.shown.iter_mut().enumerate().filter(|(_, shown)| shown.shape.kind == kind);
            let (places, mut selections): (Vec<usize>, Vec<Selection>) =
                of_kind.filter_map(|(place, shown)| Some((place, shown.selection.take()?))).unzip();
            for last in finish(&mut selections)? {
                let (selection, batch) = last?;
                self.print(places[selection], batch)?;
            }
            for (place, selection) in places.into_iter().zip(selections) {
                self.shown[place].selection = Some(selection);
            }
        }
        self.tell_left_out();
        self.page.as_mut().map_or(Ok(()), |page| page.out.finish())
    }

    /// Says how many records have no place in the table.
    fn tell_left_out(&self) {
        if self.table.is_none() || self.misuse.is_some() {
            return;
        }
        for (index, kind) in self.about.schema.kinds.iter().enumerate() {
            let of_kind = self.shown.iter().filter(|shown| shown.shape.kind == Some(index));
            let left_out: u64 = of_kind.map(|shown| shown.left_out).sum();
            if left_out > 0 {
                let records = if left_out == 1 { "1 record".to_owned() } else { format!("{left_out} records") };
                say(format_args!(
                    "{records} of kind `{0}` are not in this table: `--kind {0}` shows them, `--kind all` all kinds in one table",
                    kind.name
                ));
            }
        }
    }
}

/// Records with nulls for the fields that they lack.
fn with_nulls(batch: RecordBatch, lacking: &[Field]) -> anyhow::Result<RecordBatch> {
    if lacking.is_empty() {
        return Ok(batch);
    }
    let own = batch.schema_ref().fields().iter().cloned();
    let fields: Vec<_> = own.chain(lacking.iter().map(|field| Arc::new(field.to_arrow()))).collect();
    let nulls = lacking.iter().map(|field| new_null_array(&field.kind.to_arrow(), batch.num_rows()));
    let columns = batch.columns().iter().cloned().chain(nulls).collect();
    Ok(RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields)), columns)?)
}

/// What `--kind` calls all kinds together.
const ALL: &str = "all";

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

/// Opens what is printed to: the file of `--output`, to be kept when all went well, or standard output.
pub(crate) fn open(options: &Options) -> anyhow::Result<(Option<OutputFile>, Out)> {
    Ok(match options.show.output.as_deref().map(OutputFile::create_named).transpose()? {
        Some((file, out)) => (Some(file), Box::new(out)),
        None => (None, standard_output()?),
    })
}

/// Our standard output without the line buffer of the standard library: batches are written whole.
pub(crate) fn standard_output() -> anyhow::Result<Out> {
    let fd = io::stdout().as_fd().try_clone_to_owned().context("opening standard output")?;
    Ok(Box::new(std::fs::File::from(fd)))
}

pub(crate) fn terminal_width() -> Option<u16> {
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
