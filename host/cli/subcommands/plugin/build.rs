//! `outparse plugin build`: makes a plugin's component with its language's tools.

use std::path::{Path, PathBuf};

use crate::printing::saying::print;
use outparse::error::Error;
use outparse::registry::Config;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The plugin's folder
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

/// Builds, tries the component in the sandbox, and says what it is. Returns the exit status.
pub(super) fn build(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let built = outparse_authoring::build(&arguments.folder, &config.sandbox()?)?;
    let about = &built.about;
    let plain = |path: &Path| path.strip_prefix(".").unwrap_or(path).display().to_string();
    let component = plain(&built.component);
    let size = match built.size {
        bytes @ ..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    };
    let (name, version) = (&about.plugin, &about.version);
    let whose = about.catalogue.as_ref().map(|whose| format!(" of {whose}")).unwrap_or_default();
    let makes = match built.parsers {
        1 if about.schema.open => "fields that the data decides".to_owned(),
        1 => format!("{} fields", about.schema.fields.len()),
        parsers => format!("{parsers} parsers{whose}"),
    };
    let next = format!("outparse plugin test {}", plain(&arguments.folder));
    print(&format!("built `{component}`: {name} {version}, {size}, {makes}, no imports\nnext: {}\n", next.trim_end()))?;
    Ok(0)
}
