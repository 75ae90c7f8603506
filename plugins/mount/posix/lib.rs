//! `mount` lists filesystems as sentences, `DEVICE on DIRECTORY type TYPE (OPTIONS)`, and quotes none of the names in them. Linux
//! (util-linux, BusyBox, toybox), macOS and the BSDs differ in two details, so one parser reads them all.

use outparse_mount::Mount;
use outparse_sdk::{About, Error, Line, Parser, Problem, Rows, Source};

/// Reads what any `mount` lists.
pub struct MountList {
    /// A line has been understood: others that are not are broken, and not of another dialect.
    recognised: bool,
}

impl Parser for MountList {
    const ABOUT: About = About {
        name: "mount-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as mount of Linux, macOS and the BSDs lists them",
        commands: &["mount", "busybox mount", "toybox mount"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
    };
    type Record = Mount<'static>;

    fn new(_: &Source) -> Self {
        MountList { recognised: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let expected = || format!("expected `DEVICE on DIRECTORY … (OPTIONS)`, found {}", line.quoted());
        let Some(mount) = read(line.bytes) else {
            return Err(if self.recognised { Problem::error(expected()).into() } else { Error::unrecognised(expected()) });
        };
        self.recognised = true;
        if find(mount.mount_point, ON).is_some() {
            let message = format!("which ` on /` begins the directory cannot be told, the first was taken: {}", line.quoted());
            rows.problem(Problem::warning(message));
        }
        rows.push(mount);
        Ok(())
    }
}

/// What stands between a device and a directory, which is always absolute.
const ON: &[u8] = b" on /";

fn read(line: &[u8]) -> Option<Mount<'_>> {
    let (sentence, label) = split_label(line.trim_ascii_end());
    let sentence = sentence.strip_suffix(b")")?;
    let typed = split_type(sentence);
    let (names, kind, options) = match typed {
        Some((names, kind, options)) => (names, Some(kind), options),
        None => {
            let open = rfind(sentence, b" (")?;
            (&sentence[..open], None, &sentence[open + 2..])
        }
    };
    let on = find(names, ON).filter(|&on| on > 0)?;
    let options = split_options(options);
    let kind = kind.or(options.first().copied());
    Some(Mount { filesystem: &names[..on], mount_point: &names[on + ON.len() - 1..], kind, options, label, ..Mount::default() })
}

/// Takes the ` [label]` of `mount -l` off the end.
fn split_label(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    match line.strip_suffix(b"]").and_then(|line| Some((line, rfind(line, b") [")?))) {
        Some((labelled, close)) => (&labelled[..=close], Some(&labelled[close + 3..])),
        None => (line, None),
    }
}

/// The names, the type and the options around ` type TYPE (`. The words may be part of a name too: the last place with options as
/// Linux prints them is taken, or else the last place at all, which is how OpenBSD and NetBSD print it.
fn split_type(sentence: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    const TYPE: &[u8] = b" type ";
    let mut found = None;
    let mut end = sentence.len();
    while let Some(at) = rfind(&sentence[..end], TYPE) {
        let after = &sentence[at + TYPE.len()..];
        let word = after.iter().position(|&byte| byte == b' ').unwrap_or(after.len());
        if let Some(options) = after[word..].strip_prefix(b" (")
            && word > 0
        {
            let place = (&sentence[..at], &after[..word], options);
            if is_linux(options) {
                return Some(place);
            }
            found = found.or(Some(place));
        }
        // Two places may share a blank.
        end = at + TYPE.len() - 1;
    }
    found
}

/// Whether the options begin as they do on Linux only.
fn is_linux(options: &[u8]) -> bool {
    options.get(2).is_none_or(|&byte| byte == b',') && (options.starts_with(b"rw") || options.starts_with(b"ro"))
}

/// Linux separates options by commas, and quotes those that contain one; all others separate them by comma and space.
fn split_options(options: &[u8]) -> Vec<&[u8]> {
    let separator: &[u8] = if !is_linux(options) && find(options, b", ").is_some() { b", " } else { b"," };
    // A single quote mark is part of a name.
    let quotes_pair = options.iter().filter(|&&byte| byte == b'"').count() % 2 == 0;
    let mut quoted = false;
    let mut found = Vec::new();
    let mut start = 0;
    for (at, &byte) in options.iter().enumerate() {
        quoted ^= quotes_pair && byte == b'"';
        if !quoted && at >= start && options[at..].starts_with(separator) {
            found.push(&options[start..at]);
            start = at + separator.len();
        }
    }
    if start < options.len() {
        found.push(&options[start..]);
    }
    found
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn rfind(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).rposition(|window| window == part)
}

outparse_sdk::export!(MountList);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, parse, parse_pieces};

    use super::MountList;

    fn mount(capture: &str) -> Parsed {
        parse::<MountList>(None, capture.as_bytes())
    }

    fn only(line: &str) -> String {
        let parsed = mount(line);
        assert_eq!((parsed.records.len(), &parsed.problems[..], &parsed.failure), (1, &[][..], &None), "{parsed:?}");
        parsed.records[0].clone()
    }

    fn record(filesystem: &str, mount_point: &str, kind: &str, options: &[&str], label: Option<&str>) -> String {
        let label = label.map_or("null".to_owned(), |label| format!("{label:?}"));
        let options = options.iter().map(|option| format!("{option:?}")).collect::<Vec<_>>().join(",");
        format!(
            r#"{{"filesystem":{filesystem:?},"mount_point":{mount_point:?},"type":{kind:?},"options":[{options}],"label":{label},"node":null,"date":null}}"#
        )
    }

    #[test]
    fn linux_names_the_type() {
        assert_eq!(only("sysfs on /sys type sysfs (rw,nosuid)\n"), record("sysfs", "/sys", "sysfs", &["rw", "nosuid"], None));
    }

    #[test]
    fn macos_has_the_type_among_the_options() {
        assert_eq!(
            only("map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)\n"),
            record("map auto_home", "/System/Volumes/Data/home", "autofs", &["autofs", "automounted", "nobrowse"], None)
        );
        assert_eq!(only("devfs on /dev (devfs)\n"), record("devfs", "/dev", "devfs", &["devfs"], None));
    }

    #[test]
    fn openbsd_names_the_type_and_spaces_the_options() {
        assert_eq!(
            only("/dev/sd0d on /tmp type ffs (local, nodev, nosuid)\n"),
            record("/dev/sd0d", "/tmp", "ffs", &["local", "nodev", "nosuid"], None)
        );
    }

    #[test]
    fn names_may_contain_the_words_of_the_sentence() {
        assert_eq!(
            only("//srv/show on tour on /mnt/my type (1) type cifs (rw,vers=3.0)\n"),
            record("//srv/show on tour", "/mnt/my type (1)", "cifs", &["rw", "vers=3.0"], None)
        );
        assert_eq!(
            only("/dev/sdb1 on /mnt/a type b (old) type vfat (ro)\n"),
            record("/dev/sdb1", "/mnt/a type b (old)", "vfat", &["ro"], None)
        );
        assert_eq!(
            only("/dev/disk4 on /Volumes/Copy (2) (hfs, local)\n"),
            record("/dev/disk4", "/Volumes/Copy (2)", "hfs", &["hfs", "local"], None)
        );
        assert_eq!(only("a on / type type type (rw)\n"), record("a", "/ type", "type", &["rw"], None));
    }

    #[test]
    fn two_possible_directories_are_a_warning() {
        let parsed = mount("/dev/sdb1 on /mnt/a on /b type vfat (ro)\n");
        assert_eq!(parsed.records, [record("/dev/sdb1", "/mnt/a on /b", "vfat", &["ro"], None)]);
        assert!(parsed.problems[0].starts_with("warning: line 1, which ` on /` begins the directory"), "{:?}", parsed.problems);
    }

    #[test]
    fn labels_of_mount_l_are_taken_off() {
        assert_eq!(
            only("/dev/sda1 on /boot [x] type ext4 (rw,relatime) [my [boot] disk]\n"),
            record("/dev/sda1", "/boot [x]", "ext4", &["rw", "relatime"], Some("my [boot] disk"))
        );
    }

    #[test]
    fn a_quoted_option_keeps_its_commas() {
        assert_eq!(
            only("tmpfs on /x type tmpfs (rw,context=\"u:r:t:s0:c1,c2\",size=1k)\n"),
            record("tmpfs", "/x", "tmpfs", &["rw", "context=\"u:r:t:s0:c1,c2\"", "size=1k"], None)
        );
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = mount("proc on /proc type proc (rw)\nsysfs on /sys type sy\nsysfs on /sys type sysfs (rw)\n");
        assert_eq!(parsed.records.len(), 2);
        assert_eq!(parsed.problems, ["error: line 2, expected `DEVICE on DIRECTORY … (OPTIONS)`, found `sysfs on /sys type sy`"]);
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        let capture = "proc on /proc type proc (rw)\r\n\nbad\ndevfs on /dev (devfs, local)";
        let pieces = capture.as_bytes().split_inclusive(|&byte| byte == b'\n');
        assert_eq!(parse_pieces::<MountList>(None, pieces), mount(capture));
        assert_eq!(mount(capture).records.len(), 2);
    }

    #[test]
    fn other_input_is_unrecognised() {
        for garbage in
            ["hello\n", "()\n", " on / (rw)\n", "x on y (rw)\n", "a on / type x\n", "mount: /mnt: not mounted.\n", "]\n", ") []"]
        {
            let parsed = mount(garbage);
            assert!(parsed.failure.is_some_and(|failure| failure.starts_with("unrecognised")), "{garbage:?}");
        }
        assert!(parse::<MountList>(None, b"\xff\xfe\0 type  (\n").failure.is_some());
    }

    #[test]
    fn nothing_mounted_is_no_record() {
        assert_eq!(mount(""), Parsed { records: vec![], problems: vec![], failure: None });
    }
}
