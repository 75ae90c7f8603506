//! What systemctl and loginctl print below a table: how many there are, and what the titles mean.

use outparse_sdk::Field;

/// Whether a line is of that, and so no row. It may stand without a table, where there is nothing to list.
///
/// ```text
/// LOAD   = Reflects whether the unit definition was properly loaded.
/// Legend: LOAD   → Reflects whether the unit definition was properly loaded.
/// 220 loaded units listed. Pass --all to see loaded but inactive units, too.
/// To show all installed unit files use 'systemctl list-unit-files'.
/// ```
pub(crate) fn is_legend(line: Field<'_>) -> bool {
    let text = line.trim();
    is_count(text)
        || explains_a_title(text.strip_prefix("Legend:").unwrap_or(text))
        || text.bytes.starts_with(b"Pass --all to see ")
        || text.bytes == b"To show all installed unit files use 'systemctl list-unit-files'."
}

/// `220 loaded units listed.`, `No jobs running.`
fn is_count(text: Field<'_>) -> bool {
    let begins_with_number = text.fields().next().is_some_and(|word| word.as_integer().is_some());
    let is_listed = text.bytes.ends_with(b" listed.") || text.find(" listed. Pass --all to see ").is_some();
    begins_with_number && is_listed || matches!(text.bytes, b"No jobs running." | b"No sessions." | b"No users." | b"No seats.")
}

/// `SUB    = The low-level unit activation state, values depend on unit type.`
fn explains_a_title(text: Field<'_>) -> bool {
    let mut words = text.fields();
    let is_title = words.next().is_some_and(|word| word.bytes.iter().all(u8::is_ascii_uppercase));
    is_title && words.next().is_some_and(|sign| [&b"="[..], b"->", "→".as_bytes()].contains(&sign.bytes))
}
