//! `lsblk`: block devices.

use std::borrow::Cow;

use outparse_sdk::document::Document;
use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, Base, CellValue, Cells, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::columns::{Cell, Columns, Places, Read, in_bytes, value};
use crate::listed::{self, Form};
use crate::tree::{Way, split};

/// A block device. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct BlockDevice<'a> {
    /// Its name; with `-p` its path.
    #[field(key)]
    pub device: Option<&'a [u8]>,
    /// The device that it lies upon, where a tree is drawn.
    pub parent: Option<&'a [u8]>,
    /// Its name in the kernel.
    pub kernel_name: Option<&'a [u8]>,
    /// Name in the kernel of the device that it lies upon.
    pub parent_kernel_name: Option<&'a [u8]>,
    /// Path of its node.
    pub path: Option<&'a [u8]>,
    /// Major and minor device number as printed: `8:1`.
    pub device_number: Option<&'a [u8]>,
    /// Major device number.
    pub major: Option<i64>,
    /// Minor device number.
    pub minor: Option<i64>,
    /// Whether the medium can be removed.
    pub is_removable: Option<bool>,
    /// Size; shortened without `-b`.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Whether it can only be read.
    pub is_read_only: Option<bool>,
    /// Type: `disk`, `part`, `lvm`, `crypt`, …
    pub r#type: Option<&'a [u8]>,
    /// Where it is mounted; the first place, where there are several.
    pub mounted_on: Option<&'a [u8]>,
    /// All places where it is mounted.
    pub mount_points: Option<Vec<&'a [u8]>>,
    /// Filesystem.
    pub filesystem_type: Option<&'a [u8]>,
    /// Version of the filesystem's format.
    pub filesystem_version: Option<&'a [u8]>,
    /// Size of the filesystem.
    #[field(unit = "bytes", approximate)]
    pub filesystem_size: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate)]
    pub used: Option<i64>,
    /// Space that can be used.
    #[field(unit = "bytes", approximate)]
    pub available: Option<i64>,
    /// Space in use, in percent.
    #[field(unit = "percent")]
    pub use_percent: Option<f64>,
    /// Roots of the filesystem that are mounted.
    pub filesystem_roots: Option<&'a [u8]>,
    /// Label of the filesystem.
    pub label: Option<&'a [u8]>,
    /// UUID of the filesystem.
    pub uuid: Option<&'a [u8]>,
    /// Identifier of the partition table.
    pub partition_table_uuid: Option<&'a [u8]>,
    /// Type of the partition table.
    pub partition_table_type: Option<&'a [u8]>,
    /// Type of the partition, as a code or UUID.
    pub partition_type: Option<&'a [u8]>,
    /// Type of the partition, by name.
    pub partition_type_name: Option<&'a [u8]>,
    /// Label of the partition.
    pub partition_label: Option<&'a [u8]>,
    /// UUID of the partition.
    pub partition_uuid: Option<&'a [u8]>,
    /// Flags of the partition.
    pub partition_flags: Option<&'a [u8]>,
    /// Number of the partition.
    pub partition_number: Option<i64>,
    /// Where the partition begins, in sectors of 512 bytes.
    pub start_sector: Option<i64>,
    /// What is read ahead, in KiB.
    #[field(unit = "bytes")]
    pub read_ahead: Option<i64>,
    /// Model.
    pub model: Option<&'a [u8]>,
    /// Serial number.
    pub serial: Option<&'a [u8]>,
    /// State: `running`, `suspended`, …
    pub state: Option<&'a [u8]>,
    /// User who owns the node.
    pub owner: Option<&'a [u8]>,
    /// Group of the node.
    pub group: Option<&'a [u8]>,
    /// Permissions of the node.
    pub mode: Option<&'a [u8]>,
    /// Offset by which it is not aligned.
    #[field(unit = "bytes")]
    pub alignment_offset: Option<i64>,
    /// Smallest input or output.
    #[field(unit = "bytes")]
    pub minimum_io_size: Option<i64>,
    /// Best input or output; 0 where none is known.
    #[field(unit = "bytes")]
    pub optimal_io_size: Option<i64>,
    /// Size of a physical sector.
    #[field(unit = "bytes")]
    pub physical_sector_size: Option<i64>,
    /// Size of a logical sector.
    #[field(unit = "bytes")]
    pub logical_sector_size: Option<i64>,
    /// Whether it rotates.
    pub is_rotational: Option<bool>,
    /// Whether it adds randomness.
    pub adds_randomness: Option<bool>,
    /// Whether it can be plugged while the system runs.
    pub is_hotplug: Option<bool>,
    /// Whether its memory can be mapped without a cache.
    pub is_direct_access: Option<bool>,
    /// Scheduler.
    pub scheduler: Option<&'a [u8]>,
    /// Number of requests that may wait.
    pub queue_size: Option<i64>,
    /// Offset by which discards are not aligned.
    #[field(unit = "bytes", approximate)]
    pub discard_alignment: Option<i64>,
    /// Smallest discard.
    #[field(unit = "bytes", approximate)]
    pub discard_granularity: Option<i64>,
    /// Largest discard.
    #[field(unit = "bytes", approximate)]
    pub discard_maximum: Option<i64>,
    /// Whether what was discarded reads as zeros.
    pub discard_zeroes: Option<bool>,
    /// The most that is written with one block.
    #[field(unit = "bytes", approximate)]
    pub write_same_maximum: Option<i64>,
    /// World-wide name.
    pub wwn: Option<&'a [u8]>,
    /// Host, channel, target and unit of SCSI.
    pub scsi_address: Option<&'a [u8]>,
    /// How it is connected: `sata`, `nvme`, `usb`, …
    pub transport: Option<&'a [u8]>,
    /// The subsystems that it is connected through.
    pub subsystems: Option<&'a [u8]>,
    /// Revision.
    pub revision: Option<&'a [u8]>,
    /// Vendor.
    pub vendor: Option<&'a [u8]>,
    /// Model of zones: `none`, `host-managed`, …
    pub zone_model: Option<&'a [u8]>,
    /// Size of a zone.
    #[field(unit = "bytes", approximate)]
    pub zone_size: Option<i64>,
    /// Granularity of writes into zones.
    #[field(unit = "bytes", approximate)]
    pub zone_write_granularity: Option<i64>,
    /// The most that is appended to a zone.
    #[field(unit = "bytes", approximate)]
    pub zone_append_maximum: Option<i64>,
    /// Number of zones.
    pub zones: Option<i64>,
    /// Most zones that may be open.
    pub open_zones_maximum: Option<i64>,
    /// Most zones that may be active.
    pub active_zones_maximum: Option<i64>,
    /// Number that grows with each medium.
    pub disk_sequence: Option<i64>,
    /// Number of hardware queues.
    pub queues: Option<&'a [u8]>,
    /// Identifier of udev.
    pub id: Option<&'a [u8]>,
    /// Name of the link below `/dev/disk/by-id`.
    pub id_link: Option<&'a [u8]>,
}

