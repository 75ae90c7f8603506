//! A file that `rsync` changes, or looks at: with what differs (`-i`), or by its name alone (`-v`).

use outparse_sdk::{Field, Problem, Record};

use super::name::{path_and_target, unescape};

/// A file that is changed, or looked at.
#[derive(Clone, Debug, Default, Record)]
pub struct Change {
    /// When it was written to the log, as it is printed: local time without an offset.
    pub timestamp: Option<Vec<u8>>,
    /// The process that wrote the log.
    pub pid: Option<i64>,
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// What is done: `sent`, `received`, `local change or creation`, `hard link`, `not updated`, `deleted`; null where names alone are printed (`-v` without
    /// `-i`).
    pub update: Option<Vec<u8>>,
    /// What it is: `file`, `directory`, `symlink`, `device`, `special`; null where that is not printed.
    pub r#type: Option<Vec<u8>>,
    /// Whether it is new; null where that is not printed.
    pub is_new: Option<bool>,
    /// What of it differs: `content`, `size`, `time`, `transfer time`, `permissions`, `owner`, `group`, `access time`, `creation time`, `acl`, `attributes`. Of a
    /// link or a device `content` is what it leads to or stands for.
    pub differs: Vec<Vec<u8>>,
    /// What a link leads to.
    pub target: Option<Vec<u8>>,
    /// The letters that say all this.
    pub code: Option<Vec<u8>>,
}

impl Change {
    /// `NAME`, `LINK -> TARGET`, `NAME is uptodate`, `deleting NAME`, as `-v` prints them.
    pub(super) fn named(text: Field<'_>) -> Change {
        let (name, update) = match text.strip_suffix(" is uptodate") {
            Some(name) => (name, Some("not updated")),
            None => text.strip_prefix("deleting ").map_or((text, None), |name| (name, Some("deleted"))),
        };
        let (path, target) = path_and_target(name, Some(" -> "));
        Change { path, target, update: update.map(|update| update.as_bytes().to_vec()), ..Change::default() }
    }

    /// `>f.st...... NAME`, `*deleting   NAME`, as `-i` prints them. None where the line has no such letters.
    pub(super) fn itemised(text: Field<'_>) -> Result<Option<Change>, Problem> {
        if let Some(name) = text.strip_prefix("*deleting ") {
            // Three letters more, as wide as the others.
            let name = name.strip_prefix("  ").unwrap_or(name);
            let (update, code) = (Some(b"deleted".to_vec()), Some(b"*deleting".to_vec()));
            return Ok(Some(Change { path: unescape(name.bytes), update, code, ..Change::default() }));
        }
        // Where nothing differs there are blanks for the marks.
        let is_blank = |marks: &[u8]| marks.iter().all(|mark| *mark == b' ');
        let unmarked = [12, 10].into_iter().find(|width| text.bytes.get(2..*width).is_some_and(is_blank));
        let parts = match unmarked {
            Some(width) => Some((text.part(0, width - 1), text.split_at(width).1)),
            None => text.split_once(" "),
        };
        let Some((code, name)) = parts else { return Ok(None) };
        let [update, kind, marks @ ..] = code.bytes else { return Ok(None) };
        let (Some(update), Some(kind)) = (update_of(*update), type_of(*kind)) else { return Ok(None) };
        // Old versions know fewer marks.
        if !(5..=9).contains(&marks.len()) || !marks.iter().all(|mark| b".+?cstTpoguaxnb ".contains(mark)) {
            let wanted = "`.`, `+` or a letter for each of what may differ";
            return if marks.len() >= 5 && marks.contains(&b'.') { Err(code.expected(wanted)) } else { Ok(None) };
        }
        let arrow = match (kind, update) {
            ("symlink", _) => Some(" -> "),
            (_, "hard link") => Some(" => "),
            _ => None,
        };
        let (path, target) = path_and_target(name, arrow);
        Ok(Some(Change {
            path,
            update: Some(update.as_bytes().to_vec()),
            r#type: Some(kind.as_bytes().to_vec()),
            is_new: Some(marks.contains(&b'+')),
            differs: differences(marks).ok_or_else(|| code.expected("a letter where it belongs"))?,
            target,
            code: Some(code.bytes.to_vec()),
            ..Change::default()
        }))
    }
}

/// What the first letter says: what is done.
fn update_of(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'<' => "sent",
        b'>' => "received",
        b'c' => "local change or creation",
        b'h' => "hard link",
        b'.' => "not updated",
        _ => return None,
    })
}

/// What the second letter says: what it is.
fn type_of(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'f' => "file",
        b'd' => "directory",
        b'L' => "symlink",
        b'D' => "device",
        b'S' => "special",
        _ => return None,
    })
}

/// What differs, by the letters behind: each has its place. None where one stands in another's.
fn differences(marks: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut differs = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let what: &[&str] = match (place, mark) {
            (_, b'.' | b'+' | b'?' | b' ') => &[],
            (0, b'c') => &["content"],
            (1, b's') => &["size"],
            (2, b't') => &["time"],
            (2, b'T') => &["transfer time"],
            (3, b'p') => &["permissions"],
            (4, b'o') => &["owner"],
            (5, b'g') => &["group"],
            (6, b'u') => &["access time"],
            (6, b'n') => &["creation time"],
            (6, b'b') => &["access time", "creation time"],
            (7, b'a') => &["acl"],
            (8, b'x') => &["attributes"],
            _ => return None,
        };
        differs.extend(what.iter().map(|what| what.as_bytes().to_vec()));
    }
    Some(differs)
}
