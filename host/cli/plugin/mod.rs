//! `outparse plugin …`: a file for each thing that can be done with plugins.

mod list;

use clap::Subcommand;

use crate::error::Error;

#[derive(Subcommand, Debug)]
pub(super) enum Plugin {
    /// List the plugins and the commands they read
    #[command(after_help = "Examples:\n  outparse plugin list")]
    List,
}

/// Does it. Returns the exit status.
pub(super) fn plugin(what: &Plugin) -> Result<u8, Error> {
    match what {
        Plugin::List => list::list(),
    }
}
