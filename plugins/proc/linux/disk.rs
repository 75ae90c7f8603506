//! `/proc/diskstats`, `/proc/partitions`, `/proc/mdstat` and `/proc/<pid>/mountinfo`.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, escape};

use crate::about;

/// A block device and what was done with it since the system started.
#[derive(Clone, Debug, Default, Record)]
pub struct DiskStatistics<'a> {
    /// Its name.
    #[field(key)]
    pub device: &'a [u8],
    /// Major device number.
    pub major: i64,
    /// Minor device number.
    pub minor: i64,
    /// Reads.
    #[field(counter)]
    pub reads: Option<i64>,
    /// Reads that were joined with others.
    #[field(counter)]
    pub reads_merged: Option<i64>,
    /// Read.
    #[field(unit = "bytes", counter)]
    pub read_bytes: Option<i64>,
    /// Time that reads took, together.
    #[field(unit = "seconds", counter)]
    pub read_time: Option<f64>,
    /// Writes.
    #[field(counter)]
    pub writes: Option<i64>,
    /// Writes that were joined with others.
    #[field(counter)]
    pub writes_merged: Option<i64>,
    /// Written.
    #[field(unit = "bytes", counter)]
    pub written_bytes: Option<i64>,
    /// Time that writes took, together.
    #[field(unit = "seconds", counter)]
    pub write_time: Option<f64>,
    /// Reads and writes under way.
    #[field(gauge)]
    pub in_flight: Option<i64>,
    /// Time in which there was something to do.
    #[field(unit = "seconds", counter)]
    pub io_time: Option<f64>,
    /// The same, times the number of what was to do.
    #[field(unit = "seconds", counter)]
    pub weighted_io_time: Option<f64>,
    /// Discards.
    #[field(counter)]
    pub discards: Option<i64>,
    /// Discards that were joined with others.
    #[field(counter)]
    pub discards_merged: Option<i64>,
    /// Discarded.
    #[field(unit = "bytes", counter)]
    pub discarded_bytes: Option<i64>,
    /// Time that discards took, together.
    #[field(unit = "seconds", counter)]
    pub discard_time: Option<f64>,
    /// Flushes.
    #[field(counter)]
    pub flushes: Option<i64>,
    /// Time that flushes took, together.
    #[field(unit = "seconds", counter)]
    pub flush_time: Option<f64>,
}

/// Reads `/proc/diskstats`.
pub struct Diskstats;

/// Sectors are of this size here, whatever the device's own are.
const SECTOR: i64 = 512;

impl Parser for Diskstats {
    const ABOUT: About = about!("diskstats", "What was read and written, as /proc/diskstats has it", "/proc/diskstats");
    type Record = DiskStatistics<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Diskstats
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let [major, minor, device, rest] = line.fields_and_rest()?;
        let words = rest.words();
        // Before Linux 2.6.25, partitions had four numbers; discards came with 4.18, flushes with 5.5.
        if !matches!(words.len(), 4 | 11 | 15 | 17..) {
            return Err(Problem::error(format!("expected 4, 11, 15 or 17 numbers after the name, found {}", words.len())).into());
        }
        if device.as_integer().is_some() {
            return Err(device.expected("the name of a device").into());
        }
        let number = |at: usize| words.get(at).map(|word| word.integer()).transpose();
        let bytes = |at: usize| number(at).map(|sectors| sectors.map(|sectors| sectors.saturating_mul(SECTOR)));
        let time = |at: usize| words.get(at).map(|word| word.float_e(-3)).transpose();
        if words.len() == 4 {
            rows.push(DiskStatistics {
                device: device.bytes,
                major: major.integer()?,
                minor: minor.integer()?,
                reads: number(0)?,
                read_bytes: bytes(1)?,
                writes: number(2)?,
                written_bytes: bytes(3)?,
                ..DiskStatistics::default()
            });
            return Ok(());
        }
        rows.push(DiskStatistics {
            device: device.bytes,
            major: major.integer()?,
            minor: minor.integer()?,
            reads: number(0)?,
            reads_merged: number(1)?,
            read_bytes: bytes(2)?,
            read_time: time(3)?,
            writes: number(4)?,
            writes_merged: number(5)?,
            written_bytes: bytes(6)?,
            write_time: time(7)?,
            in_flight: number(8)?,
            io_time: time(9)?,
            weighted_io_time: time(10)?,
            discards: number(11)?,
            discards_merged: number(12)?,
            discarded_bytes: bytes(13)?,
            discard_time: time(14)?,
            flushes: number(15)?,
            flush_time: time(16)?,
        });
        Ok(())
    }
}

