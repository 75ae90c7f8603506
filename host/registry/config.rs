//! The user's configuration: which parser to use for which command, and the limits of plugins.
//!
//! ```toml
//! [parsers]
//! df = "bsd"                # a dialect, a plugin's name, or a file (seen from this one)
//!
//! [parsers.macos]           # on one platform only
//! df = "./my-df.wasm"
//!
//! [limits]                  # of a plugin, with their defaults
//! memory = 268435456        # bytes it may have
//! call-millis = 10000       # time one call may take
//! batch = 4194304           # bytes an answer may have …
//! batch-factor = 256        # … and for each byte that was fed
//! component = 67108864      # bytes its file may have
//! compile-millis = 60000    # time that compiling it may take
//! fields = 1000             # fields its schema may have
//! replay = 1048576          # bytes of input that are kept until a parser is settled
//! line = 1048576            # bytes a line may have
//! ```

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::error::Error;
use crate::sandbox::Limits;

/// The configuration. Empty where there is no file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    file: ConfigFile,
    /// Where relative paths in it are seen from.
    folder: PathBuf,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    #[serde(default)]
    parsers: BTreeMap<String, Choice>,
    #[serde(default)]
    limits: LimitEntries,
}

/// `df = "bsd"`, or a platform with its own table of these.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Choice {
    Everywhere(String),
    OnPlatform(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LimitEntries {
    memory: Option<usize>,
    call_millis: Option<u64>,
    batch: Option<usize>,
    batch_factor: Option<usize>,
    component: Option<u64>,
    compile_millis: Option<u64>,
    fields: Option<usize>,
    replay: Option<usize>,
    line: Option<usize>,
}

impl Config {
    /// Reads the configuration: the file `OUTPARSE_CONFIG` names, or `outparse/config.toml` in the user's configuration folder.
    pub fn read() -> Result<Config, Error> {
        if let Some(path) = env::var_os("OUTPARSE_CONFIG").filter(|path| !path.is_empty()) {
            return Config::from_file(Path::new(&path));
        }
        let Some(base) = user_folder("XDG_CONFIG_HOME", ".config") else { return Ok(Config::default()) };
        let path = base.join("outparse/config.toml");
        match fs::read_to_string(&path) {
            Ok(text) => Config::parse(&text, &path),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Config::default()),
            Err(error) => Err(Error::Usage(format!("`{}` cannot be read: {error}", path.display()))),
        }
    }

    /// Reads one file.
    pub fn from_file(path: &Path) -> Result<Config, Error> {
        let text =
            fs::read_to_string(path).map_err(|error| Error::Usage(format!("`{}` cannot be read: {error}", path.display())))?;
        Config::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Config, Error> {
        let file = toml::from_str(text)
            .map_err(|error| Error::Usage(format!("`{}`: {}", path.display(), error.to_string().trim_end())))?;
        Ok(Config { file, folder: path.parent().map(Path::to_owned).unwrap_or_default() })
    }

    /// Where compiled code of foreign plugins is kept: `outparse/plugins` in the user's cache folder. None without a home.
    pub fn store() -> Option<PathBuf> {
        Some(user_folder("XDG_CACHE_HOME", ".cache")?.join("outparse/plugins"))
    }

    /// The parser chosen for a command on a platform, and the folder that a relative path in it is seen from.
    pub fn parser(&self, command: &str, platform: &str) -> Option<(&str, &Path)> {
        let parsers = &self.file.parsers;
        let on_platform = match parsers.get(platform) {
            Some(Choice::OnPlatform(choices)) => choices.get(command),
            _ => None,
        };
        let everywhere = match parsers.get(command) {
            Some(Choice::Everywhere(choice)) => Some(choice),
            _ => None,
        };
        on_platform.or(everywhere).map(|choice| (choice.as_str(), self.folder.as_path()))
    }

    /// The limits, with the configured ones in place.
    pub fn limits(&self) -> Limits {
        let defaults = Limits::default();
        let entries = &self.file.limits;
        Limits {
            memory: entries.memory.unwrap_or(defaults.memory),
            call: entries.call_millis.map_or(defaults.call, Duration::from_millis),
            batch_floor: entries.batch.unwrap_or(defaults.batch_floor),
            batch_factor: entries.batch_factor.unwrap_or(defaults.batch_factor),
            component: entries.component.unwrap_or(defaults.component),
            compile: entries.compile_millis.map_or(defaults.compile, Duration::from_millis),
            fields: entries.fields.unwrap_or(defaults.fields),
            replay: entries.replay.unwrap_or(defaults.replay),
            line: entries.line.unwrap_or(defaults.line),
        }
    }
}

/// A folder of the user's: the one a variable names, or one in the user's home.
fn user_folder(variable: &str, in_home: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| env::home_dir().map(|home| home.join(in_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("/etc/outparse.toml")).unwrap()
    }

    #[test]
    fn a_platform_s_own_choice_goes_first() {
        let config = config("[parsers]\ndf = 'bsd'\n[parsers.macos]\ndf = './mine.wasm'\n");
        assert_eq!(config.parser("df", "linux"), Some(("bsd", Path::new("/etc"))));
        assert_eq!(config.parser("df", "macos"), Some(("./mine.wasm", Path::new("/etc"))));
        assert_eq!(config.parser("ps", "macos"), None);
    }

    #[test]
    fn limits_that_are_not_set_keep_their_defaults() {
        let limits = config("[limits]\ncall-millis = 5\n").limits();
        assert_eq!(limits, Limits { call: Duration::from_millis(5), ..Limits::default() });
    }

    #[test]
    fn the_documented_limits_are_the_defaults_and_are_all() {
        let documented = include_str!("config.rs").lines().map_while(|line| line.strip_prefix("//!"));
        let limits: String = documented
            .skip_while(|line| !line.contains("[limits]"))
            .take_while(|line| !line.contains("```"))
            .map(|line| format!("{line}\n"))
            .collect();
        // `limits` names every field of `Limits`, so an entry that is not documented here keeps its default unnoticed only here.
        assert_eq!(limits.lines().count() - 1, 9);
        assert_eq!(config(&limits).limits(), Limits::default());
    }

    #[test]
    fn every_limit_can_be_set() {
        let limits = config(
            "[limits]\nmemory = 1\ncall-millis = 2\nbatch = 3\nbatch-factor = 4\ncomponent = 5\ncompile-millis = 6\nfields = 7\nreplay = 8\nline = 9\n",
        );
        let expected = Limits {
            memory: 1,
            call: Duration::from_millis(2),
            batch_floor: 3,
            batch_factor: 4,
            component: 5,
            compile: Duration::from_millis(6),
            fields: 7,
            replay: 8,
            line: 9,
        };
        assert_eq!(limits.limits(), expected);
    }

    #[test]
    fn a_mistake_is_shown_with_its_line() {
        let error = Config::parse("[parser]\n", Path::new("c.toml")).unwrap_err().to_string();
        assert!(error.contains("c.toml") && error.contains("line 1") && error.contains("parser"), "{error}");
    }
}
