//! `rsync`: what it changes (`-i`, `-v`, a log file), what it did in all (`--stats`), and what there is (`--list-only`).

use outparse_sdk::{About, Argument, Base, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time};

use crate::{is_mode, type_of};

/// What is told.
#[derive(Clone, Debug, Record)]
pub enum Transfer {
    /// A file that is changed, or looked at.
    Change(Change),
    /// What was done in all.
    Summary(Box<Summary>),
    /// A file that there is (`--list-only`).
    Entry(Entry),
}

/// A file that is changed, or looked at.
#[derive(Clone, Debug, Default, Record)]
pub struct Change {
    /// When it was written to the log, as it is printed: local time without an offset.
    pub timestamp: Option<Vec<u8>>,
    /// The process that wrote the log.
    pub pid: Option<i64>,
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// What is done: `sent`, `received`, `local change or creation`, `hard link`, `not updated`, `deleted`; null where names alone are printed (`-v` without
    /// `-i`).
    pub update: Option<Vec<u8>>,
    /// What it is: `file`, `directory`, `symlink`, `device`, `special`; null where that is not printed.
    pub r#type: Option<Vec<u8>>,
    /// Whether it is new; null where that is not printed.
    pub is_new: Option<bool>,
    /// What of it differs: `content`, `size`, `time`, `transfer time`, `permissions`, `owner`, `group`, `access time`, `creation time`, `acl`, `attributes`. Of a
    /// link or a device `content` is what it leads to or stands for.
    pub differs: Vec<Vec<u8>>,
    /// What a link leads to.
    pub target: Option<Vec<u8>>,
    /// The letters that say all this.
    pub code: Option<Vec<u8>>,
}

/// What was done in all.
#[derive(Clone, Debug, Default, Record)]
pub struct Summary {
    /// When it was written to the log, as it is printed: local time without an offset.
    pub timestamp: Option<Vec<u8>>,
    /// The process that wrote the log.
    pub pid: Option<i64>,
    /// Number of files that were looked at (`--stats`).
    pub files: Option<i64>,
    /// How many of them are of which type: `reg`, `dir`, `link`, …
    pub file_types: Map<i64>,
    /// Number of files that were made.
    pub created_files: Option<i64>,
    /// How many of them are of which type.
    pub created_types: Map<i64>,
    /// Number of files that were deleted.
    pub deleted_files: Option<i64>,
    /// How many of them are of which type.
    pub deleted_types: Map<i64>,
    /// Number of regular files that were transferred.
    pub transferred_files: Option<i64>,
    /// Size of all files.
    #[field(unit = "bytes", approximate)]
    pub total_size: Option<i64>,
    /// Size of the files that were transferred.
    #[field(unit = "bytes", approximate)]
    pub transferred_size: Option<i64>,
    /// Data that had to be sent.
    #[field(unit = "bytes", approximate)]
    pub literal_data: Option<i64>,
    /// Data that was there already.
    #[field(unit = "bytes", approximate)]
    pub matched_data: Option<i64>,
    /// Size of the list of files.
    #[field(unit = "bytes", approximate)]
    pub file_list_size: Option<i64>,
    /// Time that it took to make the list.
    #[field(unit = "seconds")]
    pub file_list_generation: Option<f64>,
    /// Time that it took to send the list.
    #[field(unit = "seconds")]
    pub file_list_transfer: Option<f64>,
    /// Bytes sent.
    #[field(unit = "bytes", approximate)]
    pub sent: Option<i64>,
    /// Bytes received.
    #[field(unit = "bytes", approximate)]
    pub received: Option<i64>,
    /// Bytes sent and received a second.
    #[field(unit = "bytes/s", approximate)]
    pub bytes_per_second: Option<f64>,
    /// How many times more the size of all files is.
    pub speedup: Option<f64>,
    /// Blocks that were found (`-vv`).
    pub matches: Option<i64>,
    /// Blocks that looked as if (`-vv`).
    pub hash_hits: Option<i64>,
    /// Blocks that only looked as if (`-vv`).
    pub false_alarms: Option<i64>,
    /// Bytes that were sent as they are (`-vv`).
    pub unmatched_data: Option<i64>,
    /// Whether nothing was done (`-n`).
    pub is_dry_run: bool,
}

