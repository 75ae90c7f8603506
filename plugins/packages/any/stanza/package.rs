//! A package, and which values are known of it.

use outparse_sdk::{Field, Map, Problem, Record, Time};

use super::dialect::Dialect;
use super::values::{list, point, printed_size};

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

impl Package {
    /// The fields that every package has, and those about which something is said.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        [
            ("package", true),
            ("version", true),
            ("release", self.release.is_some()),
            ("epoch", self.epoch.is_some()),
            ("architecture", self.architecture.is_some()),
            ("status", self.status.is_some()),
            ("section", self.section.is_some()),
            ("package_priority", self.package_priority.is_some()),
            ("maintainer", self.maintainer.is_some()),
            ("source_package", self.source_package.is_some()),
            ("license", self.license.is_some()),
            ("homepage", self.homepage.is_some()),
            ("installed_size", self.installed_size.is_some()),
            ("download_size", self.download_size.is_some()),
            ("depends", !self.depends.is_empty()),
            ("provides", !self.provides.is_empty()),
            ("required_by", !self.required_by.is_empty()),
            ("summary", self.summary.is_some()),
            ("description", self.description.is_some()),
            ("built", self.built.is_some()),
            ("installed", self.installed.is_some()),
            ("location", self.location.is_some()),
            ("details", !self.details.0.is_empty()),
        ]
        .into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name)
    }

    /// Puts a value where its name says.
    pub(super) fn put(&mut self, dialect: Dialect, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
        let some = Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
        let separator = if dialect == Dialect::Pacman { "  " } else { "," };
        match name.bytes {
            name if name == dialect.first().as_bytes() => self.package = value.bytes.to_vec(),
            b"Version" => self.version = some,
            b"Release" => self.release = some,
            b"Epoch" => self.epoch = value.as_integer(),
            b"Architecture" => self.architecture = some,
            b"Status" => self.status = some,
            b"Section" | b"Group" | b"Repository" => self.section = some,
            b"Priority" => self.package_priority = some,
            b"Maintainer" | b"Packager" => self.maintainer = some,
            b"Source" | b"Source RPM" => self.source_package = some,
            b"License" | b"License-Expression" if self.license.is_none() => self.license = some,
            b"Licenses" => self.license = some,
            b"Homepage" | b"Home-page" | b"URL" => self.homepage = some,
            b"Installed-Size" if value.as_integer().is_some() => {
                self.installed_size = Some(value.integer()?.saturating_mul(1024))
            }
            b"Installed-Size" | b"Installed Size" => {
                self.installed_size = printed_size(value);
                self.keep(name, value);
            }
            b"Size" if dialect == Dialect::Debian => self.download_size = Some(value.integer()?),
            b"Size" => self.installed_size = Some(value.integer()?),
            b"Download-Size" | b"Download Size" => {
                self.download_size = printed_size(value);
                self.keep(name, value);
            }
            b"Depends" | b"Requires" | b"Depends On" => self.depends = list(value, separator),
            b"Provides" => self.provides = list(value, separator),
            b"Required-by" | b"Required By" => self.required_by = list(value, separator),
            b"Summary" => self.summary = some,
            b"Description" if dialect == Dialect::Debian => self.summary = some,
            b"Description" => self.description = some,
            b"Build Date" => {
                self.built = point(value);
                self.keep(name, value);
            }
            b"Install Date" => {
                self.installed = point(value);
                self.keep(name, value);
            }
            b"Location" => self.location = some,
            _ => self.keep(name, value),
        }
        Ok(())
    }

    fn keep(&mut self, name: Field<'_>, value: Field<'_>) {
        self.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
    }

    /// Goes on with the value above, of which the name is given.
    pub(super) fn go_on(&mut self, dialect: Dialect, last: &[u8], line: Field<'_>) {
        let text = line.trim();
        match (last, dialect) {
            // A point stands for an empty line.
            (b"Description", Dialect::Debian) if text.bytes == b"." => self.add_to_description(b""),
            (b"Description", Dialect::Debian) => self.add_to_description(line.split_at(1).1.trim_end().bytes),
            (b"Depends On", _) => self.depends.extend(list(text, "  ")),
            (b"Required By", _) => self.required_by.extend(list(text, "  ")),
            (b"Provides", Dialect::Pacman) => self.provides.extend(list(text, "  ")),
            (b"Description", _) => {
                let description = self.description.get_or_insert_default();
                description.push(b' ');
                description.extend_from_slice(text.bytes);
            }
            _ => {
                let details = &mut self.details.0;
                let at = details.iter().position(|(name, _)| name == last).unwrap_or_else(|| {
                    details.push((last.to_vec(), Vec::new()));
                    details.len() - 1
                });
                add_line(&mut details[at].1, text.bytes);
            }
        }
    }

    /// A line of its licence.
    pub(super) fn add_to_license(&mut self, line: &[u8]) {
        let license = self.license.get_or_insert_default();
        license.push(b'\n');
        license.extend_from_slice(line);
    }

    /// A line of its description.
    pub(super) fn add_to_description(&mut self, line: &[u8]) {
        add_line(self.description.get_or_insert_default(), line);
    }
}

fn add_line(text: &mut Vec<u8>, line: &[u8]) {
    if !text.is_empty() {
        text.push(b'\n');
    }
    text.extend_from_slice(line);
}
