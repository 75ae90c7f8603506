//! `/proc/<pid>/status`, `stat`, `statm`, `io`, `maps` and `smaps`.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::{TICKS_POWER, about};

/// A process or thread.
#[derive(Clone, Debug, Default, Record)]
pub struct Status {
    /// Its process ID; of a thread, its thread ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// Name of its program, cut at 15 bytes.
    pub command: Option<Vec<u8>>,
    /// State, by a letter and in words: `S (sleeping)`.
    pub state: Option<Vec<u8>>,
    /// Process ID of the group of threads.
    pub thread_group: Option<i64>,
    /// Process ID of its parent.
    pub ppid: Option<i64>,
    /// Process that traces it; 0 where none does.
    pub tracer_pid: Option<i64>,
    /// User IDs: real, effective, saved, filesystem.
    pub uids: Vec<i64>,
    /// Group IDs: real, effective, saved, filesystem.
    pub gids: Vec<i64>,
    /// Further groups.
    pub groups: Vec<i64>,
    /// Number of its threads.
    pub threads: Option<i64>,
    /// Virtual memory.
    #[field(unit = "bytes", gauge)]
    pub vsz: Option<i64>,
    /// The most virtual memory that it had.
    #[field(unit = "bytes")]
    pub vsz_peak: Option<i64>,
    /// Resident memory.
    #[field(unit = "bytes", gauge)]
    pub rss: Option<i64>,
    /// The most resident memory that it had.
    #[field(unit = "bytes")]
    pub rss_peak: Option<i64>,
    /// Memory in swap.
    #[field(unit = "bytes", gauge)]
    pub swapped: Option<i64>,
    /// Context switches that it asked for.
    #[field(counter)]
    pub voluntary_context_switches: Option<i64>,
    /// Context switches that it did not ask for.
    #[field(counter)]
    pub involuntary_context_switches: Option<i64>,
    /// All else: amounts of memory, by their names.
    pub memory: Map<i64>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `/proc/<pid>/status`.
pub struct ProcessStatus {
    status: Status,
}

impl Parser for ProcessStatus {
    const ABOUT: About = about!("pid-status", "A process, as /proc/<pid>/status has it", "/proc/*/status");
    type Record = Status;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStatus { status: Status::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`Name:<tab>VALUE`"))?;
        if name.bytes == b"Name" {
            // Several may follow each other.
            if rows.recognised() {
                rows.push(std::mem::take(&mut self.status));
            }
            rows.recognise();
        } else if !rows.recognised() {
            return Err(line.expected("`Name:<tab>VALUE`").into());
        }
        let value = value.trim();
        let status = &mut self.status;
        let numbers = || value.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>();
        match name.bytes {
            b"Name" => status.command = Some(value.bytes.to_vec()),
            b"State" => status.state = Some(value.bytes.to_vec()),
            b"Tgid" => status.thread_group = Some(value.integer()?),
            b"Pid" => status.pid = Some(value.integer()?),
            b"PPid" => status.ppid = Some(value.integer()?),
            b"TracerPid" => status.tracer_pid = Some(value.integer()?),
            b"Uid" => status.uids = numbers()?,
            b"Gid" => status.gids = numbers()?,
            b"Groups" => status.groups = numbers()?,
            b"Threads" => status.threads = Some(value.integer()?),
            b"voluntary_ctxt_switches" => status.voluntary_context_switches = Some(value.integer()?),
            b"nonvoluntary_ctxt_switches" => status.involuntary_context_switches = Some(value.integer()?),
            other => match value.strip_suffix(" kB") {
                Some(kilobytes) => {
                    let size = kilobytes.trim().integer()?.saturating_mul(1024);
                    match other {
                        b"VmSize" => status.vsz = Some(size),
                        b"VmPeak" => status.vsz_peak = Some(size),
                        b"VmRSS" => status.rss = Some(size),
                        b"VmHWM" => status.rss_peak = Some(size),
                        b"VmSwap" => status.swapped = Some(size),
                        _ => status.memory.0.push((other.to_vec(), size)),
                    }
                }
                None => status.details.0.push((other.to_vec(), value.bytes.to_vec())),
            },
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.status));
        }
        Ok(())
    }
}

