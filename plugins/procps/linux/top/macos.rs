//! `top -l` of macOS: lines of the system and a table of processes, again and again.

use outparse_sdk::grid::{self, Side, Span};
use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Problem, Rows, Source, Time, time};

use crate::top::record::{Entry, Summary, TASK, Task, put_summary};

/// Reads `top -l` of macOS.
pub struct TopMacos {
    summary: Option<Summary>,
    sample: i64,
    titles: Vec<String>,
    /// Where they stand: all cells begin where their titles do.
    spans: Vec<Span>,
}

const EXPECTED: &str = "`Processes: N total, …`, as top of macOS begins";

/// What is said of the system.
const OF_SYSTEM: [&str; 21] = [
    "sample",
    "time",
    "load_1m",
    "load_5m",
    "load_15m",
    "tasks",
    "cpu",
    "memory",
    "memory_regions",
    "swap_ins",
    "new_swap_ins",
    "swap_outs",
    "new_swap_outs",
    "rx_packets",
    "rx_bytes",
    "tx_packets",
    "tx_bytes",
    "reads",
    "read_bytes",
    "writes",
    "written_bytes",
];

impl Parser for TopMacos {
    const ABOUT: About = About {
        name: "top-macos",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system and its processes, as top -l of macOS prints them",
        commands: &["top"],
        dialect: "macos",
        platforms: &["macos"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        TopMacos { summary: None, sample: 0, titles: Vec::new(), spans: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("Processes:") {
            let summary = self.begin(rows);
            for (number, what) in parts(rest)? {
                summary.tasks.0.push((what.bytes.to_vec(), number.integer()?));
            }
            rows.recognise();
            return Ok(());
        }
        if !rows.recognised() {
            return Err(line.expected(EXPECTED).into());
        }
        let is_date = whole.trim().has_shape("0000/00/00 00:00:00");
        // The line that begins a sample is broken.
        if is_date && self.summary.is_none() {
            self.begin(rows);
        }
        if whole.fields().next().is_some_and(|word| word.bytes == b"PID") {
            self.flush(rows);
            self.read_titles(whole, rows);
            return Ok(());
        }
        if let Some(summary) = &mut self.summary {
            if is_date {
                summary.time = Some(date(whole.trim())?);
                return Ok(());
            }
            return Ok(below(summary, whole)?);
        }
        if self.titles.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        rows.push(Entry::Task(Box::new(self.task(whole)?)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

/// Columns with a field of their own.
const COLUMNS: [(&str, &str); 19] = [
    ("PID", "pid"),
    ("COMMAND", "command"),
    ("%CPU", "cpu_percent"),
    ("TIME", "cpu_time"),
    ("#TH", "threads"),
    ("MEM", "footprint"),
    ("PURG", "purgeable"),
    ("CMPRS", "compressed"),
    ("RSIZE", "rss"),
    ("RSHRD", "shared"),
    ("VSIZE", "vsz"),
    ("PGRP", "pgid"),
    ("PPID", "ppid"),
    ("STATE", "state"),
    ("UID", "uid"),
    ("USER", "user"),
    ("GID", "gid"),
    ("GROUP", "group"),
    ("TTY", "tty"),
];

/// The field of a column, whose title is cut where its cells are narrow: `CMPR`.
fn field(title: &str) -> Option<&'static str> {
    let is_it = |known: &str| known == title || title.len() >= 4 && known.starts_with(title);
    COLUMNS.iter().find(|(known, _)| is_it(known)).map(|(_, field)| *field)
}

impl TopMacos {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        put_summary(&mut self.summary, &OF_SYSTEM, rows);
    }

    /// Begins the next sample.
    fn begin(&mut self, rows: &mut Rows<Entry>) -> &mut Summary {
        self.flush(rows);
        self.sample += 1;
        self.titles.clear();
        self.summary.insert(Summary { sample: self.sample, ..Summary::default() })
    }

    fn read_titles(&mut self, line: Field<'_>, rows: &mut Rows<Entry>) {
        let words = line.words();
        self.titles = words.iter().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
        self.spans = words.iter().map(|word| Span { start: word.start(), end: word.end(), side: Side::Left }).collect();
        let mut fields = vec!["sample"];
        fields.extend(self.titles.iter().filter_map(|title| field(title)));
        if fields.contains(&"threads") {
            fields.push("threads_running");
        }
        if self.titles.iter().any(|title| field(title).is_none()) {
            fields.push("details");
        }
        rows.shape_of(TASK, fields);
    }

    fn task(&self, line: Field<'_>) -> Result<Task, Problem> {
        let mut task = Task { sample: self.sample, ..Task::default() };
        for (title, cell) in self.titles.iter().zip(grid::checked_cells(&self.spans, line)?) {
            let Some(cell) = cell.filter(|cell| cell.bytes != b"N/A") else { continue };
            let text = || Some(cell.bytes.to_vec());
            let number = || unmarked(cell).integer().map(Some);
            let size = || unmarked(cell).size(Base::Binary).map(Some);
            match field(title) {
                Some("pid") => task.pid = number()?,
                Some("command") => task.command = text(),
                Some("cpu_percent") => task.cpu_percent = Some(cell.float()?),
                Some("cpu_time") => task.cpu_time = Some(duration(unmarked(cell))?),
                Some("threads") => {
                    let (all, running) = cell.split_once("/").map_or((cell, None), |(all, running)| (all, Some(running)));
                    task.threads = Some(unmarked(all).integer()?);
                    task.threads_running = running.map(|running| unmarked(running).integer()).transpose()?;
                }
                Some("footprint") => task.footprint = size()?,
                Some("purgeable") => task.purgeable = size()?,
                Some("compressed") => task.compressed = size()?,
                Some("rss") => task.rss = size()?,
                Some("shared") => task.shared = size()?,
                Some("vsz") => task.vsz = size()?,
                Some("pgid") => task.pgid = number()?,
                Some("ppid") => task.ppid = number()?,
                Some("state") => task.state = text(),
                Some("uid") => task.uid = number()?,
                Some("user") => task.user = text(),
                Some("gid") => task.gid = number()?,
                Some("group") => task.group = text(),
                Some("tty") => task.tty = text(),
                _ => task.details.0.push((title.as_bytes().to_vec(), cell.bytes.to_vec())),
            }
        }
        if task.pid.is_none() {
            return Err(line.expected("a process"));
        }
        Ok(task)
    }
}

/// A number without the sign that says how it has changed since the sample before, `103M+`, or of which sort a process is, `77*`.
fn unmarked(cell: Field<'_>) -> Field<'_> {
    ["+", "-", "*"].iter().find_map(|mark| cell.strip_suffix(mark)).unwrap_or(cell)
}

/// `00:03.92`, `84:00:01`, `932 hrs`, `52 days`
fn duration(cell: Field<'_>) -> Result<f64, Problem> {
    let whole = |suffix: &str, seconds: f64| {
        cell.strip_suffix(suffix).and_then(|number| number.as_integer()).map(|number| number as f64 * seconds)
    };
    let read = time::clock_duration(cell).or_else(|| whole(" hrs", 3600.0)).or_else(|| whole(" days", 86_400.0));
    read.ok_or_else(|| cell.expected("a duration such as `00:03.92`, `84:00:01` or `932 hrs`"))
}

/// `2024/01/02 10:11:12`
fn date(text: Field<'_>) -> Result<Time, Problem> {
    let dashed: Vec<u8> = text.bytes.iter().map(|&byte| if byte == b'/' { b'-' } else { byte }).collect();
    Time::iso(&dashed).ok_or_else(|| text.expected("a time, as `2024/01/02 10:11:12`"))
}

/// A line of the system below the first.
fn below(summary: &mut Summary, line: Field<'_>) -> Result<(), Problem> {
    let expected = "`Load Avg:`, `CPU usage:`, `PhysMem:` or another line of the system";
    let (name, rest) = line.split_once(":").ok_or_else(|| line.expected(expected))?;
    match name.bytes {
        b"Load Avg" => {
            let loads = rest.split(",").map(|load| load.trim().float()).collect::<Result<Vec<f64>, Problem>>()?;
            let [first, second, third] = loads[..] else { return Err(rest.expected("three numbers")) };
            (summary.load_1m, summary.load_5m, summary.load_15m) = (Some(first), Some(second), Some(third));
        }
        b"CPU usage" => {
            let share = |(number, what): (Field<'_>, Field<'_>)| {
                let number = number.strip_suffix("%").ok_or_else(|| number.expected("a share such as `4.28%`"))?;
                Ok((what.bytes.to_vec(), number.float()?))
            };
            summary.cpu = Map(parts(rest)?.into_iter().map(share).collect::<Result<_, Problem>>()?);
        }
        b"PhysMem" => sizes(summary, b"", rest)?,
        b"SharedLibs" => sizes(summary, b"SharedLibs ", rest)?,
        b"MemRegions" => {
            let (total, rest) = rest.split_once(" total,").ok_or_else(|| rest.expected("`N total, …`"))?;
            summary.memory_regions = Some(total.trim().integer()?);
            sizes(summary, b"MemRegions ", rest)?;
        }
        b"VM" => {
            for (number, what) in parts(rest)? {
                let pages = || {
                    let (all, new) = number.split_once("(").ok_or_else(|| number.expected("`N(N)`"))?;
                    let new = new.strip_suffix(")").ok_or_else(|| number.expected("`N(N)`"))?;
                    Ok((Some(all.integer()?), Some(new.integer()?)))
                };
                match what.bytes {
                    b"swapins" => (summary.swap_ins, summary.new_swap_ins) = pages()?,
                    b"swapouts" => (summary.swap_outs, summary.new_swap_outs) = pages()?,
                    b"vsize" | b"framework vsize" => add(summary, [b"VM ", what.bytes].concat(), number)?,
                    _ => return Err(what.expected("`vsize`, `framework vsize`, `swapins` or `swapouts`")),
                }
            }
        }
        b"Networks" => {
            let rest = rest.trim().strip_prefix("packets:").ok_or_else(|| rest.expected("`packets: N/SIZE in, N/SIZE out`"))?;
            (summary.rx_packets, summary.rx_bytes, summary.tx_packets, summary.tx_bytes) = traffic(rest, [b"in", b"out"])?;
        }
        b"Disks" => {
            (summary.reads, summary.read_bytes, summary.writes, summary.written_bytes) = traffic(rest, [b"read", b"written"])?
        }
        _ => return Err(line.expected(expected)),
    }
    Ok(())
}

type Traffic = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// `1659506/39G read, 1139452/21G written.`
fn traffic(rest: Field<'_>, ways: [&[u8]; 2]) -> Result<Traffic, Problem> {
    let expected = || rest.expected("`N/SIZE` twice, in and out");
    let parts = parts(rest)?;
    let [(first, first_way), (second, second_way)] = parts[..] else { return Err(expected()) };
    if [first_way.bytes, second_way.bytes] != ways {
        return Err(expected());
    }
    let both = |text: Field<'_>| {
        let (count, size) = text.split_once("/").ok_or_else(expected)?;
        Ok((Some(count.integer()?), Some(size.size(Base::Binary)?)))
    };
    let ((count, bytes), (other_count, other_bytes)) = (both(first)?, both(second)?);
    Ok((count, bytes, other_count, other_bytes))
}

fn sizes(summary: &mut Summary, before: &[u8], rest: Field<'_>) -> Result<(), Problem> {
    for (number, what) in parts(rest)? {
        add(summary, [before, what.bytes].concat(), number)?;
    }
    Ok(())
}

/// Adds an amount of memory, which is said once in a report.
fn add(summary: &mut Summary, name: Vec<u8>, number: Field<'_>) -> Result<(), Problem> {
    if summary.memory.0.iter().any(|(known, _)| *known == name) {
        return Err(number.expected("an amount that is not there yet"));
    }
    summary.memory.0.push((name, number.size(Base::Binary)?));
    Ok(())
}

/// `7328M used (1176M wired), 215M unused.`: numbers and what they are of, between commas and brackets.
fn parts(rest: Field<'_>) -> Result<Vec<(Field<'_>, Field<'_>)>, Problem> {
    let rest = rest.trim();
    let rest = rest.strip_suffix(".").unwrap_or(rest);
    rest.split(",").flat_map(|part| part.split(" (").collect::<Vec<_>>()).map(part_of).collect()
}

fn part_of(part: Field<'_>) -> Result<(Field<'_>, Field<'_>), Problem> {
    let part = part.trim();
    let [number, what] = part.strip_suffix(")").unwrap_or(part).fields_and_rest()?;
    let is_said = !what.bytes.is_empty() && what.bytes.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b' ');
    if is_said { Ok((number, what)) } else { Err(part.expected("a number and what it is of")) }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::TopMacos;

    const HEAD: &str = "Processes: 448 total, 2 running, 446 sleeping, 2159 threads \n2024/01/02 10:11:12\nLoad Avg: 1.26, 1.56, 1.62 \nCPU usage: 4.28% user, 3.56% sys, 92.15% idle \nSharedLibs: 397M resident, 79M data, 23M linkedit.\nMemRegions: 276565 total, 2423M resident, 238M private, 890M shared.\nPhysMem: 7328M used (1176M wired, 1M compressor), 215M unused.\nVM: 191T vsize, 3268M framework vsize, 199287(5) swapins, 465072(6) swapouts.\nNetworks: packets: 6769184/4186M in, 2333067/346M out.\nDisks: 1659506/39G read, 1139452/21G written.\n\n";
    const TABLE: &str = "PID    COMMAND      %CPU TIME     #TH    #WQ  #PORTS MEM    PURG   CMPR PGRP  PPID  STATE    BOOSTS\n93942  Google Chrom 37.3 55:09.52 23/1   1    338+   2353M+ 0B     41M  1003  1003  running  *0[613]\n0      kernel_task  14.5 84:00:01 260/8  0    0      N/A    0B     0B   0     0     sleeping  0[0]\n7*     java         0.0  932 hrs  3      0    0      4096B  0B     0B   0     0     stuck     0[0]\n";

    #[test]
    fn a_report_is_its_summary_and_its_processes() {
        let capture = format!("{HEAD}{TABLE}");
        let parsed = parse::<TopMacos>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"summary","sample":1,"time":"2024-01-02T10:11:12","load_1m":1.26,"load_5m":1.56,"load_15m":1.62,"tasks":{"total":448,"running":2,"sleeping":446,"threads":2159},"cpu":{"user":4.28,"sys":3.56,"idle":92.15},"memory":{"SharedLibs resident":416284672,"SharedLibs data":82837504,"SharedLibs linkedit":24117248,"MemRegions resident":2540699648,"MemRegions private":249561088,"MemRegions shared":933232640,"used":7683964928,"wired":1233125376,"compressor":1048576,"unused":225443840,"VM vsize":210006720905216,"VM framework vsize":3426746368},"memory_regions":276565,"swap_ins":199287,"new_swap_ins":5,"swap_outs":465072,"new_swap_outs":6,"rx_packets":6769184,"rx_bytes":4389339136,"tx_packets":2333067,"tx_bytes":362807296,"reads":1659506,"read_bytes":41875931136,"writes":1139452,"written_bytes":22548578304}"#,
                r##"{"kind":"task","sample":1,"pid":93942,"state":"running","cpu_percent":37.3,"cpu_time":3309.52,"command":"Google Chrom","ppid":1003,"pgid":1003,"threads":23,"footprint":2467299328,"purgeable":0,"compressed":42991616,"threads_running":1,"details":{"#WQ":"1","#PORTS":"338+","BOOSTS":"*0[613]"}}"##,
                r##"{"kind":"task","sample":1,"pid":0,"state":"sleeping","cpu_percent":14.5,"cpu_time":302401,"command":"kernel_task","ppid":0,"pgid":0,"threads":260,"purgeable":0,"compressed":0,"threads_running":8,"details":{"#WQ":"0","#PORTS":"0","BOOSTS":"0[0]"}}"##,
                r##"{"kind":"task","sample":1,"pid":7,"state":"stuck","cpu_percent":0,"cpu_time":3355200,"command":"java","ppid":0,"pgid":0,"threads":3,"footprint":4096,"purgeable":0,"compressed":0,"details":{"#WQ":"0","#PORTS":"0","BOOSTS":"0[0]"}}"##,
            ]
        );
        assert_any_split::<TopMacos>(None, capture.as_bytes());
        assert_unrecognised::<TopMacos>(["hello\n", "Processes: x\n", "PID COMMAND\n", ""]);
    }

    #[test]
    fn a_sample_whose_first_line_is_broken_is_a_sample() {
        let sample = format!("{HEAD}PID    COMMAND\n1      launchd\n\n");
        let parsed = parse::<TopMacos>(None, format!("{sample}{}", sample.replace("Processes:", "Processes")).as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (4, 1), "{parsed:?}");
        parsed.has(3, &[r#""kind":"task","sample":2,"pid":1,"#]);
    }

    #[test]
    fn a_broken_line_of_the_system_is_told_and_its_fields_are_null() {
        let broken = HEAD
            .replace("4186M in", "4186M on")
            .replace("4.28%", "4.28")
            .replace("7328M used", "used")
            .replace("framework vsize", "vsize");
        let parsed = parse::<TopMacos>(None, broken.as_bytes());
        assert_eq!(parsed.problems.len(), 4, "{parsed:?}");
        parsed.has(0, &[r#""rx_packets":null"#, r#""cpu":{}"#]);
        let moved = parse::<TopMacos>(None, format!("{HEAD}PID    COMMAND      %CPU\n1      a           x  37.3\n").as_bytes());
        assert_eq!(moved.problems.len(), 1, "{moved:?}");
    }
}
