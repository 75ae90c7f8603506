//! `rsync`: what it changes (`-i`, `-v`, a log file), what it did in all (`--stats`), and what there is (`--list-only`).

mod change;
mod entry;
mod name;
mod number;
mod summary;

use outparse_sdk::{About, Argument, Base, Error, Field, Line, Parser, Problem, Record, Rows, Source};

pub use change::Change;
pub use entry::Entry;
use entry::listed;
pub use summary::Summary;

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
        if let Some(change) = Change::itemised(text)? {
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
        self.name(line, text, rows)
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
    /// A line that is nothing else: the name of a file, where these are printed alone.
    fn name(&mut self, line: Line<'_>, text: Field<'_>, rows: &mut Rows<Transfer>) -> Result<(), Error> {
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
        self.is_noisy |= is_noise(text);
        if !self.is_noisy {
            self.style = Style::Names;
            rows.push(Transfer::Change(Change::named(text)));
        }
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Transfer>) {
        let Some(summary) = self.summary.take() else { return };
        let mut without = summary.unsaid();
        if !self.is_log {
            without.extend(LOGGED);
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

/// What rsync says beside names.
fn is_message(text: Field<'_>) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "sending incremental file list",
        "receiving incremental file list",
        "delta-transmission ",
        "building file list",
        "receiving file list",
        "sending file list",
        "created directory ",
    ];
    begins_with_one(text, &BEGINNINGS) || text.strip_suffix("files to consider").is_some()
}

/// What rsync says with `-vvv`.
fn is_noise(text: Field<'_>) -> bool {
    const BEGINNINGS: [&str; 8] =
        ["[sender] ", "[receiver] ", "[generator] ", "[Receiver] ", "recv_", "send_file", "server_sender", "server_recv"];
    begins_with_one(text, &BEGINNINGS)
}

fn begins_with_one(text: Field<'_>, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| text.bytes.starts_with(beginning.as_bytes()))
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
