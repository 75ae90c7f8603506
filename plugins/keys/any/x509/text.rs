//! What `openssl x509 -text` prints of a certificate, and `-ext` of its extensions.

use outparse_sdk::{Error, Field, Problem};

use crate::Certificate;
use crate::x509::distinguished_name::common_name;
use crate::x509::values::{hexadecimal, point, serial};

/// Reads the text of a certificate, line by line.
#[derive(Default)]
pub(crate) struct Text {
    /// What lines that are indented further belong to.
    under: Under,
    /// The numbers that a signature is made of, in hexadecimal.
    numbers: Vec<Vec<u8>>,
}

/// What lines belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Under {
    /// Nothing that goes on.
    #[default]
    Nothing,
    /// The serial number, on a line of its own.
    Serial,
    /// The issuer or the subject, a part of the name a line.
    Issuer,
    /// The same of the subject.
    Subject,
    /// Parts of the key; and the part that goes on, if any.
    Key(Option<usize>),
    /// Extensions; and how far the line of the last one is indented.
    Extension { indent: usize },
    /// An extension that was printed before.
    Repeated,
    /// The signature; of DSA, of two numbers, which lines of their own name.
    Signature { of_numbers: bool },
}

/// Fields that `-text` gives.
pub(crate) const PRINTED: [&str; 20] = [
    "format_version",
    "serial",
    "signature_algorithm",
    "issuer",
    "not_before",
    "not_after",
    "subject",
    "common_name",
    "key_algorithm",
    "key_bits",
    "curve",
    "is_ca",
    "path_length",
    "names",
    "key_usage",
    "extended_key_usage",
    "extensions",
    "critical",
    "key",
    "signature",
];

impl Text {
    /// A line that is not indented ends what goes on.
    pub(crate) fn leave(&mut self) {
        self.under = Under::Nothing;
    }

    /// Passes over the lines of an extension that was printed before.
    pub(crate) fn pass_over(&mut self) {
        self.under = Under::Repeated;
    }

    /// Whether lines that are indented are of an extension.
    pub(crate) fn is_in_extension(&self) -> bool {
        matches!(self.under, Under::Extension { .. })
    }

    /// A line of what `-text` prints.
    pub(crate) fn line(&mut self, text: Field<'_>, certificate: &mut Certificate) -> Result<(), Error> {
        let indent = text.start();
        match self.under {
            Under::Repeated => return Ok(()),
            Under::Extension { indent: names } if indent >= names => return self.extension(text, names, certificate),
            Under::Key(part) if indent >= 12 => {
                self.under = Under::Key(certificate.key(text, part)?);
                return Ok(());
            }
            Under::Serial if indent >= 12 => {
                certificate.serial = Some(hexadecimal(text)?);
                self.under = Under::Nothing;
                return Ok(());
            }
            Under::Issuer if indent >= 12 => {
                go_on(&mut certificate.issuer, text);
                return Ok(());
            }
            Under::Subject if indent >= 12 => {
                go_on(&mut certificate.subject, text);
                certificate.common_name = certificate.subject.as_deref().and_then(|subject| common_name(Field::from(subject)));
                return Ok(());
            }
            Under::Signature { .. } if matches!(text.bytes, b"r:" | b"s:") => {
                self.numbers.push(Vec::new());
                self.under = Under::Signature { of_numbers: true };
                return Ok(());
            }
            Under::Signature { of_numbers: true } if indent >= 8 => {
                let digits = hexadecimal(text)?;
                self.numbers.last_mut().into_iter().for_each(|number| number.extend(&digits));
                certificate.signature = Some(sequence(&self.numbers));
                return Ok(());
            }
            Under::Signature { .. } if indent >= 8 && text.find(" ").is_none() => {
                certificate.signature.get_or_insert_default().extend(hexadecimal(text)?);
                return Ok(());
            }
            // What the algorithm is told stands again before the signature.
            Under::Signature { .. } if parameter(text).is_some() => return Ok(()),
            _ => self.under = Under::Nothing,
        }
        let (name, value) = text.split_once(":").unwrap_or((text, text.split_at(usize::MAX).1));
        let value = value.trim();
        let said = || Some(value.bytes.to_vec());
        match name.trim_end().bytes {
            b"Data" | b"Validity" => {}
            b"Version" => certificate.format_version = Some(value.fields().next().unwrap_or(value).integer()?),
            b"Serial Number" if value.bytes.is_empty() => self.under = Under::Serial,
            b"Serial Number" => certificate.serial = Some(serial(value)?),
            // Of an older version, the signature follows at once.
            b"Signature Algorithm" => {
                certificate.signature_algorithm = said();
                if indent == 4 {
                    self.under = Under::Signature { of_numbers: false };
                }
            }
            b"Signature Value" => self.under = Under::Signature { of_numbers: false },
            b"Issuer" => (certificate.issuer, self.under) = (said(), Under::Issuer),
            b"Not Before" => certificate.not_before = Some(point(value)?),
            b"Not After" => certificate.not_after = Some(point(value)?),
            b"Subject" => {
                (certificate.subject, certificate.common_name) = (said(), common_name(value));
                self.under = Under::Subject;
            }
            b"Subject Public Key Info" => self.under = Under::Key(None),
            b"X509v3 extensions" => self.under = Under::Extension { indent: 12 },
            _ if parameter(text).is_some() => certificate.remarks.push(text.bytes.to_vec()),
            _ => return Err(text.expected("a part of a certificate").into()),
        }
        Ok(())
    }

