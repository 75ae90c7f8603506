//! `pidstat`: tasks, a table a flag or, with `-h`, one line each.

use outparse_sdk::{About, CellValue, Cells, Ending, Error, Field, Line, Parser, Place, Problem, Record, Rows, Source};

use crate::{amount, clock, is_banner};

/// A task. Which fields there are is up to the flags.
#[derive(Clone, Debug, Default, Record)]
pub struct Task<'a> {
    /// Time of day, or with `-H` and by old versions seconds since 1970, as printed; `Average` over all reports.
    pub timestamp: Option<&'a [u8]>,
    /// User ID.
    pub uid: Option<i64>,
    /// User name (`-U`).
    pub user: Option<&'a [u8]>,
    /// Process ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// Process ID of the group of threads (`-t`).
    pub thread_group: Option<i64>,
    /// Thread ID (`-t`).
    pub tid: Option<i64>,
    /// Processor time in the program.
    #[field(unit = "percent", gauge)]
    pub user_percent: Option<f64>,
    /// Processor time in the kernel.
    #[field(unit = "percent", gauge)]
    pub system_percent: Option<f64>,
    /// Processor time in guests.
    #[field(unit = "percent", gauge)]
    pub guest_percent: Option<f64>,
    /// Time that it waited for a processor.
    #[field(unit = "percent", gauge)]
    pub wait_percent: Option<f64>,
    /// Processor time in all.
    #[field(unit = "percent", gauge)]
    pub cpu_percent: Option<f64>,
    /// Processor time that it and its children used in programs (`-T CHILD`).
    #[field(unit = "seconds", gauge)]
    pub user_time: Option<f64>,
    /// The same in the kernel (`-T CHILD`).
    #[field(unit = "seconds", gauge)]
    pub system_time: Option<f64>,
    /// The same in guests (`-T CHILD`).
    #[field(unit = "seconds", gauge)]
    pub guest_time: Option<f64>,
    /// Page faults of it and its children that needed no input (`-T CHILD`).
    #[field(gauge)]
    pub minor_faults: Option<i64>,
    /// Page faults of it and its children that needed input (`-T CHILD`).
    #[field(gauge)]
    pub major_faults: Option<i64>,
    /// Processor that it ran on last.
    pub processor: Option<i64>,
    /// Page faults that needed no input.
    #[field(gauge)]
    pub minor_faults_per_second: Option<f64>,
    /// Page faults that needed input.
    #[field(gauge)]
    pub major_faults_per_second: Option<f64>,
    /// Virtual memory.
    #[field(unit = "bytes", gauge)]
    pub vsz: Option<i64>,
    /// Resident memory.
    #[field(unit = "bytes", gauge)]
    pub rss: Option<i64>,
    /// Resident memory in percent of the machine's.
    #[field(unit = "percent", gauge)]
    pub memory_percent: Option<f64>,
    /// Stack that it has.
    #[field(unit = "bytes", gauge)]
    pub stack_size: Option<i64>,
    /// Stack that it uses.
    #[field(unit = "bytes", gauge)]
    pub stack_used: Option<i64>,
    /// Read from devices; null where that may not be known.
    #[field(unit = "bytes/s", gauge)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to devices; null where that may not be known.
    #[field(unit = "bytes/s", gauge)]
    pub written_bytes_per_second: Option<f64>,
    /// Written, and then not wanted any more; null where that may not be known.
    #[field(unit = "bytes/s", gauge)]
    pub cancelled_bytes_per_second: Option<f64>,
    /// Time that it waited for input or output.
    #[field(unit = "seconds", gauge)]
    pub io_delay: Option<f64>,
    /// Context switches that it asked for.
    #[field(gauge)]
    pub voluntary_switches_per_second: Option<f64>,
    /// Context switches that it did not ask for.
    #[field(gauge)]
    pub involuntary_switches_per_second: Option<f64>,
    /// Number of its threads.
    #[field(gauge)]
    pub threads: Option<i64>,
    /// Number of its file descriptors.
    #[field(gauge)]
    pub file_descriptors: Option<i64>,
    /// Priority of real time.
    pub priority: Option<i64>,
    /// Policy of scheduling.
    pub scheduling_policy: Option<&'a [u8]>,
    /// Its name, or with `-l` its command line.
    pub command: Option<&'a [u8]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Integer,
    Float,
    Kibibytes,
    KibibytesPerSecond,
    Ticks,
    Milliseconds,
}

