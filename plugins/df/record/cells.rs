//! Finds the cells of a row.
//!
//! A usual table is names, a core of numbers, and the mount point. Names hold anything, so the core is looked for: so many
//! words one after the other that match its columns. Where several places match, the one that stands under the titles is it.

use outparse_sdk::scan;

use crate::layout::{Kind, Layout};
use crate::width;

/// A part of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn of(self, row: &[u8]) -> &[u8] {
        row.get(self.start..self.end).unwrap_or_default()
    }
}

/// The cells of a row, in the order of the layout's columns.
pub(crate) type Cells = [Span; Layout::MOST_COLUMNS];

/// How well a reading agrees with the titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It does not.
    Rough,
    /// A wide value pushed the row to the right; the columns keep their distances.
    Pushed,
    /// Every value stands under its title.
    Exact,
}

/// A row taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) cells: Cells,
    pub(crate) fit: Fit,
    /// Whether another reading fits as well.
    pub(crate) rivalled: bool,
}

/// Whether a row stands on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// The rest of one whose names are on the line before.
    Continued,
}

/// The numbers of a row's cells where they are plain digits, else [`UNREAD`].
pub(crate) type Numbers = [i64; Layout::MOST_COLUMNS];

/// A cell that holds a name, or a number that is not plain digits.
pub(crate) const UNREAD: i64 = -1;

/// A plain row taken apart. Made once and filled for each row: to clear it would take as long as to fill it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain {
    pub(crate) cells: Cells,
    pub(crate) numbers: Numbers,
}

impl Default for Plain {
    fn default() -> Self {
        Plain { cells: Cells::default(), numbers: [UNREAD; Layout::MOST_COLUMNS] }
    }
}

impl Plain {
    /// Reads the common row: no blanks in its names, every value under its title. One pass, nothing else can be meant. False for
    /// any other row.
    #[inline]
    pub(crate) fn read(&mut self, layout: &Layout, row: &[u8]) -> bool {
        self.fill(layout, row).is_some()
    }

    #[inline]
    fn fill(&mut self, layout: &Layout, row: &[u8]) -> Option<()> {
        let core = layout.core.as_ref()?;
        let mut at = 0;
        for (index, column) in layout.columns[..core.end].iter().enumerate() {
            let word @ Span { start, end } = next_word(row, at)?;
            if end == row.len() {
                return None;
            }
            if index < core.start {
                if at == 0 && start > 0 {
                    return None;
                }
            } else {
                if end != column.end {
                    return None;
                }
                let text = &row[start..end];
                let digits = if column.kind.is_percent() { text.strip_suffix(b"%")? } else { text };
                self.numbers[index] = match scan::digits(digits) {
                    Some(number) => number as i64,
                    None if matches(column.kind, text) => UNREAD,
                    None => return None,
                };
            }
            self.cells[index] = word;
            at = end;
        }
        let mount = at + layout.gap;
        if scan::skip_spaces(row, at) != mount || row.get(mount) != Some(&b'/') || scan::find_space(row, mount) != row.len() {
            return None;
        }
        self.cells[core.end] = Span { start: mount, end: row.len() };
        Some(())
    }
}

/// The best reading of any row with a core.
pub(crate) fn search(layout: &Layout, row: &[u8], part: Part, absolute: bool) -> Option<Reading> {
    let core = layout.core.clone()?;
    let length = core.len();
    let mut words = [Span::default(); Layout::MOST_COLUMNS];
    let (mut seen, mut at) = (0, 0);
    let mut best: Option<Reading> = None;
    while let Some(word) = next_word(row, at) {
        at = word.end;
        words.copy_within(1.., 0);
        words[Layout::MOST_COLUMNS - 1] = word;
        seen += 1;
        let numbers = &words[Layout::MOST_COLUMNS - length..];
        let kinds = layout.columns[core.clone()].iter().map(|column| column.kind);
        if seen < length || !kinds.zip(numbers).all(|(kind, word)| matches(kind, word.of(row))) {
            continue;
        }
        let candidate = Candidate { layout, row, numbers, names: seen - length };
        let Some(found) = candidate.reading(part, absolute) else { continue };
        match &mut best {
            Some(best) if best.fit > found.fit => {}
            Some(best) if best.fit == found.fit => best.rivalled = true,
            best => *best = Some(found),
        }
    }
    best
}

/// The next word from a place on.
#[inline]
fn next_word(row: &[u8], from: usize) -> Option<Span> {
    let start = scan::skip_spaces(row, from);
    (start < row.len()).then(|| Span { start, end: scan::find_space(row, start) })
}

/// Whether a word can be a value of a column of numbers. Whether it is a good one is seen later.
#[inline]
pub(crate) fn matches(kind: Kind, word: &[u8]) -> bool {
    let (first, last) = match word {
        [first, .., last] => (first, last),
        [first] => (first, first),
        [] => return false,
    };
    if word.len() == 1 && *first == b'-' {
        return true;
    }
    if kind.is_percent() {
        return *last == b'%' && matches_number(&word[..word.len() - 1], 0);
    }
    matches_number(word, 3)
}