    /// A line of the extensions, whose names are indented so far.
    pub(crate) fn extension(&mut self, text: Field<'_>, names: usize, certificate: &mut Certificate) -> Result<(), Error> {
        self.under = Under::Extension { indent: names };
        if text.start() == names {
            let (name, is_critical) = match text.strip_suffix(": critical") {
                Some(name) => (name, true),
                None => (text.strip_suffix(":").ok_or_else(|| text.expected("the name of an extension"))?, false),
            };
            certificate.extensions.0.push((whole_words(name)?.bytes.to_vec(), Vec::new()));
            if is_critical {
                certificate.critical.push(name.bytes.to_vec());
            }
            return Ok(());
        }
        let Some((name, value)) = certificate.extensions.0.last_mut() else {
            return Err(text.expected("the name of an extension").into());
        };
        if !value.is_empty() {
            value.push(b'\n');
        }
        value.extend_from_slice(text.bytes);
        match &name[..] {
            b"X509v3 Subject Alternative Name" => certificate.names.extend(names_of(text)?),
            b"X509v3 Key Usage" => certificate.key_usage.extend(words_of(text)?),
            b"X509v3 Extended Key Usage" => certificate.extended_key_usage.extend(words_of(text)?),
            b"X509v3 Basic Constraints" => {
                for part in text.split(", ") {
                    match part.split_once(":") {
                        Some((name, value)) if name.bytes == b"CA" => certificate.is_ca = Some(value.bytes == b"TRUE"),
                        Some((name, value)) if name.bytes == b"pathlen" => certificate.path_length = Some(value.integer()?),
                        _ => return Err(part.expected("`CA:TRUE`, `CA:FALSE` or `pathlen:N`").into()),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Certificate {
    /// A line of the public key; `part` is the part that may go on. Returns the part that this line begins or goes on with.
    fn key(&mut self, text: Field<'_>, part: Option<usize>) -> Result<Option<usize>, Problem> {
        let is_hexadecimal = text.bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b':');
        if let Some((_, value)) = part.and_then(|part| self.key.0.get_mut(part))
            && is_hexadecimal
            && text.bytes.len() >= 2
        {
            value.extend(hexadecimal(text)?);
            return Ok(part);
        }
        let (name, value) = text.split_once(":").ok_or_else(|| text.expected("a part of the key"))?;
        let value = value.trim();
        match name.bytes {
            b"Public Key Algorithm" => {
                self.key_algorithm = Some(value.bytes.to_vec());
                return Ok(None);
            }
            b"ASN1 OID" => self.curve = Some(value.bytes.to_vec()),
            bytes if bytes.ends_with(b"Public-Key") || bytes.ends_with(b"Public Key") => {
                let bits = value.strip_prefix("(").and_then(|value| value.fields().next());
                self.key_bits = bits.map(|bits| bits.integer()).transpose()?;
                return Ok(None);
            }
            _ => {}
        }
        self.key.0.push((whole_words(name)?.bytes.to_vec(), value.bytes.to_vec()));
        Ok(value.bytes.is_empty().then(|| self.key.0.len() - 1))
    }
}

/// What the algorithm RSA-PSS is told: `Hash Algorithm: sha256`.
fn parameter(text: Field<'_>) -> Option<Field<'_>> {
    let (name, value) = text.split_once(": ")?;
    matches!(name.bytes, b"Hash Algorithm" | b"Mask Algorithm" | b"Salt Length" | b"Trailer Field").then_some(value)
}

/// Numbers in hexadecimal as the sequence in DER that a signature in a file is.
fn sequence(numbers: &[Vec<u8>]) -> Vec<u8> {
    let element = |tag: &[u8], digits: &[u8]| {
        let length = match digits.len() / 2 {
            length @ ..128 => format!("{length:02X}"),
            length @ ..256 => format!("81{length:02X}"),
            length => format!("82{length:04X}"),
        };
        [tag, length.as_bytes(), digits].concat()
    };
    element(b"30", &numbers.iter().map(|number| element(b"02", number)).collect::<Vec<_>>().concat())
}

/// A part of a name, behind those before it.
fn go_on(name: &mut Option<Vec<u8>>, part: Field<'_>) {
    let name = name.get_or_insert_default();
    if !name.is_empty() {
        name.extend_from_slice(b", ");
    }
    name.extend_from_slice(&part.squeezed());
}

/// A name that OpenSSL has, between whose words single blanks stand.
fn whole_words(name: Field<'_>) -> Result<Field<'_>, Problem> {
    if name.find("  ").is_some() { Err(name.expected("a name with single blanks between its words")) } else { Ok(name) }
}

/// Names between commas.
fn words_of(text: Field<'_>) -> Result<Vec<Vec<u8>>, Problem> {
    text.split(", ").map(|name| Ok(whole_words(name)?.bytes.to_vec())).collect()
}

/// The names of a line, each after its kind. A name of several parts has `, ` in it.
fn names_of(text: Field<'_>) -> Result<Vec<Vec<u8>>, Problem> {
    const KINDS: [&str; 5] = ["DNS:", "IP Address:", "email:", "URI:", "Registered ID:"];
    const PARTED: [&str; 4] = ["othername:", "DirName:", "X400Name:", "EdiPartyName:"];
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut is_parted = false;
    for part in text.split(", ").map(|part| part.trim()) {
        let is_one = |kinds: &[&str]| kinds.iter().any(|kind| part.bytes.starts_with(kind.as_bytes()));
        if is_one(&KINDS) || is_one(&PARTED) {
            is_parted = is_one(&PARTED);
            names.push(part.bytes.to_vec());
        } else if let Some(before) = names.last_mut().filter(|_| is_parted) {
            before.extend([b", ", part.bytes].concat());
        } else {
            return Err(part.expected("a name after its kind, as in `DNS:example.org`"));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::X509;

    #[test]
    fn a_signature_of_two_numbers_is_what_the_file_has() {
        let signature = "    Signature Algorithm: dsa_with_SHA256\n    Signature Value:\n        r:   \n            00:9a:88\n        s:   \n            3f:e7:38:9b:\n            33:91\n";
        let parsed = parse::<X509>(None, format!("Certificate:\n    Data:\n        Version: 3 (0x2)\n{signature}").as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""signature":"300D0203009A8802063FE7389B3391""#]);
    }

    #[test]
    fn what_an_algorithm_is_told_is_a_remark() {
        let parameters = "        Hash Algorithm: sha256\n         Salt Length: 0x14 (default)\n";
        let text = format!(
            "Certificate:\n    Data:\n        Signature Algorithm: rsassaPss        \n{parameters}        Issuer: CN = x\n    Signature Algorithm: rsassaPss\n    Signature Value:        \n{parameters}        72:e5:\n        8a\n"
        );
        let parsed = parse::<X509>(None, text.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(
            0,
            &[
                r#""issuer":"CN = x""#,
                r#""signature":"72E58A""#,
                r#""remarks":["Hash Algorithm: sha256","Salt Length: 0x14 (default)"]"#,
            ],
        );
    }
}
