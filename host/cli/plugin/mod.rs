//! `outparse plugin …`: a file for each thing that can be done with plugins.

mod build;
mod list;
mod new;
mod test;

use clap::Subcommand;

use crate::error::Error;

#[derive(Subcommand, Debug)]
pub(super) enum Plugin {
    /// List the plugins and the commands they read
    #[command(after_help = "Examples:\n  outparse plugin list")]
    List,
    /// Write a new plugin: a project in Rust, C, Python or JavaScript, with a first fixture
    New(new::Arguments),
    /// Build a plugin's component with its language's tools
    Build(build::Arguments),
    /// Parse a plugin's fixtures, and compare with what is expected
    Test(test::Arguments),
}

/// Does it. Returns the exit status.
pub(super) fn plugin(what: &Plugin) -> Result<u8, Error> {
    match what {
        Plugin::List => list::list(),
        Plugin::New(arguments) => new::new(arguments),
        Plugin::Build(arguments) => build::build(arguments),
        Plugin::Test(arguments) => test::test(arguments),
    }
}
