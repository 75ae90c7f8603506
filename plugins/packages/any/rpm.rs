//! `rpm -qa`: a name a line, `NAME-VERSION-RELEASE.ARCHITECTURE`.

use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

/// A package.
#[derive(Clone, Debug, Default, Record)]
pub struct Named<'a> {
    /// Its name.
    #[field(key)]
    pub package: &'a [u8],
    /// Its epoch, where it is printed.
    pub epoch: Option<i64>,
    /// Its version.
    pub version: &'a [u8],
    /// Its release.
    pub release: &'a [u8],
    /// Its architecture; null where it is not printed.
    pub architecture: Option<&'a [u8]>,
}

/// Reads `rpm -qa`.
pub struct RpmList;

impl Parser for RpmList {
    const ABOUT: About = About {
        name: "rpm-list",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Packages, as rpm -qa prints them",
        commands: &["rpm"],
        dialect: "rpm",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Named<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        RpmList
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let named = read(text).ok_or_else(|| line.expected("`NAME-VERSION-RELEASE.ARCHITECTURE`"))?;
        rows.push(named);
        Ok(())
    }
}

fn read(text: Field<'_>) -> Option<Named<'_>> {
    const ARCHITECTURES: [&[u8]; 14] = [
        b"x86_64", b"i386", b"i486", b"i586", b"i686", b"noarch", b"aarch64", b"armv7hl", b"ppc64", b"ppc64le", b"s390x",
        b"riscv64", b"src", b"(none)",
    ];
    if text.bytes.contains(&b' ') {
        return None;
    }
    let (rest, architecture) = match text.rsplit_once(".") {
        Some((rest, architecture)) if ARCHITECTURES.contains(&architecture.bytes) => (rest, Some(architecture.bytes)),
        _ => (text, None),
    };
    let (rest, release) = rest.rsplit_once("-")?;
    let (name, version) = rest.rsplit_once("-")?;
    let (epoch, version) = match version.split_once(":") {
        Some((epoch, version)) => (Some(epoch.as_integer()?), version),
        None => (None, version),
    };
    if name.bytes.is_empty() || version.bytes.is_empty() || release.bytes.is_empty() {
        return None;
    }
    Some(Named {
        package: name.bytes,
        epoch,
        version: version.bytes,
        release: release.bytes,
        architecture: architecture.filter(|name| *name != b"(none)"),
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::RpmList;

    #[test]
    fn names_are_taken_apart_from_their_end() {
        let parsed = parse::<RpmList>(None, b"gcc-c++-4.8.5-39.el7.x86_64\ngpg-pubkey-f4a80eb5-53a7ff4b\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"package":"gcc-c++","epoch":null,"version":"4.8.5","release":"39.el7","architecture":"x86_64"}"#,
                r#"{"package":"gpg-pubkey","epoch":null,"version":"f4a80eb5","release":"53a7ff4b","architecture":null}"#,
            ]
        );
        assert_unrecognised::<RpmList>(["hello\n", "a-b\n", "package x is not installed\n"]);
    }
}
