//! `key: value` lines, and `key=value` pairs, one a line or several.

use outparse_sdk::Problem;

use crate::{Grid, Text};

/// Reads pairs. A blank line begins another record. None where the lines are others.
pub(crate) fn read(lines: &[Text]) -> Option<Grid> {
    quoted(lines).or_else(|| separated(lines, ':')).or_else(|| separated(lines, '='))
}

/// `NAME="sda" SIZE="8"`: each line is a record.
fn quoted(lines: &[Text]) -> Option<Grid> {
    let mut grid = Grid::default();
    for line in lines.iter().filter(|line| !line.is_blank()) {
        add(&mut grid, pairs_of(&line.string())?);
    }
    (!grid.rows.is_empty()).then_some(grid)
}

fn pairs_of(line: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut pairs = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once("=\"")?;
        let end = after.find('"')?;
        is_key(key.trim()).then_some(())?;
        pairs.push((key.trim().to_owned(), Some(after[..end].to_owned()).filter(|value| !value.is_empty())));
        rest = after[end + 1..].trim_start();
    }
    Some(pairs)
}

/// One pair a line, and lines that say more of the one before left out with a word.
fn separated(lines: &[Text], separator: char) -> Option<Grid> {
    let pair = |line: &Text| {
        let text = line.string();
        let (key, value) = text.split_once(separator)?;
        let value_apart = separator == '=' || value.is_empty() || value.starts_with(' ');
        let key = key.trim();
        let sound = if separator == '=' { is_key(key) } else { !key.is_empty() && key.len() <= 60 && !key.contains("  ") };
        (sound && value_apart).then(|| (key.to_owned(), Some(value.trim().to_owned()).filter(|value| !value.is_empty())))
    };
    let full: Vec<&Text> = lines.iter().filter(|line| !line.is_blank()).collect();
    let fitting = full.iter().filter(|line| pair(line).is_some()).count();
    // Most lines decide what it is; the others are told.
    if fitting < 2 || fitting * 10 < full.len() * 9 {
        return None;
    }
    let mut grid = Grid::default();
    for block in lines.split(Text::is_blank).filter(|block| !block.is_empty()) {
        let mut record: Vec<(String, Option<String>)> = Vec::new();
        for line in block {
            match pair(line) {
                Some((key, value)) => record.push((key, value)),
                None => {
                    let message = format!("expected `key{separator} value`");
                    grid.problems.push(Problem::error(message).on_line(line.number));
                }
            }
        }
        add(&mut grid, record);
    }
    Some(grid)
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || "_.-:/".contains(letter))
}

/// Adds a record, and the titles that are new. A key that comes again in one record has a title of its own each time.
fn add(grid: &mut Grid, record: Vec<(String, Option<String>)>) {
    let mut row: Vec<Option<String>> = vec![None; grid.titles.len()];
    let mut filled = vec![false; grid.titles.len()];
    for (key, value) in record {
        let free = grid.titles.iter().zip(&filled).position(|(title, filled)| *title == key && !filled);
        let at = free.unwrap_or_else(|| {
            grid.titles.push(key);
            row.push(None);
            filled.push(false);
            grid.titles.len() - 1
        });
        row[at] = value;
        filled[at] = true;
    }
    grid.rows.iter_mut().for_each(|before| before.resize(grid.titles.len(), None));
    grid.rows.push(row);
}