use Reading::{Boolean, Integer, Percent, Text};
const SIZE: Reading = Reading::Size(Base::Binary);

const TITLES: &[Title] = &[
    Title::left("NAME", "device", Text),
    Title::left("KNAME", "kernel_name", Text),
    Title::left("PKNAME", "parent_kernel_name", Text),
    Title::left("PATH", "path", Text),
    Title::left("MAJ:MIN", "device_number", Text),
    Title::right("RM", "is_removable", Boolean),
    Title::right("SIZE", "size", SIZE),
    Title::right("RO", "is_read_only", Boolean),
    Title::left("TYPE", "type", Text),
    Title::left("MOUNTPOINT", "mounted_on", Text),
    Title::left("MOUNTPOINTS", "mount_points", Text),
    Title::left("FSTYPE", "filesystem_type", Text),
    Title::left("FSVER", "filesystem_version", Text),
    Title::right("FSSIZE", "filesystem_size", SIZE),
    Title::right("FSUSED", "used", SIZE),
    Title::right("FSAVAIL", "available", SIZE),
    Title::right("FSUSE%", "use_percent", Percent),
    Title::left("FSROOTS", "filesystem_roots", Text),
    Title::left("LABEL", "label", Text),
    Title::left("UUID", "uuid", Text),
    Title::left("PTUUID", "partition_table_uuid", Text),
    Title::left("PTTYPE", "partition_table_type", Text),
    Title::left("PARTTYPE", "partition_type", Text),
    Title::left("PARTTYPENAME", "partition_type_name", Text),
    Title::left("PARTLABEL", "partition_label", Text),
    Title::left("PARTUUID", "partition_uuid", Text),
    Title::left("PARTFLAGS", "partition_flags", Text),
    Title::right("PARTN", "partition_number", Integer),
    Title::right("START", "start_sector", Integer),
    Title::right("RA", "read_ahead", Reading::Blocks(1024)),
    Title::left("MODEL", "model", Text),
    Title::left("SERIAL", "serial", Text),
    Title::left("STATE", "state", Text),
    Title::left("OWNER", "owner", Text),
    Title::left("GROUP", "group", Text),
    Title::left("MODE", "mode", Text),
    Title::right("ALIGNMENT", "alignment_offset", Integer),
    Title::right("MIN-IO", "minimum_io_size", Integer),
    Title::right("OPT-IO", "optimal_io_size", Integer),
    Title::right("PHY-SEC", "physical_sector_size", Integer),
    Title::right("LOG-SEC", "logical_sector_size", Integer),
    Title::right("ROTA", "is_rotational", Boolean),
    Title::right("RAND", "adds_randomness", Boolean),
    Title::right("HOTPLUG", "is_hotplug", Boolean),
    Title::right("DAX", "is_direct_access", Boolean),
    Title::left("SCHED", "scheduler", Text),
    Title::right("RQ-SIZE", "queue_size", Integer),
    Title::right("DISC-ALN", "discard_alignment", SIZE),
    Title::right("DISC-GRAN", "discard_granularity", SIZE),
    Title::right("DISC-MAX", "discard_maximum", SIZE),
    Title::right("DISC-ZERO", "discard_zeroes", Boolean),
    Title::right("WSAME", "write_same_maximum", SIZE),
    Title::left("WWN", "wwn", Text),
    Title::left("HCTL", "scsi_address", Text),
    Title::left("TRAN", "transport", Text),
    Title::left("SUBSYSTEMS", "subsystems", Text),
    Title::right("REV", "revision", Text),
    Title::left("VENDOR", "vendor", Text),
    Title::left("ZONED", "zone_model", Text),
    Title::right("ZONE-SZ", "zone_size", SIZE),
    Title::right("ZONE-WGRAN", "zone_write_granularity", SIZE),
    Title::right("ZONE-APP", "zone_append_maximum", SIZE),
    Title::right("ZONE-NR", "zones", Integer),
    Title::right("ZONE-OMAX", "open_zones_maximum", Integer),
    Title::right("ZONE-AMAX", "active_zones_maximum", Integer),
    Title::right("DISK-SEQ", "disk_sequence", Integer),
    Title::right("MQ", "queues", Text),
    Title::left("ID", "id", Text),
    Title::left("ID-LINK", "id_link", Text),
];

