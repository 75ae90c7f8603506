//! `systemctl show`: `NAME=value` lines, an empty line between units.

use outparse_sdk::{About, Ending, Error, Line, Map, Parser, Record, Rows, Source};

/// A unit, or the manager where none was named.
#[derive(Clone, Debug, Default, Record)]
pub struct Properties {
    /// The unit: its `Id`; null where that was not asked for.
    #[field(key)]
    pub unit: Option<Vec<u8>>,
    /// Its properties, as systemd prints them. Of a name that comes more than once, the values are joined by line ends.
    pub properties: Map<Vec<u8>>,
}

/// Reads `systemctl show`.
pub struct Show(Option<Properties>);

/// Properties that a unit has one of, and that are likely to be asked for first.
const SINGLE: [&[u8]; 9] =
    [b"Id", b"Type", b"Names", b"Description", b"LoadState", b"ActiveState", b"SubState", b"UnitFileState", b"MainPID"];

impl Parser for Show {
    const ABOUT: About = About {
        name: "show",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Properties of units, as systemctl show prints them",
        commands: &["systemctl show"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Properties;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Show(None)
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        let property = line.whole().split_once("=");
        let property = property.filter(|(name, _)| !name.bytes.is_empty() && name.bytes.iter().all(u8::is_ascii_alphanumeric));
        let (name, value) = property.ok_or_else(|| line.expected("`Name=value`"))?;
        rows.recognise();
        // With the property that a unit began with, the next one begins, where another run follows: but for those that a unit has
        // several of, its commands say.
        let begins = |unit: &Properties| unit.properties.0.first().is_some_and(|(first, _)| first == name.bytes);
        if SINGLE.contains(&name.bytes) && self.0.as_ref().is_some_and(begins) {
            self.flush(rows);
        }
        let unit = self.0.get_or_insert_default();
        if name.bytes == b"Id" {
            unit.unit = Some(value.bytes.to_vec());
        }
        match unit.properties.0.iter_mut().find(|(known, _)| known == name.bytes) {
            Some((_, text)) => text.extend([b"\n", value.bytes].concat()),
            None => unit.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Show {
    fn flush(&mut self, rows: &mut Rows<Properties>) {
        if let Some(unit) = self.0.take() {
            rows.push(unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Show;

    #[test]
    fn a_unit_ends_at_an_empty_line() {
        let capture = b"Id=a.service\nExecStart=x\nExecStart=y=z\n\nId=b.service\n";
        let parsed = parse::<Show>(None, capture);
        assert_eq!(parsed.records[0], "{\"unit\":\"a.service\",\"properties\":{\"Id\":\"a.service\",\"ExecStart\":\"x\\ny=z\"}}");
        assert_eq!(parsed.records.len(), 2);
        assert_eq!(parse::<Show>(None, b"Id=a\nMainPID=1\nId=b\nMainPID=2\n").sound().len(), 2);
        assert_eq!(parse::<Show>(None, b"Listen=a\nListen=b\n").sound().len(), 1);
        assert_any_split::<Show>(None, capture);
        assert_unrecognised::<Show>(["hello\n", "=x\n", "a b=c\n"]);
    }
}
