//! `/proc/loadavg`, `uptime`, `version`, `filesystems`, `devices`, `modules`, `locks` and `consoles`.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::about;

/// How much there is to do.
#[derive(Clone, Debug, Default, Record)]
pub struct Load {
    /// Load average of one minute.
    #[field(gauge)]
    pub load_1m: f64,
    /// Load average of five minutes.
    #[field(gauge)]
    pub load_5m: f64,
    /// Load average of fifteen minutes.
    #[field(gauge)]
    pub load_15m: f64,
    /// Threads that can run.
    #[field(gauge)]
    pub threads_running: i64,
    /// Threads in all.
    #[field(gauge)]
    pub threads: i64,
    /// Process ID that was given out last.
    pub last_pid: i64,
}

/// Reads `/proc/loadavg`.
pub struct LoadAverage;

impl Parser for LoadAverage {
    const ABOUT: About = about!("loadavg", "Load averages, as /proc/loadavg has them", "/proc/loadavg");
    type Record = Load;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        LoadAverage
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [one, five, fifteen, threads, last] = line.fields_and_rest()?;
        let (running, all) = threads.split_once("/").ok_or_else(|| threads.expected("`RUNNING/ALL`"))?;
        rows.push(Load {
            load_1m: one.float()?,
            load_5m: five.float()?,
            load_15m: fifteen.float()?,
            threads_running: running.integer()?,
            threads: all.integer()?,
            last_pid: last.trim().integer()?,
        });
        Ok(())
    }
}

/// How long the system runs.
#[derive(Clone, Debug, Default, Record)]
pub struct Running {
    /// Time since the system started.
    #[field(unit = "seconds", counter)]
    pub uptime: f64,
    /// Time that its processors were idle, together.
    #[field(unit = "seconds", counter)]
    pub idle_time: f64,
}

/// Reads `/proc/uptime`.
pub struct Uptime;

impl Parser for Uptime {
    const ABOUT: About = about!("uptime", "How long the system runs, as /proc/uptime has it", "/proc/uptime");
    type Record = Running;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Uptime
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [uptime, idle] = line.fields_and_rest()?;
        rows.push(Running { uptime: uptime.float()?, idle_time: idle.trim().float()? });
        Ok(())
    }
}

/// The kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Kernel<'a> {
    /// Release.
    pub kernel_release: &'a [u8],
    /// Who built it, and where.
    pub built_by: &'a [u8],
    /// With which compiler.
    pub compiler: Option<&'a [u8]>,
    /// Number of the build, with what the distribution adds.
    pub build: Option<&'a [u8]>,
    /// What it was built for: `SMP`, `PREEMPT`, …
    pub build_flags: Vec<&'a [u8]>,
    /// When it was built, as printed.
    pub build_date: Option<Vec<u8>>,
}

/// Reads `/proc/version`.
pub struct Version;

impl Parser for Version {
    const ABOUT: About = about!("version", "The kernel, as /proc/version has it", "/proc/version");
    type Record = Kernel<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Version
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let expected = || line.expected("`Linux version RELEASE (WHO) (COMPILER) #BUILD …`");
        let rest = line.whole().strip_prefix("Linux version ").ok_or_else(expected)?;
        let (release, rest) = rest.split_once(" ").ok_or_else(expected)?;
        let (built_by, rest) = parenthesised(rest).ok_or_else(expected)?;
        let (compiler, rest) = match parenthesised(rest.trim_start()) {
            Some((compiler, rest)) => (Some(compiler.bytes), rest),
            None => (None, rest),
        };
        let mut kernel = Kernel { kernel_release: release.bytes, built_by: built_by.bytes, compiler, ..Kernel::default() };
        let mut date: Vec<&[u8]> = Vec::new();
        for word in rest.fields() {
            if kernel.build.is_none() && word.bytes.starts_with(b"#") {
                kernel.build = Some(word.bytes);
            } else if date.is_empty()
                && !word.is_weekday()
                && word.bytes.first() != Some(&b'@')
                && word.bytes.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
            {
                kernel.build_flags.push(word.bytes);
            } else {
                date.push(word.bytes);
            }
        }
        kernel.build_date = (!date.is_empty()).then(|| date.join(&b' '));
        rows.push(kernel);
        Ok(())
    }
}

