//! `outparse plugin export`: writes the component of a plugin, for use elsewhere.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use super::show::find;
use crate::printing::output_file::OutputFile;
use outparse::error::Error;
use outparse::registry::Config;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The name of a bundled or installed plugin
    #[arg(value_name = "NAME")]
    name: String,
    /// Where to write it
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Writes the component. Returns the exit status.
pub(super) fn export(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let candidate = find(&arguments.name, &config)?;
    let bytes = candidate.component(config.limits().component)?;
    let (output, mut file) = OutputFile::create(&arguments.file)?;
    file.write_all(&bytes).with_context(|| format!("`{}` cannot be written", arguments.file.display()))?;
    output.keep()?;
    Ok(0)
}
