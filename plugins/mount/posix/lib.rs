//! `mount` lists filesystems as sentences, `DEVICE on DIRECTORY type TYPE (OPTIONS)`, and quotes none of the names in them. Linux
//! (util-linux, BusyBox, toybox), macOS and the BSDs differ in two details, so one parser reads them all.

use outparse_mount::Mount;
use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Rows, Source};

/// Reads what any `mount` lists.
pub struct MountList {
    /// Whether labels are printed: `mount -l`.
    labelled: bool,
}

impl Parser for MountList {
    const ABOUT: About = About {
        name: "mount-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as mount of Linux, macOS and the BSDs lists them",
        commands: &["mount", "busybox mount", "toybox mount"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Mount<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["l show-labels", "t=", "O="]).unwrap_or_default();
        MountList { labelled: arguments.contains(&Argument::Flag("l")) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let mount = read(line.whole()).ok_or_else(|| line.expected("`DEVICE on DIRECTORY … (OPTIONS)`"))?;
        if !rows.recognised() || mount.label.is_some() && !self.labelled {
            self.labelled |= mount.label.is_some();
            rows.shape(["filesystem", "mounted_on", "type", "options"].into_iter().chain(self.labelled.then_some("label")));
        }
        if Field::from(mount.mounted_on).find(ON).is_some() {
            let message = format!("which ` on /` begins the directory cannot be told, the first was taken: {}", line.quoted());
            rows.problem(Problem::warning(message));
        }
        rows.push(mount);
        Ok(())
    }
}

/// What stands between a device and a directory, which is always absolute.
const ON: &str = " on /";

fn read(line: Field<'_>) -> Option<Mount<'_>> {
    let (sentence, label) = split_label(line.trim_end());
    let sentence = sentence.strip_suffix(")")?;
    let (names, kind, options) = match split_type(sentence) {
        Some((names, kind, options)) => (names, Some(kind.bytes), options),
        None => sentence.rsplit_once(" (").map(|(names, options)| (names, None, options))?,
    };
    // Where the type is blank, nothing else is it.
    if kind.is_none() && (is_linux(options.bytes) || options.is_blank() || names.trim_end().strip_suffix(" type").is_some()) {
        return None;
    }
    let on = names.find(ON).filter(|&on| on > 0)?;
    let (filesystem, mounted_on) = (names.split_at(on).0.bytes, names.split_at(on + ON.len() - 1).1.bytes);
    let options = split_options(options);
    let kind = kind.or(options.first().copied());
    Some(Mount { filesystem, mounted_on, kind, options, label, ..Mount::default() })
}

/// Takes the ` [label]` of `mount -l` off the end.
fn split_label(line: Field<'_>) -> (Field<'_>, Option<&[u8]>) {
    match line.strip_suffix("]").and_then(|line| Some((line, line.rfind(") [")?))) {
        Some((line, close)) => (line.split_at(close + 1).0, Some(line.split_at(close + 3).1.bytes)),
        None => (line, None),
    }
}

/// The names, the type and the options around ` type TYPE (`. The words may be part of a name too: the last place with options as
/// Linux prints them is taken, or else the last place at all, which is how OpenBSD and NetBSD print it.
fn split_type(sentence: Field<'_>) -> Option<(Field<'_>, Field<'_>, Field<'_>)> {
    const TYPE: &str = " type ";
    let mut found = None;
    let mut end = sentence.bytes.len();
    while let Some(at) = sentence.split_at(end).0.rfind(TYPE) {
        let (kind, rest) = sentence.split_at(at + TYPE.len()).1.split_once(" ").unzip();
        if let (Some(kind), Some(options)) = (kind, rest.and_then(|rest| rest.strip_prefix("(")))
            && !kind.bytes.is_empty()
        {
            let place = (sentence.split_at(at).0, kind, options);
            if is_linux(options.bytes) {
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
fn split_options(options: Field<'_>) -> Vec<&[u8]> {
    let separator: &[u8] = if !is_linux(options.bytes) && options.find(", ").is_some() { b", " } else { b"," };
    let mut found = Vec::with_capacity(8);
    let mut whole = options;
    let mut from = 0;
    while let Some(at) = whole.split_at(from).1.find(separator).map(|at| from + at) {
        // A single quote mark is part of a name.
        let is_quoted = marks(whole.bytes, at) % 2 == 1 && marks(options.bytes, options.bytes.len()).is_multiple_of(2);
        from = at + separator.len();
        if !is_quoted {
            found.push(whole.split_at(at).0.trim().bytes);
            (whole, from) = (whole.split_at(from).1, 0);
        }
    }
    found.push(whole.trim().bytes);
    found.retain(|option| !option.is_empty());
    found
}

/// How many quote marks stand before a place.
fn marks(text: &[u8], end: usize) -> usize {
    text[..end].iter().filter(|&&byte| byte == b'"').count()
}

outparse_sdk::export!(MountList);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

    use super::MountList;

    fn mount(capture: &str) -> Parsed {
        parse::<MountList>(None, capture.as_bytes())
    }

    fn only(line: &str) -> String {
        let parsed = mount(line);
        assert_eq!((parsed.records.len(), &parsed.problems[..], &parsed.failure), (1, &[][..], &None), "{parsed:?}");
        parsed.records[0].clone()
    }

    fn record(filesystem: &str, mounted_on: &str, kind: &str, options: &[&str], label: Option<&str>) -> String {
        let label = label.map_or(String::new(), |label| format!(r#","label":{label:?}"#));
        let options = options.iter().map(|option| format!("{option:?}")).collect::<Vec<_>>().join(",");
        format!(r#"{{"filesystem":{filesystem:?},"mounted_on":{mounted_on:?},"type":{kind:?},"options":[{options}]{label}}}"#)
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
        assert_any_split::<MountList>(None, capture.as_bytes());
        assert_eq!(mount(capture).records.len(), 2);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<MountList>([
            "hello\n",
            "()\n",
            " on / (rw)\n",
            "x on y (rw)\n",
            "a on / type x\n",
            "mount: /mnt: not mounted.\n",
            "]\n",
            ") []",
        ]);
        assert!(parse::<MountList>(None, b"\xff\xfe\0 type  (\n").failure.is_some());
    }

    #[test]
    fn nothing_mounted_is_no_record() {
        assert_eq!(mount(""), Parsed::default());
    }
}
