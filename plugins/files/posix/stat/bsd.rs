//! The line that `stat` of macOS and the BSDs prints of a file.

use outparse_sdk::Field;

use super::inode::Inode;
use super::words::{in_words, owned};

/// `16777220 161929661 -rw-r--r-- 1 user staff 0 0 "Aug 13 15:03:52 2021" … 4096 0 0 a name`
pub(super) fn read(line: Field<'_>) -> Option<Inode> {
    let [device, inode, mode, links, owner, group, special, size, mut rest] = line.fields_and_rest().ok()?;
    let mut file = Inode {
        device_number: owned(device),
        inode: Some(inode.as_integer()?),
        mode: Some(mode.bytes.to_vec()).filter(|mode| mode.len() >= 10),
        links: Some(links.as_integer()?),
        owner: owned(owner),
        group: owned(group),
        special_device_number: owned(special),
        size: Some(size.as_integer()?),
        ..Inode::default()
    };
    file.mode.as_ref()?;
    let mut times = Vec::new();
    while let Some((text, after)) = rest.trim_start().strip_prefix("\"").and_then(|rest| rest.split_once("\"")) {
        times.push(in_words(text)?);
        rest = after;
    }
    let [accessed, modified, changed, ..] = times[..] else { return None };
    (file.accessed, file.modified, file.changed) = (Some(accessed), Some(modified), Some(changed));
    file.created = times.get(3).copied();
    let [io_block, blocks, flags, path] = rest.fields_and_rest().ok()?;
    file.io_block_size = Some(io_block.as_integer()?);
    file.blocks = Some(blocks.as_integer()?);
    file.file_flags = owned(flags);
    file.path = path.bytes.to_vec();
    Some(file)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use super::super::Stat;

    #[test]
    fn a_line_is_read_with_blanks_in_the_name() {
        let bsd = parse::<Stat>(None, b"16777220 1619 -rw-r--r-- 1 me staff 0 7 \"Aug 13 15:03:52 2021\" \"Aug 13 14:37:03 2021\" \"Aug 13 14:37:03 2021\" \"Aug 13 14:37:03 2021\" 4096 8 0 a b\n");
        assert!(bsd.records[0].starts_with(r#"{"path":"a b","mode":"-rw-r--r--","size":7"#), "{bsd:?}");
        assert!(bsd.records[0].contains(r#""accessed":"2021-08-13T15:03:52""#), "{bsd:?}");
    }
}
