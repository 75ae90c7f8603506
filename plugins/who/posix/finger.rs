//! `finger` without names, and `finger -s`: a table of who is logged in. Where its titles stand divides a line.

use outparse_sdk::{About, Error, Field, Line, Moment, Parser, Record, Rows, Source, Time, time};

/// A session.
#[derive(Clone, Debug, Default, Record)]
pub struct Session {
    /// Who is logged in; `finger` may have cut the name.
    #[field(key)]
    pub user: Vec<u8>,
    /// The user's full name; `finger` may have cut it.
    pub name: Option<Vec<u8>>,
    /// The terminal.
    #[field(key)]
    pub tty: Option<Vec<u8>>,
    /// Whether others may write to the terminal.
    pub accepts_messages: Option<bool>,
    /// How long the terminal is idle, to the minute; from a day on in days.
    #[field(unit = "seconds", approximate, gauge)]
    pub idle: Option<i64>,
    /// How long the terminal is idle, as printed; null where it is not.
    pub idle_text: Option<Vec<u8>>,
    /// Whether the session goes on. Without it, the line is about the last one.
    pub is_logged_in: bool,
    /// When the session began, to the minute or the day. Local: no offset is printed. Null where the year is left out and it is not known when the
    /// output was taken.
    #[field(approximate)]
    pub started: Option<Time>,
    /// When the session began, as printed.
    pub started_text: Option<Vec<u8>>,
    /// The host the user comes from.
    pub from: Option<Vec<u8>>,
    /// The user's office, and whatever else stands there.
    pub office: Option<Vec<u8>>,
}

/// Reads `finger`.
pub struct Finger {
    captured: Option<Moment>,
    titles: Option<Titles>,
}

/// Where the titles stand.
#[derive(Clone, Copy)]
struct Titles {
    name: usize,
    tty: usize,
    idle: usize,
    login: usize,
    /// Whether they are those of the BSDs, where what stands below may be moved by one.
    is_bsd: bool,
}

const EXPECTED: &str = "the titles `Login Name Tty Idle Login Time …`";

impl Parser for Finger {
    const ABOUT: About = About {
        name: "finger",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Who is logged in, as finger prints it without names, or with -s",
        commands: &["finger"],
        dialect: "bsd",
        platforms: &["linux", "macos", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Session;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Finger { captured: source.clock(), titles: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        let Some(titles) = self.titles else {
            if whole.trim().bytes == b"No one logged on." {
                rows.recognise();
                return Ok(());
            }
            if !line.bytes.starts_with(b"Login ") {
                return Err(line.expected(EXPECTED).into());
            }
            let place = |title: &str| whole.find(title).ok_or_else(|| line.expected(EXPECTED));
            self.titles = Some(Titles {
                name: place("Name")?,
                tty: place("Tty").or(place("TTY"))?,
                idle: place("Idle")?,
                login: place("Login Time").or(place("Login  Time"))?,
                is_bsd: whole.find("TTY").is_some(),
            });
            rows.recognise();
            return Ok(());
        };
        rows.push(self.session(whole, titles)?);
        Ok(())
    }
}

impl Finger {
    fn session(&self, line: Field<'_>, titles: Titles) -> Result<Session, Error> {
        let text = |field: Field<'_>| Some(field.bytes.to_vec()).filter(|text| !text.is_empty());
        let user = line.part(0, titles.name).trim();
        // A mark stands before the terminal, and the idle time ends where its title does.
        let name = line.part(titles.name, titles.tty - 1).trim();
        let (mark, tty, idle, login) = if titles.is_bsd {
            apart(line, titles)
        } else {
            let mark = line.part(titles.tty - 1, titles.tty);
            let tty = line.part(titles.tty, titles.idle - 1).trim();
            (mark, tty, line.part(titles.idle - 1, titles.login).trim(), line.split_at(titles.login).1)
        };
        let is_apart = matches!(mark.bytes, b" " | b"*") && !user.bytes.is_empty() && !user.bytes.contains(&b' ');
        let expected = || line.expected("what stands under the titles of `finger`");
        if !is_apart {
            return Err(expected().into());
        }
        let session = Session {
            user: user.bytes.to_vec(),
            name: text(name),
            tty: text(tty).filter(|text| text != b"*"),
            accepts_messages: Some(mark.bytes != b"*"),
            idle: duration(idle)?,
            idle_text: text(idle).filter(|text| text != b"*"),
            is_logged_in: idle.bytes != b"*",
            ..Session::default()
        };
        if let Some(office) = login.strip_prefix("No logins") {
            return Ok(Session { accepts_messages: None, office: text(office.trim()), ..session });
        }
        // The BSDs print a day of the week where it is less than a week ago.
        let [first, second, _] = login.fields_and_rest()?;
        let is_weekday = first.is_weekday() && second.bytes.contains(&b':');
        let (month, day, clock) = if is_weekday {
            (first, first, second)
        } else {
            let [month, day, clock, _] = login.fields_and_rest()?;
            (month, day, clock)
        };
        let rest = line.split_at(clock.end() - line.start()).1;
        let started_text = line.part(month.start() - line.start(), clock.end() - line.start());
        if time::time_of_day(clock.bytes).is_none() && !clock.has_shape("0000") {
            return Err(clock.expected("a time of day, or a year").into());
        }
        if !is_weekday {
            if time::month(month.bytes).is_none() {
                return Err(expected().into());
            }
            let number = u32::try_from(day.integer()?).ok();
            number.filter(|day| (1..=31).contains(day)).ok_or_else(|| day.expected("a day"))?;
        }
        let started = if clock.bytes.contains(&b':') {
            time::dated(started_text, self.captured).map(Time::digits)
        } else {
            let number = day.as_integer().and_then(|day| u32::try_from(day).ok());
            time::month(month.bytes).and_then(|month| Time::local(clock.as_integer()?, month, number?, 0))
        };
        let rest = rest.trim();
        let host = rest.strip_prefix("(").and_then(|rest| rest.split_once(")"));
        let (from, office) = host.map_or((None, rest), |(host, rest)| (Some(host), rest.trim()));
        Ok(Session { started, started_text: text(started_text), from: from.and_then(text), office: text(office), ..session })
    }
}

/// `*con   22d  Thu    13:16`: the mark, the terminal, the idle time, and from the login on.
fn apart<'a>(line: Field<'a>, titles: Titles) -> (Field<'a>, Field<'a>, Field<'a>, Field<'a>) {
    let (_, mut rest) = line.split_at(titles.tty - 1);
    rest = rest.trim_start();
    let nothing = rest.split_at(0).0;
    let mut next = |is_there: &dyn Fn(Field<'_>) -> bool| {
        let end = rest.find(" ").unwrap_or(rest.bytes.len());
        let (word, after) = rest.split_at(end);
        if !is_there(word) {
            return nothing;
        }
        rest = after.trim_start();
        word
    };
    let tty = next(&|word| word.start() - line.start() <= titles.tty + 1);
    let idle = next(&|word| !word.is_weekday() && !word.is_month() && word.bytes != b"No");
    let (mark, name) = tty.split_at(usize::from(tty.bytes.len() > 1 && tty.bytes[0] == b'*'));
    let mark = if mark.bytes.is_empty() { line.part(titles.name - 1, titles.name) } else { mark };
    (mark, name, idle, rest)
}

/// `14` minutes, `1:05` hours and minutes, `14d` days; nothing where there is none, and `*` where nobody is logged in.
fn duration(idle: Field<'_>) -> Result<Option<i64>, Error> {
    if idle.bytes.is_empty() || idle.bytes == b"*" {
        return Ok(None);
    }
    let seconds = if let Some(days) = idle.strip_suffix("d") {
        days.integer()?.saturating_mul(86_400)
    } else if let Some((hours, minutes)) = idle.split_once(":") {
        hours.integer()?.saturating_mul(3600).saturating_add(minutes.integer()?.saturating_mul(60))
    } else {
        idle.integer()?.saturating_mul(60)
    };
    Ok(Some(seconds))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse, parse_from, source};
    use outparse_sdk::{Ending, Moment, Source};

