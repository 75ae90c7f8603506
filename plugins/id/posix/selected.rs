//! The bare values that `id -u`, `-g`, `-G` and `-Z` print. Nothing in them says what they are: they are read only when the
//! arguments are known.

use outparse_sdk::{Argument, Field, Line, Problem, Rows};

use crate::{Account, Identity};

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
        let mut identity = Identity::default();
        match self.value {
            Value::User => identity.set_user(self.account(field)?),
            Value::Group => identity.set_group(self.account(field)?),
            Value::Context => identity.context = Some(field.bytes),
            Value::Groups => {
                let nul = field.bytes.contains(&0);
                let words = field.split(if nul { "\0" } else { " " }).filter(|word| !word.bytes.is_empty());
                let accounts = words.map(|word| self.account(word));
                identity.set_groups(accounts.collect::<Result<_, _>>()?);
            }
        }
        Ok(identity)
    }

    /// The field that has the value.
    pub(crate) fn field(&self) -> &'static str {
        match (self.value, self.names) {
            (Value::User, false) => "uid",
            (Value::User, true) => "user",
            (Value::Group, false) => "gid",
            (Value::Group, true) => "group",
            (Value::Groups, _) => "groups",
            (Value::Context, _) => "context",
        }
    }

    fn account<'a>(&self, field: Field<'a>) -> Result<Account<'a>, Problem> {
        match field.bytes {
            b"" => Err(field.expected("a user or a group")),
            // A user without a name is printed as a number, which stands for the name.
            name if self.names => Ok(Account { id: None, name: Some(name) }),
            _ => Ok(Account { id: Some(field.integer()?), name: None }),
        }
    }
}
