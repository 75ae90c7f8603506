//! `/proc/filesystems`: the types of filesystems that the kernel knows.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// A type of filesystem that the kernel knows.
#[derive(Clone, Debug, Default, Record)]
pub struct Filesystem<'a> {
    /// Its name.
    #[field(key)]
    pub r#type: &'a [u8],
    /// Whether it lies on a device.
    pub needs_device: bool,
}

/// Reads `/proc/filesystems`.
pub struct Filesystems;

impl Parser for Filesystems {
    const ABOUT: About = about!("filesystems", "Types of filesystems, as /proc/filesystems has them", "/proc/filesystems");
    type Record = Filesystem<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Filesystems
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let (mark, name) = line.whole().split_once("\t").ok_or_else(|| line.expected("`[nodev]<tab>TYPE`"))?;
        if !matches!(mark.bytes, b"" | b"nodev") || name.bytes.is_empty() {
            return Err(line.expected("`[nodev]<tab>TYPE`").into());
        }
        rows.push(Filesystem { r#type: name.bytes, needs_device: mark.bytes.is_empty() });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn types_are_read() {
        assert_eq!(
            parse::<Filesystems>(None, b"nodev\tsysfs\n\text4\n").records,
            [r#"{"type":"sysfs","needs_device":false}"#, r#"{"type":"ext4","needs_device":true}"#]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Filesystems>(["hello\n", "a\tb\n"]);
    }
}
