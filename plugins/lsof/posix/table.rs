//! The table: titles, and rows below them in which any cell may be empty.

use outparse_sdk::{Error, Field, Line, Problem, Rows};

use super::file::{OpenFile, offset, unescaped};

/// What a capture begins with.
pub(super) const EXPECTED: &str = "the titles `COMMAND PID … NAME`, or with `-F` a line `pPID`";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Command,
    Pid,
    Tid,
    ThreadCommand,
    Pgid,
    Ppid,
    User,
    Fd,
    Type,
    Device,
    SizeOrOffset,
    Size,
    Offset,
    Links,
    Node,
    Other,
}

const COLUMNS: [(&str, Column); 17] = [
    ("COMMAND", Column::Command),
    ("PID", Column::Pid),
    ("TID", Column::Tid),
    ("TASKCMD", Column::ThreadCommand),
    ("PGID", Column::Pgid),
    ("PPID", Column::Ppid),
    ("USER", Column::User),
    ("FD", Column::Fd),
    ("TYPE", Column::Type),
    ("DEVICE", Column::Device),
    ("SIZE/OFF", Column::SizeOrOffset),
    ("SIZE", Column::Size),
    ("OFFSET", Column::Offset),
    ("NLINK", Column::Links),
    ("NODE", Column::Node),
    ("ZONE", Column::Other),
    ("SECURITY-CONTEXT", Column::Other),
];

/// What follows from the name of a file, which is the last column.
const BY_NAME: [&str; 9] = [
    "protocol",
    "local_address",
    "local_port",
    "local_service",
    "remote_address",
    "remote_port",
    "remote_service",
    "state",
    "name",
];

impl Column {
    /// The fields that a cell of it says something of.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Column::Command => &["command"],
            Column::Pid => &["pid"],
            Column::Tid => &["tid"],
            Column::ThreadCommand => &["thread_command"],
            Column::Pgid => &["pgid"],
            Column::Ppid => &["ppid"],
            Column::User => &["user"],
            Column::Fd => &["fd", "file_descriptor", "access", "lock"],
            Column::Type => &["type"],
            Column::Device => &["device"],
            Column::SizeOrOffset => &["size", "offset"],
            Column::Size => &["size"],
            Column::Offset => &["offset"],
            Column::Links => &["links"],
            Column::Node => &["inode", "node"],
            Column::Other => &[],
        }
    }

    /// Puts a cell of it.
    fn put(self, word: Field<'_>, file: &mut OpenFile) -> Result<(), Problem> {
        let owned = Some(word.bytes.to_vec());
        match self {
            Column::Command | Column::Other => {}
            Column::Pid => file.pid = Some(word.integer()?),
            Column::Tid => file.tid = Some(word.integer()?),
            Column::ThreadCommand => file.thread_command = Some(unescaped(word.bytes)),
            Column::Pgid => file.pgid = Some(word.integer()?),
            Column::Ppid => file.ppid = Some(word.integer()?),
            Column::User => file.user = owned,
            Column::Fd => file.set_descriptor(word),
            Column::Type => file.r#type = owned,
            Column::Device => file.device = owned,
            Column::SizeOrOffset if word.bytes.starts_with(b"0t") || word.bytes.starts_with(b"0x") => {
                file.offset = Some(offset(word)?)
            }
            Column::SizeOrOffset | Column::Size => file.size = Some(word.integer()?),
            Column::Offset => file.offset = Some(offset(word)?),
            Column::Links => file.links = Some(word.integer()?),
            // That is a device, or an offset, which stands in the wrong column.
            Column::Node if word.bytes.starts_with(b"0x") || word.bytes.starts_with(b"0t") => {
                return Err(word.expected("an inode or a protocol"));
            }
            Column::Node => {
                file.inode = word.as_integer();
                file.node = owned.filter(|_| file.inode.is_none());
            }
        }
        Ok(())
    }
}

/// The columns.
pub(super) struct Table {
    /// Titles and where they end, but for the last one, which is `NAME`.
    titles: Vec<(Column, usize)>,
    name_start: usize,
}

impl Table {
    /// `COMMAND PID … NAME`
    pub(super) fn begin(line: Line<'_>, rows: &mut Rows<OpenFile>) -> Result<Table, Error> {
        let words = line.words();
        let (name, others) = words
            .split_last()
            .filter(|(name, _)| name.bytes == b"NAME")
            .ok_or_else(|| Error::Unrecognised(line.expected(EXPECTED)))?;
        let mut titles = Vec::with_capacity(others.len());
        for word in others {
            let known = COLUMNS.iter().find(|(title, _)| title.as_bytes() == word.bytes);
            let (_, column) = known.ok_or_else(|| Error::Unrecognised(word.expected("a title of lsof")))?;
            titles.push((*column, word.end()));
        }
        rows.shape(titles.iter().flat_map(|(column, _)| column.fields()).chain(&BY_NAME));
        rows.recognise();
        Ok(Table { titles, name_start: name.start() })
    }

