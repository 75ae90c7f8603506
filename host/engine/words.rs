//! A plugin's own words on their way to a person: they can neither steer a terminal nor fill it.

use std::borrow::Cow;

/// A text in which every character that is not harmless is escaped.
pub fn escaped(text: &str, harmless: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if harmless(c) { shown.push(c) } else { shown.extend(c.escape_default()) }
    }
    Cow::Owned(shown)
}

/// The words on one line, with every character that would not show as itself escaped, cut to this many characters.
pub fn plain(words: &str, longest: usize) -> String {
    let mut plain = String::new();
    for (index, c) in words.chars().enumerate() {
        if index >= longest {
            plain.push('…');
            break;
        }
        if is_plain(c) { plain.push(c) } else { plain.extend(c.escape_default()) }
    }
    plain
}

/// Whether a character shows as itself: control characters steer the terminal, others reverse the direction of the text or are
/// invisible. Joiners inside a word or an emoji are fine.
pub fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hides = matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !(c.is_control() || turns || hides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_on_one_line_and_cut() {
        assert_eq!(plain("caf\u{e9}\n\u{1b}[31m\u{9b}\u{202e}", 99), "caf\u{e9}\\n\\u{1b}[31m\\u{9b}\\u{202e}");
        assert_eq!(plain("a\u{200b}b\u{e0041}", 99), "a\\u{200b}b\\u{e0041}");
        assert_eq!(plain("abcdef", 3), "abc…");
    }
}
