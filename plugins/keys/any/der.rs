//! What a certificate in DER says: RFC 5280, in the words of OpenSSL.
//!
//! Only what a [`Certificate`] has fields for is read. Anything else that a length or a tag cannot explain makes the whole certificate
//! unreadable: what is guessed of a certificate is worse than nothing.

use outparse_sdk::Time;

use crate::{Certificate, x509};

/// Elements, one behind the other.
struct Elements<'a>(&'a [u8]);

/// An element: its tag, what is in it.
type Element<'a> = (u8, &'a [u8]);

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

impl<'a> Elements<'a> {
    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        // A tag of several bytes is in no certificate.
        (tag & 0x1f != 0x1f).then_some((tag, content))
    }

    fn of(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
    }

    /// The next one, where it has this tag.
    fn optional(&mut self, wanted: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&wanted) { self.of(wanted) } else { None }
    }

    fn all(content: &'a [u8]) -> Option<Vec<Element<'a>>> {
        let (mut elements, mut all) = (Elements(content), Vec::new());
        while !elements.0.is_empty() {
            all.push(elements.next()?);
        }
        Some(all)
    }
}

/// The fields of a certificate's text that are not read here.
const ONLY_IN_TEXT: [&str; 3] = ["extensions", "critical", "key"];

/// The fields that are read: those of the text, but for a few.
pub(crate) fn fields() -> impl Iterator<Item = &'static str> {
    x509::text::PRINTED.into_iter().filter(|field| !ONLY_IN_TEXT.contains(field))
}

/// Reads a certificate; what follows it, as OpenSSL's own form has it, says nothing of it.
pub(crate) fn certificate(der: &[u8]) -> Option<Certificate> {
    let mut whole = Elements(Elements(der).of(SEQUENCE)?);
    let mut body = Elements(whole.of(SEQUENCE)?);
    let algorithm = Elements(whole.of(SEQUENCE)?).of(OID)?;
    let signature = whole.of(BITS)?.get(1..)?;
    let mut found = Certificate { format_version: Some(1), ..Certificate::default() };
    if let Some(version) = body.optional(0xa0) {
        let [version] = Elements(version).of(INTEGER)? else { return None };
        found.format_version = Some(i64::from(*version) + 1);
    }
    found.serial = Some(serial(body.of(INTEGER)?)?);
    body.of(SEQUENCE)?;
    found.signature_algorithm = Some(named(algorithm)?);
    (found.issuer, _) = name(body.of(SEQUENCE)?)?;
    let mut validity = Elements(body.of(SEQUENCE)?);
    found.not_before = Some(time(validity.next()?)?);
    found.not_after = Some(time(validity.next()?)?);
    (found.subject, found.common_name) = name(body.of(SEQUENCE)?)?;
    key(body.of(SEQUENCE)?, &mut found)?;
    // The unique identifiers of version 2.
    body.optional(0x81);
    body.optional(0x82);
    if let Some(extensions) = body.optional(0xa3) {
        for (_, extension) in Elements::all(Elements(extensions).of(SEQUENCE)?)? {
            let mut parts = Elements(extension);
            let id = parts.of(OID)?;
            parts.optional(0x01);
            extend(id, parts.of(OCTETS)?, &mut found)?;
        }
    }
    found.signature = Some(hexadecimal(signature));
    Some(found)
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()
}

