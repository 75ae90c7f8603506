//! `plugin.toml`: how a plugin's component is made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Language;
use outparse::error::Error;

/// The manifest of a plugin's folder.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What it is written in.
    pub language: Language,
    /// The file that is compiled, relative to the folder. For Rust it is what `Cargo.toml` says.
    pub source: PathBuf,
    /// The component that is made, relative to the folder.
    pub output: PathBuf,
    /// For Python: a file of requirements, as pip reads it, each with its hash. These packages are taken along.
    #[serde(default)]
    pub requirements: Option<PathBuf>,
    /// For Python: other folders with modules that are taken along, relative to the folder.
    #[serde(default)]
    pub modules: Vec<PathBuf>,
}

impl Manifest {
    /// The name of the file.
    pub const NAME: &str = "plugin.toml";

    /// Reads the manifest of a folder. None for a crate without one, which is built as plain Rust.
    pub fn read(folder: &Path) -> Result<Option<Manifest>, Error> {
        let path = folder.join(Manifest::NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.join("Cargo.toml").exists() => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = folder.display();
                return Err(Error::Usage(format!(
                    "`{folder}` is no plugin's folder: it has no `{}`; `outparse plugin new` makes one",
                    Manifest::NAME
                )));
            }
            Err(error) => Err(error).with_context(|| format!("`{}` cannot be read", path.display()))?,
        };
        let manifest: Manifest =
            toml::from_str(&text).with_context(|| format!("`{}` is no manifest of a plugin", path.display()))?;
        if manifest.language != Language::Python && (manifest.requirements.is_some() || !manifest.modules.is_empty()) {
            let path = path.display();
            return Err(Error::Usage(format!("`requirements` and `modules` in `{path}` are for plugins in Python")));
        }
        Ok(Some(manifest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_manifest_is_a_crate_or_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let why = Manifest::read(folder.path()).unwrap_err();
        assert_eq!(why.exit_code(), 2);
        assert!(why.to_string().contains("no `plugin.toml`"), "{why}");
        fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), None);
    }

    #[test]
    fn what_a_manifest_does_not_know_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Manifest::NAME);
        fs::write(&path, "language = \"c\"\nsource = \"parser.c\"\noutput = \"plugin.wasm\"\n").unwrap();
        let manifest = Manifest {
            language: Language::C,
            source: "parser.c".into(),
            output: "plugin.wasm".into(),
            requirements: None,
            modules: Vec::new(),
        };
        assert_eq!(Manifest::read(folder.path()).unwrap(), Some(manifest));
        fs::write(&path, "language = \"c\"\nsource = \"a\"\noutput = \"b\"\nmodules = [\"c\"]\n").unwrap();
        assert!(Manifest::read(folder.path()).unwrap_err().to_string().contains("are for plugins in Python"));
        fs::write(&path, "language = \"cobol\"\nsource = \"a\"\noutput = \"b\"\n").unwrap();
        assert!(Manifest::read(folder.path()).unwrap_err().to_string().contains("plugin.toml"));
    }
}
