//! `/etc/group` and `/etc/gshadow`: groups, four fields between colons.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::{colons, is_of_nis, names};

/// A group.
#[derive(Clone, Debug, Default, Record)]
pub struct Group<'a> {
    /// Its name.
    #[field(key)]
    pub group: &'a [u8],
    /// Password field: mostly `x` or `*`.
    pub password: &'a [u8],
    /// Group ID.
    pub gid: i64,
    /// Users who belong to it beside those whose own group it is.
    pub members: Vec<&'a [u8]>,
}

/// Reads `/etc/group`.
pub struct GroupFile;

impl Parser for GroupFile {
    const ABOUT: About = About {
        name: "group",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Groups, as /etc/group and getent group have them",
        commands: &["getent group"],
        files: &["/etc/group", "/etc/group-"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Group<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        GroupFile
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || line.bytes[0] == b'#' || is_of_nis(line, rows) {
            return Ok(());
        }
        let [group, password, gid, members] = colons(line.whole())?;
        rows.push(Group { group: group.bytes, password: password.bytes, gid: gid.integer()?, members: names(members) });
        Ok(())
    }
}

/// A group's password and who may change it.
#[derive(Clone, Debug, Default, Record)]
pub struct GroupPassword<'a> {
    /// The group.
    #[field(key)]
    pub group: &'a [u8],
    /// Encrypted password; `!` or `*` where none fits.
    pub password: &'a [u8],
    /// Users who may change the group.
    pub administrators: Vec<&'a [u8]>,
    /// Users who belong to it.
    pub members: Vec<&'a [u8]>,
}

/// Reads `/etc/gshadow`.
pub struct Gshadow;

impl Parser for Gshadow {
    const ABOUT: About = About {
        name: "gshadow",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Passwords of groups, as /etc/gshadow has them",
        commands: &["getent gshadow"],
        files: &["/etc/gshadow", "/etc/gshadow-"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = GroupPassword<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Gshadow
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || line.bytes[0] == b'#' || is_of_nis(line, rows) {
            return Ok(());
        }
        let [group, password, administrators, members] = colons(line.whole())?;
        if let Some(blank) = [group, password].iter().find(|field| field.bytes.contains(&b' ')) {
            return Err(blank.expected("a group or a password, which have no blanks").into());
        }
        rows.push(GroupPassword {
            group: group.bytes,
            password: password.bytes,
            administrators: names(administrators),
            members: names(members),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::{GroupFile, Gshadow};

    #[test]
    fn groups_are_read() {
        assert_eq!(
            parse::<GroupFile>(None, b"adm:x:4:a,b\n").records,
            [r#"{"group":"adm","password":"x","gid":4,"members":["a","b"]}"#]
        );
        assert_eq!(
            parse::<Gshadow>(None, b"adm:!:x:a,b\n").records,
            [r#"{"group":"adm","password":"!","administrators":["x"],"members":["a","b"]}"#]
        );
        assert_unrecognised::<GroupFile>(["hello\n", "a:b:c:d\n", "a:b:1\n"]);
        assert_unrecognised::<Gshadow>(["sh: 1: getent: not found\n", "hello\n", "a:b:1\n"]);
    }
}
