//! Tables of units, unit files, sockets and jobs. In JSON (`-o json`) a column has its title as its name, in small letters.

use outparse_sdk::document::Document;
use outparse_sdk::grid::{self, Grid, Reading, Title};
use outparse_sdk::listing;
use outparse_sdk::{About, Cells, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::bare;
use crate::legend::is_legend;

/// A unit that systemd has in memory.
#[derive(Clone, Debug, Default, Record)]
pub struct Unit<'a> {
    /// Its name.
    #[field(key)]
    pub unit: Option<&'a [u8]>,
    /// Whether its file was read: `loaded`, `not-found`, `masked`, …
    pub load_state: Option<&'a [u8]>,
    /// Whether it is active: `active`, `inactive`, `failed`, …
    pub active_state: Option<&'a [u8]>,
    /// Its state in the terms of its type: `running`, `dead`, `mounted`, …
    pub sub_state: Option<&'a [u8]>,
    /// The job that waits for it.
    pub job: Option<&'a [u8]>,
    /// Words for people.
    pub description: Option<&'a [u8]>,
}

/// A unit file.
#[derive(Clone, Debug, Default, Record)]
pub struct UnitFile<'a> {
    /// The unit.
    #[field(key)]
    pub unit: Option<&'a [u8]>,
    /// State: `enabled`, `disabled`, `static`, `masked`, …
    pub state: Option<&'a [u8]>,
    /// What the distribution would have it be: `enabled`, `disabled`; null where it says nothing.
    pub preset: Option<&'a [u8]>,
}

/// A socket that systemd listens on.
#[derive(Clone, Debug, Default, Record)]
pub struct Listening<'a> {
    /// Path, address or other name that it listens on.
    #[field(key)]
    pub listen: Option<&'a [u8]>,
    /// Type of socket.
    pub r#type: Option<&'a [u8]>,
    /// The socket's unit.
    pub unit: Option<&'a [u8]>,
    /// The units that it starts.
    pub activates: Option<Vec<&'a [u8]>>,
}

/// A job that waits or runs.
#[derive(Clone, Debug, Default, Record)]
pub struct Job<'a> {
    /// Its number.
    #[field(key)]
    pub job: Option<i64>,
    /// The unit.
    pub unit: Option<&'a [u8]>,
    /// What is to be done: `start`, `stop`, …
    pub r#type: Option<&'a [u8]>,
    /// State: `waiting` or `running`.
    pub state: Option<&'a [u8]>,
}

/// A session of a user.
#[derive(Clone, Debug, Default, Record)]
pub struct Session<'a> {
    /// Its name.
    #[field(key)]
    pub session: Option<&'a [u8]>,
    /// User ID.
    pub uid: Option<i64>,
    /// Whose it is.
    pub user: Option<&'a [u8]>,
    /// The seat that it is at; null for one from elsewhere.
    pub seat: Option<&'a [u8]>,
    /// Process ID of what leads it.
    pub leader: Option<i64>,
    /// What it is for: `user`, `greeter`, `manager`, …
    pub class: Option<&'a [u8]>,
    /// Its terminal.
    pub tty: Option<&'a [u8]>,
    /// Whether nothing happens in it.
    pub is_idle: Option<bool>,
    /// Since when nothing does, as printed.
    pub idle_since: Option<&'a [u8]>,
    /// State: `active`, `online`, `closing`.
    pub state: Option<&'a [u8]>,
}

/// A user who is logged in, or lingers.
#[derive(Clone, Debug, Default, Record)]
pub struct User<'a> {
    /// User ID.
    #[field(key)]
    pub uid: Option<i64>,
    /// The user.
    pub user: Option<&'a [u8]>,
    /// Whether the user's services go on without a session.
    pub lingers: Option<bool>,
    /// State: `active`, `online`, `lingering`, `closing`.
    pub state: Option<&'a [u8]>,
}

/// A seat: what one user has of screens, keyboards and so on.
#[derive(Clone, Debug, Default, Record)]
pub struct Seat<'a> {
    /// Its name.
    #[field(key)]
    pub seat: Option<&'a [u8]>,
}

/// A table, and what may stand below it.
#[derive(Default)]
struct Table {
    grid: Option<Grid>,
    /// Whether no titles are printed.
    bare: bool,
    /// What stands for titles that are not printed, and where the cells of the first row begin.
    untitled: Option<(Grid, Vec<Option<usize>>)>,
    /// What JSON was printed so far.
    document: Option<Document>,
}

