//! Runs a parser natively, for tests beside it.

use std::fmt::Write;

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::session::{self, Driver};
use crate::{Parser, Problem, Severity, Source};

/// What a parser made of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Each record as a line of JSON, its fields in the order of the schema. Bytes that are not UTF-8 show as U+FFFD.
    pub records: Vec<String>,
    /// Each problem as it is shown to users: `error: line 2, column 1: …`.
    pub problems: Vec<String>,
    /// Why it stopped, if it did: `unrecognised: line 1, …` or `malformed: …`.
    pub failure: Option<String>,
}

/// Parses a capture in one piece. `command` is the program and its arguments, None when they are not known.
pub fn parse<P: Parser>(command: Option<&[&str]>, capture: &[u8]) -> Parsed {
    parse_pieces::<P>(command, [capture])
}

/// Parses a capture in the given pieces, each of whole lines.
pub fn parse_pieces<'a, P: Parser>(command: Option<&[&str]>, pieces: impl IntoIterator<Item = &'a [u8]>) -> Parsed {
    let (program, arguments) = match command {
        Some([program, arguments @ ..]) => (*program, Some(arguments.iter().map(|&word| word.to_owned()).collect())),
        _ => (P::ABOUT.commands.first().copied().unwrap_or_default(), None),
    };
    let mut driver = Driver::<P>::new(&Source { program: program.to_owned(), arguments, platform: None });
    let schema = session::about::<P>().schema;
    let mut parsed = Parsed { records: Vec::new(), problems: Vec::new(), failure: None };
    let mut first_line = 1;
    for piece in pieces {
        if !parsed.take(&schema, driver.feed(piece, first_line)) {
            return parsed;
        }
        first_line += memchr::memchr_iter(b'\n', piece).count() as u64;
    }
    parsed.take(&schema, driver.finish());
    parsed
}

impl Parsed {
    fn take(&mut self, schema: &[wit::Field], answer: Result<wit::Batch, wit::Failure>) -> bool {
        match answer {
            Ok(batch) => {
                let top = top_level(schema);
                self.records.extend((0..batch.rows as usize).map(|row| {
                    let mut text = String::new();
                    write_record(&mut text, schema, &batch.columns, &top, row);
                    text
                }));
                self.problems.extend(batch.problems.into_iter().map(|problem| from_wit(problem).to_string()));
                true
            }
            Err(failure) => {
                let (kind, problem) = match failure {
                    wit::Failure::Unrecognised(problem) => ("unrecognised", problem),
                    wit::Failure::Malformed(problem) => ("malformed", problem),
                };
                let problem = from_wit(problem).to_string();
                self.failure = Some(format!("{kind}: {}", problem.strip_prefix("error: ").unwrap_or(&problem)));
                false
            }
        }
    }
}

fn from_wit(problem: wit::Problem) -> Problem {
    let severity = match problem.severity {
        wit::Severity::Warning => Severity::Warning,
        wit::Severity::Error => Severity::Error,
    };
    Problem { severity, line: problem.line, column: problem.column, message: problem.message }
}

/// The fields that no other field names.
fn top_level(schema: &[wit::Field]) -> Vec<u32> {
    let children: Vec<u32> = schema
        .iter()
        .flat_map(|field| match &field.type_ {
            wit::FieldType::List(item) => vec![*item],
            wit::FieldType::Record(fields) => fields.clone(),
            _ => Vec::new(),
        })
        .collect();
    (0..schema.len() as u32).filter(|index| !children.contains(index)).collect()
}

fn write_record(text: &mut String, schema: &[wit::Field], columns: &[wit::Column], fields: &[u32], row: usize) {
    text.push('{');
    for (place, &index) in fields.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{:?}:", schema[index as usize].name);
        write_value(text, schema, columns, index, row);
    }
    text.push('}');
}

fn write_value(text: &mut String, schema: &[wit::Field], columns: &[wit::Column], index: u32, row: usize) {
    let column = &columns[index as usize];
    let bit = |bits: &[u8]| bits[row / 8] >> (row % 8) & 1 == 1;
    if column.validity.as_deref().is_some_and(|validity| !bit(validity)) {
        text.push_str("null");
        return;
    }
    let _ = match &column.values {
        wit::Values::Booleans(bits) => write!(text, "{}", bit(bits)),
        wit::Values::Integers(numbers) => write!(text, "{}", numbers[row]),
        wit::Values::Floats(numbers) => write!(text, "{}", numbers[row]),
        wit::Values::Texts(texts) => {
            let bytes = &texts.bytes[texts.offsets[row] as usize..texts.offsets[row + 1] as usize];
            write!(text, "{:?}", String::from_utf8_lossy(bytes))
        }
        wit::Values::Lists(offsets) => {
            if let wit::FieldType::List(item) = schema[index as usize].type_ {
                text.push('[');
                for element in offsets[row]..offsets[row + 1] {
                    if element > offsets[row] {
                        text.push(',');
                    }
                    write_value(text, schema, columns, item, element as usize);
                }
                text.push(']');
            }
            Ok(())
        }
        wit::Values::Records => {
            if let wit::FieldType::Record(fields) = &schema[index as usize].type_ {
                write_record(text, schema, columns, fields, row);
            }
            Ok(())
        }
    };
}
