//! A commit in one line, as `--oneline`, `--format=reference` and `git reflog` print it.

use outparse_sdk::{Field, Time};

use super::commit::Commit;
use super::date::date;
use super::hash::is_hash;

/// What the arguments say of a line without titles.
#[derive(Clone, Copy)]
pub(super) struct OnelineForm {
    /// `HASH (SUBJECT, DATE)`
    pub(super) is_reference: bool,
    /// Hashes of parents or children stand behind that of the commit.
    pub(super) has_others: bool,
}

/// `(SUBJECT, DATE)`, which `--format=reference` prints behind a hash. Without the arguments, the usual date tells.
fn reference(rest: Field<'_>, form: Option<OnelineForm>) -> Option<(Field<'_>, Option<Time>)> {
    let inner = rest.strip_prefix("(")?.strip_suffix(")").filter(|_| form.is_none_or(|form| form.is_reference))?;
    let (mut subject, mut day) = inner.rsplit_once(", ")?;
    if form.is_none() && !day.has_shape("0000-00-00") {
        return None;
    }
    // There may be a comma in the date, too.
    if let Some((before, name)) = subject.rsplit_once(", ").filter(|(_, name)| name.is_weekday()) {
        (subject, day) = (before, inner.split_at(name.start() - inner.start()).1);
    }
    Some((subject, date(day)))
}

/// `HASH (HEAD -> main) SUBJECT`, with `--parents` and `--children` more hashes, with `--format=reference` `HASH (SUBJECT, DATE)`.
pub(super) fn oneline(line: Field<'_>, form: Option<OnelineForm>, has_children: bool) -> Option<Commit> {
    let (hash, mut rest) = line.split_once(" ")?;
    // `HASH<tab>REFERENCE` with `--source`
    let (hash, source) = hash.split_once("\t").map_or((hash, None), |(hash, source)| (hash, Some(source.bytes.to_vec())));
    if !is_hash(hash.bytes, 4) {
        return None;
    }
    let mut commit = Commit { commit: hash.bytes.to_vec(), source_reference: source, ..Commit::default() };
    if let Some((subject, authored)) = reference(rest, form) {
        (commit.subject, commit.authored) = (Some(subject.bytes.to_vec()), authored);
        return Some(commit);
    }
    // A subject may begin with a word of these letters, but for one of forty.
    while form.map_or(hash.bytes.len() >= 40, |form| form.has_others)
        && let Some((other, after)) = rest.split_once(" ")
        && other.bytes.len() == hash.bytes.len()
        && is_hash(other.bytes, 4)
    {
        let others = if has_children { &mut commit.children } else { &mut commit.parents };
        others.push(other.bytes.to_vec());
        rest = after;
    }
    let mut references = Vec::new();
    if let Some((inner, after)) = rest.strip_prefix("(").and_then(|rest| rest.split_once(") "))
        && inner
            .split(", ")
            .all(|name| name.bytes.starts_with(b"HEAD -> ") || name.bytes.starts_with(b"tag: ") || !name.bytes.contains(&b' '))
    {
        references = inner.split(", ").map(|name| name.bytes.to_vec()).collect();
        rest = after;
    }
    (commit.references, commit.subject) = (references, Some(rest.bytes.to_vec()));
    Some(commit)
}
