//! `outparse plugin …`: a file for each thing that can be done with plugins.

mod add;
mod capture;
mod export;
mod list;
mod metadata;
mod push;
mod remove;
mod show;

use clap::Subcommand;

use super::options::Options;
use crate::error::Error;

#[derive(Subcommand, Debug)]
pub(super) enum Plugin {
    /// List the plugins and the commands they read
    List,
    /// Show what a plugin is: fields, platforms, digest, origin, who made it
    Show(show::Arguments),
    /// Install a plugin from a file, a URL, or a registry
    Add(add::Arguments),
    /// Remove an installed plugin
    Remove(remove::Arguments),
    /// Write the component of a plugin to a file
    Export(export::Arguments),
    /// Publish a plugin in a registry
    Push(push::Arguments),
    /// Run a command and keep what it prints as a fixture of the plugin in this folder
    Capture(capture::Arguments),
}

/// Does it. Returns the exit status.
pub(super) fn plugin(options: &Options, what: &Plugin) -> Result<u8, Error> {
    match what {
        Plugin::List => list::list(options),
        Plugin::Show(arguments) => show::show(options, arguments),
        Plugin::Add(arguments) => add::add(arguments),
        Plugin::Remove(arguments) => remove::remove(arguments),
        Plugin::Export(arguments) => export::export(arguments),
        Plugin::Push(arguments) => push::push(arguments),
        Plugin::Capture(arguments) => capture::capture(options, arguments),
    }
}