/// A process or thread, in numbers.
#[derive(Clone, Debug, Default, Record)]
pub struct Numbers<'a> {
    /// Its process ID.
    #[field(key)]
    pub pid: i64,
    /// Name of its program, cut at 15 bytes.
    pub command: &'a [u8],
    /// State, by a letter.
    pub state: &'a [u8],
    /// Process ID of its parent.
    pub ppid: i64,
    /// Process group.
    pub pgid: i64,
    /// Session.
    pub sid: i64,
    /// Number of its terminal; 0 where it has none.
    pub tty_number: i64,
    /// Process group in the foreground of that terminal; -1 where there is none.
    pub foreground_pgid: i64,
    /// Flags of the kernel.
    pub kernel_flags: i64,
    /// Page faults that needed no input.
    #[field(counter)]
    pub minor_faults: i64,
    /// The same of children that were waited for.
    #[field(counter)]
    pub children_minor_faults: i64,
    /// Page faults that needed input.
    #[field(counter)]
    pub major_faults: i64,
    /// The same of children that were waited for.
    #[field(counter)]
    pub children_major_faults: i64,
    /// Processor time in the program.
    #[field(unit = "seconds", counter)]
    pub user_time: f64,
    /// Processor time in the kernel.
    #[field(unit = "seconds", counter)]
    pub system_time: f64,
    /// Processor time of children that were waited for, in their programs.
    #[field(unit = "seconds", counter)]
    pub children_user_time: f64,
    /// The same in the kernel.
    #[field(unit = "seconds", counter)]
    pub children_system_time: f64,
    /// Priority, as the kernel counts it.
    pub priority: i64,
    /// Nice value.
    pub nice: i64,
    /// Number of its threads.
    pub threads: i64,
    /// Time between the start of the system and its own.
    #[field(unit = "seconds")]
    pub started_after_boot: f64,
    /// Virtual memory.
    #[field(unit = "bytes", gauge)]
    pub vsz: i64,
    /// Resident memory, in pages.
    #[field(gauge)]
    pub rss_pages: i64,
    /// The most resident memory that it may have; null where there is no limit.
    #[field(unit = "bytes")]
    pub rss_limit: Option<i64>,
    /// Processor that it ran on last.
    pub processor: Option<i64>,
    /// Priority of real time; 0 where it has none.
    pub realtime_priority: Option<i64>,
    /// Policy of scheduling.
    pub scheduling_policy: Option<i64>,
    /// Time that it waited for input or output.
    #[field(unit = "seconds", counter)]
    pub io_delay: Option<f64>,
    /// All numbers after the state, in order, as printed.
    pub all: Vec<&'a [u8]>,
}

/// Reads `/proc/<pid>/stat`.
pub struct ProcessStat;

impl Parser for ProcessStat {
    const ABOUT: About = about!("pid-stat", "A process in numbers, as /proc/<pid>/stat has it", "/proc/*/stat");
    type Record = Numbers<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStat
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        rows.push(numbers(line.whole())?);
        Ok(())
    }
}

