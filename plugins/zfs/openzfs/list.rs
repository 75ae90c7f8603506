//! `zpool list` and `zfs list`: tables whose columns `-o` chooses. A name may have blanks, so where the titles stand decides.

use outparse_sdk::grid::{Grid, Reading, Side, Title, value};
use outparse_sdk::{About, Argument, Base, CellValue, Cells, Error, Field, Line, Parser, Place, Record, Rows, Source};

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

/// A dataset.
#[derive(Clone, Debug, Default, Record)]
pub struct Dataset<'a> {
    /// The dataset: a filesystem, a volume, a snapshot (`POOL/NAME@SNAPSHOT`) or a bookmark.
    #[field(key)]
    pub dataset: Option<&'a [u8]>,
    /// What it is: `filesystem`, `volume`, `snapshot`, `bookmark` (`-o type`).
    pub r#type: Option<&'a [u8]>,
    /// Space in use; shortened without `-p`.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Space that can be used; null of a snapshot.
    #[field(unit = "bytes", approximate, gauge)]
    pub available: Option<i64>,
    /// What it refers to, whoever else does.
    #[field(unit = "bytes", approximate, gauge)]
    pub referenced: Option<i64>,
    /// Where it is mounted; `none`, `legacy` and `-` as printed.
    pub mounted_on: Option<&'a [u8]>,
    /// What its snapshots take (`-o space`).
    #[field(unit = "bytes", approximate, gauge)]
    pub used_by_snapshots: Option<i64>,
    /// What it takes itself (`-o space`).
    #[field(unit = "bytes", approximate, gauge)]
    pub used_by_dataset: Option<i64>,
    /// What is reserved for it (`-o space`).
    #[field(unit = "bytes", approximate, gauge)]
    pub used_by_reservation: Option<i64>,
    /// What those below it take (`-o space`).
    #[field(unit = "bytes", approximate, gauge)]
    pub used_by_children: Option<i64>,
    /// Space that it may take; null where there is no limit (`-o quota`).
    #[field(unit = "bytes", approximate)]
    pub quota: Option<i64>,
    /// Space that is kept for it; null where there is none (`-o reservation`).
    #[field(unit = "bytes", approximate)]
    pub reservation: Option<i64>,
    /// How much smaller it is for compression (`-o compressratio`).
    #[field(gauge)]
    pub compression_ratio: Option<f64>,
    /// How it is compressed (`-o compression`).
    pub compression: Option<&'a [u8]>,
    /// Whether it is mounted (`-o mounted`).
    pub is_mounted: Option<bool>,
    /// Size of a record (`-o recordsize`).
    #[field(unit = "bytes", approximate)]
    pub record_size: Option<i64>,
    /// Size of a volume (`-o volsize`).
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// When it was made, to the minute. Local: no offset is printed (`-o creation`).
    pub created: Option<outparse_sdk::Time>,
    /// What it was cloned from (`-o origin`).
    pub origin: Option<&'a [u8]>,
}

const SIZE: Reading = Reading::Size(Base::Binary);

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

