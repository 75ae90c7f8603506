//! `free` prints one table of memory and swap, again and again with `-s`; with `-L`, four numbers on a line. procps, BusyBox and
//! toybox differ in their titles only, so one parser reads them all. What the numbers count is the matter of [`units`].

mod units;

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};
use units::Units;

/// One kind of memory.
#[derive(Debug, Record)]
pub enum Memory {
    /// Memory: all the machine has.
    Memory(Physical),
    /// Swap space.
    Swap(Amounts),
    /// Memory that the kernel can always reach (`-l`).
    Low(Amounts),
    /// Memory that it must map first (`-l`).
    High(Amounts),
    /// Memory and swap together (`-t`).
    Total(Amounts),
    /// What the kernel promised to processes, and the most it would (`-v`).
    Committed(Amounts),
    /// Memory where buffers and page cache count as free, as old versions print it.
    WithoutCache(InUse),
}

/// The columns of memory. Which ones there are is up to the version and the flags.
#[derive(Debug, Default, Record)]
pub struct Physical {
    /// All there is.
    #[field(unit = "bytes", approximate, gauge)]
    pub total: Option<i64>,
    /// In use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Unused.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Used by tmpfs and shared memory.
    #[field(unit = "bytes", approximate, gauge)]
    pub shared: Option<i64>,
    /// Buffers and page cache together.
    #[field(unit = "bytes", approximate, gauge)]
    pub buffers_cache: Option<i64>,
    /// Kernel buffers. Printed with `-w` and by old versions.
    #[field(unit = "bytes", approximate, gauge)]
    pub buffers: Option<i64>,
    /// Page cache: with reclaimable slabs where it is printed with `-w`, without them by procps before 3.3.10.
    #[field(unit = "bytes", approximate, gauge)]
    pub cache: Option<i64>,
    /// What programs could still get without swapping.
    #[field(unit = "bytes", approximate, gauge)]
    pub available: Option<i64>,
    /// Number of the table, from 1, where there are several: `free -s` prints one after the other.
    pub sample: i64,
}

/// The columns of swap and the sums.
#[derive(Debug, Default, Record)]
pub struct Amounts {
    /// All there is.
    #[field(unit = "bytes", approximate, gauge)]
    pub total: Option<i64>,
    /// In use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Unused.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Number of the table, from 1, where there are several.
    pub sample: i64,
}

/// The two columns of `-/+ buffers/cache`.
#[derive(Debug, Default, Record)]
pub struct InUse {
    /// In use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Unused.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Number of the table, from 1, where there are several.
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
    /// Whether the table has had its row of memory: the next one is of another table, whose titles are broken.
    has_memory: bool,
    /// Whether records say which table they are of.
    sampled: bool,
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
    (b"cached", Title::Cache),
    (b"available", Title::Available),
];

const EXPECTED: &str = "the titles `total used free …`";

