//! What the numbers count: the title of the size column says it, a suffix does, or the arguments.

use outparse_sdk::{Base, Field, Problem, scan};

use crate::Dialect;
use crate::arguments::{Arguments, Block};
use crate::cells::UNREAD;
use crate::report::Report;

/// The unit in a title such as `1K-blocks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitTitle {
    /// Bytes of one block, as the title has them.
    pub bytes: i64,
    /// Difference to the next unit that the title could show: the title may stand for anything nearer than that.
    pub step: i64,
}

impl UnitTitle {
    /// Reads a title; None when it is not one of blocks.
    pub fn read(title: &str) -> Option<UnitTitle> {
        let unit = title.strip_suffix("-blocks").filter(|unit| unit.starts_with(|c: char| c.is_ascii_digit()))?;
        let bytes = size(unit)?;
        let digits = unit.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let suffix = &unit[digits.len()..];
        let letter = size(&format!("1{suffix}"))?;
        let step = if digits.contains('.') { letter / 10 } else { letter };
        Some(UnitTitle { bytes, step }).filter(|unit| unit.bytes > 0)
    }

    /// Whether other units may have this title. In theory `1K` may stand for 1025 bytes; in practice it never does.
    fn may_be_rounded(&self) -> bool {
        self.step > 1 && self.bytes > self.step
    }

    /// Whether a unit of so many bytes may have been rounded to this title.
    fn may_stand_for(&self, bytes: i64) -> bool {
        bytes >= self.step && (self.bytes - bytes).abs() < self.step
    }
}

fn size(text: &str) -> Option<i64> {
    Field::from(text).size(Base::Binary).ok()
}

/// Turns the numbers of one capture into bytes and counts.
#[derive(Debug)]
pub(crate) struct Units {
    /// Bytes of a block, where numbers have no suffix.
    block: i64,
    /// As many blocks as fit into 64 bits of bytes.
    most_blocks: i64,
    /// Whether each size has its own suffix, as under `Size`.
    human: bool,
    sizes: Scale,
    inodes: Scale,
}

/// What a bare suffix counts in.
#[derive(Clone, Copy, Debug)]
struct Scale {
    base: Base,
    /// Whether that is known, and not assumed.
    settled: bool,
    warned: bool,
}

impl Scale {
    fn new(known: Option<Base>) -> Scale {
        Scale { base: known.unwrap_or(Base::Binary), settled: known.is_some(), warned: false }
    }
}

impl Units {
    /// The units under a header. `title` is the one of the size column, if there is one; `sized` says whether other columns count the same.
    pub(crate) fn new<D: Dialect>(title: Option<&str>, sized: bool, arguments: &Arguments, report: &mut Report<'_>) -> Units {
        let unit = title.and_then(UnitTitle::read);
        let block = match (unit, title) {
            (Some(unit), _) => block::<D>(unit, title.unwrap_or_default(), arguments, report),
            (None, None) if sized => untitled_block(arguments, report),
            (None, _) => 1,
        };
        let inodes = D::INODE_BASE.or(arguments.human);
        Units {
            block,
            most_blocks: i64::MAX / block,
            human: unit.is_none(),
            sizes: Scale::new(arguments.human),
            inodes: Scale::new(inodes),
        }
    }

    /// Space in bytes. `blocks` is the number, where it has been read.
    #[inline]
    pub(crate) fn bytes(&mut self, blocks: i64, field: Field<'_>, report: &mut Report<'_>) -> Option<i64> {
        if blocks != UNREAD && blocks <= self.most_blocks {
            return Some(blocks * self.block);
        }
        self.unusual_bytes(field, report)
    }

    /// A number of inodes. `count` is the number, where it has been read.
    #[inline]
    pub(crate) fn count(&mut self, count: i64, field: Field<'_>, report: &mut Report<'_>) -> Option<i64> {
        if count != UNREAD {
            return Some(count);
        }
        match integer(field.bytes) {
            Some(count) => Some(count),
            None => scaled(&mut self.inodes, field.known()?, report),
        }
    }

    #[cold]
    fn unusual_bytes(&mut self, field: Field<'_>, report: &mut Report<'_>) -> Option<i64> {
        let field = field.known()?;
        if field.bytes.last().is_some_and(u8::is_ascii_digit) && !field.bytes.contains(&b'.') {
            let blocks = or_report(field.integer(), report)?;
            let bytes = blocks.checked_mul(self.block);
            if bytes.is_none() {
                let problem = format!("{} blocks of {} bytes do not fit into 64 bits of bytes", field.quoted(), self.block);
                report.problem(field.problem(problem));
            }
            return bytes;
        }
        if self.human { scaled(&mut self.sizes, field, report) } else { or_report(field.size(Base::Binary), report) }
    }
}

