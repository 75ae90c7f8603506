//! What the arguments of ls settle, where they are known.

use outparse_sdk::Argument::{Flag, Operand, Value};
use outparse_sdk::{Moment, Source, Time, without_options};

use crate::Entry;

/// `-I` and `-w` take a value on Linux and none on BSD: the next word is left alone.
const OPTIONS: &[&str] = &[
    "R recursive",
    "i inode",
    "s size",
    "si",
    "b escape",
    "Q quote-name",
    "F classify",
    "I ignore[=]",
    "w width[=]",
    "indicator-style=",
    "quoting-style=",
    "format=",
    "block-size=",
    "time-style=",
    "time=",
    "sort=",
    "h human-readable",
    "N literal",
    "q hide-control-chars",
    "hide=",
];

/// The flags that change how a line is read.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Whether the arguments are known at all.
    pub(crate) known: bool,
    /// Files and directories named.
    pub(crate) operands: usize,
    /// `-R`
    pub(crate) recursive: bool,
    /// `-i`
    pub(crate) inode: bool,
    /// `-s`
    pub(crate) blocks: bool,
    /// `-b`: `\n` and the like in names.
    pub(crate) escaped: bool,
    /// `-Q`: names in double quotes, with `\n` and the like inside.
    pub(crate) quoted: bool,
    /// `-F`, `-p`: a character after the name shows the type.
    pub(crate) indicators: &'static [u8],
    /// `--si`
    pub(crate) decimal: bool,
    /// `-g`: no owner.
    pub(crate) no_owner: bool,
    /// `-o`, `-G`: no group.
    pub(crate) no_group: bool,
    /// Which time is printed.
    pub(crate) time: Which,
    /// Whether each file has a line of its own with its details.
    pub(crate) long: bool,
    /// Whether names are sorted by their bytes.
    pub(crate) sorted: bool,
    /// When the output was taken, with the offset there.
    pub(crate) captured: Option<Moment>,
    /// Why output under these arguments cannot be read.
    pub(crate) unreadable: Option<String>,
}

/// Which of a file's times is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Which {
    #[default]
    Modified,
    Accessed,
    Changed,
    Created,
}

impl Which {
    /// The field of an entry that it goes into.
    pub(crate) fn field<'e>(self, entry: &'e mut Entry<'_>) -> &'e mut Option<Time<9>> {
        match self {
            Which::Modified => &mut entry.modified,
            Which::Accessed => &mut entry.accessed,
            Which::Changed => &mut entry.changed,
            Which::Created => &mut entry.created,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Which::Modified => "modified",
            Which::Accessed => "accessed",
            Which::Changed => "changed",
            Which::Created => "created",
        }
    }
}

impl Options {
    pub(crate) fn read(source: &Source) -> Options {
        let arguments = source.read_arguments(OPTIONS);
        let captured = source.clock();
        let mut options = Options { known: arguments.is_some(), captured, ..Options::default() };
        let bsd = source.platform.as_deref().is_some_and(|platform| platform == "macos" || platform.ends_with("bsd"));
        let mut many_on_a_line = false;
        options.sorted = options.known && source.locale.as_deref().is_some_and(|locale| locale.starts_with('C'));
        for argument in arguments.unwrap_or_default() {
            options.long |= matches!(argument, Flag("l" | "g" | "o" | "n" | "full-time") | Value("format", "long" | "verbose"));
            options.no_group |= matches!(argument, Flag("o" | "G" | "no-group"));
            match argument {
                Flag("R") => options.recursive = true,
                Flag("i") => options.inode = true,
                Flag("s") => options.blocks = true,
                Flag("b") | Value("quoting-style", "escape") => options.escaped = true,
                Flag("Q") | Value("quoting-style", "c") => options.quoted = true,
                Flag("F") | Value("F", "always") | Value("indicator-style", "classify") => options.indicators = b"*/=>@|",
                Flag("file-type") | Value("indicator-style", "file-type") => options.indicators = b"/=>@|",
                Flag("p") | Value("indicator-style", "slash") => options.indicators = b"/",
                Flag("u") | Value("time", "atime" | "access" | "use") => options.time = Which::Accessed,
                Flag("c") | Value("time", "ctime" | "status") => options.time = Which::Changed,
                Value("time", "birth" | "creation") => options.time = Which::Created,
                Flag("U") if bsd => options.time = Which::Created,
                Flag("t" | "S" | "U" | "f" | "r" | "reverse" | "X" | "v") | Value("sort", _) => options.sorted = false,
                Flag("si") => options.decimal = true,
                Flag("g") => options.no_owner = true,
                Flag("C" | "x" | "m") | Value("format", "across" | "commas" | "horizontal" | "vertical") => many_on_a_line = true,
                Flag("1" | "l" | "n" | "o") => many_on_a_line = false,
                Flag(name @ ("zero" | "dired")) | Value(name @ "block-size", _) => {
                    options.unreadable = Some(format!("`ls --{name}` is not understood here; leave it out"));
                }
                Operand(_) => options.operands += 1,
                _ => {}
            }
        }
        if many_on_a_line {
            options.unreadable = Some("`ls` with several names on a line cannot be taken apart; use `ls -1`".to_owned());
        }
        options
    }
}

/// The arguments with which GNU ls shows all of a name, a time and a size.
pub(crate) fn exact(words: &[String]) -> Option<Vec<String>> {
    const EXACT: [&str; 2] = ["-b", "--time-style=full-iso"];
    let dropped = ["h", "si", "N", "q", "b", "Q", "time-style", "quoting-style"];
    let exact = [EXACT.map(str::to_owned).to_vec(), without_options(words, OPTIONS, &dropped)].concat();
    let same = exact.len() == words.len() && exact.iter().all(|word| words.contains(word));
    (!same).then_some(exact)
}
