//! `swapon --show` and `swapon -s`: swap areas.

use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, Base, CellValue, Cells, Error, Field, Line, Parser, Problem, Record, Rows, Source, escape};

use crate::columns::{Columns, Places, Read, is_alone, value};

/// A swap area. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct SwapArea<'a> {
    /// Device or file.
    #[field(key)]
    pub path: Option<&'a [u8]>,
    /// Type: `partition` or `file`.
    pub r#type: Option<&'a [u8]>,
    /// Size; shortened without `--bytes`.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Priority: the greatest is used first.
    pub priority: Option<i64>,
    /// UUID.
    pub uuid: Option<&'a [u8]>,
    /// Label.
    pub label: Option<&'a [u8]>,
}

use Reading::{Integer, Text};
const SIZE: Reading = Reading::Size(Base::Binary);

const TITLES: &[Title] = &[
    Title::left("NAME", "path", Text),
    Title::left("TYPE", "type", Text),
    Title::right("SIZE", "size", SIZE),
    Title::right("USED", "used", SIZE),
    Title::right("PRIO", "priority", Integer),
    Title::left("UUID", "uuid", Text),
    Title::left("LABEL", "label", Text),
];

const OPTIONS: &[&str] = &["r raw", "n noheadings", "s summary", "bytes", "show", "v verbose"];

/// Reads `swapon --show` and `swapon -s`.
pub struct Swapon {
    columns: Columns,
    places: Places,
    /// Whether it is the table of `/proc/swaps`.
    summary: bool,
}

impl Parser for Swapon {
    const ABOUT: About = About {
        name: "swapon",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Swap areas, as swapon --show, swapon -s and /proc/swaps print them",
        commands: &["swapon"],
        files: &["/proc/swaps"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<SwapArea<'static>>;

    fn new(source: &Source) -> Self {
        Swapon { columns: Columns::new(TITLES, source, OPTIONS), places: Places::default(), summary: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if *line.whole().squeezed() == b"Filename Type Size Used Priority"[..] {
            self.summary = true;
            self.places = Places::begin(&["path", "type", "size", "used", "priority"], rows);
            return Ok(());
        }
        if self.summary {
            return self.kernel_row(line, rows);
        }
        let Read { heading, row } = self.columns.read(line)?;
        if let Some(fields) = heading {
            self.places = Places::begin(&fields, rows);
        }
        let Some(cells) = row else { return Ok(()) };
        if is_alone(&cells, &self.places, &["path", "type", "size", "used", "priority"]) {
            return Err(line.expected("a swap area with its type, size and priority").into());
        }
        let read =
            cells.iter().map(|(title, text)| Ok((title.field, value(title, text)?))).collect::<Result<Vec<_>, Problem>>()?;
        read.into_iter().for_each(|(field, cell)| self.places.put(field, cell, rows));
        rows.end_row();
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let shows = words.iter().any(|word| word.starts_with("--show"));
        (shows && !words.iter().any(|word| word == "--bytes"))
            .then(|| words.iter().cloned().chain(["--bytes".to_owned()]).collect())
    }
}

impl Swapon {
    /// A row of the kernel's own table, which counts in KiB. Blanks in a name are `\040` there.
    fn kernel_row(&self, line: Line<'_>, rows: &mut Rows<Cells<SwapArea<'static>>>) -> Result<(), Error> {
        let [path, kind, size, used, priority] = line.fields_and_rest()?;
        let kibibytes = |field: Field<'_>| field.integer().map(|size| size.saturating_mul(1024));
        let (size, used, priority) = (kibibytes(size)?, kibibytes(used)?, priority.trim().integer()?);
        let path = escape::octal(path.bytes);
        let values = [
            ("path", CellValue::Text(&path)),
            ("type", CellValue::Text(kind.bytes)),
            ("size", CellValue::Integer(size)),
            ("used", CellValue::Integer(used)),
            ("priority", CellValue::Integer(priority)),
        ];
        values.into_iter().for_each(|(field, value)| self.places.put(field, value, rows));
        rows.end_row();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Swapon;

    #[test]
    fn the_kernels_table_counts_in_kibibytes() {
        let parsed = parse::<Swapon>(None, b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/a\\040b                                  file\t\t1048576\t\t512\t\t-2\n");
        assert_eq!(parsed.records, [r#"{"path":"/a b","type":"file","size":1073741824,"used":524288,"priority":-2}"#]);
        let shown = parse::<Swapon>(None, b"NAME      TYPE  SIZE USED PRIO UUID LABEL\n/swapfile file 1024M 512K   -2      \n");
        assert_eq!(
            shown.records,
            [r#"{"path":"/swapfile","type":"file","size":1073741824,"used":524288,"priority":-2,"uuid":null,"label":null}"#]
        );
    }

    #[test]
    fn a_name_alone_is_no_swap_area() {
        let parsed = parse::<Swapon>(None, b"NAME      TYPE  SIZE USED PRIO\n/swapfile file 1024M 512K   -2\n/swap2\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        let unlabelled = parse::<Swapon>(None, b"NAME      LABEL\n/swapfile a\n/swap2\n");
        assert_eq!(unlabelled.sound().len(), 2);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Swapon>(["hello\n", "NAME WHAT\n", "Filename Type\n"]);
    }
}
