//! `sshd_config` and `ssh_config`: a keyword and its arguments a line; and what `sshd -T` prints, the same in lower case.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A setting.
#[derive(Clone, Debug, Default, Record)]
pub struct Setting {
    /// Keyword, in lower case: case does not matter.
    pub name: Vec<u8>,
    /// Its arguments, without quotes.
    pub values: Vec<Vec<u8>>,
    /// All of them, as written.
    pub value: Vec<u8>,
    /// The `Match` or `Host` line that it is for; null where it is for all.
    pub condition: Option<Vec<u8>>,
}

/// Reads settings of sshd and ssh.
pub struct SshdConfig {
    condition: Option<Vec<u8>>,
    /// Whether this is what `sshd -T` prints, and no file.
    is_printed: bool,
}

impl Parser for SshdConfig {
    const ABOUT: About = About {
        name: "sshd-config",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Settings of sshd and ssh, as their files have them and sshd -T prints them",
        commands: &["sshd"],
        files: &[
            "/etc/ssh/sshd_config",
            "/etc/ssh/sshd_config.d/*",
            "/etc/ssh/ssh_config",
            "/etc/ssh/ssh_config.d/*",
            "sshd_config",
            "ssh_config",
        ],
        dialect: "openssh",
        ..About::DEFAULT
    };
    type Record = Setting;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        SshdConfig { condition: None, is_printed: source.path.is_none() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || text.bytes[0] == b'#' {
            return Ok(());
        }
        let end = text.bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(text.bytes.len());
        let (name, rest) = text.split_at(end);
        // `sshd: no hostkeys available -- exiting.` sets nothing.
        if rest.bytes.first().is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'=' | b'"')) {
            return Err(line.expected("a keyword and its arguments").into());
        }
        if self.is_printed && (name.bytes.iter().any(u8::is_ascii_uppercase) || is_about_a_file(text)) {
            return Err(line.expected("a keyword in lower case, as `sshd -T` prints it; a file is read by its path").into());
        }
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("=").unwrap_or(rest).trim();
        if name.bytes.is_empty() || rest.bytes.is_empty() {
            return Err(line.expected("a keyword and its arguments").into());
        }
        let name = name.bytes.to_ascii_lowercase();
        if matches!(name.as_slice(), b"match" | b"host") {
            self.condition = Some(text.bytes.to_vec());
            rows.recognise();
            return Ok(());
        }
        let (values, value) = arguments(rest)?;
        rows.push(Setting { name, values, value: value.bytes.to_vec(), condition: self.condition.clone() });
        Ok(())
    }
}

/// What sshd says of its files on standard error: `rexec line 12: Deprecated option UsePrivilegeSeparation`. Its other messages begin with
/// a capital letter (`Unable to load host key: …`), or have a colon behind the first word.
fn is_about_a_file(text: Field<'_>) -> bool {
    text.bytes.starts_with(b"rexec line ") || text.bytes.starts_with(b"reprocess config line ")
}

/// Arguments between blanks, those in quotes without them.
fn arguments(text: Field<'_>) -> Result<(Vec<Vec<u8>>, Field<'_>), Problem> {
    let mut values = Vec::new();
    let mut rest = text;
    // A comment may follow, as a word of its own.
    while !rest.bytes.is_empty() && rest.bytes[0] != b'#' {
        let (value, after) = match rest.strip_prefix("\"") {
            Some(quoted) => quoted.split_once("\"").ok_or_else(|| rest.expected("a closing quote mark"))?,
            None => {
                let end = rest.bytes.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(rest.bytes.len());
                rest.split_at(end)
            }
        };
        values.push(value.bytes.to_vec());
        rest = after.trim_start();
    }
    Ok((values, text.split_at(rest.start() - text.start()).0.trim_end()))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_unrecognised, parse, parse_from};
    use outparse_sdk::{Ending, Source};

    use super::SshdConfig;

    fn parse_file(text: &str) -> Parsed {
        let source = Source { path: Some("/etc/ssh/sshd_config".to_owned()), ..Source::default() };
        parse_from::<SshdConfig>(&source, &Ending::COMPLETE, [text.as_bytes()])
    }

    #[test]
    fn messages_of_sshd_are_no_settings() {
        let parsed = parse::<SshdConfig>(
            Some(&["sshd", "-T"]),
            b"port 22\nUnable to load host key: /etc/ssh/x\nrexec line 3: Deprecated option UseLogin\nusepam yes\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        assert_unrecognised::<SshdConfig>(["Unable to load host key: /etc/ssh/x\n", "Port 22\n"]);
    }

    #[test]
    fn a_comment_behind_a_setting_is_no_argument() {
        let parsed = parse_file("Port 22 # not 23\nBanner /etc/#x\n");
        let said = |values: &str, value: &str| format!(r#""values":["{values}"],"value":"{value}""#);
        assert!(parsed.records[0].contains(&said("22", "22")), "{parsed:?}");
        assert!(parsed.records[1].contains(&said("/etc/#x", "/etc/#x")), "{parsed:?}");
    }

    #[test]
    fn settings_know_what_they_are_for() {
        let parsed = parse_file("# x\nPort 22\nSubsystem sftp \"/a b\" -f X\nMatch User a\n  X11Forwarding = no\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"name":"port","values":["22"],"value":"22","condition":null}"#,
                r#"{"name":"subsystem","values":["sftp","/a b","-f","X"],"value":"sftp \"/a b\" -f X","condition":null}"#,
                r#"{"name":"x11forwarding","values":["no"],"value":"no","condition":"Match User a"}"#,
            ]
        );
        assert_unrecognised::<SshdConfig>(["sshd: no hostkeys available -- exiting.\n", "hello\n", "{\"a\"}\n", "<x>\n"]);
    }
}
