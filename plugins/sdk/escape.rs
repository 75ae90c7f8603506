//! Escapes in names, as several commands and files have them.

/// Turns `\040` into the byte that it stands for, as in `/etc/fstab` and files of `/proc`. A backslash before anything else
/// stays.
pub fn octal(text: &[u8]) -> Vec<u8> {
    plain(text, octal_byte)
}

/// Turns `\n`, `\303` and the like into what they are in C; a backslash before any other byte stands for that byte.
pub fn c(text: &[u8]) -> Vec<u8> {
    plain(text, |rest| octal_byte(rest).or_else(|| letter(rest)).or_else(|| Some((*rest.first()?, 1))))
}

/// Turns `\x20` into the byte that it stands for. A backslash before anything else stays.
pub fn hexadecimal(text: &[u8]) -> Vec<u8> {
    plain(text, hexadecimal_byte)
}

/// Turns `\x20`, `\n` and `\"` into what servers mean by them in their logs. A backslash before anything else stays.
pub fn log(text: &[u8]) -> Vec<u8> {
    let mark = |rest: &[u8]| rest.first().filter(|byte| matches!(byte, b'"' | b'\\')).map(|byte| (*byte, 1));
    let no_bell = |rest: &[u8]| letter(rest).filter(|(byte, _)| *byte != BELL);
    plain(text, |rest| hexadecimal_byte(rest).or_else(|| no_bell(rest)).or_else(|| mark(rest)))
}

/// Resolves escapes: `escape` reads what follows a backslash, and gives the byte that is meant and how many bytes were read.
fn plain(text: &[u8], escape: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        let (byte, read) = escape(after).unwrap_or((b'\\', 0));
        plain.push(byte);
        rest = &after[read..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// What `\a` stands for.
const BELL: u8 = 7;

/// The byte that a letter stands for in C.
fn letter(text: &[u8]) -> Option<(u8, usize)> {
    let byte = match text.first()? {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => BELL,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        _ => return None,
    };
    Some((byte, 1))
}

/// The byte that three octal digits stand for.
fn octal_byte(text: &[u8]) -> Option<(u8, usize)> {
    let digits = text.get(..3)?;
    if !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    Some((u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok()?, 3))
}

/// The byte that `x` and two hexadecimal digits stand for.
fn hexadecimal_byte(text: &[u8]) -> Option<(u8, usize)> {
    let digits = text.strip_prefix(b"x")?.get(..2)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    Some((u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?, 3))
}

#[cfg(test)]
mod tests {
    use super::{c, hexadecimal, log, octal};

    #[test]
    fn bytes_are_what_their_escapes_say() {
        assert_eq!(octal(br"a\040b\134\n\9\40"), br"a b\\n\9\40");
        assert_eq!(octal(br"\777\303\251"), b"\\777\xc3\xa9");
        assert_eq!(hexadecimal(br"a\x20b\xg\x5c\x4"), br"a b\xg\\x4");
        assert_eq!(c(br#"a\ b\t\"c\"\303\251\\n\"#), b"a b\t\"c\"\xc3\xa9\\n\\");
        assert_eq!(log(br#"\x16\x03 \"a\" \\ \n\a\q\"#), b"\x16\x03 \"a\" \\ \n\\a\\q\\");
    }
}
