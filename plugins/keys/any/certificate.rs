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
    /// Mail addresses that it names (`-email`), responders (`-ocsp_uri`), and whatever else is printed without a name.
    pub remarks: Vec<Vec<u8>>,
}
