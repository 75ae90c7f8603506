//! Builds a plugin with its language's tools, and tries what comes of it in the sandbox.

use std::ffi::OsStr;
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::bindings;
use super::language::Language;
use super::manifest::Manifest;
use super::{packages, project, tools};
use outparse::error::Error;
use outparse::registry::Candidate;
use outparse::sandbox::{Sandbox, as_component};
use outparse::schema::About;

/// Where the tools put what they make along the way.
const BUILD: &str = "build";

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A plugin that was built, and works.
#[derive(Debug)]
pub struct Built {
    /// The component.
    pub component: PathBuf,
    /// Its bytes.
    pub size: usize,
    /// How many parsers it has.
    pub parsers: usize,
    /// What the first of them says it is.
    pub about: Arc<About>,
}

/// Builds the plugin in a folder. What the tools say goes to standard error.
pub fn build(folder: &Path, sandbox: &Sandbox) -> Result<Built, Error> {
    let manifest = Manifest::read(folder)?;
    let (made, output) = match &manifest {
        None => {
            let module = rust(folder)?;
            let output = module.with_extension("component.wasm");
            (module, output)
        }
        Some(manifest) => {
            let made = match manifest.language {
                Language::Rust => rust(folder)?,
                Language::C => c(folder)?,
                Language::Python => python(folder, manifest)?,
                Language::Javascript => javascript(folder, &manifest.source)?,
            };
            (made, folder.join(&manifest.output))
        }
    };
    let module = fs::read(&made).with_context(|| format!("`{}` cannot be read", made.display()))?;
    let component = as_component(&module).map_err(|fault| anyhow::anyhow!("`{}` {fault}", made.display()))?;
    // Beside the output first: a component that does not work must not replace one that does.
    let beside = output.with_extension("new.wasm");
    fs::write(&beside, &component).with_context(|| format!("`{}` cannot be written", beside.display()))?;
    let tried = Candidate::File(beside.clone(), None).load(sandbox).and_then(|mut plugin| {
        let parsers = plugin.description().parsers.len();
        plugin.about(0).map(|about| (parsers, about))
    });
    let (parsers, about) = tried.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })?;
    fs::rename(&beside, &output).with_context(|| format!("`{}` cannot be written", output.display()))?;
    Ok(Built { component: output, size: component.len(), parsers, about })
}

/// Whether a change of this file, relative to the plugin's folder, calls for another build.
pub fn is_source(path: &Path) -> bool {
    let made = ["build", "target", "node_modules", ".venv", "__pycache__", "fixtures"];
    let in_made = path.components().any(|part| made.iter().any(|name| part.as_os_str() == *name));
    let extension = path.extension().and_then(OsStr::to_str);
    !in_made && extension.is_some_and(|extension| ["rs", "toml", "c", "h", "py", "js", "wit", "textfsm"].contains(&extension))
}

/// The folder for what is made along the way.
fn build_folder(folder: &Path) -> Result<PathBuf> {
    let build = folder.join(BUILD);
    fs::create_dir_all(&build).with_context(|| format!("`{}` cannot be made", build.display()))?;
    Ok(build)
}

/// A core module with the world embedded, by cargo.
fn rust(folder: &Path) -> Result<PathBuf, Error> {
    let mut cargo = tools::cargo(folder)?;
    let manifest = folder.join("Cargo.toml");
    cargo
        .args(["build", "--lib", "--target", WASM_TARGET, "--profile", profile(folder)?])
        .args(["--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(&manifest)
        // What is set for this machine's own code is not meant for plugins.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Ctarget-feature=+simd128")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    tracing::debug!("running {cargo:?}");
    let mut child = cargo.spawn().context("`cargo` cannot be run")?;
    let messages = child.stdout.take().context("its output is piped")?;
    let mut module = None;
    for line in std::io::BufReader::new(messages).lines() {
        let line = line.context("reading what `cargo` says")?;
        // Anything else on its standard output is not for us.
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        let is_library =
            message["target"]["crate_types"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "cdylib"));
        if let (true, Some(file)) = (is_library, files.map(Path::new).find(|file| file.extension() == Some(OsStr::new("wasm")))) {
            module = Some(file.to_owned());
        }
    }
    let status = child.wait().context("waiting for `cargo`")?;
    if !status.success() {
        return Err(Error::Other(anyhow::anyhow!(
            "`cargo` failed; what it said is above. A missing target is installed with `rustup target add {WASM_TARGET}`"
        )));
    }
    let why = || format!("`{}` makes no library of type `cdylib`", manifest.display());
    Ok(module.with_context(why)?)
}

/// The profile for plugins, if the workspace has one.
fn profile(folder: &Path) -> Result<&'static str> {
    let folder = folder.canonicalize().with_context(|| format!("`{}` cannot be found", folder.display()))?;
    for manifest in folder.ancestors().map(|folder| folder.join("Cargo.toml")) {
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        let table: toml::Table = toml::from_str(&text).with_context(|| format!("`{}` cannot be read", manifest.display()))?;
        if table.contains_key("workspace") {
            let own = table.get("profile").is_some_and(|profiles| profiles.get("plugin").is_some());
            return Ok(if own { "plugin" } else { "release" });
        }
    }
    Ok("release")
}

