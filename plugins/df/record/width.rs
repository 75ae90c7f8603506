//! How wide a text is on a terminal. In a UTF-8 locale `df` pads its columns by that, otherwise by bytes.

use unicode_width::UnicodeWidthChar;

/// The unit that columns are aligned in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Bytes,
    /// Terminal cells: two for a CJK character, none for a combining one, one for a byte that is no text.
    Cells,
}

/// Width of a text in cells.
pub(crate) fn cells(text: &[u8]) -> usize {
    steps(text).map(|(_, width)| width).sum()
}

/// Where in a text the given width is reached; None where it ends before, or a wide character stands across.
pub(crate) fn offset(text: &[u8], width: usize, measure: Measure) -> Option<usize> {
    if measure == Measure::Bytes {
        return (width <= text.len()).then_some(width);
    }
    let (mut at, mut reached) = (0, 0);
    for (length, step) in steps(text) {
        // Combining characters belong to what is before them.
        if reached >= width && step > 0 {
            break;
        }
        at += length;
        reached += step;
    }
    (reached == width).then_some(at)
}

/// Length and width of each character.
fn steps(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    text.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars().map(|c| (c.len_utf8(), c.width().unwrap_or(1)));
        valid.chain(chunk.invalid().iter().map(|_| (1, 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_cells_and_combining_ones_none() {
        assert_eq!(cells("写真".as_bytes()), 4);
        assert_eq!(cells("e\u{301}".as_bytes()), 1);
        assert_eq!(cells(b"\xff\xfe"), 2);
    }

    #[test]
    fn offsets_do_not_split_characters() {
        assert_eq!(offset("写真x".as_bytes(), 4, Measure::Cells), Some(6));
        assert_eq!(offset("写真x".as_bytes(), 3, Measure::Cells), None);
        assert_eq!(offset("e\u{301}x".as_bytes(), 1, Measure::Cells), Some(3));
        assert_eq!(offset(b"ab", 3, Measure::Cells), None);
        assert_eq!(offset(b"ab", 3, Measure::Bytes), None);
        assert_eq!(offset("写".as_bytes(), 2, Measure::Bytes), Some(2));
    }
}
