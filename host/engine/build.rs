//! Builds the plugins that ship with the program: to WebAssembly, to components, to machine code, and into the binary with an
//! index of what they parse. The first run then compiles nothing, and loads only the plugin it uses.

#![allow(missing_docs, reason = "a build script has no public items")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use bindings::exports::outparse::plugin::parser::{Description, DescriptionOfParser};
use cargo_metadata::{CrateType, Message, MetadataCommand, Package};
use initial::initial;
use sha2::{Digest, Sha256};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};
use zstd_safe::{CCtx, CParameter, get_error_name};

#[path = "sandbox/bindings.rs"]
mod bindings;
#[path = "sandbox/engine.rs"]
mod engine;
#[path = "registry/initial.rs"]
mod initial;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The plugin that lies in the binary as it is. All plugins share most of the SDK and much of what is compiled from it, so that the others
/// are compressed against this one to a fifth of what they are.
const REFERENCE: &str = "outparse_df_gnu";

/// How hard the compressor tries. For what is handed out, the profile `dist`, it takes its time: that saves a twelfth. Cargo tells the
/// profile's name in the folder alone.
fn level(out: &Path) -> i32 {
    if out.iter().any(|part| part == "dist") { 19 } else { 9 }
}

/// Bytes of heap that a bundled plugin has from the start.
const HEAP: usize = 1 << 20;

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    watch(&root)?;
    println!("cargo::rustc-check-cfg=cfg(without_plugins)");
    let modules = if is_only_linted() {
        println!("cargo::rustc-cfg=without_plugins");
        Vec::new()
    } else {
        check_wasm_target()?;
        build_plugins(&root, &out)?
    };
    let mut plugins = modules.iter().map(|module| Plugin::make(module, &out)).collect::<Result<Vec<_>>>()?;
    pack(&plugins, level(&out))?;
    plugins.sort_by(|a, b| a.description.name.cmp(&b.description.name));
    fs::write(out.join("bundled.rs"), index(&plugins)?).context("writing the index of plugins")
}

/// Tells cargo to watch everything that the plugins are made of. Fixtures are left out, because a new one needs no build, and so
/// are catalogues, which are built separately and have files that change with each build.
fn watch(root: &Path) -> Result<()> {
    let mut folders = vec![root.join("plugins"), root.join("wit")];
    println!("cargo::rerun-if-changed={}", root.join("Cargo.lock").display());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "fixtures" && name != "catalogues") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| ["rs", "toml", "wit"].iter().any(|&known| extension == known)) {
                println!("cargo::rerun-if-changed={}", path.display());
            }
        }
    }
    Ok(())
}

/// Whether this build is only for clippy, which runs build scripts of its own and never runs what it builds. It needs no plugins;
/// building them for it would be building them a second time.
fn is_only_linted() -> bool {
    env::var_os("RUSTC_WORKSPACE_WRAPPER")
        .is_some_and(|wrapper| Path::new(&wrapper).file_stem().is_some_and(|name| name == "clippy-driver"))
}

/// A missing target makes the compiler complain about a missing `core`; this says what to do instead.
fn check_wasm_target() -> Result<()> {
    let rustc = env::var_os("RUSTC").context("cargo sets RUSTC")?;
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", WASM_TARGET]).output()?;
    let libdir = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    ensure!(
        libdir.is_dir(),
        "the plugins need Rust's `{WASM_TARGET}` target, which is not installed; run `rustup target add {WASM_TARGET}`"
    );
    Ok(())
}

/// The crates below `plugins/`.
fn crates_of_plugins(root: &Path) -> Result<Vec<String>> {
    let workspace =
        MetadataCommand::new().current_dir(root).no_deps().exec().context("asking cargo for the workspace's crates")?;
    let plugins = root.join("plugins");
    let below = |package: &Package| package.manifest_path.as_std_path().starts_with(&plugins);
    Ok(workspace.packages.into_iter().filter(below).map(|package| package.name.to_string()).collect())
}

/// A folder that all builds of this checkout share. A plugin's WebAssembly does not depend on the machine that the program is
/// built for, so it is built only once.
fn shared_folder<'a>(out: &'a Path, target: &str) -> &'a Path {
    // Up from `<profile>/build/<package>/out`, and out of the target's folder too, if a target was asked for.
    let builds = out.ancestors().nth(4).unwrap_or(out);
    if builds.ends_with(target) { builds.parent().unwrap_or(builds) } else { builds }
}

