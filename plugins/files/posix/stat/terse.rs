//! `stat -t` of GNU and BusyBox: a line of numbers behind the name, which may have blanks.

use outparse_sdk::{Field, Time};

use super::inode::Inode;
use super::words::owned;

/// Sixteen where GNU prints a security context behind the numbers, fifteen of GNU, and fourteen of BusyBox, which knows no time of creation.
const TERSE: [usize; 3] = [16, 15, 14];

/// Reads a line: the name and the numbers. All lines of a capture have the same form.
pub(super) fn read(line: Field<'_>, form: &mut Option<usize>) -> Option<Inode> {
    let words = line.words();
    let count = form.or_else(|| TERSE.into_iter().find(|count| has_numbers(&words, *count)))?;
    if !has_numbers(&words, count) {
        return None;
    }
    let (context, count) = if count == 16 { (words.last().copied(), 15) } else { (None, count) };
    let end = words.len() - usize::from(context.is_some());
    let numbers = &words[end - count..end];
    let number = |at: usize| numbers[at].as_integer();
    let mode = numbers[2].hexadecimal().ok()?;
    let time = |at: usize| number(at).map(|seconds| Time::utc(seconds, 0));
    *form = Some(count + usize::from(context.is_some()));
    // A name may end with blanks, too: one of them parts it from the numbers.
    let path = line.split_at(numbers[0].start() - line.start() - 1).0;
    Some(Inode {
        path: path.bytes.to_vec(),
        size: number(0),
        blocks: number(1),
        permissions: Some(format!("{:04o}", mode & 0o7777).into_bytes()),
        mode: Some(mode_text(mode)),
        uid: number(3),
        gid: number(4),
        device_number: owned(numbers[5]),
        inode: number(6),
        links: number(7),
        context: context.and_then(owned),
        accessed: time(10),
        modified: time(11),
        changed: time(12),
        created: if count == 15 { time(13).filter(|time| time.wall_seconds != 0) } else { None },
        io_block_size: number(count - 1),
        ..Inode::default()
    })
}

/// Whether the last so many words are the numbers of a file. A word of its name may look like one of them: what holds them to their places
/// is the mode, which says a type.
fn has_numbers(words: &[Field<'_>], count: usize) -> bool {
    let Some(from) = words.len().checked_sub(count).filter(|from| *from > 0) else { return false };
    let numbers = &words[from..];
    let (numbers, context) = if count == 16 { (&numbers[..15], Some(numbers[15])) } else { (numbers, None) };
    let is_type =
        |mode: i64| matches!(mode & !0o7777, 0o010_000 | 0o020_000 | 0o040_000 | 0o060_000 | 0o100_000 | 0o120_000 | 0o140_000);
    let is_hexadecimal = |at: usize| numbers[at].bytes.iter().all(u8::is_ascii_hexdigit);
    let fits = |at: usize| if matches!(at, 2 | 5 | 8 | 9) { is_hexadecimal(at) } else { numbers[at].as_integer().is_some() };
    (0..numbers.len()).all(fits)
        && numbers[2].hexadecimal().is_ok_and(is_type)
        && context.is_none_or(|context| context.bytes.contains(&b':') || context.bytes == b"?")
}

/// Type and permissions from the bits of a mode.
fn mode_text(mode: i64) -> Vec<u8> {
    let kind = match mode & 0o170_000 {
        0o040_000 => b'd',
        0o120_000 => b'l',
        0o020_000 => b'c',
        0o060_000 => b'b',
        0o010_000 => b'p',
        0o140_000 => b's',
        _ => b'-',
    };
    let mut text = vec![kind];
    for (shift, special, letters) in [(6, 0o4000, b"sS"), (3, 0o2000, b"sS"), (0, 0o1000, b"tT")] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { b'r' } else { b'-' });
        text.push(if bits & 2 != 0 { b'w' } else { b'-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => letters[0],
            (false, true) => letters[1],
            (true, false) => b'x',
            (false, false) => b'-',
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use super::super::Stat;

    #[test]
    fn lines_of_numbers_are_read_with_blanks_in_the_name() {
        let gnu =
            parse::<Stat>(None, b"/etc/a b 1309 8 81a4 0 0 fe00 817 1 0 0 1795776658 1795776658 1795776658 1795776658 4096\n");
        assert!(
            gnu.records[0].starts_with(r#"{"path":"/etc/a b","mode":"-rw-r--r--","permissions":"0644","size":1309"#),
            "{gnu:?}"
        );
        let blanks = parse::<Stat>(None, b"a -> b  0 0 81a4 0 0 fe00 10035260 1 0 0 -315532800 1795976599 1795976599 4096\n");
        assert!(
            blanks.records[0].starts_with(r#"{"path":"a -> b ","mode":"-rw-r--r--","permissions":"0644","size":0"#),
            "{blanks:?}"
        );
        assert!(blanks.records[0].contains(r#""inode":10035260,"links":1"#), "{blanks:?}");
        assert!(blanks.records[0].contains(r#""accessed":"1960-01-02T00:00:00Z""#), "{blanks:?}");
        let labelled = parse::<Stat>(None, b"/a 1 8 81a4 0 0 fd00 8 1 0 0 1 2 3 0 4096 system_u:object_r:etc_t:s0\n");
        assert!(labelled.records[0].contains(r#""context":"system_u:object_r:etc_t:s0""#), "{labelled:?}");
    }
}
