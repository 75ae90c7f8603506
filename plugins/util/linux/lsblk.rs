//! `lsblk`: block devices.

mod device;
mod row;

use outparse_sdk::document::Document;
use outparse_sdk::{About, Cells, Ending, Error, Line, Parser, Rows, Source};

pub use device::BlockDevice;
use device::TITLES;
use row::{check, is_torn, kept, only_adds_mounts, put, with_parts};

use crate::columns::{Cell, Columns, Places, Read, in_bytes, is_alone};
use crate::listed::{self, Form};
use crate::tree::{Way, split};

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

/// Columns of which no device has nothing.
const NEVER_BLANK: &[&str] = &["device", "kernel_name", "path", "device_number", "type"];

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
        if only_adds_mounts(&cells, name.map(|(_, name)| name))
            && let Some((held, _)) = &mut self.held
        {
            if !held.iter().any(|(title, _)| matches!(title.field, "mount_points" | "filesystem_roots")) {
                return Err(line.expected("a device, as the one before has no mount point to go on with").into());
            }
            held.extend(cells.into_iter().filter(|(title, _)| title.field != "device").map(kept));
            return Ok(());
        }
        self.flush(rows)?;
        self.check(line, &cells, name).inspect_err(|_| self.way.lose())?;
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

impl Lsblk {
    /// Finds what is broken in a row, whose name stands at a depth.
    fn check(&self, line: Line<'_>, cells: &[Cell<'_>], name: Option<(usize, &[u8])>) -> Result<(), Error> {
        if self.places.has("device") && name.is_none_or(|(_, name)| name.is_empty()) {
            return Err(line.expected("the name of a device").into());
        }
        if is_alone(cells, &self.places, NEVER_BLANK) {
            return Err(line.expected("a device with what is known of it").into());
        }
        if is_torn(cells) {
            return Err(line.expected("the name of a device alone in its column").into());
        }
        Ok(check(cells)?)
    }

    fn flush(&mut self, rows: &mut Rows<Cells<BlockDevice<'static>>>) -> Result<(), Error> {
        let Some((cells, parent)) = self.held.take() else { return Ok(()) };
        put(&cells, parent.as_deref(), &self.places, rows)
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
    fn a_name_alone_is_no_device() {
        let parsed = parse::<Lsblk>(None, b"NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\nsda      8:0    0   20G  0 disk\nsdb\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        let bare = parse::<Lsblk>(None, b"NAME    FSTYPE LABEL\nsda\n\xE2\x94\x94\xE2\x94\x80sda1  ext4   a\n");
        assert_eq!(bare.sound().len(), 2);
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
