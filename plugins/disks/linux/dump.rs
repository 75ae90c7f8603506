//! `sfdisk -d`: a partition table as `sfdisk` reads it again.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

/// What is printed.
#[derive(Debug, Record)]
pub enum Entry {
    /// A partition.
    Partition(Box<Partition>),
    /// A disk.
    Disk(Disk),
}

/// A partition.
#[derive(Clone, Debug, Default, Record)]
pub struct Partition {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// First sector.
    pub start_sector: Option<i64>,
    /// Number of sectors.
    pub sectors: Option<i64>,
    /// Type, as a number or UUID.
    pub partition_type: Option<Vec<u8>>,
    /// UUID of the partition.
    pub partition_uuid: Option<Vec<u8>>,
    /// Name of the partition.
    pub name: Option<Vec<u8>>,
    /// Whether the system can be started from it.
    pub is_bootable: bool,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// A disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Its device.
    #[field(key)]
    pub device: Option<Vec<u8>>,
    /// Type of the partition table: `dos`, `gpt`.
    pub partition_table_type: Option<Vec<u8>>,
    /// Identifier of the partition table.
    pub partition_table_uuid: Option<Vec<u8>>,
    /// What is counted in: `sectors`.
    pub units: Option<Vec<u8>>,
    /// Size of a sector.
    #[field(unit = "bytes")]
    pub sector_size: Option<i64>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `sfdisk -d`.
pub struct SfdiskDump {
    disk: Option<Disk>,
}

const EXPECTED: &str = "`label: …`, `unit: …` or `DEVICE : start=…`";

impl Parser for SfdiskDump {
    const ABOUT: About = About {
        name: "sfdisk-dump",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Partition tables, as sfdisk -d prints them",
        commands: &["sfdisk"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        SfdiskDump { disk: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some(device) = text.strip_prefix("# partition table of ") {
            self.flush(rows);
            self.disk = Some(Disk { device: Some(device.bytes.to_vec()), ..Disk::default() });
            rows.recognise();
            return Ok(());
        }
        // A partition of an image is named after the file.
        let is_partition =
            |device: Field<'_>, rest: Field<'_>| device.bytes.starts_with(b"/") || rest.trim().bytes.starts_with(b"start=");
        if let Some((device, rest)) = text.split_once(" : ").filter(|(device, rest)| is_partition(*device, *rest)) {
            let partition = partition(device.trim(), rest)?;
            self.flush(rows);
            rows.push(Entry::Partition(Box::new(partition)));
            return Ok(());
        }
        let (name, value) = text.split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
        if !rows.recognised() && !matches!(name.bytes, b"label" | b"unit") {
            return Err(line.expected(EXPECTED).into());
        }
        rows.recognise();
        // Newer versions begin a table with its label.
        if name.bytes == b"label" {
            self.flush(rows);
        }
        let disk = self.disk.get_or_insert_default();
        let some = Some(value.bytes.to_vec());
        match name.bytes {
            b"label" => disk.partition_table_type = some,
            b"label-id" => disk.partition_table_uuid = some,
            b"device" => disk.device = some,
            b"unit" => disk.units = some,
            b"sector-size" => disk.sector_size = Some(value.integer()?),
            _ => disk.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl SfdiskDump {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(disk) = self.disk.take() {
            rows.push(Entry::Disk(disk));
        }
    }
}

/// `start=     2048, size=  2097152, type=83, bootable`, in which a value in quotes may have commas.
fn partition(device: Field<'_>, rest: Field<'_>) -> Result<Partition, outparse_sdk::Problem> {
    let mut found = Partition { device: device.bytes.to_vec(), ..Partition::default() };
    let mut rest = rest;
    while !rest.is_blank() {
        let mut quoted = false;
        let end = rest.bytes.iter().position(|byte| {
            quoted ^= *byte == b'"';
            *byte == b',' && !quoted
        });
        let (part, after) = rest.split_at(end.unwrap_or(rest.bytes.len()));
        rest = after.split_at(1).1;
        let part = part.trim();
        let Some((name, value)) = part.split_once("=") else {
            match part.bytes {
                b"bootable" => found.is_bootable = true,
                _ => found.details.0.push((part.bytes.to_vec(), Vec::new())),
            }
            continue;
        };
        let value = value.trim();
        let value = value.strip_prefix("\"").and_then(|value| value.strip_suffix("\"")).unwrap_or(value);
        let some = Some(value.bytes.to_vec());
        match name.trim().bytes {
            b"start" => found.start_sector = Some(value.integer()?),
            b"size" => found.sectors = Some(value.integer()?),
            b"type" | b"Id" => found.partition_type = some,
            b"uuid" => found.partition_uuid = some,
            b"name" => found.name = some,
            other => found.details.0.push((other.to_vec(), value.bytes.to_vec())),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::SfdiskDump;

    #[test]
    fn old_and_new_dumps_are_read() {
        let new = parse::<SfdiskDump>(None, b"label: gpt\nlabel-id: AB\ndevice: /dev/sda\nunit: sectors\nsector-size: 512\n\n/dev/sda1 : start=        2048, size=     4096, type=C1, uuid=U, name=\"a, b\"\n");
        assert_eq!((new.records.len(), &new.problems[..]), (2, &[][..]), "{new:?}");
        assert_eq!(
            new.records[1],
            r#"{"kind":"partition","device":"/dev/sda1","start_sector":2048,"sectors":4096,"partition_type":"C1","partition_uuid":"U","name":"a, b","is_bootable":false,"details":{}}"#
        );
        let old = parse::<SfdiskDump>(
            None,
            b"# partition table of /dev/sda\nunit: sectors\n\n/dev/sda1 : start=     2048, size=  2097152, Id=83, bootable\n",
        );
        assert!(
            old.records[1].contains(r#""partition_type":"83""#) && old.records[1].contains(r#""is_bootable":true"#),
            "{old:?}"
        );
        let image = parse::<SfdiskDump>(
            None,
            b"label: dos\ndevice: img\nunit: sectors\n\nimg1 : start=        2048, size=     4096, type=83\n",
        );
        assert!(image.records[1].starts_with(r#"{"kind":"partition","device":"img1","start_sector":2048"#), "{image:?}");
        assert_unrecognised::<SfdiskDump>(["hello\n", "a: b\n", ""]);
    }
}
