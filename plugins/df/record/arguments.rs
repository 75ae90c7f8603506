//! What the arguments of `df` say about the numbers it prints.

use outparse_sdk::{Base, Line};

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

/// One option, with its value if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag<'a> {
    /// `-h`, `-B 1M`.
    Short(char, &'a str),
    /// `--si`, `--block-size=1M`; the value is empty where there is none.
    Long(&'a str, &'a str),
}

/// The options among arguments, clusters such as `-hT` taken apart. `valued` are the letters that take a value; `long_valued`
/// says which long options take the next argument where they have no `=`.
pub fn flags<'a>(arguments: &'a [String], valued: &str, long_valued: fn(&str) -> bool) -> Vec<Flag<'a>> {
    let mut found = Vec::new();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some(pair) => pair,
                None if long_valued(long) => (long, words.next().unwrap_or_default()),
                None => (long, ""),
            };
            found.push(Flag::Long(name, value));
        } else if let Some(cluster) = word.strip_prefix('-') {
            for (index, letter) in cluster.char_indices() {
                if !valued.contains(letter) {
                    found.push(Flag::Short(letter, ""));
                    continue;
                }
                let attached = &cluster[index + letter.len_utf8()..];
                let value = if attached.is_empty() { words.next().unwrap_or_default() } else { attached };
                found.push(Flag::Short(letter, value));
                break;
            }
        }
    }
    found
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
    let line = Line { number: 0, bytes: number.as_bytes(), end: b"" };
    let bytes = line.part(0, number.len()).size(Base::Binary).ok()?;
    (bytes > 0).then_some(Block::Bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_taken_apart_and_values_belong_to_their_letter() {
        let words = ["-hTB", "1M", "/", "-BK", "--output=size", "--block-size", "2M", "--", "-k"].map(str::to_owned);
        use Flag::{Long, Short};
        assert_eq!(
            flags(&words, "B", |name| name == "block-size"),
            [Short('h', ""), Short('T', ""), Short('B', "1M"), Short('B', "K"), Long("output", "size"), Long("block-size", "2M")]
        );
    }

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