/// The bytes of a block: the title says it, and where that is rounded, the arguments.
fn block<D: Dialect>(unit: UnitTitle, title: &str, arguments: &Arguments, report: &mut Report<'_>) -> i64 {
    match arguments.block {
        Some(Block::Bytes(bytes)) if unit.may_stand_for(bytes) => return bytes,
        _ if D::ROUNDS && unit.may_be_rounded() => report.problem(Problem::warning(format!(
            "`{title}` may be a rounded unit; it is taken as {} bytes; the argument `-B` of `df` would settle it",
            unit.bytes
        ))),
        _ => {}
    }
    unit.bytes
}

/// The bytes of a block where no column has them in its title, as under `--output=used,avail`.
fn untitled_block(arguments: &Arguments, report: &mut Report<'_>) -> i64 {
    /// The unit of GNU, unless the environment says otherwise.
    const USUAL: i64 = 1024;
    match arguments.block {
        Some(Block::Bytes(bytes)) => bytes,
        Some(Block::Human(_)) => 1,
        None => {
            if !arguments.known {
                report.problem(Problem::warning(
                    "no title says what the numbers count: those without a suffix are taken for kibibytes, which is a guess; the \
                     arguments of `df` would settle it",
                ));
            }
            USUAL
        }
    }
}

/// A number without a suffix that is not long.
fn integer(text: &[u8]) -> Option<i64> {
    match text {
        [b'-', digits @ ..] => scan::digits(digits).map(|value| -(value as i64)),
        digits => scan::digits(digits).map(|value| value as i64),
    }
}

/// A number with a suffix of its own.
fn scaled(scale: &mut Scale, field: Field<'_>, report: &mut Report<'_>) -> Option<i64> {
    let bare = field.bytes.last().filter(|last| last.is_ascii_alphabetic() && !matches!(last, b'i' | b'B'));
    match bare {
        Some(_) if scale.settled => {}
        Some(b'k') => scale.settle(Base::Decimal, field, report),
        Some(b'K') => scale.settle(Base::Binary, field, report),
        Some(_) if !scale.warned => {
            scale.warned = true;
            report.problem(
                Problem::warning(format!(
                    "{} is read in powers of 1024, as `-h` prints it; `-H` prints the same in powers of 1000; \
                     the arguments of `df` would settle it",
                    field.quoted()
                ))
                .at_column(field.column),
            );
        }
        _ => {}
    }
    or_report(field.size(scale.base), report)
}

impl Scale {
    /// Takes the letter's case as the answer: `K` is printed for 1024, `k` for 1000.
    fn settle(&mut self, base: Base, field: Field<'_>, report: &mut Report<'_>) {
        if self.warned && base != self.base {
            let message = format!("{} shows powers of 1000: the numbers before it were read in powers of 1024", field.quoted());
            report.problem(Problem::error(message).at_column(field.column));
        }
        self.base = base;
        self.settled = true;
    }
}

fn or_report(value: Result<i64, Problem>, report: &mut Report<'_>) -> Option<i64> {
    value.map_err(|problem| report.problem(problem)).ok()
}

/// Part in use, in percent. `number` is the number, where it has been read.
#[inline]
pub(crate) fn percent(number: i64, field: Field<'_>, report: &mut Report<'_>) -> Option<i64> {
    if number != UNREAD {
        return Some(number);
    }
    field.known().and_then(|field| or_report(field.percent(), report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_blocks_name_their_unit() {
        let unit = |title| UnitTitle::read(title).map(|unit| (unit.bytes, unit.step));
        assert_eq!(unit("1K-blocks"), Some((1024, 1024)));
        assert_eq!(unit("1024-blocks"), Some((1024, 1)));
        assert_eq!(unit("512B-blocks"), Some((512, 1)));
        assert_eq!(unit("1.6kB-blocks"), Some((1600, 100)));
        assert_eq!(unit("1MiB-blocks"), Some((1 << 20, 1 << 20)));
        for bad in ["Size", "blocks", "-blocks", "0-blocks", "xK-blocks", "1K-Bl\u{f6}cke", "99999999999999999999-blocks"] {
            assert_eq!(unit(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_title_stands_for_what_rounds_to_it() {
        let stands = |title, bytes| UnitTitle::read(title).is_some_and(|unit| unit.may_stand_for(bytes));
        assert!(stands("1.6kB-blocks", 1536));
        assert!(stands("2K-blocks", 1536));
        assert!(stands("977K-blocks", 1_000_000));
        assert!(!stands("1K-blocks", 512));
        assert!(!stands("1K-blocks", 1 << 20));
        assert!(!stands("1024-blocks", 1000));
    }
}
