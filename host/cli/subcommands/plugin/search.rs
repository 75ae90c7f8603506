//! `outparse plugin search`: plugins of an index, a static list that anyone can put on a web server.
//!
//! ```json
//! {"plugins": [{"name": "df-mine", "version": "1.0.0", "summary": "…", "reference": "oci://…/df-mine:1.0", "sha256": "…",
//!               "commands": ["df"], "files": [], "platforms": ["plan9"]}]}
//! ```

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::static_list;
use crate::options::Options;
use crate::printing::listing;
use outparse::error::Error;
use outparse::registry::Config;
use outparse::words::plain;
use outparse_fetch::Reference;

/// Characters of a text that are shown.
const MOST_OF_TEXT: usize = 500;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Words that all have to be in the name, the summary, the commands, the files or the platforms
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// The index; `index` under `[trust]` in the configuration, unless it is said
    #[arg(long, value_name = "FILE|URL")]
    index: Option<String>,
}

#[derive(Deserialize)]
struct Index {
    plugins: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    name: String,
    version: String,
    summary: String,
    reference: String,
    sha256: String,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    platforms: Vec<String>,
}

/// Prints the plugins that have all the words. Returns the exit status.
pub(super) fn search(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let configured = ("index", config.trusted().index.as_deref());
    let (index, Index { plugins }) = static_list::read(&config, arguments.index.as_deref(), configured, "--index")?;
    for plugin in &plugins {
        plugin.check(&index)?;
    }
    let words: Vec<_> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let found: Vec<_> = plugins.iter().filter(|plugin| plugin.has(&words)).collect();
    listing::print(options, &found, || match &found[..] {
        [] => format!("no plugin of `{index}` has all of these words\n"),
        found => found.iter().map(|plugin| plugin.text()).collect(),
    })?;
    Ok(0)
}

impl Entry {
    /// Checks an entry. Its reference becomes a part of a command that is copied into a shell, so it must hold nothing that a
    /// shell interprets.
    fn check(&self, index: &str) -> Result<(), Error> {
        static_list::sha256_of(&self.sha256, index)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/._@+%-".contains(&byte);
        let is_reference =
            self.reference.bytes().all(is_plain) && !matches!(Reference::parse(&self.reference), Err(_) | Ok(Reference::File(_)));
        let why = || format!("`{}` is no reference to a plugin", plain(&self.reference, 100));
        is_reference.then_some(()).ok_or_else(|| static_list::senseless(index, why()))
    }

    fn has(&self, words: &[String]) -> bool {
        let lists = [&self.commands, &self.files, &self.platforms];
        let texts: Vec<_> =
            [&self.name, &self.summary].into_iter().chain(lists.into_iter().flatten()).map(|text| text.to_lowercase()).collect();
        words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }

    fn text(&self) -> String {
        let Entry { name, version, summary, reference, sha256, commands, files, platforms } = self;
        let short = |text: &str| plain(text, MOST_OF_TEXT);
        let mut text = format!("{} {}: {}\n", short(name), short(version), short(summary));
        let reads: Vec<_> = commands.iter().chain(files).map(|one| short(one)).collect();
        // Writing to a string does not fail.
        if !reads.is_empty() {
            let _ = writeln!(text, "    reads {}", reads.join(", "));
        }
        if !platforms.is_empty() {
            let _ = writeln!(text, "    first on {}", short(&platforms.join(", ")));
        }
        let _ = writeln!(text, "    outparse plugin add {reference} --sha256 {sha256}");
        text
    }
}
