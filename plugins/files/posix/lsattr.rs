//! `lsattr`: the attributes of files on file systems of Linux, as letters or, with `-l`, in words.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A file's attributes.
#[derive(Clone, Debug, Default, Record)]
pub struct Attributes<'a> {
    /// The file.
    #[field(key)]
    pub path: &'a [u8],
    /// Number of its project (`-p`).
    pub project: Option<i64>,
    /// Number of its generation, which the manual calls version (`-v`).
    pub generation: Option<i64>,
    /// Its attributes, as `lsattr -l` calls them: `extents`, `immutable`, `append_only`, …
    pub attributes: Vec<Vec<u8>>,
}

/// Letters and words of the attributes.
const NAMES: [(u8, &str); 25] = [
    (b's', "Secure_Deletion"),
    (b'u', "Undelete"),
    (b'S', "Synchronous_Updates"),
    (b'D', "Synchronous_Directory_Updates"),
    (b'i', "Immutable"),
    (b'a', "Append_Only"),
    (b'd', "No_Dump"),
    (b'A', "No_Atime"),
    (b'c', "Compression_Requested"),
    (b'B', "Compressed_File"),
    (b'Z', "Compressed_Dirty_File"),
    (b'X', "Compression_Raw_Access"),
    (b'E', "Encrypted"),
    (b'j', "Journaled_Data"),
    (b'I', "Indexed_directory"),
    (b't', "No_Tailmerging"),
    (b'T', "Top_of_Directory_Hierarchies"),
    (b'e', "Extents"),
    (b'C', "No_COW"),
    (b'x', "DAX"),
    (b'F', "Casefold"),
    (b'N', "Inline_Data"),
    (b'P', "Project_Hierarchy"),
    (b'V', "Verity"),
    (b'm', "Dont_Compress"),
];

/// Letters and hyphens that stand together: every version prints more than this.
const FEWEST: usize = 12;

/// Reads `lsattr`.
pub struct Lsattr {
    long: bool,
    project: Option<bool>,
    version: Option<bool>,
    /// A line with nothing in it came before: the name of a folder may follow (`-R`).
    after_blank: bool,
}

