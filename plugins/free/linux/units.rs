//! What a number of `free` counts: the flags say it, and without them only a suffix does.

use outparse_sdk::{Argument, Base, Field, Problem, Rows, Source};

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

/// The numbers of one row, and whether they are bytes.
pub(crate) struct Amounts {
    pub(crate) values: Vec<i64>,
    pub(crate) unit: Option<&'static str>,
}

impl Units {
    pub(crate) fn new(source: &Source) -> Units {
        Units { flags: source.read_arguments(&OPTIONS).map(|arguments| Flags::read(&arguments)), suffixes_seen: false }
    }

    /// Reads the numbers of a row. `default_power` is the unit when no flag chose one.
    pub(crate) fn amounts<'a>(
        &mut self,
        cells: impl IntoIterator<Item = Field<'a>>,
        default_power: u32,
        rows: &mut Rows<Memory<'static>>,
    ) -> Result<Amounts, Problem> {
        let mut amounts = Amounts { values: Vec::new(), unit: Some("bytes") };
        for cell in cells {
            let bytes = match (cell.integer(), self.factor(default_power)) {
                (Err(_), _) => Some(self.suffixed(cell, rows)?),
                (Ok(number), Some(factor)) => number.checked_mul(factor),
                (Ok(number), None) => {
                    amounts.unit = None;
                    Some(number)
                }
            };
            let bytes = bytes.ok_or_else(|| cell.problem(format!("{} units do not fit into 64 bits as bytes", cell.quoted())))?;
            amounts.values.push(bytes);
        }
        if amounts.unit.is_none() {
            rows.warn_once("unit", || {
                Problem::warning(
                    "the numbers are as printed, in an unknown unit: kibibytes unless a flag chose another; \
                     with the arguments of `free` they become bytes",
                )
            });
        }
        Ok(amounts)
    }

    /// How many bytes a number without a suffix counts in, where it is known.
    fn factor(&self, default_power: u32) -> Option<i64> {
        match self.flags {
            Some(flags) if flags.human => Some(1),
            Some(Flags { power, decimal, .. }) => Some(if decimal { 1000i64 } else { 1024 }.pow(power.unwrap_or(default_power))),
            None => self.suffixes_seen.then_some(1),
        }
    }

    fn suffixed(&mut self, cell: Field<'_>, rows: &mut Rows<Memory<'static>>) -> Result<i64, Problem> {
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

const OPTIONS: [&str; 7] = ["b bytes", "k kibi", "m mebi", "g gibi", "h human", "s seconds=", "c count="];
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
