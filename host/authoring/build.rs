//! Embeds the SDK for Rust: its sources as they are, its manifests without the workspace, and the versions it is tested with. So
//! whoever has only the program can begin a plugin in Rust.

#![allow(missing_docs, reason = "a build script has no public items")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};
use toml::{Table, Value};

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let sdk = root.join("plugins/sdk");
    for watched in [&sdk, &root.join("Cargo.toml"), &root.join("Cargo.lock")] {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    let workspace = read(&root.join("Cargo.toml"))?;
    let mut source =
        String::from("/// The files of the SDK, by their path within its folder.\npub(super) const SDK: &[File] = &[\n");
    for path in files(&sdk)? {
        let name = path.strip_prefix(&sdk)?.to_str().context("names of sources are UTF-8")?;
        if name.ends_with("Cargo.toml") {
            writeln!(source, "    ({name:?}, {:?}),", standalone(read(&path)?, &workspace)?)?;
        } else {
            writeln!(source, "    ({name:?}, include_str!({path:?})),")?;
        }
    }
    let lock = locked(&read(&root.join("Cargo.lock"))?, "outparse-sdk")?;
    write!(source, "];\n\n/// The versions of what it needs.\npub(super) const LOCK: &str = {lock:?};\n")?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("sdk.rs"), source).context("writing the list of the SDK's files")
}

fn read(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
    toml::from_str(&text).with_context(|| format!("reading `{}`", path.display()))
}

/// All sources and manifests, in order.
fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
            found.insert(path);
        }
    }
    Ok(found)
}

/// A manifest that states itself what it inherited from the workspace.
fn standalone(mut manifest: Table, workspace: &Table) -> Result<String> {
    let inherited = |value: &Value| value.get("workspace").and_then(Value::as_bool) == Some(true);
    let package = manifest.get_mut("package").and_then(Value::as_table_mut).context("a crate has a package")?;
    for (key, value) in package.iter_mut().filter(|(_, value)| inherited(value)) {
        *value = workspace["workspace"]["package"].get(key).with_context(|| format!("the workspace says no `{key}`"))?.clone();
    }
    // The one crate of ours that it needs lies within it.
    let derive = Value::Table(Table::from_iter([("path".to_owned(), Value::from("derive"))]));
    let dependencies = manifest.get_mut("dependencies").and_then(Value::as_table_mut).context("it has dependencies")?;
    for (_, value) in dependencies.iter_mut().filter(|(_, value)| inherited(value)) {
        *value = derive.clone();
    }
    manifest.remove("lints");
    Ok(toml::to_string(&manifest)?)
}

/// The part of a lock file that one package needs.
fn locked(lock: &Table, package: &str) -> Result<String> {
    let packages = lock["package"].as_array().context("a lock file has packages")?;
    let text = |package: &Value, key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut wanted = vec![package.to_owned()];
    let mut kept = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        // `name`, or `name version` where there are several.
        let (name, version) = name.split_once(' ').map_or((name.as_str(), None), |(name, version)| (name, Some(version)));
        let place = packages
            .iter()
            .position(|known| text(known, "name") == name && version.is_none_or(|version| text(known, "version") == version));
        let place = place.with_context(|| format!("`{name}` is not in the lock file"))?;
        if kept.insert(place) {
            let needed = packages[place].get("dependencies").and_then(Value::as_array).into_iter().flatten();
            wanted.extend(needed.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    let kept = kept.into_iter().map(|place| packages[place].clone()).collect();
    Ok(toml::to_string(&Table::from_iter([
        ("version".to_owned(), lock["version"].clone()),
        ("package".to_owned(), Value::Array(kept)),
    ]))?)
}