use Reading::{Boolean, Integer, List, Text};

impl Table {
    fn new(source: &Source) -> Table {
        let words = source.arguments.as_deref().unwrap_or_default();
        // That is one more column.
        let is_typed = words.iter().any(|word| word == "--show-types");
        Table { bare: !is_typed && bare::is_asked_for(words), ..Table::default() }
    }

    fn line<R: Record>(&mut self, line: Line<'_>, known: &'static [Title], rows: &mut Rows<Cells<R>>) -> Result<(), Error> {
        let titles = known.iter().map(|title| title.title).collect::<Vec<_>>().join(" ");
        let fewest = known.len().min(2);
        if line.is_blank() {
            return Ok(());
        }
        // An address of IPv6 begins with a bracket, too.
        let may_begin = matches!(line.bytes.trim_ascii(), [b'['] | [b'[', b'{' | b']' | b' ', ..]);
        if Document::take(&mut self.document, b'[', may_begin && !rows.recognised(), line) {
            return Ok(());
        }
        if let Some(mut grid) = Grid::read(line.whole(), known).filter(|grid| grid.fields().count() >= fewest) {
            grid.begin(rows, &[]);
            rows.recognise();
            self.grid = Some(grid);
            return Ok(());
        }
        if is_legend(line.whole()) {
            rows.recognise();
            return Ok(());
        }
        if self.bare
            && self.grid.is_none()
            && let Some(row) = bare::row(line.whole(), known)
        {
            let starts = bare::starts(line.whole(), &row);
            let (grid, first) = self.untitled.get_or_insert_with(|| {
                let mut grid = Grid::of(bare::titles(known));
                grid.begin(rows, &[]);
                rows.recognise();
                (grid, starts.clone())
            });
            if !bare::is_below(&starts, first) {
                return Err(line.expected("cells that begin below those of the first row").into());
            }
            // A column that the first row has nothing in.
            first.iter_mut().zip(&starts).for_each(|(first, start)| *first = first.or(*start));
            put(grid, &row, rows)?;
            rows.end_row();
            return Ok(());
        }
        let Some(grid) = &self.grid else {
            let problem = if self.bare {
                line.expected(&format!("the titles `{titles}`; without `--no-legend` they are printed"))
            } else {
                line.expected(&format!("the titles `{titles}`"))
            };
            return Err(if self.untitled.is_some() { problem.into() } else { Error::Unrecognised(problem) });
        };
        // A mark stands before a unit that failed, in the place of two blanks.
        let mark = ["● ", "○ ", "× ", "↻ ", "* ", "x "].iter().find(|mark| line.bytes.starts_with(mark.as_bytes()));
        match mark {
            None => {
                put(grid, &grid.checked_cells(line.whole())?, rows)?;
                rows.end_row();
                Ok(())
            }
            Some(mark) => {
                let blank = [b"  ", &line.bytes[mark.len()..]].concat();
                let blank = Field::from(blank.as_slice());
                if grid.is_crossed(blank).is_some() {
                    return Err(line.expected("cells below the titles").into());
                }
                put(grid, &grid.cells(blank).into_iter().map(|cell| cell.map(|cell| cell.trim())).collect::<Vec<_>>(), rows)?;
                rows.end_row();
                Ok(())
            }
        }
    }

    fn finish<R: Record>(&mut self, known: &'static [Title], rows: &mut Rows<Cells<R>>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            let whole = document.read().map_err(Error::Unrecognised)?;
            let named = |name: &[u8]| {
                known.iter().find(|title| title.title.replace(' ', "_").as_bytes().eq_ignore_ascii_case(name)).copied()
            };
            let mut listing = listing::read(&whole, named).map_err(Error::Unrecognised)?;
            rows.recognise();
            if !listing.rows.is_empty() {
                listing.grid.begin(rows, &[]);
            }
            for row in &listing.rows {
                match put(&listing.grid, &row.cells(), rows) {
                    Ok(()) => rows.end_row(),
                    Err(problem) => rows.problem(problem.on_line(row.line)),
                }
            }
        }
        rows.expect_recognised("a table of systemctl")
    }
}

