//! `docker images` and `podman images`.

use outparse_sdk::grid::{Reading, Title};
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
    /// Its size: what it takes on the disk.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// The part of it that is what was pulled, as it is kept (docker 29).
    #[field(unit = "bytes", approximate)]
    pub content_size: Option<i64>,
    /// Whether a container was made of it (docker 29).
    pub is_used: Option<bool>,
    /// Whether it is in a store that is only read (podman).
    pub is_read_only: Option<bool>,
}

const TITLES: [Title; 12] = [
    column("REPOSITORY"),
    column("TAG"),
    column("DIGEST"),
    column("IMAGE ID"),
    column("CREATED"),
    column("SIZE"),
    column("R/O"),
    // Of docker 29.
    column("IMAGE"),
    column("ID"),
    Title::right("DISK USAGE", "DISK USAGE", Reading::Text),
    Title::right("CONTENT SIZE", "CONTENT SIZE", Reading::Text),
    column("EXTRA"),
];

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
        // On a terminal, docker explains its signs first.
        if line.is_blank() || line.whole().trim().bytes.starts_with(b"i Info ") {
            return Ok(());
        }
        if self.table.heading(line, &TITLES)? {
            rows.shape(self.table.titles().flat_map(|title| match title {
                "REPOSITORY" => &["repository"][..],
                "TAG" => &["tag"],
                "DIGEST" => &["manifest_digest"],
                "IMAGE" => &["repository", "tag", "manifest_digest"],
                "IMAGE ID" | "ID" => &["id"],
                "CREATED" => &["age"],
                "CONTENT SIZE" => &["content_size"],
                "EXTRA" => &["is_used"],
                "R/O" => &["is_read_only"],
                _ => &["size"],
            }));
            rows.recognise();
            return Ok(());
        }
        let is_used = self.table.titles().any(|title| title == "EXTRA").then_some(false);
        let mut image = Image { is_used, ..Image::default() };
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
            "IMAGE ID" | "ID" => self.id = text,
            "IMAGE" if cell.bytes == b"<untagged>" => {}
            // A colon before the last `/` is that of a port.
            "IMAGE" => match (cell.split_once("@"), cell.rsplit_once(":")) {
                (Some((repository, digest)), _) => {
                    (self.repository, self.manifest_digest) = (Some(repository.bytes.to_vec()), Some(digest.bytes.to_vec()));
                }
                (None, Some((repository, tag))) if !tag.bytes.contains(&b'/') => {
                    (self.repository, self.tag) = (Some(repository.bytes.to_vec()), Some(tag.bytes.to_vec()));
                }
                _ => self.repository = text,
            },
            "CONTENT SIZE" => self.content_size = size(cell)?,
            "EXTRA" if cell.bytes == b"U" => self.is_used = Some(true),
            "EXTRA" => return Err(cell.expected("`U`, or nothing").into()),
            "R/O" => {
                self.is_read_only = Some(match cell.bytes {
                    b"true" => true,
                    b"false" => false,
                    _ => return Err(cell.expected("`true` or `false`").into()),
                });
            }
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

    #[test]
    fn the_table_of_docker_29_is_read() {
        let text = "                               i Info →   U  In Use\nIMAGE                  ID             DISK USAGE   CONTENT SIZE   EXTRA\n\
            local:5000/a/b:1.2     5b10f432ef3d       13.1MB         3.95MB        \nlocal:5000/c           abc326b5d5b8        1.1GB          189MB    U   \n\
            hello@sha256:09538a1   09538a1f51d3       20.6kB         4.21kB        \n<untagged>             24eb8128599d        641MB          136MB\n";
        assert_eq!(
            parse::<Images>(None, text.as_bytes()).sound(),
            [
                r#"{"repository":"local:5000/a/b","tag":"1.2","id":"5b10f432ef3d","size":13100000,"content_size":3950000,"is_used":false}"#,
                r#"{"repository":"local:5000/c","id":"abc326b5d5b8","size":1100000000,"content_size":189000000,"is_used":true}"#,
                r#"{"repository":"hello","manifest_digest":"sha256:09538a1","id":"09538a1f51d3","size":20600,"content_size":4210,"is_used":false}"#,
                r#"{"id":"24eb8128599d","size":641000000,"content_size":136000000,"is_used":false}"#,
            ]
        );
    }

    #[test]
    fn podman_says_which_images_are_only_read() {
        let text = b"REPOSITORY  TAG     IMAGE ID      CREATED      SIZE     R/O\na           <none>  0123456789ae  2 days ago   1.2 GB   true\n";
        parse::<Images>(None, text).has(0, &[r#""size":1200000000,"is_read_only":true"#]);
    }

    #[test]
    fn what_docker_says_amid_a_table_is_no_image() {
        let parsed =
            parse::<Images>(None, b"REPOSITORY   TAG   IMAGE ID   SIZE\na            b     c          1MB\nWARNING: x\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
