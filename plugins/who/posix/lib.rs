//! `who` prints a line for each session and, with `-a`, each event. What a line holds depends on the flags; what they all have is a
//! time. It divides the line: who, or what, is before it, and the details are after it.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A login session, or an event of the system.
#[derive(Debug, Default, Record)]
pub struct Entry<'a> {
    /// Who is logged in; null for an event.
    pub user: Option<&'a [u8]>,
    /// What happened, where it is no session: `reboot`, `login` (a terminal that waits for one), `run-level 3`.
    pub event: Option<String>,
    /// Whether others may write to the terminal: `+` for yes, `-` for no, `?` where it is not known.
    pub writeable_tty: Option<&'a [u8]>,
    /// The terminal.
    pub tty: Option<&'a [u8]>,
    /// When it began, in local time, as printed, with single blanks.
    pub time: String,
    /// How long the terminal is idle, as `00:11`; `.` when it is not, `old` after more than a day.
    pub idle: Option<&'a [u8]>,
    /// Process that belongs to it.
    pub pid: Option<i64>,
    /// The host the user comes from.
    pub from: Option<&'a [u8]>,
    /// Further remarks, with single blanks.
    pub comment: Option<String>,
}

/// Reads what any `who` prints.
pub struct Who {
    recognised: bool,
}

