//! `who` prints a line for each session and, with `-a`, each event. What a line holds depends on the flags; what they all have is a
//! time. It divides the line: who, or what, is before it, and the details are after it.

pub mod finger;

use std::borrow::Cow;

pub use finger::Finger;

use outparse_sdk::{About, Argument, Error, Field, Line, Moment, Parser, Problem, Record, Rows, Source, Time, time};

/// A login session, or an event of the system.
#[derive(Debug, Default, Record)]
pub struct Entry<'a> {
    /// Who is logged in; null for an event.
    #[field(key)]
    pub user: Option<&'a [u8]>,
    /// What happened, where it is no session: `reboot`, `login` (a terminal that waits for one), `run-level 3`.
    pub event: Option<Cow<'a, [u8]>>,
    /// Whether others may write to the terminal (`-T`); null where it is not known.
    pub accepts_messages: Option<bool>,
    /// The terminal.
    #[field(key)]
    pub tty: Option<&'a [u8]>,
    /// When it began, in local time, to the minute. BSD prints no year: there only where it is known when the output was taken.
    #[field(approximate)]
    pub started: Option<Time>,
    /// When it began, as BSD and macOS print it, with single blanks.
    pub started_text: Option<Cow<'a, [u8]>>,
    /// How long the terminal is idle (`-u`): 0 up to a minute. Null after more than a day, and where it is not known.
    #[field(unit = "seconds", approximate, gauge)]
    pub idle: Option<i64>,
    /// The same as printed: `00:11`; `.` for less than a minute, `old` for more than a day.
    pub idle_text: Option<&'a [u8]>,
    /// Process that belongs to it.
    pub pid: Option<i64>,
    /// The host the user comes from.
    pub from: Option<&'a [u8]>,
    /// Further remarks, with single blanks.
    pub comment: Option<Cow<'a, [u8]>>,
}

/// Reads what any `who` prints.
pub struct Who {
    captured: Option<Moment>,
    /// Which columns the arguments choose; None where they are not known.
    chosen: Option<Chosen>,
    shaped: bool,
}

/// What the arguments choose.
#[derive(Clone, Copy, Default)]
struct Chosen {
    events: bool,
    details: bool,
    messages: bool,
}

