//! `git ls-remote` and `git show-ref`: a line a reference.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

/// A reference.
#[derive(Clone, Debug, Default, Record)]
pub struct Reference<'a> {
    /// Its name: `HEAD`, `refs/heads/main`.
    #[field(key)]
    pub reference: &'a [u8],
    /// The commit or other object; null of a symbolic reference.
    pub commit: Option<&'a [u8]>,
    /// The reference that a symbolic one leads to (`--symref`).
    pub target: Option<&'a [u8]>,
}

/// Reads `git ls-remote`.
pub struct LsRemote;

impl Parser for LsRemote {
    const ABOUT: About = About {
        name: "ls-remote",
        version: env!("CARGO_PKG_VERSION"),
        summary: "References, as git ls-remote and git show-ref print them",
        commands: &["git ls-remote", "git show-ref"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "git",
        ..About::DEFAULT
    };
    type Record = Reference<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        LsRemote
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // Where it comes from is said first, where no remote was named.
        if line.is_blank() || line.bytes.starts_with(b"From ") {
            return Ok(());
        }
        let [first, rest] = line.fields_and_rest()?;
        if let Some((target, reference)) = line.whole().strip_prefix("ref: ").and_then(|rest| rest.split_once("\t")) {
            rows.push(Reference { reference: reference.bytes, commit: None, target: Some(target.bytes) });
            return Ok(());
        }
        let is_hash = first.bytes.len() >= 40 && first.bytes.iter().all(u8::is_ascii_hexdigit);
        if !is_hash || rest.bytes.is_empty() {
            return Err(line.expected("`COMMIT<tab>REFERENCE`").into());
        }
        rows.push(Reference { reference: rest.bytes, commit: Some(first.bytes), target: None });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::LsRemote;

    #[test]
    fn references_are_read() {
        let parsed =
            parse::<LsRemote>(None, b"From x\nref: refs/heads/main\tHEAD\n0123456789012345678901234567890123456789\tHEAD\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"reference":"HEAD","commit":null,"target":"refs/heads/main"}"#,
                r#"{"reference":"HEAD","commit":"0123456789012345678901234567890123456789","target":null}"#
            ]
        );
        assert_unrecognised::<LsRemote>(["hello\n", "0123\tHEAD\n"]);
    }
}
