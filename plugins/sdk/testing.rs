//! Runs a parser natively, for tests beside it.

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::component;
use crate::json::{self, Nulls};
use crate::session::Driver;
use crate::{Ending, Parser, Problem, Severity, Source};

/// What a parser made of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Each record as a line of JSON, its fields in the order of the schema. Bytes that are not UTF-8 show as U+FFFD.
    pub records: Vec<String>,
    /// Each problem as it is shown to users: `error: line 2, column 1: …`.
    pub problems: Vec<String>,
    /// Why it stopped, if it did: `unrecognised: line 1, …` or `malformed: …`.
    pub failure: Option<String>,
    without_nulls: Vec<String>,
    /// The shapes that the parser gave.
    shapes: Vec<Shape>,
}

/// A shape, to be compared: the names of its fields, at every level.
type Shape = (u32, Vec<String>);

/// Parses a capture in one piece. `command` is the program and its arguments, None when they are not known.
pub fn parse<P: Parser>(command: Option<&[&str]>, capture: &[u8]) -> Parsed {
    parse_pieces::<P>(command, [capture])
}

/// Parses a capture in the given pieces, each of whole lines.
pub fn parse_pieces<'a, P: Parser>(command: Option<&[&str]>, pieces: impl IntoIterator<Item = &'a [u8]>) -> Parsed {
    parse_from::<P>(&source::<P>(command), &Ending::COMPLETE, pieces)
}

/// What a parser is told about a command of these words, or about its program alone, if they are not known.
pub fn source<P: Parser>(command: Option<&[&str]>) -> Source {
    let known = P::ABOUT.commands.iter().map(|known| known.replace(['[', ']'], ""));
    match command {
        Some(words) => {
            let (name, count) = known
                .map(|known| (known.clone(), known.split(' ').count()))
                .filter(|(known, count)| words.get(..*count).is_some_and(|first| first.join(" ") == *known))
                .max_by_key(|(_, count)| *count)
                .unwrap_or_else(|| (words.first().map_or(String::new(), |&program| program.to_owned()), 1));
            let arguments = words.iter().skip(count).map(|&word| word.to_owned()).collect();
            Source { command: name, arguments: Some(arguments), ..Source::default() }
        }
        None => {
            let command = known.into_iter().next().unwrap_or_default();
            let path = command.is_empty().then(|| P::ABOUT.files.first().map(|&path| path.to_owned())).flatten();
            Source { command, path, ..Source::default() }
        }
    }
}

/// Parses a capture of which more is known, in the given pieces, each of whole lines.
pub fn parse_from<'a, P: Parser>(source: &Source, ending: &Ending, pieces: impl IntoIterator<Item = &'a [u8]>) -> Parsed {
    let mut driver = Driver::<P>::new(source);
    let schema = component::schema::<P>();
    let mut shapes = Vec::new();
    let mut parsed = Parsed::default();
    let mut first_line = 1;
    for piece in pieces {
        if !parsed.take(&schema, &mut shapes, driver.feed(piece, first_line)) {
            return parsed;
        }
        first_line += memchr::memchr_iter(b'\n', piece).count() as u64;
    }
    parsed.take(&schema, &mut shapes, driver.finish(ending));
    parsed
}

/// Panics unless the capture gives the same when it is fed line by line, and in two pieces wherever it can be cut: the host
/// may cut it between any two lines.
#[track_caller]
pub fn assert_any_split<P: Parser>(command: Option<&[&str]>, capture: &[u8]) {
    let whole = parse::<P>(command, capture);
    let lines: Vec<&[u8]> = capture.split_inclusive(|&byte| byte == b'\n').collect();
    assert_eq!(parse_pieces::<P>(command, lines.iter().copied()), whole, "fed line by line");
    let mut cut = 0;
    for line in lines {
        cut += line.len();
        let (first, second) = capture.split_at(cut);
        assert_eq!(parse_pieces::<P>(command, [first, second]), whole, "cut after {} bytes", cut);
    }
}

