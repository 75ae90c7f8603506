//! Timetables of cron: those of users, which `crontab -l` prints, and those of the system, which have a user before the command.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What a timetable has.
#[derive(Debug, Record)]
pub enum Entry<'a> {
    /// A command and when it is run.
    Schedule(Schedule<'a>),
    /// A variable of the commands that follow.
    Variable(Variable<'a>),
}

/// A command and when it is run.
#[derive(Clone, Debug, Default, Record)]
pub struct Schedule<'a> {
    /// Minutes: 0 to 59, `*`, `*/5`.
    pub minute: Option<Vec<&'a [u8]>>,
    /// Hours: 0 to 23.
    pub hour: Option<Vec<&'a [u8]>>,
    /// Days of the month: 1 to 31.
    pub day_of_month: Option<Vec<&'a [u8]>>,
    /// Months: 1 to 12, or names.
    pub month: Option<Vec<&'a [u8]>>,
    /// Days of the week: 0 and 7 are Sunday, or names.
    pub day_of_week: Option<Vec<&'a [u8]>>,
    /// When, by a word: `reboot`, `hourly`, `daily`, …
    pub occurrence: Option<&'a [u8]>,
    /// User that it is run as; null in a user's own timetable.
    pub user: Option<&'a [u8]>,
    /// The command line.
    pub command: &'a [u8],
}

/// A variable.
#[derive(Clone, Debug, Default, Record)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
}

/// Reads timetables.
pub struct Crontab {
    /// Whether a user stands before the command.
    system: bool,
    /// Whether the path or the arguments say whose it is.
    is_known: bool,
}

const EXPECTED: &str = "five fields of a time and a command, `@daily` and a command, or `NAME=value`";