const OPTIONS: &[&str] = &[
    "r raw",
    "n noheadings",
    "P pairs",
    "b bytes",
    "J json",
    "f fs",
    "t topology",
    "p paths",
    "a all",
    "O output-all",
    "i ascii",
    "l list",
    "m perms",
    "S scsi",
    "d nodeps",
    "s inverse",
    "o output=",
    "e exclude=",
    "I include=",
    "x sort=",
    "E dedup=",
    "w width=",
    "M merge=",
];

/// Reads `lsblk`.
pub struct Lsblk {
    columns: Columns,
    places: Places,
    way: Way,
    /// A row that other places may be added to, and its parent.
    held: Option<(Vec<Cell<'static>>, Option<Vec<u8>>)>,
    /// What `-J` printed so far.
    document: Option<Document>,
}

const LISTED: Form = Form { list: "blockdevices", name: "device", known: TITLES };

impl Parser for Lsblk {
    const ABOUT: About = About {
        name: "lsblk",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Block devices, as lsblk prints them",
        commands: &["lsblk"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<BlockDevice<'static>>;

    fn new(source: &Source) -> Self {
        let columns = Columns::new(TITLES, source, OPTIONS);
        Lsblk { columns, places: Places::default(), way: Way::default(), held: None, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'{', !rows.recognised(), line) {
            return Ok(());
        }
        let read = self.columns.read(line);
        if read.is_err() {
            // What goes on below is not of the device above.
            self.flush(rows)?;
            self.way.lose();
        }
        let Read { heading, row } = read?;
        if let Some(fields) = heading {
            self.flush(rows)?;
            self.places = Places::begin(&with_parts(fields), rows);
        }
        let Some(cells) = row else { return Ok(()) };
        let name = cells.iter().find(|(title, _)| title.field == "device").map(|(_, text)| split(text));
        let only_mounts = cells.iter().all(|(title, _)| matches!(title.field, "mount_points" | "filesystem_roots"));
        let beside = |(title, _): &Cell<'_>| matches!(title.field, "device" | "mount_points" | "filesystem_roots");
        let continues =
            only_mounts || name.is_some_and(|(_, name)| name.is_empty()) && cells.len() > 1 && cells.iter().all(beside);
        if let (true, Some((held, _))) = (continues && !cells.is_empty(), &mut self.held) {
            if !held.iter().any(|(title, _)| matches!(title.field, "mount_points" | "filesystem_roots")) {
                return Err(line.expected("a device, as the one before has no mount point to go on with").into());
            }
            held.extend(cells.into_iter().filter(|(title, _)| title.field != "device").map(kept));
            return Ok(());
        }
        self.flush(rows)?;
        if self.places.has("device") && name.is_none_or(|(_, name)| name.is_empty()) {
            self.way.lose();
            return Err(line.expected("the name of a device").into());
        }
        // Blanks of a name are escaped: those that stand there part it from cells that have moved.
        let is_torn = |(title, text): &Cell<'_>| {
            title.field == "device" && matches!(text, Cow::Borrowed(text) if split(text).1.trim_ascii().contains(&b' '))
        };
        if cells.iter().any(is_torn) {
            self.way.lose();
            return Err(line.expected("the name of a device alone in its column").into());
        }
        check(&cells).inspect_err(|_| self.way.lose())?;
        let parent = name.and_then(|(depth, name)| self.way.step(depth, name)).map(<[u8]>::to_vec);
        self.held = Some((cells.into_iter().map(kept).collect(), parent));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return self.flush(rows) };
        let listed = listed::read(&document, &LISTED)?;
        self.places = Places::begin(&with_parts(listed.fields), rows);
        for row in listed.rows {
            match check(&row.cells) {
                Ok(()) => self.held = Some((row.cells, row.parent)),
                Err(problem) => rows.problem(problem.on_line(row.line)),
            }
            self.flush(rows)?;
        }
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        in_bytes(words)
    }
}

/// Finds what is broken in a row while its line is at hand.
fn check(cells: &[Cell<'_>]) -> Result<(), Problem> {
    cells.iter().try_for_each(|(title, text)| match title.field {
        "device_number" => numbers(text).map(drop),
        _ => value(title, text).map(drop),
    })
}

/// `8:1`
fn numbers(text: &[u8]) -> Result<(i64, i64), Problem> {
    let cell = Field::from(text).trim();
    let read = || {
        let (major, minor) = cell.split_once(":").ok_or_else(|| cell.expected("`MAJOR:MINOR`"))?;
        Ok((major.integer()?, minor.integer()?))
    };
    read().map_err(|problem: Problem| Problem { column: 0, ..problem })
}

/// A cell that outlives its line.
fn kept((title, text): Cell<'_>) -> Cell<'static> {
    (title, Cow::Owned(text.into_owned()))
}

/// The fields of these columns, and what is worked out from them.
fn with_parts(mut fields: Vec<&'static str>) -> Vec<&'static str> {
    for field in fields.clone() {
        match field {
            "device" => fields.push("parent"),
            "device_number" => fields.extend(["major", "minor"]),
            "mount_points" => fields.push("mounted_on"),
            _ => {}
        }
    }
    fields
}

impl Lsblk {
    fn flush(&mut self, rows: &mut Rows<Cells<BlockDevice<'static>>>) -> Result<(), Error> {
        let Some((cells, parent)) = self.held.take() else { return Ok(()) };
        let mut put = |field: &str, value: CellValue<'_>| self.places.put(field, value, rows);
        let mounts: Vec<&[u8]> = cells
            .iter()
            .filter(|(title, _)| title.field == "mount_points")
            .flat_map(|(_, text)| text.split(|&byte| byte == b'\n'))
            .collect();
        if let Some(first) = mounts.first() {
            put("mounted_on", CellValue::Text(first));
            put("mount_points", CellValue::Texts(mounts.clone()));
        }
        if let Some(parent) = &parent {
            put("parent", CellValue::Text(parent));
        }
        for (title, text) in &cells {
            match title.field {
                "mount_points" => {}
                "device" => put("device", CellValue::Text(split(text).1)),
                "device_number" => {
                    let (major, minor) = numbers(text)?;
                    put("device_number", CellValue::Text(text.trim_ascii()));
                    put("major", CellValue::Integer(major));
                    put("minor", CellValue::Integer(minor));
                }
                field => put(field, value(title, text)?),
            }
        }
        rows.end_row();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Lsblk;

    #[test]
    fn cells_that_moved_into_the_name_are_no_name() {
        let capture =
            "NAME             MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\nsda                8:0    0   20G  0 disk\n└─sda2 8:2 0\n";
        let parsed = parse::<Lsblk>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn what_hangs_from_a_broken_row_has_no_other_parent() {
        let capture = "NAME         MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\n\
            sda            8:0    0   20G  0 disk\n\
            ├─sda1         8:1    0    1G  0 part  /boot\n\
            └─sda2 8:2 0 19G 0 part\n\
            \x20 └─crypt    253:0    0   19G  0 crypt\n\
            \x20   └─root   253:1    0   17G  0 lvm   /\n\
            sdb            8:16   0   20G  0 disk\n";
        let parsed = parse::<Lsblk>(None, capture.as_bytes());
        let parents: Vec<bool> = parsed.records.iter().map(|record| record.contains(r#""parent":null"#)).collect();
        assert_eq!((&parents[..], parsed.problems.len()), (&[true, false, true, false, true][..], 1), "{parsed:?}");
        assert!(parsed.records[3].contains(r#""parent":"crypt""#), "{parsed:?}");
    }

    #[test]
    fn a_tree_is_parents_and_a_second_mount_point_belongs_to_its_device() {
        let capture = "NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\nsda      8:0    0   20G  0 disk \n├─sda1   8:1    0    1G  0 part /boot\n│                               /x y\n└─sda2   8:2    0 19.5G  0 part \n";
        let parsed = parse::<Lsblk>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"device":"sda","parent":null,"device_number":"8:0","major":8,"minor":0,"is_removable":false,"size":21474836480,"is_read_only":false,"type":"disk","mounted_on":null,"mount_points":null}"#,
                r#"{"device":"sda1","parent":"sda","device_number":"8:1","major":8,"minor":1,"is_removable":false,"size":1073741824,"is_read_only":false,"type":"part","mounted_on":"/boot","mount_points":["/boot","/x y"]}"#,
                r#"{"device":"sda2","parent":"sda","device_number":"8:2","major":8,"minor":2,"is_removable":false,"size":20937965568,"is_read_only":false,"type":"part","mounted_on":null,"mount_points":null}"#,
            ],
            "{parsed:?}"
        );
        assert_any_split::<Lsblk>(None, capture.as_bytes());
    }

    #[test]
    fn every_form_says_the_same() {
        let table = parse::<Lsblk>(None, b"NAME  SIZE MODEL\nsda   1024 A B\n");
        let pairs = parse::<Lsblk>(None, b"NAME=\"sda\" SIZE=\"1024\" MODEL=\"A\\x20B\"\n");
        let raw = parse::<Lsblk>(Some(&["lsblk", "-r"]), b"NAME SIZE MODEL\nsda 1024 A\\x20B\n");
        assert_eq!(table.records, [r#"{"device":"sda","parent":null,"size":1024,"model":"A B"}"#]);
        assert_eq!((&pairs.records, &raw.records), (&table.records, &table.records));
    }

    #[test]
    fn json_gives_the_records_of_the_table() {
        let table = "NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\nsda      8:0    0   20G  0 disk \n└─sda1   8:1    0    1G  0 part /boot\n                                /x y\n";
        let json = r#"{
   "blockdevices": [
      {
         "name": "sda", "maj:min": "8:0", "rm": false, "size": "20G", "ro": false, "type": "disk",
         "mountpoints": [
             null
         ],
         "children": [
            {"name": "sda1", "maj:min": "8:1", "rm": "0", "size": 1073741824, "ro": false, "type": "part", "mountpoints": ["/boot", "/x y"]}
         ]
      }
   ]
}
"#;
        let parsed = parse::<Lsblk>(Some(&["lsblk", "-J"]), json.as_bytes());
        assert_eq!(parsed, parse::<Lsblk>(None, table.as_bytes()));
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 0), "{parsed:?}");
        assert_any_split::<Lsblk>(None, json.as_bytes());
        let broken = parse::<Lsblk>(None, json.replace("\"8:1\"", "\"8-1\"").as_bytes());
        assert_eq!(broken.problems, ["error: line 9, expected `MAJOR:MINOR`, found `8-1`"]);
        assert_eq!(broken.records.len(), 1);
        assert_unrecognised::<Lsblk>([
            "{\n",
            "{\"filesystems\":[]}\n",
            "{\"blockdevices\":[}\n",
            "{\"blockdevices\":[{\"x\":1}]}\n",
        ]);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Lsblk>(["hello\n", "NAME WHAT\n", "name size\n", "a=\"b\"\n"]);
    }
}
