//! Paths, which git quotes as C does where they have other than plain characters.

use outparse_sdk::escape;

/// `"a\303\251\t\"b\""` without its quotes and escapes; any other text as it is.
pub(crate) fn unquoted(text: &[u8]) -> Vec<u8> {
    match text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) {
        Some(inner) => escape::c(inner),
        None => text.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_undone() {
        assert_eq!(unquoted(b"\"a\\303\\251\\t\\\"b\\\"\""), "aé\t\"b\"".as_bytes());
        assert_eq!(unquoted(b"a b"), b"a b");
    }
}
