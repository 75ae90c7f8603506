//! Matches what a parser says it reads against a command line or a path.

use super::initial::initial;
use crate::sandbox::{Bundled, Moment, Source};
use crate::schema::Parser;

/// What there is to be parsed: a command line, or a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The command as typed: the program, and its arguments where they are known. Empty for a file.
    pub words: Vec<String>,
    /// Whether all arguments are among the words.
    pub arguments_known: bool,
    /// The file's path, where the capture is a file.
    pub path: Option<String>,
    /// The platform it comes from, where that is known.
    pub platform: Option<String>,
    /// The locale that the command ran in, where that is known.
    pub locale: Option<String>,
    /// When it was taken, where that is known.
    pub captured: Option<Moment>,
    /// Whether what a catalogue has as text becomes a number where it is plainly one.
    pub guess_types: bool,
}

impl Capture {
    /// A capture of a command whose arguments are known.
    pub fn of_command(words: &[String]) -> Capture {
        Capture { words: words.to_vec(), arguments_known: true, ..Capture::default() }
    }

    /// What to call it in messages: the program, or the file.
    pub fn name(&self) -> &str {
        self.path.as_deref().unwrap_or_else(|| self.words.first().map_or("", |program| without_folder(program)))
    }

    /// The capture as this parser is told of it, with the command spelled the parser's way.
    pub(crate) fn source(&self, parser: &Parser) -> Source {
        let found = self.path.is_none().then(|| parser.names(&self.words)).flatten();
        let (command, used) = found.map_or_else(
            || (self.words.first().map_or("", |program| without_folder(program)).to_owned(), vec![0]),
            |found| (found.spelling, found.words),
        );
        let others = self.words.iter().enumerate().filter(|(place, _)| !used.contains(place));
        let others: Vec<String> = others.map(|(_, word)| word.clone()).collect();
        // If some arguments were given, all of them were.
        let known = self.path.is_none() && (self.arguments_known || !others.is_empty());
        Source {
            command: if self.path.is_some() { String::new() } else { command },
            arguments: known.then_some(others),
            path: self.path.clone(),
            platform: self.platform.clone(),
            locale: self.locale.clone(),
            captured: self.captured,
        }
    }

    /// How well a parser fits: the number of words that name its command, 1 for a file, and 0 if it reads something else.
    fn fit(&self, parser: &Parser) -> usize {
        match &self.path {
            Some(path) => usize::from(parser.files.iter().any(|pattern| is_file(pattern, path))),
            None => parser.names(&self.words).map_or(0, |found| found.words.len()),
        }
    }

    /// The parsers that fit best: those for its platform first, otherwise in their order.
    pub fn all_best_of(&self, parsers: &[Parser]) -> Vec<usize> {
        let for_platform = |parser: &Parser| self.platform.as_ref().is_some_and(|platform| parser.platforms.contains(platform));
        let best = parsers.iter().map(|parser| self.fit(parser)).max();
        let mut places: Vec<usize> = (0..parsers.len()).filter(|&place| Some(self.fit(&parsers[place])) == best).collect();
        places.sort_by_key(|&place| !for_platform(&parsers[place]));
        places
    }
}

/// The words of a command line that name a command.
pub(crate) struct Named {
    /// Their places.
    pub(crate) words: Vec<usize>,
    /// The command as the parser spells it.
    pub(crate) spelling: String,
}

impl Parser {
    /// The words that name one of the commands it reads; of several, the longest.
    pub(crate) fn names(&self, words: &[String]) -> Option<Named> {
        longest(self.commands.iter().map(String::as_str), &|option| self.value_options.iter().any(|known| known == option), words)
    }
}

/// The same for a parser of a plugin that ships with the program.
pub(crate) fn names_bundled(bundled: &Bundled, parser: usize, words: &[String]) -> Option<Named> {
    // Every run compares its command with those of all plugins: most of these are not even looked at.
    if bundled.initials & initial(without_folder(words.first()?)) == 0 {
        return None;
    }
    let parser = bundled.parsers.get(parser)?;
    longest(parser.commands.iter().copied(), &|option| parser.value_options.contains(&option), words)
}

