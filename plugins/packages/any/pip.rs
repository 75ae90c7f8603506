//! `pip list`: a table under a ruler; with `--format=freeze`, `NAME==VERSION`; with `--format=json`, an array of objects.

use outparse_sdk::document::{Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A package.
#[derive(Clone, Debug, Default, Record)]
pub struct Distribution<'a> {
    /// Its name.
    #[field(key)]
    pub package: &'a [u8],
    /// Its version.
    pub version: Option<&'a [u8]>,
    /// The newest version (`--outdated`).
    pub latest_version: Option<&'a [u8]>,
    /// What that is: `wheel` or `sdist` (`--outdated`).
    pub distribution_type: Option<&'a [u8]>,
    /// Where it is being worked on, of an editable package, or where it came from (`pip freeze`).
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
    /// Whether a location was there, where there are no titles.
    has_locations: bool,
    /// What JSON was printed so far.
    document: Option<Document>,
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
        PipList { titles: Vec::new(), starts: Vec::new(), fields: Vec::new(), has_locations: false, document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
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
            let found = untitled(whole.trim_end()).filter(|found| rows.recognised() || found.location.is_none());
            let found = found.ok_or_else(|| line.expected(EXPECTED))?;
            if rows.made() == 0 || found.location.is_some() && !self.has_locations {
                self.has_locations |= found.location.is_some();
                rows.shape(["package", "version"].into_iter().chain(self.has_locations.then_some("location")));
            }
            rows.push(found);
            return Ok(());
        }
        if self.starts.is_empty() && line.bytes.iter().all(|byte| matches!(byte, b'-' | b' ')) {
            self.starts = whole.fields().map(|rule| rule.start()).collect();
            return Ok(());
        }
        // Another run may follow.
        if line.bytes.starts_with(b"Package ") && whole.fields().nth(1).is_some_and(|word| word.bytes == b"Version") {
            self.titles.clear();
            self.starts.clear();
            return self.line(line, rows);
        }
        let cells = self.cells(whole)?;
        let mut found = Distribution::default();
        for (field, cell) in self.fields.iter().zip(cells) {
            match *field {
                "package" => found.package = cell.bytes,
                "version" => found.version = Some(cell.bytes).filter(|version| !version.is_empty()),
                _ if cell.bytes.is_empty() => {}
                "latest_version" => found.latest_version = Some(cell.bytes),
                "distribution_type" => found.distribution_type = Some(cell.bytes),
                "installer" => found.installer = Some(cell.bytes),
                "project_location" => found.project_location = Some(cell.bytes),
                _ => found.location = Some(cell.bytes),
            }
        }
        if found.package.is_empty() || found.version.is_none() {
            return Err(line.expected("a package and its version").into());
        }
        rows.push(found);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let Some(document) = self.document.take() else { return Ok(()) };
        let whole = document.read().map_err(Error::Unrecognised)?;
        let found = whole.items().and_then(|all| all.iter().map(object).collect::<Result<Vec<_>, _>>());
        let found = found.map_err(Error::Unrecognised)?;
        rows.recognise();
        let has = |told: fn(&Distribution<'_>) -> bool| found.iter().any(told);
        let more = [
            ("latest_version", has(|one| one.latest_version.is_some())),
            ("distribution_type", has(|one| one.distribution_type.is_some())),
            ("location", has(|one| one.location.is_some())),
            ("installer", has(|one| one.installer.is_some())),
            ("project_location", has(|one| one.project_location.is_some())),
        ];
        rows.shape(["package", "version"].into_iter().chain(more.into_iter().filter(|(_, has)| *has).map(|(name, _)| name)));
        found.into_iter().for_each(|one| rows.push(one));
        Ok(())
    }
}

