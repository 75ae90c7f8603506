//! Where a capture was found and what it is of, and what went wrong with it: columns beside its records.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use outparse::error::Error;
use outparse::problem::{Problem, Severity};
use outparse::sandbox::Moment;
use outparse::schema::{Field, Kind, Role, Schema, time};

/// A capture among many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The file that it is in.
    pub path: String,
    /// The member of the archive, if the file is one; for an archive within another, all members on the way, with a `!` between.
    pub member: Option<String>,
    /// The command, without its arguments.
    pub command: Option<String>,
    /// Its arguments, where they are known.
    pub arguments: Option<Vec<String>>,
    /// The machine that it was taken on, where that is known.
    pub host: Option<String>,
    /// When it was taken, where that is known.
    pub captured: Option<Moment>,
}

/// The field that says which capture a record is from.
const CAPTURE: &str = "capture";

fn text(name: &str, doc: &str) -> Field {
    Field { doc: doc.to_owned(), nullable: true, ..Field::named(name, Kind::Text) }
}

impl Taken {
    /// What to call it in messages.
    pub fn name(&self) -> String {
        self.member.as_ref().map_or_else(|| self.path.clone(), |member| format!("{}!{member}", self.path))
    }

    /// The field that each record begins with.
    pub(super) fn field() -> Field {
        let argument = Field { nullable: false, ..text("item", "") };
        let fields = vec![
            Field { nullable: false, ..text("path", "The file that the capture is in.") },
            text(
                "member",
                "The member of the archive that the file is; of archives within each other, all of them, with a `!` between.",
            ),
            text("command", "The command, without its arguments."),
            Field { kind: Kind::List(Box::new(argument)), ..text("arguments", "The command's arguments, where they are known.") },
            text("host", "The machine that the capture was taken on, where that is known."),
            Field {
                kind: Kind::Time { digits: 0, offset: false },
                ..text("time", "What clocks showed there when the capture was taken, where that is known.")
            },
            Field {
                kind: Kind::Integer,
                unit: Some("seconds".to_owned()),
                ..text("utc_offset", "By how much these clocks were ahead of UTC, where that is known.")
            },
        ];
        Field {
            doc: "The capture that the record is from.".to_owned(),
            role: Some(Role::Key),
            ..Field::named(CAPTURE, Kind::Record(fields))
        }
    }

    /// A schema with the capture before all other fields.
    pub(super) fn lead(schema: &Schema) -> Schema {
        schema.led_by(&Taken::field())
    }

    /// A column of captures, each for this many records.
    pub fn column<'a>(captures: impl Iterator<Item = (&'a Taken, usize)> + Clone) -> ArrayRef {
        let rows = captures.clone().flat_map(|(taken, rows)| std::iter::repeat_n(taken, rows));
        let texts = |of: fn(&Taken) -> Option<&str>| Arc::new(rows.clone().map(of).collect::<StringArray>()) as ArrayRef;
        let mut arguments = ListBuilder::new(StringBuilder::new());
        for taken in rows.clone() {
            arguments.append_option(taken.arguments.as_ref().map(|words| words.iter().map(Some)));
        }
        let moments: Vec<Option<Moment>> = rows.clone().map(|taken| taken.captured).collect();
        let known: NullBuffer = moments.iter().map(Option::is_some).collect();
        let local = |moment: Moment| moment.seconds + moment.offset.map_or(0, i64::from);
        let seconds = moments.iter().map(|moment| moment.map_or(0, local)).collect();
        let offsets = moments.iter().map(|moment| moment.and_then(|moment| moment.offset).map(i64::from));
        let offsets: ArrayRef = Arc::new(offsets.collect::<Int64Array>());
        let time = time::column(seconds, Some(known), 0, false);

        let columns: Vec<ArrayRef> = vec![
            texts(|taken| Some(&taken.path)),
            texts(|taken| taken.member.as_deref()),
            texts(|taken| taken.command.as_deref()),
            Arc::new(arguments.finish()),
            texts(|taken| taken.host.as_deref()),
            time,
            offsets,
        ];
        let DataType::Struct(fields) = Taken::field().kind.to_arrow() else { return Arc::new(StringArray::new_null(0)) };
        // The list's item is named and described as the schema has it.
        let columns = columns.into_iter().zip(&fields).map(|(column, field)| as_type(column, field.data_type()));
        let columns: Vec<ArrayRef> = columns.collect();
        Arc::new(StructArray::new(fields, columns, None))
    }
}

/// A column whose nested fields are described as a schema has them.
fn as_type(column: ArrayRef, wanted: &DataType) -> ArrayRef {
    match column.to_data().into_builder().data_type(wanted.clone()).build() {
        Ok(data) => arrow_array::make_array(data),
        Err(_) => column,
    }
}

/// What went wrong with a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be read, or not to its end.
    Unreadable,
    /// No parser reads the command.
    NoParser,
    /// No parser recognises it: it is something else.
    Unrecognised,
    /// It is broken from some place on.
    Malformed,
    /// A plugin misbehaved with it, or went beyond a limit.
    Stopped,
    /// A line gave no record, or a value of it became null.
    Problem,
    /// A value of a line was guessed.
    Warning,
    /// Its records have other types than those before, and so no place in the same table.
    Misfit,
}

