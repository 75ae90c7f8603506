//! Files in `/etc`, most of them a line an entry: users and groups, filesystems, hosts and name servers, what the system is, timetables of
//! cron, and settings of sshd. `getent` prints some of them, too.

pub mod chage;
pub mod crontab;
pub mod fstab;
pub mod group;
pub mod hosts;
pub mod os_release;
pub mod passwd;
pub mod postfix;
pub mod resolv;
pub mod sshd;

pub use chage::Chage;
pub use crontab::Crontab;
pub use fstab::Fstab;
pub use group::{GroupFile, Gshadow};
pub use hosts::Hosts;
pub use os_release::OsRelease;
pub use passwd::{Passwd, Shadow};
pub use postfix::Postconf;
pub use resolv::ResolvConf;
pub use sshd::SshdConfig;

use outparse_sdk::{Field, Line, Problem, Record, Rows};

outparse_sdk::export!(
    "etc-posix",
    env!("CARGO_PKG_VERSION"),
    "Files in /etc: users, groups, filesystems, hosts, timetables and settings";
    Passwd, Shadow, GroupFile, Gshadow, Fstab, Hosts, ResolvConf, OsRelease, Crontab, SshdConfig, Chage, Postconf
);

/// What stands before `#`, and the comment behind it.
pub(crate) fn comment(line: Field<'_>) -> (Field<'_>, Option<Field<'_>>) {
    match line.split_once("#") {
        Some((before, comment)) => (before.trim(), Some(comment.trim())),
        None => (line.trim(), None),
    }
}

/// The fields between colons: so many, or an error that says so.
pub(crate) fn colons<'a, const N: usize>(line: Field<'a>) -> Result<[Field<'a>; N], outparse_sdk::Problem> {
    let mut parts = [line; N];
    let mut found = 0;
    for part in line.split(":") {
        if let Some(place) = parts.get_mut(found) {
            *place = part;
        }
        found += 1;
    }
    if found == N {
        return Ok(parts);
    }
    Err(outparse_sdk::Problem::error(format!("expected {N} fields between colons, found {found}")))
}

/// Whether the line takes in users or groups of NIS, `+@group::::::`, or leaves some out: no record, and told.
pub(crate) fn is_of_nis<R: Record>(line: Line<'_>, rows: &mut Rows<R>) -> bool {
    let is_of_nis = matches!(line.bytes[0], b'+' | b'-');
    if is_of_nis {
        rows.warn_once("nis", || Problem::warning(format!("lines of NIS are left out, such as {}", line.quoted())));
    }
    is_of_nis
}

/// The number in a field; none where it is empty.
pub(crate) fn number(field: Field<'_>) -> Result<Option<i64>, outparse_sdk::Problem> {
    if field.bytes.is_empty() { Ok(None) } else { field.integer().map(Some) }
}

/// Names between commas.
pub(crate) fn names<'a>(field: Field<'a>) -> Vec<&'a [u8]> {
    field.split(",").map(|name| name.bytes).filter(|name| !name.is_empty()).collect()
}
