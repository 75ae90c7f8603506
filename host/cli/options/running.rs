//! How the command is run.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use outparse::capture::command::{Input, Locale};

#[derive(Args, Debug)]
#[command(next_help_heading = "Running")]
pub(crate) struct Running {
    /// End the command after this time: 5s, 2m, 300ms
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Run the command again and again, this time from start to start: 5s, 2m. As a table, or as jsonl with a `timestamp`; with --output, each run replaces the file, or adds rows to the database
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with_all = ["raw", "envelope", "jq", "template"])]
    pub(crate) every: Option<Duration>,
    /// With --every: run it this many times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), requires = "every")]
    pub(crate) times: Option<u64>,
    /// Run the command with arguments that lose nothing, where its parser knows some: `-B1` for `df -h`, whole times for `ls -l`
    #[arg(long, conflicts_with = "raw")]
    pub(crate) exact: bool,
    /// The command's locale: C (with UTF-8 characters), inherit, or a name. Parsers read C
    #[arg(long, default_value = "C", value_name = "LOCALE", value_parser = locale)]
    pub(crate) locale: Locale,
    /// What the command reads: inherit, null, or a file
    #[arg(long, default_value = "inherit", value_name = "FROM", value_parser = input, conflicts_with = "input_text")]
    pub(crate) stdin: Input,
    /// Give the command this text to read
    #[arg(long, value_name = "TEXT")]
    pub(crate) input_text: Option<OsString>,
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
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
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
