//! The C side of the interface, as `wit-bindgen c` makes it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

/// Makes `plugin.h`, `plugin.c` and the object that carries the world, from a plugin's own `wit/` folder. Returns what is to be
/// compiled and linked.
pub(super) fn make(wit: &Path, into: &Path) -> Result<Vec<PathBuf>> {
    let mut resolve = Resolve::default();
    let read = || format!("reading `{}`", wit.display());
    let (package, _) = resolve.push_dir(wit).with_context(read)?;
    let world = resolve.select_world(&[package], Some("plugin")).with_context(read)?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default().build().generate(&mut resolve, world, &mut files).context("making the bindings")?;
    fs::create_dir_all(into).with_context(|| format!("`{}` cannot be made", into.display()))?;
    let mut linked = Vec::new();
    for (name, contents) in files.iter() {
        let path = into.join(name);
        fs::write(&path, contents).with_context(|| format!("`{}` cannot be written", path.display()))?;
        if !name.ends_with(".h") {
            linked.push(path);
        }
    }
    Ok(linked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bindings_of_the_interface_are_a_header_a_source_and_the_world() {
        let folder = tempfile::tempdir().unwrap();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let linked = make(&wit, folder.path()).unwrap();
        let names: Vec<_> = linked.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["plugin.c", "plugin_component_type.o"]);
        assert!(folder.path().join("plugin.h").exists());
    }
}
