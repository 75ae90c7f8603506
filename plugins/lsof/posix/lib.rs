//! `lsof` prints a table of open files in which any cell may be empty; with `-F`, a line each value, which a letter names.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, escape};

/// An open file, or what stands for a process without one.
#[derive(Clone, Debug, Default, Record)]
pub struct OpenFile {
    /// Name of the process, shortened to nine characters unless `+c` says otherwise.
    pub command: Option<Vec<u8>>,
    /// Its process ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// Its thread, where threads are listed.
    pub tid: Option<i64>,
    /// Name of the thread.
    pub thread_command: Option<Vec<u8>>,
    /// Its process group (`-g`).
    pub pgid: Option<i64>,
    /// Its parent (`-R`).
    pub ppid: Option<i64>,
    /// User name or ID.
    pub user: Option<Vec<u8>>,
    /// What it is to the process: `cwd`, `txt`, `mem`, or a descriptor with its mode, `3u`.
    #[field(key)]
    pub fd: Option<Vec<u8>>,
    /// The descriptor's number.
    pub file_descriptor: Option<i64>,
    /// How it is open: `r`, `w` or `u`, which is both.
    pub access: Option<Vec<u8>>,
    /// Lock that the process has on it.
    pub lock: Option<Vec<u8>>,
    /// Type: `REG`, `DIR`, `IPv4`, `unix`, …
    pub r#type: Option<Vec<u8>>,
    /// Device, by numbers or address.
    pub device: Option<Vec<u8>>,
    /// Size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Offset in it, where that is printed in place of the size.
    #[field(unit = "bytes")]
    pub offset: Option<i64>,
    /// Inode.
    pub inode: Option<i64>,
    /// What stands in place of the inode: a protocol, or a number of another kind.
    pub node: Option<Vec<u8>>,
    /// Number of links (`+L`).
    pub links: Option<i64>,
    /// Protocol of a socket.
    pub protocol: Option<Vec<u8>>,
    /// Local address of a socket.
    pub local_address: Option<Vec<u8>>,
    /// Local port.
    pub local_port: Option<i64>,
    /// Local port by name.
    pub local_service: Option<Vec<u8>>,
    /// Address of the other side.
    pub remote_address: Option<Vec<u8>>,
    /// Port of the other side.
    pub remote_port: Option<i64>,
    /// Port of the other side by name.
    pub remote_service: Option<Vec<u8>>,
    /// State of a socket: `LISTEN`, `ESTABLISHED`, …
    pub state: Option<Vec<u8>>,
    /// Name: path, addresses, or what could not be told.
    pub name: Option<Vec<u8>>,
}

/// Reads `lsof`.
pub struct Lsof {
    /// Titles and where they end. The last one is `NAME`.
    titles: Vec<(Column, usize)>,
    name_start: usize,
    /// Whether a letter names each value.
    letters: bool,
    process: OpenFile,
    file: Option<OpenFile>,
    /// Whether a line `fFD` begins each file, and whether the process had one so far.
    has_descriptors: bool,
    has_files: bool,
    /// Whether the number of the process could not be read.
    is_lost: bool,
    /// Whether the descriptor of the file could not be read.
    is_file_lost: bool,
    /// The letters of the file's values so far.
    seen: Vec<u8>,
}

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

const EXPECTED: &str = "the titles `COMMAND PID … NAME`, or with `-F` a line `pPID`";