/// What the compiler is told for each plugin.
fn flags_for_plugins() -> Result<Vec<String>> {
    // A plugin has enough memory for a small capture from the start: growing it means asking the system, in every session.
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned(), format!("-Clink-arg=--initial-heap={HEAP}")];
    // Panics name files of crates. Their folder is named the same everywhere, so that a plugin has the same digest wherever it was built.
    let cargo = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .context("there is neither a `CARGO_HOME` nor a home")?;
    let Ok(registries) = fs::read_dir(cargo.join("registry/src")) else { return Ok(flags) };
    for registry in registries {
        flags.push(format!("--remap-path-prefix={}=/crates", registry?.path().display()));
    }
    flags[2..].sort();
    Ok(flags)
}

/// Compiles every plugin of the workspace. The crates that are plugins are those whose artifact is a `cdylib`.
fn build_plugins(root: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    let cargo = env::var_os("CARGO").context("cargo sets CARGO")?;
    let mut build = Command::new(cargo)
        .current_dir(root)
        .args(["build", "--lib", "--profile", "plugin", "--target", WASM_TARGET])
        .args(crates_of_plugins(root)?.into_iter().flat_map(|name| ["--package".to_owned(), name]))
        .args(["--message-format", "json-render-diagnostics", "--target-dir"])
        .arg(shared_folder(out, &env::var("TARGET")?).join("plugins"))
        // Instead of what is set for this machine's own code, which is not meant for the plugins.
        .env("CARGO_ENCODED_RUSTFLAGS", flags_for_plugins()?.join("\u{1f}"))
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .stdout(Stdio::piped())
        .spawn()
        .context("running cargo for the plugins")?;
    let messages = BufReader::new(build.stdout.take().context("cargo's output is piped")?);
    let mut modules = Vec::new();
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message?
            && artifact.target.crate_types.contains(&CrateType::CDyLib)
        {
            modules.extend(
                artifact.filenames.into_iter().map(PathBuf::from).filter(|file| file.extension().is_some_and(|e| e == "wasm")),
            );
        }
    }
    if !build.wait()?.success() {
        bail!("the plugins do not compile: the errors are above");
    }
    Ok(modules)
}

/// One plugin, ready to be put into the binary.
struct Plugin {
    component: PathBuf,
    sha256: String,
    compiled: PathBuf,
    description: Description,
}

impl Plugin {
    fn make(module: &Path, out: &Path) -> Result<Plugin> {
        let name = module.file_stem().and_then(|stem| stem.to_str()).context("cargo names files in UTF-8")?;
        let failed = || format!("making a component of `{name}`");
        let bytes = wit_component::ComponentEncoder::default().validate(true).module(&fs::read(module)?).with_context(failed)?;
        let bytes = { bytes }.encode().with_context(failed)?;
        // Not for this machine's processor but for any of the target: the binary may be run elsewhere.
        let mut config = engine::config();
        config.target(&env::var("TARGET")?)?;
        let engine = Engine::new(&config)?;

        let file = |extension: &str| out.join(name).with_extension(extension);
        let (component, compiled) = (file("component.wasm"), file("cwasm"));
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        // Most plugins are as the last build left them, and compiling all of them takes most of a minute.
        once(&file("made-of"), &format!("{sha256} {:016x}", compatibility(&engine)), || {
            let code = engine
                .precompile_component(&bytes)
                .map_err(anyhow::Error::from)
                .with_context(|| format!("compiling `{name}`"))?;
            fs::write(&component, &bytes)?;
            Ok(fs::write(&compiled, &code)?)
        })?;
        let description = describe(&bytes, &compiled).with_context(|| format!("asking `{name}` what it is"))?;
        Ok(Plugin { component, sha256, compiled, description })
    }

    fn is_reference(&self) -> bool {
        self.compiled.file_stem().is_some_and(|name| name == REFERENCE)
    }
}

/// Does what makes files, unless the last build has made them of the same.
fn once(stamp: &Path, made_of: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|last| last == made_of) {
        return Ok(());
    }
    // Not to be believed if this is interrupted.
    if stamp.exists() {
        fs::remove_file(stamp)?;
    }
    make()?;
    Ok(fs::write(stamp, made_of)?)
}

