//! `dpkg -l`: a table whose columns a ruler shows.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A package and in what state it is.
#[derive(Clone, Debug, Default, Record)]
pub struct Installed<'a> {
    /// Its name, with its architecture behind a colon where that is needed.
    #[field(key)]
    pub package: &'a [u8],
    /// Its version; null where none is installed.
    pub version: Option<&'a [u8]>,
    /// Its architecture; null where none is installed.
    pub architecture: Option<&'a [u8]>,
    /// First line of its description.
    pub description: Option<&'a [u8]>,
    /// What is wanted: `install`, `remove`, `purge`, `hold`, `unknown`.
    pub desired: &'static str,
    /// What is: `installed`, `config-files`, `half-installed`, …
    pub status: &'static str,
    /// Whether it must be installed anew.
    pub needs_reinstall: bool,
    /// The letters that say so.
    pub codes: &'a [u8],
}

/// Reads `dpkg -l`.
pub struct DpkgList {
    /// Where each column ends, from the ruler. Empty before it.
    ends: Vec<usize>,
}

/// Where the narrowest column of names ends.
const SHORTEST: usize = 4 + 14;

const EXPECTED: &str = "`Desired=Unknown/Install/…` and the ruler `+++-===-===`";

impl Parser for DpkgList {
    const ABOUT: About = About {
        name: "dpkg-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Packages and in what state they are, as dpkg -l prints them",
        commands: &["dpkg", "dpkg-query"],
        dialect: "debian",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Installed<'static>;

    fn new(_: &Source) -> Self {
        DpkgList { ends: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.ends.is_empty() {
            if let Some(ruler) = line.whole().strip_prefix("+++-") {
                let mut end = 4;
                for part in ruler.split("-") {
                    end += part.bytes.len();
                    self.ends.push(end);
                    end += 1;
                }
                // The architecture came with dpkg 1.16.
                if self.ends.len() == 3 {
                    rows.without(["architecture"]);
                }
                rows.recognise();
                return Ok(());
            }
            let before = [&b"Desired="[..], b"| Status=", b"|/ ", b"||/ "];
            return if before.iter().any(|start| line.bytes.starts_with(start)) {
                Ok(())
            } else {
                Err(Error::Unrecognised(line.expected(EXPECTED)))
            };
        }
        let package = row(line.whole(), &self.ends)?;
        // Versions before 1.16 fit the table to 80 columns also where nobody looks.
        if self.ends.first().is_some_and(|end| *end <= SHORTEST && package.package.len() + 4 == *end) {
            rows.warn_once("shortened", || {
                Problem::warning(format!(
                    "a name that fills its column may be shortened: {}; `COLUMNS=200 dpkg -l` shows all of it",
                    String::from_utf8_lossy(package.package)
                ))
            });
        }
        rows.push(package);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

fn row<'a>(line: Field<'a>, ends: &[usize]) -> Result<Installed<'a>, Problem> {
    let (codes, rest) = line.split_at(3);
    let letters = codes.trim_end();
    let [desired, status] = [0, 1].map(|at| codes.bytes.get(at).copied().unwrap_or(b' '));
    let desired = match desired {
        b'u' => "unknown",
        b'i' => "install",
        b'r' => "remove",
        b'p' => "purge",
        b'h' => "hold",
        _ => return Err(codes.expected("the letters of a package's state, such as `ii`")),
    };
    let status = match status {
        b'n' => "not-installed",
        b'i' => "installed",
        b'c' => "config-files",
        b'u' | b'U' => "unpacked",
        b'f' | b'F' => "half-configured",
        b'h' | b'H' => "half-installed",
        b'w' | b'W' => "triggers-awaiting",
        b't' => "triggers-pending",
        _ => return Err(codes.expected("the letters of a package's state, such as `ii`")),
    };
    let [package, version, rest] = rest.fields_and_rest()?;
    let (architecture, description) = if ends.len() == 4 {
        let [architecture, description] = rest.fields_and_rest()?;
        (Some(architecture), description)
    } else {
        (None, rest)
    };
    // A cell begins where its ruler does.
    let cells = [Some(package), Some(version), architecture];
    let starts = [4].into_iter().chain(ends.iter().map(|end| end + 1));
    if let Some(moved) = cells.into_iter().flatten().zip(starts).find(|(cell, start)| cell.start() - line.start() != *start) {
        return Err(moved.0.problem(format!("expected a cell at column {} of the line, as the ruler says", moved.1 + 1)));
    }
    Ok(Installed {
        package: package.bytes,
        version: Some(version.bytes).filter(|text| *text != b"<none>"),
        architecture: architecture.map(|cell| cell.bytes).filter(|text| *text != b"<none>"),
        description: Some(description.trim_end().bytes).filter(|text| !text.is_empty() && !text.starts_with(b"(no ")),
        desired,
        status,
        needs_reinstall: codes.bytes.get(2) == Some(&b'R'),
        codes: letters.bytes,
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::DpkgList;

    #[test]
    fn states_are_in_words() {
        let capture = "Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst\n|/ Err?=(none)\n||/ Name  Version Architecture Description\n+++-=====-=======-============-===========\nii  a:b   1.0-1   amd64        Words for people\nun  c     <none>  <none>       (no description available)\nzz  x\n";
        let parsed = parse::<DpkgList>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"package":"a:b","version":"1.0-1","architecture":"amd64","description":"Words for people","desired":"install","status":"installed","needs_reinstall":false,"codes":"ii"}"#,
                r#"{"package":"c","version":null,"architecture":null,"description":null,"desired":"unknown","status":"not-installed","needs_reinstall":false,"codes":"un"}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 1);
        assert_unrecognised::<DpkgList>(["hello\n", "ii a 1 b c\n", ""]);
    }
}
