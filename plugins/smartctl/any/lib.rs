//! `smartctl -a` and its like: what a disk is and how it does, its attributes, error counters and self-tests.

mod disk;
mod json;
mod report;
mod rows;

use outparse_sdk::document::Document;
use outparse_sdk::{About, Ending, Error, Line, Map, Parser, Record, Rows, Source};

/// What is said of a disk.
#[derive(Clone, Debug, Record)]
pub enum Smart {
    /// The disk.
    Disk(Box<Disk>),
    /// An attribute of an ATA disk.
    Attribute(Attribute),
    /// Errors of a SCSI disk, counted.
    ErrorCounter(ErrorCounter),
    /// A self-test that was made.
    SelfTest(SelfTest),
    /// A disk that was found (`--scan`).
    Found(Found),
    /// A line that is not taken apart: of the log of errors, of power states, …
    Remark(Remark),
}

/// A disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// The models that it belongs to.
    pub model_family: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Serial number.
    #[field(key)]
    pub serial: Option<Vec<u8>>,
    /// Version of its firmware.
    pub firmware: Option<Vec<u8>>,
    /// How much it holds.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Size of its logical blocks.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// How fast it turns; null for one that does not.
    #[field(unit = "rpm")]
    pub rotation_rate: Option<i64>,
    /// Whether it can watch itself.
    pub smart_available: Option<bool>,
    /// Whether it does.
    pub smart_enabled: Option<bool>,
    /// How it judges itself: `PASSED`, `OK`, `FAILED!`.
    pub health: Option<Vec<u8>>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<i64>,
    /// How long it has been on.
    #[field(unit = "seconds", counter)]
    pub power_on_time: Option<i64>,
    /// How often it was turned on.
    #[field(counter)]
    pub power_cycles: Option<i64>,
    /// How many errors its log has counted.
    #[field(counter)]
    pub error_count: Option<i64>,
    /// How much of its life is used, by its own reckoning (NVMe).
    #[field(unit = "percent", gauge)]
    pub life_used_percent: Option<i64>,
    /// What has been read (NVMe).
    #[field(unit = "bytes", counter)]
    pub read: Option<i64>,
    /// What has been written (NVMe).
    #[field(unit = "bytes", counter)]
    pub written: Option<i64>,
    /// All that is said with a name, by that.
    pub properties: Map<Vec<u8>>,
}

/// An attribute of an ATA disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Attribute {
    /// Number of the attribute.
    #[field(key)]
    pub number: i64,
    /// Its name.
    pub name: Vec<u8>,
    /// Its flags, as printed: in hexadecimal, or letters with `-f brief`.
    pub flag: Vec<u8>,
    /// Its value, the higher the better; null where there is none.
    #[field(gauge)]
    pub normalized: Option<i64>,
    /// The worst value so far; null where there is none.
    pub worst: Option<i64>,
    /// The value at and below which it has failed; null where there is none.
    pub threshold: Option<i64>,
    /// What it warns of: `pre-fail`, `old age` (not with `-f brief`).
    pub r#type: Option<&'static str>,
    /// When it is brought up to date: `always`, `offline` (not with `-f brief`).
    pub updated: Option<&'static str>,
    /// Whether it has failed: `now`, `past`; null where it never did.
    pub failed: Option<&'static str>,
    /// What the disk counts, in the vendor's own way.
    pub raw: Vec<u8>,
    /// The same as a number, where it is or begins with one.
    pub raw_value: Option<i64>,
}

/// Errors of a SCSI disk in one direction.
#[derive(Clone, Debug, Default, Record)]
pub struct ErrorCounter {
    /// What was done: `read`, `write`, `verify`.
    #[field(key)]
    pub operation: Vec<u8>,
    /// Errors that its code corrected at once.
    #[field(counter)]
    pub corrected_fast: i64,
    /// Errors that its code corrected with delay.
    #[field(counter)]
    pub corrected_delayed: i64,
    /// Errors that were corrected by doing it once more.
    #[field(counter)]
    pub corrected_by_repeating: i64,
    /// All errors that were corrected.
    #[field(counter)]
    pub corrected: i64,
    /// How often a correction was tried.
    #[field(counter)]
    pub corrections: i64,
    /// How much was read or written.
    #[field(unit = "bytes", counter, approximate)]
    pub processed: i64,
    /// Errors that were not corrected.
    #[field(counter)]
    pub uncorrected: i64,
}

