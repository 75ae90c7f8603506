//! Files of sections and settings: INI, systemd's units, Git's configuration, and `NAME=VALUE` without sections.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// A setting.
#[derive(Clone, Debug, Default, Record)]
pub struct Setting {
    /// The section that it is in; null before the first one.
    #[field(key)]
    pub section: Option<Vec<u8>>,
    /// Its name; null of a section without any setting.
    #[field(key)]
    pub name: Option<Vec<u8>>,
    /// Its value, as written, lines that go on joined by line ends; null where there is a name alone.
    pub value: Option<Vec<u8>>,
    /// The line that it begins on.
    pub line: i64,
}

/// Reads INI.
pub struct Ini {
    section: Option<Vec<u8>>,
    /// Whether a section has no setting so far; and its line.
    is_empty: Option<i64>,
    /// The setting that may go on, and how far it is indented.
    setting: Option<(Setting, usize)>,
    /// Whether the value goes on for a backslash at its end.
    goes_on: bool,
    /// Whether what follows is in a section that could not be read.
    is_lost: bool,
}

const EXPECTED: &str = "`[SECTION]` or `NAME = VALUE`";

impl Parser for Ini {
    const ABOUT: About = About {
        name: "ini-any",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Settings in files of sections: INI, systemd's units, Git's configuration; and NAME=VALUE alone",
        files: &[
            "*.ini",
            "*.cfg",
            "*.desktop",
            "*.repo",
            "*.nmconnection",
            "*.env",
            ".env",
            ".gitconfig",
            "/etc/gitconfig",
            "*.service",
            "*.socket",
            "*.timer",
            "*.mount",
            "*.automount",
            "*.swap",
            "*.target",
            "*.path",
            "*.slice",
            "*.netdev",
            "*.network",
            "*.link",
            "/etc/systemd/*.conf",
        ],
        dialect: "any",
        ..About::DEFAULT
    };
    type Record = Setting;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Ini { section: None, is_empty: None, setting: None, goes_on: false, is_lost: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if std::mem::take(&mut self.goes_on) {
            self.go_on(text);
            return Ok(());
        }
        if text.bytes.is_empty() {
            self.flush(rows);
            return Ok(());
        }
        if matches!(text.bytes[0], b'#' | b';') {
            return Ok(());
        }
        let is_deeper = self.setting.as_ref().is_some_and(|(_, indent)| text.start() > *indent);
        if is_deeper {
            self.go_on(text);
            return Ok(());
        }
        self.flush(rows);
        if let Some(section) = text.strip_prefix("[") {
            self.end_section(rows);
            self.is_lost = true;
            let section = section.strip_suffix("]").filter(|section| !section.is_blank());
            self.section = Some(section.ok_or_else(|| text.expected("`[SECTION]`"))?.bytes.to_vec());
            (self.is_lost, self.is_empty) = (false, Some(line.number as i64));
            rows.recognise();
            return Ok(());
        }
        if self.is_lost {
            return Ok(());
        }
        let (name, value) = named(text.strip_prefix("export ").unwrap_or(text)).ok_or_else(|| text.expected(EXPECTED))?;
        // A name alone says nothing of what file this is.
        if value.is_none() && !rows.recognised() {
            return Err(text.expected(EXPECTED).into());
        }
        self.is_empty = None;
        let setting = Setting {
            section: self.section.clone(),
            name: Some(name.bytes.to_vec()),
            value: value.map(|value| value.bytes.to_vec()),
            line: line.number as i64,
        };
        self.goes_on = ends_open(setting.value.as_deref());
        self.setting = Some((setting, text.start()));
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        self.end_section(rows);
        Ok(())
    }
}

impl Ini {
    fn flush(&mut self, rows: &mut Rows<Setting>) {
        self.setting.take().into_iter().for_each(|(setting, _)| rows.push(setting));
    }

    /// A section without settings is there all the same.
    fn end_section(&mut self, rows: &mut Rows<Setting>) {
        if let Some(line) = self.is_empty.take() {
            rows.push(Setting { section: self.section.clone(), line, ..Setting::default() });
        }
    }

    /// A line that the value goes on with.
    fn go_on(&mut self, text: Field<'_>) {
        let Some((setting, _)) = &mut self.setting else { return };
        let value = setting.value.get_or_insert_default();
        // A backslash at its end says that it goes on, and nothing else.
        if ends_open(Some(value)) {
            value.pop();
        } else if !value.is_empty() {
            value.push(b'\n');
        }
        value.extend_from_slice(text.bytes);
        self.goes_on = ends_open(Some(value));
    }
}

fn ends_open(value: Option<&[u8]>) -> bool {
    value.is_some_and(|value| value.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1)
}

/// `NAME = VALUE`, `NAME: VALUE` or `NAME`.
fn named(text: Field<'_>) -> Option<(Field<'_>, Option<Field<'_>>)> {
    let Some(at) = text.bytes.iter().position(|byte| matches!(byte, b'=' | b':')) else { return Some((text, None)) };
    let (name, value) = text.split_at(at);
    let name = name.trim_end();
    (!name.bytes.is_empty()).then(|| (name, Some(value.split_at(1).1.trim())))
}

outparse_sdk::export!(Ini);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ini;

    #[test]
    fn settings_are_in_their_sections() {
        let capture = "; c\na=1\n[one \"x\"]\n\tname = b c ; d\n\t# c\n\turl: http://x/=y\n\talone\n[empty]\n[two]\nlist =\n  a\n  b\nExec=a \\\n  b\n";
        let parsed = parse::<Ini>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"section":null,"name":"a","value":"1","line":2}"#,
                r#"{"section":"one \"x\"","name":"name","value":"b c ; d","line":4}"#,
                r#"{"section":"one \"x\"","name":"url","value":"http://x/=y","line":6}"#,
                r#"{"section":"one \"x\"","name":"alone","value":null,"line":7}"#,
                r#"{"section":"empty","name":null,"value":null,"line":8}"#,
                r#"{"section":"two","name":"list","value":"a\nb","line":10}"#,
                r#"{"section":"two","name":"Exec","value":"a b","line":13}"#,
            ]
        );
        assert_any_split::<Ini>(None, capture.as_bytes());
    }

    #[test]
    fn what_is_in_a_broken_section_is_nobodys() {
        let parsed = parse::<Ini>(None, b"[a]\nx=1\n[b\ny=2\n[c]\nz=3\n=4\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        assert_unrecognised::<Ini>(["hello\n", "[x\n", "=y\n", "a b c\n"]);
    }
}
