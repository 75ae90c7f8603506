//! `mdadm --detail` and `--examine`: a block an array or a device, `NAME : VALUE`, and a table of its devices.

use outparse_sdk::{About, Base, Block, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time};

/// An array, or a device of one.
#[derive(Clone, Debug, Default, Record)]
pub struct Array {
    /// The array, or the device that was examined.
    #[field(key)]
    pub device: Vec<u8>,
    /// Version of the metadata.
    pub version: Option<Vec<u8>>,
    /// UUID of the array.
    pub uuid: Option<Vec<u8>>,
    /// Name of the array.
    pub name: Option<Vec<u8>>,
    /// Machine that the array belongs to.
    pub home_host: Option<Vec<u8>>,
    /// Level: `raid1`, `raid5`, …
    pub level: Option<Vec<u8>>,
    /// State, in words: `clean`, `degraded`, `recovering`, …
    pub states: Vec<Vec<u8>>,
    /// When it was made. Local: no offset is printed.
    pub created: Option<Time>,
    /// When it was last updated. Local: no offset is printed.
    pub updated: Option<Time>,
    /// Size of the array.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What is used of each device.
    #[field(unit = "bytes")]
    pub used_device_size: Option<i64>,
    /// What could be used of each device.
    #[field(unit = "bytes")]
    pub available_device_size: Option<i64>,
    /// Where data begins on the device that was examined.
    #[field(unit = "bytes")]
    pub data_offset: Option<i64>,
    /// Where the metadata begins on it.
    #[field(unit = "bytes")]
    pub metadata_offset: Option<i64>,
    /// What is not used of it before the data.
    #[field(unit = "bytes")]
    pub unused_before: Option<i64>,
    /// What is not used of it behind the data.
    #[field(unit = "bytes")]
    pub unused_after: Option<i64>,
    /// Size of a chunk.
    #[field(unit = "bytes")]
    pub chunk_size: Option<i64>,
    /// Number of devices that it should have.
    pub devices_wanted: Option<i64>,
    /// Number of devices that it has.
    pub devices: Option<i64>,
    /// Number of devices that are active.
    pub devices_active: Option<i64>,
    /// Number of devices that work.
    pub devices_working: Option<i64>,
    /// Number of devices that failed.
    pub devices_failed: Option<i64>,
    /// Number of devices that stand by.
    pub devices_spare: Option<i64>,
    /// Layout.
    pub layout: Option<Vec<u8>>,
    /// Number of changes.
    pub events: Option<i64>,
    /// How far a rebuild, resync or check is.
    #[field(unit = "percent", gauge)]
    pub operation_percent: Option<f64>,
    /// Its devices.
    pub members: Vec<Member>,
    /// All that is printed of it, by its name, also what is taken apart above.
    pub details: Map<Vec<u8>>,
}

/// A device of an array.
#[derive(Clone, Debug, Default, Record)]
pub struct Member {
    /// Its number; null where it was removed.
    pub number: Option<i64>,
    /// Major device number.
    pub major: Option<i64>,
    /// Minor device number.
    pub minor: Option<i64>,
    /// Its place in the array; null where it has none.
    pub array_device: Option<i64>,
    /// State, in words: `active`, `sync`, `spare`, `faulty`, `removed`, …
    pub states: Vec<Vec<u8>>,
    /// Its path.
    pub device: Option<Vec<u8>>,
    /// Whether it is the one that was examined.
    pub is_this: bool,
    /// Number that metadata of DDF know it by.
    pub reference: Option<Vec<u8>>,
    /// Its size, in metadata of DDF.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
}

/// Reads `mdadm`.
pub struct Mdadm {
    array: Block<Array>,
    table: Table,
    /// Name of the value that may go on.
    last: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    None,
    Members,
    Physical,
}

const EXPECTED: &str = "`DEVICE:` and below it `NAME : VALUE`";

