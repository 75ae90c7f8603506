//! Colours. Drawing measures cells, so until a line is drawn, a style in a cell is a character without a width. These are tag
//! characters: text from elsewhere has none, because [`printable`](crate::output::screen::printable) escapes them.

use anstyle::{AnsiColor, Style};

use outparse::schema::Level;

/// How a part of a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A title.
    Title,
    /// What is not worth looking at.
    Faint,
    /// A number that deserves attention, or not.
    Level(Level),
    /// A percentage without levels.
    Neutral,
}

const ALL: [Look; 6] = [
    Look::Title,
    Look::Faint,
    Look::Level(Level::Fine),
    Look::Level(Level::Warning),
    Look::Level(Level::Critical),
    Look::Neutral,
];

/// Ends what any of the others began.
const END: char = '\u{e007f}';

impl Look {
    fn mark(self) -> char {
        match self {
            Look::Title => '\u{e0061}',
            Look::Faint => '\u{e0062}',
            Look::Level(Level::Fine) => '\u{e0063}',
            Look::Level(Level::Warning) => '\u{e0064}',
            Look::Level(Level::Critical) => '\u{e0065}',
            Look::Neutral => '\u{e0066}',
        }
    }

    fn style(self) -> Style {
        match self {
            Look::Title => Style::new().bold(),
            Look::Faint => Style::new().dimmed(),
            Look::Level(Level::Fine) => AnsiColor::Green.on_default(),
            Look::Level(Level::Warning) => AnsiColor::Yellow.on_default(),
            Look::Level(Level::Critical) => AnsiColor::Red.on_default(),
            Look::Neutral => AnsiColor::Cyan.on_default(),
        }
    }
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// Text that will look like this.
    pub(super) fn mark(self, look: Look, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("{}{text}{END}", look.mark()) } else { text.to_owned() }
    }

    /// Appends a drawn line without the blanks at its end, and with its marks turned into terminal codes.
    pub(super) fn line(self, line: &str, out: &mut String) {
        let line = line.trim_end();
        if self.0 && line.contains(END) {
            for c in line.chars() {
                match ALL.into_iter().find(|look| look.mark() == c) {
                    Some(look) => out.push_str(&look.style().render().to_string()),
                    None if c == END => out.push_str(&anstyle::Reset.render().to_string()),
                    None => out.push(c),
                }
            }
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn marks_have_no_width_and_become_codes() {
        let marked = Paint(true).mark(Look::Level(Level::Critical), "95%");
        assert_eq!(marked.width(), 3);
        let mut line = String::new();
        Paint(true).line(&format!("{marked}  "), &mut line);
        assert_eq!(line, "\u{1b}[31m95%\u{1b}[0m\n");
    }

    #[test]
    fn every_look_has_a_mark_of_its_own() {
        for (index, look) in ALL.into_iter().enumerate() {
            assert_eq!(ALL.iter().position(|other| other.mark() == look.mark()), Some(index));
            assert_ne!(look.mark(), END);
        }
    }

    #[test]
    fn nothing_is_marked_without_colours() {
        assert_eq!(Paint(false).mark(Look::Title, "size"), "size");
    }
}
