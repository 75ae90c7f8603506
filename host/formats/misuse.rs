//! What is wrong with a selection, with the place in the expression marked.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// A selection that makes no sense, in itself or for the records there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The option it came from: `--where`.
    pub option: &'static str,
    /// What is wrong.
    pub message: String,
    /// The expression, and which of its bytes are at fault.
    pub place: Option<(String, Range<usize>)>,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

impl Misuse {
    /// A misuse of this option.
    pub fn new(option: &'static str, message: impl Into<String>) -> Misuse {
        Misuse { option, message: message.into(), place: None, hint: None }
    }

    /// Marks a place. It need not lie within the text: if it does not, the end of the text is marked.
    pub(crate) fn at(mut self, text: &str, place: Range<usize>) -> Misuse {
        self.place = Some((text.to_owned(), place));
        self
    }

    /// Says what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Misuse {
        self.hint = Some(hint.into());
        self
    }
}

impl std::error::Error for Misuse {}

impl From<Misuse> for outparse::Error {
    fn from(misuse: Misuse) -> outparse::Error {
        outparse::Error::Selection { why: misuse.to_string(), hint: misuse.hint }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.option, self.message)?;
        if let Some((text, place)) = &self.place {
            write!(f, "{}", Marked { text, place: place.clone() })?;
        }
        Ok(())
    }
}

/// The line of a text with the place, and carets below it.
struct Marked<'a> {
    text: &'a str,
    place: Range<usize>,
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.text.floor_char_boundary(self.place.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |end| end + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |end| start + end);
        let end = self.text.ceil_char_boundary(self.place.end).clamp(start, line_end);
        let shown = |part: &str| part.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let before = shown(&self.text[line_start..start]).width();
        let marked = shown(&self.text[start..end]).width().max(1);
        write!(f, "\n  {}\n  {}{}", shown(&self.text[line_start..line_end]), " ".repeat(before), "^".repeat(marked))
    }
}

/// What `--jq` or `--template` cannot make of a record. Another record may be otherwise.
#[derive(Debug)]
pub struct Unmade(pub(crate) String);

impl fmt::Display for Unmade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unmade {}

/// The one of these names that is most like another, if any is.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.collect();
    similar::get_close_matches(name, &names, 1, 0.6).first().copied()
}

/// The name of a type with its article, for a sentence.
pub(crate) fn with_article(kind: &str) -> String {
    let article = if kind.starts_with('i') { "an" } else { "a" };
    format!("{article} {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_marked_by_width_and_not_by_bytes() {
        let misuse = Misuse::new("--where", "no").at("'日本' = x", 11..12);
        assert_eq!(misuse.to_string(), "`--where`: no\n  '日本' = x\n           ^");
    }

    #[test]
    fn only_the_line_with_the_place_is_shown() {
        assert_eq!(Misuse::new("--jq", "no").at("a\nbc\nd", 3..5).to_string(), "`--jq`: no\n  bc\n   ^");
    }

    #[test]
    fn a_place_behind_the_end_is_the_end() {
        assert_eq!(Misuse::new("--jq", "no").at("é", 9..12).to_string(), "`--jq`: no\n  é\n   ^");
        assert_eq!(Misuse::new("--jq", "no").at("", 0..0).to_string(), "`--jq`: no\n  \n  ^");
    }

    #[test]
    fn the_nearest_name_is_found_when_one_is_near() {
        let names = || ["filesystem", "use_percent", "used"].into_iter();
        assert_eq!(nearest("use_procent", names()), Some("use_percent"));
        assert_eq!(nearest("zzz", names()), None);
    }
}
