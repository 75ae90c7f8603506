//! `pvs`, `vgs` and `lvs`: tables whose columns `-o` chooses. In JSON (`--reportformat json`) a column has the name that `-o` knows it by.

use outparse_sdk::document::Document;
use outparse_sdk::grid::{Grid, Reading, Title, value};
use outparse_sdk::listing;
use outparse_sdk::{
    About, Base, CellValue, Cells, Ending, Error, Field, Line, Parser, Place, Problem, Record, Rows, Source, Time,
    without_options,
};

use crate::lvm_columns::{GROUPS, LOGICAL, NAMES, PHYSICAL};

/// A physical volume. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct PhysicalVolume<'a> {
    /// Its device.
    #[field(key)]
    pub device: Option<&'a [u8]>,
    /// The volume group that it is in.
    pub volume_group: Option<&'a [u8]>,
    /// Format of its metadata.
    pub format: Option<&'a [u8]>,
    /// Attributes, a letter each.
    pub attributes: Option<&'a [u8]>,
    /// Size.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Size of the device.
    #[field(unit = "bytes", approximate)]
    pub device_size: Option<i64>,
    /// Number of its extents.
    pub extents: Option<i64>,
    /// Number of its extents that are in use.
    #[field(gauge)]
    pub extents_used: Option<i64>,
    /// Tags.
    pub tags: Option<Vec<&'a [u8]>>,
    /// UUID.
    pub uuid: Option<&'a [u8]>,
}

/// A volume group. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct VolumeGroup<'a> {
    /// Its name.
    #[field(key)]
    pub volume_group: Option<&'a [u8]>,
    /// Number of its physical volumes.
    pub physical_volumes: Option<i64>,
    /// Number of its logical volumes.
    pub logical_volumes: Option<i64>,
    /// Number of its snapshots.
    pub snapshots: Option<i64>,
    /// Attributes, a letter each.
    pub attributes: Option<&'a [u8]>,
    /// Size.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Size of an extent.
    #[field(unit = "bytes", approximate)]
    pub extent_size: Option<i64>,
    /// Number of its extents.
    pub extents: Option<i64>,
    /// Number of its extents that are not in use.
    #[field(gauge)]
    pub extents_free: Option<i64>,
    /// Tags.
    pub tags: Option<Vec<&'a [u8]>>,
    /// Profile of its configuration.
    pub profile: Option<&'a [u8]>,
    /// UUID.
    pub uuid: Option<&'a [u8]>,
}

