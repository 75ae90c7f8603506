//! `outparse plugin add`: fetches a component, checks it, compiles it once, and installs it.

use crate::cli::{print, say};
use crate::error::Error;
use crate::fetch::{Reference, Terms};
use crate::registry::{Added, Addition, Config, bundled, sha256};
use crate::sandbox::Code;
use crate::schema::About;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// A file, `https://…`, `oci://HOST/REPOSITORY[:TAG|@DIGEST]`, or `HOST/REPOSITORY:TAG`
    #[arg(value_name = "REFERENCE")]
    reference: String,
    /// Put it in the place of another plugin of the same name
    #[arg(long)]
    replace: bool,
    /// Install it only if this is its SHA-256
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<String>,
    /// Fetch it without encryption, also from another machine
    #[arg(long)]
    insecure: bool,
}

/// Installs a plugin. Returns the exit status.
pub(super) fn add(arguments: &Arguments) -> Result<u8, Error> {
    let config = Config::read()?;
    let limits = config.limits();
    let reference = Reference::parse(&arguments.reference)?;
    let fetched = reference.fetch(Terms::new(limits.component, arguments.insecure))?;
    let digest = sha256(&fetched.bytes);
    if let Some(wanted) = &arguments.sha256
        && wanted.strip_prefix("sha256:").unwrap_or(wanted) != digest
    {
        return Err(Error::Declined { why: format!("`{}` has SHA-256 {digest}, not {wanted}", fetched.origin), hint: None });
    }
    let sandbox = config.sandbox()?;
    let plugin = sandbox.load(Code::Component { origin: &fetched.origin, bytes: &fetched.bytes })?;
    let about = plugin.about();
    check_name(about)?;
    let addition = Addition { about, bytes: &fetched.bytes, origin: fetched.origin, manifest: fetched.manifest };
    let what = format!("{} {} ({})", about.name, about.version, &digest[..12]);
    let commands = about.commands.join(", ");
    print(&match Config::install(&addition, arguments.replace)? {
        Added::New => format!("installed {what}, which reads {commands}\n"),
        Added::Same => format!("{what} is installed already\n"),
        Added::Replaced(version, before) => format!("installed {what} in the place of {version} ({})\n", &before[..12]),
    })?;
    if about.commands.is_empty() {
        say("it names no command: it is used where `--plugin`, a project, or the configuration names it");
    }
    Ok(0)
}

/// An installed plugin is never taken for a bundled one.
fn check_name(about: &About) -> Result<(), Error> {
    let taken = bundled().iter().find(|bundled| bundled.name == about.name || bundled.dialect == about.name);
    taken.map_or(Ok(()), |bundled| {
        let whose = if bundled.name == about.name { "a bundled plugin" } else { "the dialect of a bundled plugin" };
        Err(Error::Declined {
            why: format!("`{}` is the name of {whose}", about.name),
            hint: Some(
                "give the plugin a name of its own; it is tried before the bundled ones on the platforms it names".to_owned(),
            ),
        })
    })
}
