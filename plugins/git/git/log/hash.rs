//! Hashes of commits.

/// Whether a text is one, or the beginning of one that has so many digits at least.
pub(super) fn is_hash(text: &[u8], shortest: usize) -> bool {
    text.len() >= shortest && text.iter().all(u8::is_ascii_hexdigit)
}
