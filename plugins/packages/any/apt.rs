//! `apt list` and `apt-cache policy`.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A package and where it comes from.
#[derive(Clone, Debug, Default, Record)]
pub struct Listed<'a> {
    /// Its name.
    #[field(key)]
    pub package: &'a [u8],
    /// Suites that have this version; `now` is what is installed.
    pub suites: Vec<&'a [u8]>,
    /// Its version.
    pub version: &'a [u8],
    /// Its architecture.
    #[field(key)]
    pub architecture: &'a [u8],
    /// What is said of it: `installed`, `automatic`, `local`, `residual-config`, …
    pub flags: Vec<&'a [u8]>,
    /// The version that is installed, where this one is newer.
    pub upgradable_from: Option<&'a [u8]>,
}

/// Reads `apt list`.
pub struct AptList;

impl Parser for AptList {
    const ABOUT: About = About {
        name: "apt-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Packages, as apt list prints them",
        commands: &["apt list"],
        dialect: "debian",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Listed<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        AptList
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || line.bytes.starts_with(b"WARNING: apt does not") {
            return Ok(());
        }
        if line.bytes == b"Listing..." || line.bytes == b"Listing... Done" {
            rows.recognise();
            return Ok(());
        }
        let [name, version, architecture, rest] = line.fields_and_rest()?;
        let (package, suites) = name.split_once("/").ok_or_else(|| name.expected("`PACKAGE/SUITES`"))?;
        let mut listed = Listed {
            package: package.bytes,
            suites: suites.split(",").map(|suite| suite.bytes).filter(|suite| !suite.is_empty()).collect(),
            version: version.bytes,
            architecture: architecture.bytes,
            ..Listed::default()
        };
        let rest = rest.trim();
        let bracketed = rest.bytes.is_empty() || rest.bytes.starts_with(b"[") && rest.bytes.ends_with(b"]");
        if architecture.bytes.is_empty() || architecture.bytes[0] == b'[' || !bracketed {
            return Err(line.expected("`PACKAGE/SUITES VERSION ARCHITECTURE`").into());
        }
        if let Some(inner) = rest.strip_prefix("[").and_then(|rest| rest.strip_suffix("]")) {
            for part in inner.split(",") {
                match part.strip_prefix("upgradable from: ") {
                    Some(version) => listed.upgradable_from = Some(version.bytes),
                    None => listed.flags.push(part.bytes),
                }
            }
        }
        rows.push(listed);
        Ok(())
    }
}

/// A package and the versions of it that there are.
#[derive(Clone, Debug, Default, Record)]
pub struct Candidates {
    /// Its name.
    #[field(key)]
    pub package: Vec<u8>,
    /// Version that is installed; null where none is.
    pub installed_version: Option<Vec<u8>>,
    /// Version that would be installed; null where there is none.
    pub candidate_version: Option<Vec<u8>>,
    /// All versions.
    pub versions: Vec<Candidate>,
}

/// A version and where it can be had.
#[derive(Clone, Debug, Default, Record)]
pub struct Candidate {
    /// The version.
    pub version: Vec<u8>,
    /// Whether it is installed.
    pub is_installed: bool,
    /// Its priority.
    pub priority: Option<i64>,
    /// Where it can be had.
    pub sources: Vec<Origin>,
}

/// Where a version can be had.
#[derive(Clone, Debug, Default, Record)]
pub struct Origin {
    /// Its priority.
    pub priority: Option<i64>,
    /// The archive, or a file.
    pub archive: Vec<u8>,
}

/// Reads `apt-cache policy PACKAGE`.
pub struct Policy {
    current: Block<Candidates>,
    /// Whether archives that follow are of the last version: its line was understood.
    in_version: bool,
}

