//! The titles over the devices of `iostat`.

/// A column of devices.
pub(crate) struct Column {
    pub(crate) field: &'static str,
    pub(crate) unit: f64,
}

/// What a title says: a field, and the size of its unit.
pub(crate) fn column(title: &[u8]) -> Option<Column> {
    const KB: f64 = 1024.0;
    const MB: f64 = 1_048_576.0;
    const SECTOR: f64 = 512.0;
    const MS: f64 = 0.001;
    let (field, unit) = match std::str::from_utf8(title).ok()? {
        "Device" | "Device:" => ("device", 1.0),
        "tps" => ("transfers_per_second", 1.0),
        "kB/s" => ("bytes_per_second", KB),
        "MB/s" => ("bytes_per_second", MB),
        "rqm/s" => ("merged_per_second", 1.0),
        "kB_w+d/s" => ("written_or_discarded_bytes_per_second", KB),
        "MB_w+d/s" => ("written_or_discarded_bytes_per_second", MB),
        "kB_w+d" => ("written_or_discarded_bytes", KB),
        "MB_w+d" => ("written_or_discarded_bytes", MB),
        "kB_read/s" | "rkB/s" => ("read_bytes_per_second", KB),
        "MB_read/s" | "rMB/s" => ("read_bytes_per_second", MB),
        "Blk_read/s" | "rsec/s" => ("read_bytes_per_second", SECTOR),
        "kB_wrtn/s" | "wkB/s" => ("written_bytes_per_second", KB),
        "MB_wrtn/s" | "wMB/s" => ("written_bytes_per_second", MB),
        "Blk_wrtn/s" | "wsec/s" => ("written_bytes_per_second", SECTOR),
        "kB_dscd/s" | "dkB/s" => ("discarded_bytes_per_second", KB),
        "MB_dscd/s" | "dMB/s" => ("discarded_bytes_per_second", MB),
        "kB_read" => ("read_bytes", KB),
        "MB_read" => ("read_bytes", MB),
        "Blk_read" => ("read_bytes", SECTOR),
        "kB_wrtn" => ("written_bytes", KB),
        "MB_wrtn" => ("written_bytes", MB),
        "Blk_wrtn" => ("written_bytes", SECTOR),
        "kB_dscd" => ("discarded_bytes", KB),
        "MB_dscd" => ("discarded_bytes", MB),
        "r/s" => ("reads_per_second", 1.0),
        "w/s" => ("writes_per_second", 1.0),
        "d/s" => ("discards_per_second", 1.0),
        "f/s" => ("flushes_per_second", 1.0),
        "rrqm/s" => ("reads_merged_per_second", 1.0),
        "wrqm/s" => ("writes_merged_per_second", 1.0),
        "drqm/s" => ("discards_merged_per_second", 1.0),
        "%rrqm" => ("reads_merged_percent", 1.0),
        "%wrqm" => ("writes_merged_percent", 1.0),
        "%drqm" => ("discards_merged_percent", 1.0),
        "avgrq-sz" => ("average_request_size", SECTOR),
        "areq-sz" => ("average_request_size", KB),
        "rareq-sz" => ("average_read_size", KB),
        "wareq-sz" => ("average_write_size", KB),
        "dareq-sz" => ("average_discard_size", KB),
        "avgqu-sz" | "aqu-sz" => ("average_queue_size", 1.0),
        "await" => ("wait", MS),
        "r_await" => ("read_wait", MS),
        "w_await" => ("write_wait", MS),
        "d_await" => ("discard_wait", MS),
        "f_await" => ("flush_wait", MS),
        "svctm" => ("service_time", MS),
        "%util" => ("utilization_percent", 1.0),
        _ => return None,
    };
    Some(Column { field, unit })
}
