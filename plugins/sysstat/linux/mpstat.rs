//! `mpstat`: processors, and with `-I` and `-A` their interrupts. In JSON (`-o JSON`) a column has its title as its name, without the sign of
//! percent, and there are no averages.

use outparse_sdk::document::{Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::{clock, is_banner, json};

/// What `mpstat` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A processor, or all together: shares of its time.
    Cpu(Box<Cpu>),
    /// Interrupts of a processor.
    Interrupts(Interrupts),
}

/// A processor.
#[derive(Clone, Debug, Default, Record)]
pub struct Cpu {
    /// Its number; `all` is all together.
    #[field(key)]
    pub cpu: Vec<u8>,
    /// Whether it is all of them, or a node.
    pub is_total: bool,
    /// Time of day at its end, as printed; `Average` over all reports.
    pub timestamp: Option<String>,
    /// The core that it is in (`-T`).
    pub core: Option<i64>,
    /// The socket that it is in (`-T`).
    pub socket: Option<i64>,
    /// The node of memory that it belongs to (`-T`).
    pub node: Option<i64>,
    /// In programs.
    #[field(unit = "percent", gauge)]
    pub user_percent: Option<f64>,
    /// In programs with less priority.
    #[field(unit = "percent", gauge)]
    pub nice_percent: Option<f64>,
    /// In the kernel.
    #[field(unit = "percent", gauge)]
    pub system_percent: Option<f64>,
    /// Idle while input or output was awaited.
    #[field(unit = "percent", gauge)]
    pub iowait_percent: Option<f64>,
    /// In interrupts.
    #[field(unit = "percent", gauge)]
    pub irq_percent: Option<f64>,
    /// In soft interrupts.
    #[field(unit = "percent", gauge)]
    pub softirq_percent: Option<f64>,
    /// Taken by the host of this virtual machine.
    #[field(unit = "percent", gauge)]
    pub steal_percent: Option<f64>,
    /// In guests.
    #[field(unit = "percent", gauge)]
    pub guest_percent: Option<f64>,
    /// In guests with less priority.
    #[field(unit = "percent", gauge)]
    pub guest_nice_percent: Option<f64>,
    /// Idle.
    #[field(unit = "percent", gauge)]
    pub idle_percent: Option<f64>,
}

/// Interrupts of a processor.
#[derive(Clone, Debug, Default, Record)]
pub struct Interrupts {
    /// Its number; `all` is all together.
    #[field(key)]
    pub cpu: Vec<u8>,
    /// Whether it is all of them.
    pub is_total: bool,
    /// Time of day at its end, as printed; `Average` over all reports.
    pub timestamp: Option<String>,
    /// Interrupts in a second, by their names.
    pub per_second: Map<f64>,
}

/// Reads `mpstat`.
pub struct Mpstat {
    /// The titles, from that of the processor on.
    titles: Vec<String>,
    /// Whether cores, sockets and nodes were shown.
    placed: bool,
    /// What JSON was printed so far.
    document: Option<Document>,
}

/// Where a processor is.
const PLACES: [&str; 3] = ["CORE", "SOCK", "NODE"];
/// The fields of a processor.
const CPU: [&str; 16] = [
    "cpu",
    "is_total",
    "timestamp",
    "core",
    "socket",
    "node",
    "user_percent",
    "nice_percent",
    "system_percent",
    "iowait_percent",
    "irq_percent",
    "softirq_percent",
    "steal_percent",
    "guest_percent",
    "guest_nice_percent",
    "idle_percent",
];
const EXPECTED: &str = "`Linux … (HOST) …`, or the titles `TIME CPU %usr …`";

impl Parser for Mpstat {
    const ABOUT: About = About {
        name: "mpstat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Processors over time, as mpstat prints them",
        commands: &["mpstat"],
        dialect: "sysstat",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Mpstat { titles: Vec::new(), placed: false, document: None }
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
        if Document::take(&mut self.document, b'{', !rows.recognised(), line) {
            return Ok(());
        }
        let words = whole.words();
        let Some((skip, time)) = clock(&words) else { return Err(line.expected(EXPECTED).into()) };
        let words = &words[skip..];
        let Some(first) = words.first() else { return Err(line.expected(EXPECTED).into()) };
        if matches!(first.bytes, b"CPU" | b"NODE") {
            self.titles = words.iter().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
            self.show(rows);
            return Ok(());
        }
        if self.titles.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        let mut words = words.to_vec();
        // All of them are in no core, socket and node: these cells are blank.
        if words[0].bytes == b"all" && self.titles.get(1..4).is_some_and(|titles| titles == PLACES) {
            words.splice(1..1, [Field::from(""); 3]);
        }
        Ok(self.row(&words, &time, rows)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            json::reports(&document, |report| self.report(report, rows))?;
        }
        rows.expect_recognised(EXPECTED)
    }
}

