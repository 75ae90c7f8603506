//! `openssl x509 -text`, and what `-subject`, `-issuer`, `-dates`, `-serial`, `-fingerprint` and `-ext` print.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source, Time, time};

use crate::Certificate;

/// Reads `openssl x509`.
pub struct X509 {
    certificate: Option<Certificate>,
    /// Whether the certificate is printed by `-text`.
    is_text: bool,
    /// What the lines that are indented further belong to.
    under: Under,
    /// The fields of which something was said.
    said: Vec<&'static str>,
    /// The same of lines that are not indented.
    lines: Vec<&'static str>,
    /// Whether the lines are those of a certificate in PEM.
    in_pem: bool,
    /// The numbers that a signature is made of, in hexadecimal.
    numbers: Vec<Vec<u8>>,
}

/// What lines belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Under {
    /// Nothing that goes on.
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
    /// The signature; of DSA, of two numbers, which lines of their own name.
    Signature { of_numbers: bool },
}

const EXPECTED: &str = "`Certificate:`, or `NAME=VALUE` as `openssl x509` prints it";

impl Parser for X509 {
    const ABOUT: About = About {
        name: "openssl-x509",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Certificates, as openssl x509 prints them",
        commands: &["openssl x509"],
        dialect: "openssl",
        ..About::DEFAULT
    };
    type Record = Certificate;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        X509 {
            certificate: None,
            is_text: false,
            under: Under::Nothing,
            said: Vec::new(),
            lines: Vec::new(),
            in_pem: false,
            numbers: Vec::new(),
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        let text = whole.trim_start();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if whole.bytes.starts_with(b"-----BEGIN ") {
            // What is printed of it stands before it.
            rows.expect_recognised(EXPECTED)?;
            self.in_pem = true;
        } else if whole.bytes.starts_with(b"-----END ") {
            self.in_pem = false;
        } else if self.in_pem {
        } else if whole.bytes == b"Certificate:" {
            self.flush(rows);
            (self.certificate, self.is_text) = (Some(Certificate::default()), true);
            rows.recognise();
        } else if text.start() == 0 {
            self.named(whole, rows)?;
        } else if self.is_text {
            self.printed(text)?;
        } else if let Under::Extension { indent } = self.under {
            self.extended(text, indent)?;
        } else {
            return Err(text.expected(EXPECTED).into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
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

impl X509 {
    fn flush(&mut self, rows: &mut Rows<Certificate>) {
        let said = std::mem::take(&mut self.said);
        let is_text = std::mem::take(&mut self.is_text);
        (self.under, self.lines, self.numbers) = (Under::Nothing, Vec::new(), Vec::new());
        // Nothing is known of one whose only lines could not be read.
        if let Some(certificate) = self.certificate.take().filter(|_| is_text || !said.is_empty()) {
            let printed = PRINTED.iter().filter(|_| is_text);
            rows.shape(printed.chain(&said));
            rows.push(certificate);
        }
    }

    /// A line that is not indented: `subject=CN = x`.
    fn named(&mut self, line: Field<'_>, rows: &mut Rows<Certificate>) -> Result<(), Error> {
        self.under = Under::Nothing;
        if let Some(name) = line.strip_suffix(":").or_else(|| line.strip_suffix(": critical"))
            && name.bytes.starts_with(b"X509v3 ")
        {
            rows.recognise();
            self.said.extend(["is_ca", "path_length", "names", "key_usage", "extended_key_usage", "extensions", "critical"]);
            return self.extended(line, 0);
        }
        let Some((name, value)) = line.split_once("=") else { return self.unnamed(line, rows) };
        let algorithm = name.strip_suffix(" Fingerprint").map(|algorithm| algorithm.bytes.to_ascii_lowercase());
        let fields: &[&'static str] = match name.bytes {
            b"subject" => &["subject", "common_name"],
            b"issuer" => &["issuer"],
            b"notBefore" => &["not_before"],
            b"notAfter" => &["not_after"],
            b"serial" => &["serial"],
            _ if algorithm.is_some() => &["digest", "algorithm"],
            _ => return self.unnamed(line, rows),
        };
        // A line of the same name is another certificate's, also where its value cannot be read.
        if self.lines.contains(&fields[0]) {
            self.flush(rows);
        }
        self.lines.push(fields[0]);
        let value = value.trim();
        let text = || Some(value.bytes.to_vec());
        let certificate = self.certificate.get_or_insert_default();
        match fields[0] {
            "subject" => (certificate.common_name, certificate.subject) = (common_name(value), text()),
            "issuer" => certificate.issuer = text(),
            "not_before" => certificate.not_before = Some(point(value)?),
            "not_after" => certificate.not_after = Some(point(value)?),
            "serial" => certificate.serial = Some(hexadecimal(value)?),
            _ => (certificate.digest, certificate.algorithm) = (Some(hexadecimal(value)?), algorithm),
        }
        rows.recognise();
        self.say(fields);
        Ok(())
    }

    /// A line that says something without its name, such as a mail address.
    fn unnamed(&mut self, line: Field<'_>, rows: &Rows<Certificate>) -> Result<(), Error> {
        if !rows.recognised() {
            return Err(line.expected(EXPECTED).into());
        }
        self.certificate.get_or_insert_default().remarks.push(line.bytes.to_vec());
        self.say(&["remarks"]);
        Ok(())
    }

    fn say(&mut self, fields: &[&'static str]) {
        let new = fields.iter().filter(|field| !(self.said.contains(field) || self.is_text && PRINTED.contains(field)));
        self.said.extend(new.copied().collect::<Vec<_>>());
    }

    /// A line of what `-text` prints.
    fn printed(&mut self, text: Field<'_>) -> Result<(), Error> {
        let indent = text.start();
        let Some(certificate) = &mut self.certificate else { return Ok(()) };
        match self.under {
            Under::Extension { indent: names } if indent >= names => return self.extended(text, names),
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
            _ if parameter(text).is_some() => {
                certificate.remarks.push(text.bytes.to_vec());
                self.say(&["remarks"]);
            }
            _ => return Err(text.expected("a part of a certificate").into()),
        }
        Ok(())
    }

    /// A line of the extensions, whose names are indented so far.
    fn extended(&mut self, text: Field<'_>, names: usize) -> Result<(), Error> {
        let certificate = self.certificate.get_or_insert_default();
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

/// The common name in `C = DE, O = "Ex, ample", CN = ex.org`, `C=DE,CN=ex.org` or `/C=DE/CN=ex.org`.
fn common_name(subject: Field<'_>) -> Option<Vec<u8>> {
    let is_old = subject.bytes.starts_with(b"/");
    let is_end = |byte: u8| if is_old { byte == b'/' } else { matches!(byte, b',' | b'+') };
    let (mut found, mut part) = (Vec::new(), Vec::new());
    let (mut is_quoted, mut is_escaped, mut is_reversed) = (false, false, false);
    let mut end = |part: &mut Vec<u8>| {
        let whole = std::mem::take(part);
        let at = whole.iter().position(|byte| *byte == b'=');
        if let Some((name, value)) = at.map(|at| (whole[..at].trim_ascii(), whole[at + 1..].trim_ascii()))
            && matches!(name, b"CN" | b"commonName")
        {
            found.push(value.to_vec());
        }
    };
    for (at, &byte) in subject.bytes.iter().enumerate() {
        match byte {
            b'\\' if !is_escaped && !is_old => is_escaped = true,
            b'"' if !is_escaped && !is_old => is_quoted = !is_quoted,
            byte if is_end(byte) && !is_quoted && !is_escaped && begins_part(&subject.bytes[at + 1..]) => {
                // As RFC 2253 has it, the last part is the first, and no blank parts them.
                is_reversed |= byte == b',' && subject.bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
                end(&mut part);
            }
            byte => {
                // `\C3\A9`: a byte in hexadecimal keeps its form.
                if is_escaped && byte.is_ascii_hexdigit() {
                    part.push(b'\\');
                }
                part.push(byte);
                is_escaped = false;
            }
        }
    }
    end(&mut part);
    if is_reversed { found.into_iter().next() } else { found.pop() }
}

/// Whether a part of a name begins here, `CN = x` or `1.2.3=x`: before version 1.1, a comma in a value was printed as it is.
fn begins_part(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let name = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    name > 0 && text[name..].trim_ascii_start().starts_with(b"=")
}

/// `Nov 29 05:47:35 2026 GMT`, or ISO 8601 with `-dateopt iso_8601`.
fn point(text: Field<'_>) -> Result<Time, Problem> {
    let read = || {
        let [month, day, clock, year, zone] = text.fields_and_rest().ok()?;
        let day = u32::try_from(day.as_integer()?).ok()?;
        let time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
        Some(time.with_offset(time::zone_offset(zone.trim().bytes)?))
    };
    let iso = || Time::iso(text.bytes).filter(|time| time.offset.is_some());
    iso().or_else(read).ok_or_else(|| text.expected("a time, as in `Nov 29 05:47:35 2026 GMT`"))
}

/// `54:63:b5`, `5463B5`, `-5`: digits in upper case.
fn hexadecimal(text: Field<'_>) -> Result<Vec<u8>, Problem> {
    let digits: Vec<u8> = text.bytes.iter().filter(|byte| **byte != b':').map(u8::to_ascii_uppercase).collect();
    let bare = digits.strip_prefix(b"-").unwrap_or(&digits);
    if bare.is_empty() || !bare.iter().all(u8::is_ascii_hexdigit) {
        return Err(text.expected("hexadecimal digits"));
    }
    Ok(digits)
}

/// `1234 (0x4d2)`: what stands in the brackets, in pairs of digits.
fn serial(value: Field<'_>) -> Result<Vec<u8>, Problem> {
    let inside = value.split_once("(").and_then(|(_, inside)| inside.strip_suffix(")"));
    let inside = inside.ok_or_else(|| value.expected("`NUMBER (0xNUMBER)`"))?;
    let (sign, digits) = match inside.strip_prefix("-") {
        Some(digits) => ("-", digits),
        None => ("", inside),
    };
    let digits = hexadecimal(digits.strip_prefix("0x").ok_or_else(|| digits.expected("`0x…`"))?)?;
    let zero = if digits.len() % 2 == 1 { "0" } else { "" };
    Ok([sign.as_bytes(), zero.as_bytes(), &digits].concat())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::X509;

    const TEXT: &str = "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: -5 (-0x5)\n        Signature Algorithm: ecdsa-with-SHA256\n        Issuer: C = DE, O = \"Ex, CN = x\", CN = a + OU = b\n        Validity\n            Not Before: Nov 29 05:47:35 2026 GMT\n            Not After : Feb  7 05:47:35 2027 GMT\n        Subject: CN = a\\, b\n        Subject Public Key Info:\n            Public Key Algorithm: id-ecPublicKey\n                Public-Key: (256 bit)\n                pub:\n                    04:4a:\n                    71\n                ASN1 OID: prime256v1\n                NIST CURVE: P-256\n        X509v3 extensions:\n            X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n            X509v3 Subject Alternative Name: \n                DNS:a, DirName:C = DE, O = x, IP Address:::1\n            CT Precertificate SCTs: \n                Signed:\n                    Version   : v1\n    Signature Algorithm: ecdsa-with-SHA256\n    Signature Value:\n        30:44:\n        1b\n";

    #[test]
    fn a_printed_certificate_is_read_to_its_end() {
        let parsed = parse::<X509>(None, TEXT.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"format_version":3,"serial":"-05","signature_algorithm":"ecdsa-with-SHA256","issuer":"C = DE, O = \"Ex, CN = x\", CN = a + OU = b","not_before":"2026-11-29T05:47:35Z","not_after":"2027-02-07T05:47:35Z","subject":"CN = a\\, b","common_name":"a, b","key_algorithm":"id-ecPublicKey","key_bits":256,"curve":"prime256v1","is_ca":true,"path_length":0,"names":["DNS:a","DirName:C = DE, O = x","IP Address:::1"],"key_usage":[],"extended_key_usage":[],"extensions":{"X509v3 Basic Constraints":"CA:TRUE, pathlen:0","X509v3 Subject Alternative Name":"DNS:a, DirName:C = DE, O = x, IP Address:::1","CT Precertificate SCTs":"Signed:\nVersion   : v1"},"critical":["X509v3 Basic Constraints"],"key":{"pub":"044A71","ASN1 OID":"prime256v1","NIST CURVE":"P-256"},"signature":"30441B"}"#
            ]
        );
        assert_any_split::<X509>(None, TEXT.as_bytes());
        assert_any_split::<X509>(None, [TEXT, TEXT].concat().as_bytes());
    }

    #[test]
    fn lines_that_contradict_are_of_two_certificates() {
        let capture = "subject=CN=a\nnotAfter=Feb 27 05:47:35 2027 GMT\nsubject= /C=DE/CN=b\nnotAfter=2027-02-27 05:47:35Z\nsha256 Fingerprint=0A:1B\na@b.c\n";
        let parsed = parse::<X509>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"not_after":"2027-02-27T05:47:35Z","subject":"CN=a","common_name":"a"}"#,
                r#"{"not_after":"2027-02-27T05:47:35Z","subject":"/C=DE/CN=b","common_name":"b","digest":"0A1B","algorithm":"sha256","remarks":["a@b.c"]}"#,
            ]
        );
        assert_any_split::<X509>(None, capture.as_bytes());
    }

    #[test]
    fn extensions_alone_are_read() {
        let capture = "X509v3 Subject Alternative Name: critical\n    DNS:a, DNS:b\nX509v3 Basic Constraints: \n    CA:FALSE\n";
        assert_eq!(
            parse::<X509>(None, capture.as_bytes()).only(),
            r#"{"is_ca":false,"names":["DNS:a","DNS:b"],"key_usage":[],"extended_key_usage":[],"extensions":{"X509v3 Subject Alternative Name":"DNS:a, DNS:b","X509v3 Basic Constraints":"CA:FALSE"},"critical":["X509v3 Subject Alternative Name"]}"#
        );
    }

    #[test]
    fn what_follows_a_broken_value_is_not_said_of_the_certificate_before() {
        let capture = "serial=0A\nnotAfter=Nov 29 05:47:35 2026 GMT\nserial=0X\nnotAfter=Nov 30 05:47:35 2026 GMT\n";
        let parsed = parse::<X509>(None, capture.as_bytes());
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        assert_eq!(
            parsed.records,
            [r#"{"serial":"0A","not_after":"2026-11-29T05:47:35Z"}"#, r#"{"not_after":"2026-11-30T05:47:35Z"}"#]
        );
        let alone = parse::<X509>(None, b"serial=0A\nserial=0X\n");
        assert_eq!((alone.records.len(), alone.problems.len()), (1, 1), "{alone:?}");
    }

    #[test]
    fn a_broken_value_is_told_and_null() {
        let parsed = parse::<X509>(None, TEXT.replace("Feb  7", "Feb 30").as_bytes());
        parsed.has(0, &[r#""not_after":null"#]);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        assert_unrecognised::<X509>(["hello\n", "a=b\n", "-----BEGIN CERTIFICATE-----\n"]);
    }

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

    #[test]
    fn a_comma_in_a_value_is_no_end_of_it() {
        for (subject, name) in [("C=DE, O=B, Sons, CN=a, b c", "a, b c"), ("/O=A/B Corp/CN=a/b", "a/b"), ("CN=a\\,b,OU=x", "a,b")]
        {
            let parsed = parse::<X509>(None, format!("subject={subject}\n").as_bytes());
            parsed.has(0, &[&format!(r#""common_name":"{name}""#)]);
        }
    }
}
