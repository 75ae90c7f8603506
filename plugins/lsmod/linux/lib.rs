//! `lsmod` prints a table of the kernel's modules. kmod and BusyBox print the same but for a remark after the titles.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// A loaded kernel module.
#[derive(Record)]
pub struct Module<'a> {
    /// Name of the module.
    #[field(key)]
    pub module: &'a [u8],
    /// Memory it takes.
    #[field(unit = "bytes")]
    pub size: i64,
    /// How often it is in use, by other modules or otherwise. Negative where it cannot be unloaded.
    pub use_count: i64,
    /// The modules that use it.
    pub used_by: Vec<&'a [u8]>,
}

/// Reads the table of `lsmod`.
pub struct Lsmod;

const TITLES: &str = "the titles `Module Size Used by`";

impl Parser for Lsmod {
    const ABOUT: About = About {
        name: "lsmod-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Loaded kernel modules, as lsmod of kmod, BusyBox and toybox lists them",
        commands: &["lsmod", "busybox lsmod", "toybox lsmod"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Module<'static>;

    fn new(_: &Source) -> Self {
        Lsmod
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !rows.recognised() {
            if !line.whole().squeezed().starts_with(b"Module Size Used by") {
                return Err(Error::Unrecognised(line.expected(TITLES)));
            }
            rows.recognise();
            return Ok(());
        }
        let [module, size, used, by] = line.fields_and_rest()?;
        let mut by = by.fields();
        let users = by.next();
        by.end()?;
        let by = users.iter().flat_map(|users| users.split(",")).filter_map(Field::known).map(|user| user.bytes).collect();
        rows.push(Module { module: module.bytes, size: size.integer()?, use_count: used.integer()?, used_by: by });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        // A kernel without modules prints the titles alone.
        rows.expect_recognised(TITLES)
    }
}

outparse_sdk::export!(Lsmod);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Lsmod;

    const TABLE: &str = "Module                  Size  Used by\nbridge                151336  1 br_netfilter\nllc 14552  2 stp,bridge,\nx 1  0 \n";

    #[test]
    fn users_are_a_list() {
        assert_eq!(
            parse::<Lsmod>(None, TABLE.as_bytes()).records,
            [
                r#"{"module":"bridge","size":151336,"use_count":1,"used_by":["br_netfilter"]}"#,
                r#"{"module":"llc","size":14552,"use_count":2,"used_by":["stp","bridge"]}"#,
                r#"{"module":"x","size":1,"use_count":0,"used_by":[]}"#
            ]
        );
    }

    #[test]
    fn busybox_says_whether_the_kernel_is_tainted() {
        let parsed = parse::<Lsmod>(None, b"Module                  Size  Used by    Tainted: G  \nloop 1 -2 -\n");
        assert_eq!(parsed.records, [r#"{"module":"loop","size":1,"use_count":-2,"used_by":[]}"#]);
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
                "error: line 7, column 12: expected the end of the line, found `b`"
            ]
        );
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        assert_any_split::<Lsmod>(None, TABLE.as_bytes());
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Lsmod>(["", "\n", "hello\n", "Module Size\n", "bridge 1 1\n"]);
    }
}
