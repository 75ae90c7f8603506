//! Reports as text.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use crate::Smartctl;

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
fn what_stands_below_a_broken_line_does_not_go_on_with_the_property_above() {
    let capture = [
        HEAD,
        "Device Model: A\n\n=== START OF READ SMART DATA SECTION ===\nGeneral SMART Values:\n",
        "Offline data collection status:  (0x00)\twas never started.\nSelf-test execution status\n\t\t\t\t\twithout error\n",
    ]
    .concat();
    let parsed = parse::<Smartctl>(None, capture.as_bytes());
    parsed.has(0, &[r#""Offline data collection status":"(0x00) was never started.""#]);
    parsed.has(1, &[r#""text":"Self-test execution status""#]);
    parsed.has(2, &[r#""text":"without error""#]);
}
