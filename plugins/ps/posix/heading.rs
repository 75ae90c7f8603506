//! The heading: which columns there are, what stands in each, and where. Titles tell it or, where the user left them out or chose
//! others, the arguments.

use outparse_sdk::{Argument, Error, Field, Header, Line, Problem, Source};

use crate::record::{Reader, field};

/// Titles over text with blanks inside.
const COMMANDS: &[&str] = &["COMMAND", "CMD", "ARGS", "CMDLINE", "COMM", "NAME", "UCOMM", "UCMD", "EXE"];
/// Titles over moments, which may be written in several words.
const MOMENTS: &[&str] = &["START", "STARTED", "STIME"];
/// One of these must be among the titles of a table of processes.
const REQUIRED: &[&str] = &["PID", "PPID", "TID", "LWP", "COMMAND", "CMD", "ARGS", "COMM"];

/// A column of the table.
#[derive(Clone)]
pub(crate) struct Column {
    pub(crate) kind: Kind,
    pub(crate) field: &'static str,
    pub(crate) read: Reader,
    /// Where the title begins and ends. None where the table has no titles.
    pub(crate) span: Option<(usize, usize)>,
    /// Where the next title begins, if there is one.
    pub(crate) next_start: Option<usize>,
}

/// How many words a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One.
    Word,
    /// One, or two in BusyBox: `S N`.
    State,
    /// One, or several: `Oct 25`.
    Moment,
    /// Any number, at least one.
    Command,
}

impl Kind {
    /// The most words that have to be looked at to know where the cell is.
    pub(crate) fn most_words(self) -> usize {
        match self {
            Kind::Word | Kind::Command => 1,
            Kind::State => 2,
            Kind::Moment => 5,
        }
    }
}

/// What the arguments say of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The columns of `-o`, each as its title or, where that is not its own, as one that says what it is; and the title that the user chose.
    columns: Vec<(String, Option<String>)>,
}

impl Asked {
    /// Reads the arguments.
    pub(crate) fn read(source: &Source) -> Asked {
        let mut asked = Asked::default();
        let options = [
            "o format=",
            "O=",
            "p pid=",
            "q quick-pid=",
            "C=",
            "G Group=",
            "g group=",
            "U User=",
            "u user=",
            "t tty=",
            "s sid=",
            "k sort=",
            "ppid=",
        ];
        for argument in source.read_arguments(&options).unwrap_or_default() {
            match argument {
                Argument::Value("o", columns) => asked.add(columns),
                // These begin with columns of their own.
                Argument::Value("O", _) => return Asked::default(),
                _ => {}
            }
        }
        // `ps o pid,args`, `ps axo pid`
        if asked.columns.is_empty()
            && let Some([first, columns, ..]) = source.arguments.as_deref()
            && !first.starts_with('-')
            && first.ends_with('o')
        {
            asked.add(columns);
        }
        asked
    }

    fn add(&mut self, columns: &str) {
        for column in columns.split([',', ' ']).filter(|column| !column.is_empty()) {
            let (key, title) = column.split_once('=').map_or((column, None), |(key, title)| (key, Some(title.to_owned())));
            self.columns.push((title_of(key), title));
        }
    }

    /// The columns of a table without titles. None where it has some, or none were asked for.
    pub(crate) fn untitled(&self) -> Option<Result<Vec<Column>, Error>> {
        let untitled = !self.columns.is_empty() && self.columns.iter().all(|(_, title)| title.as_deref() == Some(""));
        untitled.then(|| columns(self.columns.iter().map(|(meaning, _)| (meaning.as_str(), None)).collect()))
    }

    /// What the titles of a heading mean, where these columns were asked for under these titles: all of them, or the first ones. BusyBox cuts
    /// its lines behind a command line, and what was asked for after it.
    fn meanings(&self, titles: &[&str]) -> Option<Vec<String>> {
        let printed = |(meaning, chosen): &(String, Option<String>)| match chosen {
            Some(chosen) => chosen.clone(),
            None if meaning == "lstart" => "STARTED".to_owned(),
            None if field(meaning).is_some_and(|(field, _)| field == "name") && meaning != "NAME" => "COMMAND".to_owned(),
            None => meaning.clone(),
        };
        let titled: Vec<&(String, Option<String>)> =
            self.columns.iter().filter(|(_, title)| title.as_deref() != Some("")).collect();
        let fits = titled.len() >= titles.len()
            && titled.len() == self.columns.len()
            && titled.iter().zip(titles).all(|(asked, title)| {
                let printed = printed(asked);
                printed == *title || asked.1.is_none() && same(&printed, title)
            });
        fits.then(|| titled.iter().take(titles.len()).map(|(meaning, _)| meaning.clone()).collect())
    }

    /// The columns that were asked for and are not among so many titles.
    fn missing(&self, titles: usize) -> Option<Problem> {
        let missing: Vec<&str> = self.columns.iter().skip(titles).map(|(meaning, _)| meaning.as_str()).collect();
        let named = format!("`{}`", missing.join("`, `"));
        (!missing.is_empty()).then(|| {
            Problem::warning(format!(
                "{named} was asked for and is not printed: ps cuts what stands behind a command line; ask for `args` last"
            ))
        })
    }
}

