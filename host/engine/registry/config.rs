//! What the user has set up: the configuration, which says which parser to use for which command, and the limits of plugins; with it, the
//! project's own file (`project`) and the installed plugins (`lock`).
//!
//! ```toml
//! [parsers]
//! df = "bsd"                # a dialect, a plugin's name, or a file (relative to this one)
//!
//! [parsers.macos]           # on one platform only
//! df = "./my-df.wasm"
//!
//! [trust]                   # see `trusted`
//! cosign = ["--key", "/home/me/cosign.pub"]   # `plugin add` wants a signature
//! withdrawn = "https://example.com/withdrawn.json"
//! index = "plugins.json"
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

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::choices::Choices;
use super::lock::{self, Installed};
use super::project::{self, Found, Project};
use super::trusted::Trusted;
use super::{Added, Addition, Reason};
use crate::error::Error;
use crate::sandbox::{Limits, Sandbox};

/// What the user has set up. Empty where there are no files.
#[derive(Clone, Debug, Default)]
pub struct Config {
    file: ConfigFile,
    /// What relative paths in it are relative to.
    folder: PathBuf,
    project: Project,
    installed: Vec<Arc<Installed>>,
    remark: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    #[serde(default)]
    parsers: Choices,
    #[serde(default)]
    limits: LimitEntries,
    #[serde(default)]
    trust: Trusted,
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
    /// Reads the configuration (the file `OUTPARSE_CONFIG` names, or `outparse/config.toml` in the user's configuration folder), the
    /// project's file, and the lock of the installed plugins.
    pub fn read() -> Result<Config, Error> {
        let mut config = Config::read_configuration()?;
        // Without a current folder there is no project.
        let found = env::current_dir().map_or(Ok(Found::Nothing), |folder| project::find(&folder))?;
        match found {
            Found::Nothing => {}
            Found::Project(project) => config.project = project,
            Found::Ignored(why) => config.remark = Some(why),
        }
        if let Some(folder) = Config::plugins() {
            config.installed = lock::read(&folder)?;
        }
        Ok(config)
    }

    fn read_configuration() -> Result<Config, Error> {
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
        Ok(Config { file, folder: path.parent().map(Path::to_owned).unwrap_or_default(), ..Config::default() })
    }

    /// A configuration with these files and plugins, for the tests of the ranking. The project is in `/project`.
    #[cfg(test)]
    pub(super) fn for_tests(configuration: &str, project: &str, installed: &[Arc<Installed>]) -> Config {
        let parse = |text, path| Config::parse(text, Path::new(path)).unwrap();
        let project = Project { parsers: parse(project, "/project/outparse.toml").file.parsers, folder: "/project".into() };
        Config { project, installed: installed.to_vec(), ..parse(configuration, "/etc/config.toml") }
    }

    /// Where compiled code of foreign plugins is kept: `outparse/plugins` in the user's cache folder. None without a home.
    pub fn store() -> Option<PathBuf> {
        Some(user_folder("XDG_CACHE_HOME", ".cache")?.join("outparse/plugins"))
    }

    /// Where installed plugins are: `outparse/plugins` in the user's data folder. None without a home.
    pub fn plugins() -> Option<PathBuf> {
        Some(user_folder("XDG_DATA_HOME", ".local/share")?.join("outparse/plugins"))
    }

    /// The installed plugins, by name.
    pub fn installed(&self) -> &[Arc<Installed>] {
        &self.installed
    }

    /// What the user should know about what was found: a project file that is not honoured.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// Installs a component. Another one of the same name is replaced only when that is asked for.
    pub fn install(addition: &Addition<'_>, replace: bool) -> Result<Added, Error> {
        lock::add(&Config::plugins().ok_or_else(no_home)?, addition, replace)
    }

    /// Removes an installed plugin. None when there is none of this name.
    pub fn uninstall(name: &str) -> Result<Option<Arc<Installed>>, Error> {
        lock::remove(&Config::plugins().ok_or_else(no_home)?, name)
    }

    /// The parser chosen for a command on a platform, who chose it, and the folder that a relative path in it starts from. The
    /// project takes precedence over the user's configuration.
    pub fn parser(&self, command: &str, platform: &str) -> Option<(&str, &Path, Reason)> {
        let in_project = self.project.parsers.choice(command, platform);
        let in_project = in_project.map(|choice| (choice, self.project.folder.as_path(), Reason::Project));
        let configured = || self.file.parsers.choice(command, platform);
        in_project.or_else(|| configured().map(|choice| (choice, self.folder.as_path(), Reason::Configured)))
    }

    /// What the user demands of plugins, and where lists of them are.
    pub fn trusted(&self) -> &Trusted {
        &self.file.trust
    }

    /// A file or a URL that the configuration names: a relative path starts from the configuration's folder.
    pub fn place(&self, named: &str) -> String {
        if named.contains("://") { named.to_owned() } else { self.folder.join(named).display().to_string() }
    }

    /// A sandbox with these limits and the user's store.
    pub fn sandbox(&self) -> anyhow::Result<Sandbox> {
        Sandbox::with_store(self.limits(), Config::store())
    }

    /// The default limits, with the configured ones in their place.
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

fn no_home() -> Error {
    Error::Declined { why: "there is no folder for plugins".to_owned(), hint: Some("set `HOME` or `XDG_DATA_HOME`".to_owned()) }
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
        assert_eq!(config.parser("df", "linux"), Some(("bsd", Path::new("/etc"), Reason::Configured)));
        assert_eq!(config.parser("df", "macos"), Some(("./mine.wasm", Path::new("/etc"), Reason::Configured)));
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
        // The compiler makes `limits` name every field of `Limits`, but an entry that is missing from the documentation would
        // just keep its default. Only this count notices that.
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
