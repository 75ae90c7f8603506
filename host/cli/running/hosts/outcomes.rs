//! What came of the machines: told as it happens, summed up at the end, and kept whole in a file.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use crate::printing::output_file::{NamedFile, OutputFile, format_of};
use crate::printing::progress;
use crate::printing::saying::say;
use outparse::error::{Error, NOT_ALL};
use outparse_formats::output::{Format, Screen, writer};
use outparse_hosts::{Outcome, Verdict};

/// Machines that are told of one by one, and names in one list.
const SHOWN: usize = 10;

/// The outcomes so far.
pub(super) struct Outcomes {
    all: Vec<Outcome>,
    told: usize,
    file: Option<(Format, OutputFile, NamedFile)>,
}

impl Outcomes {
    /// None yet; they will be kept in this file.
    pub(super) fn new(path: Option<&Path>) -> Result<Outcomes, Error> {
        let file = path.map(|path| {
            let format = format_of(path, "--outcomes")?;
            let (file, out) = OutputFile::create_named(path)?;
            Ok::<_, Error>((format, file, out))
        });
        Ok(Outcomes { all: Vec::new(), told: 0, file: file.transpose()? })
    }

    pub(super) fn all(&self) -> &[Outcome] {
        &self.all
    }

    /// Adds an outcome. A failure is told at once, as long as there are few.
    pub(super) fn add(&mut self, outcome: Outcome, tell: bool) {
        if tell && outcome.verdict != Verdict::Ok && outcome.verdict != Verdict::Cancelled {
            self.told += 1;
            if self.told <= SHOWN {
                let why = outcome.message.as_deref().map_or_else(String::new, |why| format!(": {why}"));
                say(format_args!("{}: {}{why}", outcome.host, outcome.verdict));
            }
        }
        progress::host(outcome.verdict == Verdict::Ok);
        self.all.push(outcome);
    }

    /// The exit status: one of its own, unless all machines were `ok`. Machines that were not needed any more are no failure.
    pub(super) fn exit_code(&self, full: bool) -> u8 {
        let fine = |outcome: &Outcome| outcome.verdict == Verdict::Ok || full && outcome.verdict == Verdict::Cancelled;
        if self.all.iter().all(fine) { 0 } else { NOT_ALL }
    }

    /// Completes the file of outcomes, whoever still reads the records.
    pub(super) fn keep(&mut self) -> Result<(), Error> {
        self.all.sort_by(|one, other| one.host.cmp(&other.host));
        if let Some((format, file, out)) = self.file.take() {
            let mut writer = writer(format, "host", &Outcome::schema(), Box::new(out), Screen::default())?;
            writer.write(&Outcome::batch(&self.all)?)?;
            writer.finish()?;
            file.keep()?;
        }
        Ok(())
    }

    /// Says in a few words how it went.
    pub(super) fn sum_up(&self, ended_early: bool) {
        let mut by_verdict: BTreeMap<Verdict, Vec<&str>> = BTreeMap::new();
        for outcome in self.all.iter().filter(|outcome| outcome.verdict != Verdict::Ok) {
            by_verdict.entry(outcome.verdict).or_default().push(&outcome.host);
        }
        let mut remarks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for outcome in self.all.iter().filter(|outcome| outcome.verdict == Verdict::Ok) {
            if let Some(remark) = &outcome.message {
                remarks.entry(remark).or_default().push(&outcome.host);
            }
        }
        for (remark, hosts) in remarks {
            say(format_args!("{}: {remark}", names(&hosts)));
        }
        if !by_verdict.is_empty() || ended_early || std::io::stderr().is_terminal() {
            let answered = self.all.iter().filter(|outcome| outcome.verdict.is_answer()).count();
            let mut text = format!("{answered} of {} answered", self.all.len());
            for (verdict, hosts) in &by_verdict {
                text.push_str(&format!("; {verdict}: {}", names(hosts)));
            }
            say(text);
        }
    }
}

/// Names in a list; of many, only the first ones.
pub(super) fn names(names: &[impl AsRef<str>]) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