impl Parser for Policy {
    const ABOUT: About = About {
        name: "apt-policy",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Versions of packages, as apt-cache policy prints them",
        commands: &["apt-cache policy", "apt policy"],
        dialect: "debian",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Candidates;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Policy { current: Block::default(), in_version: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes.starts_with(b"WARNING: apt does not") {
            return Ok(());
        }
        if whole.bytes == b"Package files:" {
            return Err(Error::unrecognised(
                "without a package, `apt-cache policy` prints archives, which this parser does not read",
            ));
        }
        if !whole.bytes[0].is_ascii_whitespace() {
            let name = whole
                .trim_end()
                .strip_suffix(":")
                .filter(|name| !name.bytes.contains(&b' '))
                .ok_or_else(|| line.expected("`PACKAGE:`").into());
            self.in_version = false;
            self.current.take().into_iter().for_each(|package| rows.push(package));
            return self.current.begin(name.map(|name| Candidates { package: name.bytes.to_vec(), ..Candidates::default() }));
        }
        let Some(package) = self.current.more(|| line.expected("`PACKAGE:`"))? else { return Ok(()) };
        let some = |value: Field<'_>| Some(value.bytes.to_vec()).filter(|value| value != b"(none)");
        let text = whole.trim();
        if let Some(version) = text.strip_prefix("Installed: ") {
            package.installed_version = some(version);
            rows.recognise();
        } else if let Some(version) = text.strip_prefix("Candidate: ") {
            package.candidate_version = some(version);
        } else if text.bytes == b"Version table:" {
        } else {
            // Those below a version that could not be read are of no other.
            let indent = line.bytes.len() - line.bytes.trim_ascii_start().len();
            if indent >= 8 {
                return if self.in_version {
                    Ok(archive(package, text)?)
                } else {
                    Err(text.problem("an archive without a version before it").into())
                };
            }
            self.in_version = false;
            version(package, text)?;
            self.in_version = true;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            self.current.take().into_iter().for_each(|package| rows.push(package));
        }
        rows.expect_recognised("`PACKAGE:` and `Installed: …`")
    }
}

/// `500 http://… Packages`, below a version.
fn archive(package: &mut Candidates, text: Field<'_>) -> Result<(), Problem> {
    let [priority, archive] = text.fields_and_rest()?;
    let origin = Origin { priority: Some(priority.integer()?), archive: archive.bytes.to_vec() };
    if let Some(version) = package.versions.last_mut() {
        version.sources.push(origin);
    }
    Ok(())
}

/// `*** 1.0-1 500`
fn version(package: &mut Candidates, text: Field<'_>) -> Result<(), Problem> {
    let installed = text.strip_prefix("*** ");
    let [version, priority] = installed.unwrap_or(text).fields_and_rest()?;
    let priority = if priority.bytes.is_empty() { None } else { Some(priority.fields().next().unwrap_or(priority).integer()?) };
    package.versions.push(Candidate {
        version: version.bytes.to_vec(),
        is_installed: installed.is_some(),
        priority,
        sources: Vec::new(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::{AptList, Policy};

    #[test]
    fn lists_and_policies_are_read() {
        let list =
            parse::<AptList>(None, b"Listing...\na/stable,now 1.0 amd64 [upgradable from: 0.9]\nb/now 2 all [installed,local]\n");
        assert_eq!(
            list.records,
            [
                r#"{"package":"a","suites":["stable","now"],"version":"1.0","architecture":"amd64","flags":[],"upgradable_from":"0.9"}"#,
                r#"{"package":"b","suites":["now"],"version":"2","architecture":"all","flags":["installed","local"],"upgradable_from":null}"#,
            ]
        );
        let policy = parse::<Policy>(None, b"a:\n  Installed: (none)\n  Candidate: 1.0\n  Version table:\n     1.0 500\n        500 http://x stable/main Packages\n *** 0.9 100\n        100 /var/lib/dpkg/status\n");
        assert_eq!(
            policy.records,
            [
                r#"{"package":"a","installed_version":null,"candidate_version":"1.0","versions":[{"version":"1.0","is_installed":false,"priority":500,"sources":[{"priority":500,"archive":"http://x stable/main Packages"}]},{"version":"0.9","is_installed":true,"priority":100,"sources":[{"priority":100,"archive":"/var/lib/dpkg/status"}]}]}"#
            ]
        );
        let broken = parse::<Policy>(None, b"a:\n  Installed: 1\n  Candidate: 1\n  Version table:\n     1 500\n        500 http://x\n *** 0.9 x\n        100 /y\n\
            b\n  Installed: 2\n  Candidate: 2\n  Version table:\n     2 500\n");
        assert_eq!(
            broken.records,
            [
                r#"{"package":"a","installed_version":"1","candidate_version":"1","versions":[{"version":"1","is_installed":false,"priority":500,"sources":[{"priority":500,"archive":"http://x"}]}]}"#
            ]
        );
        assert_eq!(broken.problems.len(), 3, "{broken:?}");
        assert_unrecognised::<AptList>(["hello\n", "a 1 b\n"]);
        assert_unrecognised::<Policy>(["hello\n", "  x\n", "Package files:\n", ""]);
    }
}
