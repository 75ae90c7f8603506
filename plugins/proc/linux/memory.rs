//! `/proc/meminfo`, `/proc/vmstat` and `/proc/buddyinfo`.

use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

use crate::about;

/// An amount of memory, or a number of something.
#[derive(Clone, Debug, Default, Record)]
pub struct Amount<'a> {
    /// What it is: `MemTotal`, `HugePages_Free`, …
    #[field(key)]
    pub name: &'a [u8],
    /// How much memory; null where it is a number.
    #[field(unit = "bytes", gauge)]
    pub size: Option<i64>,
    /// How many; null where it is memory.
    #[field(gauge)]
    pub count: Option<i64>,
}

/// Reads `/proc/meminfo`.
pub struct MemInfo;

impl Parser for MemInfo {
    const ABOUT: About =
        about!("meminfo", "Memory, as /proc/meminfo has it", "/proc/meminfo", "/sys/devices/system/node/*/meminfo");
    type Record = Amount<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        MemInfo
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME: NUMBER kB`"))?;
        let words = value.words();
        let (size, count) = match words[..] {
            [number, unit] if unit.bytes == b"kB" => (Some(number.integer()?.saturating_mul(1024)), None),
            [number] => (None, Some(number.integer()?)),
            _ => return Err(value.expected("a number, perhaps in kB").into()),
        };
        // Of a node, its number stands before the name.
        let name = name.fields().last().ok_or_else(|| line.expected("`NAME: NUMBER kB`"))?;
        rows.push(Amount { name: name.bytes, size, count });
        Ok(())
    }
}

/// A number that the kernel's memory management keeps.
#[derive(Clone, Debug, Default, Record)]
pub struct Counter<'a> {
    /// Its name: `nr_*` are pages at this moment, most others only grow.
    #[field(key)]
    pub name: &'a [u8],
    /// The number.
    pub count: i64,
}

/// Reads `/proc/vmstat`.
pub struct VmStat;

impl Parser for VmStat {
    const ABOUT: About = about!("vmstat", "Numbers of the memory management, as /proc/vmstat has them", "/proc/vmstat");
    type Record = Counter<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        VmStat
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [name, count] = line.fields_and_rest()?;
        rows.push(Counter { name: name.bytes, count: count.trim().integer()? });
        Ok(())
    }
}

/// Free memory of a zone.
#[derive(Clone, Debug, Default, Record)]
pub struct Zone<'a> {
    /// Number of the node.
    #[field(key)]
    pub node: i64,
    /// Zone: `DMA`, `Normal`, …
    #[field(key)]
    pub zone: &'a [u8],
    /// Number of free pieces of 1, 2, 4, 8, … pages.
    pub free_pieces: Vec<i64>,
}

/// Reads `/proc/buddyinfo`.
pub struct BuddyInfo;

impl Parser for BuddyInfo {
    const ABOUT: About = about!("buddyinfo", "Free pieces of memory, as /proc/buddyinfo has them", "/proc/buddyinfo");
    type Record = Zone<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        BuddyInfo
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let expected = || line.expected("`Node 0, zone NAME NUMBER …`");
        let (node, rest) = line.whole().strip_prefix("Node ").and_then(|rest| rest.split_once(", zone ")).ok_or_else(expected)?;
        let [zone, numbers] = rest.fields_and_rest()?;
        let free_pieces = numbers.fields().map(|number| number.integer()).collect::<Result<_, _>>()?;
        rows.push(Zone { node: node.integer()?, zone: zone.bytes, free_pieces });
        Ok(())
    }
}

/// A cache of objects of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Slab<'a> {
    /// What is kept in it.
    #[field(key)]
    pub name: &'a [u8],
    /// Objects in use.
    #[field(gauge)]
    pub active_objects: i64,
    /// Objects in all.
    #[field(gauge)]
    pub objects: i64,
    /// Size of an object.
    #[field(unit = "bytes")]
    pub object_size: i64,
    /// Objects of a slab.
    pub objects_per_slab: i64,
    /// Pages of a slab.
    pub pages_per_slab: i64,
    /// Objects that a processor may keep; 0 where the allocator has no such limit.
    pub limit: i64,
    /// Objects that are moved at a time.
    pub batch_count: i64,
    /// How many processors share what is kept.
    pub shared_factor: i64,
    /// Slabs in use.
    #[field(gauge)]
    pub active_slabs: i64,
    /// Slabs in all.
    #[field(gauge)]
    pub slabs: i64,
    /// Objects that wait in shared lists.
    #[field(gauge)]
    pub shared_available: i64,
    /// What is counted on a kernel that was built to count (`globalstat`, `cpustat`), in its order.
    pub statistics: Vec<i64>,
}

/// Reads `/proc/slabinfo`.
pub struct SlabInfo {
    has_statistics: bool,
}

impl Parser for SlabInfo {
    const ABOUT: About = about!("slabinfo", "Caches of objects of the kernel, as /proc/slabinfo has them", "/proc/slabinfo");
    type Record = Slab<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        SlabInfo { has_statistics: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.bytes.starts_with(b"slabinfo - version: ") || whole.bytes.starts_with(b"# name ") {
            rows.recognise();
            return Ok(());
        }
        let mut parts = whole.split(" : ");
        let expected = || line.expected("`NAME NUMBERS : tunables NUMBERS : slabdata NUMBERS`");
        let (Some(first), Some(tunables), Some(slabs)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(expected().into());
        };
        // A name may have blanks: the numbers are counted from behind.
        let words = first.words();
        let Some((_, [active, objects, size, per_slab, pages])) = words.split_last_chunk::<5>() else {
            return Err(expected().into());
        };
        let name = first.part(0, active.start() - first.start()).trim();
        let three = |part: Field<'_>, title: &str| -> Result<[i64; 3], Error> {
            let numbers = part.trim().strip_prefix(title).ok_or_else(|| part.expected(title))?;
            let words = numbers.words();
            let [one, two, three] = words[..] else { return Err(numbers.expected("three numbers").into()) };
            Ok([one.integer()?, two.integer()?, three.integer()?])
        };
        let [limit, batch_count, shared_factor] = three(tunables, "tunables ")?;
        let [active_slabs, all_slabs, shared_available] = three(slabs, "slabdata ")?;
        let mut statistics = Vec::new();
        for part in parts {
            for word in part.fields().filter(|word| !word.bytes.ends_with(b"stat")) {
                statistics.push(word.integer()?);
            }
        }
        if name.bytes.is_empty() {
            return Err(expected().into());
        }
        if rows.made() == 0 || statistics.is_empty() == self.has_statistics {
            self.has_statistics |= !statistics.is_empty();
            rows.without(["statistics"].into_iter().filter(|_| !self.has_statistics));
        }
        rows.push(Slab {
            name: name.bytes,
            active_objects: active.integer()?,
            objects: objects.integer()?,
            object_size: size.integer()?,
            objects_per_slab: per_slab.integer()?,
            pages_per_slab: pages.integer()?,
            limit,
            batch_count,
            shared_factor,
            active_slabs,
            slabs: all_slabs,
            shared_available,
            statistics,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn kilobytes_are_bytes_and_numbers_are_numbers() {
        let parsed = parse::<MemInfo>(None, b"MemTotal:       2 kB\nHugePages_Total:       3\nBad: x kB\n");
        assert_eq!(
            parsed.records,
            [r#"{"name":"MemTotal","size":2048,"count":null}"#, r#"{"name":"HugePages_Total","size":null,"count":3}"#]
        );
        assert_eq!(parsed.problems.len(), 1);
        assert_eq!(parse::<VmStat>(None, b"nr_free_pages 7\n").records, [r#"{"name":"nr_free_pages","count":7}"#]);
        assert_eq!(
            parse::<BuddyInfo>(None, b"Node 0, zone      DMA      0      3 \n").records,
            [r#"{"node":0,"zone":"DMA","free_pieces":[0,3]}"#]
        );
        assert_unrecognised::<MemInfo>(["hello\n", "a: b\n"]);
        assert_unrecognised::<VmStat>(["hello\n", "a b\n"]);
        assert_unrecognised::<BuddyInfo>(["hello\n", "Node 0, zone DMA x\n"]);
    }
}
