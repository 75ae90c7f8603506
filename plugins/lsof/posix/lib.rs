//! `lsof` prints a table of open files in which any cell may be empty; with `-F`, a line each value, which a letter names.

mod file;
mod letters;
mod table;

use outparse_sdk::{About, Argument, Ending, Error, Line, Parser, Rows, Source};

pub use file::OpenFile;
use letters::Letters;
use table::{EXPECTED, Table};

/// Reads `lsof`.
pub struct Lsof {
    /// The table, once its titles have come.
    table: Option<Table>,
    /// What is read where a letter names each value.
    letters: Option<Letters>,
}

impl Parser for Lsof {
    const ABOUT: About = About {
        name: "lsof-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Open files, as lsof prints them",
        commands: &["lsof"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = OpenFile;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["F=", "i=", "p=", "u=", "c=", "g=", "d="]).unwrap_or_default();
        let has_letters = arguments.iter().any(|argument| matches!(argument, Argument::Value("F", _)))
            || source.arguments.as_deref().unwrap_or_default().iter().any(|word| word.starts_with("-F"));
        Lsof { table: None, letters: has_letters.then(Letters::default) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if let Some(letters) = &mut self.letters {
            return letters.line(line.whole(), rows);
        }
        if line.bytes.starts_with(b"COMMAND ") {
            self.table = Some(Table::begin(line, rows)?);
            return Ok(());
        }
        if let Some(table) = &self.table {
            rows.push(table.row(line.whole())?);
            return Ok(());
        }
        let is_process =
            line.bytes[0] == b'p' && line.part(1, usize::MAX).split("\0").next().is_some_and(|pid| pid.as_integer().is_some());
        if !is_process {
            return Err(Error::Unrecognised(line.expected(EXPECTED)));
        }
        self.letters.insert(Letters::default()).line(line.whole(), rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(letters) = &mut self.letters {
            letters.end_process(rows);
        }
        rows.expect_recognised(EXPECTED)
    }
}

outparse_sdk::export!(Lsof);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Lsof;

    #[test]
    fn sockets_are_taken_apart_in_both_forms() {
        let table = parse::<Lsof>(
            None,
            b"COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\npython3 12114 root    5u  IPv6 329366      0t0  TCP [::1]:33518->[::1]:8099 (ESTABLISHED)\n",
        );
        let letters = parse::<Lsof>(
            None,
            b"p12114\ncpython3\nLroot\nf5\nau\ntIPv6\no0t0\nPTCP\nn[::1]:33518->[::1]:8099\nTST=ESTABLISHED\n",
        );
        for part in [
            r#""protocol":"TCP","local_address":"::1","local_port":33518,"local_service":null,"remote_address":"::1","remote_port":8099"#,
            r#""state":"ESTABLISHED""#,
            r#""offset":0"#,
        ] {
            assert!(table.records[0].contains(part), "{table:?}");
            assert!(letters.records[0].contains(part), "{letters:?}");
        }
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Lsof>(["hello\n", "COMMAND PID\n", "px\n", ""]);
    }
}
