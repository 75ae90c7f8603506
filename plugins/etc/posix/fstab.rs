//! `/etc/fstab`: filesystems, up to six fields between blanks. `/etc/mtab` and `/proc/mounts` look the same.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source, escape};

/// A filesystem.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry {
    /// What is mounted: a device, `UUID=…`, a share.
    pub filesystem: Vec<u8>,
    /// Where; `none` of swap.
    #[field(key)]
    pub mounted_on: Vec<u8>,
    /// Its type.
    pub r#type: Vec<u8>,
    /// Options.
    pub options: Vec<Vec<u8>>,
    /// How often it is dumped, in days: 0 where it is not.
    pub dump_frequency: i64,
    /// When it is checked: 0 never, 1 first.
    pub check_pass: i64,
}

/// Reads `/etc/fstab`.
pub struct Fstab;

impl Parser for Fstab {
    const ABOUT: About = About {
        name: "fstab",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Filesystems, as /etc/fstab, /etc/mtab and /proc/mounts have them",
        files: &["/etc/fstab", "/etc/mtab", "/proc/mounts", "/proc/self/mounts", "/proc/*/mounts"],
        dialect: "linux",
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Fstab
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || text.bytes[0] == b'#' {
            return Ok(());
        }
        // A comment may follow, after the last field only.
        let words: Vec<Field<'_>> = text.fields().take_while(|word| word.bytes[0] != b'#').collect();
        let (filesystem, mounted_on, kind, options, rest) = match words[..] {
            [filesystem, mounted_on, kind, options, ref rest @ ..] => (filesystem, mounted_on, kind, Some(options), rest),
            // The BSDs may leave out all that follows the type.
            [filesystem, mounted_on, kind] => (filesystem, mounted_on, kind, None, &[][..]),
            _ => return Err(line.expected("`DEVICE DIRECTORY TYPE OPTIONS DUMP PASS`").into()),
        };
        if rest.len() > 2 {
            return Err(Problem::error(format!("expected 6 fields, found {}", words.len())).into());
        }
        let number = |at: usize| rest.get(at).map_or(Ok(0), |field| field.integer());
        let options = options.into_iter().flat_map(|options| options.split(","));
        rows.push(Entry {
            filesystem: escape::octal(filesystem.bytes),
            mounted_on: escape::octal(mounted_on.bytes),
            r#type: kind.bytes.to_vec(),
            options: options.map(|option| escape::octal(option.bytes)).filter(|option| !option.is_empty()).collect(),
            dump_frequency: number(0)?,
            check_pass: number(1)?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Fstab;

    #[test]
    fn fields_may_be_escaped_and_left_out() {
        let parsed = parse::<Fstab>(None, b"# x\nUUID=1 /a\\040b ext4 rw,noatime 0 1 # y\nproc\t/proc\tproc\tdefaults\na b\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"filesystem":"UUID=1","mounted_on":"/a b","type":"ext4","options":["rw","noatime"],"dump_frequency":0,"check_pass":1}"#,
                r#"{"filesystem":"proc","mounted_on":"/proc","type":"proc","options":["defaults"],"dump_frequency":0,"check_pass":0}"#,
            ]
        );
        assert_eq!(parsed.problems.len(), 1);
        assert_unrecognised::<Fstab>(["hello\n", "a b\n", "a b c d 1 x\n", "a b c d 1 2 3\n"]);
    }
}
