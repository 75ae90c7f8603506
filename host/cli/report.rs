//! Where the records and the problems of a run go: records to the writer, problems to standard error.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;

use super::envelope::{Ended, Envelope};
use super::how::How;
use super::options::Options;
use super::output_file::OutputFile;
use super::{progress, say};
use crate::error::{Error, NOTHING_SELECTED};
use crate::excerpt;
use crate::output::{Format, Screen, Texts, Writer};
use crate::parse::Sink;
use crate::problem::{Problem, SHOWN};
use crate::registry::Candidate;
use crate::schema::About;
use crate::select::{Plan, Selection};

/// What bytes are written to.
pub(super) type Out = Box<dyn Write + Send>;

/// Prints a run.
pub(super) struct Report {
    plan: Plan,
    screen: Screen,
    /// Until the parser is settled.
    out: Option<(How, Page<Out>)>,
    /// With a jq expression: whether it has found anything.
    found: Option<Arc<AtomicBool>>,
    /// Once the parser is settled.
    printing: Option<Printing>,
    problems: u64,
    /// Whether the records are complete.
    ended: bool,
    /// What is around the records, if anything.
    envelope: Option<Envelope>,
}

struct Printing {
    about: Arc<About>,
    selection: Selection,
    page: Page<Box<dyn Writer + Send>>,
}

/// Where records are printed.
struct Page<T> {
    out: T,
    texts: Texts,
    /// What each record begins with: the time of the run, where there are many.
    stamp: Option<String>,
}

impl Report {
    /// A report, and the file it is written to, if there is one: to be kept when all went well.
    pub(super) fn new(options: &Options) -> Result<(Report, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        let default = if terminal && !options.show.envelope { Format::Table } else { Format::Json };
        Report::with_default(options, default)
    }

    /// The same with another format where none is asked for.
    pub(super) fn with_default(options: &Options, default: Format) -> Result<(Report, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        // Whatever may be wrong with the options is known before anything is touched.
        let plan = options.select.plan()?;
        let how = How::new(options, default, terminal)?;
        let (file, out) = open(options)?;
        let report = Report {
            plan,
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
        };
        Ok((report, file))
    }

    /// With `--envelope`, wraps the records of this command and its arguments, where they are known.
    pub(super) fn wrap(&mut self, options: &Options, command: (&str, Option<&[String]>), component: u64) -> Result<(), Error> {
        if !options.show.envelope {
            return Ok(());
        }
        let (how, page) = self.out.as_mut().context("a report is wrapped before it starts")?;
        let How::Format(format) = how else {
            return Err(Error::Usage("`--envelope` wraps records, and not what `--jq` or `--template` makes of them".to_owned()));
        };
        let out = std::mem::replace(&mut page.out, Box::new(io::sink()));
        self.envelope = Some(Envelope::new(options, *format, command, component, out)?);
        Ok(())
    }

    /// Lets each record begin with a time, as a line of its own.
    pub(super) fn stamp(&mut self, time: String) {
        if let Some((how, page)) = &mut self.out {
            *how = How::Format(Format::Jsonl);
            page.stamp = Some(time);
        }
    }

    /// Prints a table to somewhere else, for this screen.
    pub(super) fn draw_on(&mut self, out: Out, screen: Screen) {
        if let Some((how, page)) = &mut self.out {
            *how = How::Format(Format::Table);
            page.out = out;
            self.screen = screen;
        }
    }

    /// Completes the envelope, if there is one. Then the output tells of a failure itself and is to be kept, and the failure is
    /// returned; otherwise it is the error.
    pub(super) fn seal(&mut self, outcome: Result<(), Error>, ended: Ended) -> Result<Option<Error>, Error> {
        let gone = outcome.as_ref().is_err_and(Error::is_broken_pipe);
        let Some(envelope) = self.envelope.as_mut().filter(|_| !gone) else { return outcome.map(|()| None) };
        if let Some(printing) = self.printing.as_mut().filter(|_| !self.ended) {
            printing.page.out.finish()?;
        }
        let records = self.printing.as_ref().map_or(0, |printing| printing.selection.selected());
        envelope.close(records, outcome.as_ref().err(), ended)?;
        Ok(outcome.err())
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

    /// The exit status of a run that would end with `code`: another with `--exit-status`, where nothing was selected.
    pub(super) fn status(&self, options: &Options, code: u8) -> u8 {
        if code == 0 && options.select.exit_status && !self.selected() { NOTHING_SELECTED } else { code }
    }

    /// Whether anything was selected.
    fn selected(&self) -> bool {
        match &self.found {
            Some(found) => found.load(Ordering::Relaxed),
            None => self.printing.as_ref().is_some_and(|printing| printing.selection.selected() > 0),
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

impl Sink for Report {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.envelope.as_mut().map_or(Ok(()), |envelope| envelope.chosen(candidate))
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        let selection = self.plan.selection(&about.schema).map_err(Error::from)?;
        let (how, Page { out, texts, stamp }) = self.out.take().context("a report starts once")?;
        how.check(selection.schema())?;
        let out = match &mut self.envelope {
            Some(envelope) => envelope.open(about, selection.schema())?,
            None => how.writer(selection.schema(), out, self.screen)?,
        };
        self.printing = Some(Printing { about: Arc::clone(about), selection, page: Page { out, texts, stamp } });
        Ok(())
    }

    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()> {
        let Printing { about, selection, page } = self.printing.as_mut().context("records come after the start")?;
        selection.take(batch)?.map_or(Ok(()), |batch| page.print(batch, about))
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
        self.printing.as_mut().map_or(Ok(()), |printing| printing.page.out.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.ended = true;
        let Some(Printing { about, selection, page }) = &mut self.printing else { return Ok(()) };
        for batch in selection.finish()? {
            page.print(batch?, about)?;
        }
        page.out.finish()
    }

    fn is_full(&self) -> bool {
        self.printing.as_ref().is_some_and(|printing| printing.selection.is_full())
    }
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

/// Opens what is printed to: the file of `--output`, to be kept when all went well, or standard output.
pub(super) fn open(options: &Options) -> anyhow::Result<(Option<OutputFile>, Out)> {
    Ok(match options.show.output.as_deref().map(OutputFile::create).transpose()? {
        Some((file, out)) => (Some(file), Box::new(out)),
        None => (None, standard_output()?),
    })
}

/// Our standard output without the line buffer of the standard library: batches are written whole.
pub(super) fn standard_output() -> anyhow::Result<Out> {
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
