//! Removes from a capture what is meant for a terminal or an editor and not for a reader: escape sequences, such as those that
//! colour names, and the byte order mark that a file may begin with.

use memchr::memchr;

use crate::capture::lines::Chunk;

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Removes both from lines. Returns the number of the first line that had an escape sequence. Line ends stay, so lines keep their
/// numbers.
pub(crate) fn take_out(chunk: &mut Chunk) -> Option<u64> {
    if chunk.first_line == 1 && chunk.bytes.starts_with(BYTE_ORDER_MARK) {
        chunk.bytes.drain(..BYTE_ORDER_MARK.len());
    }
    let mut at = memchr(ESCAPE, &chunk.bytes)?;
    let mut first = None;
    let mut plain = Vec::with_capacity(chunk.bytes.len());
    let mut rest = chunk.bytes.as_slice();
    loop {
        let (before, sequence) = rest.split_at(at);
        plain.extend_from_slice(before);
        let length = sequence_length(sequence);
        if length > 0 && first.is_none() {
            first = Some(chunk.first_line + memchr::memchr_iter(b'\n', &plain).count() as u64);
        }
        if length == 0 {
            plain.push(ESCAPE);
        }
        rest = &sequence[length.max(1)..];
        match memchr(ESCAPE, rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    plain.extend_from_slice(rest);
    chunk.bytes = plain;
    first
}

/// The length of the escape sequence (ECMA-48) that begins here, all on one line. 0 if the escape character begins none.
fn sequence_length(bytes: &[u8]) -> usize {
    let run = |from: usize, wanted: &dyn Fn(u8) -> bool| bytes[from..].iter().take_while(|&&byte| wanted(byte)).count();
    match bytes.get(1) {
        // Control sequence: parameters, intermediate bytes, and a final one.
        Some(b'[') => {
            let parameters = 2 + run(2, &|byte| (0x30..=0x3f).contains(&byte));
            let end = parameters + run(parameters, &|byte| (0x20..=0x2f).contains(&byte));
            bytes.get(end).filter(|byte| (0x40..=0x7e).contains(*byte)).map_or(0, |_| end + 1)
        }
        // A command to the operating system, a link or a title: text up to a bell or a string terminator.
        Some(b']' | b'P' | b'_' | b'^' | b'k') => {
            let end = 2 + run(2, &|byte| !matches!(byte, BELL | ESCAPE | b'\n'));
            match bytes[end..] {
                [BELL, ..] => end + 1,
                [ESCAPE, b'\\', ..] => end + 2,
                _ => 0,
            }
        }
        // Choice of a character set.
        Some(b'(' | b')' | b'*' | b'+') => bytes.get(2).filter(|byte| byte.is_ascii_alphanumeric()).map_or(0, |_| 3),
        // Keypad, cursor and reset.
        Some(b'=' | b'>' | b'7' | b'8' | b'c' | b'D' | b'E' | b'H' | b'M') => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> (String, Option<u64>) {
        let mut chunk = Chunk { bytes: bytes.to_vec(), first_line: 1 };
        let first = take_out(&mut chunk);
        (String::from_utf8(chunk.bytes).unwrap(), first)
    }

    #[test]
    fn colours_links_titles_and_character_sets_go() {
        let capture = b"a\n\x1b[01;34mdir\x1b[0m\x1b[K\n\x1b]8;;http://x/\x1b\\link\x1b]8;;\x07\x1b(B\x1b[m\x1b>\n\x1bPq\x1b\\";
        assert_eq!(plain(capture), ("a\ndir\nlink\n".to_owned(), Some(2)));
    }

    #[test]
    fn what_is_no_whole_sequence_stays() {
        for text in ["\x1b", "a\x1b[", "\x1b[1\n2m", "\x1b]no end\n\x07", "\x1b(\n", "\x1b\x1b", "x\x1bq", "\x1b[1;é"] {
            assert_eq!(plain(text.as_bytes()), (text.to_owned(), None), "{text:?}");
        }
        assert_eq!(plain(b"\x1b\x1b[mx"), ("\x1bx".to_owned(), Some(1)));
    }

    #[test]
    fn the_byte_order_mark_goes_from_the_first_line_only() {
        assert_eq!(plain("\u{feff}a\n\u{feff}b".as_bytes()), ("a\n\u{feff}b".to_owned(), None));
        let mut later = Chunk { bytes: "\u{feff}a".into(), first_line: 2 };
        assert_eq!((take_out(&mut later), later.bytes.len()), (None, 4));
    }
}
