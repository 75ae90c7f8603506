//! `stat`: of GNU and BusyBox, a block of lines a file or filesystem, or with `-t` a line of numbers; of macOS and the BSDs, a line of its own
//! or, with `-x`, a block that is much the same.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, time};

/// A file.
#[derive(Clone, Debug, Default, Record)]
pub struct Inode {
    /// The file, as it was named.
    #[field(key)]
    pub path: Vec<u8>,
    /// What a symbolic link leads to.
    pub target: Option<Vec<u8>>,
    /// Type in words: `regular file`, `directory`, …
    pub r#type: Option<Vec<u8>>,
    /// Type and permissions as `ls -l` prints them.
    pub mode: Option<Vec<u8>>,
    /// Permissions in octal.
    pub permissions: Option<Vec<u8>>,
    /// Size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Number of blocks of 512 bytes that it takes.
    pub blocks: Option<i64>,
    /// Best size of reads and writes.
    #[field(unit = "bytes")]
    pub io_block_size: Option<i64>,
    /// Device that it is on, as printed.
    pub device_number: Option<Vec<u8>>,
    /// Device that it is, as printed, of a device.
    pub special_device_number: Option<Vec<u8>>,
    /// Inode number.
    pub inode: Option<i64>,
    /// Number of hard links.
    pub links: Option<i64>,
    /// User ID of its owner.
    pub uid: Option<i64>,
    /// User who owns it.
    pub owner: Option<Vec<u8>>,
    /// Group ID.
    pub gid: Option<i64>,
    /// Group.
    pub group: Option<Vec<u8>>,
    /// Security context.
    pub context: Option<Vec<u8>>,
    /// When it was last read.
    pub accessed: Option<Time<9>>,
    /// When its contents last changed.
    pub modified: Option<Time<9>>,
    /// When its inode last changed.
    pub changed: Option<Time<9>>,
    /// When it was created; null where the filesystem does not know.
    pub created: Option<Time<9>>,
    /// Flags of the BSDs, as a number.
    pub file_flags: Option<Vec<u8>>,
}

/// A filesystem.
#[derive(Clone, Debug, Default, Record)]
pub struct Filesystem {
    /// A file on it, as it was named.
    #[field(key)]
    pub path: Vec<u8>,
    /// ID, in hexadecimal.
    pub id: Option<Vec<u8>>,
    /// Longest name.
    pub name_length: Option<i64>,
    /// Type.
    pub r#type: Option<Vec<u8>>,
    /// Best size of reads and writes.
    #[field(unit = "bytes")]
    pub io_block_size: Option<i64>,
    /// Size of the blocks that are counted.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// All blocks.
    pub blocks: Option<i64>,
    /// Blocks not in use.
    pub blocks_free: Option<i64>,
    /// Blocks that can be used.
    pub blocks_available: Option<i64>,
    /// All of it.
    #[field(unit = "bytes")]
    pub total: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes")]
    pub free: Option<i64>,
    /// Space that can be used.
    #[field(unit = "bytes")]
    pub available: Option<i64>,
    /// Number of inodes.
    pub inodes: Option<i64>,
    /// Inodes not in use.
    pub inodes_free: Option<i64>,
}

/// Reads `stat`.
pub struct Stat {
    file: Option<Inode>,
    shaped: Vec<&'static str>,
    /// How many numbers follow the name in the lines of `stat -t`, once there was one.
    numbers: Option<usize>,
}

const EXPECTED: &str = "`File: NAME`, a line of `stat -t`, or one of the stat of macOS and the BSDs";

