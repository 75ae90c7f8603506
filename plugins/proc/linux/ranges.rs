//! `/proc/iomem` and `/proc/ioports`: who has which addresses, one within another.

use outparse_sdk::{About, Error, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// A range of addresses.
#[derive(Clone, Debug, Default, Record)]
pub struct Range<'a> {
    /// First address. Null where the kernel hides it.
    #[field(key)]
    pub start: Option<i64>,
    /// Last address. Null where the kernel hides it.
    pub end: Option<i64>,
    /// How much that is.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What it is for: `System RAM`, `PCI Bus 0000:00`, …
    pub name: &'a [u8],
    /// How many other ranges it is in.
    pub depth: i64,
}

/// Reads `/proc/iomem` and `/proc/ioports`.
pub struct Ranges {
    told: bool,
}

impl Parser for Ranges {
    const ABOUT: About =
        about!("ranges", "Ranges of addresses, as /proc/iomem and /proc/ioports have them", "/proc/iomem", "/proc/ioports");
    type Record = Range<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Ranges { told: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let expected = || line.expected("`START-END : NAME`, in hexadecimal");
        let (addresses, name) = line.whole().split_once(" : ").ok_or_else(expected)?;
        let (start, end) = addresses.trim().split_once("-").ok_or_else(expected)?;
        // Each level is two blanks further in.
        let depth = (addresses.bytes.len() - addresses.trim_start().bytes.len()) as i64 / 2;
        let (start, end) = (start.hexadecimal()?, end.hexadecimal()?);
        let hidden = start == 0 && end == 0;
        if hidden && !self.told {
            self.told = true;
            rows.problem(Problem::warning("the kernel shows addresses to root alone: here they are not known"));
        }
        let known = |number: i64| (!hidden).then_some(number);
        let size = end.checked_sub(start).and_then(|size| size.checked_add(1)).filter(|size| *size > 0).ok_or_else(expected)?;
        rows.push(Range { start: known(start), end: known(end), size: known(size), name: name.bytes, depth });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn ranges_are_within_ranges_and_hidden_ones_are_not_known() {
        let parsed = parse::<Ranges>(None, b"00001000-0009e7ff : System RAM\n  00002000-00002fff : a : b\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"start":4096,"end":649215,"size":645120,"name":"System RAM","depth":0}"#,
                r#"{"start":8192,"end":12287,"size":4096,"name":"a : b","depth":1}"#
            ]
        );
        let hidden = parse::<Ranges>(None, b"00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n");
        assert_eq!(hidden.records[0], r#"{"start":null,"end":null,"size":null,"name":"Reserved","depth":0}"#);
        assert_eq!(hidden.problems.len(), 1);
        assert_unrecognised::<Ranges>(["hello\n", "x-y : z\n", "2-1 : z\n"]);
    }
}
