//! `update-alternatives --query` and `--get-selections`: which of several programs stands behind a name.

use outparse_sdk::{About, Block, Ending, Error, Line, Map, Parser, Record, Rows, Source};

/// A name with alternatives, or one of these.
#[derive(Clone, Debug, Record)]
pub enum Choice {
    /// A name, and what stands behind it.
    Group(Group),
    /// Something that could.
    Alternative(Alternative),
}

/// A name, and what stands behind it.
#[derive(Clone, Debug, Default, Record)]
pub struct Group {
    /// The name: `editor`.
    #[field(key)]
    pub name: Vec<u8>,
    /// The link that programs use (`--query`).
    pub link: Option<Vec<u8>>,
    /// `auto` or `manual`.
    pub mode: Option<Vec<u8>>,
    /// The best alternative (`--query`). Null where there is none.
    pub best: Option<Vec<u8>>,
    /// What is chosen. Null where nothing is.
    pub value: Option<Vec<u8>>,
    /// Links that are changed along with it, by their names (`--query`).
    pub slaves: Map<Vec<u8>>,
}

/// Something that could stand behind a name.
#[derive(Clone, Debug, Default, Record)]
pub struct Alternative {
    /// The name.
    #[field(key)]
    pub name: Vec<u8>,
    /// What it is.
    #[field(key)]
    pub path: Vec<u8>,
    /// How much it is wanted: the highest is the best.
    pub priority: Option<i64>,
    /// What the links that are changed along would lead to, by their names.
    pub slaves: Map<Vec<u8>>,
}

/// Reads `update-alternatives`.
pub struct Alternatives {
    held: Block<Choice>,
    name: Vec<u8>,
    /// Slaves may follow.
    in_slaves: bool,
}

const EXPECTED: &str = "`Name: NAME` of `--query`, or `NAME MODE PATH` of `--get-selections`";

