//! `zpool status`: a block a pool, `NAME: VALUE`, with a table of its devices.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Record, Rows, Source, Time, time};

use crate::Above;

/// A pool.
#[derive(Clone, Debug, Default, Record)]
pub struct Pool {
    /// Its name.
    #[field(key)]
    pub pool: Vec<u8>,
    /// Its identifier, where it is not imported (`zpool import`).
    pub id: Option<Vec<u8>>,
    /// State: `ONLINE`, `DEGRADED`, `FAULTED`, `UNAVAIL`, …
    pub state: Option<Vec<u8>>,
    /// What is the matter with it.
    pub status: Option<Vec<u8>>,
    /// What can be done about it.
    pub action: Option<Vec<u8>>,
    /// Where more is said of that.
    pub see: Option<Vec<u8>>,
    /// What was or is read through or restored, as printed.
    pub scan: Option<Vec<u8>>,
    /// What was restored by it.
    #[field(unit = "bytes", approximate)]
    pub scan_repaired: Option<i64>,
    /// How many errors it found.
    pub scan_errors: Option<i64>,
    /// How long it took.
    #[field(unit = "seconds")]
    pub scan_duration: Option<f64>,
    /// When it ended. Local: no offset is printed.
    pub scan_ended: Option<Time>,
    /// How far it is, while it runs.
    #[field(unit = "percent", gauge)]
    pub scan_percent: Option<f64>,
    /// Its devices, in the order of their tree.
    pub devices: Vec<Device>,
    /// What is known of errors in data.
    pub errors: Option<Vec<u8>>,
    /// Files that cannot be restored (`-v`).
    pub damaged_files: Vec<Vec<u8>>,
    /// What else is said of it: a line each, `NAME: VALUE`.
    pub others: Vec<Vec<u8>>,
}

/// A device of a pool, or what several are made to.
#[derive(Clone, Debug, Default, Record)]
pub struct Device {
    /// Its name.
    pub name: Vec<u8>,
    /// What it is part of; null of the pool itself, and of what is no part of it.
    pub parent: Option<Vec<u8>>,
    /// What it is for, where that is not data: `logs`, `cache`, `spares`, `special`, `dedup`.
    pub class: Option<Vec<u8>>,
    /// State: `ONLINE`, `OFFLINE`, `AVAIL`, …
    pub state: Option<Vec<u8>>,
    /// Errors while reading; shortened from 1,000 on without `-p`.
    #[field(counter, approximate)]
    pub read_errors: Option<i64>,
    /// Errors while writing.
    #[field(counter, approximate)]
    pub write_errors: Option<i64>,
    /// What was read and was not what had been written.
    #[field(counter, approximate)]
    pub checksum_errors: Option<i64>,
    /// Requests that took too long (`-s`).
    #[field(counter, approximate)]
    pub slow_requests: Option<i64>,
    /// Direct requests that did not read what had been written (`-d`).
    #[field(counter, approximate)]
    pub direct_errors: Option<i64>,
    /// What else is said of it.
    pub remark: Option<Vec<u8>>,
}

/// Reads `zpool status`.
pub struct ZpoolStatus {
    pool: Option<Pool>,
    /// Where the text goes that a further line goes on with.
    at: At,
    above: Above,
    /// Whether what follows is of a pool whose first line is not there.
    is_lost: bool,
    class: Option<Vec<u8>>,
    /// Where the title of the states stands.
    state: usize,
    /// The titles behind those of the errors.
    more: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Nowhere,
    Status,
    Action,
    Scan,
    Other,
    Config,
    Devices,
    Files,
}

const EXPECTED: &str = "`pool: NAME`, as `zpool status` begins";

