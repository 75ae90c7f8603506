//! Checksums: `DIGEST  FILE` of GNU coreutils and Perl's shasum, `ALGORITHM (FILE) = DIGEST` of the BSDs, `cksum` and `sum`.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A file and its checksum.
#[derive(Clone, Debug, Default, Record)]
pub struct Checksum {
    /// The file; null of standard input, where no name is printed.
    #[field(key)]
    pub path: Option<Vec<u8>>,
    /// The checksum, in hexadecimal.
    pub digest: Option<Vec<u8>>,
    /// The algorithm, where it is printed or the program's name says it.
    pub algorithm: Option<Vec<u8>>,
    /// How the file was read: `text` or `binary`.
    pub reading_mode: Option<&'static str>,
    /// The checksum as a number (`cksum`, `sum`).
    pub checksum: Option<i64>,
    /// Size of the file (`cksum`).
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Number of blocks of the file (`sum`): of 1024 bytes, or of 512 with `-s`.
    pub blocks: Option<i64>,
    /// Outcome, where checksums are compared (`-c`): `OK`, `FAILED`, …
    pub status: Option<Vec<u8>>,
}

/// Reads checksums.
pub struct Sums {
    /// What the program's name says of the algorithm.
    algorithm: Option<&'static str>,
    /// Which of the programs it is, where they print numbers.
    numbers: Option<Numbers>,
    is_known: bool,
    shaped: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Cksum,
    Sum,
}

const ALGORITHMS: [(&str, &str); 12] = [
    ("md5sum", "MD5"),
    ("md5", "MD5"),
    ("sha1sum", "SHA1"),
    ("sha1", "SHA1"),
    ("sha224sum", "SHA224"),
    ("sha256sum", "SHA256"),
    ("sha256", "SHA256"),
    ("sha384sum", "SHA384"),
    ("sha512sum", "SHA512"),
    ("sha512", "SHA512"),
    ("b2sum", "BLAKE2b"),
    ("sha3sum", "SHA3"),
];

impl Parser for Sums {
    const ABOUT: About = About {
        name: "sums-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Checksums of files, as sha256sum and its like, cksum and sum print them",
        commands: &[
            "sha256sum",
            "md5sum",
            "sha1sum",
            "sha224sum",
            "sha384sum",
            "sha512sum",
            "b2sum",
            "shasum",
            "cksum",
            "sum",
            "md5",
            "sha1",
            "sha256",
            "sha512",
            "busybox sha256sum",
            "busybox md5sum",
            "busybox sha1sum",
            "busybox sha512sum",
            "busybox cksum",
            "busybox sum",
            "sha3sum",
        ],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Checksum;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let program = source.program();
        let algorithm = ALGORITHMS.iter().find(|(name, _)| *name == program).map(|(_, algorithm)| *algorithm);
        let blocks = source
            .read_arguments(&["a algorithm="])
            .is_some_and(|arguments| arguments.iter().any(|argument| matches!(argument, Argument::Value("a", "bsd" | "sysv"))));
        let numbers = match program {
            "cksum" if blocks => Some(Numbers::Sum),
            "cksum" => Some(Numbers::Cksum),
            "sum" => Some(Numbers::Sum),
            _ => None,
        };
        Sums { algorithm, numbers, is_known: source.arguments.is_some(), shaped: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.bytes.is_empty() {
            return Ok(());
        }
        if line.whole().find([0]).is_some() {
            return Err(line.expected("a line for each file: with `-z` they end with NUL, which is not read").into());
        }
        let mut found = self.read(line.whole())?;
        if self.numbers == Some(Numbers::Cksum) && !self.is_known && found.checksum.is_some_and(|sum| sum <= 0xffff) {
            rows.warn_once("sums", || {
                Problem::warning("a checksum this small may be one of `cksum -a sysv` or `-a bsd`, which print blocks and not bytes: the arguments would settle it")
            });
        }
        if let (Some(digest), None, Some(algorithm)) = (&found.digest, &found.algorithm, self.algorithm) {
            if digits(algorithm).is_none_or(|digits| digits == digest.len()) {
                found.algorithm = Some(algorithm.as_bytes().to_vec());
            } else {
                let length = digest.len();
                rows.warn_once("algorithm", || {
                    Problem::warning(format!(
                        "{length} digits are no {algorithm}: `algorithm` is null; another program printed this"
                    ))
                });
            }
        }
        if !self.shaped {
            self.shaped = true;
            rows.shape(if found.status.is_some() {
                vec!["path", "status"]
            } else if found.size.is_some() {
                vec!["path", "checksum", "size"]
            } else if found.blocks.is_some() {
                vec!["path", "checksum", "blocks"]
            } else {
                vec!["path", "digest", "algorithm", "reading_mode"]
            });
        }
        rows.push(found);
        Ok(())
    }
}

/// How many digits a checksum of this algorithm has, where all have as many.
fn digits(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "MD5" => 32,
        "SHA1" => 40,
        "SHA224" => 56,
        "SHA256" => 64,
        "SHA384" => 96,
        "SHA512" => 128,
        _ => return None,
    })
}

fn is_digest(text: &[u8]) -> bool {
    text.len() >= 32 && text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit)
}

