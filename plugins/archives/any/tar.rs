//! `tar -tv`: a line a member, as GNU tar, BusyBox and bsdtar (macOS, FreeBSD, Windows) print them.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, time};

use crate::{is_mode, type_of};

/// A member of an archive.
#[derive(Clone, Debug, Default, Record)]
pub struct Member {
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// What it is: `file`, `directory`, `symlink`, `hardlink`, `character device`, …
    pub r#type: Vec<u8>,
    /// Type and permissions.
    pub mode: Option<Vec<u8>>,
    /// User who owns it.
    pub owner: Option<Vec<u8>>,
    /// Group of it.
    pub group: Option<Vec<u8>>,
    /// Size; null of a device.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Major device number.
    pub major: Option<i64>,
    /// Minor device number.
    pub minor: Option<i64>,
    /// When it was last changed, to the minute or the second. Local: no offset is printed.
    pub modified: Option<Time<9>>,
    /// What a link leads to.
    pub target: Option<Vec<u8>>,
    /// The block of 512 bytes that it begins with (`-R`).
    pub block: Option<i64>,
}

/// Reads `tar -tv`.
pub struct Tar {
    captured: Option<outparse_sdk::Moment>,
    /// Whether there are names alone, by the arguments: without `-v`.
    names: bool,
    /// Whether names are printed as they are, as BusyBox prints them.
    plain: bool,
    /// How names are quoted, where the arguments say another way than that of tar.
    quoting: Option<String>,
}

const EXPECTED: &str = "`MODE OWNER/GROUP SIZE DATE TIME NAME`";
/// All that a name alone does not say.
const DETAILS: [&str; 10] = ["type", "mode", "owner", "group", "size", "major", "minor", "modified", "target", "block"];

impl Parser for Tar {
    const ABOUT: About = About {
        name: "tar",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Members of an archive, as tar -tv prints them",
        commands: &["tar", "gtar", "bsdtar", "busybox tar", "toybox tar"],
        dialect: "any",
        platforms: &["linux", "macos", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Member;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        // The first word of tar may be letters without a dash.
        let words = source.arguments.as_deref().unwrap_or_default();
        let first = words.first().filter(|word| !word.starts_with('-')).map(String::as_str).unwrap_or_default();
        let names = source
            .read_arguments(&["f=", "file=", "C=", "directory=", "v verbose", "t list", "X=", "T=", "exclude="])
            .is_some_and(|arguments| {
                let has = |letter: &str| first.contains(letter) || arguments.contains(&Argument::Flag(letter));
                has("t") && !has("v")
            });
        let quoting = words.iter().find_map(|word| word.strip_prefix("--quoting-style="));
        let quoting = quoting.filter(|style| !matches!(*style, "escape" | "literal")).map(str::to_owned);
        Tar { captured: source.clock(), names, plain: source.command.starts_with("busybox "), quoting }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if self.names {
            if !rows.recognised() {
                rows.without(DETAILS);
            }
            rows.push(Member { path: self.name(whole), ..Member::default() });
            return Ok(());
        }
        // Attributes of the member above (`-tvv --xattrs`, `--acls`).
        if rows.made() > 0 && line.bytes.starts_with(b"  ") {
            rows.warn_once("attributes", || Problem::warning("extended attributes are left out"));
            return Ok(());
        }
        let (block, text) = match whole.strip_prefix("block ").and_then(|rest| rest.split_once(": ")) {
            Some((number, text)) => (Some(number.integer()?), text),
            None => (None, whole),
        };
        if block.is_some() && text.bytes.starts_with(b"**") {
            return Ok(());
        }
        if let Some(style) = &self.quoting {
            return Err(Error::unrecognised(format!("names quoted as `{style}` are not read; leave `--quoting-style` out")));
        }
        let member = self.member(line, text)?;
        if member.modified.is_none() {
            rows.warn_once("year", || {
                Problem::warning("the year is not printed, so times are null; `--captured-at` says when it was")
            });
        }
        // A name or a target may have the mark, too, and the size of a link is 0 here.
        let is_of_busybox = member.r#type == b"hardlink" && text.bytes.starts_with(b"-");
        if is_of_busybox && !self.plain {
            rows.warn_once("links", || {
                Problem::warning("an empty file with ` -> ` in its name is taken for a hard link, as BusyBox prints them")
            });
        }
        let mark = if member.r#type == b"symlink" || is_of_busybox { " -> " } else { " link to " };
        if member.target.is_some() && text.split(mark).count() > 2 {
            rows.problem(Problem::warning(format!(
                "where the name ends cannot be told, the first `{mark}` was taken: {}",
                line.quoted()
            )));
        }
        if rows.made() == 0 && block.is_none() {
            rows.without(["block"]);
        }
        rows.push(Member { block, ..member });
        Ok(())
    }
}

impl Tar {
    fn name(&self, text: Field<'_>) -> Vec<u8> {
        if self.plain { text.bytes.to_vec() } else { unescape(text.bytes) }
    }