/// Puts the cells of a row; `-` is nothing.
fn put<R: Record>(grid: &Grid, cells: &[Option<Field<'_>>], rows: &mut Rows<Cells<R>>) -> Result<(), Problem> {
    // What stands below the first title alone is what systemctl says on standard error. No seat has a blank in its name.
    let is_said = |first: &Field<'_>| {
        if cells.len() > 1 { cells[1..].iter().all(Option::is_none) } else { first.trim().bytes.contains(&b' ') }
    };
    if let Some(said) = cells.first().copied().flatten().filter(is_said) {
        return Err(said.expected("cells below the titles"));
    }
    grid.put_with(cells, rows, |title, cell| cell.known().map(|cell| grid::value(title.reading, cell)).transpose())
}

macro_rules! tables {
    ($($(#[$doc:meta])* $parser:ident: $record:ident, $name:literal, $summary:literal, $commands:expr, $titles:expr;)*) => {$(
        $(#[$doc])*
        pub struct $parser(Table);

        impl $parser {
            const TITLES: &[Title] = $titles;
        }

        impl Parser for $parser {
            const ABOUT: About = About {
                name: $name,
                version: env!("CARGO_PKG_VERSION"),
                summary: $summary,
                commands: $commands,
                value_options: &["-t", "--type", "-p", "--property", "-n", "--lines", "-o", "--output", "-H", "--host", "-M", "--machine", "--state"],
                dialect: "systemd",
                platforms: &["linux"],
                ..About::DEFAULT
            };
            type Record = Cells<$record<'static>>;

            fn new(source: &Source) -> Self {
                $parser(Table::new(source))
            }

            fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.line(line, Self::TITLES, rows)
            }

            fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
                self.0.finish(Self::TITLES, rows)
            }
        }
    )*};
}