impl Parser for Who {
    const ABOUT: About = About {
        name: "who-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Login sessions and system events, as who of coreutils, macOS and the BSDs prints them",
        commands: &["who", "gwho"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
    };
    type Record = Entry<'static>;

    fn new(_: &Source) -> Self {
        Who { recognised: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let fields: Vec<Field<'_>> = line.fields().collect();
        match fields[..] {
            [] => return Ok(()),
            // The titles of `-H`.
            [Field { bytes: b"NAME" | b"USER", .. }, Field { bytes: b"S" | b"LINE", .. }, ..] if !self.recognised => {}
            // macOS prints a run-level without a time, and never a real one.
            [Field { bytes: b".", .. }, Field { bytes: b"run-level", .. }, ..] if self.recognised => {}
            _ => match entry(line, &fields) {
                Ok(entry) => rows.push(entry),
                Err(problem) if self.recognised => return Err(problem.into()),
                Err(problem) => return Err(Error::Unrecognised(problem)),
            },
        }
        self.recognised = true;
        Ok(())
    }
}

fn entry<'a>(line: Line<'a>, fields: &[Field<'a>]) -> Result<Entry<'a>, Problem> {
    let times = (0..fields.len()).filter_map(|start| Some((start, time_words(fields.get(start..)?)?)));
    let (start, words) =
        times.min().ok_or_else(|| Problem::error(format!("expected a date and a time, found {}", line.quoted())))?;
    let entry = subject(line, &fields[..start])?;
    let mut details = &fields[start + words..];
    let mut entry = Entry { time: joined(&fields[start..start + words]), ..entry };
    if let [idle, rest @ ..] = details
        && (matches!(idle.bytes, b"." | b"old" | b"?") || is_time(idle.bytes))
    {
        entry.idle = Some(idle.bytes);
        details = rest;
    }
    if let [pid, rest @ ..] = details
        && pid.bytes.iter().all(u8::is_ascii_digit)
    {
        entry.pid = Some(pid.integer()?);
        details = rest;
    }
    // A host may contain blanks: `(tmux(812).%0 here)`.
    if let Some(open) = details.iter().position(|field| field.bytes.starts_with(b"("))
        && let Some(host) = line.part(details[open].start(), line.bytes.len()).bytes.trim_ascii_end().strip_suffix(b")")
    {
        entry.from = host.get(1..);
        details = &details[..open];
    }
    entry.comment = (!details.is_empty()).then(|| joined(details));
    Ok(entry)
}

/// What stands before the time.
fn subject<'a>(line: Line<'a>, fields: &[Field<'a>]) -> Result<Entry<'a>, Problem> {
    let words: Vec<&[u8]> = fields.iter().map(|field| field.bytes).collect();
    let event = |name: &str| Entry { event: Some(name.to_owned()), ..Entry::default() };
    Ok(match words[..] {
        [b"system", b"boot"] | [b"reboot", b"~"] => event("reboot"),
        [b"run-level", _] | [b"clock", b"change"] => Entry { event: Some(joined(fields)), ..Entry::default() },
        [b"LOGIN", tty] => Entry { tty: Some(tty), ..event("login") },
        // A session that ended has no user.
        [tty] if line.bytes.starts_with(b" ") => Entry { tty: Some(tty), ..Entry::default() },
        [user, tty] => Entry { user: Some(user), tty: Some(tty), ..Entry::default() },
        [user, state @ (b"+" | b"-" | b"?"), tty] => {
            Entry { user: Some(user), writeable_tty: Some(state), tty: Some(tty), ..Entry::default() }
        }
        _ => return Err(Problem::error(format!("expected a user and a terminal, or an event, found {}", line.quoted()))),
    })
}

/// How many of the next words are a date with a time: `2020-02-29 12:13`, or `Feb 7 23:31`.
fn time_words(fields: &[Field<'_>]) -> Option<usize> {
    const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    match fields {
        [date, time, ..] if is_date(date.bytes) && is_time(time.bytes) => Some(2),
        [month, day, time, ..] => {
            let is_day = matches!(day.bytes, [b'1'..=b'9'] | [b'0'..=b'3', b'0'..=b'9']);
            (MONTHS.contains(&month.bytes) && is_day && is_time(time.bytes)).then_some(3)
        }
        _ => None,
    }
}

/// Whether this looks like `2020-02-29`.
fn is_date(text: &[u8]) -> bool {
    has_shape(text, b"0000-00-00")
}

/// Whether this looks like `12:13`, perhaps with seconds.
fn is_time(text: &[u8]) -> bool {
    has_shape(text, b"00:00") || has_shape(text, b"00:00:00")
}

/// Whether a text has digits where the shape has zeros, and otherwise the same bytes.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    let same = |(&byte, &wanted): (&u8, &u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    text.len() == shape.len() && text.iter().zip(shape).all(same)
}

fn joined(fields: &[Field<'_>]) -> String {
    fields.iter().map(|field| String::from_utf8_lossy(field.bytes)).collect::<Vec<_>>().join(" ")
}

outparse_sdk::export!(Who);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, parse, parse_pieces};

    use super::Who;

    fn who(capture: &str) -> Parsed {
        parse::<Who>(None, capture.as_bytes())
    }

    /// The fields of the only record that are not null.
    fn only(line: &str) -> String {
        let parsed = who(line);
        assert_eq!((parsed.records.len(), &parsed.problems[..], &parsed.failure), (1, &[][..], &None), "{parsed:?}");
        let record = parsed.records[0].trim_matches(['{', '}']).replace('"', "");
        record.split(',').filter(|field| !field.ends_with(":null")).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn sessions_have_a_terminal_and_perhaps_a_host() {
        assert_eq!(only("alice    tty1         2024-05-01 12:14\n"), "user:alice,tty:tty1,time:2024-05-01 12:14");
        assert_eq!(
            only("alice    pts/0        2024-05-01 12:14 (tmux(812).%0)\n"),
            "user:alice,tty:pts/0,time:2024-05-01 12:14,from:tmux(812).%0"
        );
        assert_eq!(only("alice    ttys001  Feb  7 23:32 \n"), "user:alice,tty:ttys001,time:Feb 7 23:32");
    }

    #[test]
    fn all_details_have_their_fields() {
        assert_eq!(
            only("alice    + pts/0        2024-05-01 12:14 00:11        3709 (192.0.2.1)\n"),
            "user:alice,writeable_tty:+,tty:pts/0,time:2024-05-01 12:14,idle:00:11,pid:3709,from:192.0.2.1"
        );
        assert_eq!(
            only("           pts/1        2024-05-01 18:28              3381 id=ts/1  term=0 exit=0\n"),
            "tty:pts/1,time:2024-05-01 18:28,pid:3381,comment:id=ts/1 term=0 exit=0"
        );
        assert_eq!(
            only("alice    ttys000  Feb 13 16:44 00:02 \t 51217\tterm=0 exit=0\n"),
            "user:alice,tty:ttys000,time:Feb 13 16:44,idle:00:02,pid:51217,comment:term=0 exit=0"
        );
    }

    #[test]
    fn events_have_no_user() {
        assert_eq!(only("           system boot  2024-05-01 12:13\n"), "event:reboot,time:2024-05-01 12:13");
        assert_eq!(only("reboot   ~        Feb  7 23:31   .   \t     1\n"), "event:reboot,time:Feb 7 23:31,idle:.,pid:1");
        assert_eq!(
            only("         run-level 5  2024-05-01 12:13                   last=S\n"),
            "event:run-level 5,time:2024-05-01 12:13,comment:last=S"
        );
        assert_eq!(
            only("LOGIN      tty1         2024-05-01 12:13               841 id=tty1\n"),
            "event:login,tty:tty1,time:2024-05-01 12:13,pid:841,comment:id=tty1"
        );
    }

    #[test]
    fn titles_are_skipped() {
        assert_eq!(
            who("NAME     LINE         TIME             COMMENT\nalice tty1 2024-05-01 12:14\n   .       run-level 3\n")
                .records
                .len(),
            1
        );
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = who("alice tty1 2024-05-01 12:14\n# users=1\na b c d 2024-05-01 12:14\nbob tty2 2024-05-01 12:15\n");
        assert_eq!(parsed.records.len(), 2);
        assert_eq!(
            parsed.problems,
            [
                "error: line 2, expected a date and a time, found `# users=1`",
                "error: line 3, expected a user and a terminal, or an event, found `a b c d 2024-05-01 12:14`"
            ]
        );
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        let capture = "USER     LINE\r\nalice tty1 2024-05-01 12:14\r\n\nx\nbob tty2 Feb 1 12:15";
        let pieces = capture.as_bytes().split_inclusive(|&byte| byte == b'\n');
        assert_eq!(parse_pieces::<Who>(None, pieces), who(capture));
    }

    #[test]
    fn other_input_is_unrecognised() {
        for garbage in [
            "hello\n",
            "alice bob\n# users=2\n",
            "2024-05-01 12:14\n",
            "a b 2024-05-01\n",
            "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n",
        ] {
            let failure = who(garbage).failure;
            assert!(failure.is_some_and(|failure| failure.starts_with("unrecognised")), "{garbage:?}");
        }
        assert_eq!(who(""), Parsed { records: vec![], problems: vec![], failure: None });
    }
}