/// `29183 (a name) R 29134 …`. The name ends at the last parenthesis.
fn numbers(line: Field<'_>) -> Result<Numbers<'_>, Problem> {
    let expected = || line.expected("`PID (NAME) STATE NUMBER …`");
    let (pid, rest) = line.split_once(" (").ok_or_else(expected)?;
    let (command, rest) = rest.rsplit_once(") ").ok_or_else(expected)?;
    let [state, rest] = rest.fields_and_rest()?;
    let words = rest.words();
    if words.len() < 22 {
        return Err(Problem::error(format!("expected at least 22 numbers after the state, found {}", words.len())));
    }
    // The fourth field of the file is the first here.
    let number = |field: usize| words[field - 4].integer();
    let time = |field: usize| words[field - 4].float_e(TICKS_POWER);
    let later = |field: usize| words.get(field - 4).map(|word| word.integer()).transpose();
    Ok(Numbers {
        pid: pid.integer()?,
        command: command.bytes,
        state: state.bytes,
        ppid: number(4)?,
        pgid: number(5)?,
        sid: number(6)?,
        tty_number: number(7)?,
        foreground_pgid: number(8)?,
        kernel_flags: number(9)?,
        minor_faults: number(10)?,
        children_minor_faults: number(11)?,
        major_faults: number(12)?,
        children_major_faults: number(13)?,
        user_time: time(14)?,
        system_time: time(15)?,
        children_user_time: time(16)?,
        children_system_time: time(17)?,
        priority: number(18)?,
        nice: number(19)?,
        threads: number(20)?,
        started_after_boot: time(22)?,
        vsz: number(23)?,
        rss_pages: number(24)?,
        rss_limit: words[25 - 4].as_integer(),
        processor: later(39)?,
        realtime_priority: later(40)?,
        scheduling_policy: later(41)?,
        io_delay: words.get(42 - 4).map(|word| word.float_e(TICKS_POWER)).transpose()?,
        all: words.iter().map(|word| word.bytes).collect(),
    })
}

/// Memory of a process, in pages.
#[derive(Clone, Debug, Default, Record)]
pub struct Pages {
    /// Virtual memory.
    #[field(gauge)]
    pub total_pages: i64,
    /// Resident memory.
    #[field(gauge)]
    pub resident_pages: i64,
    /// Resident memory that files back.
    #[field(gauge)]
    pub shared_pages: i64,
    /// Code.
    #[field(gauge)]
    pub code_pages: i64,
    /// Libraries: always 0.
    #[field(gauge)]
    pub library_pages: i64,
    /// Data and stack.
    #[field(gauge)]
    pub data_pages: i64,
    /// Dirty pages: always 0.
    #[field(gauge)]
    pub dirty_pages: i64,
}

/// Reads `/proc/<pid>/statm`.
pub struct ProcessStatm;

impl Parser for ProcessStatm {
    const ABOUT: About = about!("pid-statm", "Memory of a process in pages, as /proc/<pid>/statm has it", "/proc/*/statm");
    type Record = Pages;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStatm
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let numbers = line.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>()?;
        let [total_pages, resident_pages, shared_pages, code_pages, library_pages, data_pages, dirty_pages] = numbers[..] else {
            return Err(line.expected("7 numbers").into());
        };
        rows.push(Pages { total_pages, resident_pages, shared_pages, code_pages, library_pages, data_pages, dirty_pages });
        Ok(())
    }
}

/// What a process read and wrote.
#[derive(Clone, Debug, Default, Record)]
pub struct InputOutput {
    /// Read by calls, from anywhere.
    #[field(unit = "bytes", counter)]
    pub read_by_calls: Option<i64>,
    /// Written by calls, to anywhere.
    #[field(unit = "bytes", counter)]
    pub written_by_calls: Option<i64>,
    /// Calls that read.
    #[field(counter)]
    pub read_calls: Option<i64>,
    /// Calls that wrote.
    #[field(counter)]
    pub write_calls: Option<i64>,
    /// Read from devices.
    #[field(unit = "bytes", counter)]
    pub read_bytes: Option<i64>,
    /// Written to devices, or on the way there.
    #[field(unit = "bytes", counter)]
    pub written_bytes: Option<i64>,
    /// Written, and then not wanted any more.
    #[field(unit = "bytes", counter)]
    pub cancelled_write_bytes: Option<i64>,
}

