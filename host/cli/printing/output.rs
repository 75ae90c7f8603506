//! Where bytes are written: standard output, or a file.

use std::io::{self, Write};
use std::os::fd::AsFd;

use anyhow::Context;

use crate::options::Options;
use crate::printing::output_file::OutputFile;

/// What bytes are written to.
pub(crate) type Out = Box<dyn Write + Send>;

/// Opens what is printed to: the file of `--output`, to be kept when all went well, or standard output.
pub(crate) fn open(options: &Options) -> anyhow::Result<(Option<OutputFile>, Out)> {
    Ok(match options.show.output.as_deref().map(OutputFile::create_named).transpose()? {
        Some((file, out)) => (Some(file), Box::new(out)),
        None => (None, standard_output()?),
    })
}

/// Our standard output without the line buffer of the standard library: batches are written whole.
pub(crate) fn standard_output() -> anyhow::Result<Out> {
    let fd = io::stdout().as_fd().try_clone_to_owned().context("opening standard output")?;
    Ok(Box::new(std::fs::File::from(fd)))
}

pub(crate) fn terminal_width() -> Option<u16> {
    terminal_size::terminal_size().map(|(width, _)| width.0)
}
