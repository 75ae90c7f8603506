//! What `dmidecode` says above the structures: of itself, and of the table that they are in.

use outparse_sdk::{Field, Problem, Record};

/// The table that the structures are in.
#[derive(Clone, Debug, Default, Record)]
pub struct Table {
    /// Version of dmidecode.
    pub version: Option<Vec<u8>>,
    /// Where it was read: `sysfs`, `file dump`, `/dev/mem`.
    pub source: Option<Vec<u8>>,
    /// Version of SMBIOS, or of DMI before that, which the firmware follows.
    pub smbios_version: Option<Vec<u8>>,
    /// Number of structures, where it is said.
    pub structures: Option<i64>,
    /// Space that they take, where it is said.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Where it begins in memory.
    pub memory_address: Option<Vec<u8>>,
}

impl Table {
    /// Reads a line. False where it is not about the table.
    ///
    /// ```text
    /// # dmidecode 3.4
    /// Getting SMBIOS data from sysfs.
    /// SMBIOS 2.8 present.
    /// 57 structures occupying 2345 bytes.
    /// Table at 0x000E9A30.
    /// ```
    pub(super) fn read(table: &mut Option<Table>, line: Field<'_>) -> Result<bool, Problem> {
        let text = line.strip_suffix(".").unwrap_or(line);
        let behind = |beginnings: &[&str]| beginnings.iter().find_map(|beginning| text.strip_prefix(beginning));
        let owned = |text: Field<'_>| Some(text.bytes.to_vec());
        if let Some(version) = line.strip_prefix("# dmidecode ") {
            table.get_or_insert_default().version = owned(version);
        } else if let Some(source) = behind(&["Getting SMBIOS data from ", "Reading SMBIOS/DMI data from "]) {
            table.get_or_insert_default().source = owned(source);
        } else if let Some(source) = text.strip_prefix("Scanning ").and_then(|text| text.strip_suffix(" for entry point")) {
            table.get_or_insert_default().source = owned(source);
        } else if let Some(version) = behind(&["SMBIOS ", "Legacy DMI "]).and_then(|text| text.strip_suffix(" present")) {
            table.get_or_insert_default().smbios_version = owned(version);
        } else if let Some((structures, size)) = text.split_once(" structures occupying ") {
            let size = size.strip_suffix(" bytes").ok_or_else(|| size.expected("`N bytes`"))?;
            let (structures, size) = (structures.integer()?, size.integer()?);
            let table = table.get_or_insert_default();
            (table.structures, table.size) = (Some(structures), Some(size));
        } else if let Some(address) = text.strip_prefix("Table at ").filter(|address| address.bytes.starts_with(b"0x")) {
            table.get_or_insert_default().memory_address = owned(address);
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}
