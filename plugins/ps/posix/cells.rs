//! How the words of a line are dealt to the columns, when a command or a date has blanks inside, and a cell may be blank.

use outparse_sdk::{Field, Line, Problem};

use crate::heading::{Column, Kind, moment_words};

/// One cell for each column; None for one that is blank. Words are dealt from the left up to the first command, from the right back
/// to the last one, and what is left is the commands. A column is passed over where nothing stands under its title and the word whose
/// turn it is stands under another.
pub(crate) fn deal<'a>(columns: &[Column], line: Line<'a>) -> Result<Vec<Option<Field<'a>>>, Problem> {
    let first = columns.iter().position(|column| column.kind == Kind::Command).unwrap_or(columns.len());
    let last = columns.iter().rposition(|column| column.kind == Kind::Command).map_or(first, |last| last + 1);
    // The words of a command that ends the line are not looked at one by one: the first says where it begins.
    let is_last = last == columns.len() && last - first == 1;
    let most = if is_last { columns.iter().map(|column| column.kind.most_words()).sum() } else { usize::MAX };
    let words: Vec<Field<'a>> = line.fields().take(most).collect();
    let mut cells = Vec::with_capacity(columns.len());
    let missing = || Problem::error(format!("expected {} columns, found {} words", columns.len(), words.len()));

    let mut left = 0;
    for column in columns.iter().take(first) {
        let rest = words.get(left..).unwrap_or_default();
        let next = column.next_start;
        if next.is_some_and(|start| rest.first().is_some_and(|word| word.start() >= start)) && is_blank(column, line) {
            cells.push(None);
            continue;
        }
        if rest.is_empty() && next.is_none() && is_blank(column, line) {
            cells.push(None);
            continue;
        }
        let count = match (column.kind, rest) {
            (Kind::Moment, [first, ..]) => moment_words(first),
            (Kind::State, [state, nice, ..]) if is_split_state(state, nice) => 2,
            _ => 1,
        };
        let cell = match (count, rest) {
            (1, [word, ..]) => Some(*word),
            _ => rest.get(..count).and_then(|words| line.span(words)),
        };
        cells.push(Some(cell.ok_or_else(missing)?));
        left += count;
    }
    let mut right = words.len();
    let mut cells_after = Vec::new();
    for column in columns.iter().skip(last).rev() {
        let rest = words.get(left..right).unwrap_or_default();
        if column.span.is_some_and(|(start, _)| rest.last().is_none_or(|word| word.end() <= start)) && is_blank(column, line) {
            cells_after.push(None);
            continue;
        }
        let lengths: &[usize] = if column.kind == Kind::Moment { &[5, 2, 1] } else { &[1] };
        let fits = |&&count: &&usize| count == 1 || rest.len() >= count && moment_words(&rest[rest.len() - count]) == count;
        let count = lengths.iter().find(fits).copied().unwrap_or(1);
        right = right.checked_sub(count).filter(|&right| right >= left).ok_or_else(missing)?;
        cells_after.push(Some(words.get(right..right + count).and_then(|words| line.span(words)).ok_or_else(missing)?));
    }
    let middle = words.get(left..right).unwrap_or_default();
    let commands = columns.get(first..last).unwrap_or_default();
    let end = if last == columns.len() { usize::MAX } else { words.get(right).map_or(usize::MAX, Field::start) };
    match (commands, middle) {
        ([], []) => {}
        ([], [extra, ..]) => return Err(extra.expected("the end of the line")),
        ([command], []) if is_blank(command, line) => cells.push(None),
        (_, []) => return Err(missing()),
        ([command], [from, ..]) => {
            let start = begins(command, columns.get(first.wrapping_sub(1)), left.checked_sub(1).map(|at| words[at]), *from, line);
            let cell = line.part(start, end);
            // The last column keeps its blanks to the end of the line.
            cells.push(Some(if last == columns.len() { cell } else { cell.trim_end() }));
        }
        (commands, [from, .., to]) if commands.len() != middle.len() => {
            let before = left.checked_sub(1).map(|at| words[at]);
            let start = begins(&commands[0], columns.get(first.wrapping_sub(1)), before, *from, line);
            let end = if last == columns.len() { usize::MAX } else { to.end() };
            cells.extend(cut(line, commands, start, end)?.into_iter().map(Some));
        }
        (commands, words) if commands.len() == words.len() => cells.extend(words.iter().map(|word| Some(*word))),
        _ => return Err(missing()),
    }
    cells.extend(cells_after.into_iter().rev());
    Ok(cells)
}

/// Whether nothing stands under a title, on a line that reaches so far.
fn is_blank(column: &Column, line: Line<'_>) -> bool {
    column.span.is_some_and(|(start, end)| line.bytes.len() >= end && line.bytes[start..end].iter().all(|&byte| byte == b' '))
}

/// Where a command begins: at its title, blanks of its own included, where the column before it is one of numbers, which are aligned right, and ends as it should. The lines that
/// `ps f` draws before a command are no part of it.
pub(crate) fn begins(
    command: &Column,
    before: Option<&Column>,
    word: Option<Field<'_>>,
    from: Field<'_>,
    line: Line<'_>,
) -> usize {
    let Some((start, _)) = command.span else { return from.start() };
    let aligned = match (before.and_then(|before| before.span), word) {
        (Some((_, end)), Some(word)) => word.end() == end && word.bytes.last().is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    let drawn = from.bytes.starts_with(b"\\_") || from.fields().next().is_some_and(|word| word.bytes == b"|");
    if !aligned || drawn || start >= from.start() || line.bytes[start - 1] != b' ' { from.start() } else { start }
}

/// Cuts commands where their titles begin, and takes what stands between two of them by the titles it stands under: numbers may begin
/// before theirs.
fn cut<'a>(line: Line<'a>, columns: &[Column], from: usize, to: usize) -> Result<Vec<Field<'a>>, Problem> {
    let misaligned = || line.part(from, to).expected("commands under their titles");
    let titled = |column: &Column| column.span.unwrap_or((usize::MAX, usize::MAX));
    let words: Vec<Field<'a>> = line.part(from, to).fields().collect();
    // Where each column begins and what its words are, where it is none of commands.
    let mut spans: Vec<(usize, Option<Field<'a>>)> = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let (start, end) = titled(column);
        if index == 0 {
            spans.push((from, None));
        } else if column.kind == Kind::Command {
            spans.push((start, None));
        } else {
            let under: Vec<Field<'a>> = words.iter().filter(|word| word.start() < end && word.end() > start).copied().collect();
            let cell = line.span(&under).ok_or_else(misaligned)?;
            spans.push((cell.start(), Some(cell)));
        }
    }
    let last = spans.len() - 1;
    let mut cells = Vec::with_capacity(spans.len());
    for (index, &(start, cell)) in spans.iter().enumerate() {
        let end = spans.get(index + 1).map_or(to, |next| next.0);
        if start >= end {
            return Err(misaligned());
        }
        let part = line.part(start, end);
        let apart = index == last || part.bytes.ends_with(b" ");
        let whole = cell.is_none_or(|cell| cell.bytes == part.trim_end().bytes);
        if part.is_blank() || !apart || !whole {
            return Err(misaligned());
        }
        cells.push(cell.unwrap_or(if index == last && to == usize::MAX { part } else { part.trim_end() }));
    }
    Ok(cells)
}

/// BusyBox leaves a blank in the state of a process that has memory and is not of normal priority.
fn is_split_state(state: &Field<'_>, nice: &Field<'_>) -> bool {
    state.bytes.len() == 1 && matches!(nice.bytes, b"N" | b"<") && nice.start() == state.end() + 1
}