/// What stands in the parentheses that the text begins with, others in them included.
fn parenthesised(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    if text.bytes.first() != Some(&b'(') {
        return None;
    }
    let mut depth = 0;
    let end = text.bytes.iter().position(|byte| {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    Some((text.part(1, end), text.split_at(end + 1).1))
}

/// A type of filesystem that the kernel knows.
#[derive(Clone, Debug, Default, Record)]
pub struct Filesystem<'a> {
    /// Its name.
    #[field(key)]
    pub r#type: &'a [u8],
    /// Whether it lies on a device.
    pub needs_device: bool,
}

/// Reads `/proc/filesystems`.
pub struct Filesystems;

impl Parser for Filesystems {
    const ABOUT: About = about!("filesystems", "Types of filesystems, as /proc/filesystems has them", "/proc/filesystems");
    type Record = Filesystem<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Filesystems
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let (mark, name) = line.whole().split_once("\t").ok_or_else(|| line.expected("`[nodev]<tab>TYPE`"))?;
        if !matches!(mark.bytes, b"" | b"nodev") || name.bytes.is_empty() {
            return Err(line.expected("`[nodev]<tab>TYPE`").into());
        }
        rows.push(Filesystem { r#type: name.bytes, needs_device: mark.bytes.is_empty() });
        Ok(())
    }
}

/// A driver and its number.
#[derive(Clone, Debug, Default, Record)]
pub struct Driver<'a> {
    /// Major device number.
    #[field(key)]
    pub major: i64,
    /// Its name.
    pub name: &'a [u8],
    /// `character` or `block`.
    #[field(key)]
    pub r#type: &'static str,
}

/// Reads `/proc/devices`.
pub struct Devices {
    kind: Option<&'static str>,
}

impl Parser for Devices {
    const ABOUT: About = about!("devices", "Drivers and their numbers, as /proc/devices has them", "/proc/devices");
    type Record = Driver<'static>;

    fn new(_: &Source) -> Self {
        Devices { kind: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        match line.bytes {
            b"" => return Ok(()),
            b"Character devices:" => self.kind = Some("character"),
            b"Block devices:" => self.kind = Some("block"),
            _ => {
                // It may have been a heading: numbers stand to the right.
                if !matches!(line.bytes[0], b' ' | b'0'..=b'9') {
                    self.kind = None;
                }
                let expected = || line.expected("`Character devices:` or `Block devices:`");
                let kind = match self.kind {
                    Some(kind) => kind,
                    None if rows.recognised() => return Err(expected().into()),
                    None => return Err(Error::Unrecognised(expected())),
                };
                let [major, name] = line.fields_and_rest()?;
                rows.push(Driver { major: major.integer()?, name: name.trim_end().bytes, r#type: kind });
                return Ok(());
            }
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("`Character devices:`")
    }
}

/// A module of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Module<'a> {
    /// Its name.
    #[field(key)]
    pub module: &'a [u8],
    /// Its size.
    #[field(unit = "bytes")]
    pub size: i64,
    /// Number of its users.
    pub references: i64,
    /// Modules that use it.
    pub used_by: Vec<&'a [u8]>,
    /// State: `Live`, `Loading`, `Unloading`.
    pub state: &'a [u8],
    /// Address in the kernel, in hexadecimal.
    pub kernel_address: &'a [u8],
    /// What it taints the kernel with, by letters.
    pub taints: Option<&'a [u8]>,
}

/// Reads `/proc/modules`.
pub struct Modules;

impl Parser for Modules {
    const ABOUT: About = about!("modules", "Modules of the kernel, as /proc/modules has them", "/proc/modules");
    type Record = Module<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Modules
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let [module, size, references, used_by, state, rest] = line.fields_and_rest()?;
        let [address, taints] = rest.fields_and_rest()?;
        if !address.bytes.starts_with(b"0x") {
            return Err(address.expected("an address in hexadecimal").into());
        }
        rows.push(Module {
            module: module.bytes,
            size: size.integer()?,
            references: references.integer()?,
            used_by: used_by.split(",").filter_map(|name| name.known()).map(|name| name.bytes).collect(),
            state: state.bytes,
            kernel_address: address.bytes,
            taints: Some(taints.trim().bytes).filter(|taints| !taints.is_empty()),
        });
        Ok(())
    }
}

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

/// A console.
#[derive(Clone, Debug, Default, Record)]
pub struct Console<'a> {
    /// Its device.
    #[field(key)]
    pub device: &'a [u8],
    /// What it can do, by letters: `-WU`.
    pub operation_letters: &'a [u8],
    /// The same in words: `read`, `write`, `unblank`.
    pub operations: Vec<&'static str>,
    /// What it is, by letters: `EC p a`.
    pub flag_letters: &'a [u8],
    /// The same in words: `enabled`, `preferred`, `boot`, `printk buffer`, `braille`, `safe when its processor is offline`.
    pub flags: Vec<&'static str>,
    /// Major device number; null where it has no terminal.
    pub major: Option<i64>,
    /// Minor device number; null where it has no terminal.
    pub minor: Option<i64>,
}

/// Reads `/proc/consoles`.
pub struct Consoles;

impl Parser for Consoles {
    const ABOUT: About = about!("consoles", "Consoles, as /proc/consoles has them", "/proc/consoles");
    type Record = Console<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Consoles
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [device, operations, rest] = line.fields_and_rest()?;
        let words = |letters: Field<'_>, known: &[(u8, &'static str)]| {
            let mut words = Vec::new();
            for letter in letters.bytes.iter().filter(|letter| !matches!(letter, b' ' | b'-')) {
                let word = known.iter().find(|(known, _)| known == letter);
                words.push(word.ok_or_else(|| letters.expected("letters that the kernel has"))?.1);
            }
            Ok::<_, Problem>(words)
        };
        let flags = rest.strip_prefix("(").and_then(|rest| rest.split_once(")"));
        let (flags, numbers) = flags.ok_or_else(|| rest.expected("flags in brackets"))?;
        if operations.bytes.len() != 3 {
            return Err(operations.expected("three letters such as `-WU`").into());
        }
        const FLAGS: [(u8, &str); 6] = [
            (b'E', "enabled"),
            (b'C', "preferred"),
            (b'B', "boot"),
            (b'p', "printk buffer"),
            (b'b', "braille"),
            (b'a', "safe when its processor is offline"),
        ];
        let numbers = match numbers.trim().split_once(":") {
            Some((major, minor)) => Some((major.integer()?, minor.integer()?)),
            None if numbers.is_blank() => None,
            None => return Err(numbers.expected("`MAJOR:MINOR`").into()),
        };
        rows.push(Console {
            device: device.bytes,
            operation_letters: operations.bytes,
            operations: words(operations, &[(b'R', "read"), (b'W', "write"), (b'U', "unblank")])?,
            flag_letters: flags.bytes,
            flags: words(flags, &FLAGS)?,
            major: numbers.map(|(major, _)| major),
            minor: numbers.map(|(_, minor)| minor),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn each_file_is_read() {
        assert_eq!(
            parse::<LoadAverage>(None, b"0.10 0.20 0.30 1/80 1234\n").records,
            [r#"{"load_1m":0.1,"load_5m":0.2,"load_15m":0.3,"threads_running":1,"threads":80,"last_pid":1234}"#]
        );
        assert_eq!(parse::<Uptime>(None, b"48377.51 90000.00\n").records, [r#"{"uptime":48377.51,"idle_time":90000}"#]);
        let version = parse::<Version>(None, b"Linux version 5.8.0 (a@b) (gcc (Ubuntu 10) 10.3.0, GNU ld 2.35) #71-Ubuntu SMP PREEMPT_DYNAMIC Tue Jul 13 15:59:12 UTC 2021\n");
        assert_eq!(
            version.records,
            [
                r##"{"kernel_release":"5.8.0","built_by":"a@b","compiler":"gcc (Ubuntu 10) 10.3.0, GNU ld 2.35","build":"#71-Ubuntu","build_flags":["SMP","PREEMPT_DYNAMIC"],"build_date":"Tue Jul 13 15:59:12 UTC 2021"}"##
            ]
        );
        assert_eq!(
            parse::<Filesystems>(None, b"nodev\tsysfs\n\text4\n").records,
            [r#"{"type":"sysfs","needs_device":false}"#, r#"{"type":"ext4","needs_device":true}"#]
        );
        assert_eq!(
            parse::<Devices>(None, b"Character devices:\n  1 mem\n\nBlock devices:\n254 virtblk\n").records,
            [r#"{"major":1,"name":"mem","type":"character"}"#, r#"{"major":254,"name":"virtblk","type":"block"}"#]
        );
        let broken = parse::<Devices>(None, b"Character devices:\n  1 mem\n\nx devices:\n254 virtblk\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 2), "{broken:?}");
        assert_eq!(
            parse::<Modules>(None, b"a 16384 2 b,c, Live 0x0000000000000000 (OE)\n").records,
            [
                r#"{"module":"a","size":16384,"references":2,"used_by":["b","c"],"state":"Live","kernel_address":"0x0000000000000000","taints":"(OE)"}"#
            ]
        );
        assert_eq!(
            parse::<Locks>(None, b"1: -> POSIX  ADVISORY  WRITE 877 00:19:812 0 EOF\n").records,
            [
                r#"{"number":1,"is_waiting":true,"class":"POSIX","type":"ADVISORY","access":"WRITE","pid":877,"device_number":"00:19","inode":812,"start":0,"end":null}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<LoadAverage>(["hello\n", "1 2 3 4 5\n"]);
        assert_unrecognised::<Uptime>(["hello\n", "1 b\n"]);
        assert_unrecognised::<Version>(["hello\n", "Linux version 5\n"]);
        assert_unrecognised::<Filesystems>(["hello\n", "a\tb\n"]);
        assert_unrecognised::<Devices>(["hello\n", ""]);
        assert_unrecognised::<Modules>(["hello\n", "a 1 2 b Live c\n"]);
        assert_unrecognised::<Locks>(["hello\n", "1: a b c d\n"]);
    }
}
