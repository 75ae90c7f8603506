//! What is known of a package: `dpkg -s` and `apt show`, `rpm -qi`, `pip show`, `pacman -Qi`. All print blocks of `Name: value`, in which a line that is
//! indented goes on the one above.

mod dialect;
mod package;
mod values;

use dialect::Dialect;
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source};
pub use package::Package;
use values::{Named, beside, named};

/// Reads blocks.
struct Stanzas {
    dialect: Dialect,
    package: Option<Package>,
    /// Name of the value that may go on; none below a line that could not be read.
    last: Option<Vec<u8>>,
    /// The text of a description that ends with its block.
    in_text: bool,
    /// The text of a licence (pip), which may have several paragraphs.
    in_license: bool,
    shaped: bool,
    seen: Vec<&'static str>,
}

/// What pip prints below a licence, and above the next package.
const FROM_LICENSE_ON: [&[u8]; 12] = [
    b"Name",
    b"License",
    b"License-Expression",
    b"Location",
    b"Editable project location",
    b"Requires",
    b"Required-by",
    b"Metadata-Version",
    b"Installer",
    b"Classifiers",
    b"Entry-points",
    b"Files",
];

/// Names of programs that say something: of no package.
const SPEAKERS: [&[u8]; 7] = [b"dpkg-query", b"dpkg", b"error", b"warning", b"E", b"N", b"W"];