/// Reads `/proc/<pid>/io`.
pub struct ProcessIo {
    io: InputOutput,
}

impl Parser for ProcessIo {
    const ABOUT: About = about!("pid-io", "What a process read and wrote, as /proc/<pid>/io has it", "/proc/*/io");
    type Record = InputOutput;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessIo { io: InputOutput::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(": ").ok_or_else(|| line.expected("`rchar: NUMBER`"))?;
        // Another process.
        if name.bytes == b"rchar" && self.io.read_by_calls.is_some() {
            rows.push(std::mem::take(&mut self.io));
        }
        let place = match name.bytes {
            b"rchar" => &mut self.io.read_by_calls,
            b"wchar" => &mut self.io.written_by_calls,
            b"syscr" => &mut self.io.read_calls,
            b"syscw" => &mut self.io.write_calls,
            b"read_bytes" => &mut self.io.read_bytes,
            b"write_bytes" => &mut self.io.written_bytes,
            b"cancelled_write_bytes" => &mut self.io.cancelled_write_bytes,
            _ => return Err(name.expected("one of the names of `/proc/<pid>/io`").into()),
        };
        *place = Some(value.integer()?);
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.io));
        }
        Ok(())
    }
}

/// A part of a process's memory.
#[derive(Clone, Debug, Default, Record)]
pub struct Mapping<'a> {
    /// Where it begins, in hexadecimal.
    #[field(key)]
    pub start: &'a [u8],
    /// Where it ends, in hexadecimal.
    pub end: &'a [u8],
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What may be done with it, by letters: `r-xp`.
    pub access_letters: &'a [u8],
    /// The same in words: `read`, `write`, `execute`, `shared` or `private`.
    pub access: Vec<&'static str>,
    /// Offset in the file, in hexadecimal.
    pub offset: &'a [u8],
    /// Device of the file, in hexadecimal: `fd:00`.
    pub device_number: &'a [u8],
    /// Major device number of the file.
    pub major: Option<i64>,
    /// Minor device number of the file.
    pub minor: Option<i64>,
    /// Inode of the file; 0 where there is none.
    pub inode: i64,
    /// The file, or what it is for: `[heap]`.
    pub path: Option<&'a [u8]>,
}

/// Reads `/proc/<pid>/maps`.
pub struct ProcessMaps;

impl Parser for ProcessMaps {
    const ABOUT: About = about!("pid-maps", "Memory of a process, as /proc/<pid>/maps has it", "/proc/*/maps");
    type Record = Mapping<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessMaps
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.push(Mapping::read(line)?);
        Ok(())
    }
}

