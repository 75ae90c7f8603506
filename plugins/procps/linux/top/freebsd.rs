//! `top -b` of FreeBSD: lines of the system and a table of processes or threads, again and again.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Problem, Rows, Source, time};

use crate::top::record::{Entry, Summary, TASK, Task, put_summary};

/// Reads `top -b` of FreeBSD.
pub struct TopFreebsd {
    summary: Option<Summary>,
    /// Whether the last line of the summary was of the cache of ZFS, which goes on in the next.
    in_arc: bool,
    sample: i64,
    titles: Vec<String>,
}

const EXPECTED: &str = "`last pid: N; load averages: …`, as top of FreeBSD begins";

/// What is said of the system.
const OF_SYSTEM: [&str; 14] = [
    "sample",
    "time_of_day",
    "uptime",
    "load_1m",
    "load_5m",
    "load_15m",
    "tasks",
    "cpu",
    "memory",
    "swap",
    "swap_use_percent",
    "arc",
    "arc_ratio",
    "last_pid",
];

impl Parser for TopFreebsd {
    const ABOUT: About = About {
        name: "top-freebsd",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system and its processes, as top -b of FreeBSD prints them",
        commands: &["top"],
        dialect: "freebsd",
        platforms: &["freebsd"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        TopFreebsd { summary: None, in_arc: false, sample: 0, titles: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("last pid:") {
            let summary = self.begin(rows);
            first(summary, rest)?;
            rows.recognise();
            return Ok(());
        }
        if !rows.recognised() {
            return Err(line.expected(EXPECTED).into());
        }
        let words = whole.words();
        if words[0].bytes == b"PID" {
            self.flush(rows);
            return self.read_titles(line, &words, rows);
        }
        // The line that begins a sample is broken.
        let is_count = words[0].as_integer().is_some()
            && words.get(1).is_some_and(|word| word.bytes.starts_with(b"processes:") || word.bytes.starts_with(b"threads:"));
        if is_count && self.summary.is_none() {
            self.begin(rows);
        }
        if let Some(summary) = &mut self.summary {
            let was_in_arc = std::mem::replace(&mut self.in_arc, whole.bytes.starts_with(b"ARC:"));
            return Ok(below(summary, whole, was_in_arc)?);
        }
        if self.titles.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        rows.push(Entry::Task(Box::new(self.task(whole, &words)?)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

/// The field of a column; None where it has none of its own.
fn field(title: &str) -> Option<&'static str> {
    Some(match title {
        "PID" => "pid",
        "USERNAME" => "user",
        "UID" => "uid",
        "THR" => "threads",
        "PRI" => "priority",
        "NICE" => "nice",
        "SIZE" => "vsz",
        "RES" => "rss",
        "SWAP" => "swapped",
        "STATE" => "state",
        "C" => "processor",
        "TIME" => "cpu_time",
        "WCPU" | "CPU" => "cpu_percent",
        "COMMAND" => "command",
        _ => return None,
    })
}

impl TopFreebsd {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        put_summary(&mut self.summary, &OF_SYSTEM, rows);
    }

    /// Begins the next sample.
    fn begin(&mut self, rows: &mut Rows<Entry>) -> &mut Summary {
        self.flush(rows);
        self.sample += 1;
        self.titles.clear();
        self.in_arc = false;
        self.summary.insert(Summary { sample: self.sample, ..Summary::default() })
    }

    fn read_titles(&mut self, line: Line<'_>, words: &[Field<'_>], rows: &mut Rows<Entry>) -> Result<(), Error> {
        let titles: Vec<String> = words.iter().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
        self.titles.clear();
        // What a state of several words is found by stands behind it.
        let has_end = titles.ends_with(&["COMMAND".to_owned()]);
        let is_told = !titles.iter().any(|title| title == "STATE") || titles.iter().any(|title| title == "TIME");
        if !has_end || !is_told {
            return Err(line.expected("the titles `PID USERNAME … COMMAND`").into());
        }
        let others = titles.iter().any(|title| field(title).is_none());
        let fields = titles.iter().filter_map(|title| field(title));
        rows.shape_of(TASK, std::iter::once("sample").chain(fields).chain(others.then_some("details")));
        self.titles = titles;
        Ok(())
    }

    /// A row. Each cell is a word, but for a state, such as `*vm ob`, and a command.
    fn task(&self, line: Field<'_>, words: &[Field<'_>]) -> Result<Task, Problem> {
        let mut task = Task { sample: self.sample, ..Task::default() };
        let before_command = self.titles.len() - 1;
        let state = self.titles.iter().position(|title| title == "STATE");
        let behind = state.map_or(&[][..], |state| &self.titles[state + 1..before_command]);
        let most_words = if state.is_some() { 3 } else { 1 };
        let words_in_state = (1..=most_words).find(|count| {
            let cells = words.get(state.unwrap_or_default() + count..);
            cells.is_some_and(|cells| {
                cells.len() > behind.len() && behind.iter().zip(cells).all(|(title, cell)| fits(title, *cell))
            })
        });
        let count = words_in_state.ok_or_else(|| line.expected("a process, with a state, a time, a share and a command"))?;
        let mut at = 0;
        for title in &self.titles[..before_command] {
            let taken = if title == "STATE" { count } else { 1 };
            let cell = words.get(at).ok_or_else(|| line.expected("a process"))?;
            let cell = line.part(cell.start() - line.start(), words[at + taken - 1].end() - line.start());
            set(&mut task, title, cell)?;
            at += taken;
        }
        let command = words.get(at).ok_or_else(|| line.expected("a command at the end of the line"))?;
        task.command = Some(line.part(command.start() - line.start(), line.bytes.len()).trim_end().bytes.to_vec());
        Ok(task)
    }
}

/// Whether a cell behind the state looks as its column's do.
fn fits(title: &str, cell: Field<'_>) -> bool {
    match title {
        "C" => cell.as_integer().is_some(),
        "TIME" => duration(cell).is_ok(),
        "WCPU" | "CPU" => share(cell).is_ok(),
        _ => true,
    }
}

fn set(task: &mut Task, title: &str, cell: Field<'_>) -> Result<(), Problem> {
    match title {
        "PID" => task.pid = Some(cell.integer()?),
        "USERNAME" => task.user = Some(cell.bytes.to_vec()),
        "UID" => task.uid = Some(cell.integer()?),
        "THR" => task.threads = Some(cell.integer()?),
        "PRI" => task.priority = Some(cell.integer()?),
        "NICE" => task.nice = if has_no_nice(cell) { None } else { Some(cell.integer()?) },
        "SIZE" => task.vsz = Some(cell.size(Base::Binary)?),
        "RES" => task.rss = Some(cell.size(Base::Binary)?),
        "SWAP" => task.swapped = Some(cell.size(Base::Binary)?),
        "STATE" => task.state = Some(cell.bytes.to_vec()),
        "C" => task.processor = Some(cell.integer()?),
        "TIME" => task.cpu_time = duration(cell)?,
        "WCPU" | "CPU" => task.cpu_percent = Some(share(cell)?),
        // Counts of input and output (`-m io`), and the jail.
        "PERCENT" => {
            share(cell)?;
            task.details.0.push((title.as_bytes().to_vec(), cell.bytes.to_vec()));
        }
        _ => {
            cell.integer()?;
            task.details.0.push((title.as_bytes().to_vec(), cell.bytes.to_vec()));
        }
    }
    Ok(())
}

/// `r0` is a priority of real time, `i31` of an idle process, with `k` before it of the kernel's and `F` behind it first in, first
/// out; `-` is of the kernel, too.
fn has_no_nice(cell: Field<'_>) -> bool {
    let class = cell.strip_prefix("k").unwrap_or(cell);
    let number = class.strip_prefix("r").or_else(|| class.strip_prefix("i"));
    cell.bytes == b"-" || number.is_some_and(|number| number.strip_suffix("F").unwrap_or(number).as_integer().is_some())
}

/// `0:41`, minutes and seconds; `132.6H`, hours; `???` where it is beyond all these.
fn duration(cell: Field<'_>) -> Result<Option<f64>, Problem> {
    if cell.bytes == b"???" {
        return Ok(None);
    }
    if let Some(hours) = cell.strip_suffix("H") {
        return Ok(Some((hours.float()? * 3600.0).round()));
    }
    let clock = time::clock_duration(cell).filter(|_| cell.bytes.iter().filter(|byte| **byte == b':').count() == 1);
    clock.map(Some).ok_or_else(|| cell.expected("a duration such as `0:41` or `132.6H`"))
}

fn share(cell: Field<'_>) -> Result<f64, Problem> {
    cell.strip_suffix("%").ok_or_else(|| cell.expected("a share such as `0.42%`"))?.float()
}

/// ` 95139;  load averages:  0.21,  0.25,  0.25     up 17+06:17:12  21:01:34`
fn first(summary: &mut Summary, rest: Field<'_>) -> Result<(), Problem> {
    let expected = || rest.expected("`N;  load averages: …  up DAYS+HH:MM:SS  HH:MM:SS`");
    let (pid, rest) = rest.split_once(";").ok_or_else(expected)?;
    let (loads, rest) =
        rest.trim().strip_prefix("load averages:").and_then(|rest| rest.split_once(" up ")).ok_or_else(expected)?;
    let [uptime, clock] = rest.fields_and_rest()?;
    let loads = loads.split(",").map(|load| load.trim().float()).collect::<Result<Vec<f64>, Problem>>()?;
    let [first, second, third] = loads[..] else { return Err(expected()) };
    let (days, time_of_day) = uptime.split_once("+").ok_or_else(|| uptime.expected("`DAYS+HH:MM:SS`"))?;
    let seconds = time::clock_duration(time_of_day).ok_or_else(|| time_of_day.expected("`HH:MM:SS`"))?;
    let clock = clock.trim();
    if !clock.has_shape("00:00:00") {
        return Err(clock.expected("a time of day"));
    }
    summary.last_pid = Some(pid.trim().integer()?);
    (summary.load_1m, summary.load_5m, summary.load_15m) = (Some(first), Some(second), Some(third));
    summary.uptime = Some(days.integer()?.saturating_mul(86_400).saturating_add(seconds as i64));
    summary.time_of_day = Some(clock.bytes.to_vec());
    Ok(())
}

/// A line of the system below the first.
fn below(summary: &mut Summary, line: Field<'_>, in_arc: bool) -> Result<(), Problem> {
    // `     12M Compressed, 52M Uncompressed, 4.46:1 Ratio`
    if in_arc && line.bytes.starts_with(b" ") {
        return arc(summary, line);
    }
    let (name, rest) = line.split_once(":").ok_or_else(|| line.expected("a line of the system"))?;
    match name.bytes {
        b"Mem" => summary.memory = amounts(rest)?,
        b"ARC" => arc(summary, rest)?,
        b"Swap" => {
            let (in_use, amounts_of): (Vec<_>, Vec<_>) = parts(rest)?.into_iter().partition(|(_, what)| what.bytes == b"Inuse");
            summary.swap_use_percent = in_use.first().map(|(percent, _)| share(*percent)).transpose()?;
            summary.swap = sizes(amounts_of)?;
        }
        b"CPU" | b"CPU states" => shares(&mut summary.cpu, b"", rest)?,
        // `CPU 0`, one by one (`-P`).
        name if name.starts_with(b"CPU ") => shares(&mut summary.cpu, &[name, b" "].concat(), rest)?,
        _ => {
            let [total, what] = name.fields_and_rest()?;
            if !matches!(what.bytes, b"processes" | b"threads") {
                return Err(line.expected("`N processes:`, `CPU:`, `Mem:`, `ARC:` or `Swap:`"));
            }
            let mut tasks = vec![(b"total".to_vec(), total.integer()?)];
            for (number, state) in parts(rest)? {
                tasks.push((state.bytes.to_vec(), number.integer()?));
            }
            summary.tasks = Map(tasks);
        }
    }
    Ok(())
}

/// `101M Total, 32M MFU`: what stands between commas, a number and a word.
fn parts(rest: Field<'_>) -> Result<Vec<(Field<'_>, Field<'_>)>, Problem> {
    if rest.is_blank() { Ok(Vec::new()) } else { rest.split(",").map(|part| part_of(part.trim())).collect() }
}

fn part_of(part: Field<'_>) -> Result<(Field<'_>, Field<'_>), Problem> {
    let [number, what] = part.fields_and_rest()?;
    let is_word = !what.bytes.is_empty() && what.bytes.iter().all(u8::is_ascii_alphabetic);
    if is_word { Ok((number, what)) } else { Err(part.expected("a number and one word")) }
}

fn sizes(parts: Vec<(Field<'_>, Field<'_>)>) -> Result<Map<i64>, Problem> {
    let size = |(number, what): (Field<'_>, Field<'_>)| Ok((what.bytes.to_vec(), number.size(Base::Binary)?));
    Ok(Map(parts.into_iter().map(size).collect::<Result<_, Problem>>()?))
}

fn amounts(rest: Field<'_>) -> Result<Map<i64>, Problem> {
    sizes(parts(rest)?)
}

fn arc(summary: &mut Summary, rest: Field<'_>) -> Result<(), Problem> {
    let (ratios, amounts): (Vec<_>, Vec<_>) = parts(rest)?.into_iter().partition(|(_, what)| what.bytes == b"Ratio");
    let ratio = |(ratio, _): &(Field<'_>, Field<'_>)| ratio.strip_suffix(":1").ok_or_else(|| ratio.expected("`N:1`"))?.float();
    summary.arc_ratio = ratios.first().map(ratio).transpose()?;
    summary.arc.0.extend(sizes(amounts)?.0);
    Ok(())
}

fn shares(cpu: &mut Map<f64>, before: &[u8], rest: Field<'_>) -> Result<(), Problem> {
    for (number, what) in parts(rest)? {
        cpu.0.push(([before, what.bytes].concat(), share(number)?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::TopFreebsd;

    const HEAD: &str = "last pid: 95139;  load averages:  0.21,  0.25,  0.50     up 17+06:17:12  21:01:34\n";
    const TITLES: &str = "\n  PID USERNAME    THR PRI NICE   SIZE    RES STATE    C   TIME    WCPU COMMAND\n";

    fn tasks(rows: &str) -> (Vec<String>, usize) {
        let parsed = parse::<TopFreebsd>(None, format!("{HEAD}{TITLES}{rows}").as_bytes());
        (parsed.without_nulls()[1..].to_vec(), parsed.problems.len())
    }

    #[test]
    fn a_report_is_its_summary_and_its_processes() {
        let capture = format!(
            "{HEAD}22 processes:  1 running, 21 sleeping\nCPU:  0.1% user, 99.9% idle\nMem: 5968K Active, 2G Free\nARC: 101M Total, 32M MFU\n     12M Compressed, 4.46:1 Ratio\nSwap: 10G Total, 1G Used, 11% Inuse\n{TITLES}95139 adm           1  23   -5    14M  3988K *vm ob   3   0:01   0.42% a  b\n   11 root         32 -52    -      0   512K CPU3     0 132.5H  99.00% idle\n"
        );
        let parsed = parse::<TopFreebsd>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"summary","sample":1,"time_of_day":"21:01:34","uptime":1491432,"load_1m":0.21,"load_5m":0.25,"load_15m":0.5,"tasks":{"total":22,"running":1,"sleeping":21},"cpu":{"user":0.1,"idle":99.9},"memory":{"Active":6111232,"Free":2147483648},"swap":{"Total":10737418240,"Used":1073741824},"swap_use_percent":11,"arc":{"Total":105906176,"MFU":33554432,"Compressed":12582912},"arc_ratio":4.46,"last_pid":95139}"#,
                r#"{"kind":"task","sample":1,"pid":95139,"user":"adm","priority":23,"nice":-5,"vsz":14680064,"rss":4083712,"state":"*vm ob","cpu_percent":0.42,"cpu_time":1,"command":"a  b","threads":1,"processor":3}"#,
                r#"{"kind":"task","sample":1,"pid":11,"user":"root","priority":-52,"vsz":0,"rss":524288,"state":"CPU3","cpu_percent":99,"cpu_time":477000,"command":"idle","threads":32,"processor":0}"#,
            ]
        );
        assert_any_split::<TopFreebsd>(None, capture.as_bytes());
        assert_unrecognised::<TopFreebsd>(["hello\n", "last pid: x\n", "PID USERNAME COMMAND\n", ""]);
    }

    #[test]
    fn a_cell_that_lacks_moves_no_other() {
        let row = "95139 adm           1  23    0    14M  3988K select   3   0:01   0.42% top\n";
        for cell in ["95139", "adm", " 1 ", "23", " 0 ", "14M", "3988K", "select", " 3 ", "0:01", "0.42%", "top"] {
            assert_eq!(tasks(&row.replacen(cell, &" ".repeat(cell.len()), 1)), (Vec::new(), 1), "without {cell}");
        }
        assert_eq!(
            (tasks(row).0.len(), tasks(&row.replace("0:01", "1712.2")).1, tasks(&row.replace("0:01", "???")).1),
            (1, 1, 0)
        );
    }

    #[test]
    fn input_and_output_are_counted_in_columns_of_their_own() {
        let capture = format!(
            "{HEAD}\n  PID JID USERNAME     VCSW  IVCSW   READ  WRITE  FAULT  TOTAL PERCENT COMMAND\n    1   0 root            1      2      3      4      5      6   7.00% init\n"
        );
        let parsed = parse::<TopFreebsd>(None, capture.as_bytes());
        assert!(
            parsed.sound()[1].ends_with(
                r#""user":"root","command":"init","details":{"JID":"0","VCSW":"1","IVCSW":"2","READ":"3","WRITE":"4","FAULT":"5","TOTAL":"6","PERCENT":"7.00%"}}"#
            ),
            "{parsed:?}"
        );
    }

    #[test]
    fn a_sample_whose_first_line_is_broken_is_a_sample() {
        let sample =
            format!("{HEAD}22 processes:1 running, 21 sleeping\n{TITLES}1 root 1 20 0 14M 3988K wait 3 0:01 0.42% init\n\n");
        let parsed = parse::<TopFreebsd>(None, format!("{sample}{}{sample}", sample.replace("last pid", "last")).as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (6, 1), "{parsed:?}");
        for (at, record) in parsed.records.iter().enumerate() {
            assert!(record.contains(&format!(r#""sample":{},"#, at / 2 + 1)), "{parsed:?}");
        }
    }

    #[test]
    fn each_processor_has_its_own_shares() {
        let parsed =
            parse::<TopFreebsd>(None, format!("{HEAD}CPU 0:  1.5% user, 98.5% idle\nCPU 1:  2.0% user\nSwap:\n").as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""cpu":{"CPU 0 user":1.5,"CPU 0 idle":98.5,"CPU 1 user":2}"#]);
    }
}