impl Parser for Who {
    const ABOUT: About = About {
        name: "who",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Login sessions and system events, as who of coreutils, macOS and the BSDs prints them",
        commands: &["who", "gwho"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Entry<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let options =
            ["a all", "b boot", "d dead", "l login", "p process", "r runlevel", "t time", "T w mesg message writable", "u users"];
        let chosen = source.read_arguments(&options).map(|arguments| {
            let any = |flags: &[&str]| flags.iter().any(|flag| arguments.contains(&Argument::Flag(flag)));
            Chosen {
                events: any(&["a", "b", "d", "l", "p", "r", "t"]),
                details: any(&["a", "b", "d", "l", "p", "r", "t", "u"]),
                messages: any(&["a", "T"]),
            }
        });
        Who { captured: source.clock(), chosen, shaped: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let fields = line.words();
        match fields[..] {
            [] => {}
            // The titles of `-H`.
            [Field { bytes: b"NAME" | b"USER", .. }, Field { bytes: b"S" | b"LINE", .. }, ..] if !rows.recognised() => {
                rows.recognise();
            }
            // macOS prints a run-level without a time, and never a real one.
            [Field { bytes: b".", .. }, Field { bytes: b"run-level", .. }, ..] if rows.recognised() => {}
            _ => {
                let entry = self.entry(line, &fields)?;
                if !self.shaped {
                    self.shape(entry.started_text.is_some(), rows);
                }
                rows.push(entry);
            }
        }
        Ok(())
    }
}

impl Who {
    /// Says which columns there are: the first line shows how times are printed.
    fn shape(&mut self, texts: bool, rows: &mut Rows<Entry<'static>>) {
        let chosen = self.chosen.unwrap_or(Chosen { events: true, details: true, messages: true });
        let fields = [
            ("user", true),
            ("event", chosen.events),
            ("accepts_messages", chosen.messages),
            ("tty", true),
            ("started", !texts || self.captured.is_some()),
            ("started_text", texts),
            ("idle", chosen.details),
            ("idle_text", chosen.details),
            ("pid", chosen.details),
            ("from", true),
            ("comment", chosen.details),
        ];
        rows.shape(fields.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect::<Vec<_>>());
        self.shaped = true;
    }

    fn entry<'a>(&self, line: Line<'a>, fields: &[Field<'a>]) -> Result<Entry<'a>, Problem> {
        let time = (0..fields.len()).find_map(|start| Some((start, time_words(&fields[start..])?)));
        let (start, words) = time.ok_or_else(|| line.expected("a date and a time"))?;
        // What init of System V has started itself has neither a user nor a terminal, and says which of its lines did.
        let of_init = start == 0 && line.bytes.starts_with(b" ") && fields.iter().any(|field| field.bytes.starts_with(b"id="));
        let mut entry = if of_init { Entry::default() } else { subject(line, &fields[..start])? };
        let (moment, mut details) = fields[start..].split_at(words);
        entry.started = line.span(moment).and_then(|moment| time::dated(moment, self.captured)).map(Time::digits);
        // BSD leaves out the year.
        if moment.len() == 3 {
            entry.started_text = joined(line, moment);
        }
        if let [idle, rest @ ..] = details
            && (matches!(idle.bytes, b"." | b"old" | b"?") || is_time(*idle))
        {
            entry.idle_text = Some(idle.bytes);
            entry.idle = match idle.bytes {
                b"." => Some(0),
                clock => time::time_of_day(clock).map(|(seconds, _)| seconds),
            };
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
            && let Some(host) = line.part(details[open].start() + 1, usize::MAX).trim_end().strip_suffix(")")
        {
            entry.from = Some(host.bytes);
            details = &details[..open];
        }
        entry.comment = joined(line, details);
        Ok(entry)
    }
}

/// What stands before the time.
fn subject<'a>(line: Line<'a>, fields: &[Field<'a>]) -> Result<Entry<'a>, Problem> {
    let mut words = [&b""[..]; 4];
    words.iter_mut().zip(fields).for_each(|(word, field)| *word = field.bytes);
    let event = |name: &'static str| Entry { event: Some(name.as_bytes().into()), ..Entry::default() };
    Ok(match words[..fields.len().min(words.len())] {
        [b"system", b"boot"] | [b"reboot", b"~"] => event("reboot"),
        [b"run-level", _] | [b"clock", b"change"] => Entry { event: joined(line, fields), ..Entry::default() },
        [b"LOGIN", tty] => Entry { tty: Some(tty), ..event("login") },
        // A part of an event is blank.
        [b"run-level" | b"clock" | b"system" | b"~"] => return Err(line.expected("an event")),
        [number] if number.iter().all(u8::is_ascii_digit) => return Err(line.expected("an event or a terminal")),
        // A session that ended has no user.
        [tty] if line.bytes.starts_with(b" ") => Entry { tty: Some(tty), ..Entry::default() },
        // A cell is blank.
        [_, b"+" | b"-" | b"?"] | [b"+" | b"-" | b"?", _] => return Err(line.expected("a user and a terminal")),
        [user, tty] => Entry { user: Some(user), tty: Some(tty), ..Entry::default() },
        [user, state @ (b"+" | b"-" | b"?"), tty] => {
            let accepts_messages = (state != b"?").then_some(state == b"+");
            Entry { user: Some(user), accepts_messages, tty: Some(tty), ..Entry::default() }
        }
        _ => return Err(line.expected("a user and a terminal, or an event")),
    })
}

/// How many of the next words are a date with a time: `2020-02-29 12:13`, or `Feb 7 23:31`.
fn time_words(fields: &[Field<'_>]) -> Option<usize> {
    // More than two blanks stand in the place of a word.
    let close = |words: &[Field<'_>]| words.windows(2).all(|pair| pair[1].start() - pair[0].end() <= 2);
    let count = match fields {
        [date, time, ..] if date.has_shape("0000-00-00") && is_time(*time) => Some(2),
        [month, day, time, ..] => {
            let is_day = matches!(day.bytes, [b'1'..=b'9'] | [b'0'..=b'3', b'0'..=b'9']);
            (month.is_month() && is_day && is_time(*time)).then_some(3)
        }
        _ => None,
    };
    count.filter(|&count| close(&fields[..count]))
}

/// Whether this looks like `12:13`, perhaps with seconds.
fn is_time(text: Field<'_>) -> bool {
    text.has_shape("00:00") || text.has_shape("00:00:00")
}

fn joined<'a>(line: Line<'a>, fields: &[Field<'_>]) -> Option<Cow<'a, [u8]>> {
    line.span(fields).map(|span| span.squeezed())
}

outparse_sdk::export!(
    "who-posix",
    env!("CARGO_PKG_VERSION"),
    "Who is logged in, as who and finger print it";
    Who, Finger
);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

    use super::Who;

    fn who(capture: &str) -> Parsed {
        parse::<Who>(None, capture.as_bytes())
    }

    fn only(line: &str) -> String {
        who(line).only().to_owned()
    }

    #[test]
    fn a_process_of_init_has_no_user_and_no_terminal() {
        let parsed = who(
            "                        2012-01-01 10:00             1 id=si    term=0 exit=0\n           system boot  2012-01-01 10:00\n",
        );
        assert!(parsed.sound()[0].contains(r#""pid":1,"comment":"id=si term=0 exit=0""#), "{parsed:?}");
        assert!(!parsed.sound()[0].contains(r#""user""#), "{parsed:?}");
    }

    #[test]
    fn sessions_have_a_terminal_and_perhaps_a_host() {
        assert_eq!(
            only("alice    tty1         2024-05-01 12:14\n"),
            r#"{"user":"alice","tty":"tty1","started":"2024-05-01T12:14:00"}"#
        );
        assert_eq!(
            only("alice    pts/0        2024-05-01 12:14 (tmux(812).%0)\n"),
            r#"{"user":"alice","tty":"pts/0","started":"2024-05-01T12:14:00","from":"tmux(812).%0"}"#
        );
        assert_eq!(only("alice    ttys001  Feb  7 23:32 \n"), r#"{"user":"alice","tty":"ttys001","started_text":"Feb 7 23:32"}"#);
    }

    #[test]
    fn all_details_have_their_fields() {
        assert_eq!(
            only("alice    + pts/0        2024-05-01 12:14 00:11        3709 (192.0.2.1)\n"),
            r#"{"user":"alice","accepts_messages":true,"tty":"pts/0","started":"2024-05-01T12:14:00","idle":660,"idle_text":"00:11","pid":3709,"from":"192.0.2.1"}"#
        );
        assert_eq!(
            only("           pts/1        2024-05-01 18:28              3381 id=ts/1  term=0 exit=0\n"),
            r#"{"tty":"pts/1","started":"2024-05-01T18:28:00","pid":3381,"comment":"id=ts/1 term=0 exit=0"}"#
        );
        assert_eq!(
            only("alice    ttys000  Feb 13 16:44 00:02 \t 51217\tterm=0 exit=0\n"),
            r#"{"user":"alice","tty":"ttys000","started_text":"Feb 13 16:44","idle":120,"idle_text":"00:02","pid":51217,"comment":"term=0 exit=0"}"#
        );
    }

    #[test]
    fn events_have_no_user() {
        assert_eq!(only("           system boot  2024-05-01 12:13\n"), r#"{"event":"reboot","started":"2024-05-01T12:13:00"}"#);
        assert_eq!(
            only("reboot   ~        Feb  7 23:31   .   \t     1\n"),
            r#"{"event":"reboot","started_text":"Feb 7 23:31","idle":0,"idle_text":".","pid":1}"#
        );
        assert_eq!(
            only("         run-level 5  2024-05-01 12:13                   last=S\n"),
            r#"{"event":"run-level 5","started":"2024-05-01T12:13:00","comment":"last=S"}"#
        );
        assert_eq!(
            only("LOGIN      tty1         2024-05-01 12:13               841 id=tty1\n"),
            r#"{"event":"login","tty":"tty1","started":"2024-05-01T12:13:00","pid":841,"comment":"id=tty1"}"#
        );
    }

    #[test]
    fn a_blank_name_or_terminal_is_no_other() {
        for line in ["         + pts/0        2024-05-01 12:14\n", "alice    +              2024-05-01 12:14\n"] {
            let parsed = who(&format!("bob tty2 2024-05-01 12:15\n{line}"));
            assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{line}");
        }
    }

    #[test]
    fn the_arguments_choose_the_columns() {
        let shape = |command: &[&str]| {
            let parsed = parse::<Who>(Some(command), b"alice tty1 2024-05-01 12:14\n");
            parsed.shape().join(" ")
        };
        assert_eq!(shape(&["who"]), "user tty started from");
        assert_eq!(shape(&["who", "-T"]), "user accepts_messages tty started from");
        assert!(shape(&["who", "-a"]).starts_with("user event accepts_messages tty started idle idle_text pid from"));
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
        assert_any_split::<Who>(None, capture.as_bytes());
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Who>([
            "hello\n",
            "alice bob\n# users=2\n",
            "2024-05-01 12:14\n",
            "a b 2024-05-01\n",
            "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n",
        ]);
        assert_eq!(who(""), Parsed::default());
    }
}
