//! Makes rows fit a terminal: neutral bars give way first, then text, widest first, then the other bars and the titles; numbers
//! never. What still does not fit is left out, from the right.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
const GAP: usize = 2;

/// Columns of a bar where there is room.
pub(super) const BAR: usize = 10;

/// How far everything that can give way does so.
#[derive(Clone, Copy)]
struct Step {
    /// Columns that text keeps.
    text: usize,
    /// Columns of a bar beside a number that has levels.
    bar: usize,
    /// Columns of a bar beside any other.
    neutral_bar: usize,
    /// Whether a title may take several lines.
    wrapped: bool,
}

/// The steps, in the order in which they are tried.
const STEPS: [Step; 5] = [
    Step { text: usize::MAX, bar: BAR, neutral_bar: BAR, wrapped: false },
    Step { text: 20, bar: BAR, neutral_bar: 0, wrapped: false },
    Step { text: 14, bar: 6, neutral_bar: 0, wrapped: false },
    Step { text: 12, bar: 4, neutral_bar: 0, wrapped: true },
    LAST_STEP,
];

const LAST_STEP: Step = Step { text: 8, bar: 0, neutral_bar: 0, wrapped: true };

/// What a column asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Need {
    /// Width of its title.
    pub(super) title: usize,
    /// Width of the widest word of its title.
    pub(super) word: usize,
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
    /// Its text.
    Text,
    /// A bar beside its numbers, which have levels.
    Bar,
    /// A bar beside its numbers, which have no levels.
    NeutralBar,
}

/// A column that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Which one.
    pub column: usize,
    /// How wide it may be.
    pub(super) width: usize,
    /// How wide its bar is, if it has one.
    pub(super) bar: usize,
}

/// The columns, and the most that each may take of a width.
pub(super) fn fit(needs: &[(usize, Need)], width: usize) -> Vec<Fit> {
    let rest = (0..needs.len()).map(|left_out| without(needs, left_out));
    for needs in rest {
        if try_step(&needs, width, LAST_STEP).is_some() {
            return STEPS.into_iter().find_map(|step| try_step(&needs, width, step)).unwrap_or_default();
        }
    }
    // One column is shown, however narrow the terminal is.
    needs.iter().take(1).map(|&(column, need)| Fit { column, width: need.widest(LAST_STEP).min(width.max(1)), bar: 0 }).collect()
}

/// The columns with this many left out, from the right. The first stays longest, then text at the right end, such as a command
/// line, then numbers that have levels.
fn without(needs: &[(usize, Need)], left_out: usize) -> Vec<(usize, Need)> {
    let worth = |index: usize| match needs[index].1.kind {
        _ if index == 0 => 3,
        Give::Text if index + 1 == needs.len() => 2,
        Give::Bar => 1,
        _ => 0,
    };
    let mut order: Vec<usize> = (0..needs.len()).rev().collect();
    order.sort_by_key(|&index| worth(index));
    let mut kept = order.split_off(left_out);
    kept.sort_unstable();
    kept.into_iter().map(|index| needs[index]).collect()
}

impl Need {
    /// How wide its bar is.
    pub(super) fn bar(&self, with_levels: usize, neutral: usize) -> usize {
        match self.kind {
            Give::Bar => with_levels,
            Give::NeutralBar => neutral,
            Give::Nothing | Give::Text => 0,
        }
    }

    /// Its width when nothing gives way.
    fn widest(&self, step: Step) -> usize {
        let bar = match self.bar(step.bar, step.neutral_bar) {
            0 => 0,
            bar => bar + 1,
        };
        self.titled(step).max(self.value + bar)
    }

    /// The width of its title.
    fn titled(&self, step: Step) -> usize {
        if step.wrapped { self.word } else { self.title }
    }

    /// Its width when everything that can give way does.
    fn narrowest(&self, step: Step) -> usize {
        let widest = self.widest(step);
        if self.kind == Give::Text { self.titled(step).max(step.text).min(widest) } else { widest }
    }
}

