//! The line of a capture that a problem is about, with the place marked under it.
//!
//! Only what is near the place is kept, so that a line of any length costs a few kilobytes; and whatever is in it, the drawing is
//! one line on a terminal, with the mark under the right cell.

use memchr::{memchr, memchr_iter};
use unicode_width::UnicodeWidthChar;

use crate::words::is_plain;

/// Bytes that are kept on each side of the place.
const AROUND: usize = 1000;

/// Terminal cells a drawing has for the line, so that it fits 80 with its number.
const CELLS: usize = 70;

/// How many of these cells may be left of the first place.
const BEFORE: usize = 45;

/// What a tab is shown as: how wide a real one would be depends on what stands before it.
const TAB: &str = "    ";

/// Part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    bytes: Vec<u8>,
    /// Bytes of the line before this part, and whether there are more after it.
    start: usize,
    cut: bool,
}

impl Excerpt {
    /// The surroundings of a place in lines of which the first has this number. None when the line is not among them.
    pub(crate) fn of(lines: &[u8], first_line: u64, line: u64, column: u32) -> Option<Excerpt> {
        let index = usize::try_from(line.checked_sub(first_line)?).ok()?;
        let begin = match index {
            0 => 0,
            _ => memchr_iter(b'\n', lines).nth(index - 1)? + 1,
        };
        let rest = lines.get(begin..).filter(|rest| !rest.is_empty())?;
        let line = &rest[..memchr(b'\n', rest).unwrap_or(rest.len())];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let place = (column.saturating_sub(1) as usize).min(line.len());
        let mut start = place.saturating_sub(AROUND);
        // Not within a character.
        while start > 0 && start < place && is_continuation(line[start]) {
            start += 1;
        }
        let end = line.len().min(place + AROUND);
        Some(Excerpt { bytes: line[start..end].to_vec(), start, cut: end < line.len() })
    }

    /// The line below its number, and a mark under each of the columns; no marks for columns that are 0 or not shown.
    pub(super) fn draw(&self, number: u64, columns: &[u32]) -> String {
        let cells = self.cells();
        let at = |column: &u32| {
            let byte = (*column as usize).checked_sub(1)?.checked_sub(self.start)?;
            // The place after the last byte counts too: something is missing there.
            Some(cells.iter().rposition(|cell| cell.byte <= byte).map_or(0, |index| {
                let past = byte >= self.bytes.len();
                if past { cells.len() } else { index }
            }))
        };
        let mut marked: Vec<usize> = columns.iter().filter_map(at).collect();
        marked.sort_unstable();
        marked.dedup();

        let width = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
        let first = marked.first().copied().unwrap_or(0);
        let mut from = 0;
        if width(&cells[..first]) > BEFORE {
            while width(&cells[from..first]) > BEFORE / 2 {
                from += 1;
            }
        }
        let mut text = String::new();
        let mut marks = String::new();
        if from > 0 || self.start > 0 {
            text.push('…');
            marks.push(' ');
        }
        let mut used = 0;
        let mut cut = self.cut;
        for (index, cell) in cells.iter().enumerate().skip(from) {
            if used + cell.width > CELLS {
                cut = true;
                break;
            }
            used += cell.width;
            text.push_str(&cell.text);
            let mark = if marked.contains(&index) { "^" } else { "" };
            marks.push_str(&format!("{mark:width$}", width = cell.width));
        }
        if cut {
            text.push('…');
        } else if marked.last() == Some(&cells.len()) {
            marks.push('^');
        }
        let number = number.to_string();
        let gutter = number.len();
        let mut drawing = format!("  {number} │ {text}");
        if !marks.trim().is_empty() {
            drawing.push_str(&format!("\n  {:gutter$} │ {}", "", marks.trim_end()));
        }
        drawing
    }

