//! `outparse plugin build`: makes a plugin's component with its language's tools.

use std::path::PathBuf;

use crate::author;
use crate::cli::print;
use crate::error::Error;
use crate::registry::Config;
use crate::sandbox::Sandbox;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The plugin's folder
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

/// Builds, tries the component in the sandbox, and says what it is. Returns the exit status.
pub(super) fn build(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let built = author::build(&arguments.folder, &Sandbox::with_store(config.limits(), Config::store())?)?;
    let about = &built.about;
    let component = built.component.display();
    let size = match built.size {
        bytes @ ..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    };
    let folder = arguments.folder.display();
    print(&format!(
        "built `{component}`: {} {}, {size}, {} fields, no imports\nnext: outparse plugin test {folder}\n",
        about.name,
        about.version,
        about.schema.fields.len(),
    ))?;
    Ok(0)
}
