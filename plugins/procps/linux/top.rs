//! `top -b`: a summary and a table of tasks, again and again.

pub mod busybox;
pub mod freebsd;
pub mod macos;
pub mod record;
mod summary;

use outparse_sdk::grid::{self, Side, Span};
use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Problem, Rows, Source, time};

use crate::top::record::{Entry, OF_LINUX, Summary, TASK, Task, put_summary};
use crate::top::summary::{below, first};

/// Reads `top -b`.
pub struct Top {
    summary: Option<Summary>,
    sample: i64,
    /// Titles, and where they begin and end.
    titles: Vec<String>,
    /// Where they stand: top has columns of a fixed width, and cuts what is longer.
    spans: Vec<Span>,
}

const EXPECTED: &str = "`top - TIME up …`, or the titles `PID USER …`";

impl Parser for Top {
    const ABOUT: About = About {
        name: "top",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system and its tasks, as top -b of procps prints them",
        commands: &["top"],
        dialect: "procps",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;

    fn new(_: &Source) -> Self {
        Top { summary: None, sample: 0, titles: Vec::new(), spans: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("top - ") {
            self.flush(rows);
            self.sample += 1;
            self.titles.clear();
            self.summary = Some(first(rest, self.sample)?);
            rows.recognise();
            return Ok(());
        }
        let words = whole.words();
        if words.iter().any(|word| word.bytes == b"PID") && words.iter().any(|word| matches!(word.bytes, b"COMMAND" | b"USER")) {
            self.flush(rows);
            self.sample = self.sample.max(1);
            self.titles = words.iter().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
            let spans = words.iter().zip(&self.titles);
            self.spans = spans.map(|(word, title)| Span { start: word.start(), end: word.end(), side: side(title) }).collect();
            self.show(rows);
            rows.recognise();
            return Ok(());
        }
        if let Some(summary) = &mut self.summary {
            return Ok(below(summary, whole)?);
        }
        // The line that begins a sample is broken.
        if rows.recognised() && (whole.bytes.starts_with(b"Tasks: ") || whole.bytes.starts_with(b"Threads: ")) {
            self.sample += 1;
            self.titles.clear();
        }
        if self.titles.is_empty() {
            let problem = line.expected(EXPECTED);
            return Err(if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) });
        }
        let task = self.task(whole)?;
        rows.push(Entry::Task(Box::new(task)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

/// A column, its field, and whether its cells are set to the left.
const COLUMNS: [(&str, &str, bool); 25] = [
    ("PID", "pid", false),
    ("USER", "user", true),
    ("PR", "priority", false),
    ("NI", "nice", false),
    ("VIRT", "vsz", false),
    ("RES", "rss", false),
    ("SHR", "shared", false),
    ("S", "state", true),
    ("%CPU", "cpu_percent", false),
    ("%MEM", "memory_percent", false),
    ("TIME+", "cpu_time", false),
    ("TIME", "cpu_time", false),
    ("COMMAND", "command", true),
    ("PPID", "ppid", false),
    ("UID", "uid", false),
    ("PGRP", "pgid", false),
    ("SID", "sid", false),
    ("GID", "gid", false),
    ("GROUP", "group", true),
    ("TTY", "tty", true),
    ("nTH", "threads", false),
    ("P", "processor", false),
    ("SWAP", "swapped", false),
    ("CODE", "code", false),
    ("DATA", "data", false),
];

/// Other columns whose cells are set to the left.
const LEFT: [&str; 14] = [
    "RUSER", "SUSER", "SUPGIDS", "SUPGRPS", "WCHAN", "Flags", "CGROUPS", "ENVIRON", "CGNAME", "LXC", "EXE", "AGID", "CLS",
    "ELAPSED",
];

fn side(title: &str) -> Side {
    let left = COLUMNS.iter().find(|(known, _, _)| *known == title).map_or(LEFT.contains(&title), |(_, _, left)| *left);
    if left { Side::Left } else { Side::Right }
}

impl Top {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        put_summary(&mut self.summary, &OF_LINUX, rows);
    }

    fn show(&self, rows: &mut Rows<Entry>) {
        let mut fields = vec!["sample"];
        let mut others = false;
        for title in &self.titles {
            match COLUMNS.iter().find(|(known, _, _)| known == title) {
                Some((_, field, _)) => fields.push(field),
                None if title == "CGROUPS" => fields.push("cgroup"),
                None => others = true,
            }
        }
        if others {
            fields.push("details");
        }
        rows.shape_of(TASK, fields);
    }

    fn task(&self, line: Field<'_>) -> Result<Task, Problem> {
        let mut task = Task { sample: self.sample, ..Task::default() };
        for (title, cell) in self.titles.iter().zip(grid::checked_cells(&self.spans, line)?) {
            let Some(cell) = cell else { continue };
            let owned = || Some(cell.bytes.to_vec());
            let size = || memory(cell).map(Some);
            match title.as_str() {
                "PID" => task.pid = Some(cell.integer()?),
                "USER" => task.user = owned(),
                // `rt` is a priority of real time.
                "PR" => task.priority = cell.as_integer(),
                "NI" => task.nice = cell.known().map(|cell| cell.integer()).transpose()?,
                "VIRT" => task.vsz = size()?,
                "RES" => task.rss = size()?,
                "SHR" => task.shared = size()?,
                "S" => task.state = owned(),
                "%CPU" => task.cpu_percent = Some(cell.float()?),
                "%MEM" => task.memory_percent = Some(cell.float()?),
                // Both say the same, but only the first has hundredths.
                "TIME" if self.titles.iter().any(|title| title == "TIME+") => {}
                "TIME+" | "TIME" => {
                    task.cpu_time = Some(time::clock_duration(cell).ok_or_else(|| cell.expected("a duration such as `1:47.93`"))?)
                }
                "COMMAND" => task.command = owned(),
                "PPID" => task.ppid = Some(cell.integer()?),
                "UID" => task.uid = Some(cell.integer()?),
                "PGRP" => task.pgid = Some(cell.integer()?),
                "SID" => task.sid = Some(cell.integer()?),
                "GID" => task.gid = Some(cell.integer()?),
                "GROUP" => task.group = owned(),
                "TTY" => task.tty = owned().filter(|tty| tty != b"?"),
                "nTH" => task.threads = Some(cell.integer()?),
                "P" => task.processor = Some(cell.integer()?),
                "SWAP" => task.swapped = size()?,
                "CODE" => task.code = size()?,
                "DATA" => task.data = size()?,
                "CGROUPS" => task.cgroup = owned().filter(|cgroup| cgroup != b"-"),
                other => task.details.0.push((other.as_bytes().to_vec(), cell.bytes.to_vec())),
            }
        }
        if task.pid.is_none() {
            return Err(line.expected("a task"));
        }
        Ok(task)
    }
}

/// KiB, or a number with a letter: `1.2g`.
fn memory(cell: Field<'_>) -> Result<i64, Problem> {
    match cell.as_integer() {
        Some(kibibytes) => Ok(kibibytes.saturating_mul(1024)),
        None => cell.size(Base::Binary),
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Top;

    #[test]
    fn a_report_is_its_summary_and_its_tasks() {
        let capture = "top - 19:35:48 up 2 days, 13:38,  1 user,  load average: 0.02, 0.21, 0.23\nTasks:  67 total,   1 running\n%Cpu(s):  0.0 us,100.0 id\nMiB Mem :  24105.5 total,  22412.8 free\nMiB Swap:      0.0 total,      0.0 used.  23627.5 avail Mem \n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND                   PPID TTY      \n      1 root      10 -10   38164   1.5g   6460 S   0.5   0.0   1:47.93 a b                         12 ?        \n      2 root      rt   0       4      4      4 I   0.0   0.0   0:00.01 kthreadd                     0 pts/0    \n";
        let parsed = parse::<Top>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[0],
            r#"{"kind":"summary","sample":1,"time_of_day":"19:35:48","uptime":221880,"users":1,"load_1m":0.02,"load_5m":0.21,"load_15m":0.23,"tasks":{"total":67,"running":1},"cpu":{"us":0,"id":100},"memory":{"total":25276448768,"free":23501524172},"swap":{"total":0,"used":0,"avail Mem":24775229440}}"#
        );
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"task","sample":1,"pid":1,"user":"root","priority":10,"nice":-10,"vsz":39079936,"rss":1610612736,"shared":6615040,"state":"S","cpu_percent":0.5,"memory_percent":0,"cpu_time":107.93,"command":"a b","ppid":12,"tty":null}"#
        );
        assert!(
            parsed.records[2].contains(r#""priority":null"#) && parsed.records[2].ends_with(r#""ppid":0,"tty":"pts/0"}"#),
            "{parsed:?}"
        );
        assert_any_split::<Top>(None, capture.as_bytes());
        assert_unrecognised::<Top>(["hello\n", "PID\n", ""]);
    }

    #[test]
    fn tasks_below_a_broken_heading_are_not_of_the_sample_before() {
        let sample = "top - 19:35:48 up 1 day,  1 user,  load average: 0.02, 0.21, 0.23\nTasks:  67 total\n\n    PID USER     COMMAND\n      1 root     init\n\n";
        let parsed = parse::<Top>(None, format!("{sample}{}{sample}", sample.replace("top -", "x")).as_bytes());
        let tasks: Vec<_> = parsed.records.iter().filter(|record| record.contains(r#""pid":1"#)).collect();
        for (at, task) in tasks.iter().enumerate() {
            assert!(task.contains(&format!(r#""sample":{},"#, at + 1)), "{parsed:?}");
        }
        assert_eq!((tasks.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
    }

    #[test]
    fn of_two_columns_of_time_the_one_with_hundredths_counts() {
        for titles in ["TIME+   TIME", " TIME   TIME+"] {
            let times = if titles.starts_with("TIME+") { "0:06.10   0:06" } else { "   0:06 0:06.10" };
            let capture = format!("    PID USER      {titles} COMMAND CGROUPS\n      1 root    {times} init    -\n");
            let parsed = parse::<Top>(None, capture.as_bytes());
            assert!(parsed.records[0].contains(r#""cpu_time":6.1,"#), "{parsed:?}");
            assert!(parsed.records[0].ends_with(r#""cgroup":null}"#), "{parsed:?}");
        }
    }

    #[test]
    fn a_cell_that_reaches_into_the_next_column_is_a_problem() {
        let parsed = parse::<Top>(None, b"  PID USER      TIME+ COMMAND\n    1 root    0:06.10init\n");
        assert_eq!(parsed.records.len(), 0, "{parsed:?}");
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    }
}
