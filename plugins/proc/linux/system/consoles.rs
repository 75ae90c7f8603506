//! `/proc/consoles`: consoles of the kernel.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// A console.
#[derive(Clone, Debug, Default, Record)]
pub struct Console<'a> {
    /// Its device.
    #[field(key)]
    pub device: &'a [u8],
    /// What it can do, by letters: `-WU`.
    pub operation_letters: &'a [u8],
    /// The same in words: `read`, `write`, `unblank`.
    pub operations: Vec<&'static str>,
    /// What it is, by letters: `EC p a`.
    pub flag_letters: &'a [u8],
    /// The same in words: `enabled`, `preferred`, `boot`, `printk buffer`, `braille`, `safe when its processor is offline`.
    pub flags: Vec<&'static str>,
    /// Major device number; null where it has no terminal.
    pub major: Option<i64>,
    /// Minor device number; null where it has no terminal.
    pub minor: Option<i64>,
}

/// What the letters of operations stand for.
const OPERATIONS: [(u8, &str); 3] = [(b'R', "read"), (b'W', "write"), (b'U', "unblank")];
/// What the letters of flags stand for.
const FLAGS: [(u8, &str); 6] = [
    (b'E', "enabled"),
    (b'C', "preferred"),
    (b'B', "boot"),
    (b'p', "printk buffer"),
    (b'b', "braille"),
    (b'a', "safe when its processor is offline"),
];

/// Reads `/proc/consoles`.
pub struct Consoles;

impl Parser for Consoles {
    const ABOUT: About = about!("consoles", "Consoles, as /proc/consoles has them", "/proc/consoles");
    type Record = Console<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Consoles
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [device, operations, rest] = line.fields_and_rest()?;
        let flags = rest.strip_prefix("(").and_then(|rest| rest.split_once(")"));
        let (flags, numbers) = flags.ok_or_else(|| rest.expected("flags in brackets"))?;
        if operations.bytes.len() != 3 {
            return Err(operations.expected("three letters such as `-WU`").into());
        }
        let numbers = match numbers.trim().split_once(":") {
            Some((major, minor)) => Some((major.integer()?, minor.integer()?)),
            None if numbers.is_blank() => None,
            None => return Err(numbers.expected("`MAJOR:MINOR`").into()),
        };
        rows.push(Console {
            device: device.bytes,
            operation_letters: operations.bytes,
            operations: words(operations, &OPERATIONS)?,
            flag_letters: flags.bytes,
            flags: words(flags, &FLAGS)?,
            major: numbers.map(|(major, _)| major),
            minor: numbers.map(|(_, minor)| minor),
        });
        Ok(())
    }
}

/// The words that letters stand for. Blanks and dashes stand for what is not so.
fn words(letters: Field<'_>, known: &[(u8, &'static str)]) -> Result<Vec<&'static str>, Problem> {
    let word = |letter: &u8| known.iter().find(|(known, _)| known == letter).map(|(_, word)| *word);
    let set = letters.bytes.iter().filter(|letter| !matches!(letter, b' ' | b'-'));
    set.map(word).collect::<Option<_>>().ok_or_else(|| letters.expected("letters that the kernel has"))
}
