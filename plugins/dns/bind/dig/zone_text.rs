//! How records are written in files of zones: quotes, backslashes, comments, and parentheses over several lines.

/// The bytes with their places, and whether each means what it is: it is in no quotes, and no backslash stands before it.
fn bytes(text: &[u8]) -> impl Iterator<Item = (usize, u8, bool)> {
    let (mut quoted, mut escaped) = (false, false);
    text.iter().enumerate().map(move |(at, &byte)| {
        let bare = !quoted && !escaped;
        quoted ^= byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        (at, byte, bare)
    })
}

/// What stands before a comment that is in no quotes.
pub(super) fn without_comment(line: &[u8]) -> &[u8] {
    let comment = bytes(line).find(|(_, byte, bare)| *bare && *byte == b';');
    comment.map_or(line, |(at, ..)| line[..at].trim_ascii_end())
}

/// The same record as if it stood in one line: parentheses in no quotes only join lines.
pub(super) fn without_parentheses(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for (_, byte, bare) in bytes(text) {
        let joins = matches!(byte, b'(' | b')');
        let doubled = byte == b' ' && plain.last() == Some(&b' ');
        if !bare || !joins && !doubled {
            plain.push(byte);
        }
    }
    plain.trim_ascii_end().to_vec()
}

/// Whether a parenthesis is open.
pub(super) fn is_open(text: &[u8]) -> bool {
    let bare = bytes(text).filter(|(.., bare)| *bare);
    bare.map(|(_, byte, _)| i32::from(byte == b'(') - i32::from(byte == b')')).sum::<i32>() > 0
}
