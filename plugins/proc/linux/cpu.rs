//! `/proc/cpuinfo`, `/proc/stat`, `/proc/interrupts` and `/proc/softirqs`.

use outparse_sdk::{About, Ending, Error, Line, Map, Parser, Problem, Record, Rows, Source, Time};

use crate::{TICKS_POWER, about};

/// A processor.
#[derive(Clone, Debug, Default, Record)]
pub struct Processor {
    /// Its number; null of what is said of the machine as a whole.
    #[field(key)]
    pub processor: Option<i64>,
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Frequency.
    #[field(unit = "hertz", gauge)]
    pub frequency: Option<f64>,
    /// Size of the cache.
    #[field(unit = "bytes")]
    pub cache_size: Option<i64>,
    /// Number of its package.
    pub physical_package: Option<i64>,
    /// Number of its core in the package.
    pub core: Option<i64>,
    /// What it can do.
    pub flags: Vec<Vec<u8>>,
    /// Mistakes that it is known to have.
    pub bugs: Vec<Vec<u8>>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `/proc/cpuinfo`.
pub struct CpuInfo {
    current: Option<Processor>,
}

impl Parser for CpuInfo {
    const ABOUT: About = about!("cpuinfo", "Processors, as /proc/cpuinfo has them", "/proc/cpuinfo");
    type Record = Processor;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        CpuInfo { current: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            self.current.take().into_iter().for_each(|processor| rows.push(processor));
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME : VALUE`"))?;
        let (name, value) = (name.trim(), value.trim());
        if !rows.recognised()
            && !matches!(name.bytes, b"processor" | b"vendor_id" | b"system type" | b"machine" | b"Processor" | b"cpu")
        {
            return Err(line.expected("`processor : 0`").into());
        }
        rows.recognise();
        let processor = self.current.get_or_insert_default();
        let words = || value.fields().map(|word| word.bytes.to_vec()).collect();
        match name.bytes {
            b"processor" => processor.processor = Some(value.integer()?),
            b"vendor_id" | b"CPU implementer" => processor.vendor = Some(value.bytes.to_vec()),
            b"model name" | b"Model" | b"cpu model" => processor.model = Some(value.bytes.to_vec()),
            b"cpu MHz" => processor.frequency = Some(value.float_e(6)?),
            b"cache size" => {
                let number = value.strip_suffix(" KB").ok_or_else(|| value.expected("a size in KB"))?;
                processor.cache_size = Some(number.integer()?.saturating_mul(1024));
            }
            b"physical id" => processor.physical_package = Some(value.integer()?),
            b"core id" => processor.core = Some(value.integer()?),
            b"flags" | b"Features" => processor.flags = words(),
            b"bugs" => processor.bugs = words(),
            _ => processor.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.current.take().into_iter().for_each(|processor| rows.push(processor));
        Ok(())
    }
}

/// What `/proc/stat` has.
#[derive(Debug, Record)]
pub enum Statistics {
    /// Time that a processor, or all of them, spent.
    Cpu(CpuTimes),
    /// Numbers of the whole system.
    System(Box<SystemCounters>),
}

/// Time that a processor spent, since the system started.
#[derive(Clone, Debug, Default, Record)]
pub struct CpuTimes {
    /// The processor: `cpu0`; `cpu` is all together.
    #[field(key)]
    pub cpu: Vec<u8>,
    /// Whether it is the sum of the others.
    pub is_total: bool,
    /// In programs.
    #[field(unit = "seconds", counter)]
    pub user_time: Option<f64>,
    /// In programs with less priority.
    #[field(unit = "seconds", counter)]
    pub nice_time: Option<f64>,
    /// In the kernel.
    #[field(unit = "seconds", counter)]
    pub system_time: Option<f64>,
    /// Idle.
    #[field(unit = "seconds", counter)]
    pub idle_time: Option<f64>,
    /// Idle while input or output was awaited.
    #[field(unit = "seconds", counter)]
    pub iowait_time: Option<f64>,
    /// In interrupts.
    #[field(unit = "seconds", counter)]
    pub irq_time: Option<f64>,
    /// In soft interrupts.
    #[field(unit = "seconds", counter)]
    pub softirq_time: Option<f64>,
    /// Taken by the host of this virtual machine.
    #[field(unit = "seconds", counter)]
    pub steal_time: Option<f64>,
    /// In guests; part of the time in programs.
    #[field(unit = "seconds", counter)]
    pub guest_time: Option<f64>,
    /// In guests with less priority.
    #[field(unit = "seconds", counter)]
    pub guest_nice_time: Option<f64>,
}

/// Numbers of the whole system.
#[derive(Clone, Debug, Default, Record)]
pub struct SystemCounters {
    /// Interrupts since the system started.
    #[field(counter)]
    pub interrupts: Option<i64>,
    /// The same by their numbers.
    pub interrupts_by_number: Vec<i64>,
    /// Context switches.
    #[field(counter)]
    pub context_switches: Option<i64>,
    /// When the system started.
    pub booted: Option<Time>,
    /// Processes and threads made since then.
    #[field(counter)]
    pub forks: Option<i64>,
    /// Threads that can run.
    #[field(gauge)]
    pub threads_running: Option<i64>,
    /// Threads that wait for input or output.
    #[field(gauge)]
    pub threads_blocked: Option<i64>,
    /// Soft interrupts since the system started.
    #[field(counter)]
    pub softirqs: Option<i64>,
    /// The same by their numbers.
    pub softirqs_by_number: Vec<i64>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `/proc/stat`.
pub struct Stat {
    /// How many times a processor has.
    times: usize,
    system: SystemCounters,
}

impl Parser for Stat {
    const ABOUT: About = about!("stat", "Times and numbers of the system, as /proc/stat has them", "/proc/stat");
    type Record = Statistics;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Stat { times: 0, system: SystemCounters::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let [name, rest] = line.fields_and_rest()?;
        let indented = line.bytes[0].is_ascii_whitespace();
        if indented || !rows.recognised() && name.bytes != b"cpu" {
            return Err(line.expected("`cpu NUMBER …`").into());
        }
        // Another reading of the file.
        if name.bytes == b"cpu" && self.times > 0 {
            self.times = 0;
            rows.push(Statistics::System(Box::new(std::mem::take(&mut self.system))));
        }
        if name.bytes.starts_with(b"cpu") {
            let times = rest.fields().map(|time| time.float_e(TICKS_POWER)).collect::<Result<Vec<f64>, Problem>>()?;
            if times.len() < 4 || self.times > 0 && times.len() != self.times {
                let expected = self.times.max(4);
                return Err(Problem::error(format!("expected {expected} numbers, found {}", times.len())).into());
            }
            self.times = times.len();
            let time = |at: usize| times.get(at).copied();
            rows.push(Statistics::Cpu(CpuTimes {
                cpu: name.bytes.to_vec(),
                is_total: name.bytes == b"cpu",
                user_time: time(0),
                nice_time: time(1),
                system_time: time(2),
                idle_time: time(3),
                iowait_time: time(4),
                irq_time: time(5),
                softirq_time: time(6),
                steal_time: time(7),
                guest_time: time(8),
                guest_nice_time: time(9),
            }));
            return Ok(());
        }
        let numbers = || rest.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>();
        let first = || numbers().map(|numbers| numbers.first().copied());
        let system = &mut self.system;
        match name.bytes {
            b"intr" => {
                let numbers = numbers()?;
                system.interrupts = numbers.first().copied();
                system.interrupts_by_number = numbers.get(1..).unwrap_or_default().to_vec();
            }
            b"ctxt" => system.context_switches = first()?,
            b"btime" => system.booted = first()?.map(|seconds| Time::utc(seconds, 0)),
            b"processes" => system.forks = first()?,
            b"procs_running" => system.threads_running = first()?,
            b"procs_blocked" => system.threads_blocked = first()?,
            b"softirq" => {
                let numbers = numbers()?;
                system.softirqs = numbers.first().copied();
                system.softirqs_by_number = numbers.get(1..).unwrap_or_default().to_vec();
            }
            _ => system.details.0.push((name.bytes.to_vec(), rest.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(Statistics::System(Box::new(std::mem::take(&mut self.system))));
        }
        Ok(())
    }
}

/// An interrupt and how often each processor had it.
#[derive(Clone, Debug, Default, Record)]
pub struct Interrupt {
    /// Its number, or a short name.
    #[field(key)]
    pub interrupt: Vec<u8>,
    /// How often all processors had it.
    #[field(counter)]
    pub count: i64,
    /// How often each processor had it, in the order of the titles.
    pub counts: Vec<i64>,
    /// What it is, or its controller and device.
    pub description: Option<Vec<u8>>,
}

/// Reads the tables of `/proc/interrupts` and `/proc/softirqs`.
fn interrupt(line: Line<'_>, processors: &mut usize, may_count_once: bool, rows: &mut Rows<Interrupt>) -> Result<(), Error> {
    if line.is_blank() {
        return Ok(());
    }
    if *processors == 0 {
        let titles = line.words();
        if titles.is_empty() || !titles.iter().all(|title| title.bytes.starts_with(b"CPU")) {
            return Err(Error::Unrecognised(line.expected("the titles `CPU0 CPU1 …`")));
        }
        *processors = titles.len();
        rows.recognise();
        return Ok(());
    }
    let (name, rest) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME: NUMBER …`"))?;
    let mut counts = Vec::new();
    let mut after = rest;
    // Some count for the whole machine only.
    while counts.len() < *processors {
        let [word, next] = after.fields_and_rest().unwrap_or([after.split_at(0).0, after.split_at(0).0]);
        let Some(count) = word.as_integer() else { break };
        counts.push(count);
        after = next;
    }
    // Of softirqs there is nothing else, and no description of an interrupt begins with a number: there is a title too few.
    let is_more =
        if may_count_once { after.fields().next().is_some_and(|word| word.as_integer().is_some()) } else { !after.is_blank() };
    if counts.len() == *processors && is_more {
        return Err(after.trim().expected(&format!("no more than {processors} numbers, as there are titles")).into());
    }
    let description = after.squeezed().into_owned();
    // What is counted for the whole machine is only counted.
    if counts.is_empty() || counts.len() < *processors && !(may_count_once && counts.len() == 1 && description.is_empty()) {
        return Err(Problem::error(format!("expected {processors} numbers, found {}", counts.len())).into());
    }
    rows.push(Interrupt {
        interrupt: name.trim().bytes.to_vec(),
        count: counts.iter().fold(0i64, |sum, count| sum.saturating_add(*count)),
        counts,
        description: Some(description).filter(|text| !text.is_empty()),
    });
    Ok(())
}

/// Reads `/proc/interrupts`.
pub struct Interrupts {
    processors: usize,
}

impl Parser for Interrupts {
    const ABOUT: About = about!("interrupts", "Interrupts, as /proc/interrupts has them", "/proc/interrupts");
    type Record = Interrupt;

