//! `--envelope`: the records with where they come from, and how the run went. A script that reads it needs nothing else, neither
//! our exit status nor standard error; and it is complete whatever went wrong, as long as somebody reads it.
//!
//! The records stream: what is known only at the end follows them.

use std::io::Write;
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::options::Options;
use crate::printing::shared_writer::Shared;
use outparse::error::Error;
use outparse::problem::Problem;
use outparse::registry::{Candidate, sha256};
use outparse::schema::{About, Schema};
use outparse_formats::output::{Format, Writer, writer_within};
use outparse_hosts::Outcome;

/// Problems that an envelope which comes at the end lists; the others are counted.
const MOST_PROBLEMS: usize = 1000;

type Out = Box<dyn Write + Send>;

/// The wrapping of one run's records.
pub(crate) struct Envelope {
    format: Format,
    out: Shared<Out>,
    /// What is known before anything is printed.
    start: Start,
    begin: Instant,
    /// Whether the start has been written.
    opened: bool,
    /// Bytes that a component may have.
    component: u64,
    problems: Vec<Entry>,
    problem_count: u64,
    /// What came of the machines, where there are several.
    outcomes: Option<Vec<Outcome>>,
}

#[derive(Serialize)]
struct Start {
    command: String,
    arguments: Option<Vec<String>>,
    platform: String,
    start: String,
    plugin: Option<Used>,
}

/// A plugin, identified beyond doubt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub(crate) struct Used {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whose parsers these are, and whose values, where the plugin carries a collection made elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) catalogue: Option<String>,
    /// The SHA-256 of the component, whether it is a file or ships with the program.
    pub(crate) sha256: String,
}

/// A problem, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub(crate) struct Entry {
    severity: String,
    line: u64,
    column: u32,
    message: String,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Ended {
    /// As a shell gives it. None when no command was run.
    pub(crate) exit_status: Option<u8>,
    /// Why it was asked to end, if it was: `timeout` or `signal`.
    pub(crate) ended_early: Option<&'static str>,
}

#[derive(Serialize)]
struct End<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<&'a [Entry]>,
    problem_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<&'a [Outcome]>,
    /// Seconds.
    duration: f64,
    #[serde(flatten)]
    ended: Ended,
    error: Option<String>,
}

/// A line of its own in `jsonl`.
#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    line: T,
}

impl From<&Problem> for Entry {
    fn from(problem: &Problem) -> Entry {
        Entry {
            severity: problem.severity.to_string(),
            line: problem.line,
            column: problem.column,
            message: problem.message.clone(),
        }
    }
}

impl Used {
    /// The plugin that a candidate turned out to be.
    pub(crate) fn of(candidate: &Candidate, most: u64) -> anyhow::Result<Used> {
        let sha256 = match candidate {
            // Loading the plugin has compared this with the file.
            Candidate::Installed(installed, _) => installed.sha256.clone(),
            _ => sha256(&candidate.component(most)?),
        };
        Ok(Used { sha256, ..Used::default() })
    }

    /// The same with the plugin's name and version, once it has told them.
    pub(crate) fn named(self, about: &About) -> Used {
        Used { name: about.name.clone(), version: about.version.clone(), catalogue: about.catalogue.clone(), ..self }
    }
}

impl Envelope {
    /// The wrapping of a run that begins now. `arguments` are None where they are not known.
    pub(crate) fn new(
        options: &Options,
        format: Format,
        (command, arguments): (&str, Option<&[String]>),
        component: u64,
        out: Out,
    ) -> Result<Envelope, Error> {
        if !matches!(format, Format::Json | Format::Jsonl | Format::Yaml) {
            return Err(Error::Usage("`--envelope` needs `--format` json, jsonl or yaml".to_owned()));
        }
        let start = Start {
            command: command.to_owned(),
            arguments: arguments.map(<[String]>::to_vec),
            platform: options.platform().to_owned(),
            start: timestamp(Utc::now()),
            plugin: None,
        };
        Ok(Envelope {
            format,
            out: Shared::new(out),
            start,
            begin: Instant::now(),
            opened: false,
            component,
            problems: Vec::new(),
            problem_count: 0,
            outcomes: None,
        })
    }

    /// Takes what came of the machines, if the command was run on many.
    pub(crate) fn outcomes(&mut self, outcomes: &[Outcome]) {
        self.outcomes = Some(outcomes.to_vec());
    }

    /// Takes the parser that is about to be used.
    pub(crate) fn chosen(&mut self, candidate: &Candidate) -> anyhow::Result<()> {
        self.start.plugin = Some(Used::of(candidate, self.component)?);
        Ok(())
    }

    /// Begins the document. What is returned writes the records.
    pub(crate) fn open(&mut self, about: &About, schema: &Schema) -> anyhow::Result<Box<dyn Writer + Send>> {
        self.start.plugin = self.start.plugin.take().map(|used| used.named(about));
        self.write_start()?;
        writer_within(self.format, schema, Box::new(self.out.clone()))
    }

    fn write_start(&mut self) -> anyhow::Result<()> {
        self.opened = true;
        let text = match self.format {
            Format::Json => {
                let start = serde_json::to_string(&self.start)?;
                format!("{},\n\"records\":", start.strip_suffix('}').unwrap_or(&start))
            }
            Format::Jsonl => format!("{}\n", serde_json::to_string(&Line { kind: "start", line: &self.start })?),
            _ => format!("{}records:\n", serde_saphyr::to_string(&self.start).context("writing YAML")?),
        };
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Keeps a problem for the end, or writes it.
    pub(crate) fn problem(&mut self, problem: &Problem) -> anyhow::Result<()> {
        self.problem_count += 1;
        let entry = Entry::from(problem);
        if self.format == Format::Jsonl {
            let line = serde_json::to_string(&Line { kind: "problem", line: entry })?;
            self.out.write_all(format!("{line}\n").as_bytes())?;
        } else if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(entry);
        }
        Ok(())
    }

    /// Ends the document. The records, of which there are this many, must have been completed, if they were begun.
    pub(crate) fn close(&mut self, records: u64, error: Option<&Error>, ended: Ended) -> anyhow::Result<()> {
        if !self.opened {
            // Whether a plugin was chosen or not, it has parsed nothing.
            self.start.plugin = None;
            self.write_start()?;
            self.out.write_all(match self.format {
                Format::Json => b"[]\n",
                Format::Jsonl => b"",
                _ => b"  []\n",
            })?;
        }
        let lines = self.format == Format::Jsonl;
        let end = End {
            records: lines.then_some(records),
            problems: (!lines).then_some(&self.problems),
            problem_count: self.problem_count,
            outcomes: self.outcomes.as_deref(),
            duration: self.begin.elapsed().as_secs_f64(),
            ended,
            error: error.map(Error::with_causes),
        };
        let text = match self.format {
            Format::Json => format!(",{}\n", serde_json::to_string(&end)?.trim_start_matches('{')),
            Format::Jsonl => format!("{}\n", serde_json::to_string(&Line { kind: "end", line: end })?),
            _ => serde_saphyr::to_string(&end).context("writing YAML")?,
        };
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

/// A time as RFC 3339 has it, in UTC, with milliseconds.
pub(crate) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