impl Fault {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Unreadable => "unreadable",
            Fault::NoParser => "no-parser",
            Fault::Unrecognised => "unrecognised",
            Fault::Malformed => "malformed",
            Fault::Stopped => "stopped",
            Fault::Problem => "problem",
            Fault::Warning => "warning",
            Fault::Misfit => "misfit",
        }
    }

    /// Whether the parse of the capture ended with it.
    pub fn is_end(self) -> bool {
        !matches!(self, Fault::Problem | Fault::Warning)
    }
}

/// One thing that went wrong with a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The capture.
    pub taken: Arc<Taken>,
    /// What it is.
    pub fault: Fault,
    /// Line of the capture, from 1; 0 when no line in particular is meant.
    pub line: u64,
    /// Byte in that line, from 1; 0 when the whole line is meant.
    pub column: u32,
    /// What was expected and what was found.
    pub message: String,
    /// The parser that says so, and its version.
    pub plugin: Option<String>,
}

impl Failure {
    /// A failure that is about the capture as a whole.
    pub fn new(taken: &Arc<Taken>, fault: Fault, message: String) -> Failure {
        Failure { taken: Arc::clone(taken), fault, line: 0, column: 0, message, plugin: None }
    }

    pub(super) fn of_problem(taken: &Arc<Taken>, problem: Problem, plugin: Option<String>) -> Failure {
        let fault = if problem.severity == Severity::Warning { Fault::Warning } else { Fault::Problem };
        let Problem { line, column, message, .. } = problem;
        Failure { taken: Arc::clone(taken), fault, line, column, message, plugin }
    }

    pub(super) fn of_error(taken: &Arc<Taken>, error: &Error) -> Failure {
        let mut failure = Failure::new(taken, Fault::Stopped, error.in_one_line());
        match error {
            Error::Unrecognised { .. } => failure.fault = Fault::Unrecognised,
            Error::NoParser { .. } => failure.fault = Fault::NoParser,
            Error::Malformed { plugin, problem } => {
                failure.fault = Fault::Malformed;
                (failure.line, failure.column) = (problem.line, problem.column);
                (failure.message, failure.plugin) = (problem.message.clone(), Some(plugin.clone()));
            }
            Error::Plugin(error) => failure.plugin = Some(error.plugin.clone()),
            Error::Other(_) => failure.fault = Fault::Unreadable,
            _ => {}
        }
        failure
    }

    /// The fields of a table of failures.
    pub fn schema() -> Schema {
        let number = |name: &str, doc: &str| Field { kind: Kind::Integer, ..text(name, doc) };
        let fields = vec![
            Taken::field(),
            Field {
                nullable: false,
                ..text(
                    "fault",
                    "`unreadable`, `no-parser`, `unrecognised` (it is something else), `malformed` (broken beyond this place), \
                     `stopped` (a plugin misbehaved, or went beyond a limit), `misfit` (of other types than the records before, where all stand in \
                     one table); of captures whose other records are there, `problem` and `warning`.",
                )
            },
            number("line", "Line of the capture, from 1."),
            number("column", "Byte in that line, from 1."),
            Field { nullable: false, ..text("message", "What was expected and what was found.") },
            text("plugin", "The parser that says so, and its version."),
        ];
        Schema::new(fields)
    }

    /// Failures as records.
    ///
    /// # Errors
    /// None for any failures.
    pub fn batch(failures: &[Failure]) -> anyhow::Result<RecordBatch> {
        let known = |number: u64| i64::try_from(number).ok().filter(|&number| number > 0);
        let columns: Vec<ArrayRef> = vec![
            Taken::column(failures.iter().map(|failure| (&*failure.taken, 1))),
            Arc::new(failures.iter().map(|failure| Some(failure.fault.name())).collect::<StringArray>()),
            Arc::new(failures.iter().map(|failure| known(failure.line)).collect::<Int64Array>()),
            Arc::new(failures.iter().map(|failure| known(failure.column.into())).collect::<Int64Array>()),
            Arc::new(failures.iter().map(|failure| Some(failure.message.as_str())).collect::<StringArray>()),
            Arc::new(failures.iter().map(|failure| failure.plugin.as_deref()).collect::<StringArray>()),
        ];
        Ok(RecordBatch::try_new(Arc::clone(Failure::schema().arrow()), columns)?)
    }
}

/// The captures that the records of a batch begin with.
pub(super) fn read(batch: &RecordBatch) -> Vec<Taken> {
    let Some(captures) = batch.columns().first().and_then(|column| column.as_struct_opt()) else { return Vec::new() };
    let text = |place: usize, row: usize| {
        let column = captures.column(place).as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let taken = |row| Taken {
        path: text(0, row).unwrap_or_default(),
        member: text(1, row),
        command: text(2, row),
        host: text(4, row),
        ..Taken::default()
    };
    (0..batch.num_rows()).map(taken).collect()
}
