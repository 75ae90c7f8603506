//! The line that `ls -l` prints for nearly every file: `-rw-r--r-- 1 root root 4096 Nov  3 22:52 name`. It is read from the left, in one
//! go. A line that differs from it in anything is left to [`crate::long`], which reads these to the same record, in twice the time.

use outparse_sdk::{Field, Line, Time, scan};

use crate::date::month_first;
use crate::long::is_day;
use crate::{Entry, Options};

/// Reads what stands before the name into the entry, and says where the name begins. None for any other line: the entry is then as it was.
pub(crate) fn read<'a>(line: Line<'a>, options: &Options, entry: &mut Entry<'a>) -> Option<usize> {
    let blanks = scan::Blanks::of(line.bytes);
    let mut at = 0;
    let mut next = || {
        let (start, end) = blanks.next_word(line.bytes, at);
        at = end;
        line.part(start, end)
    };
    let (mode, links, owner, group, size) = (next(), next(), next(), next(), next());
    // A name that is a number could be the size or an inode.
    let is_name = |name: Field<'_>| matches!(name.bytes, [b'a'..=b'z' | b'_', ..]);
    let is_device = matches!(mode.bytes, [b'c' | b'b', ..]);
    if is_device || options.no_owner || options.no_group || !is_name(owner) || !is_name(group) {
        return None;
    }
    let (links, size) = (scan::digits(links.bytes)?, scan::digits(size.bytes)?);
    let (month, day, clock) = (next(), next(), next());
    // More than two blanks stand in the place of a word.
    if day.start() - month.end() > 2 || clock.start() - day.end() > 2 {
        return None;
    }
    let time = date(month, day, clock, options)?;
    (entry.mode, entry.links, entry.size) = (Some(mode.bytes), Some(links as i64), Some(size as i64));
    (entry.owner, entry.group) = (Some(owner.bytes), Some(group.bytes));
    *options.time.field(entry) = Some(time);
    Some(clock.end() + 1)
}

/// `Nov  3 22:52`, `Nov  3  2025`
fn date(month: Field<'_>, day: Field<'_>, clock: Field<'_>, options: &Options) -> Option<Time<9>> {
    let is_month = matches!(month.bytes, [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z']);
    let is_clock = matches!(clock.bytes, [_, _, b':', _, _] | [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9']);
    (is_month && is_day(day) && is_clock).then(|| month_first(month, day, &[clock], options.captured)).flatten()
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Ls;

    /// A line with an inode is never the usual one.
    #[test]
    fn what_is_read_in_one_go_is_what_is_read_word_by_word() {
        let lines = [
            "-rw-r--r-- 1 root root 4096 Nov  3 22:52 name",
            "-rw-r--r--. 12 root root 4096 Nov 30 2025 name",
            "-rw-r--r-- 1 root root 4096 Nov  3  2025  two blanks ",
            "lrwxrwxrwx 1 _www staff 3 Feb 29  2023 a -> b -> c",
            "lrwxrwxrwx 1 a b 6 Feb 28  2023 a -> b -> c",
            "-rw-r--r-- 1 root root 4096 Nov 31  2025 x",
            "-rw-r--r-- 1 root root 4096 Nov 0  2025 x",
            "-rw-r--r-- 1 root root 4096 nov  3  2025 x",
            "-rw-r--r-- 1 root root 4096 Nov  3 24:00 x",
            "-rw-r--r-- 1 root root 4096 Nov  3 12:00:00 2025 x",
            "-rw-r--r-- 1 root root 4096 Nov   3  2025 x",
            "-rw-r--r-- 1 root root 4096 3 Nov  2025 x",
            "-rw-r--r-- 1 root root 4.0K Nov  3  2025 x",
            "-rw-r--r-- 1 1000 jan 4096 Nov  3  2025 x",
            "-rw-r--r-- 1 root domain users 4096 Nov  3  2025 x",
            "crw-r--r-- 1 root root 4, 64 Nov  3  2025 x",
            "-rw-r--r-- 99999999999999999999 root root 4 Nov  3  2025 x",
            "-rw-r--r-- 1 root root 4096 Nov  3  2025",
        ];
        for line in lines {
            let read = |line: &str| {
                let parsed = parse::<Ls>(Some(&["ls", "-li"]), format!("{line}\n").as_bytes());
                (parsed.records, parsed.problems.len())
            };
            let (with_inode, problems) = read(&format!("7 {line}"));
            let expected: Vec<String> = with_inode.iter().map(|record| record.replace(r#","inode":7"#, "")).collect();
            assert_eq!(read(line), (expected, problems), "{line}");
        }
    }
}
