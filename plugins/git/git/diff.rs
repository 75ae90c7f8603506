//! `git diff --numstat`: lines added and deleted, a line a file.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::rename::Renames;

/// A file and how it changed.
#[derive(Clone, Debug, Default, Record)]
pub struct Change {
    /// Its path; of one that was renamed, the new one.
    #[field(key)]
    pub path: Vec<u8>,
    /// The path before it was renamed.
    pub original_path: Option<Vec<u8>>,
    /// Lines added; null of a binary file.
    pub insertions: Option<i64>,
    /// Lines deleted; null of a binary file.
    pub deletions: Option<i64>,
}

/// Reads `git diff --numstat`.
pub struct DiffNumstat {
    renames: Renames,
}

impl Parser for DiffNumstat {
    const ABOUT: About = About {
        name: "diff",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Lines added and deleted, as git diff --numstat prints them",
        commands: &["git diff", "git show", "git diff-tree"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "git",
        ..About::DEFAULT
    };
    type Record = Change;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        DiffNumstat { renames: Renames::new(source) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if line.whole().find([0]).is_some() {
            return Err(line.expected("a line for each file: `-z` is not read").into());
        }
        let change = numstat(line.whole(), self.renames, rows)?
            .ok_or_else(|| line.expected("`ADDED<tab>DELETED<tab>PATH`, as `git diff --numstat` prints"))?;
        rows.push(change);
        Ok(())
    }
}

/// `1<tab>2<tab>path`, `-<tab>-<tab>path` of a binary file.
pub(crate) fn numstat<R: Record>(line: Field<'_>, renames: Renames, rows: &mut Rows<R>) -> Result<Option<Change>, Problem> {
    let Some((added, rest)) = line.split_once("\t") else { return Ok(None) };
    let Some((deleted, path)) = rest.split_once("\t") else { return Ok(None) };
    let number = |field: Field<'_>| field.known().map(|field| field.integer()).transpose();
    let (insertions, deletions) = match (number(added), number(deleted)) {
        (Ok(added), Ok(deleted)) => (added, deleted),
        _ => return Ok(None),
    };
    let (original_path, path) = renames.read(path, rows);
    Ok(Some(Change { path, original_path, insertions, deletions }))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::DiffNumstat;

    #[test]
    fn renames_and_binary_files_are_told() {
        let parsed = parse::<DiffNumstat>(None, b"1\t2\ta b\n-\t-\tx/{y => z}/c\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"path":"a b","original_path":null,"insertions":1,"deletions":2}"#,
                r#"{"path":"x/z/c","original_path":"x/y/c","insertions":null,"deletions":null}"#
            ]
        );
        let arrows = b"1\t2\ta => b\n1\t2\tc => d\n";
        let warned = parse::<DiffNumstat>(Some(&["git", "diff", "--numstat"]), arrows);
        assert_eq!(warned.problems.len(), 1, "{warned:?}");
        warned.has(1, &[r#""path":"d","original_path":"c""#]);
        let paths = parse::<DiffNumstat>(Some(&["git", "diff", "--numstat", "--no-renames"]), arrows);
        assert!(paths.sound()[0].contains(r#""path":"a => b""#), "{paths:?}");
        assert_unrecognised::<DiffNumstat>(["diff --git a/x b/x\n", "a\tb\tc\n", " x | 2 +-\n"]);
    }
}
