//! Containers: `docker` and `podman` (`ps`, `images`, `stats`, `network ls`, `volume ls`, `system df`), and `kubectl get`, `top` and `describe`.

pub mod disk_use;
pub mod docker;
pub mod images;
pub mod kubectl;
pub mod kubectl_describe;
pub mod stats;

pub use disk_use::DiskUses;
pub use docker::{Containers, Networks, Volumes};
pub use images::Images;
pub use kubectl::Kubectl;
pub use kubectl_describe::KubectlDescribe;
pub use stats::Stats;

use outparse_sdk::grid::{Grid, Reading, Title};
use outparse_sdk::{Base, Error, Field, Line, Problem};

outparse_sdk::export!(
    "containers-any",
    env!("CARGO_PKG_VERSION"),
    "Containers, images and resources, as docker, podman and kubectl print them";
    Containers, Images, Stats, Networks, Volumes, DiskUses, Kubectl, KubectlDescribe
);

/// A column whose cells begin where its title begins; what is in it, its table knows.
pub(crate) const fn column(title: &'static str) -> Title {
    Title::left(title, title, Reading::Text)
}

/// A table of columns set to the left, whose titles may come again.
#[derive(Default)]
pub(crate) struct Table {
    grid: Option<Grid>,
}

impl Table {
    /// Reads a line as titles. False where it is none; an error where there were none before.
    pub(crate) fn heading(&mut self, line: Line<'_>, known: &[Title]) -> Result<bool, Error> {
        if let Some(grid) = Grid::read(line.whole(), known).filter(|grid| grid.fields().count() > 1) {
            self.grid = Some(grid);
            return Ok(true);
        }
        if self.grid.is_some() { Ok(false) } else { Err(line.expected(&format!("titles such as `{}`", known[0].title)).into()) }
    }

    pub(crate) fn titles(&self) -> impl Iterator<Item = &'static str> {
        self.grid.iter().flat_map(Grid::fields)
    }

    /// What stands under each title that has something below it.
    pub(crate) fn cells<'a>(&self, line: Line<'a>) -> Result<Vec<(&'static str, Field<'a>)>, Error> {
        let Some(grid) = &self.grid else { return Ok(Vec::new()) };
        let cells = grid.checked_cells(line.whole())?;
        // What the program says on standard error stands below the first title.
        if cells.len() > 2 && cells[1..].iter().all(Option::is_none) {
            return Err(line.expected("cells below more than the first title").into());
        }
        Ok(grid.fields().zip(cells).filter_map(|(title, cell)| Some((title, cell?))).collect())
    }
}

/// A size: `72.8MB` counts in 1,000, `1.5MiB` in 1,024; nothing for `N/A` and `--`.
pub(crate) fn size(text: Field<'_>) -> Result<Option<i64>, Problem> {
    match text.bytes {
        b"N/A" | b"--" | b"" => Ok(None),
        // Without its unit it may be any of them.
        bytes if !bytes.ends_with(b"B") => Err(text.expected("a size with its unit, such as `1.5MB`")),
        _ => text.size(Base::Decimal).map(Some),
    }
}

/// `1.5MiB / 1.9GiB`
pub(crate) fn sizes(text: Field<'_>) -> Result<(Option<i64>, Option<i64>), Problem> {
    let (first, second) = text.split_once(" / ").ok_or_else(|| text.expected("two sizes with `/` between them"))?;
    Ok((size(first.trim())?, size(second.trim())?))
}

/// Seconds of `17 seconds`, `About an hour`, `Less than a second`, `2 weeks`. None for other words.
pub(crate) fn words(text: Field<'_>) -> Option<i64> {
    let text = text.strip_prefix("About ").unwrap_or(text);
    if text.bytes == b"Less than a second" {
        return Some(0);
    }
    let (number, unit) = text.split_once(" ")?;
    let number = match number.bytes {
        b"a" | b"an" => 1,
        _ => number.as_integer()?,
    };
    let factor = match unit.bytes.strip_suffix(b"s").unwrap_or(unit.bytes) {
        b"second" => 1,
        b"minute" => 60,
        b"hour" => 3600,
        b"day" => 86_400,
        b"week" => 604_800,
        b"month" => 30 * 86_400,
        b"year" => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(factor)
}
