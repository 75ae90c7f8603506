//! A line of `ls -l`: `[inode] [blocks] flags links [owner] [group] [context] size date name`.
//!
//! How many words stand before the size is up to the flags, and groups can have blanks inside, so the date is what the line is
//! read from: what stands before it is counted back from it, what stands after it is the name.

use std::borrow::Cow;

use outparse_sdk::{Base, Field, Line, Problem, Rows};

use crate::date::{self, Date};
use crate::entry::Shape;
use crate::name;
use crate::usual;
use crate::{Entry, Options};

/// More words than can stand before a name.
const MOST_WORDS: usize = 32;

/// As many as most lines have: small pieces of memory are found sooner than large ones.
const USUAL_WORDS: usize = 20;

/// Bytes that a word of a date has at most: `12:00:00.123456789`.
const LONGEST_WORD_OF_DATE: usize = 24;

/// Which word says type and permissions: there may be an inode and blocks before it.
pub(crate) fn flags_of(line: Field<'_>) -> Option<usize> {
    let mut fields = line.fields();
    for index in 0..3 {
        let field = fields.next()?;
        if is_flags(field.bytes) {
            return Some(index);
        }
        if !is_size(field) {
            return None;
        }
    }
    None
}

fn is_flags(word: &[u8]) -> bool {
    let (Some(kind), Some(permissions)) = (word.first(), word.get(1..10)) else { return false };
    let allowed: [&[u8]; 9] = [b"r-?", b"w-?", b"xsS-?", b"r-?", b"w-?", b"xsSlL-?", b"r-?", b"w-?", b"xtT-?"];
    b"-dlcbpsDCMnPw?".contains(kind)
        && permissions.iter().zip(allowed).all(|(flag, allowed)| allowed.contains(flag))
        && matches!(word.get(10..), Some([] | [b'+' | b'.' | b'@']))
}

fn is_size(field: Field<'_>) -> bool {
    begins_number(field) && field.size(Base::Binary).is_ok()
}

/// Most words are no numbers, and need no message that says so.
fn begins_number(field: Field<'_>) -> bool {
    matches!(field.bytes, [b'0'..=b'9' | b'-' | b'+', ..])
}

/// Whether a line says more of the file on the line before: its attributes (`-@` of macOS) or access list (`-e`).
pub(crate) fn is_detail(file: Field<'_>, line: Field<'_>) -> bool {
    let flags = flags_of(file).and_then(|index| file.fields().nth(index)).map_or(&b""[..], |flags| flags.bytes);
    let rule = line.fields().next().and_then(|number| number.strip_suffix(":"));
    let is_rule = line.bytes.starts_with(b" ") && rule.is_some_and(|number| number.bytes.iter().all(u8::is_ascii_digit));
    flags.ends_with(b"@") && line.bytes.starts_with(b"\t") || (flags.ends_with(b"+") || flags.ends_with(b"@")) && is_rule
}

/// `total 8`, `total 4.0K`
pub(crate) fn is_total(line: Line<'_>) -> bool {
    let mut fields = line.fields();
    let begins = line.bytes.starts_with(b"total ") && fields.next().is_some();
    begins && fields.next().is_some_and(is_size) && fields.next().is_none()
}

/// `insgesamt 8`, `合計 8`: what may be the same in another language, once a line of `-l` follows it.
pub(crate) fn may_be_total(line: Line<'_>) -> bool {
    let words = line.words();
    let [word, size] = words[..] else { return false };
    word.bytes.iter().all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii()) && is_size(size) && line.bytes.len() == size.end()
}

/// A number at the start of a line, and what follows the blank after it.
pub(crate) fn number_and_rest(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let number = text.fields().next().filter(|field| is_size(*field))?;
    let (_, rest) = text.split_at(number.end() + 1 - text.start());
    (!rest.bytes.is_empty()).then_some((number, rest))
}

/// Blocks are a number; with `-h` they are a size.
pub(crate) fn set_blocks(entry: &mut Entry<'_>, field: Field<'_>) {
    match field.as_integer() {
        Some(blocks) => entry.blocks = Some(blocks),
        None => entry.allocated = field.size(Base::Binary).ok(),
    }
}

/// Reads a line whose permissions [`flags_of`] has found in its word `first`. Its name may have line ends inside.
pub(crate) fn read(
    line: Line<'_>,
    first: usize,
    directory: Option<&[u8]>,
    options: &Options,
    shape: &mut Shape,
    rows: &mut Rows<Entry<'static>>,
) -> Result<(), Problem> {
    let mut entry = Entry { directory, ..Entry::default() };
    let mut time_text = None;
    let usual = if first == 0 { usual::read(line, options, &mut entry) } else { None };
    let name_start = match usual {
        Some(name_start) => name_start,
        None => details(line, first, options, &mut entry, &mut time_text, rows)?,
    };
    entry.time_text = time_text.as_deref();
    let text_of_name = line.part(name_start, usize::MAX).bytes;
    if text_of_name.is_empty() {
        return Err(line.expected("the name of a file"));
    }
    let is_link = entry.mode.is_some_and(|flags| flags.starts_with(b"l"));
    let (name, target) = if is_link { split_link(text_of_name, entry.size, options) } else { (text_of_name, None) };
    let (name, target) = (name::plain(name, options), target.map(|target| name::plain(target, options)));
    entry.name = if is_link && target.is_some() { &name } else { name::without_indicator(&name, options) };
    entry.target = target.as_deref().map(|target| name::without_indicator(target, options));
    shape.push(entry, options, rows);
    Ok(())
}

