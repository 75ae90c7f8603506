//! Searches and conversions that take eight bytes at a time. In the sandbox every turn of a loop costs a look at the clock,
//! so the short loops of a parser, over the letters of a word or a number, are worth doing without.

/// A word in which each byte is this one.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

fn eight(bytes: &[u8], from: usize) -> Option<u64> {
    let eight = bytes.get(from..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*eight))
}

/// The first place from `from` on that is not a space, or the end.
#[inline]
pub fn skip_spaces(bytes: &[u8], from: usize) -> usize {
    match eight(bytes, from).map(first_other) {
        Some(found) if found < 8 => from + found,
        _ => skip_many_spaces(bytes, from),
    }
}

fn skip_many_spaces(bytes: &[u8], from: usize) -> usize {
    let mut at = from.min(bytes.len());
    while let Some(word) = eight(bytes, at) {
        let found = first_other(word);
        at += found;
        if found < 8 {
            return at;
        }
    }
    at + bytes[at..].iter().take_while(|&&byte| byte == b' ').count()
}

/// The place of the first byte that is not a space, 8 where all are.
#[inline]
fn first_other(word: u64) -> usize {
    (word ^ all(b' ')).trailing_zeros() as usize / 8
}

/// How much white space there is at the beginning.
#[inline(never)]
pub(crate) fn white_start(bytes: &[u8]) -> usize {
    let spaces = skip_spaces(bytes, 0);
    bytes.len() - bytes[spaces..].trim_ascii_start().len()
}

/// Where the white space at the end begins. Cells and lines are filled up with spaces, often many of them.
#[inline(never)]
pub(crate) fn white_end(mut bytes: &[u8]) -> usize {
    while let Some(last) = bytes.last_chunk::<8>() {
        let spaces = (u64::from_le_bytes(*last) ^ all(b' ')).leading_zeros() as usize / 8;
        bytes = &bytes[..bytes.len() - spaces];
        if spaces < 8 {
            break;
        }
    }
    bytes.trim_ascii_end().len()
}

/// The first space from `from` on, or the end.
#[inline]
pub fn find_space(bytes: &[u8], from: usize) -> usize {
    match eight(bytes, from).map(first_space) {
        Some(found) if found < 8 => from + found,
        _ => find_far_space(bytes, from),
    }
}

fn find_far_space(bytes: &[u8], from: usize) -> usize {
    let mut at = from.min(bytes.len());
    while let Some(word) = eight(bytes, at) {
        let found = first_space(word);
        at += found;
        if found < 8 {
            return at;
        }
    }
    at + bytes[at..].iter().take_while(|&&byte| byte != b' ').count()
}

/// The place of the first space, 8 where there is none.
#[inline]
fn first_space(word: u64) -> usize {
    // Where a byte was a space it is 0 now, and the lowest one sets its high bit.
    let others = word ^ all(b' ');
    let spaces = others.wrapping_sub(all(1)) & !others & all(0x80);
    spaces.trailing_zeros() as usize / 8
}

/// The first place from `from` on that is neither a space nor a tab, or the end.
#[inline]
pub fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let is_blank = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t'));
    match (is_blank(from), is_blank(from + 1)) {
        (false, _) => from.min(bytes.len()),
        // Most words have one blank between them.
        (true, false) => from + 1,
        (true, true) => skip_many_blanks(bytes, from + 2),
    }
}

