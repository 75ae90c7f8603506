//! `last` and `lastb`: a line a login, its beginning, its end and how long it was. Without `-F` the year is not printed.

use outparse_sdk::grid::{self, Side, Span};
use outparse_sdk::{About, Ending, Error, Field, Line, Moment, Parser, Problem, Record, Rows, Source, Time, time};

/// A login, or a start or end of the system.
#[derive(Clone, Debug, Default, Record)]
pub struct Login {
    /// User; `reboot`, `shutdown` or `runlevel` of the system. Null where none was given, as in some failed logins.
    pub user: Option<Vec<u8>>,
    /// Terminal; `system boot`, `system down` or `(to lvl 3)` of the system.
    pub tty: Option<Vec<u8>>,
    /// Machine that it came from; the kernel's release of a start.
    pub from: Option<Vec<u8>>,
    /// When it began. Null where the year cannot be told; local, where no offset is printed.
    pub started: Option<Time>,
    /// The same as printed.
    pub started_text: Vec<u8>,
    /// When it ended. Null where the year cannot be told, and where it has not ended.
    pub ended: Option<Time>,
    /// The same as printed, or in words: `still logged in`, `crash`, `down`, `gone - no logout`.
    pub ended_text: Option<Vec<u8>>,
    /// How long it was, to the minute where seconds are not printed.
    #[field(unit = "seconds")]
    pub duration: Option<i64>,
}

/// Reads `last`.
pub struct Last {
    captured: Option<Moment>,
    /// Where the columns of BusyBox stand, which has titles.
    columns: Vec<Span>,
}

/// The titles of BusyBox. Nothing stands below the last one.
const TITLES: [&[u8]; 5] = [b"USER", b"TTY", b"HOST", b"LOGIN", b"TIME"];

const EXPECTED: &str = "a login, `USER TTY FROM Tue Jan  5 14:29 …`, or `wtmp begins …`";

