//! Finds the cells of a row whose columns were chosen one by one, with GNU's `--output`: any columns in any order.
//!
//! There is no core to look for, but such tables are always aligned: a number ends where its title ends, a name begins where
//! its title begins.

use crate::cells::{Cells, Fit, Reading, Span, matches};
use crate::layout::{Kind, Layout};
use crate::width::{self, Measure};

/// The cells of a row, by position; by number of words where the positions are off.
pub(crate) fn read(layout: &Layout, row: &[u8]) -> Option<Reading> {
    let by_bytes = aligned(layout, row, Measure::Bytes);
    let by_cells = if row.is_ascii() { by_bytes } else { aligned(layout, row, Measure::Cells) };
    match (by_bytes, by_cells) {
        (Some(cells), Some(other)) => {
            // Padding on the wrong side of a border shows that it is in the wrong place.
            let cells = if indented(row, &cells) { other } else { cells };
            let rivalled = cells != other && !indented(row, &other);
            Some(Reading { cells, fit: Fit::Exact, rivalled })
        }
        (Some(cells), None) | (None, Some(cells)) => Some(Reading { cells, fit: Fit::Exact, rivalled: false }),
        (None, None) => Some(Reading { cells: by_words(layout, row)?, fit: Fit::Rough, rivalled: false }),
    }
}

/// Whether a cell begins with a blank.
fn indented(row: &[u8], cells: &Cells) -> bool {
    cells.iter().any(|cell| cell.of(row).starts_with(b" "))
}

fn aligned(layout: &Layout, row: &[u8], measure: Measure) -> Option<Cells> {
    let mut cells = Cells::default();
    let mut at = 0;
    for (index, column) in layout.columns.iter().enumerate() {
        let next = layout.columns.get(index + 1);
        let cell = if !column.kind.is_name() {
            number(column.kind, row, at, width::offset(row, column.end, measure)?)?
        } else {
            let end = match next {
                None => row.len(),
                Some(next) if next.kind.is_name() => width::offset(row, next.start, measure)?.checked_sub(1)?,
                Some(next) => {
                    let end = width::offset(row, next.end, measure)?;
                    row.get(at..end)?.iter().rposition(|&byte| byte == b' ')? + at
                }
            };
            name(column.kind, row, Span { start: at, end }, next.is_none())?
        };
        let end = if column.kind.is_name() { name_end(layout, index, row, cell, measure)? } else { cell.end };
        if next.is_some() && row.get(end) != Some(&b' ') {
            return None;
        }
        cells[index] = cell;
        at = end + 1;
    }
    // The last number must end the row.
    (at > row.len()).then_some(cells)
}

/// Where the column of a name ends, padding included.
fn name_end(layout: &Layout, index: usize, row: &[u8], cell: Span, measure: Measure) -> Option<usize> {
    match layout.columns.get(index + 1) {
        None => Some(row.len()),
        Some(next) if next.kind.is_name() => width::offset(row, next.start, measure)?.checked_sub(1),
        Some(_) => Some(cell.end),
    }
}

fn number(kind: Kind, row: &[u8], from: usize, end: usize) -> Option<Span> {
    let cell = row.get(from..end)?;
    let blanks = cell.iter().take_while(|&&byte| byte == b' ').count();
    matches(kind, &cell[blanks..]).then_some(Span { start: from + blanks, end })
}

/// A name without its padding. Mount points are absolute, files may be anything.
fn name(kind: Kind, row: &[u8], cell: Span, last: bool) -> Option<Span> {
    let text = row.get(cell.start..cell.end)?;
    let end = if last { text.len() } else { text.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1) };
    let sound = kind != Kind::MountedOn || matches!(&text[..end], [b'/', ..] | b"-" | b"total");
    sound.then_some(Span { start: cell.start, end: cell.start + end })
}

fn by_words(layout: &Layout, row: &[u8]) -> Option<Cells> {
    let mut cells = Cells::default();
    let mut words = row.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    for (cell, column) in cells.iter_mut().zip(&layout.columns) {
        let word = words.next().filter(|word| column.kind.is_name() || matches(column.kind, word))?;
        let start = word.as_ptr() as usize - row.as_ptr() as usize;
        *cell = Span { start, end: start + word.len() };
    }
    words.next().is_none().then_some(cells)
}