fn skip_many_blanks(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = eight(bytes, at) {
        let blanks = zeros(word ^ all(b' ')) | zeros(word ^ all(b'\t'));
        let found = (!blanks & all(0x80)).trailing_zeros() as usize / 8;
        at += found;
        if found < 8 {
            return at;
        }
    }
    at + bytes[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count()
}

/// Where the next word from `from` on begins and ends; the same place twice where there is none. For a loop over the words of a line: most are
/// short, and so is what stands between them.
#[inline(always)]
pub fn next_word(bytes: &[u8], from: usize) -> (usize, usize) {
    let start = match eight(bytes, from).map(first_other) {
        Some(spaces) if spaces < 8 && bytes.get(from + spaces) != Some(&b'\t') => from + spaces,
        _ => skip_blanks(bytes, from),
    };
    let end = match eight(bytes, start).map(first_blank) {
        Some(letters) if letters < 8 => start + letters,
        _ => find_blank(bytes, start),
    };
    (start, end)
}

/// Where the blanks of a line are, spaces and tabs, in its first 64 bytes: found together, they cost less than word by word.
pub struct Blanks {
    /// A bit for each byte, the first one lowest.
    bits: u64,
    /// How many bytes that are: all 64, or none of a shorter line.
    known: usize,
}

impl Blanks {
    /// Those of this line.
    #[inline(always)]
    pub fn of(line: &[u8]) -> Blanks {
        let Some(block) = line.first_chunk::<64>() else { return Blanks { bits: 0, known: 0 } };
        let mut bits = 0;
        for (place, word) in block.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let found = (zeros(word ^ all(b' ')) | zeros(word ^ all(b'\t'))) >> 7;
            // The lowest bits of all bytes come together in the highest byte.
            bits |= (found.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (place * 8);
        }
        Blanks { bits, known: block.len() }
    }

    /// What [`next_word`] says of the same line.
    #[inline(always)]
    pub fn next_word(&self, line: &[u8], from: usize) -> (usize, usize) {
        if from < self.known {
            let start = from + (!self.bits >> from).trailing_zeros() as usize;
            if start < self.known {
                let end = start + (self.bits >> start).trailing_zeros() as usize;
                if end < self.known {
                    return (start, end);
                }
            }
        }
        next_word(line, from)
    }
}

/// The first space or tab from `from` on, or the end. Called for each word of a capture, from many places: one copy of it is enough.
#[inline(never)]
pub fn find_blank(bytes: &[u8], from: usize) -> usize {
    let mut at = from.min(bytes.len());
    while let Some(word) = eight(bytes, at) {
        let found = first_blank(word);
        at += found;
        if found < 8 {
            return at;
        }
    }
    match bytes.last_chunk::<8>() {
        // What has been looked at is shifted out, and the zeros that come in are no blanks.
        Some(last) if at < bytes.len() => {
            let left = bytes.len() - at;
            at + first_blank(u64::from_le_bytes(*last) >> ((8 - left) * 8)).min(left)
        }
        _ => at + bytes[at..].iter().take_while(|&&byte| byte != b' ' && byte != b'\t').count(),
    }
}

/// The place of the first space or tab, 8 where there is none.
#[inline]
fn first_blank(word: u64) -> usize {
    let lowest = |others: u64| others.wrapping_sub(all(1)) & !others & all(0x80);
    (lowest(word ^ all(b' ')) | lowest(word ^ all(b'\t'))).trailing_zeros() as usize / 8
}

/// The high bit of each byte that is zero, and no other bit.
#[inline]
fn zeros(word: u64) -> u64 {
    !(((word & all(0x7f)) + all(0x7f)) | word | all(0x7f))
}

/// Appends a text. A short one is moved in whole words, of which the last one overlaps the one before: in the sandbox a copy of any length
/// is a call to the host.
#[inline]
pub(crate) fn append(bytes: &mut Vec<u8>, text: &[u8]) {
    if text.len() > 32 {
        return bytes.extend_from_slice(text);
    }
    let end = bytes.len() + text.len();
    bytes.reserve(40);
    if let Some(last) = text.last_chunk::<8>() {
        let (words, _) = text[..text.len() - 1].as_chunks::<8>();
        words.iter().for_each(|word| bytes.extend_from_slice(word));
        bytes.truncate(end - 8);
        bytes.extend_from_slice(last);
    } else {
        bytes.extend_from_slice(&short(text).to_le_bytes());
        bytes.truncate(end);
    }
}

/// Fewer than eight bytes as a word, the first one lowest; those above are anything.
#[inline]
fn short(text: &[u8]) -> u64 {
    let four = |four: &[u8; 4]| u64::from(u32::from_le_bytes(*four));
    match (text.first_chunk::<4>(), text.last_chunk::<4>(), text) {
        (Some(first), Some(last), _) => four(first) | four(last) << ((text.len() - 4) * 8),
        (_, _, [first, second, rest @ ..]) => {
            u64::from(*first) | u64::from(*second) << 8 | u64::from(rest.first().copied().unwrap_or_default()) << 16
        }
        _ => u64::from(text.first().copied().unwrap_or_default()),
    }
}

/// The value of 1 to 16 decimal digits; None for anything else.
#[inline]
pub fn digits(text: &[u8]) -> Option<u64> {
    let length = text.len();
    let value = match length {
        1 => u64::from(text[0].wrapping_sub(b'0')),
        2..=3 => {
            let digit = |byte: u8| u64::from(byte.wrapping_sub(b'0'));
            let (first, second, last) = (digit(text[0]), digit(text[length - 2]), digit(text[length - 1]));
            if first > 9 || second > 9 || last > 9 {
                return None;
            }
            return Some(if length == 2 { first * 10 + last } else { first * 100 + second * 10 + last });
        }
        4..=7 => {
            let four = |at: usize| text[at..].first_chunk::<4>().map(|four| u64::from(u32::from_le_bytes(*four)));
            // The first and the last four digits overlap; where they do they agree.
            let word = four(0)? << ((8 - length) * 8) | four(length - 4)? << 32;
            return eight_digits(word | all(b'0') & (u64::MAX >> (length * 8)));
        }
        8 => return eight_digits(eight(text, 0)?),
        9..=16 => {
            let high = length - 8;
            let word = if high == 8 {
                eight(text, 0)?
            } else {
                eight(text, 0)? << (64 - high * 8) | all(b'0') & (u64::MAX >> (high * 8))
            };
            return Some(eight_digits(word)? * 100_000_000 + eight_digits(eight(text, high)?)?);
        }
        _ => return None,
    };
    (value <= 9).then_some(value)
}

/// The value of eight digits, the first one in the lowest byte.
#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    let values = word ^ all(b'0');
    // A digit has no high half now, and adding six gives it none.
    if (values | values.wrapping_add(all(6))) & all(0xf0) != 0 {
        return None;
    }
    // Neighbours are joined: to pairs, to fours, to eight.
    let pairs = values.wrapping_mul(10) + (values >> 8);
    let pairs = pairs & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100) + (pairs >> 16);
    let fours = fours & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_length_have_their_value() {
        for length in 1..=16 {
            for text in ["9876543210123456", "0000000000000000", "9999999999999999", "1000000000000001"] {
                let text = &text[..length];
                assert_eq!(digits(text.as_bytes()), text.parse().ok(), "{text}");
            }
        }
        assert_eq!(digits(b""), None);
        assert_eq!(digits(b"12345678901234567"), None);
    }

    #[test]
    fn texts_of_any_length_are_appended_whole() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..=text.len() {
            let mut bytes = b"before".to_vec();
            append(&mut bytes, &text[..length]);
            assert_eq!(bytes, [b"before", &text[..length]].concat());
        }
    }

    #[test]
    fn anything_but_a_digit_is_refused_wherever_it_stands() {
        for length in 1..=16 {
            for place in 0..length {
                for byte in (0..=255u8).filter(|byte| !byte.is_ascii_digit()) {
                    let mut text = vec![b'7'; length];
                    text[place] = byte;
                    assert_eq!(digits(&text), None, "{}", text.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn spaces_and_words_end_where_a_simple_loop_says() {
        for pattern in 0..1u32 << 12 {
            let text: Vec<u8> =
                (0..12).map(|bit| if pattern >> bit & 1 == 1 { b' ' } else { [b'!', 0x1f, 0xa0][bit % 3] }).collect();
            for from in 0..=13 {
                let start = from.min(12);
                let spaces = text[start..].iter().take_while(|&&byte| byte == b' ').count();
                let others = text[start..].iter().take_while(|&&byte| byte != b' ').count();
                assert_eq!(skip_spaces(&text, from), start + spaces);
                assert_eq!(find_space(&text, from), start + others);
            }
        }
    }

    #[test]
    fn white_space_is_trimmed_as_the_standard_library_does() {
        for pattern in 0..4_u32.pow(5) {
            let parts = [&b" "[..], b"        ", b"\t", b"x"];
            let text: Vec<u8> = (0..5).flat_map(|place| parts[(pattern / 4_u32.pow(place) % 4) as usize]).copied().collect();
            assert_eq!(&text[white_start(&text)..], text.trim_ascii_start(), "{text:?}");
            assert_eq!(&text[..white_end(&text)], text.trim_ascii_end(), "{text:?}");
        }
        assert_eq!((white_start(b""), white_end(b"")), (0, 0));
    }

    #[test]
    fn blanks_end_where_a_simple_loop_says() {
        for pattern in 0..3_u32.pow(10) {
            let text: Vec<u8> = (0..10)
                .map(|place| [b' ', b'\t', [b'!', 0x89, 0xa0][place as usize % 3]][(pattern / 3_u32.pow(place) % 3) as usize])
                .collect();
            for from in 0..=11 {
                let start = from.min(10);
                let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
                let blanks = text[start..].iter().take_while(|byte| is_blank(byte)).count();
                let others = text[start..].iter().take_while(|byte| !is_blank(byte)).count();
                assert_eq!(skip_blanks(&text, from), start + blanks, "{text:?} from {from}");
                assert_eq!(find_blank(&text, from), start + others, "{text:?} from {from}");
                let word = start + blanks;
                let end = word + text[word..].iter().take_while(|byte| !is_blank(byte)).count();
                assert_eq!(next_word(&text, from), (word, end), "{text:?} from {from}");
            }
        }
    }

    #[test]
    fn words_of_a_line_are_the_same_however_they_are_found() {
        // Every length around 64, with words and blanks of any length, one of them across the 64th byte.
        for seed in 0..2000_u64 {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut next = |most: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % most
            };
            let length = 40 + next(60) as usize;
            let mut line = Vec::new();
            while line.len() < length {
                let run = 1 + next(12) as usize;
                let byte = [b' ', b'a', b'\t', 0xa0, b'!', 0x09 | 0x80][next(6) as usize];
                line.resize(line.len() + run, byte);
            }
            let blanks = Blanks::of(&line);
            let mut at = 0;
            while at < line.len() {
                let found = next_word(&line, at);
                assert_eq!(blanks.next_word(&line, at), found, "{line:?} from {at}");
                at = found.1.max(at + 1);
            }
        }
    }
}
