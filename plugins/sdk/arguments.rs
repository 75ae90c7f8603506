//! The arguments of a command, taken apart as commands themselves take them apart.

use std::slice::Iter;

use crate::Source;

/// One piece of the arguments. An option goes by the first name that the parser has for it, whichever was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// An option alone: `-h`, `--human-readable`.
    Flag(&'a str),
    /// An option with its value: `-B 1M`, `-BM`, `--block-size=1M`, `--block-size 1M`.
    Value(&'a str, &'a str),
    /// A word that is no option: a file, a user, `-`.
    Operand(&'a str),
}

impl Source {
    /// Takes the arguments apart, in order. None when they are not known.
    ///
    /// `options` has an entry for each option that goes by several names or takes a value: its names without dashes, single
    /// letters and long ones. The option is given by the first of them. After the last one, `=` says that it takes a value, and
    /// `[=]` that its value is never a word of its own. Options without an entry are given by the name that was used.
    ///
    /// Letters may stand together (`-hT`), long names may be shortened, and `--` ends the options. As any beginning of a name
    /// is taken for the name, an option needs an entry when the name of another one begins with it: `si` beside `size`.
    ///
    /// ```
    /// use outparse_sdk::{Argument::{Flag, Operand, Value}, Source};
    ///
    /// let arguments = Some(["-hTB", "1M", "--human", "/"].map(str::to_owned).to_vec());
    /// let source = Source { command: "df".to_owned(), arguments, ..Source::default() };
    /// let found = source.read_arguments(&["h human-readable", "block-size B="]).unwrap_or_default();
    /// assert_eq!(found, [Flag("h"), Flag("T"), Value("block-size", "1M"), Flag("h"), Operand("/")]);
    /// ```
    pub fn read_arguments<'a>(&'a self, options: &'a [&'a str]) -> Option<Vec<Argument<'a>>> {
        let mut words = self.arguments.as_deref()?.iter();
        let mut found = Vec::new();
        while let Some(word) = words.next() {
            match word.strip_prefix('-') {
                Some("-") => found.extend(words.by_ref().map(|word| Argument::Operand(word))),
                None | Some("") => found.push(Argument::Operand(word)),
                Some(letters) => match letters.strip_prefix('-') {
                    Some(long) => found.push(long_option(long, options, &mut words)),
                    None => cluster(letters, options, &mut words, &mut found),
                },
            }
        }
        Some(found)
    }
}

/// The words without some options and their values, all others as they are written: for [`crate::Parser::exact`]. `options` is as
/// in [`Source::read_arguments`], and `dropped` has the names that it gives these options. What follows `--` is left alone.
pub fn without_options(words: &[String], options: &[&str], dropped: &[&str]) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("-") => kept.extend(std::iter::once(word).chain(words.by_ref()).cloned()),
            None | Some("") => kept.push(word.clone()),
            Some(letters) => match letters.strip_prefix('-') {
                Some(long) => {
                    let (name, takes) = long_entry(long.split('=').next().unwrap_or_default(), options);
                    let value = if takes == Takes::Value && !long.contains('=') { words.next() } else { None };
                    if !dropped.contains(&name) {
                        kept.extend(std::iter::once(word).chain(value).cloned());
                    }
                }
                None => cluster_without(letters, options, dropped, &mut words, &mut kept),
            },
        }
    }
    kept
}

/// `hTB`, without the letters that are dropped.
fn cluster_without(letters: &str, options: &[&str], dropped: &[&str], words: &mut Iter<'_, String>, kept: &mut Vec<String>) {
    let mut left = String::from("-");
    let mut value = None;
    for (at, letter) in letters.char_indices() {
        let end = at + letter.len_utf8();
        let (name, takes) = letter_entry(&letters[at..end], options);
        let takes_rest = takes != Takes::Nothing;
        let follows = if takes == Takes::Value && end == letters.len() { words.next() } else { None };
        if !dropped.contains(&name) {
            left.push_str(if takes_rest { &letters[at..] } else { &letters[at..end] });
            value = follows;
        }
        if takes_rest {
            break;
        }
    }
    if left.len() > 1 {
        kept.push(left);
        kept.extend(value.cloned());
    }
}

/// Whether an option takes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// The next word, where nothing is attached.
    Value,
    /// Only what is attached.
    Attached,
}

/// `human-readable`, `block-size=1M`
fn long_option<'a>(long: &'a str, options: &'a [&'a str], words: &mut Iter<'a, String>) -> Argument<'a> {
    let (name, attached) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
    let (name, takes) = long_entry(name, options);
    match (attached, takes) {
        (Some(value), _) => Argument::Value(name, value),
        (None, Takes::Value) => Argument::Value(name, next(words)),
        (None, _) => Argument::Flag(name),
    }
}

