//! `wc` prints up to five numbers a file, always in the same order, and does not say which: the flags do. Without known arguments
//! the default three are assumed, and fewer are not read at all.

use outparse_sdk::{About, Argument, Ending, Error, Line, Parser, Problem, Record, Rows, Source};

/// The counts of one file.
#[derive(Debug, Default, Record)]
pub struct Counts<'a> {
    /// The file as it was named; null for the standard input, and `total` for the sum of all; null where only that is printed.
    #[field(key)]
    pub path: Option<&'a [u8]>,
    /// Number of line ends.
    pub lines: Option<i64>,
    /// Number of words.
    pub words: Option<i64>,
    /// Number of characters, with `-m`.
    pub characters: Option<i64>,
    /// Number of bytes.
    #[field(unit = "bytes")]
    pub bytes: Option<i64>,
    /// Width of the widest line, with `-L`.
    pub max_line_length: Option<i64>,
    /// Whether this is no file, but the sum of all of them, which comes last. Only there where there may be one.
    pub is_total: bool,
}

/// Reads the counts of any `wc`.
pub struct Wc {
    counted: Vec<Counted>,
    arguments_known: bool,
    /// When there is a total.
    totals: Totals,
    /// The line before, which is the total if no other one follows.
    held: Option<Held>,
    /// The files so far, and the sums of their numbers.
    files: u64,
    sums: Vec<i64>,
    /// Whether a line could not be read, whose file these sums lack.
    lost: bool,
}

/// When there is a total (`--total`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Totals {
    /// Of one file there is none.
    Never,
    /// Of several files.
    OfSeveral,
    /// Of one file too.
    Always,
    /// There is nothing else, and it has no name.
    Only,
}

/// A line that was read.
struct Held {
    /// Empty where there is none.
    name: Vec<u8>,
    numbers: Vec<i64>,
    /// Whether a line above it could not be read.
    below_lost: bool,
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
    type Record = Counts<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(OPTIONS);
        let counted = counted(&arguments.clone().unwrap_or_default());
        let sums = vec![0; counted.len()];
        let totals = arguments.as_deref().map_or(Totals::OfSeveral, totals);
        Wc { arguments_known: arguments.is_some(), totals, counted, held: None, files: 0, sums, lost: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let guessed = !self.arguments_known && !rows.recognised();
        let read = self.read(line).map_err(|mut problem| {
            if guessed {
                problem.message.push_str("; without the arguments of `wc`, three numbers are expected");
            }
            self.lost = true;
            problem
        })?;
        if !rows.recognised() {
            rows.recognise();
            let numbers = self.counted.iter().map(|counted| counted.field());
            rows.shape(std::iter::once("path").chain(numbers).chain((self.totals != Totals::Never).then_some("is_total")));
        }
        self.release(false, rows);
        self.held = Some(read);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.release(true, rows);
        Ok(())
    }
}

impl Wc {
    fn read(&self, line: Line<'_>) -> Result<Held, Problem> {
        let mut fields = line.fields();
        let mut end = 0;
        let mut numbers = Vec::with_capacity(self.counted.len());
        for _ in &self.counted {
            let field = fields.next().ok_or_else(|| Problem::error(format!("expected {} numbers", self.counted.len())))?;
            numbers.push(field.integer()?);
            end = field.end();
        }
        // One blank separates the name, which may begin with blanks itself.
        let name = line.part(end + 1, line.bytes.len()).bytes.to_vec();
        Ok(Held { name, numbers, below_lost: self.lost })
    }

    /// Makes a record of the line that was held.
    fn release(&mut self, last: bool, rows: &mut Rows<Counts<'static>>) {
        let Some(Held { name, numbers, below_lost }) = self.held.take() else { return };
        // The sum comes last; a file of that name has other numbers. Those of a file that could not be read are in the sum, too.
        let is_sum = numbers == self.sums || below_lost && numbers.iter().zip(&self.sums).all(|(number, sum)| number >= sum);
        let total = match self.totals {
            Totals::Never => false,
            Totals::OfSeveral => last && name == b"total" && is_sum && (self.files > 1 || below_lost),
            Totals::Always => last && name == b"total" && is_sum && (self.files > 0 || below_lost),
            Totals::Only => true,
        };
        if last
            && self.totals != Totals::Never
            && !total
            && self.files > 1
            && !name.is_empty()
            && numbers == self.sums
            && numbers.iter().any(|number| *number > 0)
        {
            rows.problem(Problem::warning(format!(
                "`{}` may be the sum in another language: its numbers are those of all files together",
                String::from_utf8_lossy(&name)
            )));
        }
        let number = |wanted: Counted| {
            self.counted.iter().zip(&numbers).find(|(counted, _)| **counted == wanted).map(|(_, number)| *number)
        };
        rows.push(Counts {
            path: (!name.is_empty()).then_some(&name[..]),
            lines: number(Counted::Lines),
            words: number(Counted::Words),
            characters: number(Counted::Characters),
            bytes: number(Counted::Bytes),
            max_line_length: number(Counted::Width),
            is_total: total,
        });
        self.files += 1;
        for ((sum, number), counted) in self.sums.iter_mut().zip(&numbers).zip(&self.counted) {
            *sum = if *counted == Counted::Width { (*sum).max(*number) } else { sum.saturating_add(*number) };
        }
    }
}

