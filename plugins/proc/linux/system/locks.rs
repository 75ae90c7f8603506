//! `/proc/locks`: locks on files.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// A lock on a file.
#[derive(Clone, Debug, Default, Record)]
pub struct Lock<'a> {
    /// Its number; one that waits has that of the lock that it waits for.
    pub number: i64,
    /// Whether it waits for another.
    pub is_waiting: bool,
    /// Class: `POSIX`, `FLOCK`, `OFDLCK`, `LEASE`.
    pub class: &'a [u8],
    /// Type: `ADVISORY`, `MANDATORY`, `BREAKER`, …
    pub r#type: &'a [u8],
    /// `READ` or `WRITE`.
    pub access: &'a [u8],
    /// Process that has it; -1 where that cannot be said.
    pub pid: i64,
    /// Device of the file, in hexadecimal: `fd:00`.
    pub device_number: Vec<u8>,
    /// Inode of the file.
    pub inode: i64,
    /// First byte that is locked.
    pub start: i64,
    /// Last byte that is locked; null where that is the end of the file.
    pub end: Option<i64>,
}

/// Reads `/proc/locks`.
pub struct Locks;

impl Parser for Locks {
    const ABOUT: About = about!("locks", "Locks on files, as /proc/locks has them", "/proc/locks");
    type Record = Lock<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Locks
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (number, rest) = line
            .whole()
            .split_once(":")
            .ok_or_else(|| line.expected("`NUMBER: CLASS TYPE ACCESS PID DEVICE:INODE START END`"))?;
        let rest = rest.trim_start();
        let (is_waiting, rest) = rest.strip_prefix("->").map_or((false, rest), |rest| (true, rest));
        let [class, kind, access, pid, file, start, end] = rest.fields_and_rest()?;
        let (device, inode) = file.rsplit_once(":").ok_or_else(|| file.expected("`MAJOR:MINOR:INODE`"))?;
        let end = end.trim();
        rows.push(Lock {
            number: number.integer()?,
            is_waiting,
            class: class.bytes,
            r#type: kind.bytes,
            access: access.bytes,
            pid: pid.integer()?,
            device_number: device.bytes.to_vec(),
            inode: inode.integer()?,
            start: start.integer()?,
            end: if end.bytes == b"EOF" { None } else { Some(end.integer()?) },
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn locks_are_read() {
        assert_eq!(
            parse::<Locks>(None, b"1: -> POSIX  ADVISORY  WRITE 877 00:19:812 0 EOF\n").records,
            [
                r#"{"number":1,"is_waiting":true,"class":"POSIX","type":"ADVISORY","access":"WRITE","pid":877,"device_number":"00:19","inode":812,"start":0,"end":null}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Locks>(["hello\n", "1: a b c d\n"]);
    }
}
