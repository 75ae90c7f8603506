//! `--output FILE`: written beside the file and renamed at the end, so that it is never seen half-written.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use outparse::error::Error;
use outparse_formats::output::{Database, Format};

/// A file that is being written. If it is dropped before it is kept, it is removed, and what was there before is untouched.
pub(crate) struct OutputFile {
    /// What `--output` names, links followed.
    path: PathBuf,
    /// What is written. None when that is the path itself: a device or a pipe has nothing beside it.
    beside: Option<PathBuf>,
    /// The database, if rows are added to one instead.
    database: Option<Database>,
}

impl OutputFile {
    /// Opens it for writing.
    pub(crate) fn create(path: &Path) -> anyhow::Result<(OutputFile, File)> {
        open(path).with_context(|| format!("`{}` cannot be written", path.display()))
    }

    /// The same for a run that may write several: the errors of writing say which.
    pub(crate) fn create_named(path: &Path) -> anyhow::Result<(OutputFile, NamedFile)> {
        let (output, file) = OutputFile::create(path)?;
        Ok((output, NamedFile { path: path.to_owned(), file }))
    }

    /// A run that is added to a database.
    pub(crate) fn database(database: Database) -> OutputFile {
        OutputFile { path: PathBuf::new(), beside: None, database: Some(database) }
    }

    /// Puts it in its place. It must have been written to its end.
    pub(crate) fn keep(mut self) -> anyhow::Result<()> {
        if let Some(database) = &self.database {
            return database.keep();
        }
        let Some(beside) = self.beside.take() else { return Ok(()) };
        fs::rename(&beside, &self.path)
            .inspect_err(|_| remove(&beside))
            .with_context(|| format!("`{}` cannot be written", self.path.display()))
    }

    /// What is to be removed when we end at once.
    pub(crate) fn beside(&self) -> Option<&Path> {
        self.beside.as_deref()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            remove(beside);
        }
    }
}

/// A file that is written, whose errors name it: a disk that is full says nothing of that.
pub(crate) struct NamedFile {
    path: PathBuf,
    file: File,
}

impl NamedFile {
    fn named<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| io::Error::new(error.kind(), format!("`{}` cannot be written: {error}", self.path.display())))
    }
}

impl Write for NamedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.named(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.named(flushed)
    }
}

fn open(path: &Path) -> io::Result<(OutputFile, File)> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&path).ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        let file = OpenOptions::new().write(true).open(&path)?;
        return Ok((OutputFile { path, beside: None, database: None }, file));
    }
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(hidden);
    let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let output = OutputFile { path, beside: Some(beside), database: None };
    if let Some(before) = before {
        file.set_permissions(Permissions::clone(&before.permissions()))?;
    }
    Ok((output, file))
}

pub(crate) fn remove(beside: &Path) {
    // Nothing more can be done about it.
    let _ = fs::remove_file(beside);
}

/// The format that the extension of an option's file stands for.
pub(crate) fn format_of(path: &Path, option: &str) -> Result<Format, Error> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Ok(match extension.as_deref() {
        Some("json") | None => Format::Json,
        Some("jsonl" | "ndjson") => Format::Jsonl,
        Some("csv") => Format::Csv,
        Some("tsv") => Format::Tsv,
        Some("yaml" | "yml") => Format::Yaml,
        Some("md") => Format::Markdown,
        Some("arrow" | "arrows") => Format::Arrow,
        Some("parquet") => Format::Parquet,
        Some("prom") => Format::Prometheus,
        Some("txt") => Format::Table,
        Some(other) => {
            let known = ".json, .jsonl, .csv, .tsv, .yaml, .md, .arrow, .parquet, .prom, .txt";
            return Err(Error::Usage(format!("`{option}`: no format is called `.{other}`; there are {known}")));
        }
    })
}
