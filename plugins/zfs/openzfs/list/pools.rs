//! `zpool list`: pools, and with `-v` the devices of each.

use outparse_sdk::grid::{Reading, Side, Title};
use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Record, Rows, Source};

use super::table::{SIZE, Table, exact};

/// A pool.
#[derive(Clone, Debug, Default, Record)]
pub struct Pool<'a> {
    /// The pool.
    #[field(key)]
    pub pool: Option<&'a [u8]>,
    /// A device of the pool (`-v`); null in the line of the pool itself.
    #[field(key)]
    pub device: Option<&'a [u8]>,
    /// What the device is for, where that is not data: `logs`, `cache`, `special`, `dedup`.
    pub class: Option<&'a [u8]>,
    /// Size; shortened without `-p`.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Space that a checkpoint takes; null where there is none.
    #[field(unit = "bytes", approximate, gauge)]
    pub checkpoint: Option<i64>,
    /// Space by which it could grow; null where there is none.
    #[field(unit = "bytes", approximate)]
    pub expandable: Option<i64>,
    /// How fragmented its free space is.
    #[field(unit = "percent", gauge)]
    pub fragmentation_percent: Option<f64>,
    /// Space in use, in percent.
    #[field(unit = "percent", gauge, warning = 80, critical = 90)]
    pub use_percent: Option<f64>,
    /// How many blocks stand for each that is stored.
    #[field(gauge)]
    pub deduplication_ratio: Option<f64>,
    /// State: `ONLINE`, `DEGRADED`, …
    pub state: Option<&'a [u8]>,
    /// Another root directory; null where there is none.
    pub alternative_root: Option<&'a [u8]>,
    /// Identifier (`-o guid`).
    pub id: Option<&'a [u8]>,
}

const POOLS: [Title; 15] = [
    Title::left("NAME", "pool", Reading::Text),
    Title::right("SIZE", "size", SIZE),
    Title::right("ALLOC", "used", SIZE),
    Title::right("USED", "used", SIZE),
    Title::right("FREE", "free", SIZE),
    Title::right("AVAIL", "free", SIZE),
    Title::right("CKPOINT", "checkpoint", SIZE),
    Title::right("EXPANDSZ", "expandable", SIZE),
    Title::right("EXPANDSIZE", "expandable", SIZE),
    Title::right("FRAG", "fragmentation_percent", Reading::Percent),
    Title::right("CAP", "use_percent", Reading::Percent),
    Title::right("DEDUP", "deduplication_ratio", Reading::Float),
    Title::right("HEALTH", "state", Reading::Text),
    Title::left("ALTROOT", "alternative_root", Reading::Text),
    Title::right("GUID", "id", Reading::Text),
];

/// The same of older versions, whose states are set to the left: their column is as wide as the widest of all states.
const OLD_POOLS: [Title; 15] = {
    let mut titles = POOLS;
    let mut at = 0;
    while at < titles.len() {
        if matches!(titles[at].title.as_bytes(), b"HEALTH") {
            titles[at].side = Side::Left;
        }
        at += 1;
    }
    titles
};

/// Whether a line stands for what the devices below it are for.
fn is_class(name: Field<'_>) -> bool {
    matches!(name.bytes, b"logs" | b"cache" | b"spare" | b"special" | b"dedup")
}

/// Reads `zpool list`.
pub struct ZpoolList {
    table: Table,
    /// The columns `device` and `class`, once there was a device.
    places: Option<[Place; 2]>,
    /// The pool whose devices come, and what they are for.
    pool: Option<Vec<u8>>,
    class: Option<Vec<u8>>,
}

