//! Paths, which git quotes as C does where they have other than plain characters.

use outparse_sdk::escape;

/// `"a\303\251\t\"b\""` without its quotes and escapes; any other text as it is.
pub(crate) fn unquoted(text: &[u8]) -> Vec<u8> {
    match text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) {
        Some(inner) => escape::c(inner),
        None => text.to_vec(),
    }
}

/// The old and the new path of `a/{b => c}/d` or `a => b`.
pub(crate) fn renamed(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let find = |text: &[u8], needle: &[u8]| text.windows(needle.len()).position(|window| window == needle);
    let arrow = find(text, b" => ")?;
    let open = text[..arrow].iter().rposition(|&byte| byte == b'{');
    let close = text[arrow..].iter().position(|&byte| byte == b'}').map(|at| arrow + at);
    let (Some(open), Some(close)) = (open, close) else {
        return Some((unquoted(&text[..arrow]), unquoted(&text[arrow + 4..])));
    };
    let (before, after) = (&text[..open], &text[close + 1..]);
    let joined = |middle: &[u8]| {
        // Where one of the two is nothing, a slash too many is left.
        let after = if middle.is_empty() { after.strip_prefix(b"/").unwrap_or(after) } else { after };
        [before, middle, after].concat()
    };
    Some((joined(&text[open + 1..arrow]), joined(&text[arrow + 4..close])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_renames_are_undone() {
        assert_eq!(unquoted(b"\"a\\303\\251\\t\\\"b\\\"\""), "aé\t\"b\"".as_bytes());
        assert_eq!(unquoted(b"a b"), b"a b");
        assert_eq!(renamed(b"a/{b => c}/d"), Some((b"a/b/d".to_vec(), b"a/c/d".to_vec())));
        assert_eq!(renamed(b"a/{ => c}/d"), Some((b"a/d".to_vec(), b"a/c/d".to_vec())));
        assert_eq!(renamed(b"a => b"), Some((b"a".to_vec(), b"b".to_vec())));
        assert_eq!(renamed(b"a=b"), None);
    }
}
