//! `/proc/<pid>/smaps` and `smaps_rollup`: what the memory of a process is made of, and how much of it is where.

use outparse_sdk::{About, Block, Ending, Error, Line, Map, Parser, Record, Rows, Source};

use super::maps::Mapping;
use crate::about;

/// A part of a process's memory, and how much of it is where.
#[derive(Clone, Debug, Default, Record)]
pub struct MappingUse {
    /// Where it begins, in hexadecimal.
    #[field(key)]
    pub start: Vec<u8>,
    /// Where it ends, in hexadecimal.
    pub end: Vec<u8>,
    /// What may be done with it, by letters: `r-xp`.
    pub access_letters: Vec<u8>,
    /// The same in words: `read`, `write`, `execute`, `shared` or `private`.
    pub access: Vec<&'static str>,
    /// Offset in the file, in hexadecimal.
    pub offset: Vec<u8>,
    /// Device of the file, in hexadecimal: `fd:00`.
    pub device_number: Vec<u8>,
    /// Major device number of the file.
    pub major: Option<i64>,
    /// Minor device number of the file.
    pub minor: Option<i64>,
    /// Inode of the file; 0 where there is none.
    pub inode: i64,
    /// The file, or what it is for: `[heap]`, `[rollup]`.
    pub path: Option<Vec<u8>>,
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What of it is in memory.
    #[field(unit = "bytes", gauge)]
    pub rss: Option<i64>,
    /// The same, what is shared by several processes counted in parts.
    #[field(unit = "bytes", gauge)]
    pub pss: Option<i64>,
    /// What of it is swapped out.
    #[field(unit = "bytes", gauge)]
    pub swap: Option<i64>,
    /// All amounts, by their names.
    #[field(unit = "bytes")]
    pub amounts: Map<i64>,
    /// All other numbers, by their names.
    pub counts: Map<i64>,
    /// Flags, by the kernel's letters: `rd`, `ex`, `mr`.
    pub flags: Vec<Vec<u8>>,
}

/// Reads `/proc/<pid>/smaps` and `smaps_rollup`.
pub struct ProcessSmaps {
    mapping: Block<MappingUse>,
}

impl Parser for ProcessSmaps {
    const ABOUT: About = about!(
        "pid-smaps",
        "Memory of a process and where it is, as /proc/<pid>/smaps has it",
        "/proc/*/smaps",
        "/proc/*/smaps_rollup"
    );
    type Record = MappingUse;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessSmaps { mapping: Block::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let first = line.fields().next().unwrap_or(line.whole());
        if !first.bytes.ends_with(b":") {
            self.flush(rows);
            self.mapping.begin(Mapping::read(line).map(MappingUse::from))?;
            rows.recognise();
            return Ok(());
        }
        let Some(mapping) = self.mapping.more(|| line.expected("a range of addresses"))? else { return Ok(()) };
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME: VALUE`"))?;
        let value = value.trim();
        if name.bytes == b"VmFlags" {
            mapping.flags = value.fields().map(|flag| flag.bytes.to_vec()).collect();
            return Ok(());
        }
        if matches!(name.bytes, b"THPeligible" | b"ProtectionKey") {
            mapping.counts.0.push((name.bytes.to_vec(), value.integer()?));
            return Ok(());
        }
        let amount = value.strip_suffix(" kB").ok_or_else(|| value.expected("a number of kB"))?;
        let amount = amount.trim().integer()?.saturating_mul(1024);
        match name.bytes {
            b"Size" => mapping.size = Some(amount),
            b"Rss" => mapping.rss = Some(amount),
            b"Pss" => mapping.pss = Some(amount),
            b"Swap" => mapping.swap = Some(amount),
            _ => {}
        }
        mapping.amounts.0.push((name.bytes.to_vec(), amount));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl ProcessSmaps {
    fn flush(&mut self, rows: &mut Rows<MappingUse>) {
        self.mapping.take().into_iter().for_each(|mapping| rows.push(mapping));
    }
}

impl From<Mapping<'_>> for MappingUse {
    fn from(mapping: Mapping<'_>) -> Self {
        MappingUse {
            start: mapping.start.to_vec(),
            end: mapping.end.to_vec(),
            // What is summed up has holes.
            size: mapping.size.filter(|_| mapping.path != Some(b"[rollup]")),
            access_letters: mapping.access_letters.to_vec(),
            access: mapping.access,
            offset: mapping.offset.to_vec(),
            device_number: mapping.device_number.to_vec(),
            major: mapping.major,
            minor: mapping.minor,
            inode: mapping.inode,
            path: mapping.path.map(<[u8]>::to_vec),
            ..MappingUse::default()
        }
    }
}
