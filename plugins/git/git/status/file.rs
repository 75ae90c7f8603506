//! A file that is not as it was committed, and what all forms of `git status` have in common.

use outparse_sdk::{Field, Record};

use crate::path::unquoted;

/// A file.
#[derive(Clone, Debug, Default, Record)]
pub struct File {
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// The path before it was renamed or copied.
    pub original_path: Option<Vec<u8>>,
    /// How the index differs from the commit: `modified`, `added`, `deleted`, `renamed`, `copied`, `type changed`, `unmerged`; null where it
    /// does not.
    pub index: Option<&'static str>,
    /// How the work tree differs from the index, in the same words; `untracked`, `ignored`.
    pub worktree: Option<&'static str>,
    /// How likely it was renamed or copied (porcelain 2).
    #[field(unit = "percent")]
    pub similarity_percent: Option<i64>,
    /// State of a submodule, as printed (porcelain 2).
    pub submodule: Option<Vec<u8>>,
    /// Object in the commit (porcelain 2).
    pub head_object: Option<Vec<u8>>,
    /// Object in the index (porcelain 2).
    pub index_object: Option<Vec<u8>>,
}

impl File {
    /// One of which no more is known: it is `untracked`, or `ignored`.
    pub(super) fn outside(path: Field<'_>, worktree: &'static str) -> File {
        File { path: unquoted(path.bytes), worktree: Some(worktree), ..File::default() }
    }
}

/// What a letter of the short forms says.
pub(super) fn change(letter: u8) -> Option<Option<&'static str>> {
    Some(match letter {
        b' ' | b'.' => None,
        b'M' => Some("modified"),
        b'T' => Some("type changed"),
        b'A' => Some("added"),
        b'D' => Some("deleted"),
        b'R' => Some("renamed"),
        b'C' => Some("copied"),
        b'U' => Some("unmerged"),
        b'm' => Some("modified"),
        _ => return None,
    })
}

/// `OLD -> NEW`. A path in quotes may have an arrow in it.
pub(super) fn old_and_new(paths: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let mut end = 0;
    if paths.bytes.first() == Some(&b'"') {
        end = 1;
        while *paths.bytes.get(end)? != b'"' {
            end += if paths.bytes[end] == b'\\' { 2 } else { 1 };
        }
    }
    let (_, rest) = paths.split_at(end);
    let at = end + rest.find(" -> ")?;
    Some((paths.split_at(at).0, paths.split_at(at + 4).1))
}
