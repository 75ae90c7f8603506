//! `blkid`: what lies on block devices. A line a device, `DEVICE: NAME="value" …`; with `-o export` and `-o udev`, a block of
//! `NAME=value` lines.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, escape};

/// What lies on a block device.
#[derive(Clone, Debug, Default, Record)]
pub struct Content {
    /// The device.
    #[field(key)]
    pub device: Option<Vec<u8>>,
    /// Label of the filesystem.
    pub label: Option<Vec<u8>>,
    /// UUID of the filesystem.
    pub uuid: Option<Vec<u8>>,
    /// UUID of this device in a filesystem or array of several.
    pub sub_uuid: Option<Vec<u8>>,
    /// Type: `ext4`, `swap`, `LVM2_member`, …
    pub r#type: Option<Vec<u8>>,
    /// Second type, of old filesystems.
    pub secondary_type: Option<Vec<u8>>,
    /// What it is used for: `filesystem`, `raid`, `crypto`, …
    pub usage: Option<Vec<u8>>,
    /// Version of its format.
    pub version: Option<Vec<u8>>,
    /// Size of a block.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// Size of the filesystem.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Smallest input or output (`-i`).
    #[field(unit = "bytes")]
    pub minimum_io_size: Option<i64>,
    /// Size of a physical sector (`-i`).
    #[field(unit = "bytes")]
    pub physical_sector_size: Option<i64>,
    /// Size of a logical sector (`-i`).
    #[field(unit = "bytes")]
    pub logical_sector_size: Option<i64>,
    /// Label of the partition.
    pub partition_label: Option<Vec<u8>>,
    /// UUID of the partition.
    pub partition_uuid: Option<Vec<u8>>,
    /// UUID of the partition table.
    pub partition_table_uuid: Option<Vec<u8>>,
    /// Type of the partition table.
    pub partition_table_type: Option<Vec<u8>>,
    /// Scheme of the partition table that has its entry (`-p`).
    pub partition_scheme: Option<Vec<u8>>,
    /// Type of the partition in its entry (`-p`).
    pub partition_type: Option<Vec<u8>>,
    /// Number of the partition (`-p`).
    pub partition_number: Option<i64>,
    /// Where the partition begins, in sectors of 512 bytes (`-p`).
    pub partition_offset: Option<i64>,
    /// How long the partition is, in sectors of 512 bytes (`-p`).
    pub partition_sectors: Option<i64>,
    /// Major and minor number of the whole disk (`-p`).
    pub partition_disk: Option<Vec<u8>>,
    /// All else, by the names that are printed.
    pub details: Map<Vec<u8>>,
}

/// Reads `blkid`.
pub struct Blkid {
    /// The block of lines that is being read.
    block: Option<Content>,
    shaped: Vec<&'static str>,
}

const EXPECTED: &str = "`DEVICE: NAME=\"value\" …` or `NAME=value`";

