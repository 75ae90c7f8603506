//! `/etc/os-release`: what the system is, as assignments of a shell; and `lsb_release -a`, the same in words.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

/// What the system is.
#[derive(Clone, Debug, Default, Record)]
pub struct System {
    /// Its name, for people: `Debian GNU/Linux`.
    pub name: Option<Vec<u8>>,
    /// Its name, for programs: `debian`.
    pub id: Option<Vec<u8>>,
    /// Names of systems that it is like.
    pub id_like: Vec<Vec<u8>>,
    /// Its name and version, for people.
    pub pretty_name: Option<Vec<u8>>,
    /// Its version, for people.
    pub version: Option<Vec<u8>>,
    /// Its version, for programs.
    pub version_id: Option<Vec<u8>>,
    /// Code name of its version.
    pub code_name: Option<Vec<u8>>,
    /// Its home page.
    pub homepage: Option<Vec<u8>>,
    /// All that is said, by its name.
    pub all: Map<Vec<u8>>,
}

/// Reads `/etc/os-release` and `lsb_release -a`.
pub struct OsRelease {
    system: System,
}

impl Parser for OsRelease {
    const ABOUT: About = About {
        name: "os-release",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What the system is, as /etc/os-release and lsb_release -a say it",
        commands: &["lsb_release"],
        files: &["/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = System;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        OsRelease { system: System::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || text.bytes[0] == b'#' || text.bytes == b"No LSB modules are available." {
            return Ok(());
        }
        let is_name = |name: Field<'_>| {
            !name.bytes.is_empty()
                && name.bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        };
        let (name, value) = if let Some((name, value)) = text.split_once("=").filter(|(name, _)| is_name(*name)) {
            (name.bytes.to_vec(), unquoted(value))
        } else {
            let known = ["Distributor ID", "Description", "Release", "Codename", "LSB Version"];
            let pair = text.split_once(":").filter(|(name, _)| known.iter().any(|known| known.as_bytes() == name.bytes));
            let (name, value) = pair.ok_or_else(|| line.expected("`NAME=value`, or `Distributor ID: …` of lsb_release"))?;
            (name.bytes.to_vec(), value.trim().bytes.to_vec())
        };
        // Another report begins as the one before did.
        if self.system.all.0.first().is_some_and(|(first, _)| *first == name) {
            rows.push(std::mem::take(&mut self.system));
        }
        let system = &mut self.system;
        let text = Some(value.clone());
        match name.as_slice() {
            b"NAME" => system.name = text,
            b"ID" => system.id = text,
            b"ID_LIKE" => system.id_like = Field::from(value.as_slice()).fields().map(|word| word.bytes.to_vec()).collect(),
            b"PRETTY_NAME" | b"Description" | b"DISTRIB_DESCRIPTION" => system.pretty_name = text,
            b"VERSION" => system.version = text,
            b"VERSION_ID" | b"Release" | b"DISTRIB_RELEASE" => system.version_id = text,
            b"VERSION_CODENAME" | b"Codename" | b"DISTRIB_CODENAME" => system.code_name = text,
            b"Distributor ID" | b"DISTRIB_ID" => system.name = text,
            b"HOME_URL" => system.homepage = text,
            _ => {}
        }
        system.all.0.push((name, value));
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.system));
        }
        Ok(())
    }
}

/// A value as a shell takes it: in single or double quotes, in which a backslash stands before `"`, `$`, `` ` `` and `\`.
fn unquoted(value: Field<'_>) -> Vec<u8> {
    if let Some(inner) = value.strip_prefix("'").and_then(|value| value.strip_suffix("'")) {
        return inner.bytes.to_vec();
    }
    let inner = value.strip_prefix("\"").and_then(|value| value.strip_suffix("\"")).unwrap_or(value);
    let mut plain = Vec::with_capacity(inner.bytes.len());
    let mut bytes = inner.bytes.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, bytes.as_slice().first()) {
            (b'\\', Some(b'"' | b'$' | b'`' | b'\\')) => plain.extend(bytes.next()),
            _ => plain.push(byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::OsRelease;

    #[test]
    fn both_say_the_same() {
        let file = parse::<OsRelease>(None, b"NAME=\"A \\\"B\\\"\"\nID=a\nID_LIKE=\"b c\"\nVERSION_ID='12'\nX=y\n");
        assert_eq!(
            file.records,
            [
                r#"{"name":"A \"B\"","id":"a","id_like":["b","c"],"pretty_name":null,"version":null,"version_id":"12","code_name":null,"homepage":null,"all":{"NAME":"A \"B\"","ID":"a","ID_LIKE":"b c","VERSION_ID":"12","X":"y"}}"#
            ]
        );
        let command = parse::<OsRelease>(
            None,
            b"No LSB modules are available.\nDistributor ID:\tDebian\nRelease:\t12\nCodename:\tbookworm\n",
        );
        assert!(command.records[0].contains(r#""version_id":"12","code_name":"bookworm""#), "{command:?}");
        assert_unrecognised::<OsRelease>(["hello\n", "a=b\n", "Name: x\n"]);
    }

    #[test]
    fn each_report_is_a_record() {
        let parsed =
            parse::<OsRelease>(None, b"Distributor ID:\tDebian\nRelease:\t12\nDistributor ID:\tUbuntu\nRelease:\t24.04\n");
        parsed.has(0, &[r#""name":"Debian""#, r#""version_id":"12""#]);
        parsed.has(1, &[r#""name":"Ubuntu""#, r#""version_id":"24.04""#]);
    }
}
