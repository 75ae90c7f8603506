//! `outparse plugin …`: a file for each thing that can be done with plugins.

mod add;
mod audit;
mod build;
mod capture;
mod cosign;
mod export;
mod list;
mod metadata;
mod new;
mod push;
mod remove;
mod search;
mod show;
mod static_list;
mod test;

use clap::Subcommand;

use crate::options::Options;
use outparse::error::Error;

#[derive(Subcommand, Debug)]
pub(crate) enum Plugin {
    /// List the plugins and the commands they read
    #[command(after_help = "Examples:\n  outparse plugin list\n  outparse plugin list --commands")]
    List(list::Arguments),
    /// Show what a plugin is: fields, platforms, digest, origin, who made it
    #[command(after_help = "Examples:\n  outparse plugin show df-gnu\n  outparse plugin show --format json df-gnu")]
    Show(show::Arguments),
    /// Install a plugin from a file, a URL, or a registry
    #[command(
        after_help = "Examples:\n  outparse plugin add oci://ghcr.io/someone/df-mine:1.0\n  outparse plugin add https://example.com/df-mine.wasm"
    )]
    Add(add::Arguments),
    /// Remove an installed plugin
    #[command(after_help = "Examples:\n  outparse plugin add https://example.com/df-mine.wasm; outparse plugin remove df-mine")]
    Remove(remove::Arguments),
    /// Find plugins in an index
    #[command(after_help = "Examples:\n  outparse plugin search --index https://example.com/plugins.json df")]
    Search(search::Arguments),
    /// Say which plugins of those here were withdrawn
    #[command(after_help = "Examples:\n  outparse plugin audit --list https://example.com/withdrawn.json")]
    Audit(audit::Arguments),
    /// Write the component of a plugin to a file
    #[command(after_help = "Examples:\n  outparse plugin export df-gnu df-gnu.wasm")]
    Export(export::Arguments),
    /// Publish a plugin in a registry
    #[command(after_help = "Examples:\n  outparse plugin push ./df-mine.wasm oci://ghcr.io/someone/df-mine:1.0")]
    Push(push::Arguments),
    /// Run a command and keep what it prints as a fixture of the plugin in this folder
    #[command(after_help = "Examples:\n  outparse plugin capture df -k\n  outparse plugin capture --name busy df -h")]
    Capture(capture::Arguments),
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

impl Plugin {
    /// What `outparse plugin` alone does.
    pub(crate) fn listed() -> Plugin {
        Plugin::List(list::Arguments::default())
    }
}

/// Does what is asked for. Returns the exit status.
pub(crate) fn plugin(options: &Options, what: &Plugin) -> Result<u8, Error> {
    match what {
        Plugin::List(arguments) => list::list(options, arguments),
        Plugin::Show(arguments) => show::show(options, arguments),
        Plugin::Add(arguments) => add::add(arguments),
        Plugin::Remove(arguments) => remove::remove(arguments),
        Plugin::Search(arguments) => search::search(options, arguments),
        Plugin::Audit(arguments) => audit::audit(options, arguments),
        Plugin::Export(arguments) => export::export(arguments),
        Plugin::Push(arguments) => push::push(arguments),
        Plugin::Capture(arguments) => capture::capture(options, arguments),
        Plugin::New(arguments) => new::new(options, arguments),
        Plugin::Build(arguments) => build::build(arguments),
        Plugin::Test(arguments) => test::test(arguments),
    }
}