impl Parser for Lsof {
    const ABOUT: About = About {
        name: "lsof-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Open files, as lsof prints them",
        commands: &["lsof"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = OpenFile;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["F=", "i=", "p=", "u=", "c=", "g=", "d="]).unwrap_or_default();
        let letters = arguments.iter().any(|argument| matches!(argument, Argument::Value("F", _)))
            || source.arguments.as_deref().unwrap_or_default().iter().any(|word| word.starts_with("-F"));
        Lsof {
            titles: Vec::new(),
            name_start: 0,
            letters,
            process: OpenFile::default(),
            file: None,
            has_descriptors: false,
            has_files: false,
            is_lost: false,
            is_file_lost: false,
            seen: Vec::new(),
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.letters {
            return self.letter(line.whole(), rows);
        }
        if line.bytes.starts_with(b"COMMAND ") {
            self.heading(line, rows)?;
            return Ok(());
        }
        if self.titles.is_empty() {
            if line.bytes[0] == b'p' && line.part(1, usize::MAX).split("\0").next().is_some_and(|pid| pid.as_integer().is_some())
            {
                self.letters = true;
                return self.letter(line.whole(), rows);
            }
            return Err(Error::Unrecognised(line.expected(EXPECTED)));
        }
        rows.push(self.row(line.whole())?);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.end_process(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl Lsof {
    fn heading(&mut self, line: Line<'_>, rows: &mut Rows<OpenFile>) -> Result<(), Error> {
        let words = line.words();
        let (name, others) = words
            .split_last()
            .filter(|(name, _)| name.bytes == b"NAME")
            .ok_or_else(|| Error::Unrecognised(line.expected(EXPECTED)))?;
        self.name_start = name.start();
        self.titles.clear();
        for word in others {
            let known = COLUMNS.iter().find(|(title, _)| title.as_bytes() == word.bytes);
            let (_, column) = known.ok_or_else(|| Error::Unrecognised(word.expected("a title of lsof")))?;
            self.titles.push((*column, word.end()));
        }
        let mut fields = Vec::new();
        for (column, _) in &self.titles {
            match column {
                Column::Command => fields.push("command"),
                Column::Pid => fields.push("pid"),
                Column::Tid => fields.push("tid"),
                Column::ThreadCommand => fields.push("thread_command"),
                Column::Pgid => fields.push("pgid"),
                Column::Ppid => fields.push("ppid"),
                Column::User => fields.push("user"),
                Column::Fd => fields.extend(["fd", "file_descriptor", "access", "lock"]),
                Column::Type => fields.push("type"),
                Column::Device => fields.push("device"),
                Column::SizeOrOffset => fields.extend(["size", "offset"]),
                Column::Size => fields.push("size"),
                Column::Offset => fields.push("offset"),
                Column::Links => fields.push("links"),
                Column::Node => fields.extend(["inode", "node"]),
                Column::Other => {}
            }
        }
        fields.extend([
            "protocol",
            "local_address",
            "local_port",
            "local_service",
            "remote_address",
            "remote_port",
            "remote_service",
            "state",
            "name",
        ]);
        rows.shape(fields);
        rows.recognise();
        Ok(())
    }

    /// Cells end where their titles end, but for the first and the last one; what stands behind a descriptor's number reaches
    /// over the end by two.
    fn row(&self, line: Field<'_>) -> Result<OpenFile, Problem> {
        let mut file = OpenFile::default();
        let mut words = line.fields();
        let command = words.next().ok_or_else(|| line.expected("an open file"))?;
        file.command = Some(escape::hexadecimal(command.bytes));
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
            put(&mut file, *column, word)?;
        }
        let (before, name) = line.split_at(self.name_start.min(line.bytes.len()));
        let is_blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        if !is_blank(before.bytes.last()) && !is_blank(name.bytes.first()) {
            return Err(name.expected("a name that begins below its title"));
        }
        named(&mut file, name.trim());
        if file.pid.is_none() {
            return Err(line.expected("a process ID"));
        }
        Ok(file)
    }

    /// A value, and the letter that names it.
    fn letter(&mut self, line: Field<'_>, rows: &mut Rows<OpenFile>) -> Result<(), Error> {
        // With `-F0`, values of a set end with NUL and stand in one line.
        for part in line.split("\0").filter(|part| !part.bytes.is_empty()) {
            let (letter, value) = part.split_at(1);
            let begins_file = letter.bytes == b"f" && !self.is_lost;
            if (self.is_lost || self.is_file_lost) && letter.bytes != b"p" && !begins_file {
                continue;
            }
            self.is_file_lost = false;
            // What is said of a process stands before its files: the number of another one is broken.
            if self.file.is_some() && b"cgKLMRu".contains(&letter.bytes[0]) {
                self.end_process(rows);
                self.is_lost = true;
                return Err(line.expected("`pNUMBER` before what is said of another process").into());
            }
            let owned = Some(value.bytes.to_vec());
            match letter.bytes {
                b"p" => {
                    self.end_process(rows);
                    let pid = value.integer();
                    // What follows is of no process before.
                    self.is_lost = pid.is_err();
                    let pid =
                        pid.map_err(|problem| if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) })?;
                    self.process = OpenFile { pid: Some(pid), ..OpenFile::default() };
                    if !rows.recognised() {
                        rows.without(["device"]);
                    }
                    rows.recognise();
                    continue;
                }
                b"f" => {
                    self.flush(rows);
                    self.has_descriptors = true;
                    let mut file = self.process.clone();
                    descriptor(&mut file, value);
                    self.file = Some(file);
                    continue;
                }
                _ => {}
            }
            if b"altDdsoikPnT".contains(&letter.bytes[0]) {
                self.begin_file(letter.bytes[0], rows);
            }
            if self.is_file_lost {
                self.flush(rows);
                return Err(line.expected("`fDESCRIPTOR` before what is said of another file").into());
            }
            let file = self.file.as_mut().unwrap_or(&mut self.process);
            match letter.bytes {
                b"c" => file.command = owned,
                b"u" | b"L" => file.user = owned,
                b"g" => file.pgid = Some(value.integer()?),
                b"R" => file.ppid = Some(value.integer()?),
                b"K" => file.tid = Some(value.integer()?),
                b"M" => file.thread_command = owned,
                b"a" => file.access = owned.filter(|mode| mode != b" " && !mode.is_empty()),
                b"l" => file.lock = owned.filter(|lock| lock != b" " && !lock.is_empty()),
                b"t" => file.r#type = owned,
                b"D" | b"d" => file.device = owned,
                b"s" => file.size = Some(value.integer()?),
                b"o" => file.offset = Some(offset(value)?),
                b"i" => file.inode = Some(value.integer()?),
                b"k" => file.links = Some(value.integer()?),
                b"P" => file.protocol = owned,
                b"n" => named(file, value),
                b"T" => {
                    if let Some(state) = value.strip_prefix("ST=") {
                        file.state = Some(state.bytes.to_vec());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<OpenFile>) {
        self.seen.clear();
        if let Some(file) = self.file.take() {
            self.has_files = true;
            rows.push(file);
        }
    }

    /// Ends a process; one of which no file was printed is a record by itself.
    fn end_process(&mut self, rows: &mut Rows<OpenFile>) {
        self.flush(rows);
        let process = std::mem::take(&mut self.process);
        if !std::mem::take(&mut self.has_files) && process.pid.is_some() {
            rows.push(process);
        }
    }

    /// Makes place for a value of a file. Where no descriptors are printed (`-F n`), the value that comes again begins the next file.
    fn begin_file(&mut self, letter: u8, rows: &mut Rows<OpenFile>) {
        // State and queues of a socket are lines of the same letter.
        let comes_again = letter != b'T' && self.seen.contains(&letter);
        if self.has_descriptors {
            self.is_file_lost = comes_again;
            self.seen.push(letter);
            return;
        }
        if comes_again {
            self.flush(rows);
        }
        self.file.get_or_insert_with(|| self.process.clone());
        self.seen.push(letter);
    }
}

/// `0t12` in decimal, `0x1f` in hexadecimal.
fn offset(word: Field<'_>) -> Result<i64, Problem> {
    match word.strip_prefix("0t") {
        Some(decimal) => decimal.integer(),
        None => word.hexadecimal(),
    }
}

/// `cwd`, `3u`, `12wW`.
fn descriptor(file: &mut OpenFile, word: Field<'_>) {
    file.fd = Some(word.bytes.to_vec());
    let digits = word.bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = word.split_at(digits);
    if digits > 0 {
        file.file_descriptor = number.as_integer();
        let letter = |at: usize| rest.bytes.get(at).filter(|byte| !matches!(byte, b' ' | b'-')).map(|byte| vec![*byte]);
        file.access = letter(0);
        file.lock = letter(1);
    }
}

fn put(file: &mut OpenFile, column: Column, word: Field<'_>) -> Result<(), Problem> {
    let owned = Some(word.bytes.to_vec());
    match column {
        Column::Command | Column::Other => {}
        Column::Pid => file.pid = Some(word.integer()?),
        Column::Tid => file.tid = Some(word.integer()?),
        Column::ThreadCommand => file.thread_command = Some(escape::hexadecimal(word.bytes)),
        Column::Pgid => file.pgid = Some(word.integer()?),
        Column::Ppid => file.ppid = Some(word.integer()?),
        Column::User => file.user = owned,
        Column::Fd => descriptor(file, word),
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

/// The name; of a socket of the network, with its addresses taken apart.
fn named(file: &mut OpenFile, name: Field<'_>) {
    if name.bytes.is_empty() {
        return;
    }
    file.name = Some(name.bytes.to_vec());
    if !matches!(file.r#type.as_deref(), Some(b"IPv4" | b"IPv6" | b"inet" | b"sock")) {
        return;
    }
    if file.protocol.is_none() {
        file.protocol = file.node.clone();
    }
    let (addresses, state) = match name.split_once(" (") {
        Some((addresses, state)) => (addresses, state.strip_suffix(")")),
        None => (name, None),
    };
    // `-T` puts queues and windows behind the state: `(ESTABLISHED QR=0 QS=0)`.
    let state = state.and_then(|state| state.fields().next()).filter(|word| !word.bytes.contains(&b'='));
    file.state = file.state.take().or(state.map(|state| state.bytes.to_vec()));
    let (local, remote) = addresses.split_once("->").map_or((addresses, None), |(local, remote)| (local, Some(remote)));
    let place = |text: Field<'_>| {
        let (address, port) = text.rsplit_once(":")?;
        let address = match address.bytes {
            [b'[', inner @ .., b']'] => inner,
            all => all,
        };
        let number = port.as_integer();
        Some((address.to_vec(), number, number.is_none().then(|| port.bytes.to_vec())))
    };
    if let Some((address, port, service)) = place(local) {
        (file.local_address, file.local_port, file.local_service) = (Some(address), port, service);
    }
    if let Some((address, port, service)) = remote.and_then(place) {
        (file.remote_address, file.remote_port, file.remote_service) = (Some(address), port, service);
    }
}

outparse_sdk::export!(Lsof);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Lsof;

    #[test]
    fn files_of_a_process_without_its_number_are_of_no_other() {
        for broken in ["pX", "x", ""] {
            let capture = format!("p1\nca\nf0\nn/a\n{broken}\ncb\nf1\nn/b\np3\ncc\nf2\nn/c\n");
            let parsed = parse::<Lsof>(Some(&["lsof", "-F", "pcfn"]), capture.as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{broken} {parsed:?}");
            assert!(
                parsed.records[0].contains(r#""command":"a","pid":1"#) && parsed.records[1].contains(r#""pid":3"#),
                "{parsed:?}"
            );
        }
    }

    #[test]
    fn what_is_said_of_a_file_without_its_descriptor_is_of_no_other() {
        let capture = "p1\nca\nf0\ntREG\nn/a\nx\ntDIR\nn/b\nf2\ntREG\nn/c\n";
        let parsed = parse::<Lsof>(Some(&["lsof", "-F", "pcftn"]), capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(0, &[r#""fd":"0""#, r#""type":"REG""#]);
        parsed.has(1, &[r#""fd":"2""#]);
    }

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
    fn queues_are_no_state() {
        let capture = "COMMAND PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n\
            sshd    800 root    3u  IPv4  18888      0t0  TCP *:22 (LISTEN QR=0 QS=0)\n\
            sshd    800 root    4u  IPv4  18889      0t0  TCP *:23 (QR=0 QS=0)\n";
        let parsed = parse::<Lsof>(None, capture.as_bytes());
        assert!(parsed.sound()[0].contains(r#""state":"LISTEN""#), "{parsed:?}");
        assert!(!parsed.sound()[1].contains(r#""state""#), "{parsed:?}");
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

    #[test]
    fn sockets_are_taken_apart_in_both_forms() {
        let table = parse::<Lsof>(
            None,
            b"COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\npython3 12114 root    5u  IPv6 329366      0t0  TCP [::1]:33518->[::1]:8099 (ESTABLISHED)\n",
        );
        let letters = parse::<Lsof>(
            None,
            b"p12114\ncpython3\nLroot\nf5\nau\ntIPv6\no0t0\nPTCP\nn[::1]:33518->[::1]:8099\nTST=ESTABLISHED\n",
        );
        for part in [
            r#""protocol":"TCP","local_address":"::1","local_port":33518,"local_service":null,"remote_address":"::1","remote_port":8099"#,
            r#""state":"ESTABLISHED""#,
            r#""offset":0"#,
        ] {
            assert!(table.records[0].contains(part), "{table:?}");
            assert!(letters.records[0].contains(part), "{letters:?}");
        }
    }

    #[test]
    fn files_without_descriptors_are_told_apart_by_what_repeats() {
        assert_eq!(parse::<Lsof>(None, b"p12\0cgit\0\nfcwd\0n/\0\n").records.len(), 1);
        let parsed = parse::<Lsof>(None, b"p12\nn/\nn/bin/sh\np13\np14\ntREG\nn/a\ntIPv4\nPTCP\nn*:80\nTST=LISTEN\nTQR=0\n");
        let names: Vec<bool> =
            parsed.records.iter().zip(["/", "/bin/sh", "", "/a", "*:80"]).map(|(record, name)| record.contains(name)).collect();
        assert_eq!((parsed.records.len(), names), (5, vec![true; 5]), "{parsed:?}");
        assert!(parsed.records[2].starts_with(r#"{"command":null,"pid":13,"#), "{parsed:?}");
        assert!(parsed.records[4].contains(r#""state":"LISTEN","name":"*:80""#), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Lsof>(["hello\n", "COMMAND PID\n", "px\n", ""]);
    }
}
