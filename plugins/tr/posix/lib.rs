//! `tr` prints text, and text has lines: one record each, with the line's end, so that the records rebuild the exact bytes.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

/// A line of translated text.
#[derive(Record)]
pub struct Text<'a> {
    /// The line without its end.
    pub text: &'a [u8],
    /// The line's end: a newline, a carriage return with a newline, or nothing where the last line lacks one.
    pub end: &'a [u8],
}

/// Reads what any `tr` prints.
pub struct Tr;

impl Parser for Tr {
    const ABOUT: About = About {
        name: "tr-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Translated text, line by line, as any tr prints it",
        commands: &["tr", "gtr", "busybox tr", "toybox tr"],
        dialect: "posix",
        verbatim: true,
        ..About::DEFAULT
    };
    type Record = Text<'static>;

    fn new(_: &Source) -> Self {
        Tr
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.push(Text { text: line.bytes, end: line.end });
        Ok(())
    }
}

outparse_sdk::export!(Tr);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use super::Tr;

    #[test]
    fn records_rebuild_the_bytes() {
        let parsed = parse::<Tr>(Some(&["tr", "a-z", "A-Z"]), b"\nONE\r\n\nTWO");
        assert_eq!(
            parsed.records,
            [
                r#"{"text":"","end":"\n"}"#,
                r#"{"text":"ONE","end":"\r\n"}"#,
                r#"{"text":"","end":"\n"}"#,
                r#"{"text":"TWO","end":""}"#
            ]
        );
    }

    #[test]
    fn nothing_gives_no_record() {
        assert_eq!(parse::<Tr>(None, b"").records, [""; 0]);
    }
}