/// Reads what stands before the name of any line, and says where the name begins. A date whose year is not known is text.
#[inline(never)]
fn details<'a>(
    line: Line<'a>,
    first: usize,
    options: &Options,
    entry: &mut Entry<'a>,
    time_text: &mut Option<Cow<'a, [u8]>>,
    rows: &mut Rows<Entry<'static>>,
) -> Result<usize, Problem> {
    let mut words = Vec::with_capacity(USUAL_WORDS);
    words.extend(line.fields().take(MOST_WORDS));
    entry.mode = words.get(first).map(|flags| flags.bytes);
    let mut warn = |message: &'static str| rows.warn_once(message, || Problem::warning(message).on_line(line.number));
    match words.get(..first).unwrap_or_default() {
        [inode, blocks] => {
            entry.inode = Some(inode.integer()?);
            set_blocks(entry, *blocks);
        }
        [blocks] if options.blocks => set_blocks(entry, *blocks),
        [inode] => {
            entry.inode = Some(inode.integer()?);
            if !options.known {
                warn(
                    "the number before the permissions is read as the inode of `ls -i`, and could be the blocks of `ls -s`; the arguments of ls would settle it",
                );
            }
        }
        _ => {}
    }
    let details = words.get(first + 1..).unwrap_or_default();
    // `d????????? ? ? ? ? ? name`: ls could list the name and not look at the file.
    if let [a, b, c, d, e, ..] = details
        && [a, b, c, d, e].iter().all(|word| word.bytes == b"?")
    {
        return Ok(e.end() + 1);
    }
    let (at, words_of_date) = find_date(details).ok_or_else(|| line.expected("a size and a date"))?;
    let (links, before) =
        details.get(..at).unwrap_or_default().split_first().ok_or_else(|| line.expected("a number of links"))?;
    entry.links = Some(links.integer()?);
    let base = if options.decimal { Base::Decimal } else { Base::Binary };
    let owners = read_size(before, base, entry)?;
    let suffix = before.last().filter(|_| entry.size.is_some()).and_then(|size| size.bare_suffix());
    if suffix.is_some() && !options.known {
        warn(
            "sizes are read in powers of 1024, as `ls -h` prints them; `ls --si` counts in 1000; the arguments of ls would settle it",
        );
    }
    match owners {
        [] => {}
        [one] if options.known && !options.no_owner && !options.no_group => return Err(one.expected("an owner and a group")),
        [group] if options.no_owner => entry.group = Some(group.bytes),
        [owner] => {
            entry.owner = Some(owner.bytes);
            if !options.known {
                warn(
                    "the one name is read as the owner (`ls -o`), and could be the group (`ls -g`); the arguments of ls would settle it",
                );
            }
        }
        [owner, group] => (entry.owner, entry.group) = (Some(owner.bytes), Some(group.bytes)),
        [owner, group, context] if is_context(context.bytes) => {
            (entry.owner, entry.group, entry.context) = (Some(owner.bytes), Some(group.bytes), Some(context.bytes));
        }
        [owner, group @ ..] => {
            (entry.owner, entry.group) = (Some(owner.bytes), line.span(group).map(|group| group.bytes));
            warn(
                "more than two names before the size: the first is read as the owner, the rest as a group with blanks in its name",
            );
        }
    }
    let words = details.get(at..at + words_of_date).unwrap_or_default();
    match date::read(words, options.captured) {
        Date::Whole(time) => *options.time.field(entry) = Some(time),
        Date::Partial => *time_text = line.span(words).map(|date| date.squeezed()),
    }
    let end = words.last().map_or(0, |word| word.end());
    // `--time-style=iso` fills an old date up to the width of a recent one.
    Ok(end + if words_of_date == 1 && line.part(end, end + 2).bytes == b"  " { 2 } else { 1 })
}

/// Takes the size, or a device's numbers, off the end of the words. Returns the words before.
fn read_size<'w, 'a>(words: &'w [Field<'a>], base: Base, entry: &mut Entry<'a>) -> Result<&'w [Field<'a>], Problem> {
    let is_device = entry.mode.is_some_and(|flags| flags.starts_with(b"c") || flags.starts_with(b"b"));
    match words {
        [before @ .., major, minor] if is_device && major.bytes.ends_with(b",") => {
            (entry.major, entry.minor) = (device_number(*major), device_number(*minor));
            if entry.major.is_none() || entry.minor.is_none() {
                return Err(major.expected("the numbers of a device"));
            }
            Ok(before)
        }
        // macOS prints both in one where they do not fit: a byte and three.
        [before @ .., both] if is_device && both.bytes.starts_with(b"0x") => {
            let number = device_number(*both).ok_or_else(|| both.expected("the numbers of a device"))?;
            (entry.major, entry.minor) = (Some(number >> 24), Some(number & 0xff_ffff));
            Ok(before)
        }
        [.., size] if is_device => Err(size.expected("the two numbers of a device")),
        [before @ .., size] => {
            let lower = size.bytes.ends_with(b"k");
            entry.size = Some(size.size(if lower { Base::Decimal } else { base })?);
            Ok(before)
        }
        [] => Ok(words),
    }
}

