//! The bare values that `id -u`, `-g`, `-G` and `-Z` print. Nothing in them says what they are: they are read only when the
//! arguments are known.

use outparse_sdk::{Field, Line, Problem, Rows};

use crate::{Account, Identity, context};

/// What the flags of `id` choose.
pub(crate) enum Selection {
    /// The whole line.
    Everything,
    /// One value of it.
    Values(Values),
}

/// The value that is printed, and how.
pub(crate) struct Values {
    value: Value,
    names: bool,
}

#[derive(Clone, Copy)]
enum Value {
    User,
    Group,
    Groups,
    Context,
}

impl Selection {
    pub(crate) fn read(arguments: &[String]) -> Selection {
        let mut value = None;
        let mut names = false;
        for argument in arguments {
            let letters = match argument.as_str() {
                "--user" => "u",
                "--group" => "g",
                "--groups" => "G",
                "--name" => "n",
                "--context" => "Z",
                other => other.strip_prefix('-').filter(|letters| !letters.starts_with('-')).unwrap_or_default(),
            };
            for letter in letters.chars() {
                match letter {
                    'u' => value = Some(Value::User),
                    'g' => value = Some(Value::Group),
                    'G' => value = Some(Value::Groups),
                    'Z' => value = Some(Value::Context),
                    'n' => names = true,
                    _ => {}
                }
            }
        }
        value.map_or(Selection::Everything, |value| Selection::Values(Values { value, names }))
    }
}

impl Values {
    /// Reads a line. With `-z` all users are on one: values end with a NUL, the groups of a user with two.
    pub(crate) fn line(&self, line: Line<'_>, rows: &mut Rows<Identity<'static>>) -> Result<(), Problem> {
        if !line.bytes.contains(&0) {
            rows.push(self.identity(line.part(0, line.bytes.len()))?);
            return Ok(());
        }
        let ending: &[u8] =
            if matches!(self.value, Value::Groups) && find(line.bytes, b"\0\0").is_some() { b"\0\0" } else { b"\0" };
        let several_groups = matches!(self.value, Value::Groups) && ending.len() == 1;
        let mut at = 0;
        while at < line.bytes.len() {
            let rest = &line.bytes[at..];
            let length = if several_groups { rest.len() } else { find(rest, ending).unwrap_or(rest.len()) };
            rows.push(self.identity(line.part(at, at + length))?);
            at += length + ending.len();
        }
        Ok(())
    }

    fn identity<'a>(&self, field: Field<'a>) -> Result<Identity<'a>, Problem> {
        Ok(match self.value {
            Value::User => Identity { uid: Some(self.account(field)?), ..Identity::default() },
            Value::Group => Identity { gid: Some(self.account(field)?), ..Identity::default() },
            Value::Context => Identity { context: Some(context(field.bytes)), ..Identity::default() },
            Value::Groups => {
                let nul = field.bytes.contains(&0);
                let words = field.bytes.split(|&byte| byte == if nul { 0 } else { b' ' }).filter(|word| !word.is_empty());
                let accounts = words.map(|word| self.account(Field { bytes: word, column: field.column }));
                Identity { groups: Some(accounts.collect::<Result<_, _>>()?), ..Identity::default() }
            }
        })
    }

    fn account<'a>(&self, field: Field<'a>) -> Result<Account<'a>, Problem> {
        match field.bytes {
            b"" => Err(field.expected("a user or a group")),
            // A user without a name is printed as a number.
            name if self.names && field.integer().is_err() => Ok(Account { id: None, name: Some(name) }),
            _ => Ok(Account { id: Some(field.integer()?), name: None }),
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