/// A self-test that was made.
#[derive(Clone, Debug, Default, Record)]
pub struct SelfTest {
    /// Its number: the latest is the first.
    #[field(key)]
    pub number: i64,
    /// Which test.
    pub description: Vec<u8>,
    /// How it ended.
    pub status: Vec<u8>,
    /// How much of it was left to do (ATA).
    #[field(unit = "percent")]
    pub remaining_percent: Option<i64>,
    /// How long the disk had been on.
    #[field(unit = "seconds")]
    pub power_on_time: Option<i64>,
    /// The first block that failed; null where none did.
    pub first_error: Option<i64>,
    /// The part of the test that failed; null where none did.
    pub segment: Option<Vec<u8>>,
}

/// A disk that was found.
#[derive(Clone, Debug, Default, Record)]
pub struct Found {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// How it is reached, for `-d`.
    pub r#type: Vec<u8>,
    /// What else is said of it.
    pub description: Option<Vec<u8>>,
}

/// A line that is not taken apart.
#[derive(Clone, Debug, Default, Record)]
pub struct Remark {
    /// What it stands under.
    pub section: Option<Vec<u8>>,
    /// The line.
    pub text: Vec<u8>,
}

/// What the next lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `NAME: VALUE`.
    Properties,
    /// Attributes; whether without type and updates.
    Attributes { is_brief: bool },
    /// Error counters of SCSI.
    Counters,
    /// Self-tests, the status of which begins here, before so many words.
    Tests { status: usize, after: usize },
    /// A log that has blank lines in it.
    Log,
    /// Whatever else.
    Remarks,
}

/// Reads `smartctl`.
pub struct Smartctl {
    disk: Disk,
    /// What comes behind the record of the disk.
    more: Vec<Smart>,
    part: Part,
    section: Option<Vec<u8>>,
    /// The beginning of a name that stands on two lines.
    name: Option<Vec<u8>>,
    has_properties: bool,
    /// Whether a part of the report has begun: what is said before is why there is none.
    has_begun: bool,
    /// The fields that the disks have.
    fields: Vec<&'static str>,
    is_scan: bool,
    /// A report in JSON that is not complete.
    document: Option<Document>,
}

/// Places of kinds among those of the records.
const DISK: u32 = 0;
const ATTRIBUTE: u32 = 1;
const SELF_TEST: u32 = 3;

const EXPECTED: &str = "`smartctl VERSION`, or `DEVICE -d TYPE` as with `--scan`";

impl Parser for Smartctl {
    const ABOUT: About = About {
        name: "smartctl-any",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What disks say of themselves, as smartctl prints it",
        commands: &["smartctl"],
        dialect: "smartmontools",
        ..About::DEFAULT
    };
    type Record = Smart;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Smartctl {
            disk: Disk::default(),
            more: Vec::new(),
            part: Part::Remarks,
            section: None,
            name: None,
            has_properties: false,
            has_begun: false,
            fields: Vec::new(),
            is_scan: false,
            document: None,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if self.document.is_some() || whole.bytes.starts_with(b"{") {
            let is_compact = self.document.is_none() && whole.trim_end().bytes.ends_with(b"}");
            self.document.get_or_insert_default().push(line);
            return if is_compact || whole.bytes == b"}" { self.complete(rows) } else { Ok(()) };
        }
        if whole.bytes.starts_with(b"smartctl ") && whole.find(" [").is_some() {
            self.flush(rows);
            rows.recognise();
            return Ok(());
        }
        // A disk that could not be opened (`--scan-open`).
        if whole.bytes.starts_with(b"# /") && whole.find(" -d ").is_some() {
            rows.push(Smart::Remark(Remark { section: None, text: whole.trim_end().bytes.to_vec() }));
            self.is_scan = true;
            return Ok(());
        }
        if self.is_scan && !whole.is_blank() || !rows.recognised() && whole.find(" -d ").is_some() {
            rows.push(Smart::Found(rows::found(whole)?));
            self.is_scan = true;
            return Ok(());
        }
        if !rows.recognised() && !whole.is_blank() {
            return Err(line.expected(EXPECTED).into());
        }
        self.read(whole, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.document.is_some() {
            return self.complete(rows);
        }
        self.flush(rows);
        Ok(())
    }
}

impl Smartctl {
    /// Reads a report in JSON, all of whose lines are there.
    fn complete(&mut self, rows: &mut Rows<Smart>) -> Result<(), Error> {
        let document = self.document.take().unwrap_or_default();
        let read = document.read().and_then(|whole| {
            let is_ata = whole.get("ata_smart_self_test_log").is_some();
            Ok((is_ata, json::read(&whole)?))
        });
        let (is_ata, (disk, more)) = match read {
            Ok(read) => read,
            Err(problem) if rows.recognised() => return Err(problem.into()),
            Err(problem) => return Err(Error::Unrecognised(problem)),
        };
        rows.recognise();
        rows.without_of(ATTRIBUTE, [""; 0]);
        rows.without_of(SELF_TEST, if is_ata { ["segment"] } else { ["remaining_percent"] });
        self.has_properties = disk.is_some();
        self.disk = disk.unwrap_or_default();
        self.more = more;
        self.flush(rows);
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Smart>) {
        self.unfinished();
        let disk = std::mem::take(&mut self.disk);
        if std::mem::take(&mut self.has_properties) {
            // What one sort of disks says, others do not.
            let new = disk.fields().into_iter().filter(|field| !self.fields.contains(field)).collect::<Vec<_>>();
            if !new.is_empty() {
                self.fields.extend(new);
                rows.shape_of(DISK, self.fields.iter().chain(&["properties"]));
            }
            rows.push(Smart::Disk(Box::new(disk)));
        }
        self.more.drain(..).for_each(|record| rows.push(record));
        (self.part, self.section, self.has_begun) = (Part::Remarks, None, false);
    }
}

outparse_sdk::export!(Smartctl);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Smartctl;