/// A block device or partition.
#[derive(Clone, Debug, Default, Record)]
pub struct Partition<'a> {
    /// Its name.
    #[field(key)]
    pub device: &'a [u8],
    /// Major device number.
    pub major: i64,
    /// Minor device number.
    pub minor: i64,
    /// Its size.
    #[field(unit = "bytes")]
    pub size: i64,
}

/// Reads `/proc/partitions`.
pub struct Partitions {
    began: bool,
}

impl Parser for Partitions {
    const ABOUT: About = about!("partitions", "Block devices, as /proc/partitions has them", "/proc/partitions");
    type Record = Partition<'static>;

    fn new(_: &Source) -> Self {
        Partitions { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            line.expect("major minor #blocks name")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        let [major, minor, blocks, device] = line.fields_and_rest()?;
        let size = blocks.integer()?.saturating_mul(1024);
        rows.push(Partition { device: device.trim().bytes, major: major.integer()?, minor: minor.integer()?, size });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `major minor #blocks name`")
    }
}

/// An array of the md driver.
#[derive(Clone, Debug, Default, Record)]
pub struct Array {
    /// Its name.
    #[field(key)]
    pub device: Vec<u8>,
    /// State: `active`, `inactive`.
    pub state: Option<Vec<u8>>,
    /// Whether it can only be read: `read-only` or `auto-read-only`.
    pub read_only: Option<Vec<u8>>,
    /// Personality: `raid1`, `raid5`, …
    pub level: Option<Vec<u8>>,
    /// Its devices.
    pub members: Vec<Member>,
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Number of devices that it should have.
    pub devices_wanted: Option<i64>,
    /// Number of devices that work.
    pub devices_working: Option<i64>,
    /// A letter a device: `U` works, `_` does not.
    pub health: Option<Vec<u8>>,
    /// What is being done: `recovery`, `resync`, `check`, `reshape`.
    pub operation: Option<Vec<u8>>,
    /// How far that is.
    #[field(unit = "percent", gauge)]
    pub operation_percent: Option<f64>,
    /// When that will be done.
    #[field(unit = "seconds", gauge)]
    pub operation_remaining: Option<f64>,
    /// How fast that goes.
    #[field(unit = "bytes/s", gauge)]
    pub operation_speed: Option<i64>,
    /// Lines that say more, as printed.
    pub details: Vec<Vec<u8>>,
}

/// A device of an array.
#[derive(Clone, Debug, Default, Record)]
pub struct Member {
    /// Its name.
    pub device: Vec<u8>,
    /// Its number in the array.
    pub number: Option<i64>,
    /// Flags: `F` failed, `S` spare, `W` mostly written, `J` journal, `R` replacement.
    pub member_flags: Vec<Vec<u8>>,
}

/// Reads `/proc/mdstat`.
pub struct Mdstat {
    array: Option<Array>,
}

impl Parser for Mdstat {
    const ABOUT: About = about!("mdstat", "Arrays of disks, as /proc/mdstat has them", "/proc/mdstat");
    type Record = Array;

    fn new(_: &Source) -> Self {
        Mdstat { array: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b"Personalities :")
            || line.bytes.starts_with(b"unused devices:")
            || line.bytes.starts_with(b"read_ahead ")
        {
            rows.recognise();
            return Ok(());
        }
        if let Some((name, rest)) =
            whole.split_once(" : ").filter(|(name, _)| name.bytes.first().is_some_and(|byte| !byte.is_ascii_whitespace()))
        {
            if !rows.recognised() {
                return Err(Error::Unrecognised(line.expected("`Personalities : …`")));
            }
            self.array.take().into_iter().for_each(|array| rows.push(array));
            self.array = Some(array(name, rest)?);
            return Ok(());
        }
        let Some(array) = &mut self.array else {
            let problem = line.expected("`Personalities : …`");
            return Err(if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) });
        };
        Ok(below(array, whole.trim())?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.array.take().into_iter().for_each(|array| rows.push(array));
        rows.expect_recognised("`Personalities : …`")
    }
}