impl Sums {
    fn read(&self, line: Field<'_>) -> Result<Checksum, Problem> {
        let expected = || line.expected("`DIGEST  FILE`, `ALGORITHM (FILE) = DIGEST`, or the numbers of cksum or sum");
        // `SHA256 (file) = digest`
        if let Some((name, digest)) = line.rsplit_once(") = ").filter(|(_, digest)| is_digest(digest.bytes)) {
            let escaped = name.strip_prefix("\\");
            let (algorithm, path) = escaped.unwrap_or(name).split_once(" (").ok_or_else(expected)?;
            if algorithm.bytes.is_empty() || algorithm.bytes.contains(&b' ') {
                return Err(expected());
            }
            return Ok(Checksum {
                path: Some(unescaped(path.bytes, escaped.is_some())),
                digest: Some(digest.bytes.to_vec()),
                algorithm: Some(algorithm.bytes.to_vec()),
                ..Checksum::default()
            });
        }
        // A backslash before the digest says that the name has escapes.
        let escaped = line.strip_prefix("\\");
        let text = escaped.unwrap_or(line);
        let end = text.bytes.iter().position(|byte| *byte == b' ').unwrap_or(text.bytes.len());
        let (digest, rest) = text.split_at(end);
        if is_digest(digest.bytes) {
            let mode = match rest.bytes {
                [b' ', b'*' | b'U' | b'^', ..] => Some("binary"),
                [b' ', b' ', ..] => Some("text"),
                // `md5 -r` and `md5 -q` of macOS and the BSDs.
                [b' ', ..] | [] => None,
                _ => return Err(expected()),
            };
            let path = rest
                .bytes
                .get(if mode.is_some() { 2 } else { 1 }..)
                .filter(|path| !path.is_empty() && *path != b"-")
                .map(|path| unescaped(path, escaped.is_some()));
            return Ok(Checksum { path, digest: Some(digest.bytes.to_vec()), reading_mode: mode, ..Checksum::default() });
        }
        // `file: OK`
        if let Some((path, status)) =
            text.rsplit_once(": ").filter(|(_, status)| status.bytes == b"OK" || status.bytes.starts_with(b"FAILED"))
        {
            return Ok(Checksum {
                path: Some(unescaped(path.bytes, escaped.is_some())),
                status: Some(status.bytes.to_vec()),
                ..Checksum::default()
            });
        }
        let Some(numbers) = self.numbers else { return Err(expected()) };
        let [checksum, amount, path] = line.fields_and_rest()?;
        let amount = amount.integer()?;
        let path = Some(path.bytes.to_vec()).filter(|path| !path.is_empty());
        let checksum = Some(checksum.integer()?);
        Ok(match numbers {
            Numbers::Cksum => Checksum { path, checksum, size: Some(amount), ..Checksum::default() },
            Numbers::Sum => Checksum { path, checksum, blocks: Some(amount), ..Checksum::default() },
        })
    }
}

/// A name in which line ends and backslashes are written as `\n` and `\\`.
fn unescaped(text: &[u8], escaped: bool) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' if escaped => plain.push(match bytes.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(other) => *other,
                None => b'\\',
            }),
            byte => plain.push(byte),
        }
    }
    plain
}

outparse_sdk::export!(Sums);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse, parse_from};
    use outparse_sdk::{Ending, Source};

    use super::Sums;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    #[test]
    fn what_programs_print_in_other_forms_is_read_or_refused() {
        let digest = "0".repeat(32);
        let reversed = parse::<Sums>(Some(&["md5", "-r", "a b"]), format!("{digest} a b\n").as_bytes());
        assert!(reversed.records[0].starts_with(&format!(r#"{{"path":"a b","digest":"{digest}""#)), "{reversed:?}");
        let blocks = parse::<Sums>(Some(&["cksum", "-a", "sysv"]), b"1483 1 a\n");
        assert_eq!(blocks.records, [r#"{"path":"a","checksum":1483,"blocks":1}"#]);
        assert_eq!(parse::<Sums>(None, format!("{digest}  a\0{digest}  b\0").as_bytes()).records.len(), 0);
    }

    #[test]
    fn a_digest_of_another_length_is_of_no_known_algorithm() {
        let source = Source { command: "sha1sum".to_owned(), ..Source::default() };
        let parsed = parse_from::<Sums>(&source, &Ending::COMPLETE, [&b"d41d8cd98f00b204e9800998ecf8427e  a\n"[..]]);
        assert!(parsed.records[0].contains(r#""algorithm":null"#), "{parsed:?}");
        assert_eq!(parsed.problems.len(), 1);
    }

    #[test]
    fn every_form_is_read() {
        let one = |words: &[&str], line: String| parse::<Sums>(Some(words), line.as_bytes()).records.concat();
        assert_eq!(
            one(&["md5sum"], format!("{MD5}  a b\n")),
            format!(r#"{{"path":"a b","digest":"{MD5}","algorithm":"MD5","reading_mode":"text"}}"#)
        );
        assert_eq!(
            one(&["md5sum"], format!("\\{MD5} *a\\nb\n")),
            format!(r#"{{"path":"a\nb","digest":"{MD5}","algorithm":"MD5","reading_mode":"binary"}}"#)
        );
        assert_eq!(
            one(&["md5"], format!("MD5 (a (b)) = {MD5}\n")),
            format!(r#"{{"path":"a (b)","digest":"{MD5}","algorithm":"MD5","reading_mode":null}}"#)
        );
        assert_eq!(one(&["cksum"], "7 4 a b\n".to_owned()), r#"{"path":"a b","checksum":7,"size":4}"#);
        assert_eq!(one(&["sum"], "07 4 a\n".to_owned()), r#"{"path":"a","checksum":7,"blocks":4}"#);
        assert_eq!(one(&["md5sum", "-c"], "a: b: FAILED\n".to_owned()), r#"{"path":"a: b","status":"FAILED"}"#);
        assert_unrecognised::<Sums>([
            "  MD5 (a) = d41d8cd98f00b204e9800998ecf8427e\n",
            "hello\n",
            "7 4 a\n",
            "d41d8cd98f00b204e9800998ecf8427e\tx\n",
        ]);
    }
}
