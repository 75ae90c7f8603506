//! `file`: a line a file, its name, a colon, and what it is.

use outparse_sdk::{About, Argument, Error, Line, Parser, Problem, Record, Rows, Source};

/// What a file is.
#[derive(Clone, Debug, Default, Record)]
pub struct FileType<'a> {
    /// The file, as it was named.
    #[field(key)]
    pub path: &'a [u8],
    /// What it is, in words.
    pub r#type: Option<&'a [u8]>,
    /// Its media type (`-i`, `--mime-type`).
    pub media_type: Option<&'a [u8]>,
    /// Its character set (`-i`, `--mime-encoding`).
    pub charset: Option<&'a [u8]>,
}

/// Reads `file`.
pub struct FileTypes {
    mime: bool,
    encoding: bool,
    brief: bool,
}

impl Parser for FileTypes {
    const ABOUT: About = About {
        name: "file",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What files are, as file prints it",
        commands: &["file"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = FileType<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source
            .read_arguments(&["i mime", "I", "mime-type", "mime-encoding", "b brief", "0 print0", "F separator="])
            .unwrap_or_default();
        let has = |flag: &str| arguments.iter().any(|argument| matches!(argument, Argument::Flag(name) if *name == flag));
        FileTypes { mime: has("i") || has("I") || has("mime-type"), encoding: has("mime-encoding"), brief: has("b") }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.brief {
            return Err(Error::unrecognised("`file -b` leaves the names out; without `-b` they are printed"));
        }
        let whole = line.whole();
        // A separator is followed by blanks, up to where all descriptions begin.
        let (path, kind) =
            whole.split_once("\0").or_else(|| whole.split_once(": ")).ok_or_else(|| line.expected("`NAME: what it is`"))?;
        let kind = kind.strip_prefix(":").unwrap_or(kind).trim();
        if path.bytes.is_empty() || kind.bytes.is_empty() {
            return Err(line.expected("`NAME: what it is`").into());
        }
        if kind.find(": ").is_some() && whole.rsplit_once(":  ").is_some_and(|(before, _)| before.bytes.len() > path.bytes.len())
        {
            rows.problem(Problem::warning(format!(
                "where the name ends cannot be told, the first `: ` was taken: {}",
                line.quoted()
            )));
        }
        let mut found = FileType { path: path.bytes, ..FileType::default() };
        let (media, charset) =
            kind.split_once("; charset=").map_or((kind, None), |(media, charset)| (media, Some(charset.bytes)));
        let is_media = self.mime || charset.is_some() && media.bytes.contains(&b'/');
        if self.encoding {
            found.charset = Some(kind.bytes);
        } else if is_media {
            (found.media_type, found.charset) = (Some(media.bytes), charset);
        } else {
            found.r#type = Some(kind.bytes);
        }
        if rows.made() == 0 {
            rows.shape(if self.encoding {
                vec!["path", "charset"]
            } else if is_media {
                vec!["path", "media_type", "charset"]
            } else {
                vec!["path", "type"]
            });
        }
        rows.push(found);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::FileTypes;

    #[test]
    fn names_may_have_blanks_and_types_colons() {
        let parsed = parse::<FileTypes>(None, b"a b:    ASCII text\nc:      Zip archive data, at least v2.0: x\n");
        assert_eq!(
            parsed.records,
            [r#"{"path":"a b","type":"ASCII text"}"#, r#"{"path":"c","type":"Zip archive data, at least v2.0: x"}"#]
        );
        let media = parse::<FileTypes>(None, b"a: text/plain; charset=us-ascii\n");
        assert_eq!(media.records, [r#"{"path":"a","media_type":"text/plain","charset":"us-ascii"}"#]);
        assert_unrecognised::<FileTypes>(["hello\n", ": x\n", "a: \n"]);
    }
}
