//! `/proc/uptime`: how long the system runs.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// How long the system runs.
#[derive(Clone, Debug, Default, Record)]
pub struct Running {
    /// Time since the system started.
    #[field(unit = "seconds", counter)]
    pub uptime: f64,
    /// Time that its processors were idle, together.
    #[field(unit = "seconds", counter)]
    pub idle_time: f64,
}

/// Reads `/proc/uptime`.
pub struct Uptime;

impl Parser for Uptime {
    const ABOUT: About = about!("uptime", "How long the system runs, as /proc/uptime has it", "/proc/uptime");
    type Record = Running;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Uptime
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [uptime, idle] = line.fields_and_rest()?;
        rows.push(Running { uptime: uptime.float()?, idle_time: idle.trim().float()? });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(parse::<Uptime>(None, b"48377.51 90000.00\n").records, [r#"{"uptime":48377.51,"idle_time":90000}"#]);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Uptime>(["hello\n", "1 b\n"]);
    }
}
