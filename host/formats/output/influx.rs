//! Metrics as InfluxDB and Telegraf read them (line protocol): a line for each record, as it comes.
//!
//! The measurement is the command. The fields that say which thing a record is about are tags; where a schema names none, all texts are.
//! Everything else is a field: whole numbers with an `i`, texts in quotes. A record's own `timestamp` or `time`, where its offset from UTC
//! is known, is the time of its line. Lists and maps have no place here.

use std::io::Write;

use arrow_array::RecordBatch;

use super::sample::{Fields, Number, Reading, Seen};
use super::writer::Writer;
use outparse::schema::{Field, Schema};

/// Lines of one command.
pub(super) struct Influx {
    measurement: String,
    fields: Fields,
    out: Box<dyn Write + Send>,
    /// Counts the records without a time.
    seen: Seen,
}

/// The fields that are the time of a line.
const TIMES: [&str; 2] = ["timestamp", "time"];

impl Influx {
    pub(super) fn new(command: &str, schema: &Schema, out: Box<dyn Write + Send>) -> Influx {
        Influx { measurement: escaped(command, &[',', ' ']), fields: Fields::new(schema), out, seen: Seen::default() }
    }
}

/// A line for a record; None for one that says nothing.
fn line(measurement: &str, Reading { keys, texts, numbers }: Reading<'_>, seen: &mut Seen) -> Option<String> {
    let is_time = |(field, number): &(&Field, Number)| TIMES.contains(&field.name.as_str()) && matches!(number, Number::Time(_));
    let (times, numbers): (Vec<_>, Vec<_>) = numbers.into_iter().partition(is_time);
    let word = |text: &str| escaped(text, &[',', '=', ' ']);
    let mut tags: String = keys
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!(",{}={}", word(name), word(value)))
        .collect();
    let mut values: Vec<String> = numbers
        .iter()
        .map(|(field, number)| {
            let value = match number {
                Number::Integer(_) => number.times(1.0) + "i",
                Number::Boolean(value) => value.to_string(),
                // The line protocol has no NaN and no infinities.
                Number::Float(value) if !value.is_finite() => return String::new(),
                Number::Float(_) | Number::Time(_) => number.times(1.0),
            };
            format!("{}={value}", word(&field.name))
        })
        .chain(texts.iter().map(|(name, text)| {
            format!("{}=\"{}\"", word(name), text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        }))
        .filter(|value| !value.is_empty())
        .collect();
    if values.is_empty() && tags.is_empty() {
        return None;
    }
    // A line needs a field, and a record that says everything in its tags has none.
    if values.is_empty() {
        values.push("info=1i".to_owned());
    }
    let time = match times.first() {
        Some((_, Number::Time(nanos))) => format!(" {nanos}"),
        // Of lines with the same tags, a database would keep only the last.
        _ => {
            tags.extend(seen.again(&tags).map(|again| format!(",duplicate={again}")));
            String::new()
        }
    };
    Some(format!("{measurement}{tags} {}{time}\n", values.join(",")))
}

impl Writer for Influx {
    fn shape(&mut self, schema: &Schema) -> anyhow::Result<()> {
        self.fields = Fields::new(schema);
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let Influx { measurement, fields, seen, .. } = self;
        let lines: String = fields.read(batch)?.filter_map(|reading| line(measurement, reading, seen)).collect();
        Ok(self.out.write_all(lines.as_bytes())?)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }
}

/// A name or a tag, with whatever would end it escaped. Neither can have a line end in it, or a backslash at its end.
fn escaped(text: &str, special: &[char]) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            c if special.contains(&c) => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    // It would escape what follows, and cannot itself be escaped.
    if escaped.ends_with('\\') {
        escaped.push_str("x5c");
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};

    use super::super::testing::{field, print};
    use super::super::{Format, Screen};
    use outparse::schema::{Field, Kind, Role};

    #[test]
    fn keys_are_tags_and_everything_else_is_a_field() {
        let text = |values: [Option<&str>; 3]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
        let fields = vec![
            Field { role: Some(Role::Key), ..field("mounted_on", Kind::Text) },
            field("type", Kind::Text),
            field("size", Kind::Integer),
            field("load", Kind::Float),
            field("full", Kind::Boolean),
        ];
        let columns: Vec<ArrayRef> = vec![
            text([Some("/a b,c=d\\"), Some("/x"), Some("/x")]),
            text([Some("say \"hi\" \\"), None, None]),
            Arc::new(Int64Array::from(vec![Some(-7), Some(1), None])),
            Arc::new(Float64Array::from(vec![Some(0.5), Some(f64::NAN), Some(2.0)])),
            Arc::new(BooleanArray::from(vec![Some(true), None, None])),
        ];
        let printed = print(Format::Influx, Screen::default(), fields, &[columns]);
        let expected = "test,mounted_on=/a\\ b\\,c\\=d\\x5c size=-7i,load=0.5,full=true,type=\"say \\\"hi\\\" \\\\\"\n\
                        test,mounted_on=/x size=1i\n\
                        test,mounted_on=/x,duplicate=1 load=2\n";
        assert_eq!(printed, expected);
    }
}
