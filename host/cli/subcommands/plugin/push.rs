//! `outparse plugin push`: publishes a plugin in a registry, where `plugin add` finds it.

use super::metadata::Metadata;
use super::show::find;
use crate::printing::saying::print;
use outparse::error::Error;
use outparse::registry::Config;
use outparse::sandbox::Code;
use outparse::schema::{Description, Parser};
use outparse_fetch::{Component, Reference, Terms};

/// What a component's own sections say, and the annotations of OCI that registries show it by.
const SAID: [(&str, &str); 5] = [
    ("authors", "org.opencontainers.image.authors"),
    ("licenses", "org.opencontainers.image.licenses"),
    ("revision", "org.opencontainers.image.revision"),
    ("source", "org.opencontainers.image.source"),
    ("homepage", "org.opencontainers.image.url"),
];

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

/// Publishes a component, if it is a plugin. Returns the exit status.
pub(super) fn push(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let reference = Reference::parse(&arguments.reference)?;
    let sandbox = config.sandbox()?;
    let candidate = find(&arguments.plugin, &config)?;
    let bytes = candidate.component(config.limits().component)?;
    let plugin = sandbox.load(Code::Component { origin: &arguments.plugin, bytes: &bytes })?;
    let (about, exports) = (plugin.description(), plugin.exports());
    let annotations = annotations(about, &Metadata::read(&bytes), &exports);
    let component = Component { name: &about.name, version: &about.version, exports: &exports, annotations, bytes: &bytes };
    let digest = reference.publish(&component, Terms::new(config.limits().component, arguments.insecure))?;
    print(&format!("published {} {} as {reference}@{digest}\n", about.name, about.version))?;
    Ok(0)
}

/// What a registry is told about a plugin: what its sections say under the names that OCI has for it, and what it reads under
/// names of ours.
fn annotations(about: &Description, metadata: &Metadata, exports: &[String]) -> Vec<(String, String)> {
    let said = |kind: &str| metadata.said.get(kind).cloned();
    let description = said("description").unwrap_or_else(|| about.summary.clone());
    let mut annotations = vec![("org.opencontainers.image.description", description)];
    annotations.extend(SAID.iter().filter_map(|&(kind, name)| Some((name, said(kind)?))));
    // Each once, in their order.
    let all = |of: fn(&Parser) -> &[String]| {
        let mut all: Vec<&str> = Vec::new();
        for word in about.parsers.iter().flat_map(of) {
            if !all.contains(&word.as_str()) {
                all.push(word);
            }
        }
        all.join(",")
    };
    let ours = [
        ("outparse.plugin.commands", all(|parser| &parser.commands)),
        ("outparse.plugin.files", all(|parser| &parser.files)),
        ("outparse.plugin.dialects", all(|parser| std::slice::from_ref(&parser.dialect))),
        ("outparse.plugin.platforms", all(|parser| &parser.platforms)),
        (
            "outparse.plugin.interface",
            exports.iter().filter(|export| export.starts_with("outparse:")).cloned().collect::<Vec<_>>().join(","),
        ),
    ];
    annotations.extend(ours.into_iter().filter(|(_, text)| !text.is_empty()));
    annotations.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}
