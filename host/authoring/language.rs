//! The languages there are templates for.

/// A language that plugins can be written in with `outparse plugin new`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust, with the SDK; built by cargo.
    Rust,
    /// C, built by `zig cc`.
    C,
    /// Python, built by componentize-py.
    Python,
    /// JavaScript, built by jco.
    #[serde(alias = "js")]
    Javascript,
}

/// A file of a template: where it goes, and what is in it.
pub(super) type File = (&'static str, &'static str);

macro_rules! files {
    ($language:literal: $($name:literal),*) => {
        &[$(($name, include_str!(concat!("templates/", $language, "/", $name)))),*]
    };
}

impl Language {
    /// Its name, as manifests have it.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Python => "python",
            Language::Javascript => "javascript",
        }
    }

    /// The file to begin with.
    pub(super) fn source(self) -> &'static str {
        match self {
            Language::Rust => "lib.rs",
            Language::C => "parser.c",
            Language::Python => "parser.py",
            Language::Javascript => "parser.js",
        }
    }

    /// Files with placeholders.
    pub(super) fn templates(self) -> &'static [File] {
        match self {
            Language::Rust => files!("rust": "lib.rs", "Cargo.toml"),
            Language::C => files!("c": "parser.c"),
            Language::Python => files!("python": "parser.py"),
            Language::Javascript => files!("javascript": "parser.js"),
        }
    }

    /// Files that are the same for every plugin.
    pub(super) fn helpers(self) -> &'static [File] {
        match self {
            Language::Rust => &[],
            Language::C => files!("c": "columns.h", "columns.c"),
            Language::Python => files!("python": "columns.py"),
            Language::Javascript => files!("javascript": "columns.js", "package.json"),
        }
    }
}