const COLUMNS: [(&str, &str, Reading); 36] = [
    ("Time", "timestamp", Reading::Text),
    ("UID", "uid", Reading::Integer),
    ("USER", "user", Reading::Text),
    ("PID", "pid", Reading::Integer),
    ("TGID", "thread_group", Reading::Integer),
    ("TID", "tid", Reading::Integer),
    ("%usr", "user_percent", Reading::Float),
    ("%user", "user_percent", Reading::Float),
    ("%system", "system_percent", Reading::Float),
    ("%guest", "guest_percent", Reading::Float),
    ("%wait", "wait_percent", Reading::Float),
    ("%CPU", "cpu_percent", Reading::Float),
    ("usr-ms", "user_time", Reading::Milliseconds),
    ("system-ms", "system_time", Reading::Milliseconds),
    ("guest-ms", "guest_time", Reading::Milliseconds),
    ("minflt-nr", "minor_faults", Reading::Integer),
    ("majflt-nr", "major_faults", Reading::Integer),
    ("CPU", "processor", Reading::Integer),
    ("minflt/s", "minor_faults_per_second", Reading::Float),
    ("majflt/s", "major_faults_per_second", Reading::Float),
    ("VSZ", "vsz", Reading::Kibibytes),
    ("RSS", "rss", Reading::Kibibytes),
    ("%MEM", "memory_percent", Reading::Float),
    ("StkSize", "stack_size", Reading::Kibibytes),
    ("StkRef", "stack_used", Reading::Kibibytes),
    ("kB_rd/s", "read_bytes_per_second", Reading::KibibytesPerSecond),
    ("kB_wr/s", "written_bytes_per_second", Reading::KibibytesPerSecond),
    ("kB_ccwr/s", "cancelled_bytes_per_second", Reading::KibibytesPerSecond),
    ("iodelay", "io_delay", Reading::Ticks),
    ("cswch/s", "voluntary_switches_per_second", Reading::Float),
    ("nvcswch/s", "involuntary_switches_per_second", Reading::Float),
    ("threads", "threads", Reading::Integer),
    ("fd-nr", "file_descriptors", Reading::Integer),
    ("prio", "priority", Reading::Integer),
    ("policy", "scheduling_policy", Reading::Text),
    ("Command", "command", Reading::Text),
];

