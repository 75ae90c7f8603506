//! `tune2fs -l` and `dumpe2fs -h`: `NAME: VALUE` of an ext2, ext3 or ext4 filesystem.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source, Time};

/// A filesystem.
#[derive(Clone, Debug, Default, Record)]
pub struct Filesystem {
    /// Label; null where it has none.
    pub label: Option<Vec<u8>>,
    /// Where it was mounted last; null where that is not known.
    pub mounted_on: Option<Vec<u8>>,
    /// UUID.
    #[field(key)]
    pub uuid: Option<Vec<u8>>,
    /// State: `clean`, `not clean`, …
    pub state: Option<Vec<u8>>,
    /// What it can do.
    pub features: Vec<Vec<u8>>,
    /// Number of inodes.
    pub inodes: Option<i64>,
    /// Inodes not in use.
    pub inodes_free: Option<i64>,
    /// Number of blocks.
    pub blocks: Option<i64>,
    /// Blocks not in use.
    pub blocks_free: Option<i64>,
    /// Blocks that only root may use.
    pub blocks_reserved: Option<i64>,
    /// Size of a block.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// All of it.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// When it was made. Local: no offset is printed.
    pub created: Option<Time>,
    /// When it was mounted last. Local: no offset is printed.
    pub mounted: Option<Time>,
    /// When it was written last. Local: no offset is printed.
    pub written: Option<Time>,
    /// When it was checked last. Local: no offset is printed.
    pub checked: Option<Time>,
    /// How often it was mounted since it was checked.
    pub mount_count: Option<i64>,
    /// How often it may be mounted until it is checked; -1 for ever.
    pub mount_count_maximum: Option<i64>,
    /// All that is printed of it, by its name.
    pub properties: Map<Vec<u8>>,
}

/// Reads `tune2fs -l`.
pub struct Tune2fs {
    filesystem: Filesystem,
}

impl Parser for Tune2fs {
    const ABOUT: About = About {
        name: "tune2fs",
        version: env!("CARGO_PKG_VERSION"),
        summary: "An ext filesystem, as tune2fs -l and dumpe2fs -h print it",
        commands: &["tune2fs", "dumpe2fs"],
        dialect: "e2fsprogs",
        ..About::DEFAULT
    };
    type Record = Filesystem;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Tune2fs { filesystem: Filesystem::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some(version) = text
            .strip_prefix("tune2fs ")
            .or_else(|| text.strip_prefix("dumpe2fs "))
            .filter(|version| version.bytes[0].is_ascii_digit())
        {
            self.flush(rows);
            self.filesystem.properties.0.push((b"version".to_vec(), version.bytes.to_vec()));
            return Ok(());
        }
        let (name, value) = text.split_once(":").ok_or_else(|| line.expected("`Filesystem volume name: …`"))?;
        if !rows.recognised() && name.bytes != b"Filesystem volume name" {
            return Err(line.expected("`Filesystem volume name: …`").into());
        }
        rows.recognise();
        if name.bytes == b"Filesystem volume name" && self.is_named() {
            self.flush(rows);
        }
        let value = value.trim();
        self.filesystem.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        Ok(put(&mut self.filesystem, name, value)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised("`Filesystem volume name: …`")
    }
}

impl Tune2fs {
    /// Whether its name, which comes first, was said: then another filesystem's begins that one.
    fn is_named(&self) -> bool {
        self.filesystem.properties.0.iter().any(|(name, _)| name == b"Filesystem volume name")
    }

    fn flush(&mut self, rows: &mut Rows<Filesystem>) {
        if self.is_named() {
            let mut filesystem = std::mem::take(&mut self.filesystem);
            filesystem.size = filesystem.blocks.zip(filesystem.block_size).and_then(|(blocks, size)| blocks.checked_mul(size));
            rows.push(filesystem);
        }
    }
}

fn put(all: &mut Filesystem, name: Field<'_>, value: Field<'_>) -> Result<(), outparse_sdk::Problem> {
    let some = || Some(value.bytes.to_vec()).filter(|text| !matches!(text.as_slice(), b"<none>" | b"<not available>" | b"n/a"));
    let number = || value.integer().map(Some);
    match name.bytes {
        b"Filesystem volume name" => all.label = some(),
        b"Last mounted on" => all.mounted_on = some(),
        b"Filesystem UUID" => all.uuid = some(),
        b"Filesystem state" => all.state = some(),
        b"Filesystem features" => all.features = value.fields().map(|word| word.bytes.to_vec()).collect(),
        b"Inode count" => all.inodes = number()?,
        b"Free inodes" => all.inodes_free = number()?,
        b"Block count" => all.blocks = number()?,
        b"Free blocks" => all.blocks_free = number()?,
        b"Reserved block count" => all.blocks_reserved = number()?,
        b"Block size" => all.block_size = number()?,
        b"Filesystem created" => all.created = Time::asctime(value),
        b"Last mount time" => all.mounted = Time::asctime(value),
        b"Last write time" => all.written = Time::asctime(value),
        b"Last checked" => all.checked = Time::asctime(value),
        b"Mount count" => all.mount_count = number()?,
        b"Maximum mount count" => all.mount_count_maximum = number()?,
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Tune2fs;

    #[test]
    fn lines_are_one_record() {
        let parsed = parse::<Tune2fs>(None, b"tune2fs 1.46.2 (28-Feb-2021)\nFilesystem volume name:   <none>\nFilesystem features:      a b\nBlock count:              10\nBlock size:               4096\nLast mount time:          Mon Apr  6 15:10:37 2020\n");
        for part in [
            r#""label":null"#,
            r#""features":["a","b"]"#,
            r#""block_size":4096,"size":40960"#,
            r#""mounted":"2020-04-06T15:10:37""#,
        ] {
            assert!(parsed.records[0].contains(part), "{parsed:?}");
        }
        assert_unrecognised::<Tune2fs>(["hello\n", "a: b\n", ""]);
    }

    #[test]
    fn each_filesystem_is_a_record() {
        let parsed = parse::<Tune2fs>(None, b"tune2fs 1.47.0 (5-Feb-2023)\nFilesystem volume name:   a\nBlock count:              1\ntune2fs 1.47.0 (5-Feb-2023)\nFilesystem volume name:   b\nBlock count:              2\n");
        parsed.has(0, &[r#""label":"a""#, r#""blocks":1"#]);
        parsed.has(1, &[r#""label":"b""#, r#""blocks":2"#]);
    }
}
