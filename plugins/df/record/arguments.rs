//! What the arguments of `df` say about the numbers it prints.

use outparse_sdk::{Base, Field};

/// What the arguments say, as far as it changes how the output is read.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// Whether the arguments are known at all.
    pub known: bool,
    /// What the numbers of blocks count in, where the arguments choose it.
    pub block: Option<Block>,
    /// Powers that `Size` columns have, where the arguments choose them.
    pub human: Option<Base>,
    /// Whether a row of totals was asked for.
    pub total: bool,
    /// Whether columns were chosen one by one, with `--output`.
    pub listed: bool,
}

/// What a number of blocks counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// Each number has its own suffix.
    Human(Base),
    /// So many bytes.
    Bytes(i64),
}

impl Arguments {
    /// Notes a block size; the last one counts.
    pub fn set_block(&mut self, block: Block) {
        self.block = Some(block);
        if let Block::Human(base) = block {
            self.human = Some(base);
        }
    }

    /// Whether a row of totals can be there.
    pub fn may_total(&self) -> bool {
        self.total || !self.known
    }
}

/// A block size as GNU and BusyBox take it: `1M`, `M`, `MB`, `512`, `human-readable`, `si`.
pub fn block_size(text: &str) -> Option<Block> {
    let text = text.trim_start_matches('\'');
    match text {
        "human-readable" => return Some(Block::Human(Base::Binary)),
        "si" => return Some(Block::Human(Base::Decimal)),
        _ => {}
    }
    let number = if text.starts_with(|c: char| c.is_ascii_digit()) { text.to_owned() } else { format!("1{text}") };
    let bytes = Field::from(number.as_str()).size(Base::Binary).ok()?;
    (bytes > 0).then_some(Block::Bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_sizes_may_lack_their_number() {
        assert_eq!(block_size("M"), Some(Block::Bytes(1 << 20)));
        assert_eq!(block_size("MB"), Some(Block::Bytes(1_000_000)));
        assert_eq!(block_size("KiB"), Some(Block::Bytes(1024)));
        assert_eq!(block_size("'1"), Some(Block::Bytes(1)));
        assert_eq!(block_size("1536"), Some(Block::Bytes(1536)));
        assert_eq!(block_size("si"), Some(Block::Human(Base::Decimal)));
        assert_eq!(block_size("0"), None);
        assert_eq!(block_size("many"), None);
    }
}