    fn new(_: &Source) -> Self {
        Interrupts { processors: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        interrupt(line, &mut self.processors, true, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `CPU0 CPU1 …`")
    }
}

/// Reads `/proc/softirqs`.
pub struct Softirqs {
    processors: usize,
}

impl Parser for Softirqs {
    const ABOUT: About = about!("softirqs", "Soft interrupts, as /proc/softirqs has them", "/proc/softirqs");
    type Record = Interrupt;

    fn new(_: &Source) -> Self {
        Softirqs { processors: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.processors == 0 {
            interrupt(line, &mut self.processors, false, rows)?;
            rows.without(["description"]);
            return Ok(());
        }
        interrupt(line, &mut self.processors, false, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `CPU0 CPU1 …`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::*;

    #[test]
    fn a_processor_is_a_record() {
        let parsed = parse::<CpuInfo>(None, b"processor\t: 0\nvendor_id\t: A\ncpu MHz\t\t: 2303.998\ncache size\t: 4 KB\nflags\t\t: fpu vme\npower management:\n\nprocessor\t: 1\n");
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[0],
            r#"{"processor":0,"vendor":"A","model":null,"frequency":2303998000,"cache_size":4096,"physical_package":null,"core":null,"flags":["fpu","vme"],"bugs":[],"details":{"power management":""}}"#
        );
        assert_unrecognised::<CpuInfo>(["hello\n", "a: b\n"]);
    }

    #[test]
    fn ticks_are_seconds() {
        let capture = b"cpu  6002 152 8398 3444436\ncpu0 1 2 3 4\nintr 5 1 4\nbtime 1662154781\nctxt 9\n";
        let parsed = parse::<Stat>(None, capture);
        assert!(parsed.records[0].contains(r#""cpu":"cpu","is_total":true,"user_time":60.02,"nice_time":1.52"#), "{parsed:?}");
        assert!(
            parsed.records[2]
                .contains(r#""interrupts":5,"interrupts_by_number":[1,4],"context_switches":9,"booted":"2022-09-02T21:39:41Z""#),
            "{parsed:?}"
        );
        assert_any_split::<Stat>(None, capture);
        assert_unrecognised::<Stat>(["hello\n", "cpu 1 2\n", "intr 1\n"]);
    }

    #[test]
    fn interrupts_are_counted_by_processor() {
        let parsed = parse::<Interrupts>(
            None,
            b"           CPU0       CPU1\n 24:          1          2  IO-APIC   5-edge      ACPI:Ged\nERR:          7\n",
        );
        assert_eq!(
            parsed.records,
            [
                r#"{"interrupt":"24","count":3,"counts":[1,2],"description":"IO-APIC 5-edge ACPI:Ged"}"#,
                r#"{"interrupt":"ERR","count":7,"counts":[7],"description":null}"#
            ]
        );
        assert_eq!(parse::<Softirqs>(None, b"    CPU0\n HI:   1\n").records, [r#"{"interrupt":"HI","count":1,"counts":[1]}"#]);
        for capture in ["CPU0 CPU1\n 1: 5 6 7 IO-APIC 5-edge x\n", "CPU0 CPU1\nERR: 5 6 7\n"] {
            let parsed = parse::<Interrupts>(None, capture.as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
        }
        let parsed = parse::<Softirqs>(None, b"CPU0\nHI: 5 6\nTIMER: 5 x\nNET_TX: 5\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert_unrecognised::<Interrupts>(["hello\n", "CPU0 x\n", ""]);
        assert_unrecognised::<Softirqs>(["hello\n", ""]);
    }

    #[test]
    fn each_reading_has_its_own_counters() {
        let parsed = parse::<Stat>(None, b"cpu 1 2 3 4\nctxt 5\ncpu 1 2 3 4\nctxt 6\n");
        parsed.has(1, &[r#""context_switches":5"#]);
        parsed.has(3, &[r#""context_switches":6"#]);
    }
}
