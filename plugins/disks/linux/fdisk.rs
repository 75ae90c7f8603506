//! `fdisk -l` and `sfdisk -l`: what is known of a disk, and a table of its partitions; `sfdisk -F`: what lies between them.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::disk::{Disk, below, disk, heading};
use crate::unpartitioned::{Unpartitioned, within};

/// What is printed.
#[derive(Debug, Record)]
pub enum Entry {
    /// A partition.
    Partition(Box<Partition>),
    /// A disk.
    Disk(Box<Disk>),
    /// The space of a disk that no partition takes (`-F`).
    Unpartitioned(Unpartitioned),
}

/// A partition.
#[derive(Clone, Debug, Default, Record)]
pub struct Partition {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// The disk that it is on.
    pub disk: Vec<u8>,
    /// Whether the system can be started from it; null where the table does not say.
    pub is_bootable: Option<bool>,
    /// Where it begins, in the disk's units.
    pub start: Option<i64>,
    /// Where it ends, in the disk's units; null where it is empty.
    pub end: Option<i64>,
    /// Number of sectors.
    pub sectors: Option<i64>,
    /// Number of cylinders (old versions).
    pub cylinders: Option<i64>,
    /// Number of blocks of 1024 bytes (old versions).
    pub blocks: Option<i64>,
    /// Its size.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Type, as a number in hexadecimal.
    pub partition_type: Option<Vec<u8>>,
    /// Type, by name.
    pub partition_type_name: Option<Vec<u8>>,
    /// Its name in a GPT (old versions, BusyBox).
    pub partition_label: Option<Vec<u8>>,
}

/// Reads `fdisk -l`.
pub struct Fdisk {
    disk: Option<Disk>,
    unpartitioned: Option<Unpartitioned>,
    /// The disk whose partitions follow.
    name: Vec<u8>,
    titles: Vec<&'static str>,
    /// Where the title of names begins, and types end.
    type_ends: Option<usize>,
}

const EXPECTED: &str = "`Disk DEVICE: …` or `Unpartitioned space DEVICE: …`";

/// What a partition has in all versions.
const FIELDS: [&str; 11] = [
    "device",
    "disk",
    "is_bootable",
    "start",
    "end",
    "sectors",
    "cylinders",
    "blocks",
    "size",
    "partition_type",
    "partition_type_name",
];

/// The titles of partitions, in all versions.
const TITLES: [&str; 11] = [
    "Device Boot Start End Sectors Size Id Type",
    "Device Start End Sectors Size Type",
    "Device Boot Start End Cylinders Size Id Type",
    "Device Start End Cylinders Size Type",
    "Device Boot Start End Blocks Id System",
    "Device Boot Start End #blocks Id System",
    "Device Boot Start End #cyls #blocks Id System",
    "Device Boot Start End #sectors Id System",
    // BusyBox.
    "Device Boot StartCHS EndCHS StartLBA EndLBA Sectors Size Id Type",
    "Number Start (sector) End (sector) Size Name",
    // GPT as fdisk of util-linux 2.23 prints it.
    "# Start End Size Type Name",
];

