//! `w` prints a line of uptime and a table of login sessions. Some cells of the table may be blank, others overflow: the first three
//! are told by where they begin, the next by their order, and the command line is the rest.

use std::ops::Range;

use outparse_sdk::{
    About, Argument, Ending, Error, Field, Header, Line, Moment, Parser, Problem, Record, Rows, Source, Time, time,
};

/// A login session.
#[derive(Debug, Default, Record)]
pub struct Login<'a> {
    /// Who is logged in; `w` may have cut the name.
    #[field(key)]
    pub user: Option<&'a [u8]>,
    /// Terminal; null for a session without one.
    #[field(key)]
    pub tty: Option<&'a [u8]>,
    /// The host the user comes from; `w` may have cut it.
    pub from: Option<&'a [u8]>,
    /// When the session began, in local time: to the minute, the hour or the day, and what is finer is zero. Only there where it is
    /// known when the output was taken.
    #[field(approximate)]
    pub started: Option<Time>,
    /// When the session began, as printed: `09:53`, `Fri18`, `22Nov19`.
    pub started_text: Option<&'a [u8]>,
    /// How long the terminal is idle. BSD and macOS print minutes, Linux hundredths of a second; both print days alone after two of them.
    #[field(unit = "seconds", approximate, gauge)]
    pub idle: Option<f64>,
    /// Processor time of all processes on the terminal.
    #[field(unit = "seconds", approximate, counter)]
    pub session_cpu_time: Option<f64>,
    /// Processor time of the current process.
    #[field(unit = "seconds", approximate, counter)]
    pub cpu_time: Option<f64>,
    /// The current process, with its arguments.
    pub command: Option<&'a [u8]>,
}

/// Reads the table of `w`.
pub struct W {
    table: Option<Table>,
    captured: Option<Moment>,
    /// Whether `w -o` prints hours and minutes where it otherwise prints minutes and seconds.
    old: bool,
    /// Whether the table has no titles: `w -h`.
    untitled: bool,
}

/// The columns of the table.
struct Table {
    /// What each has, and where its title stands.
    columns: Vec<(Cell, Range<usize>)>,
    /// Whether it is Linux that prints it.
    is_linux: bool,
}

/// What a column has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    User,
    Tty,
    From,
    Login,
    Idle,
    SessionCpuTime,
    CpuTime,
    Command,
    Other,
}

impl Table {
    fn new(header: &Header) -> Table {
        let cell = |title| match title {
            "USER" => Cell::User,
            "TTY" => Cell::Tty,
            "FROM" => Cell::From,
            "LOGIN@" => Cell::Login,
            "IDLE" => Cell::Idle,
            "JCPU" => Cell::SessionCpuTime,
            "PCPU" => Cell::CpuTime,
            "WHAT" => Cell::Command,
            _ => Cell::Other,
        };
        let columns: Vec<_> = header.titles().map(cell).zip((0..).map_while(|column| header.span(column))).collect();
        let is_linux = columns.iter().any(|(cell, _)| *cell == Cell::CpuTime);
        Table { columns, is_linux }
    }
}

const TITLES: &str = "the titles `USER TTY … WHAT`";

/// The titles of procps, which `-h` leaves out.
const USUAL: &[u8] = b"USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT";

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

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["h no-header", "o old-style", "s short", "f from"]).unwrap_or_default();
        let has = |flag: &str| arguments.contains(&Argument::Flag(flag));
        let linux = source.platform.as_deref().is_none_or(|platform| platform == "linux");
        // With `-s` and `-f` the columns are others, and nothing names them.
        let untitled = has("h") && linux && !has("s") && !has("f");
        W { table: None, captured: source.clock(), old: has("o"), untitled }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        // Another run may follow.
        if self.table.is_some() && !self.untitled && is_uptime(line) {
            self.table = None;
            return Ok(());
        }
        if let Some(table) = &self.table {
            rows.push(self.login(table, line)?);
            return Ok(());
        }
        if self.untitled {
            let header = Header::read(Line { number: line.number, bytes: USUAL, end: b"\n" }, &[])?;
            let table = Table::new(&header);
            let login = self.login(&table, line).map_err(Error::Unrecognised)?;
            self.shape(&table, rows);
            rows.push(login);
            self.table = Some(table);
            return Ok(());
        }
        let mut titles = line.fields().map(|field| field.bytes);
        match (titles.next(), titles.next()) {
            (Some(b"USER"), Some(b"TTY")) if line.bytes.trim_ascii_end().ends_with(b"WHAT") => {
                let table = Table::new(&Header::read(line, &[])?);
                self.shape(&table, rows);
                self.table = Some(table);
                rows.recognise();
            }
            _ if is_uptime(line) => {}
            _ if rows.recognised() => return Err(line.expected(TITLES).into()),
            _ => return Err(Error::Unrecognised(line.expected(TITLES))),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // Nobody may be logged in.
        if self.untitled {
            return Ok(());
        }
        rows.expect_recognised(TITLES)
    }
}

