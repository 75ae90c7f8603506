//! A plugin's own words on their way to a person: they can neither steer a terminal nor fill it.

/// Words on one line, with everything that is not seen as itself escaped, and no longer than this many characters.
pub(crate) fn plain(words: &str, longest: usize) -> String {
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

/// Whether a character is seen as itself: control characters steer the terminal, others turn the direction of the text around.
pub(super) fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_on_one_line_and_cut() {
        assert_eq!(plain("caf\u{e9}\n\u{1b}[31m\u{9b}\u{202e}", 99), "caf\u{e9}\\n\\u{1b}[31m\\u{9b}\\u{202e}");
        assert_eq!(plain("abcdef", 3), "abc…");
    }
}
