//! Comma-separated values with a header (RFC 4180), also with semicolons.

use crate::{Grid, Text};

/// Reads the values. None where the lines do not have the same number of cells each.
pub(crate) fn read(lines: &[Text]) -> Option<Grid> {
    [',', ';'].into_iter().find_map(|separator| {
        let mut rows = lines.iter().filter(|line| !line.is_blank()).map(|line| cells(&line.string(), separator));
        let titles = rows.next()??;
        // A sentence has commas with blanks behind them.
        let sound =
            titles.len() > 1 && titles.iter().all(|title| !title.is_empty() && !title.starts_with(' ') && !title.contains("  "));
        let rows: Vec<Vec<String>> = rows.collect::<Option<_>>()?;
        if !sound || rows.is_empty() || rows.iter().any(|row| row.len() != titles.len()) {
            return None;
        }
        let filled = |row: Vec<String>| row.into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect();
        Some(Grid { titles, rows: rows.into_iter().map(filled).collect(), problems: Vec::new() })
    })
}

/// The cells of a line. None where a quote does not end.
fn cells(line: &str, separator: char) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let cell = cells.last_mut()?;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            letter if letter == separator && !quoted => cells.push(String::new()),
            letter => cell.push(letter),
        }
    }
    (!quoted).then_some(cells)
}