/// Whether this is the line that `w` and `uptime` share.
fn is_uptime(line: Line<'_>) -> bool {
    line.fields().nth(1).is_some_and(|word| word.bytes == b"up") && line.fields().any(|word| word.bytes == b"load")
}

impl W {
    fn shape(&self, table: &Table, rows: &mut Rows<Login<'static>>) {
        let fields = table.columns.iter().flat_map(|(cell, _)| match cell {
            Cell::User => vec!["user"],
            Cell::Tty => vec!["tty"],
            Cell::From => vec!["from"],
            Cell::Login if self.captured.is_some() => vec!["started", "started_text"],
            Cell::Login => vec!["started_text"],
            Cell::Idle => vec!["idle"],
            Cell::SessionCpuTime => vec!["session_cpu_time"],
            Cell::CpuTime => vec!["cpu_time"],
            Cell::Command | Cell::Other => vec!["command"],
        });
        rows.shape(fields.collect::<Vec<_>>());
    }

    fn login<'a>(&self, table: &Table, line: Line<'a>) -> Result<Login<'a>, Problem> {
        let mut login = Login::default();
        let mut fields = line.fields().peekable();
        let mut end = 0;
        for (column, (title, span)) in table.columns.iter().enumerate() {
            if *title == Cell::Command {
                break;
            }
            let Some(field) = fields.peek().copied() else {
                let count = table.columns.len();
                return Err(Problem::error(format!("expected {count} columns, found less: {}", line.quoted())));
            };
            if table.columns.get(column + 1).is_some_and(|(_, next)| is_blank(span, next, field, line)) {
                continue;
            }
            fields.next();
            end = field.end();
            let cell = field.known();
            match title {
                Cell::User => login.user = Some(field.bytes),
                Cell::Tty => login.tty = cell.map(|tty| tty.bytes),
                Cell::From => login.from = cell.map(|host| host.bytes),
                Cell::Login => {
                    login.started_text = cell.map(|text| text.bytes);
                    login.started = cell.and_then(|text| time::dated(text, self.captured)).map(Time::digits);
                }
                // Of a session on a display nobody knows.
                Cell::Idle => {
                    let known = cell.filter(|idle| idle.bytes != b"?xdm?");
                    login.idle = known.map(|idle| self.duration(idle, table.is_linux)).transpose()?;
                }
                Cell::SessionCpuTime => {
                    login.session_cpu_time = cell.map(|time| self.duration(time, table.is_linux)).transpose()?
                }
                Cell::CpuTime => login.cpu_time = cell.map(|time| self.duration(time, table.is_linux)).transpose()?,
                Cell::Command | Cell::Other => {}
            }
        }
        login.command = line.part(end, usize::MAX).trim().known().map(|command| command.bytes);
        Ok(login)
    }

    /// Seconds of `8.00s`, `32:16` (minutes), `1:23m` (hours), `20days`; of BSD, `14` (minutes), `1:23` (hours) and `2days`.
    fn duration(&self, text: Field<'_>, linux: bool) -> Result<f64, Problem> {
        let pair = |text: Field<'_>, first: f64| {
            let (one, other) = text.split_once(":")?;
            let part = |digits: Field<'_>| digits.as_integer().filter(|number| *number >= 0).map(|number| number as f64);
            Some(part(one)? * first + part(other).filter(|small| *small < 60.0)? * first / 60.0)
        };
        let days = text.strip_suffix("days").or(text.strip_suffix("day"));
        let seconds = if let Some(days) = days {
            days.as_integer().map(|days| days as f64 * 86_400.0)
        } else if let Some(text) = text.strip_suffix("m") {
            pair(text, 3600.0).or_else(|| text.as_integer().map(|minutes| minutes as f64 * 60.0))
        } else if let Some(seconds) = text.strip_suffix("s") {
            seconds.as_float()
        } else if linux && !self.old {
            pair(text, 60.0)
        } else {
            pair(text, 3600.0).or_else(|| text.as_integer().map(|minutes| minutes as f64 * 60.0))
        };
        seconds.ok_or_else(|| text.expected("a duration"))
    }
}

