//! The short form (`-s`, `--porcelain`): two letters and a path.

use outparse_sdk::{Field, Problem};

use super::file::{File, change, old_and_new};
use crate::path::unquoted;

const EXPECTED: &str = "a line of `git status`: `On branch …`, `XY PATH`, or one of porcelain version 2";

/// `XY PATH`, `R  OLD -> NEW`, `?? PATH`, `!! PATH`
pub(super) fn file(line: Field<'_>) -> Result<File, Problem> {
    let expected = || line.expected(EXPECTED);
    let (letters, path) = line.split_at(2);
    let path = path.strip_prefix(" ").filter(|path| !path.bytes.is_empty()).ok_or_else(expected)?;
    match letters.bytes {
        b"??" => return Ok(File::outside(path, "untracked")),
        b"!!" => return Ok(File::outside(path, "ignored")),
        _ => {}
    }
    let [first, second] = letters.bytes else { return Err(expected()) };
    let (index, worktree) = change(*first).zip(change(*second)).ok_or_else(expected)?;
    if index.is_none() && worktree.is_none() {
        return Err(expected());
    }
    let (original_path, path) = match old_and_new(path).filter(|_| matches!(index, Some("renamed" | "copied"))) {
        Some((old, new)) => (Some(unquoted(old.bytes)), new),
        None => (None, path),
    };
    Ok(File { path: unquoted(path.bytes), original_path, index, worktree, ..File::default() })
}