/// A logical volume. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct LogicalVolume<'a> {
    /// Its name.
    #[field(key)]
    pub logical_volume: Option<&'a [u8]>,
    /// Whether it is a part of others, which `-a` shows in brackets.
    pub is_internal: Option<bool>,
    /// The volume group that it is in.
    #[field(key)]
    pub volume_group: Option<&'a [u8]>,
    /// Attributes, a letter each.
    pub attributes: Option<&'a [u8]>,
    /// Size.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// The pool that it takes its space from.
    pub pool: Option<&'a [u8]>,
    /// What it is a snapshot of, or what a cache is for.
    pub origin: Option<&'a [u8]>,
    /// How full a snapshot, a pool or a cache is.
    #[field(unit = "percent", gauge, warning = 80, critical = 90)]
    pub data_percent: Option<f64>,
    /// How full its metadata is.
    #[field(unit = "percent", gauge, warning = 80, critical = 90)]
    pub metadata_percent: Option<f64>,
    /// Where it is being moved from.
    pub moved_from: Option<&'a [u8]>,
    /// Volume with the log of a mirror.
    pub log: Option<&'a [u8]>,
    /// How far it is copied or in step.
    #[field(unit = "percent", gauge)]
    pub copy_percent: Option<f64>,
    /// What it is being converted to.
    pub converted_to: Option<&'a [u8]>,
    /// Type of its segments: `linear`, `raid1`, `thin`, …
    pub r#type: Option<&'a [u8]>,
    /// Number of its stripes, or copies.
    pub stripes: Option<i64>,
    /// What it lies on.
    pub devices: Option<Vec<&'a [u8]>>,
    /// Path of its node.
    pub path: Option<&'a [u8]>,
    /// Number of its segments.
    pub segments: Option<i64>,
    /// Size of a segment.
    #[field(unit = "bytes", approximate)]
    pub segment_size: Option<i64>,
    /// The extents that a segment lies on: `/dev/sda2:0-127`.
    pub ranges: Option<&'a [u8]>,
    /// Size of a chunk of a snapshot, a pool or a stripe.
    #[field(unit = "bytes", approximate)]
    pub chunk_size: Option<i64>,
    /// Major device number, where it is active.
    pub major: Option<i64>,
    /// Minor device number, where it is active.
    pub minor: Option<i64>,
    /// Major device number that it always has, where it has one.
    pub persistent_major: Option<i64>,
    /// Minor device number that it always has, where it has one.
    pub persistent_minor: Option<i64>,
    /// How it is laid out: `linear`, `raid`, `raid1`, …
    pub layouts: Option<Vec<&'a [u8]>>,
    /// What it is there for: `public`, `private`, `thin`, `pool`, …
    pub roles: Option<Vec<&'a [u8]>>,
    /// Whether, and how, it is active.
    pub active_state: Option<&'a [u8]>,
    /// What is wrong with it.
    pub health: Option<&'a [u8]>,
    /// When it was made.
    pub created: Option<Time>,
    /// Tags.
    pub tags: Option<Vec<&'a [u8]>>,
    /// Profile of its configuration.
    pub profile: Option<&'a [u8]>,
    /// UUID.
    pub uuid: Option<&'a [u8]>,
}

/// A table of LVM.
struct Table {
    titles: &'static [Title],
    grid: Option<Grid>,
    /// Where it is put whether a volume is internal, in a table that names volumes.
    is_internal: Option<Place>,
    /// What JSON was printed so far.
    document: Option<Document>,
    /// What the list is called there.
    list: &'static str,
}

impl Table {
    fn new(titles: &'static [Title], list: &'static str) -> Table {
        Table { titles, grid: None, is_internal: None, document: None, list }
    }

    fn line<R: Record>(&mut self, line: Line<'_>, rows: &mut Rows<Cells<R>>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() || Document::take(&mut self.document, b'{', !rows.recognised(), line) {
            return Ok(());
        }
        let Some(grid) = &self.grid else {
            // What LVM says on standard error may have come along.
            let said = whole.trim_start();
            if ["File descriptor ", "Couldn't find device "].iter().any(|start| said.strip_prefix(start).is_some()) {
                rows.problem(Problem::warning(format!("LVM says {}", said.quoted())));
                return Ok(());
            }
            let grid = Grid::read(whole, self.titles).filter(|grid| grid.fields().count() > 1);
            let mut grid = grid.ok_or_else(|| line.expected(&format!("titles such as `{} …`", self.titles[0].title)))?;
            self.is_internal = begin(&mut grid, rows);
            self.grid = Some(grid);
            return Ok(());
        };
        let cells = grid.checked_cells(whole)?;
        // Each volume has attributes: what stands below the first title alone is what LVM says.
        if grid.fields().zip(&cells).any(|(field, cell)| field == "attributes" && cell.is_none()) {
            return Err(line.expected("attributes in their column").into());
        }
        Ok(put(grid, self.is_internal, &cells, rows)?)
    }

