//! Writes a new plugin: a small project that is complete, and parses the table it was given from the start.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Value};
use serde_json::json;

use super::guess::Table;
use super::language::{File, Language};
use super::manifest::Manifest;
use super::sdk::{LOCK, SDK};
use crate::fixture;
use outparse::error::Error;

/// The interface, as it was when this program was built.
const INTERFACE: &[File] =
    &[("wit/parser.wit", include_str!("../../wit/parser.wit")), ("wit/world.wit", include_str!("../../wit/world.wit"))];

/// Where a project keeps its own copy of the SDK. The SDK finds the interface by a relative path, so it lies as deep in a project
/// as in our sources.
const VENDORED: &str = "vendor/outparse-sdk";

/// The folder of the interface.
pub(super) const WIT: &str = "wit";

/// What every project has.
const COMMON: &[File] = &[
    ("README.md", include_str!("templates/README.md")),
    (Manifest::NAME, include_str!("templates/plugin.toml")),
    (".gitignore", include_str!("templates/gitignore")),
];

/// What a new plugin is to be.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The folder to make. Its name is the plugin's.
    pub folder: &'a Path,
    /// The command that is parsed: `df`, or `busybox df`.
    pub command: &'a str,
    /// What it is written in.
    pub language: Language,
    /// A command line and what it printed: the first fixture. Without one there is an example.
    pub capture: Option<(&'a [String], &'a [u8])>,
    /// Where the SDK for Rust is, unless it is found above this folder or the program. Where there is none, the project gets a copy.
    pub sdk: Option<&'a Path>,
}

/// Writes a project. Returns the table that it parses, and the file to begin with.
pub fn new(new: &New<'_>) -> Result<(Table, PathBuf), Error> {
    let name = name(new.folder)?;
    let (table, output) = match new.capture {
        Some((_, output)) => (Table::of(output), output),
        None => Table::example(),
    };
    let places = [env::current_dir(), env::current_exe()];
    let places = places.iter().flatten().map(PathBuf::as_path);
    let sdk = if new.language == Language::Rust { sdk(new.sdk, places)? } else { None };
    let rendered = render(new, name, &table, sdk.as_deref())?;

    make_folder(new.folder)?;
    for (file, text) in rendered {
        write(&new.folder.join(file), text.as_bytes())?;
    }
    for (file, text) in new.language.helpers().iter().chain(INTERFACE) {
        write(&new.folder.join(file), text.as_bytes())?;
    }
    // The SDK's own lock file: it has the versions that the SDK is tested with.
    let above = sdk.iter().flat_map(|sdk| sdk.ancestors()).map(|folder| folder.join("Cargo.lock")).find(|lock| lock.exists());
    if let Some(lock) = above {
        fs::copy(&lock, new.folder.join("Cargo.lock")).with_context(|| format!("`{}` cannot be copied", lock.display()))?;
    } else if new.language == Language::Rust && sdk.is_none() {
        write_sdk(new.folder)?;
    }
    let platform = if new.capture.is_some() { fixture::platform() } else { "example".to_owned() };
    let example = [new.command.to_owned()];
    let words = new.capture.map_or(&example[..], |(words, _)| words);
    write_fixture(new.folder, &platform, words, output)?;
    Ok((table, new.folder.join(new.language.source())))
}

/// Writes the SDK that came with the program, and which versions of other crates it is tested with.
fn write_sdk(folder: &Path) -> Result<()> {
    for (file, text) in SDK {
        write(&folder.join(VENDORED).join(file), text.as_bytes())?;
    }
    write(&folder.join("Cargo.lock"), LOCK.as_bytes())
}

/// Makes the folder of a new plugin.
pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::Usage(format!("`{}` is already there", folder.display())),
        _ => Error::Other(anyhow::Error::from(error).context(format!("`{}` cannot be made", folder.display()))),
    })
}

/// Writes the first fixture.
pub(super) fn write_fixture(folder: &Path, platform: &str, words: &[String], output: &[u8]) -> Result<()> {
    let case = folder.join(fixture::FOLDER).join(platform).join("usual");
    write(&case.join("output"), output)?;
    write(&case.join("command"), format!("{}\n", words.join("\n")).as_bytes())
}

/// Writes the interface into a folder of its own below this one. Returns that folder.
pub(super) fn write_wit(folder: &Path) -> Result<PathBuf> {
    for (file, text) in INTERFACE {
        write(&folder.join(file), text.as_bytes())?;
    }
    Ok(folder.join(WIT))
}

/// The plugin's name, which is that of its folder.
pub(super) fn name(folder: &Path) -> Result<&str, Error> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    if good {
        return Ok(name);
    }
    Err(Error::Usage(format!(
        "`{}` is no name for a plugin: names are lower-case letters, digits, `-` and `_`, beginning with a letter, such as `df-gnu`",
        folder.display()
    )))
}

