//! `find`: a path a line, or with `-ls`, what `ls -dils` would print.

use std::borrow::Cow;

use outparse_sdk::{About, Base, Error, Field, Line, Moment, Parser, Problem, Record, Rows, Source, Time, escape, time};

use crate::stat::link;

/// A file that was found.
#[derive(Clone, Debug, Default, Record)]
pub struct Found<'a> {
    /// Its path.
    #[field(key)]
    pub path: Option<Cow<'a, [u8]>>,
    /// The folder that it is in; null where none is named.
    pub directory: Option<Cow<'a, [u8]>>,
    /// Its name in that folder.
    pub name: Option<Cow<'a, [u8]>>,
    /// Why something could not be searched, where that is among the paths.
    pub error: Option<&'a [u8]>,
    /// Inode number.
    pub inode: Option<i64>,
    /// Space that it takes.
    #[field(unit = "bytes")]
    pub allocated: Option<i64>,
    /// Type and permissions.
    pub mode: Option<&'a [u8]>,
    /// Number of hard links.
    pub links: Option<i64>,
    /// User who owns it.
    pub owner: Option<&'a [u8]>,
    /// Group.
    pub group: Option<&'a [u8]>,
    /// Size; null of a device.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Major device number, of a device.
    pub major: Option<i64>,
    /// Minor device number, of a device.
    pub minor: Option<i64>,
    /// When its contents last changed: to the minute, or to the day where it is older.
    pub modified: Option<Time<9>>,
    /// What a symbolic link leads to.
    pub target: Option<Cow<'a, [u8]>>,
}

/// Reads `find`.
pub struct Find {
    captured: Option<Moment>,
    /// Whether lines are those of `-ls`.
    long: Option<bool>,
    /// What a block of `-ls` is, where that is known.
    block: Option<i64>,
    /// What was asked to be printed that is neither paths nor `-ls`.
    other: Option<String>,
}

