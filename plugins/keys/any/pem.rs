//! Files in PEM: `-----BEGIN CERTIFICATE-----`, lines in Base64, and `-----END CERTIFICATE-----`. A certificate is decoded; of what else there
//! may be, a key above all, is said what it is and nothing of what is in it.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::{Certificate, der};

/// What is in a file.
#[derive(Debug, Record)]
pub enum Pem {
    /// A certificate.
    Certificate(Box<Certificate>),
    /// Anything else.
    Block(Block),
}

/// A block that is no certificate.
#[derive(Clone, Debug, Default, Record)]
pub struct Block {
    /// What it is: `PRIVATE KEY`, `CERTIFICATE REQUEST`, `X509 CRL`, …
    pub label: Vec<u8>,
    /// The line that it begins in.
    #[field(key)]
    pub line: i64,
    /// Bytes that are in it.
    #[field(unit = "bytes")]
    pub size: i64,
    /// Whether a password protects it.
    pub is_encrypted: bool,
    /// What is said of it before its lines, by name.
    pub properties: Map<Vec<u8>>,
}

/// Reads files in PEM.
pub struct PemFile {
    open: Option<Open>,
}

/// The block under way.
struct Open {
    label: Vec<u8>,
    line: u64,
    headers: Map<Vec<u8>>,
    decoded: Base64,
    /// Whether a line of it is broken: that was told, and it has no record.
    is_broken: bool,
}

const EXPECTED: &str = "a line `-----BEGIN …-----`";

impl Parser for PemFile {
    const ABOUT: About = About {
        name: "pem",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Certificates, keys and the like, as files in PEM have them",
        files: &["*.pem", "*.crt", "*.cer"],
        dialect: "any",
        ..About::DEFAULT
    };
    type Record = Pem;

