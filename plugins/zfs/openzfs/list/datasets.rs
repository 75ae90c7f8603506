//! `zfs list`: filesystems, volumes, snapshots and bookmarks.

use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, Cells, Error, Line, Parser, Record, Rows, Source, Time};

use super::table::{SIZE, Table, exact};

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
    pub created: Option<Time>,
    /// What it was cloned from (`-o origin`).
    pub origin: Option<&'a [u8]>,
}

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
        // A dash stands for nothing.
        let is_broken = self.table.has_titles() && cells.iter().any(Option::is_none);
        if is_broken || cells.first().is_none_or(|name| name.is_none_or(|name| name.is_blank())) {
            return Err(line.expected("the name of a dataset in the first column").into());
        }
        rows.put_row(&self.table.values(&cells, 0)?);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        exact(words)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, exact, parse};

    use super::ZfsList;

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
        assert_unrecognised::<ZfsList>([
            "hello\n",
            "NAME SIZE\n",
            "a\tb\n",
            "NAME    SIZE    USED   AVAIL    CAP  HEALTH     ALTROOT\n",
        ]);
        let parsed = parse::<ZfsList>(
            None,
            b"NAME   USED  AVAIL  REFER  MOUNTPOINT\ntank      x      1      1  /tank\nb         1      1      1  /b\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert_eq!(exact::<ZfsList>("list -t all").as_deref(), Some("list -p -t all"));
        assert_eq!(exact::<ZfsList>("list -Hp"), None);
    }

    #[test]
    fn a_line_that_lacks_a_cell_is_no_dataset() {
        let capture = b"NAME   USED  AVAIL  REFER  MOUNTPOINT\ntank   2.9T   600G    96K  /tank\ncannot open 'x': no such dataset\ntank/v   0B      -     96K  -\ntank/w   0B      -            -\n";
        let parsed = parse::<ZfsList>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        parsed.has(1, &[r#""dataset":"tank/v","used":0,"available":null,"referenced":98304"#]);
    }
}