/// `hTB`: letters up to the first that takes a value, which is the rest or, without one, the next word.
fn cluster<'a>(letters: &'a str, options: &'a [&'a str], words: &mut Iter<'a, String>, found: &mut Vec<Argument<'a>>) {
    let mut rest = letters;
    while let Some((letter, others)) = rest.chars().next().and_then(|first| rest.split_at_checked(first.len_utf8())) {
        rest = others;
        let (name, takes) = letter_entry(letter, options);
        found.push(match (takes, rest) {
            (Takes::Nothing, _) | (Takes::Attached, "") => Argument::Flag(name),
            (Takes::Value, "") => Argument::Value(name, next(words)),
            (Takes::Value | Takes::Attached, value) => {
                rest = "";
                Argument::Value(name, value)
            }
        });
    }
}

fn next<'a>(words: &mut Iter<'a, String>) -> &'a str {
    words.next().map_or("", String::as_str)
}

/// The option of this long name or, if there is none, one whose name begins with it.
fn long_entry<'a>(name: &'a str, options: &[&'a str]) -> (&'a str, Takes) {
    entry(options, &|known| known.len() > 1 && known == name)
        .or_else(|| entry(options, &|known| known.len() > 1 && !name.is_empty() && known.starts_with(name)))
        .unwrap_or((name, Takes::Nothing))
}

fn letter_entry<'a>(letter: &'a str, options: &[&'a str]) -> (&'a str, Takes) {
    entry(options, &|known| known == letter).unwrap_or((letter, Takes::Nothing))
}

/// The first name of the option that has such a name, and whether it takes a value.
fn entry<'a>(options: &[&'a str], is_it: &dyn Fn(&str) -> bool) -> Option<(&'a str, Takes)> {
    options.iter().find_map(|entry| {
        // Checked in a plugin's own tests: an `=` elsewhere would make an option that is never found.
        #[cfg(not(target_family = "wasm"))]
        assert!(!entry.trim_end_matches("[=]").trim_end_matches('=').contains('='), "`{entry}`: `=` stands behind the last name");
        let (names, takes) = match (entry.strip_suffix("[=]"), entry.strip_suffix('=')) {
            (Some(names), _) => (names, Takes::Attached),
            (None, Some(names)) => (names, Takes::Value),
            (None, None) => (*entry, Takes::Nothing),
        };
        let first = names.split(' ').next()?;
        names.split(' ').any(is_it).then_some((first, takes))
    })
}

#[cfg(test)]
mod tests {
    use super::Argument::{self, Flag, Operand, Value};
    use super::*;

    const OPTIONS: &[&str] = &["h human-readable", "block-size B=", "w width[=]", "si", "size"];

    fn read<const N: usize>(words: [&str; N]) -> Vec<String> {
        let source = Source { arguments: Some(words.map(str::to_owned).to_vec()), ..Source::default() };
        let shown = |argument: Argument<'_>| match argument {
            Flag(name) => name.to_owned(),
            Value(name, value) => format!("{name}={value}"),
            Operand(word) => format!("<{word}>"),
        };
        source.read_arguments(OPTIONS).unwrap_or_default().into_iter().map(shown).collect()
    }

    #[test]
    fn options_are_dropped_with_their_values_and_the_others_stay_as_they_are_written() {
        let left = |words: &str| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            without_options(&words, OPTIONS, &["h", "block-size"]).join(" ")
        };
        for (words, kept) in [
            ("-hT a -", "-T a -"),
            ("-hTB 1M a", "-T a"),
            ("-TB1M --human --block-size 1 --si", "-T --si"),
            ("-w80h -w 8 --width=8", "-w80h -w 8 --width=8"),
            ("-h -- -h --block=1", "-- -h --block=1"),
        ] {
            assert_eq!(left(words), kept, "{words}");
        }
    }

    #[test]
    fn unknown_arguments_are_none() {
        assert_eq!(Source::default().read_arguments(OPTIONS), None);
    }

    #[test]
    fn clusters_are_taken_apart_and_values_belong_to_their_letter() {
        assert_eq!(read(["-hTB", "1M", "-BK", "-éB"]), ["h", "T", "block-size=1M", "block-size=K", "é", "block-size="]);
        assert_eq!(read(["-hw80x", "-w", "80"]), ["h", "w=80x", "w", "<80>"]);
    }

    #[test]
    fn long_options_have_values_and_may_be_shortened() {
        assert_eq!(read(["--human", "--block=1", "--block-size", "2"]), ["h", "block-size=1", "block-size=2"]);
        assert_eq!(read(["--si", "--siz", "--width", "9", "--other=1", "--odd"]), ["si", "size", "w", "<9>", "other=1", "odd"]);
        assert_eq!(read(["--h", "--=x"]), ["h", "=x"]);
    }

    #[test]
    fn other_words_are_operands_and_options_may_follow_them() {
        assert_eq!(read(["a", "-", "-h", "--", "-h", "--"]), ["<a>", "<->", "h", "<-h>", "<-->"]);
    }
}