impl Parser for ZpoolStatus {
    const ABOUT: About = About {
        name: "zpool-status",
        version: env!("CARGO_PKG_VERSION"),
        summary: "State of pools and their devices, as zpool status prints it",
        commands: &["zpool status", "zpool import"],
        dialect: "openzfs",
        platforms: &["linux", "freebsd", "solaris"],
        ..About::DEFAULT
    };
    type Record = Pool;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ZpoolStatus {
            pool: None,
            at: At::Nowhere,
            above: Above::default(),
            class: None,
            is_lost: false,
            state: 0,
            more: Vec::new(),
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if matches!(text.bytes, b"no pools available" | b"all pools are healthy" | b"no pools available to import") {
            rows.recognise();
            return Ok(());
        }
        if let Some(name) = text.strip_prefix("pool: ") {
            self.flush(rows);
            self.is_lost = false;
            self.pool = Some(Pool { pool: name.trim().bytes.to_vec(), ..Pool::default() });
            self.at = At::Nowhere;
            rows.recognise();
            return Ok(());
        }
        if self.is_lost {
            return Ok(());
        }
        let Some(pool) = &mut self.pool else { return Err(line.expected(EXPECTED).into()) };
        // A field's name ends where those of all others end; what goes on is indented by a tab, or further.
        let named = text.split_once(":").filter(|(name, value)| {
            let plain = !line.bytes.starts_with(b"\t") && name.end() <= 10 && name.bytes.iter().all(u8::is_ascii_lowercase);
            plain && (value.bytes.is_empty() || value.bytes[0] == b' ')
        });
        let Some((name, value)) = named else {
            // Tabs may have become blanks where the text was copied. What stands further out, but for files, is a name that is broken:
            // neither it nor what follows goes on with the one above.
            if self.at != At::Files && !line.bytes.starts_with(b"\t") && text.start() < 8 {
                self.at = At::Nowhere;
                return Err(text.expected("`NAME: VALUE`").into());
            }
            match self.at {
                At::Status => go_on(&mut pool.status, text),
                At::Action => go_on(&mut pool.action, text),
                At::Scan => {
                    go_on(&mut pool.scan, text);
                    pool.scan_progress(text);
                }
                At::Other => {
                    if let Some(last) = pool.others.last_mut() {
                        last.push(b'\n');
                        last.extend_from_slice(text.bytes);
                    }
                }
                At::Config if text.fields().next().is_some_and(|word| word.bytes == b"NAME") => {
                    self.at = At::Devices;
                    self.state = text.fields().nth(1).map_or(0, |state| state.start());
                    self.more = text.fields().skip(5).map(|title| title.bytes.to_vec()).collect();
                }
                At::Config | At::Devices => return self.device(whole),
                At::Files => pool.damaged_files.push(text.bytes.to_vec()),
                At::Nowhere => return Err(text.expected("`NAME: VALUE`").into()),
            }
            return Ok(());
        };
        let value = value.trim();
        let some = Some(value.bytes.to_vec());
        self.at = At::Nowhere;
        match name.bytes {
            b"id" => pool.id = some,
            // The line that begins a pool is missing: what follows is nobody's.
            b"state" if pool.state.is_some() => {
                self.flush(rows);
                self.is_lost = true;
                return Err(text.expected("`pool: NAME` above the state of another pool").into());
            }
            b"state" => pool.state = some,
            b"status" => (pool.status, self.at) = (some, At::Status),
            b"action" => (pool.action, self.at) = (some, At::Action),
            b"see" => pool.see = some,
            b"scan" | b"scrub" => {
                (pool.scan, self.at) = (some, At::Scan);
                pool.scan_ended(value);
                pool.scan_progress(value);
            }
            b"config" => self.at = At::Config,
            b"errors" => (pool.errors, self.at) = (some, At::Files),
            _ => {
                pool.others.push(text.bytes.to_vec());
                self.at = At::Other;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl ZpoolStatus {
    fn flush(&mut self, rows: &mut Rows<Pool>) {
        self.above.clear();
        self.class = None;
        self.pool.take().into_iter().for_each(|pool| rows.push(pool));
    }

    /// The name of a device, and what stands behind it. The name of a pool may have blanks: where the title of the states stands
    /// decides, unless the line is set otherwise.
    fn named<'a>(&self, line: Field<'a>) -> (Field<'a>, Field<'a>) {
        let (name, rest) = line.split_at(self.state.min(line.bytes.len()));
        let is_below = !name.is_blank() && name.bytes.ends_with(b" ") && rest.bytes.first().is_some_and(|byte| *byte != b' ');
        if is_below {
            return (name.trim(), rest);
        }
        let mut words = line.fields();
        (words.next().unwrap_or(line), words.rest())
    }

    /// A line of the table of devices. How far it is indented says what it is part of.
    fn device(&mut self, line: Field<'_>) -> Result<(), Error> {
        let (name, rest) = self.named(line);
        let Some(pool) = &mut self.pool else { return Ok(()) };
        let indent = line.trim().start();
        let mut words = rest.fields();
        let state = words.next();
        if state.is_none() && matches!(name.bytes, b"logs" | b"cache" | b"spares" | b"special" | b"dedup" | b"log") {
            self.class = Some(name.bytes.to_vec());
            self.above.clear();
            return Ok(());
        }
        if let Some(state) = state.filter(|state| !state.bytes.iter().all(u8::is_ascii_uppercase)) {
            return Err(state.expected("a state such as `ONLINE`").into());
        }
        let mut device = Device {
            name: name.bytes.to_vec(),
            // What is below it is below it, whatever its counts are.
            parent: self.above.begin(indent, name.bytes),
            class: self.class.clone(),
            state: state.map(|state| state.bytes.to_vec()),
            ..Device::default()
        };
        // Spares have a state and no counts.
        let mut rest = words.clone();
        if rest.next().is_some_and(|word| word.bytes[0].is_ascii_digit() || word.bytes == b"-") {
            let mut count = || -> Result<Option<i64>, Error> {
                let word = words.next().ok_or_else(|| line.expected("`NAME STATE READ WRITE CKSUM`"))?;
                // Errors are shortened in thousands as sizes are: by 1,024.
                Ok(word.known().map(|word| word.size(Base::Binary)).transpose()?)
            };
            (device.read_errors, device.write_errors, device.checksum_errors) = (count()?, count()?, count()?);
            for title in &self.more {
                match &title[..] {
                    b"SLOW" => device.slow_requests = count()?,
                    b"DIO" => device.direct_errors = count()?,
                    _ => break,
                }
            }
        }
        device.remark = Some(words.rest().trim().bytes.to_vec()).filter(|remark| !remark.is_empty());
        pool.devices.push(device);
        Ok(())
    }
}

fn go_on(field: &mut Option<Vec<u8>>, text: Field<'_>) {
    let field = field.get_or_insert_default();
    if !field.is_empty() {
        field.push(b' ');
    }
    field.extend_from_slice(text.bytes);
}

impl Pool {
    /// `scrub repaired 0B in 11:16:03 with 0 errors on Sun Feb 12 11:40:04 2023`, `resilvered 2.5G in 0h5m with …`,
    /// `scrub completed after 0h0m with 0 errors on …`
    fn scan_ended(&mut self, text: Field<'_>) {
        let Some((done, when)) = text.rsplit_once(" on ") else { return };
        let Some((done, errors)) = done.strip_suffix(" errors").and_then(|done| done.rsplit_once(" with ")) else { return };
        let (Some(ended), Ok(errors)) = (point(when), errors.integer()) else { return };
        self.scan_ended = Some(ended);
        self.scan_errors = Some(errors);
        let (amount, took) = match done.rsplit_once(" in ").or_else(|| done.rsplit_once(" after ")) {
            Some((amount, took)) => (amount, took),
            None => return,
        };
        self.scan_duration = duration(took);
        let amount = amount.strip_prefix("scrub repaired ").or_else(|| amount.strip_prefix("resilvered "));
        self.scan_repaired = amount.and_then(|amount| amount.size(Base::Binary).ok());
    }

    /// `1.80T repaired, 12.34% done, 05:06:07 to go`
    fn scan_progress(&mut self, text: Field<'_>) {
        for part in text.split(", ") {
            let percent = part.strip_suffix("% done").or_else(|| part.strip_suffix("% done."));
            if let Some(Ok(percent)) = percent.map(|percent| percent.float()) {
                self.scan_percent = Some(percent);
            }
            let repaired = part.strip_suffix(" repaired").or_else(|| part.strip_suffix(" resilvered"));
            if let Some(Ok(repaired)) = repaired.map(|amount| amount.size(Base::Binary)) {
                self.scan_repaired = Some(repaired);
            }
        }
    }
}

/// `11:16:03`, `2 days 11:16:03`, `0h5m`, `1d2h3m`
fn duration(text: Field<'_>) -> Option<f64> {
    if let Some((days, clock)) = text.split_once(" days ").or_else(|| text.split_once(" day ")) {
        return Some(days.as_integer()? as f64 * 86_400.0 + time::clock_duration(clock)?);
    }
    if text.bytes.contains(&b':') {
        return time::clock_duration(text);
    }
    time::spelt_duration(text, &[("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]).map(|seconds| seconds as f64)
}

/// `Sun Feb 12 11:40:04 2023`
fn point(text: Field<'_>) -> Option<Time> {
    Time::asctime(text).filter(|_| text.fields().next().is_some_and(|word| word.is_weekday()))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::ZpoolStatus;

    const TWO: &[u8] = b"  pool: tank\n state: DEGRADED\nstatus: One or more devices\n\tis broken: badly.\naction: Replace it.\n\
        \x20  see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-4J\n  scan: resilvered 2.50G in 1 days 00:05:01 with 3 errors on Sun Feb 12 11:40:04 2023\n\
        config:\n\n\tNAME                        STATE     READ WRITE CKSUM\n\ttank                        DEGRADED     0     0     0\n\
        \t  mirror-0                  DEGRADED     0     0     0\n\t    sda                     ONLINE       0     0     0\n\
        \t    1234                    UNAVAIL      3  1.20K     0  was /dev/sdb1\n\tlogs\n\t  nvme0n1                   ONLINE       0     0     0\n\
        \tspares\n\t  sdc                       AVAIL   \n\nerrors: Permanent errors have been detected in the following files:\n\n\
        \x20       /tank/a b\n        tank/x:<0x1>\n\n  pool: b\n state: ONLINE\ncheckpoint: created Mon Mar  4 05:06:07 2024, consumes 12K\n\
        \x20 scan: scrub in progress since Sun Feb 12 11:40:04 2023\n\t1.80T / 2.10T scanned at 3.10G/s, 1.1T / 2.10T issued at 200M/s\n\
        \t0B repaired, 52.38% done, 01:20:30 to go\nconfig:\n\n\tNAME  STATE  READ WRITE CKSUM\n\tb  ONLINE  0  0  0\n\nerrors: No known data errors\n";

    #[test]
    fn what_stands_below_a_broken_name_does_not_go_on_with_the_field_above() {
        let text = String::from_utf8_lossy(TWO).replace("action: Replace", "action Replace").replace("config:\n", "config\n");
        let parsed = parse::<ZpoolStatus>(None, text.as_bytes());
        parsed.has(0, &[r#""status":"One or more devices is broken: badly.""#, r#""devices":[]"#]);
        assert!(!parsed.records[0].contains("Replace"), "{parsed:?}");
        assert!(parsed.problems[0].starts_with("error: line 5, column 1: expected `NAME: VALUE`"), "{parsed:?}");
    }

    #[test]
    fn pools_and_their_devices_are_read() {
        let parsed = parse::<ZpoolStatus>(None, TWO);
        let records = parsed.sound();
        assert_eq!(records.len(), 2);
        for part in [
            r#""status":"One or more devices is broken: badly.","action":"Replace it.""#,
            r#""scan_repaired":2684354560,"scan_errors":3,"scan_duration":86701,"scan_ended":"2023-02-12T11:40:04""#,
            r#"{"name":"sda","parent":"mirror-0","state":"ONLINE","read_errors":0"#,
            r#"{"name":"1234","parent":"mirror-0","state":"UNAVAIL","read_errors":3,"write_errors":1228,"checksum_errors":0,"remark":"was /dev/sdb1"}"#,
            r#"{"name":"nvme0n1","class":"logs","#,
            r#"{"name":"sdc","class":"spares","state":"AVAIL"}"#,
            r#""damaged_files":["/tank/a b","tank/x:<0x1>"]"#,
        ] {
            assert!(records[0].contains(part), "{part}: {}", records[0]);
        }
        assert!(
            records[1].contains(r#""others":["checkpoint: created Mon Mar  4 05:06:07 2024, consumes 12K"]"#),
            "{}",
            records[1]
        );
        assert!(records[1].contains(r#""scan_repaired":0,"scan_percent":52.38"#), "{}", records[1]);
        assert_any_split::<ZpoolStatus>(None, TWO);
    }

    #[test]
    fn no_pools_are_no_records() {
        assert_eq!(parse::<ZpoolStatus>(None, b"no pools available\n").sound(), [""; 0]);
        assert_unrecognised::<ZpoolStatus>(["hello\n", " state: ONLINE\n", "NAME STATE\n"]);
        let parsed = parse::<ZpoolStatus>(
            None,
            b"  pool: a\nconfig:\n\n\tNAME  STATE  READ WRITE CKSUM\n\ta  ONLINE  0  x  0\n\tb ONLINE 1 2 3\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }

    #[test]
    fn a_name_may_have_blanks_and_more_columns_may_follow() {
        let head = "  pool: my pool\n state: ONLINE\nconfig:\n\n";
        let table = "\tNAME        STATE     READ WRITE CKSUM  SLOW   DIO\n\tmy pool     ONLINE       0     0     0     -     -\n\t  sda       ONLINE       0     0     0     3  1.0K  (trimming)\n\t  sdb one ONLINE 0 0 0\n";
        let parsed = parse::<ZpoolStatus>(None, format!("{head}{table}").as_bytes());
        assert_eq!(parsed.problems, ["error: line 8, column 8: expected a state such as `ONLINE`, found `one`"]);
        parsed.has(
            0,
            &[
                r#""devices":[{"name":"my pool","parent":null,"class":null,"state":"ONLINE","read_errors":0,"#,
                r#"{"name":"sda","parent":"my pool","#,
                r#""slow_requests":3,"direct_errors":1024,"remark":"(trimming)"}]"#,
            ],
        );
    }
}
