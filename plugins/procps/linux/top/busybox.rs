//! `top -b` of BusyBox: three lines of the system and a table of tasks, again and again.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Problem, Rows, Source};

use crate::top::record::{Entry, OF_LINUX, Summary, TASK, Task, put_summary};

/// Reads `top -b` of BusyBox.
pub struct TopBusybox {
    summary: Option<Summary>,
    sample: i64,
    /// The titles from that of the memory on.
    titles: Vec<String>,
}

const EXPECTED: &str = "`Mem: NUMBERK used, …`, as top of BusyBox begins";

/// Titles before those that some versions lack or call differently.
const FIRST: [&str; 5] = ["PID", "PPID", "USER", "STAT", "VSZ"];

impl Parser for TopBusybox {
    const ABOUT: About = About {
        name: "top-busybox",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system and its tasks, as top -b of BusyBox prints them",
        commands: &["top", "busybox top"],
        dialect: "busybox",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        TopBusybox { summary: None, sample: 0, titles: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if let Some(memory) = whole.strip_prefix("Mem: ").filter(|memory| memory.find("K used").is_some()) {
            self.flush(rows);
            self.sample += 1;
            self.titles.clear();
            self.summary = Some(Summary { sample: self.sample, memory: amounts(memory)?, ..Summary::default() });
            rows.recognise();
            return Ok(());
        }
        if self.sample == 0 {
            return Err(line.expected(EXPECTED).into());
        }
        if let Some(summary) = &mut self.summary {
            if let Some(shares) = whole.strip_prefix("CPU: ") {
                summary.cpu = percentages(shares)?;
                return Ok(());
            }
            if let Some(loads) = whole.strip_prefix("Load average: ") {
                return Ok(summary.loads(loads)?);
            }
        }
        if self.titles.is_empty() {
            self.flush(rows);
            let titles: Vec<String> = whole.fields().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
            let rest =
                titles.strip_prefix(&FIRST.map(str::to_owned)).ok_or_else(|| line.expected("the titles `PID PPID USER …`"))?;
            let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
            if !matches!(rest[..], ["%VSZ" | "%MEM", "%CPU", "COMMAND"] | ["%VSZ" | "%MEM", "CPU", "%CPU", "COMMAND"]) {
                return Err(line.expected("the titles `%VSZ CPU %CPU COMMAND`").into());
            }
            let fields = ["sample", "pid", "ppid", "user", "state", "vsz", "cpu_percent", "command", "details"];
            rows.shape_of(TASK, fields.into_iter().chain(rest.contains(&"CPU").then_some("processor")));
            self.titles = rest.into_iter().map(str::to_owned).collect();
            return Ok(());
        }
        rows.push(Entry::Task(Box::new(self.task(whole)?)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl TopBusybox {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        put_summary(&mut self.summary, &OF_LINUX, rows);
    }

    fn task(&self, line: Field<'_>) -> Result<Task, Problem> {
        let [pid, ppid, user, rest] = line.fields_and_rest()?;
        // A state may have a blank among its letters: `S <`.
        let digit = rest.bytes.windows(2).position(|pair| pair[0] == b' ' && pair[1].is_ascii_digit());
        let (state, rest) = rest.split_at(digit.ok_or_else(|| rest.expected("a state and a size"))?);
        let state: Vec<u8> = state.bytes.iter().copied().filter(|byte| *byte != b' ').collect();
        if state.is_empty() || state.len() > 4 || state.iter().any(u8::is_ascii_digit) {
            return Err(rest.expected("a state before the size"));
        }
        let [size, share, rest] = rest.fields_and_rest()?;
        let mut task = Task {
            sample: self.sample,
            pid: Some(pid.integer()?),
            ppid: Some(ppid.integer()?),
            user: Some(user.bytes.to_vec()),
            state: Some(state),
            vsz: Some(match size.as_integer() {
                Some(kibibytes) => kibibytes.saturating_mul(1024),
                None => size.size(Base::Binary)?,
            }),
            ..Task::default()
        };
        percentage(share)?;
        task.details.0.push((self.titles[0].clone().into_bytes(), share.bytes.to_vec()));
        let mut rest = rest;
        if self.titles.iter().any(|title| title == "CPU") {
            let [processor, after] = rest.fields_and_rest()?;
            task.processor = Some(processor.integer()?);
            rest = after;
        }
        let [cpu, command] = rest.fields_and_rest()?;
        task.cpu_percent = Some(percentage(cpu)?);
        task.command = Some(command.trim_end().bytes.to_vec());
        Ok(task)
    }
}

impl Summary {
    /// `0.12 0.34 0.56 2/345 6789`: the last is the process ID that was given last.
    fn loads(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let [first, second, third, tasks, _] = text.fields_and_rest()?;
        (self.load_1m, self.load_5m, self.load_15m) = (Some(first.float()?), Some(second.float()?), Some(third.float()?));
        let (running, total) = tasks.split_once("/").ok_or_else(|| tasks.expected("`RUNNING/TOTAL`"))?;
        self.tasks = Map(vec![(b"running".to_vec(), running.integer()?), (b"total".to_vec(), total.integer()?)]);
        Ok(())
    }
}

/// `123456K used, 7654321K free`
fn amounts(text: Field<'_>) -> Result<Map<i64>, Problem> {
    let mut amounts = Map::default();
    for part in text.split(", ") {
        let [amount, what] = part.fields_and_rest()?;
        if !what.trim().bytes.iter().all(u8::is_ascii_lowercase) {
            return Err(what.expected("one word behind each amount"));
        }
        let kibibytes = amount.strip_suffix("K").ok_or_else(|| amount.expected("a number of kibibytes, as `12K`"))?;
        amounts.0.push((what.trim().bytes.to_vec(), kibibytes.integer()?.saturating_mul(1024)));
    }
    Ok(amounts)
}

/// `  1% usr   2% sys`
fn percentages(text: Field<'_>) -> Result<Map<f64>, Problem> {
    let mut shares = Map::default();
    for pair in text.words().chunks(2) {
        let [share, what] = pair else { return Err(text.expected("percentages and what they are of")) };
        shares.0.push((what.bytes.to_vec(), percentage(*share)?));
    }
    Ok(shares)
}

fn percentage(text: Field<'_>) -> Result<f64, Problem> {
    text.strip_suffix("%").unwrap_or(text).float()
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::TopBusybox;

    const TEXT: &[u8] = b"Mem: 12K used, 34K free, 1K shrd, 5K buff, 9K cached\nCPU:   1% usr   2% sys   0% nic  97% idle   0% io   0% irq   0% sirq\nLoad average: 0.12 0.34 0.56 2/345 6789\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n 1234     1 root     S <  1234m   9%   1   2% {my script} /bin/sh /x  y\n   77     2 root     IW       0   0%   0   0% [kdamond.0]\n";

    #[test]
    fn a_report_is_its_summary_and_its_tasks() {
        let parsed = parse::<TopBusybox>(None, TEXT);
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"summary","sample":1,"load_1m":0.12,"load_5m":0.34,"load_15m":0.56,"tasks":{"running":2,"total":345},"cpu":{"usr":1,"sys":2,"nic":0,"idle":97,"io":0,"irq":0,"sirq":0},"memory":{"used":12288,"free":34816,"shrd":1024,"buff":5120,"cached":9216},"swap":{}}"#,
                r#"{"kind":"task","sample":1,"pid":1234,"user":"root","vsz":1293942784,"state":"S<","cpu_percent":2,"command":"{my script} /bin/sh /x  y","ppid":1,"processor":1,"details":{"%VSZ":"9%"}}"#,
                r#"{"kind":"task","sample":1,"pid":77,"user":"root","vsz":0,"state":"IW","cpu_percent":0,"command":"[kdamond.0]","ppid":2,"processor":0,"details":{"%VSZ":"0%"}}"#,
            ]
        );
        assert_any_split::<TopBusybox>(None, TEXT);
        let twice = parse::<TopBusybox>(None, &[TEXT, TEXT].concat());
        twice.has(3, &[r#""kind":"summary","sample":2"#]);
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let broken = String::from_utf8_lossy(TEXT).replace("1234m", "x").replace("77     2", "77     x");
        let parsed = parse::<TopBusybox>(None, broken.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        let nameless = String::from_utf8_lossy(TEXT).replace("5K buff, ", "5K ");
        let parsed = parse::<TopBusybox>(None, &[TEXT, nameless.as_bytes()].concat());
        assert!(!parsed.problems.is_empty() && !format!("{:?}", parsed.records).contains("9K cached"), "{parsed:?}");
        assert_unrecognised::<TopBusybox>(["hello\n", "Mem: 12\n", "top - 10:00:01 up 5 min\n"]);
    }
}