fn render(new: &New<'_>, name: &str, table: &Table, sdk: Option<&Path>) -> Result<Vec<(&'static str, String)>> {
    let os = env::consts::OS;
    let dialect = name.strip_prefix(&format!("{}-", new.command.replace(' ', "-"))).unwrap_or(os);
    let class: String = name.split(['-', '_']).map(capitalised).collect();
    let kinds: BTreeSet<_> = table.fields.iter().map(|field| field.kind).collect();
    let phrases: Vec<_> = table.titles.iter().filter(|title| title.contains(' ')).collect();
    let sdk = match sdk {
        Some(path) => format!("{{ path = {} }}", quote(&path.to_string_lossy())),
        None => format!("{{ path = {VENDORED:?} }}"),
    };
    let words = new.capture.map(|(words, _)| words.join(" "));
    let context = json!({
        "name": name,
        "dialect": dialect,
        "class": format!("{class}Parser"),
        "command": new.command,
        "run": words.as_deref().unwrap_or(new.command),
        "summary": format!("What {} prints on {os}", new.command),
        "platform": os,
        "language": new.language.name(),
        "source": new.language.source(),
        "sdk": sdk,
        "kinds": kinds,
        "phrases": phrases,
        "table": table,
    });
    let context = value(&context);
    let environment = environment()?;
    let templates = new.language.templates().iter().chain(COMMON);
    templates
        .map(|&(file, template)| {
            let rendered = environment.render_str(template, &context).with_context(|| format!("making `{file}`"))?;
            Ok((file, rendered))
        })
        .collect()
}

/// What renders templates.
pub(super) fn environment() -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
    environment.add_filter("quote", quoted);
    Ok(environment)
}

/// A JSON value as templates take it.
pub(super) fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(yes) => Value::from(*yes),
        serde_json::Value::Number(number) => Value::from(number.as_i64().unwrap_or_default()),
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => items.iter().map(value).collect(),
        serde_json::Value::Object(fields) => {
            Value::from(fields.iter().map(|(name, field)| (name.clone(), value(field))).collect::<BTreeMap<_, _>>())
        }
    }
}

/// A string between quotes, or a list of such.
fn quoted(value: &Value) -> Result<String, minijinja::Error> {
    if let Some(text) = value.as_str() {
        return Ok(quote(text));
    }
    let items: Vec<String> = value.try_iter()?.map(|item| quoted(&item)).collect::<Result<_, _>>()?;
    Ok(format!("[{}]", items.join(", ")))
}

/// A string as all four languages write it, which is JSON's way. The template engine's own JSON is escaped for web pages.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The folder of the SDK: the one that is asked for, or one above these places. None if there is none: then the program's own
/// copy is used.
fn sdk<'a>(asked: Option<&Path>, places: impl Iterator<Item = &'a Path>) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = asked {
        if !path.join("Cargo.toml").exists() {
            return Err(Error::Usage(format!("`{}` is no crate: `--sdk` names the folder `plugins/sdk`", path.display())));
        }
        return Ok(Some(path.canonicalize().with_context(|| format!("`{}` cannot be found", path.display()))?));
    }
    let mut above = places.flat_map(Path::ancestors).map(|folder| folder.join("plugins/sdk"));
    Ok(above.find(|sdk| sdk.join("Cargo.toml").exists()))
}

pub(super) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    }
    fs::write(path, contents).with_context(|| format!("`{}` cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURE: &[u8] = b"NAME TYPE SIZE\na \"b\\ 1\nb c 2\n";

    fn project(language: Language, name: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let words = ["list".to_owned(), "-a".to_owned()];
        let path = folder.path().join(name);
        let capture = Some((&words[..], CAPTURE));
        new(&New { folder: &path, command: "list", language, capture, sdk: None }).unwrap();
        (folder, path)
    }

    #[test]
    fn a_project_has_a_manifest_a_fixture_and_the_interface() {
        for language in [Language::Rust, Language::C, Language::Python, Language::Javascript] {
            let (_folder, path) = project(language, "list-gnu");
            assert_eq!(Manifest::read(&path).unwrap().unwrap().language, language);
            let fixtures = fixture::Fixture::all(&path).unwrap();
            assert_eq!(fixtures[0].output().unwrap(), CAPTURE);
            assert_eq!(fixtures[0].capture(&fixture::Unsaid::Command("list".to_owned())).unwrap().words[1..], ["-a"]);
            assert_eq!(fs::read_to_string(path.join("wit/parser.wit")).unwrap(), include_str!("../../wit/parser.wit"));
            let source = fs::read_to_string(path.join(language.source())).unwrap();
            assert!(source.contains("\"list-gnu\"") && source.contains("\"gnu\""), "{source}");
            assert!(!source.contains("{{") && !source.contains("{%"), "{source}");
        }
    }

    #[test]
    fn a_folder_that_is_there_and_a_bad_name_are_refused() {
        let (_folder, path) = project(Language::C, "list-gnu");
        let again = New { folder: &path, command: "list", language: Language::C, capture: None, sdk: None };
        assert_eq!(new(&again).unwrap_err().exit_code(), 2);
        for bad in ["", "..", "List", "1ist", "a b", "é"] {
            let folder = path.join(bad);
            assert_eq!(new(&New { folder: &folder, ..again.clone() }).unwrap_err().exit_code(), 2, "{bad}");
        }
    }
}