impl Parser for Last {
    const ABOUT: About = About {
        name: "last-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Logins that were, as last and lastb print them",
        commands: &["last", "lastb", "busybox last"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Login;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Last { captured: source.clock(), columns: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if whole.find(" begins ").is_some() && whole.fields().nth(1).is_none_or(|word| word.bytes == b"begins") {
            rows.recognise();
            return Ok(());
        }
        let words = whole.words();
        if words.iter().map(|word| word.bytes).eq(TITLES) {
            self.columns =
                words.iter().map(|word| Span { start: word.start(), end: word.end(), side: Side::Left }).take(4).collect();
            rows.recognise();
            return Ok(());
        }
        let login = if self.columns.is_empty() { self.read(whole)? } else { self.of_busybox(whole)? };
        if login.started.is_none() {
            rows.warn_once("year", || {
                Problem::warning(
                    "the year is not printed, so times are null; `--captured-at` says when it was, `last -F` prints it",
                )
            });
        }
        rows.push(login);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let full = words.iter().any(|word| word == "-F" || word == "--fulltimes" || word.starts_with("--time-format"));
        (!full).then(|| ["-F".to_owned(), "-w".to_owned()].into_iter().chain(words.iter().cloned()).collect())
    }
}

/// A time, and how many words it is: `Tue Jan  5 14:29`, `Tue Jan  5 14:29:24 2021`, `2021-01-05T14:29:24+01:00`.
fn point(words: &[Field<'_>], captured: Option<Moment>) -> Option<(usize, Option<Time>)> {
    let first = words.first()?;
    if first.bytes.len() > 18 && first.bytes.contains(&b'T') {
        return Time::iso(first.bytes).map(|time| (1, Some(time)));
    }
    let [weekday, month, day, clock] = words.get(..4)? else { return None };
    if !weekday.is_weekday() || !month.is_month() {
        return None;
    }
    let day = u32::try_from(day.as_integer()?).ok()?;
    let month = time::month(month.bytes)?;
    let (seconds, _) = time::time_of_day(clock.bytes)?;
    let year = words
        .get(4)
        .filter(|_| clock.bytes.len() > 5)
        .and_then(|year| year.as_integer())
        .filter(|year| (1970..10_000).contains(year));
    Some(match year {
        Some(year) => (5, Time::local(year, month, day, seconds)),
        None => (4, Time::in_latest_year(month, day, seconds, captured)),
    })
}

/// `(00:07)`, `(1+01:59)`, `(-2:-24)`
fn duration(text: Field<'_>) -> Option<i64> {
    let inner = text.strip_prefix("(")?.strip_suffix(")")?;
    let (days, clock) = match inner.split_once("+") {
        Some((days, clock)) => (days.as_integer()?, clock),
        None => (0, inner),
    };
    let parts: Vec<i64> = clock.split(":").map(|part| part.as_integer()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [hours, minutes] => hours * 3600 + minutes * 60,
        [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
        _ => return None,
    };
    Some(days * 86_400 + seconds)
}

/// How many words say that a login has not ended. With `-a`, the machine follows them.
fn unended(words: &[Field<'_>]) -> Option<usize> {
    const PHRASES: [&[&[u8]]; 4] =
        [&[b"still", b"logged", b"in"], &[b"still", b"running"], &[b"gone", b"-", b"no", b"logout"], &[b"no", b"logout"]];
    let starts =
        |phrase: &&[&[u8]]| words.len() >= phrase.len() && words.iter().zip(*phrase).all(|(word, part)| word.bytes == *part);
    PHRASES.iter().map(|phrase| phrase as &[&[u8]]).find(|phrase| starts(phrase)).map(<[_]>::len)
}

/// A name with blanks, as failed logins have: all columns after it are where they always are.
fn name_with_blanks<'a>(line: Field<'a>, words: &[Field<'a>]) -> Option<Field<'a>> {
    let blank = |at: usize| line.bytes.get(at).is_some_and(|byte| *byte == b' ');
    let begins = |at: usize| blank(at - 1) && line.bytes.get(at).is_some_and(|byte| *byte != b' ');
    let in_name = words.iter().take_while(|word| word.start() - line.start() < 8).count();
    (in_name > 1 && begins(9) && blank(21)).then(|| line.split_at(8).0.trim_end())
}

impl Last {
    /// `root       pts/1          127.0.0.1          Nov 29 21:12`
    fn of_busybox(&self, line: Field<'_>) -> Result<Login, Problem> {
        let cells = grid::checked_cells(&self.columns, line)?;
        let [Some(user), tty, from, Some(login)] = cells[..] else { return Err(line.expected("a user and when it came")) };
        let expected = || login.expected("`MONTH DAY HOUR:MINUTE`");
        let [month, day, clock] = login.fields_and_rest()?;
        let month = time::month(month.bytes).ok_or_else(expected)?;
        let day = u32::try_from(day.integer()?).map_err(|_| expected())?;
        let (seconds, _) = time::time_of_day(clock.trim().bytes).ok_or_else(expected)?;
        let text = |cell: Option<Field<'_>>| cell.map(|cell| cell.bytes.to_vec());
        Ok(Login {
            user: Some(user.bytes.to_vec()),
            tty: text(tty),
            from: text(from),
            started: Time::in_latest_year(month, day, seconds, self.captured),
            started_text: login.squeezed().into_owned(),
            ..Login::default()
        })
    }

    fn read(&self, line: Field<'_>) -> Result<Login, Problem> {
        let mut words = line.words();
        // A failed login may have no name: its terminal stands where terminals do.
        let nameless = words.first().is_some_and(|tty| tty.start() - line.start() == 9);
        if nameless {
            words.insert(0, line.split_at(0).0);
        } else if line.bytes.first().is_some_and(u8::is_ascii_whitespace) {
            return Err(line.expected("a user in the first column"));
        }
        if let Some(name) = name_with_blanks(line, &words) {
            words.retain(|word| word.start() >= name.end());
            words.insert(0, name);
        }
        // FreeBSD has `boot time` in place of a user and a terminal.
        let is_event =
            matches!(words[..], [event, time, ..] if matches!(event.bytes, b"boot" | b"shutdown") && time.bytes == b"time");
        // A user and a terminal stand before it.
        let found = (2..words.len()).find_map(|at| point(&words[at..], self.captured).map(|(count, time)| (at, count, time)));
        let (at, count, started) = found.ok_or_else(|| line.expected(EXPECTED))?;
        let text = |from: usize, to: usize| line.part(words[from].start() - line.start(), words[to - 1].end() - line.start());
        let mut login = Login {
            user: if is_event { Some(text(0, 2).bytes.to_vec()) } else { Some(words[0].bytes.to_vec()).filter(|_| !nameless) },
            started,
            started_text: text(at, at + count).squeezed().into_owned(),
            ..Login::default()
        };
        // Terminals of the system have two or three words.
        let tty_words = match words[1].bytes {
            b"system" => 2,
            b"(to" => 3,
            _ => 1,
        };
        let tty_end = (1 + tty_words).min(at);
        login.tty = (tty_end > 1 && !is_event).then(|| text(1, tty_end).squeezed().into_owned());
        // A machine may have several words (`10.0.0.1 via mosh [12]`), but none of a time that lacks one.
        if words[tty_end..at].iter().any(|word| word.is_weekday() || word.is_month() || word.bytes == b"-") {
            return Err(line.expected(EXPECTED));
        }
        login.from = (at > tty_end).then(|| text(tty_end, at).bytes.to_vec());
        let mut rest = &words[at + count..];
        if let Some(last) = rest.iter().position(|word| word.bytes.starts_with(b"(") && duration(*word).is_some()) {
            login.duration = duration(rest[last]);
            // With `-a`, the machine stands last.
            if let [from, .., to] | [from @ to] = &rest[last + 1..] {
                login.from = Some(line.part(from.start() - line.start(), to.end() - line.start()).bytes.to_vec());
            }
            rest = &rest[..last];
        } else if let Some(length) = unended(rest) {
            if let [from, .., to] | [from @ to] = &rest[length..] {
                login.from = Some(line.part(from.start() - line.start(), to.end() - line.start()).bytes.to_vec());
            }
            rest = &rest[..length];
        }
        let rest = match rest {
            [dash, rest @ ..] if dash.bytes == b"-" => rest,
            rest => rest,
        };
        if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
            let ended = line.part(first.start() - line.start(), last.end() - line.start());
            login.ended_text = Some(ended.squeezed().into_owned());
            login.ended = match point(rest, self.captured) {
                Some((_, time)) => time,
                // A time of day alone belongs to the day of the beginning, or the one after.
                None => match (login.started, time::time_of_day(first.bytes)) {
                    (Some(started), Some((seconds, _))) if rest.len() == 1 => {
                        let midnight = started.wall_seconds.div_euclid(86_400) * 86_400;
                        let days = login.duration.map_or(0, |duration| {
                            (started.wall_seconds + duration).div_euclid(86_400) - started.wall_seconds.div_euclid(86_400)
                        });
                        Some(Time { wall_seconds: midnight + days * 86_400 + seconds, ..started })
                    }
                    _ => None,
                },
            };
        }
        Ok(login)
    }
}

outparse_sdk::export!(Last);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse, parse_from};
    use outparse_sdk::{Ending, Moment, Source};

    use super::Last;

    #[test]
    fn full_times_need_no_guess() {
        let capture = b"kb  pts/0        10.0.0.1 Tue Jan  5 14:29:24 2021   still logged in                      \nreboot   system boot  3.10.0-1062 Tue Jan  5 14:28:28 2021 - Tue Jan  5 14:29:36 2021  (00:01)    \nkb  tty1                          Mon Jan  4 12:29:04 2021 - crash                    (1+01:59)   \nrunlevel (to lvl 3)   0.0.0.0          Mon Jun 19 16:59:39 2023 - Mon Jun 19 14:35:00 2023  (-2:-24)\n\nwtmp begins Mon Jun 19 16:59:20 2023\n";
        let parsed = parse::<Last>(None, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"user":"kb","tty":"pts/0","from":"10.0.0.1","started":"2021-01-05T14:29:24","started_text":"Tue Jan 5 14:29:24 2021","ended":null,"ended_text":"still logged in","duration":null}"#,
                r#"{"user":"reboot","tty":"system boot","from":"3.10.0-1062","started":"2021-01-05T14:28:28","started_text":"Tue Jan 5 14:28:28 2021","ended":"2021-01-05T14:29:36","ended_text":"Tue Jan 5 14:29:36 2021","duration":60}"#,
                r#"{"user":"kb","tty":"tty1","from":null,"started":"2021-01-04T12:29:04","started_text":"Mon Jan 4 12:29:04 2021","ended":null,"ended_text":"crash","duration":93540}"#,
                r#"{"user":"runlevel","tty":"(to lvl 3)","from":"0.0.0.0","started":"2023-06-19T16:59:39","started_text":"Mon Jun 19 16:59:39 2023","ended":"2023-06-19T14:35:00","ended_text":"Mon Jun 19 14:35:00 2023","duration":-8640}"#,
            ],
            "{parsed:?}"
        );
        assert_eq!(parsed.problems, [""; 0]);
    }

    #[test]
    fn the_machine_may_stand_last_and_a_name_may_have_blanks() {
        let capture = b"root     pts/0        Tue Jan  5 14:29:24 2021   still logged in     10.0.0.1\nx        ssh          Tue Jan  5 14:29:24 2021    gone - no logout  mosh [12]\n\
            y        tty1         Mon Jan  4 12:29:04 2021 - crash                    (1+01:59)   a via b\n\
            boot time                                  Tue Jan  5 14:28:00 2021\nb ob     ssh:notty    2001:db8::1      Tue Jan  5 14:29:24 2021 - Tue Jan  5 14:29:36 2021  (00:01)\nkb  tty1  Mon Jan  4 12:29:04 2021 - crash (1+01:59)\n";
        let parsed = parse::<Last>(None, capture);
        parsed.has(0, &[r#""from":"10.0.0.1""#, r#""ended_text":"still logged in""#]);
        parsed.has(1, &[r#""from":"mosh [12]""#, r#""ended_text":"gone - no logout""#]);
        parsed.has(2, &[r#""from":"a via b""#, r#""ended_text":"crash""#]);
        parsed.has(3, &[r#""user":"boot time","tty":null,"from":null"#]);
        parsed.has(4, &[r#""user":"b ob","tty":"ssh:notty","from":"2001:db8::1""#]);
        parsed.has(5, &[r#""user":"kb","tty":"tty1""#]);
        assert_eq!(parsed.problems, [""; 0]);
    }

    #[test]
    fn the_year_is_the_captures() {
        let line = b"kb  ttyS0                         Fri Feb 28 23:49 - 00:05  (00:16)    \n";
        let unknown = parse::<Last>(None, line);
        assert_eq!(unknown.problems.len(), 1);
        assert!(
            unknown.records[0]
                .contains(r#""started":null,"started_text":"Fri Feb 28 23:49","ended":null,"ended_text":"00:05","duration":960"#),
            "{unknown:?}"
        );
        let captured = Some(Moment { seconds: 1_583_020_800, offset: Some(0) });
        let source = Source { command: "last".to_owned(), captured, ..Source::default() };
        let known = parse_from::<Last>(&source, &Ending::COMPLETE, [&line[..]]);
        assert!(
            known.records[0].contains(r#""started":"2020-02-28T23:49:00""#)
                && known.records[0].contains(r#""ended":"2020-02-29T00:05:00""#),
            "{known:?}"
        );
        assert_unrecognised::<Last>(["hello\n", "a b c\n", ""]);
    }

    #[test]
    fn busybox_has_titles_and_no_weekday() {
        let text = b"USER       TTY            HOST               LOGIN        TIME\nroot       pts/1          127.0.0.1          Nov 29 21:12\nbob        tty1                              Nov  2 09:00\nroot  pts/1  x  Nov 29 21:12\n";
        let parsed = parse::<Last>(None, text);
        parsed.has(0, &[r#""user":"root","tty":"pts/1","from":"127.0.0.1","started":null,"started_text":"Nov 29 21:12""#]);
        parsed.has(1, &[r#""user":"bob","tty":"tty1","from":null,"started":null,"started_text":"Nov 2 09:00""#]);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
    }

    #[test]
    fn a_failed_login_may_have_no_name() {
        let capture = b"         ssh:notty    192.0.2.5        Mon Jan  6 10:00:00 2020 - Mon Jan  6 10:00:00 2020  (00:00)\n   x\n\nbtmp begins Mon Jan  6 10:00:00 2020\n";
        let parsed = parse::<Last>(Some(&["lastb", "-F"]), capture);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        parsed.has(0, &[r#"{"user":null,"tty":"ssh:notty","from":"192.0.2.5","started":"2020-01-06T10:00:00""#]);
    }
}
