//! `w` prints a line of uptime and a table of login sessions. Some cells of the table may be blank, others overflow: the first three
//! are told by where they begin, the next by their order, and the command line is the rest.

use outparse_sdk::{About, Ending, Error, Field, Header, Line, Parser, Problem, Record, Rows, Source};

/// A login session.
#[derive(Debug, Default, Record)]
pub struct Login<'a> {
    /// Who is logged in; `w` may have cut the name.
    pub user: &'a [u8],
    /// Terminal; null for a session without one.
    pub tty: Option<&'a [u8]>,
    /// The host the user comes from; `w` may have cut it.
    pub from: Option<&'a [u8]>,
    /// When the session began, as printed: `09:53`, `Fri18`, `22Nov19`.
    pub login_at: Option<&'a [u8]>,
    /// How long the terminal is idle, as printed: `8.00s`, `32:16`, `20days`.
    pub idle: Option<&'a [u8]>,
    /// Processor time of all processes on the terminal, as printed.
    pub jcpu: Option<&'a [u8]>,
    /// Processor time of the current process, as printed.
    pub pcpu: Option<&'a [u8]>,
    /// The current process, with its arguments.
    pub what: Option<&'a [u8]>,
}

/// Reads the table of `w`.
pub struct W {
    header: Option<Header>,
}

const TITLES: &str = "the titles `USER TTY … WHAT`";

/// The cells that may be blank: they are told by where they begin.
const PLACED: [&str; 3] = ["USER", "TTY", "FROM"];

impl Parser for W {
    const ABOUT: About = About {
        name: "w-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Users and what they do, as w of Linux, macOS and the BSDs prints them",
        commands: &["w"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd"],
        ..About::DEFAULT
    };
    type Record = Login<'static>;

    fn new(_: &Source) -> Self {
        W { header: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if let Some(header) = &self.header {
            rows.push(login(header, line)?);
            return Ok(());
        }
        let mut titles = line.fields().map(|field| field.bytes);
        match (titles.next(), titles.next()) {
            (Some(b"USER"), Some(b"TTY")) if line.bytes.trim_ascii_end().ends_with(b"WHAT") => {
                self.header = Some(Header::read(line, &[])?);
                rows.recognise();
            }
            _ if line.number == 1 && is_uptime(line) => {}
            _ => return Err(Error::Unrecognised(line.expected(TITLES))),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // Nobody may be logged in.
        rows.expect_recognised(TITLES)
    }
}

/// Whether this is the line that `w` and `uptime` share.
fn is_uptime(line: Line<'_>) -> bool {
    line.fields().nth(1).is_some_and(|word| word.bytes == b"up") && line.fields().any(|word| word.bytes == b"load")
}

fn login<'a>(header: &Header, line: Line<'a>) -> Result<Login<'a>, Problem> {
    let mut login = Login::default();
    let mut fields = line.fields().peekable();
    let mut end = 0;
    let titles: Vec<&str> = header.titles().collect();
    for (column, title) in titles.iter().enumerate() {
        if *title == "WHAT" {
            break;
        }
        let Some(field) = fields.peek().copied() else {
            return Err(Problem::error(format!("expected {} columns, found less: {}", titles.len(), line.quoted())));
        };
        if PLACED.contains(title) && column > 0 && belongs_to_next(header, column, field) {
            continue;
        }
        fields.next();
        end = field.end();
        let value = field.known().map(|field| field.bytes);
        match *title {
            "USER" => login.user = field.bytes,
            "TTY" => login.tty = value,
            "FROM" => login.from = value,
            "LOGIN@" => login.login_at = value,
            "IDLE" => login.idle = value,
            "JCPU" => login.jcpu = value,
            "PCPU" => login.pcpu = value,
            _ => {}
        }
    }
    login.what = line.part(end, usize::MAX).trim().known().map(|what| what.bytes);
    Ok(login)
}

/// Whether a word begins nearer to the next column than to this one.
fn belongs_to_next(header: &Header, column: usize, field: Field<'_>) -> bool {
    match (header.span(column), header.span(column + 1)) {
        (Some(this), Some(next)) => next.start.abs_diff(field.start()) < this.start.abs_diff(field.start()),
        _ => false,
    }
}

outparse_sdk::export!(W);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::W;

    const LINUX: &str = " 10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05
USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT
alice    ttyS0                     Fri18   32:16   2.66s  2.66s -bash
bob      pts/0    192.0.2.1        09:53    8.00s  0.10s  0.00s vim  a b
carol             2001:db8::1      09:53    8.00s  0.10s  0.00s sshd
";

    #[test]
    fn blank_cells_are_null() {
        assert_eq!(
            parse::<W>(None, LINUX.as_bytes()).records,
            [
                r#"{"user":"alice","tty":"ttyS0","from":null,"login_at":"Fri18","idle":"32:16","jcpu":"2.66s","pcpu":"2.66s","what":"-bash"}"#,
                r#"{"user":"bob","tty":"pts/0","from":"192.0.2.1","login_at":"09:53","idle":"8.00s","jcpu":"0.10s","pcpu":"0.00s","what":"vim  a b"}"#,
                r#"{"user":"carol","tty":null,"from":"2001:db8::1","login_at":"09:53","idle":"8.00s","jcpu":"0.10s","pcpu":"0.00s","what":"sshd"}"#
            ]
        );
    }

    #[test]
    fn macos_has_no_processor_times_and_prints_a_dash_for_nothing() {
        let capture = "10:15  up 20 days, 19:44, 8 users, load averages: 0.86 0.45 0.37
USER     TTY      FROM              LOGIN@  IDLE WHAT
alice    console  -                22Nov19 20days -
alice    s001     192.0.2.1        10:14       - -bash
";
        assert_eq!(
            parse::<W>(None, capture.as_bytes()).records,
            [
                r#"{"user":"alice","tty":"console","from":null,"login_at":"22Nov19","idle":"20days","jcpu":null,"pcpu":null,"what":null}"#,
                r#"{"user":"alice","tty":"s001","from":"192.0.2.1","login_at":"10:14","idle":null,"jcpu":null,"pcpu":null,"what":"-bash"}"#
            ]
        );
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = parse::<W>(None, format!("{LINUX}dave pts/1\n").as_bytes());
        assert_eq!(parsed.records.len(), 3);
        assert_eq!(parsed.problems, ["error: line 6, expected 8 columns, found less: `dave pts/1`"]);
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        let capture = LINUX.replace('\n', "\r\n");
        assert_any_split::<W>(None, capture.as_bytes());
        assert_eq!(parse::<W>(None, capture.as_bytes()), parse::<W>(None, LINUX.as_bytes()));
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<W>(["", "hello\n", "USER PID\n", "alice pts/0 x\n", "10:15 up 1 min, load average: 1 2 3\n"]);
    }
}
