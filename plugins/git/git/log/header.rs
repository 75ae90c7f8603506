//! The lines between a commit's heading and its message: `Author: …`, `Date: …`, or with `--format=raw` `author … SECONDS OFFSET`.

use outparse_sdk::{Field, Problem, Rows, Time};

use super::commit::Commit;
use super::date::date;

/// Reads a line. False where it is no header.
pub(super) fn read(commit: &mut Commit, line: Field<'_>, rows: &mut Rows<Commit>) -> Result<bool, Problem> {
    match line.split_once(":").filter(|(name, _)| name.bytes.iter().all(u8::is_ascii_alphabetic)) {
        Some((name, value)) => Ok(titled(commit, name.bytes, value.trim(), rows)),
        None => raw(commit, line, rows),
    }
}

/// `Author: NAME <ADDRESS>`, `Date:   TIME`
fn titled(commit: &mut Commit, name: &[u8], value: Field<'_>, rows: &mut Rows<Commit>) -> bool {
    match name {
        b"Merge" => commit.parents = value.fields().map(|hash| hash.bytes.to_vec()).collect(),
        b"Author" => (commit.author, commit.author_email) = person(value),
        b"Commit" => (commit.committer, commit.committer_email) = person(value),
        b"Date" | b"AuthorDate" => commit.authored = point(value, rows),
        b"CommitDate" => commit.committed = point(value, rows),
        b"Reflog" => commit.reflog = Some(value.bytes.to_vec()),
        _ => return false,
    }
    true
}

/// A line of `--format=raw`: `tree HASH`, `author NAME <ADDRESS> SECONDS OFFSET`
fn raw(commit: &mut Commit, line: Field<'_>, rows: &mut Rows<Commit>) -> Result<bool, Problem> {
    let Some((name, value)) = line.split_once(" ") else { return Ok(false) };
    match name.bytes {
        b"tree" => commit.tree = Some(value.bytes.to_vec()),
        b"parent" => commit.parents.push(value.bytes.to_vec()),
        b"author" | b"committer" => {
            let (who, at) = value.rsplit_once("> ").ok_or_else(|| value.expected("`NAME <ADDRESS> SECONDS OFFSET`"))?;
            let (who, email) = who.rsplit_once(" <").map_or((who, None), |(who, email)| (who, Some(email.bytes.to_vec())));
            let (who, at) = (Some(who.bytes.to_vec()), point(at, rows));
            if name.bytes == b"author" {
                (commit.author, commit.author_email, commit.authored) = (who, email, at);
            } else {
                (commit.committer, commit.committer_email, commit.committed) = (who, email, at);
            }
        }
        b"Reflog" => {
            let message = value.strip_prefix("message: ").ok_or_else(|| value.expected("`message: …`"))?;
            commit.reflog_message = Some(message.bytes.to_vec());
        }
        b"Notes" | b"gpgsig" | b"gpgsig-sha256" | b"mergetag" | b"encoding" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// `NAME <ADDRESS>`; either may be empty.
fn person(text: Field<'_>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let some = |text: Field<'_>| Some(text.trim().bytes.to_vec()).filter(|text| !text.is_empty());
    match text.rsplit_once("<").filter(|(name, _)| name.bytes.is_empty() || name.bytes.ends_with(b" ")) {
        Some((name, email)) => (some(name), some(email.strip_suffix(">").unwrap_or(email))),
        None => (some(text), None),
    }
}

/// A date, with a warning where it is in words.
fn point(text: Field<'_>, rows: &mut Rows<Commit>) -> Option<Time> {
    let found = date(text.trim());
    if found.is_none() {
        rows.warn_once("date", || {
            let words = text.trim().quoted();
            Problem::warning(format!("a date in words says no point in time: {words}; `--date=iso` prints one"))
        });
    }
    found
}
