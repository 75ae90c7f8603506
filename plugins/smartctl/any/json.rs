//! What `smartctl -j` prints: an object, whose lists are the tables of the text. What else it has is a property, by its path.

use outparse_sdk::document::{Content, Node};
use outparse_sdk::{Field, Map, Problem};

use crate::records::{Attribute, Disk, ErrorCounter, Found, Remark, SelfTest, Smart};

/// Which paths are records of their own, or of the program.
const RECORDS: [&str; 10] = [
    "json_format_version",
    "smartctl",
    "devices",
    "ata_smart_attributes.table",
    "ata_smart_self_test_log.standard.table",
    "ata_smart_self_test_log.extended.table",
    "nvme_self_test_log.table",
    "scsi_error_counter_log",
    "scsi_self_test_",
    "local_time.time_t",
];

/// A report: the disk, where it says anything of one, and what stands below it in the text.
pub(crate) fn read(whole: &Node<'_>) -> Result<(Option<Disk>, Vec<Smart>), Problem> {
    let program = whole.get("smartctl").ok_or_else(|| whole.expected("an object with `smartctl`"))?;
    let mut more = Vec::new();
    for message in list(program, &["messages"])? {
        more.push(Smart::Remark(Remark { section: None, text: text(message, &["string"])?.unwrap_or_default() }));
    }
    for device in list(whole, &["devices"])? {
        more.push(Smart::Found(found(device)?));
    }
    let mut disk = disk(whole)?;
    for row in list(whole, &["ata_smart_attributes", "table"])? {
        let attribute = attribute(row)?;
        disk.take(&attribute);
        more.push(Smart::Attribute(attribute));
    }
    for operation in ["read", "write", "verify"] {
        if let Some(counts) = at(whole, &["scsi_error_counter_log", operation]) {
            more.push(Smart::ErrorCounter(counter(operation, counts)?));
        }
    }
    for log in ["standard", "extended"] {
        for (row, number) in list(whole, &["ata_smart_self_test_log", log, "table"])?.iter().zip(1..) {
            more.push(Smart::SelfTest(ata_test(row, number)?));
        }
    }
    for (row, number) in list(whole, &["nvme_self_test_log", "table"])?.iter().zip(0..) {
        more.push(Smart::SelfTest(SelfTest {
            number,
            description: text(row, &["self_test_code", "string"])?.unwrap_or_default(),
            status: text(row, &["self_test_result", "string"])?.unwrap_or_default(),
            power_on_time: hours(row, &["power_on_hours"])?,
            first_error: integer(row, &["lba"])?,
            segment: text(row, &["segment"])?,
            ..SelfTest::default()
        }));
    }
    for number in 0.. {
        let Some(row) = whole.get(&format!("scsi_self_test_{number}")) else { break };
        more.push(Smart::SelfTest(SelfTest {
            number: number + 1,
            description: text(row, &["code", "string"])?.unwrap_or_default(),
            status: text(row, &["result", "string"])?.unwrap_or_default(),
            power_on_time: hours(row, &["power_on_time", "hours"])?,
            first_error: integer(row, &["lba_first_failure", "value"])?,
            segment: text(row, &["failed_segment", "value"])?,
            ..SelfTest::default()
        }));
    }
    leaves(whole, "", &mut disk.properties)?;
    let has_disk = disk.properties.0.iter().any(|(name, _)| !name.starts_with(b"local_time") && !name.starts_with(b"device."));
    Ok((has_disk.then_some(disk), more))
}