    /// Reads the document, if it is one: `{"report": [{"lv": [{"lv_name": …}]}]}`, with a report for each command.
    fn finish<R: Record>(&mut self, rows: &mut Rows<Cells<R>>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return Ok(()) };
        let whole = document.read().map_err(Error::Unrecognised)?;
        let expected = || Error::Unrecognised(whole.expected(&format!("an object with a `report` of `{}`", self.list)));
        let reports = whole.get("report").ok_or_else(expected)?.items().map_err(Error::Unrecognised)?;
        for report in reports {
            let list = report.get(self.list).ok_or_else(expected)?;
            let known = |name: &[u8]| {
                let (_, title) = NAMES.iter().find(|(known, _)| known.as_bytes() == name)?;
                self.titles.iter().find(|known| known.title == *title).copied()
            };
            let mut listing = listing::read(list, known).map_err(Error::Unrecognised)?;
            if listing.rows.is_empty() {
                continue;
            }
            let is_internal = begin(&mut listing.grid, rows);
            for row in &listing.rows {
                if let Err(problem) = put(&listing.grid, is_internal, &row.cells(), rows) {
                    rows.problem(problem.on_line(row.line));
                }
            }
        }
        rows.recognise();
        Ok(())
    }
}

/// Begins a table; where volumes are named, there is a place for whether they are internal.
fn begin<R: Record>(grid: &mut Grid, rows: &mut Rows<Cells<R>>) -> Option<Place> {
    rows.recognise();
    let names_volumes = grid.fields().any(|field| field == "logical_volume");
    let more = if names_volumes { &["is_internal"][..] } else { &[] };
    grid.begin(rows, more).first().copied()
}

/// Puts a row of cells.
fn put<'a, R: Record>(
    grid: &Grid,
    is_internal: Option<Place>,
    cells: &[Option<Field<'a>>],
    rows: &mut Rows<Cells<R>>,
) -> Result<(), Problem> {
    grid.put_with(cells, rows, |title, cell| {
        let cell = cell.trim();
        Ok(match (title.field, title.reading) {
            _ if cell.bytes.is_empty() => None,
            ("logical_volume", _) => Some(CellValue::Text(bracketed(cell).unwrap_or(cell).bytes)),
            (_, Reading::Size(_)) => Some(CellValue::Integer(size(cell)?)),
            // There is no such device number.
            (_, Reading::Integer) if cell.bytes == b"-1" => None,
            (_, reading) => Some(value(reading, cell)?),
        })
    })?;
    let name = grid.fields().zip(cells).find_map(|(field, cell)| cell.filter(|_| field == "logical_volume"));
    if let (Some(place), Some(name)) = (is_internal, name) {
        rows.put(place, CellValue::Boolean(bracketed(name.trim()).is_some()));
    }
    rows.end_row();
    Ok(())
}

