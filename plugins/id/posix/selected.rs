//! The bare values that `id -u`, `-g`, `-G` and `-Z` print. Nothing in them says what they are: they are read only when the
//! arguments are known.

use outparse_sdk::{Argument, Field, Line, Problem, Rows};

use crate::{Account, Identity, context};

/// The options that choose values.
pub(crate) const OPTIONS: &[&str] = &["u user", "g group", "G groups", "Z context", "n name"];

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
    pub(crate) fn read(arguments: &[Argument<'_>]) -> Selection {
        let mut value = None;
        for argument in arguments {
            match argument {
                Argument::Flag("u") => value = Some(Value::User),
                Argument::Flag("g") => value = Some(Value::Group),
                Argument::Flag("G") => value = Some(Value::Groups),
                Argument::Flag("Z") => value = Some(Value::Context),
                _ => {}
            }
        }
        let names = arguments.contains(&Argument::Flag("n"));
        value.map_or(Selection::Everything, |value| Selection::Values(Values { value, names }))
    }
}

impl Values {
    /// Reads a line. With `-z` all users are on one: values end with a NUL, the groups of a user with two.
    pub(crate) fn line(&self, line: Line<'_>, rows: &mut Rows<Identity<'static>>) -> Result<(), Problem> {
        let line = line.whole();
        let ending = if matches!(self.value, Value::Groups) { "\0\0" } else { "\0" };
        for user in line.strip_suffix(ending).unwrap_or(line).split(ending) {
            rows.push(self.identity(user)?);
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
                let words = field.split(if nul { "\0" } else { " " }).filter(|word| !word.bytes.is_empty());
                let accounts = words.map(|word| self.account(word));
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
