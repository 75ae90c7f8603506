//! `certbot certificates` and `certbot show_account`.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source, Time};

/// What certbot keeps.
#[derive(Clone, Debug, Record)]
pub enum Kept {
    /// A certificate.
    Certificate(Certificate),
    /// The account at the authority.
    Account(Account),
}

/// A certificate.
#[derive(Clone, Debug, Default, Record)]
pub struct Certificate {
    /// Its name here.
    #[field(key)]
    pub name: Vec<u8>,
    /// Serial number, in hexadecimal.
    pub serial: Option<Vec<u8>>,
    /// Sort of its key: `RSA`, `ECDSA`.
    pub key_type: Option<Vec<u8>>,
    /// What it is valid for.
    pub domains: Vec<Vec<u8>>,
    /// Until when it is valid.
    pub not_after: Option<Time>,
    /// Whether it is valid.
    pub is_valid: Option<bool>,
    /// How much longer it is valid, in whole days or hours as certbot says it; null where it is not.
    #[field(unit = "seconds", gauge, approximate)]
    pub valid_for: Option<i64>,
    /// Why it is not valid: `EXPIRED`, `TEST_CERT`, `REVOKED`.
    pub reasons: Vec<Vec<u8>>,
    /// The certificate's file.
    pub path: Option<Vec<u8>>,
    /// The key's file.
    pub key_path: Option<Vec<u8>>,
}

/// The account at the authority.
#[derive(Clone, Debug, Default, Record)]
pub struct Account {
    /// The authority.
    #[field(key)]
    pub server: Vec<u8>,
    /// The account's address.
    pub url: Option<Vec<u8>>,
    /// The thumbprint of its key.
    pub thumbprint: Option<Vec<u8>>,
    /// Mail addresses of who keeps it.
    pub emails: Vec<Vec<u8>>,
}

/// Reads `certbot`.
pub struct Certbot {
    block: Block<Kept>,
    /// How far the line is indented that begins the certificate or the account.
    indent: usize,
    /// Whether the configurations that could not be read are being named.
    names_invalid: bool,
}

const EXPECTED: &str = "`Found the following certs:` or `Account details for server …`";

/// What is said of a certificate and of an account.
const SAID: [&[u8]; 11] = [
    b"Serial Number",
    b"Key Type",
    b"Domains",
    b"Identifiers",
    b"Expiry Date",
    b"Certificate Path",
    b"Private Key Path",
    b"Account URL",
    b"Account Thumbprint",
    b"Email contact",
    b"Email contacts",
];