    fn new(_: &Source) -> Self {
        PemFile { open: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim_end();
        let mark = |name: &str| text.strip_prefix(format!("-----{name} "))?.strip_suffix("-----");
        if let Some(label) = mark("BEGIN") {
            rows.recognise();
            let unended = self.open.take().map(|open| open.unended());
            self.open = Some(Open::new(label, line.number));
            return unended.map_or(Ok(()), |problem| Err(problem.into()));
        }
        // What stands between two blocks is for people.
        let Some(open) = &mut self.open else { return Ok(()) };
        if let Some(label) = mark("END") {
            let same = label.bytes == open.label;
            let open = self.open.take().filter(|open| !open.is_broken);
            if !same {
                return Err(label.expected("the end of the block that began above").into());
            }
            return open.map_or(Ok(()), |open| Ok(open.end(rows)?));
        }
        match text.split_once(": ").filter(|_| open.decoded.is_empty()) {
            Some((name, value)) => open.headers.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
            None if open.is_broken => {}
            None => {
                if let Err(problem) = open.decoded.add(text) {
                    open.is_broken = true;
                    return Err(problem.into());
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)?;
        self.open.take().map_or(Ok(()), |open| Err(open.unended().into()))
    }
}

impl Open {
    fn new(label: Field<'_>, line: u64) -> Open {
        let decoded = Base64::default();
        Open { label: label.bytes.to_vec(), line, headers: Map::default(), decoded, is_broken: false }
    }

    fn unended(&self) -> Problem {
        let label = self.label.escape_ascii();
        Problem::error(format!("the `{label}` that begins here has no end")).on_line(self.line)
    }

    fn end(self, rows: &mut Rows<Pem>) -> Result<(), Problem> {
        let der = self.decoded.end().ok_or_else(|| Problem::error("what is in it is no whole Base64").on_line(self.line))?;
        if matches!(&self.label[..], b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE") {
            let certificate = der::certificate(&der)
                .ok_or_else(|| Problem::error("what is in it is no certificate that can be read").on_line(self.line))?;
            rows.shape_of(0, der::fields());
            rows.push(Pem::Certificate(Box::new(certificate)));
            return Ok(());
        }
        let says_so = self.headers.0.iter().any(|(name, value)| name == b"Proc-Type" && value.ends_with(b"ENCRYPTED"));
        rows.push(Pem::Block(Block {
            is_encrypted: says_so || self.label.starts_with(b"ENCRYPTED "),
            label: self.label,
            line: self.line as i64,
            size: der.len() as i64,
            properties: self.headers,
        }));
        Ok(())
    }
}

/// Base64 of RFC 4648, a line at a time.
#[derive(Default)]
struct Base64 {
    bytes: Vec<u8>,
    /// Bits that do not make a byte yet, and how many letters they are.
    bits: u32,
    letters: u32,
    /// Signs `=` at the end.
    padding: u32,
}

impl Base64 {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.letters == 0
    }

    fn add(&mut self, line: Field<'_>) -> Result<(), Problem> {
        for (at, byte) in line.bytes.iter().enumerate() {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => {
                    self.padding += 1;
                    continue;
                }
                b' ' | b'\t' => continue,
                _ => return Err(line.part(at, at + 1).expected("Base64")),
            };
            if self.padding > 0 {
                return Err(line.part(at, line.bytes.len()).expected("nothing behind `=`"));
            }
            (self.bits, self.letters) = (self.bits << 6 | u32::from(value), self.letters + 1);
            if self.letters == 4 {
                self.bytes.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                (self.bits, self.letters) = (0, 0);
            }
        }
        Ok(())
    }

    /// All of it; none where a part is missing.
    fn end(mut self) -> Option<Vec<u8>> {
        match (self.letters, self.padding) {
            (0, 0) => {}
            (2, 2) if self.bits & 0xf == 0 => self.bytes.push((self.bits >> 4) as u8),
            (3, 1) if self.bits & 0x3 == 0 => self.bytes.extend_from_slice(&((self.bits >> 2) as u16).to_be_bytes()),
            _ => return None,
        }
        Some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::PemFile;

    const CERTIFICATE: &str = include_str!("fixtures/debian-12/pem/output");

    #[test]
    fn a_certificate_is_decoded_and_a_key_is_not() {
        let parsed = parse::<PemFile>(None, CERTIFICATE.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!((parsed.failure.as_deref(), parsed.records.len()), (None, 3), "{parsed:?}");
        for part in [
            r#""issuer":"C = DE, O = \"Ex, ample \\\"AG\\\"\", CN = é.example.org""#,
            r#""common_name":"é.example.org","key_algorithm":"id-ecPublicKey","key_bits":256,"curve":"prime256v1","is_ca":true,"path_length":2"#,
            r#""DNS:a.example.org","IP Address:192.0.2.7","IP Address:2001:DB8:0:0:0:0:0:1","email:x@example.org","URI:https://example.org/","DirName:O = Dir""#,
            r#""key_usage":["Digital Signature","Certificate Sign"],"extended_key_usage":["TLS Web Server Authentication","1.3.6.1.4.1.311.10.3.3"]"#,
        ] {
            assert!(parsed.records[0].contains(part), "{part}: {}", parsed.records[0]);
        }
        assert_any_split::<PemFile>(None, CERTIFICATE.as_bytes());
    }

    #[test]
    fn what_is_broken_costs_its_block() {
        let block = |body: &str| format!("-----BEGIN X-----\n{body}\n-----END X-----\n");
        let good = block("AAEC");
        for (text, problem) in [
            (block("A*EC"), "error: line 2, column 2: expected Base64, found `*`"),
            (block("AA=C"), "error: line 2, column 4: expected nothing behind `=`, found `C`"),
            (block("AAE"), "error: line 1, what is in it is no whole Base64"),
            (
                "-----BEGIN X-----\nAAEC\n-----END Y-----\n".to_owned(),
                "error: line 3, column 10: expected the end of the block that began above, found `Y`",
            ),
            ("-----BEGIN X-----\nAAEC\n".to_owned(), "error: line 1, the `X` that begins here has no end"),
            (block("AAEC").replace('X', "CERTIFICATE"), "error: line 1, what is in it is no certificate that can be read"),
        ] {
            let parsed = parse::<PemFile>(None, format!("{text}a remark\n{good}").as_bytes());
            assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[problem.to_owned()][..]), "{text}: {parsed:?}");
        }
        // However much of a certificate is lost, what is read is an error and no panic.
        let lines: Vec<&str> = CERTIFICATE.lines().skip_while(|line| !line.starts_with("-----BEGIN CERT")).collect();
        let end = lines.iter().position(|line| line.starts_with("-----END")).unwrap();
        for lost in 1..end {
            let kept: Vec<&str> = lines[..=end].iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, line)| *line).collect();
            let parsed = parse::<PemFile>(None, format!("{}\n", kept.join("\n")).as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
        }
        assert_unrecognised::<PemFile>(["hello\n", "", "-----BEGIN\n"]);
    }
}