    /// Cells end where their titles end, but for the first and the last one; what stands behind a descriptor's number reaches
    /// over the end by two.
    pub(super) fn row(&self, line: Field<'_>) -> Result<OpenFile, Problem> {
        let mut file = OpenFile::default();
        let mut words = line.fields();
        let command = words.next().ok_or_else(|| line.expected("an open file"))?;
        file.command = Some(unescaped(command.bytes));
        let mut last = 0;
        for word in words {
            // A wide cell moves the name to the right, and nothing else.
            if word.start() + 1 >= self.name_start && last + 1 == self.titles.len() || word.start() >= self.name_start {
                break;
            }
            let far = |end: usize| end.abs_diff(word.end());
            let nearest = self.titles.iter().enumerate().skip(last + 1).min_by_key(|(_, (_, end))| far(*end));
            let Some((at, (column, end))) = nearest else { break };
            if far(*end) > 2 && *column != Column::User {
                return Err(word.expected("a cell that ends below the end of its title"));
            }
            last = at;
            column.put(word, &mut file)?;
        }
        let (before, name) = line.split_at(self.name_start.min(line.bytes.len()));
        let is_blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        if !is_blank(before.bytes.last()) && !is_blank(name.bytes.first()) {
            return Err(name.expected("a name that begins below its title"));
        }
        file.set_name(name.trim());
        if file.pid.is_none() {
            return Err(line.expected("a process ID"));
        }
        // Each file has a type, but for a folder of descriptors that could not be opened.
        let has_types = self.titles.iter().any(|(column, _)| matches!(column, Column::Type));
        if has_types && file.r#type.is_none() && file.fd.as_deref() != Some(b"NOFD") {
            return Err(line.expected("a type of a file in its column"));
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use crate::Lsof;

    #[test]
    fn a_row_that_does_not_stand_below_its_titles_is_a_problem() {
        let titles = "COMMAND PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n";
        for row in [
            "init      1 root  txt   VREG   0,82  1210528 1234  /sbin/init\n",
            "sshd    800 root    3u  IPv6 0xfffff80003a3c000  0t0  TCP *:ssh (LISTEN)\n",
        ] {
            let row = row.replace("1234  /", "12341/");
            let parsed = parse::<Lsof>(None, format!("{titles}{row}").as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
        }
    }

    #[test]
    fn a_line_without_a_type_is_no_file() {
        let capture = b"COMMAND PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\nzgarbage 12 34: foo\n";
        let parsed = parse::<Lsof>(None, capture);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
    }

    #[test]
    fn queues_are_no_state() {
        let capture = "COMMAND PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n\
            sshd    800 root    3u  IPv4  18888      0t0  TCP *:22 (LISTEN QR=0 QS=0)\n\
            sshd    800 root    4u  IPv4  18889      0t0  TCP *:23 (QR=0 QS=0)\n";
        let parsed = parse::<Lsof>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""state":"LISTEN""#), "{parsed:?}");
        assert!(!parsed.sound()[1].contains(r#""state""#), "{parsed:?}");
    }

    #[test]
    fn escapes_are_what_they_stand_for() {
        let capture = "COMMAND  PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n\
            a\\tb\\x20c  77 me    cwd    DIR  254,0     4096   12 /a\\tb c\\\\x20\\nd\n\
            q\\\\tz     78 me    cwd    DIR  254,0     4096   12 /\n";
        let parsed = parse::<Lsof>(None, capture.as_bytes());
        parsed.has(0, &[r#""command":"a\tb c""#, r#""name":"/a\tb c\\x20\nd""#]);
        parsed.has(1, &[r#""command":"q\\tz""#]);
    }

    #[test]
    fn empty_cells_move_nothing() {
        let capture = "COMMAND    PID  TID    USER   FD      TYPE DEVICE  SIZE/OFF     NODE NAME\n\
            systemd      1         root  cwd   unknown                           /proc/1/cwd (readlink: Permission denied)\n\
            systemd      1         root NOFD                                     /proc/1/fd (opendir: Permission denied)\n\
            a\\x20b      77   78      me    3uW     REG  254,0   1265648   247003 /a b\n";
        let parsed = parse::<Lsof>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (3, &[][..]), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""fd":"NOFD","file_descriptor":null"#), "{parsed:?}");
        assert!(parsed.records[2].starts_with(r#"{"command":"a b","pid":77,"tid":78,"user":"me","fd":"3uW","file_descriptor":3,"access":"u","lock":"W","type":"REG""#), "{parsed:?}");
        assert!(parsed.records[2].contains(r#""size":1265648,"offset":null,"inode":247003"#), "{parsed:?}");
        assert_any_split::<Lsof>(None, capture.as_bytes());
    }
}
