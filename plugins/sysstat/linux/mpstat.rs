//! `mpstat`: processors, and with `-I` and `-A` their interrupts.

use outparse_sdk::{About, Ending, Error, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::{clock, is_banner};

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
}

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
        Mpstat { titles: Vec::new() }
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
        let words = whole.words();
        let Some((skip, time)) = clock(&words) else { return Err(line.expected(EXPECTED).into()) };
        let words = &words[skip..];
        let Some(first) = words.first() else { return Err(line.expected(EXPECTED).into()) };
        if matches!(first.bytes, b"CPU" | b"NODE") {
            self.titles = words.iter().map(|word| String::from_utf8_lossy(word.bytes).into_owned()).collect();
            rows.recognise();
            return Ok(());
        }
        if self.titles.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        if words.len() != self.titles.len() {
            return Err(Problem::error(format!("expected {} fields, found {}", self.titles.len(), words.len())).into());
        }
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
                // Of a node, which processors it has.
                _ => continue,
            };
            *place = Some(word.float()?);
        }
        rows.push(Entry::Cpu(Box::new(found)));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
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
}
