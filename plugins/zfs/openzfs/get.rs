//! `zfs get` and `zpool get`: a property a line.

use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Record, Rows, Source};

use crate::list::{Table, exact};

/// A property of a dataset, a pool or a device.
#[derive(Clone, Debug, Default, Record)]
pub struct Property<'a> {
    /// What has it.
    #[field(key)]
    pub name: Option<&'a [u8]>,
    /// Which it is.
    #[field(key)]
    pub property: Option<&'a [u8]>,
    /// Its value, as printed; null where there is none.
    pub value: Option<&'a [u8]>,
    /// The same, where it is one whole number: with `-p`, of sizes bytes, and of times seconds since 1970.
    pub number: Option<i64>,
    /// The value that was received (`-o all`); null where there is none.
    pub received: Option<&'a [u8]>,
    /// Where the value comes from: `local`, `default`, `inherited from NAME`, …; null of one that cannot be set.
    pub source: Option<&'a [u8]>,
}

const TITLES: [Title; 5] = [
    Title::left("NAME", "name", Reading::Text),
    Title::left("PROPERTY", "property", Reading::Text),
    Title::left("VALUE", "value", Reading::Text),
    Title::left("RECEIVED", "received", Reading::Text),
    Title::left("SOURCE", "source", Reading::Text),
];

/// Reads `zfs get`.
pub struct Get {
    table: Table,
    /// The column of the number, once there was a row.
    number: Option<Place>,
}

impl Parser for Get {
    const ABOUT: About = About {
        name: "zfs-get",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Properties of datasets and pools, as zfs get and zpool get print them",
        commands: &["zfs get", "zpool get"],
        dialect: "openzfs",
        platforms: &["linux", "freebsd", "solaris"],
        ..About::DEFAULT
    };
    type Record = Cells<Property<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Get { table: Table::new(source, &TITLES, "name,property,value,source"), number: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(cells) = self.table.cells(line, rows)? else { return Ok(()) };
        let is_without = |cell: Option<&Option<Field<'_>>>| cell.is_none_or(|name| name.is_none_or(|name| name.is_blank()));
        let property = self.table.fields().position(|field| field == "property");
        if is_without(cells.first()) || property.is_some_and(|at| is_without(cells.get(at))) {
            return Err(line.expected("a name in the first column").into());
        }
        if self.number.is_none() {
            self.number = self.table.begin(&["number"], rows).first().copied();
        }
        let values = self.table.values(&cells, 0)?;
        let value = self.table.fields().zip(&cells).find(|(field, _)| *field == "value").and_then(|(_, cell)| *cell);
        if let Some((place, number)) = self.number.zip(value.and_then(|value| value.trim().as_integer())) {
            rows.put(place, CellValue::Integer(number));
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
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Get;

    #[test]
    fn properties_are_read() {
        let text = b"NAME      PROPERTY       VALUE                  SOURCE\ntank/a b  type           filesystem             -\ntank/a b  creation       Sat Nov 28 10:00 2026  -\ntank/a b  used           11274289152            -\ntank/a b  mountpoint     /tank                  inherited from tank\ntank/a b  org.x:y        a  b                   local\n";
        assert_eq!(
            parse::<Get>(None, text).sound(),
            [
                r#"{"name":"tank/a b","property":"type","value":"filesystem"}"#,
                r#"{"name":"tank/a b","property":"creation","value":"Sat Nov 28 10:00 2026"}"#,
                r#"{"name":"tank/a b","property":"used","value":"11274289152","number":11274289152}"#,
                r#"{"name":"tank/a b","property":"mountpoint","value":"/tank","source":"inherited from tank"}"#,
                r#"{"name":"tank/a b","property":"org.x:y","value":"a  b","source":"local"}"#,
            ]
        );
        assert_any_split::<Get>(None, text);
        let twice = parse::<Get>(None, &[text, &b"NAME  PROPERTY  VALUE  SOURCE\nb     used      7      -\n"[..]].concat());
        twice.has(5, &[r#""name":"b","property":"used","value":"7""#]);
        let bare = parse::<Get>(Some(&["zfs", "get", "-H", "-o", "name,value", "used", "tank"]), b"tank\t7\n");
        assert_eq!(bare.sound(), [r#"{"name":"tank","value":"7","number":7}"#]);
        let usual = parse::<Get>(None, b"tank\tused\t10.5G\t-\n");
        assert_eq!(usual.sound(), [r#"{"name":"tank","property":"used","value":"10.5G"}"#]);
        let moved = parse::<Get>(None, b"NAME  PROPERTY  VALUE  SOURCE\nlongname  used  1  -\n");
        assert_eq!((moved.records.len(), moved.problems.len()), (0, 1), "{moved:?}");
        assert_unrecognised::<Get>(["hello\n", "NAME  USED\n", "a b\n"]);
    }

    #[test]
    fn a_line_without_a_property_is_none() {
        let parsed = parse::<Get>(None, b"NAME  PROPERTY  VALUE  SOURCE\ntank  used      1G     -\na: b\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
