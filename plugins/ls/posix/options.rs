//! What the arguments of ls settle, where they are known.

use outparse_sdk::Argument::{Flag, Operand, Value};
use outparse_sdk::Source;

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
    /// Why output under these arguments cannot be read.
    pub(crate) unreadable: Option<String>,
}

impl Options {
    pub(crate) fn read(source: &Source) -> Options {
        let arguments = source.read_arguments(OPTIONS);
        let mut options = Options { known: arguments.is_some(), ..Options::default() };
        let mut many_on_a_line = false;
        for argument in arguments.unwrap_or_default() {
            match argument {
                Flag("R") => options.recursive = true,
                Flag("i") => options.inode = true,
                Flag("s") => options.blocks = true,
                Flag("b") | Value("quoting-style", "escape") => options.escaped = true,
                Flag("Q") | Value("quoting-style", "c") => options.quoted = true,
                Flag("F") | Value("F", "always") | Value("indicator-style", "classify") => options.indicators = b"*/=>@|",
                Flag("file-type") | Value("indicator-style", "file-type") => options.indicators = b"/=>@|",
                Flag("p") | Value("indicator-style", "slash") => options.indicators = b"/",
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
