//! The line that begins a commit: `commit HASH`.

use outparse_sdk::Field;

use super::commit::Commit;
use super::hash::is_hash;

/// `HASH (HEAD -> main, tag: v1)`, with `--parents` or `--children` more hashes behind it, with `--source` a reference.
pub(super) fn heading(rest: Field<'_>, has_children: bool) -> Option<Commit> {
    let (hashes, mut remarks) = rest.split_once(" (").map_or((rest, None), |(hashes, remarks)| (hashes, Some(remarks)));
    // `HASH (from PARENT) (HEAD -> main)` of `-m`
    let mut compared_parent = None;
    if let Some((parent, after)) = remarks.and_then(|remarks| remarks.strip_prefix("from ")).and_then(|from| from.split_once(")"))
        && is_hash(parent.bytes, 4)
    {
        compared_parent = Some(parent.bytes.to_vec());
        remarks = after.strip_prefix(" (");
    }
    let references = match remarks {
        Some(remarks) => remarks.strip_suffix(")")?.split(", ").map(|name| name.bytes.to_vec()).collect(),
        None => Vec::new(),
    };
    let mut words = hashes.fields();
    let hash = words.next().filter(|hash| is_hash(hash.bytes, 4))?;
    let mut commit = Commit { commit: hash.bytes.to_vec(), references, compared_parent, ..Commit::default() };
    for word in words {
        if commit.source_reference.is_none() && is_hash(word.bytes, hash.bytes.len()) && word.bytes.len() == hash.bytes.len() {
            let others = if has_children { &mut commit.children } else { &mut commit.parents };
            others.push(word.bytes.to_vec());
        } else if commit.source_reference.is_none() {
            commit.source_reference = Some(word.bytes.to_vec());
        } else {
            return None;
        }
    }
    Some(commit)
}
