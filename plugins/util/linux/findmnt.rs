//! `findmnt`: mounted filesystems.

use outparse_sdk::document::Document;
use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, Base, CellValue, Cells, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::columns::{Cell, Columns, Places, Read, in_bytes, value};
use crate::listed::{self, Form};
use crate::tree::{Way, split};

/// A mounted filesystem, or an entry of fstab. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct Mounted<'a> {
    /// Where it is mounted.
    #[field(key)]
    pub mounted_on: Option<&'a [u8]>,
    /// Where the mount is mounted that it lies in, where a tree is drawn.
    pub parent: Option<&'a [u8]>,
    /// What is mounted.
    pub filesystem: Option<&'a [u8]>,
    /// Its type.
    pub r#type: Option<&'a [u8]>,
    /// All options.
    pub options: Option<Vec<&'a [u8]>>,
    /// Options of the mount.
    pub mount_options: Option<Vec<&'a [u8]>>,
    /// Options of the filesystem.
    pub filesystem_options: Option<Vec<&'a [u8]>>,
    /// Optional fields, such as `shared:1`.
    pub optional_fields: Option<&'a [u8]>,
    /// Label of the filesystem.
    pub label: Option<&'a [u8]>,
    /// UUID of the filesystem.
    pub uuid: Option<&'a [u8]>,
    /// Label of the partition.
    pub partition_label: Option<&'a [u8]>,
    /// UUID of the partition.
    pub partition_uuid: Option<&'a [u8]>,
    /// Major and minor device number as printed: `8:1`.
    pub device_number: Option<&'a [u8]>,
    /// Root of the filesystem that is mounted.
    pub filesystem_root: Option<&'a [u8]>,
    /// Number of the mount.
    pub mount_id: Option<i64>,
    /// Number of the mount that it lies in.
    pub parent_mount_id: Option<i64>,
    /// Task that the list is of.
    pub tid: Option<i64>,
    /// How mounts are passed on: `shared`, `private`, …
    pub propagation: Option<&'a [u8]>,
    /// Size of the filesystem.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate)]
    pub used: Option<i64>,
    /// Space that can be used.
    #[field(unit = "bytes", approximate)]
    pub available: Option<i64>,
    /// Space in use, in percent.
    #[field(unit = "percent")]
    pub use_percent: Option<f64>,
    /// How often it is dumped, in days (fstab).
    pub dump_frequency: Option<i64>,
    /// When it is checked: 0 never (fstab).
    pub check_pass: Option<i64>,
    /// What happened to it (`--poll`).
    pub action: Option<&'a [u8]>,
    /// Options before that (`--poll`).
    pub old_options: Option<Vec<&'a [u8]>>,
    /// Where it was mounted before that (`--poll`).
    pub old_mounted_on: Option<&'a [u8]>,
}

use Reading::{Integer, List, Percent, Text};
const SIZE: Reading = Reading::Size(Base::Binary);

const TITLES: &[Title] = &[
    Title::left("TARGET", "mounted_on", Text),
    Title::left("SOURCE", "filesystem", Text),
    Title::left("FSTYPE", "type", Text),
    Title::left("OPTIONS", "options", List),
    Title::left("VFS-OPTIONS", "mount_options", List),
    Title::left("FS-OPTIONS", "filesystem_options", List),
    Title::left("OPT-FIELDS", "optional_fields", Text),
    Title::left("LABEL", "label", Text),
    Title::left("UUID", "uuid", Text),
    Title::left("PARTLABEL", "partition_label", Text),
    Title::left("PARTUUID", "partition_uuid", Text),
    Title::left("MAJ:MIN", "device_number", Text),
    Title::left("FSROOT", "filesystem_root", Text),
    Title::right("ID", "mount_id", Integer),
    Title::right("PARENT", "parent_mount_id", Integer),
    Title::right("TID", "tid", Integer),
    Title::left("PROPAGATION", "propagation", Text),
    Title::right("SIZE", "size", SIZE),
    Title::right("USED", "used", SIZE),
    Title::right("AVAIL", "available", SIZE),
    Title::right("USE%", "use_percent", Percent),
    Title::right("FREQ", "dump_frequency", Integer),
    Title::right("PASSNO", "check_pass", Integer),
    Title::left("ACTION", "action", Text),
    Title::left("OLD-OPTIONS", "old_options", List),
    Title::left("OLD-TARGET", "old_mounted_on", Text),
];

const OPTIONS: &[&str] = &[
    "r raw",
    "n noheadings",
    "P pairs",
    "b bytes",
    "J json",
    "D df",
    "l list",
    "a all",
    "A all",
    "R submounts",
    "o output=",
    "t types=",
    "O options=",
    "N task=",
    "S source=",
    "T target=",
    "M mountpoint=",
    "F tab-file=",
    "d direction=",
];

/// Reads `findmnt`.
pub struct Findmnt {
    columns: Columns,
    places: Places,
    way: Way,
    /// What `-J` printed so far.
    document: Option<Document>,
}

const LISTED: Form = Form { list: "filesystems", name: "mounted_on", known: TITLES };

