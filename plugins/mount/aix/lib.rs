//! `mount` of AIX prints a table. Its first column, the server of a remote filesystem, is blank for local ones; the columns overflow
//! at will, so the fields are told by their order, beginning with whether there is a server.

use outparse_mount::Mount;
use outparse_sdk::{About, Ending, Error, Line, Moment, Parser, Problem, Rows, Source, Time, time};

/// Reads the table of AIX.
pub struct MountTable {
    captured: Option<Moment>,
}

const TITLES: &str = "node mounted mounted over vfs date options";

impl Parser for MountTable {
    const ABOUT: About = About {
        name: "mount-aix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as mount of AIX lists them",
        commands: &["mount"],
        dialect: "aix",
        platforms: &["aix"],
        ..About::DEFAULT
    };
    type Record = Mount<'static>;

    fn new(source: &Source) -> Self {
        MountTable { captured: source.clock() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let is_rule = line.bytes.iter().all(|&byte| byte == b'-' || byte == b' ');
        if line.is_blank() || rows.recognised() && is_rule {
            return Ok(());
        }
        if rows.recognised() {
            rows.push(mount(line, self.captured)?);
        } else {
            line.expect(TITLES)?;
            rows.recognise();
            let unsaid = if self.captured.is_some() { &["label"][..] } else { &["label", "mounted"] };
            rows.without(unsaid);
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(&format!("the titles `{TITLES}`"))
    }
}

fn mount(line: Line<'_>, captured: Option<Moment>) -> Result<Mount<'_>, Problem> {
    let fields = line.words();
    let (host, fields) = match fields.split_first() {
        Some((node, fields)) if !line.bytes.starts_with(b" ") => (Some(node.bytes), fields),
        _ => (None, &fields[..]),
    };
    let [filesystem, mounted_on, kind, month, day, clock, options @ ..] = fields else {
        return Err(line.expected("`NODE DEVICE DIRECTORY VFS DATE OPTIONS`"));
    };
    if !mounted_on.bytes.starts_with(b"/") {
        return Err(mounted_on.expected("a directory"));
    }
    let date = line.span(&[*month, *clock]).ok_or_else(|| line.expected("a date and a time"))?;
    if day.as_integer().is_none() || time::time_of_day(clock.bytes).is_none() {
        return Err(month.expected("a date and a time"));
    }
    let options = match options {
        [] => Vec::new(),
        [options] => options.bytes.split(|&byte| byte == b',').filter(|option| !option.is_empty()).collect(),
        [_, more, ..] => return Err(more.expected("the end of the line")),
    };
    Ok(Mount {
        filesystem: filesystem.bytes,
        mounted_on: mounted_on.bytes,
        kind: Some(kind.bytes),
        options,
        host,
        mounted: time::dated(date, captured).map(Time::digits),
        mounted_text: Some(date.bytes),
        ..Mount::default()
    })
}

outparse_sdk::export!(MountTable);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::MountTable;

    const TABLE: &str = "  node       mounted        mounted over    vfs       date        options      
-------- ---------------  ---------------  ------ ------------ --------------- 
         /dev/hd4         /                jfs2   Sep 06 11:46 rw,log=/dev/hd8 
         /proc            /proc            procfs Sep 06 11:46 rw              
nas      /export/home     /home            nfs3   Sep 06 11:47                 
";

    #[test]
    fn remote_filesystems_have_a_node() {
        assert_eq!(
            parse::<MountTable>(None, TABLE.as_bytes()).records,
            [
                r#"{"filesystem":"/dev/hd4","mounted_on":"/","type":"jfs2","options":["rw","log=/dev/hd8"],"host":null,"mounted_text":"Sep 06 11:46"}"#,
                r#"{"filesystem":"/proc","mounted_on":"/proc","type":"procfs","options":["rw"],"host":null,"mounted_text":"Sep 06 11:46"}"#,
                r#"{"filesystem":"/export/home","mounted_on":"/home","type":"nfs3","options":[],"host":"nas","mounted_text":"Sep 06 11:47"}"#
            ]
        );
    }

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let parsed = parse::<MountTable>(None, format!("{TABLE} /dev/x /y jfs2\n /a b c d e f\n /a /b jfs2 x y z\n").as_bytes());
        assert_eq!(parsed.records.len(), 3);
        assert_eq!(
            parsed.problems,
            [
                "error: line 6, expected `NODE DEVICE DIRECTORY VFS DATE OPTIONS`, found ` /dev/x /y jfs2`",
                "error: line 7, column 5: expected a directory, found `b`",
                "error: line 8, column 13: expected a date and a time, found `x`"
            ]
        );
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        assert_any_split::<MountTable>(None, TABLE.as_bytes());
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<MountTable>(["", "\n", "----\n", "proc on /proc type proc (rw)\n", "node mounted\n"]);
    }
}
