//! `docker system df` and `podman system df`: what images, containers, volumes and the cache take on the disk.

use outparse_sdk::grid::Title;
use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::{Table, column, size};

/// What one sort of things takes.
#[derive(Clone, Debug, Default, Record)]
pub struct DiskUse {
    /// The sort: `Images`, `Containers`, `Local Volumes`, `Build Cache`.
    #[field(name = "type", key)]
    pub kind: Vec<u8>,
    /// How many there are.
    #[field(gauge)]
    pub items: i64,
    /// How many of them are in use.
    #[field(gauge)]
    pub items_active: i64,
    /// What they take.
    #[field(unit = "bytes", approximate, gauge)]
    pub size: Option<i64>,
    /// What could be had back by removing those that are not in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub reclaimable: Option<i64>,
    /// The same as a share; null where it is not printed.
    #[field(unit = "percent", approximate, gauge)]
    pub reclaimable_percent: Option<f64>,
}

const TITLES: [Title; 5] = [column("TYPE"), column("TOTAL"), column("ACTIVE"), column("SIZE"), column("RECLAIMABLE")];

/// Reads `docker system df`.
pub struct DiskUses {
    table: Table,
}

impl Parser for DiskUses {
    const ABOUT: About = About {
        name: "disk-use",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What images, containers and volumes take, as docker system df and podman system df print it",
        commands: &["docker system df", "podman system df"],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = DiskUse;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        DiskUses { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &TITLES)? {
            if !self.table.titles().eq(TITLES.map(|title| title.title)) {
                return Err(Error::Unrecognised(line.expected("the titles `TYPE TOTAL ACTIVE SIZE RECLAIMABLE`")));
            }
            rows.recognise();
            return Ok(());
        }
        let cells = self.table.cells(line)?;
        let cell = |title: &str| -> Result<Field<'_>, Problem> {
            let found = cells.iter().find(|(known, _)| *known == title).map(|(_, cell)| *cell);
            found.ok_or_else(|| Problem::error(format!("expected something under `{title}`")))
        };
        let reclaimable = cell("RECLAIMABLE")?;
        let (amount, share) = match reclaimable.split_once(" (") {
            Some((amount, share)) => {
                let share = share.strip_suffix("%)").ok_or_else(|| share.expected("a share such as `70%)`"))?;
                (amount, Some(share.float()?))
            }
            None => (reclaimable, None),
        };
        rows.push(DiskUse {
            kind: cell("TYPE")?.bytes.to_vec(),
            items: cell("TOTAL")?.integer()?,
            items_active: cell("ACTIVE")?.integer()?,
            size: size(cell("SIZE")?)?,
            reclaimable: size(amount)?,
            reclaimable_percent: share,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::DiskUses;

    const TABLE: &str = "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\nImages          5         2         16.43MB   11.63MB (70%)\nBuild Cache     0         0         0B        0B\n";

    #[test]
    fn each_sort_is_a_record() {
        let parsed = parse::<DiskUses>(None, TABLE.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(
            parsed.records,
            [
                r#"{"type":"Images","items":5,"items_active":2,"size":16430000,"reclaimable":11630000,"reclaimable_percent":70}"#,
                r#"{"type":"Build Cache","items":0,"items_active":0,"size":0,"reclaimable":0,"reclaimable_percent":null}"#
            ]
        );
        assert_any_split::<DiskUses>(None, TABLE.as_bytes());
        let broken = parse::<DiskUses>(None, TABLE.replace("(70%)", "(70)").as_bytes());
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 1), "{broken:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<DiskUses>(["hello\n", "TYPE TOTAL\n", "Images space usage:\n"]);
    }
}