/// Panics unless the capture gives the same in one piece and line by line.
pub fn assert_line_by_line<P: Parser>(command: Option<&[&str]>, capture: &[u8]) {
    // Problems that concern a batch come at its end.
    let sorted = |mut parsed: Parsed| {
        parsed.problems.sort();
        parsed
    };
    let whole = sorted(parse::<P>(command, capture));
    let lines = sorted(parse_pieces::<P>(command, capture.split_inclusive(|&byte| byte == b'\n')));
    // How many records came before a failure depends on how the capture was cut.
    if whole.failure.is_none() && lines.failure.is_none() {
        assert_eq!(whole, lines, "{}: in one piece, and line by line", P::ABOUT.name);
    }
    assert_eq!(whole.failure, lines.failure, "{}: in one piece, and line by line", P::ABOUT.name);
}

/// What [`Parser::exact`] makes of these words, with a blank between each two.
pub fn exact<P: Parser>(words: &str) -> Option<String> {
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    P::exact(&words).map(|words| words.join(" "))
}

/// Panics unless each of these captures is unrecognised where the arguments are not known.
#[track_caller]
pub fn assert_unrecognised<P: Parser>(captures: impl IntoIterator<Item = impl AsRef<[u8]>>) {
    for capture in captures {
        let capture = capture.as_ref();
        let parsed = parse::<P>(None, capture);
        let refused = parsed.failure.as_deref().is_some_and(|failure| failure.starts_with("unrecognised"));
        assert!(refused, "`{}` gave {parsed:?}", capture.escape_ascii());
    }
}

impl Parsed {
    /// The records without the fields that are null.
    pub fn without_nulls(&self) -> &[String] {
        &self.without_nulls
    }

    /// The names of the fields of the last shape that was given, those of groups among them.
    pub fn shape(&self) -> Vec<&str> {
        self.shapes.last().map_or(Vec::new(), |(_, names)| names.iter().map(String::as_str).collect())
    }

    /// The only record, without the fields that are null. Panics unless there is exactly one, and no problem or failure.
    #[track_caller]
    pub fn only(&self) -> &str {
        let records = self.sound();
        assert_eq!(records.len(), 1, "one record was expected: {records:?}");
        &records[0]
    }

    /// The records without the fields that are null. Panics when there are problems, or a failure.
    #[track_caller]
    pub fn sound(&self) -> &[String] {
        assert_eq!((&self.problems[..], &self.failure), (&[][..], &None), "no problems were expected");
        &self.without_nulls
    }

    /// Panics unless a record holds each of these pieces, such as `"size":1024,`.
    #[track_caller]
    pub fn has(&self, record: usize, pieces: &[&str]) {
        let record = &self.records[record];
        pieces.iter().for_each(|piece| assert!(record.contains(piece), "{piece} in {record}"));
    }

    fn take(&mut self, schema: &wit::Schema, shapes: &mut Vec<wit::Shape>, answer: Result<wit::Answer, wit::Failure>) -> bool {
        match answer {
            Ok(answer) => {
                for shape in answer.shapes {
                    let field = |index: u32| schema.fields.iter().chain(&shape.added).nth(index as usize);
                    let names: Vec<_> = shape.fields.iter().filter_map(|&index| Some(field(index)?.name.clone())).collect();
                    // A shape that is given again has only learnt that its times have offsets.
                    let last = self.shapes.iter().rev().find(|(kind, _)| *kind == shape.kind);
                    if last.is_none_or(|(_, known)| *known != names) {
                        self.shapes.push((shape.kind, names));
                    }
                    shapes.push(shape);
                }
                for batch in answer.batches {
                    let shape = &shapes[batch.shape as usize];
                    self.records.extend(json::records(schema, shape, &batch, Nulls::Kept));
                    self.without_nulls.extend(json::records(schema, shape, &batch, Nulls::LeftOut));
                }
                self.problems.extend(answer.problems.into_iter().map(|problem| from_wit(problem).to_string()));
                true
            }
            Err(failure) => {
                let (kind, problem) = match failure {
                    wit::Failure::Unrecognised(problem) => ("unrecognised", problem),
                    wit::Failure::Malformed(problem) => ("malformed", problem),
                };
                let problem = from_wit(problem).to_string();
                self.failure = Some(format!("{kind}: {}", problem.strip_prefix("error: ").unwrap_or(&problem)));
                false
            }
        }
    }
}

