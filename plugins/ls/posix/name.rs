//! How names are written: as they are, with `\n` and the like (`-b`), in quotes (`-Q`), or with a sign of the type (`-F`).

use std::borrow::Cow;

use crate::Options;

/// Reads a name at the start of a text, and how many bytes it takes there.
pub(crate) fn read<'a>(text: &'a [u8], options: &Options) -> (Cow<'a, [u8]>, usize) {
    match text {
        [b'"', inside @ ..] if options.quoted => {
            let end = closing_quote(inside);
            (unescaped(inside.get(..end).unwrap_or(inside)), (end + 2).min(text.len()))
        }
        _ if options.escaped => (unescaped(text), text.len()),
        _ => (Cow::Borrowed(text), text.len()),
    }
}

/// The whole text as a name.
pub(crate) fn plain<'a>(text: &'a [u8], options: &Options) -> Cow<'a, [u8]> {
    read(text, options).0
}

/// The name without the sign that `-F` puts after it.
pub(crate) fn without_indicator<'a>(name: &'a [u8], options: &Options) -> &'a [u8] {
    match name {
        [rest @ .., last] if options.indicators.contains(last) && !rest.is_empty() => rest,
        _ => name,
    }
}

fn closing_quote(inside: &[u8]) -> usize {
    let mut escaped = false;
    for (at, &byte) in inside.iter().enumerate() {
        match byte {
            b'"' if !escaped => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    inside.len()
}

/// Undoes the escapes of C, octal numbers and `\ ` among them.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..] => {
                name.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest
            }
            [b'\\', letter, rest @ ..] => {
                name.push(match letter {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    other => *other,
                });
                rest
            }
            [byte, rest @ ..] => {
                name.push(*byte);
                rest
            }
            [] => return Cow::Owned(name),
        };
    }
}