impl Parser for Blkid {
    const ABOUT: About = About {
        name: "blkid",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What lies on block devices, as blkid prints it",
        commands: &["blkid", "busybox blkid", "toybox blkid"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Content;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Blkid { block: None, shaped: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        if line.bytes.starts_with(b"device ") && whole.find("mount point").is_some() {
            return Err(Error::unrecognised("`blkid -o list` shortens names; `blkid`, `-o full` and `-o export` are read"));
        }
        if let Some((name, value)) = whole.split_once("=").filter(|(name, _)| is_name(name.bytes)) {
            // A device begins a block, also where no blank line came before.
            if name.bytes == b"DEVNAME" || self.block.is_none() {
                self.flush(rows);
            }
            let block = self.block.get_or_insert_default();
            put(block, name.bytes, value, unescape(value.bytes))?;
            rows.recognise();
            return Ok(());
        }
        self.flush(rows);
        let content = read(whole)?;
        self.push(content, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Blkid {
    fn flush(&mut self, rows: &mut Rows<Content>) {
        if let Some(block) = self.block.take() {
            self.push(block, rows);
        }
    }

    fn push(&mut self, content: Content, rows: &mut Rows<Content>) {
        let all = [
            ("device", true),
            ("label", content.label.is_some()),
            ("uuid", content.uuid.is_some()),
            ("sub_uuid", content.sub_uuid.is_some()),
            ("type", content.r#type.is_some()),
            ("secondary_type", content.secondary_type.is_some()),
            ("usage", content.usage.is_some()),
            ("version", content.version.is_some()),
            ("block_size", content.block_size.is_some()),
            ("size", content.size.is_some()),
            ("minimum_io_size", content.minimum_io_size.is_some()),
            ("physical_sector_size", content.physical_sector_size.is_some()),
            ("logical_sector_size", content.logical_sector_size.is_some()),
            ("partition_label", content.partition_label.is_some()),
            ("partition_uuid", content.partition_uuid.is_some()),
            ("partition_table_uuid", content.partition_table_uuid.is_some()),
            ("partition_table_type", content.partition_table_type.is_some()),
            ("partition_scheme", content.partition_scheme.is_some()),
            ("partition_type", content.partition_type.is_some()),
            ("partition_number", content.partition_number.is_some()),
            ("partition_offset", content.partition_offset.is_some()),
            ("partition_sectors", content.partition_sectors.is_some()),
            ("partition_disk", content.partition_disk.is_some()),
            ("details", !content.details.0.is_empty()),
        ];
        let new: Vec<&'static str> =
            all.into_iter().filter(|(name, has)| *has && !self.shaped.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() {
            self.shaped.extend(new);
            rows.shape(&self.shaped);
        }
        rows.push(content);
    }
}

fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_uppercase)
        && text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// `/dev/sda1: LABEL="a b" UUID="…"`. A quote mark in a value has a backslash before it.
fn read(line: Field<'_>) -> Result<Content, Problem> {
    let (device, mut rest) = line.split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
    let mut content = Content { device: Some(device.bytes.to_vec()), ..Content::default() };
    rest = rest.trim();
    while !rest.bytes.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or_else(|| rest.expected("`NAME=\"value\"`"))?;
        if !is_name(name.bytes) {
            return Err(name.expected("a name in capital letters"));
        }
        let mut end = 0;
        while after.bytes.get(end).is_some_and(|&byte| byte != b'"') {
            end += if after.bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= after.bytes.len() {
            return Err(after.expected("a closing quote mark"));
        }
        let (value, after) = after.split_at(end);
        put(&mut content, name.bytes, value, unescape(value.bytes))?;
        rest = after.split_at(1).1.trim_start();
    }
    if content.details.0.is_empty()
        && content.r#type.is_none()
        && content.uuid.is_none()
        && content.partition_uuid.is_none()
        && content.partition_table_type.is_none()
        && content.label.is_none()
    {
        return Err(line.expected(EXPECTED));
    }
    Ok(content)
}

/// `\"`, `\ ` and `\\` are what follows the backslash, `\x20` is a blank.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'\\', [b'x', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.extend(escape::hexadecimal(&rest[..4]));
                &rest[4..]
            }
            (b'\\', [next, after @ ..]) => {
                out.push(*next);
                after
            }
            _ => {
                out.push(*byte);
                after
            }
        };
    }
    out
}

fn put(content: &mut Content, name: &[u8], value: Field<'_>, text: Vec<u8>) -> Result<(), Problem> {
    let plain = name.strip_prefix(b"ID_FS_").or_else(|| name.strip_prefix(b"ID_IOLIMIT_")).or_else(|| name.strip_prefix(b"ID_"));
    let place = match plain.unwrap_or(name) {
        b"DEVNAME" => &mut content.device,
        // `-o udev` prints a label twice: with what udev cannot bear replaced, and with it escaped.
        b"LABEL_ENC" => &mut content.label,
        b"LABEL" => &mut content.label,
        b"UUID" => &mut content.uuid,
        b"UUID_SUB" => &mut content.sub_uuid,
        b"TYPE" => &mut content.r#type,
        b"SEC_TYPE" => &mut content.secondary_type,
        b"USAGE" => &mut content.usage,
        b"VERSION" => &mut content.version,
        b"PARTLABEL" | b"PART_ENTRY_NAME" if content.partition_label.is_none() => &mut content.partition_label,
        b"PARTUUID" | b"PART_ENTRY_UUID" if content.partition_uuid.is_none() => &mut content.partition_uuid,
        b"PTUUID" | b"PART_TABLE_UUID" => &mut content.partition_table_uuid,
        b"PTTYPE" | b"PART_TABLE_TYPE" => &mut content.partition_table_type,
        b"PART_ENTRY_SCHEME" => &mut content.partition_scheme,
        b"PART_ENTRY_TYPE" => &mut content.partition_type,
        b"PART_ENTRY_DISK" => &mut content.partition_disk,
        number => {
            let place = match number {
                b"BLOCK_SIZE" => &mut content.block_size,
                b"FSSIZE" | b"SIZE" => &mut content.size,
                b"MINIMUM_IO_SIZE" => &mut content.minimum_io_size,
                b"PHYSICAL_SECTOR_SIZE" => &mut content.physical_sector_size,
                b"LOGICAL_SECTOR_SIZE" => &mut content.logical_sector_size,
                b"PART_ENTRY_NUMBER" => &mut content.partition_number,
                b"PART_ENTRY_OFFSET" => &mut content.partition_offset,
                b"PART_ENTRY_SIZE" => &mut content.partition_sectors,
                _ => {
                    content.details.0.push((name.to_vec(), text));
                    return Ok(());
                }
            };
            *place = Some(value.integer()?);
            return Ok(());
        }
    };
    *place = Some(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Blkid;

    #[test]
    fn a_label_is_the_one_that_loses_nothing() {
        let udev = parse::<Blkid>(None, b"ID_FS_LABEL=a_b\nID_FS_LABEL_ENC=a\\x20b\nID_FS_TYPE=swap\n");
        assert!(udev.records[0].contains(r#""label":"a b""#), "{udev:?}");
        let full = parse::<Blkid>(None, b"/dev/sda1: LABEL=\"a\\\\x20b\" TYPE=\"swap\"\n");
        assert!(full.records[0].contains(r#""label":"a\\x20b""#), "{full:?}");
    }

    #[test]
    fn lines_and_blocks_say_the_same() {
        let line = parse::<Blkid>(None, b"/dev/sda1: LABEL=\"a \\\"b\\\"\" BLOCK_SIZE=\"4096\" TYPE=\"xfs\" PARTUUID=\"05\"\n");
        let block = parse::<Blkid>(None, b"DEVNAME=/dev/sda1\nLABEL=a\\ \\\"b\\\"\nBLOCK_SIZE=4096\nTYPE=xfs\nPARTUUID=05\n\n");
        assert_eq!(
            line.records,
            [r#"{"device":"/dev/sda1","label":"a \"b\"","type":"xfs","block_size":4096,"partition_uuid":"05"}"#]
        );
        assert_eq!(line.records, block.records);
        assert_any_split::<Blkid>(None, b"DEVNAME=/dev/a\nTYPE=x\n\nDEVNAME=/dev/b\nTYPE=y\n");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Blkid>(["hello\n", "/dev/a: b\n", "/dev/a: TYPE=\"x\n", "a=b\n"]);
    }
}
