//! How a line is taken apart: words, lists, quotes, and the handle behind it.

use outparse_sdk::Field;

/// What stands before `# handle NUMBER`, and the number.
pub(super) fn without_handle(text: Field<'_>) -> (Field<'_>, Option<i64>) {
    let parts = text.rsplit_once("# handle ");
    match parts.and_then(|(before, number)| Some((before.trim(), number.as_integer()?))) {
        Some((before, number)) => (before, Some(number)),
        None => (text, None),
    }
}

/// Between separators that stand in no quotes, braces or parentheses.
pub(super) fn pieces(text: Field<'_>, separator: u8) -> Vec<Field<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut depth, mut quoted) = (0, 0_i32, false);
    for (at, byte) in text.bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth = (depth - 1).max(0),
            byte if *byte == separator && depth == 0 => {
                pieces.push(text.part(from, at));
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text.part(from, text.bytes.len()));
    pieces
}

/// Words, of which one in quotes, braces or parentheses is one.
pub(super) fn words(text: Field<'_>) -> Vec<Field<'_>> {
    pieces(text, b' ').into_iter().filter(|word| !word.bytes.is_empty()).collect()
}

/// What stands in quotes, if it does.
pub(super) fn unquoted(text: Field<'_>) -> Vec<u8> {
    text.strip_prefix("\"").and_then(|text| text.strip_suffix("\"")).unwrap_or(text).bytes.to_vec()
}

/// What stands between commas.
pub(super) fn list(text: Field<'_>) -> Vec<Vec<u8>> {
    text.split(",").map(|item| item.trim().bytes.to_vec()).collect()
}
