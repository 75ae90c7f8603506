//! Porcelain version 2.

use outparse_sdk::{Field, Problem};

use super::file::{File, change};
use crate::path::unquoted;

/// `1 XY SUB MH MI MW HH HI PATH`, `2 … X100 PATH<tab>OLD`, `u …`, `? PATH`, `! PATH`. None where it is no such line.
pub(super) fn file(line: Field<'_>) -> Result<Option<File>, Problem> {
    let (kind, rest) = line.split_at(2);
    match kind.bytes {
        b"? " => return Ok(Some(File::outside(rest, "untracked"))),
        b"! " => return Ok(Some(File::outside(rest, "ignored"))),
        b"1 " | b"2 " | b"u " => {}
        _ => return Ok(None),
    }
    let [letters, submodule, _, _, _, rest] = rest.fields_and_rest()?;
    let [first, second] = letters.bytes else { return Ok(None) };
    let Some((index, worktree)) = change(*first).zip(change(*second)) else { return Ok(None) };
    let rest = if kind.bytes == b"u " { rest.fields_and_rest::<2>()?[1] } else { rest };
    let [head, object, rest] = rest.fields_and_rest()?;
    let mut file = File { index, worktree, ..File::default() };
    file.submodule = Some(submodule.bytes.to_vec()).filter(|state| state != b"N...");
    (file.head_object, file.index_object) = (Some(head.bytes.to_vec()), Some(object.bytes.to_vec()));
    let path = match kind.bytes {
        b"2 " => {
            let [score, paths] = rest.fields_and_rest()?;
            file.similarity_percent = Some(score.split_at(1).1.integer()?);
            let (path, original) = paths.split_once("\t").ok_or_else(|| paths.expected("`PATH<tab>OLD`"))?;
            file.original_path = Some(unquoted(original.bytes));
            path
        }
        b"u " => rest.fields_and_rest::<2>()?[1],
        _ => rest,
    };
    file.path = unquoted(path.bytes);
    Ok(Some(file))
}