impl Parser for Alternatives {
    const ABOUT: About = About {
        name: "update-alternatives",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Which program stands behind a name, as update-alternatives --query and --get-selections print it",
        commands: &["update-alternatives"],
        dialect: "debian",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Choice;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Alternatives { held: Block::default(), name: Vec::new(), in_slaves: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if let Some(slave) = whole.strip_prefix(" ").filter(|_| self.in_slaves || self.held.is_lost()) {
            let named = slave.split_once(" ").filter(|(name, path)| !name.bytes.is_empty() && path.bytes.starts_with(b"/"));
            let (name, path) = named.ok_or_else(|| slave.expected("a name and a path"))?;
            let slaves = match self.held.more(|| line.expected(EXPECTED))? {
                Some(Choice::Group(group)) => &mut group.slaves,
                Some(Choice::Alternative(alternative)) => &mut alternative.slaves,
                None => return Ok(()),
            };
            slaves.0.push((name.bytes.to_vec(), path.bytes.to_vec()));
            return Ok(());
        }
        self.in_slaves = false;
        let Some((key, value)) = whole.split_once(":").filter(|(key, _)| is_key(key.bytes)) else {
            return self.selection(line, rows);
        };
        let value = value.trim();
        let some = || Some(value.bytes.to_vec());
        let known = || some().filter(|value| value != b"none");
        if self.held.is_lost() && !matches!(key.bytes, b"Name" | b"Alternative") {
            return Ok(());
        }
        match (key.bytes, self.held.current()) {
            (b"Name", _) => {
                self.name = value.bytes.to_vec();
                self.begin(rows, Choice::Group(Group { name: value.bytes.to_vec(), ..Group::default() }))?;
            }
            (b"Alternative", _) => {
                let name = self.name.clone();
                let alternative = Alternative { name, path: value.bytes.to_vec(), ..Alternative::default() };
                self.begin(rows, Choice::Alternative(alternative))?;
            }
            (b"Slaves", Some(_)) => self.in_slaves = true,
            (b"Link", Some(Choice::Group(group))) => group.link = some(),
            (b"Status", Some(Choice::Group(group))) => group.mode = some(),
            (b"Best", Some(Choice::Group(group))) => group.best = known(),
            (b"Value", Some(Choice::Group(group))) => group.value = known(),
            (b"Priority", Some(Choice::Alternative(alternative))) => alternative.priority = Some(value.integer()?),
            _ => return Err(line.expected(EXPECTED).into()),
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(held) = self.held.take() {
            rows.push(held);
        }
        Ok(())
    }
}

impl Alternatives {
    fn begin(&mut self, rows: &mut Rows<Choice>, choice: Choice) -> Result<(), Error> {
        self.held.take().into_iter().for_each(|held| rows.push(held));
        self.held.begin(Ok(choice))
    }

    /// `NAME  MODE  PATH`
    fn selection(&mut self, line: Line<'_>, rows: &mut Rows<Choice>) -> Result<(), Error> {
        if self.held.current().is_some() || self.held.is_lost() {
            // It may have begun an alternative: what follows is not of the one above.
            self.held.take().into_iter().for_each(|held| rows.push(held));
            self.held.skip();
            return Err(line.expected(EXPECTED).into());
        }
        let [name, mode, path] = line.fields_and_rest()?;
        if ![&b"auto"[..], b"manual"].contains(&mode.bytes) {
            return Err(line.expected(EXPECTED).into());
        }
        if rows.made() == 0 {
            rows.shape_of(0, ["name", "mode", "value"]);
        }
        let value = Some(path.bytes.to_vec()).filter(|path| !path.is_empty());
        let mode = Some(mode.bytes.to_vec());
        rows.push(Choice::Group(Group { name: name.bytes.to_vec(), mode, value, ..Group::default() }));
        Ok(())
    }
}

fn is_key(word: &[u8]) -> bool {
    [&b"Name"[..], b"Link", b"Slaves", b"Status", b"Best", b"Value", b"Alternative", b"Priority"].contains(&word)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Alternatives;

    #[test]
    fn a_query_has_the_name_and_what_there_is_for_it() {
        let text = b"Name: editor\nLink: /usr/bin/editor\nSlaves:\n editor.1.gz /usr/share/man/editor 1.gz\nStatus: manual\nBest: /usr/bin/vim\n\
            Value: none\n\nAlternative: /bin/ed\nPriority: -100\n\nAlternative: /bin/n\nPriority: 40\nSlaves:\n editor.1.gz /n.1.gz\n";
        let parsed = parse::<Alternatives>(None, text);
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"group","name":"editor","link":"/usr/bin/editor","mode":"manual","best":"/usr/bin/vim","value":null,"slaves":{"editor.1.gz":"/usr/share/man/editor 1.gz"}}"#,
                r#"{"kind":"alternative","name":"editor","path":"/bin/ed","priority":-100,"slaves":{}}"#,
                r#"{"kind":"alternative","name":"editor","path":"/bin/n","priority":40,"slaves":{"editor.1.gz":"/n.1.gz"}}"#,
            ]
        );
    }

    #[test]
    fn what_follows_a_broken_line_is_not_of_the_alternative_above() {
        let text = b"Name: a\nStatus: auto\n\nAlternative: /b\nPriority: 1\n\nAltern /c\nPriority: 2\nSlaves:\n x /y\n\nAlternative: /d\nPriority: 3\n";
        let parsed = parse::<Alternatives>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""path":"/b","priority":1,"slaves":{}"#), "{parsed:?}");
    }

    #[test]
    fn selections_are_a_line_each() {
        let parsed = parse::<Alternatives>(None, b"awk                            auto     /usr/bin/m awk\n");
        assert_eq!(parsed.records, [r#"{"kind":"group","name":"awk","mode":"auto","value":"/usr/bin/m awk"}"#]);
        assert_unrecognised::<Alternatives>(["hello\n", "awk - auto mode\n", "Link: /a\n", "a b c\n"]);
    }
}
