//! `free` prints one table of memory and swap, again and again with `-s`; with `-L`, four numbers on a line. procps, BusyBox and
//! toybox differ in their titles only, so one parser reads them all. What the numbers count is the matter of [`units`].

mod units;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};
use units::{Amounts, Units};

/// One kind of memory.
#[derive(Debug, Default, Record)]
pub struct Memory<'a> {
    /// Which memory, as `free` calls it without the colon: `Mem`, `Swap`, `Low`, `High`, `Total` (memory and swap), `Comm` (what
    /// the kernel promised, of `-v`), `-/+ buffers/cache` (memory with buffers and cache counted as free).
    #[field(name = "type")]
    pub kind: &'a [u8],
    /// All there is, counted in `unit`.
    #[field(approximate)]
    pub total: Option<i64>,
    /// In use, counted in `unit`.
    #[field(approximate)]
    pub used: Option<i64>,
    /// Unused, counted in `unit`.
    #[field(approximate)]
    pub free: Option<i64>,
    /// Used by tmpfs and shared memory, counted in `unit`.
    #[field(approximate)]
    pub shared: Option<i64>,
    /// Buffers and page cache together, counted in `unit`.
    #[field(approximate)]
    pub buff_cache: Option<i64>,
    /// Kernel buffers, counted in `unit`. Printed with `-w` and by old versions.
    #[field(approximate)]
    pub buffers: Option<i64>,
    /// Page cache and reclaimable slabs, counted in `unit`. Printed with `-w`.
    #[field(approximate)]
    pub cache: Option<i64>,
    /// Page cache without slabs, counted in `unit`. Printed by procps before 3.3.10.
    #[field(approximate)]
    pub cached: Option<i64>,
    /// What programs could still get without swapping, counted in `unit`.
    #[field(approximate)]
    pub available: Option<i64>,
    /// What the numbers of this record count: `bytes`; null where they are as printed, because no suffix and no known flag says
    /// what they count (kibibytes by default).
    pub unit: Option<&'static str>,
    /// Number of the table, from 1: `free -s` prints one after the other.
    pub sample: i64,
}

/// Reads the tables of `free`.
pub struct Free {
    units: Units,
    /// The columns of the table being read; empty before the first one.
    titles: Vec<Title>,
    /// Unit of numbers that no flag gave one: a power of 1024.
    default_power: u32,
    sample: i64,
}

/// The number a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Title {
    Total,
    Used,
    Free,
    Shared,
    BuffCache,
    Buffers,
    Cache,
    Cached,
    Available,
}

const TITLES: [(&[u8], Title); 9] = [
    (b"total", Title::Total),
    (b"used", Title::Used),
    (b"free", Title::Free),
    (b"shared", Title::Shared),
    (b"buff/cache", Title::BuffCache),
    (b"buffers", Title::Buffers),
    (b"cache", Title::Cache),
    (b"cached", Title::Cached),
    (b"available", Title::Available),
];

const EXPECTED: &str = "the titles `total used free …`";

/// The rows that have the first three columns only.
const SHORT_ROWS: [&[u8]; 5] = [b"Swap", b"Low", b"High", b"Total", b"Comm"];
/// The rows of old versions that have `used` and `free` only.
const BUFFER_ROWS: [&[u8]; 2] = [b"-/+ buffers/cache", b"-/+ buffers"];