    /// What is shown of each character, in order.
    fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut byte = 0;
        for chunk in self.bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                let text = match c {
                    '\t' => TAB.to_owned(),
                    c if is_plain(c) => c.to_string(),
                    c => c.escape_default().to_string(),
                };
                let width = if text.len() == c.len_utf8() { c.width().unwrap_or(0) } else { text.len() };
                cells.push(Cell { byte, width, text });
                byte += c.len_utf8();
            }
            for &bad in chunk.invalid() {
                let text = format!("\\x{bad:02x}");
                cells.push(Cell { byte, width: text.len(), text });
                byte += 1;
            }
        }
        cells
    }
}

/// A character as it is shown.
struct Cell {
    /// Where it begins.
    byte: usize,
    /// How many cells of a terminal it takes.
    width: usize,
    text: String,
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Problem, Severity, draw};

    fn drawn(capture: &[u8], places: &[(u64, u32)]) -> String {
        let problems: Vec<Problem> = places
            .iter()
            .map(|&(line, column)| {
                let excerpt = Excerpt::of(capture, 1, line, column);
                Problem { severity: Severity::Error, line, column, message: String::new(), excerpt }
            })
            .collect();
        draw(&problems)
    }

    #[test]
    fn the_place_is_marked() {
        assert_eq!(drawn(b"one\n/dev/vda   25x  12\r\n", &[(2, 12)]), "  2 │ /dev/vda   25x  12\n    │            ^");
        assert_eq!(drawn(b"a b", &[(1, 4)]), "  1 │ a b\n    │    ^");
        assert_eq!(drawn(b"a b", &[(1, 999)]), "  1 │ a b\n    │    ^");
    }

    #[test]
    fn a_whole_line_has_no_mark() {
        assert_eq!(drawn(b"one\ntwo\n", &[(2, 0)]), "  2 │ two");
        assert_eq!(drawn(b"one\n\nthree\n", &[(2, 0)]), "  2 │ ");
    }

    #[test]
    fn lines_that_are_not_there_are_not_drawn() {
        for place in [(0, 1), (3, 1), (u64::MAX, u32::MAX)] {
            assert_eq!(drawn(b"one\ntwo\n", &[place]), "", "{place:?}");
        }
    }

    #[test]
    fn a_line_is_drawn_once_with_all_its_places() {
        assert_eq!(
            drawn(b"one two\nthree\n", &[(1, 5), (2, 1), (1, 1), (1, 5)]),
            "  1 │ one two\n    │ ^   ^\n  2 │ three\n    │ ^"
        );
    }

    #[test]
    fn the_mark_stands_under_the_right_cell_whatever_is_before_it() {
        // A tab, an escape, a wide character, a combining one, and a byte that is no UTF-8; the column counts bytes.
        assert_eq!(drawn(b"\tx", &[(1, 2)]), "  1 │     x\n    │     ^");
        assert_eq!(drawn(b"\x1b[1mx", &[(1, 5)]), "  1 │ \\u{1b}[1mx\n    │          ^");
        assert_eq!(drawn("漢字x".as_bytes(), &[(1, 7)]), "  1 │ 漢字x\n    │     ^");
        assert_eq!(drawn("e\u{301}x".as_bytes(), &[(1, 4)]), "  1 │ e\u{301}x\n    │  ^");
        assert_eq!(drawn(b"\xffx", &[(1, 2)]), "  1 │ \\xffx\n    │     ^");
        assert_eq!(drawn("a\u{202e}b".as_bytes(), &[(1, 5)]), "  1 │ a\\u{202e}b\n    │          ^");
        // A place within a character means that character.
        assert_eq!(drawn("漢字".as_bytes(), &[(1, 5)]), "  1 │ 漢字\n    │   ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let mut line = vec![b'a'; 1_000_000];
        line[500_000] = b'X';
        let drawing = drawn(&line, &[(1, 500_001)]);
        let (text, mark) = drawing.split_once('\n').unwrap();
        assert!(text.starts_with("  1 │ …a") && text.ends_with("a…"), "{drawing}");
        assert_eq!(text.chars().position(|c| c == 'X'), mark.chars().position(|c| c == '^'));
        assert!(text.chars().count() <= 80);
        // What is kept is short, too.
        assert!(Excerpt::of(&line, 1, 1, 500_001).unwrap().bytes.len() <= 2 * AROUND);
    }
}
