//! Titles over columns: a column ends where a strip is blank from the titles to the last row.
//!
//! Where a value is too wide for its column there is no such strip. Then a row is read by its words, if it has as many as there are
//! titles; another one is a problem and no record.

use outparse_sdk::Problem;

use crate::{Grid, Text};

/// A column: its title and its places.
#[derive(Clone, Debug)]
struct Column {
    title: String,
    from: usize,
    to: usize,
}

/// Reads a table, which may have a sentence above it. None where no line has titles over columns.
pub(crate) fn read(lines: &[Text]) -> Option<Grid> {
    let whole = table(lines);
    let (first, rest) = lines.split_first()?;
    let below = &rest[rest.iter().position(|line| !line.is_blank())?..];
    match is_sentence(first).then(|| table(below)).flatten() {
        Some(mut grid) if whole.as_ref().is_none_or(|whole| whole.titles.len() < grid.titles.len()) => {
            grid.problems.insert(0, Problem::warning("this line above the table is no part of it").on_line(first.number));
            Some(grid)
        }
        _ => whole,
    }
}

/// Whether a line may be what stands above a table, as `Kernel IP routing table` does: words with single blanks between them, some in lower
/// case.
fn is_sentence(line: &Text) -> bool {
    let text = line.string();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() > 2 && !text.trim().contains("  ") && words.iter().any(|word| word.chars().all(char::is_lowercase))
}

/// Reads a table. None where the first line has no titles over columns.
fn table(lines: &[Text]) -> Option<Grid> {
    let (heading, below) = lines.split_first()?;
    // A rule below the titles, and what stands behind a blank line after the rows, are no rows.
    let is_rule = |line: &&Text| {
        !line.is_blank() && line.text.iter().all(|letter| matches!(letter, '-' | '=' | '+' | '|' | ' ' | '─' | '┼'))
    };
    let end = below.iter().position(Text::is_blank).unwrap_or(below.len());
    let rows: Vec<&Text> = below[..end].iter().filter(|line| !is_rule(line)).collect();
    let titles = heading.words();
    if heading.text.contains(&'|') {
        return barred(heading, &rows);
    }
    // Addresses, numbers and flags are no titles: the first row has none above it.
    let is_value =
        |word: &str| word.starts_with('<') || !word.contains(|letter: char| letter.is_alphabetic() || "%#*".contains(letter));
    if titles.len() < 2 || rows.is_empty() || titles.iter().any(|(_, word)| is_value(word)) {
        return None;
    }
    let mut grid = Grid::default();
    let columns = columns(heading, &rows)?;
    let wide = columns.iter().any(|column| words_apart(&column.title) > 1);
    // With a strip between each two titles, position decides.
    if !wide {
        grid.titles = columns.iter().map(|column| column.title.clone()).collect();
        for row in rows {
            let cells = columns.iter().map(|column| Some(row.part(column.from, column.to)).filter(|cell| !cell.is_empty()));
            grid.rows.push(cells.collect());
        }
    } else {
        let titles: Vec<String> = columns.iter().flat_map(|column| split_title(&column.title)).collect();
        for row in rows {
            match by_words(row, &columns, &titles) {
                Some(cells) => grid.rows.push(cells),
                None => grid.problems.push(
                    Problem::error(format!(
                        "expected {} columns: a value is too wide for its own, and what belongs to which title cannot be told",
                        titles.len()
                    ))
                    .on_line(row.number),
                ),
            }
        }
        grid.titles = titles;
        if grid.rows.is_empty() {
            return None;
        }
    }
    let rest = below[end..].iter().filter(|line| !line.is_blank()).count();
    if rest > 0 {
        let message = format!("{rest} lines after the table are no part of it");
        grid.problems.push(Problem::warning(message).on_line(below[end].number + 1));
    }
    Some(grid)
}

