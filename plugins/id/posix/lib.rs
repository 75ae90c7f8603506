//! `id` prints one line a user: `uid=… gid=… groups=…`, the same everywhere. With flags it prints bare values, which only the
//! arguments can tell apart: those are the matter of [`selected`].

mod selected;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};
use selected::Selection;

/// Who a process runs as, or who a user is.
#[derive(Debug, Default, Record)]
pub struct Identity<'a> {
    /// The user's number: the real one, with `-u` alone the effective one.
    #[field(key)]
    pub uid: Option<i64>,
    /// The user's name; null where the system knows none.
    pub user: Option<&'a [u8]>,
    /// The primary group's number: the real one, with `-g` alone the effective one.
    pub gid: Option<i64>,
    /// The primary group's name; null where the system knows none.
    pub group: Option<&'a [u8]>,
    /// The effective user's number, where it is not the real one.
    pub effective_uid: Option<i64>,
    /// The effective user's name.
    pub effective_user: Option<&'a [u8]>,
    /// The effective group's number, where it is not the real one.
    pub effective_gid: Option<i64>,
    /// The effective group's name.
    pub effective_group: Option<&'a [u8]>,
    /// All groups.
    pub groups: Option<Vec<Group<'a>>>,
    /// The security context of the process.
    pub context: Option<&'a [u8]>,
    /// User, in an SELinux context.
    pub context_user: Option<&'a [u8]>,
    /// Role, in an SELinux context.
    pub context_role: Option<&'a [u8]>,
    /// Type, in an SELinux context.
    pub context_type: Option<&'a [u8]>,
    /// Sensitivity and categories, in an SELinux context that has them.
    pub context_level: Option<&'a [u8]>,
}

/// A group.
#[derive(Debug, Default, Record)]
pub struct Group<'a> {
    /// Its number.
    pub gid: Option<i64>,
    /// Its name; null where the system knows none.
    pub group: Option<&'a [u8]>,
}

/// A user or a group.
#[derive(Debug, Default)]
struct Account<'a> {
    id: Option<i64>,
    name: Option<&'a [u8]>,
}

impl<'a> Identity<'a> {
    fn set_user(&mut self, Account { id, name }: Account<'a>) {
        (self.uid, self.user) = (id, name);
    }

    fn set_group(&mut self, Account { id, name }: Account<'a>) {
        (self.gid, self.group) = (id, name);
    }

    fn set_groups(&mut self, groups: Vec<Account<'a>>) {
        self.groups = Some(groups.into_iter().map(|Account { id, name }| Group { gid: id, group: name }).collect());
    }

    /// Splits an SELinux context; one of another system is kept as it is.
    fn set_context(&mut self, context: &'a [u8]) {
        self.context = Some(context);
        let mut parts = context.splitn(4, |&byte| byte == b':');
        if let (Some(user), Some(role), Some(kind)) = (parts.next(), parts.next(), parts.next()) {
            (self.context_user, self.context_role, self.context_type) = (Some(user), Some(role), Some(kind));
            self.context_level = parts.next();
        }
    }

    /// The fields that a line has, those of groups within a name of their own.
    fn shape(&self) -> Vec<&'static str> {
        let said = [
            ("uid", self.uid.is_some()),
            ("user", self.user.is_some() || self.uid.is_some() && self.gid.is_some()),
            ("gid", self.gid.is_some()),
            ("group", self.group.is_some() || self.uid.is_some() && self.gid.is_some()),
            ("effective_uid", self.effective_uid.is_some()),
            ("effective_user", self.effective_uid.is_some()),
            ("effective_gid", self.effective_gid.is_some()),
            ("effective_group", self.effective_gid.is_some()),
            ("groups", self.groups.is_some()),
            ("context", self.context.is_some()),
            ("context_user", self.context_user.is_some()),
            ("context_role", self.context_role.is_some()),
            ("context_type", self.context_type.is_some()),
            ("context_level", self.context_level.is_some()),
        ];
        said.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }
}

/// Reads what any `id` prints.
pub struct Id {
    /// What the flags choose, where the arguments are known.
    selection: Option<Selection>,
}

