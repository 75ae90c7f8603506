//! `chage -l`: how long a user's password and account are good. Dates are days: their time of day is zero.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Record, Rows, Source, Time, time};

use crate::passwd::DAY;

/// How long a user's password and account are good.
#[derive(Clone, Debug, Default, Record)]
pub struct Ageing {
    /// Login name, where the arguments are known.
    #[field(key)]
    pub user: Option<Vec<u8>>,
    /// When the password was last changed. Null for never, and where it must be changed.
    pub password_changed: Option<Time>,
    /// Whether it must be changed at the next login.
    pub is_change_required: bool,
    /// When it must be changed. Null for never.
    pub password_expires: Option<Time>,
    /// When it is taken no more. Null for never.
    pub password_inactive: Option<Time>,
    /// When the account ends. Null for never.
    pub expires: Option<Time>,
    /// Time until the password may be changed again.
    #[field(unit = "seconds")]
    pub minimum_age: Option<i64>,
    /// Time after which it must be changed. Null for none.
    #[field(unit = "seconds")]
    pub maximum_age: Option<i64>,
    /// Time before that in which the user is warned. Null for none.
    #[field(unit = "seconds")]
    pub warning_period: Option<i64>,
}

/// Reads `chage -l`.
pub struct Chage {
    ageing: Ageing,
    /// The fields that were printed: what is missing at the end is not `never`.
    seen: Vec<&'static str>,
}

const EXPECTED: &str = "`Last password change : DATE` and the like";

impl Parser for Chage {
    const ABOUT: About = About {
        name: "chage",
        version: env!("CARGO_PKG_VERSION"),
        summary: "How long a password and an account are good, as chage -l prints it",
        commands: &["chage"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Ageing;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["l list", "i iso8601", "R root="]).unwrap_or_default();
        let user = arguments.iter().rev().find_map(|argument| match argument {
            Argument::Operand(user) => Some(user.as_bytes().to_vec()),
            _ => None,
        });
        Chage { ageing: Ageing { user, ..Ageing::default() }, seen: vec!["user"] }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected(EXPECTED))?;
        let (name, value) = (name.trim(), value.trim());
        // Another account.
        if name.bytes == b"Last password change" && self.seen.contains(&"password_changed") {
            self.flush(rows);
        }
        let ageing = &mut self.ageing;
        let field = match name.bytes {
            b"Last password change" => {
                (ageing.password_changed, ageing.is_change_required) = date(value)?;
                self.seen.push("is_change_required");
                "password_changed"
            }
            b"Password expires" => {
                ageing.password_expires = date(value)?.0;
                "password_expires"
            }
            b"Password inactive" => {
                ageing.password_inactive = date(value)?.0;
                "password_inactive"
            }
            b"Account expires" => {
                ageing.expires = date(value)?.0;
                "expires"
            }
            b"Minimum number of days between password change" => {
                ageing.minimum_age = days(value)?;
                "minimum_age"
            }
            b"Maximum number of days between password change" => {
                ageing.maximum_age = days(value)?;
                "maximum_age"
            }
            b"Number of days of warning before password expires" => {
                ageing.warning_period = days(value)?;
                "warning_period"
            }
            _ => return Err(name.expected(EXPECTED).into()),
        };
        self.seen.push(field);
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)?;
        self.flush(rows);
        Ok(())
    }
}

impl Chage {
    fn flush(&mut self, rows: &mut Rows<Ageing>) {
        rows.shape(&self.seen);
        rows.push(std::mem::take(&mut self.ageing));
        self.seen = vec!["user"];
    }
}

/// `May 20, 2025`, `2025-05-20` (`-i`), `never`, or that the password must be changed.
fn date(text: Field<'_>) -> Result<(Option<Time>, bool), Error> {
    match text.bytes {
        b"never" => return Ok((None, false)),
        b"password must be changed" => return Ok((None, true)),
        _ => {}
    }
    let expected = || text.expected("a date, `never` or `password must be changed`");
    let iso = || Time::iso(&[text.bytes, b" 00:00:00"].concat());
    let written = || {
        let (date, year) = text.split_once(", ")?;
        let (month, day) = date.split_once(" ")?;
        let day = u32::try_from(day.as_integer()?).ok()?;
        Time::local(year.as_integer()?, time::month(month.bytes)?, day, 0)
    };
    Ok((Some(written().or_else(iso).ok_or_else(expected)?), false))
}

/// A number of days; -1 is none.
fn days(text: Field<'_>) -> Result<Option<i64>, Error> {
    let days = text.integer()?;
    Ok((days >= 0).then(|| days.saturating_mul(DAY)))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Chage;

    #[test]
    fn dates_are_days_and_never_is_null() {
        let text = |changed: &str| {
            format!(
                "Last password change\t\t\t\t\t: {changed}\nPassword expires\t: never\nPassword inactive\t: password must be changed\n\
                 Account expires\t: never\nMinimum number of days between password change\t\t: 0\n\
                 Maximum number of days between password change\t\t: 99999\n\
                 Number of days of warning before password expires\t: -1\n"
            )
        };
        let expected = r#"{"user":"root","password_changed":"2025-05-20T00:00:00","is_change_required":false,"password_expires":null,"password_inactive":null,"expires":null,"minimum_age":0,"maximum_age":8639913600,"warning_period":null}"#;
        for changed in ["May 20, 2025", "2025-05-20"] {
            let parsed = parse::<Chage>(Some(&["-l", "root"]), text(changed).as_bytes());
            assert_eq!((&parsed.records[..], &parsed.problems[..]), (&[expected.to_owned()][..], &[][..]));
        }
        let must = parse::<Chage>(None, text("password must be changed").as_bytes());
        assert!(must.records[0].contains(r#""user":null,"password_changed":null,"is_change_required":true"#));
        let cut = parse::<Chage>(None, b"Last password change\t: never\n");
        assert_eq!(
            cut.records,
            [r#"{"user":null,"password_changed":null,"is_change_required":false}"#],
            "nothing is said of the rest"
        );
        assert_eq!(parse::<Chage>(None, text("Feb 30, 2025").as_bytes()).records.len(), 0, "the first line decides");
        assert_unrecognised::<Chage>(["hello\n", "Dernier changement : jamais\n"]);
    }

    #[test]
    fn each_account_is_a_record() {
        let account = "Last password change\t: Nov 28, 2026\nPassword expires\t: never\n";
        assert_eq!(parse::<Chage>(None, account.repeat(2).as_bytes()).records.len(), 2);
    }
}
