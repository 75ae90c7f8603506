//! `openssl x509 -text`, and what `-subject`, `-issuer`, `-dates`, `-serial`, `-fingerprint` and `-ext` print.

mod distinguished_name;
pub(crate) mod text;
mod values;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

use crate::Certificate;
use crate::x509::distinguished_name::common_name;
use crate::x509::text::{PRINTED, Text};
use crate::x509::values::{hexadecimal, point};

/// Reads `openssl x509`.
pub struct X509 {
    certificate: Option<Certificate>,
    /// Whether the certificate is printed by `-text`.
    is_text: bool,
    /// Reads lines that are indented.
    text: Text,
    /// The fields of which something was said.
    said: Vec<&'static str>,
    /// The same of lines that are not indented.
    lines: Vec<&'static str>,
    /// What lines have said before the text of the certificate (`-subject -text`), and their fields.
    ahead: Option<(Certificate, Vec<&'static str>)>,
    /// The fields of which lines stand before the text: they begin the next certificate.
    leading: Vec<&'static str>,
    /// Whether there was a text before.
    had_text: bool,
    /// Whether the last line that was not indented could not be read, so that lines without a name may be another certificate's.
    adrift: bool,
    /// Whether the lines are those of a certificate in PEM.
    in_pem: bool,
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
            text: Text::default(),
            said: Vec::new(),
            lines: Vec::new(),
            ahead: None,
            leading: Vec::new(),
            had_text: false,
            adrift: false,
            in_pem: false,
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
            self.begin_text(rows);
            rows.recognise();
        } else if text.start() == 0 {
            self.named(whole, rows)?;
        } else if self.is_text || self.text.is_in_extension() {
            self.text.line(text, self.certificate.get_or_insert_default())?;
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

impl X509 {
    fn flush(&mut self, rows: &mut Rows<Certificate>) {
        let mut said = std::mem::take(&mut self.said);
        let is_text = std::mem::take(&mut self.is_text);
        (self.text, self.adrift) = (Text::default(), false);
        self.lines.clear();
        let ahead = self.ahead.take();
        // Nothing is known of one whose only lines could not be read.
        let Some(mut certificate) = self.certificate.take().filter(|_| is_text || !said.is_empty()) else { return };
        if let Some((other, fields)) = ahead {
            if certificate.contradicts(&other) {
                push(other, fields.iter(), rows);
                self.leading.clear();
            } else {
                certificate.take_lines(other);
                said.splice(0..0, fields);
            }
        }
        if !certificate.remarks.is_empty() {
            said.push("remarks");
        }
        push(certificate, PRINTED.iter().filter(|_| is_text).chain(&said), rows);
    }

    /// `Certificate:`, what `-text` prints. Where the first text has lines before it, such lines are of the same certificate, unless
    /// it says otherwise.
    fn begin_text(&mut self, rows: &mut Rows<Certificate>) {
        let may_lead = !std::mem::replace(&mut self.had_text, true) || !self.leading.is_empty();
        if self.is_text || !may_lead {
            self.flush(rows);
        } else if self.certificate.is_some() {
            self.leading.append(&mut self.lines);
            let said = std::mem::take(&mut self.said);
            self.ahead = self.certificate.take().filter(|_| !said.is_empty()).map(|certificate| (certificate, said));
            (self.text, self.adrift) = (Text::default(), false);
        }
        (self.certificate, self.is_text) = (Some(Certificate::default()), true);
    }

    /// A line that is not indented: `subject=CN = x`.
    fn named(&mut self, line: Field<'_>, rows: &mut Rows<Certificate>) -> Result<(), Error> {
        self.text.leave();
        if let Some(name) = line.strip_suffix(":").or_else(|| line.strip_suffix(": critical"))
            && name.bytes.starts_with(b"X509v3 ")
        {
            return self.extension(line, name, rows);
        }
        let Some((name, value)) = line.split_once("=") else { return self.unnamed(line, rows) };
        let algorithm = name.strip_suffix(" Fingerprint").map(|algorithm| algorithm.bytes.to_ascii_lowercase());
        let fields: &[&'static str] = match name.bytes {
            b"subject" => &["subject", "common_name"],
            b"issuer" => &["issuer"],
            b"notBefore" => &["not_before"],
            b"notAfter" => &["not_after"],
            b"serial" => &["serial"],
            b"Modulus" => &["modulus"],
            _ if algorithm.is_some() => &["digest", "algorithm"],
            _ => return self.unnamed(line, rows),
        };
        // A line of the same name is another certificate's, also where its value cannot be read.
        if self.lines.contains(&fields[0]) || self.is_text && self.leading.contains(&fields[0]) {
            self.flush(rows);
        }
        let read = said(fields[0], value.trim(), algorithm);
        // So is one that says something else than the text above it.
        let contradicts = |certificate: &Certificate| read.as_ref().is_ok_and(|read| certificate.contradicts(read));
        if self.certificate.as_ref().is_some_and(contradicts) {
            self.flush(rows);
        }
        self.lines.push(fields[0]);
        self.certificate.get_or_insert_default().take_lines(read?);
        rows.recognise();
        self.say(fields);
        Ok(())
    }

    /// A line that names an extension (`-ext`).
    fn extension(&mut self, line: Field<'_>, name: Field<'_>, rows: &mut Rows<Certificate>) -> Result<(), Error> {
        rows.recognise();
        let is_known = |certificate: &Certificate| certificate.extensions.0.iter().any(|(known, _)| known == name.bytes);
        let is_repeated = self.certificate.as_ref().is_some_and(is_known);
        let is_next = if self.is_text { self.leading.contains(&"extensions") } else { is_repeated };
        if is_next {
            self.flush(rows);
        } else if is_repeated {
            self.text.pass_over();
            return Ok(());
        }
        self.lines.push("extensions");
        self.say(&["is_ca", "path_length", "names", "key_usage", "extended_key_usage", "extensions", "critical"]);
        self.text.extension(line, 0, self.certificate.get_or_insert_default())
    }

    /// A line that says something without its name, such as a mail address.
    fn unnamed(&mut self, line: Field<'_>, rows: &Rows<Certificate>) -> Result<(), Error> {
        let is_remark = !line.split_once("=").is_some_and(|(name, _)| is_name(name.bytes));
        if !rows.recognised() || !is_remark || self.adrift {
            self.adrift = true;
            return Err(line.expected(EXPECTED).into());
        }
        self.certificate.get_or_insert_default().remarks.push(line.bytes.to_vec());
        Ok(())
    }

    fn say(&mut self, fields: &[&'static str]) {
        let new = fields.iter().filter(|field| !(self.said.contains(field) || self.is_text && PRINTED.contains(field)));
        self.said.extend(new.copied().collect::<Vec<_>>());
    }
}

/// A certificate of which a line has said this.
fn said(field: &str, value: Field<'_>, algorithm: Option<Vec<u8>>) -> Result<Certificate, Problem> {
    let mut said = Certificate::default();
    let text = || Some(value.bytes.to_vec());
    match field {
        "subject" => (said.common_name, said.subject) = (common_name(value), text()),
        "issuer" => said.issuer = text(),
        "not_before" => said.not_before = Some(point(value)?),
        "not_after" => said.not_after = Some(point(value)?),
        "serial" => said.serial = Some(hexadecimal(value)?),
        "modulus" if is_none(value) => {}
        "modulus" => said.modulus = Some(hexadecimal(value)?),
        _ => (said.digest, said.algorithm) = (Some(hexadecimal(value)?), algorithm),
    }
    Ok(said)
}

/// What is printed in place of a modulus, by version, where the key is not of RSA.
fn is_none(modulus: Field<'_>) -> bool {
    matches!(modulus.bytes, b"No modulus for this public key type" | b"Wrong Algorithm type")
}

/// Whether `NAME=VALUE` has a name of OpenSSL's here, or one that was meant to be: addresses and the like have other signs in it.
fn is_name(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ')
}

fn push<'a>(certificate: Certificate, fields: impl Iterator<Item = &'a &'static str>, rows: &mut Rows<Certificate>) {
    rows.shape(fields);
    rows.push(certificate);
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
    fn a_modulus_is_of_rsa_alone() {
        let parsed =
            parse::<X509>(None, b"Modulus=C0FFEE\nsubject=CN=a\nModulus=No modulus for this public key type\nsubject=CN=b\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"subject":"CN=a","common_name":"a","modulus":"C0FFEE"}"#,
                r#"{"subject":"CN=b","common_name":"b","modulus":null}"#
            ]
        );
    }

    /// The fields of each record that tell which certificate it is, and the number of problems.
    fn told(capture: &str) -> (Vec<String>, usize) {
        let parsed = parse::<X509>(None, capture.as_bytes());
        let shown = |record: &String| {
            let of = |name: &str| record.split_once(name).map_or("-", |(_, after)| after.split('"').next().unwrap_or_default());
            format!("{} {} {}", of(r#""serial":""#), of(r#""subject":""#), of(r#""digest":""#))
        };
        (parsed.without_nulls().iter().map(shown).collect(), parsed.problems.len())
    }

    fn text(number: u8, subject: &str) -> String {
        format!(
            "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: {number} (0x{number:x})\n        Subject: {subject}\n"
        )
    }

    #[test]
    fn lines_before_the_text_of_a_certificate_are_its_own() {
        let print = |a: &str, b: &str| {
            format!("{a}sha256 Fingerprint=0A\n{}{b}sha256 Fingerprint=0B\n{}", text(1, "CN=a"), text(2, "CN=b"))
        };
        let both = vec!["01 CN=a 0A".to_owned(), "02 CN=b 0B".to_owned()];
        assert_eq!(told(&print("subject=CN=a\n", "subject=CN=b\n")), (both.clone(), 0));
        assert_eq!(told(&print("subject=CN=a\n", "subjXct=CN=b\n")), (both.clone(), 1));
        assert_eq!(told(&print("serial=01\n", "serial=0x\n")), (both, 1));
        // One of which only lines were printed, before another's text.
        assert_eq!(told(&format!("subject=CN=z\n{}", text(1, "CN=a"))), (vec!["- CN=z -".to_owned(), "01 CN=a -".to_owned()], 0));
    }

    #[test]
    fn lines_below_the_text_of_a_certificate_are_its_own() {
        let print = |a: &str, b: &str| format!("{}{a}{}{b}", text(1, "CN=a"), text(2, "CN=b"));
        let both = vec!["01 CN=a -".to_owned(), "02 CN=b -".to_owned()];
        assert_eq!(told(&print("subject=CN=a\n", "subject=CN=b\n")), (both.clone(), 0));
        assert_eq!(told(&print("subjXct=CN=a\n", "subject CN=b\n")), (both.clone(), 2));
        let other = vec!["01 CN=a -".to_owned(), "- CN=z -".to_owned(), "02 CN=b -".to_owned()];
        assert_eq!(told(&print("subject=CN=z\n", "subject=CN=b\n")), (other, 0));
    }

    #[test]
    fn an_address_behind_a_broken_line_may_be_of_another_certificate() {
        let parsed = parse::<X509>(None, b"subject=CN=a\na@b.c\nsubjXct=CN=b\nd@e.f\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        parsed.has(0, &[r#""remarks":["a@b.c"]"#]);
    }

    #[test]
    fn an_extension_that_comes_again_is_of_the_next_certificate_or_in_the_text_already() {
        let alternatives =
            |name: &str, indent: &str| format!("{indent}X509v3 Subject Alternative Name: \n{indent}    DNS:{name}\n");
        let names = |capture: String| {
            let parsed = parse::<X509>(None, capture.as_bytes());
            let of =
                |record: &String| record.split_once(r#""names":"#).unwrap_or_default().1.split(']').next().map(str::to_owned);
            parsed.sound().iter().filter_map(of).collect::<Vec<_>>()
        };
        let (a, b) = (alternatives("a", ""), alternatives("b", ""));
        assert_eq!(names(format!("{a}{b}")), [r#"["DNS:a""#, r#"["DNS:b""#]);
        let printed =
            |name: &str| format!("{}        X509v3 extensions:\n{}", text(1, "CN=a"), alternatives(name, "            "));
        assert_eq!(names(format!("{}{a}", printed("a"))), [r#"["DNS:a""#]);
        assert_eq!(names(format!("{a}{}{b}{}", printed("a"), printed("b"))), [r#"["DNS:a""#, r#"["DNS:b""#]);
    }

    #[test]
    fn a_broken_value_is_told_and_null() {
        let parsed = parse::<X509>(None, TEXT.replace("Feb  7", "Feb 30").as_bytes());
        parsed.has(0, &[r#""not_after":null"#]);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        assert_unrecognised::<X509>(["hello\n", "a=b\n", "-----BEGIN CERTIFICATE-----\n"]);
    }
}
