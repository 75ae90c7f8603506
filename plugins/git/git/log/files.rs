//! What is said of the files of a commit: a line each, and the sum of them.

use outparse_sdk::{Field, Problem, Rows, Source};

use super::commit::{Commit, FileChange};
use super::summary;
use crate::diff::numstat;
use crate::path::unquoted;
use crate::rename::Renames;

/// Whether a name may stand alone on a line, which is all that `--name-only` prints of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoneNames {
    /// The arguments ask for them.
    AreAskedFor,
    /// The arguments are not known.
    MayBe,
    /// The arguments do not ask for them.
    AreNone,
}

impl LoneNames {
    pub(super) fn new(source: &Source) -> LoneNames {
        // git takes the beginning of an option for it, where no other begins so.
        let asks = |word: &String| word.len() > "--name-".len() && "--name-only".starts_with(word.as_str());
        match &source.arguments {
            None => LoneNames::MayBe,
            Some(words) if words.iter().any(asks) => LoneNames::AreAskedFor,
            Some(_) => LoneNames::AreNone,
        }
    }
}

/// Reads a line. False where it is not of files.
pub(super) fn read(
    commit: &mut Commit,
    line: Field<'_>,
    renames: Renames,
    lone_names: LoneNames,
    rows: &mut Rows<Commit>,
) -> Result<bool, Problem> {
    if let Some(change) = numstat(line, renames, rows)? {
        commit.files.push(FileChange {
            path: change.path,
            original_path: change.original_path,
            insertions: change.insertions,
            deletions: change.deletions,
            ..FileChange::default()
        });
        return Ok(true);
    }
    if is_sum(line) {
        sum(commit, line.trim())?;
        return Ok(true);
    }
    if let Some(change) = stat(line, renames, rows).or_else(|| name_status(line)) {
        commit.files.push(change);
        return Ok(true);
    }
    if summary::read(commit, line)? {
        return Ok(true);
    }
    // With `--name-only`, no more than a name is said of any file.
    let says_more = commit.files.iter().any(|file| !file.is_name_alone()) || commit.files_changed.is_some();
    let change = name_only(line).filter(|_| lone_names != LoneNames::AreNone && !says_more);
    let is_name = change.is_some();
    commit.files.extend(change);
    Ok(is_name)
}

fn begins_with_one(line: Field<'_>, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| line.bytes.starts_with(beginning.as_bytes()))
}

fn is_sum(line: Field<'_>) -> bool {
    let text = line.trim();
    line.bytes.starts_with(b" ") && (text.find(" file changed").is_some() || text.find(" files changed").is_some())
}

/// `2 files changed, 3 insertions(+), 1 deletion(-)`
fn sum(commit: &mut Commit, text: Field<'_>) -> Result<(), Problem> {
    (commit.insertions, commit.deletions) = (Some(0), Some(0));
    for part in text.split(", ") {
        let (number, what) = part.split_once(" ").ok_or_else(|| part.expected("a number and what it counts"))?;
        let number = Some(number.integer()?);
        match what.bytes {
            what if what.starts_with(b"file") => commit.files_changed = number,
            what if what.starts_with(b"insertion") => commit.insertions = number,
            what if what.starts_with(b"deletion") => commit.deletions = number,
            _ => return Err(part.expected("files, insertions or deletions")),
        }
    }
    Ok(())
}

/// ` path | 3 ++-`
fn stat(line: Field<'_>, renames: Renames, rows: &mut Rows<Commit>) -> Option<FileChange> {
    if !line.bytes.starts_with(b" ") {
        return None;
    }
    let (path, changes) = line.trim().rsplit_once(" | ")?;
    let changes = changes.fields().next().and_then(|number| number.as_integer());
    let (original_path, path) = renames.read(path.trim_end(), rows);
    Some(FileChange { path, original_path, changes, ..FileChange::default() })
}

/// `M<tab>path`, `R100<tab>old<tab>new`
fn name_status(line: Field<'_>) -> Option<FileChange> {
    let (status, paths) = line.split_once("\t")?;
    let (letter, score) = status.bytes.split_first()?;
    if !b"MADRCTU".contains(letter) || !score.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (original_path, path) = match paths.split_once("\t") {
        Some((old, new)) => (Some(unquoted(old.bytes)), new),
        None => (None, paths),
    };
    let status = Some(status.bytes.to_vec());
    Some(FileChange { path: unquoted(path.bytes), original_path, status, ..FileChange::default() })
}

/// A name alone, of `--name-only`; no line of a patch or of `--raw`. git quotes a name that has a tab.
fn name_only(line: Field<'_>) -> Option<FileChange> {
    let is_patch = begins_with_one(line, &["diff --", "index ", "--- ", "+++ ", "@@ ", "+", "-"]);
    let is_name = !line.bytes[0].is_ascii_whitespace() && !line.bytes.contains(&b'\t') && !is_patch;
    is_name.then(|| FileChange { path: unquoted(line.bytes), ..FileChange::default() })
}
