//! `docker images` and `podman images`.

use outparse_sdk::grid::Title;
use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

use crate::docker::whole_names;
use crate::{Table, column, size, words};

/// An image.
#[derive(Clone, Debug, Default, Record)]
pub struct Image {
    /// Where it comes from; null where it has no name.
    pub repository: Option<Vec<u8>>,
    /// Its tag; null where it has none.
    pub tag: Option<Vec<u8>>,
    /// Digest of its manifest (`--digests`); null where it has none.
    pub manifest_digest: Option<Vec<u8>>,
    /// Its identifier, shortened without `--no-trunc`.
    #[field(key)]
    pub id: Option<Vec<u8>>,
    /// How long ago it was made, as roughly as it is printed; null where that is not known.
    #[field(unit = "seconds", approximate, gauge)]
    pub age: Option<i64>,
    /// Its size.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
}

const TITLES: [Title; 6] =
    [column("REPOSITORY"), column("TAG"), column("DIGEST"), column("IMAGE ID"), column("CREATED"), column("SIZE")];

/// Reads `docker images`.
pub struct Images {
    table: Table,
}

impl Parser for Images {
    const ABOUT: About = About {
        name: "images",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Images of containers, as docker images and podman images print them",
        commands: &[
            "docker images",
            "docker image ls",
            "docker image list",
            "podman images",
            "podman image ls",
            "podman image list",
        ],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = Image;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Images { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &TITLES)? {
            rows.shape(self.table.titles().map(|title| match title {
                "REPOSITORY" => "repository",
                "TAG" => "tag",
                "DIGEST" => "manifest_digest",
                "IMAGE ID" => "id",
                "CREATED" => "age",
                _ => "size",
            }));
            rows.recognise();
            return Ok(());
        }
        let mut image = Image::default();
        for (title, cell) in self.table.cells(line)? {
            image.read(title, cell)?;
        }
        rows.push(image);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        whole_names(words)
    }
}

impl Image {
    fn read(&mut self, title: &str, cell: Field<'_>) -> Result<(), Error> {
        let text = Some(cell.bytes.to_vec()).filter(|text| text != b"<none>");
        match title {
            "REPOSITORY" => self.repository = text,
            "TAG" => self.tag = text,
            "DIGEST" => self.manifest_digest = text,
            "IMAGE ID" => self.id = text,
            "CREATED" if cell.bytes == b"N/A" => {}
            "CREATED" => {
                let expected = || cell.expected("`NUMBER UNIT ago`");
                self.age = Some(cell.strip_suffix(" ago").and_then(words).ok_or_else(expected)?);
            }
            // podman has a blank before the unit.
            _ => match cell.split_once(" ") {
                Some((number, unit)) => {
                    let joined = [number.bytes, unit.bytes].concat();
                    self.size = size(Field { bytes: &joined, ..cell })?;
                }
                None => self.size = size(cell)?,
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Images;

    #[test]
    fn images_are_read() {
        let text = b"REPOSITORY          TAG       DIGEST      IMAGE ID       CREATED        SIZE\n\
            localhost:5000/a    22.04     sha256:ab   1f6ddc1b2547   2 weeks ago    77.8MB\n<none>              <none>    <none>      2f6ddc1b2547   N/A            1.2 GB\n";
        assert_eq!(
            parse::<Images>(None, text).sound(),
            [
                r#"{"repository":"localhost:5000/a","tag":"22.04","manifest_digest":"sha256:ab","id":"1f6ddc1b2547","age":1209600,"size":77800000}"#,
                r#"{"id":"2f6ddc1b2547","size":1200000000}"#,
            ]
        );
        assert_unrecognised::<Images>(["hello\n", "REPOSITORY\n", "IMAGE   WHAT\n"]);
        let parsed = parse::<Images>(None, b"IMAGE ID   SIZE\na          big\nb          1kB\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
