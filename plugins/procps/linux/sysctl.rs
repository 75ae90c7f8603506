//! `sysctl -a`: `name = value` on Linux, `name: value` on macOS and the BSDs.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

/// A setting of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Setting<'a> {
    /// Its name.
    #[field(key)]
    pub name: &'a [u8],
    /// Its value, as text.
    pub value: &'a [u8],
    /// The same, where it is one whole number.
    pub number: Option<i64>,
}

/// Reads `sysctl`.
pub struct Sysctl;

impl Parser for Sysctl {
    const ABOUT: About = About {
        name: "sysctl",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Settings of the kernel, as sysctl of Linux, macOS and the BSDs prints them",
        commands: &["sysctl", "busybox sysctl", "toybox sysctl"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Setting<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Sysctl
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        if line.bytes.starts_with(b"sysctl: ") {
            return Err(whole.problem(String::from_utf8_lossy(line.bytes).into_owned()).into());
        }
        let is_name = |name: &[u8]| {
            name.contains(&b'.') && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-%/@*:".contains(byte))
        };
        let split = |separator: &str| whole.split_once(separator).filter(|(name, _)| is_name(name.bytes));
        let pair = split(" = ").or_else(|| split(" =")).or_else(|| split(": ")).or_else(|| split(":"));
        let (name, value) = pair.ok_or_else(|| line.expected("`NAME = VALUE` or `NAME: VALUE`"))?;
        rows.push(Setting { name: name.bytes, value: value.bytes, number: value.as_integer() });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Sysctl;

    #[test]
    fn both_systems_are_read() {
        let parsed =
            parse::<Sysctl>(None, b"kernel.core_pattern = |/a b = c\nfs.x = 7\nnet.ipv4.y = \nuser.cs_path: /usr/bin:/bin\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"name":"kernel.core_pattern","value":"|/a b = c","number":null}"#,
                r#"{"name":"fs.x","value":"7","number":7}"#,
                r#"{"name":"net.ipv4.y","value":"","number":null}"#,
                r#"{"name":"user.cs_path","value":"/usr/bin:/bin","number":null}"#,
            ]
        );
        assert_unrecognised::<Sysctl>(["hello\n", "a b = c\n", "x: y\n"]);
    }
}