/// `{"name":"a","version":"1.0"}`, with more of `--outdated` and `-v`.
fn object<'a>(object: &'a Node<'_>) -> Result<Distribution<'a>, Problem> {
    let mut found = Distribution::default();
    let name = object.get("name").ok_or_else(|| object.expected("a package with a `name`"))?;
    found.package = name.text()?;
    object.get("version").ok_or_else(|| object.expected("a package with a `version`"))?;
    let is_located = object.get("location").is_some();
    for (name, value) in object.members()? {
        let place = match &**name {
            b"version" => &mut found.version,
            b"latest_version" => &mut found.latest_version,
            b"latest_filetype" => &mut found.distribution_type,
            b"location" => &mut found.location,
            b"editable_project_location" if !is_located => &mut found.location,
            b"editable_project_location" => &mut found.project_location,
            b"installer" => &mut found.installer,
            b"name" => continue,
            _ => return Err(value.problem(format!("expected a name that pip uses, found `{}`", name.escape_ascii()))),
        };
        *place = Some(value.text()?);
    }
    Ok(found)
}

/// A line without titles: `NAME==VERSION` or `NAME @ URL` of `pip freeze`, `-e URL#egg=NAME` of an editable package, and
/// `NAME (VERSION, LOCATION)`, which `pip list` printed before its version 10.
fn untitled(line: Field<'_>) -> Option<Distribution<'_>> {
    let plain = |package: Field<'_>| !package.bytes.is_empty() && !package.bytes.contains(&b' ');
    if let Some(source) = line.strip_prefix("-e ") {
        let (url, name) = source.rsplit_once("#egg=").unwrap_or((source, source.rsplit_once("/")?.1));
        let name = name.split("&").next().filter(|name| plain(*name))?;
        return Some(Distribution { package: name.bytes, location: Some(url.bytes), ..Distribution::default() });
    }
    if let Some((package, url)) = line.split_once(" @ ").filter(|(package, _)| plain(*package)) {
        return Some(Distribution { package: package.bytes, location: Some(url.trim().bytes), ..Distribution::default() });
    }
    let (package, version, location) = match line.split_once("==") {
        Some((package, version)) => (package, version, None),
        None => {
            let (package, inner) = line.split_once(" (")?;
            let inner = inner.strip_suffix(")")?;
            let (version, location) = inner.split_once(", ").map_or((inner, None), |(version, place)| (version, Some(place)));
            (package, version, location)
        }
    };
    let version = Some(version.trim().bytes);
    plain(package).then(|| Distribution {
        package: package.bytes,
        version,
        location: location.map(|location| location.bytes),
        ..Distribution::default()
    })
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
    fn several_runs_are_read() {
        let run = "Package Version\n------- -------\na       1.0\n";
        assert_eq!(parse::<PipList>(None, run.repeat(2).as_bytes()).sound(), [r#"{"package":"a","version":"1.0"}"#; 2]);
    }

    #[test]
    fn what_has_no_titles_is_told_by_its_form() {
        let parsed = parse::<PipList>(
            None,
            b"pip==9.0.1\n# Editable install with no version control (a==1)\n-e /home/x/a\n-e git+https://x.org/b@1234#egg=b&subdirectory=c\nd @ file:///home/d\ne (1.0)\nf (2.0, /src/f)\n",
        );
        assert_eq!(
            parsed.sound(),
            [
                r#"{"package":"pip","version":"9.0.1"}"#,
                r#"{"package":"a","location":"/home/x/a"}"#,
                r#"{"package":"b","location":"git+https://x.org/b@1234"}"#,
                r#"{"package":"d","location":"file:///home/d"}"#,
                r#"{"package":"e","version":"1.0"}"#,
                r#"{"package":"f","version":"2.0","location":"/src/f"}"#,
            ]
        );
    }

    #[test]
    fn json_has_the_same_records() {
        let parsed = parse::<PipList>(
            None,
            br#"[{"name": "pip", "version": "9.0.1"}, {"name": "a", "version": "1", "latest_version": "2", "latest_filetype": "wheel", "editable_project_location": "/x"}]
"#,
        );
        assert_eq!(
            parsed.sound(),
            [
                r#"{"package":"pip","version":"9.0.1"}"#,
                r#"{"package":"a","version":"1","latest_version":"2","distribution_type":"wheel","location":"/x"}"#,
            ]
        );
        assert_eq!(parse::<PipList>(None, b"[]\n").sound(), [""; 0]);
        assert_unrecognised::<PipList>(["[1]\n", "[{\"name\":1}]\n", "["]);
    }

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