impl Parser for Findmnt {
    const ABOUT: About = About {
        name: "findmnt",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as findmnt prints them",
        commands: &["findmnt"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<Mounted<'static>>;

    fn new(source: &Source) -> Self {
        let columns = Columns::new(TITLES, source, OPTIONS);
        Findmnt { columns, places: Places::default(), way: Way::default(), document: None }
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
            self.way.lose();
        }
        let Read { heading, row } = read?;
        if let Some(mut fields) = heading {
            let tree = fields.contains(&"mounted_on") && !self.columns.are_pairs();
            fields.extend(tree.then_some("parent"));
            self.places = Places::begin(&fields, rows);
        }
        let Some(cells) = row else { return Ok(()) };
        let parent = match cells.iter().find(|(title, _)| title.field == "mounted_on") {
            Some((_, text)) => {
                let (depth, name) = split(text);
                if name.is_empty() {
                    return Err(line.expected("where it is mounted, after the lines of the tree").into());
                }
                self.way.step(depth, name)
            }
            None if self.places.has("mounted_on") && !self.columns.are_pairs() => {
                return Err(line.expected("where it is mounted").into());
            }
            None => None,
        };
        put(&self.places, &cells, parent, rows)?;
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return Ok(()) };
        let mut listed = listed::read(&document, &LISTED)?;
        listed.fields.extend(listed.fields.contains(&"mounted_on").then_some("parent"));
        self.places = Places::begin(&listed.fields, rows);
        for row in &listed.rows {
            if let Err(problem) = put(&self.places, &row.cells, row.parent.as_deref(), rows) {
                rows.problem(problem.on_line(row.line));
            }
        }
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        in_bytes(words)
    }
}

/// Puts a row, if all of its cells can be read.
fn put(
    places: &Places,
    cells: &[Cell<'_>],
    parent: Option<&[u8]>,
    rows: &mut Rows<Cells<Mounted<'static>>>,
) -> Result<(), Problem> {
    // Whatever is mounted has a type.
    let is_typed = cells.iter().any(|(title, text)| title.field == "type" && !text.is_empty());
    if let Some((_, first)) = cells.first().filter(|_| places.find("type").is_some() && !is_typed) {
        return Err(Field::from(&first[..]).expected("a mount point and its type"));
    }
    let mut read = Vec::with_capacity(cells.len() + 1);
    for (title, text) in cells {
        let text: &[u8] = match title.field {
            "mounted_on" => split(text).1,
            // It is aligned at its colon.
            "device_number" => text.trim_ascii(),
            _ => text,
        };
        // A filesystem without blocks has no percentage.
        if text == b"-" && title.reading != Text {
            continue;
        }
        let value = value(title, text)?;
        read.extend(places.find(title.field).map(|place| (place, value)));
    }
    if let Some(parent) = parent {
        read.extend(places.find("parent").map(|place| (place, CellValue::Text(parent))));
    }
    rows.put_row(&read);
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Findmnt;

    #[test]
    fn escapes_mean_the_same_in_every_form() {
        let table = parse::<Findmnt>(
            None,
            b"TARGET            SOURCE  FSTYPE  OPTIONS\n/                 a       tmpfs   rw\n|-/m/a\\x09b       a       tmpfs   rw\n`-/m/c\\x5cx09d    a       tmpfs   rw\n",
        );
        let paths = [r#""mounted_on":"/m/a\tb""#, r#""mounted_on":"/m/c\\x09d""#];
        for (record, path) in table.sound()[1..].iter().zip(paths) {
            assert!(record.contains(path), "{path} in {record}");
        }
    }

    #[test]
    fn a_tree_is_parents() {
        let capture = "TARGET    SOURCE  FSTYPE OPTIONS\n/         /dev/a  ext4   rw,relatime\n├─/sys    sysfs   sysfs  rw\n│ └─/sys/b a       b      ro\n";
        let parsed = parse::<Findmnt>(None, capture.as_bytes());
        assert_eq!(parsed.problems, ["error: line 4, column 10: a cell reaches into the next column"]);
        assert_eq!(
            parsed.records[1],
            r#"{"mounted_on":"/sys","parent":"/","filesystem":"sysfs","type":"sysfs","options":["rw"]}"#
        );
        assert_any_split::<Findmnt>(None, capture.as_bytes());
    }

    #[test]
    fn json_gives_the_records_of_the_table() {
        let table = "TARGET   SOURCE FSTYPE OPTIONS\n/        /dev/a ext4   rw,relatime\n└─/sys   sysfs  sysfs  rw\n  └─/s/b a      b      ro\n";
        let json = r#"{"filesystems":[{"target":"/","source":"/dev/a","fstype":"ext4","options":"rw,relatime","children":[
            {"target":"/sys","source":"sysfs","fstype":"sysfs","options":"rw","children":[
            {"target":"/s/b","source":"a","fstype":"b","options":"ro"}]}]}]}"#;
        let parsed = parse::<Findmnt>(Some(&["findmnt", "-J"]), json.as_bytes());
        assert_eq!(parsed, parse::<Findmnt>(None, table.as_bytes()));
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 0), "{parsed:?}");
        assert_any_split::<Findmnt>(None, json.as_bytes());
        assert_unrecognised::<Findmnt>(["{\"blockdevices\":[]}\n", "{\"filesystems\":{}}\n"]);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Findmnt>(["hello\n", "TARGET WHAT\n", "a=\"b\"\n"]);
    }

    #[test]
    fn a_line_without_a_type_is_no_filesystem() {
        let parsed = parse::<Findmnt>(None, b"TARGET  SOURCE  FSTYPE  OPTIONS\n/       a       ext4    rw\nx: y\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
