//! `uname` prints up to eight names on one line, always in the same order, and does not say which: the flags do. Without known
//! arguments only the whole line of `-a` is read. The version in the middle is the only name with blanks.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What a system calls itself.
#[derive(Debug, Default, Record)]
pub struct System<'a> {
    /// Name of the kernel: `Linux`, `Darwin`, `FreeBSD`.
    pub kernel_name: Option<&'a [u8]>,
    /// Name of the machine in its network.
    pub node_name: Option<&'a [u8]>,
    /// Release of the kernel.
    pub kernel_release: Option<&'a [u8]>,
    /// Version of the kernel: how and when this one was built, with single blanks.
    pub kernel_version: Option<Vec<u8>>,
    /// Architecture of the hardware, as the kernel calls it.
    pub machine: Option<&'a [u8]>,
    /// Type of the processor.
    pub processor: Option<&'a [u8]>,
    /// Hardware platform.
    pub hardware_platform: Option<&'a [u8]>,
    /// The operating system: `GNU/Linux`.
    pub operating_system: Option<&'a [u8]>,
}

/// Reads the line of any `uname`.
pub struct Uname {
    /// The flags, in the order in which their names are printed; None for `-a` and when the arguments are not known.
    flags: Option<Vec<char>>,
}

/// The order of the names, by flag.
const ORDER: [char; 8] = ['s', 'n', 'r', 'v', 'm', 'p', 'i', 'o'];

impl Parser for Uname {
    const ABOUT: About = About {
        name: "uname-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system's names, as uname of Linux, macOS and the BSDs prints them",
        commands: &["uname", "guname", "busybox uname", "toybox uname"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
    };
    type Record = System<'static>;

    fn new(source: &Source) -> Self {
        Uname { flags: source.arguments.as_deref().and_then(read_flags) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if rows.made() > 0 {
            return Err(line.part(0, line.bytes.len()).expected("one line").into());
        }
        let fields: Vec<Field<'_>> = line.fields().collect();
        let system = match &self.flags {
            Some(flags) => selected(flags, &fields),
            None => everything(&fields, rows),
        };
        match system {
            Some(system) => rows.push(system),
            None => return Err(Error::unrecognised(format!("expected the names that `uname` prints, found {}", line.quoted()))),
        }
        Ok(())
    }

    fn finish(&mut self, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.made() > 0 { Ok(()) } else { Err(Error::unrecognised("expected the names that `uname` prints, found nothing")) }
    }
}

/// The line of `-a`.
fn everything<'a>(fields: &[Field<'a>], rows: &mut Rows<System<'static>>) -> Option<System<'a>> {
    let kernel = fields.first()?.bytes;
    match kernel {
        b"Linux" => linux(fields, rows),
        b"Darwin" | b"FreeBSD" | b"OpenBSD" | b"NetBSD" | b"DragonFly" => selected(&['s', 'n', 'r', 'v', 'm'], fields),
        _ => None,
    }
}

/// On Linux up to three names of the hardware precede the operating system: those that `uname` does not know are left out.
fn linux<'a>(fields: &[Field<'a>], rows: &mut Rows<System<'static>>) -> Option<System<'a>> {
    let (_, before) = fields.split_last()?;
    let hardware = before.iter().rev().take(3).take_while(|field| is_architecture(field.bytes)).count();
    let flags: &[char] = match hardware {
        1 => &['s', 'n', 'r', 'v', 'm', 'o'],
        2 => &['s', 'n', 'r', 'v', 'm', 'p', 'o'],
        3 => &ORDER,
        _ => return None,
    };
    let system = selected(flags, fields)?;
    if hardware == 2 {
        rows.problem(Problem::warning(
            "one of processor and hardware platform is missing, the processor was assumed to be there; `uname -p` would settle it",
        ));
    }
    Some(system)
}

/// Whether a word names an architecture: lower case, and one of those that Linux runs on.
fn is_architecture(word: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 19] = [
        b"x86",
        b"i386",
        b"i486",
        b"i586",
        b"i686",
        b"amd64",
        b"athlon",
        b"aarch64",
        b"arm",
        b"ppc",
        b"powerpc",
        b"riscv",
        b"s390",
        b"mips",
        b"sparc",
        b"loongarch",
        b"ia64",
        b"alpha",
        b"unknown",
    ];
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

/// The names of the given flags, which are in order: those before the version are counted from the left, the others from the right.
fn selected<'a>(flags: &[char], fields: &[Field<'a>]) -> Option<System<'a>> {
    let version = flags.iter().position(|&flag| flag == 'v');
    let enough = if version.is_some() { fields.len() >= flags.len() } else { fields.len() == flags.len() };
    if !enough {
        return None;
    }
    let mut system = System::default();
    for (index, flag) in flags.iter().enumerate() {
        let from_right = fields.len() - (flags.len() - index);
        let at = if version.is_some_and(|version| index > version) { from_right } else { index };
        let name = fields.get(at).map(|field| field.bytes);
        match flag {
            's' => system.kernel_name = name,
            'n' => system.node_name = name,
            'r' => system.kernel_release = name,
            'v' => {
                let words: Vec<&[u8]> = fields.get(index..=from_right)?.iter().map(|field| field.bytes).collect();
                system.kernel_version = Some(words.join(&b' '));
            }
            'm' => system.machine = name,
            'p' => system.processor = name,
            'i' => system.hardware_platform = name,
            _ => system.operating_system = name,
        }
    }
    Some(system)
}