impl Parser for Mdadm {
    const ABOUT: About = About {
        name: "mdadm-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Arrays of disks and their devices, as mdadm --detail and --examine print them",
        commands: &["mdadm"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Array;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Mdadm { array: Block::default(), table: Table::None, last: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            // No value goes on after it.
            self.last.clear();
            return Ok(());
        }
        if line.bytes[0] == b'/'
            && let Some(device) = whole.trim_end().strip_suffix(":")
        {
            self.array.take().into_iter().for_each(|array| rows.push(array));
            self.table = Table::None;
            return self.array.begin(Ok(Array { device: device.bytes.to_vec(), ..Array::default() }));
        }
        let named = whole
            .split_once(" : ")
            .or_else(|| whole.trim_end().strip_suffix(" :").map(|name| (name, name.split_at(usize::MAX).1)))
            .map(|(name, value)| (name.trim(), value.trim()));
        // What is said first of each is said again: the line that begins another one is broken.
        let first = self.array.current().and_then(|array| array.details.0.first());
        if first.zip(named).is_some_and(|((first, _), (name, _))| first == name.bytes) {
            self.array.take().into_iter().for_each(|array| rows.push(array));
            self.array.skip();
            return Err(line.expected("`/dev/…:` above what is said of another device").into());
        }
        let Some(array) = self.array.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        let squeezed = whole.squeezed();
        // The devices of a container have no state.
        if squeezed.starts_with(b"Number Major Minor RaidDevice") {
            self.table = Table::Members;
            return Ok(());
        }
        if squeezed.starts_with(b"Number RefNo Size Device") {
            self.table = Table::Physical;
            return Ok(());
        }
        rows.recognise();
        match self.table {
            Table::Members => array.members.push(member(whole)?),
            Table::Physical => array.members.push(physical(whole)?),
            Table::None => match named {
                Some((name, value)) => {
                    self.last = name.bytes.to_vec();
                    put(array, name, value)?;
                }
                None => match array.details.0.iter_mut().find(|(name, _)| *name == self.last) {
                    // A value goes on in the next line.
                    Some((_, value)) => value.extend([b" ", whole.trim().bytes].concat()),
                    None => return Err(line.expected("`NAME : VALUE`").into()),
                },
            },
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            self.array.take().into_iter().for_each(|array| rows.push(array));
        }
        rows.expect_recognised(EXPECTED)
    }
}

/// `101376 (99.00 MiB 103.81 MB)`, `202752 sectors (99.00 MiB 103.81 MB)`, `512K`. Without a word, the number counts KiB, but where
/// mdadm before 4.2 examines a device, sectors as well: what stands in parentheses tells.
fn size(value: Field<'_>) -> Result<Option<i64>, Problem> {
    let [number, rest] = value.fields_and_rest()?;
    if let Some(kibibytes) = number.strip_suffix("K") {
        return Ok(Some(kibibytes.integer()?.saturating_mul(1024)));
    }
    let count = number.integer()?;
    if rest.bytes.starts_with(b"sectors") {
        return Ok(Some(count.saturating_mul(512)));
    }
    let Some(shown) = shown(rest) else { return Ok(Some(count.saturating_mul(1024))) };
    // Rounded to two digits behind the point.
    let fits = |size: &i64| size.abs_diff(shown) <= shown.unsigned_abs() / 50 + 16_384;
    let size = [1024, 512].map(|unit| count.saturating_mul(unit)).into_iter().find(fits);
    size.map(Some).ok_or_else(|| value.expected("a number of KiB or sectors, and the same size in parentheses"))
}

/// The size in parentheses, `(99.00 MiB 103.81 MB)`.
fn shown(text: Field<'_>) -> Option<i64> {
    let (_, inside) = text.split_once("(")?;
    let [number, unit, _] = inside.fields_and_rest().ok()?;
    Field::from([number.bytes, unit.bytes].concat().as_slice()).size(Base::Binary).ok()
}

/// `2048 sectors`
fn sectors(value: Field<'_>) -> Result<i64, Problem> {
    let number = value.strip_suffix(" sectors").ok_or_else(|| value.expected("`NUMBER sectors`"))?;
    Ok(number.integer()?.saturating_mul(512))
}

/// `before=1968 sectors, after=0 sectors`: before and after.
fn unused(value: Field<'_>) -> Result<(Option<i64>, Option<i64>), Problem> {
    let amount = |part: Field<'_>, name: &str| part.trim().strip_prefix(name).map(sectors).transpose();
    let parts = value.split_once(",").ok_or_else(|| value.expected("`before=NUMBER sectors, after=NUMBER sectors`"))?;
    Ok((amount(parts.0, "before=")?, amount(parts.1, "after=")?))
}

fn put(array: &mut Array, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
    let some = Some(value.bytes.to_vec());
    array.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
    // `NAME  (local to host HOST)`
    let (plain, host) = match value.split_once(" (local to host ") {
        Some((plain, host)) => (plain.trim(), host.strip_suffix(")").map(|host| host.bytes.to_vec())),
        None => (value, None),
    };
    let words = |separator: &str| {
        value.split(separator).map(|word| word.trim().bytes.to_vec()).filter(|word| !word.is_empty()).collect::<Vec<_>>()
    };
    match name.bytes {
        b"Version" => array.version = some,
        b"UUID" | b"Array UUID" => {
            array.uuid = Some(plain.bytes.to_vec());
            array.home_host = array.home_host.take().or(host);
        }
        b"Name" => {
            array.name = Some(plain.bytes.to_vec());
            array.home_host = array.home_host.take().or(host);
        }
        b"Raid Level" => array.level = some,
        b"State" => array.states = words(","),
        b"Creation Time" => array.created = Time::asctime(value),
        b"Update Time" => array.updated = Time::asctime(value),
        b"Array Size" => array.size = size(value)?,
        b"Used Dev Size" => array.used_device_size = size(value)?,
        b"Avail Dev Size" => array.available_device_size = size(value)?,
        b"Data Offset" => array.data_offset = Some(sectors(value)?),
        b"Super Offset" => array.metadata_offset = Some(sectors(value)?),
        b"Unused Space" => (array.unused_before, array.unused_after) = unused(value)?,
        b"Chunk Size" => array.chunk_size = size(value)?,
        b"Raid Devices" => array.devices_wanted = value.fields().next().map(|number| number.integer()).transpose()?,
        b"Total Devices" => array.devices = Some(value.integer()?),
        b"Active Devices" => array.devices_active = Some(value.integer()?),
        b"Working Devices" => array.devices_working = Some(value.integer()?),
        b"Failed Devices" => array.devices_failed = Some(value.integer()?),
        b"Spare Devices" => array.devices_spare = Some(value.integer()?),
        b"Layout" => array.layout = some,
        b"Events" => array.events = value.as_integer(),
        b"Rebuild Status" | b"Resync Status" | b"Check Status" | b"Reshape Status" => {
            array.operation_percent = value.split_once("%").and_then(|(percent, _)| percent.as_float());
        }
        _ => {}
    }
    Ok(())
}

/// `   0     254        1        0      active sync   /dev/vda1`, after `this` or a number where a device was examined.
fn member(line: Field<'_>) -> Result<Member, Problem> {
    let words = line.words();
    let path = words.iter().position(|word| word.bytes.starts_with(b"/"));
    let states_end = path.unwrap_or(words.len());
    // One more number stands first where a device was examined.
    let numbers = words
        .iter()
        .take(states_end)
        .take_while(|word| word.as_integer().is_some() || matches!(word.bytes, b"-" | b"this"))
        .count();
    let skip = usize::from(numbers >= 5);
    if numbers < 4 {
        return Err(line.expected("a device, `NUMBER MAJOR MINOR RAIDDEVICE STATE PATH`"));
    }
    let number = |at: usize| words[skip + at].known().map(|word| word.integer()).transpose();
    Ok(Member {
        is_this: words[0].bytes == b"this",
        number: number(0)?,
        major: number(1)?,
        minor: number(2)?,
        array_device: number(3)?,
        states: words[numbers..states_end].iter().map(|word| word.bytes.to_vec()).collect(),
        device: path.map(|at| words[at].bytes.to_vec()),
        ..Member::default()
    })
}

/// `0    d32b14d7    786432K /dev/vda        active/Online`
fn physical(line: Field<'_>) -> Result<Member, Problem> {
    let [number, reference, amount, rest] = line.fields_and_rest()?;
    let words = rest.words();
    let path = words.first().filter(|word| word.bytes.starts_with(b"/"));
    let states = words.iter().skip(usize::from(path.is_some())).flat_map(|word| word.split("/")).map(|word| word.bytes.to_vec());
    Ok(Member {
        number: Some(number.integer()?),
        reference: Some(reference.bytes.to_vec()),
        size: size(amount)?,
        device: path.map(|path| path.bytes.to_vec()),
        states: states.collect(),
        ..Member::default()
    })
}

outparse_sdk::export!(Mdadm);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Mdadm;

