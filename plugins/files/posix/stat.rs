//! `stat`: of GNU and BusyBox, a block of lines a file or filesystem, or with `-t` a line of numbers; of macOS and the BSDs, a line of its own
//! or, with `-x`, a block that is much the same.

mod block;
mod bsd;
mod filesystem;
mod inode;
mod link;
mod terse;
mod words;

use outparse_sdk::{About, Ending, Error, Line, Parser, Rows, Source};

pub use filesystem::{Filesystem, StatFilesystem};
pub use inode::Inode;
pub(crate) use link::link;
use link::part_link;

/// Reads `stat`.
pub struct Stat {
    file: Option<Inode>,
    shaped: Vec<&'static str>,
    /// How many numbers follow the name in the lines of `stat -t`, once there was one.
    numbers: Option<usize>,
}

const EXPECTED: &str = "`File: NAME`, a line of `stat -t`, or one of the stat of macOS and the BSDs";

impl Parser for Stat {
    const ABOUT: About = About {
        name: "stat",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files, as stat of GNU, BusyBox, macOS and the BSDs prints them",
        commands: &["stat", "busybox stat", "toybox stat", "gstat"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Inode;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Stat { file: None, shaped: Vec::new(), numbers: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if let Some(name) = whole.trim_start().strip_prefix("File: ") {
            self.flush(rows);
            self.file = Some(Inode { path: name.bytes.to_vec(), ..Inode::default() });
            return Ok(());
        }
        if let Some(file) = &mut self.file {
            if !rows.recognised() && whole.trim_start().bytes.starts_with(b"ID: ") {
                return Err(Error::Unrecognised(line.expected("a file, not a filesystem")));
            }
            return Ok(block::read(file, whole)?);
        }
        let file = terse::read(whole, &mut self.numbers).or_else(|| bsd::read(whole)).ok_or_else(|| line.expected(EXPECTED))?;
        self.push(file, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Stat {
    fn flush(&mut self, rows: &mut Rows<Inode>) {
        if let Some(mut file) = self.file.take() {
            part_link(&mut file);
            self.push(file, rows);
        }
    }

    fn push(&mut self, file: Inode, rows: &mut Rows<Inode>) {
        let new: Vec<&'static str> = file.fields().filter(|name| !self.shaped.contains(name)).collect();
        if !new.is_empty() {
            self.shaped.extend(new);
            rows.shape(&self.shaped);
        }
        rows.push(file);
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::{Stat, StatFilesystem};

    const BLOCK: &str = "  File: /tmp/l\n  Size: 1         \tBlocks: 0          IO Block: 4096   regular file\n";

    #[test]
    fn files_and_filesystems_are_told_apart() {
        let capture = "  File: \"/\"\n    ID: fc18c7e3670138ea Namelen: 255     Type: ext2/ext3\nBlock size: 4096       Fundamental block size: 1024\n\
            Blocks: Total: 100        Free: 50         Available: 25\nInodes: Total: 10         Free: 5\n";
        let parsed = parse::<StatFilesystem>(None, capture.as_bytes());
        assert!(
            parsed.records[0].contains(r#""total":102400,"free":51200,"available":25600,"inodes":10,"inodes_free":5"#),
            "{parsed:?}"
        );
        let japanese = "  File: old\n  Size: 0         \tBlocks: 0          IO Block: 4096   通常の空ファイル\n";
        assert_unrecognised::<Stat>([japanese, "hello\n", "a 1 2 3\n", capture]);
        assert_unrecognised::<StatFilesystem>(["hello\n", BLOCK, ""]);
    }
}
