//! What a number of `free` counts: the flags say it, and without them only a suffix does.

use outparse_sdk::{Argument, Base, Field, Problem, Rows, Source, without_options};

use crate::Memory;

/// The flags that change the numbers.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// Power of the base that one unit is, where a flag chose it: 0 for bytes, 1 for `-k`, 2 for `-m`.
    power: Option<u32>,
    /// Powers of 1000.
    decimal: bool,
    /// Each number has its own suffix.
    human: bool,
}

/// Turns the numbers of one capture into bytes, as far as it can be known what they count.
pub(crate) struct Units {
    /// None when the arguments are not known.
    flags: Option<Flags>,
    /// A number with a suffix was seen: those without one are bytes.
    suffixes_seen: bool,
}

impl Units {
    pub(crate) fn new(source: &Source) -> Units {
        Units { flags: source.read_arguments(&OPTIONS).map(|arguments| Flags::read(&arguments)), suffixes_seen: false }
    }

    /// Reads the numbers of a row as bytes. `default_power` is the unit when no flag chose one. A number that cannot be there is null.
    pub(crate) fn amounts<'a>(
        &mut self,
        cells: impl IntoIterator<Item = Field<'a>>,
        default_power: u32,
        rows: &mut Rows<Memory>,
    ) -> Result<Vec<Option<i64>>, Problem> {
        let mut amounts = Vec::new();
        for cell in cells {
            let bytes = match cell.as_integer() {
                None => self.suffixed(cell, rows)?,
                Some(number) => {
                    let factor = self.factor(default_power, rows);
                    number
                        .checked_mul(factor)
                        .ok_or_else(|| cell.problem(format!("{} units do not fit into 64 bits as bytes", cell.quoted())))?
                }
            };
            amounts.push(Some(bytes));
        }
        Ok(amounts)
    }

    /// How many bytes a number without a suffix counts in. Where nothing says it, the default is a guess.
    fn factor(&self, default_power: u32, rows: &mut Rows<Memory>) -> i64 {
        match self.flags {
            Some(flags) if flags.human => 1,
            Some(Flags { power, decimal, .. }) => if decimal { 1000i64 } else { 1024 }.pow(power.unwrap_or(default_power)),
            None if self.suffixes_seen => 1,
            None => {
                let unit = if default_power == 0 { "bytes" } else { "kibibytes" };
                rows.warn_once("unit", || {
                    Problem::warning(format!(
                        "the numbers are taken for {unit}, which is a guess: `free` prints them so unless a flag chose another unit; \
                         the arguments of `free` would settle it"
                    ))
                });
                1024i64.pow(default_power)
            }
        }
    }

    fn suffixed(&mut self, cell: Field<'_>, rows: &mut Rows<Memory>) -> Result<i64, Problem> {
        self.suffixes_seen = true;
        let base = match self.flags {
            Some(flags) if !flags.decimal => Base::Binary,
            _ => Base::Decimal,
        };
        let size = cell.size(base)?;
        if self.flags.is_none() && cell.bare_suffix().is_some() {
            rows.warn_once("base", || {
                cell.problem(format!(
                    "{} is read in powers of 1000, as `--si` prints it; a `free -h` that prints no `i` counts in 1024; \
                     the arguments of `free` would settle it",
                    cell.quoted()
                ))
            });
        }
        Ok(size)
    }
}

pub(crate) const OPTIONS: [&str; 19] = [
    "b bytes",
    "k kibi",
    "m mebi",
    "g gibi",
    "h human",
    "s seconds=",
    "c count=",
    "kilo",
    "mega",
    "giga",
    "tera",
    "peta",
    "tebi",
    "pebi",
    "si",
    "l lohi",
    "t total",
    "v committed",
    "w wide",
];
/// The options that choose a power of 1024, from 0 on, and of 1000, from 1 on.
const BINARY: [&str; 6] = ["b", "k", "m", "g", "tebi", "pebi"];
const DECIMAL: [&str; 5] = ["kilo", "mega", "giga", "tera", "peta"];

impl Flags {
    fn read(arguments: &[Argument<'_>]) -> Flags {
        let mut flags = Flags::default();
        for argument in arguments {
            let Argument::Flag(name) = argument else { continue };
            let binary = BINARY.iter().position(|binary| binary == name);
            let decimal = DECIMAL.iter().position(|decimal| decimal == name).map(|index| index + 1);
            flags.power = binary.or(decimal).map(|power| power as u32).or(flags.power);
            flags.decimal |= decimal.is_some() || *name == "si";
            flags.human |= *name == "h";
        }
        flags
    }
}

/// The arguments with which numbers are bytes: those that chose another unit are left out.
pub(crate) fn exact(words: &[String]) -> Option<Vec<String>> {
    let units = [&["h", "si"][..], &BINARY, &DECIMAL].concat();
    let options: Vec<&str> = OPTIONS.iter().chain(&["si"]).chain(&BINARY[4..]).chain(&DECIMAL).copied().collect();
    let exact = [vec!["-b".to_owned()], without_options(words, &options, &units)].concat();
    (exact != words).then_some(exact)
}
