//! `gpg --with-colons`: keys, their names and signatures, a line each, with colons between the fields.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, escape, without_options};

/// What a line is about.
#[derive(Clone, Debug, Record)]
pub enum Listed {
    /// A key, or a part of one.
    Key(Key),
    /// A name that a key is for.
    UserId(UserId),
    /// A signature on what stands above it.
    Signature(Signature),
    /// Whatever else.
    Other(Other),
}

/// A key.
#[derive(Clone, Debug, Default, Record)]
pub struct Key {
    /// What it is: `public`, `secret`, `public subkey`, `secret subkey`, `certificate`, `certificate with a secret key`.
    pub r#type: &'static str,
    /// Its identifier.
    #[field(key)]
    pub key_id: Vec<u8>,
    /// The identifier of the key that it is a part of; null of that key itself.
    pub primary_key_id: Option<Vec<u8>>,
    /// Its fingerprint.
    pub fingerprint: Option<Vec<u8>>,
    /// Its keygrip, by which secret keys are kept.
    pub keygrip: Option<Vec<u8>>,
    /// How far it can be trusted to be its owner's, by a letter: `u` ultimate, `f` full, `e` expired, `r` revoked, …
    pub validity: Option<Vec<u8>>,
    /// Its length in bits.
    pub key_bits: Option<i64>,
    /// Number of its algorithm in OpenPGP.
    pub algorithm_number: Option<i64>,
    /// Its algorithm, by name, where that is known here.
    pub algorithm: Option<&'static str>,
    /// The curve that it is on.
    pub curve: Option<Vec<u8>>,
    /// When it was made.
    pub created: Option<Time>,
    /// When it ends; null where it does not.
    pub expires: Option<Time>,
    /// How far its owner is trusted to have checked others, by a letter.
    pub owner_trust: Option<Vec<u8>>,
    /// What it can do, by letters: `e` encrypt, `s` sign, `c` certify, `a` authenticate; capitals of the whole key, `D` for a disabled one.
    pub capability_letters: Option<Vec<u8>>,
    /// What it can do: `encrypt`, `sign`, `certify`, `authenticate`.
    pub capabilities: Vec<&'static str>,
    /// The token that it is on; `+` where it is here, `#` where it is not.
    pub token: Option<Vec<u8>>,
    /// Serial number of a certificate, and who issued it.
    pub issuer: Option<Vec<u8>>,
    /// When it was last brought up to date.
    pub updated: Option<Time>,
    /// Where it came from, as a number and perhaps an address.
    pub origin: Option<Vec<u8>>,
    /// All fields, as printed.
    pub fields: Vec<Vec<u8>>,
}

/// A name that a key is for.
#[derive(Clone, Debug, Default, Record)]
pub struct UserId {
    /// The identifier of the key.
    #[field(key)]
    pub key_id: Option<Vec<u8>>,
    /// The name: `A B (comment) <a@example.org>`; of an attribute such as a picture, how many and how large.
    #[field(key)]
    pub user_id: Vec<u8>,
    /// Whether it is an attribute, and no name.
    pub is_attribute: bool,
    /// How far it can be trusted to be its owner's, by a letter.
    pub validity: Option<Vec<u8>>,
    /// When it was made.
    pub created: Option<Time>,
    /// When it ends; null where it does not.
    pub expires: Option<Time>,
    /// A digest of it, by which it is known.
    pub digest: Option<Vec<u8>>,
    /// All fields, as printed.
    pub fields: Vec<Vec<u8>>,
}

/// A signature.
#[derive(Clone, Debug, Default, Record)]
pub struct Signature {
    /// What it is: `signature`, `revocation`, `standalone`.
    pub r#type: &'static str,
    /// The identifier of the key that it is on.
    #[field(key)]
    pub key_id: Option<Vec<u8>>,
    /// The identifier of the key that it was made with.
    #[field(key)]
    pub signer_key_id: Vec<u8>,
    /// Whose that is.
    pub signer: Option<Vec<u8>>,
    /// Its fingerprint.
    pub signer_fingerprint: Option<Vec<u8>>,
    /// Whether it is good, with `--check-sigs`: `!` good, `-` bad, `?` no key, `%` another error.
    pub validity: Option<Vec<u8>>,
    /// Number of its algorithm in OpenPGP.
    pub algorithm_number: Option<i64>,
    /// Its algorithm, by name, where that is known here.
    pub algorithm: Option<&'static str>,
    /// When it was made.
    pub created: Option<Time>,
    /// When it ends; null where it does not.
    pub expires: Option<Time>,
    /// Its class in hexadecimal, and `x` where it may be exported, `l` where not.
    pub class: Option<Vec<u8>>,
    /// All fields, as printed.
    pub fields: Vec<Vec<u8>>,
}

