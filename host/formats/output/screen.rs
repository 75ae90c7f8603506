//! What records are shown on, and text on its way there. Templates and jq expressions make text that is printed as it is, but it
//! must not be able to steer a terminal.

use std::borrow::Cow;

use outparse::words::{escaped, is_plain};

/// What records are shown on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Screen {
    /// Whether it is a terminal.
    pub terminal: bool,
    /// The width of the terminal, if it has one. The rows of a table then fit it.
    pub width: Option<u16>,
    /// Whether there are colours.
    pub color: bool,
}

/// A text that may go to a terminal: all that steers it is escaped. Line ends and tabs stay, they are the user's own layout.
pub(super) fn for_terminal(text: &str, terminal: bool) -> Cow<'_, str> {
    if terminal { escaped(text, |c| is_plain(c) || c == '\n' || c == '\t') } else { Cow::Borrowed(text) }
}

/// Text that cannot steer a terminal or break the lines of a table.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    escaped(text, is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_steer_the_terminal_and_is_untouched_elsewhere() {
        assert_eq!(for_terminal("a\tb\n\u{1b}[2J\u{9b}\u{202e}", true), "a\tb\n\\u{1b}[2J\\u{9b}\\u{202e}");
        assert_eq!(for_terminal("\u{1b}[2J", false), "\u{1b}[2J");
    }

    #[test]
    fn text_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(printable("\u{9b}2J\u{202e}\u{200b}\u{e0061}\u{7f}"), "\\u{9b}2J\\u{202e}\\u{200b}\\u{e0061}\\u{7f}");
        assert_eq!(printable("日本 e\u{301} 👩\u{200d}🔧"), "日本 e\u{301} 👩\u{200d}🔧");
    }
}
