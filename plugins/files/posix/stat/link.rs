//! The name of a file, behind which stands what a symbolic link leads to.

use outparse_sdk::Field;

use super::inode::Inode;
use super::words::unquoted;

/// Parts `name -> target` of a link, and takes away the quotes that old versions and the BSDs put around both: those print no time
/// of creation, or no size of reads.
pub(super) fn part_link(file: &mut Inode) {
    let text = std::mem::take(&mut file.path);
    let text = Field::from(text.as_slice());
    let is_link =
        file.mode.as_ref().is_some_and(|mode| mode.starts_with(b"l")) || file.r#type.as_deref() == Some(b"symbolic link");
    let quoted = file.created.is_none() || file.io_block_size.is_none();
    let parted = if quoted { quoted_link(text, file.size) } else { None }.or_else(|| link(text, file.size));
    let (name, target) = match parted.filter(|_| is_link) {
        Some((name, target)) => (name, Some(target)),
        None => (text, None),
    };
    let plain = |text: Field<'_>| if quoted { unquoted(text).unwrap_or(text.bytes).to_vec() } else { text.bytes.to_vec() };
    file.target = target.map(plain);
    file.path = plain(name);
}

/// `'name' -> 'target'`, the same way.
fn quoted_link(text: Field<'_>, size: Option<i64>) -> Option<(Field<'_>, Field<'_>)> {
    let inner = text.strip_prefix("'")?.strip_suffix("'")?;
    const ARROW: &[u8] = b"' -> '";
    let at = arrows(inner, ARROW).find(|at| leaves(inner, at + ARROW.len(), size))?;
    Some((text.split_at(at + 2).0, text.split_at(at + ARROW.len()).1))
}

/// `name -> target`. Where the arrow could be in several places, the size of a link is the length of its target.
pub(crate) fn link(text: Field<'_>, size: Option<i64>) -> Option<(Field<'_>, Field<'_>)> {
    const ARROW: &[u8] = b" -> ";
    let fitting = arrows(text, ARROW).find(|at| leaves(text, at + ARROW.len(), size));
    let at = fitting.or_else(|| arrows(text, ARROW).next())?;
    Some((text.split_at(at).0, text.split_at(at + ARROW.len()).1))
}

/// The places of an arrow.
fn arrows<'a>(text: Field<'a>, arrow: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.bytes.windows(arrow.len()).enumerate().filter(move |(_, part)| *part == arrow).map(|(at, _)| at)
}

/// Whether so many bytes stand behind a place.
fn leaves(text: Field<'_>, place: usize, size: Option<i64>) -> bool {
    i64::try_from(text.bytes.len() - place).ok() == size
}
