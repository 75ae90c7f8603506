//! A block of lines about a file: of GNU and BusyBox, and with `-x` of macOS and the BSDs.

use outparse_sdk::{Field, Problem, Time};

use super::inode::Inode;
use super::words::{after, in_words, owned};

/// Reads a line of a block below that of the name.
pub(super) fn read(file: &mut Inode, line: Field<'_>) -> Result<(), Problem> {
    let text = line.trim();
    let (title, value) = text.split_once(":").map_or((&b""[..], text), |(title, value)| (title.bytes, value.trim()));
    match title {
        b"Size" => size(file, text)?,
        b"Device" => device(file, text)?,
        b"Access" | b"Mode" if text.find("Uid:").is_some() => access(file, text)?,
        b"Context" => file.context = owned(value),
        b"Access" => file.accessed = point(value)?,
        b"Modify" => file.modified = point(value)?,
        b"Change" => file.changed = point(value)?,
        b"Birth" => file.created = point(value)?,
        _ => return Err(text.expected("a line of `stat`")),
    }
    Ok(())
}

/// `Size: 6  Blocks: 8  IO Block: 4096  regular file`
fn size(file: &mut Inode, text: Field<'_>) -> Result<(), Problem> {
    let word = after(text, "Size:").ok_or_else(|| text.expected("a size"))?;
    file.size = Some(word.integer()?);
    file.blocks = after(text, "Blocks:").map(|word| word.integer()).transpose()?;
    if let Some((_, rest)) = text.split_once("IO Block:") {
        let [size, kind] = rest.fields_and_rest()?;
        file.io_block_size = Some(size.integer()?);
        // In another language, other values would be translated as well.
        if !kind.bytes.is_ascii() {
            return Err(kind.expected("a type in English, as `LC_ALL=C stat` prints it"));
        }
        file.r#type = owned(kind.trim_end());
    }
    // `-x` of macOS and the BSDs.
    if let Some((_, kind)) = text.split_once("FileType:") {
        file.r#type = owned(kind.trim());
    }
    Ok(())
}

/// `Device: 254,0  Inode: 10010637  Links: 1  Device type: 1,3`
fn device(file: &mut Inode, text: Field<'_>) -> Result<(), Problem> {
    file.device_number = after(text, "Device:").and_then(owned);
    file.inode = after(text, "Inode:").map(|word| word.integer()).transpose()?;
    file.links = after(text, "Links:").map(|word| word.integer()).transpose()?;
    file.special_device_number = after(text, "Device type:").and_then(owned);
    Ok(())
}

/// `Access: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (    0/    root)`
fn access(file: &mut Inode, text: Field<'_>) -> Result<(), Problem> {
    let (_, rest) = text.split_once("(").ok_or_else(|| text.expected("permissions"))?;
    let (modes, rest) = rest.split_once(")").ok_or_else(|| text.expected("permissions"))?;
    let (octal, mode) = modes.split_once("/").ok_or_else(|| modes.expected("`0644/-rw-r--r--`"))?;
    (file.permissions, file.mode) = (owned(octal), owned(mode));
    if let Some((id, name)) = identity(rest, "Uid: (")? {
        (file.uid, file.owner) = (Some(id), owned(name));
    }
    if let Some((id, name)) = identity(rest, "Gid: (")? {
        (file.gid, file.group) = (Some(id), owned(name));
    }
    Ok(())
}

/// `    0/    root)`, what stands behind a title, if that is there.
fn identity<'a>(text: Field<'a>, title: &str) -> Result<Option<(i64, Field<'a>)>, Problem> {
    let Some((inner, _)) = text.split_once(title).and_then(|(_, rest)| rest.split_once(")")) else { return Ok(None) };
    let pair = inner.split_once("/").filter(|(_, name)| name.find("(").is_none());
    let (number, name) = pair.ok_or_else(|| inner.expected("`ID/NAME`"))?;
    Ok(Some((number.trim().integer()?, name.trim())))
}

/// A point in time; none where `-` stands for it.
fn point(value: Field<'_>) -> Result<Option<Time<9>>, Problem> {
    let Some(value) = value.known() else { return Ok(None) };
    let time = Time::iso(value.bytes).or_else(|| in_words(value));
    Ok(Some(time.ok_or_else(|| value.expected("a time"))?))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use super::super::Stat;

    const BLOCK: &str = "  File: /tmp/l -> x y\n  Size: 1         \tBlocks: 0          IO Block: 4096   symbolic link\nDevice: 254,0\tInode: 10010637    Links: 1\n\
        Access: (0777/lrwxrwxrwx)  Uid: (    0/    root)   Gid: (    0/    root)\nAccess: 2026-11-27 19:07:05.779086172 +0100\n\
        Modify: 2026-11-27 19:07:05.000000000 +0100\nChange: 2026-11-27 19:07:05.779086172 +0100\n Birth: -\n";

    #[test]
    fn a_block_is_one_record() {
        let parsed = parse::<Stat>(None, BLOCK.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        assert!(parsed.records[0].starts_with(r#"{"path":"/tmp/l","target":"x y","type":"symbolic link","mode":"lrwxrwxrwx","permissions":"0777","size":1,"blocks":0"#), "{parsed:?}");
        assert!(parsed.records[0].contains(r#""accessed":"2026-11-27T19:07:05.779086172+01:00""#), "{parsed:?}");
        assert_any_split::<Stat>(None, BLOCK.as_bytes());
    }

    #[test]
    fn an_arrow_in_a_name_is_no_link() {
        let rest = "  Size: 6 Blocks: 8 IO Block: 4096 KIND\nDevice: 254,0 Inode: 1 Links: 1\nAccess: (0644/MODE) Uid: ( 0/ root) Gid: ( 0/ root)\nAccess: 2026-11-28 08:07:27 +0000\n Birth: 2026-11-28 08:07:27 +0000\n";
        let of = |name: &str, kind: &str, mode: &str| {
            let block = format!("  File: {name}\n{}", rest.replace("KIND", kind).replace("MODE", mode));
            parse::<Stat>(None, block.as_bytes()).records.remove(0)
        };
        assert!(of("a -> b", "regular file", "-rw-r--r--").starts_with(r#"{"path":"a -> b","type""#));
        assert!(of("'a'", "regular file", "-rw-r--r--").starts_with(r#"{"path":"'a'""#));
        let link = of("a -> b -> c -> d", "symbolic link", "lrwxrwxrwx");
        assert!(link.starts_with(r#"{"path":"a -> b","target":"c -> d""#), "{link}");
        let busybox = BLOCK.replace("/tmp/l -> x y", "'a -> b' -> 'c -> d'").replace("Size: 1 ", "Size: 6 ");
        let link = parse::<Stat>(None, busybox.as_bytes()).records.remove(0);
        assert!(link.starts_with(r#"{"path":"a -> b","target":"c -> d""#), "{link}");
    }
}
