//! Rows of tables whose titles `--no-legend` leaves out. The arguments say which table it is, and the words of a row where its cells are:
//! only the last one of units and the first one of sockets have blanks.

use outparse_sdk::Field;
use outparse_sdk::grid::Title;

/// The cells of a row.
pub(crate) type Row<'a> = Vec<Option<Field<'a>>>;

/// Whether the arguments leave the titles out.
pub(crate) fn is_asked_for(words: &[String]) -> bool {
    words.iter().any(|word| matches!(word.as_str(), "--no-legend" | "--legend=false" | "--legend=no"))
}

/// The titles of the columns of [`row`].
pub(crate) fn titles(known: &[Title]) -> Vec<Title> {
    let printed: &[&str] = match known.first().map(|title| title.title) {
        Some("UNIT FILE") => &["UNIT FILE", "STATE", "PRESET"],
        Some("UNIT") => &["UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"],
        Some("LISTEN") => &["LISTEN", "UNIT", "ACTIVATES"],
        Some("JOB") => &["JOB", "UNIT", "TYPE", "STATE"],
        _ => &[],
    };
    printed.iter().filter_map(|name| known.iter().find(|title| title.title == *name)).copied().collect()
}

/// Where the cells of a row begin, in characters.
pub(crate) fn starts(line: Field<'_>, row: &Row<'_>) -> Vec<Option<usize>> {
    let is_first_byte = |byte: &&u8| **byte & 0xC0 != 0x80;
    let column = |cell: &Field<'_>| line.bytes[..cell.start() - line.start()].iter().filter(is_first_byte).count();
    row.iter().map(|cell| cell.as_ref().map(column)).collect()
}

/// Whether the cells of a row but for its first begin below those of the first row: where one is blank, the next ones have moved into its
/// place.
pub(crate) fn is_below(row: &[Option<usize>], first: &[Option<usize>]) -> bool {
    row.iter().zip(first).skip(1).all(|(here, there)| here.is_none() || there.is_none() || here == there)
}

/// None where the line is no row of this table.
pub(crate) fn row<'a>(line: Field<'a>, known: &[Title]) -> Option<Row<'a>> {
    match known.first()?.title {
        "UNIT FILE" => unit_file(line),
        "UNIT" => unit(line),
        "LISTEN" => socket(line),
        "JOB" => job(line),
        _ => None,
    }
}

fn is_unit(word: Field<'_>) -> bool {
    word.bytes.contains(&b'.')
}

fn is_state(word: Field<'_>) -> bool {
    !word.bytes.is_empty() && word.bytes.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
}

/// A unit file, its state and, since systemd 245, what the distribution would have it be.
fn unit_file(line: Field<'_>) -> Option<Row<'_>> {
    let words = line.words();
    let [unit, state, preset @ ..] = &words[..] else { return None };
    let presets: [&[u8]; 4] = [b"enabled", b"disabled", b"ignored", b"-"];
    let fits = preset.len() <= 1 && preset.iter().all(|word| presets.contains(&word.bytes));
    (fits && is_unit(*unit) && is_state(*state)).then(|| vec![Some(*unit), Some(*state), preset.first().copied()])
}

/// A unit, whether it is loaded, whether it is active, its state, and words for people. A mark may stand before it.
fn unit(line: Field<'_>) -> Option<Row<'_>> {
    const LOADED: [&[u8]; 7] = [b"loaded", b"not-found", b"bad-setting", b"error", b"merged", b"masked", b"stub"];
    // A column of jobs is there where one waits; nothing says so without titles.
    const JOBS: [&[u8]; 7] = [b"start", b"verify-active", b"stop", b"reload", b"restart", b"try-restart", b"nop"];
    let [first, rest] = line.fields_and_rest().ok()?;
    let line = if is_unit(first) { line } else { rest };
    let [unit, load, active, sub, description] = line.fields_and_rest().ok()?;
    let is_job = description.fields().next().is_some_and(|word| JOBS.contains(&word.bytes));
    let fits = is_unit(unit) && LOADED.contains(&load.bytes) && is_state(active) && is_state(sub) && !is_job;
    fits.then(|| vec![Some(unit), Some(load), Some(active), Some(sub), Some(description.trim()).filter(|text| !text.is_blank())])
}

/// What is listened on, the socket's unit, and what it starts.
fn socket(line: Field<'_>) -> Option<Row<'_>> {
    let words = line.words();
    let at = words.iter().rposition(|word| word.bytes.ends_with(b".socket")).filter(|&at| at > 0)?;
    let part = |from: usize, to: usize| line.part(from - line.start(), to - line.start());
    let activates = words.get(at + 1).map(|first| part(first.start(), words[words.len() - 1].end()));
    Some(vec![Some(part(words[0].start(), words[at - 1].end())), Some(words[at]), activates])
}

/// A number, a unit, what is to be done, and whether it waits.
fn job(line: Field<'_>) -> Option<Row<'_>> {
    let words = line.words();
    let [job, unit, kind, state] = words[..] else { return None };
    let fits =
        job.as_integer().is_some() && is_unit(unit) && is_state(kind) && [&b"waiting"[..], b"running"].contains(&state.bytes);
    fits.then(|| vec![Some(job), Some(unit), Some(kind), Some(state)])
}