/// Digits, perhaps with a sign and a point, and at most so many letters.
#[inline]
fn matches_number(word: &[u8], letters: usize) -> bool {
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits == word.len() {
        return digits > 0;
    }
    let more = word[digits..].iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',')).count();
    let suffix = &word[digits + more..];
    suffix.len() <= letters && suffix.iter().all(u8::is_ascii_alphabetic)
}

/// A place where the core may be.
struct Candidate<'a> {
    layout: &'a Layout,
    row: &'a [u8],
    numbers: &'a [Span],
    /// Words before the core.
    names: usize,
}

impl Candidate<'_> {
    fn reading(&self, part: Part, absolute: bool) -> Option<Reading> {
        let (first, last) = (self.numbers.first()?, self.numbers.last()?);
        let names = self.row.get(..first.start)?;
        let typed = self.layout.has(Kind::Type);
        let indented = self.row.first() == Some(&b' ');
        // The row of totals on BSD has neither type nor mount point.
        let untyped_total = typed && !absolute && self.names == 1 && trimmed_end(self.row) == last.end;
        let complete = match part {
            Part::Continued => indented && self.names <= usize::from(typed),
            // A name of blanks leaves its column blank; the type is never blank.
            Part::Whole => self.names > usize::from(typed) || self.names == usize::from(typed) && indented || untyped_total,
        };
        if !complete {
            return None;
        }
        let (device, kind) = split_names(names, typed && !untyped_total, self.layout.columns.get(1).map(|column| column.start));
        let mut cells = Cells::default();
        cells[0] = device;
        if typed {
            cells[1] = kind;
        }
        let core = self.layout.core.clone()?;
        cells[core.clone()].copy_from_slice(self.numbers);
        let (mount, placed) = self.mount(last.end, device, absolute)?;
        cells[core.end] = mount;
        let fit = if placed { self.fit() } else { Fit::Rough };
        Some(Reading { cells, fit, rivalled: false })
    }

    /// The mount point after the core, and whether it stands where it should. None when there is none.
    fn mount(&self, after: usize, device: Span, absolute: bool) -> Option<(Span, bool)> {
        let end = self.row.len();
        let blanks = self.row[after..].iter().take_while(|&&byte| byte == b' ').count();
        if after + blanks == end {
            // The row of totals has none on BSD.
            let total = !absolute && device.of(self.row) == b"total";
            return total.then_some((Span { start: end, end }, true));
        }
        let start = after + self.layout.gap;
        let mount = Span { start, end };
        let placed = blanks >= self.layout.gap && (!absolute || matches!(mount.of(self.row), [b'/', ..] | b"-"));
        Some(if placed { (mount, true) } else { (Span { start: after + blanks, end }, false) })
    }

    fn fit(&self) -> Fit {
        let Some(core) = self.layout.core.clone() else { return Fit::Rough };
        let fit = self.fit_to(self.layout.columns[core].iter().map(|column| column.end));
        if fit == Fit::Exact || self.layout.other_ends.is_empty() {
            return fit;
        }
        fit.max(self.fit_to(self.layout.other_ends.iter().copied()))
    }

    /// Whether the values stand at these ends, or would, had the names before them not been too wide.
    fn fit_to(&self, ends: impl Iterator<Item = usize> + Clone) -> Fit {
        let widths = ends.clone().zip(ends.clone().skip(1)).map(|(left, right)| right.saturating_sub(left + 1));
        let pairs = self.numbers.iter().zip(self.numbers.iter().skip(1));
        let spaced = pairs
            .zip(widths)
            .all(|((left, right), width)| right.start - left.end == 1 + width.saturating_sub(right.end - right.start));
        let (true, Some(end), Some(first)) = (spaced, ends.clone().next(), self.numbers.first()) else { return Fit::Rough };
        if first.end == end {
            return Fit::Exact;
        }
        // A character has four bytes at most; longer rows cannot be measured into place, and need not be measured at all.
        let head = self.row.get(..first.end).filter(|head| head.len() <= 8 * end && !head.is_ascii());
        if head.is_some_and(|head| width::cells(head) == end) {
            return Fit::Exact;
        }
        // In a UTF-8 locale GNU does not pad a name that is no UTF-8, which pulls the row to the left.
        let unpadded = || std::str::from_utf8(&self.row[..first.start]).is_err();
        if first.end > end || unpadded() { Fit::Pushed } else { Fit::Rough }
    }
}

/// The device and the type in what precedes the numbers. Blanks behind the device are padding; those before it are its own.
pub(crate) fn split_names(names: &[u8], typed: bool, column: Option<usize>) -> (Span, Span) {
    let end = trimmed_end(names);
    if !typed {
        return (Span { start: 0, end }, Span::default());
    }
    let start = names[..end].iter().rposition(|&byte| byte == b' ').map_or(0, |blank| blank + 1);
    // A row of which the type is blank.
    let title = column.and_then(|column| names.get(column..column + "Type".len()));
    if start == 0
        || title.is_some_and(|under| under.iter().all(|&byte| byte == b' ')) && column.is_some_and(|column| end <= column)
    {
        return (Span { start: 0, end }, Span { start: end, end });
    }
    (Span { start: 0, end: trimmed_end(&names[..start]) }, Span { start, end })
}

fn trimmed_end(text: &[u8]) -> usize {
    text.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1)
}