impl Mpstat {
    /// Says what fields the processors have. Where some rows have places, all have the fields.
    fn show(&mut self, rows: &mut Rows<Entry>) {
        rows.recognise();
        self.placed |= self.titles.iter().any(|title| PLACES.contains(&title.as_str()));
        if self.placed {
            rows.shape_of(0, CPU);
        } else {
            rows.shape_of(0, CPU.into_iter().filter(|field| !matches!(*field, "core" | "socket" | "node")));
        }
    }

    /// A report in JSON: lists by what is in them, `{"timestamp": "14:05:04", "cpu-load": [{"cpu": "all", "usr": 58.55, …}], …}`.
    fn report(&mut self, report: &Node<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        let time = report.get("timestamp").ok_or_else(|| report.expected("a report with a `timestamp`"))?;
        let time = String::from_utf8_lossy(time.text()?).into_owned();
        for (name, list) in report.members()? {
            if **name == *b"timestamp" {
                continue;
            }
            for object in list.items()? {
                if let Err(problem) = self.object(object, &time, rows) {
                    rows.problem(object.placed(problem));
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, object: &Node<'_>, time: &str, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        if let Some(interrupts) = object.get("intr").filter(|interrupts| interrupts.items().is_ok()) {
            return self.interrupts(object, interrupts, time, rows);
        }
        let cells = json::cells(object)?;
        self.titles = cells.iter().map(|(name, _)| title(name)).collect();
        self.show(rows);
        let words: Vec<Field<'_>> = cells.iter().map(|(_, cell)| *cell).collect();
        self.row(&words, time, rows)
    }

    /// `{"cpu": "0", "intr": [{"name": "24", "value": 0.00}, …]}`
    fn interrupts(&self, object: &Node<'_>, list: &Node<'_>, time: &str, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        let cpu = object.get("cpu").ok_or_else(|| object.expected("an object with a `cpu`"))?.text()?;
        let mut per_second = Map::default();
        for interrupt in list.items()? {
            let [name, value] =
                ["name", "value"].map(|name| interrupt.get(name).ok_or_else(|| interrupt.expected("a name and a value")));
            let value = value?;
            let number = value.cell()?.float();
            per_second.0.push((name?.text()?.to_vec(), number.map_err(|problem| value.placed(problem))?));
        }
        rows.recognise();
        let is_total = cpu == b"all";
        rows.push(Entry::Interrupts(Interrupts { cpu: cpu.to_vec(), is_total, timestamp: Some(time.to_owned()), per_second }));
        Ok(())
    }

    /// A row below its titles.
    fn row(&self, words: &[Field<'_>], time: &str, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        let time = time.to_owned();
        let Some(first) = words.first().filter(|_| words.len() == self.titles.len()) else {
            return Err(Problem::error(format!("expected {} fields, found {}", self.titles.len(), words.len())));
        };
        let cpu = if self.titles[0] == "NODE" { [b"node ", first.bytes].concat() } else { first.bytes.to_vec() };
        let is_total = first.bytes == b"all" || self.titles[0] == "NODE";
        if !self.titles.iter().any(|title| title.starts_with('%')) {
            let mut per_second = Map::default();
            for (title, word) in self.titles.iter().zip(words).skip(1) {
                per_second.0.push((title.trim_end_matches("/s").as_bytes().to_vec(), word.float()?));
            }
            rows.push(Entry::Interrupts(Interrupts { cpu, is_total, timestamp: Some(time), per_second }));
            return Ok(());
        }
        let mut found = Cpu { cpu, is_total, timestamp: Some(time), ..Cpu::default() };
        for (title, word) in self.titles.iter().zip(words).skip(1) {
            let place = match title.as_str() {
                "CORE" | "SOCK" | "NODE" => {
                    let place = match title.as_str() {
                        "CORE" => &mut found.core,
                        "SOCK" => &mut found.socket,
                        _ => &mut found.node,
                    };
                    *place = Some(word).filter(|word| !word.bytes.is_empty()).map(|word| word.integer()).transpose()?;
                    continue;
                }
                "%usr" | "%user" => &mut found.user_percent,
                "%nice" => &mut found.nice_percent,
                "%sys" | "%system" => &mut found.system_percent,
                "%iowait" => &mut found.iowait_percent,
                "%irq" => &mut found.irq_percent,
                "%soft" => &mut found.softirq_percent,
                "%steal" => &mut found.steal_percent,
                "%guest" => &mut found.guest_percent,
                "%gnice" => &mut found.guest_nice_percent,
                "%idle" => &mut found.idle_percent,
                _ => return Err(word.problem(format!("expected a column of mpstat that is known, found `{title}`"))),
            };
            *place = Some(word.float()?);
        }
        rows.push(Entry::Cpu(Box::new(found)));
        Ok(())
    }
}

/// The title of the column that has this name in JSON.
fn title(name: &[u8]) -> String {
    match name {
        b"cpu" => "CPU".to_owned(),
        b"node" => "NODE".to_owned(),
        b"core" => "CORE".to_owned(),
        b"socket" => "SOCK".to_owned(),
        b"intr" => "intr/s".to_owned(),
        _ => format!("%{}", String::from_utf8_lossy(name)),
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Mpstat;

    #[test]
    fn processors_and_interrupts_are_told_apart() {
        let parsed = parse::<Mpstat>(None, b"Linux 3.10.0 (h) \t03/11/2022 \t_x86_64_\t(1 CPU)\n\n03:16:15 PM  CPU    %usr   %idle\n03:16:17 PM  all    0.50   99.50\n\n19:35:48     CPU    intr/s\n19:35:48       0     54.00\n\nAverage:     CPU    %usr   %idle\nAverage:     all    0.25   99.75\n");
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert!(
            parsed.records[0].contains(r#""cpu":"all","is_total":true,"timestamp":"03:16:17 PM","user_percent":0.5"#),
            "{parsed:?}"
        );
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"interrupts","cpu":"0","is_total":false,"timestamp":"19:35:48","per_second":{"intr":54}}"#
        );
        assert!(parsed.records[2].contains(r#""timestamp":"Average""#), "{parsed:?}");
        assert_unrecognised::<Mpstat>(["hello\n", "03:16:15 PM x\n", ""]);
    }

    #[test]
    fn cores_sockets_and_nodes_are_blank_where_all_processors_are_meant() {
        let parsed = parse::<Mpstat>(None, b"19:35:48     CPU CORE SOCK NODE    %usr   %idle\n19:35:48     all                  58.54   41.46\n19:35:48       1    3    0    2    1.00   99.00\n");
        assert_eq!(parsed.problems, [""; 0]);
        assert!(parsed.records[0].contains(r#""core":null,"socket":null,"node":null,"user_percent":58.54"#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""core":3,"socket":0,"node":2,"user_percent":1"#), "{parsed:?}");
        let parsed = parse::<Mpstat>(None, b"19:35:48 CPU %usr %new %idle\n19:35:48 all 1 2 3\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
    }

    #[test]
    fn json_has_the_same_records() {
        let json = br#"{"sysstat": {"hosts": [{"nodename": "vm", "statistics": [{
  "timestamp": "14:05:04",
  "cpu-load": [{"cpu": "all", "usr": 58.55, "idle": 23.22}, {"cpu": "0", "usr": {}}],
  "node-load": [{"node": "0", "usr": 58.55, "idle": 23.22}],
  "sum-interrupts": [{"cpu": "all", "intr": 769.15}],
  "soft-interrupts": [{"cpu": "0", "intr": [{"name": "HI", "value": 0.00}, {"name": "TIMER", "value": 21.86}]}]
}]}]}}
"#;
        let text = b"14:05:04     CPU    %usr   %idle\n14:05:04     all   58.55   23.22\n\n14:05:04    NODE    %usr   %idle\n14:05:04       0   58.55   23.22\n\n14:05:04     CPU    intr/s\n14:05:04     all    769.15\n\n14:05:04     CPU       HI/s    TIMER/s\n14:05:04       0       0.00      21.86\n";
        let parsed = parse::<Mpstat>(None, json);
        assert_eq!(parsed.records, parse::<Mpstat>(None, text).records);
        assert_eq!(
            (parsed.records.len(), &parsed.problems[..]),
            (4, &["error: line 3, column 81: expected text or a number, found `{}`".to_owned()][..])
        );
        assert_unrecognised::<Mpstat>(["{}\n", "{\"sysstat\":{\"hosts\":[{\"statistics\":[{}]}]}}\n"]);
    }
}
