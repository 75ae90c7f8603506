//! `/proc/<pid>/maps`: what the memory of a process is made of.

use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

use crate::about;

/// A part of a process's memory.
#[derive(Clone, Debug, Default, Record)]
pub struct Mapping<'a> {
    /// Where it begins, in hexadecimal.
    #[field(key)]
    pub start: &'a [u8],
    /// Where it ends, in hexadecimal.
    pub end: &'a [u8],
    /// Its size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What may be done with it, by letters: `r-xp`.
    pub access_letters: &'a [u8],
    /// The same in words: `read`, `write`, `execute`, `shared` or `private`.
    pub access: Vec<&'static str>,
    /// Offset in the file, in hexadecimal.
    pub offset: &'a [u8],
    /// Device of the file, in hexadecimal: `fd:00`.
    pub device_number: &'a [u8],
    /// Major device number of the file.
    pub major: Option<i64>,
    /// Minor device number of the file.
    pub minor: Option<i64>,
    /// Inode of the file; 0 where there is none.
    pub inode: i64,
    /// The file, or what it is for: `[heap]`.
    pub path: Option<&'a [u8]>,
}

/// Reads `/proc/<pid>/maps`.
pub struct ProcessMaps;

impl Parser for ProcessMaps {
    const ABOUT: About = about!("pid-maps", "Memory of a process, as /proc/<pid>/maps has it", "/proc/*/maps");
    type Record = Mapping<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessMaps
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.push(Mapping::read(line)?);
        Ok(())
    }
}

impl<'a> Mapping<'a> {
    /// `7f05b7a4e000-7f05b7a50000 r--p 00000000 fd:00 1234  /lib/x`
    pub(super) fn read(line: Line<'a>) -> Result<Mapping<'a>, Error> {
        let [range, letters, offset, device, inode, path] = line.fields_and_rest()?;
        let (start, end) = range.split_once("-").ok_or_else(|| range.expected("`START-END`"))?;
        // The highest addresses do not fit into 63 bits; their difference does.
        let address =
            |field: Field<'_>| std::str::from_utf8(field.bytes).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
        let (from, to) = address(start).zip(address(end)).ok_or_else(|| range.expected("two addresses in hexadecimal"))?;
        if letters.bytes.len() != 4 {
            return Err(letters.expected("four letters such as `r-xp`").into());
        }
        const WORDS: [(usize, u8, &str); 5] =
            [(0, b'r', "read"), (1, b'w', "write"), (2, b'x', "execute"), (3, b's', "shared"), (3, b'p', "private")];
        Ok(Mapping {
            start: start.bytes,
            end: end.bytes,
            size: to.checked_sub(from).and_then(|size| i64::try_from(size).ok()),
            access_letters: letters.bytes,
            access: WORDS.iter().filter(|(at, letter, _)| letters.bytes[*at] == *letter).map(|(_, _, word)| *word).collect(),
            offset: offset.bytes,
            device_number: device.bytes,
            major: device.split_once(":").map(|(major, _)| major.hexadecimal()).transpose()?,
            minor: device.split_once(":").map(|(_, minor)| minor.hexadecimal()).transpose()?,
            inode: inode.integer()?,
            path: Some(path.trim_end().bytes).filter(|path| !path.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn the_parts_of_memory_are_read() {
        let maps = parse::<ProcessMaps>(None, b"ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0                  /a b\n");
        assert_eq!(
            maps.records,
            [
                r#"{"start":"ffffffffff600000","end":"ffffffffff601000","size":4096,"access_letters":"r-xp","access":["read","execute","private"],"offset":"00000000","device_number":"00:00","major":0,"minor":0,"inode":0,"path":"/a b"}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessMaps>(["hello\n", "a-b r 0 0 0\n"]);
    }
}