    #[test]
    fn what_a_number_counts_is_told_by_the_size_behind_it() {
        let capture = b"/dev/sdb1:\n          Magic : a92b4efc\n Avail Dev Size : 1953263024 (931.39 GiB 1000.07 GB)\n     Array Size : 976631296 (931.39 GiB 1000.07 GB)\n  Used Dev Size : 1953262592 (931.39 GiB 1000.07 GB)\n";
        let parsed = parse::<Mdadm>(None, capture);
        assert!(
            parsed.records[0]
                .contains(r#""size":1000070447104,"used_device_size":1000070447104,"available_device_size":1000070668288"#),
            "{parsed:?}"
        );
        let wrong = parse::<Mdadm>(None, b"/dev/md0:\n     Array Size : 976631296 (1.00 GiB 1.07 GB)\n   Raid Level : raid1\n");
        assert_eq!(wrong.problems.len(), 1);
    }

    #[test]
    fn what_stands_below_a_broken_device_is_not_of_the_one_before() {
        let first = "/dev/a:\n   Version : 1.2\n   Raid Level : raid1\n\n    Number   Major   Minor   RaidDevice State\n       0     254        1        0      active sync   /dev/vda1\n";
        let alone = parse::<Mdadm>(None, first.as_bytes());
        for second in [first.to_owned(), first.replace("State\n", "State\n\n").replace("raid1", "raid5")] {
            let parsed = parse::<Mdadm>(None, format!("{first}{}", second.replace("/dev/a:", "x")).as_bytes());
            assert_eq!(parsed.records, alone.records, "{parsed:?}");
            assert_eq!(parsed.problems.len(), 2, "{parsed:?}");
        }
        let short = "/dev/a:\n   Magic : x\n   UUID : 1\n\ny\n   Magic : x\n   UUID : 2\n/dev/b:\n   Magic : x\n";
        let parsed = parse::<Mdadm>(None, short.as_bytes());
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        assert!(parsed.records[0].contains(r#""uuid":"1""#), "{parsed:?}");
    }

    #[test]
    fn sectors_are_bytes() {
        let capture = "/dev/a:\n   Magic : x\n Data Offset : 2048 sectors\n Super Offset : 8 sectors\n Unused Space : before=1968 sectors, after=-96 sectors\n";
        let parsed = parse::<Mdadm>(None, capture.as_bytes());
        parsed.has(0, &[r#""data_offset":1048576,"metadata_offset":4096,"unused_before":1007616,"unused_after":-49152"#]);
        for broken in ["Super Offset : 8", "Unused Space : after=0 sectors", "Unused Space : before=x sectors, after=0 sectors"] {
            let parsed = parse::<Mdadm>(None, format!("/dev/a:\n   Magic : x\n {broken}\n").as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{broken}: {parsed:?}");
        }
    }

    #[test]
    fn a_container_has_devices_without_a_state() {
        let capture = "/dev/md0:\n        Raid Level : container\n     Member Arrays : /dev/md/vol0\n\n    Number   Major   Minor   RaidDevice\n\n       -     254        0        -        /dev/vda\n";
        let parsed = parse::<Mdadm>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        for part in
            [r#""Member Arrays":"/dev/md/vol0""#, r#""major":254,"minor":0,"array_device":null,"states":[],"device":"/dev/vda""#]
        {
            assert!(parsed.records[0].contains(part), "{part}\n{parsed:?}");
        }
        let unknown = parse::<Mdadm>(None, "/dev/md0:\n  Level : a\n\n  Some other table\n".as_bytes());
        assert_eq!(unknown.problems.len(), 1, "{unknown:?}");
    }

    #[test]
    fn an_array_has_its_devices() {
        let capture = "/dev/md127:\n           Version : 1.2\n     Creation Time : Sun Aug  7 21:15:49 2022\n        Array Size : 101376 (99.00 MiB 103.81 MB)\n    Avail Dev Size : 202752 sectors (99.00 MiB 103.81 MB)\n             State : clean, degraded \n              Name : h:126  (local to host h)\n    Controller GUID : 4C\n                  (Linux-MD x)\n\n    Number   Major   Minor   RaidDevice State\n       0     254        1        0      active sync   /dev/vda1\n       -       0        0        1      removed\n";
        let parsed = parse::<Mdadm>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        for part in [
            r#""name":"h:126","home_host":"h""#,
            r#""states":["clean","degraded"],"created":"2022-08-07T21:15:49""#,
            r#""size":103809024,"used_device_size":null,"available_device_size":103809024"#,
            r#"{"number":0,"major":254,"minor":1,"array_device":0,"states":["active","sync"],"device":"/dev/vda1","is_this":false"#,
            r#"{"number":null,"major":0,"minor":0,"array_device":1,"states":["removed"],"device":null"#,
            r#""Controller GUID":"4C (Linux-MD x)""#,
        ] {
            assert!(parsed.records[0].contains(part), "{part}\n{parsed:?}");
        }
        assert_any_split::<Mdadm>(None, capture.as_bytes());
        assert_unrecognised::<Mdadm>(["hello\n", "mdadm: cannot open /dev/md0\n", "/dev/md0:\n", ""]);
    }

    #[test]
    fn the_device_that_was_examined_is_marked() {
        let parsed = parse::<Mdadm>(None, b"/dev/vda1:\n          Magic : a92b4efc\n\n      Number   Major   Minor   RaidDevice State\nthis     0     254        1        0      active sync   /dev/vda1\n\n   1     1     254        2        1      active sync   /dev/vda2\n");
        assert!(parsed.records[0].contains(r#""device":"/dev/vda1","is_this":true"#), "{parsed:?}");
        assert!(parsed.records[0].contains(r#"{"number":1,"major":254,"minor":2,"array_device":1,"states":["active","sync"],"device":"/dev/vda2","is_this":false"#), "{parsed:?}");
    }
}