/// Whether nothing stands under a title, and the word whose turn it is stands under another or nearer to it.
fn is_blank(this: &Range<usize>, next: &Range<usize>, word: Field<'_>, line: Line<'_>) -> bool {
    let blank = line.part(this.start, this.end).is_blank() && line.bytes.len() >= this.end;
    blank && next.start.abs_diff(word.start()) < this.start.abs_diff(word.start())
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
    fn several_runs_are_read() {
        let run = " 10:25:20 up 16:03,  1 user,  load average: 0.00, 0.01, 0.05\nUSER     TTY      FROM              IDLE WHAT\n\
            bob      pts/0    192.0.2.1         8.00s vim\n";
        let parsed = parse::<W>(Some(&["w", "-s"]), run.repeat(2).as_bytes());
        let [first, second] = parsed.sound() else { panic!("{parsed:?}") };
        assert_eq!(first, second);
    }

    #[test]
    fn blank_cells_are_null() {
        assert_eq!(
            parse::<W>(None, LINUX.as_bytes()).records,
            [
                r#"{"user":"alice","tty":"ttyS0","from":null,"started_text":"Fri18","idle":1936,"session_cpu_time":2.66,"cpu_time":2.66,"command":"-bash"}"#,
                r#"{"user":"bob","tty":"pts/0","from":"192.0.2.1","started_text":"09:53","idle":8,"session_cpu_time":0.1,"cpu_time":0,"command":"vim  a b"}"#,
                r#"{"user":"carol","tty":null,"from":"2001:db8::1","started_text":"09:53","idle":8,"session_cpu_time":0.1,"cpu_time":0,"command":"sshd"}"#
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
                r#"{"user":"alice","tty":"console","from":null,"started_text":"22Nov19","idle":1728000,"command":null}"#,
                r#"{"user":"alice","tty":"s001","from":"192.0.2.1","started_text":"10:14","idle":null,"command":"-bash"}"#
            ]
        );
    }

    #[test]
    fn how_long_a_display_is_idle_is_not_known() {
        let capture = "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n\
            alice    :0       :0               13:58   ?xdm?   1:02   0.23s /usr/lib/gdm3/gdm-x-session\n";
        let parsed = parse::<W>(None, capture.as_bytes());
        assert_eq!(
            parsed.only(),
            r#"{"user":"alice","tty":":0","from":":0","started_text":"13:58","session_cpu_time":62,"cpu_time":0.23,"command":"/usr/lib/gdm3/gdm-x-session"}"#
        );
    }

    #[test]
    fn a_blank_cell_moves_nothing() {
        let titles = "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n";
        let row = "bob      pts/0    192.0.2.1        09:53    8.00s  0.10s  0.00s vim  a b\n";
        let whole = parse::<W>(None, format!("{titles}{row}").as_bytes()).records[0].clone();
        for cell in ["bob", "pts/0", "192.0.2.1", "09:53", "8.00s", "0.10s", "0.00s"] {
            let blanked = row.replacen(cell, &" ".repeat(cell.len()), 1);
            let record = parse::<W>(None, format!("{titles}{blanked}").as_bytes()).records[0].clone();
            assert_eq!(record.matches(":null").count(), 1, "{cell}: {record}");
            let others = record.split(',').filter(|part| !whole.contains(part.trim_matches(['{', '}'])));
            assert_eq!(others.count(), 1, "{cell}: {record} is not {whole}");
        }
    }

    #[test]
    fn without_titles_the_columns_are_the_usual_ones_where_the_arguments_say_so() {
        let row = "bob      pts/0    192.0.2.1        09:53    1:23m  0.10s  0.00s vim\n";
        assert!(parse::<W>(Some(&["w", "-h"]), row.as_bytes()).only().contains(r#""idle":4980"#));
        assert!(parse::<W>(None, row.as_bytes()).failure.is_some());
        assert_eq!(parse::<W>(Some(&["w", "-h"]), b"").failure, None);
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