    fn member(&self, line: Line<'_>, text: Field<'_>) -> Result<Member, Error> {
        let [mode, owner, rest] = text.fields_and_rest()?;
        if !is_mode(mode.bytes) {
            return Err(line.expected(EXPECTED).into());
        }
        let r#type = type_of(mode.bytes[0]).unwrap_or_default();
        let mut member = Member { r#type: r#type.as_bytes().to_vec(), mode: Some(mode.bytes.to_vec()), ..Member::default() };
        let name;
        let mut has_seconds = false;
        if let Some((owner, group, rest)) = owners(text, owner, rest) {
            let [size, date, clock, _] = rest.fields_and_rest()?;
            member.owner = Some(owner.bytes.to_vec());
            member.group = Some(group.bytes.to_vec());
            member.sized(size)?;
            let when = [date.bytes, b" ", clock.bytes].concat();
            member.modified = Some(Time::iso(&when).ok_or_else(|| date.expected("`YEAR-MONTH-DAY HOUR:MINUTE`"))?);
            has_seconds = clock.has_shape("00:00:00");
            name = after(line, clock);
        } else {
            // The second word of bsdtar is the number of links, which no archive knows.
            owner.integer().map_err(|_| line.expected(EXPECTED))?;
            let [owner, group, size, month, day, clock, _] = rest.fields_and_rest()?;
            member.owner = Some(owner.bytes.to_vec());
            member.group = Some(group.bytes.to_vec());
            member.sized(size)?;
            let number = u32::try_from(day.integer()?).unwrap_or_default();
            let of_year = time::month(month.bytes).ok_or_else(|| month.expected("a month"))?;
            member.modified = if clock.bytes.contains(&b':') {
                let (seconds, _) = time::time_of_day(clock.bytes).ok_or_else(|| clock.expected("`HOUR:MINUTE`"))?;
                Time::in_latest_year(of_year, number, seconds, self.captured)
            } else {
                Time::local(clock.integer()?, of_year, number, 0)
            };
            name = after(line, clock);
        }
        let link = match mode.bytes[0] {
            b'l' => name.split_once(" -> "),
            b'h' => name.split_once(" link to "),
            // BusyBox has no letter for hard links. It is the one that prints seconds.
            b'-' if member.size == Some(0) && has_seconds => name.split_once(" -> "),
            _ => None,
        };
        if link.is_some() && mode.bytes[0] == b'-' {
            member.r#type = b"hardlink".to_vec();
        }
        match link {
            Some((path, target)) => {
                member.path = self.name(path);
                member.target = Some(self.name(target));
            }
            None if matches!(mode.bytes[0], b'l' | b'h') => {
                return Err(name.expected("a link: `NAME -> TARGET` or `NAME link to TARGET`").into());
            }
            None => member.path = self.name(name),
        }
        if member.path.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        Ok(member)
    }
}

/// The owner, the group, and what follows them. Those of a domain may have blanks: then they end before the size, which a date follows.
fn owners<'a>(text: Field<'a>, owner: Field<'a>, rest: Field<'a>) -> Option<(Field<'a>, Field<'a>, Field<'a>)> {
    let parted = owner.split_once("/").map(|(owner, group)| (owner, group, rest));
    let sized = |rest: Field<'_>| rest.fields().next().is_some_and(|size| size.bytes[0].is_ascii_digit());
    if parted.is_some_and(|(_, _, rest)| sized(rest)) || owner.as_integer().is_some() {
        return parted;
    }
    let words = text.words();
    let date = words.iter().skip(4).position(|word| word.has_shape("0000-00-00")).map(|at| at + 4);
    let Some(date) = date else { return parted };
    let part = |from: usize, to: usize| text.part(from - text.start(), to - text.start());
    let (owner, group) = part(owner.start(), words[date - 2].end()).split_once("/")?;
    Some((owner, group, part(words[date - 1].start(), text.end())))
}

/// What follows a word: a name, which may begin with blanks.
fn after<'a>(line: Line<'a>, word: Field<'_>) -> Field<'a> {
    line.part(word.end() + 1, line.bytes.len())
}

impl Member {
    /// `4096`, or `1,3` of a device.
    fn sized(&mut self, size: Field<'_>) -> Result<(), Error> {
        match size.split_once(",").filter(|_| self.r#type.ends_with(b"device")) {
            Some((major, minor)) => (self.major, self.minor) = (Some(major.integer()?), Some(minor.integer()?)),
            None => self.size = Some(size.integer()?),
        }
        Ok(())
    }
}

/// A name as tar prints it: `\n`, `\\`, `\303` stand for bytes.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) && digits[0] <= b'3');
        let (byte, used) = match (first, octal, after.first()) {
            (b'\\', Some(digits), _) => (digits.iter().fold(0, |byte: u8, digit| byte.wrapping_mul(8) + (digit - b'0')), 4),
            (b'\\', None, Some(letter)) => match letter {
                b'a' => (7, 2),
                b'b' => (8, 2),
                b't' => (b'\t', 2),
                b'n' => (b'\n', 2),
                b'v' => (11, 2),
                b'f' => (12, 2),
                b'r' => (b'\r', 2),
                b'\\' => (b'\\', 2),
                _ => (b'\\', 1),
            },
            _ => (*first, 1),
        };
        name.push(byte);
        rest = &rest[used..];
    }
    name
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse, parse_from, source};
    use outparse_sdk::{Ending, Moment, Source};

    use super::Tar;

    #[test]
    fn owners_of_a_domain_may_have_blanks() {
        let capture = b"-rw-r--r-- EX\\ann/domain users 12 2026-11-29 02:03 a 2\n-rw-r--r-- ann b/users 7 2026-11-29 02:03 c\n";
        let parsed = parse::<Tar>(None, capture);
        parsed.has(0, &[r#""path":"a 2""#, r#""owner":"EX\\ann","group":"domain users","size":12"#]);
        parsed.has(1, &[r#""path":"c""#, r#""owner":"ann b","group":"users","size":7"#]);
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let arrows = parse::<Tar>(None, b"lrwxrwxrwx root/root 0 2026-11-29 02:03 a -> b -> c\n");
        assert_eq!((arrows.records.len(), arrows.problems.len()), (1, 1));
        let quoted = parse::<Tar>(Some(&["tar", "-tv", "--quoting-style=c"]), b"-rw------- root/root 2 2026-11-29 01:39 \"b\"\n");
        assert_eq!(quoted.records.len(), 0);
    }

    #[test]
    fn members_are_read() {
        let text = b"drwxr-xr-x root/root         0 2026-11-29 02:03 src/\nlrwxrwxrwx root/root         0 2026-11-29 02:03 src/l2 -> a b\n\
            -rw-r--r-- 1000/users     3 2026-11-29 01:39:31 src/new\\nli\\\\ne \\303\\251\nhrw-r--r-- root/root         0 2026-11-29 01:39 src/a link to src/hard\n\
            crw-r--r-- root/root       1,3 2026-11-29 02:03 src/null\n-rw------- root/root 2 2026-11-29 01:39  b -> c\n";
        let parsed = parse::<Tar>(None, text);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"path":"src/","type":"directory","mode":"drwxr-xr-x","owner":"root","group":"root","size":0,"modified":"2026-11-29T02:03:00"}"#,
                r#"{"path":"src/l2","type":"symlink","mode":"lrwxrwxrwx","owner":"root","group":"root","size":0,"modified":"2026-11-29T02:03:00","target":"a b"}"#,
                r#"{"path":"src/new\nli\\ne é","type":"file","mode":"-rw-r--r--","owner":"1000","group":"users","size":3,"modified":"2026-11-29T01:39:31"}"#,
                r#"{"path":"src/a","type":"hardlink","mode":"hrw-r--r--","owner":"root","group":"root","size":0,"modified":"2026-11-29T01:39:00","target":"src/hard"}"#,
                r#"{"path":"src/null","type":"character device","mode":"crw-r--r--","owner":"root","group":"root","major":1,"minor":3,"modified":"2026-11-29T02:03:00"}"#,
                r#"{"path":" b -> c","type":"file","mode":"-rw-------","owner":"root","group":"root","size":2,"modified":"2026-11-29T01:39:00"}"#,
            ]
        );
        let blocks = parse::<Tar>(None, b"block 0: drwxr-xr-x root/root 0 2026-11-29 02:03 a/\nblock 7: ** Block of NULs **\n");
        blocks.has(0, &[r#""block":0"#]);
    }

    #[test]
    fn bsdtar_leaves_the_year_out() {
        let text = b"-rw-r--r--  0 root   wheel       3 Nov 29 01:39 a  b\n-rw-r--r--  0 501    20          3 Jan  2  2024 c\n";
        let known = Source { captured: Some(Moment { seconds: 1_780_272_000, offset: Some(0) }), ..source::<Tar>(None) };
        let parsed = parse_from::<Tar>(&known, &Ending::COMPLETE, [&text[..]]);
        let records = parsed.sound();
        assert!(
            records[0].contains(r#""path":"a  b""#) && records[0].contains(r#""modified":"2025-11-29T01:39:00""#),
            "{}",
            records[0]
        );
        assert!(records[1].contains(r#""owner":"501","group":"20","size":3,"modified":"2024-01-02T00:00:00""#), "{}", records[1]);
        let unknown = parse::<Tar>(None, text);
        unknown.has(0, &[r#""modified":null"#]);
    }

    #[test]
    fn a_time_unlike_the_others_is_null() {
        let parsed = parse::<Tar>(None, b"-rw------- a/b 2 2026-11-29 01:39 c\n-rw------- a/b 2 2026-11-29 01:39Z d\n");
        parsed.has(1, &[r#""modified":null"#]);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    }

    #[test]
    fn busybox_prints_names_as_they_are() {
        let row = b"-rw-r--r-- root/root 3 2026-11-29 01:39:31 a\\nb\n";
        let plain = parse::<Tar>(Some(&["busybox", "tar", "-tvf", "x.tar"]), row);
        assert!(plain.only().contains(r#""path":"a\\nb""#), "{plain:?}");
        assert!(parse::<Tar>(None, row).only().contains(r#""path":"a\nb""#));
    }

    #[test]
    fn names_alone_are_read_where_the_arguments_say_so() {
        let parsed = parse::<Tar>(Some(&["tar", "tf", "x.tar"]), b"a b\nc\\td\n");
        assert_eq!(parsed.sound(), [r#"{"path":"a b"}"#, r#"{"path":"c\td"}"#]);
        assert_unrecognised::<Tar>([
            "a b\n",
            "hello\n",
            "total 12\n",
            "-rw-r--r-- 1 root root 3 Nov 29 01:39\n",
            "-rw-r--r-- root/root x 2026-11-29 01:39 a\n",
        ]);
        let parsed = parse::<Tar>(
            None,
            b"-rw------- a/b 2 2026-11-29 01:39 c\n-rw------- a/b x 2026-11-29 01:39 c\n-rw------- a/b 2 2026-13-29 01:39 c\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
    }

    #[test]
    fn a_hard_link_of_busybox_has_no_letter() {
        let text = b"-rw-r--r-- root/root         0 2026-11-29 22:07:13 h -> f\n-rw-r--r-- root/root         2 2026-11-29 22:07:13 a -> b\n";
        let parsed = parse::<Tar>(None, text);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        parsed.has(0, &[r#""path":"h","type":"hardlink""#, r#""target":"f""#]);
        parsed.has(1, &[r#""path":"a -> b","type":"file""#]);
        let gnu = parse::<Tar>(None, b"-rw-r--r-- root/root 0 2026-11-29 22:07 h -> f\n");
        gnu.has(0, &[r#""path":"h -> f","type":"file""#]);
    }
}
