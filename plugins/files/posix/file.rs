//! `file`: a line a file, its name, a colon, and what it is.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source};

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
    /// Endings that names of such files have (`--extension`).
    pub file_extensions: Option<Vec<&'a [u8]>>,
    /// Of which of the programs in a universal file of macOS this is said.
    pub architecture: Option<&'a [u8]>,
}

/// What is said of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Type,
    Media,
    Encoding,
    Extensions,
}

impl Said {
    fn shape(self) -> &'static [&'static str] {
        match self {
            Said::Type => &["path", "type"],
            Said::Media => &["path", "media_type", "charset"],
            Said::Encoding => &["path", "charset"],
            Said::Extensions => &["path", "file_extensions"],
        }
    }
}

/// Reads `file`.
pub struct FileTypes {
    /// What the arguments ask for, where they are known.
    said: Option<Said>,
    separator: String,
    /// The files, where the arguments name them.
    files: Vec<String>,
    /// Why output under these arguments cannot be read.
    unreadable: Option<&'static str>,
    /// The fields that there are so far.
    shaped: Vec<&'static str>,
}

/// How descriptions begin that a name with `: ` in it may stand before.
const BEGINNINGS: [&str; 16] = [
    "ASCII ",
    "UTF-8 ",
    "Unicode ",
    "ISO-8859 ",
    "Non-ISO ",
    "directory",
    "data",
    "empty",
    "symbolic link",
    "ELF ",
    "JSON ",
    "PDF ",
    "PNG ",
    "JPEG ",
    "gzip ",
    "Zip ",
];

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
        const OPTIONS: &[&str] = &[
            "i mime",
            "I",
            "mime-type",
            "mime-encoding",
            "extension",
            "apple",
            "b brief",
            "0 print0",
            "F separator=",
            "m magic-file=",
            "e exclude=",
            "exclude-quiet=",
            "f files-from=",
            "P parameter=",
            "k keep-going",
        ];
        let mut found =
            FileTypes { said: None, separator: ":".to_owned(), files: Vec::new(), unreadable: None, shaped: Vec::new() };
        let Some(arguments) = source.read_arguments(OPTIONS) else { return found };
        found.said = Some(Said::Type);
        for argument in arguments {
            match argument {
                Argument::Flag("i" | "I" | "mime-type") => found.said = Some(Said::Media),
                Argument::Flag("mime-encoding") => found.said = Some(Said::Encoding),
                Argument::Flag("extension") => found.said = Some(Said::Extensions),
                Argument::Flag("apple") => {
                    found.unreadable = Some("creators and types of old Macintosh files are not read; leave `--apple` out")
                }
                Argument::Flag("b") => found.unreadable = Some("`file -b` leaves the names out; without `-b` they are printed"),
                Argument::Value("F", separator) => found.separator = separator.to_owned(),
                Argument::Operand(file) => found.files.push(file.to_owned()),
                _ => {}
            }
        }
        found
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(reason) = self.unreadable {
            return Err(Error::unrecognised(reason));
        }
        let whole = line.whole();
        let (path, architecture, text) = match one_of_several(whole) {
            Some((path, architecture, text)) => (path, Some(architecture.bytes), text),
            None => {
                let (path, text) = self.part(whole, rows).ok_or_else(|| line.expected("`NAME: what it is`"))?;
                (path, None, text)
            }
        };
        let text = text.trim();
        if path.bytes.is_empty() || text.bytes.is_empty() || text.bytes.contains(&0) {
            return Err(line.expected("`NAME: what it is`").into());
        }
        let said = self.said.unwrap_or(if is_media(text) { Said::Media } else { Said::Type });
        let fields = said.shape().iter().copied().chain(architecture.map(|_| "architecture"));
        let new: Vec<&str> = fields.filter(|field| !self.shaped.contains(field)).collect();
        if !new.is_empty() {
            self.shaped.extend(new);
            rows.shape(&self.shaped);
        }
        let mut found = FileType { path: path.bytes, architecture, ..FileType::default() };
        let failed = text.bytes.starts_with(b"cannot open ") || text.bytes.starts_with(b"ERROR: ");
        match said {
            Said::Type => found.r#type = Some(text.bytes),
            _ if failed => rows.problem(Problem::warning(format!("it was not read: {}", line.quoted()))),
            Said::Media => {
                let (media, charset) =
                    text.split_once("; charset=").map_or((text, None), |(media, charset)| (media, Some(charset.bytes)));
                (found.media_type, found.charset) = (Some(media.bytes), charset);
            }
            Said::Encoding => found.charset = Some(text.bytes),
            Said::Extensions => {
                found.file_extensions = (text.bytes != b"???").then(|| text.split("/").map(|ending| ending.bytes).collect());
            }
        }
        rows.push(found);
        Ok(())
    }
}

