//! What `--summary` says below the files: which came and went, and whose names or modes changed.

use outparse_sdk::{Field, Problem};

use super::commit::{Commit, FileSummary};
use crate::path::unquoted;
use crate::rename::parted;

/// Reads a line. False where it is none of these.
///
/// ```text
///  create mode 100644 PATH
///  delete mode 100644 PATH
///  mode change 100644 => 100755 PATH
///  rename a/{OLD => NEW} (90%)
///  copy OLD => NEW (90%)
///  rewrite PATH (70%)
/// ```
pub(super) fn read(commit: &mut Commit, line: Field<'_>) -> Result<bool, Problem> {
    let Some(text) = line.strip_prefix(" ") else { return Ok(false) };
    let found = ["create", "delete", "mode change", "rename", "copy", "rewrite"]
        .into_iter()
        .find_map(|change| Some((change, text.strip_prefix(change)?.strip_prefix(" ")?)));
    let Some((change, rest)) = found else { return Ok(false) };
    let mut said = FileSummary { change, ..FileSummary::default() };
    match change {
        "create" | "delete" => {
            let rest = rest.strip_prefix("mode ").ok_or_else(|| rest.expected("`mode MODE PATH`"))?;
            let (mode, path) = rest.split_once(" ").ok_or_else(|| rest.expected("a mode and a path"))?;
            (said.file_mode, said.path) = (Some(octal(mode)?), unquoted(path.bytes));
        }
        "mode change" => {
            let (old, rest) = rest.split_once(" => ").ok_or_else(|| rest.expected("`OLD => NEW PATH`"))?;
            let (new, path) = rest.split_once(" ").map_or((rest, None), |(new, path)| (new, Some(path)));
            let (old, new) = (Some(octal(old)?), Some(octal(new)?));
            let Some(path) = path else {
                // Below a rename, it is about the same file.
                let before = commit.summary.last_mut().filter(|before| matches!(before.change, "rename" | "copy" | "rewrite"));
                let before = before.ok_or_else(|| rest.expected("a path behind the modes"))?;
                (before.original_file_mode, before.file_mode) = (old, new);
                return Ok(true);
            };
            (said.original_file_mode, said.file_mode, said.path) = (old, new, unquoted(path.bytes));
        }
        _ => {
            let (path, share) = rest.rsplit_once(" (").ok_or_else(|| rest.expected("a share such as `(90%)`"))?;
            let percent = Some(share.strip_suffix("%)").ok_or_else(|| share.expected("a share such as `90%)`"))?.integer()?);
            if change == "rewrite" {
                (said.path, said.dissimilarity) = (unquoted(path.bytes), percent);
            } else {
                let (old, new) = parted(path.bytes).ok_or_else(|| path.expected("one reading of `OLD => NEW`"))?;
                (said.original_path, said.path, said.similarity) = (Some(old), new, percent);
            }
        }
    }
    commit.summary.push(said);
    Ok(true)
}

/// `100644`
fn octal(mode: Field<'_>) -> Result<Vec<u8>, Problem> {
    let is_mode = mode.bytes.len() == 6 && mode.bytes.iter().all(|byte| (b'0'..=b'7').contains(byte));
    if is_mode { Ok(mode.bytes.to_vec()) } else { Err(mode.expected("a mode such as `100644`")) }
}
