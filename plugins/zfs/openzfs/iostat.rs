//! `zpool iostat`: a table of pools, with `-v` of their devices too, again with each interval.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::{Above, amount};

/// What a pool or a device of one holds and does.
#[derive(Clone, Debug, Default, Record)]
pub struct Traffic {
    /// The pool.
    #[field(key)]
    pub pool: Vec<u8>,
    /// The device; null in the line of the pool itself.
    #[field(key)]
    pub device: Option<Vec<u8>>,
    /// What the device is part of, where that is not the pool itself.
    pub parent: Option<Vec<u8>>,
    /// What the device is for, where that is not data: `logs`, `cache`, `special`, `dedup`.
    pub class: Option<Vec<u8>>,
    /// Space in use; shortened without `-p`.
    #[field(unit = "bytes", approximate, gauge)]
    pub used: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub free: Option<i64>,
    /// Reads a second.
    #[field(approximate, gauge)]
    pub reads_per_second: Option<i64>,
    /// Writes a second.
    #[field(approximate, gauge)]
    pub writes_per_second: Option<i64>,
    /// Bytes read a second.
    #[field(unit = "bytes/s", approximate, gauge)]
    pub read_bytes_per_second: Option<i64>,
    /// Bytes written a second.
    #[field(unit = "bytes/s", approximate, gauge)]
    pub written_bytes_per_second: Option<i64>,
}

/// Reads `zpool iostat`.
pub struct ZpoolIostat {
    /// The pool whose devices come; none below a line that could not be read.
    pool: Option<Vec<u8>>,
    above: Above,
    class: Option<Vec<u8>>,
}

impl Parser for ZpoolIostat {
    const ABOUT: About = About {
        name: "zpool-iostat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Traffic of pools and their devices, as zpool iostat prints it",
        commands: &["zpool iostat"],
        dialect: "openzfs",
        platforms: &["linux", "freebsd", "solaris"],
        ..About::DEFAULT
    };
    type Record = Traffic;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ZpoolIostat { pool: None, above: Above::default(), class: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let squeezed = whole.squeezed();
        if squeezed.is_empty() || squeezed.iter().all(|byte| matches!(byte, b'-' | b' ')) && squeezed.contains(&b' ') {
            return Ok(());
        }
        if *squeezed == *b"no pools available" {
            rows.recognise();
            return Ok(());
        }
        if let Some(rest) = squeezed.strip_prefix(b"capacity operations bandwidth") {
            if !rest.is_empty() {
                let message = "the columns of `zpool iostat -l`, `-q`, `-w` and `-r` are not read";
                return Err(Error::unrecognised(message));
            }
            rows.recognise();
            return Ok(());
        }
        if *squeezed == *b"pool alloc free read write read write" {
            rows.recognise();
            return Ok(());
        }
        if !rows.recognised() {
            return Err(line.expected("the titles `capacity operations bandwidth`").into());
        }
        let indent = whole.trim().start();
        let words = whole.words();
        // With `-T d` the time stands above the table.
        if words.first().is_some_and(|word| word.is_weekday()) && words.len() >= 5 {
            return Ok(());
        }
        let [name, used, free, reads, writes, read_bytes, write_bytes] = words[..] else {
            if let [class] = words[..]
                && matches!(class.bytes, b"logs" | b"cache" | b"spares" | b"special" | b"dedup")
            {
                self.class = Some(class.bytes.to_vec());
                self.above.clear();
                return Ok(());
            }
            self.begin(indent, words[0].bytes);
            return Err(line.expected("a name and six amounts").into());
        };
        // Under a class the names of its devices are further in.
        if matches!(name.bytes, b"logs" | b"cache" | b"spares" | b"special" | b"dedup") && used.bytes == b"-" {
            self.class = Some(name.bytes.to_vec());
            self.above.clear();
            return Ok(());
        }
        let parent = self.begin(indent, name.bytes);
        let traffic = Traffic {
            used: amount(used)?,
            free: amount(free)?,
            reads_per_second: amount(reads)?,
            writes_per_second: amount(writes)?,
            read_bytes_per_second: amount(read_bytes)?,
            written_bytes_per_second: amount(write_bytes)?,
            ..Traffic::default()
        };
        let name = name.bytes.to_vec();
        if indent == 0 {
            self.pool = Some(name.clone());
            rows.push(Traffic { pool: name, ..traffic });
        } else if let Some(pool) = &self.pool {
            rows.push(Traffic { pool: pool.clone(), device: Some(name), parent, class: self.class.clone(), ..traffic });
        } else if rows.made() == 0 {
            return Err(line.expected("a pool above its devices").into());
        }
        Ok(())
    }
}

impl ZpoolIostat {
    /// Begins a pool or a device, whatever its amounts are. Gives what it is part of.
    fn begin(&mut self, indent: usize, name: &[u8]) -> Option<Vec<u8>> {
        if indent > 0 {
            return self.above.begin(indent, name);
        }
        (self.pool, self.class) = (None, None);
        self.above.clear();
        None
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::ZpoolIostat;

    #[test]
    fn pools_and_devices_are_read_again_and_again() {
        let text = b"              capacity     operations     bandwidth\npool        alloc   free   read  write   read  write\n\
            ----------  -----  -----  -----  -----  -----  -----\ntank        2.50T  2.20T      0      2   349K  1.50M\n\
            \x20 mirror    2.50T  2.20T      0      2   349K  1.50M\n    sda           -      -      0      1   349K   448K\nlogs            -      -      -      -      -      -\n\
            \x20 nvme0       512  1.0G      0      0      0      0\n----------  -----  -----  -----  -----  -----  -----\n\
            tank        2.50T  2.20T      1      2   349K  1.50M\n";
        let parsed = parse::<ZpoolIostat>(None, text);
        let records = parsed.sound();
        assert_eq!(records.len(), 5);
        assert_eq!(
            records[0],
            r#"{"pool":"tank","used":2748779069440,"free":2418925581107,"reads_per_second":0,"writes_per_second":2,"read_bytes_per_second":357376,"written_bytes_per_second":1572864}"#
        );
        assert!(
            records[2].starts_with(r#"{"pool":"tank","device":"sda","parent":"mirror","reads_per_second":0"#),
            "{}",
            records[2]
        );
        assert!(records[3].starts_with(r#"{"pool":"tank","device":"nvme0","class":"logs","used":512"#), "{}", records[3]);
    }

    #[test]
    fn what_is_below_a_broken_line_is_not_of_the_one_before() {
        let text = b"  capacity  operations  bandwidth\na 1 2 3 4 5 6\n  mirror-0 1 2 3 4 5 6\n    x 1 2 3 4 5 6\n  mirror-1 1 2 3 4 5 ?\n    y 1 2 3 4 5 6\nb 1 2 3 4 5 ?\n  z 1 2 3 4 5 6\n";
        let parsed = parse::<ZpoolIostat>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (4, 2), "{parsed:?}");
        parsed.has(3, &[r#""device":"y","parent":"mirror-1""#]);
    }

    #[test]
    fn other_tables_are_not_read() {
        let wait = "              capacity     operations     bandwidth    total_wait     disk_wait\n";
        assert_unrecognised::<ZpoolIostat>(["hello\n", wait, "tank 1 2 3 4 5 6\n"]);
        let parsed =
            parse::<ZpoolIostat>(None, b"  capacity  operations  bandwidth\na 1 2 3 4 5\nb 1 2 3 4 5 x\nc 1 2 3 4 5 6\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
    }
}