impl Parser for Stat {
    const ABOUT: About = About {
        name: "stat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files, as stat of GNU, BusyBox, macOS and the BSDs prints them",
        commands: &["stat", "busybox stat", "toybox stat", "gstat"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Inode;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Stat { file: None, shaped: Vec::new(), numbers: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if let Some(name) = whole.trim_start().strip_prefix("File: ") {
            self.flush(rows);
            self.file = Some(Inode { path: name.bytes.to_vec(), ..Inode::default() });
            return Ok(());
        }
        if let Some(file) = &mut self.file {
            if !rows.recognised() && whole.trim_start().bytes.starts_with(b"ID: ") {
                return Err(Error::Unrecognised(line.expected("a file, not a filesystem")));
            }
            block(file, whole)?;
            return Ok(());
        }
        let file = terse(whole, &mut self.numbers).or_else(|| bsd(whole)).ok_or_else(|| line.expected(EXPECTED))?;
        self.push(file, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Stat {
    fn flush(&mut self, rows: &mut Rows<Inode>) {
        if let Some(mut file) = self.file.take() {
            name(&mut file);
            self.push(file, rows);
        }
    }

    fn push(&mut self, file: Inode, rows: &mut Rows<Inode>) {
        let all = [
            ("path", true),
            ("target", file.target.is_some()),
            ("type", file.r#type.is_some()),
            ("mode", file.mode.is_some()),
            ("permissions", file.permissions.is_some()),
            ("size", true),
            ("blocks", true),
            ("io_block_size", file.io_block_size.is_some()),
            ("device_number", true),
            ("special_device_number", file.special_device_number.is_some()),
            ("inode", true),
            ("links", true),
            ("uid", file.uid.is_some()),
            ("owner", file.owner.is_some()),
            ("gid", file.gid.is_some()),
            ("group", file.group.is_some()),
            ("context", file.context.is_some()),
            ("accessed", true),
            ("modified", true),
            ("changed", true),
            ("created", file.created.is_some()),
            ("file_flags", file.file_flags.is_some()),
        ];
        let new: Vec<&'static str> =
            all.into_iter().filter(|(name, has)| *has && !self.shaped.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() {
            self.shaped.extend(new);
            rows.shape(&self.shaped);
        }
        rows.push(file);
    }
}

/// Parts `name -> target` of a link, and takes away the quotes that old versions and the BSDs put around both: those print no time
/// of creation, or no size of reads.
fn name(file: &mut Inode) {
    let text = std::mem::take(&mut file.path);
    let text = Field::from(text.as_slice());
    let is_link =
        file.mode.as_ref().is_some_and(|mode| mode.starts_with(b"l")) || file.r#type.as_deref() == Some(b"symbolic link");
    let quoted = file.created.is_none() || file.io_block_size.is_none();
    let parted = if quoted { quoted_link(text, file.size) } else { None }.or_else(|| link(text, file.size));
    let (name, target) = match parted.filter(|_| is_link) {
        Some((name, target)) => (name, Some(target)),
        None => (text, None),
    };
    let plain = |text: Field<'_>| if quoted { unquoted(text).unwrap_or(text.bytes).to_vec() } else { text.bytes.to_vec() };
    file.target = target.map(plain);
    file.path = plain(name);
}

fn unquoted(text: Field<'_>) -> Option<&[u8]> {
    let pairs = [("‘", "’"), ("`", "'"), ("'", "'"), ("\"", "\"")];
    pairs.into_iter().find_map(|(start, end)| Some(text.strip_prefix(start)?.strip_suffix(end)?.bytes))
}

/// `'name' -> 'target'`, the same way.
fn quoted_link(text: Field<'_>, size: Option<i64>) -> Option<(Field<'_>, Field<'_>)> {
    let inner = text.strip_prefix("'")?.strip_suffix("'")?;
    const ARROW: &[u8] = b"' -> '";
    let mut arrows = inner.bytes.windows(ARROW.len()).enumerate().filter(|(_, part)| *part == ARROW).map(|(at, _)| at);
    let fits = |at: &usize| i64::try_from(inner.bytes.len() - at - ARROW.len()).ok() == size;
    let at = arrows.find(fits)?;
    Some((text.split_at(at + 2).0, text.split_at(at + ARROW.len()).1))
}

/// `name -> target`. Where the arrow could be in several places, the size of a link is the length of its target.
pub(crate) fn link(text: Field<'_>, size: Option<i64>) -> Option<(Field<'_>, Field<'_>)> {
    const ARROW: &[u8] = b" -> ";
    let mut arrows = text.bytes.windows(ARROW.len()).enumerate().filter(|(_, part)| *part == ARROW).map(|(at, _)| at);
    let fits = |at: &usize| i64::try_from(text.bytes.len() - at - ARROW.len()).ok() == size;
    let at = arrows.clone().find(fits).or_else(|| arrows.next())?;
    Some((text.split_at(at).0, text.split_at(at + ARROW.len()).1))
}

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// The word after a title in a line, unless it is the next title.
fn after<'a>(line: Field<'a>, title: &str) -> Option<Field<'a>> {
    line.split_once(title)?.1.fields().next().filter(|word| !word.bytes.ends_with(b":"))
}

/// A line of a block.
fn block(file: &mut Inode, line: Field<'_>) -> Result<(), Problem> {
    let text = line.trim();
    let title = text.split_once(":").map(|(title, _)| title.bytes).unwrap_or_default();
    match title {
        b"Size" => {
            let word = after(text, "Size:").ok_or_else(|| text.expected("a size"))?;
            file.size = Some(word.integer()?);
            file.blocks = after(text, "Blocks:").map(|word| word.integer()).transpose()?;
            if let Some((_, rest)) = text.split_once("IO Block:") {
                let [size, kind] = rest.fields_and_rest()?;
                file.io_block_size = Some(size.integer()?);
                // In another language, other values would be translated as well.
                if !kind.bytes.is_ascii() {
                    return Err(kind.expected("a type in English, as `LC_ALL=C stat` prints it"));
                }
                file.r#type = owned(kind.trim_end());
            }
            // `-x` of macOS and the BSDs.
            if let Some((_, kind)) = text.split_once("FileType:") {
                file.r#type = owned(kind.trim());
            }
        }
        b"Device" => {
            file.device_number = after(text, "Device:").and_then(owned);
            file.inode = after(text, "Inode:").map(|word| word.integer()).transpose()?;
            file.links = after(text, "Links:").map(|word| word.integer()).transpose()?;
            file.special_device_number = after(text, "Device type:").and_then(owned);
        }
        b"Access" | b"Mode" if text.find("Uid:").is_some() => {
            let (_, rest) = text.split_once("(").ok_or_else(|| text.expected("permissions"))?;
            let (modes, rest) = rest.split_once(")").ok_or_else(|| text.expected("permissions"))?;
            let (octal, mode) = modes.split_once("/").ok_or_else(|| modes.expected("`0644/-rw-r--r--`"))?;
            (file.permissions, file.mode) = (owned(octal), owned(mode));
            for (title, uid) in [("Uid: (", true), ("Gid: (", false)] {
                if let Some((inner, _)) = rest.split_once(title).and_then(|(_, rest)| rest.split_once(")")) {
                    let pair = inner.split_once("/").filter(|(_, name)| name.find("(").is_none());
                    let (number, name) = pair.ok_or_else(|| inner.expected("`ID/NAME`"))?;
                    let (number, name) = (Some(number.trim().integer()?), owned(name.trim()));
                    if uid { (file.uid, file.owner) = (number, name) } else { (file.gid, file.group) = (number, name) }
                }
            }
        }
        b"Context" => file.context = text.split_once(":").and_then(|(_, rest)| owned(rest.trim())),
        b"Access" | b"Modify" | b"Change" | b"Birth" => {
            let value = text.split_once(":").map_or(text, |(_, rest)| rest).trim();
            let when = match value.known() {
                None => None,
                Some(value) => Some(Time::iso(value.bytes).or_else(|| in_words(value)).ok_or_else(|| value.expected("a time"))?),
            };
            match title {
                b"Access" => file.accessed = when,
                b"Modify" => file.modified = when,
                b"Change" => file.changed = when,
                _ => file.created = when,
            }
        }
        _ => return Err(text.expected("a line of `stat`")),
    }
    Ok(())
}

/// `Thu Aug 13 15:03:52 2021` and the same without the weekday.
fn in_words(text: Field<'_>) -> Option<Time<9>> {
    let words: Vec<Field<'_>> = text.fields().filter(|word| !word.is_weekday()).collect();
    let [month, day, clock, year] = words[..] else { return None };
    let (seconds, nanos) = time::time_of_day(clock.bytes)?;
    let day = u32::try_from(day.as_integer()?).ok()?;
    let time: Time<9> = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(Time { nanos, ..time })
}

/// Sixteen where GNU prints a security context behind the numbers, fifteen of GNU, and fourteen of BusyBox, which knows no time of creation.
const TERSE: [usize; 3] = [16, 15, 14];

/// `stat -t`: the name, which may have blanks, and the numbers. All lines of a capture have the same form.
fn terse(line: Field<'_>, form: &mut Option<usize>) -> Option<Inode> {
    let words = line.words();
    let count = form.or_else(|| TERSE.into_iter().find(|count| has_numbers(&words, *count)))?;
    if !has_numbers(&words, count) {
        return None;
    }
    let (context, count) = if count == 16 { (words.last().copied(), 15) } else { (None, count) };
    let end = words.len() - usize::from(context.is_some());
    let numbers = &words[end - count..end];
    let number = |at: usize| numbers[at].as_integer();
    let mode = numbers[2].hexadecimal().ok()?;
    let time = |at: usize| number(at).map(|seconds| Time::utc(seconds, 0));
    *form = Some(count + usize::from(context.is_some()));
    // A name may end with blanks, too: one of them parts it from the numbers.
    let path = line.split_at(numbers[0].start() - line.start() - 1).0;
    Some(Inode {
        path: path.bytes.to_vec(),
        size: number(0),
        blocks: number(1),
        permissions: Some(format!("{:04o}", mode & 0o7777).into_bytes()),
        mode: Some(mode_text(mode)),
        uid: number(3),
        gid: number(4),
        device_number: owned(numbers[5]),
        inode: number(6),
        links: number(7),
        context: context.and_then(owned),
        accessed: time(10),
        modified: time(11),
        changed: time(12),
        created: if count == 15 { time(13).filter(|time| time.wall_seconds != 0) } else { None },
        io_block_size: number(count - 1),
        ..Inode::default()
    })
}

/// Whether the last so many words are the numbers of a file. A word of its name may look like one of them: what holds them to their places
/// is the mode, which says a type.
fn has_numbers(words: &[Field<'_>], count: usize) -> bool {
    let Some(from) = words.len().checked_sub(count).filter(|from| *from > 0) else { return false };
    let numbers = &words[from..];
    let (numbers, context) = if count == 16 { (&numbers[..15], Some(numbers[15])) } else { (numbers, None) };
    let is_type =
        |mode: i64| matches!(mode & !0o7777, 0o010_000 | 0o020_000 | 0o040_000 | 0o060_000 | 0o100_000 | 0o120_000 | 0o140_000);
    let is_hexadecimal = |at: usize| numbers[at].bytes.iter().all(u8::is_ascii_hexdigit);
    let fits = |at: usize| if matches!(at, 2 | 5 | 8 | 9) { is_hexadecimal(at) } else { numbers[at].as_integer().is_some() };
    (0..numbers.len()).all(fits)
        && numbers[2].hexadecimal().is_ok_and(is_type)
        && context.is_none_or(|context| context.bytes.contains(&b':') || context.bytes == b"?")
}

/// Type and permissions from the bits of a mode.
fn mode_text(mode: i64) -> Vec<u8> {
    let kind = match mode & 0o170_000 {
        0o040_000 => b'd',
        0o120_000 => b'l',
        0o020_000 => b'c',
        0o060_000 => b'b',
        0o010_000 => b'p',
        0o140_000 => b's',
        _ => b'-',
    };
    let mut text = vec![kind];
    for (shift, special, letters) in [(6, 0o4000, b"sS"), (3, 0o2000, b"sS"), (0, 0o1000, b"tT")] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { b'r' } else { b'-' });
        text.push(if bits & 2 != 0 { b'w' } else { b'-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => letters[0],
            (false, true) => letters[1],
            (true, false) => b'x',
            (false, false) => b'-',
        });
    }
    text
}

/// `16777220 161929661 -rw-r--r-- 1 user staff 0 0 "Aug 13 15:03:52 2021" … 4096 0 0 a name`
fn bsd(line: Field<'_>) -> Option<Inode> {
    let [device, inode, mode, links, owner, group, special, size, mut rest] = line.fields_and_rest().ok()?;
    let mut file = Inode {
        device_number: owned(device),
        inode: Some(inode.as_integer()?),
        mode: Some(mode.bytes.to_vec()).filter(|mode| mode.len() >= 10),
        links: Some(links.as_integer()?),
        owner: owned(owner),
        group: owned(group),
        special_device_number: owned(special),
        size: Some(size.as_integer()?),
        ..Inode::default()
    };
    file.mode.as_ref()?;
    let mut times = Vec::new();
    while let Some((text, after)) = rest.trim_start().strip_prefix("\"").and_then(|rest| rest.split_once("\"")) {
        times.push(in_words(text)?);
        rest = after;
    }
    let [accessed, modified, changed, ..] = times[..] else { return None };
    (file.accessed, file.modified, file.changed) = (Some(accessed), Some(modified), Some(changed));
    file.created = times.get(3).copied();
    let [io_block, blocks, flags, path] = rest.fields_and_rest().ok()?;
    file.io_block_size = Some(io_block.as_integer()?);
    file.blocks = Some(blocks.as_integer()?);
    file.file_flags = owned(flags);
    file.path = path.bytes.to_vec();
    Some(file)
}

/// Reads `stat -f` of GNU and BusyBox.
pub struct StatFilesystem {
    filesystem: Option<Filesystem>,
    path: Option<Vec<u8>>,
}

impl Parser for StatFilesystem {
    const ABOUT: About = About {
        name: "stat-filesystem",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Filesystems, as stat -f of GNU and BusyBox prints them",
        commands: &["stat", "busybox stat"],
        dialect: "gnu",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Filesystem;

    fn new(_: &Source) -> Self {
        StatFilesystem { filesystem: None, path: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some(name) = text.strip_prefix("File: ") {
            self.flush(rows);
            self.path = Some(unquoted(name.trim_end()).unwrap_or(name.bytes).to_vec());
            return Ok(());
        }
        let Some(path) = &self.path else { return Err(Error::Unrecognised(line.expected("`File: \"NAME\"`"))) };
        if self.filesystem.is_none() && !text.bytes.starts_with(b"ID: ") {
            return Err(Error::Unrecognised(line.expected("`ID:` of a filesystem")));
        }
        let filesystem = self.filesystem.get_or_insert_with(|| Filesystem { path: path.clone(), ..Filesystem::default() });
        rows.recognise();
        let number = |title: &str| after(text, title).map(|word| word.integer()).transpose();
        if text.bytes.starts_with(b"ID: ") {
            filesystem.id = after(text, "ID:").and_then(owned);
            filesystem.name_length = number("Namelen:")?;
            filesystem.r#type = text.split_once("Type:").and_then(|(_, kind)| owned(kind.trim()));
        } else if text.bytes.starts_with(b"Block size:") {
            filesystem.io_block_size = number("Block size:")?;
            filesystem.block_size = number("Fundamental block size:")?.or(filesystem.io_block_size);
        } else if text.bytes.starts_with(b"Blocks:") {
            filesystem.blocks = number("Total:")?;
            filesystem.blocks_free = number("Free:")?;
            filesystem.blocks_available = number("Available:")?;
        } else if text.bytes.starts_with(b"Inodes:") {
            filesystem.inodes = number("Total:")?;
            filesystem.inodes_free = number("Free:")?;
        } else {
            return Err(text.expected("a line of `stat -f`").into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised("`File: \"NAME\"` and `ID:` of a filesystem")
    }
}

impl StatFilesystem {
    fn flush(&mut self, rows: &mut Rows<Filesystem>) {
        let Some(mut filesystem) = self.filesystem.take() else { return };
        let bytes = |blocks: Option<i64>| Some(blocks?.saturating_mul(filesystem.block_size?));
        (filesystem.total, filesystem.free, filesystem.available) =
            (bytes(filesystem.blocks), bytes(filesystem.blocks_free), bytes(filesystem.blocks_available));
        rows.push(filesystem);
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::{Stat, StatFilesystem};

    const BLOCK: &str = "  File: /tmp/l -> x y\n  Size: 1         \tBlocks: 0          IO Block: 4096   symbolic link\nDevice: 254,0\tInode: 10010637    Links: 1\n\
        Access: (0777/lrwxrwxrwx)  Uid: (    0/    root)   Gid: (    0/    root)\nAccess: 2026-11-27 19:07:05.779086172 +0100\n\
        Modify: 2026-11-27 19:07:05.000000000 +0100\nChange: 2026-11-27 19:07:05.779086172 +0100\n Birth: -\n";

    #[test]
    fn a_block_is_one_record() {
        let parsed = parse::<Stat>(None, BLOCK.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        assert!(parsed.records[0].starts_with(r#"{"path":"/tmp/l","target":"x y","type":"symbolic link","mode":"lrwxrwxrwx","permissions":"0777","size":1,"blocks":0"#), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""accessed":"2026-11-27T19:07:05.779086172+01:00""#), "{parsed:?}");
        assert_any_split::<Stat>(None, BLOCK.as_bytes());
    }

    #[test]
    fn lines_of_numbers_are_read_with_blanks_in_the_name() {
        let gnu =
            parse::<Stat>(None, b"/etc/a b 1309 8 81a4 0 0 fe00 817 1 0 0 1795776658 1795776658 1795776658 1795776658 4096\n");
        assert!(
            gnu.records[0].starts_with(r#"{"path":"/etc/a b","mode":"-rw-r--r--","permissions":"0644","size":1309"#),
            "{gnu:?}"
        );
        let blanks = parse::<Stat>(None, b"a -> b  0 0 81a4 0 0 fe00 10035260 1 0 0 -315532800 1795976599 1795976599 4096\n");
        assert!(
            blanks.records[0].starts_with(r#"{"path":"a -> b ","mode":"-rw-r--r--","permissions":"0644","size":0"#),
            "{blanks:?}"
        );
        assert!(blanks.records[0].contains(r#""inode":10035260,"links":1"#), "{blanks:?}");
        assert!(blanks.records[0].contains(r#""accessed":"1960-01-02T00:00:00Z""#), "{blanks:?}");
        let labelled = parse::<Stat>(None, b"/a 1 8 81a4 0 0 fd00 8 1 0 0 1 2 3 0 4096 system_u:object_r:etc_t:s0\n");
        assert!(labelled.records[0].contains(r#""context":"system_u:object_r:etc_t:s0""#), "{labelled:?}");
        let bsd = parse::<Stat>(None, b"16777220 1619 -rw-r--r-- 1 me staff 0 7 \"Aug 13 15:03:52 2021\" \"Aug 13 14:37:03 2021\" \"Aug 13 14:37:03 2021\" \"Aug 13 14:37:03 2021\" 4096 8 0 a b\n");
        assert!(bsd.records[0].starts_with(r#"{"path":"a b","mode":"-rw-r--r--","size":7"#), "{bsd:?}");
        assert!(bsd.records[0].contains(r#""accessed":"2021-08-13T15:03:52""#), "{bsd:?}");
    }

    #[test]
    fn an_arrow_in_a_name_is_no_link() {
        let rest = "  Size: 6 Blocks: 8 IO Block: 4096 KIND\nDevice: 254,0 Inode: 1 Links: 1\nAccess: (0644/MODE) Uid: ( 0/ root) Gid: ( 0/ root)\nAccess: 2026-11-28 08:07:27 +0000\n Birth: 2026-11-28 08:07:27 +0000\n";
        let of = |name: &str, kind: &str, mode: &str| {
            let block = format!("  File: {name}\n{}", rest.replace("KIND", kind).replace("MODE", mode));
            parse::<Stat>(None, block.as_bytes()).records.remove(0)
        };
        assert!(of("a -> b", "regular file", "-rw-r--r--").starts_with(r#"{"path":"a -> b","type""#));
        assert!(of("'a'", "regular file", "-rw-r--r--").starts_with(r#"{"path":"'a'""#));
        let link = of("a -> b -> c -> d", "symbolic link", "lrwxrwxrwx");
        assert!(link.starts_with(r#"{"path":"a -> b","target":"c -> d""#), "{link}");
        let busybox = BLOCK.replace("/tmp/l -> x y", "'a -> b' -> 'c -> d'").replace("Size: 1 ", "Size: 6 ");
        let link = parse::<Stat>(None, busybox.as_bytes()).records.remove(0);
        assert!(link.starts_with(r#"{"path":"a -> b","target":"c -> d""#), "{link}");
    }

    #[test]
    fn files_and_filesystems_are_told_apart() {
        let capture = "  File: \"/\"\n    ID: fc18c7e3670138ea Namelen: 255     Type: ext2/ext3\nBlock size: 4096       Fundamental block size: 1024\n\
            Blocks: Total: 100        Free: 50         Available: 25\nInodes: Total: 10         Free: 5\n";
        let parsed = parse::<StatFilesystem>(None, capture.as_bytes());
        assert!(
            parsed.records[0].contains(r#""total":102400,"free":51200,"available":25600,"inodes":10,"inodes_free":5"#),
            "{parsed:?}"
        );
        let japanese = "  File: old\n  Size: 0         \tBlocks: 0          IO Block: 4096   通常の空ファイル\n";
        assert_unrecognised::<Stat>([japanese, "hello\n", "a 1 2 3\n", capture]);
        assert_unrecognised::<StatFilesystem>(["hello\n", BLOCK, ""]);
    }
}