/// `8,` and `0`, or `0x12`: 32 bits.
fn device_number(field: Field<'_>) -> Option<i64> {
    let digits = field.strip_suffix(",").unwrap_or(field);
    if !begins_number(digits) {
        return None;
    }
    let number = if digits.bytes.starts_with(b"0x") { digits.hexadecimal() } else { digits.integer() };
    number.ok().filter(|number| u32::try_from(*number).is_ok())
}

/// A security context has parts between colons; `?` stands for none.
fn is_context(word: &[u8]) -> bool {
    word == b"?" || word == b"-" || word.iter().filter(|&&byte| byte == b':').count() >= 2
}

/// Parts `name -> target`. Where the arrow could be in several places, the size of a link is the length of its target.
fn split_link<'a>(text: &'a [u8], size: Option<i64>, options: &Options) -> (&'a [u8], Option<&'a [u8]>) {
    const ARROW: &[u8] = b" -> ";
    let from = if options.quoted { name::read(text, options).1 } else { 0 };
    let mut arrows = text.windows(ARROW.len()).enumerate().skip(from).filter(|(_, part)| *part == ARROW).map(|(at, _)| at);
    let Some(first) = arrows.next() else { return (text, None) };
    let fits = |at: &usize| usize::try_from(size.unwrap_or(-1)) == Ok(text.len() - *at - ARROW.len());
    let at = if fits(&first) { first } else { arrows.find(fits).unwrap_or(first) };
    (text.get(..at).unwrap_or(text), text.get(at + ARROW.len()..))
}

/// Where the date begins, and its number of words. A size or a device's number stands before it.
fn find_date(words: &[Field<'_>]) -> Option<(usize, usize)> {
    (2..words.len()).find_map(|at| {
        let before = words.get(at - 1)?;
        let sized = is_size(*before) || device_number(*before).is_some();
        let count = sized.then(|| date_words(words.get(at..).unwrap_or_default())).flatten()?;
        // More than two blanks stand in the place of a word.
        let close = words.get(at..at + count)?.windows(2).all(|pair| pair[1].start() - pair[0].end() <= 2);
        close.then_some((at, count))
    })
}

/// Words of a date that begins here; None when none does.
fn date_words(words: &[Field<'_>]) -> Option<usize> {
    let word = |at: usize| words.get(at).copied().unwrap_or(Field::from(""));
    let (first, second, third) = (word(0), word(1), word(2));
    if first.is_weekday() {
        return date_words(words.get(1..)?).map(|count| count + 1);
    }
    if first.is_month() && is_day(second) || is_day(first) && second.is_month() {
        // BSD with `-T` and old BusyBox with `--full-time` print both time and year.
        return match Shaped::of(third).bytes() {
            b"9:9:9" if is_year(word(3)) => Some(4),
            b"9:9" | b"9:9:9" => Some(3),
            _ => is_year(third).then_some(3),
        };
    }
    match (Shaped::of(first).bytes(), Shaped::of(second).bytes()) {
        (b"9-9-9", b"9:9" | b"9:9:9" | b"9:9:9.9") => {
            Some(if matches!(Shaped::of(third).bytes(), b"+9" | b"-9") { 3 } else { 2 })
        }
        (b"9-9-9", _) if first.bytes.len() == 10 => Some(1),
        (b"9-9", b"9:9") => Some(2),
        _ => None,
    }
}

pub(crate) fn is_day(word: Field<'_>) -> bool {
    matches!(word.bytes, [b'1'..=b'9'] | [b'0'..=b'2', b'0'..=b'9'] | [b'3', b'0' | b'1'])
}

fn is_year(word: Field<'_>) -> bool {
    word.has_shape("0000") || word.has_shape("00000")
}

/// A word with each run of digits as one `9`; words longer than a date are cut.
struct Shaped {
    bytes: [u8; 16],
    len: usize,
}

impl Shaped {
    fn of(word: Field<'_>) -> Shaped {
        let mut shaped = Shaped { bytes: [0; 16], len: 0 };
        let mut before = 0;
        for &byte in word.bytes.iter().take(LONGEST_WORD_OF_DATE) {
            let byte = if byte.is_ascii_digit() { b'9' } else { byte };
            if byte == b'9' && before == b'9' {
                continue;
            }
            let Some(place) = shaped.bytes.get_mut(shaped.len) else { break };
            *place = byte;
            shaped.len += 1;
            before = byte;
        }
        shaped
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
