//! What is known of a package: `dpkg -s` and `apt show`, `rpm -qi`, `pip show`, `pacman -Qi`. All print blocks of `Name: value`, in which a line that is
//! indented goes on the one above.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source, Time, time};

/// A package and what is known of it.
#[derive(Clone, Debug, Default, Record)]
pub struct Package {
    /// Its name.
    #[field(key)]
    pub package: Vec<u8>,
    /// Its version.
    pub version: Option<Vec<u8>>,
    /// Its release (rpm).
    pub release: Option<Vec<u8>>,
    /// Its epoch (rpm).
    pub epoch: Option<i64>,
    /// Its architecture.
    pub architecture: Option<Vec<u8>>,
    /// In what state it is (dpkg).
    pub status: Option<Vec<u8>>,
    /// Section, group or repository.
    pub section: Option<Vec<u8>>,
    /// How much it is needed (dpkg): `required`, `optional`, …
    pub package_priority: Option<Vec<u8>>,
    /// Who maintains it.
    pub maintainer: Option<Vec<u8>>,
    /// Its source package.
    pub source_package: Option<Vec<u8>>,
    /// Its licence.
    pub license: Option<Vec<u8>>,
    /// Its home page.
    pub homepage: Option<Vec<u8>>,
    /// Space that it takes.
    #[field(unit = "bytes", approximate)]
    pub installed_size: Option<i64>,
    /// Size of what is downloaded.
    #[field(unit = "bytes", approximate)]
    pub download_size: Option<i64>,
    /// What it needs.
    pub depends: Vec<Vec<u8>>,
    /// What it can be asked for by.
    pub provides: Vec<Vec<u8>>,
    /// Packages that need it.
    pub required_by: Vec<Vec<u8>>,
    /// First line of its description.
    pub summary: Option<Vec<u8>>,
    /// The description.
    pub description: Option<Vec<u8>>,
    /// When it was built. Local, as zones are printed by name.
    pub built: Option<Time>,
    /// When it was installed. Local, as zones are printed by name.
    pub installed: Option<Time>,
    /// Folder that it is in (pip).
    pub location: Option<Vec<u8>>,
    /// All else, and what sizes and dates were printed as, by its name.
    pub details: Map<Vec<u8>>,
}

/// What the names of a package manager stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Debian,
    Rpm,
    Pip,
    Pacman,
}

/// Reads blocks.
struct Stanzas {
    dialect: Dialect,
    package: Option<Package>,
    /// Name of the value that may go on.
    last: Vec<u8>,
    /// The text of a description that ends with its block.
    in_text: bool,
    shaped: bool,
    seen: Vec<&'static str>,
}