impl Parser for Id {
    const ABOUT: About = About {
        name: "id-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "User and groups, as any id prints them",
        commands: &["id", "gid", "busybox id", "toybox id"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Identity<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Id { selection: source.read_arguments(selected::OPTIONS).map(|arguments| Selection::read(&arguments)) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        match &self.selection {
            Some(Selection::Values(values)) => {
                rows.shape([values.field()]);
                values.line(line, rows)?;
            }
            _ if line.is_blank() => {}
            _ => {
                let identity = read(line)?;
                rows.shape(identity.shape());
                rows.push(identity);
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("`uid=… gid=…`")
    }
}

/// Reads `uid=0(root) gid=0(wheel) groups=0(wheel),5(operator)`.
fn read(line: Line<'_>) -> Result<Identity<'_>, Problem> {
    let mut identity = Identity::default();
    // In a pipeline of old macOS the line ends in a blank.
    let mut rest = line.whole().trim_end();
    while !rest.bytes.is_empty() {
        let (key, value) = rest.split_once("=").ok_or_else(|| rest.expected("`uid=…`, `gid=…` or `groups=…`"))?;
        rest = value;
        match key.bytes {
            b"uid" => identity.set_user(take_account(&mut rest)?),
            b"gid" => identity.set_group(take_account(&mut rest)?),
            b"euid" => {
                let Account { id, name } = take_account(&mut rest)?;
                (identity.effective_uid, identity.effective_user) = (id, name);
            }
            b"egid" => {
                let Account { id, name } = take_account(&mut rest)?;
                (identity.effective_gid, identity.effective_group) = (id, name);
            }
            b"groups" => identity.set_groups(take_accounts(&mut rest)?),
            b"context" => {
                identity.set_context(value.bytes);
                break;
            }
            _ => return Err(key.expected("`uid`, `gid`, `euid`, `egid`, `groups` or `context`")),
        }
        if !rest.bytes.is_empty() {
            rest = rest.strip_prefix(" ").ok_or_else(|| rest.expected("a blank"))?;
        }
    }
    if identity.uid.is_none() || identity.gid.is_none() {
        return Err(line.expected("`uid=… gid=…`"));
    }
    Ok(identity)
}

/// Takes `0(root)`, or `1234` where there is no name, off the beginning.
fn take_account<'a>(rest: &mut Field<'a>) -> Result<Account<'a>, Problem> {
    let digits = rest.bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    let (number, after) = rest.split_at(digits);
    let id = Some(number.integer().map_err(|_| rest.expected("the number of a user or group"))?);
    let Some(named) = after.strip_prefix("(") else {
        *rest = after;
        return Ok(Account { id, name: None });
    };
    // A name may contain parentheses, blanks and commas: it ends where the line goes on as it should.
    let ends = |&at: &usize| named.bytes[at] == b')' && goes_on(&named.bytes[at + 1..]);
    let length = (0..named.bytes.len()).find(ends).ok_or_else(|| named.expected("a name and `)`"))?;
    *rest = named.split_at(length + 1).1;
    Ok(Account { id, name: Some(&named.bytes[..length]) })
}

fn take_accounts<'a>(rest: &mut Field<'a>) -> Result<Vec<Account<'a>>, Problem> {
    let mut accounts = vec![take_account(rest)?];
    while let Some(next) = rest.strip_prefix(",") {
        *rest = next.strip_prefix(" ").unwrap_or(next);
        accounts.push(take_account(rest)?);
    }
    Ok(accounts)
}

/// Whether this can follow an account: nothing, another one, or another key.
fn goes_on(rest: &[u8]) -> bool {
    const KEYS: [&[u8]; 5] = [b"gid=", b"euid=", b"egid=", b"groups=", b"context="];
    match rest {
        [] => true,
        [b',', b' ', digit, ..] | [b',', digit, ..] if digit.is_ascii_digit() || *digit == b'-' => true,
        [b' ', key @ ..] => KEYS.iter().any(|start| key.starts_with(start)) || is_key(key),
        _ => false,
    }
}

/// Whether a word and a number begin here: in another language `groups=` is another word, which is then refused.
fn is_key(text: &[u8]) -> bool {
    let word = text.iter().take_while(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()).count();
    word > 0 && matches!(text[word..], [b'=', b'0'..=b'9', ..])
}

outparse_sdk::export!(Id);

#[cfg(test)]
mod tests;