impl Parser for Crontab {
    const ABOUT: About = About {
        name: "crontab",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Timetables of cron, as crontab -l prints them and /etc/crontab has them",
        commands: &["crontab", "busybox crontab"],
        files: &["/etc/crontab", "/etc/cron.d/*", "/var/spool/cron/*", "/var/spool/cron/crontabs/*"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Entry<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let system = source.path.as_deref().is_some_and(|path| path == "/etc/crontab" || path.starts_with("/etc/cron.d/"));
        Crontab { system, is_known: source.path.is_some() || source.arguments.is_some() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || text.bytes[0] == b'#' {
            // Timetables of the system begin with a line that names their fields: of Debian, Red Hat, or FreeBSD.
            let titles = text.squeezed();
            let of_system = [&b" dow user command"[..], b" user-name command to be executed", b" wday who command"];
            self.system |= of_system.iter().any(|end| titles.ends_with(end)) && !self.is_known;
            return Ok(());
        }
        let expected = || line.expected(EXPECTED);
        if let Some(rest) = text.strip_prefix("@") {
            let [occurrence, command] = rest.fields_and_rest()?;
            let mut schedule = Schedule { occurrence: Some(occurrence.bytes), ..Schedule::default() };
            self.command(&mut schedule, command).ok_or_else(expected)?;
            self.doubt(&schedule, rows);
            rows.push(Entry::Schedule(schedule));
            return Ok(());
        }
        let is_name =
            |name: Field<'_>| name.bytes.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b'"');
        if let Some((name, value)) = text.split_once("=").filter(|(name, _)| is_name(*name) && !name.trim().bytes.contains(&b' '))
        {
            rows.push(Entry::Variable(Variable { name: unquoted(name.trim()), value: unquoted(value.trim()) }));
            return Ok(());
        }
        let [minute, hour, day, month, weekday, command] = text.fields_and_rest().map_err(|_| expected())?;
        let minute = match minute.strip_prefix("-") {
            Some(unlogged) => {
                rows.warn_once("unlogged", || {
                    minute.problem("a minus before the minutes, which keeps cron from logging the command, is left out")
                });
                unlogged
            }
            None => minute,
        };
        for field in [minute, hour, day, month, weekday] {
            if !is_time(field.bytes) {
                return Err(field.expected("a field of a time: a number, a name, `*`, `a-b`, `*/n`").into());
            }
        }
        let mut schedule = schedule([minute, hour, day, month, weekday]);
        self.command(&mut schedule, command).ok_or_else(expected)?;
        self.doubt(&schedule, rows);
        rows.push(Entry::Schedule(schedule));
        Ok(())
    }
}

fn schedule(fields: [Field<'_>; 5]) -> Schedule<'_> {
    let [minute, hour, day_of_month, month, day_of_week] =
        fields.map(|field| Some(field.split(",").map(|item| item.bytes).collect()));
    Schedule { minute, hour, day_of_month, month, day_of_week, ..Schedule::default() }
}

impl Crontab {
    /// Says that a timetable of the system may have been read as one of a user.
    fn doubt(&self, schedule: &Schedule<'_>, rows: &mut Rows<Entry<'static>>) {
        if !self.is_known
            && !self.system
            && schedule.command.starts_with(b"root")
            && schedule.command.get(4).is_some_and(u8::is_ascii_whitespace)
        {
            rows.warn_once("user", || {
                Problem::warning("`root` is read as the command: in a timetable of the system it is the user, as `--input /etc/crontab` or another path there would say")
            });
        }
    }

    fn command<'a>(&self, schedule: &mut Schedule<'a>, rest: Field<'a>) -> Option<()> {
        let mut command = rest.trim();
        if self.system {
            let [user, after] = command.fields_and_rest().ok()?;
            schedule.user = Some(user.bytes);
            command = after;
        }
        schedule.command = command.bytes;
        (!command.bytes.is_empty()).then_some(())
    }
}

/// Whether it may be a field of a time.
fn is_time(text: &[u8]) -> bool {
    let part = |part: &[u8]| {
        part == b"*"
            || part.is_empty() && text.contains(&b'~')
            || !part.is_empty()
                && (part.iter().all(u8::is_ascii_digit) || part.len() == 3 && part.iter().all(u8::is_ascii_alphabetic))
    };
    let item = |item: &[u8]| {
        let mut halves = item.splitn(2, |&byte| byte == b'/');
        let range = halves.next().unwrap_or_default();
        let step = halves.next().is_none_or(|step| !step.is_empty() && step.iter().all(u8::is_ascii_digit));
        step && range.split(|&byte| byte == b'-' || byte == b'~').all(part)
    };
    text.split(|&byte| byte == b',').all(item)
}

/// Without quotes around it.
fn unquoted(field: Field<'_>) -> &[u8] {
    let inner = |mark: &str| field.strip_prefix(mark).and_then(|field| field.strip_suffix(mark));
    inner("\"").or_else(|| inner("'")).unwrap_or(field).bytes
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse, parse_from};
    use outparse_sdk::{Ending, Source};

    use super::Crontab;

    #[test]
    fn a_user_stands_before_the_command_in_the_systems_timetable_only() {
        let capture = b"# x\nMAILTO=\"a b\"\n*/5,30 1-3 * jan mon root run  it\n@reboot root go\n";
        let own = parse::<Crontab>(None, capture);
        assert_eq!(
            own.records,
            [
                r#"{"kind":"variable","name":"MAILTO","value":"a b"}"#,
                r#"{"kind":"schedule","minute":["*/5","30"],"hour":["1-3"],"day_of_month":["*"],"month":["jan"],"day_of_week":["mon"],"occurrence":null,"user":null,"command":"root run  it"}"#,
                r#"{"kind":"schedule","minute":null,"hour":null,"day_of_month":null,"month":null,"day_of_week":null,"occurrence":"reboot","user":null,"command":"root go"}"#,
            ]
        );
        let source = Source { path: Some("/etc/crontab".to_owned()), ..Source::default() };
        let system = parse_from::<Crontab>(&source, &Ending::COMPLETE, [&capture[..]]);
        assert!(system.records[1].ends_with(r#""user":"root","command":"run  it"}"#), "{system:?}");
        let piped = b"# m h dom mon dow user\tcommand\n17 *\t* * *\troot\tcd / && true\n";
        assert!(parse::<Crontab>(None, piped).records[0].contains(r#""user":"root","command":"cd / && true""#));
        assert_eq!(parse::<Crontab>(None, b"17 * * * * root cd /\n").problems.len(), 1);
        let red_hat = b"# *  *  *  *  * user-name  command to be executed\n17 * * * * root cd /\n";
        assert!(parse::<Crontab>(None, red_hat).records[0].contains(r#""user":"root","command":"cd /""#));
        assert_unrecognised::<Crontab>(["hello\n", "1 2 3\n", "a b c d e f\n", "no crontab for root\n"]);
    }

    #[test]
    fn minutes_may_be_any_or_not_logged() {
        let parsed = parse::<Crontab>(None, b"~ 3 * * * a\n0~30,~9 3 * * * a\n-*/15 * * * * b\n- * * * * b\n");
        assert!(parsed.records[0].contains(r#""minute":["~"]"#), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""minute":["0~30","~9"]"#), "{parsed:?}");
        assert!(parsed.records[2].contains(r#""minute":["*/15"]"#), "{parsed:?}");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
    }
}
