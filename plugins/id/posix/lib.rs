//! `id` prints one line a user: `uid=… gid=… groups=…`, the same everywhere. With flags it prints bare values, which only the
//! arguments can tell apart: those are the matter of [`selected`].

mod selected;

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};
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
    /// A line has been understood: others that are not are broken, and not of another dialect.
    recognised: bool,
}

impl Parser for Id {
    const ABOUT: About = About {
        name: "id-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "User and groups, as any id prints them",
        commands: &["id", "gid", "busybox id", "toybox id"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
    };
    type Record = Identity<'static>;

    fn new(source: &Source) -> Self {
        Id { selection: source.arguments.as_deref().map(Selection::read), recognised: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let answer = match &self.selection {
            Some(Selection::Values(values)) => values.line(line, rows),
            _ if line.is_blank() => return Ok(()),
            _ => read(line).map(|identity| rows.push(identity)),
        };
        match answer {
            Err(problem) if !self.recognised => Err(Error::Unrecognised(problem)),
            answer => {
                self.recognised = true;
                Ok(answer?)
            }
        }
    }

    fn finish(&mut self, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.recognised { Ok(()) } else { Err(Error::unrecognised("expected `uid=… gid=…`, found nothing")) }
    }
}

/// Reads `uid=0(root) gid=0(wheel) groups=0(wheel),5(operator)`.
fn read(line: Line<'_>) -> Result<Identity<'_>, Problem> {
    let mut identity = Identity::default();
    // In a pipeline of old macOS the line ends in a blank.
    let mut rest = Rest { line, at: 0, end: line.bytes.trim_ascii_end().len() };
    while !rest.bytes().is_empty() {
        let key = rest.until(b'=')?;
        match key.bytes {
            b"uid" => identity.uid = Some(rest.account()?),
            b"gid" => identity.gid = Some(rest.account()?),
            b"euid" => identity.euid = Some(rest.account()?),
            b"egid" => identity.egid = Some(rest.account()?),
            b"groups" => identity.groups = Some(rest.accounts()?),
            b"context" => identity.context = Some(context(rest.all().bytes)),
            _ => return Err(key.expected("`uid`, `gid`, `euid`, `egid`, `groups` or `context`")),
        }
        if !rest.bytes().is_empty() && !rest.skip(b' ') {
            return Err(rest.field().expected("a blank"));
        }
    }
    if identity.uid.is_none() || identity.gid.is_none() {
        return Err(Problem::error(format!("expected `uid=… gid=…`, found {}", line.quoted())));
    }
    Ok(identity)
}

/// Splits an SELinux context; one of another system keeps its label only.
fn context(label: &[u8]) -> Context<'_> {
    let mut parts = label.splitn(4, |&byte| byte == b':');
    match (parts.next(), parts.next(), parts.next()) {
        (user, role, kind @ Some(_)) => Context { label, user, role, kind, level: parts.next() },
        _ => Context { label, ..Context::default() },
    }
}

/// What is left of a line.
struct Rest<'a> {
    line: Line<'a>,
    at: usize,
    end: usize,
}

impl<'a> Rest<'a> {
    fn field(&self) -> Field<'a> {
        self.line.part(self.at, self.end)
    }

    fn bytes(&self) -> &'a [u8] {
        self.field().bytes
    }

    fn all(&mut self) -> Field<'a> {
        let field = self.field();
        self.at = self.end;
        field
    }

    /// Takes a byte, if it is next.
    fn skip(&mut self, byte: u8) -> bool {
        let is_next = self.bytes().first() == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes what stands before a byte, and the byte.
    fn until(&mut self, byte: u8) -> Result<Field<'a>, Problem> {
        let length = self.bytes().iter().position(|&other| other == byte);
        let length = length.ok_or_else(|| self.field().expected("`uid=…`, `gid=…` or `groups=…`"))?;
        let field = self.line.part(self.at, self.at + length);
        self.at += length + 1;
        Ok(field)
    }

    /// Takes `0(root)`, or `1234` where there is no name.
    fn account(&mut self) -> Result<Account<'a>, Problem> {
        let digits = self.bytes().iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
        let number = self.line.part(self.at, self.at + digits);
        let id = Some(number.integer().map_err(|_| self.field().expected("the number of a user or group"))?);
        self.at += digits;
        if !self.skip(b'(') {
            return Ok(Account { id, name: None });
        }
        let rest = self.bytes();
        // A name may contain parentheses, blanks and commas: it ends where the line goes on as it should.
        let ends = |&at: &usize| rest[at] == b')' && goes_on(&rest[at + 1..]);
        let length = (0..rest.len()).find(ends).ok_or_else(|| self.field().expected("a name and `)`"))?;
        self.at += length + 1;
        Ok(Account { id, name: Some(&rest[..length]) })
    }

    fn accounts(&mut self) -> Result<Vec<Account<'a>>, Problem> {
        let mut accounts = vec![self.account()?];
        while self.skip(b',') {
            self.skip(b' ');
            accounts.push(self.account()?);
        }
        Ok(accounts)
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