fn disk(whole: &Node<'_>) -> Result<Disk, Problem> {
    // The same thing has other names in earlier versions and for other sorts of disks: the first that is there.
    let first = |names: &[&[&str]]| names.iter().find_map(|path| text(whole, path).transpose()).transpose();
    let number = |names: &[&[&str]]| names.iter().find_map(|path| integer(whole, path).transpose()).transpose();
    let is_scsi = at(whole, &["device", "protocol"]).is_some_and(|protocol| protocol.text().is_ok_and(|text| text == b"SCSI"));
    let passed = at(whole, &["smart_status", "passed"]).map(Node::boolean).transpose()?;
    let health = match passed {
        Some(true) if is_scsi => Some(b"OK".to_vec()),
        Some(true) => Some(b"PASSED".to_vec()),
        Some(false) => first(&[&["smart_status", "scsi", "ie_string"]])?.or_else(|| Some(b"FAILED!".to_vec())),
        None => None,
    };
    let minutes = integer(whole, &["power_on_time", "minutes"])?.unwrap_or(0);
    let units = |name: &str| -> Result<Option<i64>, Problem> {
        // In thousands of blocks of 512 bytes.
        Ok(integer(whole, &["nvme_smart_health_information_log", name])?.map(|units| units.saturating_mul(512_000)))
    };
    let flag = |name: &str| at(whole, &["smart_support", name]).map(Node::boolean).transpose();
    Ok(Disk {
        vendor: first(&[&["scsi_vendor"], &["vendor"]])?,
        model_family: first(&[&["model_family"]])?,
        model: first(&[&["scsi_product"], &["product"], &["model_name"]])?,
        serial: first(&[&["serial_number"]])?,
        firmware: first(&[&["firmware_version"], &["scsi_revision"], &["revision"]])?,
        size: number(&[&["nvme_total_capacity"], &["user_capacity", "bytes"]])?,
        block_size: number(&[&["logical_block_size"]])?,
        // Nothing turns in it.
        rotation_rate: number(&[&["rotation_rate"]])?.filter(|rate| *rate != 0),
        smart_available: flag("available")?,
        smart_enabled: flag("enabled")?,
        health,
        temperature: number(&[&["temperature", "current"]])?,
        power_on_time: hours(whole, &["power_on_time", "hours"])?.map(|hours| hours + minutes * 60),
        power_cycles: number(&[&["power_cycle_count"]])?,
        error_count: number(&[
            &["ata_smart_error_log", "summary", "count"],
            &["ata_smart_error_log", "extended", "count"],
            &["nvme_smart_health_information_log", "num_err_log_entries"],
        ])?,
        life_used_percent: number(&[&["nvme_smart_health_information_log", "percentage_used"]])?,
        read: units("data_units_read")?,
        written: units("data_units_written")?,
        properties: Map::default(),
    })
}

fn attribute(row: &Node<'_>) -> Result<Attribute, Problem> {
    let said = |path: &[&str]| at(row, path).map(Node::boolean).transpose();
    let flags = integer(row, &["flags", "value"])?.unwrap_or(0);
    let raw = text(row, &["raw", "string"])?.unwrap_or_default();
    let failed = text(row, &["when_failed"])?.unwrap_or_default();
    Ok(Attribute {
        number: needed(integer(row, &["id"])?, row, "id")?,
        name: text(row, &["name"])?.unwrap_or_default(),
        flag: format!("0x{flags:04x}").into_bytes(),
        normalized: integer(row, &["value"])?,
        worst: integer(row, &["worst"])?,
        threshold: integer(row, &["thresh"])?,
        r#type: said(&["flags", "prefailure"])?.map(|warns| if warns { "pre-fail" } else { "old age" }),
        updated: said(&["flags", "updated_online"])?.map(|always| if always { "always" } else { "offline" }),
        failed: match &failed[..] {
            b"" => None,
            b"now" => Some("now"),
            b"past" => Some("past"),
            _ => return Err(row.expected("`when_failed` to be empty, `now` or `past`")),
        },
        raw_value: Field::from(raw.as_slice()).fields().next().and_then(|word| word.as_integer()),
        raw,
    })
}

