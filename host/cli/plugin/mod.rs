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
    #[command(
        after_help = "Examples:\n  outparse plugin new df-mine --capture 'df -k'\n  outparse plugin new lsblk-python --command lsblk --lang python"
    )]
    New(new::Arguments),
    /// Build a plugin's component with its language's tools
    #[command(after_help = "Examples:\n  outparse plugin build df-mine")]
    Build(build::Arguments),
    /// Parse a plugin's fixtures, and compare with what is expected
    #[command(after_help = "Examples:\n  outparse plugin test df-mine --bless\n  outparse plugin test df-mine --watch")]
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