impl Stanzas {
    fn new(dialect: Dialect) -> Stanzas {
        Stanzas { dialect, package: None, last: None, in_text: false, in_license: false, shaped: false, seen: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Package>) -> Result<(), Error> {
        let whole = line.whole();
        let blank = line.is_blank();
        let named = named(whole);
        if rows.recognised() && !self.in_text && named.is_some_and(|(name, _)| SPEAKERS.contains(&name.bytes)) {
            return Err(whole.problem(String::from_utf8_lossy(line.bytes)).into());
        }
        if self.dialect == Dialect::Rpm && line.bytes.starts_with(b"package ") && line.bytes.ends_with(b" is not installed") {
            self.flush(rows);
            return Err(whole.problem(String::from_utf8_lossy(line.bytes)).into());
        }
        let is_rule = line.bytes == b"---" && self.dialect == Dialect::Pip;
        self.in_license &= !is_rule && named.is_none_or(|(name, _)| !FROM_LICENSE_ON.contains(&name.bytes));
        if self.in_license
            && let Some(package) = &mut self.package
        {
            if !blank {
                rows.warn_once("license", || {
                    Problem::warning(
                        "a licence goes on below its first line: up to the next name that pip prints all is taken for it",
                    )
                });
            }
            package.add_to_license(line.bytes.trim_ascii_end());
            return Ok(());
        }
        if is_rule || blank && !self.in_text && self.dialect != Dialect::Rpm {
            self.flush(rows);
            return Ok(());
        }
        if blank && !self.in_text {
            return Ok(());
        }
        // A new block begins, with or without an empty line before it.
        let begins = named.is_some_and(|named| self.begins(whole, named));
        if begins && self.package.as_ref().is_some_and(|package| !package.package.is_empty()) {
            self.flush(rows);
        }
        if begins {
            rows.recognise();
        } else if self.package.is_none() && !(rows.recognised() && self.dialect == Dialect::Rpm) {
            let is_warning = !rows.recognised() && line.bytes.starts_with(b"WARNING:");
            let first = self.dialect.first();
            return if is_warning { Ok(()) } else { Err(line.expected(&format!("`{first}: …`")).into()) };
        }
        self.value(whole, named.filter(|_| begins || !self.in_text))
    }

    /// Whether a line begins a block.
    fn begins(&self, line: Field<'_>, (name, _): Named<'_>) -> bool {
        name.bytes == self.dialect.first().as_bytes() && !self.in_text_line(line)
            || self.dialect.earlier().is_some_and(|earlier| name.bytes == earlier.as_bytes())
    }

    /// Whether the line is one of a description that anything may stand in.
    fn in_text_line(&self, line: Field<'_>) -> bool {
        // No name of a package has a blank; what stands behind it is of the second column of rpm before its version 4.9.
        let is_name = |value: Field<'_>| value.fields().nth(1).is_none() || beside(value).1.is_some();
        let begins =
            |(name, value): (Field<'_>, Field<'_>)| (name.bytes == b"Name" || name.bytes.ends_with(b" ")) && is_name(value);
        self.in_text && !line.split_once(":").is_some_and(begins)
    }

    /// A value of the package under way, or more of the one above.
    fn value(&mut self, line: Field<'_>, named: Option<Named<'_>>) -> Result<(), Error> {
        let package = self.package.get_or_insert_default();
        let Some((name, value)) = named else {
            if self.in_text {
                // The description of rpm ends with its block.
                package.add_to_description(line.trim_end().bytes);
            } else if self.dialect == Dialect::Pacman && is_backup(line) {
                // Files that are kept when they were changed (`-Qii`) stand at the margin.
                package.go_on(self.dialect, b"Backup Files", line);
            } else if !line.bytes[0].is_ascii_whitespace() {
                self.last = None;
                return Err(line.expected("`Name: value`, or a line that is indented").into());
            } else if let Some(last) = &self.last {
                package.go_on(self.dialect, last, line);
            }
            return Ok(());
        };
        self.last = Some(name.bytes.to_vec());
        let is_rpm = self.dialect == Dialect::Rpm;
        self.in_text = is_rpm && name.bytes == b"Description";
        self.in_license = self.dialect == Dialect::Pip && name.bytes == b"License";
        let (value, beside) = if is_rpm { beside(value) } else { (value, None) };
        package.put(self.dialect, name, value.trim())?;
        if let Some((name, value)) = beside {
            package.put(self.dialect, name, value.trim())?;
        }
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Package>) {
        (self.in_text, self.in_license) = (false, false);
        let Some(mut package) = self.package.take().filter(|package| !package.package.is_empty()) else { return };
        for text in [&mut package.description, &mut package.license].into_iter().flatten() {
            text.truncate(text.trim_ascii_end().len());
        }
        let new: Vec<&'static str> = package.fields().filter(|name| !self.seen.contains(name)).collect();
        if !new.is_empty() || !self.shaped {
            self.shaped = true;
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(package);
    }
}

/// `MODIFIED<tab>/etc/a`
fn is_backup(line: Field<'_>) -> bool {
    let state = line.split_once("\t").map(|(state, _)| state.bytes);
    matches!(state, Some(b"MODIFIED" | b"UNMODIFIED" | b"MISSING" | b"UNREADABLE" | b"UNKNOWN"))
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
    fn a_licence_may_have_paragraphs() {
        let capture = b"Name: a\nVersion: 1\nLicense: MIT License\n\nCopyright (c) 2018 A: someone\n        \n        Permission is granted\nLocation: /usr/lib\n\
            Requires: b\n---\nName: c\nVersion: 2\nLicense: \nLocation: /x\n";
        let parsed = parse::<PipShow>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(
            0,
            &[
                r#""license":"MIT License\n\nCopyright (c) 2018 A: someone\n\n        Permission is granted""#,
                r#""location":"/usr/lib""#,
            ],
        );
        parsed.has(1, &[r#""package":"c","version":"2","license":null"#, r#""location":"/x""#]);
        assert_any_split::<PipShow>(None, capture);
    }

    #[test]
    fn pacman_says_which_files_it_keeps() {
        let capture = b"Name            : a\nVersion         : 1\nBackup Files    :\nMODIFIED\t/etc/a\nUNMODIFIED\t/etc/b\nExtended Data   : pkgtype=pkg\n";
        let parsed = parse::<PacmanInfo>(Some(&["pacman", "-Qii"]), capture);
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(0, &[r#""Backup Files":"MODIFIED\t/etc/a\nUNMODIFIED\t/etc/b","Extended Data":"pkgtype=pkg""#]);
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
    fn what_stands_below_a_broken_line_does_not_go_on_with_the_value_above() {
        let capture = b"Package: a\nVersion: 1\nDescription: Short\n Long\nConffiles\n /etc/x 0123\nSection: b\n";
        let parsed = parse::<Control>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        parsed.has(0, &[r#""summary":"Short","description":"Long""#, r#""section":"b""#]);
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
        let broken = parse::<RpmInfo>(None, b"Name        : make\nVersion     : 3.82\nSize        : x\n");
        assert_eq!(broken.problems, ["error: line 3, column 15: expected a whole number, found `x`"]);
        let pip = parse::<PipShow>(None, b"Name: a\nVersion: 1\nRequires: b, c\n---\nName: d\nVersion: 2\n");
        assert_eq!(pip.records[1], r#"{"package":"d","version":"2","depends":[]}"#, "{pip:?}");
        let pacman = parse::<PacmanInfo>(None, b"Repository      : extra\nName            : a\nVersion         : 1\nDepends On      : b  c\n                  d\nOptional Deps   : e: x\n                  f: y\nInstalled Size  : 1.5 KiB\n\n");
        assert!(pacman.records[0].contains(r#""section":"extra","installed_size":1536,"depends":["b","c","d"],"details":{"Optional Deps":"e: x\nf: y","Installed Size":"1.5 KiB"}"#), "{pacman:?}");
        assert_unrecognised::<RpmInfo>(["hello\n", ""]);
        assert_unrecognised::<PipShow>(["hello\n", ""]);
        assert_unrecognised::<PacmanInfo>(["hello\n", ""]);
    }
}
