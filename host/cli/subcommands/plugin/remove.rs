//! `outparse plugin remove`: removes an installed plugin.

use crate::printing::saying::print;
use outparse::error::Error;
use outparse::registry::{Config, bundled};

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The plugin's name
    #[arg(value_name = "NAME")]
    name: String,
}

/// Removes a plugin. Returns the exit status.
pub(super) fn remove(arguments: &Arguments) -> Result<u8, Error> {
    let name = &arguments.name;
    let Some(removed) = Config::uninstall(name)? else {
        let hint = if bundled().iter().any(|bundled| bundled.name == name) {
            "it is part of the program; `[parsers]` in the configuration chooses another for a command"
        } else {
            "`outparse plugin list` shows what is"
        };
        return Err(Error::Declined { why: format!("no plugin `{name}` is installed"), hint: Some(hint.to_owned()) });
    };
    print(&format!("removed {} {}\n", removed.name, outparse::words::plain(&removed.version, 200)))?;
    Ok(0)
}