const DATASETS: [Title; 20] = [
    Title::left("NAME", "dataset", Reading::Text),
    Title::right("USED", "used", SIZE),
    Title::right("AVAIL", "available", SIZE),
    Title::right("REFER", "referenced", SIZE),
    Title::left("MOUNTPOINT", "mounted_on", Reading::Text),
    Title::left("TYPE", "type", Reading::Text),
    Title::right("USEDSNAP", "used_by_snapshots", SIZE),
    Title::right("USEDDS", "used_by_dataset", SIZE),
    Title::right("USEDREFRESERV", "used_by_reservation", SIZE),
    Title::right("USEDCHILD", "used_by_children", SIZE),
    Title::right("QUOTA", "quota", SIZE),
    Title::right("REFQUOTA", "quota", SIZE),
    Title::right("RESERV", "reservation", SIZE),
    Title::right("RATIO", "compression_ratio", Reading::Float),
    Title::left("COMPRESS", "compression", Reading::Text),
    Title::left("MOUNTED", "is_mounted", Reading::Boolean),
    Title::right("RECSIZE", "record_size", SIZE),
    Title::right("VOLSIZE", "size", SIZE),
    Title::left("CREATION", "created", Reading::Text),
    Title::left("ORIGIN", "origin", Reading::Text),
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

/// The titles that stand for properties, by the names that `-o` has for these.
const PROPERTIES: [(&str, &str); 16] = [
    ("allocated", "ALLOC"),
    ("capacity", "CAP"),
    ("checkpoint", "CKPOINT"),
    ("expandsize", "EXPANDSZ"),
    ("fragmentation", "FRAG"),
    ("dedupratio", "DEDUP"),
    ("available", "AVAIL"),
    ("referenced", "REFER"),
    ("usedbysnapshots", "USEDSNAP"),
    ("usedbydataset", "USEDDS"),
    ("usedbyrefreservation", "USEDREFRESERV"),
    ("usedbychildren", "USEDCHILD"),
    ("reservation", "RESERV"),
    ("compressratio", "RATIO"),
    ("compression", "COMPRESS"),
    ("recordsize", "RECSIZE"),
];

/// A table of either command.
pub(crate) struct Table {
    titles: &'static [Title],
    /// The columns that there are without `-o`.
    usual: &'static str,
    /// What `-H` leaves out: the columns, in order, where the arguments say them.
    chosen: Option<Vec<Title>>,
    grid: Option<Grid>,
    columns: Vec<Title>,
    places: Vec<Place>,
}

impl Table {
    pub(crate) fn new(source: &Source, titles: &'static [Title], usual: &'static str) -> Table {
        let arguments = source.read_arguments(&OPTIONS);
        let chosen = arguments.and_then(|arguments| {
            let is_bare = arguments.iter().any(|argument| matches!(argument, Argument::Flag("H")));
            let columns = arguments.iter().rev().find_map(|argument| match argument {
                Argument::Value("o", columns) => Some(*columns),
                _ => None,
            });
            is_bare.then(|| columns.unwrap_or(usual).split(',').map(|name| named(name, titles)).collect::<Option<_>>())?
        });
        Table { titles, usual, chosen, grid: None, columns: Vec::new(), places: Vec::new() }
    }

    /// The cells of a line. None for titles, and where there is nothing to tell.
    pub(crate) fn cells<'a, R: Record>(
        &mut self,
        line: Line<'a>,
        rows: &mut Rows<Cells<R>>,
    ) -> Result<Option<Vec<Option<Field<'a>>>>, Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(None);
        }
        if matches!(whole.trim().bytes, b"no pools available" | b"no datasets available") {
            rows.recognise();
            return Ok(None);
        }
        if self.columns.is_empty() {
            if whole.find("HEALTH   ").is_some() {
                self.titles = &OLD_POOLS;
            }
            if let Some(grid) = Grid::read(whole, self.titles).filter(|grid| grid.fields().next() == Some(self.titles[0].field)) {
                let of = |field: &str| self.titles.iter().find(|title| title.field == field).copied();
                self.columns = grid.fields().filter_map(of).collect();
                self.grid = Some(grid);
                self.begin(&[], rows);
                return Ok(None);
            }
            self.columns = match &self.chosen {
                Some(chosen) => chosen.clone(),
                None if whole.find("\t").is_some() && whole.split("\t").count() == self.usual.split(',').count() => {
                    self.usual.split(',').filter_map(|name| named(name, self.titles)).collect()
                }
                None => return Err(line.expected("titles such as `NAME SIZE …` or `NAME USED …`").into()),
            };
            self.begin(&[], rows);
        }
        // The titles of another table, whose columns are as wide as they have to be.
        if let Some(grid) = Grid::read(whole, self.titles).filter(|grid| grid.fields().eq(self.fields())) {
            self.grid = Some(grid);
            return Ok(None);
        }
        let Some(grid) = &self.grid else {
            let cells: Vec<_> = whole.split("\t").map(Some).collect();
            let right = cells.len() == self.columns.len();
            return if right {
                Ok(Some(cells))
            } else {
                Err(line.expected(&format!("{} cells between tabs", self.columns.len())).into())
            };
        };
        match grid.checked_cells(whole) {
            Ok(cells) => Ok(Some(cells)),
            // A number that is wider than its column, such as `12.34x`, moves the others. There is a word in each cell, so that as
            // many words as columns are the cells.
            Err(problem) => {
                let words = whole.words();
                let are_cells = words.len() == self.columns.len() && self.columns.iter().any(|title| title.side == Side::Right);
                if are_cells { Ok(Some(words.into_iter().map(Some).collect())) } else { Err(problem.into()) }
            }
        }
    }

    /// Begins a table of these columns and more: gives the places of the latter.
    pub(crate) fn begin<R: Record>(&mut self, more: &[&str], rows: &mut Rows<Cells<R>>) -> Vec<Place> {
        rows.begin_table();
        self.places = self.columns.iter().map(|title| rows.column(title.field)).collect();
        let more = more.iter().map(|field| rows.column(field)).collect();
        rows.end_heading();
        rows.recognise();
        more
    }

    /// The fields of its columns.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|title| title.field)
    }

    /// What is put for the cells of a line, all but the first of them where that is not what its title says.
    pub(crate) fn values<'a>(&self, cells: &[Option<Field<'a>>], skip: usize) -> Result<Vec<(Place, CellValue<'a>)>, Error> {
        let mut read = Vec::with_capacity(cells.len());
        for ((title, place), cell) in self.columns.iter().zip(&self.places).zip(cells).skip(skip) {
            let Some(cell) = cell.and_then(|cell| cell.trim().known()) else { continue };
            let value = match (title.field, title.reading) {
                ("created", _) => CellValue::Time(created(cell).ok_or_else(|| cell.expected("a date"))?.digits()),
                ("quota" | "reservation", _) if cell.bytes == b"none" => continue,
                (_, Reading::Float) => CellValue::Float(cell.strip_suffix("x").unwrap_or(cell).float()?),
                (_, reading) => value(reading, cell)?,
            };
            read.push((*place, value));
        }
        Ok(read)
    }
}

