//! `df` of GNU coreutils, and what prints like it: uutils and toybox. Columns are as wide as their widest value; with
//! `--output` there are any columns in any order.

use outparse_df::{Arguments, Block, Dialect, Kind, Layout, Table, Title, UnitTitle, block_size};
use outparse_sdk::Argument::{Flag, Value};
use outparse_sdk::{About, Base, Source, without_options};

/// Reads what `df` of the GNU family prints.
pub type Df = Table<Gnu>;

/// The options with several names or a value.
const OPTIONS: &[&str] = &["h human-readable", "H si", "B block-size=", "t type=", "x exclude-type=", "total", "output[=]"];

/// The family.
pub struct Gnu;

impl Dialect for Gnu {
    const ABOUT: About = About {
        name: "df-gnu",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as df of GNU coreutils, uutils and toybox prints them",
        commands: &["df", "gdf", "toybox df"],
        dialect: "gnu",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    const NAME: &'static str = "GNU";
    const INODE_BASE: Option<Base> = None;
    const ABSOLUTE: bool = true;
    const ROUNDS: bool = true;

    /// The last of `-k`, `-m`, `-h`, `-H` and `-B` counts. Long options may be shortened.
    fn arguments(source: &Source) -> Arguments {
        let Some(words) = source.read_arguments(OPTIONS) else { return Arguments::default() };
        let mut arguments = Arguments { known: true, ..Arguments::default() };
        for word in words {
            match word {
                Flag("h") => arguments.set_block(Block::Human(Base::Binary)),
                Flag("H") => arguments.set_block(Block::Human(Base::Decimal)),
                Flag("k") => arguments.set_block(Block::Bytes(1024)),
                Flag("m") => arguments.set_block(Block::Bytes(1 << 20)),
                Value("B", size) => block_size(size).into_iter().for_each(|block| arguments.set_block(block)),
                Flag("total") => arguments.total = true,
                Flag("output") | Value("output", _) => arguments.listed = true,
                _ => {}
            }
        }
        arguments
    }

    /// Bytes in place of any other unit.
    fn exact(words: &[String]) -> Option<Vec<String>> {
        let kept = without_options(words, OPTIONS, &["h", "H", "k", "m", "B"]);
        let exact = [vec!["-B1".to_owned()], kept].concat();
        (exact != words).then_some(exact)
    }

    fn layout(titles: &[Title], arguments: &Arguments) -> Option<Layout> {
        usual(titles).or_else(|| listed(titles, arguments))
    }
}

/// The table without `--output`.
fn usual(titles: &[Title]) -> Option<Layout> {
    let (typed, rest) = match titles {
        [device, kind, rest @ ..] if device.text == "Filesystem" && kind.text == "Type" => (true, rest),
        [device, rest @ ..] if device.text == "Filesystem" => (false, rest),
        _ => return None,
    };
    let words: Vec<&str> = rest.iter().map(|title| title.text.as_str()).collect();
    let numbers = match words[..] {
        ["Inodes", "IUsed", "IFree", "IUse%", "Mounted on"] => {
            [Kind::Inodes, Kind::InodesUsed, Kind::InodesFree, Kind::InodesUsePercent]
        }
        ["Size", "Used", "Avail", "Use%" | "Capacity", "Mounted on"] => SPACE,
        [unit, "Used", "Available", "Use%" | "Capacity", "Mounted on"] if UnitTitle::read(unit).is_some() => SPACE,
        _ => return None,
    };
    let [.., size, used, available, percent, mounted] = rest else { return None };
    // BSD has two blanks there.
    if mounted.start != percent.end + 1 {
        return None;
    }
    let names: &[Kind] = if typed { &[Kind::Filesystem, Kind::Type] } else { &[Kind::Filesystem] };
    let layout = Layout::new(titles, &[names, &numbers, &[Kind::MountedOn]].concat())?.wrapping();
    // BusyBox with `-P` prints other titles over the same columns; a device column of 20 bytes looks the same here.
    let column = if typed { 32 } else { 21 };
    let busybox = size.start == column && used.end == column + 19 && available.end == column + 29;
    Some(if busybox { layout.or_ends(&[column + 9, column + 19, column + 29, column + 34]) } else { layout })
}

const SPACE: [Kind; 4] = [Kind::Size, Kind::Used, Kind::Available, Kind::UsePercent];

/// The table with `--output`: any columns.
fn listed(titles: &[Title], arguments: &Arguments) -> Option<Layout> {
    if arguments.known && !arguments.listed {
        return None;
    }
    let kind = |title: &Title| match title.text.as_str() {
        "Filesystem" => Some(Kind::Filesystem),
        "Type" => Some(Kind::Type),
        "Inodes" => Some(Kind::Inodes),
        "IUsed" => Some(Kind::InodesUsed),
        "IFree" => Some(Kind::InodesFree),
        "IUse%" => Some(Kind::InodesUsePercent),
        "Size" => Some(Kind::Size),
        "Used" => Some(Kind::Used),
        "Avail" => Some(Kind::Available),
        "Use%" => Some(Kind::UsePercent),
        "File" => Some(Kind::File),
        "Mounted on" => Some(Kind::MountedOn),
        unit => UnitTitle::read(unit).map(|_| Kind::Size),
    };
    let kinds: Vec<Kind> = titles.iter().map(kind).collect::<Option<_>>()?;
    Layout::new(titles, &kinds)
}

outparse_sdk::export!(Df);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the report")]
mod tests;