impl Parser for Certbot {
    const ABOUT: About = About {
        name: "certbot",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Certificates and the account that certbot keeps, as it prints them",
        commands: &["certbot"],
        dialect: "any",
        platforms: &["linux", "freebsd", "macos"],
        ..About::DEFAULT
    };
    type Record = Kept;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Certbot { block: Block::default(), indent: 0, names_invalid: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        let is_rule = !text.bytes.is_empty() && text.bytes.iter().all(|byte| matches!(byte, b'-' | b' '));
        let is_said = [
            "Saving debug log to ",
            "Found the following ",
            "Found the following matching ",
            "No certificates found",
            "No certs found",
        ];
        if text.bytes.is_empty() || is_rule {
            self.names_invalid &= !is_rule;
            return Ok(());
        }
        if self.names_invalid {
            return Err(text.problem(format!("the renewal configuration {} is invalid", text.quoted())).into());
        }
        if text.bytes == b"The following renewal configurations were invalid:" {
            self.names_invalid = true;
            rows.recognise();
            return Ok(());
        }
        if is_said.iter().any(|said| text.bytes.starts_with(said.as_bytes())) {
            rows.recognise();
            return Ok(());
        }
        if let Some(server) = text.strip_prefix("Account details for server ") {
            self.flush(rows);
            self.indent = text.start();
            let server = server.strip_suffix(":").unwrap_or(server).bytes.to_vec();
            self.block.begin(Ok(Kept::Account(Account { server, ..Account::default() })))?;
            rows.recognise();
            return Ok(());
        }
        let (name, value) = text.split_once(":").unwrap_or((text, text.split_at(usize::MAX).1));
        let value = value.trim();
        if name.bytes == b"Certificate Name" {
            self.flush(rows);
            let begun = if value.bytes.is_empty() {
                Err(text.expected("the name of a certificate").into())
            } else {
                Ok(Kept::Certificate(Certificate { name: value.bytes.to_vec(), ..Certificate::default() }))
            };
            self.indent = text.start();
            self.block.begin(begun)?;
            rows.recognise();
            return Ok(());
        }
        if self.block.current().is_some() && text.start() <= self.indent && !SAID.contains(&name.bytes) {
            // As far out as the line that begins a certificate or an account: it may have begun another one.
            self.flush(rows);
            return self.block.begin(Err(text.expected(EXPECTED).into()));
        }
        let said = || Some(value.bytes.to_vec());
        match self.block.more(|| text.expected(EXPECTED))? {
            None => Ok(()),
            Some(Kept::Certificate(certificate)) => {
                match name.bytes {
                    b"Serial Number" => certificate.serial = said(),
                    b"Key Type" => certificate.key_type = said(),
                    b"Domains" | b"Identifiers" => {
                        certificate.domains = value.fields().map(|domain| domain.bytes.to_vec()).collect();
                    }
                    b"Expiry Date" => certificate.ends(value)?,
                    b"Certificate Path" => certificate.path = said(),
                    b"Private Key Path" => certificate.key_path = said(),
                    _ => return Err(name.expected("what certbot says of a certificate").into()),
                }
                Ok(())
            }
            Some(Kept::Account(account)) => {
                match name.bytes {
                    b"Account URL" => account.url = said(),
                    b"Account Thumbprint" => account.thumbprint = said(),
                    b"Email contact" | b"Email contacts" if value.bytes == b"none" => {}
                    b"Email contact" | b"Email contacts" => {
                        account.emails = value.split(", ").map(|email| email.bytes.to_vec()).collect();
                    }
                    _ => return Err(name.expected("what certbot says of an account").into()),
                }
                Ok(())
            }
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Certbot {
    fn flush(&mut self, rows: &mut Rows<Kept>) {
        self.block.take().into_iter().for_each(|kept| rows.push(kept));
    }
}

impl Certificate {
    /// `2023-05-11 01:33:10+00:00 (VALID: 63 days)`
    fn ends(&mut self, value: Field<'_>) -> Result<(), Error> {
        let expected = || value.expected("`TIME (VALID: N days)`");
        let (time, state) = value.split_once(" (").ok_or_else(expected)?;
        let state = state.strip_suffix(")").ok_or_else(expected)?;
        let time = Time::iso(time.bytes).ok_or_else(|| time.expected("a time in ISO 8601"))?;
        let (word, rest) = state.split_once(":").ok_or_else(expected)?;
        let rest = rest.trim();
        match word.bytes {
            b"VALID" => {
                let [number, unit] = rest.fields_and_rest()?;
                let factor = match unit.bytes {
                    b"day" | b"days" => 86_400,
                    b"hour(s)" | b"hour" | b"hours" => 3600,
                    _ => return Err(unit.expected("days or hours").into()),
                };
                (self.is_valid, self.valid_for) = (Some(true), Some(number.integer()?.saturating_mul(factor)));
            }
            b"INVALID" => {
                self.is_valid = Some(false);
                self.reasons = rest.split(",").map(|reason| reason.trim().bytes.to_vec()).collect();
            }
            _ => return Err(word.expected("`VALID` or `INVALID`").into()),
        }
        self.not_after = Some(time);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Certbot;

    #[test]
    fn certificates_are_read() {
        let capture = "Saving debug log to /var/log/letsencrypt/letsencrypt.log\n\n- - - -\nFound the following certs:\n  Certificate Name: a.org\n    Serial Number: 3f7a\n    Key Type: RSA\n    Domains: a.org www.a.org\n    Expiry Date: 2023-05-11 01:33:10+00:00 (VALID: 63 days)\n    Certificate Path: /e/fullchain.pem\n    Private Key Path: /e/privkey.pem\n  Certificate Name: b.org\n    Expiry Date: 2020-05-11 01:33:10+00:00 (INVALID: EXPIRED, REVOKED)\n- - - -\n";
        let parsed = parse::<Certbot>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"certificate","name":"a.org","serial":"3f7a","key_type":"RSA","domains":["a.org","www.a.org"],"not_after":"2023-05-11T01:33:10Z","is_valid":true,"valid_for":5443200,"reasons":[],"path":"/e/fullchain.pem","key_path":"/e/privkey.pem"}"#,
                r#"{"kind":"certificate","name":"b.org","serial":null,"key_type":null,"domains":[],"not_after":"2020-05-11T01:33:10Z","is_valid":false,"valid_for":null,"reasons":["EXPIRED","REVOKED"],"path":null,"key_path":null}"#,
            ]
        );
        assert_any_split::<Certbot>(None, capture.as_bytes());
        let broken = parse::<Certbot>(None, capture.replace("Name: b.org", "Name:").as_bytes());
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 1), "{broken:?}");
        for heading in ["x Name: b.org", "x"] {
            let broken = parse::<Certbot>(None, capture.replace("Certificate Name: b.org", heading).as_bytes());
            assert_eq!((&broken.records[..], broken.problems.len()), (&parsed.records[..1], 1), "{broken:?}");
        }
    }

    #[test]
    fn an_account_is_read() {
        let parsed = parse::<Certbot>(None, b"Account details for server https://x/directory:\n  Account URL: https://x/acct/1\n  Account Thumbprint: q-_\n  Email contacts: a@b, c@d\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"account","server":"https://x/directory","url":"https://x/acct/1","thumbprint":"q-_","emails":["a@b","c@d"]}"#
            ]
        );
        assert_unrecognised::<Certbot>(["hello\n", "Domains: a\n"]);
    }
}