/// Columns between bars, as databases print them. None where the lines do not have as many bars as the heading.
fn barred(heading: &Text, rows: &[&Text]) -> Option<Grid> {
    let cells = |line: &Text| -> Vec<String> {
        let text = line.string();
        let inside = text.trim().trim_start_matches('|').trim_end_matches('|');
        inside.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let bars = |line: &Text| line.text.iter().filter(|letter| **letter == '|').count();
    let titles = cells(heading);
    if titles.len() < 2 || titles.iter().any(String::is_empty) || rows.iter().any(|row| bars(row) != bars(heading)) {
        return None;
    }
    let filled = |row: &&Text| cells(row).into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect();
    Some(Grid { titles, rows: rows.iter().map(filled).collect(), problems: Vec::new() })
}

/// How many titles stand in one: they are two blanks apart, or more.
fn words_apart(title: &str) -> usize {
    split_title(title).len()
}

fn split_title(title: &str) -> Vec<String> {
    title.split("  ").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The columns between strips that are blank in all lines, each with what stands in the heading over it.
fn columns(heading: &Text, rows: &[&Text]) -> Option<Vec<Column>> {
    let width = rows.iter().map(|row| row.text.len()).chain([heading.text.len()]).max()?;
    let used = |line: &Text, at: usize| line.text.get(at).is_some_and(|letter| *letter != ' ');
    let taken: Vec<bool> = (0..width).map(|at| used(heading, at) || rows.iter().any(|row| used(row, at))).collect();
    let glued: Vec<usize> =
        glued(heading).into_iter().filter(|&at| !rows.iter().any(|row| used(row, at - 1) && used(row, at))).collect();
    let mut columns: Vec<Column> = Vec::new();
    let mut at = 0;
    while at < width {
        if !taken[at] {
            at += 1;
            continue;
        }
        let to = (at + 1..width).find(|&end| !taken[end] || glued.contains(&end)).unwrap_or(width);
        columns.push(Column { title: heading_part(heading, at, to), from: at, to });
        at = to;
    }
    // What has no title of its own belongs to the column before it: values with blanks inside.
    let mut joined: Vec<Column> = Vec::new();
    let mut carried: Option<(String, usize)> = None;
    // `Peer Address:Port`: what comes a second time needs the word before it.
    let again = |next: &Column| columns.iter().filter(|other| other.title.ends_with(&next.title)).count() > 1;
    for (index, mut column) in columns.iter().cloned().enumerate() {
        let empty = !rows.iter().any(|row| (column.from..column.to).any(|at| used(row, at)));
        let close = joined.last().is_some_and(|before| column.from - before.to == 1);
        if let Some((title, from)) = carried.take() {
            column.title = format!("{title} {}", column.title);
            column.from = from;
        }
        match joined.last_mut() {
            Some(before) if column.title.is_empty() => before.to = column.to,
            // `Mounted on`: a second word over nothing.
            Some(before) if empty && close && column.title.starts_with(char::is_lowercase) => {
                before.title = format!("{} {}", before.title, column.title);
                before.to = column.to;
            }
            // `Local Address:Port`: a first word over nothing, where values are aligned right.
            _ if empty
                && columns
                    .get(index + 1)
                    .is_some_and(|next| next.from - column.to == 1 && (right(next, heading, rows) || again(next))) =>
            {
                carried = Some((column.title, column.from));
            }
            _ => joined.push(column),
        }
    }
    // The last column reaches to the end of each line.
    joined.last_mut()?.to = usize::MAX;
    (joined.len() > 1 || joined.iter().any(|column| words_apart(&column.title) > 1)).then_some(joined)
}

/// Where a title begins with no blank before it: `Peer Address:PortProcess`, after an `Address:Port`.
fn glued(heading: &Text) -> Vec<usize> {
    let words = heading.words();
    let mut places = Vec::new();
    for (index, (at, word)) in words.iter().enumerate() {
        for (_, before) in &words[..index] {
            let begins_anew = |rest: &str| before.ends_with(char::is_lowercase) && rest.starts_with(char::is_uppercase);
            if word.strip_prefix(before.as_str()).is_some_and(begins_anew) {
                places.push(at + before.chars().count());
            }
        }
    }
    places
}

/// Whether the values of a column are aligned right: none begins where its title does.
fn right(column: &Column, heading: &Text, rows: &[&Text]) -> bool {
    let title = (column.from..column.to).find(|&at| heading.text.get(at).is_some_and(|letter| *letter != ' '));
    let begins = |row: &&Text| row.text.get(column.from..).and_then(|rest| rest.iter().position(|letter| *letter != ' '));
    let mut any = false;
    let none = rows.iter().filter_map(begins).all(|offset| {
        any = true;
        Some(column.from + offset) != title
    });
    any && none
}

fn heading_part(heading: &Text, from: usize, to: usize) -> String {
    let part: String = heading.text.iter().skip(from).take(to - from).collect();
    part.trim().to_owned()
}

/// The cells of a row by its words, where strips are missing: as many as there are titles in each run of columns.
fn by_words(row: &Text, columns: &[Column], titles: &[String]) -> Option<Vec<Option<String>>> {
    let mut cells = Vec::with_capacity(titles.len());
    for column in columns {
        let text = row.part(column.from, column.to);
        let count = words_apart(&column.title);
        if count < 2 {
            cells.push(Some(text).filter(|text| !text.is_empty()));
            continue;
        }
        let apart = split_title(&text);
        let words: Vec<&str> = text.split_whitespace().collect();
        if apart.len() == count {
            cells.extend(apart.into_iter().map(Some));
        } else if words.len() == count {
            cells.extend(words.into_iter().map(|word| Some(word.to_owned())));
        } else {
            return None;
        }
    }
    Some(cells)
}
