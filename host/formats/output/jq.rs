//! Records as a jq expression sees them: the whole array, or one record after the other.
//!
//! Results are printed one per line; texts as they are, everything else as JSON: on one line, or indented on a terminal.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::anyhow;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields};
use jaq_json::write::{Pp, write};
use jaq_json::{Map, Num, Val};

use super::screen::for_terminal;
use super::writer::Writer;
use crate::jq::{Program, on_large_stack};
use crate::misuse::{Misuse, Unmade};
use outparse::schema::batch_with_times_as_text;

/// Bytes that are worth a write.
const ENOUGH: usize = 1 << 16;

/// What an expression is run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// All records in one array, once the last one has come: all of them are in memory.
    Array,
    /// Each record by itself, as it comes.
    Record,
}

/// A jq expression, and what it is run on.
pub struct Jq {
    program: Program,
    input: Input,
    /// Set by the first result that is neither null nor false.
    found: Arc<AtomicBool>,
}

impl Jq {
    /// Compiles an expression.
    pub fn new(code: &str, input: Input) -> Result<Jq, Misuse> {
        Ok(Jq { program: Program::new("--jq", code)?, input, found: Arc::default() })
    }

    /// A flag that becomes true with the first result that is neither null nor false.
    pub fn found(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.found)
    }

    /// Runs it on a JSON document instead of records.
    pub fn document(self, json: &str, out: Box<dyn Write + Send>, terminal: bool) -> anyhow::Result<()> {
        let document = jaq_json::read::parse_single(json.as_bytes()).map_err(|error| anyhow!("reading JSON: {error}"))?;
        let mut writer = self.writer(out, terminal);
        writer.print(vec![document])?;
        Ok(writer.out.flush()?)
    }

    pub(super) fn writer(self, out: Box<dyn Write + Send>, terminal: bool) -> JqWriter {
        JqWriter { jq: self, out, terminal, kept: Vec::new() }
    }
}

pub(super) struct JqWriter {
    jq: Jq,
    out: Box<dyn Write + Send>,
    terminal: bool,
    /// The records so far, where the expression is run on all of them.
    kept: Vec<Val>,
}

impl JqWriter {
    /// Prints all results for some values. Those before an error are printed too.
    fn print(&mut self, inputs: Vec<Val>) -> anyhow::Result<()> {
        on_large_stack(|| {
            let mut bytes = Vec::new();
            let printed = inputs.into_iter().try_for_each(|input| self.print_results(input, &mut bytes));
            self.out.write_all(&bytes)?;
            printed
        })?
    }

    fn print_results(&mut self, input: Val, bytes: &mut Vec<u8>) -> anyhow::Result<()> {
        for result in self.jq.program.run(input) {
            let value = result.map_err(|message| Unmade(format!("`--jq`: {message}")))?;
            if !matches!(value, Val::Null | Val::Bool(false)) {
                self.jq.found.store(true, Ordering::Relaxed);
            }
            print(&value, self.terminal, bytes)?;
            // There may be results without end.
            if bytes.len() >= ENOUGH {
                self.out.write_all(bytes)?;
                bytes.clear();
            }
        }
        Ok(())
    }
}

fn print(value: &Val, terminal: bool, out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut json = Vec::new();
    let bytes: &[u8] = match value {
        Val::TStr(text) | Val::BStr(text) => text,
        other => {
            let pretty = Pp { indent: terminal.then(|| "  ".to_owned()), sep_space: terminal, ..Pp::default() };
            write(&mut json, &pretty, 0, other)?;
            &json
        }
    };
    if terminal {
        out.extend_from_slice(for_terminal(&String::from_utf8_lossy(bytes), true).as_bytes());
    } else {
        out.extend_from_slice(bytes);
    }
    out.push(b'\n');
    Ok(())
}

impl Writer for JqWriter {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let batch = &batch_with_times_as_text(batch)?;
        let fields = batch.schema_ref().fields();
        let records = (0..batch.num_rows()).map(|row| object(fields, batch.columns(), row));
        match self.jq.input {
            Input::Array => {
                for record in records {
                    self.kept.push(record?);
                }
                Ok(())
            }
            Input::Record => self.print(records.collect::<anyhow::Result<_>>()?),
        }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if self.jq.input == Input::Array {
            let records = std::mem::take(&mut self.kept);
            self.print(vec![Val::Arr(records.into())])?;
        }
        self.flush()
    }
}

fn object(fields: &Fields, columns: &[ArrayRef], row: usize) -> anyhow::Result<Val> {
    let mut map = Map::with_capacity_and_hasher(fields.len(), Default::default());
    for (field, column) in fields.iter().zip(columns) {
        map.insert(text(field.name()), value(column, row)?);
    }
    Ok(Val::obj(map))
}

fn text(text: &str) -> Val {
    Val::utf8_str(text.as_bytes().to_vec())
}

/// A value as jq would read it from JSON.
fn value(column: &dyn Array, row: usize) -> anyhow::Result<Val> {
    if column.is_null(row) {
        return Ok(Val::Null);
    }
    Ok(match column.data_type() {
        DataType::Boolean => Val::from(column.as_boolean().value(row)),
        DataType::Int64 => Val::Num(Num::from_integral(column.as_primitive::<Int64Type>().value(row))),
        DataType::Float64 => match column.as_primitive::<Float64Type>().value(row) {
            number if number.is_finite() => Val::from(number),
            _ => Val::Null,
        },
        DataType::Utf8 => text(column.as_string::<i32>().value(row)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            (0..items.len()).map(|item| value(&items, item)).collect::<anyhow::Result<Val>>()?
        }
        DataType::LargeUtf8 => {
            let json = column.as_string::<i64>().value(row);
            jaq_json::read::parse_single(json.as_bytes()).map_err(|error| anyhow!("reading JSON: {error}"))?
        }
        DataType::Map(..) => {
            let entries = column.as_map();
            let (offsets, keys) = (entries.value_offsets(), entries.keys().as_string::<i32>());
            let mut map = Map::default();
            for entry in offsets[row] as usize..offsets[row + 1] as usize {
                map.insert(text(keys.value(entry)), value(entries.values(), entry)?);
            }
            Val::obj(map)
        }
        DataType::Struct(fields) => object(fields, column.as_struct().columns(), row)?,
        other => return Err(anyhow!("no record has values of type {other}")),
    })
}