tables! {
    /// Reads `systemctl` and `systemctl list-units`.
    Units: Unit, "units", "Units, as systemctl list-units prints them", &["systemctl list-units", "systemctl"], &[
        Title::left("UNIT", "unit", Text),
        Title::left("LOAD", "load_state", Text),
        Title::left("ACTIVE", "active_state", Text),
        Title::left("SUB", "sub_state", Text),
        Title::left("JOB", "job", Text),
        Title::left("DESCRIPTION", "description", Text),
    ];
    /// Reads `systemctl list-unit-files`.
    UnitFiles: UnitFile, "unit-files", "Unit files, as systemctl list-unit-files prints them", &["systemctl list-unit-files", "systemctl"], &[
        Title::left("UNIT FILE", "unit", Text),
        Title::left("STATE", "state", Text),
        Title::left("PRESET", "preset", Text),
        Title::left("VENDOR PRESET", "preset", Text),
    ];
    /// Reads `systemctl list-sockets`.
    Sockets: Listening, "sockets", "Sockets, as systemctl list-sockets prints them", &["systemctl list-sockets", "systemctl"], &[
        Title::left("LISTEN", "listen", Text),
        Title::left("TYPE", "type", Text),
        Title::left("UNIT", "unit", Text),
        Title::left("ACTIVATES", "activates", List),
    ];
    /// Reads `systemctl list-jobs`.
    Jobs: Job, "jobs", "Jobs, as systemctl list-jobs prints them", &["systemctl list-jobs", "systemctl"], &[
        Title::right("JOB", "job", Integer),
        Title::left("UNIT", "unit", Text),
        Title::left("TYPE", "type", Text),
        Title::left("STATE", "state", Text),
    ];
    /// Reads `loginctl` and `loginctl list-sessions`.
    Sessions: Session, "sessions", "Sessions of users, as loginctl list-sessions prints them", &["loginctl list-sessions", "loginctl"], &[
        Title::right("SESSION", "session", Text),
        Title::right("UID", "uid", Integer),
        Title::left("USER", "user", Text),
        Title::left("SEAT", "seat", Text),
        Title::left("LEADER", "leader", Integer),
        Title::left("CLASS", "class", Text),
        Title::left("TTY", "tty", Text),
        Title::left("STATE", "state", Text),
        Title::left("IDLE", "is_idle", Boolean),
        Title::left("SINCE", "idle_since", Text),
    ];
    /// Reads `loginctl list-users`.
    Users: User, "users", "Users who are logged in, as loginctl list-users prints them", &["loginctl list-users"], &[
        Title::right("UID", "uid", Integer),
        Title::left("USER", "user", Text),
        Title::left("LINGER", "lingers", Boolean),
        Title::left("STATE", "state", Text),
    ];
    /// Reads `loginctl list-seats`.
    Seats: Seat, "seats", "Seats, as loginctl list-seats prints them", &["loginctl list-seats"], &[
        Title::left("SEAT", "seat", Text),
    ];
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::{Jobs, Sockets, UnitFiles, Units};

    #[test]
    fn a_mark_moves_no_cell_and_what_follows_the_table_is_not_of_it() {
        let capture = "  UNIT        LOAD      ACTIVE   SUB     DESCRIPTION\n  a.service   loaded    active   running A service\n● b@é.service not-found inactive dead    b@é.service\n\n\
            LOAD   = Reflects whether the unit definition was properly loaded.\n2 loaded units listed.\n";
        let parsed = parse::<Units>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
        assert_eq!(
            parsed.records[0],
            r#"{"unit":"a.service","load_state":"loaded","active_state":"active","sub_state":"running","description":"A service"}"#
        );
        assert_eq!(
            parsed.records[1],
            r#"{"unit":"b@é.service","load_state":"not-found","active_state":"inactive","sub_state":"dead","description":"b@é.service"}"#
        );
        assert_any_split::<Units>(None, capture.as_bytes());
    }

    #[test]
    fn what_stands_below_a_blank_line_is_read_or_told() {
        let table = "  UNIT      LOAD   ACTIVE SUB     DESCRIPTION\n  a.service loaded active running A\n";
        for (below, records, problems) in [
            ("  b.service loaded active running Nothing is listed.\n", 2, 0),
            ("  UNIT     LOAD   ACTIVE SUB     DESCRIPTION\n  bc.mount loaded active mounted /bc\n", 2, 0),
            ("Failed to read the rest: Connection reset by peer\n", 1, 1),
            (
                "Legend: LOAD   → Reflects whether the unit definition was properly loaded.\n        ACTIVE → The state.\n        \
                 SUB    → The state.\n        JOB    → Pending job for the unit.\n\n1 loaded units listed. Pass --all to see loaded but \
                 inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n",
                1,
                0,
            ),
            ("1 timers listed.\nPass --all to see loaded but inactive timers, too.\n", 1, 0),
        ] {
            let parsed = parse::<Units>(None, format!("{table}\n{below}").as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (records, problems), "{below}: {parsed:?}");
        }
    }

    #[test]
    fn json_has_the_same_records() {
        let units = parse::<Units>(
            None,
            br#"[{"unit":"a.service","load":"loaded","active":"active","sub":"running","description":"A service"},
{"unit":"b.mount","load":"masked","active":"inactive","sub":"dead","description":null}]"#,
        );
        assert_eq!(
            units.sound(),
            [
                r#"{"unit":"a.service","load_state":"loaded","active_state":"active","sub_state":"running","description":"A service"}"#,
                r#"{"unit":"b.mount","load_state":"masked","active_state":"inactive","sub_state":"dead"}"#,
            ]
        );
        let files = parse::<UnitFiles>(None, br#"[{"unit_file":"a.service","state":"static","preset":null}]"#);
        assert_eq!(files.only(), r#"{"unit":"a.service","state":"static"}"#);
        let sockets =
            parse::<Sockets>(None, br#"[{"listen":"[::]:22","unit":"c.socket","activates":["c.service","d.service"]}]"#);
        assert_eq!(sockets.only(), r#"{"listen":"[::]:22","unit":"c.socket","activates":["c.service","d.service"]}"#);
        let jobs =
            parse::<Jobs>(None, br#"[{"job":7,"unit":"a.service","type":"start","state":"waiting"},{"job":"x","unit":"b"}]"#);
        assert_eq!(jobs.records, [r#"{"job":7,"unit":"a.service","type":"start","state":"waiting"}"#]);
        assert_eq!(jobs.problems, ["error: line 1, column 71: expected a whole number, found `x`"]);
        assert_eq!(parse::<Units>(None, b"[]\n").sound(), [""; 0]);
        assert_unrecognised::<Units>(["[\n", "[{\"unit\":1,\"who\":2}]\n", "{}\n"]);
    }

    #[test]
    fn tables_without_titles_are_read_where_the_arguments_say_so() {
        let arguments = Some(&["systemctl", "list-unit-files", "--no-legend"][..]);
        let capture = b"-.mount    generated       -\na@.service enabled-runtime disabled\nb.service  static\nc.service  enabled enabled no\nd.service                  enabled\n";
        let parsed = parse::<UnitFiles>(arguments, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"unit":"-.mount","state":"generated","preset":null}"#,
                r#"{"unit":"a@.service","state":"enabled-runtime","preset":"disabled"}"#,
                r#"{"unit":"b.service","state":"static","preset":null}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 2, "{parsed:?}");
        assert_unrecognised::<UnitFiles>([&capture[..]]);
        let sockets = parse::<Sockets>(
            Some(&["systemctl", "list-sockets", "--no-legend"]),
            b"[::]:22         c.socket c.service\n/run/a b.socket d.socket d.service\naudit 1         e.socket\n",
        );
        assert_eq!(
            sockets.sound(),
            [
                r#"{"listen":"[::]:22","unit":"c.socket","activates":["c.service"]}"#,
                r#"{"listen":"/run/a b.socket","unit":"d.socket","activates":["d.service"]}"#,
                r#"{"listen":"audit 1","unit":"e.socket"}"#,
            ]
        );
        let units = parse::<Units>(
            Some(&["systemctl", "--no-legend"]),
            "  a.service loaded    active   running A  service\n● b.service not-found inactive dead    b.service\n  c.service loaded    active   running start C\n"
                .as_bytes(),
        );
        assert_eq!(
            units.records,
            [
                r#"{"unit":"a.service","load_state":"loaded","active_state":"active","sub_state":"running","description":"A  service"}"#,
                r#"{"unit":"b.service","load_state":"not-found","active_state":"inactive","sub_state":"dead","description":"b.service"}"#,
            ]
        );
        assert_eq!(units.problems.len(), 1, "{units:?}");
        let jobs = parse::<Jobs>(Some(&["systemctl", "list-jobs", "--no-legend"]), b" 3 a.service start waiting\n");
        assert_eq!(jobs.sound(), [r#"{"job":3,"unit":"a.service","type":"start","state":"waiting"}"#]);
    }

    #[test]
    fn each_table_is_known_by_its_titles() {
        let files = parse::<UnitFiles>(
            None,
            b"UNIT FILE   STATE    VENDOR PRESET\na.service   disabled enabled\nb.service   static\n\n2 unit files listed.\n",
        );
        assert_eq!(files.records[0], r#"{"unit":"a.service","state":"disabled","preset":"enabled"}"#);
        let none = parse::<UnitFiles>(None, b"UNIT FILE   STATE    PRESET\nb.service   static   -\n");
        assert_eq!(none.sound(), [r#"{"unit":"b.service","state":"static"}"#]);
        let jobs = parse::<Jobs>(None, b" JOB UNIT      TYPE  STATE  \n3543 a.service start waiting\n\n1 jobs listed.\n");
        assert_eq!(jobs.records, [r#"{"job":3543,"unit":"a.service","type":"start","state":"waiting"}"#]);
        let sockets = parse::<Sockets>(
            None,
            b"LISTEN           UNIT     ACTIVATES\nkobject-uevent 1 b.socket b.service\n[::]:22          c.socket\n",
        );
        assert_eq!(sockets.records[0], r#"{"listen":"kobject-uevent 1","unit":"b.socket","activates":["b.service"]}"#);
        assert_unrecognised::<Units>(["hello\n", "UNIT FILE STATE\n", "UNIT WHAT\n", ""]);
        assert_unrecognised::<Jobs>(["hello\n", "UNIT LOAD\n", ""]);
    }

    #[test]
    fn what_systemctl_says_amid_a_table_is_no_row() {
        let said = "Warning: The unit file changed on disk. Run 'systemctl daemon-reload' to reload units.";
        let files = format!("UNIT FILE STATE   PRESET\na.service enabled enabled\n{said}\n");
        let parsed = parse::<UnitFiles>(None, files.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        let units =
            format!("  UNIT      LOAD   ACTIVE SUB     DESCRIPTION\n  a.service loaded active running A\n{}\n", &said[..9]);
        let parsed = parse::<Units>(None, units.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        let sockets = b"LISTEN UNIT     ACTIVATES\n/a     a.socket a.service\nx: y\n";
        let parsed = parse::<Sockets>(None, sockets);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