/// A whole number in two's complement, as `-serial` prints it.
fn serial(number: &[u8]) -> Option<Vec<u8>> {
    if number.first()? & 0x80 == 0 {
        return Some(hexadecimal(number.strip_prefix(b"\0").filter(|rest| !rest.is_empty()).unwrap_or(number)));
    }
    let mut magnitude: Vec<u8> = number.iter().map(|byte| !byte).collect();
    for byte in magnitude.iter_mut().rev() {
        let (sum, carries) = byte.overflowing_add(1);
        *byte = sum;
        if !carries {
            break;
        }
    }
    Some([b"-", &hexadecimal(&magnitude)[..]].concat())
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn time((tag, text): Element<'_>) -> Option<Time> {
    let digits = text.strip_suffix(b"Z")?;
    let two = |at: usize| -> Option<i64> {
        let pair = digits.get(at..at + 2)?;
        pair.iter().all(u8::is_ascii_digit).then(|| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0'))
    };
    let (year, at) = match (tag, digits.len()) {
        (0x17, 12) => (two(0)? + if two(0)? < 50 { 2000 } else { 1900 }, 2),
        (0x18, 14) => (two(0)? * 100 + two(2)?, 4),
        _ => return None,
    };
    let (hours, minutes, seconds) = (two(at + 4)?, two(at + 6)?, two(at + 8)?);
    let sound = hours < 24 && minutes < 60 && seconds < 60;
    let of_day = sound.then_some(hours * 3600 + minutes * 60 + seconds)?;
    Some(Time::local(year, u32::try_from(two(at)?).ok()?, u32::try_from(two(at + 2)?).ok()?, of_day)?.with_offset(0))
}

/// `C = DE, O = "Ex, ample", CN = ex.org`, and the last common name in it.
#[allow(clippy::type_complexity, reason = "the name, and a part of it")]
fn name(content: &[u8]) -> Option<(Option<Vec<u8>>, Option<Vec<u8>>)> {
    let (mut text, mut common) = (Vec::new(), None);
    for (tag, set) in Elements::all(content)? {
        for (index, (_, pair)) in Elements::all(set)?.into_iter().enumerate() {
            let mut pair = Elements(pair);
            let id = named(pair.of(OID)?)?;
            let value = string(pair.next()?)?;
            if !text.is_empty() {
                text.extend_from_slice(if index > 0 { b" + " } else { b", " });
            }
            text.extend([&id[..], b" = ", &quoted(&value)].concat());
            if id == b"CN" {
                common = Some(value);
            }
        }
        if tag != SET {
            return None;
        }
    }
    Some((Some(text), common))
}

/// A value between quotes, where it has what parts a name.
fn quoted(value: &[u8]) -> Vec<u8> {
    let is_special = |byte: &u8| matches!(byte, b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';');
    if !value.iter().any(is_special) && !value.starts_with(b" ") && !value.starts_with(b"#") && !value.ends_with(b" ") {
        return value.to_vec();
    }
    let escaped = value.iter().flat_map(|byte| [b'\\', *byte].into_iter().skip(usize::from(!matches!(byte, b'"' | b'\\'))));
    std::iter::once(b'"').chain(escaped).chain(std::iter::once(b'"')).collect()
}

/// A text of any of the alphabets, in UTF-8.
fn string((tag, bytes): Element<'_>) -> Option<Vec<u8>> {
    let wide = |size: usize| -> Option<Vec<u8>> {
        let letters = bytes.chunks(size).map(|chunk| {
            let number = chunk.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
            char::from_u32(number).filter(|_| chunk.len() == size)
        });
        letters.collect::<Option<String>>().map(String::into_bytes)
    };
    match tag {
        // Of UTF-8, and of what is a part of ASCII.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => Some(bytes.to_vec()),
        0x14 => Some(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes()),
        0x1c => wide(4),
        0x1e => wide(2),
        _ => None,
    }
}

fn key(content: &[u8], found: &mut Certificate) -> Option<()> {
    let mut parts = Elements(content);
    let mut algorithm = Elements(parts.of(SEQUENCE)?);
    let id = named(algorithm.of(OID)?)?;
    let bits = parts.of(BITS)?.get(1..)?;
    match &id[..] {
        b"rsaEncryption" => {
            let modulus = Elements(Elements(bits).of(SEQUENCE)?).of(INTEGER)?;
            let modulus = modulus.strip_prefix(b"\0").unwrap_or(modulus);
            found.key_bits = Some(modulus.len() as i64 * 8 - i64::from(modulus.first()?.leading_zeros()));
        }
        b"id-ecPublicKey" => {
            // Parameters that are written out have no name.
            let curve = algorithm.optional(OID).and_then(named);
            found.key_bits = match curve.as_deref() {
                Some(b"prime256v1" | b"secp256k1") => Some(256),
                Some(b"secp384r1") => Some(384),
                Some(b"secp521r1") => Some(521),
                _ => None,
            };
            found.curve = curve;
        }
        _ => {}
    }
    found.key_algorithm = Some(id);
    Some(())
}

fn extend(id: &[u8], value: &[u8], found: &mut Certificate) -> Option<()> {
    // Those of X.509 are below 2.5.29.
    let [0x55, 0x1d, number] = id else { return Some(()) };
    match number {
        15 => {
            const USES: [&str; 9] = [
                "Digital Signature",
                "Non Repudiation",
                "Key Encipherment",
                "Data Encipherment",
                "Key Agreement",
                "Certificate Sign",
                "CRL Sign",
                "Encipher Only",
                "Decipher Only",
            ];
            let bits = Elements(value).of(BITS)?.get(1..)?;
            let is_set = |at: usize| bits.get(at / 8).is_some_and(|byte| byte << (at % 8) & 0x80 != 0);
            found.key_usage = (0..USES.len()).filter(|at| is_set(*at)).map(|at| USES[at].into()).collect();
        }
        17 => {
            for name in Elements::all(Elements(value).of(SEQUENCE)?)? {
                found.names.push(alternative(name)?);
            }
        }
        19 => {
            let mut parts = Elements(Elements(value).of(SEQUENCE)?);
            found.is_ca = Some(parts.optional(0x01).is_some_and(|truth| truth != [0]));
            if let Some(length) = parts.optional(INTEGER) {
                let number = length.iter().try_fold(0_i64, |number, byte| number.checked_mul(256)?.checked_add(i64::from(*byte)));
                found.path_length = Some(number?);
            }
        }
        37 => {
            for (tag, use_of) in Elements::all(Elements(value).of(SEQUENCE)?)? {
                found.extended_key_usage.push(named(use_of).filter(|_| tag == OID)?);
            }
        }
        _ => {}
    }
    Some(())
}

/// A name after its kind: `DNS:example.org`.
fn alternative((tag, value): Element<'_>) -> Option<Vec<u8>> {
    Some(match tag {
        0x81 => [b"email:", value].concat(),
        0x82 => [b"DNS:", value].concat(),
        0x86 => [b"URI:", value].concat(),
        0x87 => match value.len() {
            4 => format!("IP Address:{}.{}.{}.{}", value[0], value[1], value[2], value[3]).into_bytes(),
            16 => {
                let groups = value.chunks(2).map(|pair| format!("{:X}", u16::from(pair[0]) << 8 | u16::from(pair[1])));
                format!("IP Address:{}", groups.collect::<Vec<_>>().join(":")).into_bytes()
            }
            _ => return None,
        },
        0x88 => [b"Registered ID:", &named(value)?[..]].concat(),
        0xa4 => [b"DirName:", &name(Elements(value).of(SEQUENCE)?)?.0?[..]].concat(),
        // What is in the others, each has a form of its own for.
        0xa0 => [b"othername:", &hexadecimal(value)[..]].concat(),
        0xa3 => [b"X400Name:", &hexadecimal(value)[..]].concat(),
        0xa5 => [b"EdiPartyName:", &hexadecimal(value)[..]].concat(),
        _ => return None,
    })
}

/// The name that OpenSSL has for an identifier, or its numbers.
fn named(id: &[u8]) -> Option<Vec<u8>> {
    let numbers = dotted(id)?;
    let name = NAMES.iter().find(|(known, _)| *known == numbers).map(|(_, name)| name.as_bytes().to_vec());
    Some(name.unwrap_or_else(|| numbers.into_bytes()))
}

/// Numbers with seven bits a byte, the first of which stands for two.
fn dotted(id: &[u8]) -> Option<String> {
    let (mut numbers, mut number) = (Vec::new(), 0_u128);
    for byte in id {
        number = number.checked_mul(128)? + u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first.to_string());
                number -= first * 40;
            }
            numbers.push(number.to_string());
            number = 0;
        }
    }
    let is_whole = id.last().is_some_and(|byte| byte & 0x80 == 0);
    is_whole.then(|| numbers.join("."))
}

const NAMES: [(&str, &str); 52] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10040.4.1", "dsaEncryption"),
    ("1.2.840.10040.4.3", "dsaWithSHA1"),
    ("1.2.840.10045.2.1", "id-ecPublicKey"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.10045.3.1.7", "prime256v1"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.34", "secp384r1"),
    ("1.3.132.0.35", "secp521r1"),
    ("1.3.101.112", "ED25519"),
    ("1.3.101.113", "ED448"),
    ("1.3.6.1.5.5.7.3.1", "TLS Web Server Authentication"),
    ("1.3.6.1.5.5.7.3.2", "TLS Web Client Authentication"),
    ("1.3.6.1.5.5.7.3.3", "Code Signing"),
    ("1.3.6.1.5.5.7.3.4", "E-mail Protection"),
    ("1.3.6.1.5.5.7.3.8", "Time Stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSP Signing"),
];