/// A file that there is.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry {
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// What it is: `file`, `directory`, `symlink`, …
    pub r#type: Vec<u8>,
    /// Type and permissions.
    pub mode: Vec<u8>,
    /// Size.
    #[field(unit = "bytes", approximate)]
    pub size: i64,
    /// When it was last changed. Local: no offset is printed.
    pub modified: Option<Time>,
    /// What a link leads to.
    pub target: Option<Vec<u8>>,
}

/// How files that are changed are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// The first one will tell.
    Unknown,
    /// With what differs (`-i`).
    Itemised,
    /// By their names alone (`-v`).
    Names,
}

/// Reads `rsync`.
pub struct Rsync {
    style: Style,
    summary: Option<Summary>,
    /// Whether what was told is that of a log file.
    is_log: bool,
    shaped: bool,
    /// Whether there are messages of `-vvv` between the names.
    is_noisy: bool,
    /// Whether files are listed, and not copied (`--list-only`).
    is_list: bool,
    /// What suffixes count in: 1,000, and with `-hh` 1,024.
    base: Base,
}

/// What a log has and the output has not.
const LOGGED: [&str; 2] = ["timestamp", "pid"];
/// What is said with `--stats` alone.
const STATISTICS: [&str; 13] = [
    "files",
    "file_types",
    "created_files",
    "created_types",
    "deleted_files",
    "deleted_types",
    "transferred_files",
    "transferred_size",
    "literal_data",
    "matched_data",
    "file_list_size",
    "file_list_generation",
    "file_list_transfer",
];
/// What is said with `-vv` alone.
const BLOCKS: [&str; 4] = ["matches", "hash_hits", "false_alarms", "unmatched_data"];

const EXPECTED: &str = "what rsync prints with `-i`, `-v`, `--stats` or `--list-only`";

impl Parser for Rsync {
    const ABOUT: About = About {
        name: "rsync",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files that rsync copies or lists, and what it did in all",
        commands: &["rsync"],
        dialect: "any",
        platforms: &["linux", "macos", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Transfer;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&[
            "i itemize-changes",
            "v verbose",
            "h human-readable",
            "e rsh=",
            "f filter=",
            "exclude=",
            "include=",
            "B block-size=",
            "T temp-dir=",
            "M remote-option=",
        ]);
        let human = |argument: &&Argument<'_>| matches!(argument, Argument::Flag("h"));
        let is_binary = arguments.as_ref().is_some_and(|arguments| arguments.iter().filter(human).count() > 1);
        let base = if is_binary { Base::Binary } else { Base::Decimal };
        let style = match arguments {
            Some(arguments) if arguments.contains(&Argument::Flag("i")) => Style::Itemised,
            Some(arguments) if arguments.contains(&Argument::Flag("v")) => Style::Names,
            _ => Style::Unknown,
        };
        Rsync { style, summary: None, is_log: false, shaped: false, is_noisy: false, is_list: false, base }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() || is_progress(whole) {
            return Ok(());
        }
        let (log, text) = log_entry(whole)?;
        if !self.shaped {
            self.shaped = true;
            self.is_log = log.is_some();
            if !self.is_log {
                rows.without_of(0, LOGGED);
            }
        }
        if self.is_log {
            rows.recognise();
        }
        if self.is_log && log.is_none() {
            return Err(line.expected("`YEAR/MONTH/DAY HOUR:MINUTE:SECOND [PID] …`, as in the lines before").into());
        }
        let (timestamp, pid) = log.map_or((None, None), |(timestamp, pid)| (Some(timestamp), Some(pid)));
        if let Some(change) = itemised(text)? {
            self.flush(rows);
            self.style = Style::Itemised;
            rows.push(Transfer::Change(Change { timestamp, pid, ..change }));
            return Ok(());
        }
        if let Some(entry) = listed(text, self.base)? {
            self.is_list = true;
            rows.push(Transfer::Entry(entry));
            return Ok(());
        }
        let (begun, base) = (self.summary.is_some(), self.base);
        let summary = self.summary.get_or_insert_with(|| Summary { timestamp, pid, ..Summary::default() });
        if summary.read(text, base)? {
            rows.recognise();
            // The last line of it.
            if text.find("speedup is ").is_some() || text.find("  total size ").is_some() {
                self.flush(rows);
            }
            return Ok(());
        }
        if !begun {
            self.summary = None;
        }
        if is_message(text) {
            rows.recognise();
            return Ok(());
        }
        if !rows.recognised() && self.style == Style::Unknown {
            return Err(line.expected(EXPECTED).into());
        }
        if self.is_list {
            return Err(line.expected("`MODE SIZE DATE TIME NAME`, as in the lines before").into());
        }
        if self.style == Style::Itemised || self.is_log {
            rows.warn_once("messages", || {
                text.problem(format!("lines that are no changes are left out, such as {}", text.quoted()))
            });
            return Ok(());
        }
        // With `-vvv` there are so many messages that nobody knows which of the lines are names: what differs (`-i`) says it.
        let noise =
            ["[sender] ", "[receiver] ", "[generator] ", "[Receiver] ", "recv_", "send_file", "server_sender", "server_recv"];
        if noise.iter().any(|noise| text.bytes.starts_with(noise.as_bytes())) {
            self.is_noisy = true;
        }
        if self.is_noisy {
            return Ok(());
        }
        self.style = Style::Names;
        let (name, update) = match text.strip_suffix(" is uptodate") {
            Some(name) => (name, "not updated"),
            None => text.strip_prefix("deleting ").map_or((text, ""), |name| (name, "deleted")),
        };
        let update = Some(update.as_bytes().to_vec()).filter(|update| !update.is_empty());
        let (path, target) = name.split_once(" -> ").map_or((name, None), |(path, target)| (path, Some(target)));
        rows.push(Transfer::Change(Change {
            path: unescape(path.bytes),
            target: target.map(|target| unescape(target.bytes)),
            update,
            ..Change::default()
        }));
        Ok(())
    }