impl Parser for Free {
    const ABOUT: About = About {
        name: "free-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Memory and swap, as free of procps, BusyBox and toybox prints them",
        commands: &["free", "busybox free", "toybox free"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Memory<'static>;

    fn new(source: &Source) -> Self {
        Free { units: Units::new(source), titles: Vec::new(), default_power: 1, sample: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if let Some(titles) = read_titles(line) {
            self.sample += 1;
            // Of all versions only toybox begins its titles with tabs, and it counts in bytes.
            self.default_power = if line.bytes.starts_with(b"\t") { 0 } else { 1 };
            self.titles = titles;
            return Ok(());
        }
        if line.fields().next().is_some_and(|first| first.bytes == b"SwapUse") {
            return self.summary(line, rows);
        }
        if self.titles.is_empty() {
            return Err(Error::Unrecognised(line.expected(EXPECTED)));
        }
        Ok(self.row(line, rows)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.made() == 0 && !self.titles.is_empty() {
            return Err(Error::malformed("the titles are there, and no row of memory after them"));
        }
        rows.expect_recognised(EXPECTED)
    }
}

impl Free {
    fn row(&mut self, line: Line<'_>, rows: &mut Rows<Memory<'static>>) -> Result<(), Problem> {
        let expected = || line.whole().expected("a row such as `Mem:`");
        // Old versions print `Mem:123`.
        let (kind, cells) = line.whole().split_once(":").ok_or_else(expected)?;
        let (kind, cells) = (kind.trim().bytes, cells.fields().collect::<Vec<_>>());
        let titles: &[Title] = match kind {
            b"Mem" => &self.titles,
            short if SHORT_ROWS.contains(&short) => &[Title::Total, Title::Used, Title::Free],
            buffers if BUFFER_ROWS.contains(&buffers) => &[Title::Used, Title::Free],
            _ => return Err(expected()),
        };
        if cells.len() != titles.len() {
            return Err(Problem::error(format!("expected {} numbers, found {}", titles.len(), cells.len())));
        }
        let Amounts { values, unit } = self.units.amounts(cells, self.default_power, rows)?;
        let mut memory = Memory { kind, unit, sample: self.sample, ..Memory::default() };
        for (title, value) in titles.iter().zip(values) {
            *memory.place(*title) = Some(value);
        }
        rows.push(memory);
        Ok(())
    }

    /// The line of `free -L`: titles and numbers in turn.
    fn summary(&mut self, line: Line<'_>, rows: &mut Rows<Memory<'static>>) -> Result<(), Error> {
        let words: Vec<Field<'_>> = line.fields().collect();
        let [swap, swap_used, cache, buff_cache, used_title, used, free_title, free] = words[..] else {
            return Err(Problem::error(format!("expected 4 titles with a number each, found {} words", words.len())).into());
        };
        let titles = [swap, cache, used_title, free_title].map(|title| title.bytes);
        if titles != [&b"SwapUse"[..], b"CachUse", b"MemUse", b"MemFree"] {
            return Err(line.whole().expected("`SwapUse … CachUse … MemUse … MemFree …`").into());
        }
        let Amounts { values, unit } = self.units.amounts([used, free, buff_cache, swap_used], self.default_power, rows)?;
        let [used, free, buff_cache, swap_used] = values[..] else { return Ok(()) };
        self.sample += 1;
        let common = || Memory { unit, sample: self.sample, ..Memory::default() };
        rows.push(Memory { kind: b"Mem", used: Some(used), free: Some(free), buff_cache: Some(buff_cache), ..common() });
        rows.push(Memory { kind: b"Swap", used: Some(swap_used), ..common() });
        Ok(())
    }
}

impl Memory<'_> {
    fn place(&mut self, title: Title) -> &mut Option<i64> {
        match title {
            Title::Total => &mut self.total,
            Title::Used => &mut self.used,
            Title::Free => &mut self.free,
            Title::Shared => &mut self.shared,
            Title::BuffCache => &mut self.buff_cache,
            Title::Buffers => &mut self.buffers,
            Title::Cache => &mut self.cache,
            Title::Cached => &mut self.cached,
            Title::Available => &mut self.available,
        }
    }
}

/// The columns that a line of titles names; None when it is not one.
fn read_titles(line: Line<'_>) -> Option<Vec<Title>> {
    let title = |field: Field<'_>| TITLES.iter().find(|(text, _)| *text == field.bytes).map(|&(_, title)| title);
    let titles: Vec<Title> = line.fields().map(title).collect::<Option<_>>()?;
    titles.starts_with(&[Title::Total, Title::Used, Title::Free]).then_some(titles)
}

outparse_sdk::export!(Free);

#[cfg(test)]
mod tests;
