//! What a number of `free` counts: the flags say it, and without them only a suffix does.

use outparse_sdk::{Base, Field, Problem, Rows};

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
    warned_of_unit: bool,
    warned_of_base: bool,
}

/// The numbers of one row, and whether they are bytes.
pub(crate) struct Amounts {
    pub(crate) values: Vec<i64>,
    pub(crate) unit: Option<&'static str>,
}

impl Units {
    pub(crate) fn new(arguments: Option<&[String]>) -> Units {
        Units { flags: arguments.map(read_flags), suffixes_seen: false, warned_of_unit: false, warned_of_base: false }
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
        if amounts.unit.is_none() && !std::mem::replace(&mut self.warned_of_unit, true) {
            rows.problem(Problem::warning(
                "the numbers are as printed, in an unknown unit: kibibytes unless a flag chose another; \
                 with the arguments of `free` they become bytes",
            ));
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
        let bare_letter = cell.bytes.last().is_some_and(|last| last.is_ascii_alphabetic() && !matches!(last, b'i' | b'B'));
        if self.flags.is_none() && bare_letter && !std::mem::replace(&mut self.warned_of_base, true) {
            rows.problem(
                Problem::warning(format!(
                    "{} is read in powers of 1000, as `--si` prints it; a `free -h` that prints no `i` counts in 1024; \
                     the arguments of `free` would settle it",
                    cell.quoted()
                ))
                .at_column(cell.column),
            );
        }
        Ok(size)
    }
}

fn read_flags(arguments: &[String]) -> Flags {
    let mut flags = Flags::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            flags.read_long(long);
            if matches!(long, "seconds" | "count") {
                words.next();
            }
        } else if let Some(cluster) = word.strip_prefix('-')
            && flags.read_cluster(cluster)
        {
            words.next();
        }
    }
    flags
}

impl Flags {
    fn read_long(&mut self, name: &str) {
        let powers =
            [("bytes", "bytes"), ("kibi", "kilo"), ("mebi", "mega"), ("gibi", "giga"), ("tebi", "tera"), ("pebi", "peta")];
        if let Some(power) = powers.iter().position(|&(binary, decimal)| name == binary || name == decimal) {
            self.power = Some(power as u32);
        }
        self.decimal |= name == "si" || powers.iter().skip(1).any(|&(_, decimal)| name == decimal);
        self.human |= name == "human";
    }

    /// Reads `wm` of `-wm`. True when the next argument belongs to the last letter: `-s 2`, `-c 2`.
    fn read_cluster(&mut self, letters: &str) -> bool {
        for (index, letter) in letters.char_indices() {
            match letter {
                'b' => self.power = Some(0),
                'k' => self.power = Some(1),
                'm' => self.power = Some(2),
                'g' => self.power = Some(3),
                'h' => self.human = true,
                's' | 'c' => return index + 1 == letters.len(),
                _ => {}
            }
        }
        false
    }
}
