//! `/proc/<pid>/stat`: a process in numbers, all in one line.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::{TICKS_POWER, about};

/// A process or thread, in numbers.
#[derive(Clone, Debug, Default, Record)]
pub struct Numbers<'a> {
    /// Its process ID.
    #[field(key)]
    pub pid: i64,
    /// Name of its program, cut at 15 bytes.
    pub command: &'a [u8],
    /// State, by a letter.
    pub state: &'a [u8],
    /// Process ID of its parent.
    pub ppid: i64,
    /// Process group.
    pub pgid: i64,
    /// Session.
    pub sid: i64,
    /// Number of its terminal; 0 where it has none.
    pub tty_number: i64,
    /// Process group in the foreground of that terminal; -1 where there is none.
    pub foreground_pgid: i64,
    /// Flags of the kernel.
    pub kernel_flags: i64,
    /// Page faults that needed no input.
    #[field(counter)]
    pub minor_faults: i64,
    /// The same of children that were waited for.
    #[field(counter)]
    pub children_minor_faults: i64,
    /// Page faults that needed input.
    #[field(counter)]
    pub major_faults: i64,
    /// The same of children that were waited for.
    #[field(counter)]
    pub children_major_faults: i64,
    /// Processor time in the program.
    #[field(unit = "seconds", counter)]
    pub user_time: f64,
    /// Processor time in the kernel.
    #[field(unit = "seconds", counter)]
    pub system_time: f64,
    /// Processor time of children that were waited for, in their programs.
    #[field(unit = "seconds", counter)]
    pub children_user_time: f64,
    /// The same in the kernel.
    #[field(unit = "seconds", counter)]
    pub children_system_time: f64,
    /// Priority, as the kernel counts it.
    pub priority: i64,
    /// Nice value.
    pub nice: i64,
    /// Number of its threads.
    pub threads: i64,
    /// Time between the start of the system and its own.
    #[field(unit = "seconds")]
    pub started_after_boot: f64,
    /// Virtual memory.
    #[field(unit = "bytes", gauge)]
    pub vsz: i64,
    /// Resident memory, in pages.
    #[field(gauge)]
    pub rss_pages: i64,
    /// The most resident memory that it may have; null where there is no limit.
    #[field(unit = "bytes")]
    pub rss_limit: Option<i64>,
    /// Processor that it ran on last.
    pub processor: Option<i64>,
    /// Priority of real time; 0 where it has none.
    pub realtime_priority: Option<i64>,
    /// Policy of scheduling.
    pub scheduling_policy: Option<i64>,
    /// Time that it waited for input or output.
    #[field(unit = "seconds", counter)]
    pub io_delay: Option<f64>,
    /// All numbers after the state, in order, as printed.
    pub all: Vec<&'a [u8]>,
}

/// Reads `/proc/<pid>/stat`.
pub struct ProcessStat;

impl Parser for ProcessStat {
    const ABOUT: About = about!("pid-stat", "A process in numbers, as /proc/<pid>/stat has it", "/proc/*/stat");
    type Record = Numbers<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStat
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        rows.push(numbers(line.whole())?);
        Ok(())
    }
}

/// `29183 (a name) R 29134 …`. The name ends at the last parenthesis.
fn numbers(line: Field<'_>) -> Result<Numbers<'_>, Problem> {
    let expected = || line.expected("`PID (NAME) STATE NUMBER …`");
    let (pid, rest) = line.split_once(" (").ok_or_else(expected)?;
    let (command, rest) = rest.rsplit_once(") ").ok_or_else(expected)?;
    let [state, rest] = rest.fields_and_rest()?;
    let words = rest.words();
    if words.len() < 22 {
        return Err(Problem::error(format!("expected at least 22 numbers after the state, found {}", words.len())));
    }
    // The fourth field of the file is the first here.
    let number = |field: usize| words[field - 4].integer();
    let time = |field: usize| words[field - 4].float_e(TICKS_POWER);
    let later = |field: usize| words.get(field - 4).map(|word| word.integer()).transpose();
    Ok(Numbers {
        pid: pid.integer()?,
        command: command.bytes,
        state: state.bytes,
        ppid: number(4)?,
        pgid: number(5)?,
        sid: number(6)?,
        tty_number: number(7)?,
        foreground_pgid: number(8)?,
        kernel_flags: number(9)?,
        minor_faults: number(10)?,
        children_minor_faults: number(11)?,
        major_faults: number(12)?,
        children_major_faults: number(13)?,
        user_time: time(14)?,
        system_time: time(15)?,
        children_user_time: time(16)?,
        children_system_time: time(17)?,
        priority: number(18)?,
        nice: number(19)?,
        threads: number(20)?,
        started_after_boot: time(22)?,
        vsz: number(23)?,
        rss_pages: number(24)?,
        rss_limit: words[25 - 4].as_integer(),
        processor: later(39)?,
        realtime_priority: later(40)?,
        scheduling_policy: later(41)?,
        io_delay: words.get(42 - 4).map(|word| word.float_e(TICKS_POWER)).transpose()?,
        all: words.iter().map(|word| word.bytes).collect(),
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn a_process_is_read() {
        let stat = parse::<ProcessStat>(
            None,
            b"29183 (a) b) R 1 2 3 0 -1 4194304 101 0 0 0 150 2 0 0 20 0 1 0 4837751 3133440 399 18446744073709551615 1\n",
        );
        assert!(
            stat.records[0].starts_with(
                r#"{"pid":29183,"command":"a) b","state":"R","ppid":1,"pgid":2,"sid":3,"tty_number":0,"foreground_pgid":-1"#
            ),
            "{stat:?}"
        );
        assert!(
            stat.records[0].contains(r#""user_time":1.5,"system_time":0.02"#)
                && stat.records[0].contains(r#""started_after_boot":48377.51,"vsz":3133440,"rss_pages":399,"rss_limit":null"#),
            "{stat:?}"
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessStat>(["hello\n", "1 (a) R 1\n"]);
    }
}
