//! `/proc/<pid>/statm`: memory of a process, in pages.

use outparse_sdk::{About, Error, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// Memory of a process, in pages.
#[derive(Clone, Debug, Default, Record)]
pub struct Pages {
    /// Virtual memory.
    #[field(gauge)]
    pub total_pages: i64,
    /// Resident memory.
    #[field(gauge)]
    pub resident_pages: i64,
    /// Resident memory that files back.
    #[field(gauge)]
    pub shared_pages: i64,
    /// Code.
    #[field(gauge)]
    pub code_pages: i64,
    /// Libraries: always 0.
    #[field(gauge)]
    pub library_pages: i64,
    /// Data and stack.
    #[field(gauge)]
    pub data_pages: i64,
    /// Dirty pages: always 0.
    #[field(gauge)]
    pub dirty_pages: i64,
}

/// Reads `/proc/<pid>/statm`.
pub struct ProcessStatm;

impl Parser for ProcessStatm {
    const ABOUT: About = about!("pid-statm", "Memory of a process in pages, as /proc/<pid>/statm has it", "/proc/*/statm");
    type Record = Pages;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStatm
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let numbers = line.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>()?;
        let [total_pages, resident_pages, shared_pages, code_pages, library_pages, data_pages, dirty_pages] = numbers[..] else {
            return Err(line.expected("7 numbers").into());
        };
        rows.push(Pages { total_pages, resident_pages, shared_pages, code_pages, library_pages, data_pages, dirty_pages });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn pages_are_read() {
        assert_eq!(parse::<ProcessStatm>(None, b"1 2 3 4 5 6 7\n").records.len(), 1);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessStatm>(["hello\n", "1 2\n"]);
    }
}