/// Compresses all plugins but the reference.
fn pack(plugins: &[Plugin], level: i32) -> Result<()> {
    let Some(reference) = plugins.iter().find(|plugin| plugin.is_reference()) else {
        ensure!(plugins.is_empty(), "there is no plugin `{REFERENCE}`, against which the others are compressed");
        return Ok(());
    };
    let (component, compiled) = (fs::read(&reference.component)?, fs::read(&reference.compiled)?);
    for plugin in plugins.iter().filter(|plugin| !plugin.is_reference()) {
        let made_of =
            format!("{}\n{}\n{level}", fs::read_to_string(plugin.compiled.with_extension("made-of"))?, reference.sha256);
        once(&plugin.compiled.with_extension("packed-of"), &made_of, || {
            for (file, against) in [(&plugin.component, &component), (&plugin.compiled, &compiled)] {
                fs::write(packed(file), compress(&fs::read(file)?, against, level)?)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn packed(file: &Path) -> PathBuf {
    file.with_added_extension("zst")
}

fn compress(bytes: &[u8], against: &[u8], level: i32) -> Result<Vec<u8>> {
    let failed = |code| anyhow!("compressing a plugin: {}", get_error_name(code));
    let mut context = CCtx::create();
    let mut compressed = Vec::with_capacity(zstd_safe::compress_bound(bytes.len()));
    // The default for what is as large as a plugin would not look back as far as the reference.
    for parameter in [CParameter::CompressionLevel(level), CParameter::WindowLog(23)] {
        context.set_parameter(parameter).map_err(failed)?;
    }
    context.ref_prefix(against).map_err(failed)?;
    context.compress2(&mut compressed, bytes).map_err(failed)?;
    Ok(compressed)
}

/// What compiled code has to agree with an engine in: its settings and the version of wasmtime.
fn compatibility(engine: &Engine) -> u64 {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

/// Runs a plugin's `about`.
fn describe(component: &[u8], compiled: &Path) -> Result<Description> {
    let engine = Engine::new(&engine::config())?;
    let component = if env::var("TARGET")? == env::var("HOST")? {
        #[allow(unsafe_code, reason = "this build made the file")]
        unsafe {
            Component::deserialize_file(&engine, compiled)?
        }
    } else {
        Component::new(&engine, component)?
    };
    let mut store = Store::new(&engine, ());
    store.set_epoch_deadline(1);
    let plugin = bindings::Plugin::instantiate(&mut store, &component, &Linker::new(&engine))?;
    Ok(plugin.outparse_plugin_parser().call_about(&mut store)?)
}

/// The index as Rust source: a static array, so that finding a parser touches nothing else.
fn index(plugins: &[Plugin]) -> Result<String> {
    let mut source = String::new();
    if let Some(Plugin { component, compiled, .. }) = plugins.iter().find(|plugin| plugin.is_reference()) {
        writeln!(source, "static COMPONENT: &[u8] = include_bytes!({component:?});")?;
        writeln!(source, "static COMPILED: &[u8] = &PageAligned(*include_bytes!({compiled:?})).0;")?;
    }
    source.push_str("pub(super) static BUNDLED: &[Bundled] = &[\n");
    for plugin in plugins {
        let Plugin { component, sha256, compiled, description } = plugin;
        let Description { name, version, summary, parsers, .. } = description;
        let commands = parsers.iter().flat_map(|parser| &parser.commands);
        let initials = commands.fold(0, |all, command| all | initial(command));
        writeln!(
            source,
            "    Bundled {{ name: {name:?}, version: {version:?}, summary: {summary:?}, initials: {initials:#x}, parsers: &["
        )?;
        for parser in parsers {
            let DescriptionOfParser {
                name,
                summary,
                commands,
                value_options,
                files,
                dialect,
                platforms,
                platform_bound,
                verbatim,
            } = parser;
            writeln!(
                source,
                "        BundledParser {{ name: {name:?}, summary: {summary:?}, commands: &{commands:?}, value_options: \
                 &{value_options:?}, files: &{files:?}, dialect: {dialect:?}, platforms: &{platforms:?}, platform_bound: {platform_bound}, verbatim: {verbatim} }},",
            )?;
        }
        let embedded = |file: &Path, reference: &str| -> Result<String> {
            Ok(if plugin.is_reference() {
                format!("Embedded::Plain({reference})")
            } else {
                let size = fs::metadata(file)?.len();
                format!("Embedded::Packed {{ bytes: include_bytes!({:?}), size: {size}, against: {reference} }}", packed(file))
            })
        };
        let (component, compiled) = (embedded(component, "COMPONENT")?, embedded(compiled, "COMPILED")?);
        writeln!(source, "    ], component: {component}, sha256: {sha256:?}, compiled: {compiled} }},")?;
    }
    source.push_str("];\n");
    Ok(source)
}
