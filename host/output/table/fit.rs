//! Makes rows fit a terminal: text gives way, widest first, then bars; numbers never. What does not fit even so is left out from the
//! right.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
const GAP: usize = 2;

/// How far text and bars give way, in this order: the columns that text keeps, and those of a bar.
const STEPS: [(usize, usize); 4] = [(20, BAR), (14, 6), (12, 0), (8, 0)];

/// Columns of a bar where there is room.
pub(super) const BAR: usize = 10;

/// What a column asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Need {
    /// Width of its title.
    pub(super) title: usize,
    /// Width of its widest value, without a bar.
    pub(super) value: usize,
    /// What may give way.
    pub(super) kind: Give,
}

/// What may give way in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Give {
    /// Nothing: numbers.
    #[default]
    Nothing,
    /// The middle of its text.
    Text,
    /// A bar beside its numbers.
    Bar,
}

/// The widths of the columns that fit, from the left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) widths: Vec<usize>,
    /// Columns of a bar.
    pub(super) bar: usize,
}

/// Fits the columns into a width.
pub(super) fn fit(needs: &[Need], width: usize) -> Fit {
    // At least one column is shown, however narrow the terminal is.
    let fitting = (1..=needs.len()).rev().find(|&columns| columns == 1 || try_step(&needs[..columns], width, STEPS[3]).is_some());
    let needs = &needs[..fitting.unwrap_or(0)];
    let fit = STEPS.into_iter().find_map(|step| try_step(needs, width, step));
    fit.unwrap_or_else(|| Fit { widths: needs.iter().map(|need| need.widest(0).min(width.max(1))).collect(), bar: 0 })
}

impl Need {
    /// Its width when nothing gives way.
    fn widest(&self, bar: usize) -> usize {
        let bar = if self.kind == Give::Bar && bar > 0 { bar + 1 } else { 0 };
        self.title.max(self.value + bar)
    }
}

fn try_step(needs: &[Need], width: usize, (text, bar): (usize, usize)) -> Option<Fit> {
    let mut widths: Vec<usize> = needs.iter().map(|need| need.widest(bar)).collect();
    let lowest = |need: &Need| if need.kind == Give::Text { need.title.max(text) } else { usize::MAX };
    let room = width.saturating_sub(GAP * needs.len().saturating_sub(1));
    loop {
        let over = widths.iter().sum::<usize>().saturating_sub(room);
        if over == 0 {
            return Some(Fit { widths, bar });
        }
        // The widest gives way until it is as wide as the next one.
        let mut giving: Vec<usize> = (0..needs.len()).filter(|&column| widths[column] > lowest(&needs[column])).collect();
        giving.sort_by_key(|&column| std::cmp::Reverse(widths[column]));
        let &widest = giving.first()?;
        let next = giving.get(1).map_or(0, |&column| widths[column]);
        let least = lowest(&needs[widest]).max(next.min(widths[widest] - 1));
        widths[widest] = least.max(widths[widest].saturating_sub(over));
    }
}

/// Cuts text in the middle, so that it takes no more columns than this.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(kept) = width.checked_sub(1) else { return String::new() };
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    if text.is_ascii() {
        return format!("{}…{}", &text[..head], &text[text.len() - tail..]);
    }
    let head: usize = within(text.graphemes(true), head);
    let tail: usize = within(text.graphemes(true).rev(), tail);
    format!("{}…{}", &text[..head], &text[text.len() - tail..])
}

/// The bytes of as many graphemes as fit.
fn within<'a>(graphemes: impl Iterator<Item = &'a str>, columns: usize) -> usize {
    let mut used = 0;
    let fitting = graphemes.take_while(|grapheme| {
        used += grapheme.width();
        used <= columns
    });
    fitting.map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(title: usize, value: usize) -> Need {
        Need { title, value, kind: Give::Text }
    }

    fn number(value: usize) -> Need {
        Need { title: 4, value, kind: Give::Nothing }
    }

    fn percent() -> Need {
        Need { title: 3, value: 4, kind: Give::Bar }
    }

    #[test]
    fn text_is_cut_in_the_middle_between_graphemes() {
        assert_eq!(cut("abcdefgh", 8), "abcdefgh");
        assert_eq!(cut("abcdefgh", 7), "abc…fgh");
        assert_eq!(cut("abcdefgh", 4), "ab…h");
        assert_eq!(cut("abcdefgh", 1), "…");
        assert_eq!(cut("abcdefgh", 0), "");
        // Four wide characters, of which a fifth column can take no half.
        assert_eq!(cut("日本語文", 6), "日…文");
        // A letter keeps its accents, a family its members.
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}e\u{301}", 3), "e\u{301}…e\u{301}");
        assert_eq!(cut("👩\u{200d}🔧abc👩\u{200d}🔧", 5), "👩\u{200d}🔧…👩\u{200d}🔧");
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(fit(&[text(4, 30), number(8), percent()], 80), Fit { widths: vec![30, 8, 15], bar: BAR });
    }

    #[test]
    fn the_widest_text_gives_way_first() {
        assert_eq!(fit(&[text(4, 60), text(4, 25), number(8)], 80).widths, [43, 25, 8]);
        assert_eq!(fit(&[text(4, 60), text(4, 50), number(8)], 80).widths, [34, 34, 8]);
    }

    #[test]
    fn bars_give_way_before_text_gets_short_and_numbers_never() {
        let needs = [text(4, 60), text(4, 50), number(8), percent()];
        assert_eq!(fit(&needs, 80), Fit { widths: vec![25, 26, 8, 15], bar: BAR });
        assert_eq!(fit(&needs, 60), Fit { widths: vec![17, 18, 8, 11], bar: 6 });
        assert_eq!(fit(&needs, 45), Fit { widths: vec![13, 14, 8, 4], bar: 0 });
    }

    #[test]
    fn columns_at_the_right_are_left_out_when_nothing_can_give_way() {
        assert_eq!(fit(&[number(15), number(15), number(15)], 40).widths, [15, 15]);
        assert_eq!(fit(&[text(4, 90), number(90)], 40).widths, [40]);
        assert_eq!(fit(&[number(90), number(9)], 40).widths, [40]);
        assert_eq!(fit(&[text(4, 90)], 0).widths, [1]);
        assert_eq!(fit(&[], 40).widths, [0; 0]);
    }

    #[test]
    fn whatever_is_asked_for_fits() {
        for width in 20..200 {
            for columns in 1..20 {
                let needs: Vec<_> =
                    (0..columns).map(|column| [text(6, column * 17 % 80), number(9), percent()][column % 3]).collect();
                let widths = fit(&needs, width).widths;
                assert!(widths.iter().sum::<usize>() + GAP * (widths.len() - 1) <= width, "{columns} columns in {width}");
            }
        }
    }
}
