//! Where the records and the problems of a run go: records to the writer, problems to standard error.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use arrow_array::RecordBatch;

use super::how::How;
use super::options::Options;
use super::output_file::OutputFile;
use super::say;
use crate::error::Error;
use crate::output::{Format, Screen, Texts, Writer};
use crate::parse::Sink;
use crate::problem::Problem;
use crate::schema::About;
use crate::select::{Plan, Selection};

/// Problems that are shown one by one; of the others only the number.
const SHOWN: u64 = 10;

/// Prints a run.
pub(super) struct Report {
    plan: Plan,
    texts: Texts,
    screen: Screen,
    /// Until the parser is settled.
    out: Option<(How, Box<dyn Write + Send>)>,
    /// With a jq expression: whether it has found anything.
    found: Option<Arc<AtomicBool>>,
    /// Once the parser is settled.
    printing: Option<Printing>,
    problems: u64,
}

struct Printing {
    about: Arc<About>,
    writer: Box<dyn Writer + Send>,
    selection: Selection,
}

impl Report {
    /// A report, and the file it is written to, if there is one: to be kept when all went well.
    pub(super) fn new(options: &Options) -> Result<(Report, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        let default = if terminal { Format::Table } else { Format::Json };
        Report::with_default(options, default)
    }

    /// The same with another format where none is asked for.
    pub(super) fn with_default(options: &Options, default: Format) -> Result<(Report, Option<OutputFile>), Error> {
        let terminal = options.show.output.is_none() && io::stdout().is_terminal();
        // Whatever may be wrong with the options is known before anything is touched.
        let plan = options.select.plan()?;
        let how = How::new(options, default, terminal)?;
        let file = options.show.output.as_deref().map(OutputFile::create).transpose()?;
        let (file, out): (_, Box<dyn Write + Send>) = match file {
            Some((file, out)) => (Some(file), Box::new(out)),
            None => (None, standard_output()?),
        };
        let report = Report {
            plan,
            texts: Texts::new(options.show.bad_text),
            screen: Screen {
                terminal,
                width: terminal.then(terminal_width).flatten(),
                color: options.show.colored(file.is_none()),
            },
            found: how.found(),
            out: Some((how, out)),
            printing: None,
            problems: 0,
        };
        Ok((report, file))
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

    /// Whether anything was selected.
    pub(super) fn selected(&self) -> bool {
        match &self.found {
            Some(found) => found.load(Ordering::Relaxed),
            None => self.printing.as_ref().is_some_and(|printing| printing.selection.selected() > 0),
        }
    }
}

/// Writes a batch, and says once that some text had to be changed for it.
fn print(batch: RecordBatch, about: &About, writer: &mut dyn Writer, texts: &mut Texts) -> anyhow::Result<()> {
    let told = texts.changed() > 0;
    let batch = texts.printable(batch)?;
    if texts.changed() > 0 && !told {
        let name = &about.name;
        say(format_args!("{name}: warning: some text is not UTF-8: its bytes are shown as set with `--bad-text`"));
    }
    writer.write(&batch)
}

impl Sink for Report {
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        let selection = self.plan.selection(&about.schema).map_err(Error::from)?;
        let (how, out) = self.out.take().context("a report starts once")?;
        how.check(selection.schema())?;
        let writer = how.writer(selection.schema(), out, self.screen)?;
        self.printing = Some(Printing { about: Arc::clone(about), writer, selection });
        Ok(())
    }

    fn records(&mut self, batch: RecordBatch) -> anyhow::Result<()> {
        let Printing { about, writer, selection } = self.printing.as_mut().context("records come after the start")?;
        selection.take(batch)?.map_or(Ok(()), |batch| print(batch, about, writer.as_mut(), &mut self.texts))
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        if self.problems <= SHOWN {
            let name = self.printing.as_ref().map_or("parser", |printing| &printing.about.name);
            say(format_args!("{name}: {}: {problem}", problem.severity));
        }
        Ok(())
    }

    fn idle(&mut self) -> anyhow::Result<()> {
        self.printing.as_mut().map_or(Ok(()), |printing| printing.writer.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        let Some(Printing { about, writer, selection }) = &mut self.printing else { return Ok(()) };
        for batch in selection.finish()? {
            print(batch?, about, writer.as_mut(), &mut self.texts)?;
        }
        writer.finish()
    }

    fn is_full(&self) -> bool {
        self.printing.as_ref().is_some_and(|printing| printing.selection.is_full())
    }
}

/// Our standard output without the line buffer of the standard library: batches are written whole.
pub(super) fn standard_output() -> anyhow::Result<Box<dyn Write + Send>> {
    let fd = io::stdout().as_fd().try_clone_to_owned().context("opening standard output")?;
    Ok(Box::new(std::fs::File::from(fd)))
}

fn terminal_width() -> Option<u16> {
    terminal_size::terminal_size().map(|(width, _)| width.0)
}
