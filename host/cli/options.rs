//! The options that all subcommands share.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::command::{Input, Locale};
use crate::error::Error;
use crate::output::{BadText, Format};
use crate::registry::{Config, Query, Ranking, rank};
use crate::sandbox::Source;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// How to print records [default: table on a terminal, json otherwise]
    #[arg(long, short, global = true, value_enum)]
    pub(super) format: Option<Format>,
    /// Print only these fields, in this order
    #[arg(long, global = true, value_delimiter = ',', value_name = "FIELD,…")]
    pub(super) fields: Vec<String>,
    /// Write the records to this file, which appears when it is complete
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// The platform the output is from: linux, macos, freebsd, … [default: this one]
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) platform: Option<String>,
    /// Use this parser only: a dialect, a plugin's name, or a component's file
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub(super) plugin: Option<String>,
    /// Fail when anything could not be understood
    #[arg(long, global = true)]
    pub(super) strict: bool,
    /// How to show text that is not UTF-8
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(super) bad_text: BadText,
    /// Print the steps of the run to standard error
    #[arg(long, global = true)]
    pub(super) trace: bool,
    /// End the command after this time: 5s, 2m, 300ms
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
    /// The command's locale: C, inherit, or a name. Parsers read C
    #[arg(long, default_value = "C", value_name = "LOCALE", value_parser = locale)]
    pub(super) locale: Locale,
    /// What the command reads: inherit, null, or a file
    #[arg(long, default_value = "inherit", value_name = "FROM", value_parser = input, conflicts_with = "input_text")]
    pub(super) stdin: Input,
    /// Give the command this text to read
    #[arg(long, value_name = "TEXT")]
    pub(super) input_text: Option<OsString>,
}

impl Options {
    /// Prints the steps of the run, if asked to.
    pub(super) fn start_trace(&self) {
        if self.trace {
            tracing_subscriber::fmt()
                .with_writer(std::io::stderr)
                .with_max_level(tracing::Level::DEBUG)
                .without_time()
                .with_level(false)
                .with_target(false)
                .with_ansi(false)
                .log_internal_errors(false)
                .init();
        }
    }

    /// The platform the output is from.
    pub(super) fn platform(&self) -> &str {
        self.platform.as_deref().unwrap_or(std::env::consts::OS)
    }

    /// Ranks the parsers for a command line.
    pub(super) fn rank(&self, command: &[String], implementation: Option<&str>, config: &Config) -> Result<Ranking, Error> {
        let query = Query { command, platform: self.platform(), implementation, plugin: self.plugin.as_deref() };
        rank(&query, config)
    }

    /// What the parser is told about a capture. `words` of the command line name the command.
    pub(super) fn source(&self, command: &[String], words: usize, arguments_known: bool) -> Source {
        let program = command.get(words.saturating_sub(1)).map_or("", |program| program.rsplit('/').next().unwrap_or(program));
        Source {
            program: program.to_owned(),
            arguments: arguments_known.then(|| command.iter().skip(words).cloned().collect()),
            platform: self.platform.clone(),
        }
    }
}

/// A command line as text; bytes that are not UTF-8 are replaced.
pub(super) fn as_text(command: &[OsString]) -> Vec<String> {
    command.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}

fn locale(text: &str) -> Result<Locale, String> {
    Ok(match text {
        "C" => Locale::C,
        "inherit" => Locale::Inherit,
        "" => return Err("a locale has a name".to_owned()),
        name => Locale::Named(name.to_owned()),
    })
}

fn input(text: &str) -> Result<Input, String> {
    Ok(match text {
        "inherit" => Input::Inherit,
        "null" => Input::Null,
        file => Input::File(PathBuf::from(file)),
    })
}

/// A number with a unit: `300ms`, `5s`, `1.5m`, `2h`; seconds without one.
fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[number.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        unit => return Err(format!("`{unit}` is not a unit of time; use ms, s, m or h")),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{number}` is not a number"))?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "a time is more than zero".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        for bad in ["", "s", "5d", "-1s", "0", "nan", "inf", "1e999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
