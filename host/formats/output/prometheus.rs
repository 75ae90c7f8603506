//! Metrics as Prometheus reads them (text exposition 0.0.4), for a textfile collector.
//!
//! A number is a sample of a metric, named `command_field_unit`, in base units; a counter ends in `_total`. The fields that say
//! which thing a record is about are its labels; where a schema names none, all texts are. Other texts are labels of one more
//! metric, `command_info`. A point in time is seconds since 1970; true is 1. Lists and maps have no place here. Everything is
//! sorted and written at the end, because the samples of a metric must stand together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

use arrow_array::RecordBatch;

use super::sample::{Fields, Number, Reading, Seen};
use super::writer::Writer;
use outparse::schema::{Role, Schema};

/// Metrics of one command.
pub(super) struct Prometheus {
    command: String,
    fields: Fields,
    out: Box<dyn Write + Send>,
    metrics: Metrics,
    seen: Seen,
}

/// By their names.
#[derive(Default)]
struct Metrics(BTreeMap<String, Metric>);

struct Metric {
    kind: &'static str,
    help: String,
    /// By their labels.
    samples: BTreeSet<(String, String)>,
}

impl Prometheus {
    pub(super) fn new(command: &str, schema: &Schema, out: Box<dyn Write + Send>) -> Prometheus {
        let command = name(command);
        Prometheus { command, fields: Fields::new(schema), out, metrics: Metrics::default(), seen: Seen::default() }
    }
}

impl Metrics {
    fn sample(&mut self, name: String, kind: &'static str, help: &str, labels: &str, value: String) {
        let metric = self.0.entry(name).or_insert_with(|| Metric { kind, help: help.to_owned(), samples: BTreeSet::new() });
        metric.samples.insert((labels.to_owned(), value));
    }
}

impl Writer for Prometheus {
    fn shape(&mut self, schema: &Schema) -> anyhow::Result<()> {
        self.fields = Fields::new(schema);
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        for Reading { keys, texts, numbers } in self.fields.read(batch)? {
            let mut labels = labels(&keys);
            // Two samples of a metric with the same labels would make the whole file invalid.
            if let Some(again) = self.seen.again(&labels) {
                let number = format!("duplicate=\"{again}\"");
                labels = if labels.is_empty() { number } else { format!("{labels},{number}") };
            }
            let says_no_more = numbers.is_empty() && texts.is_empty();
            for (field, number) in numbers {
                let (unit, factor) = match field.unit.as_deref() {
                    Some("percent") => ("_ratio", 0.01),
                    Some("bytes") => ("_bytes", 1.0),
                    Some("seconds") => ("_seconds", 1.0),
                    Some("hertz") => ("_hertz", 1.0),
                    Some("bytes/s") => ("_bytes_per_second", 1.0),
                    Some("bits/s") => ("_bits_per_second", 1.0),
                    _ if matches!(number, Number::Time(_)) => ("_timestamp_seconds", 1.0),
                    _ => ("", 1.0),
                };
                let counter = field.role == Some(Role::Counter);
                let metric = metric(&self.command, &field.name, unit, counter);
                let kind = if counter { "counter" } else { "gauge" };
                self.metrics.sample(metric, kind, &field.doc, &labels, number.times(factor));
            }
            if !texts.is_empty() || says_no_more {
                let all: Vec<String> = [labels, self::labels(&texts)].into_iter().filter(|part| !part.is_empty()).collect();
                let all = all.join(",");
                let help = "What is said of each in words; always 1.";
                self.metrics.sample(format!("{}_info", self.command), "gauge", help, &all, "1".to_owned());
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        let mut text = String::new();
        for (name, Metric { kind, help, samples }) in std::mem::take(&mut self.metrics.0) {
            let help = help.replace('\\', "\\\\").replace('\n', "\\n");
            // Writing to a `String` cannot fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
            for (labels, value) in samples {
                let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        }
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

/// A metric's name. A gauge must not look like a counter, nor like a part of a histogram.
fn metric(command: &str, field: &str, unit: &str, counter: bool) -> String {
    let field = name(field);
    let field = match unit {
        "_ratio" => field.strip_suffix("_percent").unwrap_or(&field),
        // `rx_bytes` says its unit itself.
        unit => field.strip_suffix(unit).unwrap_or(&field),
    };
    let mut metric = format!("{command}_{field}{unit}");
    if counter {
        if !metric.ends_with("_total") {
            metric.push_str("_total");
        }
    } else if ["_total", "_count", "_sum", "_bucket", "_info"].iter().any(|end| metric.ends_with(end)) {
        metric.push_str("_value");
    }
    metric
}

/// A text turned into a valid name.
fn name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '_' };
    let name: String = text.chars().map(plain).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn labels(texts: &[(String, String)]) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<String> = texts.iter().map(|(label, text)| format!("{}=\"{}\"", name(label), escaped(text))).collect();
    labels.join(",")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};

    use super::super::testing::{field, print};
    use super::super::{Format, Screen};
    use super::*;
    use outparse::schema::{Field, Kind};

    #[test]
    fn samples_of_a_metric_stand_together_and_no_two_are_alike() {
        let text = |values: [&str; 3]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
        let unit = |field: Field, unit: &str| Field { unit: Some(unit.to_owned()), ..field };
        let fields = vec![
            Field { role: Some(Role::Key), ..field("device", Kind::Text) },
            field("state", Kind::Text),
            Field {
                role: Some(Role::Counter),
                doc: "Bytes that\nwere \\ read.".to_owned(),
                ..unit(field("read", Kind::Integer), "bytes")
            },
            unit(field("use_percent", Kind::Float), "percent"),
        ];
        let columns: Vec<ArrayRef> = vec![
            text(["b", "a\"\\\n", "b"]),
            text(["up", "down", "up"]),
            Arc::new(Int64Array::from(vec![Some(3), Some(2), None])),
            Arc::new(Float64Array::from(vec![7.0, 28.0, f64::INFINITY])),
        ];
        let expected = r#"# HELP test_info What is said of each in words; always 1.
# TYPE test_info gauge
test_info{device="a\"\\\n",state="down"} 1
test_info{device="b",duplicate="1",state="up"} 1
test_info{device="b",state="up"} 1
# HELP test_read_bytes_total Bytes that\nwere \\ read.
# TYPE test_read_bytes_total counter
test_read_bytes_total{device="a\"\\\n"} 2
test_read_bytes_total{device="b"} 3
# HELP test_use_ratio 
# TYPE test_use_ratio gauge
test_use_ratio{device="a\"\\\n"} 0.28
test_use_ratio{device="b"} 0.07
test_use_ratio{device="b",duplicate="1"} +Inf
"#;
        assert_eq!(print(Format::Prometheus, Screen::default(), fields, &[columns]), expected);
    }

    #[test]
    fn a_gauge_does_not_look_like_a_counter() {
        assert_eq!(metric("free", "total", "_bytes", false), "free_total_bytes");
        assert_eq!(metric("wc", "total", "", false), "wc_total_value");
        assert_eq!(metric("df", "use_percent", "_ratio", false), "df_use_ratio");
        assert_eq!(metric("ip_link", "rx_bytes", "_bytes", true), "ip_link_rx_bytes_total");
        assert_eq!(metric("ip_link", "rx_packets", "", true), "ip_link_rx_packets_total");
        assert_eq!(name("7-zip è"), "_7_zip__");
    }
}
