//! `outparse plugin add`: fetches a component, checks it, compiles it once, and installs it.

use std::sync::Arc;

use super::cosign;
use crate::printing::saying::{print, say};
use outparse::error::Error;
use outparse::registry::{Added, Addition, Config, bundled, sha256};
use outparse::sandbox::{Bundled, Code};
use outparse::schema::Description;
use outparse_fetch::{Reference, Terms};

/// Components with more bytes take the compiler some seconds.
const LARGE: usize = 8_000_000;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
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
    if let Some(arguments) = &config.trusted().cosign {
        cosign::verify(&reference, fetched.manifest.as_deref(), arguments)?;
    }
    let digest = sha256(&fetched.bytes);
    if let Some(wanted) = &arguments.sha256
        && wanted.strip_prefix("sha256:").unwrap_or(wanted) != digest
    {
        return Err(Error::Declined { why: format!("`{}` has SHA-256 {digest}, not {wanted}", fetched.origin), hint: None });
    }
    let sandbox = config.sandbox()?;
    if fetched.bytes.len() > LARGE {
        say(format_args!("compiling {} MB, once: later runs load what comes of it", fetched.bytes.len() / 1_000_000));
    }
    let plugin = sandbox.load(Code::Component { origin: &fetched.origin, bytes: &fetched.bytes })?;
    let about = Arc::clone(plugin.description());
    check_name(&about)?;
    // What each parser says about its records must make sense too.
    let mut plugin = plugin;
    (0..about.parsers.len()).try_for_each(|parser| plugin.about(parser).map(drop))?;
    let addition = Addition { about: &about, bytes: &fetched.bytes, origin: fetched.origin, manifest: fetched.manifest };
    let what = format!("{} {} ({})", about.name, about.version, &digest[..12]);
    let reads: Vec<&str> =
        about.parsers.iter().flat_map(|parser| parser.commands.iter().chain(&parser.files)).map(String::as_str).collect();
    let commands = match reads.len() {
        0..=20 => reads.join(", "),
        many => format!("{many} commands and files"),
    };
    print(&match Config::install(&addition, arguments.replace)? {
        Added::New => format!("installed {what}, which reads {commands}\n"),
        Added::Same => format!("{what} is installed already\n"),
        Added::Replaced(version, before) => format!("installed {what} in the place of {version} ({})\n", &before[..12]),
    })?;
    if let Some(whose) = &about.catalogue {
        let name = &about.name;
        say(format_args!("its parsers are asked after all others, or with `--plugin {name}`; values are as {whose} has them"));
    }
    if reads.is_empty() {
        say("it names no command: it is used where `--plugin`, a project, or the configuration names it");
    }
    Ok(0)
}

/// Refuses a name by which the plugin could be taken for a bundled one.
fn check_name(about: &Description) -> Result<(), Error> {
    let is_dialect = |bundled: &Bundled| bundled.parsers.iter().any(|parser| parser.dialect == about.name);
    let taken = bundled().iter().find(|bundled| bundled.name == about.name || is_dialect(bundled));
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
