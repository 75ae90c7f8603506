//! `df` of macOS and FreeBSD. Columns are as wide as their widest value, the percentages stand off their titles.

use outparse_df::{Arguments, Block, Dialect, Kind, Layout, Table, Title, UnitTitle};
use outparse_sdk::Argument::Flag;
use outparse_sdk::{About, Base, Source};

/// Reads what `df` of macOS and FreeBSD prints.
pub type Df = Table<Bsd>;

/// The family.
pub struct Bsd;

impl Dialect for Bsd {
    const ABOUT: About = About {
        name: "df-bsd",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Mounted filesystems, as df of macOS and FreeBSD prints them",
        commands: &["df"],
        dialect: "bsd",
        platforms: &["macos", "freebsd"],
        ..About::DEFAULT
    };
    const NAME: &'static str = "BSD";
    /// `-h` counts inodes in 1000, whatever it does with bytes.
    const INODE_BASE: Option<Base> = Some(Base::Decimal);
    const ABSOLUTE: bool = false;
    const ROUNDS: bool = false;

    /// The last of `-h` and `-H` counts; the header names every other unit exactly.
    fn arguments(source: &Source) -> Arguments {
        let known = source.arguments.is_some();
        let mut arguments = Arguments { known, ..Arguments::default() };
        let macos = source.platform.as_deref() == Some("macos");
        // There a letter without `i` is always one of `-H`.
        arguments.human = macos.then_some(Base::Decimal);
        // `-T` chooses types on macOS, and shows them on FreeBSD.
        let options: &[&str] = if macos { &["H si", "t=", "T="] } else { &["H si", "t="] };
        for word in source.read_arguments(options).unwrap_or_default() {
            match word {
                Flag("h") => arguments.set_block(Block::Human(Base::Binary)),
                Flag("H") => arguments.set_block(Block::Human(Base::Decimal)),
                Flag("c") => arguments.total = true,
                _ => {}
            }
        }
        arguments
    }

    fn layout(titles: &[Title], _: &Arguments) -> Option<Layout> {
        let (typed, rest) = match titles {
            [device, kind, rest @ ..] if device.text == "Filesystem" && kind.text == "Type" => (true, rest),
            [device, rest @ ..] if device.text == "Filesystem" => (false, rest),
            _ => return None,
        };
        let [size, used, available, capacity, inodes @ .., mounted] = rest else { return None };
        let last = inodes.last().unwrap_or(capacity);
        let space = (size.text == "Size" || UnitTitle::read(&size.text).is_some())
            && used.text == "Used"
            && matches!(available.text.as_str(), "Avail" | "Available")
            && capacity.text == "Capacity"
            && mounted.text == "Mounted on";
        // GNU has one blank there.
        if !space || mounted.start != last.end + 2 {
            return None;
        }
        let names: &[Kind] = if typed { &[Kind::Filesystem, Kind::Type] } else { &[Kind::Filesystem] };
        let space = [Kind::Size, Kind::Used, Kind::Available, Kind::UsePercent];
        let ends = [size.end, used.end, available.end, available.end + 7];
        let words: Vec<&str> = inodes.iter().map(|title| title.text.as_str()).collect();
        match (&words[..], inodes) {
            ([], _) => {
                let layout = Layout::new(titles, &[names, &space, &[Kind::MountedOn]].concat())?;
                Some(layout.with_ends(&ends).with_gap(4))
            }
            (["iused", "ifree", "%iused"], [iused, ifree, _]) => {
                let counts = [Kind::InodesUsed, Kind::InodesFree, Kind::InodesUsePercent];
                let layout = Layout::new(titles, &[names, &space, &counts, &[Kind::MountedOn]].concat())?;
                Some(layout.with_ends(&[&ends[..], &[iused.end, ifree.end, ifree.end + 6]].concat()).with_gap(3))
            }
            _ => None,
        }
    }
}

outparse_sdk::export!(Df);

#[cfg(test)]
mod tests;
