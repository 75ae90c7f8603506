//! How names are written: as they are, with `\n` and the like (`-b`), in quotes (`-Q`), or with a sign of the type (`-F`).

use std::borrow::Cow;

use outparse_sdk::escape;

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
    if text.contains(&b'\\') { escape::c(text).into() } else { text.into() }
}
