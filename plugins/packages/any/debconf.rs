//! `debconf-show`: what a package was told when it was configured.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

/// A question of a package, and its answer.
#[derive(Clone, Debug, Default, Record)]
pub struct Question<'a> {
    /// Package.
    #[field(key)]
    pub package: &'a [u8],
    /// The question's name within it.
    #[field(key)]
    pub name: &'a [u8],
    /// Whether it has been asked.
    pub is_asked: bool,
    /// The answer. Null where a password is left out, and where there is none.
    pub value: Option<&'a [u8]>,
    /// Whether the answer is a password that is left out.
    pub is_omitted: bool,
}

/// Reads `debconf-show`.
pub struct DebconfShow;

impl Parser for DebconfShow {
    const ABOUT: About = About {
        name: "debconf-show",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Questions of packages and their answers, as debconf-show prints them",
        commands: &["debconf-show"],
        dialect: "debian",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Question<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        DebconfShow
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let expected = || line.expected("`* PACKAGE/NAME: VALUE`");
        let whole = line.whole();
        let (is_asked, rest) = match (whole.strip_prefix("* "), whole.strip_prefix("  ")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(expected().into()),
        };
        let (question, value) = rest.split_once(":").ok_or_else(expected)?;
        let (package, name) = question.split_once("/").ok_or_else(expected)?;
        if question.bytes.contains(&b' ') || package.bytes.is_empty() || name.bytes.is_empty() {
            return Err(expected().into());
        }
        let value = value.strip_prefix(" ").unwrap_or(value);
        let is_omitted = value.bytes == b"(password omitted)";
        let value = Some(value.bytes).filter(|value| !is_omitted && !value.is_empty());
        rows.push(Question { package: package.bytes, name: name.bytes, is_asked, value, is_omitted });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::DebconfShow;

    #[test]
    fn passwords_are_left_out_and_answers_are_whole() {
        let text = b"* a/b: c: d/e \n  a/pw: (password omitted)\n  a/b/c:\n";
        assert_eq!(
            parse::<DebconfShow>(None, text).records,
            [
                r#"{"package":"a","name":"b","is_asked":true,"value":"c: d/e ","is_omitted":false}"#,
                r#"{"package":"a","name":"pw","is_asked":false,"value":null,"is_omitted":true}"#,
                r#"{"package":"a","name":"b/c","is_asked":false,"value":null,"is_omitted":false}"#,
            ]
        );
        assert_unrecognised::<DebconfShow>(["hello\n", "a/b: c\n", "* a: b\n", "* a b/c: d\n"]);
    }
}
