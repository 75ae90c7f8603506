//! `/etc/passwd` and `/etc/shadow`: users, seven or nine fields between colons.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source, Time};

use crate::{colons, is_of_nis, number};

/// A user.
#[derive(Clone, Debug, Default, Record)]
pub struct User<'a> {
    /// Login name.
    #[field(key)]
    pub user: &'a [u8],
    /// Password field: `x` where the password is in the shadow file, `*` or `!` where there is none that fits.
    pub password: &'a [u8],
    /// User ID.
    pub uid: i64,
    /// Group ID.
    pub gid: i64,
    /// Full name and what else is said of the user.
    pub comment: &'a [u8],
    /// Home directory.
    pub home: &'a [u8],
    /// Login shell.
    pub shell: &'a [u8],
}

/// Reads `/etc/passwd`.
pub struct Passwd;

impl Parser for Passwd {
    const ABOUT: About = About {
        name: "passwd",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Users, as /etc/passwd and getent passwd have them",
        commands: &["getent passwd"],
        files: &["/etc/passwd", "/etc/passwd-"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = User<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Passwd
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // macOS begins it with comments.
        if line.is_blank() || line.bytes[0] == b'#' || is_of_nis(line, rows) {
            return Ok(());
        }
        let [user, password, uid, gid, comment, home, shell] = colons(line.whole())?;
        rows.push(User {
            user: user.bytes,
            password: password.bytes,
            uid: uid.integer()?,
            gid: gid.integer()?,
            comment: comment.bytes,
            home: home.bytes,
            shell: shell.bytes,
        });
        Ok(())
    }
}

/// A user's password and how long it is good.
#[derive(Clone, Debug, Default, Record)]
pub struct Password<'a> {
    /// Login name.
    #[field(key)]
    pub user: &'a [u8],
    /// Encrypted password; `*` or `!` where none fits.
    pub password: &'a [u8],
    /// When it was last changed. Null where that is not known; its first day where it must be changed at the next login.
    pub password_changed: Option<Time>,
    /// Days since the beginning of 1970 until then, as written.
    pub password_changed_day: Option<i64>,
    /// Time until it may be changed again.
    #[field(unit = "seconds")]
    pub minimum_age: Option<i64>,
    /// Time after which it must be changed.
    #[field(unit = "seconds")]
    pub maximum_age: Option<i64>,
    /// Time before that in which the user is warned.
    #[field(unit = "seconds")]
    pub warning_period: Option<i64>,
    /// Time after that in which it is still taken.
    #[field(unit = "seconds")]
    pub inactivity_period: Option<i64>,
    /// When the account ends.
    pub expires: Option<Time>,
    /// Days since the beginning of 1970 until then, as written.
    pub expires_day: Option<i64>,
}

/// Reads `/etc/shadow`.
pub struct Shadow;

/// Seconds of a day, in which these files count.
pub(crate) const DAY: i64 = 86_400;

impl Parser for Shadow {
    const ABOUT: About = About {
        name: "shadow",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Passwords and how long they are good, as /etc/shadow has them",
        commands: &["getent shadow"],
        files: &["/etc/shadow", "/etc/shadow-"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Password<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Shadow
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || line.bytes[0] == b'#' || is_of_nis(line, rows) {
            return Ok(());
        }
        let [user, password, changed, minimum, maximum, warning, inactive, expires, _] = colons(line.whole())?;
        let days = |days: Option<i64>| days.map(|days| days.saturating_mul(DAY));
        let point = |day: Option<i64>| day.filter(|day| day.abs() < 10_000_000).map(|day| Time::utc(day * DAY, 0));
        let (changed, expires) = (number(changed)?, number(expires)?);
        rows.push(Password {
            user: user.bytes,
            password: password.bytes,
            password_changed: point(changed),
            password_changed_day: changed,
            minimum_age: days(number(minimum)?),
            maximum_age: days(number(maximum)?),
            warning_period: days(number(warning)?),
            inactivity_period: days(number(inactive)?),
            expires: point(expires),
            expires_day: expires,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::{Passwd, Shadow};

    #[test]
    fn lines_of_nis_are_no_users_and_told_once() {
        let parsed = parse::<Passwd>(None, b"+@staff::::::\nroot:x:0:0::/root:/bin/sh\n+\n");
        assert_eq!(
            (parsed.records.len(), &parsed.problems[..]),
            (1, &["warning: line 1, lines of NIS are left out, such as `+@staff::::::`".to_owned()][..])
        );
        assert_eq!(parse::<Shadow>(None, b"a:*:18000::::::\n+::::::::\n").records.len(), 1);
    }

    #[test]
    fn users_are_read() {
        let parsed = parse::<Passwd>(None, b"# x\nroot:x:0:0:A B,,,:/root:/bin/sh\nnobody:*:-2:-2::/:\nbad:x:y\n+@nis\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"user":"root","password":"x","uid":0,"gid":0,"comment":"A B,,,","home":"/root","shell":"/bin/sh"}"#,
                r#"{"user":"nobody","password":"*","uid":-2,"gid":-2,"comment":"","home":"/","shell":""}"#,
            ]
        );
        assert_eq!(
            parsed.problems,
            [
                "error: line 4, expected 7 fields between colons, found 3",
                "warning: line 5, lines of NIS are left out, such as `+@nis`"
            ]
        );
        assert_unrecognised::<Passwd>(["hello\n", "a:b:c\n", "a:x:b:c:d:e:f\n"]);
    }

    #[test]
    fn days_are_times_and_durations() {
        let parsed = parse::<Shadow>(None, b"a:$6$x:19000:0:99999:7:::\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"user":"a","password":"$6$x","password_changed":"2022-01-08T00:00:00Z","password_changed_day":19000,"minimum_age":0,"maximum_age":8639913600,"warning_period":604800,"inactivity_period":null,"expires":null,"expires_day":null}"#
            ]
        );
        assert_unrecognised::<Shadow>(["hello\n", "a:b:c\n"]);
    }
}
