//! Prints records: one writer for each format.

mod arrow;
mod csv;
mod grid;
mod influx;
pub mod jq;
mod json;
mod json_schema;
mod markdown;
mod parquet;
mod prometheus;
mod sample;
mod screen;
mod sqlite;
mod table;
mod template;
#[cfg(test)]
mod testing;
mod unit;
mod value;
mod watched;
mod writer;
mod yaml;

use std::io::Write;

use outparse::schema::Schema;

pub use json_schema::json_schema;
pub use screen::Screen;
pub use sqlite::{Database, sqlite_writer};
pub use template::Template;
pub use writer::Writer;

/// How records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: aligned, sizes in units.
    Table,
    /// A table in Markdown, values as in a table.
    Markdown,
    /// One JSON array.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a header line; nested values as JSON.
    Csv,
    /// The same with tabs.
    Tsv,
    /// One YAML sequence.
    Yaml,
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
    /// Metrics for Prometheus (text exposition 0.0.4).
    Prometheus,
    /// Metrics for InfluxDB and Telegraf (line protocol).
    Influx,
    /// More rows in a table of the SQLite database that `--output` names.
    Sqlite,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 12] = [
        Format::Table,
        Format::Markdown,
        Format::Json,
        Format::Jsonl,
        Format::Csv,
        Format::Tsv,
        Format::Yaml,
        Format::Arrow,
        Format::Parquet,
        Format::Prometheus,
        Format::Influx,
        Format::Sqlite,
    ];

    /// Its name, as an option gives it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Markdown => "markdown",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Yaml => "yaml",
            Format::Arrow => "arrow",
            Format::Parquet => "parquet",
            Format::Prometheus => "prometheus",
            Format::Influx => "influx",
            Format::Sqlite => "sqlite",
        }
    }

    /// What it is, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Format::Table => "For people: aligned, sizes in units",
            Format::Markdown => "A table in Markdown, values as in a table",
            Format::Json => "One JSON array",
            Format::Jsonl => "One JSON object a line",
            Format::Csv => "Comma-separated values with a header line; nested values as JSON",
            Format::Tsv => "The same with tabs",
            Format::Yaml => "One YAML sequence",
            Format::Arrow => "An Arrow IPC stream",
            Format::Parquet => "A Parquet file",
            Format::Prometheus => "Metrics for Prometheus (text exposition 0.0.4)",
            Format::Influx => "Metrics for InfluxDB and Telegraf (line protocol)",
            Format::Sqlite => "Rows more in a table of an SQLite database, which `--output` names",
        }
    }

    /// Whether it is bytes that nobody can read on a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Arrow | Format::Parquet | Format::Sqlite)
    }

    /// Whether all records are in one table, whose columns are fixed by the first of them.
    pub fn is_one_table(self) -> bool {
        matches!(self, Format::Markdown | Format::Csv | Format::Tsv | Format::Arrow | Format::Parquet | Format::Sqlite)
    }
}

/// A writer for a format. Only the table uses the screen; the command, of one word or several, is for the names of metrics.
pub fn writer(
    format: Format,
    command: &str,
    schema: &Schema,
    out: Box<dyn Write + Send>,
    screen: Screen,
) -> anyhow::Result<Box<dyn Writer + Send>> {
    Ok(match format {
        Format::Table => Box::new(table::Table::new(schema, out, screen)),
        Format::Markdown => Box::new(markdown::Markdown::new(schema, out)),
        Format::Json => Box::new(json::array(out)),
        Format::Jsonl => Box::new(json::lines(out)),
        Format::Csv => Box::new(csv::Csv::new(schema, b',', out)),
        Format::Tsv => Box::new(csv::Csv::new(schema, b'\t', out)),
        Format::Yaml => Box::new(yaml::Yaml::new(out)),
        Format::Arrow => Box::new(arrow::Arrow::new(schema, out)?),
        Format::Parquet => Box::new(parquet::Parquet::new(schema, out)?),
        Format::Prometheus => Box::new(prometheus::Prometheus::new(command, schema, out)),
        Format::Influx => Box::new(influx::Influx::new(command, schema, out)),
        Format::Sqlite => anyhow::bail!("a database is appended to, and not written to where other formats are"),
    })
}

/// A writer of what a jq expression makes of the records.
pub fn jq_writer(jq: jq::Jq, out: Box<dyn Write + Send>, terminal: bool) -> Box<dyn Writer + Send> {
    Box::new(jq.writer(out, terminal))
}

/// A writer of a template's line for each record.
pub fn template_writer(template: Template, out: Box<dyn Write + Send>, terminal: bool) -> Box<dyn Writer + Send> {
    Box::new(template.writer(out, terminal))
}

/// A writer for records inside a document that holds more than the records, for the formats that have such documents.
pub fn writer_within(format: Format, schema: &Schema, out: Box<dyn Write + Send>) -> anyhow::Result<Box<dyn Writer + Send>> {
    Ok(match format {
        Format::Jsonl => Box::new(json::typed_lines(out)),
        Format::Yaml => Box::new(yaml::Yaml::in_mapping(out)),
        other => writer(other, "", schema, out, Screen::default())?,
    })
}