/// The flags that were given; None for `-a`.
fn read_flags(arguments: &[String]) -> Option<Vec<char>> {
    const LONG: [(&str, char); 9] = [
        ("--all", 'a'),
        ("--kernel-name", 's'),
        ("--nodename", 'n'),
        ("--kernel-release", 'r'),
        ("--kernel-version", 'v'),
        ("--machine", 'm'),
        ("--processor", 'p'),
        ("--hardware-platform", 'i'),
        ("--operating-system", 'o'),
    ];
    let mut given = String::new();
    for argument in arguments {
        match LONG.iter().find(|(long, _)| long == argument) {
            Some((_, flag)) => given.push(*flag),
            None => given.push_str(argument.strip_prefix('-').unwrap_or_default()),
        }
    }
    if given.contains('a') {
        return None;
    }
    let flags: Vec<char> = ORDER.into_iter().filter(|flag| given.contains(*flag)).collect();
    Some(if flags.is_empty() { vec!['s'] } else { flags })
}

outparse_sdk::export!(Uname);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, parse, parse_pieces};

    use super::Uname;

    /// The values that are not null, of the only record.
    fn values(command: Option<&[&str]>, capture: &str) -> String {
        let parsed = parse::<Uname>(command, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..], &parsed.failure), (1, &[][..], &None), "{parsed:?}");
        let record = parsed.records[0].trim_matches(['{', '}']).replace('"', "");
        let fields = record.split(',').filter_map(|field| field.split_once(':')).filter(|(_, value)| *value != "null");
        fields.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn linux_leaves_out_what_it_does_not_know() {
        assert_eq!(
            values(None, "Linux box 6.1.0-21-amd64 #1 SMP Debian 6.1.90-1  (2024-05-03) x86_64 GNU/Linux\n"),
            "kernel_name=Linux|node_name=box|kernel_release=6.1.0-21-amd64|kernel_version=#1 SMP Debian 6.1.90-1 (2024-05-03)|\
             machine=x86_64|operating_system=GNU/Linux"
        );
        assert_eq!(
            values(None, "Linux box 5.4 #1 SMP i686 athlon i386 GNU/Linux\n"),
            "kernel_name=Linux|node_name=box|kernel_release=5.4|kernel_version=#1 SMP|machine=i686|processor=athlon|\
             hardware_platform=i386|operating_system=GNU/Linux"
        );
    }

    #[test]
    fn two_names_of_the_hardware_are_a_warning() {
        let parsed = parse::<Uname>(None, b"Linux box 5.4 #1 SMP x86_64 x86_64 GNU/Linux\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1));
    }

    #[test]
    fn macos_and_freebsd_end_with_the_machine() {
        assert_eq!(
            values(None, "Darwin mac 23.5.0 Darwin Kernel Version 23.5.0; root:xnu~1/RELEASE_ARM64 arm64\n"),
            "kernel_name=Darwin|node_name=mac|kernel_release=23.5.0|\
             kernel_version=Darwin Kernel Version 23.5.0; root:xnu~1/RELEASE_ARM64|machine=arm64"
        );
        assert!(values(None, "FreeBSD f 14.1-RELEASE FreeBSD 14.1-RELEASE GENERIC  amd64\n\n").ends_with("|machine=amd64"));
    }

    #[test]
    fn flags_choose_the_names() {
        assert_eq!(values(Some(&["uname"]), "Linux\n"), "kernel_name=Linux");
        assert_eq!(values(Some(&["uname", "-r"]), "6.1.0\n"), "kernel_release=6.1.0");
        assert_eq!(
            values(Some(&["uname", "-mrs"]), "Linux 6.1.0 x86_64\n"),
            "kernel_name=Linux|kernel_release=6.1.0|machine=x86_64"
        );
        assert_eq!(values(Some(&["uname", "-vm"]), "#1 SMP x86_64\n"), "kernel_version=#1 SMP|machine=x86_64");
        assert!(values(Some(&["uname", "--all"]), "Darwin mac 23 v arm64\n").starts_with("kernel_name=Darwin"));
    }

    #[test]
    fn a_second_line_is_a_problem() {
        let parsed = parse::<Uname>(None, b"Darwin mac 23 v arm64\nmore\n");
        assert_eq!(parsed.problems, ["error: line 2, column 1: expected one line, found `more`"]);
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        let capture = b"Darwin mac 23 v arm64\r\n\nmore\n";
        let pieces = capture.split_inclusive(|&byte| byte == b'\n');
        assert_eq!(parse_pieces::<Uname>(None, pieces), parse::<Uname>(None, capture));
    }

    #[test]
    fn other_input_is_unrecognised() {
        for garbage in [
            "",
            "hello\n",
            "Linux\n",
            "Linux box 5.4 #1\n",
            "Darwin mac 23\n",
            "Linux x86_64 GNU/Linux\n",
            "SunOS a 5.11 11.4 i86pc\n",
        ] {
            let Parsed { failure, .. } = parse::<Uname>(None, garbage.as_bytes());
            assert!(failure.is_some_and(|failure| failure.starts_with("unrecognised")), "{garbage:?}");
        }
        assert!(parse::<Uname>(Some(&["uname", "-r"]), b"two words\n").failure.is_some());
    }
}
