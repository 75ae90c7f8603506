//! `sfdisk -F`: the space of a disk that no partition takes.

use outparse_sdk::{Base, Field, Problem, Record};

use crate::disk::{Disk, below};

/// The space of a disk that no partition takes.
#[derive(Clone, Debug, Default, Record)]
pub struct Unpartitioned {
    /// The disk's device.
    #[field(key)]
    pub device: Vec<u8>,
    /// Its size.
    #[field(unit = "bytes", gauge)]
    pub size: Option<i64>,
    /// Number of its sectors.
    #[field(gauge)]
    pub sectors: Option<i64>,
    /// What is counted in, as printed.
    pub units: Option<Vec<u8>>,
    /// Size of a logical sector.
    #[field(unit = "bytes")]
    pub logical_sector_size: Option<i64>,
    /// Size of a physical sector.
    #[field(unit = "bytes")]
    pub physical_sector_size: Option<i64>,
    /// Its parts.
    pub gaps: Vec<Gap>,
}

/// A part of a disk that no partition takes.
#[derive(Clone, Debug, Default, Record)]
pub struct Gap {
    /// Where it begins, in the disk's units.
    pub start: i64,
    /// Where it ends, in the disk's units.
    pub end: i64,
    /// Number of sectors.
    pub sectors: i64,
    /// Its size.
    #[field(unit = "bytes", approximate)]
    pub size: i64,
}

/// What stands below the heading of the space that no partition takes.
pub(crate) fn within(unpartitioned: &mut Unpartitioned, text: Field<'_>) -> Result<(), Problem> {
    if text.bytes[0].is_ascii_digit() {
        let [start, end, sectors, size] = text.fields_and_rest()?;
        let (start, end, sectors, size) = (start.integer()?, end.integer()?, sectors.integer()?, size.trim());
        let size = size.integer().or_else(|_| size.size(Base::Binary))?;
        unpartitioned.gaps.push(Gap { start, end, sectors, size });
        return Ok(());
    }
    let mut disk = Disk::default();
    below(&mut disk, text)?;
    if !disk.details.0.is_empty() {
        return Err(text.expected("`Units: …` or a part of the space"));
    }
    unpartitioned.units = disk.units.or(unpartitioned.units.take());
    unpartitioned.logical_sector_size = disk.logical_sector_size.or(unpartitioned.logical_sector_size);
    unpartitioned.physical_sector_size = disk.physical_sector_size.or(unpartitioned.physical_sector_size);
    Ok(())
}
