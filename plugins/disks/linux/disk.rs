//! A disk, as `fdisk -l` and `sfdisk -l` describe it above its partitions.

use outparse_sdk::{Field, Map, Problem, Record};

/// A disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Number of sectors.
    pub sectors: Option<i64>,
    /// Number of cylinders (old versions).
    pub cylinders: Option<i64>,
    /// Number of heads (old versions).
    pub heads: Option<i64>,
    /// Number of sectors in a track (old versions).
    pub sectors_per_track: Option<i64>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// What is counted in, as printed.
    pub units: Option<Vec<u8>>,
    /// Size of a logical sector.
    #[field(unit = "bytes")]
    pub logical_sector_size: Option<i64>,
    /// Size of a physical sector.
    #[field(unit = "bytes")]
    pub physical_sector_size: Option<i64>,
    /// Type of the partition table: `dos`, `gpt`.
    pub partition_table_type: Option<Vec<u8>>,
    /// Identifier of the partition table.
    pub partition_table_uuid: Option<Vec<u8>>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// `Disk /dev/sda: 20 GiB, …`: the device, or image, and what is said of it.
pub(crate) fn heading<'a>(text: Field<'a>) -> Option<(Field<'a>, Field<'a>)> {
    let (device, rest) = text.strip_prefix("Disk ")?.split_once(": ")?;
    (!matches!(device.bytes, b"model" | b"identifier" | b"label type")).then_some((device, rest))
}

/// `20 GiB, 21474836480 bytes, 41943040 sectors`, `2610 cylinders, 255 heads, 63 sectors/track`
pub(crate) fn disk(device: Field<'_>, rest: Field<'_>) -> Result<Disk, Problem> {
    let mut disk = Disk { device: device.bytes.to_vec(), ..Disk::default() };
    disk.counts(rest)?;
    Ok(disk)
}

impl Disk {
    /// Takes what is counted in a list such as `255 heads, 63 sectors/track`.
    fn counts(&mut self, list: Field<'_>) -> Result<(), Problem> {
        for part in list.split(", ") {
            // Old versions end the list with `total 976773168 sectors`.
            let part = part.trim();
            let Some((number, what)) = part.strip_prefix("total ").unwrap_or(part).split_once(" ") else { continue };
            let place = match what.bytes {
                b"bytes" => &mut self.size,
                b"sectors" => &mut self.sectors,
                b"cylinders" => &mut self.cylinders,
                b"heads" => &mut self.heads,
                b"sectors/track" => &mut self.sectors_per_track,
                _ => continue,
            };
            *place = Some(number.integer()?);
        }
        Ok(())
    }
}

/// `Units: sectors of 1 * 512 = 512 bytes` and what else stands below a disk.
pub(crate) fn below(disk: &mut Disk, text: Field<'_>) -> Result<(), Problem> {
    let Some((name, value)) = text.split_once(": ").or_else(|| text.split_once(" = ")) else {
        // `255 heads, 63 sectors/track, 60801 cylinders`, in whatever order.
        if text.find(" sectors/track").is_some() {
            return disk.counts(text);
        }
        disk.details.0.push((text.bytes.to_vec(), Vec::new()));
        return Ok(());
    };
    let some = Some(value.trim().bytes.to_vec());
    match name.trim().bytes {
        b"Disk model" => disk.model = some,
        b"Geometry" => disk.counts(value)?,
        b"Units" => disk.units = some,
        b"Disklabel type" | b"Disk label type" => disk.partition_table_type = some,
        b"Disk identifier" => disk.partition_table_uuid = some,
        b"Sector size (logical/physical)" => {
            let (logical, physical) = value.split_once(" / ").ok_or_else(|| value.expected("`512 bytes / 512 bytes`"))?;
            let number = |text: Field<'_>| text.fields().next().map(|number| number.integer()).transpose();
            (disk.logical_sector_size, disk.physical_sector_size) = (number(logical)?, number(physical)?);
        }
        name => disk.details.0.push((name.to_vec(), value.trim().bytes.to_vec())),
    }
    Ok(())
}
