//! Files in DER: certificates as they are, in bytes, one behind the other.

use outparse_sdk::{About, Ending, Error, Line, Parser, Problem, Rows, Source};

use crate::der;
use crate::pem::Pem;

/// Reads files in DER.
pub struct DerFile {
    bytes: Vec<u8>,
}

const EXPECTED: &str = "a certificate in DER, which begins with the bytes 30 82";

/// How a sequence of 256 bytes and more begins, as every certificate is.
const BEGINNING: [u8; 2] = [0x30, 0x82];

impl Parser for DerFile {
    const ABOUT: About = About {
        name: "der",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Certificates, as files in DER have them",
        files: &["*.der", "*.crt", "*.cer"],
        dialect: "any",
        verbatim: true,
        ..About::DEFAULT
    };
    type Record = Pem;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        DerFile { bytes: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.bytes.is_empty() && !BEGINNING.starts_with(&line.bytes[..line.bytes.len().min(2)]) {
            return Err(line.expected(EXPECTED).into());
        }
        self.bytes.extend_from_slice(line.bytes);
        self.bytes.extend_from_slice(line.end);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let mut rest = &self.bytes[..];
        while !rest.is_empty() {
            let place = self.bytes.len() - rest.len();
            let whole = length(rest).and_then(|length| rest.split_at_checked(length));
            let Some((certificate, (_, behind))) = whole.and_then(|whole| Some((der::certificate(whole.0)?, whole))) else {
                let problem = Problem::error(format!("what begins at byte {place} is no whole certificate in DER"));
                return Err(if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) });
            };
            rows.recognise();
            rows.shape_of(0, der::fields());
            rows.push(Pem::Certificate(Box::new(certificate)));
            rest = behind;
        }
        rows.expect_recognised(EXPECTED)
    }
}

/// How long a certificate is that begins here.
fn length(bytes: &[u8]) -> Option<usize> {
    let [first, second, high, low, ..] = *bytes else { return None };
    ([first, second] == BEGINNING).then(|| usize::from(u16::from_be_bytes([high, low])) + 4)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::DerFile;

    const CERTIFICATE: &[u8] = include_bytes!("fixtures/debian-12/der/output");

    #[test]
    fn certificates_stand_one_behind_the_other() {
        let two = [CERTIFICATE, CERTIFICATE].concat();
        let parsed = parse::<DerFile>(None, &two);
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        parsed.has(0, &[r#"{"kind":"certificate","format_version":3"#, r#""common_name":"a,b""#]);
        assert_any_split::<DerFile>(None, &two);
        let cut = parse::<DerFile>(None, &two[..two.len() - 1]);
        assert_eq!((cut.records.len(), cut.problems.len()), (1, 1), "{cut:?}");
        assert_unrecognised::<DerFile>(["hello\n", "0\u{1}\n", "0\n"]);
    }
}