impl FileTypes {
    /// Parts the name from what is said of it. The separator is followed by blanks, up to where all descriptions begin.
    fn part<'a>(&self, whole: Field<'a>, rows: &mut Rows<FileType<'static>>) -> Option<(Field<'a>, Field<'a>)> {
        let separator = self.separator.as_bytes();
        if let Some((path, rest)) = whole.split_once("\0") {
            return Some((path, rest.strip_prefix(&self.separator).unwrap_or(rest)));
        }
        let ends = |path: &[u8]| {
            let rest = whole.bytes.strip_prefix(path)?.strip_prefix(separator)?;
            rest.starts_with(b" ").then_some(path.len())
        };
        // One of two names may begin with the other.
        let named = self.files.iter().filter_map(|file| ends(file.as_bytes())).max();
        if let Some(end) = named {
            return Some((whole.split_at(end).0, whole.split_at(end + separator.len()).1));
        }
        let mark = [separator, b" "].concat();
        let places = || whole.bytes.windows(mark.len()).enumerate().filter(|(_, part)| *part == mark).map(|(at, _)| at);
        let after = |at: usize| whole.split_at(at + separator.len()).1.trim_start();
        // No media type has the mark in it.
        let media = places().find(|at| is_media(after(*at)));
        let first = media.or_else(|| places().next())?;
        let begins = |text: Field<'_>| BEGINNINGS.iter().any(|start| text.bytes.starts_with(start.as_bytes()));
        let is_doubtful = media.is_none()
            && places().skip(1).any(|at| after(at).start() > whole.start() + at + mark.len() || begins(after(at)));
        if is_doubtful {
            rows.problem(Problem::warning(format!(
                "where the name ends cannot be told, the first `: ` was taken: {}",
                whole.quoted()
            )));
        }
        Some((whole.split_at(first).0, after(first)))
    }
}

/// `/bin/ls (for architecture x86_64):<tab>Mach-O …`, a line for each program in a universal file of macOS.
fn one_of_several(whole: Field<'_>) -> Option<(Field<'_>, Field<'_>, Field<'_>)> {
    let (path, rest) = whole.split_once(" (for architecture ")?;
    let (architecture, text) = rest.split_once("):\t")?;
    Some((path, architecture, text))
}

/// `text/plain; charset=us-ascii`
fn is_media(text: Field<'_>) -> bool {
    let media = text.split_once("; charset=").map(|(media, _)| media).unwrap_or(text);
    let has_charset = media.bytes.len() < text.bytes.len();
    has_charset && media.bytes.contains(&b'/') && !media.bytes.contains(&b' ')
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::FileTypes;

    #[test]
    fn the_name_ends_where_the_arguments_or_the_separator_say() {
        let dated = parse::<FileTypes>(Some(&["file", "-F", "|", "h.gz"]), b"h.gz| gzip compressed data, last modified: Sun\n");
        assert_eq!(dated.records, [r#"{"path":"h.gz","type":"gzip compressed data, last modified: Sun"}"#]);
        let named = parse::<FileTypes>(Some(&["file", "a: b"]), b"a: b: ASCII text\n");
        assert_eq!((&named.records[..], named.problems.len()), (&[r#"{"path":"a: b","type":"ASCII text"}"#.to_owned()][..], 0));
        assert_eq!(parse::<FileTypes>(None, b"a: b: ASCII text\n").problems.len(), 1);
        let media = parse::<FileTypes>(None, b"a: b: text/plain; charset=us-ascii\n");
        assert_eq!(media.records, [r#"{"path":"a: b","media_type":"text/plain","charset":"us-ascii"}"#]);
    }

    #[test]
    fn a_universal_file_has_a_line_for_each_architecture() {
        let capture = "/bin/ls: Mach-O universal binary with 2 architectures\n/bin/ls (for architecture x86_64):\tMach-O 64-bit executable x86_64\n";
        let parsed = parse::<FileTypes>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"path":"/bin/ls","type":"Mach-O universal binary with 2 architectures"}"#,
                r#"{"path":"/bin/ls","type":"Mach-O 64-bit executable x86_64","architecture":"x86_64"}"#,
            ]
        );
    }

    #[test]
    fn names_may_have_blanks_and_types_colons() {
        let parsed = parse::<FileTypes>(None, b"a b:    ASCII text\nc:      Zip archive data, at least v2.0: x\n");
        assert_eq!(
            parsed.records,
            [r#"{"path":"a b","type":"ASCII text"}"#, r#"{"path":"c","type":"Zip archive data, at least v2.0: x"}"#]
        );
        let media = parse::<FileTypes>(None, b"a: text/plain; charset=us-ascii\n");
        assert_eq!(media.records, [r#"{"path":"a","media_type":"text/plain","charset":"us-ascii"}"#]);
        let extensions = parse::<FileTypes>(Some(&["file", "--extension", "a", "b"]), b"a: gz/tgz\nb: ???\n");
        assert_eq!(
            extensions.records,
            [r#"{"path":"a","file_extensions":["gz","tgz"]}"#, r#"{"path":"b","file_extensions":null}"#]
        );
        assert_unrecognised::<FileTypes>(["a\0: data\0b\0: data\0\n", "hello\n", ": x\n", "a: \n"]);
    }
}
