//! `id` prints one line a user: `uid=… gid=… groups=…`, the same everywhere. With flags it prints bare values, which only the
//! arguments can tell apart: those are the matter of [`selected`].

mod selected;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};
use selected::Selection;

/// Who a process runs as, or who a user is.
#[derive(Debug, Default, Record)]
pub struct Identity<'a> {
    /// The user: the real one, with `-u` alone the effective one.
    pub uid: Option<Account<'a>>,
    /// The primary group: the real one, with `-g` alone the effective one.
    pub gid: Option<Account<'a>>,
    /// The effective user, where it is not the real one.
    pub euid: Option<Account<'a>>,
    /// The effective group, where it is not the real one.
    pub egid: Option<Account<'a>>,
    /// All groups.
    pub groups: Option<Vec<Account<'a>>>,
    /// The security context of the process.
    pub context: Option<Context<'a>>,
}

/// A user or a group.
#[derive(Debug, Default, Record)]
pub struct Account<'a> {
    /// Its number.
    pub id: Option<i64>,
    /// Its name; null where the system knows none.
    pub name: Option<&'a [u8]>,
}

/// A security context.
#[derive(Debug, Default, Record)]
pub struct Context<'a> {
    /// The context as printed.
    pub label: &'a [u8],
    /// User, in an SELinux context.
    pub user: Option<&'a [u8]>,
    /// Role, in an SELinux context.
    pub role: Option<&'a [u8]>,
    /// Type, in an SELinux context.
    #[field(name = "type")]
    pub kind: Option<&'a [u8]>,
    /// Sensitivity and categories, in an SELinux context that has them.
    pub level: Option<&'a [u8]>,
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
            Some(Selection::Values(values)) => values.line(line, rows)?,
            _ if line.is_blank() => {}
            _ => rows.push(read(line)?),
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
            b"uid" => identity.uid = Some(take_account(&mut rest)?),
            b"gid" => identity.gid = Some(take_account(&mut rest)?),
            b"euid" => identity.euid = Some(take_account(&mut rest)?),
            b"egid" => identity.egid = Some(take_account(&mut rest)?),
            b"groups" => identity.groups = Some(take_accounts(&mut rest)?),
            b"context" => {
                identity.context = Some(context(value.bytes));
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

/// Splits an SELinux context; one of another system keeps its label only.
fn context(label: &[u8]) -> Context<'_> {
    let mut parts = label.splitn(4, |&byte| byte == b':');
    match (parts.next(), parts.next(), parts.next()) {
        (user, role, kind @ Some(_)) => Context { label, user, role, kind, level: parts.next() },
        _ => Context { label, ..Context::default() },
    }
}

/// Whether this can follow an account: nothing, another one, or another key.
fn goes_on(rest: &[u8]) -> bool {
    const KEYS: [&[u8]; 5] = [b"gid=", b"euid=", b"egid=", b"groups=", b"context="];
    match rest {
        [] => true,
        [b',', b' ', digit, ..] | [b',', digit, ..] if digit.is_ascii_digit() || *digit == b'-' => true,
        [b' ', key @ ..] => KEYS.iter().any(|start| key.starts_with(start)),
        _ => false,
    }
}

outparse_sdk::export!(Id);

#[cfg(test)]
mod tests;
