//! `lsmod` prints a table of the kernel's modules. kmod and BusyBox print the same but for a remark after the titles.

use outparse_sdk::{About, Error, Line, Parser, Problem, Record, Rows, Source};

/// A loaded kernel module.
#[derive(Record)]
pub struct Module<'a> {
    /// Name of the module.
    pub module: &'a [u8],
    /// Memory it takes.
    #[field(unit = "bytes")]
    pub size: i64,
    /// How often it is in use, by other modules or otherwise. Negative where it cannot be unloaded.
    pub used: i64,
    /// The modules that use it.
    pub by: Vec<&'a [u8]>,
}

/// Reads the table of `lsmod`.
pub struct Lsmod {
    titles_seen: bool,
}

impl Parser for Lsmod {
    const ABOUT: About = About {
        name: "lsmod-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Loaded kernel modules, as lsmod of kmod, BusyBox and toybox lists them",
        commands: &["lsmod", "busybox lsmod", "toybox lsmod"],
        dialect: "linux",
        platforms: &["linux"],
    };
    type Record = Module<'static>;

    fn new(_: &Source) -> Self {
        Lsmod { titles_seen: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.titles_seen {
            let titles: Vec<&[u8]> = line.fields().take(4).map(|field| field.bytes).collect();
            if titles != [&b"Module"[..], b"Size", b"Used", b"by"] {
                return Err(Error::unrecognised(format!("expected the titles `Module Size Used by`, found {}", line.quoted())));
            }
            self.titles_seen = true;
            return Ok(());
        }
        let [module, size, used, by] = line.fields_and_rest()?;
        let mut words = by.bytes.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
        let users = words.next().unwrap_or_default();
        if let Some(more) = words.next() {
            let more = String::from_utf8_lossy(more);
            return Err(Problem::error(format!("expected modules separated by commas, and found another word: `{more}`")).into());
        }
        let by = users.split(|&byte| byte == b',').filter(|user| !user.is_empty() && *user != b"-").collect();
        rows.push(Module { module: module.bytes, size: size.integer()?, used: used.integer()?, by });
        Ok(())
    }

    fn finish(&mut self, _: &mut Rows<Self::Record>) -> Result<(), Error> {
        // A kernel without modules prints the titles alone.
        if self.titles_seen {
            Ok(())
        } else {
            Err(Error::unrecognised("expected the titles `Module Size Used by`, found nothing"))
        }
    }
}

outparse_sdk::export!(Lsmod);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{parse, parse_pieces};

    use super::Lsmod;

    const TABLE: &str = "Module                  Size  Used by\nbridge                151336  1 br_netfilter\nllc 14552  2 stp,bridge,\nx 1  0 \n";

    #[test]
    fn users_are_a_list() {
        assert_eq!(
            parse::<Lsmod>(None, TABLE.as_bytes()).records,
            [
                r#"{"module":"bridge","size":151336,"used":1,"by":["br_netfilter"]}"#,
                r#"{"module":"llc","size":14552,"used":2,"by":["stp","bridge"]}"#,
                r#"{"module":"x","size":1,"used":0,"by":[]}"#
            ]
        );
    }

    #[test]
    fn busybox_says_whether_the_kernel_is_tainted() {
        let parsed = parse::<Lsmod>(None, b"Module                  Size  Used by    Tainted: G  \nloop 1 -2 -\n");
        assert_eq!(parsed.records, [r#"{"module":"loop","size":1,"used":-2,"by":[]}"#]);
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = parse::<Lsmod>(None, format!("{TABLE}loop 1\nloop x 0\nloop 1 2 a b\n").as_bytes());
        assert_eq!(parsed.records.len(), 3);
        assert_eq!(
            parsed.problems,
            [
                "error: line 5, expected 4 fields, found 2",
                "error: line 6, column 6: expected a whole number, found `x`",
                "error: line 7, expected modules separated by commas, and found another word: `b`"
            ]
        );
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        let pieces = TABLE.as_bytes().split_inclusive(|&byte| byte == b'\n');
        assert_eq!(parse_pieces::<Lsmod>(None, pieces), parse::<Lsmod>(None, TABLE.as_bytes()));
    }

    #[test]
    fn other_input_is_unrecognised() {
        for garbage in ["", "\n", "hello\n", "Module Size\n", "bridge 1 1\n"] {
            let failure = parse::<Lsmod>(None, garbage.as_bytes()).failure;
            assert!(failure.is_some_and(|failure| failure.starts_with("unrecognised")), "{garbage:?}");
        }
    }
}
