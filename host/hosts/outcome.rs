//! What came of a machine.

use std::fmt;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use serde::Serialize;

use outparse::schema::{Field, Kind, Role, Schema};

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The command ran, ended with 0, and its output was read to the end.
    Ok,
    /// The command ran and ended with another status; or something else than it ran.
    Failed,
    /// The connection broke off while it ran. Its records up to there are kept.
    Partial,
    /// No connection.
    Unreachable,
    /// The machine does not let us in without asking.
    Auth,
    /// The machine is not known, or is not the one that was known.
    HostKey,
    /// The command took longer than it was given.
    Timeout,
    /// No parser reads what it printed, or what was asked of the records does not fit them.
    RefusedByParser,
    /// The run was ended before this machine was done.
    Cancelled,
    /// There is no such command there.
    NoCommand,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 10] = [
        Verdict::Ok,
        Verdict::Failed,
        Verdict::Partial,
        Verdict::Unreachable,
        Verdict::Auth,
        Verdict::HostKey,
        Verdict::Timeout,
        Verdict::RefusedByParser,
        Verdict::Cancelled,
        Verdict::NoCommand,
    ];

    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Failed => "failed",
            Verdict::Partial => "partial",
            Verdict::Unreachable => "unreachable",
            Verdict::Auth => "auth",
            Verdict::HostKey => "host-key",
            Verdict::Timeout => "timeout",
            Verdict::RefusedByParser => "refused-by-parser",
            Verdict::Cancelled => "cancelled",
            Verdict::NoCommand => "no-command",
        }
    }

    /// Whether all that the command had to say has come.
    pub fn is_answer(self) -> bool {
        matches!(self, Verdict::Ok | Verdict::Failed)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What came of one machine. Each that was to be asked has exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The machine, by the name it was asked by.
    pub host: String,
    /// How it ended.
    #[serde(rename = "outcome")]
    pub verdict: Verdict,
    /// The command's exit status, where that is known.
    pub exit_status: Option<u8>,
    /// How often a connection was begun.
    pub attempts: u32,
    /// Milliseconds until the machine ran what it was asked, the last time.
    pub connect_ms: Option<u64>,
    /// Milliseconds that the command took.
    pub run_ms: Option<u64>,
    /// Bytes that the command printed.
    pub bytes: u64,
    /// Records in them, before any are selected.
    pub records: u64,
    /// Places in them that could not be understood.
    pub problems: u64,
    /// The machine's platform, as it says.
    pub platform: Option<String>,
    /// The parser that read them, and its version.
    pub plugin: Option<String>,
    /// The SHA-256 of the parser's component.
    pub digest: Option<String>,
    /// Why it ended so, for people.
    pub message: Option<String>,
}

impl Outcome {
    /// Of a machine that was not asked yet.
    pub fn new(host: &str, verdict: Verdict) -> Outcome {
        Outcome {
            host: host.to_owned(),
            verdict,
            exit_status: None,
            attempts: 0,
            connect_ms: None,
            run_ms: None,
            bytes: 0,
            records: 0,
            problems: 0,
            platform: None,
            plugin: None,
            digest: None,
            message: None,
        }
    }

    /// The fields of outcomes as records.
    pub fn schema() -> Schema {
        let text = |name: &str, doc: &str| Field { doc: doc.to_owned(), nullable: true, ..Field::named(name, Kind::Text) };
        let number = |name: &str, doc: &str| Field { kind: Kind::Integer, ..text(name, doc) };
        let always = |field: Field| Field { nullable: false, ..field };
        let verdicts = Verdict::ALL.map(Verdict::name).join(", ");
        Schema::new(vec![
            Field { role: Some(Role::Key), ..always(text("host", "The machine, by the name it was asked by.")) },
            always(text("outcome", &format!("How it ended: {verdicts}."))),
            number("exit_status", "The command's exit status, where that is known."),
            always(number("attempts", "How often a connection was begun.")),
            number("connect_ms", "Milliseconds until the machine ran what it was asked."),
            number("run_ms", "Milliseconds that the command took."),
            Field { unit: Some("bytes".to_owned()), ..always(number("bytes", "Size of what the command printed.")) },
            always(number("records", "Records in it, before any are selected.")),
            always(number("problems", "Places in it that could not be understood.")),
            text("platform", "The machine's platform, as it says."),
            text("plugin", "The parser that read it, and its version."),
            text("digest", "The SHA-256 of the parser's component."),
            text("message", "Why it ended so."),
        ])
    }

    /// Outcomes as records.
    ///
    /// # Errors
    /// None that can be foreseen.
    pub fn batch(outcomes: &[Outcome]) -> anyhow::Result<RecordBatch> {
        let text = |of: fn(&Outcome) -> Option<&str>| -> ArrayRef { Arc::new(outcomes.iter().map(of).collect::<StringArray>()) };
        let number = |of: fn(&Outcome) -> Option<u64>| -> ArrayRef {
            Arc::new(outcomes.iter().map(|outcome| of(outcome).map(|number| number as i64)).collect::<Int64Array>())
        };
        let columns = vec![
            text(|outcome| Some(&outcome.host)),
            text(|outcome| Some(outcome.verdict.name())),
            number(|outcome| outcome.exit_status.map(u64::from)),
            number(|outcome| Some(u64::from(outcome.attempts))),
            number(|outcome| outcome.connect_ms),
            number(|outcome| outcome.run_ms),
            number(|outcome| Some(outcome.bytes)),
            number(|outcome| Some(outcome.records)),
            number(|outcome| Some(outcome.problems)),
            text(|outcome| outcome.platform.as_deref()),
            text(|outcome| outcome.plugin.as_deref()),
            text(|outcome| outcome.digest.as_deref()),
            text(|outcome| outcome.message.as_deref()),
        ];
        Ok(RecordBatch::try_new(Arc::clone(Outcome::schema().arrow()), columns)?)
    }
}