impl Parser for Lsattr {
    const ABOUT: About = About {
        name: "lsattr",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Attributes of files on Linux, as lsattr prints them",
        commands: &["lsattr"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Attributes<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["R", "V", "a", "d", "l", "p", "v"]);
        let has = |flag: &str| {
            let arguments = arguments.as_ref()?;
            Some(arguments.iter().any(|argument| matches!(argument, Argument::Flag(name) if *name == flag)))
        };
        Lsattr { long: has("l") == Some(true), project: has("p"), version: has("v"), after_blank: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let after_blank = std::mem::replace(&mut self.after_blank, line.is_blank());
        if line.is_blank() || after_blank && whole.bytes.ends_with(b":") && letters(whole).is_none() {
            return Ok(());
        }
        // What it says on standard error may have come along.
        if whole.strip_prefix("lsattr: ").is_some() {
            rows.problem(Problem::warning(format!("it could not read a file: {}", line.quoted())));
            return Ok(());
        }
        let found = match letters(whole) {
            Some(letters) if !self.long => self.short(whole, letters)?,
            _ => long(whole).ok_or_else(|| line.expected("attributes and the name of a file"))?,
        };
        if rows.made() == 0 {
            let mut fields = vec!["path", "attributes"];
            fields.extend(found.project.map(|_| "project"));
            fields.extend(found.generation.map(|_| "generation"));
            rows.shape(fields);
        }
        rows.push(found);
        Ok(())
    }
}

impl Lsattr {
    /// `PROJECT VERSION LETTERS NAME`, of which the numbers are optional.
    fn short<'a>(&self, whole: Field<'a>, letters: Field<'a>) -> Result<Attributes<'a>, Problem> {
        let before = whole.part(0, letters.start() - whole.start());
        let path = whole.part(letters.end() - whole.start() + 1, whole.bytes.len());
        let numbers = before.words();
        let mut found = Attributes { path: path.bytes, ..Attributes::default() };
        match numbers[..] {
            [] => {}
            // A version is followed by blanks up to its eleventh byte, a project by one.
            [number] => {
                let is_project = match (self.project, self.version) {
                    (Some(true), Some(false)) => true,
                    (Some(false), Some(true)) => false,
                    _ => before.bytes.len() < 11,
                };
                let place = if is_project { &mut found.project } else { &mut found.generation };
                *place = Some(number.integer()?);
            }
            [project, version] => {
                (found.project, found.generation) = (Some(project.integer()?), Some(version.integer()?));
            }
            _ => return Err(before.expected("the numbers of a project and of a version")),
        }
        for letter in letters.bytes.iter().filter(|letter| **letter != b'-') {
            let known = NAMES.iter().find(|(known, _)| known == letter);
            let name = known.ok_or_else(|| letters.expected("attributes, each of a letter"))?.1;
            found.attributes.push(name.to_ascii_lowercase().into_bytes());
        }
        Ok(found)
    }
}

/// The word of letters and hyphens, where it is the first that is no number.
fn letters(whole: Field<'_>) -> Option<Field<'_>> {
    let is_number = |field: &Field<'_>| field.bytes.iter().all(u8::is_ascii_digit);
    let word = whole.fields().take(3).find(|field| !is_number(field))?;
    let fits = word.bytes.iter().all(|byte| *byte == b'-' || byte.is_ascii_alphabetic());
    let is_followed = word.end() - whole.start() + 1 < whole.bytes.len();
    (fits && word.bytes.len() > FEWEST && word.bytes.contains(&b'-') && is_followed).then_some(word)
}

/// `NAME    Word, Word` (`-l`): the words are those at the end that are known.
fn long(whole: Field<'_>) -> Option<Attributes<'_>> {
    let mut words = Vec::new();
    let mut rest = whole;
    loop {
        let (before, word) = rest.rsplit_once(" ")?;
        if word.bytes == b"---" && words.is_empty() {
            return (!before.trim_end().bytes.is_empty())
                .then(|| Attributes { path: before.trim_end().bytes, ..Attributes::default() });
        }
        let word = if words.is_empty() { word } else { word.strip_suffix(",")? };
        let known = NAMES.iter().find(|(_, name)| name.as_bytes() == word.bytes)?;
        words.insert(0, known.1.to_ascii_lowercase().into_bytes());
        if !before.bytes.ends_with(b",") {
            let path = before.trim_end();
            return (!path.bytes.is_empty()).then(|| Attributes { path: path.bytes, attributes: words, ..Attributes::default() });
        }
        rest = before;
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Lsattr;

    #[test]
    fn letters_are_the_words_of_the_long_form() {
        let record = r#"{"path":"a b","attributes":["append_only","extents"]}"#;
        assert_eq!(parse::<Lsattr>(None, b"-----a--------e------- a b\n").records, [record]);
        assert_eq!(parse::<Lsattr>(Some(&["-l"]), b"a b                          Append_Only, Extents\n").records, [record]);
        assert_eq!(parse::<Lsattr>(None, b"a                            ---\n").records, [r#"{"path":"a","attributes":[]}"#]);
    }

    #[test]
    fn numbers_before_the_letters_are_told_apart() {
        let version = parse::<Lsattr>(None, b"12345      --------------e------- /tmp\n");
        assert_eq!(version.records, [r#"{"path":"/tmp","generation":12345,"attributes":["extents"]}"#]);
        let project = parse::<Lsattr>(None, b"12345 --------------e------- 7 a\n");
        assert_eq!(project.records, [r#"{"path":"7 a","project":12345,"attributes":["extents"]}"#]);
        let both = parse::<Lsattr>(None, b"    7 12345      ---------------------- /tmp\n");
        assert_eq!(both.records, [r#"{"path":"/tmp","project":7,"generation":12345,"attributes":[]}"#]);
    }

    #[test]
    fn folders_and_complaints_give_no_record() {
        let parsed =
            parse::<Lsattr>(None, b"--------------e------- ./d\n\n./d:\nlsattr: No such device\n--------------e------- ./d/f\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1));
        assert_unrecognised::<Lsattr>(["hello\n", "--------------e-------\n", "a b\n", "-rw-r--r-- 1 a b\n"]);
    }
}