fn try_step(needs: &[(usize, Need)], width: usize, step: Step) -> Option<Vec<Fit>> {
    let room = width.saturating_sub(GAP * needs.len().saturating_sub(1));
    let mut fits: Vec<Fit> = needs
        .iter()
        .map(|&(column, need)| Fit { column, width: need.widest(step), bar: need.bar(step.bar, step.neutral_bar) })
        .collect();
    loop {
        let over = fits.iter().map(|fit| fit.width).sum::<usize>().saturating_sub(room);
        if over == 0 {
            return Some(fits);
        }
        // The widest gives way until it is narrower than the next one.
        let narrowest = |index: usize| needs[index].1.narrowest(step);
        let mut giving: Vec<usize> = (0..needs.len()).filter(|&index| fits[index].width > narrowest(index)).collect();
        giving.sort_by_key(|&index| std::cmp::Reverse(fits[index].width));
        let &widest = giving.first()?;
        let next = giving.get(1).map_or(0, |&index| fits[index].width);
        let now = fits[widest].width;
        fits[widest].width = now.saturating_sub(over).max(narrowest(widest)).max(next.min(now - 1));
    }
}

/// The lines of a title, none of them wider than this as far as its words allow it.
pub(super) fn wrap(title: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, width)),
        }
    }
    lines
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

/// Cuts text at its end, so that it takes no more columns than this.
pub(super) fn cut_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(kept) = width.checked_sub(1) else { return String::new() };
    format!("{}…", &text[..within(text.graphemes(true), kept)])
}