impl Stanzas {
    fn new(dialect: Dialect) -> Stanzas {
        Stanzas { dialect, package: None, last: Vec::new(), in_text: false, shaped: false, seen: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Package>) -> Result<(), Error> {
        let whole = line.whole();
        let blank = line.is_blank();
        let first = match self.dialect {
            Dialect::Debian => "Package",
            _ => "Name",
        };
        let named = whole.split_once(":").map(|(name, value)| (name.trim(), value)).filter(|(name, _)| {
            let bytes = name.bytes;
            bytes.first().is_some_and(u8::is_ascii_alphabetic)
                && bytes.len() < 40
                && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' '))
                && !whole.bytes[0].is_ascii_whitespace()
        });
        // What the program says of something else is of no package.
        const SPEAKERS: [&[u8]; 7] = [b"dpkg-query", b"dpkg", b"error", b"warning", b"E", b"N", b"W"];
        if rows.recognised() && !self.in_text && named.is_some_and(|(name, _)| SPEAKERS.contains(&name.bytes)) {
            return Err(whole.problem(String::from_utf8_lossy(line.bytes)).into());
        }
        // A new block begins, with or without an empty line before it.
        let begins = named.is_some_and(|(name, _)| name.bytes == first.as_bytes()) && !self.in_text_line(whole);
        let earlier = match self.dialect {
            Dialect::Pacman => "Repository",
            Dialect::Pip => "Metadata-Version",
            _ => first,
        };
        let begins = begins || earlier != first && named.is_some_and(|(name, _)| name.bytes == earlier.as_bytes());
        if self.dialect == Dialect::Rpm && line.bytes.starts_with(b"package ") && line.bytes.ends_with(b" is not installed") {
            self.flush(rows);
            return Err(whole.problem(String::from_utf8_lossy(line.bytes)).into());
        }
        if begins && self.package.as_ref().is_some_and(|package| !package.package.is_empty())
            || blank && !self.in_text && self.dialect != Dialect::Rpm
            || line.bytes == b"---" && self.dialect == Dialect::Pip
        {
            self.flush(rows);
            if blank || line.bytes == b"---" {
                return Ok(());
            }
        }
        if blank && !self.in_text {
            return Ok(());
        }
        if self.package.is_none() {
            if begins {
                rows.recognise();
            } else if rows.recognised() && self.dialect != Dialect::Rpm {
                return Err(line.expected(&format!("`{first}: …`")).into());
            } else if !rows.recognised() {
                let warning = line.bytes.starts_with(b"WARNING:");
                return if warning || blank { Ok(()) } else { Err(line.expected(&format!("`{first}: …`")).into()) };
            }
        }
        let package = self.package.get_or_insert_default();
        if self.in_text && !begins {
            // The description of rpm ends with its block.
            let text = package.description.get_or_insert_default();
            if !text.is_empty() {
                text.push(b'\n');
            }
            text.extend_from_slice(whole.trim_end().bytes);
            return Ok(());
        }
        self.in_text = false;
        match named {
            Some((name, value)) => {
                self.last = name.bytes.to_vec();
                self.in_text = self.dialect == Dialect::Rpm && name.bytes == b"Description";
                let (value, beside) = if self.dialect == Dialect::Rpm { beside(value) } else { (value, None) };
                put(package, self.dialect, name, value.trim())?;
                if let Some((name, value)) = beside {
                    put(package, self.dialect, name, value.trim())?;
                }
            }
            None => more(package, self.dialect, &self.last, whole)?,
        }
        Ok(())
    }

    /// Whether the line is one of a description that anything may stand in.
    fn in_text_line(&self, line: Field<'_>) -> bool {
        // No name of a package has a blank; what stands behind it is of the second column of rpm before its version 4.9.
        let is_name = |value: Field<'_>| value.fields().nth(1).is_none() || beside(value).1.is_some();
        let begins =
            |(name, value): (Field<'_>, Field<'_>)| (name.bytes == b"Name" || name.bytes.ends_with(b" ")) && is_name(value);
        self.in_text && !line.split_once(":").is_some_and(begins)
    }

    fn flush(&mut self, rows: &mut Rows<Package>) {
        self.in_text = false;
        let Some(mut package) = self.package.take() else { return };
        if package.package.is_empty() {
            return;
        }
        if let Some(text) = &mut package.description {
            text.truncate(text.trim_ascii_end().len());
        }
        let all = [
            ("package", true),
            ("version", true),
            ("release", package.release.is_some()),
            ("epoch", package.epoch.is_some()),
            ("architecture", package.architecture.is_some()),
            ("status", package.status.is_some()),
            ("section", package.section.is_some()),
            ("package_priority", package.package_priority.is_some()),
            ("maintainer", package.maintainer.is_some()),
            ("source_package", package.source_package.is_some()),
            ("license", package.license.is_some()),
            ("homepage", package.homepage.is_some()),
            ("installed_size", package.installed_size.is_some()),
            ("download_size", package.download_size.is_some()),
            ("depends", !package.depends.is_empty()),
            ("provides", !package.provides.is_empty()),
            ("required_by", !package.required_by.is_empty()),
            ("summary", package.summary.is_some()),
            ("description", package.description.is_some()),
            ("built", package.built.is_some()),
            ("installed", package.installed.is_some()),
            ("location", package.location.is_some()),
            ("details", !package.details.0.is_empty()),
        ];
        let new: Vec<&'static str> =
            all.into_iter().filter(|(name, has)| *has && !self.seen.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() || !self.shaped {
            self.shaped = true;
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(package);
    }
}

/// What rpm before its version 4.9 prints beside a value: `bash                         Relocations: (not relocatable)`.
fn beside(value: Field<'_>) -> (Field<'_>, Option<(Field<'_>, Field<'_>)>) {
    const NAMES: [&str; 6] = ["Relocations", "Vendor", "Build Date", "Build Host", "Source RPM", "License"];
    for name in NAMES {
        if let Some((before, after)) = value.split_once(format!(" {name}: ")).filter(|(before, _)| before.bytes.ends_with(b" ")) {
            let start = before.bytes.len() + 1;
            return (before, Some((value.part(start, start + name.len()), after)));
        }
    }
    (value, None)
}

/// Names between a separator.
fn list(value: Field<'_>, separator: &str) -> Vec<Vec<u8>> {
    value.split(separator).map(|item| item.trim().bytes.to_vec()).filter(|item| !item.is_empty() && item != b"None").collect()
}

/// `1,234 kB`, `13.97 MiB`, `135.71 KiB`.
fn printed_size(value: Field<'_>) -> Option<i64> {
    let plain: Vec<u8> = value.bytes.iter().copied().filter(|byte| *byte != b',').collect();
    let text = String::from_utf8(plain).ok()?;
    let (number, unit) = text.split_once(' ').unwrap_or((&text, "B"));
    match unit {
        "B" => Field::from(number).as_float().map(|bytes| bytes as i64),
        // apt counts in thousands.
        "kB" | "MB" | "GB" => Field::from(format!("{number}{}", &unit[..1].to_uppercase()).as_str()).size(Base::Decimal).ok(),
        "KiB" | "MiB" | "GiB" => Field::from(format!("{number}{}", &unit[..2]).as_str()).size(Base::Binary).ok(),
        _ => None,
    }
}

/// `Wed 16 Oct 2019 09:21:42 AM PDT`, `Sat 23 Mar 2024 21:55:47 CET`
fn point(value: Field<'_>) -> Option<Time> {
    let words: Vec<Field<'_>> = value.fields().filter(|word| !word.is_weekday()).collect();
    let (day, month, year, clock, rest) = match words[..] {
        [day, month, year, clock, ref rest @ ..] if month.is_month() => (day, month, year, clock, rest),
        [month, day, clock, year] if month.is_month() => (day, month, year, clock, &[][..]),
        _ => return None,
    };
    let (mut seconds, _) = time::time_of_day(clock.bytes)?;
    match rest.first().map(|word| word.bytes) {
        Some(b"PM") if seconds < 43_200 => seconds += 43_200,
        Some(b"AM") if seconds >= 43_200 => seconds -= 43_200,
        _ => {}
    }
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(rest.last().and_then(|zone| time::zone_offset(zone.bytes)).map_or(local, |offset| local.with_offset(offset)))
}

/// Puts a value where its name says.
fn put(package: &mut Package, dialect: Dialect, name: Field<'_>, value: Field<'_>) -> Result<(), outparse_sdk::Problem> {
    let some = Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
    let separator = if dialect == Dialect::Pacman { "  " } else { "," };
    let mut keep = || package.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
    match name.bytes {
        b"Package" | b"Name" => package.package = value.bytes.to_vec(),
        b"Version" => package.version = some,
        b"Release" => package.release = some,
        b"Epoch" => package.epoch = value.as_integer(),
        b"Architecture" => package.architecture = some,
        b"Status" => package.status = some,
        b"Section" | b"Group" | b"Repository" => package.section = some,
        b"Priority" => package.package_priority = some,
        b"Maintainer" | b"Packager" => package.maintainer = some,
        b"Source" | b"Source RPM" => package.source_package = some,
        b"License" | b"License-Expression" if package.license.is_none() => package.license = some,
        b"Licenses" => package.license = some,
        b"Homepage" | b"Home-page" | b"URL" => package.homepage = some,
        b"Installed-Size" if value.as_integer().is_some() => package.installed_size = Some(value.integer()?.saturating_mul(1024)),
        b"Installed-Size" | b"Installed Size" => {
            package.installed_size = printed_size(value);
            package.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        }
        b"Size" if dialect == Dialect::Debian => package.download_size = Some(value.integer()?),
        b"Size" => package.installed_size = value.as_integer(),
        b"Download-Size" | b"Download Size" => {
            package.download_size = printed_size(value);
            package.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        }
        b"Depends" | b"Requires" | b"Depends On" => package.depends = list(value, separator),
        b"Provides" => package.provides = list(value, separator),
        b"Required-by" | b"Required By" => package.required_by = list(value, separator),
        b"Summary" => package.summary = some,
        b"Description" if dialect == Dialect::Debian => package.summary = some,
        b"Description" => package.description = some,
        b"Build Date" => {
            package.built = point(value);
            keep();
        }
        b"Install Date" => {
            package.installed = point(value);
            keep();
        }
        b"Location" => package.location = some,
        _ => keep(),
    }
    Ok(())
}

/// Goes on with the value above.
fn more(package: &mut Package, dialect: Dialect, last: &[u8], line: Field<'_>) -> Result<(), outparse_sdk::Problem> {
    let text = line.trim();
    if !line.bytes.first().is_some_and(u8::is_ascii_whitespace) {
        return Err(line.expected("`Name: value`, or a line that is indented"));
    }
    match (last, dialect) {
        // A point stands for an empty line.
        (b"Description", Dialect::Debian) => {
            let description = package.description.get_or_insert_default();
            if !description.is_empty() {
                description.push(b'\n');
            }
            if text.bytes != b"." {
                description.extend_from_slice(line.split_at(1).1.trim_end().bytes);
            }
        }
        (b"Depends On", _) => package.depends.extend(list(text, "  ")),
        (b"Required By", _) => package.required_by.extend(list(text, "  ")),
        (b"Provides", Dialect::Pacman) => package.provides.extend(list(text, "  ")),
        (b"Description", _) => {
            let description = package.description.get_or_insert_default();
            description.push(b' ');
            description.extend_from_slice(text.bytes);
        }
        _ => {
            let value = match package.details.0.iter_mut().find(|(name, _)| name == last) {
                Some((_, value)) => value,
                None => {
                    package.details.0.push((last.to_vec(), Vec::new()));
                    &mut package.details.0.last_mut().ok_or_else(|| text.problem("nothing to go on with"))?.1
                }
            };
            if !value.is_empty() {
                value.push(b'\n');
            }
            value.extend_from_slice(text.bytes);
        }
    }
    Ok(())
}

macro_rules! parsers {
    ($($(#[$doc:meta])* $parser:ident: $dialect:ident, $name:literal, $summary:literal, $commands:expr, $files:expr;)*) => {$(
        $(#[$doc])*
        pub struct $parser(Stanzas);

        impl Parser for $parser {
            const ABOUT: About = About {
                name: $name,
                version: env!("CARGO_PKG_VERSION"),
                summary: $summary,
                commands: $commands,
                files: $files,
                dialect: "stanza",
                ..About::DEFAULT
            };
            type Record = Package;
            const FIRST_LINE_DECIDES: bool = true;

            fn new(_: &Source) -> Self {
                $parser(Stanzas::new(Dialect::$dialect))
            }

            fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.line(line, rows)
            }

            fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.flush(rows);
                rows.expect_recognised("a block of `Name: value` lines")
            }
        }
    )*};
}

parsers! {
    /// Reads `dpkg -s` and `apt show`.
    Control: Debian, "debian-package", "What is known of packages, as dpkg -s, apt show and apt-cache show print it",
        &["dpkg", "dpkg-query", "apt show", "apt-cache show"], &["/var/lib/dpkg/status"];
    /// Reads `rpm -qi`.
    RpmInfo: Rpm, "rpm-package", "What is known of packages, as rpm -qi prints it", &["rpm"], &[];
    /// Reads `pip show`.
    PipShow: Pip, "pip-package", "What is known of packages of Python, as pip show prints it", &["pip show", "pip3 show"], &[];
    /// Reads `pacman -Qi` and `pacman -Si`.
    PacmanInfo: Pacman, "pacman-package", "What is known of packages, as pacman -Qi and -Si print it", &["pacman"], &[];
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::{Control, PacmanInfo, PipShow, RpmInfo};

    #[test]
    fn rpm_had_two_columns_once_and_says_what_is_not_installed() {
        let capture = b"Name        : bash                         Relocations: (not relocatable)\n\
            Version     : 4.1.2                             Vendor: CentOS\n\
            Release     : 48.el6                        Build Date: Thu 23 Mar 2017 09:21:42 AM PDT\n\
            Group       : System Environment/Shells     Source RPM: bash-4.1.2-48.el6.src.rpm\n\
            Size        : 3142613                          License: GPLv3+\nSummary     : A shell\nDescription :\nText.\nName : of a thing\n\
            package foo is not installed\nName        : zsh                          Relocations: (not relocatable)\nVersion     : 5\n";
        let parsed = parse::<RpmInfo>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        for part in [
            r#""package":"bash","version":"4.1.2","release":"48.el6""#,
            r#""source_package":"bash-4.1.2-48.el6.src.rpm","license":"GPLv3+""#,
            r#""installed_size":3142613"#,
            r#""description":"Text.\nName : of a thing""#,
            r#""built":"2017-03-23T09:21:42""#,
        ] {
            assert!(parsed.records[0].contains(part), "{part} in {parsed:?}");
        }
    }

    #[test]
    fn what_the_program_says_is_of_no_package() {
        let parsed = parse::<Control>(None, b"Package: a\nVersion: 1\n\ndpkg-query: package 'b' is not installed\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert!(!parsed.records[0].contains("dpkg-query"), "{parsed:?}");
    }

    #[test]
    fn pip_may_begin_with_the_version_of_its_metadata() {
        let parsed = parse::<PipShow>(
            None,
            b"---\nMetadata-Version: 2.0\nName: a\nVersion: 1\n---\nMetadata-Version: 2.0\nName: b\nVersion: 2\n",
        );
        assert_eq!((parsed.sound().len(), parsed.problems.len()), (2, 0), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""package":"b","version":"2""#), "{parsed:?}");
    }

    #[test]
    fn debian_packages_have_sizes_in_kibibytes_and_descriptions_with_points() {
        let capture = b"Package: a\nStatus: install ok installed\nInstalled-Size: 2\nVersion: 1.0\nDepends: b (>= 1), c | d\nConffiles:\n /etc/x 0123\n /etc/y 4567\nDescription: Short\n Long\n .\n   more\n\nPackage: e\nVersion: 2\n";
        let parsed = parse::<Control>(None, capture);
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        for part in [
            r#""package":"a","version":"1.0""#,
            r#""installed_size":2048"#,
            r#""depends":["b (>= 1)","c | d"]"#,
            r#""summary":"Short","description":"Long\n\n  more""#,
            r#""details":{"Conffiles":"/etc/x 0123\n/etc/y 4567"}"#,
        ] {
            assert!(parsed.records[0].contains(part), "{part} {parsed:?}");
        }
        assert_any_split::<Control>(None, capture);
        assert_unrecognised::<Control>(["hello\n", "Name: a\n", ""]);
    }

    #[test]
    fn the_others_are_read() {
        let rpm = parse::<RpmInfo>(None, b"Name        : make\nEpoch       : 1\nVersion     : 3.82\nInstall Date: Wed 16 Oct 2019 09:21:42 PM PDT\nSize        : 1160660\nDescription :\nA tool: x\n\nmore\nName        : b\nVersion     : 2\n");
        assert_eq!(rpm.records.len(), 2, "{rpm:?}");
        assert!(
            rpm.records[0]
                .contains(r#""installed_size":1160660,"description":"A tool: x\n\nmore","installed":"2019-10-16T21:21:42""#),
            "{rpm:?}"
        );
        let pip = parse::<PipShow>(None, b"Name: a\nVersion: 1\nRequires: b, c\n---\nName: d\nVersion: 2\n");
        assert_eq!(pip.records[1], r#"{"package":"d","version":"2","depends":[]}"#, "{pip:?}");
        let pacman = parse::<PacmanInfo>(None, b"Repository      : extra\nName            : a\nVersion         : 1\nDepends On      : b  c\n                  d\nOptional Deps   : e: x\n                  f: y\nInstalled Size  : 1.5 KiB\n\n");
        assert!(pacman.records[0].contains(r#""section":"extra","installed_size":1536,"depends":["b","c","d"],"details":{"Optional Deps":"e: x\nf: y","Installed Size":"1.5 KiB"}"#), "{pacman:?}");
        assert_unrecognised::<RpmInfo>(["hello\n", ""]);
        assert_unrecognised::<PipShow>(["hello\n", ""]);
        assert_unrecognised::<PacmanInfo>(["hello\n", ""]);
    }
}
