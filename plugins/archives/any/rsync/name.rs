//! Names as `rsync` prints them.

use outparse_sdk::Field;

/// The path, and what stands behind the arrow, where there may be one and is.
pub(super) fn path_and_target(name: Field<'_>, arrow: Option<&str>) -> (Vec<u8>, Option<Vec<u8>>) {
    match arrow.and_then(|arrow| name.split_once(arrow)) {
        Some((path, target)) => (unescape(path.bytes), Some(unescape(target.bytes))),
        None => (unescape(name.bytes), None),
    }
}

/// A name as rsync prints it: `\#012` stands for a byte.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = rest.strip_prefix(b"\\#").and_then(|code| code.get(..3));
        match digits.filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) && digits[0] <= b'3') {
            Some(digits) => {
                name.push(digits.iter().fold(0, |byte: u8, digit| byte.wrapping_mul(8) + (digit - b'0')));
                rest = &rest[5..];
            }
            None => {
                name.push(*first);
                rest = after;
            }
        }
    }
    name
}
