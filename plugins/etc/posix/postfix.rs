//! Settings of Postfix: `postconf`, `main.cf`, and `postconf -M`, `master.cf`.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// What is set.
#[derive(Clone, Debug, Record)]
pub enum Postfix {
    /// A service (`postconf -M`, `master.cf`).
    Service(Service),
    /// A parameter (`postconf`, `main.cf`).
    Parameter(Parameter),
}

/// A service.
#[derive(Clone, Debug, Default, Record)]
pub struct Service {
    /// Its name, or where it listens.
    #[field(key)]
    pub service: Vec<u8>,
    /// How it is reached: `inet`, `unix`, `unix-dgram`, `fifo`, `pass`.
    #[field(key)]
    pub r#type: Vec<u8>,
    /// Whether only the mail system may reach it; null where that is the default.
    pub is_private: Option<bool>,
    /// Whether it runs without the rights of root.
    pub is_unprivileged: Option<bool>,
    /// Whether it runs in the directory of the queue.
    pub is_chrooted: Option<bool>,
    /// Time after which it is woken; 0 for never.
    #[field(unit = "seconds")]
    pub wake_up: Option<i64>,
    /// Whether it is woken only once it was used.
    pub wakes_when_used: bool,
    /// How many of its processes there may be; 0 for any number.
    pub process_limit: Option<i64>,
    /// The program and its arguments.
    pub command: Vec<u8>,
}

/// A parameter.
#[derive(Clone, Debug, Default, Record)]
pub struct Parameter {
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// Reads `postconf`, `main.cf` and `master.cf`.
pub struct Postconf {
    /// What a line that begins with a blank goes on with.
    last: Option<Postfix>,
}

impl Parser for Postconf {
    const ABOUT: About = About {
        name: "postconf",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Parameters and services of Postfix, as postconf, main.cf and master.cf have them",
        commands: &["postconf"],
        files: &["/etc/postfix/main.cf", "/etc/postfix/master.cf"],
        dialect: "any",
        platforms: &["linux", "macos", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Postfix;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Postconf { last: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() || whole.trim().bytes.starts_with(b"#") {
            return Ok(());
        }
        if line.bytes.starts_with(b" ") || line.bytes.starts_with(b"\t") {
            let text = match &mut self.last {
                Some(Postfix::Service(service)) => &mut service.command,
                Some(Postfix::Parameter(parameter)) => &mut parameter.value,
                None => return Err(line.expected("`NAME = VALUE`, or a service of eight fields").into()),
            };
            if !text.is_empty() {
                text.push(b' ');
            }
            text.extend_from_slice(whole.trim().bytes);
            return Ok(());
        }
        self.flush(rows);
        let setting = whole.split_once("=").map(|(name, value)| (name.trim(), value.trim()));
        self.last = Some(match setting.filter(|(name, _)| is_name(name.bytes)) {
            Some((name, value)) => Postfix::Parameter(Parameter { name: name.bytes.to_vec(), value: value.bytes.to_vec() }),
            None => Postfix::Service(service(line)?),
        });
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Postconf {
    fn flush(&mut self, rows: &mut Rows<Postfix>) {
        self.last.take().into_iter().for_each(|last| rows.push(last));
    }
}

fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':'))
}

/// `smtp       inet  n       -       y       -       -       smtpd`
fn service(line: Line<'_>) -> Result<Service, Error> {
    let [name, kind, private, unprivileged, chroot, wake_up, limit, command] = line.fields_and_rest()?;
    if !matches!(kind.bytes, b"inet" | b"unix" | b"unix-dgram" | b"fifo" | b"pass") {
        return Err(kind.expected("`inet`, `unix`, `unix-dgram`, `fifo` or `pass`").into());
    }
    let answer = |field: Field<'_>| match field.bytes {
        b"y" => Ok(Some(true)),
        b"n" => Ok(Some(false)),
        b"-" => Ok(None),
        _ => Err(field.expected("`y`, `n` or `-`")),
    };
    let when_used = wake_up.strip_suffix("?");
    Ok(Service {
        service: name.bytes.to_vec(),
        r#type: kind.bytes.to_vec(),
        is_private: answer(private)?,
        is_unprivileged: answer(unprivileged)?,
        is_chrooted: answer(chroot)?,
        wake_up: when_used.unwrap_or(wake_up).known().map(|wake_up| wake_up.integer()).transpose()?,
        wakes_when_used: when_used.is_some(),
        process_limit: limit.known().map(|limit| limit.integer()).transpose()?,
        command: command.trim().bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Postconf;

    #[test]
    fn services_and_parameters_are_read() {
        let text = b"# a comment\nsmtp       inet  n       -       y       -       -       smtpd\n  -o syslog_name=postfix/x\n\
            tlsmgr     unix  -       -       y       1000?   1       tlsmgr\n127.0.0.1:10025 inet n - n 300 0 smtpd -o a=b\n";
        assert_eq!(
            parse::<Postconf>(None, text).sound(),
            [
                r#"{"kind":"service","service":"smtp","type":"inet","is_private":false,"is_chrooted":true,"wakes_when_used":false,"command":"smtpd -o syslog_name=postfix/x"}"#,
                r#"{"kind":"service","service":"tlsmgr","type":"unix","is_chrooted":true,"wake_up":1000,"wakes_when_used":true,"process_limit":1,"command":"tlsmgr"}"#,
                r#"{"kind":"service","service":"127.0.0.1:10025","type":"inet","is_private":false,"is_chrooted":false,"wake_up":300,"wakes_when_used":false,"process_limit":0,"command":"smtpd -o a=b"}"#,
            ]
        );
        let text = b"mynetworks = 127.0.0.0/8\n    [::1]/128\nempty =\nmydomain=a = b\n";
        assert_eq!(
            parse::<Postconf>(None, text).sound(),
            [
                r#"{"kind":"parameter","name":"mynetworks","value":"127.0.0.0/8 [::1]/128"}"#,
                r#"{"kind":"parameter","name":"empty","value":""}"#,
                r#"{"kind":"parameter","name":"mydomain","value":"a = b"}"#,
            ]
        );
        assert_any_split::<Postconf>(None, text);
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed = parse::<Postconf>(None, b"a unix - - y - - x\nb what - - y - - x\nc unix - - q - - x\nd unix - - y - - x\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        assert_unrecognised::<Postconf>(["hello\n", " a = b\n", "postconf: fatal: x\n", "a b c d e f g h\n"]);
    }
}