/// The number of bytes of as many graphemes as fit.
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
        Need { title, word: title, value, kind: Give::Text }
    }

    fn number(value: usize) -> Need {
        Need { title: 4, word: 4, value, kind: Give::Nothing }
    }

    fn percent() -> Need {
        Need { title: 3, word: 3, value: 4, kind: Give::Bar }
    }

    fn neutral() -> Need {
        Need { kind: Give::NeutralBar, ..percent() }
    }

    #[test]
    fn text_is_cut_in_the_middle_between_graphemes() {
        assert_eq!(cut("abcdefgh", 8), "abcdefgh");
        assert_eq!(cut("abcdefgh", 7), "abc…fgh");
        assert_eq!(cut("abcdefgh", 4), "ab…h");
        assert_eq!(cut("abcdefgh", 1), "…");
        assert_eq!(cut("abcdefgh", 0), "");
        // Wide characters: half of one does not fit into the column that is left.
        assert_eq!(cut("日本語文", 6), "日…文");
        // A letter keeps its accents, a family its members.
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}e\u{301}", 3), "e\u{301}…e\u{301}");
        assert_eq!(cut("👩\u{200d}🔧abc👩\u{200d}🔧", 5), "👩\u{200d}🔧…👩\u{200d}🔧");
    }

    #[test]
    fn what_is_read_from_the_left_is_cut_at_its_end() {
        assert_eq!(cut_end("rw, relatime", 12), "rw, relatime");
        assert_eq!(cut_end("rw, relatime", 11), "rw, relati…");
        assert_eq!(cut_end("日本", 3), "日…");
        assert_eq!(cut_end("日本", 1), "…");
        assert_eq!(cut_end("日本", 0), "");
    }

    fn widths(needs: &[Need], width: usize) -> Vec<usize> {
        fitted(needs, width).into_iter().map(|fit| fit.width).collect()
    }

    fn fitted(needs: &[Need], width: usize) -> Vec<Fit> {
        fit(&needs.iter().copied().enumerate().collect::<Vec<_>>(), width)
    }

    fn bars(needs: &[Need], width: usize) -> Vec<usize> {
        fitted(needs, width).into_iter().map(|fit| fit.bar).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let needs = [text(4, 30), number(8), percent(), neutral()];
        assert_eq!((widths(&needs, 80), bars(&needs, 80)), (vec![30, 8, 15, 15], vec![0, 0, BAR, BAR]));
    }

    #[test]
    fn the_widest_text_gives_way_first() {
        assert_eq!(widths(&[text(4, 60), text(4, 25), number(8)], 80), [43, 25, 8]);
        assert_eq!(widths(&[text(4, 60), text(4, 50), number(8)], 80), [34, 34, 8]);
    }

    #[test]
    fn bars_give_way_before_text_gets_short_and_numbers_never() {
        let needs = [number(8), percent(), neutral(), text(4, 60), text(4, 50)];
        assert_eq!((widths(&needs, 90), bars(&needs, 90)), (vec![8, 15, 4, 27, 28], vec![0, BAR, 0, 0, 0]));
        assert_eq!((widths(&needs, 65), bars(&needs, 65)), (vec![8, 11, 4, 17, 17], vec![0, 6, 0, 0, 0]));
        assert_eq!((widths(&needs, 54), bars(&needs, 54)), (vec![8, 9, 4, 12, 13], vec![0, 4, 0, 0, 0]));
        assert_eq!((widths(&needs, 40), bars(&needs, 40)), (vec![8, 4, 4, 8, 8], vec![0; 5]));
    }

    #[test]
    fn titles_take_several_lines_before_a_column_is_left_out() {
        let needs = [Need { title: 20, word: 7, value: 5, kind: Give::Nothing }; 4];
        assert_eq!(widths(&needs, 86), [20; 4]);
        assert_eq!(widths(&needs, 85), [7; 4]);
        assert_eq!(wrap("uptime total seconds", 7), ["uptime", "total", "seconds"]);
        assert_eq!(wrap("uptime total seconds", 12), ["uptime total", "seconds"]);
        assert_eq!(wrap("filesystem", 5), ["fi…em"]);
    }

    #[test]
    fn columns_at_the_right_are_left_out_when_nothing_can_give_way() {
        assert_eq!(widths(&[number(15), number(15), number(15)], 40), [15, 15]);
        assert_eq!(widths(&[text(4, 90), number(90)], 40), [40]);
        assert_eq!(widths(&[number(90), number(9)], 40), [40]);
        assert_eq!(widths(&[text(4, 90)], 0), [1]);
        assert_eq!(widths(&[], 40), [0; 0]);
    }

    #[test]
    fn a_text_at_the_right_end_stays() {
        let shown = |width| {
            fitted(&[number(15), number(15), number(15), text(4, 90)], width).iter().map(|fit| fit.column).collect::<Vec<_>>()
        };
        assert_eq!(shown(59), [0, 1, 2, 3]);
        assert_eq!(shown(58), [0, 1, 3]);
        assert_eq!(shown(41), [0, 3]);
        assert_eq!(shown(24), [0]);
    }

    #[test]
    fn numbers_that_have_levels_stay_longer_than_others() {
        let needs = [text(4, 90), number(15), number(15), percent(), text(4, 90)];
        let shown = |width| fitted(&needs, width).iter().map(|fit| fit.column).collect::<Vec<_>>();
        assert_eq!(shown(58), [0, 1, 2, 3, 4]);
        assert_eq!(shown(57), [0, 1, 3, 4]);
        assert_eq!(shown(40), [0, 3, 4]);
        assert_eq!(shown(23), [0, 4]);
        assert_eq!(shown(17), [0]);
    }

    #[test]
    fn whatever_is_asked_for_fits() {
        for width in 20..200 {
            for columns in 1..20 {
                let needs: Vec<_> =
                    (0..columns).map(|column| [text(6, column * 17 % 80), number(9), percent(), neutral()][column % 4]).collect();
                let widths = widths(&needs, width);
                assert!(widths.iter().sum::<usize>() + GAP * (widths.len() - 1) <= width, "{columns} columns in {width}");
            }
        }
    }
}
