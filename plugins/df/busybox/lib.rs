//! `df` of BusyBox. Its columns have fixed widths: long names wrap, long numbers push the rest of their row to the right.

use outparse_df::{Arguments, Block, Dialect, Kind, Layout, Table, Title, UnitTitle, block_size};
use outparse_sdk::{About, Argument, Base, Source};

/// Reads what `df` of BusyBox prints.
pub type Df = Table<BusyBox>;

/// The family.
pub struct BusyBox;

impl Dialect for BusyBox {
    const ABOUT: About = About {
        name: "df-busybox",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as df of BusyBox prints them",
        commands: &["df", "busybox df"],
        dialect: "busybox",
        platforms: &[],
        ..About::DEFAULT
    };
    const NAME: &'static str = "BusyBox";
    const INODE_BASE: Option<Base> = Some(Base::Binary);
    const ABSOLUTE: bool = true;
    const ROUNDS: bool = true;

    /// `-H` counts in 1024 here, as `-h` does, so there is nothing to know about suffixes. The header says which unit it was
    /// in the end; only what it rounds is left to `-B`.
    fn arguments(source: &Source) -> Arguments {
        let mut arguments = Arguments { known: source.arguments.is_some(), human: Some(Base::Binary), ..Arguments::default() };
        for word in source.read_arguments(&["B=", "t="]).unwrap_or_default() {
            if let Argument::Value("B", size) = word
                && let Some(Block::Bytes(bytes)) = block_size(size)
            {
                arguments.set_block(Block::Bytes(bytes));
            }
        }
        arguments
    }

    fn layout(titles: &[Title], _: &Arguments) -> Option<Layout> {
        let (first, column, names): (usize, usize, &[Kind]) = match titles {
            [device, kind, ..] if device.text == "Filesystem" && kind.text == "Type" && kind.start == 21 => {
                (2, 32, &[Kind::Filesystem, Kind::Type])
            }
            [device, ..] if device.text == "Filesystem" => (1, 21, &[Kind::Filesystem]),
            _ => return None,
        };
        let [size, used, available, percent, mounted] = titles.get(first..)? else { return None };
        let words = [&used.text, &available.text, &mounted.text].map(String::as_str);
        let places = [used.end, available.end, percent.start, mounted.start];
        let known = words == ["Used", "Available", "Mounted on"] && matches!(percent.text.as_str(), "Use%" | "Capacity");
        if !known || places != [column + 19, column + 29, column + 30, percent.end + 1] {
            return None;
        }
        let numbers = match size.text.as_str() {
            "Inodes" if size.end == column + 9 => [Kind::Inodes, Kind::InodesUsed, Kind::InodesFree, Kind::InodesUsePercent],
            "Size" if size.end == column + 9 => SPACE,
            unit if size.start == column && UnitTitle::read(unit).is_some() => SPACE,
            _ => return None,
        };
        let layout = Layout::new(titles, &[names, &numbers, &[Kind::MountedOn]].concat())?;
        Some(layout.with_ends(&[column + 9, column + 19, column + 29, column + 34]).wrapping())
    }
}

const SPACE: [Kind; 4] = [Kind::Size, Kind::Used, Kind::Available, Kind::UsePercent];

outparse_sdk::export!(Df);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the report")]
mod tests;