/// Options with a value, of both commands.
const OPTIONS: [&str; 6] = ["o=", "t=", "s=", "S=", "d=", "T="];

/// The column that a word of `-o` stands for.
fn named(name: &str, titles: &[Title]) -> Option<Title> {
    let title = PROPERTIES.iter().find(|(property, _)| *property == name).map_or(name, |(_, title)| title);
    titles.iter().find(|known| known.title.eq_ignore_ascii_case(title)).copied()
}

/// `Sun Feb 12 11:40 2023`; with `-p` seconds since 1970.
fn created(text: Field<'_>) -> Option<outparse_sdk::Time> {
    let words = text.words();
    match words[..] {
        [_, month, day, clock, year] => {
            let day = u32::try_from(day.as_integer()?).ok()?;
            let (seconds, _) = outparse_sdk::time::time_of_day(clock.bytes)?;
            outparse_sdk::Time::local(year.as_integer()?, outparse_sdk::time::month(month.bytes)?, day, seconds)
        }
        [seconds] => outparse_sdk::Time::epoch(seconds.bytes),
        _ => None,
    }
}

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
        ZpoolList { table: Table::new(source, &POOLS, usual), places: None, pool: None, class: None }
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
        if self.table.grid.is_none() || !line.bytes.starts_with(b" ") {
            let values = self.table.values(&cells, 0)?;
            self.pool = Some(name.bytes.to_vec());
            values.into_iter().for_each(|(place, value)| rows.put(place, value));
            rows.end_row();
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
        if let (Some([device, class]), Some(pool)) = (self.places, self.table.places.first()) {
            rows.put(*pool, CellValue::Text(pool_name));
            rows.put(device, CellValue::Text(name.bytes));
            if let Some(text) = &self.class {
                rows.put(class, CellValue::Text(text));
            }
        }
        values.into_iter().for_each(|(place, value)| rows.put(place, value));
        rows.end_row();
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        exact(words)
    }
}

/// Reads `zfs list`.
pub struct ZfsList {
    table: Table,
}

impl Parser for ZfsList {
    const ABOUT: About = About {
        name: "zfs-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Datasets, as zfs list prints them",
        commands: &["zfs list"],
        dialect: "openzfs",
        platforms: &["linux", "freebsd", "solaris"],
        ..About::DEFAULT
    };
    type Record = Cells<Dataset<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        ZfsList { table: Table::new(source, &DATASETS, "name,used,avail,refer,mountpoint") }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(cells) = self.table.cells(line, rows)? else { return Ok(()) };
        if cells.first().is_none_or(|name| name.is_none_or(|name| name.is_blank())) {
            return Err(line.expected("the name of a dataset in the first column").into());
        }
        self.table.values(&cells, 0)?.into_iter().for_each(|(place, value)| rows.put(place, value));
        rows.end_row();
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        exact(words)
    }
}

/// `-p` prints whole numbers.
pub(crate) fn exact(words: &[String]) -> Option<Vec<String>> {
    let source = Source { arguments: Some(words.to_vec()), ..Source::default() };
    let is_exact = source.read_arguments(&OPTIONS)?.contains(&Argument::Flag("p"));
    let (verb, rest) = words.split_first().filter(|_| !is_exact)?;
    Some([&[verb.clone(), "-p".to_owned()], rest].concat())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, exact, parse};

    use super::{ZfsList, ZpoolList};

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
    fn datasets_are_read() {
        let text = b"NAME                USED  AVAIL     REFER  MOUNTPOINT\ntank               10.5G  3.40G       96K  /tank\n\
            tank/my data@x y      0B      -       96K  -\n";
        assert_eq!(
            parse::<ZfsList>(None, text).sound(),
            [
                r#"{"dataset":"tank","used":11274289152,"available":3650722201,"referenced":98304,"mounted_on":"/tank"}"#,
                r#"{"dataset":"tank/my data@x y","used":0,"referenced":98304}"#,
            ]
        );
        let bare = parse::<ZfsList>(None, b"tank\t1024\t2048\t96\t/tank\n");
        assert_eq!(bare.only(), r#"{"dataset":"tank","used":1024,"available":2048,"referenced":96,"mounted_on":"/tank"}"#);
        let created = parse::<ZfsList>(None, b"NAME    CREATION\ntank@1  Sun Feb 12 11:40 2023\n");
        assert_eq!(created.only(), r#"{"dataset":"tank@1","created":"2023-02-12T11:40:00"}"#);
    }

    #[test]
    fn what_is_no_such_table_is_not_read() {
        assert_unrecognised::<ZfsList>(["hello\n", "NAME SIZE\n", "a\tb\n"]);
        assert_unrecognised::<ZpoolList>(["hello\n", "NAME USED REFER\n", "SIZE NAME\n"]);
        let parsed = parse::<ZfsList>(
            None,
            b"NAME   USED  AVAIL  REFER  MOUNTPOINT\ntank      x      1      1  /tank\nb         1      1      1  /b\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert_eq!(exact::<ZfsList>("list -t all").as_deref(), Some("list -p -t all"));
        assert_eq!(exact::<ZfsList>("list -Hp"), None);
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
}
