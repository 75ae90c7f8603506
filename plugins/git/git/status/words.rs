//! The long form: sections of files, each below a line in words.

use outparse_sdk::{Field, Problem, Record, Rows};

use super::branch::is_rebase;
use super::file::{File, old_and_new};
use crate::path::unquoted;

/// Whose files are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    None,
    Index,
    Worktree,
    Unmerged,
    Untracked,
    Ignored,
}

impl Section {
    /// The section that a line begins, or goes on with.
    pub(super) fn after(self, line: &[u8]) -> Section {
        match line {
            b"Changes to be committed:" => Section::Index,
            b"Changes not staged for commit:" | b"Changed but not updated:" => Section::Worktree,
            b"Unmerged paths:" => Section::Unmerged,
            b"Untracked files:" => Section::Untracked,
            b"Ignored files:" => Section::Ignored,
            // Hints stand below a heading. Files below another one are not of the one above, also where it is broken.
            hint if hint.is_empty() || hint.starts_with(b" ") => self,
            _ => Section::None,
        }
    }

    /// `modified:   a`, `renamed:    a -> b`; only a path where files are not tracked.
    pub(super) fn file(self, entry: Field<'_>) -> Result<File, Problem> {
        match self {
            Section::Untracked => return Ok(File::outside(entry, "untracked")),
            Section::Ignored => return Ok(File::outside(entry, "ignored")),
            Section::None => return Err(entry.problem("a file before the line that says what became of it")),
            _ => {}
        }
        let (word, path) = entry.split_once(":").ok_or_else(|| entry.expected("`modified:   PATH`"))?;
        let path = path.trim();
        if self == Section::Unmerged {
            let (index, worktree) = unmerged(word.bytes).ok_or_else(|| word.expected("`both modified` or the like"))?;
            return Ok(File { path: unquoted(path.bytes), index: Some(index), worktree: Some(worktree), ..File::default() });
        }
        let change = match word.bytes {
            b"modified" => "modified",
            b"new file" => "added",
            b"deleted" => "deleted",
            b"renamed" => "renamed",
            b"copied" => "copied",
            b"typechange" => "type changed",
            _ => return Err(word.expected("`modified`, `new file`, `deleted`, `renamed`, `copied` or `typechange`")),
        };
        let (original, path) = match old_and_new(path).filter(|_| matches!(change, "renamed" | "copied")) {
            Some((old, new)) => (Some(unquoted(old.bytes)), new),
            None => (None, path),
        };
        let (path, submodule) = without_submodule(path);
        let mut file = File { path: unquoted(path.bytes), original_path: original, submodule, ..File::default() };
        match self {
            Section::Index => file.index = Some(change),
            _ => file.worktree = Some(change),
        }
        Ok(file)
    }

    /// Warns where a path may be several, or another one.
    pub(super) fn warn<R: Record>(self, entry: Field<'_>, file: &File, rows: &mut Rows<R>) {
        if file.original_path.is_some() && old_and_new(entry).is_some_and(|(_, new)| old_and_new(new).is_some()) {
            rows.warn_once("arrows", || {
                entry.problem("a path has an arrow in it: the first one is taken for what parts the two; `--porcelain` quotes such paths").into_warning()
            });
        }
        if matches!(self, Section::Untracked | Section::Ignored) && file.path.windows(3).any(|three| three == b"   ") {
            rows.warn_once("columns", || {
                Problem::warning("a path has many blanks in it: with `--column` there are several on a line, and without it one")
            });
        }
    }
}

/// Whether a line begins the long form.
pub(super) fn is_words(line: &[u8]) -> bool {
    line.starts_with(b"On branch ")
        || line.starts_with(b"HEAD detached ")
        || line == b"Not currently on any branch."
        || is_rebase(line)
}

/// What became of a file on our side and on theirs, as the letters of the short forms have it: `deleted by us` is `DU`.
fn unmerged(words: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match words {
        b"both modified" => ("unmerged", "unmerged"),
        b"both added" => ("added", "added"),
        b"both deleted" => ("deleted", "deleted"),
        b"added by us" => ("added", "unmerged"),
        b"added by them" => ("unmerged", "added"),
        b"deleted by us" => ("deleted", "unmerged"),
        b"deleted by them" => ("unmerged", "deleted"),
        _ => return None,
    })
}

/// `a (modified content)`: what is changed in a submodule is said behind its path.
fn without_submodule(path: Field<'_>) -> (Field<'_>, Option<Vec<u8>>) {
    const CHANGES: [&[u8]; 3] = [b"modified content", b"new commits", b"untracked content"];
    match path.rsplit_once(" (") {
        Some((before, inner)) if CHANGES.iter().any(|change| inner.bytes.starts_with(change)) => {
            (before, inner.strip_suffix(")").map(|inner| inner.bytes.to_vec()))
        }
        _ => (path, None),
    }
}
