//! Renames as `--numstat` and `--stat` print them: `OLD => NEW`, and `a/{OLD => NEW}/b` where the two have folders in common. A path
//! may have an arrow in it, too.

use outparse_sdk::{Field, Record, Rows, Source};

use crate::path::unquoted;

/// Arrows, and braces on either side of one, that are tried: a path with more of them has been made to be slow.
const MOST: usize = 8;

/// An old and a new path.
pub(crate) type Rename = (Vec<u8>, Vec<u8>);

/// Parts the paths of renames.
#[derive(Clone, Copy)]
pub(crate) struct Renames {
    /// Whether none are looked for (`--no-renames`).
    are_off: bool,
}

impl Renames {
    pub(crate) fn new(source: &Source) -> Self {
        Renames { are_off: source.arguments.iter().flatten().any(|word| word == "--no-renames") }
    }

    /// The path before a rename, if it is one, and the path.
    pub(crate) fn read<R: Record>(self, text: Field<'_>, rows: &mut Rows<R>) -> (Option<Vec<u8>>, Vec<u8>) {
        let alone = || (None, unquoted(text.bytes));
        if self.are_off {
            return alone();
        }
        let (mut readings, is_sure) = match in_braces(text.bytes) {
            braced if !braced.is_empty() => (braced, true),
            _ => (plain(text.bytes), text.bytes.contains(&b'"')),
        };
        if readings.is_empty() {
            return alone();
        }
        if readings.len() > 1 || !is_sure {
            rows.warn_once("arrow", || {
                text.problem("this is read as a rename, and could be the path of one file with an arrow in it: `--no-renames` prints none, `--name-status` says which")
                    .into_warning()
            });
        }
        let (old, new) = readings.swap_remove(0);
        (Some(old), new)
    }
}

/// The two paths of what is a rename or a copy for certain; none where they can be told apart in more than one way.
pub(crate) fn parted(text: &[u8]) -> Option<Rename> {
    let braced = in_braces(text);
    let mut readings = if braced.is_empty() { plain(text) } else { braced };
    readings.pop().filter(|_| readings.is_empty())
}

/// Where these bytes stand in the text.
fn places<'a>(text: &'a [u8], sought: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(sought.len()).enumerate().filter(move |(_, found)| *found == sought).map(|(at, _)| at).take(MOST)
}

/// All that `a/{OLD => NEW}/b` may mean. git begins braces behind a `/` and ends them before one.
fn in_braces(text: &[u8]) -> Vec<Rename> {
    let mut readings = Vec::new();
    for arrow in places(text, b" => ") {
        let opens = places(&text[..arrow], b"{").filter(|at| *at == 0 || text[at - 1] == b'/');
        for open in opens {
            let closes = places(&text[arrow..], b"}").map(|at| arrow + at);
            for close in closes.filter(|at| text.get(at + 1).is_none_or(|byte| *byte == b'/')) {
                let (before, after) = (&text[..open], &text[close + 1..]);
                let joined = |middle: &[u8]| {
                    // Where one of the two is nothing, a slash too many is left.
                    let after = if middle.is_empty() { after.strip_prefix(b"/").unwrap_or(after) } else { after };
                    [before, middle, after].concat()
                };
                let (old, new) = (joined(&text[open + 1..arrow]), joined(&text[arrow + 4..close]));
                if printed(&old, &new) == text {
                    readings.push((old, new));
                }
            }
        }
    }
    readings
}

/// All that `OLD => NEW` may mean; each is in quotes of its own where it needs them.
fn plain(text: &[u8]) -> Vec<Rename> {
    // A brace that the arrow stands in is of a path that has both: git would have printed others. Of a path that was cut (`--stat`)
    // the brace that opens may be lost, with one of the two.
    let first_brace = |text: &[u8]| text.iter().copied().find(|byte| b"{}".contains(byte));
    let is_open =
        |old: &[u8]| text.starts_with(b"...") || old.iter().rev().copied().find(|byte| b"{}".contains(byte)) == Some(b'{');
    let is_within = |old: &[u8], new: &[u8]| first_brace(new) == Some(b'}') && is_open(old);
    let is_path = |path: &[u8]| !path.is_empty() && (!path.contains(&b'"') || is_quoted(path));
    places(text, b" => ")
        .map(|arrow| (&text[..arrow], &text[arrow + 4..]))
        .filter(|(old, new)| is_path(old) && is_path(new) && !is_within(old, new))
        .filter(|(old, new)| is_quoted(old) || is_quoted(new) || printed(old, new) == text)
        .map(|(old, new)| (unquoted(old), unquoted(new)))
        .collect()
}

/// Whether all of this stands in one pair of quotes.
fn is_quoted(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) else { return false };
    let mut is_escaped = false;
    inner.iter().all(|&byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        !is_end
    }) && !is_escaped
}

/// What git prints of a rename: what the paths have in common, up to a `/` and from one on, stands outside of the braces. The two
/// may be the same `/`.
fn printed(old: &[u8], new: &[u8]) -> Vec<u8> {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let prefix = old[..same].iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
    let from = prefix.saturating_sub(1);
    let same = old[from..].iter().rev().zip(new[from..].iter().rev()).take_while(|(old, new)| old == new).count();
    let suffix = old[old.len() - same..].iter().position(|&byte| byte == b'/').map_or(0, |at| same - at);
    if prefix + suffix == 0 {
        return [old, b" => ", new].concat();
    }
    let middle = |path: &[u8]| path[prefix..path.len().saturating_sub(suffix).max(prefix)].to_vec();
    [&old[..prefix], b"{", &middle(old), b" => ", &middle(new), b"}", &old[old.len() - suffix..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<(String, String)> {
        let braced = in_braces(text.as_bytes());
        let readings = if braced.is_empty() { plain(text.as_bytes()) } else { braced };
        assert!(readings.len() < 2, "{text}: {readings:?}");
        let text = |path: &Vec<u8>| String::from_utf8_lossy(path).into_owned();
        readings.first().map(|(old, new)| (text(old), text(new)))
    }

    #[test]
    fn renames_are_undone() {
        for (text, old, new) in [
            ("a/{b => c}/d", "a/b/d", "a/c/d"),
            ("a/{ => c}/d", "a/d", "a/c/d"),
            ("{a => b}/c", "a/c", "b/c"),
            ("d/{a => b}", "d/a", "d/b"),
            ("d/{x/a => b}", "d/x/a", "d/b"),
            ("a => b", "a", "b"),
            ("a/b => c", "a/b", "c"),
            ("\"a\\tb\" => c", "a\tb", "c"),
            (".../{b => c}/d", ".../b/d", ".../c/d"),
        ] {
            let expected = Some((old.to_owned(), new.to_owned()));
            assert_eq!(one(text), expected, "{text}");
            if !text.contains('"') {
                assert_eq!(printed(old.as_bytes(), new.as_bytes()), text.as_bytes());
            }
        }
    }

    #[test]
    fn paths_with_arrows_that_no_rename_is_printed_as_are_paths() {
        for text in [
            "a=b",
            "d/x => d/y",
            "x/z => y/z",
            "\"a\\t => b\"",
            "\"a\\\" => \\\"b\"",
            ".../b => c}/d",
            "x{y => z}w",
            "a {b => c}/d",
        ] {
            assert_eq!(one(text), None, "{text}");
        }
        assert_eq!(plain(b"a => b => c").len(), 2);
    }
}
