//! What a certificate says, whoever says it.

use outparse_sdk::{Map, Record, Time};

/// An X.509 certificate.
#[derive(Clone, Debug, Default, Record)]
pub struct Certificate {
    /// Version of its format.
    pub format_version: Option<i64>,
    /// Serial number, in hexadecimal.
    #[field(key)]
    pub serial: Option<Vec<u8>>,
    /// How it is signed: `sha256WithRSAEncryption`.
    pub signature_algorithm: Option<Vec<u8>>,
    /// Who issued it, as printed.
    #[field(key)]
    pub issuer: Option<Vec<u8>>,
    /// From when on it is valid.
    pub not_before: Option<Time>,
    /// Until when it is valid.
    pub not_after: Option<Time>,
    /// Whose it is, as printed.
    pub subject: Option<Vec<u8>>,
    /// The common name in that; the last, where there are several.
    pub common_name: Option<Vec<u8>>,
    /// Sort of key: `rsaEncryption`, `id-ecPublicKey`.
    pub key_algorithm: Option<Vec<u8>>,
    /// Length of the key in bits.
    pub key_bits: Option<i64>,
    /// The curve of the key, where it is on one.
    pub curve: Option<Vec<u8>>,
    /// Whether it may issue others; null where it does not say.
    pub is_ca: Option<bool>,
    /// How many authorities may stand below it; null where it does not say.
    pub path_length: Option<i64>,
    /// Names that it is valid for, each after its kind: `DNS:example.org`.
    pub names: Vec<Vec<u8>>,
    /// What the key is for.
    pub key_usage: Vec<Vec<u8>>,
    /// What else the key is for.
    pub extended_key_usage: Vec<Vec<u8>>,
    /// All extensions, as printed, by name.
    pub extensions: Map<Vec<u8>>,
    /// Those that must be understood.
    pub critical: Vec<Vec<u8>>,
    /// The public key, as printed, by the names of its parts.
    pub key: Map<Vec<u8>>,
    /// The signature, in hexadecimal.
    pub signature: Option<Vec<u8>>,
    /// The fingerprint, in hexadecimal (`-fingerprint`).
    pub digest: Option<Vec<u8>>,
    /// How the fingerprint was made: `sha256`.
    pub algorithm: Option<Vec<u8>>,
    /// Modulus of its key, in hexadecimal (`-modulus`); null where the key has none.
    pub modulus: Option<Vec<u8>>,
    /// Mail addresses that it names (`-email`), responders (`-ocsp_uri`), and whatever else is printed without a name.
    pub remarks: Vec<Vec<u8>>,
}

impl Certificate {
    /// Whether another one says something else of itself. Names are as they were asked for, and those of OpenSSL 1.0 begin with `/`
    /// in lines alone.
    pub(crate) fn contradicts(&self, other: &Certificate) -> bool {
        fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            a.is_some() && b.is_some() && a != b
        }
        let names_differ = |a: &Option<Vec<u8>>, b: &Option<Vec<u8>>| {
            differ(a, b) && ![a, b].iter().any(|name| name.as_deref().is_some_and(|name| name.starts_with(b"/")))
        };
        differ(&self.serial, &other.serial)
            || differ(&self.not_before, &other.not_before)
            || differ(&self.not_after, &other.not_after)
            || names_differ(&self.issuer, &other.issuer)
            || names_differ(&self.subject, &other.subject)
    }

    /// Takes what lines have said of it, where nothing else has.
    pub(crate) fn take_lines(&mut self, lines: Certificate) {
        fn take<T>(place: &mut Option<T>, value: Option<T>) {
            *place = place.take().or(value);
        }
        take(&mut self.serial, lines.serial);
        take(&mut self.issuer, lines.issuer);
        take(&mut self.not_before, lines.not_before);
        take(&mut self.not_after, lines.not_after);
        take(&mut self.subject, lines.subject);
        take(&mut self.common_name, lines.common_name);
        take(&mut self.digest, lines.digest);
        take(&mut self.algorithm, lines.algorithm);
        take(&mut self.modulus, lines.modulus);
        self.remarks.splice(0..0, lines.remarks);
        for (name, value) in lines.extensions.0 {
            if !self.extensions.0.iter().any(|(known, _)| *known == name) {
                self.extensions.0.push((name, value));
            }
        }
    }
}
