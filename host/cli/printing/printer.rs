//! Where the records and the problems of a run go: records to the writer, problems to standard error.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use arrow_array::RecordBatch;

use crate::options::Options;
use crate::printing::envelope::{Ended, Envelope};
use crate::printing::form::Form;
use crate::printing::output::{Out, open, terminal_width};
use crate::printing::output_file::OutputFile;
use crate::printing::page::Page;
use crate::printing::saying::say;
use crate::printing::shapes::{Printing, Wanted};
use outparse::error::{Error, NOTHING_SELECTED};
use outparse::parse::Sink;
use outparse::problem::{Problem, SHOWN, draw};
use outparse::registry::Candidate;
use outparse::schema::{About, Shape, Texts};
use outparse_formats::output::{Format, Screen};
use outparse_hosts::Outcome;

/// Prints a run.
pub(crate) struct Printer {
    wanted: Wanted,
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
        let screen =
            Screen { terminal, width: terminal.then(terminal_width).flatten(), color: options.show.colored(file.is_none()) };
        let printer = Printer {
            wanted: Wanted { plan, kind: options.select.kind.clone(), screen },
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
            self.wanted.screen = screen;
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
        self.printing.as_ref().is_none_or(|printing| printing.has_column(name))
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
        if let Some(writer) = self.printing.as_mut().filter(|_| !self.ended).and_then(Printing::writer) {
            writer.finish()?;
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

impl Sink for Printer {
    fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.envelope.as_mut().map_or(Ok(()), |envelope| envelope.chosen(candidate))
    }

    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        let (how, page) = self.out.take().context("a report starts once")?;
        self.printing = Some(Printing::start(about, how, page, &self.wanted, self.envelope.as_mut())?);
        Ok(())
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        let printing = self.printing.as_mut().context("shapes come after the start")?;
        printing.shape(shape, &self.wanted, self.envelope.as_mut())
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let printing = self.printing.as_mut().context("records come after the start")?;
        printing.records(shape, batch, &self.wanted, self.envelope.as_mut())
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        if let Some(envelope) = &mut self.envelope {
            envelope.problem(&problem)?;
        }
        if self.problems <= SHOWN {
            let about = self.printing.as_ref().map(Printing::about);
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
        self.printing.as_mut().and_then(Printing::writer).map_or(Ok(()), |writer| writer.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.ended = true;
        let Some(printing) = &mut self.printing else { return Ok(()) };
        printing.end(&self.wanted, self.envelope.as_mut())?;
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
