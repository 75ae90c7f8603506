//! `uname` prints up to eight names on one line, always in the same order, and does not say which: the flags do. Without known
//! arguments only the whole line of `-a` is read. The version in the middle is the only name with blanks.

use std::borrow::Cow;

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

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
    pub kernel_version: Option<Cow<'a, [u8]>>,
    /// Architecture of the hardware, as the kernel calls it.
    pub architecture: Option<&'a [u8]>,
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
    flags: Option<String>,
}

/// The order of the names, by flag.
const ORDER: &str = "snrvmpio";

const OPTIONS: &[&str] = &[
    "a all",
    "s kernel-name",
    "n nodename",
    "r kernel-release",
    "v kernel-version",
    "m machine",
    "p processor",
    "i hardware-platform",
    "o operating-system",
];

/// What is expected of a line, and of a capture.
const NAMES: &str = "the names that `uname` prints";

impl Parser for Uname {
    const ABOUT: About = About {
        name: "uname-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The system's names, as uname of Linux, macOS and the BSDs prints them",
        commands: &["uname", "guname", "busybox uname", "toybox uname"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = System<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Uname { flags: source.read_arguments(OPTIONS).and_then(|arguments| flags(&arguments)) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if rows.made() > 0 {
            return Err(line.whole().expected("one line").into());
        }
        let fields = line.words();
        let system = match &self.flags {
            Some(flags) => selected(flags, line, &fields),
            None => everything(line, &fields, rows),
        };
        let system = system.ok_or_else(|| line.expected(NAMES))?;
        rows.shape(system.named());
        rows.push(system);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(NAMES)
    }
}

impl System<'_> {
    /// The names that were printed.
    fn named(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("kernel_name", self.kernel_name.is_some()),
            ("node_name", self.node_name.is_some()),
            ("kernel_release", self.kernel_release.is_some()),
            ("kernel_version", self.kernel_version.is_some()),
            ("architecture", self.architecture.is_some()),
            ("processor", self.processor.is_some()),
            ("hardware_platform", self.hardware_platform.is_some()),
            ("operating_system", self.operating_system.is_some()),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name)
    }
}

/// The line of `-a`.
fn everything<'a>(line: Line<'a>, fields: &[Field<'a>], rows: &mut Rows<System<'static>>) -> Option<System<'a>> {
    match fields.first()?.bytes {
        b"Linux" => linux(line, fields, rows),
        b"Darwin" | b"FreeBSD" | b"OpenBSD" | b"NetBSD" | b"DragonFly" => selected("snrvm", line, fields),
        _ => None,
    }
}

