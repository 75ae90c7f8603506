//! `vmstat`: the system, a line each interval; disks (`-d`), sums (`-s`) and slabs (`-m`).

pub mod record;

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Rows, Source, Time, time};

use crate::vmstat::record::{Disk, Entry, Slab, Sum, System};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    None,
    System,
    Disk,
    Slab,
}

/// Reads `vmstat`.
pub struct Vmstat {
    table: Table,
    titles: Vec<String>,
    zone: Option<Vec<u8>>,
    /// Size of the unit of memory (`-S`).
    unit: i64,
}

const EXPECTED: &str = "`procs ---memory---`, `disk- ---reads---`, `Cache Num …`, or with `-s` numbers and what they count";

impl Parser for Vmstat {
    const ABOUT: About = About {
        name: "vmstat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system over time, as vmstat of procps prints it",
        commands: &["vmstat"],
        dialect: "procps",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&[
            "S unit=",
            "p partition=",
            "a active",
            "d disk",
            "s stats",
            "m slabs",
            "t timestamp",
            "w wide",
            "D disk-sum",
            "f forks",
            "n one-header",
            "y no-first",
        ]);
        let unit = arguments.iter().flatten().find_map(|argument| match argument {
            Argument::Value("S", unit) => Some(match *unit {
                "b" | "B" => 1,
                "k" => 1000,
                "m" => 1_000_000,
                "M" => 1 << 20,
                _ => 1024,
            }),
            _ => None,
        });
        Vmstat { table: Table::None, titles: Vec::new(), zone: None, unit: unit.unwrap_or(1024) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        if whole.bytes.is_empty() {
            return Ok(());
        }
        let words = whole.words();
        let dashes = whole.bytes.iter().take_while(|byte| **byte == b'-').count();
        let stripped = &whole.bytes[dashes..];
        if stripped.starts_with(b"procs") {
            self.table = Table::System;
            rows.recognise();
            return Ok(());
        }
        if stripped.starts_with(b"disk-") {
            self.table = Table::Disk;
            rows.recognise();
            return Ok(());
        }
        if words[0].bytes == b"Cache" && words.len() == 5 {
            self.table = Table::Slab;
            rows.recognise();
            return Ok(());
        }
        match self.table {
            Table::System if words[0].bytes == b"r" => self.system_titles(&words, rows),
            Table::System => self.system(&words, rows),
            Table::Disk if words[0].bytes == b"total" => {
                self.zone = words.get(10).map(|zone| zone.bytes.to_vec());
                let fields = [
                    "device",
                    "reads",
                    "reads_merged",
                    "read_bytes",
                    "read_time",
                    "writes",
                    "writes_merged",
                    "written_bytes",
                    "write_time",
                    "in_flight",
                    "io_time",
                ];
                rows.shape_of(1, fields.into_iter().chain(["time", "zone"].into_iter().filter(|_| self.zone.is_some())));
                Ok(())
            }
            Table::Disk => self.disk(&words, rows),
            Table::Slab => {
                let [name, used, all, size, pages] = words[..] else {
                    return Err(Problem::error(format!("expected 5 fields, found {}", words.len())).into());
                };
                rows.push(Entry::Slab(Slab {
                    name: name.bytes.to_vec(),
                    objects_used: used.integer()?,
                    objects: all.integer()?,
                    object_size: size.integer()?,
                    pages: pages.integer()?,
                }));
                Ok(())
            }
            Table::None => {
                let sum = self.sum(whole).ok_or_else(|| line.expected(EXPECTED));
                match sum {
                    Ok(sum) => rows.push(Entry::Sum(sum)),
                    Err(problem) => return Err(if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) }),
                }
                Ok(())
            }
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

/// `2021-09-16 20:33:13`, by a clock in this zone.
fn stamp(words: &[Field<'_>], zone: Option<&[u8]>) -> Option<Time> {
    let [date, clock] = words else { return None };
    let local: Time = Time::iso(&[date.bytes, b" ", clock.bytes].concat())?;
    Some(zone.and_then(time::zone_offset).map_or(local, |offset| local.with_offset(offset)))
}

impl Vmstat {
    fn system_titles(&mut self, words: &[Field<'_>], rows: &mut Rows<Entry>) -> Result<(), Error> {
        const KNOWN: [(&str, &str); 20] = [
            ("r", "processes_runnable"),
            ("b", "processes_blocked"),
            ("swpd", "swap_used"),
            ("free", "free"),
            ("buff", "buffers"),
            ("cache", "cache"),
            ("inact", "inactive"),
            ("active", "active"),
            ("si", "swapped_in_per_second"),
            ("so", "swapped_out_per_second"),
            ("bi", "read_bytes_per_second"),
            ("bo", "written_bytes_per_second"),
            ("in", "interrupts_per_second"),
            ("cs", "context_switches_per_second"),
            ("us", "user_percent"),
            ("sy", "system_percent"),
            ("id", "idle_percent"),
            ("wa", "iowait_percent"),
            ("st", "steal_percent"),
            ("gu", "guest_percent"),
        ];
        self.titles.clear();
        self.zone = None;
        let mut fields = Vec::new();
        for word in words {
            let title = String::from_utf8_lossy(word.bytes).into_owned();
            match KNOWN.iter().find(|(known, _)| *known == title) {
                Some((_, field)) => {
                    fields.push(*field);
                    self.titles.push(title);
                }
                // The zone of the times is the last title.
                None if std::ptr::eq(word, &words[words.len() - 1]) => {
                    self.zone = Some(word.bytes.to_vec());
                    fields.extend(["time", "zone"]);
                }
                None => return Err(word.expected("a title of vmstat").into()),
            }
        }
        rows.shape_of(0, fields);
        Ok(())
    }

    fn system(&self, words: &[Field<'_>], rows: &mut Rows<Entry>) -> Result<(), Error> {
        let expected = self.titles.len() + if self.zone.is_some() { 2 } else { 0 };
        if self.titles.is_empty() || words.len() != expected {
            return Err(Problem::error(format!("expected {expected} fields, found {}", words.len())).into());
        }
        let mut system = System::default();
        for (title, word) in self.titles.iter().zip(words) {
            let memory = |number: i64| number.saturating_mul(self.unit);
            let number = word.integer()?;
            let (place, value) = match title.as_str() {
                "r" => (&mut system.processes_runnable, number),
                "b" => (&mut system.processes_blocked, number),
                "swpd" => (&mut system.swap_used, memory(number)),
                "free" => (&mut system.free, memory(number)),
                "buff" => (&mut system.buffers, memory(number)),
                "cache" => (&mut system.cache, memory(number)),
                "inact" => (&mut system.inactive, memory(number)),
                "active" => (&mut system.active, memory(number)),
                "si" => (&mut system.swapped_in_per_second, memory(number)),
                "so" => (&mut system.swapped_out_per_second, memory(number)),
                // Blocks are of this size, whatever the unit.
                "bi" => (&mut system.read_bytes_per_second, number.saturating_mul(1024)),
                "bo" => (&mut system.written_bytes_per_second, number.saturating_mul(1024)),
                "in" => (&mut system.interrupts_per_second, number),
                "cs" => (&mut system.context_switches_per_second, number),
                "us" => (&mut system.user_percent, number),
                "sy" => (&mut system.system_percent, number),
                "id" => (&mut system.idle_percent, number),
                "wa" => (&mut system.iowait_percent, number),
                "st" => (&mut system.steal_percent, number),
                _ => (&mut system.guest_percent, number),
            };
            *place = Some(value);
        }
        if let Some(zone) = &self.zone {
            system.time = stamp(&words[self.titles.len()..], Some(zone));
            system.zone = Some(zone.clone());
        }
        rows.push(Entry::System(Box::new(system)));
        Ok(())
    }

    fn disk(&self, words: &[Field<'_>], rows: &mut Rows<Entry>) -> Result<(), Error> {
        let [device, numbers @ ..] = words else { return Ok(()) };
        if numbers.len() < 10 {
            return Err(Problem::error(format!("expected 11 fields, found {}", words.len())).into());
        }
        let number = |at: usize| numbers[at].integer().map(Some);
        let sectors = |at: usize| numbers[at].integer().map(|sectors| Some(sectors.saturating_mul(512)));
        let millis = |at: usize| numbers[at].float_e(-3).map(Some);
        rows.push(Entry::Disk(Box::new(Disk {
            device: device.bytes.to_vec(),
            reads: number(0)?,
            reads_merged: number(1)?,
            read_bytes: sectors(2)?,
            read_time: millis(3)?,
            writes: number(4)?,
            writes_merged: number(5)?,
            written_bytes: sectors(6)?,
            write_time: millis(7)?,
            in_flight: number(8)?,
            io_time: number(9)?,
            time: stamp(&numbers[10..], self.zone.as_deref()),
            zone: self.zone.clone(),
        })));
        Ok(())
    }

    /// `24684084 K total memory`, `1539229 total reads`. Old versions leave the unit out: `1020176  total memory`.
    fn sum(&self, line: Field<'_>) -> Option<Sum> {
        let [number, rest] = line.fields_and_rest().ok()?;
        let number = number.as_integer()?;
        let (unit, name) = match rest.bytes {
            [unit, b' ', ..] => (Some(*unit), rest.split_at(2).1.trim()),
            _ => (None, rest.trim()),
        };
        if !name.bytes.first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let factor = match unit {
            Some(b'M') => 1 << 20,
            Some(b'm') => 1_000_000,
            Some(b'K') => 1024,
            Some(b'k') => 1000,
            Some(b'b' | b'B') => 1,
            Some(_) => return None,
            None if MEMORY.contains(&name.bytes) => self.unit,
            // An amount that has lost its unit. Versions without one here count pages, and say so in the name: `pages paged in`.
            None if matches!(name.bytes, b"paged in" | b"paged out") => return None,
            None => return Some(Sum { name: name.bytes.to_vec(), size: None, count: Some(number) }),
        };
        Some(Sum { name: name.bytes.to_vec(), size: Some(number.saturating_mul(factor)), count: None })
    }
}

/// What `-s` gives in the unit of memory.
const MEMORY: [&[u8]; 10] = [
    b"total memory",
    b"used memory",
    b"active memory",
    b"inactive memory",
    b"free memory",
    b"buffer memory",
    b"swap cache",
    b"total swap",
    b"used swap",
    b"free swap",
];

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Vmstat;

    #[test]
    fn memory_is_in_the_unit_that_was_asked_for() {
        let table = "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n14  0      0  3  272  10425    0    0  1677  7964  500  714 84  8  7  0  0\n";
        for (unit, free) in [("b", 3), ("k", 3000), ("K", 3072), ("m", 3_000_000), ("M", 3 << 20)] {
            for arguments in [&["vmstat", "-S", unit][..], &["vmstat", &format!("-aS{unit}")], &["vmstat", "--unit", unit]] {
                let parsed = parse::<Vmstat>(Some(arguments), table.as_bytes());
                assert!(parsed.sound()[0].contains(&format!(r#""free":{free},"#)), "{arguments:?}: {parsed:?}");
            }
        }
        let sums = "      3  total memory\n   3 b total memory\n  3 M free swap\n   3 total reads\n";
        let parsed = parse::<Vmstat>(None, sums.as_bytes());
        let amounts: Vec<&str> =
            parsed.sound().iter().filter_map(|record| record.rsplit_once(',')).map(|(_, last)| last).collect();
        assert_eq!(amounts, [r#""size":3072}"#, r#""size":3}"#, r#""size":3145728}"#, r#""count":3}"#]);
    }

    #[test]
    fn an_amount_without_its_unit_is_no_count() {
        let parsed = parse::<Vmstat>(None, b"  7 K paged in\n  7 pages paged in\n  7   paged out\n  7 forks\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        parsed.has(0, &[r#""name":"paged in","size":7168,"#]);
        parsed.has(1, &[r#""name":"pages paged in","size":null,"count":7"#]);
    }

    #[test]
    fn a_line_is_a_record_with_its_time() {
        let capture = "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----\n r  b   swpd   free  inact active   si   so    bi    bo   in   cs us sy id wa st                 UTC\n 2  0      0 4 2 3    0    1     1     3   29   57  0  0 99  0  0 2021-09-16 20:33:13\n";
        let parsed = parse::<Vmstat>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""processes_runnable":2,"processes_blocked":0,"swap_used":0,"free":4096,"inactive":2048,"active":3072,"swapped_in_per_second":0,"swapped_out_per_second":1024"#), "{parsed:?}");
        assert!(parsed.records[0].ends_with(r#""time":"2021-09-16T20:33:13Z","zone":"UTC"}"#), "{parsed:?}");
        assert_any_split::<Vmstat>(None, capture.as_bytes());
    }

    #[test]
    fn the_other_tables_are_read() {
        let disk = parse::<Vmstat>(None, b"disk- ------------reads------------ ------------writes----------- -----IO------\n       total merged sectors      ms  total merged sectors      ms    cur    sec\nsda    15257    100  2    8395  50851   5502 3  146540      0     44\n");
        assert!(
            disk.records[0].contains(r#""device":"sda","reads":15257,"reads_merged":100,"read_bytes":1024,"read_time":8.395"#),
            "{disk:?}"
        );
        let sums = parse::<Vmstat>(None, b"     24684084 K total memory\n      1539229 total reads\n");
        assert_eq!(sums.records[0], r#"{"kind":"sum","name":"total memory","size":25276502016,"count":null}"#);
        let slabs = parse::<Vmstat>(
            None,
            b"Cache                       Num  Total   Size  Pages\nAF_VSOCK                     24     24   1280     12\n",
        );
        assert!(slabs.records[0].contains(r#""name":"AF_VSOCK","objects_used":24"#), "{slabs:?}");
        assert_unrecognised::<Vmstat>(["hello\n", "1 2\n", ""]);
    }
}
