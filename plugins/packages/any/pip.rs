//! `pip list`: a table under a ruler; with `--format=freeze`, `NAME==VERSION`.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

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
}

/// Reads `pip list`.
pub struct PipList {
    /// The titles, once they were read.
    titles: Vec<String>,
    /// Where the columns begin, once the ruler was read.
    starts: Vec<usize>,
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
        PipList { titles: Vec::new(), starts: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes[0] == b'#' || line.bytes.starts_with(b"WARNING:") || line.bytes.starts_with(b"[notice]")
        {
            return Ok(());
        }
        if self.titles.is_empty() {
            if line.bytes.starts_with(b"Package ") {
                let text = String::from_utf8_lossy(&whole.squeezed()).replace("Editable project location", "location");
                self.titles = text.split(' ').map(str::to_owned).collect();
                let mut fields = vec!["package", "version"];
                for title in &self.titles {
                    match title.as_str() {
                        "Latest" => fields.push("latest_version"),
                        "Type" => fields.push("distribution_type"),
                        "location" | "Location" => fields.push("location"),
                        _ => {}
                    }
                }
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
        let [package, version, mut rest] = line.fields_and_rest()?;
        if version.bytes.is_empty() {
            return Err(line.expected("a package and its version").into());
        }
        let mut cells = vec![package, version];
        let mut found = Distribution { package: package.bytes, version: version.bytes, ..Distribution::default() };
        for title in self.titles.iter().skip(2) {
            match title.as_str() {
                "location" | "Location" => {
                    let place = rest.trim();
                    if !place.bytes.is_empty() {
                        cells.push(place);
                        found.location = Some(place.bytes);
                    }
                }
                _ => {
                    let [word, after] = rest.fields_and_rest()?;
                    cells.push(word);
                    if title == "Latest" {
                        found.latest_version = Some(word.bytes)
                    } else {
                        found.distribution_type = Some(word.bytes)
                    }
                    rest = after;
                }
            }
        }
        let moved = cells
            .iter()
            .zip(&self.starts)
            .find(|(cell, start)| !cell.bytes.is_empty() && cell.start() - whole.start() != **start);
        if let Some((cell, start)) = moved {
            return Err(cell.problem(format!("expected a cell at column {} of the line, as the ruler says", start + 1)).into());
        }
        rows.push(found);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::PipList;

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