/// The name between the brackets of an internal volume.
fn bracketed(name: Field<'_>) -> Option<Field<'_>> {
    name.strip_prefix("[")?.strip_suffix("]")
}

/// `<931.51g`, `4.00m`: small letters count in 1,024 and capital ones in 1,000; `<` says that it is rounded up.
///
/// `--nosuffix` leaves the unit out: whole numbers are bytes then, as `--units b` prints them, and others are none.
fn size(cell: Field<'_>) -> Result<i64, Problem> {
    if cell.bytes.contains(&b'.') && cell.bytes.last().is_some_and(u8::is_ascii_digit) {
        return Err(cell.expected("a size with its unit, which `--nosuffix` leaves out"));
    }
    if let Some(sectors) = cell.strip_suffix("S").or_else(|| cell.strip_suffix("s")) {
        return Ok(sectors.integer()?.saturating_mul(512));
    }
    let number = cell.strip_prefix("<").unwrap_or(cell);
    let base = if number.bytes.last().is_some_and(u8::is_ascii_uppercase) { Base::Decimal } else { Base::Binary };
    number.size(base)
}

/// `--units b` prints whole numbers.
fn exact(words: &[String]) -> Option<Vec<String>> {
    let kept = without_options(words, &["units=", "o options=", "S select=", "O sort=", "config="], &["units"]);
    let exact = [&["--units".to_owned(), "b".to_owned()], &kept[..]].concat();
    (exact != words).then_some(exact)
}

macro_rules! tables {
    ($($(#[$doc:meta])* $parser:ident: $record:ident, $name:literal, $summary:literal, $titles:ident, $list:literal;)*) => {$(
        $(#[$doc])*
        pub struct $parser(Table);

        impl Parser for $parser {
            const ABOUT: About = About {
                name: $name,
                version: env!("CARGO_PKG_VERSION"),
                summary: $summary,
                commands: &[$name],
                dialect: "lvm2",
                platforms: &["linux"],
                ..About::DEFAULT
            };
            type Record = Cells<$record<'static>>;
            const FIRST_LINE_DECIDES: bool = true;

            fn new(_: &Source) -> Self {
                $parser(Table::new($titles, $list))
            }

            fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.line(line, rows)
            }

            fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.finish(rows)
            }

            fn exact(words: &[String]) -> Option<Vec<String>> {
                exact(words)
            }
        }
    )*};
}

tables! {
    /// Reads `pvs`.
    Pvs: PhysicalVolume, "pvs", "Physical volumes, as pvs prints them", PHYSICAL, "pv";
    /// Reads `vgs`.
    Vgs: VolumeGroup, "vgs", "Volume groups, as vgs prints them", GROUPS, "vg";
    /// Reads `lvs`.
    Lvs: LogicalVolume, "lvs", "Logical volumes, as lvs prints them", LOGICAL, "lv";
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, exact, parse};

    use super::{Lvs, Pvs, Vgs};

    #[test]
    fn a_size_without_its_unit_is_refused() {
        let bare = parse::<Pvs>(None, b"  PV         VG Fmt  Attr PSize PFree\n  /dev/sda1  v  lvm2 a--   0.04  0.04\n");
        assert_eq!((bare.records.len(), bare.problems.len()), (0, 1));
        let sectors = parse::<Pvs>(None, b"  PV         VG Fmt  Attr PSize  PFree\n  /dev/sda1  v  lvm2 a--  73728S 8S\n");
        assert!(sectors.records[0].contains(r#""size":37748736,"free":4096"#), "{sectors:?}");
    }

    #[test]
    fn tables_are_read() {
        let text = b"  PV         VG Fmt  Attr PSize    PFree  \n  /dev/sda2  vg lvm2 a--  <931.01g <10.00g\n  /dev/sdb      lvm2 ---     2.00T   2.00T\n";
        assert_eq!(
            parse::<Pvs>(None, text).sound(),
            [
                r#"{"device":"/dev/sda2","volume_group":"vg","format":"lvm2","attributes":"a--","size":999664375562,"free":10737418240}"#,
                r#"{"device":"/dev/sdb","format":"lvm2","attributes":"---","size":2000000000000,"free":2000000000000}"#,
            ]
        );
        let text = b"  VG #PV #LV #SN Attr   VSize   VFree\n  vg   2   3   1 wz--n- 3.64t       0\n";
        assert_eq!(
            parse::<Vgs>(None, text).only(),
            r#"{"volume_group":"vg","physical_volumes":2,"logical_volumes":3,"snapshots":1,"attributes":"wz--n-","size":4002222325104,"free":0}"#
        );
        let text = b"  LV              VG Attr       LSize Pool  Origin Data%  Meta%  Move Log Cpy%Sync Convert\n\
            \x20 [lvol0_pmspare] vg ewi------- 4.00m\n  snap            vg swi-a-s--- 1.00g       root   12.34\n\
            \x20 thin            vg Vwi-aotz-- 5.00g pool1        0.00\n  mirror          vg rwi-aor--- 1.00g                                       100.00\n";
        assert_eq!(
            parse::<Lvs>(None, text).sound(),
            [
                r#"{"logical_volume":"lvol0_pmspare","is_internal":true,"volume_group":"vg","attributes":"ewi-------","size":4194304}"#,
                r#"{"logical_volume":"snap","is_internal":false,"volume_group":"vg","attributes":"swi-a-s---","size":1073741824,"origin":"root","data_percent":12.34}"#,
                r#"{"logical_volume":"thin","is_internal":false,"volume_group":"vg","attributes":"Vwi-aotz--","size":5368709120,"pool":"pool1","data_percent":0}"#,
                r#"{"logical_volume":"mirror","is_internal":false,"volume_group":"vg","attributes":"rwi-aor---","size":1073741824,"copy_percent":100}"#,
            ]
        );
    }

    #[test]
    fn what_lvm_says_amid_a_table_is_no_volume() {
        let parsed =
            parse::<Vgs>(None, b"  VG    #PV #LV #SN Attr   VSize VFree\n  vg      1   0   0 wz--n- 1.00g 1.00g\n  a b\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn more_columns_are_read() {
        let text = b"File descriptor 10 (/dev/null) leaked on lvs invocation. Parent PID 9: bash\n  WARNING: VG vg is missing PV x.\n\
            \x20 LV   VG #Seg Attr       LSize   Maj Min KMaj KMin Pool Origin Data%  Meta%  Move Cpy%Sync Log Convert LV UUID LProfile\n\
            \x20 root vg    1 -wi-ao---- <17.00g  -1  -1  253    0                                                      3VfLpt         \n";
        let parsed = parse::<Lvs>(Some(&["lvs", "-v"]), text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        parsed.has(
            0,
            &[r#""segments":1,"major":253,"minor":0,"persistent_major":null,"persistent_minor":null,"profile":null,"uuid":"3VfLpt""#],
        );
        let text = b"  LV   CTime                      LV Tags Layout     Role   Active\n  root 2020-01-06 10:00:00 +0100  a,b     linear     public active\n";
        let parsed = parse::<Lvs>(None, text);
        parsed.has(
            0,
            &[r#""layouts":["linear"],"roles":["public"],"active_state":"active","created":"2020-01-06T10:00:00+01:00","tags":["a","b"]"#],
        );
    }

    #[test]
    fn json_has_the_same_records() {
        let json = br#"  {
      "report": [
          {
              "lv": [
                  {"lv_name":"[lvol0_pmspare]", "vg_name":"vg", "lv_attr":"ewi-------", "lv_size":"4.00m", "pool_lv":"", "data_percent":"", "devices":"/dev/sda(0),/dev/sdb(0)"},
                  {"lv_name":"snap", "vg_name":"vg", "lv_attr":"swi-a-s---", "lv_size":"large", "pool_lv":"", "data_percent":"12.34", "devices":""},
                  {"lv_name":"thin", "vg_name":"vg", "lv_attr":"Vwi-aotz--", "lv_size":"5.00g", "pool_lv":"pool1", "data_percent":"0.00", "devices":""}
              ]
          }
      ]
  }
"#;
        let parsed = parse::<Lvs>(None, json);
        assert_eq!(
            parsed.records,
            [
                r#"{"logical_volume":"lvol0_pmspare","is_internal":true,"volume_group":"vg","attributes":"ewi-------","size":4194304,"pool":null,"data_percent":null,"devices":["/dev/sda(0)","/dev/sdb(0)"]}"#,
                r#"{"logical_volume":"thin","is_internal":false,"volume_group":"vg","attributes":"Vwi-aotz--","size":5368709120,"pool":"pool1","data_percent":0,"devices":null}"#,
            ]
        );
        assert_eq!(parsed.problems, ["error: line 6, column 88: expected a size, found `large`"]);
        assert_eq!(parse::<Vgs>(None, b"{\"report\":[{\"vg\":[]}]}\n").sound(), [""; 0]);
        assert_unrecognised::<Pvs>(["{}\n", "{\"report\":[{\"vg\":[]}]}\n", "{\"report\":[{\"pv\":[{\"new\":1}]}]}\n", "{\n"]);
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let text = b"  LV VG Attr LSize\n  a  vg -wi- large\n  b  vg -wi- 1.00g\n  toolong vg -wi- 1.00g\n";
        let parsed = parse::<Lvs>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert_unrecognised::<Lvs>(["hello\n", "  a  vg -wi- 1.00g\n", "  PV VG Fmt\n", "  LV\n"]);
        assert_eq!(exact::<Lvs>("-a --units g").as_deref(), Some("--units b -a"));
        assert_eq!(exact::<Lvs>("--units b"), None);
    }
}