fn counter(operation: &str, counts: &Node<'_>) -> Result<ErrorCounter, Problem> {
    let count = |name: &str| needed(integer(counts, &[name])?, counts, name);
    let processed = text(counts, &["gigabytes_processed"])?.unwrap_or_default();
    Ok(ErrorCounter {
        operation: operation.as_bytes().to_vec(),
        corrected_fast: count("errors_corrected_by_eccfast")?,
        corrected_delayed: count("errors_corrected_by_eccdelayed")?,
        corrected_by_repeating: count("errors_corrected_by_rereads_rewrites")?,
        corrected: count("total_errors_corrected")?,
        corrections: count("correction_algorithm_invocations")?,
        processed: Field::from(processed.as_slice()).float_e(9).map_err(|_| counts.expected("`gigabytes_processed`"))? as i64,
        uncorrected: count("total_uncorrected_errors")?,
    })
}

fn ata_test(row: &Node<'_>, number: i64) -> Result<SelfTest, Problem> {
    Ok(SelfTest {
        number,
        description: text(row, &["type", "string"])?.unwrap_or_default(),
        status: text(row, &["status", "string"])?.unwrap_or_default(),
        // The lower half of the value counts tenths.
        remaining_percent: integer(row, &["status", "value"])?.map(|value| (value & 0xf) * 10),
        power_on_time: hours(row, &["lifetime_hours"])?,
        first_error: integer(row, &["lba"])?,
        segment: None,
    })
}

fn found(device: &Node<'_>) -> Result<Found, Problem> {
    let name = text(device, &["info_name"])?;
    let protocol = text(device, &["protocol"])?;
    Ok(Found {
        device: needed(text(device, &["name"])?, device, "name")?,
        r#type: text(device, &["type"])?.unwrap_or_default(),
        description: name.zip(protocol).map(|(name, protocol)| [&name, &b", "[..], &protocol, b" device"].concat()),
    })
}

/// All values that are no records of their own, by their paths.
fn leaves(node: &Node<'_>, path: &str, properties: &mut Map<Vec<u8>>) -> Result<(), Problem> {
    if RECORDS.iter().any(|record| path == *record || record.ends_with('_') && path.starts_with(record)) {
        return Ok(());
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match &node.content {
        Content::Object(members) => {
            for (name, value) in members {
                leaves(value, &below(&String::from_utf8_lossy(name)), properties)?;
            }
        }
        Content::List(items) => {
            for (at, item) in items.iter().enumerate() {
                leaves(item, &below(&at.to_string()), properties)?;
            }
        }
        Content::Null => {}
        Content::Boolean(value) => properties.0.push((path.as_bytes().to_vec(), value.to_string().into_bytes())),
        Content::Number(text) => properties.0.push((path.as_bytes().to_vec(), text.to_vec())),
        Content::Text(text) => properties.0.push((path.as_bytes().to_vec(), text.to_vec())),
    }
    Ok(())
}

fn at<'n, 'a>(node: &'n Node<'a>, path: &[&str]) -> Option<&'n Node<'a>> {
    path.iter().try_fold(node, |node, name| node.get(name))
}

fn list<'n, 'a>(node: &'n Node<'a>, path: &[&str]) -> Result<&'n [Node<'a>], Problem> {
    at(node, path).map_or(Ok(&[]), Node::items)
}

fn text(node: &Node<'_>, path: &[&str]) -> Result<Option<Vec<u8>>, Problem> {
    at(node, path).filter(|node| node.content != Content::Null).map(|node| Ok(node.text()?.to_vec())).transpose()
}

fn integer(node: &Node<'_>, path: &[&str]) -> Result<Option<i64>, Problem> {
    at(node, path).filter(|node| node.content != Content::Null).map(Node::integer).transpose()
}

fn hours(node: &Node<'_>, path: &[&str]) -> Result<Option<i64>, Problem> {
    Ok(integer(node, path)?.map(|hours| hours.saturating_mul(3600)))
}

fn needed<V>(value: Option<V>, node: &Node<'_>, name: &str) -> Result<V, Problem> {
    value.ok_or_else(|| node.expected(&format!("an object with `{name}`")))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use crate::Smartctl;

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