impl Parser for ZpoolList {
    const ABOUT: About = About {
        name: "zpool-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Pools, as zpool list prints them",
        commands: &["zpool list"],
        dialect: "openzfs",
        platforms: &["linux", "freebsd", "solaris"],
        ..About::DEFAULT
    };
    type Record = Cells<Pool<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let usual = "name,size,alloc,free,ckpoint,expandsz,frag,cap,dedup,health,altroot";
        ZpoolList { table: Table::new(source, &POOLS, usual).with_older(&OLD_POOLS), places: None, pool: None, class: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // The devices below a line that cannot be read are not those of the pool before.
        if !line.bytes.starts_with(b" ") && line.fields().next().is_some_and(|word| !is_class(word)) {
            (self.pool, self.class) = (None, None);
        }
        let Some(cells) = self.table.cells(line, rows)? else { return Ok(()) };
        let named = cells.first().copied().flatten().map(|name| name.trim()).filter(|name| !name.bytes.is_empty());
        let name = named.ok_or_else(|| line.expected("the name of a pool or a device in the first column"))?;
        let is_alone = cells.iter().skip(1).all(|cell| cell.is_none_or(|cell| cell.known().is_none()));
        if is_alone && is_class(name) {
            self.class = Some(name.bytes.to_vec());
            return Ok(());
        }
        if !self.table.has_titles() || !line.bytes.starts_with(b" ") {
            let values = self.table.values(&cells, 0)?;
            self.pool = Some(name.bytes.to_vec());
            rows.put_row(&values);
            return Ok(());
        }
        let Some(pool_name) = &self.pool else {
            return if rows.made() > 0 { Ok(()) } else { Err(line.expected("a pool above its devices").into()) };
        };
        if self.places.is_none() {
            let more = self.table.begin(&["device", "class"], rows);
            self.places = more.try_into().ok();
        }
        let values = self.table.values(&cells, 1)?;
        if let (Some([device, class]), Some(pool)) = (self.places, self.table.first_place()) {
            rows.put(pool, CellValue::Text(pool_name));
            rows.put(device, CellValue::Text(name.bytes));
            if let Some(text) = &self.class {
                rows.put(class, CellValue::Text(text));
            }
        }
        rows.put_row(&values);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        exact(words)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::ZpoolList;

    const POOLS: &[u8] = b"NAME    SIZE  ALLOC   FREE  CKPOINT  EXPANDSZ   FRAG    CAP  DEDUP    HEALTH  ALTROOT\n\
        a b    2.72T  2.10T   633G        -         -    34%    77%  1.50x    ONLINE  -\n\
        tank    960M   512K      0        -       16G      -     0%  1.00x  DEGRADED  /mnt\n  sda   960M      -      -        -         -      -      -      -    ONLINE\n\
        logs       -      -      -        -         -      -      -      -         -\n  x y   1.0G      -      -        -         -      -      -      -    ONLINE\n";

    #[test]
    fn devices_below_a_broken_pool_are_not_of_the_one_before() {
        let broken = String::from_utf8_lossy(POOLS).replace("tank    960M", "tank    96?M");
        let parsed = parse::<ZpoolList>(None, broken.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn pools_are_read() {
        let parsed = parse::<ZpoolList>(None, POOLS);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"pool":"a b","size":2990671627550,"used":2308974418329,"free":679678574592,"fragmentation_percent":34,"use_percent":77,"deduplication_ratio":1.5,"state":"ONLINE"}"#,
                r#"{"pool":"tank","size":1006632960,"used":524288,"free":0,"expandable":17179869184,"use_percent":0,"deduplication_ratio":1,"state":"DEGRADED","alternative_root":"/mnt"}"#,
                r#"{"pool":"tank","device":"sda","size":1006632960,"state":"ONLINE"}"#,
                r#"{"pool":"tank","device":"x y","class":"logs","size":1073741824,"state":"ONLINE"}"#,
            ]
        );
        let bare = parse::<ZpoolList>(Some(&["zpool", "list", "-Hp", "-o", "name,capacity"]), b"tank\t7\n");
        assert_eq!(bare.only(), r#"{"pool":"tank","use_percent":7}"#);
    }

    #[test]
    fn states_of_older_versions_are_set_to_the_left() {
        let text = b"NAME    SIZE    USED   AVAIL    CAP  HEALTH     ALTROOT\nzroot  9.94G   1.20M   9.90G     0%  ONLINE     -\ntank    960M    512K    959M     0%  DEGRADED   /mnt\n";
        let parsed = parse::<ZpoolList>(None, text);
        parsed.has(0, &[r#""pool":"zroot""#, r#""use_percent":0,"state":"ONLINE","alternative_root":null"#]);
        parsed.has(1, &[r#""state":"DEGRADED","alternative_root":"/mnt""#]);
    }

    #[test]
    fn a_number_may_be_wider_than_its_column() {
        let text = b"NAME   SIZE  ALLOC   FREE  CKPOINT  EXPANDSZ   FRAG    CAP  DEDUP    HEALTH  ALTROOT\ntank  1.81T  1.20T   627G        -         -    12%    66%  12.34x    ONLINE  -\na b   1.81T  1.20T   627G        -         -    12%    66%  12.34x    ONLINE  -\n";
        let parsed = parse::<ZpoolList>(None, text);
        parsed.has(0, &[r#""deduplication_ratio":12.34,"state":"ONLINE""#]);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn what_is_no_such_table_is_not_read() {
        assert_unrecognised::<ZpoolList>(["hello\n", "NAME USED REFER\n", "SIZE NAME\n"]);
    }
}