/// On Linux up to three names of the hardware precede the operating system: those that `uname` does not know are left out.
fn linux<'a>(line: Line<'a>, fields: &[Field<'a>], rows: &mut Rows<System<'static>>) -> Option<System<'a>> {
    let (_, before) = fields.split_last()?;
    let hardware = before.iter().rev().take(3).take_while(|field| is_architecture(field.bytes)).count();
    let flags = match hardware {
        1 => "snrvmo",
        2 => "snrvmpo",
        3 => ORDER,
        _ => return None,
    };
    let system = selected(flags, line, fields)?;
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
fn selected<'a>(flags: &str, line: Line<'a>, fields: &[Field<'a>]) -> Option<System<'a>> {
    let version = flags.find('v');
    let enough = if version.is_some() { fields.len() >= flags.len() } else { fields.len() == flags.len() };
    if !enough {
        return None;
    }
    let mut system = System::default();
    for (index, flag) in flags.chars().enumerate() {
        let from_right = fields.len() - (flags.len() - index);
        let at = if version.is_some_and(|version| index > version) { from_right } else { index };
        let name = fields.get(at).map(|field| field.bytes);
        match flag {
            's' => system.kernel_name = name,
            'n' => system.node_name = name,
            'r' => system.kernel_release = name,
            'v' => system.kernel_version = line.span(fields.get(index..=from_right)?).map(|version| version.squeezed()),
            'm' => system.architecture = name,
            'p' => system.processor = name,
            'i' => system.hardware_platform = name,
            _ => system.operating_system = name,
        }
    }
    Some(system)
}

/// The flags that were given; None for `-a`.
fn flags(arguments: &[Argument<'_>]) -> Option<String> {
    let given = |flag: &str| arguments.contains(&Argument::Flag(flag));
    if given("a") {
        return None;
    }
    let flags: String = ORDER.chars().filter(|flag| given(flag.encode_utf8(&mut [0; 4]))).collect();
    Some(if flags.is_empty() { "s".to_owned() } else { flags })
}

outparse_sdk::export!(Uname);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Uname;

    fn values(command: Option<&[&str]>, capture: &str) -> String {
        parse::<Uname>(command, capture.as_bytes()).only().to_owned()
    }

    #[test]
    fn linux_leaves_out_what_it_does_not_know() {
        assert_eq!(
            values(None, "Linux box 6.1.0-21-amd64 #1 SMP Debian 6.1.90-1  (2024-05-03) x86_64 GNU/Linux\n"),
            r##"{"kernel_name":"Linux","node_name":"box","kernel_release":"6.1.0-21-amd64","kernel_version":"#1 SMP Debian 6.1.90-1 (2024-05-03)","architecture":"x86_64","operating_system":"GNU/Linux"}"##
        );
        assert_eq!(
            values(None, "Linux box 5.4 #1 SMP i686 athlon i386 GNU/Linux\n"),
            r##"{"kernel_name":"Linux","node_name":"box","kernel_release":"5.4","kernel_version":"#1 SMP","architecture":"i686","processor":"athlon","hardware_platform":"i386","operating_system":"GNU/Linux"}"##
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
            r#"{"kernel_name":"Darwin","node_name":"mac","kernel_release":"23.5.0","kernel_version":"Darwin Kernel Version 23.5.0; root:xnu~1/RELEASE_ARM64","architecture":"arm64"}"#
        );
        assert!(
            values(None, "FreeBSD f 14.1-RELEASE FreeBSD 14.1-RELEASE GENERIC  amd64\n\n")
                .ends_with(r#","architecture":"amd64"}"#)
        );
    }

    #[test]
    fn flags_choose_the_names() {
        assert_eq!(values(Some(&["uname"]), "Linux\n"), r#"{"kernel_name":"Linux"}"#);
        assert_eq!(values(Some(&["uname", "-r"]), "6.1.0\n"), r#"{"kernel_release":"6.1.0"}"#);
        assert_eq!(
            values(Some(&["uname", "-mrs"]), "Linux 6.1.0 x86_64\n"),
            r#"{"kernel_name":"Linux","kernel_release":"6.1.0","architecture":"x86_64"}"#
        );
        assert_eq!(
            values(Some(&["uname", "-vm"]), "#1 SMP x86_64\n"),
            r##"{"kernel_version":"#1 SMP","architecture":"x86_64"}"##
        );
        assert!(values(Some(&["uname", "--all"]), "Darwin mac 23 v arm64\n").starts_with(r#"{"kernel_name":"Darwin""#));
    }

    #[test]
    fn a_second_line_is_a_problem() {
        let parsed = parse::<Uname>(None, b"Darwin mac 23 v arm64\nmore\n");
        assert_eq!(parsed.problems, ["error: line 2, column 1: expected one line, found `more`"]);
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        assert_any_split::<Uname>(None, b"Darwin mac 23 v arm64\r\n\nmore\n");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Uname>([
            "",
            "hello\n",
            "Linux\n",
            "Linux box 5.4 #1\n",
            "Darwin mac 23\n",
            "Linux x86_64 GNU/Linux\n",
            "SunOS a 5.11 11.4 i86pc\n",
        ]);
        assert!(parse::<Uname>(Some(&["uname", "-r"]), b"two words\n").failure.is_some());
    }
}
