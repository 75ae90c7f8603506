//! `wc` prints up to five numbers a file, always in the same order, and does not say which: the flags do. Without known arguments
//! the default three are assumed, and fewer are not read at all.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// The counts of one file.
#[derive(Debug, Default, Record)]
pub struct Count<'a> {
    /// The file as it was named; null for the standard input. The sum of several files is called `total`.
    pub filename: Option<&'a [u8]>,
    /// Number of line ends.
    pub lines: Option<i64>,
    /// Number of words.
    pub words: Option<i64>,
    /// Number of characters with `-m`; otherwise the number of bytes, the same as `bytes`.
    pub characters: Option<i64>,
    /// Number of bytes.
    #[field(unit = "bytes")]
    pub bytes: Option<i64>,
    /// Width of the widest line, with `-L`.
    pub max_line_length: Option<i64>,
}

/// Reads the counts of any `wc`.
pub struct Wc {
    counted: Vec<Counted>,
    arguments_known: bool,
}

/// What one number counts, in the order in which they are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Lines,
    Words,
    Characters,
    Bytes,
    Width,
}

impl Parser for Wc {
    const ABOUT: About = About {
        name: "wc-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Line, word and byte counts, as any wc prints them",
        commands: &["wc", "gwc", "busybox wc", "toybox wc"],
        dialect: "posix",
        platforms: &[],
        ..About::DEFAULT
    };
    type Record = Count<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(OPTIONS);
        Wc { arguments_known: arguments.is_some(), counted: counted(&arguments.unwrap_or_default()) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let guessed = !self.arguments_known && !rows.recognised();
        let count = self.count(line).map_err(|mut problem| {
            if guessed {
                problem.message.push_str("; without the arguments of `wc`, three numbers are expected");
            }
            problem
        })?;
        rows.push(count);
        Ok(())
    }
}

impl Wc {
    fn count<'a>(&self, line: Line<'a>) -> Result<Count<'a>, Problem> {
        let mut count = Count::default();
        let mut fields = line.fields();
        let mut end = 0;
        for counted in &self.counted {
            let field = fields.next().ok_or_else(|| Problem::error(format!("expected {} numbers", self.counted.len())))?;
            let number = Some(field.integer()?);
            end = field.end();
            match counted {
                Counted::Lines => count.lines = number,
                Counted::Words => count.words = number,
                Counted::Characters => count.characters = number,
                Counted::Bytes => count.bytes = number,
                Counted::Width => count.max_line_length = number,
            }
        }
        count.characters = count.characters.or(count.bytes);
        // One blank separates the name, which may begin with blanks itself.
        let name: Field<'a> = line.part(end + 1, line.bytes.len());
        count.filename = (!name.bytes.is_empty()).then_some(name.bytes);
        Ok(count)
    }
}

const OPTIONS: &[&str] = &["l lines", "w words", "m chars", "c bytes", "L max-line-length", "files0-from="];

/// What the flags choose.
fn counted(arguments: &[Argument<'_>]) -> Vec<Counted> {
    let order =
        [("l", Counted::Lines), ("w", Counted::Words), ("m", Counted::Characters), ("c", Counted::Bytes), ("L", Counted::Width)];
    let chosen = order.iter().filter(|(flag, _)| arguments.contains(&Argument::Flag(flag)));
    let chosen: Vec<Counted> = chosen.map(|&(_, counted)| counted).collect();
    if chosen.is_empty() { vec![Counted::Lines, Counted::Words, Counted::Bytes] } else { chosen }
}

outparse_sdk::export!(Wc);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Wc;

    fn known(command: &[&str], capture: &str) -> Vec<String> {
        parse::<Wc>(Some(command), capture.as_bytes()).records
    }

    #[test]
    fn three_numbers_are_lines_words_and_bytes() {
        assert_eq!(
            parse::<Wc>(None, b"  1   2  12 a file\n 3 4 5\n").records,
            [
                r#"{"filename":"a file","lines":1,"words":2,"characters":12,"bytes":12,"max_line_length":null}"#,
                r#"{"filename":null,"lines":3,"words":4,"characters":5,"bytes":5,"max_line_length":null}"#
            ]
        );
    }

    #[test]
    fn flags_choose_the_numbers() {
        assert_eq!(
            known(&["wc", "-l"], "12 34 x\n"),
            [r#"{"filename":"34 x","lines":12,"words":null,"characters":null,"bytes":null,"max_line_length":null}"#]
        );
        assert_eq!(
            known(&["wc", "-Lm", "--bytes"], "1 2 3  x\n"),
            [r#"{"filename":" x","lines":null,"words":null,"characters":1,"bytes":2,"max_line_length":3}"#]
        );
        assert_eq!(known(&["wc", "--", "-l"], "1 2 3 -l\n").len(), 1);
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = parse::<Wc>(None, b"1 2 3 a\nwc: b: is a directory\n1 2 3 c\n1 2\n");
        assert_eq!(parsed.records.len(), 2);
        assert_eq!(
            parsed.problems,
            ["error: line 2, column 1: expected a whole number, found `wc:`", "error: line 4, expected 3 numbers"]
        );
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        assert_any_split::<Wc>(None, b"1 2 3 a\r\n4 5 6 b\n\n7 8 9");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Wc>(["hello\n", "12 file\n", "1 2 x\n", "1 2 3x\n"]);
    }
}