impl Parser for Fdisk {
    const ABOUT: About = About {
        name: "fdisk",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Disks and their partitions, as fdisk -l and sfdisk -l print them",
        commands: &["fdisk", "sfdisk"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Fdisk { disk: None, unpartitioned: None, name: Vec::new(), titles: Vec::new(), type_ends: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some((device, rest)) = heading(text) {
            self.flush(rows);
            self.titles.clear();
            self.name = device.bytes.to_vec();
            self.disk = Some(disk(device, rest)?);
            rows.recognise();
            return Ok(());
        }
        if let Some((device, rest)) = text.strip_prefix("Unpartitioned space ").and_then(|text| text.split_once(": ")) {
            self.flush(rows);
            self.titles.clear();
            let Disk { device, size, sectors, .. } = disk(device, rest)?;
            self.unpartitioned = Some(Unpartitioned { device, size, sectors, ..Unpartitioned::default() });
            rows.recognise();
            return Ok(());
        }
        let squeezed = whole.squeezed();
        if let Some(unpartitioned) = &mut self.unpartitioned {
            return if squeezed.trim_ascii() == b"Start End Sectors Size" { Ok(()) } else { Ok(within(unpartitioned, text)?) };
        }
        let are_titles = squeezed.starts_with(b"Device ") || text.find("Start").is_some() && text.find("End").is_some();
        if are_titles && self.name != b"" {
            self.flush(rows);
            let titles = TITLES.iter().find(|titles| squeezed.trim_ascii_start() == titles.as_bytes());
            let titles =
                titles.ok_or_else(|| line.expected("the titles of fdisk, such as `Device Start End Sectors Size Type`"))?;
            self.titles = titles.split(' ').filter(|title| *title != "(sector)").collect();
            self.type_ends = whole.find("Name");
            let names = self.type_ends.map(|_| "partition_label");
            rows.shape_of(0, FIELDS.into_iter().chain(names));
            return Ok(());
        }
        let is_numbered = matches!(self.titles.first(), Some(&("Number" | "#"))) && text.bytes[0].is_ascii_digit();
        if is_numbered || !self.titles.is_empty() && (text.bytes[0] == b'/' || text.bytes.starts_with(&self.name)) {
            // Where its type ends is counted from the beginning of the line.
            let partition = self.partition(if is_numbered { whole } else { text })?;
            rows.push(Entry::Partition(Box::new(partition)));
            return Ok(());
        }
        match &mut self.disk {
            Some(disk) => Ok(below(disk, text)?),
            None if rows.recognised() => {
                rows.warn_once("remark", || Problem::warning(format!("a remark of fdisk: {}", text.quoted())));
                Ok(())
            }
            None => Err(line.expected(EXPECTED).into()),
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let lists = words.iter().any(|word| word == "-l" || word == "--list");
        let known = words.iter().any(|word| word == "--bytes");
        (lists && !known).then(|| ["--bytes".to_owned()].into_iter().chain(words.iter().cloned()).collect())
    }
}

impl Fdisk {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(disk) = self.disk.take() {
            rows.push(Entry::Disk(Box::new(disk)));
        }
        if let Some(unpartitioned) = self.unpartitioned.take() {
            rows.push(Entry::Unpartitioned(unpartitioned));
        }
    }

    /// The device of a partition of which only the number is printed.
    fn numbered(&self, number: Field<'_>) -> Result<Vec<u8>, Problem> {
        number.integer()?;
        let mark = if self.name.last().is_some_and(u8::is_ascii_digit) { &b"p"[..] } else { b"" };
        Ok([&self.name[..], mark, number.bytes].concat())
    }

    fn partition(&self, line: Field<'_>) -> Result<Partition, Problem> {
        let mut found = Partition { disk: self.name.clone(), ..Partition::default() };
        let mut rest = line;
        for title in &self.titles {
            if *title == "Name" {
                found.partition_label = Some(rest.trim().bytes.to_vec()).filter(|name| !name.is_empty());
                return Ok(found);
            }
            let [word, after] = rest.fields_and_rest()?;
            // Numbers that are rounded have a sign behind them; of an empty partition, there is none.
            let number = || {
                let plain = word.strip_suffix("+").or_else(|| word.strip_suffix("-")).unwrap_or(word);
                if plain.bytes.is_empty() { Ok(None) } else { plain.integer().map(Some) }
            };
            match *title {
                "Device" => found.device = word.bytes.to_vec(),
                "Number" | "#" => found.device = self.numbered(word)?,
                "StartCHS" | "EndCHS" => {}
                "StartLBA" => found.start = number()?,
                "EndLBA" => found.end = number()?,
                "Type" if self.type_ends.is_some() => {
                    let (kind, after) =
                        rest.split_at(self.type_ends.unwrap_or_default().saturating_sub(rest.start() - line.start()));
                    if kind.is_blank() || !after.bytes.is_empty() && !kind.bytes.ends_with(b" ") {
                        return Err(line.expected("a cell below each title"));
                    }
                    found.partition_type_name = Some(kind.trim().bytes.to_vec());
                    rest = after;
                    continue;
                }
                "Boot" => {
                    found.is_bootable = Some(word.bytes == b"*");
                    if word.bytes != b"*" {
                        continue;
                    }
                }
                "Start" => found.start = number()?,
                "End" => found.end = number()?,
                "Sectors" | "#sectors" => found.sectors = number()?,
                "#cyls" => found.cylinders = number()?,
                "#blocks" | "Blocks" => {
                    found.blocks = number()?;
                    found.size = found.blocks.map(|blocks| blocks.saturating_mul(1024));
                }
                "Size" => found.size = Some(word.integer().or_else(|_| word.size(Base::Binary))?),
                "Id" => found.partition_type = Some(word.bytes.to_vec()),
                "System" | "Type" => {
                    found.partition_type_name = Some(rest.trim().bytes.to_vec());
                    return if rest.is_blank() { Err(line.expected("a cell below each title")) } else { Ok(found) };
                }
                "Cylinders" => found.cylinders = number()?,
                _ => return Err(line.expected("a title of fdisk")),
            }
            rest = after;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Fdisk;

    #[test]
    fn partitions_are_read_where_only_their_numbers_are_printed() {
        let busybox = "Disk /dev/sda: 409600 sectors,  200M\nLogical sector size: 512\nNumber  Start (sector)    End (sector)  Size Name\n     \
            1            2048           43007 20.0M my, part\n     2           43008          104447 30.0M \n";
        let parsed = parse::<Fdisk>(None, busybox.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 0), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""device":"/dev/sda1","disk":"/dev/sda","#), "{parsed:?}");
        assert!(
            parsed.records[1].contains(r#""start":2048,"end":43007"#)
                && parsed.records[1].contains(r#""partition_label":"my, part""#)
        );
        let old = "Disk /dev/nvme0n1: 10 GB, 10737418240 bytes, 20971520 sectors\nDisk label type: gpt\n\n#         Start          End    Size  Type            Name\n \
            1         2048         4095      1M  BIOS boot       bios\n 2         4096     20971486     10G  Linux filesyste \n";
        let parsed = parse::<Fdisk>(None, old.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 0), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""device":"/dev/nvme0n1p1""#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""partition_type_name":"BIOS boot","partition_label":"bios""#), "{parsed:?}");
        let mbr = "Disk /dev/sda: 100 MB, 104857600 bytes, 204800 sectors\n\nDevice     Boot StartCHS    EndCHS        StartLBA     EndLBA    Sectors  Size Id Type\n\
            /dev/sda1 *  0,32,33     2,172,42          2048      43007      40960 20.0M 83 Linux\n";
        let parsed = parse::<Fdisk>(None, mbr.as_bytes());
        assert!(parsed.records[1].contains(r#""is_bootable":true,"start":2048,"end":43007,"sectors":40960"#), "{parsed:?}");
    }

    #[test]
    fn space_that_no_partition_takes() {
        let text = b"Unpartitioned space /dev/sda: 0 B, 0 bytes, 0 sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 4096 bytes\n\n\n\
            Unpartitioned space /dev/sdb: 34 MiB, 35651584 bytes, 69632 sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\n\n\
            Start    End Sectors Size\n32768 102399   69632  34M\nx\n";
        let parsed = parse::<Fdisk>(Some(&["sfdisk", "-F"]), text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        assert_eq!(
            parsed.records[1],
            r#"{"kind":"unpartitioned","device":"/dev/sdb","size":35651584,"sectors":69632,"units":"sectors of 1 * 512 = 512 bytes","logical_sector_size":512,"physical_sector_size":512,"gaps":[{"start":32768,"end":102399,"sectors":69632,"size":35651584}]}"#
        );
        parsed.has(0, &[r#""device":"/dev/sda","size":0,"sectors":0"#, r#""gaps":[]"#]);
    }

    #[test]
    fn disks_and_partitions_of_old_and_new_versions() {
        let new = parse::<Fdisk>(None, b"Disk /dev/sda: 20 GiB, 21474836480 bytes, 41943040 sectors\nDisk model: VMware Virtual S\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 4096 bytes\nDisklabel type: dos\n\nDevice     Boot   Start      End  Sectors Size Id Type\n/dev/sda1  *       2048  2099199  2097152   1G 83 Linux\n/dev/sda2       2099200 41943039 39843840 1.5G 8e Linux LVM\n");
        assert_eq!((new.records.len(), &new.problems[..]), (3, &[][..]), "{new:?}");
        assert!(
            new.records[0].contains(r#""size":21474836480,"sectors":41943040"#)
                && new.records[0]
                    .contains(r#""logical_sector_size":512,"physical_sector_size":4096,"partition_table_type":"dos""#),
            "{new:?}"
        );
        assert!(
            new.records[2].contains(
                r#""device":"/dev/sda2","disk":"/dev/sda","is_bootable":false,"start":2099200,"end":41943039,"sectors":39843840"#
            ),
            "{new:?}"
        );
        assert!(
            new.records[2].ends_with(r#""size":1610612736,"partition_type":"8e","partition_type_name":"Linux LVM"}"#),
            "{new:?}"
        );
        let old = parse::<Fdisk>(None, b"\nDisk /dev/sda: 2610 cylinders, 255 heads, 63 sectors/track\nUnits: cylinders of 8225280 bytes\n\n   Device Boot Start     End   #cyls    #blocks   Id  System\n/dev/sda1   *      0+    130-    131-   1048576   83  Linux\n/dev/sda3          0       -       0          0    0  Empty\n");
        assert!(old.records[1].contains(r#""is_bootable":true,"start":0,"end":130,"sectors":null,"cylinders":131,"blocks":1048576,"size":1073741824,"partition_type":"83""#), "{old:?}");
        assert!(old.records[2].contains(r#""start":0,"end":null"#), "{old:?}");
        let older = b"Disk /dev/sda: 500.1 GB, 500107862016 bytes\n255 heads, 63 sectors/track, 60801 cylinders, total 976773168 sectors\n\nDisk /dev/sdb: 1 GiB, 1073741824 bytes, 2097152 sectors\nGeometry: 64 heads, 32 sectors/track, 1024 cylinders\n";
        let older = parse::<Fdisk>(None, older);
        older.has(0, &[r#""sectors":976773168,"cylinders":60801,"heads":255,"sectors_per_track":63"#, r#""details":{}"#]);
        older.has(1, &[r#""sectors":2097152,"cylinders":1024,"heads":64,"sectors_per_track":32"#]);
        assert_unrecognised::<Fdisk>(["hello\n", "Device Boot\n", ""]);
    }
}