impl Counted {
    fn field(self) -> &'static str {
        match self {
            Counted::Lines => "lines",
            Counted::Words => "words",
            Counted::Characters => "characters",
            Counted::Bytes => "bytes",
            Counted::Width => "max_line_length",
        }
    }
}

const OPTIONS: &[&str] = &["l lines", "w words", "m chars", "c bytes", "L max-line-length", "files0-from=", "total="];

/// When there is a total with these arguments.
fn totals(arguments: &[Argument<'_>]) -> Totals {
    let wanted = arguments.iter().rev().find_map(|argument| match argument {
        Argument::Value("total", when) => Some(*when),
        _ => None,
    });
    let files = arguments.iter().filter(|argument| matches!(argument, Argument::Operand(_))).count();
    let are_listed = arguments.iter().any(|argument| matches!(argument, Argument::Value("files0-from", _)));
    match wanted {
        Some("always") => Totals::Always,
        Some("only") => Totals::Only,
        Some("never") => Totals::Never,
        _ if files > 1 || are_listed => Totals::OfSeveral,
        _ => Totals::Never,
    }
}

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
                r#"{"path":"a file","lines":1,"words":2,"bytes":12,"is_total":false}"#,
                r#"{"path":null,"lines":3,"words":4,"bytes":5,"is_total":false}"#
            ]
        );
    }

    #[test]
    fn flags_choose_the_numbers() {
        assert_eq!(known(&["wc", "-l"], "12 34 x\n"), [r#"{"path":"34 x","lines":12}"#]);
        assert_eq!(
            known(&["wc", "-Lm", "--bytes"], "1 2 3  x\n"),
            [r#"{"path":" x","characters":1,"bytes":2,"max_line_length":3}"#]
        );
        assert_eq!(known(&["wc", "--", "-l"], "1 2 3 -l\n").len(), 1);
    }

    #[test]
    fn the_sum_of_several_files_is_no_file() {
        let totals = |capture: &str| {
            known(&["wc", "-lL", "a", "b"], capture).iter().filter(|record| record.ends_with(r#""is_total":true}"#)).count()
        };
        assert_eq!(totals("1 5 a\n2 7 b\n3 7 total\n"), 1);
        assert_eq!((totals("1 5 a\n2 7 b\n4 7 total\n"), totals("1 5 a\n1 5 total\n"), totals("1 1 total\n")), (0, 0, 0));
    }

    #[test]
    fn the_sum_below_a_line_that_cannot_be_read_is_a_sum() {
        let is_total = |capture: &str| {
            let parsed = parse::<Wc>(Some(&["wc", "-lL", "a", "b"]), capture.as_bytes());
            parsed.records.last().is_some_and(|record| record.ends_with(r#""is_total":true}"#))
        };
        assert!(is_total("1 5 a\n2 x b\n3 7 total\n") && is_total("1 5 a\n2 x b\n1 5 c\n4 7 total\n"));
        // A file of that name, behind which the sum cannot be read; and numbers that are no sum.
        assert!(!is_total("1 5 a\n2 7 total\n3 x total\n") && !is_total("1 5 a\n2 x b\n1 4 total\n"));
    }

    #[test]
    fn a_sum_is_there_when_it_is_asked_for() {
        let last = |when: &str, capture: &str| known(&["wc", "-l", &format!("--total={when}"), "a"], capture).pop();
        let total = Some(r#"{"path":"total","lines":1,"is_total":true}"#.to_owned());
        assert_eq!(last("always", "1 a\n1 total\n"), total);
        assert_eq!(last("only", "1\n"), Some(r#"{"path":null,"lines":1,"is_total":true}"#.to_owned()));
        assert_eq!(last("never", "1 total\n"), Some(r#"{"path":"total","lines":1}"#.to_owned()));
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
    fn a_sum_in_another_language_is_told() {
        let parsed = parse::<Wc>(None, b" 1 2 25 a\n 0 1 23 b\n 1 3 48 insgesamt\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1));
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Wc>(["hello\n", "12 file\n", "1 2 x\n", "1 2 3x\n"]);
    }
}