impl<'a> Mapping<'a> {
    /// `7f05b7a4e000-7f05b7a50000 r--p 00000000 fd:00 1234  /lib/x`
    fn read(line: Line<'a>) -> Result<Mapping<'a>, Error> {
        let [range, letters, offset, device, inode, path] = line.fields_and_rest()?;
        let (start, end) = range.split_once("-").ok_or_else(|| range.expected("`START-END`"))?;
        // The highest addresses do not fit into 63 bits; their difference does.
        let address =
            |field: Field<'_>| std::str::from_utf8(field.bytes).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
        let (from, to) = address(start).zip(address(end)).ok_or_else(|| range.expected("two addresses in hexadecimal"))?;
        if letters.bytes.len() != 4 {
            return Err(letters.expected("four letters such as `r-xp`").into());
        }
        const WORDS: [(usize, u8, &str); 5] =
            [(0, b'r', "read"), (1, b'w', "write"), (2, b'x', "execute"), (3, b's', "shared"), (3, b'p', "private")];
        Ok(Mapping {
            start: start.bytes,
            end: end.bytes,
            size: to.checked_sub(from).and_then(|size| i64::try_from(size).ok()),
            access_letters: letters.bytes,
            access: WORDS.iter().filter(|(at, letter, _)| letters.bytes[*at] == *letter).map(|(_, _, word)| *word).collect(),
            offset: offset.bytes,
            device_number: device.bytes,
            major: device.split_once(":").map(|(major, _)| major.hexadecimal()).transpose()?,
            minor: device.split_once(":").map(|(_, minor)| minor.hexadecimal()).transpose()?,
            inode: inode.integer()?,
            path: Some(path.trim_end().bytes).filter(|path| !path.is_empty()),
        })
    }
}

/// A part of a process's memory, and how much of it is where.
#[derive(Clone, Debug, Default, Record)]
pub struct MappingUse {
    /// Where it begins, in hexadecimal.
    #[field(key)]
    pub start: Vec<u8>,
    /// Where it ends, in hexadecimal.
    pub end: Vec<u8>,
    /// What may be done with it, by letters: `r-xp`.
    pub access_letters: Vec<u8>,
    /// The same in words: `read`, `write`, `execute`, `shared` or `private`.
    pub access: Vec<&'static str>,
    /// Offset in the file, in hexadecimal.
    pub offset: Vec<u8>,
    /// Device of the file, in hexadecimal: `fd:00`.
    pub device_number: Vec<u8>,
    /// Major device number of the file.
    pub major: Option<i64>,
    /// Minor device number of the file.
    pub minor: Option<i64>,
    /// Inode of the file; 0 where there is none.
    pub inode: i64,
    /// The file, or what it is for: `[heap]`, `[rollup]`.
    pub path: Option<Vec<u8>>,
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What of it is in memory.
    #[field(unit = "bytes", gauge)]
    pub rss: Option<i64>,
    /// The same, what is shared by several processes counted in parts.
    #[field(unit = "bytes", gauge)]
    pub pss: Option<i64>,
    /// What of it is swapped out.
    #[field(unit = "bytes", gauge)]
    pub swap: Option<i64>,
    /// All amounts, by their names.
    #[field(unit = "bytes")]
    pub amounts: Map<i64>,
    /// All other numbers, by their names.
    pub counts: Map<i64>,
    /// Flags, by the kernel's letters: `rd`, `ex`, `mr`.
    pub flags: Vec<Vec<u8>>,
}

/// Reads `/proc/<pid>/smaps` and `smaps_rollup`.
pub struct ProcessSmaps {
    mapping: Block<MappingUse>,
}

impl Parser for ProcessSmaps {
    const ABOUT: About = about!(
        "pid-smaps",
        "Memory of a process and where it is, as /proc/<pid>/smaps has it",
        "/proc/*/smaps",
        "/proc/*/smaps_rollup"
    );
    type Record = MappingUse;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessSmaps { mapping: Block::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let first = line.fields().next().unwrap_or(line.whole());
        if !first.bytes.ends_with(b":") {
            self.flush(rows);
            self.mapping.begin(Mapping::read(line).map(MappingUse::from))?;
            rows.recognise();
            return Ok(());
        }
        let Some(mapping) = self.mapping.more(|| line.expected("a range of addresses"))? else { return Ok(()) };
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`NAME: VALUE`"))?;
        let value = value.trim();
        if name.bytes == b"VmFlags" {
            mapping.flags = value.fields().map(|flag| flag.bytes.to_vec()).collect();
            return Ok(());
        }
        if matches!(name.bytes, b"THPeligible" | b"ProtectionKey") {
            mapping.counts.0.push((name.bytes.to_vec(), value.integer()?));
            return Ok(());
        }
        let amount = value.strip_suffix(" kB").ok_or_else(|| value.expected("a number of kB"))?;
        let amount = amount.trim().integer()?.saturating_mul(1024);
        match name.bytes {
            b"Size" => mapping.size = Some(amount),
            b"Rss" => mapping.rss = Some(amount),
            b"Pss" => mapping.pss = Some(amount),
            b"Swap" => mapping.swap = Some(amount),
            _ => {}
        }
        mapping.amounts.0.push((name.bytes.to_vec(), amount));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl ProcessSmaps {
    fn flush(&mut self, rows: &mut Rows<MappingUse>) {
        self.mapping.take().into_iter().for_each(|mapping| rows.push(mapping));
    }
}

impl From<Mapping<'_>> for MappingUse {
    fn from(mapping: Mapping<'_>) -> Self {
        MappingUse {
            start: mapping.start.to_vec(),
            end: mapping.end.to_vec(),
            // What is summed up has holes.
            size: mapping.size.filter(|_| mapping.path != Some(b"[rollup]")),
            access_letters: mapping.access_letters.to_vec(),
            access: mapping.access,
            offset: mapping.offset.to_vec(),
            device_number: mapping.device_number.to_vec(),
            major: mapping.major,
            minor: mapping.minor,
            inode: mapping.inode,
            path: mapping.path.map(<[u8]>::to_vec),
            ..MappingUse::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn a_process_is_read_from_each_of_its_files() {
        let status = parse::<ProcessStatus>(
            None,
            b"Name:\ta b\nState:\tS (sleeping)\nPid:\t7\nUid:\t0\t1\t0\t0\nVmRSS:\t     4 kB\nRssAnon:\t 2 kB\nSigQ:\t0/9\n",
        );
        assert!(status.records[0].contains(r#""pid":7,"command":"a b","state":"S (sleeping)""#), "{status:?}");
        assert!(
            status.records[0].contains(r#""rss":4096"#)
                && status.records[0].contains(r#""memory":{"RssAnon":2048},"details":{"SigQ":"0/9"}"#),
            "{status:?}"
        );
        let stat = parse::<ProcessStat>(
            None,
            b"29183 (a) b) R 1 2 3 0 -1 4194304 101 0 0 0 150 2 0 0 20 0 1 0 4837751 3133440 399 18446744073709551615 1\n",
        );
        assert!(
            stat.records[0].starts_with(
                r#"{"pid":29183,"command":"a) b","state":"R","ppid":1,"pgid":2,"sid":3,"tty_number":0,"foreground_pgid":-1"#
            ),
            "{stat:?}"
        );
        assert!(
            stat.records[0].contains(r#""user_time":1.5,"system_time":0.02"#)
                && stat.records[0].contains(r#""started_after_boot":48377.51,"vsz":3133440,"rss_pages":399,"rss_limit":null"#),
            "{stat:?}"
        );
        assert_eq!(parse::<ProcessStatm>(None, b"1 2 3 4 5 6 7\n").records.len(), 1);
        assert_eq!(parse::<ProcessIo>(None, b"rchar: 1\nwchar: 2\nrchar: 3\n").records.len(), 2);
        assert_eq!(
            parse::<ProcessIo>(None, b"rchar: 1\nwchar: 2\n").records,
            [
                r#"{"read_by_calls":1,"written_by_calls":2,"read_calls":null,"write_calls":null,"read_bytes":null,"written_bytes":null,"cancelled_write_bytes":null}"#
            ]
        );
        let maps = parse::<ProcessMaps>(None, b"ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0                  /a b\n");
        assert_eq!(
            maps.records,
            [
                r#"{"start":"ffffffffff600000","end":"ffffffffff601000","size":4096,"access_letters":"r-xp","access":["read","execute","private"],"offset":"00000000","device_number":"00:00","major":0,"minor":0,"inode":0,"path":"/a b"}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessStatus>(["hello\n", "a: b\n"]);
        assert_unrecognised::<ProcessStat>(["hello\n", "1 (a) R 1\n"]);
        assert_unrecognised::<ProcessStatm>(["hello\n", "1 2\n"]);
        assert_unrecognised::<ProcessIo>(["hello\n", "a: b\n"]);
        assert_unrecognised::<ProcessMaps>(["hello\n", "a-b r 0 0 0\n"]);
    }
}