/// Whether two titles stand over the same.
fn same(one: &str, other: &str) -> bool {
    let of = |title: &str| field(title).map(|(field, _)| if field == "name" { "command" } else { field });
    of(one).is_some() && of(one) == of(other)
}

/// The title of a column that is asked for by this key.
fn title_of(key: &str) -> String {
    let title = match key {
        "args" | "cmd" | "command" => "COMMAND",
        "comm" | "ucmd" | "ucomm" | "fname" => "COMM",
        "lstart" => "lstart",
        "start" | "start_time" | "bsdstart" | "stime" => "START",
        "pcpu" | "%cpu" => "%CPU",
        "pmem" | "%mem" => "%MEM",
        "uname" | "euser" | "user" => "USER",
        "ni" | "nice" => "NI",
        "tname" | "tty" | "tt" => "TTY",
        "etime" | "etimes" => "ELAPSED",
        "time" | "cputime" | "cputimes" | "times" | "bsdtime" => "TIME",
        "stat" | "state" | "s" => "STAT",
        "rss" | "rssize" | "rsz" => "RSS",
        "vsz" | "vsize" => "VSZ",
        "pgrp" | "pgid" => "PGID",
        "sid" | "sess" | "session" => "SID",
        "thcount" | "nlwp" => "NLWP",
        "policy" | "class" | "cls" | "pol" => "CLS",
        "maj_flt" | "majflt" => "MAJFLT",
        "min_flt" | "minflt" => "MINFLT",
        _ => return key.to_ascii_uppercase(),
    };
    title.to_owned()
}

/// Whether a line looks like titles of a table of processes, and nothing else.
pub(crate) fn is_heading(line: Line<'_>) -> bool {
    let mut any = false;
    line.fields().all(|word| {
        // Most lines are rows, and show it with their first letter.
        if !matches!(word.bytes, [b'A'..=b'Z' | b'%', ..]) {
            return false;
        }
        let title = std::str::from_utf8(word.bytes).unwrap_or_default();
        any |= REQUIRED.contains(&title);
        field(title).is_some()
    }) && any
}

/// Reads a heading. The problem is one that costs nothing: something had to be guessed.
pub(crate) fn read(line: Line<'_>, asked: &Asked) -> Result<(Vec<Column>, Option<Problem>), Error> {
    let header = Header::read(line, &[])?;
    let titles: Vec<&str> = header.titles().collect();
    let span = |index: usize| header.span(index).map(|span| (span.start, span.end));
    if titles.len() == line.fields().count()
        && let Some(meanings) = asked.meanings(&titles)
    {
        let pairs = meanings.iter().enumerate().map(|(index, meaning)| (meaning.as_str(), span(index))).collect();
        return Ok((columns(pairs)?, asked.missing(titles.len())));
    }
    if titles.len() != line.fields().count() || !titles.iter().any(|title| REQUIRED.contains(title)) {
        return Err(Error::Unrecognised(line.expected("the titles of a table of processes")));
    }
    let commands: Vec<usize> =
        (0..titles.len()).filter(|&index| field(titles[index]).is_some_and(|(field, _)| field == "command")).collect();
    let mut problem = None;
    let mut pairs = Vec::with_capacity(titles.len());
    for (index, &title) in titles.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| titles.get(before)).copied();
        let gap = span(index).map_or(0, |(start, _)| start) - before.and(span(index.wrapping_sub(1))).map_or(0, |(_, end)| end);
        let meaning = match (title, before) {
            // Names stand at the left, numbers at the right.
            ("UID", _) if gap <= 1 => "user",
            // As macOS has it.
            ("SZ", Some("NI")) => "image",
            ("SESS", _) if titles.contains(&"JOBC") => "session",
            ("S", _) if titles.contains(&"STAT") => "letter",
            _ if commands.len() == 2 && commands[0] == index => {
                problem = Some(Problem::warning(format!(
                    "two columns are commands: the one titled `{title}` at the left is taken for the name, the other for the command \
                     line; the arguments of ps would tell"
                )));
                "COMM"
            }
            _ => title,
        };
        pairs.push((meaning, span(index)));
    }
    Ok((columns(pairs)?, problem))
}

/// The columns of these titles.
fn columns(titles: Vec<(&str, Option<(usize, usize)>)>) -> Result<Vec<Column>, Error> {
    let mut columns: Vec<Column> = Vec::with_capacity(titles.len());
    for (title, span) in titles {
        let (field, read) =
            field(title).ok_or_else(|| Error::unrecognised(format!("`{title}` is no column of ps that is known here")))?;
        let kind = match title {
            "STAT" => Kind::State,
            title if MOMENTS.contains(&title) || title == "lstart" => Kind::Moment,
            title if COMMANDS.contains(&title) => Kind::Command,
            _ => Kind::Word,
        };
        if let (Some(before), Some((start, _))) = (columns.last_mut(), span) {
            before.next_start = Some(start);
        }
        columns.push(Column { kind, field, read, span, next_start: None });
    }
    Ok(columns)
}

/// Words of a moment that begins with this one: `Fri Oct 25 12:00:00 2024` five, `Oct 25` and `2024-10-25 12:00` two, `12:00` and
/// `Oct25` one.
pub(crate) fn moment_words(first: &Field<'_>) -> usize {
    match first {
        word if word.is_weekday() => 5,
        word if word.is_month() || word.has_shape("0000-00-00") => 2,
        _ => 1,
    }
}