/// A core module with the world embedded, by `zig cc`. Every C file in the folder is compiled.
fn c(folder: &Path) -> Result<PathBuf, Error> {
    let build = build_folder(folder)?;
    let mut zig = tools::zig(folder)?;
    let generated = bindings::make(&folder.join("wit"), &build)?;
    let module = build.join("plugin.core.wasm");
    let read = || format!("`{}` cannot be read", folder.display());
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).with_context(read)? {
        let path = entry.with_context(read)?.path();
        if path.extension() == Some(OsStr::new("c")) {
            sources.push(path);
        }
    }
    sources.sort();
    // A reactor is a library: it has no `main`, and of WASI it uses only the C library's own code.
    zig.args(["cc", "-target", "wasm32-wasi", "-mexec-model=reactor", "-std=c17", "-O2", "-Wall", "-Wextra", "-s", "-I"])
        .arg(&build)
        .args(sources)
        .args(generated)
        .arg("-o")
        .arg(&module);
    tools::run(zig)?;
    Ok(module)
}

/// A component with its interpreter, by componentize-py.
fn python(folder: &Path, manifest: &Manifest) -> Result<PathBuf, Error> {
    let mut tool = tools::componentize_py(folder)?;
    let build = build_folder(folder)?;
    let component = build.join("python.wasm");
    let module = manifest.source.file_stem().context("`source` in the manifest is a file")?;
    // Everything in its folder is taken along.
    let beside = folder.join(manifest.source.parent().unwrap_or(Path::new("")));
    let packages = match &manifest.requirements {
        Some(requirements) => Some(packages::install(folder, requirements, &build)?),
        None => None,
    };
    let own = folder.join(project::WIT);
    let wit = if own.exists() { own } else { project::write_wit(&build)? };
    tool.args(["-q", "-w", "plugin", "-d"]).arg(wit).args(["componentize", "--stub-wasi", "-p"]).arg(beside);
    let modules = manifest.modules.iter().map(|modules| folder.join(modules)).chain(packages.clone());
    for modules in modules {
        tool.arg("-p").arg(modules);
    }
    // Which modules are taken along is decided here, not by the environment this runs in.
    tool.arg("-o").arg(&component).arg(module).env_remove("VIRTUAL_ENV").env("PYTHONDONTWRITEBYTECODE", "1");
    // What went wrong is the last thing it says, not how it came to say so.
    tool.env("RUST_BACKTRACE", "0");
    tools::run(tool)?;
    if let Some(packages) = packages {
        let made = fs::read(&component).with_context(|| format!("`{}` cannot be read", component.display()))?;
        let named = packages::name(&made, &packages)?;
        fs::write(&component, named).with_context(|| format!("`{}` cannot be written", component.display()))?;
    }
    Ok(component)
}

/// A component with its interpreter, by jco.
fn javascript(folder: &Path, source: &Path) -> Result<PathBuf, Error> {
    let mut jco = tools::jco(folder)?;
    let build = build_folder(folder)?;
    let component =
        build.canonicalize().with_context(|| format!("`{}` cannot be found", build.display()))?.join("javascript.wasm");
    // It takes its paths relative to where it runs.
    jco.current_dir(folder)
        .arg("componentize")
        .arg(source)
        .args(["--wit", "wit", "--world-name", "plugin", "-o"])
        .arg(&component);
    jco.args(["--backend", "quickjs", "--backend-qjs-stub-wasi", "--backend-qjs-disable-async"]);
    tools::run(jco)?;
    Ok(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_or_captured_is_no_source() {
        for source in ["parser.c", "wit/parser.wit", "a/b.py", "plugin.toml"] {
            assert!(is_source(Path::new(source)), "{source}");
        }
        for other in ["plugin.wasm", "build/plugin.c", "node_modules/a/b.js", "fixtures/a/b/output", "README.md", "target/a.rs"] {
            assert!(!is_source(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn plugins_of_this_workspace_have_a_profile_of_their_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert_eq!(profile(&root.join("plugins/df/gnu")).unwrap(), "plugin");
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        assert_eq!(profile(other.path()).unwrap(), "release");
    }
}
