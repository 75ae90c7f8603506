//! What `-t` and `-g` leave of the output: cells between colons, or `NAME:VALUE`. The titles of cells are in the arguments alone.

use outparse_sdk::{Argument, Field, Problem, Source};

/// How lines are to be read that have neither titles nor blanks.
pub(crate) enum Terse {
    /// A row of cells with these titles.
    Cells {
        /// In capitals, as the table has them.
        titles: Vec<Vec<u8>>,
        /// Whether a backslash stands before colons and backslashes within a cell.
        escaped: bool,
    },
    /// A property a line.
    Properties,
}

const OPTIONS: &[&str] = &["t terse", "f fields=", "g get-values=", "m mode=", "e escape=", "c colors=", "w wait=", "order="];

impl Terse {
    /// None where the output is not terse, or the arguments do not say what its cells are.
    pub(crate) fn asked(source: &Source) -> Option<Terse> {
        let (mut terse, mut values_alone, mut escaped) = (false, false, true);
        let (mut fields, mut mode, mut words) = (None, "", Vec::new());
        for argument in source.read_arguments(OPTIONS)? {
            match argument {
                Argument::Flag("t") => terse = true,
                Argument::Value("f", names) => fields = Some(names),
                Argument::Value("g", names) => (terse, values_alone, fields) = (true, true, Some(names)),
                Argument::Value("m", name) => mode = name,
                Argument::Value("e", answer) => {
                    escaped = "yes".starts_with(answer) || "true".starts_with(answer) || answer == "on"
                }
                Argument::Operand(word) => words.push(word),
                _ => {}
            }
        }
        let lists = Listing::of(&words);
        let multiline = !mode.is_empty() && "multiline".starts_with(mode);
        match (terse, lists) {
            (false, _) => None,
            (true, Listing::Details) => (!values_alone && (mode.is_empty() || multiline)).then_some(Terse::Properties),
            (true, _) if multiline => (!values_alone).then_some(Terse::Properties),
            (true, lists) => {
                let names = fields.map_or_else(|| lists.usual(), |names| Some(names.split(',').collect()))?;
                // What these stand for depends on the version.
                let known = !names.iter().any(|name| ["all", "common"].contains(&name.to_ascii_lowercase().as_str()));
                let titles = names.iter().map(|name| name.trim().to_ascii_uppercase().into_bytes()).collect();
                known.then_some(Terse::Cells { titles, escaped })
            }
        }
    }
}

/// What a command line of nmcli lists. Its words may be shortened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Connections,
    Devices,
    Details,
    Other,
}

impl Listing {
    fn of(words: &[&str]) -> Listing {
        let is = |place: usize, word: &str| words.get(place).is_some_and(|short| word.starts_with(short));
        match words.first() {
            Some(_) if is(0, "connection") => match words.get(1) {
                None => Listing::Connections,
                // `--active` and the like are options to what reads the arguments.
                Some(_) if is(1, "show") && words.len() == 2 => Listing::Connections,
                Some(_) if is(1, "show") => Listing::Details,
                Some(_) => Listing::Other,
            },
            Some(_) if is(0, "device") => match words.get(1) {
                None => Listing::Devices,
                Some(_) if is(1, "status") => Listing::Devices,
                Some(_) if is(1, "show") => Listing::Details,
                Some(_) => Listing::Other,
            },
            _ => Listing::Other,
        }
    }

    /// The columns without `-f`, where they are the same in all versions.
    fn usual(self) -> Option<Vec<&'static str>> {
        match self {
            Listing::Connections => Some(vec!["NAME", "UUID", "TYPE", "DEVICE"]),
            Listing::Devices => Some(vec!["DEVICE", "TYPE", "STATE", "CONNECTION"]),
            Listing::Details | Listing::Other => None,
        }
    }
}

/// The cells of a line, of which there have to be so many.
pub(crate) fn cells(line: Field<'_>, count: usize, escaped: bool) -> Result<Vec<Vec<u8>>, Problem> {
    let mut found = vec![Vec::new()];
    let mut bytes = line.bytes.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b':' if count > 1 || escaped => found.push(Vec::new()),
            b'\\' if escaped => found.last_mut().into_iter().for_each(|cell| cell.extend(bytes.next())),
            byte => found.last_mut().into_iter().for_each(|cell| cell.push(*byte)),
        }
    }
    if found.len() == count {
        return Ok(found);
    }
    Err(Problem::error(format!("expected {count} cells between colons, found {}", found.len())))
}
