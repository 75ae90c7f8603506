//! Escapes in names, as several commands and files have them.

/// Takes `\040` for the byte that it says, as in `/etc/fstab` and files of `/proc`. A backslash before anything else stays.
pub fn octal(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = match octal_byte(rest) {
            Some(byte) => {
                plain.push(byte);
                &after[3..]
            }
            None => {
                plain.push(*first);
                after
            }
        };
    }
    plain
}

/// Takes `\n`, `\303` and the like for what they are in C; a backslash before any other byte stands for that byte.
pub fn c(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = match (octal_byte(rest), first, after) {
            (Some(byte), ..) => {
                plain.push(byte);
                &after[3..]
            }
            (None, b'\\', [escaped, after @ ..]) => {
                plain.push(match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    other => *other,
                });
                after
            }
            _ => {
                plain.push(*first);
                after
            }
        };
    }
    plain
}

/// Takes `\x20` for the byte that it says. A backslash before anything else stays.
pub fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = match rest {
            [b'\\', b'x', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
                plain.push(digit(*high) * 16 + digit(*low));
                after
            }
            _ => {
                plain.push(*first);
                after
            }
        };
    }
    plain
}

/// The byte that a backslash and three octal digits at the beginning say.
fn octal_byte(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"\\")?.get(..3)?;
    if !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::{c, hexadecimal, octal};

    #[test]
    fn bytes_are_what_their_escapes_say() {
        assert_eq!(octal(br"a\040b\134\n\9\40"), br"a b\\n\9\40");
        assert_eq!(octal(br"\777\303\251"), b"\\777\xc3\xa9");
        assert_eq!(hexadecimal(br"a\x20b\xg\x5c\x4"), br"a b\xg\\x4");
        assert_eq!(c(br#"a\ b\t\"c\"\303\251\\n\"#), b"a b\t\"c\"\xc3\xa9\\n\\");
    }
}