/// Reads `pidstat`.
pub struct Pidstat {
    columns: Vec<(&'static str, Reading, Place)>,
    /// Whether a time stands before the cells, and where it is put.
    clock: Option<Place>,
    /// Where the title of the command begins.
    command: usize,
}

const EXPECTED: &str = "`Linux … (HOST) …`, or the titles `TIME UID PID …`";

impl Parser for Pidstat {
    const ABOUT: About = About {
        name: "pidstat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Tasks over time, as pidstat prints them",
        commands: &["pidstat"],
        dialect: "sysstat",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<Task<'static>>;

    fn new(_: &Source) -> Self {
        Pidstat { columns: Vec::new(), clock: None, command: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        if whole.bytes.is_empty() {
            return Ok(());
        }
        if is_banner(whole.bytes) {
            rows.recognise();
            return Ok(());
        }
        let words: Vec<Field<'_>> = whole.fields().filter(|word| word.bytes != b"#").collect();
        let unknown = || line.expected(EXPECTED);
        let timed = clock(&words);
        let skip = timed.as_ref().map_or(0, |(skip, _)| *skip);
        let titles = &words[skip..];
        if titles.last().is_some_and(|last| last.bytes == b"Command")
            && titles.iter().any(|word| matches!(word.bytes, b"PID" | b"TGID"))
        {
            // Rows below titles that are not known are not of the table before.
            self.columns.clear();
            let mut found = Vec::new();
            for word in titles {
                let name = String::from_utf8_lossy(word.bytes);
                let name = name.trim_start_matches('#');
                let column = COLUMNS.iter().find(|(title, _, _)| *title == name);
                found.push(*column.ok_or_else(|| word.expected("a title of pidstat"))?);
            }
            self.command = titles.last().map_or(0, |last| last.start());
            rows.begin_table();
            self.clock = timed.is_some().then(|| rows.column("timestamp"));
            self.columns = found.into_iter().map(|(_, field, reading)| (field, reading, rows.column(field))).collect();
            rows.end_heading();
            rows.recognise();
            return Ok(());
        }
        if self.columns.is_empty() {
            return Err(if rows.recognised() { unknown().into() } else { Error::Unrecognised(unknown()) });
        }
        let skip = if self.clock.is_some() { skip } else { 0 };
        let cells = &words[skip..];
        if cells.len() < self.columns.len() {
            return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), cells.len())).into());
        }
        let mut read = Vec::new();
        for (at, (field, reading, place)) in self.columns.iter().enumerate() {
            let word = cells[at];
            // The last one goes to the end of the line.
            if *field == "command" && word.start() < self.command {
                return Err(word.expected("the command under its title").into());
            }
            let word = if *field == "command" { whole.split_at(word.start() - whole.start()).1 } else { word };
            let value = match reading {
                Reading::Text => CellValue::Text(word.bytes),
                Reading::Integer => match word.known() {
                    Some(word) => CellValue::Integer(word.integer()?),
                    None => continue,
                },
                Reading::Float => CellValue::Float(amount(word, 1.0)?),
                Reading::Kibibytes => CellValue::Integer(match word.as_integer() {
                    Some(size) => size.saturating_mul(1024),
                    None => amount(word, 1024.0)? as i64,
                }),
                Reading::KibibytesPerSecond => match amount(word, 1024.0)? {
                    // So it says that it may not be known.
                    number if number < 0.0 => continue,
                    number => CellValue::Float(number),
                },
                Reading::Milliseconds => CellValue::Float(word.float_e(-3)?),
                Reading::Ticks => CellValue::Float(word.float_e(-2)?),
            };
            read.push((*place, value));
        }
        let time = timed.map(|(_, text)| text).unwrap_or_default();
        if let Some(place) = self.clock {
            rows.put(place, CellValue::Text(time.as_bytes()));
        }
        rows.put_row(&read);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Pidstat;

    #[test]
    fn tasks_are_read_with_their_command_lines() {
        let parsed = parse::<Pidstat>(None, b"Linux 6.1.0 (vm) \t11/27/26 \t_x86_64_\t(2 CPU)\n\n#      Time   UID       PID   kB_rd/s   VSZ  Command\n 1646859134     0         1     -1.00     4  /usr/lib/systemd/systemd --system  x\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"timestamp":"1646859134","uid":0,"pid":1,"vsz":4096,"read_bytes_per_second":null,"command":"/usr/lib/systemd/systemd --system  x"}"#
            ],
            "{parsed:?}"
        );
        let clocked = parse::<Pidstat>(
            None,
            b"03:16:15 PM   UID       PID    %CPU   CPU  Command\n03:16:17 PM     0         1    0.50     1  init\n",
        );
        assert_eq!(
            clocked.records,
            [r#"{"timestamp":"03:16:17 PM","uid":0,"pid":1,"cpu_percent":0.5,"processor":1,"command":"init"}"#]
        );
        assert_unrecognised::<Pidstat>(["hello\n", ""]);
    }

    #[test]
    fn children_are_counted_in_a_table_of_their_own() {
        let text = b"22:14:42      UID       PID    %CPU  Command\n22:14:43        0         1    1.0%  init\n\n22:14:42      UID       PID    usr-ms system-ms  guest-ms minflt-nr majflt-nr  Command\n22:14:43        0         1      1250        10         0         7         0  init\n\n22:14:42      UID       PID     VSZ    what  Command\n22:14:43        0         1   40.3M       1  init\n\n22:14:42      UID       PID     VSZ     RSS  Command\n22:14:43        0         1   40.0M   11616  init\n";
        let parsed = parse::<Pidstat>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
        parsed.has(0, &[r#""cpu_percent":1,"#]);
        parsed.has(1, &[r#""user_time":1.25,"system_time":0.01,"guest_time":0,"minor_faults":7,"major_faults":0"#]);
        parsed.has(2, &[r#""vsz":41943040,"rss":11894784"#]);
    }
}