fn longest<'a>(commands: impl Iterator<Item = &'a str>, takes_value: &dyn Fn(&str) -> bool, words: &[String]) -> Option<Named> {
    // Nearly all differ in the first letter.
    let first = without_folder(words.first()?).bytes().next();
    let may_be = |command: &&str| command.bytes().next() == first;
    commands.filter(may_be).filter_map(|command| named(command, takes_value, words)).max_by_key(|found| found.words.len())
}

/// Matches one command against a command line, skipping options between its words.
fn named(command: &str, takes_value: &dyn Fn(&str) -> bool, words: &[String]) -> Option<Named> {
    let mut used = Vec::new();
    let mut spelling = String::new();
    let mut at = 0;
    for (place, pattern) in command.split(' ').enumerate() {
        let mut word = words.get(at)?.as_str();
        if place == 0 {
            word = without_folder(word);
        } else {
            while word.starts_with('-') && word != "--" {
                at += if takes_value(word) { 2 } else { 1 };
                word = words.get(at)?;
            }
            spelling.push(' ');
        }
        let (start, end) = pattern.split_once('[').map_or((pattern, ""), |(start, end)| (start, end.trim_end_matches(']')));
        if !word.strip_prefix(start).is_some_and(|rest| end.starts_with(rest)) {
            return None;
        }
        spelling.push_str(start);
        spelling.push_str(end);
        used.push(at);
        at += 1;
    }
    Some(Named { words: used, spelling })
}

/// A command from a parser's `commands`, written out in full: `ip address` for `ip a[ddress]`.
pub fn in_full(command: &str) -> String {
    command.replace(['[', ']'], "")
}

/// A program without its folder.
pub(crate) fn without_folder(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Whether a path matches a pattern, which is a path, where `*` stands for any part of one name, or a name in any folder.
pub(crate) fn is_file(pattern: &str, path: &str) -> bool {
    if !pattern.contains('/') {
        return is_name(pattern, without_folder(path));
    }
    let (mut patterns, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if is_name(pattern, name) => {}
            _ => return false,
        }
    }
}

/// Whether a name matches a pattern, in which `*` stands for any part.
fn is_name(pattern: &str, name: &str) -> bool {
    let Some((start, mut rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    while let Some((middle, after)) = rest.split_once('*') {
        let Some(found) = name.find(middle) else { return false };
        name = &name[found + middle.len()..];
        rest = after;
    }
    name.len() >= rest.len() && name.ends_with(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    fn told(commands: &[&str], value_options: &[&str], line: &str) -> (String, Vec<String>) {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let parser = Parser { commands: owned(commands), value_options: owned(value_options), ..Parser::default() };
        let source = Capture::of_command(&words(line)).source(&parser);
        (source.command, source.arguments.unwrap_or_default())
    }

    #[test]
    fn options_between_the_words_of_a_command_are_arguments() {
        assert_eq!(told(&["git log"], &["-C"], "/usr/bin/git -C dir log -1"), ("git log".to_owned(), words("-C dir -1")));
        assert_eq!(told(&["ip a[ddress]"], &[], "ip -br a show"), ("ip address".to_owned(), words("-br show")));
        assert_eq!(told(&["ip a[ddress]"], &[], "ip adr"), ("ip".to_owned(), words("adr")));
        assert_eq!(told(&["git", "git log"], &[], "git log -1").0, "git log");
        assert_eq!(told(&["sh[ow] ip int[erface] br[ief]"], &[], "sh ip int brie").0, "show ip interface brief");
    }

    #[test]
    fn files_are_named_by_path_or_by_name() {
        for (pattern, path, is) in [
            ("/etc/passwd", "/etc/passwd", true),
            ("/etc/passwd", "/old/etc/passwd", false),
            ("/proc/*/status", "/proc/17/status", true),
            ("/proc/*/status", "/proc/17/task/17/status", false),
            ("*.ini", "/a/b/c.ini", true),
            ("*.ini", "x.ini.bak", false),
            ("a*b*c", "a1b2c", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(is_file(pattern, path), is, "{pattern} {path}");
        }
    }
}
