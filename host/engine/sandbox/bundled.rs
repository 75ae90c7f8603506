//! Plugins that ship with the program.

use super::embedded::Embedded;
use crate::schema::{Description, Parser};

/// A plugin that ships with the program: all that it says about itself is known before it is loaded.
pub struct Bundled {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// A bit for each letter that one of its commands begins with.
    pub(crate) initials: u128,
    /// Its parsers.
    pub parsers: &'static [BundledParser],
    /// The component.
    pub(crate) component: Embedded,
    /// The component's SHA-256.
    pub sha256: &'static str,
    /// The component, compiled by this program's build.
    pub(crate) compiled: Embedded,
}

/// One parser of a plugin that ships with the program.
pub struct BundledParser {
    /// Name.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The commands it understands.
    pub commands: &'static [&'static str],
    /// Options that may stand before a command's later words and take the next word as their value.
    pub value_options: &'static [&'static str],
    /// The files it understands.
    pub files: &'static [&'static str],
    /// The family of programs whose output it reads.
    pub dialect: &'static str,
    /// The platforms on which it is the first choice.
    pub platforms: &'static [&'static str],
    /// Whether it reads nothing from any other platform.
    pub platform_bound: bool,
    /// Whether nothing may be taken out of what it reads.
    pub verbatim: bool,
}

impl Bundled {
    /// The component. A run needs only its compiled code; this is for taking the plugin elsewhere.
    pub fn component(&self) -> Vec<u8> {
        self.component.read()
    }

    /// One of its parsers.
    pub fn parser(&self, index: usize) -> Parser {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let parser = &self.parsers[index];
        Parser {
            name: parser.name.to_owned(),
            summary: parser.summary.to_owned(),
            commands: owned(parser.commands),
            value_options: owned(parser.value_options),
            files: owned(parser.files),
            dialect: parser.dialect.to_owned(),
            platforms: owned(parser.platforms),
            platform_bound: parser.platform_bound,
            verbatim: parser.verbatim,
        }
    }

    pub(super) fn description(&self) -> Description {
        Description {
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            summary: self.summary.to_owned(),
            catalogue: None,
            parsers: (0..self.parsers.len()).map(|parser| self.parser(parser)).collect(),
        }
    }
}
