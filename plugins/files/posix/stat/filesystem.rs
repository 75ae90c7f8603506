//! `stat -f` of GNU and BusyBox: a block of lines about a filesystem.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

use super::words::{after, owned, unquoted};

/// A filesystem.
#[derive(Clone, Debug, Default, Record)]
pub struct Filesystem {
    /// A file on it, as it was named.
    #[field(key)]
    pub path: Vec<u8>,
    /// ID, in hexadecimal.
    pub id: Option<Vec<u8>>,
    /// Longest name.
    pub name_length: Option<i64>,
    /// Type.
    pub r#type: Option<Vec<u8>>,
    /// Best size of reads and writes.
    #[field(unit = "bytes")]
    pub io_block_size: Option<i64>,
    /// Size of the blocks that are counted.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// All blocks.
    pub blocks: Option<i64>,
    /// Blocks not in use.
    pub blocks_free: Option<i64>,
    /// Blocks that can be used.
    pub blocks_available: Option<i64>,
    /// All of it.
    #[field(unit = "bytes")]
    pub total: Option<i64>,
    /// Space not in use.
    #[field(unit = "bytes")]
    pub free: Option<i64>,
    /// Space that can be used.
    #[field(unit = "bytes")]
    pub available: Option<i64>,
    /// Number of inodes.
    pub inodes: Option<i64>,
    /// Inodes not in use.
    pub inodes_free: Option<i64>,
}

/// Reads `stat -f` of GNU and BusyBox.
pub struct StatFilesystem {
    filesystem: Option<Filesystem>,
    path: Option<Vec<u8>>,
}

impl Parser for StatFilesystem {
    const ABOUT: About = About {
        name: "stat-filesystem",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Filesystems, as stat -f of GNU and BusyBox prints them",
        commands: &["stat", "busybox stat"],
        dialect: "gnu",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Filesystem;

    fn new(_: &Source) -> Self {
        StatFilesystem { filesystem: None, path: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some(name) = text.strip_prefix("File: ") {
            self.flush(rows);
            self.path = Some(unquoted(name.trim_end()).unwrap_or(name.bytes).to_vec());
            return Ok(());
        }
        let Some(path) = &self.path else { return Err(Error::Unrecognised(line.expected("`File: \"NAME\"`"))) };
        if self.filesystem.is_none() && !text.bytes.starts_with(b"ID: ") {
            return Err(Error::Unrecognised(line.expected("`ID:` of a filesystem")));
        }
        let filesystem = self.filesystem.get_or_insert_with(|| Filesystem { path: path.clone(), ..Filesystem::default() });
        rows.recognise();
        let number = |title: &str| after(text, title).map(|word| word.integer()).transpose();
        if text.bytes.starts_with(b"ID: ") {
            filesystem.id = after(text, "ID:").and_then(owned);
            filesystem.name_length = number("Namelen:")?;
            filesystem.r#type = text.split_once("Type:").and_then(|(_, kind)| owned(kind.trim()));
        } else if text.bytes.starts_with(b"Block size:") {
            filesystem.io_block_size = number("Block size:")?;
            filesystem.block_size = number("Fundamental block size:")?.or(filesystem.io_block_size);
        } else if text.bytes.starts_with(b"Blocks:") {
            filesystem.blocks = number("Total:")?;
            filesystem.blocks_free = number("Free:")?;
            filesystem.blocks_available = number("Available:")?;
        } else if text.bytes.starts_with(b"Inodes:") {
            filesystem.inodes = number("Total:")?;
            filesystem.inodes_free = number("Free:")?;
        } else {
            return Err(text.expected("a line of `stat -f`").into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised("`File: \"NAME\"` and `ID:` of a filesystem")
    }
}

impl StatFilesystem {
    fn flush(&mut self, rows: &mut Rows<Filesystem>) {
        let Some(mut filesystem) = self.filesystem.take() else { return };
        let bytes = |blocks: Option<i64>| Some(blocks?.saturating_mul(filesystem.block_size?));
        (filesystem.total, filesystem.free, filesystem.available) =
            (bytes(filesystem.blocks), bytes(filesystem.blocks_free), bytes(filesystem.blocks_available));
        rows.push(filesystem);
    }
}
