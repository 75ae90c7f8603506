//! Prints what the program itself knows, for people or as JSON.

use serde::Serialize;

use crate::options::Options;
use outparse::error::Error;
use outparse_formats::output::Format;

/// Prints text, or with `--format json` the same as JSON.
pub(crate) fn print(options: &Options, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Error> {
    if as_json(options)? {
        let json = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
        return crate::printing::saying::print(&format!("{json}\n"));
    }
    crate::printing::saying::print(&text())
}

/// Whether JSON is asked for.
pub(crate) fn as_json(options: &Options) -> Result<bool, Error> {
    match options.show.format {
        None | Some(Format::Table) => Ok(false),
        Some(Format::Json) => Ok(true),
        Some(_) => Err(Error::Usage("this is printed for people or with `--format json`".to_owned())),
    }
}
