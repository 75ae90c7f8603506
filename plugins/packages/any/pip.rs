//! `pip list`: a table under a ruler; with `--format=freeze`, `NAME==VERSION`.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A package.
#[derive(Clone, Debug, Default, Record)]
pub struct Distribution<'a> {
    /// Its name.
    #[field(key)]
    pub package: &'a [u8],
    /// Its version.
    pub version: &'a [u8],
    /// The newest version (`--outdated`).
    pub latest_version: Option<&'a [u8]>,
    /// What that is: `wheel` or `sdist` (`--outdated`).
    pub distribution_type: Option<&'a [u8]>,
    /// Where it is being worked on, of an editable package.
    pub location: Option<&'a [u8]>,
    /// What installed it (`-v`).
    pub installer: Option<&'a [u8]>,
    /// Folder of an editable one, where its location is printed too (`-v`).
    pub project_location: Option<&'a [u8]>,
}

/// Reads `pip list`.
pub struct PipList {
    /// The titles, once they were read.
    titles: Vec<String>,
    /// Where the columns begin, once the ruler was read.
    starts: Vec<usize>,
    fields: Vec<&'static str>,
}

const EXPECTED: &str = "the titles `Package Version`, or `NAME==VERSION`";

impl Parser for PipList {
    const ABOUT: About = About {
        name: "pip-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Packages of Python, as pip list and pip freeze print them",
        commands: &["pip list", "pip3 list", "pip freeze", "pip3 freeze", "uv pip list"],
        dialect: "pip",
        ..About::DEFAULT
    };
    type Record = Distribution<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        PipList { titles: Vec::new(), starts: Vec::new(), fields: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes[0] == b'#' || line.bytes.starts_with(b"WARNING:") || line.bytes.starts_with(b"[notice]")
        {
            return Ok(());
        }
        if self.titles.is_empty() {
            if line.bytes.starts_with(b"Package ") {
                let text = String::from_utf8_lossy(&whole.squeezed()).replace("Editable project location", "Editable");
                self.titles = text.split(' ').map(str::to_owned).collect();
                let has_location = self.titles.iter().any(|title| title == "Location");
                let mut fields = Vec::new();
                for title in &self.titles {
                    fields.push(match title.as_str() {
                        "Package" => "package",
                        "Version" => "version",
                        "Latest" => "latest_version",
                        "Type" => "distribution_type",
                        "Installer" => "installer",
                        "Editable" if has_location => "project_location",
                        "Location" | "Editable" => "location",
                        _ => {
                            return Err(line
                                .expected("titles that are known: `Package Version Latest Type Location Installer`")
                                .into());
                        }
                    });
                }
                self.fields.clone_from(&fields);
                rows.shape(fields);
                rows.recognise();
                return Ok(());
            }
            let pair = whole.split_once("==").or_else(|| {
                whole.split_once(" (").and_then(|(name, version)| Some((name, version.trim_end().strip_suffix(")")?)))
            });
            let (name, version) = pair.filter(|(name, _)| !name.bytes.contains(&b' ')).ok_or_else(|| line.expected(EXPECTED))?;
            if rows.made() == 0 {
                rows.shape(["package", "version"]);
            }
            rows.push(Distribution { package: name.bytes, version: version.trim().bytes, ..Distribution::default() });
            return Ok(());
        }
        if self.starts.is_empty() && line.bytes.iter().all(|byte| matches!(byte, b'-' | b' ')) {
            self.starts = whole.fields().map(|rule| rule.start()).collect();
            return Ok(());
        }
        let cells = self.cells(whole)?;
        let mut found = Distribution::default();
        for (field, cell) in self.fields.iter().zip(cells) {
            match *field {
                "package" => found.package = cell.bytes,
                "version" => found.version = cell.bytes,
                _ if cell.bytes.is_empty() => {}
                "latest_version" => found.latest_version = Some(cell.bytes),
                "distribution_type" => found.distribution_type = Some(cell.bytes),
                "installer" => found.installer = Some(cell.bytes),
                "project_location" => found.project_location = Some(cell.bytes),
                _ => found.location = Some(cell.bytes),
            }
        }
        if found.package.is_empty() || found.version.is_empty() {
            return Err(line.expected("a package and its version").into());
        }
        rows.push(found);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(())
    }
}

impl PipList {
    /// What stands below each piece of the ruler: a cell begins where its piece does, and a blank parts it from the one before.
    fn cells<'a>(&self, line: Field<'a>) -> Result<Vec<Field<'a>>, Problem> {
        if self.starts.len() != self.fields.len() {
            return Err(line.expected("a ruler below the titles"));
        }
        let ends = self.starts.iter().skip(1).copied().chain([usize::MAX]);
        let cells = self.starts.iter().zip(ends).map(|(&start, end)| line.part(start, end));
        cells
            .map(|cell| {
                let (is_last, text) = (cell.end() == line.end(), cell.trim_end());
                let is_parted = is_last || text.bytes.len() < cell.bytes.len();
                if !is_parted || text.bytes.first().is_some_and(u8::is_ascii_whitespace) {
                    let column = cell.start() - line.start() + 1;
                    return Err(cell.problem(format!("expected a cell at column {column} of the line, as the ruler says")));
                }
                Ok(text)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::PipList;

    #[test]
    fn each_column_has_its_field() {
        let capture = b"Package Version Location  Installer\n------- ------- --------- ---------\na       1.0     /usr/a b  pip\nb       2       /usr\n";
        let parsed = parse::<PipList>(None, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"package":"a","version":"1.0","location":"/usr/a b","installer":"pip"}"#,
                r#"{"package":"b","version":"2","location":"/usr","installer":null}"#
            ]
        );
        let moved = parse::<PipList>(None, b"Package Version\n------- -------\na           1.0\n");
        assert_eq!((moved.records.len(), moved.problems.len()), (0, 1));
    }

    #[test]
    fn every_form_is_read() {
        let table = parse::<PipList>(None, b"Package Version Editable project location\n------- ------- -------------------------\na       1.0     /x y\nb       2\n");
        assert_eq!(
            table.records,
            [r#"{"package":"a","version":"1.0","location":"/x y"}"#, r#"{"package":"b","version":"2","location":null}"#]
        );
        assert_eq!(parse::<PipList>(None, b"a==1.0\n").records, [r#"{"package":"a","version":"1.0"}"#]);
        let outdated =
            parse::<PipList>(None, b"Package Version Latest Type\n------- ------- ------ -----\na       1       2      wheel\n");
        assert_eq!(outdated.records, [r#"{"package":"a","version":"1","latest_version":"2","distribution_type":"wheel"}"#]);
        assert_unrecognised::<PipList>(["hello\n", "a b==c\n"]);
    }
}