/// Tests and actions that print what they like, or end paths with NUL.
const OTHER: [&str; 9] = ["-print0", "-printf", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprintf", "-fls"];

impl Parser for Find {
    const ABOUT: About = About {
        name: "find",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files, as find and find -ls print them",
        commands: &["find", "busybox find", "toybox find", "gfind"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Found<'static>;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref();
        let other = words.and_then(|words| words.iter().find(|word| OTHER.contains(&word.as_str()))).cloned();
        let block = match source.platform.as_deref() {
            Some("macos" | "freebsd" | "openbsd" | "netbsd") => Some(512),
            Some("linux") => Some(1024),
            _ => None,
        };
        Find { captured: source.clock(), long: words.map(|words| words.iter().any(|word| word == "-ls")), block, other }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if let Some(other) = &self.other {
            return Err(Error::unrecognised(format!("what `{other}` prints is not read, but `-print` and `-ls` are")));
        }
        if whole.find([0]).is_some() {
            return Err(line.expected("a line for each path: `-print0` is not read").into());
        }
        if self.long != Some(true) && is_listed(whole) && read(whole, None, 0).is_err() {
            return Err(line.expected("a path, or a line of `find -ls` in English").into());
        }
        let long = *self.long.get_or_insert_with(|| read(whole, None, 0).is_ok());
        if rows.made() == 0 {
            let ls = ["inode", "allocated", "mode", "links", "owner", "group", "size", "major", "minor", "modified", "target"];
            rows.shape(["path", "directory", "name", "error"].into_iter().chain(ls.into_iter().filter(|_| long)));
        }
        if let Some(error) = whole.strip_prefix("find: ").or_else(|| whole.strip_prefix("gfind: ")) {
            let quoted = error.split_once("': ").or_else(|| error.split_once("’: ")).or_else(|| error.split_once(": "));
            let path = quoted.map(|(path, _)| {
                path.bytes.strip_prefix("‘".as_bytes()).or_else(|| path.bytes.strip_prefix(b"'")).unwrap_or(path.bytes)
            });
            rows.push(Found { path: path.map(Cow::Borrowed), error: Some(line.bytes), ..Found::default() });
            return Ok(());
        }
        if !long {
            rows.push(with_path(Found::default(), Cow::Borrowed(line.bytes)));
            return Ok(());
        }
        let found = read(whole, self.captured, self.block.unwrap_or(1024))?;
        if self.block.is_none() && found.allocated.is_some_and(|allocated| allocated > 0) {
            rows.warn_once("blocks", || {
                Problem::warning("`find -ls` does not print its unit: blocks of 1 KiB were taken, as of GNU; those of macOS and the BSDs are 512 bytes, as `--platform` would say")
            });
        }
        if found.modified.is_none() {
            rows.warn_once("year", || {
                Problem::warning("the year is not printed, so times are null; `--captured-at` says when it was")
            });
        }
        rows.push(found);
        Ok(())
    }
}

fn with_path<'a>(found: Found<'a>, path: Cow<'a, [u8]>) -> Found<'a> {
    let part = |from: usize, to: usize| match &path {
        Cow::Borrowed(path) => Cow::Borrowed(&path[from..to]),
        Cow::Owned(path) => Cow::Owned(path[from..to].to_vec()),
    };
    let (directory, name) = match path.iter().rposition(|&byte| byte == b'/') {
        // `/etc` is in `/`.
        Some(at) => (Some(part(0, at.max(1))), Some(part(at + 1, path.len())).filter(|name| !name.is_empty())),
        None => (None, Some(part(0, path.len()))),
    };
    Found { directory, name, path: Some(path), ..found }
}

/// A text without its escapes, of which most have none.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if Field::from(text).find("\\").is_some() { Cow::Owned(escape::c(text)) } else { Cow::Borrowed(text) }
}

/// Whether a line begins as those of `-ls` do, in whichever language its time is.
fn is_listed(line: Field<'_>) -> bool {
    let words: Vec<Field<'_>> = line.fields().take(4).collect();
    let [inode, blocks, mode, links] = words[..] else { return false };
    let is_number = |word: Field<'_>| word.as_integer().is_some();
    is_number(inode)
        && is_number(blocks)
        && is_number(links)
        && matches!(mode.bytes.len(), 10 | 11)
        && b"-dlbcpsDn".contains(&mode.bytes[0])
}

/// `10010695  4 drwxr-xr-x  4 root  root  4096 Nov 27 19:07 /tmp/a\ b`
fn read(line: Field<'_>, captured: Option<Moment>, block: i64) -> Result<Found<'_>, Problem> {
    let [inode, blocks, mode, links, owner, group, rest] = line.fields_and_rest()?;
    if mode.bytes.len() < 10 || !b"-dlbcpsDn".contains(&mode.bytes[0]) {
        return Err(mode.expected("type and permissions such as `-rw-r--r--`"));
    }
    let mut found = Found {
        inode: Some(inode.integer()?),
        allocated: Some(blocks.integer().map(|blocks| blocks.saturating_mul(block)).or_else(|_| blocks.size(Base::Binary))?),
        mode: Some(mode.bytes),
        links: Some(links.integer()?),
        owner: Some(owner.bytes),
        group: Some(group.bytes),
        ..Found::default()
    };
    let [size, rest] = rest.fields_and_rest()?;
    let rest = if let Some(major) = size.strip_suffix(",") {
        let [minor, rest] = rest.fields_and_rest()?;
        (found.major, found.minor) = (Some(major.integer()?), Some(minor.integer()?));
        rest
    } else {
        found.size = Some(size.integer()?);
        rest
    };
    let [month, day, clock, path] = rest.fields_and_rest()?;
    if !month.is_month() {
        return Err(month.expected("a month"));
    }
    let number = u32::try_from(day.integer()?).ok().filter(|day| (1..=31).contains(day)).ok_or_else(|| day.expected("a day"))?;
    found.modified = match clock.as_integer() {
        Some(year) => Time::local(year, time::month(month.bytes).unwrap_or(1), number, 0),
        None if time::time_of_day(clock.bytes).is_none() => return Err(clock.expected("a year or a time of day")),
        None => time::dated(line.part(month.start() - line.start(), clock.end() - line.start()), captured),
    };
    if path.bytes.is_empty() || path.bytes.starts_with(b"-> ") {
        return Err(line.expected("a path after the time"));
    }
    let (path, target) = match link(path, found.size).filter(|_| mode.bytes[0] == b'l') {
        Some((path, target)) => (path, Some(unescaped(target.bytes))),
        None => (path, None),
    };
    found.target = target;
    Ok(with_path(found, unescaped(path.bytes)))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{parse, parse_from, source};
    use outparse_sdk::{Ending, Source};

    use super::Find;

    #[test]
    fn the_platform_says_what_a_block_is() {
        let line = b" 1  8 -rw-r--r--  1 a  staff  4000 Nov 27  2025 /x\n";
        let on = |platform: Option<&str>| {
            let source = Source { platform: platform.map(str::to_owned), ..source::<Find>(Some(&["find", "-ls"])) };
            parse_from::<Find>(&source, &Ending::COMPLETE, [&line[..]])
        };
        for (platform, allocated, problems) in [(Some("macos"), 4096, 0), (Some("linux"), 8192, 0), (None, 8192, 1)] {
            let parsed = on(platform);
            assert!(parsed.records[0].contains(&format!(r#""allocated":{allocated},"#)), "{parsed:?}");
            assert_eq!(parsed.problems.len(), problems);
        }
    }

    #[test]
    fn long_lines_and_paths_are_told_apart() {
        let long = parse::<Find>(
            None,
            b" 10010695      4 lrwxrwxrwx   4 root     root         1 Nov 27  2025 /tmp/a\\ b -> x\\303\\251\n",
        );
        assert_eq!(
            long.records,
            [
                r#"{"path":"/tmp/a b","directory":"/tmp","name":"a b","error":null,"inode":10010695,"allocated":4096,"mode":"lrwxrwxrwx","links":4,"owner":"root","group":"root","size":1,"major":null,"minor":null,"modified":"2025-11-27T00:00:00","target":"xé"}"#
            ]
        );
        let other = parse::<Find>(Some(&["gfind"]), b"gfind: './no': Permission denied\n");
        other.has(0, &[r#""path":"./no""#, r#""error":"gfind: './no': Permission denied""#]);
        let short = parse::<Find>(None, b".\n./a b\nfind: './no': Permission denied\n/\n");
        assert_eq!(
            short.records,
            [
                r#"{"path":".","directory":null,"name":".","error":null}"#,
                r#"{"path":"./a b","directory":".","name":"a b","error":null}"#,
                r#"{"path":"./no","directory":null,"name":null,"error":"find: './no': Permission denied"}"#,
                r#"{"path":"/","directory":"/","name":null,"error":null}"#,
            ]
        );
        let french =
            parse::<Find>(None, " 10035242      4 drwxr-xr-x   2 root     root         4096 nov. 29 18:23 .\n".as_bytes());
        assert_eq!((french.records.len(), french.problems.len()), (0, 1));
        assert_eq!(parse::<Find>(None, b".\0./a\0").records.len(), 0);
        assert_eq!(parse::<Find>(Some(&["find", "-printf", "%s"]), b"12\n").records.len(), 0);
        let broken = parse::<Find>(Some(&["find", "-ls"]), b"hello\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (0, 1));
    }
}
