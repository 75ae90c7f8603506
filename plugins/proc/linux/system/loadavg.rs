//! `/proc/loadavg`: how much there is to do.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// How much there is to do.
#[derive(Clone, Debug, Default, Record)]
pub struct Load {
    /// Load average of one minute.
    #[field(gauge)]
    pub load_1m: f64,
    /// Load average of five minutes.
    #[field(gauge)]
    pub load_5m: f64,
    /// Load average of fifteen minutes.
    #[field(gauge)]
    pub load_15m: f64,
    /// Threads that can run.
    #[field(gauge)]
    pub threads_running: i64,
    /// Threads in all.
    #[field(gauge)]
    pub threads: i64,
    /// Process ID that was given out last.
    pub last_pid: i64,
}

/// Reads `/proc/loadavg`.
pub struct LoadAverage;

impl Parser for LoadAverage {
    const ABOUT: About = about!("loadavg", "Load averages, as /proc/loadavg has them", "/proc/loadavg");
    type Record = Load;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        LoadAverage
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [one, five, fifteen, threads, last] = line.fields_and_rest()?;
        let (running, all) = threads.split_once("/").ok_or_else(|| threads.expected("`RUNNING/ALL`"))?;
        rows.push(Load {
            load_1m: one.float()?,
            load_5m: five.float()?,
            load_15m: fifteen.float()?,
            threads_running: running.integer()?,
            threads: all.integer()?,
            last_pid: last.trim().integer()?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn loads_are_read() {
        assert_eq!(
            parse::<LoadAverage>(None, b"0.10 0.20 0.30 1/80 1234\n").records,
            [r#"{"load_1m":0.1,"load_5m":0.2,"load_15m":0.3,"threads_running":1,"threads":80,"last_pid":1234}"#]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<LoadAverage>(["hello\n", "1 2 3 4 5\n"]);
    }
}