    fn finish(&mut self, _: &outparse_sdk::Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        if self.is_noisy && self.style != Style::Itemised {
            return Err(Error::malformed("with `-vvv`, names and messages cannot be told apart: run it with `-i`"));
        }
        Ok(())
    }
}

impl Rsync {
    fn flush(&mut self, rows: &mut Rows<Transfer>) {
        let Some(summary) = self.summary.take() else { return };
        let mut without = Vec::new();
        if !self.is_log {
            without.extend(LOGGED);
        }
        if summary.files.is_none() {
            without.extend(STATISTICS);
        }
        if summary.matches.is_none() {
            without.extend(BLOCKS);
        }
        rows.without_of(1, without);
        rows.push(Transfer::Summary(Box::new(summary)));
    }
}

/// When a line was written to a log, and by which process.
type Logged = (Vec<u8>, i64);

/// `2022/01/28 04:37:34 [9349] TEXT`: the time, the process, and the text.
fn log_entry(whole: Field<'_>) -> Result<(Option<Logged>, Field<'_>), Problem> {
    if !whole.part(0, 20).has_shape("0000/00/00 00:00:00 ") {
        return Ok((None, whole));
    }
    let rest = whole.split_at(20).1;
    let Some((pid, text)) = rest.strip_prefix("[").and_then(|rest| rest.split_once("] ")) else {
        return Err(rest.expected("`[PID]`"));
    };
    Ok((Some((whole.part(0, 19).bytes.to_vec(), pid.integer()?)), text))
}

/// `              3  37%    0.00kB/s    0:00:00 (xfr#1, to-chk=4/6)`, again and again in one line.
fn is_progress(whole: Field<'_>) -> bool {
    let last = whole.bytes.rsplit(|byte| *byte == b'\r').find(|piece| !piece.trim_ascii().is_empty()).unwrap_or_default();
    let words: Vec<Field<'_>> = Field::from(last).fields().take(3).collect();
    let [amount, percent, rate] = words[..] else { return false };
    last.starts_with(b"  ") && amount.bytes[0].is_ascii_digit() && percent.percent().is_ok() && rate.bytes.ends_with(b"B/s")
}