/// `md0 : active (auto-read-only) raid1 sdb1[1] sda1[0](F)`
fn array(name: Field<'_>, rest: Field<'_>) -> Result<Array, Problem> {
    let mut array = Array { device: name.trim().bytes.to_vec(), ..Array::default() };
    for word in rest.fields() {
        if let Some((device, number)) = word.split_once("[") {
            let (number, flags) = number.split_once("]").ok_or_else(|| word.expected("`DEVICE[NUMBER]`"))?;
            let flags = flags.split("(").filter_map(|flag| flag.strip_suffix(")")).map(|flag| flag.bytes.to_vec());
            array.members.push(Member {
                device: device.bytes.to_vec(),
                number: Some(number.integer()?),
                member_flags: flags.collect(),
            });
        } else if let Some(flag) = word.strip_prefix("(").and_then(|word| word.strip_suffix(")")) {
            array.read_only = Some(flag.bytes.to_vec());
        } else if array.state.is_none() {
            array.state = Some(word.bytes.to_vec());
        } else {
            array.level = Some(word.bytes.to_vec());
        }
    }
    Ok(array)
}

/// `1048512 blocks super 1.2 [2/1] [U_]`, `[==>…]  recovery = 12.6% (…/…) finish=127.5min speed=33440K/sec`
fn below(array: &mut Array, text: Field<'_>) -> Result<(), Problem> {
    array.details.push(text.bytes.to_vec());
    if let Some((blocks, rest)) = text.split_once(" blocks") {
        array.size = Some(blocks.integer()?.saturating_mul(1024));
        for word in rest.fields() {
            let Some(inner) = word.strip_prefix("[").and_then(|word| word.strip_suffix("]")) else { continue };
            if let Some((wanted, working)) = inner.split_once("/") {
                (array.devices_wanted, array.devices_working) = (Some(wanted.integer()?), Some(working.integer()?));
            } else if inner.bytes.iter().all(|byte| matches!(byte, b'U' | b'_')) {
                array.health = Some(inner.bytes.to_vec());
            }
        }
        return Ok(());
    }
    // With many parts, the numbers of devices stand in a line of their own, too.
    if let Some((before, percent)) = text.split_once(" = ")
        && let Some((percent, _)) = percent.split_once("%")
    {
        array.operation = before.fields().last().map(|word| word.bytes.to_vec());
        array.operation_percent = Some(percent.trim().float()?);
        for word in text.fields() {
            if let Some(minutes) = word.strip_prefix("finish=").and_then(|word| word.strip_suffix("min")) {
                array.operation_remaining = Some(minutes.float()? * 60.0);
            } else if let Some(speed) = word.strip_prefix("speed=").and_then(|word| word.strip_suffix("K/sec")) {
                array.operation_speed = Some(speed.integer()?.saturating_mul(1024));
            }
        }
    } else if let Some((operation, state)) =
        text.split_once("=").filter(|(_, state)| matches!(state.bytes, b"DELAYED" | b"PENDING" | b"REMOTE"))
    {
        array.operation = Some([operation.bytes, b" ", state.bytes].concat());
    }
    Ok(())
}

/// A mount.
#[derive(Clone, Debug, Default, Record)]
pub struct Mount {
    /// Its number.
    #[field(key)]
    pub mount_id: i64,
    /// Number of the mount that it lies in.
    pub parent_mount_id: i64,
    /// Major device number.
    pub major: i64,
    /// Minor device number.
    pub minor: i64,
    /// Folder of the filesystem that is mounted.
    pub filesystem_root: Vec<u8>,
    /// Where it is mounted.
    pub mounted_on: Vec<u8>,
    /// Options of the mount.
    pub options: Vec<Vec<u8>>,
    /// How mounts are passed on: `shared:1`, `master:2`, …
    pub propagation: Vec<Vec<u8>>,
    /// Type of the filesystem.
    pub r#type: Vec<u8>,
    /// What is mounted.
    pub filesystem: Vec<u8>,
    /// Options of the filesystem.
    pub filesystem_options: Vec<Vec<u8>>,
}

/// Reads `/proc/<pid>/mountinfo`.
pub struct MountInfo;

