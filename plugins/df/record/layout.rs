//! Where the columns of a table stand, as its header says.

use outparse_sdk::{About, Base, Header, Line, Source};

use crate::arguments::Arguments;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named like the fields of `Filesystem`")]
pub enum Kind {
    Filesystem,
    Type,
    Size,
    Used,
    Available,
    UsePercent,
    Inodes,
    InodesUsed,
    InodesFree,
    InodesUsePercent,
    File,
    MountedOn,
}

impl Kind {
    /// Names are aligned left and hold anything; the others are aligned right and hold no blank.
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Kind::Filesystem | Kind::Type | Kind::File | Kind::MountedOn)
    }

    /// The field of the record.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Kind::Filesystem => "filesystem",
            Kind::Type => "type",
            Kind::Size => "size",
            Kind::Used => "used",
            Kind::Available => "available",
            Kind::UsePercent => "use_percent",
            Kind::Inodes => "inodes",
            Kind::InodesUsed => "inodes_used",
            Kind::InodesFree => "inodes_free",
            Kind::InodesUsePercent => "inodes_use_percent",
            Kind::File => "file",
            Kind::MountedOn => "mounted_on",
        }
    }

    pub(crate) fn is_percent(self) -> bool {
        matches!(self, Kind::UsePercent | Kind::InodesUsePercent)
    }
}

/// What differs from one family of `df` to the other.
pub trait Dialect: 'static {
    /// What the plugin is.
    const ABOUT: About;
    /// The family, for messages: `GNU`.
    const NAME: &'static str;
    /// What the suffix of a number of inodes counts in, where the arguments do not matter.
    const INODE_BASE: Option<Base>;
    /// Whether mount points are always absolute.
    const ABSOLUTE: bool;
    /// Whether a title such as `2K-blocks` may stand for a unit that it rounds.
    const ROUNDS: bool;

    /// What the arguments say.
    fn arguments(source: &Source) -> Arguments;
    /// Arguments with which this one rounds nothing: see [`outparse_sdk::Parser::exact`].
    fn exact(_words: &[String]) -> Option<Vec<String>> {
        None
    }
    /// Where the columns stand under these titles; None when they are not of this dialect.
    fn layout(titles: &[Title], arguments: &Arguments) -> Option<Layout>;
}

/// A word of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Its text; `Mounted on` is one title.
    pub text: String,
    /// Where it begins in the line, from 0.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// The titles in a line, when it can be a header: no `df` that these parsers read prints other characters there.
pub(crate) fn titles(line: Line<'_>) -> Option<Vec<Title>> {
    const MOST: usize = Layout::MOST_COLUMNS;
    if !line.bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) || line.fields().nth(MOST + 1).is_some() {
        return None;
    }
    let header = Header::read(line, &["Mounted on"]).ok()?;
    let title = |(column, text): (usize, &str)| {
        header.span(column).map(|span| Title { text: text.to_owned(), start: span.start, end: span.end })
    };
    header.titles().enumerate().map(title).collect()
}

/// Whether a table can have rows that do not stand under their titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// Columns are as wide as their widest value.
    Never,
    /// Long names stand alone on their line, or push the rest of the row to the right.
    Possible,
}

/// Where the columns of a table stand.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(crate) columns: Vec<Column>,
    /// The columns of numbers, one after the other, where only names precede them and only the mount point follows.
    pub(crate) core: Option<std::ops::Range<usize>>,
    /// Where values of the core can end otherwise, when the header leaves two readings.
    pub(crate) other_ends: Vec<usize>,
    /// Blanks before the mount point.
    pub(crate) gap: usize,
    pub(crate) wrapping: Wrapping,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) kind: Kind,
    /// Where its title begins: values of names begin there.
    pub(crate) start: usize,
    /// Where numbers end.
    pub(crate) end: usize,
}

impl Layout {
    /// As many as there are kinds.
    pub const MOST_COLUMNS: usize = 12;

    /// A layout of these kinds under these titles, numbers ending where their titles do. None when a kind is there twice.
    pub fn new(titles: &[Title], kinds: &[Kind]) -> Option<Layout> {
        let unique = kinds.iter().enumerate().all(|(index, kind)| !kinds[..index].contains(kind));
        if kinds.is_empty() || kinds.len() != titles.len() || !unique {
            return None;
        }
        let column = |(title, &kind): (&Title, &Kind)| Column { kind, start: title.start, end: title.end };
        let columns = titles.iter().zip(kinds).map(column).collect();
        let names = kinds.iter().take_while(|kind| matches!(kind, Kind::Filesystem | Kind::Type)).count();
        let last = kinds.len() - 1;
        let whole = kinds[0] == Kind::Filesystem && kinds[last] == Kind::MountedOn && names < last;
        let core = (whole && !kinds[names..last].iter().any(|kind| kind.is_name())).then_some(names..last);
        Some(Layout { columns, core, other_ends: Vec::new(), gap: 1, wrapping: Wrapping::Never })
    }

    /// The same with other ends for the values of the core.
    pub fn with_ends(mut self, ends: &[usize]) -> Layout {
        if let Some(core) = self.core.clone() {
            self.columns[core].iter_mut().zip(ends).for_each(|(column, &end)| column.end = end);
        }
        self
    }

    /// The same with a second possibility for the ends of the core.
    pub fn or_ends(mut self, ends: &[usize]) -> Layout {
        self.other_ends = ends.to_vec();
        self
    }

    /// The same with so many blanks before the mount point.
    pub fn with_gap(self, gap: usize) -> Layout {
        Layout { gap, ..self }
    }

    /// The same for rows that may not stand under their titles.
    pub fn wrapping(self) -> Layout {
        Layout { wrapping: Wrapping::Possible, ..self }
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.columns.iter().any(|column| column.kind == kind)
    }
}