/// `>f.st...... NAME`, `*deleting   NAME`
fn itemised(text: Field<'_>) -> Result<Option<Change>, Problem> {
    if let Some(name) = text.strip_prefix("*deleting ") {
        // Three letters more, as wide as the others.
        let name = name.strip_prefix("  ").unwrap_or(name);
        let update = Some(b"deleted".to_vec());
        return Ok(Some(Change { path: unescape(name.bytes), update, code: Some(b"*deleting".to_vec()), ..Change::default() }));
    }
    // Where nothing differs there are blanks for the marks.
    let unmarked =
        [12, 10].into_iter().find(|width| text.bytes.get(2..*width).is_some_and(|marks| marks.iter().all(|mark| *mark == b' ')));
    let parts = match unmarked {
        Some(width) => Some((text.part(0, width - 1), text.split_at(width).1)),
        None => text.split_once(" "),
    };
    let Some((code, name)) = parts else { return Ok(None) };
    let [update, kind, marks @ ..] = code.bytes else { return Ok(None) };
    let update = match update {
        b'<' => "sent",
        b'>' => "received",
        b'c' => "local change or creation",
        b'h' => "hard link",
        b'.' => "not updated",
        _ => return Ok(None),
    };
    let kind = match kind {
        b'f' => "file",
        b'd' => "directory",
        b'L' => "symlink",
        b'D' => "device",
        b'S' => "special",
        _ => return Ok(None),
    };
    // Old versions know fewer marks.
    if !(5..=9).contains(&marks.len()) || !marks.iter().all(|mark| b".+?cstTpoguaxnb ".contains(mark)) {
        let wanted = "`.`, `+` or a letter for each of what may differ";
        return if marks.len() >= 5 && marks.contains(&b'.') { Err(code.expected(wanted)) } else { Ok(None) };
    }
    let is_new = marks.contains(&b'+');
    let mut differs = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let what = match (place, mark) {
            (_, b'.' | b'+' | b'?' | b' ') => continue,
            (0, b'c') => "content",
            (1, b's') => "size",
            (2, b't') => "time",
            (2, b'T') => "transfer time",
            (3, b'p') => "permissions",
            (4, b'o') => "owner",
            (5, b'g') => "group",
            (6, b'u') => "access time",
            (6, b'n') => "creation time",
            (6, b'b') => {
                differs.push(b"access time".to_vec());
                "creation time"
            }
            (7, b'a') => "acl",
            (8, b'x') => "attributes",
            _ => return Err(code.expected("a letter where it belongs")),
        };
        differs.push(what.as_bytes().to_vec());
    }
    let arrow = match (kind, update) {
        ("symlink", _) => name.split_once(" -> "),
        (_, "hard link") => name.split_once(" => "),
        _ => None,
    };
    let (path, target) = arrow.map_or((name, None), |(path, target)| (path, Some(target)));
    Ok(Some(Change {
        path: unescape(path.bytes),
        update: Some(update.as_bytes().to_vec()),
        r#type: Some(kind.as_bytes().to_vec()),
        is_new: Some(is_new),
        differs,
        target: target.map(|target| unescape(target.bytes)),
        code: Some(code.bytes.to_vec()),
        ..Change::default()
    }))
}

/// `-rw-r--r--          4,096 2026/11/29 01:39:31 NAME`
fn listed(text: Field<'_>, base: Base) -> Result<Option<Entry>, Problem> {
    let Ok([mode, size, date, clock, _]) = text.fields_and_rest() else { return Ok(None) };
    if !is_mode(mode.bytes) || !date.has_shape("0000/00/00") {
        return Ok(None);
    }
    let name = text.part(clock.end() - text.start() + 1, text.bytes.len());
    let iso: Vec<u8> = date.bytes.iter().map(|byte| if *byte == b'/' { b'-' } else { *byte }).collect();
    let modified = Time::iso(&[&iso[..], b" ", clock.bytes].concat()).ok_or_else(|| date.expected("a date and a time of day"))?;
    let link = if mode.bytes[0] == b'l' { name.split_once(" -> ") } else { None };
    let (path, target) = link.map_or((name, None), |(path, target)| (path, Some(target)));
    Ok(Some(Entry {
        path: unescape(path.bytes),
        r#type: type_of(mode.bytes[0]).unwrap_or_default().as_bytes().to_vec(),
        mode: mode.bytes.to_vec(),
        size: amount(size, base)?,
        modified: Some(modified),
        target: target.map(|target| unescape(target.bytes)),
    }))
}

