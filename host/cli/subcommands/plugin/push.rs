//! `outparse plugin push`: publishes a plugin in a registry, where `plugin add` finds it.

use super::show::find;
use crate::printing::saying::print;
use outparse::error::Error;
use outparse::registry::Config;
use outparse::sandbox::Code;
use outparse_fetch::{Component, Reference, Terms};

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The name of a bundled or installed plugin, or a component's file
    #[arg(value_name = "NAME|FILE")]
    plugin: String,
    /// Where to: `oci://HOST/REPOSITORY:TAG`
    #[arg(value_name = "REFERENCE")]
    reference: String,
    /// Speak to the registry without encryption, also on another machine
    #[arg(long)]
    insecure: bool,
}

/// Publishes it, if it is a plugin. Returns the exit status.
pub(super) fn push(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let reference = Reference::parse(&arguments.reference)?;
    let sandbox = config.sandbox()?;
    let candidate = find(&arguments.plugin, &config)?;
    let bytes = candidate.component(config.limits().component)?;
    let plugin = sandbox.load(Code::Component { origin: &arguments.plugin, bytes: &bytes })?;
    let (about, exports) = (plugin.description(), plugin.exports());
    let component = Component { name: &about.name, version: &about.version, exports: &exports, bytes: &bytes };
    let digest = reference.publish(&component, Terms::new(config.limits().component, arguments.insecure))?;
    print(&format!("published {} {} as {reference}@{digest}\n", about.name, about.version))?;
    Ok(0)
}