/// Kinds by their places in [`Memory`], and the rows of them that have the first three columns only.
const MEMORY: u32 = 0;
const SWAP: u32 = 1;
const WITHOUT_CACHE: u32 = 6;
const SHORT_ROWS: [(&[u8], u32); 5] = [(b"Swap", SWAP), (b"Low", 2), (b"High", 3), (b"Total", 4), (b"Comm", 5)];
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
    type Record = Memory;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&units::OPTIONS).unwrap_or_default();
        let sampled = arguments.iter().any(|argument| matches!(argument, Argument::Value("s" | "c", _)));
        Free { units: Units::new(source), titles: Vec::new(), default_power: 1, sample: 0, has_memory: false, sampled }
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        units::exact(words)
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if let Some(titles) = read_titles(line) {
            self.sample += 1;
            self.sampled |= self.sample > 1;
            self.has_memory = false;
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
    fn row(&mut self, line: Line<'_>, rows: &mut Rows<Memory>) -> Result<(), Problem> {
        let expected = || line.whole().expected("a row such as `Mem:`");
        // Old versions print `Mem:123`.
        let (name, cells) = line.whole().split_once(":").ok_or_else(expected)?;
        let (name, cells) = (name.trim().bytes, cells.fields().collect::<Vec<_>>());
        let short = SHORT_ROWS.iter().find(|(short, _)| *short == name).map(|&(_, kind)| kind);
        let titles = match (name, short) {
            (b"Mem", _) => self.titles.clone(),
            (_, Some(_)) => vec![Title::Total, Title::Used, Title::Free],
            _ if BUFFER_ROWS.contains(&name) => vec![Title::Used, Title::Free],
            _ => return Err(expected()),
        };
        if name == b"Mem" && std::mem::replace(&mut self.has_memory, true) {
            (self.sample, self.sampled) = (self.sample + 1, true);
        }
        if cells.len() != titles.len() {
            return Err(Problem::error(format!("expected {} numbers, found {}", titles.len(), cells.len())));
        }
        let values = self.units.amounts(cells, self.default_power, rows)?;
        let kind = short.unwrap_or(if name == b"Mem" { MEMORY } else { WITHOUT_CACHE });
        rows.shape_of(kind, titles.iter().map(|title| title.field()).chain(self.sampled.then_some("sample")));
        let mut all = Physical { sample: self.sample, ..Physical::default() };
        for (title, value) in titles.iter().zip(values) {
            *all.place(*title) = value;
        }
        let Physical { total, used, free, sample, .. } = all;
        let amounts = Amounts { total, used, free, sample };
        rows.push(match short {
            None if name == b"Mem" => Memory::Memory(all),
            None => Memory::WithoutCache(InUse { used, free, sample }),
            Some(SWAP) => Memory::Swap(amounts),
            Some(2) => Memory::Low(amounts),
            Some(3) => Memory::High(amounts),
            Some(4) => Memory::Total(amounts),
            Some(_) => Memory::Committed(amounts),
        });
        Ok(())
    }

    /// The line of `free -L`: titles and numbers in turn.
    fn summary(&mut self, line: Line<'_>, rows: &mut Rows<Memory>) -> Result<(), Error> {
        let words = line.words();
        let [swap, swap_used, cache, buff_cache, used_title, used, free_title, free] = words[..] else {
            return Err(Problem::error(format!("expected 4 titles with a number each, found {} words", words.len())).into());
        };
        let titles = [swap, cache, used_title, free_title].map(|title| title.bytes);
        if titles != [&b"SwapUse"[..], b"CachUse", b"MemUse", b"MemFree"] {
            return Err(line.whole().expected("`SwapUse … CachUse … MemUse … MemFree …`").into());
        }
        let values = self.units.amounts([used, free, buff_cache, swap_used], self.default_power, rows)?;
        let [used, free, buffers_cache, swap_used] = values[..] else { return Ok(()) };
        self.sample += 1;
        self.sampled |= self.sample > 1;
        let sample = self.sampled.then_some("sample");
        rows.shape_of(MEMORY, ["used", "free", "buffers_cache"].into_iter().chain(sample));
        rows.shape_of(SWAP, ["used"].into_iter().chain(sample));
        rows.push(Memory::Memory(Physical { used, free, buffers_cache, sample: self.sample, ..Physical::default() }));
        rows.push(Memory::Swap(Amounts { used: swap_used, sample: self.sample, ..Amounts::default() }));
        Ok(())
    }
}

impl Physical {
    fn place(&mut self, title: Title) -> &mut Option<i64> {
        match title {
            Title::Total => &mut self.total,
            Title::Used => &mut self.used,
            Title::Free => &mut self.free,
            Title::Shared => &mut self.shared,
            Title::BuffCache => &mut self.buffers_cache,
            Title::Buffers => &mut self.buffers,
            Title::Cache => &mut self.cache,
            Title::Available => &mut self.available,
        }
    }
}

impl Title {
    fn field(self) -> &'static str {
        match self {
            Title::Total => "total",
            Title::Used => "used",
            Title::Free => "free",
            Title::Shared => "shared",
            Title::BuffCache => "buffers_cache",
            Title::Buffers => "buffers",
            Title::Cache => "cache",
            Title::Available => "available",
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