/// What rsync says beside names.
fn is_message(text: Field<'_>) -> bool {
    let known = ["sending incremental file list", "receiving incremental file list", "delta-transmission "];
    known.iter().any(|known| text.bytes.starts_with(known.as_bytes()))
        || ["building file list", "receiving file list", "sending file list"]
            .iter()
            .any(|known| text.bytes.starts_with(known.as_bytes()))
        || text.strip_prefix("created directory ").is_some()
        || text.strip_suffix("files to consider").is_some()
}

impl Summary {
    /// A line of the summary. False where it is none.
    fn read(&mut self, text: Field<'_>, base: Base) -> Result<bool, Problem> {
        if let Some(rest) = text.strip_prefix("sent ").filter(|rest| rest.find(" bytes  received ").is_some()) {
            let expected = || text.expected("`sent NUMBER bytes  received NUMBER bytes  NUMBER bytes/sec`");
            let (sent, rest) = rest.split_once(" bytes  received ").ok_or_else(expected)?;
            let (received, rest) = rest.split_once(" bytes  ").ok_or_else(expected)?;
            (self.sent, self.received) = (Some(amount(sent, base)?), Some(amount(received, base)?));
            // In a log there is a size instead of the rate.
            match rest.strip_prefix("total size ") {
                Some(size) => self.total_size = Some(amount(size.trim(), base)?),
                None => self.bytes_per_second = Some(rate(rest.trim().strip_suffix(" bytes/sec").ok_or_else(expected)?, base)?),
            }
            return Ok(true);
        }
        if let Some(rest) = text.strip_prefix("total size is ") {
            let expected = || text.expected("`total size is NUMBER  speedup is NUMBER`");
            let (size, speedup) = rest.split_once("  speedup is ").ok_or_else(expected)?;
            let [speedup, remark] = speedup.fields_and_rest()?;
            self.total_size = Some(amount(size, base)?);
            self.speedup = Some(rate(speedup, base)?);
            self.is_dry_run = remark.bytes.starts_with(b"(DRY RUN)");
            return Ok(true);
        }
        if let Some(rest) = text.strip_prefix("total: matches=") {
            let mut words = rest.fields();
            self.matches = Some(words.next().unwrap_or(rest).integer()?);
            for word in words {
                let expected = || word.expected("`hash_hits=NUMBER`, `false_alarms=NUMBER` or `data=NUMBER`");
                let (name, number) = word.split_once("=").ok_or_else(expected)?;
                match name.bytes {
                    b"hash_hits" => self.hash_hits = Some(number.integer()?),
                    b"false_alarms" => self.false_alarms = Some(number.integer()?),
                    b"data" => self.unmatched_data = Some(number.integer()?),
                    _ => return Err(expected()),
                }
            }
            return Ok(true);
        }
        let Some((name, value)) = text.split_once(": ") else { return Ok(false) };
        let bytes = || amount(value.trim().strip_suffix(" bytes").unwrap_or(value.trim()), base);
        let seconds = || value.trim().strip_suffix(" seconds").ok_or_else(|| value.expected("`NUMBER seconds`"))?.float();
        match name.bytes {
            b"Number of files" => (self.files, self.file_types) = counts(value, base)?,
            b"Number of created files" => (self.created_files, self.created_types) = counts(value, base)?,
            b"Number of deleted files" => (self.deleted_files, self.deleted_types) = counts(value, base)?,
            b"Number of regular files transferred" | b"Number of files transferred" => {
                self.transferred_files = Some(amount(value.trim(), base)?)
            }
            b"Total file size" => self.total_size = Some(bytes()?),
            b"Total transferred file size" => self.transferred_size = Some(bytes()?),
            b"Literal data" => self.literal_data = Some(bytes()?),
            b"Matched data" => self.matched_data = Some(bytes()?),
            b"File list size" => self.file_list_size = Some(bytes()?),
            b"File list generation time" => self.file_list_generation = Some(seconds()?),
            b"File list transfer time" => self.file_list_transfer = Some(seconds()?),
            b"Total bytes sent" => self.sent = Some(bytes()?),
            b"Total bytes received" => self.received = Some(bytes()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `7 (reg: 3, dir: 2, link: 1, special: 1)`
fn counts(value: Field<'_>, base: Base) -> Result<(Option<i64>, Map<i64>), Problem> {
    let value = value.trim();
    let Some((all, types)) = value.strip_suffix(")").and_then(|value| value.split_once(" (")) else {
        return Ok((Some(amount(value, base)?), Map::default()));
    };
    let mut found = Map::default();
    for part in types.split(", ") {
        let (name, number) = part.split_once(": ").ok_or_else(|| part.expected("`TYPE: NUMBER`"))?;
        found.0.push((name.bytes.to_vec(), amount(number, base)?));
    }
    Ok((Some(amount(all, base)?), found))
}

/// A whole number with its digits in groups, `1,708`, or one with a suffix (`-h`), `1.71K`, which counts in `base`.
fn amount(field: Field<'_>, base: Base) -> Result<i64, Problem> {
    if field.bytes.last().is_some_and(u8::is_ascii_alphabetic) {
        return field.size(base);
    }
    let digits = ungrouped(field.bytes).ok_or_else(|| field.expected("a whole number"))?;
    Field { bytes: &digits, ..field }.integer()
}

/// A number with two decimals, its digits in groups: `4,554.00`; perhaps with a suffix.
fn rate(field: Field<'_>, base: Base) -> Result<f64, Problem> {
    if field.bytes.last().is_some_and(u8::is_ascii_alphabetic) {
        return Ok(field.size(base)? as f64);
    }
    let expected = || field.expected("a number with two decimals");
    let point = field.bytes.iter().rposition(|byte| matches!(byte, b'.' | b',')).ok_or_else(expected)?;
    let whole = ungrouped(&field.bytes[..point]).ok_or_else(expected)?;
    let text = [&whole[..], b".", &field.bytes[point + 1..]].concat();
    Field { bytes: &text, ..field }.float()
}

/// Without the marks between groups of three digits.
fn ungrouped(text: &[u8]) -> Option<Vec<u8>> {
    let groups: Vec<&[u8]> = text.split(|byte| matches!(byte, b',' | b'.')).collect();
    let (first, rest) = groups.split_first()?;
    let right = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    right.then(|| groups.concat())
}

/// A name as rsync prints it: `\#012` stands for a byte.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = rest.strip_prefix(b"\\#").and_then(|code| code.get(..3));
        match digits.filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) && digits[0] <= b'3') {
            Some(digits) => {
                name.push(digits.iter().fold(0, |byte: u8, digit| byte.wrapping_mul(8) + (digit - b'0')));
                rest = &rest[5..];
            }
            None => {
                name.push(*first);
                rest = after;
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Rsync;

    const ITEMS: &[u8] = b"sending incremental file list\n*deleting   old name\n.d..t...... ./\n>f.st......  a b\n<f+++++++++ new\\#012line\ncL+++++++++ link -> a b\n\
        hf+++++++++ c => a\n.f....og..x d\n\nNumber of files: 1,007 (reg: 1,003, dir: 4)\nNumber of created files: 0\nTotal file size: 8 bytes\n\
        File list generation time: 0.001 seconds\nTotal bytes sent: 327\n\nsent 1,708 bytes  received 569 bytes  4,554.00 bytes/sec\n\
        total size is 235  speedup is 0.10 (DRY RUN)\n";

    #[test]
    fn changes_are_read() {
        let parsed = parse::<Rsync>(None, ITEMS);
        let records = parsed.sound();
        assert_eq!(records.len(), 8, "{records:?}");
        assert_eq!(records[0], r#"{"kind":"change","path":"old name","update":"deleted","differs":[],"code":"*deleting"}"#);
        assert_eq!(
            records[2],
            r#"{"kind":"change","path":" a b","update":"received","type":"file","is_new":false,"differs":["size","time"],"code":">f.st......"}"#
        );
        assert!(
            records[3].contains(r#""path":"new\nline","update":"sent","type":"file","is_new":true,"differs":[]"#),
            "{}",
            records[3]
        );
        assert!(records[4].contains(r#""path":"link","#) && records[4].contains(r#""target":"a b""#), "{}", records[4]);
        assert!(
            records[5].contains(r#""path":"c","update":"hard link""#) && records[5].contains(r#""target":"a""#),
            "{}",
            records[5]
        );
        assert!(records[6].contains(r#""differs":["owner","group","attributes"]"#), "{}", records[6]);
        assert_eq!(
            records[7],
            r#"{"kind":"summary","files":1007,"file_types":{"reg":1003,"dir":4},"created_files":0,"created_types":{},"deleted_types":{},"total_size":235,"file_list_generation":0.001,"sent":1708,"received":569,"bytes_per_second":4554,"speedup":0.1,"is_dry_run":true}"#
        );
        assert_any_split::<Rsync>(None, ITEMS);
    }

    #[test]
    fn names_lists_and_logs_are_read() {
        let names = b"sending incremental file list\ncreated directory dst\n./\na b\n\r              3 100%    0.00kB/s    0:00:00 (xfr#1, to-chk=4/6)\nlink -> x\ndeleting c\n\nsent 9 bytes  received 9 bytes  36.00 bytes/sec\ntotal size is 1.50M  speedup is 1,234.50\n";
        let parsed = parse::<Rsync>(None, names);
        let records = parsed.sound();
        assert_eq!(records.len(), 5, "{records:?}");
        assert_eq!(records[1], r#"{"kind":"change","path":"a b","differs":[]}"#);
        assert!(records[3].contains(r#""path":"c","update":"deleted""#), "{}", records[3]);
        assert!(records[4].contains(r#""total_size":1500000"#) && records[4].contains(r#""speedup":1234.5"#), "{}", records[4]);

        let list =
            parse::<Rsync>(None, b"drwxr-xr-x          4,096 2026/11/29 01:39:31 .\nlrwxrwxrwx 1 2026/11/29 01:39:31  l -> a\n");
        assert_eq!(
            list.sound(),
            [
                r#"{"kind":"entry","path":".","type":"directory","mode":"drwxr-xr-x","size":4096,"modified":"2026-11-29T01:39:31"}"#,
                r#"{"kind":"entry","path":" l","type":"symlink","mode":"lrwxrwxrwx","size":1,"modified":"2026-11-29T01:39:31","target":"a"}"#,
            ]
        );

        let log = parse::<Rsync>(None, b"2026/11/29 01:39:32 [22325] building file list\n2026/11/29 01:39:32 [22325] >f+++++++++ a\n2026/11/29 01:39:32 [22325] recv_files(.)\n2026/11/29 01:39:33 [22325] sent 313 bytes  received 119 bytes  total size 8\n");
        assert_eq!((log.records.len(), log.problems.len()), (2, 1), "{log:?}");
        log.has(0, &[r#""timestamp":"2026/11/29 01:39:32""#, r#""pid":22325"#]);
        log.has(1, &[r#""sent":313"#, r#""total_size":8"#]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let noisy = parse::<Rsync>(
            None,
            b"building file list\n[sender] make_file(a,*,2)\nrecv_file_name(a)\na\n.f          a  b\n.f        old\n",
        );
        noisy.has(0, &[r#""path":"a  b","update":"not updated","type":"file","is_new":false,"differs":[]"#]);
        assert_eq!((noisy.records.len(), noisy.failure), (2, None));
        let parsed = parse::<Rsync>(None, b"sending incremental file list\n[sender] make_file(a,*,2)\nrecv_file_name(a)\n");
        assert!(parsed.failure.is_some_and(|failure| failure.contains("run it with `-i`")));
        assert_unrecognised::<Rsync>(["hello\n", "a/b\n", ">f what\n", "rsync: link_stat failed\n"]);
        let parsed = parse::<Rsync>(None, b">f+++++++++ a\n>f.q....... b\n>f..s...... c\n.f......... d\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
    }
}