    const HEAD: &str = "smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)\nCopyright (C) 2002-22, B, www.smartmontools.org\n\n=== START OF INFORMATION SECTION ===\n";

    #[test]
    fn an_ata_disk_has_attributes_and_self_tests() {
        let capture = [
            HEAD,
            "Device Model:     A B\nUser Capacity:    1,000,204,886,016 bytes [1.00 TB]\nSector Sizes:     512 bytes logical, 4096 bytes physical\nRotation Rate:    7200 rpm\nSMART support is: Available - device has SMART capability.\nSMART support is: Enabled\n\n",
            "=== START OF READ SMART DATA SECTION ===\nSMART overall-health self-assessment test result: PASSED\n\nGeneral SMART Values:\nOffline data collection status:  (0x00)\tOffline data collection activity\n\t\t\t\t\twas never started.\nTotal time to complete Offline \ndata collection: \t\t(    7) seconds.\n\n",
            "SMART Attributes Data Structure revision number: 16\nVendor Specific SMART Attributes with Thresholds:\nID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE\n  9 Power_On_Hours          0x0032   099   099   000    Old_age   Always       -       12h+30m+01.5s\n194 Temperature_Celsius     0x0022   035   045   ---    Old_age   Always   In_the_past 35 (Min/Max 20/45)\n\n",
            "SMART Error Log Version: 1\nATA Error Count: 1\n\tCR = Command Register [HEX]\n\nError 1 occurred at disk power-on lifetime: 1 hours\n\n",
            "SMART Self-test log structure revision number 1\nNum  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error\n# 1  Short offline       Completed: read failure       90%      1000         12345\n",
        ]
        .concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        let copied = parse::<Smartctl>(None, capture.replace("\t\t\t\t\t", &" ".repeat(40)).as_bytes());
        assert_eq!(copied, parsed);
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(
            0,
            &[
                r#""model":"A B""#,
                r#""size":1000204886016,"block_size":512,"rotation_rate":7200,"smart_available":true,"smart_enabled":true,"health":"PASSED","temperature":35,"power_on_time":45001"#,
                r#""Offline data collection status":"(0x00) Offline data collection activity was never started.","Total time to complete Offline data collection":"( 7) seconds.""#,
                r#""SMART support is":"Available - device has SMART capability.; Enabled""#,
            ],
        );
        assert_eq!(
            parsed.records[2],
            r#"{"kind":"attribute","number":194,"name":"Temperature_Celsius","flag":"0x0022","normalized":35,"worst":45,"threshold":null,"type":"old age","updated":"always","failed":"past","raw":"35 (Min/Max 20/45)","raw_value":35}"#
        );
        let rest: Vec<&str> = parsed.records[3..].iter().map(String::as_str).collect();
        assert_eq!(
            rest,
            [
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"ATA Error Count: 1"}"#,
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"CR = Command Register [HEX]"}"#,
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"Error 1 occurred at disk power-on lifetime: 1 hours"}"#,
                r#"{"kind":"remark","section":null,"text":"SMART Self-test log structure revision number 1"}"#,
                r#"{"kind":"self_test","number":1,"description":"Short offline","status":"Completed: read failure","remaining_percent":90,"power_on_time":3600000,"first_error":12345}"#,
            ]
        );
        assert_any_split::<Smartctl>(None, capture.as_bytes());
    }

    #[test]
    fn a_scsi_disk_has_error_counters() {
        let capture = [
            HEAD,
            "Vendor:               S\nProduct:              X\nRevision:             0003\nUser Capacity:        600.127.266.816 bytes [600 GB]\n\n=== START OF READ SMART DATA SECTION ===\nSMART Health Status: OK\n\nCurrent Drive Temperature:     29 C\nAccumulated power on time, hours:minutes 12345:10\n\n",
            "Error counter log:\n           Errors Corrected by           Total   Correction     Gigabytes    Total\n               ECC          rereads/    errors   algorithm      processed    uncorrected\n           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors\nread:   3376498        1         2   3376501          3      18406.586           4\n\nNon-medium error count:        5\n\n",
            "SMART Self-test log\nNum  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]\n     Description                              number   (hours)\n# 1  Background long   Completed                   -      54                 - [-   -    -]\n",
        ]
        .concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(
            0,
            &[
                r#""firmware":"0003","size":600127266816"#,
                r#""health":"OK","temperature":29,"power_on_time":44442600"#,
                r#""Non-medium error count":"5""#,
            ],
        );
        parsed.has(1, &[r#""operation":"read","corrected_fast":3376498,"corrected_delayed":1,"corrected_by_repeating":2,"corrected":3376501,"corrections":3,"processed":18406586000000,"uncorrected":4"#]);
        parsed.has(
            parsed.records.len() - 1,
            &[r#""description":"Background long","status":"Completed","power_on_time":194400,"first_error":null,"segment":null"#],
        );
    }

    #[test]
    fn an_nvme_disk_counts_in_thousands_of_blocks() {
        let capture = [HEAD, "Model Number:                       A\nTotal NVM Capacity:                 2,000 [2.00 KB]\n\n=== START OF SMART DATA SECTION ===\nSMART/Health Information (NVMe Log 0x02)\nTemperature:                        30 Celsius\nPercentage Used:                    3%\nData Units Read:                    19,683,018 [10.0 TB]\nPower On Hours:                     6,726\n"].concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        parsed.has(
            0,
            &[r#""size":2000"#, r#""temperature":30,"power_on_time":24213600"#, r#""life_used_percent":3,"read":10077705216000"#],
        );
        let broken = parse::<Smartctl>(None, [HEAD, "Power On Hours: 6,72\n"].concat().as_bytes());
        broken.has(0, &[r#""power_on_time":null"#]);
        assert_eq!(broken.problems, ["error: line 5, column 17: expected a number, found `6,72`"]);
    }

    #[test]
    fn disks_that_were_found_are_named() {
        let parsed = parse::<Smartctl>(None, b"/dev/sda -d sat # /dev/sda [SAT], ATA device\n/dev/bus/0 -d megaraid,8\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"found","device":"/dev/sda","type":"sat","description":"/dev/sda [SAT], ATA device"}"#,
                r#"{"kind":"found","device":"/dev/bus/0","type":"megaraid,8","description":null}"#,
            ]
        );
        let closed = parse::<Smartctl>(
            None,
            b"# /dev/sdb -d scsi # /dev/sdb, SCSI device open failed: No such device\n/dev/sda -d sat # /dev/sda, ATA device\n",
        );
        closed.has(0, &[r##""text":"# /dev/sdb -d scsi # /dev/sdb, SCSI device open failed: No such device""##]);
        closed.has(1, &[r#""device":"/dev/sda""#]);
        assert_unrecognised::<Smartctl>(["hello\n", "smartctl\n", "rm -d x\n"]);
        let unopened = parse::<Smartctl>(None, [HEAD, "/dev/vda: Unable to detect device type\n"].concat().as_bytes());
        assert_eq!(unopened.records.len(), 1, "{unopened:?}");
        unopened.has(0, &[r#"{"kind":"remark""#, "Unable to detect"]);
    }

    #[test]
    fn of_the_attributes_those_that_all_disks_have_count() {
        let titles = "ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE\n";
        let rows = "  9 Power_On_Minutes        0x0032   095   095   000    Old_age   Always       -       1038h+11m\n190 Airflow_Temperature_Cel 0x0022   065   055   045    Old_age   Always       -       35\n194 Temperature_Celsius     0x0022   113   101   000    Old_age   Always       -       34\n231 Temperature_Celsius     0x0013   100   100   010    Pre-fail  Always       -       0\n\n";
        let log = "SMART Extended Comprehensive Error Log Version: 1 (1 sectors)\nDevice Error Count: 3\n";
        let parsed = parse::<Smartctl>(None, [HEAD, "Device Model: A\n\n", titles, rows, log].concat().as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""temperature":34,"power_on_time":3737460,"#, r#""error_count":3"#]);
    }

    #[test]
    fn what_failed_is_no_property() {
        let capture = "smartctl 7.1 2019-12-30 r5022 [x86_64-linux-5.4.0] (local build)\n\nRead Device Identity failed: scsi error unsupported field\n\nA mandatory SMART command failed: exiting.\n";
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        parsed.has(0, &[r#""kind":"remark""#, "Read Device Identity failed: scsi error"]);
        let warned = [HEAD, "Device Model: A\n\n==> WARNING: An update may be there,\nsee\nhttp://example.org/x\n\nNo self-tests have been logged.  [To run self-tests, use: smartctl -t]\n"].concat();
        let warned = parse::<Smartctl>(None, warned.as_bytes());
        warned.has(0, &[r#""properties":{"Device Model":"A"}"#]);
        assert_eq!(warned.records.len(), 5, "{warned:?}");
    }

    #[test]
    fn json_has_the_records_of_the_text() {
        let scsi = r#"{"smartctl": {"exit_status": 0}, "device": {"name": "/dev/sdb", "protocol": "SCSI"}, "scsi_vendor": "S", "scsi_product": "X",
          "scsi_model_name": "S X", "scsi_revision": "0003", "user_capacity": {"bytes": 600127266816}, "rotation_rate": 0, "smart_status": {"passed": true},
          "temperature": {"current": 29}, "power_on_time": {"hours": 12345, "minutes": 10},
          "scsi_error_counter_log": {"read": {"errors_corrected_by_eccfast": 1, "errors_corrected_by_eccdelayed": 2, "errors_corrected_by_rereads_rewrites": 3, "total_errors_corrected": 6, "correction_algorithm_invocations": 4, "gigabytes_processed": "18406.586", "total_uncorrected_errors": 5}},
          "scsi_self_test_0": {"code": {"value": 2, "string": "Background long"}, "result": {"value": 0, "string": "Completed"}, "power_on_time": {"hours": 54}}
}
"#;
        let parsed = parse::<Smartctl>(None, scsi.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""vendor":"S","model":"X","firmware":"0003","size":600127266816,"rotation_rate":null,"health":"OK","temperature":29,"power_on_time":44442600"#]);
        parsed.has(1, &[r#""operation":"read","corrected_fast":1,"corrected_delayed":2,"corrected_by_repeating":3,"corrected":6,"corrections":4,"processed":18406586000000,"uncorrected":5"#]);
        parsed.has(2, &[r#""number":1,"description":"Background long","status":"Completed","power_on_time":194400"#]);
        let nvme = r#"{"smartctl": {}, "device": {"protocol": "NVMe"}, "model_name": "A", "nvme_total_capacity": 2000, "smart_status": {"passed": false},
          "nvme_smart_health_information_log": {"percentage_used": 3, "data_units_read": 19683018, "num_err_log_entries": 7},
          "nvme_self_test_log": {"table": [{"self_test_code": {"value": 1, "string": "Short"}, "self_test_result": {"value": 7, "string": "Completed: failed segments"}, "power_on_hours": 10, "segment": 3, "lba": 12345}]}
}
"#;
        let twice = parse::<Smartctl>(None, [nvme, "{\"smartctl\": {\"messages\": [{\"string\": \"/dev/x: Unable to detect device type\", \"severity\": \"error\"}]}}\n"].concat().as_bytes());
        assert_eq!(twice.problems, [""; 0]);
        twice.has(0, &[r#""size":2000,"health":"FAILED!","error_count":7,"life_used_percent":3,"read":10077705216000"#]);
        twice.has(1, &[r#""number":0,"description":"Short","status":"Completed: failed segments","power_on_time":36000,"first_error":12345,"segment":"3""#]);
        twice.has(2, &[r#""kind":"remark""#, "Unable to detect"]);
        let scan = r#"{"smartctl": {}, "devices": [{"name": "/dev/sda", "info_name": "/dev/sda [SAT]", "type": "sat", "protocol": "ATA"}]}"#;
        parse::<Smartctl>(None, scan.as_bytes())
            .has(0, &[r#""device":"/dev/sda","type":"sat","description":"/dev/sda [SAT], ATA device""#]);
        assert_unrecognised::<Smartctl>(["{}\n", "{\n", "{\"a\": 1}\n"]);
    }
}
