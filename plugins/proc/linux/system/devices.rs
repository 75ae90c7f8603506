//! `/proc/devices`: drivers and their numbers.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// A driver and its number.
#[derive(Clone, Debug, Default, Record)]
pub struct Driver<'a> {
    /// Major device number.
    #[field(key)]
    pub major: i64,
    /// Its name.
    pub name: &'a [u8],
    /// `character` or `block`.
    #[field(key)]
    pub r#type: &'static str,
}

/// Reads `/proc/devices`.
pub struct Devices {
    kind: Option<&'static str>,
}

impl Parser for Devices {
    const ABOUT: About = about!("devices", "Drivers and their numbers, as /proc/devices has them", "/proc/devices");
    type Record = Driver<'static>;

    fn new(_: &Source) -> Self {
        Devices { kind: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        match line.bytes {
            b"" => return Ok(()),
            b"Character devices:" => self.kind = Some("character"),
            b"Block devices:" => self.kind = Some("block"),
            _ => {
                // It may have been a heading: numbers stand to the right.
                if !matches!(line.bytes[0], b' ' | b'0'..=b'9') {
                    self.kind = None;
                }
                let expected = || line.expected("`Character devices:` or `Block devices:`");
                let kind = match self.kind {
                    Some(kind) => kind,
                    None if rows.recognised() => return Err(expected().into()),
                    None => return Err(Error::Unrecognised(expected())),
                };
                let [major, name] = line.fields_and_rest()?;
                rows.push(Driver { major: major.integer()?, name: name.trim_end().bytes, r#type: kind });
                return Ok(());
            }
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("`Character devices:`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn drivers_are_read() {
        assert_eq!(
            parse::<Devices>(None, b"Character devices:\n  1 mem\n\nBlock devices:\n254 virtblk\n").records,
            [r#"{"major":1,"name":"mem","type":"character"}"#, r#"{"major":254,"name":"virtblk","type":"block"}"#]
        );
        let broken = parse::<Devices>(None, b"Character devices:\n  1 mem\n\nx devices:\n254 virtblk\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 2), "{broken:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Devices>(["hello\n", ""]);
    }
}