    use super::Finger;

    const TEXT: &[u8] = b"Login     Name           Tty      Idle  Login Time   Office     Office Phone\n\
        anna      Anna B. Meier *tty1      14d  Mar 22 21:14\nbo        Bo             pts/0          Apr  5 15:33 (192.0.2.22)\n\
        bo        Bo             pts/1    1:05  Apr  6  2020 (2001:db8::1)   room 7\nroot      root           pts/6       *  Nov 28 15:28 (127.0.0.1)\n";

    #[test]
    fn sessions_are_read() {
        let parsed = parse::<Finger>(None, TEXT);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"user":"anna","name":"Anna B. Meier","tty":"tty1","accepts_messages":false,"idle":1209600,"idle_text":"14d","is_logged_in":true,"started_text":"Mar 22 21:14"}"#,
                r#"{"user":"bo","name":"Bo","tty":"pts/0","accepts_messages":true,"is_logged_in":true,"started_text":"Apr  5 15:33","from":"192.0.2.22"}"#,
                r#"{"user":"bo","name":"Bo","tty":"pts/1","accepts_messages":true,"idle":3900,"idle_text":"1:05","is_logged_in":true,"started":"2020-04-06T00:00:00","started_text":"Apr  6  2020","from":"2001:db8::1","office":"room 7"}"#,
                r#"{"user":"root","name":"root","tty":"pts/6","accepts_messages":true,"is_logged_in":false,"started_text":"Nov 28 15:28","from":"127.0.0.1"}"#,
            ]
        );
        let known = Source { captured: Some(Moment { seconds: 1_780_272_000, offset: Some(0) }), ..source::<Finger>(None) };
        parse_from::<Finger>(&known, &Ending::COMPLETE, [TEXT]).has(3, &[r#""started":"2025-11-28T15:28:00""#]);
        assert_eq!(parse::<Finger>(None, b"No one logged on.\n").sound(), [""; 0]);
    }

    #[test]
    fn the_bsds_have_other_titles_and_days_of_the_week() {
        let text = b"Login    Name                 TTY  Idle  Login  Time   Office  Phone\n\
            anna     Anna B. Meier       *con   22d  Thu    13:16\nanna     Anna B. Meier        s00        Jun  4 13:16  7\n\
            bo       Bo                    *     *  No logins\n";
        let parsed = parse::<Finger>(None, text);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"user":"anna","name":"Anna B. Meier","tty":"con","accepts_messages":false,"idle":1900800,"idle_text":"22d","is_logged_in":true,"started_text":"Thu    13:16"}"#,
                r#"{"user":"anna","name":"Anna B. Meier","tty":"s00","accepts_messages":true,"is_logged_in":true,"started_text":"Jun  4 13:16","office":"7"}"#,
                r#"{"user":"bo","name":"Bo","is_logged_in":false}"#,
            ]
        );
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let text = b"Login     Name       Tty      Idle  Login Time   Office\nroot      root       pts/6       x  Nov 28 15:28\nroot      root       pts/6          Now 28 15:28\nmoved root       pts/6          Nov 28 15:28\n";
        let parsed = parse::<Finger>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 3), "{parsed:?}");
        assert_unrecognised::<Finger>(["hello\n", "Login: root           \t\t\tName: root\n", "finger: x: no such user.\n"]);
    }
}