impl Parser for MountInfo {
    const ABOUT: About = about!("mountinfo", "Mounts, as /proc/<pid>/mountinfo has them", "/proc/*/mountinfo");
    type Record = Mount;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        MountInfo
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let expected = || line.expected("`ID PARENT MAJOR:MINOR ROOT DIRECTORY OPTIONS … - TYPE SOURCE OPTIONS`");
        let (mount, filesystem) = line.whole().split_once(" - ").ok_or_else(expected)?;
        let [id, parent, device, root, mounted_on, rest] = mount.fields_and_rest()?;
        let [kind, source, options] = filesystem.fields_and_rest()?;
        let (major, minor) = device.split_once(":").ok_or_else(expected)?;
        let mut words = rest.fields();
        let list = |field: Field<'_>| field.split(",").map(|option| option.bytes.to_vec()).collect::<Vec<_>>();
        rows.push(Mount {
            mount_id: id.integer()?,
            parent_mount_id: parent.integer()?,
            major: major.integer()?,
            minor: minor.integer()?,
            filesystem_root: escape::octal(root.bytes),
            mounted_on: escape::octal(mounted_on.bytes),
            options: words.next().map(list).unwrap_or_default(),
            propagation: words.map(|word| word.bytes.to_vec()).collect(),
            r#type: kind.bytes.to_vec(),
            filesystem: escape::octal(source.bytes),
            filesystem_options: list(options.trim()),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::*;

    #[test]
    fn sectors_and_milliseconds_are_bytes_and_seconds() {
        let parsed = parse::<Diskstats>(None, b" 254 0 vda 1 2 3 4 5 6 7 8 9 10 11\n");
        assert!(parsed.records[0].starts_with(r#"{"device":"vda","major":254,"minor":0,"reads":1,"reads_merged":2,"read_bytes":1536,"read_time":0.004,"writes":5"#), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""discards":null"#), "{parsed:?}");
        assert_eq!(
            parse::<Partitions>(None, b"major minor  #blocks  name\n\n 254        0  4 vda\n").records,
            [r#"{"device":"vda","major":254,"minor":0,"size":4096}"#]
        );
        assert_unrecognised::<Diskstats>(["hello\n", "1 2 a 3\n"]);
        assert_unrecognised::<Partitions>(["hello\n", ""]);
    }

    #[test]
    fn an_array_and_what_is_being_done_with_it() {
        let capture = b"Personalities : [raid1]\nmd0 : active (auto-read-only) raid1 sdb1[1](S) sda1[0]\n      1048512 blocks super 1.2 [2/1] [U_]\n      [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec\n\nunused devices: <none>\n";
        let parsed = parse::<Mdstat>(None, capture);
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        for part in [
            r#""state":"active","read_only":"auto-read-only","level":"raid1","members":[{"device":"sdb1","number":1,"member_flags":["S"]}"#,
            r#""size":1073676288,"devices_wanted":2,"devices_working":1,"health":"U_","operation":"recovery","operation_percent":12.6,"operation_remaining":7650,"operation_speed":34242560"#,
        ] {
            assert!(parsed.records[0].contains(part), "{parsed:?}");
        }
        assert_any_split::<Mdstat>(None, capture);
        assert_unrecognised::<Mdstat>(["hello\n", "md0 : active\n", " : active\n", ""]);
    }

    #[test]
    fn mounts_are_read() {
        let parsed = parse::<MountInfo>(None, b"22 27 0:21 / /a\\040b rw,relatime shared:1 - proc p rw\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"mount_id":22,"parent_mount_id":27,"major":0,"minor":21,"filesystem_root":"/","mounted_on":"/a b","options":["rw","relatime"],"propagation":["shared:1"],"type":"proc","filesystem":"p","filesystem_options":["rw"]}"#
            ]
        );
        assert_unrecognised::<MountInfo>(["hello\n", "1 2 3 4 5 6 - 7\n"]);
    }

    #[test]
    fn partitions_of_early_kernels_have_four_numbers() {
        let parsed = parse::<Diskstats>(None, b"   8    1 sda1 1 2 3 4\n");
        parsed.has(
            0,
            &[r#""reads":1,"reads_merged":null,"read_bytes":1024"#, r#""writes":3,"writes_merged":null,"written_bytes":2048"#],
        );
    }
}