/// A line of another kind.
#[derive(Clone, Debug, Default, Record)]
pub struct Other {
    /// What it is: `tru`, `cfg`, `pkd`, `rvk`, `spk`, …
    pub r#type: Vec<u8>,
    /// All fields behind that, as printed.
    pub fields: Vec<Vec<u8>>,
}

/// Reads `gpg --with-colons`.
pub struct Gpg {
    /// The key under way, whose fingerprint may follow.
    key: Option<Key>,
    /// The identifier of the key that parts, names and signatures are of; none below one that could not be read.
    primary: Option<Vec<u8>>,
}

const EXPECTED: &str = "fields between colons, as `gpg --with-colons` prints them: `--exact` asks for that";
const OPTIONS: &[&str] =
    &["homedir=", "options=", "keyid-format=", "list-options=", "keyring=", "with-colons", "k list-keys", "K list-secret-keys"];

impl Parser for Gpg {
    const ABOUT: About = About {
        name: "gpg",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Keys, as gpg --with-colons prints them",
        commands: &["gpg", "gpg2"],
        dialect: "gnupg",
        ..About::DEFAULT
    };
    type Record = Listed;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Gpg { key: None, primary: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        // What gpg says of something else, such as its file of trust, may stand amid a key.
        if line.bytes.starts_with(b"gpg: ") {
            return Err(line.expected(EXPECTED).into());
        }
        let fields: Vec<Field<'_>> = line.whole().split(":").collect();
        let kind = fields[0];
        let known = kind.bytes.len() == 3 && kind.bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !known || fields.len() < 3 {
            // It may have been a key, and what follows its.
            self.flush(rows);
            self.primary = None;
            return Err(line.expected(EXPECTED).into());
        }
        match kind.bytes {
            b"pub" | b"sec" | b"crt" | b"crs" | b"sub" | b"ssb" => {
                self.flush(rows);
                rows.recognise();
                let is_part = matches!(kind.bytes, b"sub" | b"ssb");
                if !is_part {
                    self.primary = None;
                }
                let key = Key::read(&fields, self.primary.as_deref())?;
                if !is_part {
                    self.primary = Some(key.key_id.clone());
                }
                self.key = Some(key);
            }
            b"fpr" => {
                if let Some(key) = &mut self.key {
                    key.fingerprint = text(&fields, 10);
                }
            }
            b"grp" => {
                if let Some(key) = &mut self.key {
                    key.keygrip = text(&fields, 10);
                }
            }
            b"uid" | b"uat" => {
                self.flush(rows);
                let user = UserId {
                    key_id: self.primary.clone(),
                    user_id: escape::hexadecimal(at(&fields, 10).map_or(&b""[..], |field| field.bytes)),
                    is_attribute: kind.bytes == b"uat",
                    validity: text(&fields, 2),
                    created: time(&fields, 6)?,
                    expires: time(&fields, 7)?,
                    digest: text(&fields, 8),
                    fields: all(&fields),
                };
                rows.push(Listed::UserId(user));
            }
            b"sig" | b"rev" | b"rvs" => {
                self.flush(rows);
                let algorithm_number = number(&fields, 4)?;
                let signature = Signature {
                    r#type: match kind.bytes {
                        b"sig" => "signature",
                        b"rev" => "revocation",
                        _ => "standalone",
                    },
                    key_id: self.primary.clone(),
                    signer_key_id: text(&fields, 5).ok_or_else(|| line.expected("the identifier of a key"))?,
                    signer: text(&fields, 10).map(|signer| escape::hexadecimal(&signer)),
                    signer_fingerprint: text(&fields, 13),
                    validity: text(&fields, 2),
                    algorithm_number,
                    algorithm: algorithm_number.and_then(algorithm),
                    created: time(&fields, 6)?,
                    expires: time(&fields, 7)?,
                    class: text(&fields, 11),
                    fields: all(&fields),
                };
                rows.push(Listed::Signature(signature));
            }
            _ => {
                self.flush(rows);
                rows.push(Listed::Other(Other { r#type: kind.bytes.to_vec(), fields: all(&fields[1..]) }));
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let mut words = without_options(words, OPTIONS, &["with-colons"]);
        words.insert(0, "--with-colons".to_owned());
        Some(words)
    }
}

impl Gpg {
    fn flush(&mut self, rows: &mut Rows<Listed>) {
        self.key.take().into_iter().for_each(|key| rows.push(Listed::Key(key)));
    }
}

impl Key {
    fn read(fields: &[Field<'_>], primary: Option<&[u8]>) -> Result<Key, Problem> {
        let letters = text(fields, 12);
        let has = |letter: u8| letters.as_deref().is_some_and(|letters| letters.contains(&letter));
        const CAPABILITIES: [(u8, &str); 4] = [(b'e', "encrypt"), (b's', "sign"), (b'c', "certify"), (b'a', "authenticate")];
        let algorithm_number = number(fields, 4)?;
        Ok(Key {
            r#type: match fields[0].bytes {
                b"pub" => "public",
                b"sec" => "secret",
                b"sub" => "public subkey",
                b"ssb" => "secret subkey",
                b"crt" => "certificate",
                _ => "certificate with a secret key",
            },
            key_id: text(fields, 5).ok_or_else(|| fields[0].problem("there is no identifier of the key"))?,
            primary_key_id: primary.map(<[u8]>::to_vec),
            fingerprint: None,
            keygrip: None,
            validity: text(fields, 2),
            key_bits: number(fields, 3)?,
            algorithm_number,
            algorithm: algorithm_number.and_then(algorithm),
            curve: text(fields, 17),
            created: time(fields, 6)?,
            expires: time(fields, 7)?,
            owner_trust: text(fields, 9),
            capabilities: CAPABILITIES.iter().filter(|(letter, _)| has(*letter)).map(|(_, word)| *word).collect(),
            capability_letters: letters,
            token: text(fields, 15),
            issuer: text(fields, 10).map(|issuer| escape::hexadecimal(&issuer)),
            updated: time(fields, 19)?,
            origin: text(fields, 20),
            fields: all(fields),
        })
    }
}

/// A field by its number, from 1.
fn at<'a>(fields: &[Field<'a>], number: usize) -> Option<Field<'a>> {
    fields.get(number - 1).copied().filter(|field| !field.bytes.is_empty())
}

fn text(fields: &[Field<'_>], number: usize) -> Option<Vec<u8>> {
    at(fields, number).map(|field| field.bytes.to_vec())
}

fn number(fields: &[Field<'_>], number: usize) -> Result<Option<i64>, Problem> {
    at(fields, number).map(|field| field.integer()).transpose()
}

fn all(fields: &[Field<'_>]) -> Vec<Vec<u8>> {
    fields.iter().map(|field| field.bytes.to_vec()).collect()
}

/// Seconds since 1970, or `20261129T054735`, which is UTC.
fn time(fields: &[Field<'_>], number: usize) -> Result<Option<Time>, Problem> {
    let Some(field) = at(fields, number) else { return Ok(None) };
    if field.has_shape("00000000T000000") {
        let digits = field.bytes;
        let iso = [&digits[..4], b"-", &digits[4..6], b"-", &digits[6..11], b":", &digits[11..13], b":", &digits[13..]].concat();
        let time = Time::iso(&iso).ok_or_else(|| field.expected("a time"))?;
        return Ok(Some(time.with_offset(0)));
    }
    match field.integer()? {
        0 => Ok(None),
        seconds => Ok(Some(Time::utc(seconds, 0))),
    }
}

/// The name of an algorithm of OpenPGP.
fn algorithm(number: i64) -> Option<&'static str> {
    match number {
        1 => Some("RSA"),
        2 => Some("RSA (encrypt only)"),
        3 => Some("RSA (sign only)"),
        16 => Some("Elgamal"),
        17 => Some("DSA"),
        18 => Some("ECDH"),
        19 => Some("ECDSA"),
        22 => Some("EdDSA"),
        25 => Some("X25519"),
        26 => Some("X448"),
        27 => Some("Ed25519"),
        28 => Some("Ed448"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, exact, parse};

    use super::Gpg;

    const KEYS: &str = "tru::1:1795934216:1859006216:3:1:5\npub:u:3072:1:BDC7C6D4269CA7F3:1795934216:1859006216::u:::scESC::::::23::0:\nfpr:::::::::432FE49851F54F87AA00B349BDC7C6D4269CA7F3:\nuid:u::::1795934216::49AC1C92::A\\x3a B <a@b.c>::::::::::0:\nsig:::1:BDC7C6D4269CA7F3:1795934216::::A B:13x::432FE498:::10:\nsub:e:255:18:BDFC591EA53D25B5:20261129T054735::::::e:::::cv25519:23:\nfpr:::::::::1D63:\ngrp:::::::::4D26:\n";

    #[test]
    fn keys_have_what_follows_them() {
        let parsed = parse::<Gpg>(None, KEYS.as_bytes());
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(1, &[r#""type":"public","key_id":"BDC7C6D4269CA7F3","primary_key_id":null,"fingerprint":"432FE49851F54F87AA00B349BDC7C6D4269CA7F3""#, r#""validity":"u","key_bits":3072,"algorithm_number":1,"algorithm":"RSA","curve":null,"created":"2026-11-29T06:36:56Z","expires":"2028-11-28T06:36:56Z""#, r#""capability_letters":"scESC","capabilities":["sign","certify"]"#]);
        parsed.has(
            2,
            &[r#"{"kind":"user_id","key_id":"BDC7C6D4269CA7F3","user_id":"A: B <a@b.c>","is_attribute":false,"validity":"u""#],
        );
        parsed.has(
            3,
            &[r#""signer_key_id":"BDC7C6D4269CA7F3","signer":"A B","signer_fingerprint":"432FE498""#, r#""class":"13x""#],
        );
        parsed.has(4, &[r#""type":"public subkey","key_id":"BDFC591EA53D25B5","primary_key_id":"BDC7C6D4269CA7F3","fingerprint":"1D63","keygrip":"4D26""#, r#""curve":"cv25519","created":"2026-11-29T05:47:35Z""#]);
        assert_any_split::<Gpg>(None, KEYS.as_bytes());
        assert_eq!(exact::<Gpg>("-k --with-colons a").as_deref(), Some("--with-colons -k a"));
    }

    #[test]
    fn what_is_below_a_broken_key_is_not_of_the_one_before() {
        let broken = parse::<Gpg>(None, [KEYS, "pub:u:x:1:AA:1::::::\nuid:u::::1::4::C:\nfpr:::::::::F:\n"].concat().as_bytes());
        assert_eq!(broken.problems.len(), 1, "{broken:?}");
        let unknown = parse::<Gpg>(None, [KEYS, "x\nfpr:::::::::F:\nuid:u::::1::4::C:\n"].concat().as_bytes());
        assert_eq!((&unknown.records[..5], unknown.problems.len()), (&broken.records[..5], 1), "{unknown:?}");
        assert!(unknown.records.last().is_some_and(|last| last.contains(r#""key_id":null,"user_id":"C""#)), "{unknown:?}");
        let told = parse::<Gpg>(None, KEYS.replace("uid:", "gpg: checking: the trustdb\nuid:").as_bytes());
        assert_eq!((&told.records[..], told.problems.len()), (&broken.records[..5], 1), "{told:?}");
        assert!(broken.records.last().is_some_and(|last| last.contains(r#""key_id":null,"user_id":"C""#)), "{broken:?}");
        assert_unrecognised::<Gpg>(["hello\n", "pub   rsa3072 2026-11-29 [SC]\n", "/root/.gnupg/pubring.kbx\n"]);
    }
}