fn from_wit(problem: wit::Problem) -> Problem {
    let severity = match problem.severity {
        wit::Severity::Warning => Severity::Warning,
        wit::Severity::Error => Severity::Error,
    };
    Problem { severity, line: problem.line, column: problem.column, message: problem.message }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{About, Error, Line, Record, Rows};

    /// A name with marks.
    #[derive(Record)]
    struct Named<'a> {
        /// The name.
        name: Cow<'a, [u8]>,
        /// Its marks, in order.
        marks: Vec<Option<i64>>,
        /// What the last mark was.
        last: Option<Mark>,
    }

    /// A mark.
    #[derive(Record)]
    struct Mark {
        /// Its value.
        value: Option<i64>,
        /// Half of it.
        half: Option<f64>,
    }

    /// Reads `name: mark mark`, after the header `MARKS` where there is one.
    struct Marks;

    impl Parser for Marks {
        const ABOUT: About =
            About { name: "marks", version: "0.1.0", summary: "", commands: &["marks"], dialect: "posix", ..About::DEFAULT };
        type Record = Named<'static>;
        const FIRST_LINE_DECIDES: bool = true;

        fn new(_: &Source) -> Self {
            Marks
        }

        fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
            if line.bytes == b"MARKS" {
                rows.recognise();
                return Ok(());
            }
            let (name, marks) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME: MARKS`"))?;
            if name.bytes != name.squeezed().as_ref() {
                rows.warn_once("blanks", || name.problem("blanks are left out"));
            }
            let marks: Vec<_> = marks.fields().map(|mark| mark.as_integer()).collect();
            let last = marks.last().map(|&value| Mark { value, half: value.map(|value| value as f64 / 2.0) });
            rows.push(Named { name: name.squeezed(), marks, last });
            Ok(())
        }

        fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
            rows.expect_recognised("`MARKS` or a name")
        }
    }

    fn marks(capture: &str) -> Parsed {
        parse::<Marks>(None, capture.as_bytes())
    }

    #[test]
    fn records_are_json() {
        assert_eq!(
            marks("'a\"\\\u{1}\u{7f}é:\n").records,
            ["{\"name\":\"'a\\\"\\\\\\u0001\u{7f}é\",\"marks\":[],\"last\":null}"]
        );
    }

    #[test]
    fn nulls_are_left_out_at_every_depth_and_kept_in_lists() {
        let parsed = marks("a: 1 x\nb:\nc: 3\n");
        assert_eq!(parsed.records[0], r#"{"name":"a","marks":[1,null],"last":{"value":null,"half":null}}"#);
        let expected = [
            r#"{"name":"a","marks":[1,null],"last":{}}"#,
            r#"{"name":"b","marks":[]}"#,
            r#"{"name":"c","marks":[3],"last":{"value":3,"half":1.5}}"#,
        ];
        assert_eq!(parsed.sound(), expected);
        assert_eq!(marks("b:\n").only(), expected[1]);
    }

    #[test]
    fn a_first_line_that_does_not_parse_is_unrecognised_and_a_later_one_costs_itself_only() {
        assert_eq!(marks("x\na: 1\n").failure.as_deref(), Some("unrecognised: line 1, expected `NAME: MARKS`, found `x`"));
        for capture in ["a: 1\nx\na: 2\n", "MARKS\nx\na: 2\n"] {
            let parsed = marks(capture);
            assert_eq!((parsed.problems.len(), parsed.failure), (1, None));
            assert_eq!(parsed.problems, ["error: line 2, expected `NAME: MARKS`, found `x`"]);
        }
    }

    #[test]
    fn a_capture_may_have_to_be_recognised() {
        assert_eq!(marks("").failure.as_deref(), Some("unrecognised: expected `MARKS` or a name, found nothing"));
        assert_eq!((marks("MARKS\n").records.len(), marks("MARKS\n").failure), (0, None));
        assert_unrecognised::<Marks>(["", "x", "\n"]);
    }

    #[test]
    fn a_warning_is_given_once_wherever_the_capture_is_cut() {
        let capture = "MARKS\n a: 1\n b: 2\nx\n";
        assert_eq!(
            marks(capture).problems,
            ["warning: line 2, column 1: blanks are left out", "error: line 4, expected `NAME: MARKS`, found `x`"]
        );
        assert_any_split::<Marks>(None, capture.as_bytes());
    }
}
