//! A command line that is being typed: what stands where the cursor is, and what the words around it say.

use clap::{Arg, Command};

/// The value name of an argument that is a command with parsers.
pub(super) const COMMAND: &str = "COMMAND";

/// What is known of a line.
#[derive(Debug, Default)]
pub(super) struct Line<'a> {
    /// The words of the command whose output is read, as far as they are there.
    pub(super) command: Vec<String>,
    /// The options that have a value, and their values.
    values: Vec<(&'a str, String)>,
    /// What stands at the cursor.
    pub(super) at: Place<'a>,
}

/// What stands at the cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// Something of our own: a subcommand, an option.
    #[default]
    Own,
    /// The value of an option, or an argument.
    Value(&'a Arg),
    /// The program to be run.
    Program,
    /// An argument of the command, which begins with this word.
    Inside(usize),
    /// An argument of the command that is named elsewhere: they come after this word.
    After(usize),
}

impl<'a> Line<'a> {
    /// Reads a line. The definitions must be built; `words` begins with our own name.
    pub(super) fn read(definitions: &'a Command, words: &[String], cursor: usize) -> Line<'a> {
        let mut line = Line::default();
        let mut rest = Rest { words, cursor, next: 1 };
        line.follow(definitions, &mut rest);
        line
    }

    /// The value of an option.
    pub(super) fn value(&self, id: &str) -> Option<&str> {
        self.values.iter().rev().find_map(|(known, value)| (*known == id).then_some(value.as_str()))
    }

    fn follow(&mut self, mut definitions: &'a Command, rest: &mut Rest<'_>) {
        let mut dashes = None;
        let mut position = 0;
        while let Some((place, word)) = rest.take() {
            let at_cursor = place == rest.cursor;
            if dashes.is_none() && !at_cursor && word == "--" {
                dashes = Some(place);
                position = definitions.get_positionals().position(Arg::is_last_set).unwrap_or(position);
            } else if dashes.is_none() && word.starts_with('-') && word != "-" {
                self.option(definitions, place, word, rest);
            } else if let Some(next) = definitions.find_subcommand(word).filter(|_| position == 0 && !at_cursor) {
                definitions = next;
            } else if definitions.is_allow_external_subcommands_set() {
                return self.command(place, rest);
            } else {
                let Some(arg) = definitions.get_positionals().nth(position) else { continue };
                match (arg.is_last_set(), dashes) {
                    (true, Some(dashes)) if !self.command.is_empty() => {
                        if rest.cursor >= place {
                            self.at = Place::After(dashes);
                        }
                        self.command.extend_from_slice(&rest.words[place..]);
                        return;
                    }
                    (true, _) => return self.command(place, rest),
                    (false, _) if arg.is_trailing_var_arg_set() => return self.command(place, rest),
                    (false, _) => self.argument(arg, word, at_cursor),
                }
                position += usize::from(arg.get_num_args().is_none_or(|number| number.max_values() == 1));
            }
        }
    }

    /// From here on it is the command.
    fn command(&mut self, start: usize, rest: &Rest<'_>) {
        if rest.cursor == start {
            self.at = Place::Program;
        } else {
            self.command = rest.words[start..].to_vec();
            if rest.cursor > start {
                self.at = Place::Inside(start);
            }
        }
    }

    fn argument(&mut self, arg: &'a Arg, word: &str, at_cursor: bool) {
        if at_cursor {
            self.at = Place::Value(arg);
        } else if named(arg, COMMAND) {
            self.command.push(word.to_owned());
        }
    }

    fn option(&mut self, definitions: &'a Command, place: usize, word: &str, rest: &mut Rest<'_>) {
        let (arg, value) = if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let has = |arg: &&Arg| arg.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name));
            (definitions.get_arguments().find(has).filter(|arg| takes_value(arg)), value)
        } else {
            // Of several letters, the first one that takes a value has the rest as its value.
            let letters = word.char_indices().skip(1).filter_map(|(at, letter)| {
                let has = |arg: &&Arg| arg.get_short_and_visible_aliases().is_some_and(|letters| letters.contains(&letter));
                let arg = definitions.get_arguments().find(has).filter(|arg| takes_value(arg))?;
                Some((arg, &word[at + letter.len_utf8()..]))
            });
            let found = { letters }.next();
            (found.map(|(arg, _)| arg), found.map(|(_, value)| value).filter(|value| !value.is_empty()))
        };
        let Some(arg) = arg else { return };
        let (place, value) = match value {
            Some(value) => (place, value),
            // Still being typed.
            None if place == rest.cursor => return,
            None => match rest.take() {
                Some(next) => next,
                None => return,
            },
        };
        if place == rest.cursor {
            self.at = Place::Value(arg);
        }
        self.values.push((arg.get_id().as_str(), value.to_owned()));
    }
}

/// Whether a value of this name is what an argument takes, perhaps among others: `COMMAND|PATH`.
pub(super) fn named(arg: &Arg, name: &str) -> bool {
    arg.get_value_names()
        .is_some_and(|names| names.iter().any(|known| known == name || known.split('|').any(|part| part == name)))
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|number| number.takes_values())
}

/// The words that have not been read.
struct Rest<'a> {
    words: &'a [String],
    cursor: usize,
    next: usize,
}

impl<'a> Rest<'a> {
    /// The next word and its place.
    fn take(&mut self) -> Option<(usize, &'a str)> {
        let word = self.words.get(self.next)?;
        self.next += 1;
        Some((self.next - 1, word))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::definitions::Cli;

    /// The place of `|` in a line, and the command in it.
    fn read(text: &str) -> (String, String) {
        let mut definitions = Cli::command();
        definitions.build();
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let cursor = words.iter().position(|word| word.contains('|')).unwrap();
        words[cursor].retain(|letter| letter != '|');
        let line = Line::read(&definitions, &words, cursor);
        let place = match line.at {
            Place::Value(arg) => format!("value of {}", arg.get_id()),
            other => format!("{other:?}"),
        };
        (place, line.command.join(" "))
    }

    #[test]
    fn the_place_of_the_cursor_is_found() {
        for (text, place, command) in [
            ("outparse |", "Program", ""),
            ("outparse p|", "Program", ""),
            ("outparse --|", "Own", ""),
            ("outparse --fields |", "value of fields", ""),
            ("outparse --fields a,| df -h", "value of fields", "df -h"),
            ("outparse --fields=a| df", "value of fields", "df"),
            ("outparse -f | df", "value of format", "df"),
            ("outparse -fj| df", "value of format", "df"),
            ("outparse -f json d|", "Program", ""),
            ("outparse df |", "Inside(1)", "df "),
            ("outparse --trace df -|", "Inside(2)", "df -"),
            ("outparse run -- df |", "Inside(3)", "df "),
            ("outparse run |", "Program", ""),
            ("outparse which df -|", "Inside(2)", "df -"),
            ("outparse parse |", "value of command", ""),
            ("outparse parse --fields | df", "value of fields", "df"),
            ("outparse parse df --fields | -- -k", "value of fields", "df -k"),
            ("outparse parse df -- -|", "After(3)", "df -"),
            ("outparse schema |", "value of command", ""),
            ("outparse plugin |", "Own", ""),
            ("outparse completions |", "value of shell", ""),
        ] {
            assert_eq!(read(text), (place.to_owned(), command.to_owned()), "{text}");
        }
    }
}
